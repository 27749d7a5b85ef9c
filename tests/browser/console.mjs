// Editors at the console: how a test signs them in and what it does there again and again. What is shown is the tests' business.

import assert from 'node:assert/strict';
import { openPage, screenshot, seriousViolations, startBrowser, startYingda } from './harness.mjs';
import { PASSWORD, Staff, employ } from './staff.mjs';

export const PEOPLE = {
  mei: { display_name: '梅编辑', roles: ['editor'], departments: [] },
  lan: { display_name: '兰编辑', roles: ['editor'], departments: [] },
  gao: { display_name: '高发布', roles: ['publisher'], departments: [] },
  zhao: { display_name: '赵主管', roles: ['supervisor', 'viewer'], departments: [] },
};

export const WIDE = { viewport: { width: 1280, height: 850 } };
export const TELEPHONE = { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true };
export const DARK = { colorScheme: 'dark' };

/** The gate asks thousands of questions, of a program that is not optimised. */
export const LONG_MS = 240000;

/** What the service refuses shows up as an error on the browser's console; so does a file that it was not told of. */
const FORGIVEN = /^console: Failed to load resource: the server responded with a status of (401|403|404|409|412|422)/;

const SETTINGS = { YINGDA_LIMITS_REQUESTS_PER_SECOND: '0', YINGDA_LIMITS_CONVERSATIONS_PER_HOUR: '0', YINGDA_LIMITS_MESSAGES_PER_MINUTE: '0' };

/** A yingda with those who work there, and a browser; pages that were opened close with their test. */
export class House {
  static async open(settings = {}) {
    const house = new House();
    [house.yingda, house.browser] = await Promise.all([startYingda(0, { ...SETTINGS, ...settings }), startBrowser()]);
    house.url = house.yingda.url;
    house.admin = await employ(house.yingda, PEOPLE);
    house.visits = [];
    return house;
  }

  async close() {
    await this.browser?.close();
    await this.yingda?.stop();
  }

  /** Closes what a test has opened; nothing may have gone wrong there. */
  async leave() {
    const faults = this.visits.flatMap((visit) => visit.faults.filter((fault) => !FORGIVEN.test(fault)));
    await Promise.all(this.visits.map((visit) => visit.close()));
    this.visits = [];
    assert.deepEqual(faults, [], 'the pages have no faults');
  }

  /** The same, and takes back what was edited: the next test begins with what is live. */
  async leaveAsItWas() {
    await this.leave();
    const { data } = await this.admin.call('GET', 'editor/sets');
    for (const { id } of data) await this.admin.call('DELETE', `editor/sets/${id}`);
  }

  /** Somebody who has signed in, at a screen. */
  async at(name, address = 'entries', settings = WIDE) {
    const visit = await openPage(this.browser, `${this.url}console#/${address}`, settings, async () => {}, '#sign-in-form');
    this.visits.push(visit);
    const { page } = visit;
    await page.fill('#name', name);
    await page.fill('#password', PASSWORD);
    await page.press('#password', 'Enter');
    await ready(page);
    return page;
  }

  /** The same person at the API, apart from any page. */
  async staff(name) {
    return new Staff(this.url).signIn(name);
  }
}

/** Waits until a screen is there. */
export const ready = (page) => page.locator('#view #title').waitFor();

/** Goes to a screen as a link would. */
export async function go(page, address) {
  await page.evaluate((hash) => {
    if (location.hash === hash) return;
    document.querySelector('#view').replaceChildren();
    location.hash = hash;
  }, `#/${address}`);
  await ready(page);
}

/** Saves by the button, and waits until that is done. */
export async function save(page) {
  await page.click('#save');
  await saved(page);
}

export async function saved(page) {
  await page.locator('.toast', { hasText: '已保存' }).last().waitFor();
  await page.locator('#unsaved:empty, #view:not(:has(#unsaved))').first().waitFor({ state: 'attached' });
}

export const fieldOf = (page, key) => page.locator(`[data-field="${key}"]`);

/** Adds a phrasing to an entry that is open. */
export async function addPhrasing(page, text, language = 'zh-CN') {
  const similar = fieldOf(page, `texts.${language}.similar`);
  await similar.fill(`${await similar.inputValue()}\n${text}`);
}

export const dialog = (page) => page.locator('#dialog');

/** What is at hand for those who have no mouse: more steps than this are too many for anybody. */
const MOST_STEPS = 150;

/** Moves the focus by Tab alone until it is there. */
export async function tabTo(page, which, key = 'Tab') {
  const wanted = typeof which === 'string' ? page.locator(which) : which;
  await wanted.waitFor();
  for (let n = 0; n < MOST_STEPS; n += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
  }
  assert.fail(`${wanted} is not reached by ${key}`);
}

/** Presses a button as those do who have no mouse. */
export async function pressOn(page, which) {
  await tabTo(page, which);
  await page.keyboard.press('Enter');
}

/** Has questions asked, some times each, and waits until they, or as many as are enough, are counted among those without an answer. */
export async function askOften(house, questions, { times = 2, enough = questions.length } = {}) {
  const headers = { 'Content-Type': 'application/json' };
  for (const question of questions.flatMap((each) => Array(times).fill(each))) {
    const response = await fetch(`${house.url}api/v1/ask`, { method: 'POST', headers, body: JSON.stringify({ question }) });
    assert.equal(response.status, 200, await response.text());
  }
  const editor = await house.staff('mei');
  const counted = await until(async () => {
    const { data } = await editor.call('GET', 'editor/unanswered?limit=200');
    return questions.filter((question) => data.some(({ text, n }) => text === question && n >= times)).length >= enough;
  });
  assert.ok(counted, 'what was asked is counted');
}

/** The groups of missed questions, as the API knows them. */
export async function missesOf(staff) {
  const { data } = await staff.call('GET', 'editor/misses?limit=200');
  return data;
}
export const submit = (page) => dialog(page).locator('button[type=submit]').click();

/** Puts a value into an entry's Chinese text over the API, in somebody's own change set. */
export async function edit(staff, id, change, set) {
  const address = `editor/entries/${id}${set ? `?set=${set}` : ''}`;
  const response = await fetch(`${staff.url}api/v1/${address}`, { headers: staff.headers });
  const { entry } = await response.json();
  change(entry);
  const headers = { ...staff.headers, 'If-Match': response.headers.get('etag') };
  const changed = await fetch(`${staff.url}api/v1/${address}`, { method: 'PUT', headers, body: JSON.stringify(entry) });
  assert.equal(changed.status, 200, await changed.text());
}

export async function looksWell(page, name) {
  await screenshot(page, name, false);
  assert.deepEqual(await seriousViolations(page), [], name);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth), false, `${name}: nothing reaches out of the page`);
}

/** Waits until something is so that is not on a page. */
export async function until(what, patience = Date.now() + 60000) {
  for (;;) {
    const found = await what();
    if (found || Date.now() > patience) return found;
    await new Promise((done) => { setTimeout(done, 200); });
  }
}
