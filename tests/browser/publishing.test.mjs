// From a change set to customers and back, at the console: check, try, review by a second person, publish, compare, roll back; and
// what went live meanwhile.

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { DARK, House, LONG_MS, TELEPHONE, dialog, edit, go, looksWell, submit } from './console.mjs';

const ENTRY = 'refund-apply';
const OTHER = 'account-close';

let house;

before(async () => { house = await House.open({ YINGDA_PUBLISHING_SECOND_PERSON: 'true' }); });
after(() => house?.close());
afterEach(() => house.leave());

const body = (text) => (entry) => { entry.texts['zh-CN'].body = text; };

async function setOf(name) {
  const staff = await house.staff(name);
  const { data } = await staff.call('GET', 'editor/sets');
  return { staff, set: data.find((set) => set.created_by === staff.account.id) };
}

const answerOf = async (id) => (await (await fetch(`${house.url}api/v1/entries/${id}?language=zh-CN`)).text());

/** Has everything tried, and waits for what the gate says. */
async function tryOut(page) {
  await page.locator('#try-out').waitFor();
  await page.click('#try-out');
  await page.locator('#gate .verdict').waitFor({ timeout: LONG_MS });
}

/** Publishes what was tried; where a test question gets worse by it, that is seen and said. */
async function publish(page, note) {
  await page.click('#publish');
  await dialog(page).locator('[name=note]').fill(note);
  const sure = dialog(page).locator('[name=sure]');
  if (await sure.count()) await sure.check();
  await submit(page);
}

describe('publication at the console', { concurrency: 1 }, () => {
  test('an editor sees what is changed, checks it, and takes one thing back', async () => {
    const mei = await house.staff('mei');
    await edit(mei, ENTRY, (entry) => {
      entry.texts['zh-CN'].similar.push('退款该点哪一个按键');
      entry.texts['zh-CN'].body += '\n\n第一版答案。';
    });
    await edit(mei, OTHER, (entry) => { entry.owner = 'somebody'; });
    const page = await house.at('mei', 'changes');
    await page.locator(`[data-change="${ENTRY}"] ins`, { hasText: '退款该点哪一个按键' }).waitFor();
    await page.locator('.notice', { hasText: '发布权限' }).waitFor();
    await looksWell(page, 'console-changes');
    await page.click('#check');
    await page.locator('#gate .verdict').waitFor();
    await page.locator(`[data-change="${OTHER}"]`).getByRole('button', { name: '撤回这处改动' }).click();
    await submit(page);
    await page.locator(`[data-change="${OTHER}"]`).waitFor({ state: 'detached' });
    const { set } = await setOf('mei');
    assert.ok(set.difference.changes.every(({ path }) => path.includes(ENTRY)), 'the other one is as it was');
  });

  test('a second person tries it, reads what the gate says, and publishes with a note', async () => {
    const { set } = await setOf('mei');
    const page = await house.at('gao', 'changes');
    await page.selectOption('#set', set.id);
    await page.locator(`[data-change="${ENTRY}"]`).waitFor();
    await tryOut(page);
    await page.locator('#gate-report').waitFor();
    await looksWell(page, 'console-gate');
    await publish(page, '退款答案改短 <img src=x onerror=alert(1)>');
    await page.locator('.toast', { hasText: '已发布' }).waitFor({ timeout: LONG_MS });
    assert.match(await answerOf(ENTRY), /第一版答案/);
  });

  test('the history says who, when and why; what changed; and the way back by keyboard alone', async () => {
    const page = await house.at('gao', 'history');
    const latest = page.locator('#revisions [data-revision]').first();
    await latest.getByText('退款答案改短 <img').waitFor();
    await latest.getByRole('button', { name: '改了什么' }).click();
    await page.locator(`#difference [data-change="${ENTRY}"] .added`, { hasText: '第一版答案' }).waitFor();
    await looksWell(page, 'console-history');
    await page.locator('#title').focus();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    const back = page.locator('#revisions [data-revision]').nth(1).getByRole('button', { name: '回退到这一版' });
    await back.focus();
    await page.keyboard.press('Enter');
    await page.keyboard.type('改错了，先退回');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('.toast', { hasText: '已回退' }).waitFor({ timeout: LONG_MS });
    assert.doesNotMatch(await answerOf(ENTRY), /第一版答案/);
  });

  test('nobody publishes alone what they wrote', async () => {
    const gao = await house.staff('gao');
    await edit(gao, OTHER, body('我自己写的，也想自己发布。'));
    const page = await house.at('gao', 'changes');
    await tryOut(page);
    if (await page.locator('#publish').count()) {
      await publish(page, '自己发布');
    }
    await page.locator('#gate', { hasText: '自己写的内容由别人发布' }).waitFor({ timeout: LONG_MS });
    await page.click('#discard-set');
    await submit(page);
    await page.locator(`[data-change="${OTHER}"]`).waitFor({ state: 'detached' });
  });

  test('an answer with an error is named at its place, and cannot go live', async () => {
    const lan = await house.staff('lan');
    await edit(lan, ENTRY, body('请把密码和验证码发给我们。<b>粗</b>'));
    const { set } = await setOf('lan');
    const page = await house.at('gao', 'changes', { ...TELEPHONE, ...DARK });
    await page.selectOption('#set', set.id);
    await page.locator(`[data-change="${ENTRY}"]`).waitFor();
    await page.click('#check');
    await page.locator('#gate .verdict.bad').waitFor();
    await page.locator('#gate code', { hasText: 'refund-apply.md' }).first().waitFor();
    await looksWell(page, 'console-check-telephone');
    await lan.call('DELETE', `editor/sets/${set.id}`);
  });

  test('what went live under a change set is a conflict, and one decides', async () => {
    const [lan, mei] = [await house.staff('lan'), await house.staff('mei')];
    await edit(lan, ENTRY, (entry) => { entry.owner = '兰组'; });
    await edit(mei, ENTRY, (entry) => { entry.owner = '梅组'; });
    const { set: meis } = await setOf('mei');
    const gao = await house.staff('gao');
    const { outcome } = await gao.call('POST', 'editor/publish', { set: meis.id, note: '梅的' });
    assert.equal(outcome, 'published');
    const page = await house.at('lan', 'changes');
    await page.getByRole('heading', { name: '与线上冲突' }).waitFor();
    await looksWell(page, 'console-conflict-live');
    await page.getByRole('button', { name: '保留我的改动' }).first().click();
    await page.getByRole('heading', { name: '与线上冲突' }).waitFor({ state: 'detached' });
    const { set } = await setOf('lan');
    assert.deepEqual(set.conflicts, []);
    await go(page, 'entries');
    await page.locator('#entries .row').first().waitFor();
  });
});
