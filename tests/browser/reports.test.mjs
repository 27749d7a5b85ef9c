// The report of use as supervisors see it: a page with charts that is asked anew by its own form, in a real browser.

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { DARK, House, TELEPHONE, WIDE, looksWell } from './console.mjs';

let house;

before(async () => {
  house = await House.open();
  for (const text of ['怎么申请退款', '退款多久到账', '转人工', '我要投诉']) await talk(text);
});
after(() => house?.close());
afterEach(() => house.leave());

/** A conversation with one message, and whether that helped. */
async function talk(text) {
  const send = async (path, body, token) => {
    const headers = { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) };
    const response = await fetch(`${house.url}api/v1/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    assert.ok(response.ok, await response.clone().text());
    return response.status === 204 ? null : response.json();
  };
  const { id, token } = await send('conversations', { channel: text.length > 5 ? 'web' : 'wechat' });
  const { replies } = await send(`conversations/${id}/messages`, { text, client_id: 'c1' }, token);
  if (replies[0]?.entry) await send(`conversations/${id}/feedback`, { message_seq: replies[0].seq, helpful: true }, token);
  return id;
}

/** Goes to the report by the console's own link. */
async function report(page) {
  await page.locator('#nav a', { hasText: '使用报表' }).click();
  await page.getByRole('heading', { level: 1 }).waitFor();
}

describe('the report of use', { concurrency: 1 }, () => {
  test('is reached from the console, drawn with its figures, and asked anew by channel', async () => {
    const page = await house.at('zhao', 'entries', WIDE);
    await report(page);
    assert.equal(await page.locator('svg.chart').count(), 4);
    await looksWell(page, 'report-days');
    await page.locator('select[name=by]').selectOption('channel');
    await page.locator('form.controls button').click();
    await page.getByRole('heading', { name: '按渠道', exact: true }).waitFor();
    assert.match(page.url(), /by=channel/);
    const rows = page.locator('h2', { hasText: '按渠道' }).locator('~ table').first().locator('tbody tr');
    assert.deepEqual((await rows.locator('th').allTextContents()).sort(), ['web', 'wechat']);
    assert.match(await page.locator('svg.chart rect title').first().textContent(), /: [12]$/);
    await looksWell(page, 'report-channels');
    // No script may ask for anything on such a page.
    const csv = await page.request.get(await page.locator('form.controls a').first().evaluate((link) => link.href));
    assert.match(await csv.text(), /conversations,begun,4/);
  });

  test('is readable on a telephone, in the dark, and in English', async () => {
    const page = await house.at('zhao', 'entries', { ...TELEPHONE, ...DARK });
    await page.goto(`${house.url}api/v1/admin/reports/usage?format=html&language=en&by=department`);
    await page.getByRole('heading', { name: 'By department', exact: true }).waitFor();
    await looksWell(page, 'report-telephone');
  });
});
