// What the tests of the desk stand on: agents who sign in, customers who talk over the API, and what both do on the way to what a
// test is about. Every test ends with the pages free of faults, and with nobody waiting.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, afterEach, before } from 'node:test';
import { openPage, screenshot, seriousViolations, startBrowser, startYingda } from './harness.mjs';
import { startNetwork } from './network.mjs';
import { Customer, PASSWORD, employ } from './staff.mjs';

const PEOPLE = {
  li: { display_name: '小李', roles: ['agent'], departments: [] },
  wang: { display_name: '小王', roles: ['agent'], departments: [] },
  zhao: { display_name: '赵主管', roles: ['supervisor'], departments: [] },
};

const IDENTITY_KEY = 's'.repeat(32);

/** More is said here in a minute than at any desk, and all of it from one address. */
const SETTINGS = {
  YINGDA_LIMITS_CONVERSATIONS_PER_HOUR: '0', YINGDA_LIMITS_MESSAGES_PER_MINUTE: '0', YINGDA_LIMITS_REQUESTS_PER_SECOND: '0',
  YINGDA_IDENTITY_KEYS: `k:${IDENTITY_KEY}`, YINGDA_ATTACHMENTS_PER_CONVERSATION: '60',
};

/** What the service refuses shows up as an error on the browser's console; what cannot be reached does too. */
const FORGIVEN = /^console: Failed to load resource: (the server responded with a status of (401|403|404|409|422)|net::ERR)/;

/** What a file of tests has: `yingda`, the `network` before it, a `browser`, an `admin`; filled before its tests run. */
export const stage = {};

let open = [];

/** Has a file's tests run on the stage; `settings()` are more variables of yingda's environment. */
export function onStage(settings = async () => ({})) {
  before(async () => {
    const [yingda, browser] = await Promise.all([startYingda(0, { ...SETTINGS, ...(await settings()) }), startBrowser()]);
    Object.assign(stage, { yingda, browser });
    stage.network = await startNetwork(yingda.port);
    stage.admin = await employ(yingda, PEOPLE);
  });

  after(async () => {
    await stage.browser?.close();
    await stage.network?.stop();
    await stage.yingda?.stop();
  });

  afterEach(async () => {
    stage.network.restore();
    const faults = open.flatMap((visit) => visit.faults.filter((fault) => !FORGIVEN.test(fault)));
    await Promise.all(open.map((visit) => visit.close()));
    open = [];
    // Whoever waits still is no business of the next test's.
    const { data } = await stage.admin.call('GET', 'desk/conversations?view=open&limit=100');
    for (const { id } of data) await stage.admin.call('POST', `desk/conversations/${id}/resolve`, { reason: 'other' });
    assert.deepEqual(faults, [], 'the pages have no faults');
  });
}

/** Opens the desk, where somebody may sign in. */
export async function atTheDoor(settings = {}, prepare = async () => {}) {
  const visit = await openPage(stage.browser, `${stage.network.url}desk`, settings, prepare, '#sign-in-form');
  open.push(visit);
  return visit.page;
}

export async function signsIn(page, name) {
  await page.fill('#name', name);
  await page.fill('#password', PASSWORD);
  await page.press('#password', 'Enter');
  await page.locator('#desk').waitFor();
  await page.locator('#presence option').first().waitFor({ state: 'attached' });
}

/** Signs in at the desk, and is available. */
export async function atWork(name, settings = {}, prepare = async () => {}) {
  const page = await atTheDoor(settings, prepare);
  await signsIn(page, name);
  await page.selectOption('#presence', 'available');
  await page.locator('#presence-dot.available').waitFor();
  return page;
}

export const view = (page, name) => page.click(`#views [data-view=${name}]`);
export const card = (page, id) => page.locator(`#cards [data-id="${id}"].card`);
export const log = (page) => page.locator('#log');
export const action = (page, name) => page.locator(`#actions [data-action=${name}]`);
export const dialog = (page) => page.locator('#dialog');
export const submit = (page) => dialog(page).locator('button[type=submit]').click();

export async function opens(page, customer, list = 'waiting') {
  await view(page, list);
  await card(page, customer.id).click();
  await page.locator('#whom').waitFor();
}

export async function takes(page, customer) {
  await opens(page, customer);
  await action(page, 'claim').click();
  await action(page, 'resolve').waitFor();
}

export async function replies(page, text) {
  await page.fill('#text', text);
  await page.press('#text', 'Enter');
}

export async function resolves(page, reason = 'other') {
  await action(page, 'resolve').click();
  await dialog(page).locator('[name=reason]').selectOption(reason);
  await submit(page);
  await dialog(page).waitFor({ state: 'hidden' });
}

/** Waits until something is so that is not on a page. */
export async function until(what, patience = Date.now() + 15000) {
  for (;;) {
    const found = await what();
    if (found || Date.now() > patience) return found;
  }
}

export const heardFrom = async (customer, text) =>
  until(async () => (await customer.heard()).find((message) => message.author === 'agent' && message.text === text));

export const waits = async (words, body) => (await Customer.begin(stage.yingda.url, body)).wantsPerson(words);

/** Somebody whom the shop's server vouches for (a JWT with HS256). */
export function identity(name) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = `${part({ alg: 'HS256', kid: 'k' })}.${part({ sub: `u-${name}`.slice(0, 60), aud: 'yingda', exp: Math.floor(Date.now() / 1000) + 600, name })}`;
  return `${claims}.${createHmac('sha256', IDENTITY_KEY).update(claims).digest('base64url')}`;
}

export async function looksWell(page, name) {
  await screenshot(page, name, false);
  assert.deepEqual(await seriousViolations(page), []);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth), false, 'nothing reaches out of the page');
}

export const DESK = { viewport: { width: 1280, height: 800 } };
export const TELEPHONE = { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
export const DARK = { colorScheme: 'dark' };
