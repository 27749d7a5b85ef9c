// The question box of the help page, where scripts run, in a real browser against a real yingda with its sample content.
// Nothing here sleeps: every wait is for something to appear.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { api, screenshot } from './harness.mjs';
import {
  ENGLISH, STORED, ambiguousQuestion, answerTo, ask, newest, onStage, openWhy, stage, suggestions, typeForSuggestions, visit,
} from './question.mjs';

onStage();

describe('asking', () => {
  test('a question typed and sent with Enter gets its entry’s answer', async () => {
    const { page, asked } = await visit();
    const turn = await ask(page, STORED.question);
    assert.equal(turn.entry, STORED.entry);
    assert.equal(asked.length, 1);
    assert.equal(asked[0].explain, false);
    assert.equal(await newest(page).locator('h2').innerText(), STORED.question);
    const firstLine = turn.reply.text.split('\n')[0];
    assert.ok((await newest(page).locator('.prose').first().innerText()).includes(firstLine));
    assert.ok((await page.locator('#said').textContent()).includes(firstLine), 'the answer is announced');
    assert.equal(await page.locator('#question').inputValue(), '');
    assert.ok(await page.locator('#question').evaluate((box) => box === document.activeElement), 'focus stays');
    await screenshot(page, 'light-answer');
  });

  test('the button asks too; nothing is sent for an empty box', async () => {
    const { page, asked } = await visit();
    const send = page.getByRole('button', { name: '提问' });
    await page.locator('#question').fill('   ');
    await send.click();
    await page.locator('#question[aria-invalid=true]').waitFor();
    await page.locator('#question').fill(STORED.question);
    await answerTo(page, () => send.click());
    assert.deepEqual(asked.map(({ question }) => question), [STORED.question]);
  });

  test('Enter while an input method composes does not send', async () => {
    const { page, asked } = await visit();
    const devtools = await page.context().newCDPSession(page);
    await page.locator('#question').focus();
    await devtools.send('Input.imeSetComposition', { text: '退款多久', selectionStart: 4, selectionEnd: 4 });
    await page.locator('#question').press('Enter');
    assert.equal(await page.locator('.turn').count(), 0);
    await devtools.send('Input.insertText', { text: '退款多久到账' });
    // Safari's Enter comes after the composition's end, with the key code alone to tell.
    const isHeld = await page.locator('#question').evaluate((box) => {
      const enter = new KeyboardEvent('keydown', { key: 'Enter', keyCode: 229, bubbles: true, cancelable: true });
      return !box.dispatchEvent(enter);
    });
    assert.ok(isHeld, 'the form is not sent by it either');
    assert.equal(await page.locator('.turn').count(), 0);
    const turn = await answerTo(page, () => page.locator('#question').press('Enter'));
    assert.equal(turn.entry, STORED.entry);
    assert.deepEqual(asked.map(({ question }) => question), ['退款多久到账']);
  });

  test('an ambiguous question shows choices, and a choice is answered', async () => {
    const { page } = await visit();
    const clarified = await ask(page, await ambiguousQuestion());
    assert.equal(clarified.decision, 'clarify');
    const buttons = newest(page).locator('.choices button');
    const labels = clarified.reply.quick_replies.map(({ label }) => label);
    assert.deepEqual(await buttons.allInnerTexts(), labels);
    await screenshot(page, 'light-clarify');
    const turn = await answerTo(page, () => buttons.first().click());
    assert.notEqual(turn.decision, 'clarify');
    assert.equal(await newest(page).locator('h2').innerText(), labels[0]);
    assert.equal(await page.locator('.turn').count(), 2);
  });

  test('a flow shows its opening and says where it goes on; its choices are no buttons', async () => {
    const { page } = await visit();
    const turn = await ask(page, '我要投诉');
    assert.equal(turn.decision, 'flow');
    const shown = await newest(page).innerText();
    for (const { label } of turn.reply.quick_replies) assert.ok(shown.includes(label), label);
    assert.match(shown, /在线客服的对话/);
    assert.equal(await newest(page).locator('.choices').count(), 0);
  });

  test('a hand-off says that a person takes over, and a link goes where it says', async () => {
    const { page } = await visit({}, (page) => page.route('**/api/v1/ask', async (route) => {
      const response = await route.fetch();
      const turn = await response.json();
      turn.reply.links = [{ label: '官网', href: 'https://cgpay.example/' }, { label: '电话', href: 'tel:4000000000' }];
      await route.fulfill({ json: turn });
    }));
    await page.locator('#question').fill('转人工');
    await page.locator('#question').press('Enter');
    await newest(page).getByText('由人工同事接手').waitFor();
    const site = newest(page).getByRole('link', { name: '官网' });
    assert.equal(await site.getAttribute('target'), '_blank');
    assert.equal(await site.getAttribute('rel'), 'noopener noreferrer');
    assert.equal(await newest(page).getByRole('link', { name: '电话' }).getAttribute('target'), null);
  });

  test('the newest answer is on top, and five are kept', async () => {
    const { page } = await visit();
    const questions = ['怎么申请退款', '转人工', '你好', '支付失败怎么办', '客服几点上班', '余额怎么提现'];
    for (const question of questions) await ask(page, question);
    assert.deepEqual(await page.locator('.turn h2').allInnerTexts(), questions.slice(1).reverse());
  });

  test('a question in traditional script gets its answer in traditional script', async () => {
    const { page } = await visit();
    const turn = await ask(page, '退款多久到賬？');
    assert.equal(turn.entry, STORED.entry);
    assert.equal(turn.reply.language, 'zh-TW');
    const answer = newest(page).locator('.prose').first();
    assert.match(await answer.innerText(), /款項|帳|賬/);
    assert.equal(await answer.getAttribute('lang'), 'zh-TW');
    const next = newest(page).locator('.choices button').first();
    if (await next.count()) assert.equal((await answerTo(page, () => next.click())).reply.language, 'zh-TW', 'and so on');
  });

  test('hostile text is shown as text and runs nothing', async () => {
    const { page } = await visit();
    for (const hostile of ['<img src=x onerror="window.hacked = 1">', '<script>window.hacked = 1</script>', '"><svg onload=window.hacked=1>']) {
      await typeForSuggestions(page, hostile);
      await ask(page, hostile);
      assert.equal(await newest(page).locator('h2').innerText(), hostile);
      await openWhy(page);
    }
    assert.equal(await page.locator('main img, main svg, main script').count(), 0);
    assert.equal(await page.evaluate(() => window.hacked), undefined);
  });

  test('labels of the API are text as well', async () => {
    const label = '<img src=x onerror="window.hacked = 1">';
    const { page } = await visit({}, (page) => page.route('**/api/v1/ask', async (route) => {
      const turn = await (await route.fetch()).json();
      Object.assign(turn.reply, { quick_replies: [{ label, send: label }], links: [{ label, href: 'https://cgpay.example/' }] });
      await route.fulfill({ json: turn });
    }));
    await page.locator('#question').fill(STORED.question);
    await page.locator('#question').press('Enter');
    assert.equal(await newest(page).locator('.choices button').innerText(), label);
    assert.equal(await newest(page).locator('.links a').innerText(), label);
    assert.equal(await page.evaluate(() => window.hacked), undefined);
  });
});

describe('suggestions', () => {
  test('one is picked and asked by keyboard alone', async () => {
    const { page } = await visit();
    const box = page.locator('#question');
    await typeForSuggestions(page, '退款');
    assert.equal(await box.getAttribute('aria-expanded'), 'true');
    assert.ok((await page.locator('#suggestions mark').allInnerTexts()).every((part) => part === '退款'));
    assert.ok(await page.locator('#suggestions mark').count());
    await box.press('ArrowDown');
    await box.press('ArrowDown');
    const chosen = page.locator('#suggestions [aria-selected=true]');
    assert.equal(await box.getAttribute('aria-activedescendant'), await chosen.getAttribute('id'));
    const question = await chosen.innerText();
    assert.equal(question, await suggestions(page).nth(1).innerText());
    await screenshot(page, 'light-suggestions', false);
    const turn = await answerTo(page, () => box.press('Enter'));
    assert.equal(turn.decision, 'answer');
    assert.equal(await newest(page).locator('h2').innerText(), question);
  });

  test('Home, End and the arrows move, past an end to what was typed', async () => {
    const { page } = await visit();
    const box = page.locator('#question');
    await typeForSuggestions(page, '退款');
    const last = (await suggestions(page).count()) - 1;
    const active = () => box.getAttribute('aria-activedescendant');
    for (const [key, place] of [['ArrowUp', last], ['Home', 0], ['ArrowUp', null], ['ArrowDown', 0], ['End', last], ['ArrowDown', null]]) {
      await box.press(key);
      assert.equal(await active(), place === null ? null : `suggestion-${place}`, key);
    }
  });

  test('Escape closes them and keeps what was typed', async () => {
    const { page, asked } = await visit();
    await typeForSuggestions(page, '退款');
    await page.locator('#question').press('Escape');
    assert.ok(await page.locator('#suggestions').isHidden());
    assert.equal(await page.locator('#question').getAttribute('aria-expanded'), 'false');
    assert.equal(await page.locator('#question').inputValue(), '退款');
    assert.equal(asked.length, 0);
  });

  test('a click picks one', async () => {
    const { page } = await visit();
    await typeForSuggestions(page, '退款');
    const question = await suggestions(page).nth(2).innerText();
    await answerTo(page, () => suggestions(page).nth(2).click());
    assert.equal(await newest(page).locator('h2').innerText(), question);
  });

  test('a late reply to what has been typed over is dropped', async () => {
    let release;
    const held = new Promise((resolve) => { release = resolve; });
    const { page } = await visit({}, (page) => page.route(/suggest\?q=%E9%80%80&/, async (route) => {
      await held;
      await route.fulfill({ json: { data: [{ entry: 'stale', question: '过时的建议' }] } }).catch(() => {});
    }));
    const isFirst = (request) => /suggest\?q=%E9%80%80&/.test(request.url());
    const [first] = await Promise.all([page.waitForRequest(isFirst), page.locator('#question').pressSequentially('退')]);
    const over = Promise.any(['requestfailed', 'requestfinished'].map((event) => page.waitForEvent(event, (request) => request === first)));
    await typeForSuggestions(page, '款');
    release();
    await over;
    await page.evaluate(() => new Promise(requestAnimationFrame));
    assert.ok(!(await suggestions(page).allInnerTexts()).includes('过时的建议'));
  });
});

describe('why this answer', () => {
  test('words, bars and candidates explain a comparison', async () => {
    const { page, asked } = await visit();
    await ask(page, '扣了两次钱怎么办啊');
    const why = await openWhy(page);
    assert.deepEqual(asked.map(({ explain }) => explain), [false, true]);
    const told = await api(stage.yingda.url, 'ask', { question: '扣了两次钱怎么办啊', explain: true });
    const { words, confidence, thresholds } = told.explanation;
    assert.deepEqual(await why.locator('tbody th').allInnerTexts(), words.map(({ word }) => word));
    const percent = (share) => `${Math.round(share * 100)}%`;
    const bars = await why.locator('.meter dd').allInnerTexts();
    assert.deepEqual(bars, [confidence, thresholds.answer, thresholds.clarify].map(percent));
    const filled = await why.locator('.meter .fill').evaluate((fill) => fill.offsetWidth / fill.parentElement.offsetWidth);
    assert.ok(Math.abs(filled - confidence) < 0.02, `${filled} of the bar`);
    assert.equal(await why.locator('.mark').count(), 2);
    assert.equal(await why.locator('.candidate').count(), 2);
    assert.ok(await why.locator('.adds li').count() > 2);
    assert.ok((await why.innerText()).includes(told.revision));
    await why.locator('summary').click();
    assert.equal(JSON.parse(await why.locator('pre').innerText()).revision, told.revision);
    await screenshot(page, 'light-why');
  });

  test('each way of deciding has its sentence', async () => {
    const { page } = await visit();
    for (const [question, sentence] of [
      [STORED.question, /一字不差/], ['我的卡被盗刷了', /规则.*stolen/], ['今天天气怎么样啊', /不属于服务范围|一字不差/],
      [await ambiguousQuestion(), /反问/],
    ]) {
      await ask(page, question);
      assert.match(await (await openWhy(page)).locator('.verdict').innerText(), sentence);
    }
  });

  test('it closes again and needs no second request', async () => {
    const { page, asked } = await visit();
    await ask(page, STORED.question);
    const why = await openWhy(page);
    const button = newest(page).getByRole('button', { name: '为什么是这个回答？' });
    assert.equal(await button.getAttribute('aria-expanded'), 'true');
    await button.click();
    assert.ok(await why.isHidden());
    await button.click();
    assert.ok(await why.isVisible());
    assert.equal(asked.length, 2);
  });
});

describe('language', () => {
  test('questions in Latin script are answered in the language of the page', async () => {
    for (const [path, language, why] of [
      ['help?language=en', 'en', 'Why this answer?'], ['help?language=zh-TW', 'zh-TW', '為什麼是這個回答？'],
    ]) {
      const { page, asked } = await visit({}, undefined, stage.yingda.url, path);
      const turn = await ask(page, 'how long does a refund take to arrive');
      assert.equal(asked.at(-1).language, language);
      assert.equal(turn.reply.language, language);
      await newest(page).getByRole('button', { name: why }).waitFor();
      assert.ok(!(await page.content()).includes('undefined'));
    }
  });

  test('all results are one click away, in the same language', async () => {
    const { page } = await visit(ENGLISH);
    await ask(page, 'how long does a refund take to arrive');
    await newest(page).getByRole('link', { name: 'All search results' }).click();
    await page.getByRole('heading', { level: 1, name: 'Results for “how long does a refund take to arrive”' }).waitFor();
  });
});
