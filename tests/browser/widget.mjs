// What the tests of the chat widget stand on: the page of a shop of another origin, a yingda behind a network that can be cut, and what
// a customer does on the way to what a test is about. Every test ends with the page free of faults.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, afterEach, before } from 'node:test';
import { openPage, startBrowser, startYingda } from './harness.mjs';
import { startNetwork, startShop } from './network.mjs';

/** More is said here in a minute than by any customer. */
const UNLIMITED = {
  YINGDA_LIMITS_CONVERSATIONS_PER_HOUR: '0', YINGDA_LIMITS_MESSAGES_PER_MINUTE: '0', YINGDA_ATTACHMENTS_PER_CONVERSATION: '10',
};

/** What a file of tests has: the `shop` that may show the widget, a `stranger`, `yingda`, the `network` before it, a `browser`. */
export const stage = {};

let open = [];

/** Has a file's tests run on the stage. */
export function onStage() {
  before(async () => {
    const [shop, stranger] = await Promise.all([startShop(), startShop()]);
    const settings = { YINGDA_WIDGET_ORIGINS: shop.origin, YINGDA_IDENTITY_KEYS: `k:${'s'.repeat(32)}`, ...UNLIMITED };
    Object.assign(stage, { shop, stranger });
    [stage.yingda, stage.browser] = await Promise.all([startYingda(0, settings), startBrowser()]);
    stage.network = await startNetwork(stage.yingda.port);
    carry();
  });

  after(async () => {
    await stage.browser?.close();
    await stage.network?.stop();
    await stage.yingda?.stop();
    await Promise.all([stage.shop?.stop(), stage.stranger?.stop()]);
  });

  afterEach(async () => {
    stage.network.restore();
    const faults = open.flatMap(({ faults: all, forgiven }) => all.filter((fault) => !forgiven.some((one) => one.test(fault))));
    await Promise.all(open.map((visit) => visit.close()));
    open = [];
    carry();
    assert.deepEqual(faults, [], 'the page has no faults');
  });
}

/** Both shops carry the widget, by one script tag. */
export function carry(attributes = '') {
  const tag = `<script src="${stage.network.url}widget.js" async ${attributes}></script>`;
  stage.shop.carry(tag);
  stage.stranger.carry(tag);
}

export const ENGLISH = { locale: 'en-GB', timezoneId: 'Europe/London' };
export const TELEPHONE = { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };

/** Opens a shop's page; its widget is of another origin, so what it loads is foreign to the page. */
export async function visit(settings, { url = stage.shop.url, prepare, forgiven = [] } = {}) {
  const visited = await openPage(stage.browser, url, settings, prepare, '.launcher');
  visited.forgiven = [new RegExp(`^foreign request: (${stage.network.url}|blob:)`), ...forgiven];
  open.push(visited);
  return { page: visited.page, chat: visited.page.frameLocator('iframe'), launcher: visited.page.locator('.launcher') };
}

/** The same, with the widget open. */
export async function visitChat(settings, options) {
  const visited = await visit(settings, options);
  await visited.launcher.click();
  await visited.chat.locator('.top button').first().waitFor();
  return visited;
}

export const frameOf = async (page) => (await page.locator('iframe').elementHandle()).contentFrame();
export const box = (chat) => chat.locator('#box');
export const messages = (chat, author = 'bot') => chat.locator(`.item.${author}`);
export const newest = (chat, author = 'bot') => messages(chat, author).last();

export const STORED = { question: '退款多久到账？', says: '审核通过后' };

/** Sends a text with Enter, and waits until the service has acknowledged it. */
export async function send(chat, text) {
  const n = await messages(chat, 'visitor').count();
  await box(chat).fill(text);
  await box(chat).press('Enter');
  await messages(chat, 'visitor').nth(n).waitFor();
  await chat.locator('.state').waitFor({ state: 'detached' });
}

/** What the service has of the conversation. */
export async function kept(page) {
  const { id, token } = await (await frameOf(page)).evaluate(() => JSON.parse(localStorage.getItem('yingda.conversation')));
  const response = await fetch(`${stage.yingda.url}api/v1/conversations/${id}/events?limit=200`, { headers: { Authorization: `Bearer ${token}` } });
  const { data } = await response.json();
  const own = data.filter(({ type }) => type === 'message').map((event) => event.data);
  return { id, token, events: data, texts: own.filter(({ author }) => author === 'visitor').map(({ text }) => text), messages: own };
}

/** Says something in the same conversation from elsewhere. */
export async function sayElsewhere({ id, token }, text) {
  const response = await fetch(`${stage.yingda.url}api/v1/conversations/${id}/messages`, {
    method: 'POST', headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ text, client_id: `elsewhere-${text}` }),
  });
  assert.equal(response.status, 201);
}

export const assertNoSidewaysScroll = async (frame) => {
  const isWide = () => document.documentElement.scrollWidth > document.documentElement.clientWidth;
  assert.equal(await frame.evaluate(isWide), false, 'nothing reaches out of it');
};

export const FAILED_REQUEST = /^console: Failed to load resource/;

export const aPicture = (page) => page.screenshot({ clip: { x: 0, y: 0, width: 160, height: 90 } });
export const PDF = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n');

/** A token as a shop's server signs it. */
export function jwt(claims) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const text = `${part({ alg: 'HS256', typ: 'JWT', kid: 'k' })}.${part({ aud: 'yingda', exp: now + 600, iat: now, ...claims })}`;
  return `${text}.${createHmac('sha256', 's'.repeat(32)).update(text).digest('base64url')}`;
}
