// The desk's words in Chinese.

export const CHINESE = {
  tag: 'zh-CN', name: '应答 · 客服台', languages: '语言', skip: '跳到对话',
  signIn: '登录', signInHint: '用您的工作账号登录。', userName: '用户名', password: '密码', code: '验证码',
  codeHint: '身份验证器上的六位数字，或一个备用码。', codeNeeded: '请再输入身份验证器上的验证码。', signOut: '退出登录',
  account: '账号与密码', noDesk: '您的账号没有客服权限，请联系管理员。', sessionEnded: '登录已失效，请重新登录。草稿都还在。',

  list: '会话列表', views: '筛选', mine: '我的', waiting: '排队', open: '全部', closed: '已结束', bot: '机器人',
  allDepartments: '全部部门', department: '部门', nobody: '这里没有会话。', nobodyWaits: '没有人在排队。', more: '显示更多',
  next: '接下一个', nextNone: '现在没有可接的会话：队列为空、您的会话已满，或您不在接待状态。',
  late: (/** @type {string} */ time) => `已超时 ${time}`, left: (/** @type {string} */ time) => `剩 ${time}`, waits: (/** @type {string} */ time) => `等回复 ${time}`, unread: '有新消息',
  minutes: (/** @type {number} */ n) => `${n} 分`, seconds: (/** @type {number} */ n) => `${n} 秒`, hours: (/** @type {number} */ n) => `${n} 小时`, days: (/** @type {number} */ n) => `${n} 天`,
  priorityNames: /** @type {Record<string, string>} */ ({ urgent: '紧急', high: '优先', normal: '普通', low: '不急' }), verified: '已核实', visitor: '访客',
  statusNames: /** @type {Record<string, string>} */ ({ bot: '机器人', queued: '排队中', agent: '接待中', closed: '已结束' }),

  choose: '从左边选一个会话，或按 N 接下一个。', claim: '接待', takeOver: '接管', takeOverAsk: (/** @type {string} */ name) => `这个会话由 ${name} 接待。确定接管？`,
  transfer: '转接', resolve: '结束', giveBack: '交回机器人', back: '返回列表', details: '资料', conversation: '对话', transcript: '对话内容',
  tookIt: (/** @type {string} */ name) => `${name} 已接待这个会话。`, movedOn: '这个会话已不在您手上。', ended: '会话已结束。',
  typing: '对方正在输入…', bottom: '新消息', empty: '还没有消息。', today: '今天',
  authors: /** @type {Record<string, string>} */ ({ visitor: '客户', bot: '机器人', agent: '客服', system: '系统' }), you: '我',
  sending: '发送中', unsent: '未发出，恢复连接后自动重发', retry: '现在重发', note: '备注', rated: '客户评价', helpful: '有用', notHelpful: '没用',
  ownerNames: /** @type {Record<string, (about: string | undefined) => string>} */ ({
    queue: (to) => `转入排队${to ? ` · ${to}` : ''}`, agent: (name) => `${name} 开始接待`, bot: () => '交给机器人', nobody: () => '会话结束',
  }),
  caseEvent: (/** @type {string} */ number, /** @type {string} */ status) => `工单 ${number} · ${status}`, file: '文件', queuePlace: (/** @type {number} */ place) => `告知客户：排第 ${place} 位`,

  replyMode: '回复', noteMode: '备注', replyTo: '回复客户', writeNote: '备注（客户看不到）', send: '发送', saveNote: '保存备注',
  replyPlaceholder: '输入回复，Enter 发送，Shift+Enter 换行，/ 常用语', notePlaceholder: '写给同事看，客户看不到',
  cannedList: '常用语', noCanned: '没有匹配的常用语', notYours: '接待后才能回复。', tooLong: '最多 2000 个字。',
  stoppedSecret: '没有发出：这句话在向客户索要密码、验证码或其他不该问的信息。请改写。', draft: '草稿',
  stoppedLink: (/** @type {string} */ link) => `没有发出：${link} 不在官方联系方式名单上。请改用官方网址。`, stopped: (/** @type {string} */ why) => `没有发出：${why}`,
  somebodyHasIt: '没有发出：会话已不在您手上。内容已保留在输入框。',

  side: '资料栏', customer: '客户', knowledge: '知识库', cases: '工单', known: '已了解的情况', intent: '想办的事', given: '已提供',
  handedOverFor: '转人工原因', handoffs: /** @type {Record<string, string>} */ ({ asked: '客户要求人工', transfer: '同事转接', lapse: '客服离线' }), shown: '看过的答案', files: '发来的文件', hisCases: '相关工单', earlier: '以前的会话', claims: '页面提供（未核实）',
  channel: '渠道', language: '语言', noneKnown: '暂时没有更多信息。', reason: '联系原因',

  search: '搜索', searchKnowledge: '搜索知识库', searchHint: '输入问题或关键词', useAnswer: '放入回复', sendAnswer: '发送', propose: '提议为新问法',
  proposeWords: '客户的原话', proposed: '已提交给知识库编辑。', nothingFound: '没有找到。可以换个说法。', proposeWrong: '答案有误',
  wrongWords: '哪里有误', submit: '提交', lastQuestion: '用客户最后一句话搜索', matches: '机器人怎么理解这句话', matchedWords: '依据的词：',
  decisions: /** @type {Record<string, string>} */ ({ answer: '直接回答', clarify: '反问', flow: '办理流程', handoff: '转人工', smalltalk: '寒暄', fallback: '不会回答' }),
  answerSent: '答案已发送。',

  newCase: '开工单', phoneCase: '电话工单', caseKind: '类型', casePriority: '优先级', orderNumber: '订单号（可不填）', description: '情况说明',
  caseKinds: /** @type {Record<string, string>} */ ({
    transaction: '交易', refund: '退款', account: '账户', complaint: '投诉', callback: '回电', merchant: '商户', privacy: '个人信息', suggestion: '建议', inquiry: '留言',
  }),
  caseStatuses: /** @type {Record<string, string>} */ ({
    open: '待处理', waiting_customer: '等客户', in_review: '处理中', approved: '已同意', rejected: '已拒绝', done: '已办结', closed: '已关闭',
  }),
  identity: '身份核对', identityHint: '只核对，不记录答案。绝不问密码、短信验证码、CVV。',
  checks: ['来电号码与账户绑定的手机号一致，或已按绑定号码回拨', '姓名与账户实名一致', '说得出最近一笔交易的大致时间和金额', '涉及退款：订单号与本人账户相符'],
  checkedNote: (/** @type {string} */ done) => `电话身份核对：已核对 ${done}`, uncheckedNote: '电话身份核对：未完成，不得透露账户信息',
  identityOpen: '未全部核对：只登记，不透露账户信息。', identityDone: '已全部核对。', opened: (/** @type {string} */ number) => `工单 ${number} 已建立。`,
  create: '建立', allCases: '所有状态', lateOnly: '只看超时', myCases: '我的工单', noCases: '没有工单。', backToCases: '返回工单',
  slots: /** @type {Record<string, string>} */ ({
    order_number: '订单号', amount: '金额', time: '时间', phone: '电话', email: '邮箱', account_name: '户名', merchant_id: '商户号', case_number: '工单号',
    description: '说明', expected: '诉求', url: '网址', date: '日期', reason: '原因',
  }),
  firstReply: '首次回复', resolveBy: '办结', kept: '按时', broken: '超时', by: (/** @type {string} */ time) => `${time} 前`, history: '记录', details_: '内容', assignee: '负责人',
  sealed: '已加密', reveal: '显示', revealWhy: '查看原因', revealHint: '谁在何时因何查看，会记入审计。', revealFor: (/** @type {string} */ number) => `查看 ${number} 的加密信息`,
  takeCase: '由我处理', askCustomer: '请客户补充', approve: '同意', reject: '拒绝', finish: '办结', closeCase: '关闭', escalate: '升级', replyCase: '回复客户', noteCase: '备注',
  caseText: '内容', confirmation: '请客户确认退款', amount: '金额', accountTo: '退到（如：尾号 1234）', done: '好了。',
  caseWhats: /** @type {Record<string, string>} */ ({
    opened: '建立', replied: '已回复', escalated: '已升级', revealed: '查看加密信息', note: '备注', noted: '备注', taken_up: '开始处理', asked: '请客户补充', approved: '同意',
    rejected: '拒绝', finished: '办结', closed: '关闭', added: '客户补充', confirmed: '客户确认', declined: '客户不同意', withdrawn: '客户撤回',
    assigned: '分配', moved: '换部门', prioritised: '改优先级', late: '超时',
  }),

  toDepartment: '转到部门', toAgent: '指定同事（可不选）', anyone: '不指定', transferNote: '给同事的说明', resolveTitle: '结束会话', chooseReason: '请选择联系原因',
  proposedReason: (/** @type {string} */ title) => `建议：${title}`, other: '其他', cancel: '取消', needNote: '请写一句说明，同事不用再问一遍。',

  presence: '我的状态', state: '状态', states: /** @type {Record<string, string>} */ ({ available: '接待中', pause: '小休', wrap_up: '整理', offline: '离线' }), colleagues: '同事', nOpen: (/** @type {number} */ n, /** @type {number} */ most) => `${n}/${most}`,
  noColleagues: '没有其他同事。',

  wall: '看板', wallBack: '返回工作台', queues: '队列', agents: '客服', nWaiting: '排队', longestWait: '最长等待', withAgents: '接待中', onDuty: '在岗',
  avgWait: '平均等待', avgFirst: '首次回复', avgHandling: '处理时长', taken: '接待数', ratings: '最近评价', rating: '评分', ratingsOf: '各客服评分', noRatings: '还没有评价。',
  last24: '过去 24 小时', nRatings: (/** @type {number} */ n) => `${n} 条`, comment: '留言',

  skills: '客服技能', capacity: '同时接待', skillLanguages: '会说的语言', skillIntents: '擅长的事', anyLanguage: '不限', anyIntent: '不限', and: '、', change: '修改', save: '保存',
  skillsOf: (/** @type {string} */ name) => `${name} 的技能`, skillsKept: (/** @type {string} */ name) => `${name} 的技能已保存。`, capacityHint: '最多同时接待几个会话，1 至 50。',
  skillLanguagesHint: '语言代码，用逗号隔开；不填则不限。', skillIntentsHint: '意图的名称，或名称的开头部分，用逗号隔开；不填则不限。',
  skillFaults: /** @type {Record<string, string>} */ ({
    capacity: '请填 1 至 50 的整数。', languages: '这里只能填语言代码，如 zh、en，最多 50 个。', intents: '这里只能填意图名称：小写字母、点和下划线，如 refund，最多 50 个。',
  }),

  help: '快捷键', close: '关闭', singleKeys: '启用单键快捷键', sound: '提示音', notify: '桌面通知', notifyRefused: '浏览器没有允许本页发通知。', settings: '设置',
  keyNames: /** @type {Record<string, string>} */ ({
    j: '下一个会话', k: '上一个会话', n: '接下一个', c: '接待', r: '写回复', m: '写备注', t: '转接', e: '结束并选原因', b: '交回机器人',
    s: '搜索知识库', o: '开电话工单', 1: '我的', 2: '排队', 3: '全部', 4: '已结束', '/': '常用语（在回复框里）', '?': '这张表', Esc: '关闭或回到列表',
  }),
  notified: (/** @type {string} */ name) => `${name} 在等待接待`, newMessage: (/** @type {string} */ name) => `${name} 发来新消息`,

  online: '已连接', offline: '连接已断开，正在重连。写的内容都在。', restored: '已重新连接。',
  invalid: '有内容填得不对。', wrongCredentials: '用户名、密码或验证码不对。', wrongProof: '密码或验证码不对。', deadLink: '这里没有这个会话或工单了。',
  tooMany: (/** @type {number} */ seconds) => `操作太频繁，请过 ${seconds} 秒再试。`, httpsRequired: '密码不能明文传送：请用 https 打开本页。', unavailable: '服务现在用不了，请稍后再试。',
  unreachable: '连不上服务，请检查网络后再试。', notAllowed: '您没有这个权限。', conflict: '情况已变化，请看最新状态。',
};
