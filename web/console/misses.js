// Questions that customers asked and the bot missed, in groups with a proposal: an editor goes through them with four keys.

import { byId, el, percent } from '../shared/dom.js';
import { entryChoices } from './content.js';
import { openNewEntry } from './entries.js';
import { to } from './router.js';
import { get, post } from './service.js';
import { edited, may, state } from './store.js';
import { action, chip, field, input, link, nothing, showDialog, toast } from './ui.js';
import { moment, t } from './words.js';

/** @typedef {import('./types.js').MissGroup} MissGroup */
/** @typedef {import('./types.js').Misses} Misses */
/** @typedef {{ id: string, title: string }} Choice */

const PAGE = 50;

/** What is found at first, before an editor types which entry is meant. */
const MOST_CHOICES = 30;

export async function missed() {
  const [page, entries] = await Promise.all([read(null), entryChoices()]);
  const list = el('div.cards', { id: 'misses' });
  const more = el('p');
  const add = (/** @type {Misses} */ { data, next_cursor: cursor }) => {
    list.append(...data.map((group) => card(group, entries)));
    more.replaceChildren(...(cursor ? [action(t.more, async () => add(await read(cursor)))] : []));
  };
  add(page);
  if (!page.data.length) return [nothing(t.noMisses)];
  return [el('p.hint', t.missesAbout(page.n_questions, page.n_groups)), list, more];
}

/** @param {string | null} cursor @returns {Promise<Misses>} */
const read = (cursor) => get('misses', { limit: PAGE, cursor });

/** @param {MissGroup} group @param {Choice[]} entries */
function card(group, entries) {
  const { questions, n, kinds, proposal, is_conflict: isConflict } = group;
  const boxes = questions.map(({ text }) => {
    const box = /** @type {HTMLInputElement} */ (el('input', { type: 'checkbox', value: text }));
    box.checked = true;
    return box;
  });
  const chosen = () => questions.filter((_, at) => boxes[at].checked);
  const element = el('article.miss', { 'data-row': '', tabindex: '0', 'data-group': group.id, 'aria-label': questions[0].text });
  const asked = questions.map(({ text, language, n: times, last_at: at }, place) => el('li',
    el('label.tick', boxes[place], el('span', { lang: language }, text)), el('span.hint', t.askedTimes(times, moment(at)))));
  element.append(
    el('div.chips', chip(t.nAsked(n), 'info'), Object.entries(kinds).flatMap(([kind, count]) => (count ? [chip(t.missKinds[kind](count))] : [])),
      isConflict && chip(t.isConflict, 'bad')),
    el('ul.asked', asked),
    el('p.proposal', proposal ? [t.proposed, ' ', link(to('entry', proposal.entry), proposal.question), ` ${percent(proposal.confidence)}`] : t.noProposal),
  );
  if (may('content.edit')) element.append(buttons(element, group, chosen, entries));
  return element;
}

/**
 * @param {HTMLElement} element
 * @param {MissGroup} group
 * @param {() => MissGroup['questions']} chosen
 * @param {Choice[]} entries
 */
function buttons(element, { proposal, questions }, chosen, entries) {
  const attachTo = (/** @type {string} */ entry) => attach(element, entry, chosen());
  const all = [
    proposal && keyed(action(t.attach, () => attachTo(proposal.entry), { kind: 'primary' }), 'a', 'A'),
    keyed(action(t.attachOther, () => chooseEntry(entries, questions[0].text, attachTo)), 'e', 'E'),
    keyed(action(t.newEntry, async () => {
      const texts = chosen().map(({ text }) => text);
      await openNewEntry({ question: texts[0], similar: texts.slice(1) });
    }), 'n', 'N'),
    keyed(action(t.dismiss, async () => {
      for (const [language, texts] of byLanguage(chosen())) await post('misses/dismiss', { texts, language });
      done(element, t.dismissed);
    }), 'x', 'X'),
  ];
  return el('div.line', all);
}

/** @param {HTMLButtonElement} button @param {string} key @param {string} shown */
function keyed(button, key, shown) {
  button.dataset.key = key;
  button.append(' ', el('kbd', { 'aria-hidden': 'true' }, shown));
  return button;
}

/** @param {HTMLElement} element @param {string} entry @param {MissGroup['questions']} questions */
async function attach(element, entry, questions) {
  const skipped = [];
  for (const [language, texts] of byLanguage(questions)) {
    const came = await post('misses/attach', { set: state.set ?? undefined, texts, entry, language, label: true });
    skipped.push(...came.skipped);
    await edited(came.set);
  }
  if (skipped.length) toast(skipped.map(({ text, why }) => `${text}: ${why}`).join('\n'), 'wrong');
  done(element, t.attached(questions.length - skipped.length));
}

/** @param {MissGroup['questions']} questions */
function byLanguage(questions) {
  /** @type {Map<string, string[]>} */
  const texts = new Map();
  for (const { language, text } of questions) texts.set(language, [...(texts.get(language) ?? []), text]);
  return texts;
}

/** Takes a group away, and goes on to the next. @param {HTMLElement} element @param {string} said */
function done(element, said) {
  const next = /** @type {HTMLElement | null} */ (element.nextElementSibling ?? element.previousElementSibling);
  const list = element.parentElement;
  const hadFocus = element.contains(document.activeElement) || document.activeElement === document.body;
  element.remove();
  toast(said);
  if (!next) list?.append(nothing(t.noMisses));
  if (hadFocus) (next ?? byId('title')).focus();
}

/** @param {Choice[]} entries @param {string} about @param {(entry: string) => unknown} act */
function chooseEntry(entries, about, act) {
  const search = input('', { type: 'search', 'aria-label': t.searchEntries });
  const list = el('ul.picker');
  const show = () => {
    const words = search.value.trim().toLowerCase().split(/\s+/);
    const found = entries.filter(({ id, title }) => words.every((/** @type {string} */ word) => `${id} ${title}`.toLowerCase().includes(word)));
    list.replaceChildren(...found.slice(0, MOST_CHOICES).map(({ id, title }) => el('li', el('button', {
      type: 'button', onclick: () => {
        byId('dialog').close();
        act(id);
      },
    }, title, el('code', id)))));
  };
  search.addEventListener('input', show);
  search.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== 'Enter' || event.isComposing) return;
    event.preventDefault();
    list.querySelector('button')?.click();
  });
  show();
  const close = el('button', { type: 'button', onclick: () => byId('dialog').close() }, t.cancel);
  showDialog(el('div', el('h2', { id: 'dialog-title' }, t.attachOther), el('p', about), field(t.search, search, t.enterTakesFirst), list, el('div.line', close)));
}
