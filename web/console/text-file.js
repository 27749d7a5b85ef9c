// A file of the content as text: with line numbers, what the check says at its lines, and what the file holds beside it. Unsaved
// text survives a reload; a colleague's change is put beside one's own.

import { el } from '../shared/dom.js';
import { Refused } from '../shared/staff.js';
import { resolveConflict } from './conflict.js';
import { go, show, to } from './router.js';
import { get, readFile, removeFile, writeFile } from './service.js';
import { edited, may, state } from './store.js';
import { action, ask, attempt, chip, head, later, link, part, toast } from './ui.js';
import { t } from './words.js';

/** @typedef {import('./types.js').Diagnostic} Diagnostic */
/** @typedef {{ path: string, text: string, base: string, etag: string }} Open */

const KEY = 'yingda.console.file.';
const SOON_MS = 200;

const soon = later(SOON_MS);

/** @param {string} path @param {string | null} set @returns {Promise<Open>} */
export async function openFile(path, set = state.set) {
  try {
    const { answer, etag } = await readFile(path, set);
    return { path, text: answer.text, base: answer.text, etag };
  } catch (refused) {
    if (!(refused instanceof Refused) || refused.status !== 404) throw refused;
    return { path, text: '', base: '', etag: '' };
  }
}

/** @param {string} path @param {string} sort */
export async function fileScreen(path, sort) {
  const open = await openFile(path);
  const kept = keptOf(path);
  const isRestored = Boolean(kept && kept.text !== open.text);
  if (kept && isRestored) Object.assign(open, kept);
  else if (!open.etag) open.text = t.templates[sort] ?? '';
  const area = /** @type {HTMLTextAreaElement} */ (el('textarea', { 'aria-label': path, spellcheck: 'false', wrap: 'off', 'data-file': path }));
  area.value = open.text;
  area.readOnly = !may('content.edit');
  const numbers = el('div.numbers', { 'aria-hidden': 'true' });
  const found = el('div', { id: 'faults', tabindex: '-1' });
  const notice = el('p.notice', { id: 'unsaved', role: 'status' });
  /** @type {Diagnostic[]} */
  let faults = [];
  const refresh = () => {
    showNumbers(numbers, open.text, faults);
    numbers.scrollTop = area.scrollTop;
    notice.textContent = open.text === open.base ? '' : `${t.unsaved} ${path}`;
  };
  area.addEventListener('input', () => {
    open.text = area.value;
    soon(() => {
      keep(open);
      refresh();
    });
  });
  area.addEventListener('scroll', () => { numbers.scrollTop = area.scrollTop; });
  const check = async () => {
    const { data } = /** @type {{ data: Diagnostic[] }} */ (await get('check', { set: state.set }));
    faults = data.filter(({ file }) => file === path);
    found.replaceChildren(...faultList(faults, data.length - faults.length, area));
    refresh();
  };
  const save = async () => {
    const isSaved = await saveFile(open, () => {
      area.value = open.text;
      refresh();
    });
    if (isSaved) await check();
  };
  refresh();
  attempt(check, () => {});
  const saveButton = action(t.save, save, { kind: 'primary', id: 'save', title: 'Ctrl+S' });
  saveButton.dataset.key = 'save';
  return [
    head(t.sorts[sort] ?? path, {
      about: el('code', path),
      actions: [link(to('content'), t.back, 'button'), may('content.edit') && open.etag !== '' && action(t.removeFile, () => askToRemove(open)), may('content.edit') && saveButton],
    }),
    notice, isRestored && el('p.notice', t.restored),
    el('div.writing', el('div', el('div.code', numbers, area), found), el('aside.help-text.card', { 'aria-label': t.whatItHolds }, el('h3', t.whatItHolds), help(sort))),
  ];
}

/** @param {HTMLElement} numbers @param {string} text @param {Diagnostic[]} faults */
function showNumbers(numbers, text, faults) {
  // An error is the last to mark its line: it counts for more than a warning.
  const worst = faults.toSorted((a, b) => Number(a.severity === 'error') - Number(b.severity === 'error'));
  const marks = new Map(worst.map(({ line, severity }) => [line, severity === 'error' ? 'bad' : 'care']));
  const n = text.split('\n').length;
  numbers.replaceChildren(...Array.from({ length: n }, (_, at) => el(/** @type {'div'} */ (`div${marks.has(at + 1) ? `.${marks.get(at + 1)}` : ''}`), String(at + 1))));
}

/** @param {Diagnostic[]} faults @param {number} nElsewhere @param {HTMLTextAreaElement} area */
function faultList(faults, nElsewhere, area) {
  const jump = (/** @type {Diagnostic} */ { line }) => {
    const lines = area.value.split('\n');
    const start = lines.slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0);
    area.focus();
    area.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
    area.scrollTop = Math.max(0, (line - 5) * (area.scrollHeight / lines.length));
  };
  const items = faults.map((fault) => el('li', { 'data-row': '' }, el('button', { type: 'button', onclick: () => jump(fault) },
    chip(t.severities[fault.severity], fault.severity === 'error' ? 'bad' : 'care'), ` ${t.lineOf(fault.line)} `, fault.message,
    fault.hint ? el('p.hint', fault.hint) : null)));
  const elsewhere = nElsewhere ? [el('p.hint', t.faultsElsewhere(nElsewhere), ' ', link(to('changes'), t.places.changes))] : [];
  if (!items.length) return [el('p.verdict.good', t.fileGood), ...elsewhere];
  return [part(t.check, el('ul.faults', items)), ...elsewhere];
}

/** What a file of this sort holds, with an example. @param {string} sort */
function help(sort) {
  const { text = '', example = '' } = t.sortsHelp[sort] ?? {};
  return el('div.help-text', text.split('\n').map((/** @type {string} */ line) => el('p', line)), example && el('pre', { tabindex: '0' }, example));
}

/** Saves a file on the state that was read; says whether that is done. @param {Open} open @param {() => void} refresh */
export async function saveFile(open, refresh) {
  try {
    const { etag } = await writeFile(open.path, open.text, open.etag, state.set);
    Object.assign(open, { etag, base: open.text });
  } catch (refused) {
    if (!(refused instanceof Refused) || refused.status !== 412) throw refused;
    await meetOther(open, refresh);
    return false;
  }
  forgetKept(open.path);
  // The first edit of all has begun a change set; which one, the list says.
  await edited(state.set);
  refresh();
  toast(t.saved);
  return true;
}

/** @param {Open} open @param {() => void} refresh */
async function meetOther(open, refresh) {
  const there = await openFile(open.path);
  await resolveConflict({
    base: { text: open.base }, mine: { text: open.text }, theirs: { text: there.text }, etag: there.etag, isGone: !there.etag,
    save: async ({ text }) => {
      Object.assign(open, { text, etag: there.etag });
      await saveFile(open, refresh);
    },
    leave: () => {
      forgetKept(open.path);
      return show({ isNew: false });
    },
  });
}

/** @param {Open} open */
function askToRemove(open) {
  ask({
    title: t.removeFile, action: t.removeFile, isCareful: true, fields: [el('p', t.removeFileSure(open.path))],
    act: async () => {
      await removeFile(open.path, open.etag, state.set);
      forgetKept(open.path);
      await edited(state.set);
      toast(t.removed);
      go('content');
    },
  });
}

// ---- What is unsaved ----

/** @param {Open} open */
function keep(open) {
  try {
    if (open.text === open.base) sessionStorage.removeItem(KEY + open.path);
    else sessionStorage.setItem(KEY + open.path, JSON.stringify(open));
  } catch { /* it holds until the page is left */ }
}

/** @param {string} path @returns {Open | null} */
function keptOf(path) {
  try {
    return JSON.parse(sessionStorage.getItem(KEY + path) ?? 'null');
  } catch {
    return null;
  }
}

/** @param {string} path */
function forgetKept(path) {
  try {
    sessionStorage.removeItem(KEY + path);
  } catch { /* nothing was kept */ }
}
