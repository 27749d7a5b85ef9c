// What the console knows now: who has signed in, which change sets are open, which of them is worked in. Knows nothing of how it
// is shown.

import { theSession } from '../shared/staff.js';
import * as service from './service.js';

/** @typedef {import('./types.js').Draft} Draft */

const SET_KEY = 'yingda.console.set';

/** @type {{ sets: Draft[], set: string | null }} `set`: the change set that is worked in; null before one's first edit. */
export const state = { sets: [], set: null };

export const me = () => theSession()?.account;

/** @param {string} permission */
export const may = (permission) => Boolean(theSession()?.permissions.includes(permission));

/** @type {Map<string, (() => void)[]>} */
const listeners = new Map();

/**
 * Listens to a topic: `sets`, `language`, `content`.
 *
 * @param {string} topic
 * @param {() => void} listen
 */
export function on(topic, listen) {
  listeners.set(topic, [...(listeners.get(topic) ?? []), listen]);
}

/** @param {string} topic */
export const changed = (topic) => (listeners.get(topic) ?? []).forEach((listen) => listen());

// ---- Change sets ----

export const theSet = () => state.sets.find(({ id }) => id === state.set);

/** Reads the open change sets, and keeps to the one that is worked in; else takes one's own that was edited last. */
export async function readSets() {
  state.sets = (await service.get('sets')).data;
  const kept = theSet() ?? state.sets.find(({ id }) => id === keptSet());
  const own = state.sets.filter(({ created_by: by }) => by === me()?.id).sort((a, b) => b.updated_at.localeCompare(a.updated_at));
  keep((kept ?? own[0])?.id ?? null);
  changed('sets');
}

/** @param {string | null} id */
export async function useSet(id) {
  keep(id);
  if (id && !theSet()) await readSets();
  changed('sets');
  changed('content');
}

/** Notes where an edit went: the first one begins a change set. @param {string | null | undefined} id */
export async function edited(id) {
  if (id) keep(id);
  await readSets();
}

/** @param {string | null} id */
function keep(id) {
  state.set = id;
  try {
    if (id) sessionStorage.setItem(SET_KEY, id);
    else sessionStorage.removeItem(SET_KEY);
  } catch { /* it holds until the page is left */ }
}

function keptSet() {
  try {
    return sessionStorage.getItem(SET_KEY);
  } catch {
    return null;
  }
}

export function forget() {
  state.sets = [];
  state.set = null;
}
