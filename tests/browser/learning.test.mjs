// What editors teach the bot at the console, and what else they edit there: the bench, missed questions, proposals, variables, files,
// announcements, switches, import and export.

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { DARK, House, TELEPHONE, dialog, go, looksWell, saved, submit, until } from './console.mjs';
import { Customer } from './staff.mjs';

const MISSED = ['数字人民币可以付款吗', '支持数字人民币不', '你们股票代码是多少呀', '公司食堂的饭好吃吗', '<img src=x onerror=alert(1)>飞碟飞碟'];

let house;

before(async () => {
  house = await House.open();
  for (const text of MISSED) await (await Customer.begin(house.url)).say(text);
  const mei = await house.staff('mei');
  await until(async () => (await mei.call('GET', 'editor/unanswered')).data.length >= MISSED.length - 1);
});
after(() => house?.close());
afterEach(() => house.leaveAsItWas());

const similarOf = async (id) => (await (await house.staff('mei')).call('GET', `editor/entries/${id}`)).entry.texts['zh-CN'].similar;

describe('learning and other content at the console', { concurrency: 1 }, () => {
  test('the bench says what the bot answers and why, and what it would have said then', async () => {
    const page = await house.at('mei', 'bench');
    await page.keyboard.press('/');
    await page.keyboard.type('退款多久能到账啊');
    await page.keyboard.press('Enter');
    await page.locator('#turns .bubble').waitFor();
    await page.locator('#turns table').first().waitFor();
    await looksWell(page, 'console-bench');
    await page.fill('[name=at]', '2001-01-01T00:00');
    await page.click('#replay');
    await page.locator('#turns', { hasText: '还没有发布过任何内容' }).waitFor();
    await page.fill('[name=at]', '2099-01-01T00:00');
    await page.click('#replay');
    await page.locator('#turns .verdict', { hasText: '线上是版本' }).waitFor();
  });

  test('missed questions are attached, dismissed and made entries by keyboard alone', async () => {
    const page = await house.at('mei', 'learning');
    await page.locator('#misses .miss').first().waitFor();
    await looksWell(page, 'console-misses');
    const n = await page.locator('#misses .miss').count();
    assert.ok(n >= 2, `${n} groups`);
    await page.keyboard.press('j');
    await page.keyboard.press('e');
    await dialog(page).locator('.picker button').first().waitFor();
    await page.keyboard.type('payment-qr');
    await page.waitForFunction(() => document.querySelectorAll('.picker button').length === 1);
    await page.keyboard.press('Enter');
    await page.locator('.toast', { hasText: '已加为相似问法' }).waitFor();
    const similar = await similarOf('payment-qr');
    assert.ok(MISSED.some((text) => similar.includes(text)), 'it is a phrasing now');
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.locator('.toast', { hasText: '已忽略' }).waitFor();
    await page.waitForFunction((rest) => document.querySelectorAll('#misses .miss').length === rest, n - 2);
  });

  test('what is left is attached by mouse', async () => {
    const page = await house.at('mei', 'learning');
    const group = page.locator('#misses .miss').first();
    await group.waitFor();
    await group.getByRole('button', { name: '归入另一条' }).click();
    await dialog(page).locator('input[type=search]').fill('payment-autopay');
    await dialog(page).locator('.picker button').first().click();
    await page.locator('.toast', { hasText: '已加为相似问法' }).waitFor();
    await page.locator('[data-tab=weak]').click();
    await page.getByRole('heading', { name: '容易混淆的条目' }).waitFor();
  });

  test('what agents propose becomes a phrasing, or is settled', async () => {
    const agent = await house.admin.call('POST', 'admin/users', { name: 'xu', display_name: '小徐', roles: ['agent'], departments: [] });
    assert.ok(agent.link);
    const at = (body) => house.admin.call('POST', 'desk/proposals', body);
    await at({ kind: 'phrasing', text: '想把钱退回来该找哪个入口', entry: 'refund-apply' });
    await at({ kind: 'wrong_answer', text: '这里的天数不对 <b>', entry: 'refund-review-time' });
    const page = await house.at('mei', 'learning');
    await page.locator('[data-tab=proposals]').click();
    await page.locator('#proposals .miss').nth(1).waitFor();
    await looksWell(page, 'console-proposals');
    await page.getByRole('button', { name: '加为相似问法' }).click();
    await page.waitForFunction(() => document.querySelectorAll('#proposals .miss').length === 1);
    assert.ok((await similarOf('refund-apply')).includes('想把钱退回来该找哪个入口'));
    await page.getByRole('button', { name: '处理完了' }).click();
    await page.waitForFunction(() => document.querySelectorAll('#proposals .miss').length === 0);
  });

  test('variables are a table: a value is changed, and where it is used is shown', async () => {
    const page = await house.at('mei', 'content');
    await page.locator('.place').nth(10).waitFor();
    await looksWell(page, 'console-content');
    await go(page, 'content/variables');
    await page.fill('input[type=search]', 'refund_review_days');
    const row = page.locator('[data-variable=refund_review_days]');
    await row.locator('[data-name=value]').fill('5');
    await row.getByRole('checkbox').uncheck();
    await looksWell(page, 'console-variables');
    await page.keyboard.press('Control+s');
    await saved(page);
    const file = await (await house.staff('mei')).call('GET', 'editor/files?path=knowledge-base/variables.yaml');
    assert.match(file.text, /^refund_review_days: \{value: "5"\}$/m);
    await page.getByRole('button', { name: /refund_review_days: \d+ 处/ }).click();
    await dialog(page).getByRole('link', { name: /refund/ }).first().waitFor();
  });

  test('a file is edited as text, and the check speaks at its lines', async () => {
    const page = await house.at('mei', 'content/file/knowledge-base%2Fsynonyms.txt');
    await page.click('#as-text');
    const text = page.locator('textarea[data-file]');
    await text.waitFor();
    await text.fill(`${await text.inputValue()}退款 =>\n`);
    await page.click('#save');
    await page.locator('#faults .faults button').first().waitFor();
    await page.locator('.numbers .bad, .numbers .care').first().waitFor();
    await looksWell(page, 'console-file');
    await page.locator('#faults .faults button').first().click();
    assert.equal(await text.evaluate((area) => document.activeElement === area), true);
    await go(page, 'changes');
    await page.locator('.diff .added', { hasText: '退款 =>' }).waitFor();
  });

  test('an announcement is written by a form', async () => {
    const page = await house.at('mei', 'content/announcements');
    await page.click('#new-file');
    await dialog(page).locator('[name=id]').fill('new-year-hours');
    await dialog(page).locator('[name=title]').fill('元旦客服时间: <b>');
    await dialog(page).locator('[name=body]').fill('元旦期间在线客服照常。');
    await dialog(page).locator('[name=from]').fill('2026-12-30T00:00');
    await submit(page);
    await page.locator('#form').waitFor();
    await page.locator('#faults .verdict.good').waitFor();
    await page.click('#as-text');
    assert.match(await page.locator('textarea[data-file]').inputValue(), /from: 2026-12-29T16:00:00Z/);
  });

  test('a supervisor stops an answer and the bot with a reason, pins a notice, and takes all of it back', async () => {
    const page = await house.at('zhao', 'switches');
    await page.click('#entry-off');
    await dialog(page).locator('[name=id]').fill('refund-apply');
    await dialog(page).locator('[name=note]').fill('天数写错了');
    await submit(page);
    await page.locator('.chosen code', { hasText: 'refund-apply' }).waitFor();
    await page.click('#bot-off');
    await dialog(page).locator('[name=note]').fill('故障 <img src=x onerror=alert(1)>');
    await submit(page);
    await page.locator('#bot.bad').waitFor();
    await page.click('#new-notice');
    await dialog(page).locator('[name=zh]').fill('支付系统正在维护，预计今晚恢复。');
    await dialog(page).locator('[name=until]').fill('2099-01-01T00:00');
    await submit(page);
    await page.getByRole('button', { name: '撤下' }).waitFor();
    await looksWell(page, 'console-switches');
    await page.getByRole('button', { name: '撤下' }).click();
    await page.getByRole('button', { name: '恢复机器人' }).click();
    await page.locator('#bot.good').waitFor();
    await page.getByRole('button', { name: '恢复', exact: true }).click();
    await page.locator('.chosen').waitFor({ state: 'detached' });
  });

  test('a table is imported with its columns named, its faults told by row and cell', async () => {
    const page = await house.at('mei', 'transfer');
    const table = (rows) => ({ name: '问答<b>.csv', mimeType: 'text/csv', buffer: Buffer.from(`标准问题,另一种说法,客服答复,大类\n${rows}`) });
    await page.setInputFiles('#import-file', table('数字人民币能付吗？,支持数字人民币吗,暂不支持。,payment\n,没有问题的一行,答案,payment\n'));
    await page.locator('[data-heading="标准问题"]').waitFor();
    assert.equal(await page.locator('[data-heading="标准问题"]').inputValue(), 'question');
    await page.selectOption('[data-heading="另一种说法"]', 'similar');
    await page.selectOption('[data-heading="客服答复"]', 'answer');
    await page.selectOption('[data-heading="大类"]', 'category');
    await page.click('#dry-run');
    await page.locator('#import-report .verdict.bad').waitFor();
    await page.locator('#import-report tbody th', { hasText: '3' }).waitFor();
    await looksWell(page, 'console-import-faults');
    await page.setInputFiles('#import-file', table('数字人民币能付吗？,支持数字人民币<script>alert(1)</script>吗,暂不支持。,payment\n'));
    await page.locator('[data-heading="另一种说法"]').waitFor();
    await page.selectOption('[data-heading="另一种说法"]', 'similar');
    await page.selectOption('[data-heading="客服答复"]', 'answer');
    await page.selectOption('[data-heading="大类"]', 'category');
    await page.focus('#dry-run');
    await page.keyboard.press('Enter');
    await page.locator('#import-report .verdict.good').waitFor();
    await page.click('#import-now');
    await page.locator('.diff', { hasText: '数字人民币能付吗' }).waitFor();
    assert.equal(await page.locator('#view script').count(), 0);
  });

  test('what is live is taken out as a file', async () => {
    const page = await house.at('mei', 'transfer');
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: '应答的 csv' }).first().click()]);
    assert.equal(download.suggestedFilename(), 'entries.csv');
  });

  test('every screen is well on a telephone, in the dark and in English', async () => {
    const page = await house.at('root', 'bench', { ...TELEPHONE, ...DARK });
    await page.click('[data-language=en]');
    for (const screen of ['bench', 'changes', 'learning', 'content', 'content/variables', 'content/file/intents%2Frules.yaml', 'switches', 'history', 'transfer']) {
      await go(page, screen);
      await page.waitForFunction(() => !document.querySelector('#view .nothing[role=status]'));
      await looksWell(page, `console-telephone-${screen.split('/').slice(0, 2).join('-')}`);
    }
    await page.click('#me');
    await page.locator('#account').waitFor();
    await looksWell(page, 'console-telephone-account');
  });
});

