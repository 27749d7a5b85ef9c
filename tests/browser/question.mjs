// What the tests of the help page's question box stand on: a yingda with its sample content, a browser, and what somebody who asks does
// on the way to what a test is about. Every test ends with the page free of faults.

import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';
import { api, openPage, startBrowser, startYingda } from './harness.mjs';

/** What a file of tests has: `yingda` and a `browser`; and the pages that are `open` in a test. */
export const stage = { open: [] };

/** Has a file's tests run on the stage. */
export function onStage() {
  before(async () => {
    [stage.yingda, stage.browser] = await Promise.all([startYingda(), startBrowser()]);
  });

  after(async () => {
    await stage.browser?.close();
    await stage.yingda?.stop();
  });

  afterEach(async () => {
    const faults = stage.open.flatMap((visit) => visit.faults);
    await Promise.all(stage.open.map((visit) => visit.close()));
    stage.open = [];
    assert.deepEqual(faults, [], 'the page has no faults');
  });
}

/** Opens the help page, with the chat on it. */
export async function visit(settings, prepare = async () => {}, url = stage.yingda.url, path = 'help') {
  const visited = await openPage(stage.browser, `${url}${path}`, settings, prepare, '#question[role=combobox]');
  stage.open.push(visited);
  return visited;
}

export const ENGLISH = { locale: 'en-GB', timezoneId: 'Europe/London' };
export const TELEPHONE = { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };

/** A question that is stored word for word, and the entry that answers it. */
export const STORED = { question: '退款多久到账？', entry: 'refund-arrival-time' };

/** Types a question, presses Enter, and returns what the API said once the page shows it. */
export async function ask(page, question) {
  await page.locator('#question').fill(question);
  return answerTo(page, () => page.locator('#question').press('Enter'));
}

/** Does something that asks, and returns what the API said once the page shows it. */
export async function answerTo(page, doing) {
  const [response] = await Promise.all([page.waitForResponse('**/api/v1/ask'), doing()]);
  await newest(page, '[aria-busy=false]').waitFor();
  return response.json();
}

export const newest = (page, selector = '') => page.locator(`.turn:first-child${selector}`);
export const suggestions = (page) => page.locator('#suggestions [role=option]');

export async function typeForSuggestions(page, text) {
  await page.locator('#question').pressSequentially(text);
  await suggestions(page).first().waitFor();
}

export async function openWhy(page) {
  await newest(page).getByRole('button', { name: /^(为什么是这个回答？|Why this answer\?)$/ }).click();
  await newest(page).locator('.verdict').waitFor();
  return newest(page).locator('.why');
}

export const assertNoSidewaysScroll = async (page) => {
  const widths = await page.evaluate(() => {
    const { scrollWidth: all, clientWidth: seen } = document.documentElement;
    return { all, seen };
  });
  assert.ok(widths.all <= widths.seen, JSON.stringify(widths));
};

/** A terse or misspelt question that is asked back about; which one depends on the fit. */
export async function ambiguousQuestion() {
  for (const question of ['退款', '账户', '到账', '申请', '材料', '银行卡', '费用', '提现', '退款怎么没道']) {
    const turn = await api(stage.yingda.url, 'ask', { question });
    if (turn.decision === 'clarify') return question;
  }
  throw new Error('no terse question is asked back about');
}
