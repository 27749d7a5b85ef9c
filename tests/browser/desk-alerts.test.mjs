// What calls an agent who looks elsewhere: the browser's notifications and the sound, in a real browser whose notifications are
// allowed. Each is noted down where the page makes it. Nothing here sleeps: every wait is for something to appear.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DESK, action, atWork, card, dialog, heardFrom, log, looksWell, onStage, replies, resolves, stage, takes, view, waits } from './desk.mjs';

onStage();

const MAY_NOTIFY = { ...DESK, permissions: ['notifications'] };
const MAY_NOT = { ...DESK, permissions: [] };

/** Notes down which notifications are shown and which tones begin, and lets a test say that nobody looks. */
async function withRecorders(page) {
  await page.addInitScript(() => {
    const Real = window.Notification;
    window.shown = [];
    window.nTones = 0;
    window.Notification = class {
      static get permission() { return Real.permission; }
      static requestPermission() { return Real.requestPermission(); }
      constructor(title, options) {
        window.shown.push(Object.assign(this, { title, ...options }));
      }
      close() { this.isClosed = true; }
    };
    const { start } = OscillatorNode.prototype;
    OscillatorNode.prototype.start = function begin(...when) {
      window.nTones += 1;
      return start.apply(this, when);
    };
    window.away = '';
    Object.defineProperty(document, 'hidden', { get: () => window.away === 'hidden' });
    Object.defineProperty(document, 'visibilityState', { get: () => (window.away === 'hidden' ? 'hidden' : 'visible') });
    document.hasFocus = () => window.away === '';
  });
}

/** The agent goes to another tab (`hidden`), to another window (`behind`), or comes back (nothing). */
const goes = (page, away) => page.evaluate((where) => {
  window.away = where;
  document.dispatchEvent(new Event('visibilitychange'));
}, away);

const shown = (page) => page.evaluate(() => window.shown.map(({ title, tag }) => ({ title, tag })));

/** A tone begins when the sound is ready; one that is on its way has begun by the time another is. */
const nTones = (page) => page.evaluate(async () => {
  await new AudioContext().resume();
  return window.nTones;
});

/** A call is two tones. */
const TONES = 2;

async function switches(page, label, isOn) {
  await page.click('#help');
  await dialog(page).getByLabel(label).setChecked(isOn);
  await page.keyboard.press('Escape');
  await dialog(page).waitFor({ state: 'hidden' });
}

async function arrives(page, words) {
  const customer = await waits(words);
  await card(page, customer.id).waitFor();
  return customer;
}

describe('whoever looks elsewhere', { concurrency: 1 }, () => {
  test('is called once by a notification and a sound, which opens the conversation', async () => {
    const li = await atWork('li', MAY_NOTIFY, withRecorders);
    await switches(li, '桌面通知', true);
    await view(li, 'waiting');
    for (const away of ['hidden', 'behind']) {
      await li.evaluate(() => { window.shown = []; window.nTones = 0; });
      await goes(li, away);
      const customer = await arrives(li, '退款多久到账');
      await li.waitForFunction((n) => window.shown.length === 1 && window.nTones === n, TONES);
      const [{ title, tag }] = await shown(li);
      assert.match(title, /在等待接待$/);
      assert.equal(tag, customer.id);
      assert.match(await li.title(), /^\(\d+\) /);
      // Whoever waits already calls nobody again.
      await customer.say('在吗');
      await card(li, customer.id).getByText('在吗').waitFor();
      assert.deepEqual([(await shown(li)).length, await nTones(li)], [1, TONES]);
      await goes(li, '');
      await li.evaluate(() => window.shown[0].onclick());
      await action(li, 'claim').waitFor();
      assert.ok(await li.evaluate(() => window.shown[0].isClosed));
      await stage.admin.call('POST', `desk/conversations/${customer.id}/resolve`, { reason: 'other' });
      await card(li, customer.id).waitFor({ state: 'detached' });
    }
  });

  test('is called by what a customer of theirs says, and by what is passed on to them', async () => {
    const li = await atWork('li', MAY_NOTIFY, withRecorders);
    await switches(li, '桌面通知', true);
    const customer = await waits('我的账户有点问题');
    await takes(li, customer);
    await replies(li, '您好');
    assert.ok(await heardFrom(customer, '您好'));
    await li.evaluate(() => { window.shown = []; window.nTones = 0; });
    await customer.say('我在看着');
    await log(li).getByText('我在看着').waitFor();
    assert.deepEqual([(await shown(li)).length, await nTones(li)], [0, 0], 'they read it already');
    await goes(li, 'hidden');
    await customer.say('您还在吗');
    await li.waitForFunction((n) => window.shown.length === 1 && window.nTones === n, TONES);
    assert.match((await shown(li))[0].title, /发来新消息$/);
    await goes(li, '');
    await resolves(li);
  });

  test('hears a sound and sees no notification while they look at the desk', async () => {
    const li = await atWork('li', MAY_NOTIFY, withRecorders);
    await switches(li, '桌面通知', true);
    await view(li, 'waiting');
    await arrives(li, '你好');
    await li.waitForFunction((n) => window.nTones === n, TONES);
    assert.deepEqual(await shown(li), []);
  });

  test('is not called where both are switched off, and the choice is kept over a reload', async () => {
    const li = await atWork('li', MAY_NOTIFY, withRecorders);
    await switches(li, '桌面通知', true);
    await switches(li, '提示音', false);
    await li.reload();
    await view(li, 'waiting');
    await li.click('#help');
    assert.deepEqual([await dialog(li).getByLabel('桌面通知').isChecked(), await dialog(li).getByLabel('提示音').isChecked()], [true, false]);
    await looksWell(li, 'alerts');
    await li.keyboard.press('Escape');
    await goes(li, 'hidden');
    await arrives(li, '第一个');
    await li.waitForFunction(() => window.shown.length === 1);
    assert.equal(await nTones(li), 0);
    await goes(li, '');
    await switches(li, '桌面通知', false);
    await li.reload();
    await view(li, 'waiting');
    await goes(li, 'hidden');
    await arrives(li, '第二个');
    assert.deepEqual([await shown(li), await nTones(li)], [[], 0]);
  });

  test('is told where the browser allows no notifications, and the box stays off', async () => {
    const li = await atWork('li', MAY_NOT, withRecorders);
    await li.evaluate(() => { Object.defineProperty(window.Notification, 'permission', { get: () => 'denied' }); window.Notification.requestPermission = async () => 'denied'; });
    await li.click('#help');
    await dialog(li).getByLabel('桌面通知').click();
    await dialog(li).getByText('浏览器没有允许本页发通知').waitFor();
    assert.equal(await dialog(li).getByLabel('桌面通知').isChecked(), false);
  });

  test('is not called by what another department’s list shows', async () => {
    const first = await waits('我的卡被盗刷了');
    const li = await atWork('li', MAY_NOTIFY, withRecorders);
    await switches(li, '桌面通知', true);
    await view(li, 'waiting');
    await card(li, first.id).waitFor();
    const { department } = await stage.admin.call('GET', `desk/conversations/${first.id}`);
    const departments = await li.locator('#department option').evaluateAll((options) => options.map(({ value }) => value));
    const other = departments.find((each) => each && each !== department);
    await li.selectOption('#department', other);
    await card(li, first.id).waitFor({ state: 'detached' });
    await goes(li, 'behind');
    await li.selectOption('#department', '');
    await card(li, first.id).waitFor();
    assert.deepEqual([await shown(li), await nTones(li)], [[], 0]);
  });
});
