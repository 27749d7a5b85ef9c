// Editing by keyboard alone: an entry is found, changed, seen as customers will see it, and put together with what a colleague wrote.

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { House, dialog, edit, fieldOf, looksWell, pressOn, ready, saved, tabTo } from './console.mjs';

const ENTRY = 'refund-apply';
const BODY = 'texts.zh-CN.body';
const SIMILAR = 'texts.zh-CN.similar';

let house;
let mei;

before(async () => {
  house = await House.open();
  mei = await house.staff('mei');
});
after(() => house?.close());
afterEach(() => house.leaveAsItWas());

const sets = async () => (await mei.call('GET', 'editor/sets')).data;
const isFocused = (locator) => locator.evaluate((element) => element === document.activeElement);

/** Finds an entry by a search, and opens it. */
async function open(page) {
  await page.locator('#entries .row').nth(20).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type(ENTRY);
  await page.waitForFunction((id) => {
    const rows = [...document.querySelectorAll('#entries .row')];
    return rows.length < 10 && rows[0]?.href.endsWith(id);
  }, `/${ENTRY}`);
  await page.keyboard.press('Escape');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await fieldOf(page, BODY).waitFor();
}

async function write(page, key, text) {
  await tabTo(page, fieldOf(page, key));
  await page.keyboard.press('Control+a');
  await page.keyboard.type(text);
}

/** A line more, at the end of a list. */
async function addLine(page, key, text) {
  await tabTo(page, fieldOf(page, key));
  await page.keyboard.press('Control+End');
  await page.keyboard.press('Enter');
  await page.keyboard.type(text);
}

describe('entries by keyboard alone', { concurrency: 1 }, () => {
  test('an entry is found, edited, previewed and saved, and keys rest while one writes', async () => {
    const page = await house.at('mei');
    await open(page);
    await addLine(page, SIMILAR, '退款 j k n x 3 ? 该点哪里');
    assert.match(page.url(), /#\/entry\//, 'what is typed is no shortcut');
    await write(page, BODY, '请在订单里点申请退款。');
    await page.locator('#preview .bubble', { hasText: '请在订单里点' }).waitFor();
    await tabTo(page, page.locator('#preview input[type=datetime-local]'));
    await tabTo(page, page.locator('#preview select').first(), 'Shift+Tab');
    await page.keyboard.press('ArrowDown');
    await page.locator('#preview .bubble', { hasText: '请在订单里点' }).waitFor();
    await looksWell(page, 'keys-entry');
    await page.keyboard.press('Control+s');
    await saved(page);
    const [set] = await sets();
    const { entry } = await mei.call('GET', `editor/entries/${ENTRY}?set=${set.id}`);
    assert.equal(entry.texts['zh-CN'].body.trim(), '请在订单里点申请退款。');
    assert.ok(entry.texts['zh-CN'].similar.includes('退款 j k n x 3 ? 该点哪里'));
    await page.keyboard.press('Escape');
    await page.keyboard.press('1');
    await page.locator('#entries .row', { hasText: '已修改' }).waitFor();
  });

  test('an answer that is missing is named in the reader’s language, at the head of the form', async () => {
    const page = await house.at('mei');
    await open(page);
    await write(page, BODY, ' ');
    await page.keyboard.press('Control+s');
    const faults = page.locator('#faults .failure li');
    await faults.first().waitFor();
    assert.match((await faults.allTextContents()).join(), /答案.*缺少答案/);
    assert.equal(await isFocused(page.locator('#faults')), true);
    await looksWell(page, 'keys-faults');
    assert.deepEqual(await sets(), []);
  });

  test('two change one entry: what both made of it is put together, and saved', async () => {
    await edit(mei, ENTRY, (entry) => { entry.owner = 'first'; });
    const [{ id: set }] = await sets();
    const page = await house.at('mei');
    await open(page);
    await write(page, BODY, '我写的答案。');
    await addLine(page, SIMILAR, '我加的问法甲');
    await edit(mei, ENTRY, (entry) => {
      entry.texts['zh-CN'].body = '同事写的答案。';
      entry.texts['zh-CN'].similar.push('同事加的问法乙');
    }, set);
    await page.keyboard.press('Control+s');
    await page.locator('#take-merged').waitFor();
    assert.equal(await isFocused(page.locator('#take-merged')), true);
    await looksWell(page, 'keys-conflict');
    await tabTo(page, dialog(page).locator(`[data-merge="${BODY}"]`), 'Shift+Tab');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('我们一起写的答案。');
    await pressOn(page, '#take-merged');
    await saved(page);
    const { entry } = await mei.call('GET', `editor/entries/${ENTRY}?set=${set}`);
    const { body, similar } = entry.texts['zh-CN'];
    assert.equal(body.trim(), '我们一起写的答案。');
    assert.ok(similar.includes('我加的问法甲') && similar.includes('同事加的问法乙'));
  });

  test('or theirs is taken as it is', async () => {
    await edit(mei, ENTRY, (entry) => { entry.owner = 'first'; });
    const [{ id: set }] = await sets();
    const page = await house.at('mei');
    await open(page);
    await write(page, BODY, '我写的答案。');
    await edit(mei, ENTRY, (entry) => { entry.texts['zh-CN'].body = '同事写的答案。'; }, set);
    await page.keyboard.press('Control+s');
    await page.locator('#take-theirs').waitFor();
    await tabTo(page, '#take-theirs', 'Shift+Tab');
    await page.keyboard.press('Enter');
    await page.waitForFunction((key) => document.querySelector(`[data-field="${key}"]`)?.value.trim() === '同事写的答案。', BODY);
    await ready(page);
  });
});
