// What changes, as a person reads it: of an entry field by field, of any other file the lines that differ.

import { el } from '../shared/dom.js';
import { differing, fieldsOf, isList, linesOf } from './document.js';
import { lineDifference, textDifference } from './difference.js';
import { to } from './router.js';
import { chip, link } from './ui.js';
import { faultTitle, t } from './words.js';

/** @typedef {import('./types.js').Change} Change */
/** @typedef {import('./types.js').EntryDocument} EntryDocument */

/** @type {Record<string, string>} */
const KINDS = { added: 'good', removed: 'bad', changed: 'info' };

/** Lines around a change that are shown with it. */
const N_AROUND = 2;

/** The id of the entry that a change is of, in whatever language. @param {Change | import('./types.js').Conflict} change */
export function entryOf({ subject: { kind, id } }) {
  return kind === 'entry' ? id : kind === 'translation' ? id.replace(/\.[^.]+$/, '') : null;
}

/**
 * Changes grouped as people think of them: an entry with all its languages is one.
 *
 * @param {Change[]} changes
 * @returns {{ key: string, entry: string | null, changes: Change[] }[]}
 */
export function grouped(changes) {
  /** @type {Map<string, { key: string, entry: string | null, changes: Change[] }>} */
  const groups = new Map();
  for (const change of changes) {
    const entry = entryOf(change);
    const key = entry ?? change.path;
    const group = groups.get(key) ?? { key, entry, changes: [] };
    group.changes.push(change);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** What happened to an entry with all its languages. @param {Change[]} changes */
export function kindOf(changes) {
  const main = changes.find(({ subject }) => subject.kind === 'entry');
  return main?.kind ?? 'changed';
}

/**
 * @param {{ title: Node | string, kind: string, about?: string, content: (import('./types.js').Part)[], isOpen?: boolean, actions?: Node[], key: string }} about
 */
export const folded = ({ title, kind, about = '', content, isOpen = false, actions = [], key }) => el(
  'details.diff', { 'data-change': key, ...(isOpen && { open: '' }) },
  el('summary', { 'data-row': '', tabindex: '0' }, title, chip(t.changeKinds[kind], KINDS[kind]), about ? el('span.hint', ` ${about}`) : null),
  ...content, actions.length ? el('div.line', actions) : null,
);

/** @param {EntryDocument | undefined} before @param {EntryDocument | undefined} after */
export function entryDifference(before, after) {
  const [was, is] = [before, after].map((entry) => (entry ? fieldsOf(entry) : {}));
  const keys = differing(was, is);
  if (!keys.length) return el('p.nothing', t.onlySpelling);
  return el('dl', keys.map((key) => el('div', el('dt', t.fieldName(key)), el('dd', (isList(key) ? items : pieces)(was[key] ?? '', is[key] ?? '')))));
}

/** Of a list, what has come and what has gone. @param {string} before @param {string} after */
export function items(before, after) {
  const [old, now] = [before, after].map(linesOf);
  const added = now.filter((line) => !old.includes(line)).map((line) => el('div', el('ins', `+ ${line}`)));
  const gone = old.filter((line) => !now.includes(line)).map((line) => el('div', el('del', `− ${line}`)));
  const n = now.length - added.length;
  return [...gone, ...added, ...(added.length || gone.length ? [] : [el('div', t.otherOrder)]), ...(n ? [el('div.hint', t.nSame(n))] : [])];
}

/** A text with what was added and taken out of it. @param {string} before @param {string} after */
export const pieces = (before, after) => textDifference(before, after).map(({ kind, text }) =>
  (kind === 'same' ? el('span', text) : el(kind === 'added' ? 'ins' : 'del', text)));

/** The lines of two texts that differ, with some around them. @param {string} before @param {string} after */
export function textLines(before, after) {
  const all = lineDifference(before, after);
  const isNear = (/** @type {number} */ at) => all.slice(Math.max(0, at - N_AROUND), at + N_AROUND + 1).some(({ kind }) => kind !== 'same');
  const shown = all.map((piece, at) => (isNear(at) ? line(piece.kind, piece.text) : null));
  return el('div.lines', { tabindex: '0', role: 'region', 'aria-label': t.lines }, shown.map((each, at) => each ?? (shown[at - 1] ? el('div.hint', '⋯') : null)));
}

/** @param {string} kind @param {string} text */
const line = (kind, text) => el(`div.${kind}`, { added: '+ ', removed: '− ' }[kind] ?? '  ', text);

/** Lines as the API tells them; those that differ by nothing but quotation marks are left out. @param {Change} change */
export function toldLines({ lines }) {
  if (!lines) return el('p.hint', t.noLines);
  const bare = (/** @type {string} */ text) => text.replace(/["']/g, '').trim();
  const texts = (/** @type {string} */ kind) => new Set(lines.lines.flatMap((each) => (each.kind === kind ? [bare(each.text)] : [])));
  const both = { added: texts('removed'), removed: texts('added') };
  const shown = lines.lines.filter(({ kind, text }) => !both[kind].has(bare(text)));
  return el('div.lines', { tabindex: '0', role: 'region', 'aria-label': t.lines },
    shown.length ? shown.map(({ kind, text }) => line(kind, text)) : el('p.hint', t.onlySpelling), lines.n_more ? el('p.hint', t.nMore(lines.n_more)) : null);
}

/** What a change is of, in words. @param {Change} change */
export const subjectTitle = ({ subject, path }) => `${t.subjects[subject.kind] ?? subject.kind} · ${subject.kind === 'other' ? path : subject.id}`;

/** @param {string} id @param {string} title */
export const entryLink = (id, title) => link(to('entry', id), title);

/** Faults with their places. @param {import('./types.js').Diagnostic[]} data */
export const diagnostics = (data) => el('ul.faults', data.map((fault) => el('li',
  chip(t.severities[fault.severity], fault.severity === 'error' ? 'bad' : 'care'), ' ', el('strong', faultTitle(fault)), ' ', el('code', `${fault.file}:${fault.line}`),
  el('pre', fault.excerpt), el('p.hint', fault.message, fault.hint ? ` (${fault.hint})` : ''))));
