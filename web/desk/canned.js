// Canned replies: `/` at the beginning of a reply lists them, letters narrow the list, Enter or Tab takes one.

import { byId, el } from '../shared/dom.js';
import { state } from './store.js';
import { t } from './texts.js';

const MOST_SHOWN = 8;

/** @type {import('./types.js').CannedReply[]} */
let found = [];
let chosen = 0;

/** @type {(text: string) => void} */
let take = () => {};

/** `put(text)` gets what is taken. @param {typeof take} put */
export function startCanned(put) {
  take = put;
}

export const isChoosing = () => !byId('canned').hidden;

/** Offers what fits a text that begins with a slash. @param {string} text */
export function offerCanned(text) {
  const [, sought] = /^[/／、]([^\n]*)$/.exec(text) ?? [];
  if (sought === undefined) return closeCanned();
  const words = sought.trim().toLowerCase();
  const fits = (/** @type {import('./types.js').CannedReply} */ { id, title, text: says }) => id.startsWith(words) || title.toLowerCase().includes(words) || (words && says.toLowerCase().includes(words));
  found = state.canned.filter(fits).slice(0, MOST_SHOWN);
  chosen = 0;
  return show();
}

export function closeCanned() {
  byId('canned').hidden = true;
  byId('text').setAttribute('aria-expanded', 'false');
  byId('text').removeAttribute('aria-activedescendant');
}

function show() {
  const options = found.map(({ id, title, text }, at) => el(
    'li', { role: 'option', id: `canned-${at}`, 'aria-selected': String(at === chosen), onpointerdown: (event) => { event.preventDefault(); pick(at); } },
    el('span', el('strong', title), ' ', el('code', `/${id}`)), el('span.hint', text),
  ));
  byId('canned').replaceChildren(...(options.length ? options : [el('li.nothing', { role: 'option', 'aria-disabled': 'true' }, t.noCanned)]));
  byId('canned').hidden = false;
  byId('text').setAttribute('aria-expanded', 'true');
  if (options.length) byId('text').setAttribute('aria-activedescendant', `canned-${chosen}`);
  options[chosen]?.scrollIntoView({ block: 'nearest' });
}

/** @param {number} at */
function pick(at) {
  closeCanned();
  take(found[at]?.text ?? '');
}

/** What a key does to the list; says whether it did anything. @param {KeyboardEvent} event */
export function onCannedKey(event) {
  const by = /** @type {Record<string, number>} */ ({ ArrowDown: 1, ArrowUp: -1 })[event.key];
  if (event.key === 'Escape') closeCanned();
  else if (by && found.length) {
    chosen = (chosen + by + found.length) % found.length;
    show();
  } else if (['Enter', 'Tab'].includes(event.key) && found.length) pick(chosen);
  else return false;
  event.preventDefault();
  event.stopPropagation();
  return true;
}
