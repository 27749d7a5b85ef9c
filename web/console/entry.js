// An entry, edited: its fields, what is unsaved and survives a reload, saving on the state that was read, and what is done where
// somebody else was faster.

import { byId, el } from '../shared/dom.js';
import { Refused } from '../shared/staff.js';
import { resolveConflict } from './conflict.js';
import { categories, categoryTitle, liveEntries } from './content.js';
import { differing, documentOf, fieldsOf } from './document.js';
import { begunAs } from './entries.js';
import { form } from './fields.js';
import { makePhrasings } from './misses.js';
import { startPreview } from './preview.js';
import { go, route, show } from './router.js';
import { post, readEntry, removeEntry, why, writeEntry } from './service.js';
import { edited, may, state } from './store.js';
import { action, ask, attempt, chip, head, later, toast } from './ui.js';
import { spoken, t } from './words.js';

/** @typedef {import('./types.js').Fields} Fields */

const KEY = 'yingda.console.entry.';
const SOON_MS = 150;

/**
 * What is open: the entry as it was read, its state, and its fields as they stand in the form; where it is new, what it begins with.
 *
 * @typedef {{ id: string, etag: string, base: Fields, fields: Fields, isNew: boolean, begun?: import('./entries.js').Begun | null }} Open
 */

const soon = later(SOON_MS);

/** Where the screen says what is not saved. */
let unsaved = el('p');

export function startEntry() {
  route('entry', ([id]) => screen(id), 'entries');
  addEventListener('beforeunload', (event) => { if (unsaved.isConnected && unsaved.childNodes.length) event.preventDefault(); });
}

/** @param {string} id @returns {Promise<Open>} */
async function read(id) {
  try {
    const { answer, etag } = await readEntry(id, state.set);
    const fields = fieldsOf(answer.entry);
    return { id, etag, base: fields, fields: { ...fields }, isNew: false };
  } catch (refused) {
    if (!(refused instanceof Refused) || refused.status !== 404) throw refused;
    return newEntry(id);
  }
}

/** @param {string} id @returns {Promise<Open>} */
async function newEntry(id) {
  const begun = begunAs(id);
  const removed = begun ? undefined : (await liveEntries()).get(id);
  const category = begun?.category ?? removed?.category ?? (await categories())[0]?.id ?? '';
  const base = fieldsOf(removed ?? { id, category, texts: { 'zh-CN': { question: '', body: '' } } });
  const fields = { ...base };
  if (begun) {
    fields[`texts.${begun.language}.question`] = begun.question;
    fields[`texts.${begun.language}.similar`] = begun.similar.join('\n');
  }
  return { id, etag: '', base, fields, isNew: true, begun };
}

/** @param {string} id */
async function screen(id) {
  const [open, all] = await Promise.all([read(id), categories()]);
  const kept = keptOf(id);
  const isRestored = Boolean(kept && differing(kept.fields, open.fields).length);
  // What was begun on an earlier state is saved on that state: whoever has changed it meanwhile is heard.
  if (kept && isRestored) Object.assign(open, kept);
  // What it begins with came from another screen: a reload would lose it.
  else if (open.begun) keep(open);
  const mayEdit = may('content.edit');
  const preview = startPreview(() => documentOf(id, open.fields));
  const edit = (/** @type {string} */ key, /** @type {string} */ value) => {
    open.fields[key] = value;
    soon(() => {
      keep(open);
      showUnsaved(open);
      preview.refresh();
    });
  };
  const title = open.fields['texts.zh-CN.question'] || id;
  const actions = mayEdit ? [
    action(t.discard, () => discard(open), { id: 'discard' }),
    !open.isNew && action(t.removeEntry, () => askToRemove(open), { id: 'remove' }),
    saveButton(open),
  ] : [];
  unsaved = el('p.notice', { id: 'unsaved', role: 'status' });
  showUnsaved(open);
  return [
    head(title, { about: el('span', el('code', id), ` · ${categoryTitle(open.fields.category, all)}`), actions }),
    unsaved,
    isRestored && el('p.notice', { id: 'restored' }, t.restored),
    open.isNew && el('p.notice', t.isNewEntry),
    el('div.editor',
      await form(open, edit, { mayEdit, all, onLanguage: preview.speak }),
      el('aside.preview', { 'aria-label': t.preview }, preview.element)),
  ];
}

/** @param {Open} open */
function saveButton(open) {
  const save = action(t.save, () => saveEntry(open), { kind: 'primary', id: 'save', title: 'Ctrl+S' });
  save.dataset.key = 'save';
  return save;
}

/** @param {Open} open */
async function saveEntry(open) {
  const entry = documentOf(open.id, open.fields);
  byId('faults')?.replaceChildren();
  try {
    const { answer, etag } = await writeEntry(entry, open.etag, state.set);
    await saved(open, answer, etag);
  } catch (refused) {
    if (!(refused instanceof Refused)) throw refused;
    if (refused.status === 412) await meetOther(open);
    else showFaults(refused);
  }
}

/** @param {Open} open @param {{ set: string | null, entry: import('./types.js').EntryDocument }} answer @param {string} etag */
async function saved(open, { set, entry }, etag) {
  forgetKept(open.id);
  const fields = fieldsOf(entry);
  const { begun } = open;
  Object.assign(open, { etag, base: fields, fields: { ...fields }, isNew: false, begun: null });
  showUnsaved(open);
  if (begun) await attempt(() => settle(begun, entry, set));
  await edited(set);
  toast(t.saved);
  const at = document.activeElement?.id;
  await show({ isNew: false });
  if (at) byId(at)?.focus({ preventScroll: true });
}

/**
 * What a new entry was begun for is done with. A missed question that its editor took out of it again is not.
 *
 * @param {import('./entries.js').Begun} begun
 * @param {import('./types.js').EntryDocument} entry
 * @param {string | null} set
 */
async function settle({ language, missed, proposal }, { id, texts }, set) {
  const { question = '', similar = [] } = texts[language] ?? {};
  const learned = missed.filter(({ text }) => [question, ...similar].includes(text));
  if (learned.length) await makePhrasings(id, set, learned);
  if (proposal) await post(`proposals/${proposal}/settle`);
}

/** @param {Refused} refused */
function showFaults(refused) {
  const errors = /** @type {{ field: string, message: string }[]} */ (refused.problem?.errors ?? []);
  if (!errors.length) return toast(why(refused), 'wrong');
  const items = errors.map(({ field: name, message }) => el('li', `${t.fieldName(name)}: ${spoken(message)}`));
  byId('faults').replaceChildren(el('div.failure', el('p', t.cannotBeSaved), el('ul', items)));
  return byId('faults').focus();
}

/** Somebody else has changed it meanwhile: both versions stand side by side, and nothing is lost. @param {Open} open */
async function meetOther(open) {
  const there = await read(open.id);
  await resolveConflict({
    base: open.base, mine: open.fields, theirs: there.fields, etag: there.etag, isGone: there.isNew,
    save: async (fields) => {
      const { answer, etag } = await writeEntry(documentOf(open.id, fields), there.etag, state.set);
      await saved(open, answer, etag);
    },
    leave: () => {
      forgetKept(open.id);
      return show({ isNew: false });
    },
  });
}

/** @param {Open} open */
function discard(open) {
  if (!differing(open.base, open.fields).length) return show({ isNew: false });
  return ask({
    title: t.discard, action: t.discard, isCareful: true, fields: [el('p', t.discardSure)],
    act: async () => {
      forgetKept(open.id);
      if (open.isNew) go('entries');
      else await show({ isNew: false });
    },
  });
}

/** @param {Open} open */
function askToRemove(open) {
  ask({
    title: t.removeEntry, action: t.removeEntry, isCareful: true, fields: [el('p', t.removeSure)],
    act: async () => {
      await removeEntry(open.id, open.etag, state.set);
      forgetKept(open.id);
      await edited(state.set);
      toast(t.removed);
      go('entries');
    },
  });
}

// ---- What is unsaved, kept by entry until it is saved or dropped ----

/** @param {Open} open */
function showUnsaved(open) {
  const keys = differing(open.base, open.fields);
  unsaved.replaceChildren(...(keys.length ? [t.unsaved, ' ', ...keys.map((key) => chip(t.fieldName(key), 'care'))] : []));
}

/** @param {Open} open */
function keep(open) {
  try {
    const isSame = !open.isNew && !differing(open.base, open.fields).length;
    if (isSame) sessionStorage.removeItem(KEY + open.id);
    else sessionStorage.setItem(KEY + open.id, JSON.stringify(open));
  } catch { /* it holds until the page is left */ }
}

/** @param {string} id @returns {Open | null} */
function keptOf(id) {
  try {
    return JSON.parse(sessionStorage.getItem(KEY + id) ?? 'null');
  } catch {
    return null;
  }
}

/** @param {string} id */
function forgetKept(id) {
  // What was typed a moment ago is not to be kept after this.
  soon(() => {});
  try {
    sessionStorage.removeItem(KEY + id);
  } catch { /* nothing was kept */ }
}

