// What an agent has begun to write, by conversation, until it is sent: a reload, a cut network or another conversation in between loses
// nothing. It lies in the tab's own storage (sessionStorage) and goes with the tab: what agents write about customers should not lie
// on a shared computer for longer than somebody works at it. It goes as well when whoever wrote it signs out, or somebody else signs in.

const KEY = 'yingda.desk.drafts';

/** @typedef {'reply' | 'note'} Mode */

/** @returns {{ of: string, kept: Record<string, Partial<Record<Mode, string>>> }} Whose drafts there are, and the drafts by conversation. */
function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? '') ?? { of: '', kept: {} };
  } catch {
    return { of: '', kept: {} };
  }
}

let { of: owner, kept } = read();

function write() {
  try {
    if (Object.keys(kept).length) sessionStorage.setItem(KEY, JSON.stringify({ of: owner, kept }));
    else sessionStorage.removeItem(KEY);
  } catch { /* it holds until the page is left */ }
}

export const drafts = {
  /** Says whose drafts these are from now on; nobody finds another's. @param {string} account */
  claim(account) {
    if (owner !== account) kept = {};
    owner = account;
    write();
  },
  /** @param {string} id @param {Mode} mode */
  of: (id, mode) => kept[id]?.[mode] ?? '',
  /** @param {string} id */
  has: (id) => Boolean(kept[id]?.reply || kept[id]?.note),
  /** @param {string} id @param {Mode} mode @param {string} text */
  keep(id, mode, text) {
    kept[id] = { ...kept[id], [mode]: text };
    if (!drafts.has(id)) delete kept[id];
    write();
  },
  clear() {
    kept = {};
    write();
  },
};
