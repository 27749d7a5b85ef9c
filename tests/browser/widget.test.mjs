// What a customer says and hears in the chat widget, on the page of a shop of another origin, in a real browser against a real
// yingda with its sample content. Nothing here sleeps: every wait is for something to appear.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { screenshot } from './harness.mjs';
import { NOTHING_STRANGE, PAYLOADS, strangeThings } from './hostile.mjs';
import {
  FAILED_REQUEST, PDF, STORED, aPicture, box, frameOf, kept, messages, newest, onStage, send, stage, visitChat,
} from './widget.mjs';

onStage();

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
    const bring = (type, data) => stage.network.bring(type, { seq: seq += 1, type, at: new Date().toISOString(), data });
    await chat.locator('.note').waitFor();
    bring('queue', { place: 3, expected_seconds: 240 });
    await chat.locator('#waiting').getByText('您排在第 3 位 · 预计等待约 4 分钟').waitFor();
    bring('owner', { owner: 'agent', agent: { name: '小李 <b>' } });
    await chat.locator('#presence').getByText('小李 <b> 正在为您服务').waitFor();
    await chat.locator('.note').getByText('小李 <b> 已接入').waitFor();
    stage.network.bring('typing', { type: 'typing', data: { author: 'agent', name: '小李' } });
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
    const { page, chat } = await visitChat({}, { forgiven: [/status of (404|422)/] });
    await send(chat, '你好');
    const own = await kept(page);
    // Half are typed here, half come from elsewhere; the service answers both.
    for (const [n, payload] of PAYLOADS.entries()) {
      if (n % 10) await sayOrNothing(own, payload);
      else await send(chat, payload);
    }
    const frame = await frameOf(page);
    await frame.waitForFunction((n) => document.querySelectorAll('.item.visitor').length === n, (await kept(page)).texts.length);
    for (const payload of PAYLOADS.filter((one) => /^[\x20-\x7e]+$/.test(one)).slice(0, 5)) {
      await chat.locator('#file').setInputFiles({ name: `${payload.replaceAll('/', '')}.pdf`, mimeType: 'application/pdf', buffer: PDF });
      await chat.locator('.state').waitFor({ state: 'detached' });
    }
    assert.deepEqual(await strangeThings(frame, '#items'), NOTHING_STRANGE);
    assert.equal(await page.evaluate(() => 'hacked' in window), false);
  });
});

/** Some payloads are refused by the service, which is as well. */
async function sayOrNothing({ id, token }, text) {
  await fetch(`${stage.yingda.url}api/v1/conversations/${id}/messages`, {
    method: 'POST', headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ text, client_id: Buffer.from(text).toString('hex').slice(-60) }),
  });
}

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
