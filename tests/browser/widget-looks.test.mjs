// That the chat widget is there for everybody: light and dark, small and large, by keyboard and by ear, and quickly; in a real browser
// against a real yingda with its sample content. Nothing here sleeps: every wait is for something to appear.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { screenshot, seriousViolations } from './harness.mjs';
import {
  ENGLISH, STORED, TELEPHONE, assertNoSidewaysScroll, box, carry, frameOf, newest, onStage, send, stage, visit, visitChat,
} from './widget.mjs';

onStage();

describe('for everybody', { concurrency: 1 }, () => {
  /** Goes through what there is to see, and has each looked at. */
  async function lookAt(name, settings, attributes) {
    if (attributes) carry(attributes);
    const { page, chat } = await visitChat(settings);
    const frame = await frameOf(page);
    const look = async (state) => {
      await screenshot(page, `widget-${name}-${state}`, false);
      assert.deepEqual(await seriousViolations(frame), [], state);
      await assertNoSidewaysScroll(frame);
      const small = await frame.evaluate(() => [...document.querySelectorAll('button, summary, [role=option], textarea, .links a')]
        .filter((one) => one.checkVisibility()).map((one) => [one.id || one.textContent, one.getBoundingClientRect()])
        .filter(([, { width, height }]) => Math.min(width, height) < 43.5).map(([what]) => what));
      assert.deepEqual(small, [], `all of it can be pressed: ${state}`);
    };
    await look('open');
    await send(chat, '退款多久到账？');
    await newest(chat).locator('.opinion button').nth(1).click();
    await look('answer');
    await box(chat).pressSequentially('退款');
    await chat.locator('#suggestions li').first().waitFor();
    await look('suggestions');
    await box(chat).fill('');
    await chat.locator('#person').click();
    await chat.locator('.note').waitFor();
    await chat.locator('#menu-button').click();
    await look('menu');
    await chat.locator('#finish').click();
    await chat.locator('#ending .stars').first().waitFor();
    await look('ending');
    assert.deepEqual(await seriousViolations(page.mainFrame()).then((all) => all.filter((one) => /yingda-widget/.test(one))), []);
  }

  test('light, in Chinese', () => lookAt('light', {}));
  test('dark as the system is', () => lookAt('dark', { colorScheme: 'dark' }));
  test('dark as the page wishes, in English', () => lookAt('dark-en', ENGLISH, 'data-theme="dark" data-title="CGPay"'));
  test('on a telephone, in traditional script', () => lookAt('telephone', { ...TELEPHONE, locale: 'zh-TW' }));
  test('at 320 px, in English', () => lookAt('narrow-en', { ...ENGLISH, viewport: { width: 320, height: 568 } }));
  test('at 200 %', () => lookAt('zoomed', { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 }));

  test('it fills a telephone, and leaves it again', async () => {
    const { page, chat, launcher } = await visitChat(TELEPHONE);
    assert.deepEqual(await page.locator('iframe').boundingBox(), { x: 0, y: 0, width: 320, height: 640 });
    await chat.locator('#close').tap();
    await launcher.waitFor();
    assert.ok(await page.locator('.frame').evaluate((one) => getComputedStyle(one).pointerEvents === 'none'));
  });

  test('by keyboard alone, from the page and back', async () => {
    const { page, chat, launcher } = await visit();
    await page.locator('#last').focus();
    await page.keyboard.press('Tab');
    assert.ok(await launcher.evaluate((one) => one === one.getRootNode().activeElement));
    await page.keyboard.press('Enter');
    await chat.locator('#box:focus').waitFor();
    await page.keyboard.type(STORED.question);
    await page.keyboard.press('Enter');
    await newest(chat).waitFor();
    await chat.locator('#box:focus').waitFor();
    await chat.locator('#log').focus();
    await page.keyboard.press('ArrowUp');
    await chat.locator('.item.bot:focus').waitFor();
    await page.keyboard.press('Home');
    await chat.locator('.item.visitor:focus').waitFor();
    await page.keyboard.press('End');
    await chat.locator('#end:focus').waitFor();
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => document.querySelector('yingda-widget').shadowRoot.activeElement?.className === 'launcher');
    assert.equal(await launcher.getAttribute('aria-expanded'), 'false');
  });

  test('a screen reader hears what is new, once', async () => {
    const { page, chat } = await visitChat();
    const frame = await frameOf(page);
    await frame.evaluate(() => {
      window.heard = [];
      new MutationObserver(() => window.heard.push(document.getElementById('said').textContent)).observe(document.getElementById('said'), { childList: true });
    });
    await send(chat, STORED.question);
    await newest(chat).waitFor();
    const heard = (await frame.evaluate(() => window.heard)).filter((text) => text.includes(STORED.says));
    assert.equal(heard.length, 1);
    assert.match(heard[0], /^智能助手: [\s\S]*下面有 \d 个选项。$/);
    assert.equal(await chat.locator('#log').getAttribute('aria-live'), 'off');
  });
});

describe('light and quick', { concurrency: 1 }, () => {
  const LOADER_BYTES = 5000;
  const WIDGET_BYTES = 45000;

  test('the loader and the widget are small', async (t) => {
    const sent = async (path) => {
      const response = await fetch(`${stage.yingda.url}${path}`, { headers: { 'Accept-Encoding': 'identity' } });
      assert.equal(response.status, 200, path);
      return response.text();
    };
    const page = await sent('widget');
    const beside = [...new Set([...page.matchAll(/(?:href|src)="\/((?:widget|shared)\/[\w.]+)"/g)].map(([, path]) => path))];
    const sizes = await Promise.all(['widget.js', 'widget', ...beside].map(async (path) => [path, gzipSync(await sent(path), { level: 1 }).length]));
    const [[, loader], ...widget] = sizes;
    const sum = widget.reduce((total, [, size]) => total + size, 0);
    t.diagnostic(`loader ${loader} bytes, widget ${sum} bytes in ${widget.length} files (gzip)`);
    assert.ok(loader <= LOADER_BYTES, `${loader}`);
    assert.ok(sum <= WIDGET_BYTES, `${sum}: ${JSON.stringify(sizes)}`);
    // Nothing else is loaded, and nothing is loaded late.
    const { page: visited } = await visitChat();
    const loaded = await (await frameOf(visited)).evaluate(() => performance.getEntriesByType('resource')
      .map(({ name }) => new URL(name).pathname).filter((path) => /^\/(widget|shared)\//.test(path)));
    assert.deepEqual([...new Set(loaded)].map((path) => path.slice(1)).sort(), beside.sort());
  });

  test('the first answer is there within 300 ms', async (t) => {
    const took = [];
    for (let n = 0; n < 3; n += 1) {
      const { page, chat } = await visitChat();
      const frame = await frameOf(page);
      await box(chat).fill(STORED.question);
      await frame.evaluate(() => {
        document.getElementById('send').addEventListener('click', () => { window.clicked = performance.now(); }, { capture: true, once: true });
        new MutationObserver(() => {
          if (document.querySelector('.item.bot')) window.answered ??= performance.now();
        }).observe(document.getElementById('items'), { childList: true, subtree: true });
      });
      await chat.locator('#send').click();
      await newest(chat).waitFor();
      took.push(await frame.evaluate(() => window.answered - window.clicked));
    }
    t.diagnostic(`first answer after ${took.map(Math.round).join(', ')} ms`);
    assert.ok(Math.min(...took) < 300, `${took}`);
  });
});
