// A hundred groups of missed questions, gone through in one sitting by keyboard alone: nothing is passed over, and nothing makes one wait.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { House, askOften, dialog, looksWell, missesOf } from './console.mjs';

const N_GROUPS = 100;

/** What no hand is needed for: a person decides slower than this, whatever the page does. */
const BOUND_MS = 120000;

/** Every tenth is attached to this; what has a proposal is attached there; the rest is dismissed. */
const ENTRY = 'payment-qr';

/** Words that nobody says, without a character in common: whatever is made of them, they are different topics. */
const nonsense = (/** @type {number} */ n) => Array.from({ length: n }, (_, topic) =>
  [0, 1, 2, 3].map((place) => String.fromCodePoint(0x6000 + topic * 4 + place)).join(''));

let house;

before(async () => { house = await House.open(); });
after(() => house?.close());

describe('a hundred groups by keyboard alone', () => {
  test('they are attached and dismissed one after the other, and none is left', async (context) => {
    const mei = await house.staff('mei');
    await askOften(house, nonsense(N_GROUPS + 30), { times: 3, enough: N_GROUPS + 10 });
    const before = await missesOf(mei);
    assert.ok(before.length >= N_GROUPS, `${before.length} groups`);
    const page = await house.at('mei');
    await page.keyboard.press('4');
    await page.locator('#misses .miss').nth(40).waitFor();
    await looksWell(page, 'keys-hundred');
    const begun = Date.now();
    const done = { a: 0, e: 0, x: 0 };
    await page.keyboard.press('j');
    for (let n = 0; n < before.length; n += 1) {
      const { group, hasProposal } = await focused(page);
      const key = hasProposal ? 'a' : n % 10 === 0 ? 'e' : 'x';
      await page.keyboard.press(key);
      if (key === 'e') await choose(page);
      await page.waitForFunction((id) => !document.querySelector(`[data-group="${id}"]`), group);
      done[key] += 1;
    }
    const took = Date.now() - begun;
    await page.locator('#misses .nothing', { hasText: '都处理完了' }).waitFor();
    context.diagnostic(`${before.length} groups in ${took} ms: ${JSON.stringify(done)}`);
    assert.ok(took < BOUND_MS, `${took} ms`);
    assert.ok(await page.locator('.toast').count() <= 3, 'what is said does not pile up');
    await looksWell(page, 'keys-hundred-done');
    assert.deepEqual(await missesOf(mei), [], 'none was passed over');
    const [set] = (await mei.call('GET', 'editor/sets')).data;
    const { entry } = await mei.call('GET', `editor/entries/${ENTRY}?set=${set.id}`);
    const all = new Set(before.flatMap(({ questions }) => questions.map(({ text }) => text)));
    assert.ok(entry.texts['zh-CN'].similar.filter((text) => all.has(text)).length >= done.e, 'what was attached is in the change set');
    await house.leave();
  });
});

/** The group that the focus is on: each decision leads to the next. */
const focused = (page) => page.evaluate(() => {
  const card = document.activeElement?.closest('[data-group]');
  return { group: card?.dataset.group, hasProposal: Boolean(card?.querySelector('[data-key=a]')) };
});

async function choose(page) {
  await dialog(page).locator('.picker button').first().waitFor();
  await page.keyboard.type(ENTRY);
  await page.waitForFunction(() => document.querySelectorAll('.picker button').length === 1);
  await page.keyboard.press('Enter');
}
