// That the question box is there for everybody, and says so where it cannot be: the help page, where scripts run, in a real browser
// against a real yingda with its sample content. Nothing here sleeps: every wait is for something to appear.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { screenshot, seriousViolations, startYingda } from './harness.mjs';
import {
  ENGLISH, STORED, TELEPHONE, answerTo, ask, assertNoSidewaysScroll, newest, onStage, openWhy, stage, typeForSuggestions, visit,
} from './question.mjs';

onStage();

describe('when something fails', () => {
  test('a server that is gone gets a friendly sentence, and a retry works once it is back', async () => {
    let own = await startYingda();
    try {
      const { page, faults } = await visit({}, undefined, own.url);
      await own.stop();
      own = null;
      await page.locator('#question').fill(STORED.question);
      await page.locator('#question').press('Enter');
      await newest(page).getByText('暂时连不上').waitFor();
      assert.match(await page.locator('#said').textContent(), /暂时连不上/);
      await screenshot(page, 'light-unreachable', false);
      own = await startYingda(new URL(page.url()).port);
      const turn = await answerTo(page, () => newest(page).getByRole('button', { name: '再试一次' }).click());
      assert.equal(turn.entry, STORED.entry);
      assert.equal(await newest(page).locator('.failure').count(), 0);
      const refused = faults.splice(0);
      assert.ok(refused.every((fault) => fault.includes('ERR_CONNECTION_REFUSED')), refused.join('\n'));
    } finally {
      await own?.stop();
    }
  });

  for (const [status, headers, sentence] of [
    [429, { 'retry-after': '7' }, /7 秒/], [503, { 'retry-after': '1' }, /提问的人很多/], [500, {}, /我们这边/], [422, {}, /改短一些/],
  ]) {
    test(`${status} is told in a friendly sentence, with a way on`, async () => {
      const { page, faults } = await visit();
      await page.route('**/api/v1/ask', (route) => route.fulfill({ status, headers, json: {} }), { times: 1 });
      await page.locator('#question').fill(STORED.question);
      await page.locator('#question').press('Enter');
      await newest(page).getByText(sentence).waitFor();
      await newest(page).getByRole('button', { name: '再试一次' }).click();
      if (status === 422) assert.equal(await page.locator('#question').inputValue(), STORED.question, 'to be changed');
      else await newest(page).locator('.prose').waitFor();
      const told = faults.splice(0);
      assert.ok(told.length === 1 && told[0].includes(`status of ${status}`), told.join('\n'));
    });
  }
});

describe('for everyone', () => {
  test('the Tab key reaches every control, and shows where it is', async () => {
    const { page } = await visit();
    await ask(page, STORED.question);
    await (await openWhy(page)).locator('summary').click();
    const controls = 'a[href], button, input, summary, pre[tabindex]';
    const n = await page.evaluate((controls) => {
      const visible = [...document.querySelectorAll(controls)].filter((node) => node.checkVisibility());
      visible.forEach((node, place) => { node.dataset.place = place; });
      document.activeElement.blur();
      return visible.length;
    }, controls);
    const reached = new Set();
    for (let i = 0; i < n + 3; i += 1) {
      await page.keyboard.press('Tab');
      const at = await page.evaluate(() => {
        const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
        return { place: document.activeElement.dataset.place, outline: `${outlineStyle} ${outlineWidth}` };
      });
      if (at.place === undefined) continue;
      reached.add(at.place);
      assert.equal(at.outline, 'solid 3px');
    }
    assert.equal(reached.size, n);
  });

  test('controls are at least 44 px high', async () => {
    const { page } = await visit(TELEPHONE);
    await ask(page, STORED.question);
    await openWhy(page);
    const low = await page.evaluate(() => [...document.querySelectorAll('button, input, summary, footer a, .links a')]
      .filter((node) => node.checkVisibility() && node.getBoundingClientRect().height < 44)
      .map((node) => `${node.outerHTML.slice(0, 80)} ${node.getBoundingClientRect().height}`));
    assert.deepEqual(low, []);
  });

  test('320 px and 200 % zoom need no sideways scrolling', async () => {
    for (const [name, settings] of [
      ['narrow', TELEPHONE], ['narrow-en', { ...TELEPHONE, ...ENGLISH }],
      ['zoomed', { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 }],
    ]) {
      const { page } = await visit(settings);
      await assertNoSidewaysScroll(page);
      await screenshot(page, `${name}-home`);
      await typeForSuggestions(page, 'refund');
      await assertNoSidewaysScroll(page);
      await ask(page, `扣了两次钱怎么办啊${'w'.repeat(80)}`);
      await ask(page, '扣了两次钱怎么办啊');
      await openWhy(page);
      await assertNoSidewaysScroll(page);
      await screenshot(page, `${name}-why`);
    }
  });

  test('on a telephone the focus leaves the box, so that the keyboard does not hide the answer', async () => {
    const { page } = await visit(TELEPHONE);
    await ask(page, STORED.question);
    assert.ok(await newest(page).locator('h2').evaluate((heading) => heading === document.activeElement));
  });

  test('a dark system gets a dark page', async () => {
    const { page } = await visit({ colorScheme: 'dark' });
    const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.ok(ground.match(/\d+/g).every((part) => Number(part) < 64), ground);
    await screenshot(page, 'dark-home');
    await ask(page, '我的卡被盗刷了');
    await openWhy(page);
    await screenshot(page, 'dark-why');
  });

  test('forced colours show bars and states', async () => {
    const { page } = await visit({ forcedColors: 'active' });
    await ask(page, '扣了两次钱怎么办啊');
    const why = await openWhy(page);
    const [fill, ground] = await why.evaluate((panel) => [
      getComputedStyle(panel.querySelector('.fill')).backgroundColor, getComputedStyle(panel).backgroundColor,
    ]);
    assert.notEqual(fill, ground);
    await screenshot(page, 'forced-colours');
  });

  for (const colorScheme of ['light', 'dark']) {
    test(`axe finds nothing serious, ${colorScheme}`, async () => {
      const { page } = await visit({ ...ENGLISH, colorScheme });
        await screenshot(page, `${colorScheme}-english-home`);
      assert.deepEqual(await seriousViolations(page), []);
      await typeForSuggestions(page, 'refund');
      await page.locator('#question').press('ArrowDown');
      assert.deepEqual(await seriousViolations(page), []);
      await page.locator('#question').press('Escape');
      for (const question of ['my card was charged twice', 'I want to complain', 'talk to a human', 'refund']) {
        await ask(page, question);
        await openWhy(page);
      }
      await page.route('**/api/v1/ask', (route) => route.fulfill({ json: {}, status: 503 }), { times: 1 });
      await page.locator('#question').fill('refund');
      await page.locator('#question').press('Enter');
      await newest(page).locator('.failure').waitFor();
      stage.open.at(-1).faults.splice(0);
      assert.deepEqual(await seriousViolations(page), []);
      await screenshot(page, `${colorScheme}-english-why`);
    });
  }
});
