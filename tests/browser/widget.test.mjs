// What a customer sees and does in the chat widget, on the page of a shop of another origin, in a real browser against a real
// yingda with its sample content, over a network that can be cut. Nothing here sleeps: every wait is for something to appear.
// Every test ends with the page free of faults.

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { openPage, screenshot, seriousViolations, startBrowser, startYingda } from './harness.mjs';
import { startNetwork, startShop } from './network.mjs';

let shop;
let stranger;
let yingda;
let network;
let browser;
let open = [];

before(async () => {
  [shop, stranger] = await Promise.all([startShop(), startShop()]);
  const settings = { YINGDA_WIDGET_ORIGINS: shop.origin, YINGDA_IDENTITY_KEYS: `k:${'s'.repeat(32)}`, ...UNLIMITED };
  [yingda, browser] = await Promise.all([startYingda(0, settings), startBrowser()]);
  network = await startNetwork(yingda.port);
  carry();
});

after(async () => {
  await browser?.close();
  await network?.stop();
  await yingda?.stop();
  await Promise.all([shop?.stop(), stranger?.stop()]);
});

afterEach(async () => {
  network.restore();
  const faults = open.flatMap(({ faults: all, forgiven }) => all.filter((fault) => !forgiven.some((one) => one.test(fault))));
  await Promise.all(open.map((visit) => visit.close()));
  open = [];
  carry();
  assert.deepEqual(faults, [], 'the page has no faults');
});

/** Both shops carry the widget, by one script tag. */
function carry(attributes = '') {
  const tag = `<script src="${network.url}widget.js" async ${attributes}></script>`;
  shop.carry(tag);
  stranger.carry(tag);
}

/** More is said here in a minute than by any customer. */
const UNLIMITED = {
  YINGDA_LIMITS_CONVERSATIONS_PER_HOUR: '0', YINGDA_LIMITS_MESSAGES_PER_MINUTE: '0', YINGDA_ATTACHMENTS_PER_CONVERSATION: '10',
};

const ENGLISH = { locale: 'en-GB', timezoneId: 'Europe/London' };
const TELEPHONE = { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };

/** Opens a shop's page; its widget is of another origin, so what it loads is foreign to the page. */
async function visit(settings, { url = shop.url, prepare, forgiven = [] } = {}) {
  const visited = await openPage(browser, url, settings, prepare, '.launcher');
  visited.forgiven = [new RegExp(`^foreign request: (${network.url}|blob:)`), ...forgiven];
  open.push(visited);
  return { page: visited.page, chat: visited.page.frameLocator('iframe'), launcher: visited.page.locator('.launcher') };
}

/** The same, with the widget open. */
async function visitChat(settings, options) {
  const visited = await visit(settings, options);
  await visited.launcher.click();
  await visited.chat.locator('.top button').first().waitFor();
  return visited;
}

const frameOf = async (page) => (await page.locator('iframe').elementHandle()).contentFrame();
const box = (chat) => chat.locator('#box');
const messages = (chat, author = 'bot') => chat.locator(`.item.${author}`);
const newest = (chat, author = 'bot') => messages(chat, author).last();

const STORED = { question: '退款多久到账？', says: '审核通过后' };

/** Sends a text with Enter, and waits until the service has acknowledged it. */
async function send(chat, text) {
  const n = await messages(chat, 'visitor').count();
  await box(chat).fill(text);
  await box(chat).press('Enter');
  await messages(chat, 'visitor').nth(n).waitFor();
  await chat.locator('.state').waitFor({ state: 'detached' });
}

/** What the service has of the conversation. */
async function kept(page) {
  const { id, token } = await (await frameOf(page)).evaluate(() => JSON.parse(localStorage.getItem('yingda.conversation')));
  const response = await fetch(`${yingda.url}api/v1/conversations/${id}/events?limit=200`, { headers: { Authorization: `Bearer ${token}` } });
  const { data } = await response.json();
  const own = data.filter(({ type }) => type === 'message').map((event) => event.data);
  return { id, token, events: data, texts: own.filter(({ author }) => author === 'visitor').map(({ text }) => text), messages: own };
}

/** Says something in the same conversation from elsewhere. */
async function sayElsewhere({ id, token }, text) {
  const response = await fetch(`${yingda.url}api/v1/conversations/${id}/messages`, {
    method: 'POST', headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ text, client_id: `elsewhere-${text}` }),
  });
  assert.equal(response.status, 201);
}

const assertNoSidewaysScroll = async (frame) => {
  const isWide = () => document.documentElement.scrollWidth > document.documentElement.clientWidth;
  assert.equal(await frame.evaluate(isWide), false, 'nothing reaches out of it');
};

const FAILED_REQUEST = /^console: Failed to load resource/;

describe('a conversation', { concurrency: 1 }, () => {
  test('question, answer, not helpful, a person', async () => {
    const { page, chat } = await visitChat();
    await screenshot(page, 'widget-light-open', false);
    await send(chat, STORED.question);
    await newest(chat).getByText(STORED.says).waitFor();
    assert.equal(await messages(chat, 'visitor').innerText(), STORED.question);
    await screenshot(page, 'widget-light-answer', false);
    await chat.getByRole('button', { name: '没有帮助' }).click();
    await chat.getByRole('button', { name: '不够完整' }).click();
    await newest(chat).getByText('谢谢，我们会改进').waitFor();
    await chat.getByRole('button', { name: '人工客服' }).click();
    await chat.locator('#waiting').getByText('正在转接人工客服').waitFor();
    await chat.locator('.note').getByText('已为您转接人工客服').waitFor();
    const { events } = await kept(page);
    const ratings = events.filter(({ type }) => type === 'rating').map(({ data }) => data);
    assert.deepEqual(ratings.map(({ message_seq: of, helpful, reason }) => [of, helpful, reason ?? null]), [[2, false, null], [2, false, 'incomplete']]);
    assert.ok(events.some(({ type, data }) => type === 'status' && data.status === 'queued'));
    await screenshot(page, 'widget-light-person', false);
  });

  test('what a person does is seen: the place in the queue, the name, that they type', async () => {
    const { page, chat } = await visitChat();
    await chat.getByRole('button', { name: '人工客服' }).click();
    await chat.locator('#waiting').waitFor();
    const { events } = await kept(page);
    let seq = events.at(-1).seq;
    const bring = (type, data) => network.bring(type, { seq: seq += 1, type, at: new Date().toISOString(), data });
    await chat.locator('.note').waitFor();
    bring('queue', { place: 3, expected_seconds: 240 });
    await chat.locator('#waiting').getByText('您排在第 3 位 · 预计等待约 4 分钟').waitFor();
    bring('owner', { owner: 'agent', agent: { name: '小李 <b>' } });
    await chat.locator('#presence').getByText('小李 <b> 正在为您服务').waitFor();
    await chat.locator('.note').getByText('小李 <b> 已接入').waitFor();
    network.bring('typing', { type: 'typing', data: { author: 'agent', name: '小李' } });
    await chat.getByText('小李 正在输入…').waitFor();
    bring('message', { seq: seq + 1, author: 'agent', author_name: '小李', text: '您好', html: '<p>您好</p>', at: new Date().toISOString(), kind: 'text' });
    await newest(chat, 'agent').getByText('您好').waitFor();
    assert.ok(await chat.locator('#typing').isHidden());
    await screenshot(page, 'widget-light-agent', false);
    bring('owner', { owner: 'bot' });
    await chat.getByRole('button', { name: '人工客服' }).waitFor();
  });

  test('a choice is sent with one tap, and read only from then on', async () => {
    const { chat } = await visitChat();
    await send(chat, '我要投诉');
    const choices = newest(chat).locator('.choices button');
    const label = await choices.nth(1).innerText();
    await choices.nth(1).click();
    await messages(chat, 'visitor').nth(1).waitFor();
    await messages(chat).nth(1).waitFor();
    assert.equal(await newest(chat, 'visitor').innerText(), label, 'what was chosen is shown as it was offered');
    const first = messages(chat).first().locator('.choices');
    assert.deepEqual(await first.locator('button').evaluateAll((all) => all.map(({ disabled }) => disabled)), [true, true, true]);
    assert.equal(await first.locator('.unseen').textContent(), `已选择：${label}`);
  });

  test('the history is there after a reload, and so is what was thought of it', async () => {
    const { page, chat } = await visitChat();
    await send(chat, STORED.question);
    await newest(chat).getByRole('button', { name: '有帮助', exact: true }).click();
    await send(chat, '支付失败怎么办');
    await messages(chat).nth(1).waitFor();
    const before = await chat.locator('.item').allInnerTexts();
    await page.reload();
    await chat.locator('.item').nth(3).waitFor(); // It was open, so it opens again.
    await messages(chat).first().getByText('谢谢您的反馈').waitFor();
    assert.deepEqual((await chat.locator('.item').allInnerTexts()).length, before.length);
    assert.equal(await chat.locator('#said').textContent(), '', 'nothing old is announced');
    assert.ok(await page.locator('.badge').isHidden());
  });

  test('it ends with stars, a survey where one is due, and begins again', async () => {
    const survey = { id: 's', title: '小调查', language: 'zh-CN', questions: [
      { id: 'where', kind: 'multiple', text: '在哪里用？', options: [{ value: 'a', label: '网上' }, { value: 'b', label: '门店' }] },
      { id: 'good', kind: 'scale', text: '满意吗？', options: [] }, { id: 'wish', kind: 'text', text: '希望？', options: [] }] };
    const answered = [];
    const { page, chat } = await visitChat({}, { prepare: async (page) => {
      await page.route('**/survey', (route) => route.fulfill({ json: survey }));
      await page.route('**/survey/s', (route) => { answered.push(route.request().postDataJSON()); return route.fulfill({ status: 204 }); });
    } });
    await send(chat, STORED.question);
    await chat.locator('#menu-button').click();
    await chat.getByRole('button', { name: '结束对话' }).click();
    await chat.getByText('这次服务怎么样？').waitFor();
    assert.ok(await chat.locator('#composer').isHidden());
    for (const [row, n] of [['响应速度', 5], ['解决情况', 4]]) {
      await chat.getByRole('group', { name: row }).locator('label').nth(n - 1).click();
    }
    await screenshot(page, 'widget-light-stars', false);
    await chat.getByText('会', { exact: true }).click();
    await chat.getByLabel('还想说点什么').fill('很快');
    await chat.getByRole('button', { name: '提交' }).click();
    await chat.getByText('小调查').waitFor();
    await chat.getByText('门店').click();
    await chat.getByRole('group', { name: '满意吗？' }).first().locator('label').nth(3).click();
    await screenshot(page, 'widget-light-survey', false);
    await chat.getByRole('button', { name: '提交' }).click();
    await chat.getByRole('button', { name: '开始新的对话' }).waitFor();
    assert.deepEqual(answered, [{ answers: { where: ['b'], good: 4 } }]);
    const { events, id } = await kept(page);
    const { data } = events.find(({ type }) => type === 'rating');
    assert.deepEqual([data.ratings.response_time, data.ratings.attitude, data.ratings.resolution, data.again, data.comment], [5, null, 4, true, '很快']);
    await chat.getByRole('button', { name: '开始新的对话' }).click();
    await send(chat, '你好');
    await newest(chat).waitFor();
    assert.notEqual((await kept(page)).id, id);
    assert.equal(await messages(chat, 'visitor').count(), 2, 'what was said before stays to be read');
  });

  test('the transcript can be kept', async () => {
    const { page, chat } = await visitChat();
    await send(chat, STORED.question);
    await newest(chat).waitFor();
    await chat.locator('#menu-button').click();
    const [download] = await Promise.all([page.waitForEvent('download'), chat.getByRole('button', { name: '下载聊天记录' }).click()]);
    assert.equal(download.suggestedFilename(), 'conversation.txt');
  });
});

describe('what is typed', { concurrency: 1 }, () => {
  test('suggests questions from two characters on, chosen by keyboard', async () => {
    const { page, chat } = await visitChat();
    await box(chat).pressSequentially('退');
    await box(chat).pressSequentially('款');
    const options = chat.locator('#suggestions [role=option]');
    await options.first().waitFor();
    await screenshot(page, 'widget-light-suggestions', false);
    const first = await options.first().innerText();
    await box(chat).press('ArrowDown');
    assert.equal(await box(chat).getAttribute('aria-activedescendant'), 'suggestion-0');
    await box(chat).press('Enter');
    await newest(chat).waitFor();
    assert.equal(await newest(chat, 'visitor').innerText(), first);
    await box(chat).pressSequentially('退款');
    await options.first().waitFor();
    await box(chat).press('Escape');
    await options.first().waitFor({ state: 'detached' });
    assert.ok(await box(chat).isVisible(), 'Escape closed the suggestions alone');
    assert.equal(await box(chat).inputValue(), '退款');
  });

  test('is not sent by the Enter that ends a composition', async () => {
    const { page, chat } = await visitChat();
    await box(chat).focus();
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Input.imeSetComposition', { text: '退款多久', selectionStart: 4, selectionEnd: 4 });
    await box(chat).press('Enter');
    assert.equal(await messages(chat, 'visitor').count(), 0);
    await devtools.send('Input.insertText', { text: '退款多久到账' });
    // Safari's Enter comes after the composition's end, with the key code alone to tell; in some versions with nothing but the time.
    const held = await box(chat).evaluate((element) => {
      const press = (keyCode) => {
        const enter = new KeyboardEvent('keydown', { key: 'Enter', keyCode, bubbles: true, cancelable: true });
        return !element.dispatchEvent(enter);
      };
      const byCode = press(229);
      element.dispatchEvent(new CompositionEvent('compositionstart'));
      element.dispatchEvent(new CompositionEvent('compositionend'));
      return [byCode, press(13)];
    });
    assert.deepEqual(held, [true, true], 'nor does it begin a line');
    assert.equal(await messages(chat, 'visitor').count(), 0);
    assert.equal(await box(chat).inputValue(), '退款多久到账');
    await chat.locator('#send').click();
    await newest(chat).waitFor();
    assert.equal(await newest(chat, 'visitor').innerText(), '退款多久到账');
  });

  test('may have lines, and is not sent where it is empty', async () => {
    const { chat } = await visitChat();
    await box(chat).press('Enter');
    await box(chat).fill('   ');
    await box(chat).press('Enter');
    assert.equal(await messages(chat, 'visitor').count(), 0);
    await box(chat).fill('第一行');
    await box(chat).press('Shift+Enter');
    await box(chat).pressSequentially('第二行');
    await box(chat).press('Enter');
    await newest(chat).waitFor();
    assert.equal(await newest(chat, 'visitor').innerText(), '第一行\n第二行');
  });

  test('is shown as text and runs nothing, whatever it is', async () => {
    const payloads = hostile();
    assert.equal(payloads.length, 50);
    const { page, chat } = await visitChat({}, { forgiven: [/status of (404|422)/] });
    await send(chat, '你好');
    const own = await kept(page);
    // Half are typed here, half come from elsewhere; the service answers both.
    for (const [n, payload] of payloads.entries()) {
      if (n % 10) await sayOrNothing(own, payload);
      else await send(chat, payload);
    }
    const frame = await frameOf(page);
    await frame.waitForFunction((n) => document.querySelectorAll('.item.visitor').length === n, (await kept(page)).texts.length);
    for (const payload of payloads.filter((one) => /^[\x20-\x7e]+$/.test(one)).slice(0, 5)) {
      await chat.locator('#file').setInputFiles({ name: `${payload.replaceAll('/', '')}.pdf`, mimeType: 'application/pdf', buffer: PDF });
      await chat.locator('.state').waitFor({ state: 'detached' });
    }
    const found = await frame.evaluate(() => ({
      hacked: 'hacked' in window,
      strange: document.querySelectorAll('#items :is(script, iframe, object, embed, svg, math, style, form, base, meta, img:not([src^="blob:"]))').length,
      handlers: [...document.querySelectorAll('#items *')].filter((one) => [...one.attributes].some(({ name }) => name.startsWith('on'))).length,
      links: [...document.querySelectorAll('#items a')].filter(({ protocol }) => !['http:', 'https:', 'tel:', 'mailto:'].includes(protocol)).length,
    }));
    assert.deepEqual(found, { hacked: false, strange: 0, handlers: 0, links: 0 });
    assert.equal(await page.evaluate(() => 'hacked' in window), false);
  });
});

/** Some payloads are refused by the service, which is as well. */
async function sayOrNothing({ id, token }, text) {
  await fetch(`${yingda.url}api/v1/conversations/${id}/messages`, {
    method: 'POST', headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ text, client_id: Buffer.from(text).toString('hex').slice(-60) }),
  });
}

/** Fifty ways to have a script run, by kind. */
function hostile() {
  const run = 'window.hacked=1';
  const tags = ['img src=x onerror', 'svg onload', 'body onload', 'iframe onload', 'video src=x onerror', 'details open ontoggle', 'input autofocus onfocus',
    'marquee onstart', 'audio src=x onerror', 'object data=x onerror', 'select autofocus onfocus', 'textarea autofocus onfocus', 'a href=x onclick', 'div onpointerover',
    'style onload', 'link rel=stylesheet href=x onerror', 'embed src=x onerror', 'math onclick', 'form onsubmit', 'p onanimationstart'];
  const closers = ['"><img src=x onerror=@>', "'><img src=x onerror=@>", '</p><script>@</script>', '</title><script>@</script>', '</textarea><script>@</script>',
    '--><script>@</script>', ']]><script>@</script>', '<scr<script>ipt>@</script>', '<SCRIPT>@</SCRIPT>', '<script src=data:text/javascript,@></script>',
    '<script\n>@</script>', '<svg><script>@</script></svg>', '<svg><animate onbegin=@ attributeName=x dur=1s>', '<math><mtext></p><img src=x onerror=@>'];
  const links = ['[x](javascript:@)', '[x](JaVaScRiPt:@)', '[x](data:text/html,<script>@</script>)', '[x](vbscript:@)', '<javascript:@>', '![x](x"onerror="@)',
    '[x](java\tscript:@)', '<a href="javascript:@">x</a>', '<iframe srcdoc="<script>parent.@</script>">', '<base href="javascript:@//">'];
  const others = ['{{constructor.constructor("@")()}}', '${@}', '＜script＞@＜/script＞', '\u202e<img src=x onerror=@>', '<img src=x onerror=&#119;indow.hacked=1>', '&lt;script&gt;@&lt;/script&gt;'];
  return [...tags.map((tag) => `<${tag}="${run}">`), ...[...closers, ...links, ...others].map((text) => text.replaceAll('@', run))];
}

const aPicture = (page) => page.screenshot({ clip: { x: 0, y: 0, width: 160, height: 90 } });
const PDF = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n');

describe('files', { concurrency: 1 }, () => {
  test('a picture is sent and shown, a PDF can be kept, anything else is refused', async () => {
    const { page, chat } = await visitChat();
    await chat.locator('#file').setInputFiles({ name: '截图.png', mimeType: 'image/png', buffer: await aPicture(page) });
    await chat.locator('.picture img').waitFor();
    assert.match(await chat.locator('.picture img').getAttribute('src'), /^blob:/);
    await chat.getByRole('button', { name: '查看图片 截图.png' }).click();
    await chat.locator('dialog img').waitFor();
    await chat.locator('dialog').getByRole('button').click();
    await chat.locator('#file').setInputFiles({ name: '凭证.pdf', mimeType: 'application/pdf', buffer: PDF });
    const paper = chat.getByRole('button', { name: '下载 凭证.pdf' });
    await paper.waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), paper.click()]);
    assert.equal(download.suggestedFilename(), '凭证.pdf');
    await chat.locator('#file').setInputFiles({ name: 'a.exe', mimeType: 'application/octet-stream', buffer: Buffer.from('MZ') });
    await chat.locator('#hint.wrong').getByText('只能发送图片').waitFor();
    assert.equal((await kept(page)).messages.filter(({ kind }) => kind === 'file').length, 2);
    await page.reload();
    await chat.locator('.picture img').waitFor();
  });

  test('a file that is not what it says is explained; pasting and dropping send too', async () => {
    const { page, chat } = await visitChat({}, { forgiven: [FAILED_REQUEST] });
    await chat.locator('#file').setInputFiles({ name: 'falsch.png', mimeType: 'image/png', buffer: Buffer.from('no picture') });
    await chat.locator('.state.failed').getByText('只能发送图片').waitFor();
    await chat.locator('.state.failed button').click();
    await chat.locator('.state.failed').waitFor({ state: 'detached' });
    const picture = [...await aPicture(page)];
    for (const how of ['paste', 'drop']) {
      await box(chat).evaluate((element, [how, bytes]) => {
        const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(bytes)], `${how}.png`, { type: 'image/png' }));
        const Kind = how === 'paste' ? ClipboardEvent : DragEvent;
        const init = { bubbles: true, cancelable: true, [how === 'paste' ? 'clipboardData' : 'dataTransfer']: data };
        element.dispatchEvent(new Kind(how, init));
      }, [how, picture]);
      await chat.getByRole('button', { name: `查看图片 ${how}.png` }).waitFor();
    }
    assert.equal((await kept(page)).messages.filter(({ kind }) => kind === 'file').length, 2);
  });
});

describe('the network', { concurrency: 1 }, () => {
  const CUT = [FAILED_REQUEST];

  test('an answer that is lost on the way doubles nothing', async () => {
    const { page, chat } = await visitChat({}, { forgiven: CUT });
    network.swallow(({ method, url }) => method === 'POST' && url.endsWith('/conversations'));
    await send(chat, STORED.question);
    await newest(chat).waitFor();
    network.swallow(({ method, url }) => method === 'POST' && url.endsWith('/messages'));
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
    network.cut();
    await box(chat).fill('第一条');
    await box(chat).press('Enter');
    await box(chat).fill('第二条');
    await box(chat).press('Enter');
    await chat.locator('#banner').getByText('正在重连').waitFor();
    await chat.locator('.state.failed').nth(1).waitFor();
    await screenshot(page, 'widget-light-cut', false);
    network.restore();
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
    const { page, chat } = await visitChat({}, { url: `${shop.url}?token=secret#also`, prepare: (page) => page.on('request', (request) => {
      if (request.url().endsWith('/conversations') && request.method() === 'POST') sent.push(request.postDataJSON());
    }) });
    await page.evaluate(() => window.yingda('context', { app_version: '8.2', role: 'merchant', nested: { a: 1 }, 'bad name': 'x', long: 'x'.repeat(301) }));
    await send(chat, '你好');
    await newest(chat).waitFor();
    assert.deepEqual(sent.map(({ context }) => context), [{ page: shop.url, language: 'zh-CN', app_version: '8.2', role: 'merchant' }]);
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
    assert.equal(await identify(await jwt({ sub: 'customer-1' })), true);
    await send(chat, STORED.question);
    await newest(chat).getByText(STORED.says).waitFor();
    const known = await kept(page);
    assert.equal(known.id, before.id);
    assert.notEqual(known.token, before.token, 'the token has changed');
    assert.equal(await identify(await jwt({ sub: 'customer-2' })), true);
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
    const { page, launcher } = await visit({}, { url: stranger.url, forgiven: refused, prepare: (page) => page.clock.install() });
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
    }, new URL(network.url).origin);
    await frame.evaluate((origin) => window.parent.postMessage({ yingda: 1, type: 'toString', value: 1 }, origin), shop.origin);
    await page.evaluate(() => window.yingda('language', 'en'));
    await chat.getByText('How can we help?').or(chat.getByPlaceholder('How can we help?')).waitFor();
    assert.equal(await frame.evaluate(() => document.documentElement.dataset.theme), 'light');
    assert.ok(await page.locator('iframe').isVisible());
    const told = page.evaluate(() => new Promise((heard) => window.addEventListener('message', ({ origin }) => heard(origin), { once: true })));
    await chat.locator('#close').click();
    assert.equal(await told, new URL(network.url).origin);
  });
});

/** A token as a shop's server signs it. */
async function jwt(claims) {
  const { createHmac } = await import('node:crypto');
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const text = `${part({ alg: 'HS256', typ: 'JWT', kid: 'k' })}.${part({ aud: 'yingda', exp: now + 600, iat: now, ...claims })}`;
  return `${text}.${createHmac('sha256', 's'.repeat(32)).update(text).digest('base64url')}`;
}

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
      const response = await fetch(`${yingda.url}${path}`, { headers: { 'Accept-Encoding': 'identity' } });
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
