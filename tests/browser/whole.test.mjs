// From the customer's question to the stars, with both pages open: the shop's chat and the agent's desk, in a real browser against
// a real yingda with its sample content. Nothing here sleeps: every wait is for something to appear.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openPage, startBrowser, startYingda } from './harness.mjs';
import { PASSWORD, employ } from './staff.mjs';

let yingda;
let browser;
let admin;

before(async () => {
  [yingda, browser] = await Promise.all([startYingda(), startBrowser()]);
  admin = await employ(yingda, { li: { display_name: '小李', roles: ['agent'], departments: [] } });
});

after(async () => {
  await browser?.close();
  await yingda?.stop();
});

describe('a customer and an agent', () => {
  test('a question, an answer that does not help, a person, a solution, stars', async () => {
    const shop = await openPage(browser, yingda.url, {}, async () => {}, '.launcher');
    const desk = await openPage(browser, `${yingda.url}desk`, {}, async () => {}, '#sign-in-form');
    const agent = desk.page;
    await agent.fill('#name', 'li');
    await agent.fill('#password', PASSWORD);
    await agent.press('#password', 'Enter');
    await agent.locator('#presence option').first().waitFor({ state: 'attached' });
    await agent.selectOption('#presence', 'available');
    await agent.locator('#presence-dot.available').waitFor();

    await shop.page.locator('.launcher').click();
    const chat = shop.page.frameLocator('iframe');
    await chat.locator('.top button').first().waitFor();
    await chat.locator('#box').fill('退款多久到账？');
    await chat.locator('#box').press('Enter');
    await chat.locator('.item.bot').last().getByText('审核通过后').waitFor();
    await chat.getByRole('button', { name: '没有帮助' }).click();
    await chat.getByRole('button', { name: '人工客服' }).click();
    await chat.locator('#waiting').waitFor();

    // The agent takes who is next, sees what was said before, and answers.
    await agent.locator('#next').click();
    await agent.locator('#log').getByText('退款多久到账？').waitFor();
    await chat.getByText('小李').first().waitFor();
    await agent.fill('#text', '您好，我是小李，我帮您看一下这笔退款。');
    await agent.press('#text', 'Enter');
    await chat.locator('.item.agent').getByText('我帮您看一下这笔退款').waitFor();
    await chat.locator('#box').fill('好的，谢谢');
    await chat.locator('#box').press('Enter');
    await agent.locator('#log').getByText('好的，谢谢').waitFor();
    await agent.locator('#actions [data-action=resolve]').click();
    await agent.locator('#dialog [name=reason]').selectOption('refund.status');
    await agent.locator('#dialog button[type=submit]').click();

    // The customer says what it was like, and the supervisor's wall tells.
    for (const row of ['响应速度', '服务态度', '解决情况']) {
      await chat.getByRole('group', { name: row }).locator('label').last().click();
    }
    await chat.getByRole('button', { name: '提交' }).click();
    await chat.getByRole('group', { name: '服务态度' }).waitFor({ state: 'detached' });
    const { data: [rated] } = await admin.call('GET', 'desk/feedback');
    assert.deepEqual(rated.ratings, { response_time: 5, attitude: 5, resolution: 5 }, JSON.stringify(rated));
    const wall = await admin.call('GET', 'desk/wall');
    assert.equal(wall.agents.find(({ name }) => name === '小李').n_taken, 1);
    assert.deepEqual(shop.faults.concat(desk.faults).filter((fault) => !/status of 40[14]/.test(fault)), []);
    await Promise.all([shop.close(), desk.close()]);
  });
});
