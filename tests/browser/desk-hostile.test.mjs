// Whatever people type, and whatever they call themselves, their files or what they keep, is shown at the desk as text and runs
// nothing: fifty texts through each place where a text of somebody's own is shown. The pages are opened without their content policy,
// so that it is not the policy that holds; that there is one is looked at by itself.

import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { DESK, action, atWork, dialog, identity, log, looksWell, onStage, opens, replies, signsIn, stage, submit, takes, view, waits } from './desk.mjs';
import { openPage, screenshot } from './harness.mjs';
import { NOTHING_STRANGE, PAYLOADS, strangeThings } from './hostile.mjs';
import { Customer, Staff } from './staff.mjs';

const WITHOUT_POLICY = { ...DESK, bypassCSP: true };

const SAMPLES = path.resolve(import.meta.dirname, '../..');

/** In content, braces stand for facts; what holds them is refused before anybody sees it. */
const CANNED = PAYLOADS.filter((payload) => !/[{}\t]/.test(payload));

let folder;

/** The sample intents, with canned replies that are called what they should not; what they say is checked before it is published. */
async function withCanned() {
  folder = await mkdtemp(path.join(tmpdir(), 'yingda-intents-'));
  await cp(path.join(SAMPLES, 'intents'), folder, { recursive: true });
  const file = path.join(folder, 'canned.yaml');
  const more = CANNED.map((payload, at) => `- id: hostile-${at}\n  title: {zh-CN: ${JSON.stringify(payload)}, en: "x"}\n  text: {zh-CN: "您好", en: "Hello"}\n`);
  await writeFile(file, `${await readFile(file, 'utf8')}\n${more.join('')}`);
  return { YINGDA_CONTENT_INTENTS: folder, YINGDA_CONTENT_KNOWLEDGE: path.join(SAMPLES, 'knowledge-base') };
}

onStage(withCanned);

after(() => rm(folder, { recursive: true }));

const isTame = async (page) => assert.deepEqual(await strangeThings(page, 'body'), NOTHING_STRANGE);

/** What the service refuses is shown nowhere, which is as well. */
const orNothing = (asked) => asked.then(() => true, (error) => {
  if (!/: 422 /.test(error.message)) throw error;
  return false;
});

const ones = (payload) => payload.replaceAll(/[\t\n]/g, ' ');

describe('at the desk, text is text', { concurrency: 1 }, () => {
  test('in what customers say, call themselves and their files, and what their page says of them', async () => {
    const li = await atWork('li', WITHOUT_POLICY);
    const context = { page: PAYLOADS[0], note: PAYLOADS[20] };
    const customer = await waits('你好', { identity: identity(PAYLOADS[1]), visitor: PAYLOADS[0], context });
    await takes(li, customer);
    for (const payload of PAYLOADS) {
      await customer.say(payload);
      await customer.sendFile(`${ones(payload).replaceAll('/', '').slice(0, 90)}.png`, PICTURE);
    }
    await log(li).locator('.file').nth(PAYLOADS.length - 1).waitFor();
    await isTame(li);
    let nWait = 0;
    for (const payload of PAYLOADS.slice(2)) nWait += await orNothing(waits(payload, { identity: identity(ones(payload)) }));
    assert.ok(nWait > 40, `${nWait}`);
    await view(li, 'open');
    await li.waitForFunction((n) => document.querySelectorAll('#cards .card').length >= n, nWait);
    await isTame(li);
    await li.reload({ waitUntil: 'domcontentloaded' });
    await log(li).locator('.file').nth(PAYLOADS.length - 1).waitFor();
    await li.locator('#customer').getByText(PAYLOADS[20]).first().waitFor();
    await isTame(li);
    await screenshot(li, 'hostile-customer', false);
  });

  test('in notes, replies and drafts', async () => {
    const li = await atWork('li', WITHOUT_POLICY);
    const staff = await new Staff(stage.yingda.url).signIn('li');
    const customer = await waits('你好');
    await takes(li, customer);
    let nReplies = 0;
    for (const [at, payload] of PAYLOADS.entries()) {
      await staff.call('POST', `desk/conversations/${customer.id}/note`, { text: payload });
      nReplies += await orNothing(staff.call('POST', `desk/conversations/${customer.id}/reply`, { text: payload, client_id: `r${at}` }));
    }
    assert.ok(nReplies > 40, `${nReplies}`);
    await log(li).locator('.note').nth(PAYLOADS.length - 1).waitFor();
    await log(li).locator('.message.agent').nth(nReplies - 1).waitFor();
    await isTame(li);
    stage.network.cut();
    await li.locator('#offline').waitFor();
    for (const payload of PAYLOADS.slice(0, 5)) await replies(li, payload);
    await log(li).locator('.waiting').nth(4).waitFor();
    await li.fill('#text', PAYLOADS[3]);
    await isTame(li);
    stage.network.restore();
    await li.reload({ waitUntil: 'domcontentloaded' });
    await action(li, 'resolve').waitFor();
    assert.equal(await li.inputValue('#text'), PAYLOADS[3]);
    await isTame(li);
  });

  test('in what agents are called', async () => {
    const [wang, zhao] = [await atWork('wang', WITHOUT_POLICY), await atWork('zhao', WITHOUT_POLICY)];
    const { id } = (await new Staff(stage.yingda.url).signIn('wang')).account;
    const customer = await waits('你好');
    await takes(wang, customer);
    await opens(zhao, customer, 'open');
    let nNames = 0;
    for (const payload of PAYLOADS) {
      if (!await orNothing(stage.admin.call('PATCH', `admin/users/${id}`, { display_name: payload }))) continue;
      nNames += 1;
      for (let pressed = 0; pressed < 2 || await zhao.locator('#wall').isHidden(); pressed += 1) await zhao.click('#wall-button');
      await zhao.locator('#wall').getByText(payload.trim(), { exact: true }).first().waitFor();
      await isTame(zhao);
    }
    assert.ok(nNames > 40, `${nNames}`);
    for (const name of [PAYLOADS[0], PAYLOADS[1], PAYLOADS[20]]) {
      await stage.admin.call('PATCH', `admin/users/${id}`, { display_name: name });
      await wang.fill('#text', '');
      await new Staff(stage.yingda.url).signIn('wang').then((staff) => staff.call('POST', `desk/conversations/${customer.id}/note`, { text: '看一下' }));
      await zhao.reload({ waitUntil: 'domcontentloaded' });
      await zhao.locator('#desk').waitFor();
      await log(zhao).locator('.note').first().waitFor();
      await action(zhao, 'transfer').click();
      await isTame(zhao);
      await zhao.keyboard.press('Escape');
      await action(zhao, 'take-over').click();
      await dialog(zhao).getByText(name).waitFor();
      await isTame(zhao);
      await zhao.keyboard.press('Escape');
      await zhao.click('#wall-button');
      await zhao.getByRole('button', { name: `${name} 的技能` }).click();
      await dialog(zhao).getByRole('heading', { name }).waitFor();
      await submit(zhao);
      await zhao.locator('.toast', { hasText: name }).waitFor();
      await isTame(zhao);
      await zhao.click('#wall-button');
    }
    await wang.click('#sign-out');
    await signsIn(wang, 'wang');
    await wang.locator('#who', { hasText: PAYLOADS[20] }).waitFor();
    await isTame(wang);
    await screenshot(zhao, 'hostile-names', false);
  });

  test('in cases and what is written in them', async () => {
    const li = await atWork('li', WITHOUT_POLICY);
    const staff = await new Staff(stage.yingda.url).signIn('li');
    let number;
    for (const payload of PAYLOADS) {
      ({ number } = await staff.call('POST', 'desk/cases', { kind: 'account', department: 'risk', description: payload }));
    }
    for (const payload of PAYLOADS) await staff.call('POST', `desk/cases/${number}/note`, { text: payload });
    await li.click('#tab-cases');
    await li.locator('.case-list .card').nth(PAYLOADS.length - 1).waitFor();
    await isTame(li);
    await screenshot(li, 'hostile-cases', false);
    await li.locator('.case-list .card').first().click();
    await li.locator('#cases .history li').nth(PAYLOADS.length).waitFor();
    await isTame(li);
  });

  test('in what is searched for, and what the bot makes of a question', async () => {
    const li = await atWork('li', WITHOUT_POLICY);
    const customer = await waits('你好');
    await takes(li, customer);
    await li.click('#tab-knowledge');
    for (const payload of PAYLOADS) {
      const found = li.waitForResponse(/desk\/search/);
      await li.fill('#knowledge-query', payload);
      await li.press('#knowledge-query', 'Enter');
      await found;
    }
    await isTame(li);
    for (const payload of PAYLOADS.slice(0, 10)) {
      await customer.say(payload);
      await log(li).locator('.visitor', { hasText: payload }).first().waitFor();
      await li.click('#matches-ask');
      await li.locator('#matches').getByText(`「${payload}」`).waitFor();
      await isTame(li);
    }
    await li.click('#knowledge-last');
    await li.locator('#knowledge-found').getByRole('button').last().click();
    assert.equal(await dialog(li).locator('[name=text]').inputValue(), PAYLOADS[9]);
    await isTame(li);
  });

  test('in canned replies', async () => {
    assert.ok(CANNED.length > 40);
    // They say what they are called, as though nobody had checked.
    const li = await atWork('li', WITHOUT_POLICY, (page) => page.route('**/desk/canned?*', async (route) => {
      const { data } = await (await route.fetch()).json();
      await route.fulfill({ json: { data: data.map((reply) => ({ ...reply, text: `x ${reply.title}` })) } });
    }));
    const customer = await waits('你好');
    await takes(li, customer);
    for (const [at, payload] of CANNED.entries()) {
      await li.fill('#text', `/hostile-${at}`);
      const options = li.locator('#canned [role=option]');
      await options.filter({ hasText: payload }).first().waitFor();
      await isTame(li);
    }
    await looksWell(li, 'hostile-canned');
    await li.press('#text', 'Enter');
    assert.equal(await li.inputValue('#text'), `x ${CANNED.at(-1)}`);
    await isTame(li);
  });

  test('and the desk’s content policy lets no script run that does not lie beside it', async () => {
    for (const address of ['desk', 'desk/main.js', 'desk/desk.css']) {
      const { headers } = await fetch(`${stage.yingda.url}${address}`);
      const policy = headers.get('content-security-policy');
      assert.match(policy, /default-src 'self'; base-uri 'none'; object-src 'none'/, address);
      assert.doesNotMatch(policy, /unsafe|data:|\*/, address);
    }
    const { page, close } = await openPage(stage.browser, `${stage.yingda.url}desk`, DESK, async () => {}, '#sign-in-form');
    const blocked = await page.evaluate(() => new Promise((told) => {
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => told(effectiveDirective), { once: true });
      document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.hacked = 1' }));
    }));
    assert.equal(blocked, 'script-src-elem');
    assert.equal(await page.evaluate(() => 'hacked' in window), false);
    await close();
  });
});

/** A picture of one point. */
const PICTURE = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==', 'base64');
