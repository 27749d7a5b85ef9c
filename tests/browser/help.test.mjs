// The help pages and the shop that leads to them, as people read them: without scripts, in the dark, on a small telephone,
// by keyboard. Every test ends with the pages free of faults.

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { api, openPage, screenshot, seriousViolations, startBrowser, startYingda } from './harness.mjs';

let yingda;
let browser;
let open = [];

before(async () => {
  [yingda, browser] = await Promise.all([startYingda(), startBrowser()]);
});

after(async () => {
  await browser?.close();
  await yingda?.stop();
});

afterEach(async () => {
  const faults = open.flatMap((visit) => visit.faults);
  await Promise.all(open.map((visit) => visit.close()));
  open = [];
  assert.deepEqual(faults, [], 'the pages have no faults');
});

/** Opens a page, with the chat on it. */
async function visit(path, settings = {}, shown = 'main') {
  const visited = await openPage(browser, `${yingda.url}${path}`, settings, async () => {}, shown);
  open.push(visited);
  return visited.page;
}

const WITHOUT_SCRIPTS = { javaScriptEnabled: false };
const TELEPHONE = { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
const ZOOMED = { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 };

/** Every kind of page, by the name of its picture. */
const PAGES = {
  home: 'help',
  category: 'help/refund',
  entry: 'help/entries/refund-apply',
  'entry-frozen': 'help/entries/account-frozen',
  search: 'help/search?q=%E9%80%80%E6%AC%BE', // 退款
  'search-urgent': 'help/search?q=%E6%88%91%E7%9A%84%E5%8D%A1%E8%A2%AB%E7%9B%97%E5%88%B7%E4%BA%86', // 我的卡被盗刷了
  'search-empty': 'help/search',
  contact: 'help/contact',
  'contact-listed': 'help/contact?contact=400-000-0000',
  'contact-look-alike': 'help/contact?contact=400-000-0001',
  'contact-not-listed': 'help/contact?contact=13800138000',
  missing: 'help/nothing',
  shop: '',
};

/** A page in a language. */
const inLanguage = (path, language) => (path.includes('help') ? `${path}${path.includes('?') ? '&' : '?'}language=${language}` : path);

/** A page that is not there says so with 404, which the browser notes on its console. */
function forgetMissing() {
  for (const { faults } of open) {
    const rest = faults.filter((fault) => !/status of 404/.test(fault));
    faults.splice(0, faults.length, ...rest);
  }
}

async function assertNoSidewaysScroll(page, name) {
  const [all, seen] = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return [scrollWidth, clientWidth];
  });
  assert.ok(all <= seen, `${name}: ${all} of ${seen}`);
}

describe('without scripts', () => {
  test('a question is looked up, read, and followed further', async () => {
    const page = await visit('help', WITHOUT_SCRIPTS);
    await page.locator('#question').fill('退款多久到账');
    await page.locator('#question').press('Enter');
    await page.waitForURL('**/help/search?q=*');
    assert.equal(await page.locator('#q').inputValue(), '退款多久到账');
    await page.locator('.entries a').first().click();
    await page.waitForURL('**/help/entries/refund-arrival-time');
    const entry = await api(yingda.url, 'entries/refund-arrival-time');
    const shown = await page.locator('article').innerText();
    assert.ok(shown.includes(entry.question) && shown.includes(entry.text.split('\n')[0]), shown);
    await page.locator('.path a').last().click();
    await page.getByRole('heading', { level: 1, name: '退款' }).waitFor();
    await page.getByRole('link', { name: 'English' }).click();
    await page.getByRole('heading', { level: 1, name: 'Refunds' }).waitFor();
    await page.locator('.entries a').first().click();
    assert.equal(await page.locator('html').getAttribute('lang'), 'en', 'the language goes along');
  });

  test('what is open now, what is announced and how cases stand can be read', async () => {
    const page = await visit('help', WITHOUT_SCRIPTS);
    const { channels } = await api(yingda.url, 'status');
    assert.equal(await page.locator('#status li').count(), Object.keys(channels).length);
    const { data } = await api(yingda.url, 'announcements');
    assert.equal(await page.locator('#notices details').count(), data.length);
    await page.locator('#notices summary').first().click();
    assert.ok(await page.locator('#notices details .prose').first().isVisible());
    assert.match(await page.locator('#progress').innerText(), /受理编号/);
    assert.ok(await page.locator('#answers').isHidden());
  });

  test('a contact is judged, and three verdicts differ in words, sign and border', async () => {
    const page = await visit('help', WITHOUT_SCRIPTS);
    const seen = [];
    for (const [contact, state] of [['400-000-0000', 'listed'], ['400-000-0001', 'look_alike'], ['13800138000', 'not_listed']]) {
      await page.locator('#contact').fill(contact);
      await page.getByRole('button', { name: '核实' }).click();
      const shown = page.locator(`.checked.${state}`);
      await shown.waitFor();
      assert.equal(await shown.locator('.what').innerText(), contact);
      const border = await shown.evaluate((card) => getComputedStyle(card).borderTopStyle);
      seen.push({ title: await shown.locator('.title').innerText(), sign: await shown.locator('.sign').innerText(), border });
    }
    for (const key of ['title', 'sign', 'border']) assert.equal(new Set(seen.map((one) => one[key])).size, 3, key);
  });

  test('the shop and its orders can be read, and lead to help', async () => {
    const page = await visit('', WITHOUT_SCRIPTS);
    assert.equal(await page.locator('.good').count(), 8);
    assert.ok(await page.locator('.languages').isHidden(), 'nothing is offered that does not work');
    await page.getByRole('link', { name: '为什么付款失败？' }).click();
    await page.waitForURL('**/help/entries/payment-failed');
  });
});

describe('with scripts', () => {
  test('search engines’ data is no script to the content policy', async () => {
    const page = await visit('help/entries/refund-apply');
    const data = await page.locator('script[type="application/ld+json"]').textContent();
    assert.equal(JSON.parse(data)['@graph'][0]['@type'], 'FAQPage');
  });

  test('the shop speaks English at a click, links to English help, and counts the cart', async () => {
    const page = await visit('');
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('heading', { level: 1, name: 'Good things for everyday life' }).waitFor();
    assert.equal(await page.locator('html').getAttribute('lang'), 'en');
    const left = await page.locator('[data-text]').allTextContents();
    assert.deepEqual(left.filter((text) => /\p{Script=Han}|undefined|^$/u.test(text)), []);
    await page.getByRole('button', { name: 'Add to cart' }).first().click();
    assert.equal(await page.locator('#cart').innerText(), '1');
    await page.getByRole('button', { name: '中文' }).click();
    assert.equal(await page.locator('h1').innerText(), '小日子里，用得上的好东西');
    await page.getByRole('button', { name: 'English' }).click();
    await page.reload();
    await page.getByRole('link', { name: 'Help centre', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'What would you like to know?' }).waitFor();
  });
});

describe('for everyone', () => {
  for (const colorScheme of ['light', 'dark']) {
    test(`axe finds nothing serious on any page, ${colorScheme}`, async () => {
      for (const [name, path] of Object.entries(PAGES)) {
        const page = await visit(path, { colorScheme });
        await screenshot(page, `${colorScheme}-${name}`);
        assert.deepEqual(await seriousViolations(page), [], name);
        if (name === 'missing') forgetMissing();
        const english = await visit(inLanguage(path, 'en'), { colorScheme, locale: 'en-GB' });
        await screenshot(english, `${colorScheme}-${name}-en`);
        assert.deepEqual(await seriousViolations(english), [], `${name} in English`);
        if (name === 'missing') forgetMissing();
        await Promise.all([page, english].map((one) => one.context().close()));
      }
    });
  }

  test('320 px and 200 % zoom need no sideways scrolling on any page, in any language', async () => {
    for (const [name, path] of Object.entries(PAGES)) {
      for (const language of ['zh-CN', 'zh-TW', 'en']) {
        for (const [how, settings] of Object.entries({ narrow: TELEPHONE, zoomed: ZOOMED })) {
          const page = await visit(inLanguage(path, language), { ...settings, locale: language });
          for (const summary of await page.locator('summary').all()) await summary.click();
          await assertNoSidewaysScroll(page, `${name} ${language} ${how}`);
          await screenshot(page, `${how}-${name}-${language}`);
          await page.context().close();
        }
      }
    }
    forgetMissing();
  });

  test('a long word of somebody’s own breaks', async () => {
    const word = 'w'.repeat(300);
    for (const path of [`help/search?q=${word}`, `help/contact?contact=${word}`]) {
      await assertNoSidewaysScroll(await visit(path, TELEPHONE), path);
    }
  });

  test('the Tab key reaches every control and shows where it is, the content first by one link', async () => {
    for (const name of ['home', 'category', 'entry', 'search', 'contact-listed', 'shop']) {
      const page = await visit(PAGES[name]);
      const n = await page.evaluate(() => {
        const controls = document.querySelectorAll('a[href], button, input:not([type=hidden]), summary');
        const visible = [...controls].filter((node) => node.checkVisibility());
        visible.forEach((node, place) => { node.dataset.place = String(place); });
        return visible.length;
      });
      const reached = new Set();
      for (let i = 0; i < n + 3 && reached.size < n; i += 1) {
        await page.keyboard.press('Tab');
        const at = await page.evaluate(() => {
          const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
          return { place: document.activeElement.dataset.place, outline: `${outlineStyle} ${outlineWidth}` };
        });
        if (at.place === undefined) continue;
        reached.add(at.place);
        assert.equal(at.outline, 'solid 3px', name);
      }
      assert.equal(reached.size, n, name);
    }
    const page = await visit('help/refund');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    assert.equal(new URL(page.url()).hash, '#main');
  });

  test('what can be tapped is at least 24 px high, controls 44', async () => {
    for (const path of Object.values(PAGES)) {
      const page = await visit(path, TELEPHONE);
      const low = await page.evaluate(() => [...document.querySelectorAll('a[href], button, input:not([type=hidden]), summary')]
        .filter((node) => node.checkVisibility() && !node.closest('.prose, footer p, .skip'))
        .filter((node) => node.getBoundingClientRect().height < (node.localName === 'a' ? 24 : 44))
        .map((node) => `${node.outerHTML.slice(0, 80)} ${node.getBoundingClientRect().height}`));
      assert.deepEqual(low, [], path);
    }
    forgetMissing();
  });

  test('a dark system gets dark pages, and forced colours keep the states', async () => {
    for (const path of ['help', '']) {
      const page = await visit(path, { colorScheme: 'dark' });
      const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      assert.ok(ground.match(/\d+/g).every((part) => Number(part) < 64), ground);
    }
    await screenshot(await visit('help', { forcedColors: 'active' }), 'forced-home');
  });
});
