// Which lines of two texts differ, and which characters of a line. Knows no page.

/** @typedef {{ kind: 'same' | 'added' | 'removed', text: string }} Piece */

/** Beyond this many cells, texts are compared no more, but shown as a whole. */
const MOST_CELLS = 4_000_000;

/**
 * @template T
 * @param {T[]} before
 * @param {T[]} after
 * @returns {{ kind: 'same' | 'added' | 'removed', item: T }[]}
 */
function compared(before, after) {
  /** @type {{ kind: 'same' | 'added' | 'removed', item: T }[]} */
  const out = [];
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const [a, b] = [before.slice(start, before.length - end), after.slice(start, after.length - end)];
  before.slice(0, start).forEach((item) => out.push({ kind: 'same', item }));
  if (a.length * b.length > MOST_CELLS) {
    a.forEach((item) => out.push({ kind: 'removed', item }));
    b.forEach((item) => out.push({ kind: 'added', item }));
  } else longestCommon(a, b, out);
  before.slice(before.length - end).forEach((item) => out.push({ kind: 'same', item }));
  return out;
}

/**
 * @template T
 * @param {T[]} a
 * @param {T[]} b
 * @param {{ kind: 'same' | 'added' | 'removed', item: T }[]} out
 */
function longestCommon(a, b, out) {
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] = a[i] === b[j]
        ? lengths[(i + 1) * width + j + 1] + 1 : Math.max(lengths[(i + 1) * width + j], lengths[i * width + j + 1]);
    }
  }
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      out.push({ kind: 'same', item: a[i] });
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && lengths[(i + 1) * width + j] >= lengths[i * width + j + 1])) {
      out.push({ kind: 'removed', item: a[i] });
      i += 1;
    } else {
      out.push({ kind: 'added', item: b[j] });
      j += 1;
    }
  }
}

/** @param {string} before @param {string} after @returns {Piece[]} */
export const lineDifference = (before, after) =>
  compared(before ? before.split('\n') : [], after ? after.split('\n') : []).map(({ kind, item }) => ({ kind, text: item }));

/** Lines of which less than this share is in common are no version of one another. */
const ALIKE = 0.4;

/** Differences of lines, and of characters in lines that are versions of one another. @param {string} before @param {string} after @returns {Piece[]} */
export function textDifference(before, after) {
  /** @type {Piece[]} */
  const pieces = [];
  const lines = compared(before.split(/(?<=\n)/), after.split(/(?<=\n)/));
  for (let at = 0; at < lines.length;) {
    if (lines[at].kind === 'same') {
      pieces.push({ kind: 'same', text: lines[at].item });
      at += 1;
      continue;
    }
    const run = { removed: '', added: '', same: '' };
    for (; at < lines.length && lines[at].kind !== 'same'; at += 1) run[lines[at].kind] += lines[at].item;
    pieces.push(...versions(run.removed, run.added));
  }
  return pieces;
}

/** @param {string} before @param {string} after @returns {Piece[]} */
function versions(before, after) {
  /** @type {Piece[]} */
  const pieces = [];
  for (const { kind, item } of compared([...before], [...after])) {
    const last = pieces.at(-1);
    if (last?.kind === kind) last.text += item;
    else pieces.push({ kind, text: item });
  }
  const nSame = pieces.reduce((sum, { kind, text }) => sum + (kind === 'same' ? text.length : 0), 0);
  if (nSame >= ALIKE * Math.max(before.length, after.length)) return pieces;
  const both = before && after ? '\n' : '';
  return /** @type {Piece[]} */ ([{ kind: 'added', text: after }, { kind: 'same', text: both }, { kind: 'removed', text: before }]).filter(({ text }) => text);
}
