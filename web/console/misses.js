// Questions that customers asked and the bot missed, in groups with a proposal: an editor goes through them with four keys.

import { byId, el, percent } from '../shared/dom.js';
import { entryChoices } from './content.js';
import { openNewEntry } from './entries.js';
import { to } from './router.js';
import { get, post } from './service.js';
import { edited, may, state } from './store.js';
import { action, attempt, chip, field, input, link, nothing, showDialog, toast } from './ui.js';
import { moment, t } from './words.js';

/** @typedef {import('./types.js').MissGroup} MissGroup */
/** @typedef {import('./types.js').Misses} Misses */
/** @typedef {import('./entries.js').Said} Said */
/** @typedef {{ id: string, title: string }} Choice */

/** Groups that are shown at first, and how many come with each look for more. */
const PAGE = 50;

/** More are not shown at once: they come as those before them are dealt with. */
const MOST_SHOWN = 200;

/** With fewer left, more are looked for: whoever goes through all of them never waits. */
const FEW = 10;

/** What is found at first, before an editor types which entry is meant. */
const MOST_CHOICES = 30;

/**
 * What is worked through. `leave` hears of questions that are done with, and of their group where it is, too.
 *
 * @typedef {{ entries: Choice[], leave: (questions: Said[], group: MissGroup | null) => void }} Queue
 */

export async function missed() {
  const [first, entries] = await Promise.all([read(PAGE), entryChoices()]);
  if (!first.data.length) return [nothing(t.noMisses)];
  const about = el('p.hint');
  const list = el('div.cards', { id: 'misses' });
  const more = el('p');
  const left = { n_questions: 0, n_groups: 0 };
  /** Groups that are done with: an answer that was under way meanwhile may have them still. @type {Set<string>} */
  const gone = new Set();
  const tell = () => {
    const n = list.children.length;
    about.textContent = left.n_groups > 0 ? t.missesAbout(left.n_questions, left.n_groups) : '';
    more.replaceChildren(...(n && left.n_groups > n && n < MOST_SHOWN ? [action(t.more, () => fill(n + PAGE))] : []));
  };
  const add = (/** @type {Misses} */ { data, n_questions, n_groups }) => {
    const known = new Set([...gone, ...[...list.children].map((shown) => /** @type {HTMLElement} */ (shown).dataset.group)]);
    list.append(...data.filter(({ id }) => !known.has(id)).map((group) => card(group, queue)));
    Object.assign(left, { n_questions, n_groups });
    tell();
  };
  // From the beginning each time: what is done with is no longer there, and a place in the list would be a place further on.
  const fill = async (/** @type {number} */ n) => add(await read(Math.min(n, MOST_SHOWN)));
  /** @type {Queue} */
  const queue = {
    entries,
    leave: (questions, group) => {
      left.n_questions -= questions.length;
      if (group) {
        gone.add(group.id);
        left.n_groups -= 1;
      }
      tell();
      const n = list.children.length;
      if (!n && left.n_groups <= 0) list.append(nothing(t.noMisses));
      else if (n < FEW && left.n_groups > n) attempt(() => fill(PAGE));
    },
  };
  add(first);
  return [about, list, more];
}

/** @param {number} limit @returns {Promise<Misses>} */
const read = (limit) => get('misses', { limit });

/** @param {MissGroup} group @param {Queue} queue */
function card(group, queue) {
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
  if (may('content.edit')) element.append(buttons({ element, group, queue }, chosen));
  return element;
}

/**
 * A group, with the card that shows it and the queue that it stands in.
 *
 * @typedef {{ element: HTMLElement, group: MissGroup, queue: Queue }} Shown
 *
 * @param {Shown} shown
 * @param {() => MissGroup['questions']} ticked
 */
function buttons(shown, ticked) {
  const { group: { proposal, questions }, queue } = shown;
  /** @param {(chosen: MissGroup['questions']) => unknown} act */
  const withChosen = (act) => () => {
    const chosen = ticked();
    return chosen.length ? act(chosen) : toast(t.tickQuestions, 'wrong');
  };
  const attachTo = (/** @type {string} */ entry) => withChosen((chosen) => attach(shown, entry, chosen))();
  const all = [
    proposal && keyed(action(t.attach, () => attachTo(proposal.entry), { kind: 'primary' }), 'a', 'A'),
    keyed(action(t.attachOther, () => chooseEntry(queue.entries, questions[0].text, attachTo)), 'e', 'E'),
    keyed(action(t.newEntry, withChosen((chosen) => openNewEntry({ missed: chosen.map(({ language, text }) => ({ language, text })) }))), 'n', 'N'),
    keyed(action(t.dismiss, withChosen(async (chosen) => {
      for (const [language, texts] of byLanguage(chosen)) await post('misses/dismiss', { texts, language });
      done(shown, chosen, t.dismissed);
    })), 'x', 'X'),
  ];
  return el('div.line', all);
}

/** @param {HTMLButtonElement} button @param {string} key @param {string} shown */
function keyed(button, key, shown) {
  button.dataset.key = key;
  button.append(' ', el('kbd', { 'aria-hidden': 'true' }, shown));
  return button;
}

/** @param {Shown} shown @param {string} entry @param {MissGroup['questions']} chosen */
async function attach(shown, entry, chosen) {
  const { skipped, set } = await makePhrasings(entry, state.set, chosen);
  await edited(set);
  if (skipped.length) toast(skipped.map(whySkipped).join(' '), 'wrong');
  done(shown, chosen, t.attached(chosen.length - skipped.length));
}

/** @param {{ text: string, why: string }} skipped */
function whySkipped({ text, why }) {
  const [, owner] = /^is a phrasing of (.+)$/.exec(why) ?? [];
  return owner ? `${t.isAnothers(text)} ${owner}` : t.isItsOwn(text);
}

/**
 * Makes questions phrasings of an entry, and lines of the gate; they are missed no more. What is a phrasing already stays as it is.
 *
 * @param {string} entry
 * @param {string | null} set
 * @param {Said[]} questions
 */
export async function makePhrasings(entry, set, questions) {
  /** @type {{ skipped: { text: string, why: string }[], set: string | null }} */
  const all = { skipped: [], set };
  for (const [language, texts] of byLanguage(questions)) {
    const came = await post('misses/attach', { set: all.set ?? undefined, texts, entry, language, label: true });
    all.skipped.push(...came.skipped);
    all.set = came.set ?? all.set;
  }
  return all;
}

/** @param {Said[]} questions */
function byLanguage(questions) {
  /** @type {Map<string, string[]>} */
  const texts = new Map();
  for (const { language, text } of questions) texts.set(language, [...(texts.get(language) ?? []), text]);
  return texts;
}

/** Takes away what is done with, and goes on to the next; questions that were not ticked stay. @param {Shown} shown @param {MissGroup['questions']} chosen @param {string} said */
function done({ element, group, queue }, chosen, said) {
  const rest = group.questions.filter((question) => !chosen.includes(question));
  const own = rest.length ? card(othersOf(group, rest), queue) : null;
  const next = own ?? /** @type {HTMLElement | null} */ (element.nextElementSibling ?? element.previousElementSibling);
  const hadFocus = element.contains(document.activeElement) || document.activeElement === document.body;
  if (own) element.replaceWith(own);
  else element.remove();
  tellLast(said);
  if (hadFocus) (next ?? byId('title')).focus();
  queue.leave(chosen, own ? null : group);
}

/** Questions that an editor did not mean with the others of their group: what was said of it as a whole is not said of them. @param {MissGroup} group @param {MissGroup['questions']} questions @returns {MissGroup} */
const othersOf = (group, questions) =>
  ({ id: group.id, questions, n: questions.reduce((sum, { n }) => sum + n, 0), kinds: {}, proposal: null, is_conflict: false });

/** Of a hundred groups in a minute, what is said of each would cover the page. @param {string} said */
function tellLast(said) {
  for (const shown of [...byId('toasts').children]) if (shown.textContent === said) shown.remove();
  toast(said);
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
        attempt(() => act(id));
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
