// From a change set to customers and back by keyboard alone: what is pressed is what the sheet of shortcuts lists, Tab and Enter.

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { House, LONG_MS, dialog, edit, looksWell, pressOn, ready, tabTo } from './console.mjs';

const ENTRY = 'refund-apply';
const TITLE = '退款答案写短';
const NEW = '请在订单里点「申请退款」，按提示提交。';

let house;
let mei;

before(async () => {
  house = await House.open({ YINGDA_PUBLISHING_SECOND_PERSON: 'true' });
  mei = await house.staff('mei');
});
after(() => house?.close());
afterEach(() => house.leave());

const answer = async () => (await fetch(`${house.url}api/v1/entries/${ENTRY}?language=zh-CN`)).text();

describe('publication by keyboard alone', { concurrency: 1 }, () => {
  test('an editor opens the change set, reads it and has it checked', async () => {
    const { id } = await mei.call('POST', 'editor/sets', { title: TITLE });
    await edit(mei, ENTRY, (entry) => { entry.texts['zh-CN'].body = NEW; }, id);
    const page = await house.at('mei');
    await page.keyboard.press('?');
    await page.locator('.keys kbd', { hasText: '1–9' }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('3');
    const change = page.locator(`[data-change="${ENTRY}"]`);
    await change.waitFor();
    await page.keyboard.press('j');
    assert.equal(await change.locator('summary').evaluate((summary) => summary === document.activeElement), true);
    await page.keyboard.press('Enter');
    await page.waitForFunction((entry) => !document.querySelector(`[data-change="${entry}"]`).open, ENTRY);
    await page.keyboard.press('Enter');
    await change.locator('ins', { hasText: '按提示提交' }).waitFor();
    await pressBack(page, '#check');
    await page.locator('#gate .verdict').waitFor();
    assert.equal(await page.locator('#try-out').count(), 0, 'editors publish nothing');
  });

  test('another person finds it, tries it out, and publishes it with a note', async () => {
    const page = await house.at('gao');
    await page.keyboard.press('3');
    await page.getByRole('heading', { name: '其他修改集' }).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: TITLE, level: 2 }).waitFor();
    // Somebody else is at the same entry meanwhile: for the next test.
    await edit(await house.staff('lan'), ENTRY, (entry) => { entry.owner = '兰组'; });
    await pressOn(page, '#try-out');
    await page.locator('#gate-report').waitFor({ timeout: LONG_MS });
    await looksWell(page, 'keys-gate');
    assert.equal(await page.locator('#gate').evaluate((gate) => gate === document.activeElement), true, 'what the gate says is where one reads on');
    await pressOn(page, '#publish');
    await dialog(page).locator('[name=note]').waitFor();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('写短了，方便老人看');
    const sure = dialog(page).locator('[name=sure]');
    if (await sure.count()) {
      await tabTo(page, sure);
      await page.keyboard.press('Space');
    }
    await looksWell(page, 'keys-publish');
    await pressOn(page, dialog(page).locator('[type=submit]'));
    await page.locator('.toast', { hasText: '已发布' }).waitFor({ timeout: LONG_MS });
    assert.match(await answer(), /按提示提交/);
    await page.locator('#title', { hasText: '待发布' }).waitFor();
    await page.waitForFunction(() => document.activeElement?.id === 'title');
  });

  test('what went live under a colleague’s change set is seen there, and the change kept over it', async () => {
    const page = await house.at('lan');
    await page.keyboard.press('3');
    await page.getByRole('heading', { name: '与线上冲突' }).waitFor();
    await page.locator('.versions .added', { hasText: '按提示提交' }).waitFor();
    await looksWell(page, 'keys-conflict-live');
    await pressOn(page, page.getByRole('button', { name: '保留我的改动' }));
    await page.getByRole('heading', { name: '与线上冲突' }).waitFor({ state: 'detached' });
    const [{ id, conflicts, difference }] = (await mei.call('GET', 'editor/sets')).data;
    assert.deepEqual([conflicts, difference.changes.map(({ subject }) => subject.id)], [[], [ENTRY]]);
    await house.admin.call('DELETE', `editor/sets/${id}`);
  });

  test('it is rolled back from the history', async () => {
    const page = await house.at('gao');
    await page.keyboard.press('7');
    const revisions = page.locator('#revisions [data-revision]');
    await revisions.first().getByText('写短了').waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator(`#difference [data-change="${ENTRY}"] .added`, { hasText: '按提示提交' }).waitFor();
    await looksWell(page, 'keys-history');
    await page.keyboard.press('7');
    await page.keyboard.press('k');
    await page.keyboard.press('j');
    await pressOn(page, revisions.nth(1).getByRole('button', { name: '回退到这一版' }));
    await dialog(page).locator('[name=note]').waitFor();
    await page.keyboard.type('太短了，先退回');
    await pressOn(page, dialog(page).locator('[type=submit]'));
    await page.locator('.toast', { hasText: '已回退' }).waitFor({ timeout: LONG_MS });
    assert.doesNotMatch(await answer(), /按提示提交/);
    await ready(page);
    await page.waitForFunction(() => document.activeElement?.id === 'title');
    await revisions.first().getByText('太短了').waitFor();
  });

  test('and by mouse just as well', async () => {
    const page = await house.at('gao', 'history');
    const shorter = page.locator('#revisions [data-revision]', { hasText: '写短了' });
    await shorter.getByRole('button', { name: '回退到这一版' }).click();
    await dialog(page).locator('[name=note]').fill('还是短的好');
    await dialog(page).locator('[type=submit]').click();
    await page.locator('.toast', { hasText: '已回退' }).waitFor({ timeout: LONG_MS });
    assert.match(await answer(), /按提示提交/);
  });
});

/** The same for what stands above. */
async function pressBack(page, which) {
  await tabTo(page, which, 'Shift+Tab');
  await page.keyboard.press('Enter');
}
