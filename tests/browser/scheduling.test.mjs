// A change set goes live at a time, at the console: scheduled by the form, shown with what speaks against it, taken back, and live.

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { DARK, House, LONG_MS, TELEPHONE, dialog, edit, looksWell, submit, until } from './console.mjs';

const ENTRY = 'refund-apply';

let house;

before(async () => { house = await House.open(); });
after(() => house?.close());
afterEach(() => house.leave());

const change = (staff, text) => edit(staff, ENTRY, (entry) => { entry.texts['zh-CN'].body = text; });
const answer = async () => (await (await fetch(`${house.url}api/v1/entries/${ENTRY}?language=zh-CN`)).text());
const ownSet = async (staff) => (await staff.call('GET', 'editor/sets')).data.find((set) => set.created_by === staff.account.id);

const later = (ms) => new Date(Date.now() + ms).toISOString();

/** Waits until a timed publication has come to its end. */
const endOf = (staff, id) => until(async () => (await staff.call('GET', 'editor/scheduled')).data.find((one) => one.id === id && one.ended_at), Date.now() + LONG_MS);

async function tryOut(page) {
  await page.locator('#try-out').click();
  await page.locator('#gate .verdict').waitFor({ timeout: LONG_MS });
}

/** A control's local time, so many minutes from now. */
const localIn = (page, minutes) => page.evaluate((n) => {
  const at = new Date(Date.now() + n * 60000);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
}, minutes);

describe('publishing at a time, at the console', { concurrency: 1 }, () => {
  test('it is scheduled by the form, in a time zone that is said, and nothing is live yet', async () => {
    const gao = await house.staff('gao');
    await change(gao, '定时上线的答案。');
    const page = await house.at('gao', 'changes');
    await tryOut(page);
    await page.click('#publish');
    await dialog(page).locator('[name=note]').fill('元旦起 <img src=x onerror=alert(1)>');
    const zone = await page.evaluate(() => new Intl.DateTimeFormat('zh-CN', { timeZoneName: 'long' }).formatToParts(new Date()).find(({ type }) => type === 'timeZoneName').value);
    assert.ok((await dialog(page).textContent()).includes(zone), 'the time zone is said');
    const local = await localIn(page, 90);
    await dialog(page).locator('[name=at]').fill(local);
    await looksWell(page, 'console-schedule');
    const sure = dialog(page).locator('[name=sure]');
    if (await sure.count()) await sure.check();
    await submit(page);
    await page.locator('#scheduled').waitFor({ timeout: LONG_MS });
    const shown = await page.locator('#scheduled').textContent();
    assert.match(shown, /元旦起 <img/);
    assert.match(shown, /我 于/);
    const { data: [timed] } = await gao.call('GET', 'editor/scheduled');
    assert.equal(await page.evaluate((at) => new Date(at).getTime(), local), Date.parse(timed.at), 'what was typed is what is meant');
    assert.ok(shown.includes(local.slice(11)), `${shown} has ${local}`);
    assert.doesNotMatch(await answer(), /定时上线的答案/);
    await looksWell(page, 'console-scheduled');
    await looksWell(await house.at('gao', 'changes', { ...TELEPHONE, ...DARK }), 'console-scheduled-telephone');
  });

  test('an edit after it is warned of, others see when it goes live, and it is taken back', async () => {
    const gao = await house.staff('gao');
    await change(gao, '又改了的答案。');
    const page = await house.at('gao', 'changes');
    await page.locator('#scheduled .notice', { hasText: '到时不会上线' }).waitFor();
    const others = await house.at('mei', 'changes');
    await others.locator('.row .chip', { hasText: '上线' }).waitFor();
    await page.click('#withdraw');
    await page.locator('#scheduled').waitFor({ state: 'detached' });
    const { data: [timed] } = await gao.call('GET', 'editor/scheduled');
    assert.deepEqual([timed.state, timed.reason], ['withdrawn', 'withdrawn']);
  });

  test('scheduled again, it goes live by itself, and not before its time', async () => {
    const gao = await house.staff('gao');
    const set = await ownSet(gao);
    const { outcome, id } = await gao.call('POST', 'editor/publish', { set: set.id, note: '按时', force: true, at: later(2000) });
    assert.equal(outcome, 'scheduled');
    const { state, at, ended_at: ended } = await endOf(gao, id);
    assert.equal(state, 'published');
    assert.ok(Date.parse(ended) >= Date.parse(at), `${ended} is not before ${at}`);
    assert.ok(await until(async () => /又改了的答案/.test(await answer())), 'customers see it');
    const page = await house.at('gao', 'history');
    await page.locator('#revisions [data-revision]').first().getByText('按时').waitFor();
  });

  test('what did not go live says why at its change set', async () => {
    const gao = await house.staff('gao');
    await change(gao, '第三版答案。');
    const set = await ownSet(gao);
    const { id } = await gao.call('POST', 'editor/publish', { set: set.id, note: '第三版', force: true, at: later(1000) });
    // Perhaps while it is judged again: that counts as much as before.
    await change(gao, '第四版答案。');
    const { state, reason } = await endOf(gao, id);
    assert.deepEqual([state, reason], ['refused', 'changed']);
    const page = await house.at('gao', 'changes');
    await page.locator('#refused', { hasText: '设定之后又改过内容' }).waitFor();
    await looksWell(page, 'console-schedule-refused');
    assert.doesNotMatch(await answer(), /第[三四]版答案/);
  });
});
