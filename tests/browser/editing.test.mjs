// What editors do with entries at the console, in a real browser against a real yingda with its sample content: find, edit, preview,
// and meet a colleague's change. Every test ends with the pages free of faults.

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { DARK, House, TELEPHONE, WIDE, addPhrasing, dialog, edit, fieldOf, go, looksWell, ready, save, saved, submit } from './console.mjs';
import { screenshot } from './harness.mjs';

const ENTRY = 'refund-apply';
const BODY = 'texts.zh-CN.body';
const SIMILAR = 'texts.zh-CN.similar';

let house;

before(async () => { house = await House.open(); });
after(() => house?.close());
afterEach(() => house.leaveAsItWas());

const linesOf = async (page, key) => (await fieldOf(page, key).inputValue()).split('\n');

describe('entries at the console', { concurrency: 1 }, () => {
  test('entries are searched, narrowed by category and state, and opened by keyboard alone', async () => {
    const page = await house.at('mei');
    await page.locator('#entries .row').nth(20).waitFor();
    await looksWell(page, 'console-entries');
    await page.keyboard.press('/');
    await page.keyboard.type('怎么注销账户');
    await page.waitForFunction(() => document.querySelectorAll('#entries .row').length < 10);
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await fieldOf(page, BODY).waitFor();
    assert.match(page.url(), /#\/entry\/account-close$/);
    await page.keyboard.press('Escape');
    await page.keyboard.press('1');
    await page.locator('#entries .row').first().waitFor();
    await page.fill('input[type=search]', '');
    await page.selectOption('select[name=category]', 'refund');
    await page.waitForFunction(() => [...document.querySelectorAll('#entries .row .hint')].every((row) => row.textContent.startsWith('退款')));
    await page.click('[data-state=samples]');
    await page.waitForFunction(() => document.querySelector('[data-state=samples]')?.ariaPressed === 'true');
    await page.keyboard.press('?');
    await page.getByRole('heading', { name: '快捷键' }).waitFor();
    await screenshot(page, 'console-keys', false);
    await page.keyboard.press('Escape');
  });

  test('an entry is edited, previewed, and saved into a change set that customers do not see', async () => {
    const page = await house.at('mei', `entry/${ENTRY}`);
    await page.locator('#preview .bubble').waitFor();
    assert.ok(await page.locator('#preview mark.sample').count() > 0, 'made-up values are red');
    await addPhrasing(page, '退款该点哪一个按键');
    await fieldOf(page, BODY).fill('请这样**申请**：\n\n1. 打开{{nav_refund}}。');
    await page.locator('#preview .bubble strong', { hasText: '申请' }).waitFor();
    await page.locator('#unsaved .chip').nth(1).waitFor();
    await looksWell(page, 'console-entry');
    await page.reload();
    await page.locator('#restored').waitFor();
    assert.ok((await linesOf(page, SIMILAR)).includes('退款该点哪一个按键'), 'a reload loses nothing');
    await save(page);
    await page.locator('#to-changes', { hasText: '1 处待发布' }).waitFor();
    const asked = await (await fetch(`${house.url}api/v1/entries/${ENTRY}?language=zh-CN`)).json();
    assert.ok(!JSON.stringify(asked).includes('请这样'), 'what is live stays');
    await page.reload();
    await ready(page);
    assert.match(await fieldOf(page, BODY).inputValue(), /^请这样/);
    assert.equal(await page.locator('#restored').count(), 0);
  });

  test('a phrasing of another entry is red while it is typed, and saving by keyboard works', async () => {
    const page = await house.at('mei', `entry/${ENTRY}`);
    await addPhrasing(page, '怎么注销账户');
    await page.locator('.warnings .bad', { hasText: '已经是另一条的问法' }).waitFor();
    await screenshot(page, 'console-warning', false);
    await fieldOf(page, SIMILAR).press('Control+z');
    await addPhrasing(page, '哪里可以提交退款的单子');
    await page.keyboard.press('Control+s');
    await saved(page);
  });

  test('validity, channel and audience decide what the preview shows', async () => {
    const page = await house.at('mei', `entry/${ENTRY}`);
    await page.locator('#preview .bubble').waitFor();
    await fieldOf(page, 'valid.from').fill('2030-01-01T00:00');
    await page.locator('#preview .notice', { hasText: '还没到生效时间' }).waitFor();
    await page.locator('#preview input[type=datetime-local]').fill('2031-01-01T00:00');
    await page.waitForFunction(() => !document.querySelector('#preview .notice'));
    await page.getByRole('checkbox', { name: '商户' }).check();
    await page.locator('#preview .notice', { hasText: '不给这类客户' }).waitFor();
    await page.locator('[data-tab=en]').click();
    await page.locator('#preview .bubble[lang=en]').waitFor();
  });

  test('a variable is put in by keyboard, and a new entry is written from nothing', async () => {
    const page = await house.at('mei');
    await page.click('#new-entry');
    await dialog(page).locator('[name=question]').fill('数字人民币可以付款吗？');
    await dialog(page).locator('[name=id]').fill(ENTRY);
    await submit(page);
    await dialog(page).getByText('这个编号已经有了').waitFor();
    await dialog(page).locator('[name=id]').fill('payment-ecny');
    await submit(page);
    await fieldOf(page, BODY).waitFor();
    assert.equal(await fieldOf(page, 'texts.zh-CN.question').inputValue(), '数字人民币可以付款吗？');
    await page.click('#save');
    await page.locator('#faults .failure, .toast').first().waitFor();
    await fieldOf(page, BODY).fill('可以，客服电话 ');
    await fieldOf(page, BODY).press('Control+End');
    await page.focus('#pick-variable');
    await page.keyboard.press('Enter');
    await dialog(page).locator('.picker button').first().waitFor();
    await page.keyboard.type('support_phone');
    await page.keyboard.press('Enter');
    assert.match(await fieldOf(page, BODY).inputValue(), /\{\{support_phone\}\}/);
    await save(page);
    await go(page, 'entries');
    await page.click('[data-state=new]');
    await page.locator('#entries .row', { hasText: '数字人民币' }).waitFor();
    await go(page, 'entry/payment-ecny');
    await page.click('#remove');
    await submit(page);
    await page.locator('#entries').waitFor();
  });

  test('two editors change one entry: both versions are shown, and no text is lost', async () => {
    const mei = await house.staff('mei');
    await edit(mei, ENTRY, (entry) => { entry.owner = 'first'; });
    const [{ id: set }] = (await mei.call('GET', 'editor/sets')).data;
    const page = await house.at('mei', `entry/${ENTRY}`);
    await fieldOf(page, BODY).fill('我写的答案。');
    await addPhrasing(page, '我加的问法甲');
    await edit(mei, ENTRY, (entry) => {
      entry.texts['zh-CN'].body = '同事写的答案。';
      entry.texts['zh-CN'].similar.push('同事加的问法乙');
      entry.owner = 'second';
    }, set);
    await page.click('#save');
    await dialog(page).getByText('您和同事改了同一条').waitFor();
    await looksWell(page, 'console-conflict');
    await dialog(page).locator('.merge', { hasText: '同事写的答案' }).waitFor();
    const merged = dialog(page).locator(`[data-merge="${BODY}"]`);
    assert.equal(await merged.inputValue(), '我写的答案。');
    await merged.fill('我们一起写的答案。');
    await page.click('#take-merged');
    await saved(page);
    await page.reload();
    await ready(page);
    const lines = await linesOf(page, SIMILAR);
    assert.ok(lines.includes('我加的问法甲') && lines.includes('同事加的问法乙'), 'both phrasings stand');
    assert.equal(await fieldOf(page, BODY).inputValue(), '我们一起写的答案。');
    assert.equal(await fieldOf(page, 'owner').inputValue(), 'second', 'what one alone has changed stands');

    // By keyboard, the other way out: theirs.
    await fieldOf(page, BODY).fill('又是我写的。');
    await edit(mei, ENTRY, (entry) => { entry.texts['zh-CN'].body = '又是同事写的。'; }, set);
    await page.keyboard.press('Control+s');
    await dialog(page).locator('#take-theirs').waitFor();
    await page.focus('#take-theirs');
    await page.keyboard.press('Enter');
    await page.waitForFunction((key) => document.querySelector(`[data-field="${key}"]`)?.value === '又是同事写的。', BODY);
  });

  test('buttons, related entries and languages are set by those who know no file', async () => {
    const page = await house.at('mei', `entry/${ENTRY}`);
    await page.click('#add-action');
    const row = page.locator('.actions li').last();
    await row.locator('input').first().fill('打电话');
    await row.locator('select').selectOption('phone');
    await row.locator('input').last().fill('{{support_phone}}');
    await page.locator('input[list=all-entries]').fill('account-close');
    await page.locator('input[list=all-entries]').press('Enter');
    await page.locator('.chosen li', { hasText: '注销' }).waitFor();
    await page.click('#add-language');
    await dialog(page).locator('[name=language]').selectOption('ja');
    await submit(page);
    await fieldOf(page, 'texts.ja.question').fill('返金の申請方法は？');
    await fieldOf(page, 'texts.ja.body').fill('アプリで申請してください。');
    await save(page);
    const { entry } = await (await house.staff('mei')).call('GET', `editor/entries/${ENTRY}`);
    assert.deepEqual(entry.actions.at(-1), { label: '打电话', phone: '{{support_phone}}' });
    assert.ok(entry.related.includes('account-close'));
    assert.equal(entry.texts.ja.question, '返金の申請方法は？');
  });

  test('on a telephone and in the dark, in English too', async () => {
    const page = await house.at('mei', `entry/${ENTRY}`, { ...TELEPHONE, ...DARK });
    await page.locator('#preview .bubble').waitFor();
    await looksWell(page, 'console-entry-telephone');
    await page.click('[data-language=en]');
    await page.getByText('Similar questions').first().waitFor();
    await go(page, 'entries');
    await looksWell(page, 'console-entries-telephone');
  });

  test('what somebody wrote runs nowhere', async () => {
    const evil = '<img src=x onerror="document.title=\'ran\'"><script>alert(1)</script>';
    const mei = await house.staff('mei');
    await edit(mei, ENTRY, (entry) => {
      Object.assign(entry.texts['zh-CN'], { question: `${evil}问`, body: `${evil}\n\n[点](javascript:alert(1))` });
      entry.texts['zh-CN'].similar.push(evil);
      entry.owner = evil;
    });
    const page = await house.at('mei', `entry/${ENTRY}`, WIDE);
    await page.locator('#preview .bubble').waitFor();
    assert.equal(await page.locator('#view img, #view script, #view a[href^=javascript]').count(), 0);
    await go(page, 'entries');
    await page.locator('#entries .row', { hasText: 'onerror' }).waitFor();
    await go(page, 'changes');
    await page.locator('.diff ins', { hasText: 'onerror' }).first().waitFor();
    assert.equal(await page.locator('#view img, #view script').count(), 0);
    assert.doesNotMatch(await page.title(), /^ran/);
  });
});
