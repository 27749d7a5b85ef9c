// Shortcuts of one key, and the sheet that lists them. They can be switched off, and rest while one writes.

import { byId, el } from '../shared/dom.js';
import { isKept, keep } from '../shared/kept.js';
import { go } from './router.js';
import { isAsking, tell, tick } from './ui.js';
import { t } from './words.js';

const KEY = 'yingda.console.keys';

/** Screens by the figure that opens them, in the order of the navigation. */
export const PLACES = ['entries', 'bench', 'changes', 'learning', 'content', 'switches', 'history', 'comparing', 'transfer'];

let isOn = isKept(KEY, true);

export function startKeys() {
  byId('help').addEventListener('click', showSheet);
  addEventListener('keydown', onKey);
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (byId('shell').hidden || isAsking() || event.isComposing || event.altKey) return;
  if (event.ctrlKey || event.metaKey) {
    if (event.key === 's') press(event, '[data-key="save"]');
    return;
  }
  const target = /** @type {HTMLElement} */ (event.target);
  const isIn = target.closest('textarea, select, input:not([type=checkbox], [type=radio])');
  if (event.key === 'Escape' && isIn) {
    byId('title')?.focus();
    return;
  }
  if (!isOn || isIn) return;
  const place = PLACES[Number(event.key) - 1];
  if (place && !byId('nav').querySelector(`[data-place=${place}]`)?.hidden) go(place);
  else if (event.key === '?') showSheet();
  else if (event.key === '/') focusSearch(event);
  else if (event.key === 'j' || event.key === 'k') step(event, event.key === 'j' ? 1 : -1);
  else press(event, `[data-key="${CSS.escape(event.key)}"]`);
}

/** Presses the button that has a key: that of the row where one is, else the screen's. @param {Event} event @param {string} which */
function press(event, which) {
  const row = document.activeElement?.closest('[data-row]');
  const button = row?.querySelector(which) ?? byId('view').querySelector(which);
  if (!button) return;
  event.preventDefault();
  button.click();
}

/** @param {Event} event */
function focusSearch(event) {
  const search = byId('view').querySelector('input[type=search]');
  if (!search) return;
  event.preventDefault();
  search.focus();
  search.select();
}

/** Moves to the next row of the screen's list. @param {Event} event @param {number} by */
function step(event, by) {
  const rows = /** @type {HTMLElement[]} */ ([...byId('view').querySelectorAll('[data-row]')]);
  if (!rows.length) return;
  event.preventDefault();
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const row = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))];
  const focusable = row.matches('a, button, [tabindex]') ? row : /** @type {HTMLElement | null} */ (row.querySelector('a, button'));
  focusable?.focus();
  row.scrollIntoView({ block: 'nearest' });
}

function showSheet() {
  const keys = /** @type {[string, string][]} */ (Object.entries(t.keyNames));
  tell({
    title: t.help,
    content: [
      el('dl.keys', keys.map(([key, name]) => el('div', el('dt', el('kbd', key)), el('dd', name)))),
      tick(t.singleKeys, isOn, setKeys),
    ],
  });
}

/** @param {boolean} isChosen */
function setKeys(isChosen) {
  isOn = keep(KEY, isChosen);
  return isOn;
}
