// A file of the content that is open: read, saved on the state that was read, and kept in the tab while it is not saved. A
// colleague's change is put beside one's own.

import { Refused } from '../shared/staff.js';
import { resolveConflict } from './conflict.js';
import { show } from './router.js';
import { readFile, writeFile } from './service.js';
import { edited, state } from './store.js';
import { toast } from './ui.js';
import { t } from './words.js';

/** @typedef {{ path: string, text: string, base: string, etag: string }} Open */

const KEY = 'yingda.console.file.';

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

/** A file as it was left: with what was not saved, or what such a file begins with. @param {string} path @param {string} sort */
export async function reopenFile(path, sort) {
  const open = await openFile(path);
  const kept = keptOf(path);
  const isRestored = Boolean(kept && kept.text !== open.text);
  if (kept && isRestored) Object.assign(open, kept);
  else if (!open.etag) open.text = t.templates[sort] ?? '';
  return { open, isRestored };
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

// ---- What is unsaved ----

/** @param {Open} open */
export function keep(open) {
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
export function forgetKept(path) {
  try {
    sessionStorage.removeItem(KEY + path);
  } catch { /* nothing was kept */ }
}
