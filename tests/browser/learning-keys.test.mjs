// An editor goes through what the bot missed with one hand on the keyboard: what a key promises is done, in the change set and for good.

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { House, askOften, dialog, fieldOf, looksWell, missesOf, pressOn, saved, submit, tabTo } from './console.mjs';

/** Nobody has an answer to these; two of them are one question. */
const [WALLET, WALLET_TOO] = ['数字人民币可以付款吗', '支持数字人民币不'];
const STOCK = '你们公司股票代码多少';
const ENGLISH = 'How do I split a bill with friends?';

/** The bot guesses what this is about, and is not sure enough to say it. */
const PROPOSED = { text: '子商户怎么开', entry: 'merchant-join' };

/** Two in one group, of which one is dealt with. */
const [GAMES, GAMES_TOO] = ['怎样充值飞碟游戏点卡', '怎样充值飞碟游戏点券'];

const QUESTION = 'texts.zh-CN.question';
const SIMILAR = 'texts.zh-CN.similar';
const BODY = 'texts.zh-CN.body';
const LABELS = 'knowledge-base/questions/learned.jsonl';

let house;
let mei;

before(async () => {
  house = await House.open();
  mei = await house.staff('mei');
  await askOften(house, [WALLET, WALLET_TOO, STOCK, ENGLISH, PROPOSED.text, GAMES, GAMES_TOO]);
});
after(() => house?.close());
afterEach(() => house.leaveAsItWas());

const isMissed = async (text) => (await missesOf(mei)).some(({ questions }) => questions.some((question) => question.text === text));
const cardOf = (page, text) => page.locator('#misses .miss', { hasText: text });

/** Goes down the list until the focus is on the group with a question. */
async function stepTo(page, text) {
  const card = cardOf(page, text);
  await card.waitFor();
  for (let n = await page.locator('#misses .miss').count(); n > 0; n -= 1) {
    await page.keyboard.press('j');
    if (await card.evaluate((element) => element === document.activeElement)) return;
  }
  assert.fail(`j does not come to ${text}`);
}

/** Begins a new entry by `n`, and gives it an id. */
async function begin(page, text, id) {
  await stepTo(page, text);
  await page.keyboard.press('n');
  await dialog(page).locator('[name=question]').waitFor();
  await tabTo(page, dialog(page).locator('[name=id]'));
  await page.keyboard.type(id);
  await page.keyboard.press('Enter');
  await fieldOf(page, BODY).waitFor();
}

describe('missed questions by keyboard alone', { concurrency: 1 }, () => {
  test('n begins an entry with what was asked, and saving it settles that', async () => {
    const page = await house.at('mei');
    await page.keyboard.press('4');
    await stepTo(page, WALLET);
    await page.keyboard.press('n');
    const question = dialog(page).locator('[name=question]');
    await question.waitFor();
    const first = await question.inputValue();
    assert.ok([WALLET, WALLET_TOO].includes(first), first);
    await page.keyboard.press('Control+a');
    await page.keyboard.type('可以用数字人民币付款吗？');
    await tabTo(page, dialog(page).locator('[name=id]'));
    await page.keyboard.type('payment-ecny');
    await looksWell(page, 'keys-new-entry');
    await page.keyboard.press('Enter');
    await fieldOf(page, BODY).waitFor();
    assert.equal(await fieldOf(page, QUESTION).inputValue(), '可以用数字人民币付款吗？');
    const phrasings = (await fieldOf(page, SIMILAR).inputValue()).split('\n');
    assert.deepEqual(phrasings.sort(), [WALLET, WALLET_TOO].sort(), 'how customers said it is kept');
    await page.reload();
    await page.locator('#restored').waitFor();
    await tabTo(page, fieldOf(page, BODY));
    await page.keyboard.type('暂时不行，请用银行卡付款。');
    await page.locator('#preview .bubble', { hasText: '请用银行卡' }).waitFor();
    await page.keyboard.press('Control+s');
    await saved(page);
    await looksWell(page, 'keys-new-entry-saved');
    const [set] = (await mei.call('GET', 'editor/sets')).data;
    const { entry } = await mei.call('GET', `editor/entries/payment-ecny?set=${set.id}`);
    assert.deepEqual([...entry.texts['zh-CN'].similar].sort(), [WALLET, WALLET_TOO].sort());
    assert.equal(await isMissed(WALLET) || await isMissed(WALLET_TOO), false, 'it is missed no more');
    await page.keyboard.press('Escape');
    await page.keyboard.press('4');
    await cardOf(page, STOCK).waitFor();
    assert.equal(await cardOf(page, WALLET).count(), 0);
  });

  test('what an editor takes out of the new entry is missed still', async () => {
    const page = await house.at('mei', 'learning');
    await begin(page, STOCK, 'about-shares');
    await tabTo(page, fieldOf(page, QUESTION));
    await page.keyboard.press('Control+a');
    await page.keyboard.type('公司上市了吗？');
    await tabTo(page, fieldOf(page, BODY));
    await page.keyboard.type('请看官网的公告。');
    await page.keyboard.press('Control+s');
    await saved(page);
    assert.equal(await isMissed(STOCK), true);
  });

  test('an English question begins the English text', async () => {
    const page = await house.at('mei', 'learning');
    await begin(page, ENGLISH, 'split-bill');
    assert.equal(await fieldOf(page, QUESTION).inputValue(), '', 'no English stands for Chinese');
    await tabTo(page, fieldOf(page, QUESTION));
    await page.keyboard.type('怎么和朋友 AA 付款？');
    await tabTo(page, fieldOf(page, BODY));
    await page.keyboard.type('暂时不支持，请各自转账。');
    await tabTo(page, page.locator('[role=tab][data-tab="zh-CN"]'), 'Shift+Tab');
    await page.keyboard.press('ArrowRight');
    const english = fieldOf(page, 'texts.en.question');
    await english.waitFor();
    assert.equal(await english.inputValue(), ENGLISH);
    await tabTo(page, fieldOf(page, 'texts.en.body'));
    await page.keyboard.type('This is not supported yet.');
    await page.keyboard.press('Control+s');
    await saved(page);
    assert.equal(await isMissed(ENGLISH), false);
  });

  test('a takes what is proposed in one keystroke: a phrasing, and a line that the gate holds', async () => {
    const page = await house.at('mei', 'learning');
    await stepTo(page, PROPOSED.text);
    await cardOf(page, PROPOSED.text).locator('.proposal a').waitFor();
    await looksWell(page, 'keys-proposal');
    await page.keyboard.press('a');
    await page.locator('.toast', { hasText: '已加为相似问法 1 条' }).waitFor();
    await cardOf(page, PROPOSED.text).waitFor({ state: 'detached' });
    const [set] = (await mei.call('GET', 'editor/sets')).data;
    const { entry } = await mei.call('GET', `editor/entries/${PROPOSED.entry}?set=${set.id}`);
    assert.ok(entry.texts['zh-CN'].similar.includes(PROPOSED.text));
    const { text } = await mei.call('GET', `editor/files?${new URLSearchParams({ path: LABELS, set: set.id })}`);
    const lines = text.trim().split('\n').map((line) => JSON.parse(line));
    const { lang, accept } = lines.find((line) => line.text === PROPOSED.text);
    assert.deepEqual({ lang, accept }, { lang: 'zh-CN', accept: [PROPOSED.entry] });
    const live = await (await fetch(`${house.url}api/v1/entries/${PROPOSED.entry}`)).text();
    assert.doesNotMatch(live, new RegExp(PROPOSED.text), 'customers do not see it yet');
    assert.equal(await isMissed(PROPOSED.text), false);
    await page.keyboard.press('3');
    await page.locator(`[data-change="${PROPOSED.entry}"] ins`, { hasText: PROPOSED.text }).waitFor();
    await looksWell(page, 'keys-attached');
  });

  test('questions that are not ticked stay for a decision of their own', async () => {
    const page = await house.at('mei', 'learning');
    await stepTo(page, GAMES);
    const card = cardOf(page, GAMES);
    await tabTo(page, card.getByRole('checkbox', { name: GAMES_TOO }));
    await page.keyboard.press('Space');
    await page.keyboard.press('x');
    await page.locator('.toast', { hasText: '已忽略' }).waitFor();
    await cardOf(page, GAMES).waitFor({ state: 'detached' });
    assert.equal(await cardOf(page, GAMES_TOO).evaluate((rest) => rest === document.activeElement), true);
    assert.deepEqual([await isMissed(GAMES), await isMissed(GAMES_TOO)], [false, true]);
    await tabTo(page, cardOf(page, GAMES_TOO).getByRole('checkbox'));
    await page.keyboard.press('Space');
    await page.keyboard.press('x');
    await page.locator('.toast.wrong', { hasText: '请至少勾选一个问题' }).waitFor();
    assert.equal(await isMissed(GAMES_TOO), true);
  });

  test('an agent’s proposal becomes a new entry, and is settled by that', async () => {
    await house.admin.call('POST', 'desk/proposals', { kind: 'phrasing', text: '盲人怎么用读屏软件付款' });
    const page = await house.at('mei', 'learning');
    await tabTo(page, page.locator('[role=tab][data-tab=missed]'));
    await page.keyboard.press('ArrowRight');
    await page.locator('#proposals .miss').waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('n');
    await dialog(page).locator('[name=id]').waitFor();
    await tabTo(page, dialog(page).locator('[name=id]'));
    await page.keyboard.type('access-screen-reader');
    await pressOn(page, dialog(page).locator('[type=submit]'));
    await tabTo(page, fieldOf(page, BODY));
    await page.keyboard.type('请在手机里打开读屏，再进入付款页。');
    await page.keyboard.press('Control+s');
    await saved(page);
    const { data } = await mei.call('GET', 'editor/proposals');
    assert.deepEqual(data, []);
  });

  test('and by mouse just as well', async () => {
    const page = await house.at('mei', 'learning');
    await cardOf(page, STOCK).getByRole('button', { name: '新建条目' }).click();
    await dialog(page).locator('[name=id]').fill('about-shares');
    await submit(page);
    await fieldOf(page, BODY).fill('请看官网的公告。');
    await page.click('#save');
    await saved(page);
    assert.equal(await isMissed(STOCK), false);
  });
});
