// The desk's words in English.

export const ENGLISH = {
  tag: 'en', name: 'yingda · desk', languages: 'Language', skip: 'Skip to the conversation',
  signIn: 'Sign in', signInHint: 'Use your work account.', userName: 'Name', password: 'Password', code: 'Code',
  codeHint: 'The six digits of your authenticator, or one of your recovery codes.', codeNeeded: 'Now type the code of your authenticator.', signOut: 'Sign out',
  account: 'Account and password', noDesk: 'Your account may not work at the desk. Ask an administrator.', sessionEnded: 'Your session has ended. Sign in again; your drafts are kept.',

  list: 'Conversations', views: 'Show', mine: 'Mine', waiting: 'Waiting', open: 'All', closed: 'Ended', bot: 'Bot',
  allDepartments: 'All departments', department: 'Department', nobody: 'There is nothing here.', nobodyWaits: 'Nobody waits.', more: 'Show more',
  next: 'Take next', nextNone: 'Nothing to take: nobody waits, you have enough, or you are not available.',
  late: (/** @type {string} */ time) => `${time} late`, left: (/** @type {string} */ time) => `${time} left`, waits: (/** @type {string} */ time) => `waits ${time}`, unread: 'new message',
  minutes: (/** @type {number} */ n) => `${n} min`, seconds: (/** @type {number} */ n) => `${n} s`, hours: (/** @type {number} */ n) => `${n} h`, days: (/** @type {number} */ n) => `${n} d`,
  priorityNames: /** @type {Record<string, string>} */ ({ urgent: 'Urgent', high: 'High', normal: 'Normal', low: 'Low' }), verified: 'verified', visitor: 'Visitor',
  statusNames: /** @type {Record<string, string>} */ ({ bot: 'Bot', queued: 'Waiting', agent: 'With an agent', closed: 'Ended' }),

  choose: 'Choose a conversation on the left, or press N to take the next one.', claim: 'Take', takeOver: 'Take over', takeOverAsk: (/** @type {string} */ name) => `${name} has this conversation. Take it over?`,
  transfer: 'Transfer', resolve: 'Resolve', giveBack: 'Give to the bot', back: 'Back to the list', details: 'Details', conversation: 'Conversation', transcript: 'What was said',
  tookIt: (/** @type {string} */ name) => `${name} has taken this conversation.`, movedOn: 'This conversation is not yours any more.', ended: 'The conversation has ended.',
  typing: 'The customer is typing…', bottom: 'New message', empty: 'Nothing was said yet.', today: 'Today',
  authors: /** @type {Record<string, string>} */ ({ visitor: 'Customer', bot: 'Bot', agent: 'Agent', system: 'System' }), you: 'Me',
  sending: 'sending', unsent: 'not sent; goes out when the connection is back', retry: 'Try now', note: 'Note', rated: 'Rating', helpful: 'helped', notHelpful: 'did not help',
  ownerNames: /** @type {Record<string, (about: string | undefined) => string>} */ ({
    queue: (to) => `Waits${to ? ` · ${to}` : ''}`, agent: (name) => `${name} has taken it`, bot: () => 'The bot has it', nobody: () => 'Ended',
  }),
  caseEvent: (/** @type {string} */ number, /** @type {string} */ status) => `Case ${number} · ${status}`, file: 'File', queuePlace: (/** @type {number} */ place) => `The customer was told: place ${place}`,

  replyMode: 'Reply', noteMode: 'Note', replyTo: 'Reply to the customer', writeNote: 'Note (the customer does not see it)', send: 'Send', saveNote: 'Save the note',
  replyPlaceholder: 'Enter sends, Shift+Enter breaks the line, / for canned replies', notePlaceholder: 'For colleagues; the customer does not see it',
  cannedList: 'Canned replies', noCanned: 'No canned reply like this', notYours: 'Take the conversation to reply.', tooLong: '2,000 characters at most.',
  stoppedSecret: 'Not sent: this asks the customer for a password, a code, or something else that we never ask for. Please write it differently.', draft: 'draft',
  stoppedLink: (/** @type {string} */ link) => `Not sent: ${link} is not on the list of official contacts. Use an official address.`, stopped: (/** @type {string} */ why) => `Not sent: ${why}`,
  somebodyHasIt: 'Not sent: the conversation is not yours any more. Your text is still in the box.',

  side: 'Details', customer: 'Customer', knowledge: 'Knowledge', cases: 'Cases', known: 'What is known', intent: 'Wants', given: 'Has told us',
  handedOverFor: 'Handed over', handoffs: /** @type {Record<string, string>} */ ({ asked: 'The customer asked', transfer: 'A colleague passed it on', lapse: 'Its agent has gone' }), shown: 'Answers shown', files: 'Files', hisCases: 'Cases', earlier: 'Earlier conversations', claims: 'What the page says (not verified)',
  channel: 'Channel', language: 'Language', noneKnown: 'Nothing more is known yet.', reason: 'Contact reason',

  search: 'Search', searchKnowledge: 'Search the knowledge base', searchHint: 'A question or words', useAnswer: 'Put into the reply', sendAnswer: 'Send', propose: 'Propose as phrasing',
  proposeWords: 'The customer’s words', proposed: 'The editors have it.', nothingFound: 'Nothing found. Try other words.', proposeWrong: 'The answer is wrong',
  wrongWords: 'What is wrong', submit: 'Submit', lastQuestion: 'Search for what the customer said last', matches: 'What the bot makes of it', matchedWords: 'Words that told:',
  decisions: /** @type {Record<string, string>} */ ({ answer: 'answers', clarify: 'asks back', flow: 'begins a request', handoff: 'hands over', smalltalk: 'small talk', fallback: 'has no answer' }),
  answerSent: 'The answer is sent.',

  newCase: 'Open a case', phoneCase: 'Phone case', caseKind: 'Kind', casePriority: 'Priority', orderNumber: 'Order number (optional)', description: 'What happened',
  caseKinds: /** @type {Record<string, string>} */ ({
    transaction: 'Transaction', refund: 'Refund', account: 'Account', complaint: 'Complaint', callback: 'Call-back', merchant: 'Merchant', privacy: 'Privacy', suggestion: 'Suggestion', inquiry: 'Question left',
  }),
  caseStatuses: /** @type {Record<string, string>} */ ({
    open: 'Open', waiting_customer: 'Waits for the customer', in_review: 'In review', approved: 'Approved', rejected: 'Rejected', done: 'Done', closed: 'Closed',
  }),
  identity: 'Identity', identityHint: 'Check only; do not write the answers down. Never ask for a password, a code from a text message, or the CVV.',
  checks: ['The number that calls is the account’s, or you called that one back', 'The name is that of the account', 'Knows roughly when and how much was paid last', 'For refunds: the order belongs to the account'],
  checkedNote: (/** @type {string} */ done) => `Identity on the telephone, checked: ${done}`, uncheckedNote: 'Identity on the telephone: not established; nothing of the account may be told',
  identityOpen: 'Not all checked: record only, tell nothing of the account.', identityDone: 'All checked.', opened: (/** @type {string} */ number) => `Case ${number} is open.`,
  create: 'Open it', allCases: 'Any status', lateOnly: 'Late only', myCases: 'Mine', noCases: 'No cases.', backToCases: 'Back to the cases',
  slots: /** @type {Record<string, string>} */ ({
    order_number: 'Order', amount: 'Sum', time: 'Time', phone: 'Telephone', email: 'Mail', account_name: 'Account name', merchant_id: 'Merchant', case_number: 'Case',
    description: 'Description', expected: 'Wish', url: 'Address', date: 'Date', reason: 'Reason',
  }),
  firstReply: 'First reply', resolveBy: 'Ends', kept: 'in time', broken: 'late', by: (/** @type {string} */ time) => `by ${time}`, history: 'History', details_: 'Contents', assignee: 'Assignee',
  sealed: 'sealed', reveal: 'Reveal', revealWhy: 'Why you look', revealHint: 'Who looked, when and why goes into the audit.', revealFor: (/** @type {string} */ number) => `Reveal what ${number} holds sealed`,
  takeCase: 'I take it up', askCustomer: 'Ask the customer', approve: 'Approve', reject: 'Reject', finish: 'Done', closeCase: 'Close', escalate: 'Escalate', replyCase: 'Reply', noteCase: 'Note',
  caseText: 'Text', confirmation: 'Have the refund confirmed', amount: 'Sum', accountTo: 'Where it goes (the last digits)', done: 'Done.',
  caseWhats: /** @type {Record<string, string>} */ ({
    opened: 'Opened', replied: 'Replied', escalated: 'Escalated', revealed: 'Sealed values shown', note: 'Note', noted: 'Note', taken_up: 'Taken up', asked: 'Customer asked', approved: 'Approved',
    rejected: 'Rejected', finished: 'Done', closed: 'Closed', added: 'Customer added', confirmed: 'Customer agreed', declined: 'Customer declined', withdrawn: 'Customer withdrew',
    assigned: 'Assigned', moved: 'Moved', prioritised: 'Priority', late: 'Late',
  }),

  toDepartment: 'Department', toAgent: 'Colleague (optional)', anyone: 'Anyone', transferNote: 'What they should know', resolveTitle: 'End the conversation', chooseReason: 'Choose a contact reason',
  proposedReason: (/** @type {string} */ title) => `Proposed: ${title}`, other: 'Other', cancel: 'Cancel', needNote: 'Write a line, so that nobody asks the customer again.',

  presence: 'My state', state: 'State', states: /** @type {Record<string, string>} */ ({ available: 'Available', pause: 'Pause', wrap_up: 'Wrap-up', offline: 'Offline' }), colleagues: 'Colleagues', nOpen: (/** @type {number} */ n, /** @type {number} */ most) => `${n}/${most}`,
  noColleagues: 'No other colleagues.',

  wall: 'Wall', wallBack: 'Back to the desk', queues: 'Queues', agents: 'Agents', nWaiting: 'Waiting', longestWait: 'Longest wait', withAgents: 'With agents', onDuty: 'On duty',
  avgWait: 'Average wait', avgFirst: 'First reply', avgHandling: 'Handling time', taken: 'Taken', ratings: 'Latest ratings', rating: 'Rating', ratingsOf: 'Ratings by agent', noRatings: 'No ratings yet.',
  last24: 'Last 24 hours', nRatings: (/** @type {number} */ n) => `${n} ratings`, comment: 'Comment',

  skills: 'Skills of agents', capacity: 'At once', skillLanguages: 'Languages', skillIntents: 'Good at', anyLanguage: 'any', anyIntent: 'any', and: ', ', change: 'Change', save: 'Save',
  skillsOf: (/** @type {string} */ name) => `Skills of ${name}`, skillsKept: (/** @type {string} */ name) => `The skills of ${name} are kept.`, capacityHint: 'Conversations at once, 1 to 50.',
  skillLanguagesHint: 'Codes of languages with commas between them; any where there is none.', skillIntentsHint: 'Names of intents, or how they begin, with commas between them; any where there is none.',
  skillFaults: /** @type {Record<string, string>} */ ({
    capacity: 'A whole number from 1 to 50.', languages: 'Codes of languages only, such as zh or en; at most 50.', intents: 'Names of intents only: small letters, dots and underscores, such as refund; at most 50.',
  }),

  help: 'Shortcuts', close: 'Close', singleKeys: 'Single-key shortcuts', sound: 'Sound', notify: 'Notifications', notifyRefused: 'The browser does not let this page notify you.', settings: 'Settings',
  keyNames: /** @type {Record<string, string>} */ ({
    j: 'Next conversation', k: 'Previous conversation', n: 'Take next', c: 'Take this one', r: 'Write a reply', m: 'Write a note', t: 'Transfer', e: 'Resolve with a reason', b: 'Give to the bot',
    s: 'Search the knowledge base', o: 'Open a phone case', 1: 'Mine', 2: 'Waiting', 3: 'All', 4: 'Ended', '/': 'Canned replies (in the reply box)', '?': 'This sheet', Esc: 'Close, or back to the list',
  }),
  notified: (/** @type {string} */ name) => `${name} waits`, newMessage: (/** @type {string} */ name) => `New message from ${name}`,

  online: 'Connected', offline: 'Disconnected; trying again. What you wrote is kept.', restored: 'Connected again.',
  invalid: 'Something cannot be as it is.', wrongCredentials: 'The name, the password or the code is wrong.', wrongProof: 'The password or the code is wrong.', deadLink: 'This is not here any more.',
  tooMany: (/** @type {number} */ seconds) => `Too many requests. Try again in ${seconds} seconds.`, httpsRequired: 'Passwords do not travel in the clear: open this page by https.', unavailable: 'The service cannot do this now. Try again later.',
  unreachable: 'The service cannot be reached. Check the network and try again.', notAllowed: 'You may not do this.', conflict: 'It stands otherwise now; look again.',
};
