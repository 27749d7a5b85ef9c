// Excel's tables at the console: whoever brings one says what its columns are, sees what is wrong in which cell, and nothing is taken
// in before that is right. By keyboard alone, but for the system's own window that files are chosen in.

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { House, looksWell, pressOn, tabTo } from './console.mjs';
import { workbook } from './sheet.mjs';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** As other desks' templates are: how to fill it in stands above the headings, and a heading says what it takes. */
const QUESTION = '标准问法（必填，200 字以内）';
const [SAID, LIKE, ANSWER, CATEGORY, UNTIL, REMARK] = ['顾客原话', '相似问法1', '客服答复', '知识分类', '失效时间', '备注'];
const sheet = (...rows) => workbook([['填写说明：每行一个问题，不要合并单元格。'], [QUESTION, SAID, LIKE, ANSWER, CATEGORY, UNTIL, REMARK], ...rows]);

const GOOD = ['飞碟可以付款吗？', '外星人怎么付款', '坐飞碟怎么付钱', '暂不支持飞碟付款。', 'payment', '2099-01-01', '张三整理'];
const NO_QUESTION = ['', '没有问题的一行', '', '有答案。', 'payment', '', ''];
const NO_DATE = ['月亮上可以退款吗？', '', '', '可以。', 'refund', '明年春天', ''];

let house;
let mei;

before(async () => {
  house = await House.open();
  mei = await house.staff('mei');
});
after(() => house?.close());
afterEach(() => house.leaveAsItWas());

const sets = async () => (await mei.call('GET', 'editor/sets')).data;
const standsFor = (page, heading) => page.locator(`[data-heading="${heading}"]`);

async function chooseFile(page, name, buffer) {
  // The browser has to know beforehand that no window of the system is wanted.
  const chosen = page.waitForEvent('filechooser');
  await tabTo(page, '#import-file');
  await page.keyboard.press('Enter');
  await (await chosen).setFiles({ name, mimeType: XLSX, buffer });
}

/** Opens the screen, chooses a workbook, and says what the column is that nobody could guess. */
async function begin(page, name, buffer) {
  await page.keyboard.press('9');
  await page.locator('#import-file').waitFor();
  await chooseFile(page, name, buffer);
  await tabTo(page, standsFor(page, SAID));
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  assert.equal(await standsFor(page, SAID).inputValue(), 'similar');
}

describe('workbooks are imported by keyboard', { concurrency: 1 }, () => {
  test('the headings of the sheet that is seen are offered, with what they seem to be and what stands below', async () => {
    const page = await house.at('mei');
    await begin(page, '问答 <b>.xlsx', sheet(GOOD));
    const headings = await page.locator('[data-heading]').evaluateAll((all) => all.map(({ dataset, value }) => [dataset.heading, value]));
    assert.deepEqual(Object.fromEntries(headings), {
      [QUESTION]: 'question', [SAID]: 'similar', [LIKE]: 'similar', [ANSWER]: 'answer', [CATEGORY]: 'category', [UNTIL]: 'valid_until', [REMARK]: '',
    });
    await page.locator('#mapping tr', { hasText: CATEGORY }).getByText('payment').waitFor();
    await page.locator('#mapping tr', { hasText: REMARK }).getByText('张三整理').waitFor();
    await looksWell(page, 'keys-mapping');
  });

  test('a dry run names what is wrong by row and column, and nothing is imported', async () => {
    const page = await house.at('mei');
    await begin(page, '坏表.xlsx', sheet(GOOD, NO_QUESTION, NO_DATE));
    await pressOn(page, '#dry-run');
    await page.locator('#import-report .verdict.bad', { hasText: '什么都没有导入' }).waitFor();
    const told = await page.locator('#import-report tbody tr').evaluateAll((rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent)));
    const at = told.map(([row, column]) => `${row} ${column}`);
    assert.ok(at.includes(`4 ${QUESTION}`), `the fourth row has no question: ${at}`);
    assert.ok(at.includes(`5 ${UNTIL}`), `the fifth row has no date: ${at}`);
    assert.ok(told.every(([, , what]) => /\p{Script=Han}/u.test(what)), `said in Chinese: ${told}`);
    assert.equal(await page.locator('#import-now').count(), 0);
    assert.equal(await page.locator('#import-report').evaluate((report) => report === document.activeElement), true, 'what is wrong is where one reads on');
    await looksWell(page, 'keys-import-faults');
    assert.deepEqual(await sets(), [], 'nothing is begun');
  });

  test('a table without faults lands in a change set', async () => {
    const page = await house.at('mei');
    await begin(page, '好表.xlsx', sheet(GOOD));
    await pressOn(page, '#dry-run');
    await page.locator('#import-report .verdict.good', { hasText: '可以导入' }).waitFor();
    await page.locator('#import-report', { hasText: '新增 1' }).waitFor();
    assert.deepEqual(await sets(), [], 'a dry run leaves nothing');
    await looksWell(page, 'keys-import-ready');
    await pressOn(page, '#import-now');
    await page.locator('.diff', { hasText: '飞碟可以付款吗' }).waitFor();
    await looksWell(page, 'keys-imported');
    const [set] = await sets();
    const [{ subject }] = set.difference.changes;
    const { entry: { category, texts: { 'zh-CN': text } } } = await mei.call('GET', `editor/entries/${subject.id}?set=${set.id}`);
    assert.deepEqual([category, text.question, [...text.similar].sort()], ['payment', GOOD[0], [GOOD[1], GOOD[2]].sort()]);
    assert.match(text.body, /暂不支持飞碟付款/);
  });

  test('a workbook that was taken out of here comes back to the same entries', async () => {
    const response = await fetch(`${house.url}api/v1/editor/export?format=xlsx`, { headers: mei.headers });
    const page = await house.at('mei');
    await page.keyboard.press('9');
    await chooseFile(page, 'entries.xlsx', Buffer.from(await response.arrayBuffer()));
    await page.waitForFunction(() => document.querySelector('[name=format]').value === 'xlsx');
    assert.equal(await page.locator('[data-heading]').count(), 0, 'its columns are known');
    await pressOn(page, '#dry-run');
    await page.locator('#import-report', { hasText: '新增 0，修改 0' }).waitFor();
    await tabTo(page, '[name=format]', 'Shift+Tab');
    await page.keyboard.press('Home');
    await standsFor(page, 'question').waitFor();
  });

  test('what is no workbook is said to be none', async () => {
    const page = await house.at('mei');
    await page.keyboard.press('9');
    await chooseFile(page, '旧表.xlsx', Buffer.from('这不是表格'));
    await pressOn(page, '#dry-run');
    await page.locator('#import-report .verdict.bad').waitFor();
    assert.equal(await page.locator('[data-heading]').count(), 0);
    await looksWell(page, 'keys-no-workbook');
  });
});
