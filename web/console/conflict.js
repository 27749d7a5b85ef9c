// Two have changed the same entry: both versions side by side, field by field, and a person decides. No text is lost.

import { byId, el } from '../shared/dom.js';
import { isList, merge } from './document.js';
import { items, pieces } from './diffs.js';
import { Refused } from '../shared/staff.js';
import { why } from './service.js';
import { area, attempt, showDialog } from './ui.js';
import { t } from './words.js';

/** @typedef {import('./types.js').Fields} Fields */

/**
 * @param {{ base: Fields, mine: Fields, theirs: Fields, etag: string, isGone: boolean, save: (fields: Fields) => Promise<void>, leave: () => unknown }} about
 */
export async function resolveConflict({ base, mine, theirs, isGone, save, leave }) {
  const { merged, open } = merge(base, mine, theirs);
  const outcome = el('p.wrong', { role: 'alert' });
  const texts = open.map((key) => side(key, { base, mine, theirs, merged }));
  const send = (/** @type {() => Fields} */ fields) => attempt(async () => {
    await save(fields());
    byId('dialog').close();
  }, (/** @type {Refused} */ refused) => { outcome.textContent = why(refused); });
  const byHand = () => ({ ...merged, ...Object.fromEntries(texts.map(({ key, value }) => [key, value()])) });
  const button = (/** @type {string} */ id, /** @type {string} */ label, /** @type {() => unknown} */ onclick, kind = '') =>
    el(/** @type {'button'} */ (`button${kind}`), { type: 'button', id, onclick }, label);
  showDialog(el(
    'div', el('h2', { id: 'dialog-title' }, t.conflictTitle), el('p', isGone ? t.conflictGone : open.length ? t.conflictWhat : t.conflictNone),
    texts.map(({ element }) => element), outcome,
    el('div.line',
      button('take-theirs', t.takeTheirs, () => { byId('dialog').close(); leave(); }),
      button('take-mine', t.takeMine, () => send(() => mine)),
      button('take-merged', t.takeMerged, () => send(byHand), '.primary')),
  ), true);
  byId('dialog').querySelector('.primary')?.focus();
}

/** @param {string} key @param {{ base: Fields, mine: Fields, theirs: Fields, merged: Fields }} versions */
function side(key, { base, mine, theirs, merged }) {
  const rows = isList(key) ? 6 : 4;
  const result = area('', rows, { 'aria-label': `${t.fieldName(key)}: ${t.result}`, 'data-merge': key });
  result.value = merged[key] ?? '';
  const column = (/** @type {string} */ title, /** @type {string} */ text, /** @type {string} */ name) => el(
    'div.version', el('h4', title), el('div.text', { tabindex: '0', role: 'region', 'aria-label': `${t.fieldName(key)}: ${title}` }, (isList(key) ? items : pieces)(base[key] ?? '', text)),
    el('button', { type: 'button', 'data-take': name, onclick: () => { result.value = text; } }, t.useThis),
  );
  const element = el('fieldset.merge', el('legend', t.fieldName(key)),
    el('div.versions', column(t.mine, mine[key] ?? '', 'mine'), column(t.theirs, theirs[key] ?? '', 'theirs')), el('h4', t.result), result);
  return { key, element, value: () => /** @type {string} */ (result.value) };
}
