// What agents and supervisors see and do at the desk, in a real browser against a real yingda with its sample content, over a network
// that can be cut. Customers talk over the API. Nothing here sleeps: every wait is for something to appear.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  DARK, DESK, TELEPHONE, action, atWork, card, dialog, heardFrom, identity, log, looksWell, onStage, opens, replies, resolves, signsIn, stage, submit, takes, until, view, waits,
} from './desk.mjs';
import { Customer, Staff } from './staff.mjs';

onStage();

describe('agents at the desk', { concurrency: 1 }, () => {
  test('a conversation is taken by one of two, answered, and ended with a reason', async () => {
    const [li, wang] = [await atWork('li', DESK), await atWork('wang', DESK)];
    const customer = await waits('退款一般多久到账？');
    await opens(wang, customer);
    await takes(li, customer);
    await wang.locator('#notice').getByText('小李 已接待这个会话').waitFor();
    assert.equal(await action(wang, 'claim').count(), 0);
    assert.ok(await wang.locator('#text').evaluate((box) => box.readOnly), 'who has not got it cannot reply');
    await replies(li, '您好，我来查一下');
    assert.ok(await heardFrom(customer, '您好，我来查一下'));
    await customer.say('好的，谢谢');
    await log(li).getByText('好的，谢谢').waitFor();
    await looksWell(li, 'conversation');
    await action(li, 'resolve').click();
    await submit(li);
    assert.ok(await dialog(li).isVisible() || (await customer.status()) === 'closed', 'a proposed reason ends it, none does not');
    if (await dialog(li).isVisible()) {
      await dialog(li).locator('[name=reason]').selectOption('refund.status');
      await submit(li);
    }
    await li.locator('#notice').getByText('会话已结束').waitFor();
    assert.equal(await until(async () => (await customer.status()) === 'closed'), true);
  });

  test('notes stay among colleagues, and a conversation is passed on with one', async () => {
    const [li, wang] = [await atWork('li', DESK), await atWork('wang', DESK)];
    const customer = await waits('我的账户有点问题');
    await takes(li, customer);
    await li.keyboard.press('Escape');
    await li.keyboard.press('m');
    await li.fill('#text', '客户电话13800138000，已核实');
    await li.press('#text', 'Enter');
    await log(li).locator('.note').getByText('138****8000').waitFor();
    await action(li, 'transfer').click();
    await dialog(li).locator('[name=department]').selectOption('payments');
    await dialog(li).locator('[name=note]').fill('请看一下支付记录');
    await looksWell(li, 'transfer');
    await submit(li);
    await dialog(li).waitFor({ state: 'hidden' });
    await opens(wang, customer);
    await log(wang).locator('.note').getByText('请看一下支付记录').waitFor();
    await action(wang, 'claim').click();
    await action(wang, 'return').click();
    assert.equal(await until(async () => (await customer.status()) === 'bot'), true);
    assert.ok(!(await customer.heard()).some(({ text }) => /已核实|支付记录/.test(text)), 'the customer sees no note');
  });

  test('a supervisor takes over, and sees the wall', async () => {
    const [li, zhao] = [await atWork('li', DESK), await atWork('zhao', { ...DESK, ...DARK })];
    const customer = await waits('我要投诉');
    await takes(li, customer);
    await replies(li, '您好');
    assert.ok(await heardFrom(customer, '您好'));
    await opens(zhao, customer, 'open');
    await action(zhao, 'take-over').click();
    await submit(zhao);
    await li.locator('#notice').getByText('赵主管 已接待这个会话').waitFor();
    await resolves(zhao);
    await customer.call('POST', `conversations/${customer.id}/feedback`, { ratings: { attitude: 5 }, comment: '很耐心' });
    await zhao.click('#wall-button');
    await zhao.locator('#wall').getByText('综合客服').waitFor();
    await zhao.locator('#wall').getByRole('rowheader', { name: '小李' }).first().waitFor();
    await zhao.locator('#wall').getByText('很耐心').waitFor();
    await looksWell(zhao, 'wall-dark');
    assert.ok(await li.locator('#wall-button').isHidden());
  });

  test('a supervisor sees and sets what an agent can do, and what cannot be stands at its field', async () => {
    const [li, zhao] = [await atWork('li', DESK), await atWork('zhao', DESK)];
    const change = zhao.getByRole('button', { name: '小李 的技能' });
    const row = zhao.locator('#wall tr', { has: change });
    await zhao.click('#wall-button');
    await row.getByText('不限').first().waitFor();
    await change.focus();
    await zhao.keyboard.press('Enter');
    await dialog(zhao).locator('[name=capacity]').fill('51');
    await submit(zhao);
    assert.ok(await dialog(zhao).locator('[name=capacity]:invalid').isVisible(), 'the browser says what fits');
    await dialog(zhao).locator('[name=capacity]').fill('3');
    await dialog(zhao).getByRole('button', { name: '英语' }).click();
    await dialog(zhao).locator('[name=intents]').fill('Refund');
    await submit(zhao);
    await dialog(zhao).locator('#e-intents').getByText('小写字母').waitFor();
    await zhao.waitForFunction(() => document.activeElement.id === 'f-intents');
    await looksWell(zhao, 'skills-fault');
    await dialog(zhao).locator('[name=intents]').fill('');
    assert.equal(await dialog(zhao).locator('#e-intents').textContent(), '');
    await dialog(zhao).locator('[name=languages]').fill('en，中文');
    await submit(zhao);
    await dialog(zhao).locator('#e-languages').getByText('语言代码').waitFor();
    await dialog(zhao).locator('[name=languages]').fill('en');
    await dialog(zhao).getByRole('button', { name: 'refund' }).click();
    await looksWell(zhao, 'skills');
    await submit(zhao);
    await dialog(zhao).waitFor({ state: 'hidden' });
    for (const text of ['3', '英语', 'refund']) await row.getByText(text, { exact: true }).waitFor();
    await zhao.waitForFunction(() => document.activeElement.getAttribute('aria-label')?.endsWith('小李 的技能'));
    await looksWell(zhao, 'skills-wall');
    const { agents } = await stage.admin.call('GET', 'desk/presence');
    const { id, capacity, languages, intents } = agents.find(({ name }) => name === '小李');
    assert.deepEqual([capacity, languages, intents], [3, ['en'], ['refund']]);
    // What is said in Chinese is for others first.
    await waits('我的账户有点问题');
    await li.click('#next');
    await li.getByText('现在没有可接的会话').waitFor();
    await stage.admin.call('PUT', `desk/agents/${id}`, { capacity: 5 });
  });

  test('what agents can do is read and set on a telephone, in the dark', async () => {
    await atWork('li', DESK);
    const zhao = await atWork('zhao', { ...TELEPHONE, ...DARK, locale: 'en-GB' });
    await zhao.click('#wall-button');
    await zhao.getByRole('button', { name: 'Skills of 小李' }).scrollIntoViewIfNeeded();
    await looksWell(zhao, 'skills-wall-telephone-dark');
    await zhao.getByRole('button', { name: 'Skills of 小李' }).click();
    await dialog(zhao).locator('[name=intents]').fill('Refund');
    await submit(zhao);
    await dialog(zhao).locator('#e-intents').getByText('small letters').waitFor();
    await looksWell(zhao, 'skills-telephone-dark');
  });

  test('what asks for a code or names a strange link is stopped, and stays in the box with the reason', async () => {
    const li = await atWork('li', DESK);
    const customer = await waits('帮我看看');
    await takes(li, customer);
    await replies(li, '请把短信验证码发给我核实一下');
    await li.locator('#stopped').getByText('密码、验证码').waitFor();
    assert.equal(await li.inputValue('#text'), '请把短信验证码发给我核实一下');
    await looksWell(li, 'stopped');
    await replies(li, '请打开 https://cgpay-refund.top/x 办理');
    await li.locator('#stopped').getByText('https://cgpay-refund.top/x 不在官方联系方式名单上').waitFor();
    await li.fill('#text', '请在 App 里办理');
    assert.equal(await li.locator('#stopped').textContent(), '');
    await li.press('#text', 'Enter');
    assert.ok(await heardFrom(customer, '请在 App 里办理'));
    assert.equal((await customer.heard()).filter(({ author }) => author === 'agent').length, 1);
  });

  test('a slash offers canned replies, in the customer’s language', async () => {
    const li = await atWork('li', DESK);
    const customer = await waits('talk to a human', { language: 'en' });
    await takes(li, customer);
    await li.focus('#text');
    await li.keyboard.type('/refund');
    await li.locator('#canned [role=option]').first().waitFor();
    await looksWell(li, 'canned');
    await li.keyboard.press('ArrowDown');
    await li.keyboard.press('Enter');
    assert.match(await li.inputValue('#text'), /goes back the way you paid/);
    await li.keyboard.press('Enter');
    const heard = await until(async () => (await customer.heard()).find(({ author }) => author === 'agent'));
    assert.ok(!heard.text.includes('{{'), heard.text);
  });

  test('an answer of the knowledge base is found, sent, and a phrasing proposed', async () => {
    const li = await atWork('li', DESK);
    const customer = await waits('钱啥时候回我卡里');
    await takes(li, customer);
    await li.click('#tab-knowledge');
    await li.fill('#knowledge-query', '退款多久到账');
    await li.press('#knowledge-query', 'Enter');
    await li.locator('.result summary').first().click();
    await looksWell(li, 'knowledge');
    await li.locator('.result[open]').getByRole('button', { name: '提议为新问法' }).click();
    assert.equal(await dialog(li).locator('[name=text]').inputValue(), '钱啥时候回我卡里');
    await submit(li);
    await li.getByText('已提交给知识库编辑').waitFor();
    await li.click('#matches-ask');
    await li.locator('#matches').getByText('直接回答').or(li.locator('#matches').getByText('反问')).or(li.locator('#matches').getByText('不会回答')).waitFor();
    assert.ok(await li.locator('#matches li').count() > 0, 'the likeliest entries are listed');
    await li.locator('.result[open]').getByRole('button', { name: '发送', exact: true }).click();
    const heard = await until(async () => (await customer.heard()).find(({ author }) => author === 'agent'));
    assert.ok(heard.text.length > 20, heard.text);
    const { data } = await stage.admin.call('GET', 'editor/proposals');
    assert.ok(data.some(({ text, entry }) => text === '钱啥时候回我卡里' && entry));
  });

  test('a case is opened on the telephone with an identity check, and what a case holds sealed is shown for a reason', async () => {
    const li = await atWork('li', DESK);
    await li.keyboard.press('o');
    await dialog(li).locator('[name=kind]').selectOption('account');
    await dialog(li).locator('[name=department]').selectOption('risk');
    await dialog(li).locator('[name=description]').fill('来电：账户有陌生登录');
    for (const box of await dialog(li).locator('.identity input').all()) await box.check();
    await looksWell(li, 'phone-case');
    await submit(li);
    await li.locator('#cases .history').getByText('已核对').waitFor();
    await looksWell(li, 'case');
    const customer = await Customer.begin(stage.yingda.url);
    for (const text of ['请给我回电话', '13800138000', '下周三上午十点', '好的']) await customer.say(text);
    await li.getByText('返回工单').click();
    await li.locator('.case-list .card', { hasText: 'CB-' }).first().click();
    assert.ok(!(await li.locator('#cases').textContent()).includes('13800138000'));
    await li.getByRole('button', { name: '显示', exact: true }).click();
    await dialog(li).locator('[name=reason]').fill('按约定回电');
    await submit(li);
    await li.locator('#cases').getByText('13800138000').waitFor();
    await li.locator('#cases .history').getByText('按约定回电').waitFor();
    const audit = JSON.stringify(await stage.admin.call('GET', 'admin/audit'));
    assert.ok(audit.includes('按约定回电') && !audit.includes('13800138000'));
  });

  test('presence is set, and whoever rests gets nothing next', async () => {
    const li = await atWork('li', DESK);
    const customer = await waits('在吗');
    await li.selectOption('#presence', 'pause');
    await li.locator('#presence-dot.pause').waitFor();
    await li.click('#next');
    await li.getByText('现在没有可接的会话').waitFor();
    await li.selectOption('#presence', 'available');
    await li.locator('#presence-dot.available').waitFor();
    await li.click('#next');
    await action(li, 'resolve').waitFor();
    await li.waitForFunction(() => document.activeElement.id === 'text');
    await customer.call('POST', `conversations/${customer.id}/typing`, {});
    await li.locator('#typing').getByText('对方正在输入').waitFor();
  });

  test('a reload and a cut network lose nothing, and nothing goes out twice', async () => {
    const li = await atWork('li', DESK);
    const customer = await waits('你好');
    await takes(li, customer);
    await li.fill('#text', '写了一半');
    await li.reload();
    await action(li, 'resolve').waitFor();
    assert.equal(await li.inputValue('#text'), '写了一半');
    stage.network.cut();
    await li.locator('#offline').waitFor();
    await replies(li, '断网时写的');
    await log(li).getByText('未发出').waitFor();
    await customer.say('您还在吗');
    await looksWell(li, 'offline');
    stage.network.restore();
    assert.ok(await heardFrom(customer, '断网时写的'));
    await log(li).getByText('您还在吗').waitFor();
    stage.network.swallow((request) => request.url.endsWith('/reply'));
    await replies(li, '回音丢了');
    assert.ok(await heardFrom(customer, '回音丢了'));
    await log(li).locator('.waiting').waitFor({ state: 'detached' });
    await resolves(li);
    const said = (await customer.heard()).filter(({ author }) => author === 'agent').map(({ text }) => text);
    assert.deepEqual(said, ['断网时写的', '回音丢了']);
  });

  /** What the browser has kept of what agents write. */
  const left = (page) => page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)].filter((name) => /outbox|drafts/.test(name)));

  test('a reply that was sent outlives its tab, and what was begun goes with it', async () => {
    const li = await atWork('li', DESK);
    const customer = await waits('你好');
    await takes(li, customer);
    stage.network.cut();
    await li.locator('#offline').waitFor();
    await replies(li, '关掉页面前写的');
    await replies(li, '还有一句');
    await li.fill('#text', '写了一半');
    assert.equal((await left(li)).length, 3);
    const context = li.context();
    await li.close({ runBeforeUnload: false });
    stage.network.restore();
    const again = await context.newPage();
    await again.goto(`${stage.network.url}desk`);
    assert.ok(await heardFrom(customer, '还有一句'));
    await opens(again, customer, 'mine');
    await again.locator('#log .message.agent').nth(1).waitFor();
    assert.equal(await again.inputValue('#text'), '');
    await again.waitForFunction(() => !Object.keys(localStorage).some((name) => /outbox|drafts/.test(name)));
    const said = (await customer.heard()).filter(({ author }) => author === 'agent').map(({ text }) => text);
    assert.deepEqual(said, ['关掉页面前写的', '还有一句']);
  });

  test('nothing that somebody wrote is left where they have signed out, or sent by whoever signs in after them', async () => {
    const li = await atWork('li', DESK);
    const customer = await waits('你好');
    await takes(li, customer);
    await li.fill('#text', '写了一半');
    await li.click('#sign-out');
    await li.locator('#sign-in-form').waitFor();
    assert.deepEqual(await left(li), []);
    await signsIn(li, 'li');
    await opens(li, customer, 'mine');
    assert.equal(await li.inputValue('#text'), '');
    stage.network.cut();
    await li.locator('#offline').waitFor();
    await replies(li, '小李写的');
    await li.fill('#text', '也是小李写的');
    await li.context().clearCookies();
    stage.network.restore();
    await li.locator('#sign-in-form').waitFor();
    await signsIn(li, 'wang');
    await opens(li, customer, 'open');
    assert.equal(await li.inputValue('#text'), '');
    assert.deepEqual(await left(li), []);
    assert.ok(!(await customer.heard()).some(({ author }) => author === 'agent'));
  });

  test('all of it goes by keyboard, and Enter sends nothing while an input method composes', async () => {
    const li = await atWork('li', { ...DESK, locale: 'en-GB' });
    const customer = await waits('转人工');
    await li.keyboard.press('Escape');
    await li.locator('h1').click();
    await li.keyboard.press('?');
    await dialog(li).getByText('Take next').waitFor();
    await looksWell(li, 'shortcuts');
    await li.keyboard.press('Escape');
    await dialog(li).waitFor({ state: 'hidden' });
    await li.keyboard.press('2');
    await card(li, customer.id).waitFor();
    await li.keyboard.press('j');
    await action(li, 'claim').waitFor();
    await li.keyboard.press('c');
    await action(li, 'resolve').waitFor();
    await li.waitForFunction(() => document.activeElement.id === 'text');
    await li.keyboard.type('nihao');
    await li.locator('#text').dispatchEvent('keydown', { key: 'Enter', keyCode: 229, isComposing: true });
    assert.equal(await li.inputValue('#text'), 'nihao');
    await li.keyboard.press('Shift+Enter');
    await li.keyboard.type('two');
    await li.keyboard.press('Enter');
    assert.ok(await heardFrom(customer, 'nihao\ntwo'));
    await li.keyboard.press('Escape');
    await li.keyboard.press('e');
    await dialog(li).locator('[name=reason]').waitFor();
    await dialog(li).locator('[name=reason]').press('o');
    await dialog(li).locator('[name=reason]').selectOption('other');
    await li.keyboard.press('Tab');
    await li.keyboard.press('Tab');
    await li.keyboard.press('Enter');
    assert.equal(await until(async () => (await customer.status()) === 'closed'), true);
  });

  test('on a telephone one pane is seen at a time, light and dark', async () => {
    for (const [name, settings] of [['light', TELEPHONE], ['dark', { ...TELEPHONE, ...DARK }]]) {
      const li = await atWork('li', settings);
      const customer = await waits('退款多久到账');
      await view(li, 'waiting');
      await card(li, customer.id).waitFor();
      await looksWell(li, `telephone-${name}-list`);
      await card(li, customer.id).click();
      await action(li, 'claim').click();
      await action(li, 'resolve').waitFor();
      assert.ok(await li.locator('#list').isHidden());
      await replies(li, '您好');
      assert.ok(await heardFrom(customer, '您好'));
      await looksWell(li, `telephone-${name}-conversation`);
      await li.click('#to-side');
      await looksWell(li, `telephone-${name}-side`);
      await li.click('#from-side');
      await li.click('#to-list');
      await view(li, 'mine');
      await card(li, customer.id).waitFor();
      await stage.admin.call('POST', `desk/conversations/${customer.id}/resolve`, { reason: 'other' });
    }
  });

  test('a full desk is readable, light and dark', async () => {
    const wang = new Staff(stage.yingda.url);
    await wang.signIn('wang');
    await wang.call('PUT', 'desk/presence', { state: 'available' });
    const words = ['我的银行卡被盗刷了', '退款多久到账', '我要投诉商家', '账户被冻结了怎么办', 'Where is my refund?', '订单号怎么查', '转人工', '商户结算没到账'];
    const names = ['陈晓明', '王芳', '', '刘强', 'Emma Brown', '', '张伟', '周丽'];
    const customers = [];
    for (const [at, text] of words.entries()) customers.push(await waits(text, names[at] ? { identity: identity(names[at]) } : {}));
    for (const [name, settings] of [['light', DESK], ['dark', { ...DESK, ...DARK }]]) {
      const li = await atWork('li', settings);
      if (name === 'light') await takes(li, customers[1]);
      else await opens(li, customers[1], 'mine');
      await replies(li, '王女士您好，我查一下这笔退款。');
      await view(li, 'open');
      await card(li, customers[0].id).waitFor();
      await looksWell(li, `desk-${name}`);
    }
  });
});
