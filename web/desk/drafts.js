// What an agent has begun to write, kept by conversation until it is sent: a reload, a lost connection or another conversation
// in between loses nothing. It goes when whoever wrote it signs out.

const KEY = 'yingda.desk.drafts';

function read() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

let kept = read();

function write() {
  try {
    localStorage.setItem(KEY, JSON.stringify(kept));
  } catch { /* it holds until the page is left */ }
}

export const drafts = {
  /** `mode` is `reply` or `note`. */
  of: (id, mode) => kept[id]?.[mode] ?? '',
  has: (id) => Boolean(kept[id]?.reply || kept[id]?.note),
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
