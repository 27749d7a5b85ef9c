// What editors do with all content that is no entry, by forms: in a real browser against a real yingda with its sample content. Every
// test ends with the pages free of faults.

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { DARK, House, TELEPHONE, WIDE, go, looksWell, ready, save, saved } from './console.mjs';

let house;

before(async () => { house = await House.open(); });
after(() => house?.close());
afterEach(() => house.leaveAsItWas());

const at = (name, path, settings = WIDE) => house.at(name, `content/file/${encodeURIComponent(path)}`, settings);
const form = (page) => page.locator('#form');
const field = (page, name) => form(page).locator(`[data-field="${name}"]`);

/** The text of a file in the change set that somebody works in. */
async function textOf(path, name = 'mei') {
  const staff = await house.staff(name);
  return (await staff.call('GET', `editor/files?path=${encodeURIComponent(path)}`)).text;
}

/** The lines of which a file has more, or fewer, than at first. */
function differing(before, after) {
  const only = (a, b) => a.split('\n').filter((line) => !b.split('\n').includes(line));
  return { gone: only(before, after), fresh: only(after, before) };
}

describe('content as forms', { concurrency: 1 }, () => {
  test('a holiday is added to the calendar, and everything else stays as it was written', async () => {
    const path = 'knowledge-base/calendar.yaml';
    const before = await textOf(path);
    const page = await at('mei', path);
    await field(page, 'holidays').locator('[data-row]').first().waitFor();
    await looksWell(page, 'form-calendar');
    await field(page, 'holidays').locator('[data-add]').click();
    const row = field(page, 'holidays').locator('[data-row]').last();
    await row.locator('[data-field=from] input').fill('2028-01-01');
    await row.locator('[data-field=to] input').fill('2028-01-03');
    await row.locator('[data-field=name] input').fill('元旦');
    const hours = field(page, 'phone').locator('[data-row]').first();
    await hours.getByLabel('周六').check();
    await page.locator('#unsaved:not(:empty)').waitFor();
    await save(page);
    await page.locator('#faults .verdict.good').waitFor();
    const { gone, fresh } = differing(before, await textOf(path));
    assert.deepEqual(gone, ['  phone: [{days: mon-fri, from: "09:00", to: "18:00"}]']);
    assert.deepEqual(fresh, ['  phone: [{days: mon-sat, from: "09:00", to: "18:00"}]', '  - {from: 2028-01-01, to: 2028-01-03, name: 元旦}']);
  });

  test('a group of synonyms is added by keyboard alone, and found among all', async () => {
    const path = 'knowledge-base/synonyms.txt';
    const page = await at('mei', path);
    const rows = form(page).locator('[data-row]');
    await rows.nth(20).waitFor();
    const n = await rows.count();
    await form(page).locator('input[type=search]').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForFunction((n) => document.querySelectorAll('#form [data-row]').length === n + 1, n);
    await page.keyboard.type('扫码枪，扫描枪');
    await page.keyboard.press('Control+s');
    await saved(page);
    assert.match(await textOf(path), /\n扫码枪, 扫描枪\n$/);
    await form(page).locator('input[type=search]').fill('扫描枪');
    assert.equal(await rows.filter({ visible: true }).count(), 1);
    await looksWell(page, 'form-synonyms');
    await rows.filter({ visible: true }).locator('[data-field=words] input').fill('a#b');
    await page.locator('#form .wrong:not(:empty)').waitFor();
    await page.click('#save');
    assert.match(await textOf(path), /扫描枪/, 'what no line can say is not saved');
  });

  test('a rule is changed, moved and switched from words to a pattern; the text shows the same', async () => {
    const path = 'intents/rules.yaml';
    const page = await at('mei', path);
    const rules = form(page).locator('[data-row]');
    await rows(page, rules, 2);
    const stolen = rules.filter({ hasText: 'stolen' }).first();
    await stolen.locator('summary').click();
    await stolen.locator('[data-field=any] textarea').fill('被盗刷\n盗刷\n被人盗了');
    await stolen.locator('[data-field=intent] input').fill('handoff.human');
    await page.locator('#unsaved:not(:empty)').waitFor();
    await page.click('#as-text');
    const text = page.locator('textarea[data-file]');
    assert.match(await text.inputValue(), /- \{id: stolen, any: \[被盗刷, 盗刷, 被人盗了\], intent: handoff\.human, unless/);
    assert.match(await text.inputValue(), /\n# Somebody else uses the account\n/);
    await page.reload();
    await ready(page);
    await page.locator('#unsaved:not(:empty)').waitFor();
    await save(page);
    await page.click('#as-form');
    await rules.first().waitFor();
    await looksWell(page, 'form-rules');
    const first = await rules.first().locator('strong').textContent();
    await rules.nth(1).getByRole('button', { name: /^上移/ }).click();
    await rules.nth(1).locator('summary', { hasText: 'despair' }).first().waitFor();
    assert.equal(first, '1');
  });

  test('a flow gets a question with choices; an intent does something else; both are checked', async () => {
    const page = await at('mei', 'intents/flows/refund.yaml');
    const slots = field(page, 'slots');
    await slots.locator('[data-row]').first().waitFor();
    await slots.locator(':scope > .collection > .line [data-add]').click();
    const slot = slots.locator(':scope > .collection > .items > [data-row]').last();
    await slot.locator('[data-field=name] select').selectOption('expected');
    await slot.locator('[data-field=ask] textarea').first().fill('您希望怎么处理？');
    await slot.locator('[data-field=entity] select').selectOption('expected');
    await looksWell(page, 'form-flow');
    await save(page);
    assert.match(await textOf('intents/flows/refund.yaml'), /\n {2}- name: expected\n|\n {2}- \{name: expected/);
    await page.locator('#faults .verdict.good').waitFor();

    await go(page, `content/file/${encodeURIComponent('intents/smalltalk.thanks.yaml')}`);
    await field(page, 'does').waitFor();
    await field(page, 'does').locator('select').first().selectOption({ label: '转人工' });
    await field(page, 'department').locator('input').fill('nowhere');
    await save(page);
    await page.locator('#faults .faults').waitFor();
    assert.match(await page.locator('#faults').innerText(), /部门/, 'the check speaks Chinese');
    await looksWell(page, 'form-intent');
  });

  test('departments, contacts, texts, a survey, an announcement and a category are forms too, on a telephone and in the dark', async () => {
    const page = await at('mei', 'knowledge-base/departments.yaml', { ...TELEPHONE, ...DARK });
    const risk = form(page).locator('[data-row]', { hasText: 'risk' }).first();
    await risk.locator('summary').click();
    await risk.locator('[data-field=first_reply] input').fill('15m');
    await looksWell(page, 'form-departments-telephone');
    await save(page);
    assert.match(await textOf('knowledge-base/departments.yaml'), /\nrisk: \{title: .*, first_reply: 15m, /);
    for (const path of [
      'knowledge-base/official-contacts.yaml', 'intents/texts.yaml', 'intents/canned.yaml', 'knowledge-base/refund/_category.yaml',
      'knowledge-base/surveys/payment-habits.yaml', 'knowledge-base/dictionary.txt',
    ]) {
      await go(page, `content/file/${encodeURIComponent(path)}`);
      await form(page).locator('input, textarea, summary').first().waitFor();
      await looksWell(page, `form-${path.split('/').at(-1)}-telephone`);
    }
  });

  test('who may only read sees the form and cannot change it; what is broken is shown as text', async () => {
    const reader = await at('zhao', 'knowledge-base/calendar.yaml');
    await field(reader, 'timezone').waitFor();
    assert.equal(await form(reader).locator('input:not([type=search]):enabled, select:enabled, textarea:enabled, button:enabled').count(), 0);
    const mei = await house.staff('mei');
    const path = 'knowledge-base/departments.yaml';
    const address = `editor/files?path=${encodeURIComponent(path)}`;
    const response = await fetch(`${mei.url}api/v1/${address}`, { headers: mei.headers });
    const headers = { ...mei.headers, 'If-Match': response.headers.get('etag') };
    await fetch(`${mei.url}api/v1/${address}`, { method: 'PUT', headers, body: JSON.stringify({ text: 'a: [\n' }) });
    const page = await at('mei', path);
    await page.locator('textarea[data-file]').waitFor();
    await page.locator('.toast.wrong', { hasText: '表单' }).waitFor();
    await page.locator('#faults .faults').waitFor();
  });

  test('two editors of one form meet: both changes stand', async () => {
    const path = 'knowledge-base/departments.yaml';
    const mei = await house.staff('mei');
    const set = (await mei.call('POST', 'editor/sets', { title: '部门' })).id;
    const [own, other] = [await at('mei', path), await at('lan', path)];
    for (const page of [own, other]) {
      if (await page.locator('#set').inputValue() !== set) {
        const before = await form(page).elementHandle();
        await page.selectOption('#set', set);
        // The form is drawn anew: what was opened in the old one would be closed.
        await page.waitForFunction((old) => !old.isConnected, before);
      }
      await form(page).locator('[data-row]').first().waitFor();
    }
    for (const [page, key, value] of [[own, 'risk', '20m'], [other, 'legal', '48h']]) {
      const row = form(page).locator('[data-row]', { hasText: key }).first();
      await row.locator('summary').click();
      await row.locator('[data-field=first_reply] input').fill(value);
      await page.locator('#unsaved:not(:empty)').waitFor();
    }
    await save(own);
    await other.click('#save');
    await other.locator('#dialog .merge, #dialog form').first().waitFor();
    await looksWell(other, 'form-conflict');
  });
});

/** Waits until a list has so many rows. */
const rows = (page, list, n) => list.nth(n).waitFor();
