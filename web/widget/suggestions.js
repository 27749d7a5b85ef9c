// Questions that are suggested while somebody types: a list below which the focus never goes (ARIA Authoring Practices, with the
// box as a plain text box of several lines).

import { listOf } from '../shared/api.js';
import { byId, el, say } from '../shared/dom.js';
import { languageFor, t } from './words.js';

const N_SUGGESTIONS = 5;
const N_ON_LOW_SCREENS = 3;
const LOW_PX = 480;
const LEAST_CHARS = 2;
const PAUSE_MS = 150;

const box = byId('box');
const list = byId('suggestions');

/** The place of the chosen one; −1 for none. */
let active = -1;
let timer = 0;
let typing = new AbortController(); // Aborted once what was typed is typed over.

/** @type {(question: string) => void} */
let choose = () => {};

/** @param {typeof choose} chosen */
export function startSuggestions(chosen) {
  choose = chosen;
  box.addEventListener('blur', close);
}

/** Asks for suggestions once the visitor pauses. */
export function suggestLater() {
  stop();
  if (box.value.trim().length < LEAST_CHARS) return close();
  timer = window.setTimeout(suggest, PAUSE_MS);
}

function stop() {
  clearTimeout(timer);
  typing.abort();
}

async function suggest() {
  const q = box.value.trim();
  const controller = typing = new AbortController();
  const limit = window.innerHeight < LOW_PX ? N_ON_LOW_SCREENS : N_SUGGESTIONS;
  const found = await listOf('suggest', { q, language: languageFor(q), limit }, { controller }).catch(() => []);
  if (!controller.signal.aborted) show(found.map(({ question }) => question), q);
}

/**
 * @param {string[]} questions
 * @param {string} typed
 */
function show(questions, typed) {
  if (!questions.length) return close();
  list.replaceChildren(...questions.map((question, place) => el('li', {
    id: `suggestion-${place}`, role: 'option', 'aria-selected': 'false',
    onmousedown: (/** @type {Event} */ event) => event.preventDefault(), // The box keeps the focus.
    onclick: () => take(question),
  }, marked(question, typed))));
  list.hidden = false;
  activate(-1);
  say(t().nSuggestions(questions.length));
}

/**
 * A text whose first part that equals `typed` is marked.
 *
 * @param {string} text
 * @param {string} typed
 */
function marked(text, typed) {
  const at = text.toLowerCase().indexOf(typed.toLowerCase());
  if (at < 0) return [text];
  const end = at + typed.length;
  return [text.slice(0, at), el('mark', text.slice(at, end)), text.slice(end)];
}

/** @param {string} question */
function take(question) {
  close();
  choose(question);
}

export function close() {
  stop();
  list.hidden = true;
  list.replaceChildren();
  activate(-1);
}

/** @param {number} place */
function activate(place) {
  active = place;
  [...list.children].forEach((option, at) => option.setAttribute('aria-selected', String(at === place)));
  if (place < 0) return box.removeAttribute('aria-activedescendant');
  box.setAttribute('aria-activedescendant', list.children[place].id);
  list.children[place].scrollIntoView({ block: 'nearest' });
}

/**
 * Takes a key while suggestions are shown; beyond either end lies what was typed. Returns whether it was one of theirs.
 *
 * @param {string} key
 */
export function takeKey(key) {
  const n = list.children.length;
  if (!n) return false;
  if (key === 'ArrowDown') activate(active + 1 < n ? active + 1 : -1);
  else if (key === 'ArrowUp') activate(active < 0 ? n - 1 : active - 1);
  else if (key === 'Escape') close();
  else if (key === 'Enter' && active >= 0) take(list.children[active].textContent);
  else return false;
  return true;
}
