// Which screen is open: the address behind the `#` names it, so that a reload, a bookmark and the browser's back button work.

import { byId } from '../shared/dom.js';
import { busy, attempt } from './ui.js';
import { why } from './service.js';
import { t } from './words.js';

/**
 * A screen builds itself from the rest of the address.
 *
 * @typedef {Node | false | null | undefined} Shown What is false is left out.
 * @typedef {(rest: string[], query: URLSearchParams) => Promise<Shown[]> | Shown[]} Screen
 */

/** @type {Map<string, { screen: Screen, place: string }>} */
const screens = new Map();

/** @param {string} name @param {Screen} screen @param {string} [place] The place in the navigation that it belongs to. */
export const route = (name, screen, place = name) => { screens.set(name, { screen, place }); };

export const START = 'entries';

/** @param {...string} parts */
export const to = (...parts) => `#/${parts.map(encodeURIComponent).join('/')}`;

/** @param {...string} parts */
export const go = (...parts) => { location.hash = to(...parts).slice(1); };

export function where() {
  const [path, query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const [name, ...rest] = path.split('/').map((part) => decodeURIComponent(part));
  return { name: screens.has(name) ? name : START, rest, query: new URLSearchParams(query) };
}

let nShown = 0;

/** Shows the screen that the address names. @param {{ isNew?: boolean }} [how] Whether the reader has moved there just now. */
export async function show({ isNew = true } = {}) {
  const { name, rest, query } = where();
  const { screen, place } = /** @type {{ screen: Screen, place: string }} */ (screens.get(name));
  nShown += 1;
  const mine = nShown;
  for (const each of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('#nav a'))) {
    if (each.dataset.place === place) each.setAttribute('aria-current', 'page');
    else each.removeAttribute('aria-current');
  }
  const view = byId('view');
  if (isNew) view.replaceChildren(busy());
  const refuse = (/** @type {string} */ text) => { if (mine === nShown) view.replaceChildren(failure(text)); };
  await attempt(async () => {
    const content = await screen(rest, query);
    if (mine !== nShown) return;
    view.replaceChildren(.../** @type {Node[]} */ (content.filter(Boolean)));
    view.dataset.screen = name;
  }, (refused) => refuse(why(refused))).catch((fault) => {
    refuse(t.brokenScreen);
    throw fault;
  });
  if (mine !== nShown || !isNew) return;
  document.title = `${byId('title')?.textContent ?? ''} · ${t.name}`;
  scrollTo(0, 0);
  view.querySelector('#title')?.focus();
}

/** @param {string} text */
function failure(text) {
  const again = document.createElement('button');
  again.type = 'button';
  again.textContent = t.retry;
  again.addEventListener('click', () => show());
  const box = document.createElement('div');
  box.className = 'failure';
  box.append(Object.assign(document.createElement('p'), { textContent: text, id: 'title', tabIndex: -1 }), again);
  return box;
}
