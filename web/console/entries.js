// The list of entries: searched, by category, and by what might want an editor's hand.

import { byId, el } from '../shared/dom.js';
import { categories, categoryTitle, entryChoices } from './content.js';
import { get } from './service.js';
import { may, state } from './store.js';
import { go, route, to } from './router.js';
import { action, area, ask, attempt, chip, choice, field, head, input, later, link, nothing } from './ui.js';
import { t } from './words.js';

/** @typedef {import('./types.js').EntryLine} EntryLine */
/** @typedef {import('./types.js').EntryList} EntryList */

const PAGE = 50;
const SOON_MS = 250;

/** Which states stand above the list, in this order; those that nothing is in are left out. */
const STATES = [
  'all', 'new', 'changed', 'removed', 'live', 'expiring', 'expired', 'upcoming', 'review_overdue', 'switched_off', 'few_phrasings', 'samples', 'feature_off',
];

/** @type {Record<string, string>} */
export const KINDS = {
  new: 'good', changed: 'info', removed: 'bad', expiring: 'care', expired: 'bad', upcoming: 'info', review_overdue: 'care',
  switched_off: 'bad', few_phrasings: 'care', samples: 'care', feature_off: 'care',
};

/** What is looked for stays while one goes to an entry and comes back. */
const wanted = { q: '', category: '', state: 'all' };

/** @type {{ lines: EntryLine[], counts: Record<string, number>, cursor: string | null, all: import('./types.js').Category[] }} */
const found = { lines: [], counts: {}, cursor: null, all: [] };

const soon = later(SOON_MS);

/** Where the screen shows what was found. */
let parts = { states: el('div'), list: el('ul'), more: el('p') };

export function startEntries() {
  route('entries', screen);
}

async function screen() {
  [found.all] = await Promise.all([categories(), read()]);
  const search = input('q', { type: 'search', 'aria-label': t.searchEntries, placeholder: t.searchEntriesHint });
  search.value = wanted.q;
  search.addEventListener('input', () => soon(() => look({ q: search.value.trim() })));
  const options = found.all.map(({ id, n }) => ({ id, title: `${categoryTitle(id, found.all)} (${n})` }));
  const category = choice('category', [{ id: '', title: t.allCategories }, ...options], wanted.category);
  category.setAttribute('aria-label', t.category);
  category.addEventListener('change', () => look({ category: category.value }));
  const create = may('content.edit') && action(t.newEntry, createEntry, { kind: 'primary', id: 'new-entry' });
  parts = {
    states: el('div.states', { id: 'states', role: 'group', 'aria-label': t.states }), list: el('ul.rows', { id: 'entries' }), more: el('p'),
  };
  showFound();
  return [head(t.places.entries, { about: t.entriesAbout, actions: [create] }), el('div.search', search, category), ...Object.values(parts)];
}

/** @param {string | null} [cursor] */
async function read(cursor = null) {
  const chosen = wanted.state === 'all' ? null : wanted.state;
  /** @type {EntryList} */
  const page = await get('entries', { set: state.set, q: wanted.q, category: wanted.category, state: chosen, limit: PAGE, cursor });
  found.lines = cursor ? [...found.lines, ...page.data] : page.data;
  found.counts = page.counts;
  found.cursor = page.next_cursor;
}

let nLooks = 0;

/** @param {Partial<typeof wanted>} change */
async function look(change) {
  Object.assign(wanted, change);
  nLooks += 1;
  const mine = nLooks;
  await attempt(async () => {
    await read();
    if (mine === nLooks) showFound();
  });
}

function showFound() {
  const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset.state;
  parts.states.replaceChildren(...STATES.filter((each) => each === 'all' || each === wanted.state || found.counts[each]).map(stateButton));
  if (focused) /** @type {HTMLElement | null} */ (parts.states.querySelector(`[data-state=${focused}]`))?.focus();
  parts.list.replaceChildren(...(found.lines.length ? found.lines.map(row) : [el('li', nothing(t.noEntries))]));
  parts.more.replaceChildren(...(found.cursor ? [action(t.more, readMore)] : []));
}

async function readMore() {
  const n = found.lines.length;
  await read(found.cursor);
  showFound();
  parts.list.children[n]?.querySelector('a')?.focus();
}

/** @param {string} name */
const stateButton = (name) => el('button', {
  type: 'button', 'data-state': name, 'aria-pressed': String(wanted.state === name), onclick: () => look({ state: name }),
}, t.stateNames[name], el('span.n', String(found.counts[name] ?? 0)));

/** @param {EntryLine} line */
function row(line) {
  const about = [
    categoryTitle(line.category, found.all), line.id, t.nPhrasings(line.n_phrasings), line.languages.join(' '), line.owner,
    line.review_by && t.reviewBy(line.review_by),
  ].filter(Boolean).join(' · ');
  const states = [...(line.state === 'live' ? [] : [line.state]), ...line.flags];
  return el('li', { 'data-row': '' }, link(to('entry', line.id), [
    el('span.name', line.question), el('span.chips', states.map((name) => chip(t.stateNames[name] ?? name, KINDS[name]))), el('span.hint', about),
  ], 'row'));
}

// ---- A new entry ----

async function createEntry() {
  const all = await categories();
  openNewEntry({ category: wanted.category || all[0]?.id });
}

/**
 * A question as somebody said it.
 *
 * @typedef {{ language: string, text: string }} Said
 *
 * What a new entry begins with, in one language: its question and more phrasings. It is there because of questions that were `missed`,
 * or of what an agent proposed: when it is saved, they are done with.
 *
 * @typedef {{ id: string, category: string, language: string, question: string, similar: string[], missed: Said[], proposal: string | null }} Begun
 */

/** @type {Begun | null} */
let begun = null;

export const begunAs = (/** @type {string} */ id) => (begun?.id === id ? begun : null);

/** The language of an entry's texts that a phrasing belongs to: there is one Chinese text at least. @param {string} language */
const textOf = (language) => (language.startsWith('zh') ? 'zh-CN' : language);

/** @param {{ category?: string, missed?: Said[], proposal?: string | null }} known */
export async function openNewEntry({ category = '', missed = [], proposal = null }) {
  const language = textOf(missed[0]?.language ?? 'zh-CN');
  const own = missed.filter((said) => textOf(said.language) === language);
  const all = await categories();
  const options = all.map(({ id }) => ({ id, title: categoryTitle(id, all) }));
  const words = area('question', 2, { required: '', maxlength: '200' });
  words.value = own[0]?.text ?? '';
  ask({
    title: t.newEntry, action: t.begin,
    fields: [
      field(t.question, words), field(t.category, choice('category', options, category || options[0]?.id)),
      field(t.entryId, input('id', { required: '', pattern: '[a-z0-9][a-z0-9._\\-]*', maxlength: '100', spellcheck: 'false' }), t.entryIdHint),
    ],
    act: async ({ id, category: into, question: asked }) => {
      if ((await entryChoices()).some((entry) => entry.id === id)) return t.idTaken;
      const question = asked.trim();
      // The standard question is often put better than customers put it: how they did is a phrasing then.
      const similar = own.flatMap(({ text }) => (text === question ? [] : [text]));
      begun = { id, category: into, language, question, similar, missed: own, proposal };
      byId('dialog').close();
      go('entry', id);
      return '';
    },
  });
}
