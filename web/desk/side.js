// Panes and tabs, what is told for a moment, and what becomes of a failure: the frame that the other parts stand in.

import { byId, el } from '../shared/dom.js';
import { Refused } from '../shared/staff.js';
import { why } from './service.js';
import { changed } from './store.js';

const TOAST_MS = 6000;

/** @typedef {'customer' | 'knowledge' | 'cases'} Tab */

/** @type {Tab[]} */
const TABS = ['customer', 'knowledge', 'cases'];

export function startSide() {
  byId('to-list').addEventListener('click', () => showPane('list'));
  byId('to-side').addEventListener('click', () => showPane('side'));
  byId('from-side').addEventListener('click', () => showPane('conversation'));
  for (const tab of TABS) {
    byId(`tab-${tab}`).addEventListener('click', () => showTab(tab));
    byId(`tab-${tab}`).addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const next = by && TABS[(TABS.indexOf(tab) + by + TABS.length) % TABS.length];
      if (!next) return;
      showTab(next);
      byId(`tab-${next}`).focus();
    });
  }
  showTab('customer');
}

/** Which pane is seen where there is room for one alone. @param {'list' | 'conversation' | 'side'} pane */
export function showPane(pane) {
  byId('desk').dataset.pane = pane;
}

/** @param {Tab} chosen */
export function showTab(chosen) {
  for (const tab of TABS) {
    byId(tab).hidden = tab !== chosen;
    byId(`tab-${tab}`).setAttribute('aria-selected', String(tab === chosen));
    byId(`tab-${tab}`).tabIndex = tab === chosen ? 0 : -1;
  }
  changed('tab', chosen);
}

/** Says something for a moment; a screen reader says it too. @param {string} text */
export function toast(text, isWrong = false) {
  const element = el(isWrong ? 'p.toast.wrong' : 'p.toast', text);
  byId('toasts').append(element);
  setTimeout(() => element.remove(), TOAST_MS);
}

/**
 * Does something that may be refused, which is told; says whether it was done.
 *
 * @param {() => unknown} act
 * @param {(refused: Refused) => unknown} refusedAs
 */
export async function attempt(act, refusedAs = (refused) => toast(why(refused), true)) {
  try {
    await act();
    return true;
  } catch (refused) {
    if (!(refused instanceof Refused)) throw refused;
    if (refused.status === 401) changed('ended');
    else refusedAs(refused);
    return false;
  }
}
