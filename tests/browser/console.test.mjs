// How those who work here come in: the first administrator by the printed link, then by name, password and second factor.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { openPage, screenshot, seriousViolations, startBrowser, startYingda } from './harness.mjs';

const NAME = 'ann';
const PASSWORD = 'seven herons at dawn';

let yingda;
let browser;

before(async () => {
  [yingda, browser] = await Promise.all([startYingda(), startBrowser()]);
});

after(async () => {
  await browser?.close();
  await yingda?.stop();
});

/** What somebody may be refused shows up as an error on the browser's console; nothing else may. */
const REFUSAL = /^console: Failed to load resource: the server responded with a status of (401|403|404|422)/;

async function inConsole(url, settings, act) {
  const visit = await openPage(browser, url, settings, async () => {}, '.card:not([hidden])');
  try {
    await act(visit.page);
  } finally {
    await visit.close();
  }
  assert.deepEqual(visit.faults.filter((fault) => !REFUSAL.test(fault)), [], 'the page has no faults');
}

async function looksWell(page, name) {
  await screenshot(page, name);
  assert.deepEqual(await seriousViolations(page), []);
  const isWide = () => document.documentElement.scrollWidth > window.innerWidth;
  assert.equal(await page.evaluate(isWide), false, 'nothing reaches out of the page');
}

/** From the screens of the console to one's own account. */
async function openAccount(page) {
  await page.locator('#me').click();
  await page.locator('#who').waitFor();
}

async function signIn(page, code) {
  await page.fill('#name', NAME);
  await page.fill('#password', PASSWORD);
  await page.click('#sign-in-form button');
  if (!code) return;
  await page.locator('#code').waitFor();
  await page.fill('#code', code());
  await page.click('#sign-in-form button');
}

/** What an authenticator shows (RFC 6238), `steps` half minutes from now. */
function codeOf(secret, steps) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret.replaceAll(' ', '')].map((c) => alphabet.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + steps));
  const mac = createHmac('sha1', key).update(counter).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, '0');
}

const TELEPHONE = { viewport: { width: 320, height: 640 }, colorScheme: 'dark' };

describe('those who work here come in', { concurrency: 1 }, () => {
  test('the first administrator is set up by the printed link, once', async () => {
    await inConsole(yingda.setUp, {}, async (page) => {
      await page.getByRole('heading', { name: '建立第一个管理员' }).waitFor();
      await page.fill('#join-name', NAME);
      await page.fill('#join-password', 'ann-ann-ann-123');
      await page.click('#join-button');
      await page.locator('#outcome.wrong p').waitFor();
      await looksWell(page, 'console-set-up');
      await page.fill('#join-display', '安妮 <b>');
      await page.fill('#join-password', PASSWORD);
      await page.click('#join-button');
      await page.locator('#me').waitFor();
      assert.equal(new URL(page.url()).hash, '', 'the secret is gone from the address');
      await openAccount(page);
      await page.getByRole('heading', { name: '安妮 <b> (ann)' }).waitFor();
      await looksWell(page, 'console-account');
      await page.reload();
      await page.getByRole('heading', { name: '安妮 <b> (ann)' }).waitFor();
    });
    await inConsole(yingda.setUp, { locale: 'en-GB' }, async (page) => {
      await page.fill('#join-name', 'eve');
      await page.fill('#join-password', PASSWORD);
      await page.click('#join-button');
      await page.getByText('This link was used or has ended').waitFor();
    });
  });

  test('signing in by keyboard on a telephone, and out', async () => {
    await inConsole(`${yingda.url}console`, TELEPHONE, async (page) => {
      await page.focus('#name');
      await page.keyboard.type(NAME);
      await page.keyboard.press('Tab');
      await page.keyboard.type('wrong password');
      await page.keyboard.press('Enter');
      await page.getByText('用户名、密码或验证码不对').waitFor();
      await looksWell(page, 'console-sign-in-telephone');
      await page.fill('#password', PASSWORD);
      await page.keyboard.press('Enter');
      await openAccount(page);
      await page.click('[data-language=en]');
      await page.getByText('Administrator', { exact: true }).waitFor();
      await page.click('#sign-out');
      await page.getByText('You have signed out.').waitFor();
      await page.reload();
      await page.locator('#sign-in-form').waitFor();
    });
  });

  test('the second factor is switched on, asked for, and off again', async () => {
    let secret;
    await inConsole(`${yingda.url}console`, { locale: 'en-GB' }, async (page) => {
      await signIn(page);
      await openAccount(page);
      await page.locator('#factor-part summary').click();
      await page.fill('#offer-password', PASSWORD);
      await page.click('#offer-form button');
      await page.locator('#secret:not(:empty)').waitFor();
      secret = await page.locator('#secret').textContent();
      assert.match(await page.locator('#secret-link').getAttribute('href'), /^otpauth:/);
      await page.fill('#confirm-code', codeOf(secret, -1));
      await page.click('#confirm-form button');
      await page.locator('#recovery-codes li').first().waitFor();
      await looksWell(page, 'console-recovery-codes');
      await page.click('#sign-out');
      await page.locator('#sign-in-form').waitFor();
      assert.equal(await page.locator('#recovery-codes li').count(), 0, 'nobody who comes after sees them');
      await signIn(page, () => codeOf(secret, 0));
      await page.locator('#who').waitFor();
      await page.fill('#remove-password', PASSWORD);
      await page.fill('#remove-code', codeOf(secret, 1));
      await page.click('#remove-form button');
      await page.getByText('The second factor is off.').waitFor();
    });
  });

  test('a new password ends the old one', async () => {
    await inConsole(`${yingda.url}console`, {}, async (page) => {
      await signIn(page);
      await openAccount(page);
      await page.locator('#password-part summary').click();
      await page.fill('#current', PASSWORD);
      await page.fill('#new', 'nine otters by the lake');
      await page.click('#password-form button');
      await page.getByText('密码已修改').waitFor();
      await page.click('#sign-out');
      await page.locator('#sign-in-form').waitFor();
      await signIn(page);
      await page.getByText('用户名、密码或验证码不对').waitFor();
    });
  });
});
