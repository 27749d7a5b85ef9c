// A revision is tried on a share of the conversations, at the console: by keyboard alone, seen beside what is live, and stopped.

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { DARK, House, LONG_MS, TELEPHONE, dialog, edit, looksWell, until } from './console.mjs';

let house;

before(async () => { house = await House.open(); });
after(() => house?.close());
afterEach(() => house.leave());

const begin = async () => (await fetch(`${house.url}api/v1/conversations`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' })).json();

async function asked(client) {
  const { id, token } = await begin();
  const response = await fetch(`${house.url}api/v1/conversations/${id}/messages`, {
    method: 'POST', headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify({ text: '怎么申请退款？', client_id: client }),
  });
  return (await response.json()).replies[0].text;
}

describe('comparing at the console', { concurrency: 1 }, () => {
  test('a change set is tried by keyboard alone, and what customers make of it stands beside what is live', async () => {
    const gao = await house.staff('gao');
    await edit(gao, 'refund-apply', (entry) => { entry.texts['zh-CN'].body += '\n\n试运行的答案。'; });
    const page = await house.at('gao', 'comparing');
    await page.locator('#try').focus();
    await page.keyboard.press('Enter');
    await dialog(page).locator('select[name=share]').selectOption('50');
    await dialog(page).locator('textarea[name=note]').focus();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('试试新答案');
    await dialog(page).locator('button[type=submit]').focus();
    await page.keyboard.press('Enter');
    await page.locator('#running').waitFor({ timeout: LONG_MS });
    assert.match(await page.locator('#running').textContent(), /试试新答案.*50% 的新会话/s);
    const answers = new Set();
    await until(async () => answers.add(await asked('1')).size === 2);
    assert.equal(answers.size, 2, 'both answer');
    await page.reload();
    await page.locator('#running').waitFor();
    assert.match(await page.locator('#running').textContent(), /未转人工\s*100%/);
    await looksWell(page, 'console-comparing');
  });

  test('it looks well by night and on a telephone, and is stopped', async () => {
    for (const [name, settings] of [['dark', DARK], ['telephone', TELEPHONE]]) {
      await looksWell(await house.at('gao', 'comparing', settings), `console-comparing-${name}`);
    }
    const page = await house.at('gao', 'comparing');
    await page.click('#stop');
    await page.locator('#running').waitFor({ state: 'detached' });
    await page.locator('.chip', { hasText: '已停止' }).waitFor();
  });
});
