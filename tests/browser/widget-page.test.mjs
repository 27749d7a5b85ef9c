// What the chat widget does with a network that is cut, and on a page that is not its own: a shop of another origin, in a real browser
// against a real yingda with its sample content. Nothing here sleeps: every wait is for something to appear.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { screenshot } from './harness.mjs';
import {
  FAILED_REQUEST, STORED, box, frameOf, jwt, kept, messages, newest, onStage, sayElsewhere, send, stage, visit, visitChat,
} from './widget.mjs';

onStage();

describe('the network', { concurrency: 1 }, () => {
  const CUT = [FAILED_REQUEST];

  test('an answer that is lost on the way doubles nothing', async () => {
    const { page, chat } = await visitChat({}, { forgiven: CUT });
    stage.network.swallow(({ method, url }) => method === 'POST' && url.endsWith('/conversations'));
    await send(chat, STORED.question);
    await newest(chat).waitFor();
    stage.network.swallow(({ method, url }) => method === 'POST' && url.endsWith('/messages'));
    await send(chat, '支付失败怎么办');
    await messages(chat).nth(1).waitFor();
    const { texts, messages: all } = await kept(page);
    assert.deepEqual(texts, [STORED.question, '支付失败怎么办']);
    assert.equal(await chat.locator('.item').count(), all.length);
  });

  test('a cut is told, what was written meanwhile is sent afterwards, in order, once', async () => {
    const { page, chat } = await visitChat({}, { forgiven: CUT });
    await send(chat, STORED.question);
    await newest(chat).waitFor();
    stage.network.cut();
    await box(chat).fill('第一条');
    await box(chat).press('Enter');
    await box(chat).fill('第二条');
    await box(chat).press('Enter');
    await chat.locator('#banner').getByText('正在重连').waitFor();
    await chat.locator('.state.failed').nth(1).waitFor();
    await screenshot(page, 'widget-light-cut', false);
    stage.network.restore();
    await chat.locator('.state').first().waitFor({ state: 'detached' });
    await chat.locator('.state').first().waitFor({ state: 'detached' });
    await messages(chat).nth(2).waitFor();
    await chat.locator('#banner').waitFor({ state: 'hidden' });
    const { texts, messages: all, id, token } = await kept(page);
    assert.deepEqual(texts, [STORED.question, '第一条', '第二条']);
    assert.equal(await chat.locator('.item').count(), all.length);
    await sayElsewhere({ id, token }, '你好');
    await messages(chat, 'visitor').nth(3).waitFor(); // The stream goes on.
  });

  test('a failed message can be tried again by hand', async () => {
    const { page, chat } = await visitChat({}, { forgiven: CUT });
    await page.route('**/conversations', (route) => route.abort());
    await box(chat).fill('你好');
    await box(chat).press('Enter');
    await chat.locator('.state.failed').waitFor();
    await page.unroute('**/conversations');
    await chat.getByRole('button', { name: '重试' }).click();
    await newest(chat).waitFor();
    assert.deepEqual((await kept(page)).texts, ['你好']);
  });

  test('a conversation that is known no more makes room for another', async () => {
    const { page, chat } = await visitChat({}, { forgiven: CUT });
    await send(chat, '你好');
    await newest(chat).waitFor();
    await (await frameOf(page)).evaluate(() => localStorage.setItem('yingda.conversation', JSON.stringify({ id: 'conv_none', token: 'yc_none' })));
    await page.reload();
    await chat.locator('.top').waitFor();
    await send(chat, STORED.question);
    await newest(chat).getByText(STORED.says).waitFor();
  });
});

describe('on the page of a shop', { concurrency: 1 }, () => {
  test('nothing of the page moves, and nothing of it spoils the widget', async () => {
    const { page, launcher, chat } = await visit({}, { prepare: (page) => page.addInitScript(() => {
      window.shifts = [];
      new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map(({ value }) => value))).observe({ type: 'layout-shift', buffered: true });
    }) });
    const places = () => page.evaluate(() => [...document.querySelectorAll('#first, #last')].map((one) => one.getBoundingClientRect().toJSON()));
    const before = await places();
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    await launcher.click();
    await chat.locator('.top button').first().waitFor();
    assert.deepEqual(await places(), before);
    assert.equal(await page.evaluate(() => document.documentElement.scrollHeight), height);
    assert.deepEqual(await page.evaluate(() => window.shifts), []);
    const frame = await page.locator('iframe').boundingBox();
    assert.ok(frame.width === 400 && frame.height > 600, JSON.stringify(frame));
    await chat.locator('#close').click();
    const shown = await launcher.boundingBox();
    assert.deepEqual([shown.width, shown.height], [60, 60], 'the page’s styles do not reach it');
    assert.ok(await launcher.evaluate((one) => one === one.getRootNode().activeElement), 'the focus comes back');
  });

  test('unread messages are counted on the button', async () => {
    const { page, chat, launcher } = await visitChat();
    await send(chat, '你好');
    await newest(chat).waitFor();
    const own = await kept(page);
    await chat.locator('#close').click();
    await sayElsewhere(own, STORED.question);
    await page.locator('.badge').getByText('1').waitFor();
    await sayElsewhere(own, '支付失败怎么办');
    await page.locator('.badge').getByText('2').waitFor();
    assert.equal(await launcher.getAttribute('aria-label'), '打开在线客服，2 条新消息');
    await screenshot(page, 'widget-light-badge', false);
    await page.reload();
    await page.locator('.badge').getByText('2').waitFor();
    await launcher.click();
    await page.locator('.badge').waitFor({ state: 'hidden' });
  });

  test('whoever reads above is told of new messages, and not moved', async () => {
    const { page, chat } = await visitChat();
    for (const text of [STORED.question, '支付失败怎么办']) await send(chat, text);
    await messages(chat).nth(1).waitFor();
    const own = await kept(page);
    const log = chat.locator('#log');
    await log.evaluate((element) => new Promise((moved) => {
      element.addEventListener('scroll', moved, { once: true });
      element.scrollTop = 0;
    }));
    await sayElsewhere(own, '你好');
    await chat.getByRole('button', { name: '新消息' }).click();
    await chat.locator('#newer').waitFor({ state: 'hidden' });
    assert.ok(await log.evaluate((element) => element.scrollTop > 0));
  });

  test('its context goes with a conversation, without what may be secret in an address', async () => {
    const sent = [];
    const { page, chat } = await visitChat({}, { url: `${stage.shop.url}?token=secret#also`, prepare: (page) => page.on('request', (request) => {
      if (request.url().endsWith('/conversations') && request.method() === 'POST') sent.push(request.postDataJSON());
    }) });
    await page.evaluate(() => window.yingda('context', { app_version: '8.2', role: 'merchant', nested: { a: 1 }, 'bad name': 'x', long: 'x'.repeat(301) }));
    await send(chat, '你好');
    await newest(chat).waitFor();
    assert.deepEqual(sent.map(({ context }) => context), [{ page: stage.shop.url, language: 'zh-CN', app_version: '8.2', role: 'merchant' }]);
    assert.equal(sent[0].channel, 'web');
  });

  test('the shop says who its visitor is, and forgets them', async () => {
    const { page, chat } = await visitChat({}, { forgiven: [FAILED_REQUEST] });
    await send(chat, '你好');
    await newest(chat).waitFor();
    const before = await kept(page);
    const identify = (token) => page.evaluate((token) => new Promise((told) => {
      window.addEventListener('yingda:identity', ({ detail }) => told(detail.accepted), { once: true });
      window.yingda('identify', token);
    }), token);
    assert.equal(await identify('nonsense'), false);
    assert.equal(await identify(jwt({ sub: 'customer-1' })), true);
    await send(chat, STORED.question);
    await newest(chat).getByText(STORED.says).waitFor();
    const known = await kept(page);
    assert.equal(known.id, before.id);
    assert.notEqual(known.token, before.token, 'the token has changed');
    assert.equal(await identify(jwt({ sub: 'customer-2' })), true);
    await messages(chat).first().waitFor({ state: 'detached' });
    await send(chat, '你好');
    await newest(chat).waitFor();
    assert.notEqual((await kept(page)).id, before.id, 'another customer has another conversation');
    await page.evaluate(() => window.yingda('forget'));
    await messages(chat).first().waitFor({ state: 'detached' });
    assert.equal(await (await frameOf(page)).evaluate(() => localStorage.getItem('yingda.conversation')), null);
  });

  test('only listed origins may show it', async () => {
    const refused = [/frame-ancestors|Framing|refused|postMessage/i];
    const { page, launcher } = await visit({}, { url: stage.stranger.url, forgiven: refused, prepare: (page) => page.clock.install() });
    await launcher.click();
    await page.clock.fastForward(13000);
    await page.getByText('在线客服暂时打不开').waitFor();
    assert.equal(await page.locator('iframe').count(), 0);
  });

  test('what is no message of the widget’s page or of its host is not heeded', async () => {
    const { page, chat } = await visitChat();
    const frame = await frameOf(page);
    // From the frame itself, in a shape that is not known, with a type that every object has.
    await frame.evaluate(() => window.postMessage({ yingda: 1, type: 'theme', theme: 'dark' }, '*'));
    await page.evaluate((origin) => {
      const { contentWindow } = document.querySelector('yingda-widget').shadowRoot.querySelector('iframe');
      for (const data of [null, 'dark', { type: 'theme', theme: 'dark' }, { yingda: 1, type: 'constructor' }, { yingda: 1, type: 'theme', theme: { dark: 1 } }]) {
        contentWindow.postMessage(data, origin);
      }
      window.postMessage({ yingda: 1, type: 'close' }, '*');
    }, new URL(stage.network.url).origin);
    await frame.evaluate((origin) => window.parent.postMessage({ yingda: 1, type: 'toString', value: 1 }, origin), stage.shop.origin);
    await page.evaluate(() => window.yingda('language', 'en'));
    await chat.getByText('How can we help?').or(chat.getByPlaceholder('How can we help?')).waitFor();
    assert.equal(await frame.evaluate(() => document.documentElement.dataset.theme), 'light');
    assert.ok(await page.locator('iframe').isVisible());
    const told = page.evaluate(() => new Promise((heard) => window.addEventListener('message', ({ origin }) => heard(origin), { once: true })));
    await chat.locator('#close').click();
    assert.equal(await told, new URL(stage.network.url).origin);
  });
});
