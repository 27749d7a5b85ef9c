// Bringing content in from a file: what it is, which of its columns are which, what it would come to; and taking content out.

import { el } from '../shared/dom.js';
import { FIELDS, columnsOf, guessed, isOurs, mappingText } from './mapping.js';
import { go, route } from './router.js';
import { exportAddress, importFile, why } from './service.js';
import { changed, edited, may, state, theSet } from './store.js';
import { action, attempt, busy, choice, field, head, part, table, toast } from './ui.js';
import { spoken, t } from './words.js';

/** @typedef {import('./types.js').ImportReport} ImportReport */

const FORMATS = ['table', 'xlsx', 'csv', 'jsonl', 'folder', 'qnamaker', 'qna', 'qnabot', 'fastgpt', 'dify', 'maxkb', 'dialogflow', 'rasa'];
const EXPORTS = ['xlsx', 'csv', 'jsonl', 'folder'];

const LONGEST_NAME = 200;

export function startTransfer() {
  route('transfer', screen);
}

function screen() {
  const set = theSet()?.difference.changes.length ? state.set : null;
  return [
    head(t.places.transfer, { about: t.transferAbout }),
    may('content.edit') && importing(),
    part(t.export, el('p.hint', t.exportHint), el('div.line', EXPORTS.map((format) => el('a.button', { href: exportAddress(format), download: '' }, t.formats[format]))),
      set && el('p.hint', t.exportDraft), set && el('div.line', EXPORTS.map((format) => el('a.button', { href: exportAddress(format, set), download: '' }, t.formats[format])))),
  ];
}

function importing() {
  const file = /** @type {HTMLInputElement} */ (el('input', { type: 'file', id: 'import-file' }));
  const format = choice('format', FORMATS.map((id) => ({ id, title: t.formats[id] })), 'table');
  const into = choice('into', [{ id: '', title: t.newSetForIt }, ...state.sets.map(({ id, title }) => ({ id, title }))], state.set ?? '');
  const mapping = el('div', { id: 'mapping' });
  const shown = el('div', { id: 'import-report', 'aria-live': 'polite', tabindex: '-1' });
  /** @type {Record<string, string>} What each heading of the file stands for. */
  let map = {};
  const look = (/** @type {boolean} */ isNew) => attempt(async () => {
    shown.replaceChildren();
    mapping.replaceChildren();
    map = {};
    const [chosen] = file.files ?? [];
    if (!chosen || format.value !== 'table') return;
    const columns = await columnsOf(chosen).catch(() => []);
    const headings = columns.map(({ heading }) => heading);
    if (isNew && isOurs(headings)) format.value = /\.xlsx$/i.test(chosen.name) ? 'xlsx' : 'csv';
    if (!headings.length || format.value !== 'table') return;
    map = guessed(headings);
    mapping.replaceChildren(wizard(columns, map));
  });
  const run = async (/** @type {boolean} */ isDry) => {
    const [chosen] = file.files ?? [];
    if (!chosen) {
      file.focus();
      shown.replaceChildren(el('p.notice', t.fileFirst));
      return;
    }
    shown.replaceChildren(busy());
    const wish = { format: format.value, map: mappingText(map), name: chosen.name.slice(0, LONGEST_NAME), set: into.value, dry_run: isDry };
    await attempt(async () => {
      const report = await importFile(wish, chosen);
      shown.replaceChildren(...reportOf(report, isDry, () => run(false)));
      if (!isDry && !report.faults.length) await imported(report);
      else shown.focus();
    }, (refused) => shown.replaceChildren(el('p.failure', why(refused))));
  };
  file.addEventListener('change', () => {
    format.value = formatOf(file.files?.[0]?.name ?? '') ?? format.value;
    look(true);
  });
  format.addEventListener('change', () => look(false));
  return part(t.import, el('p.hint', t.importHint),
    el('div.pair', field(t.file, file), field(t.format, format), field(t.into, into)), mapping,
    el('div.line', action(t.dryRun, () => run(true), { kind: 'primary', id: 'dry-run' })), shown);
}

/** @param {ImportReport} report */
async function imported(report) {
  await edited(report.change_set);
  changed('content');
  toast(t.imported);
  go('changes');
}

/** What a file is by its name, where that says it. @param {string} name */
function formatOf(name) {
  const ending = name.toLowerCase().split('.').at(-1) ?? '';
  return /** @type {Record<string, string>} */ ({ tsv: 'qnamaker', qna: 'qna', jsonl: 'jsonl', json: 'qnabot', yml: 'rasa', yaml: 'rasa', csv: 'table', xlsx: 'table' })[ending];
}

/** @param {{ heading: string, samples: string[] }[]} columns @param {Record<string, string>} map */
function wizard(columns, map) {
  const options = [{ id: '', title: t.notTaken }, ...FIELDS.map((id) => ({ id, title: t.mapFields[id] }))];
  const rows = columns.map(({ heading, samples }) => {
    const select = choice('', options, map[heading] ?? '');
    select.setAttribute('aria-label', t.standsFor(heading));
    select.dataset.heading = heading;
    select.addEventListener('change', () => { map[heading] = select.value; });
    return [heading, select, samples.slice(0, 2).join(' / ')];
  });
  return el('div', el('h4', t.mapping), el('p.hint', t.mappingHint), table(t.mapping, [t.heading, t.standsForWhat, t.examples], rows));
}

/** @param {ImportReport} report @param {boolean} isDry @param {() => unknown} go */
function reportOf(report, isDry, go) {
  const { faults, notes = [], entries, phrasings, created, updated, unchanged, removed } = report;
  const list = (/** @type {string} */ title, /** @type {import('./types.js').Fault[]} */ all) => all.length > 0 && el('div', el('h4', title),
    table(title, [t.rowOf, t.columnOf, t.what], all.map(({ row, column, message }) => [String(row), column, spoken(message)])));
  return [
    el(`p.verdict.${faults.length ? 'bad' : 'good'}`, faults.length ? t.importFaults(faults.length) : isDry ? t.importReady : t.imported),
    faults.length ? null : el('p', t.importCounts({ entries, phrasings, created, updated, unchanged, removed })),
    list(t.faults, faults), list(t.leftOut, notes),
    isDry && !faults.length ? el('div.line', action(t.importNow, go, { kind: 'primary', id: 'import-now' })) : null,
  ].filter((node) => node instanceof Node);
}
