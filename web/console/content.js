// The content as a whole, read where a screen needs more than one thing of it: all entries, all files, what is called how. Read
// once, and again when something has changed.

import { unpack } from './archive.js';
import { exportAddress, get } from './service.js';
import { on, state } from './store.js';
import { t, titled } from './words.js';

/** @typedef {import('./types.js').EntryDocument} EntryDocument */

/** @type {Map<string, Promise<any>>} */
const kept = new Map();

on('sets', () => kept.clear());
on('content', () => kept.clear());

/** @template T @param {string} key @param {() => Promise<T>} read @returns {Promise<T>} */
function once(key, read) {
  const there = kept.get(key);
  if (there) return there;
  const reading = read();
  kept.set(key, reading);
  reading.catch(() => kept.delete(key));
  return reading;
}

/** @param {string} format @param {string | null} set */
async function exported(format, set) {
  const response = await fetch(exportAddress(format, set));
  if (!response.ok) throw new Error(`the content cannot be read: ${response.status}`);
  return response;
}

/** All entries, by their ids: of a change set, or of the live revision. @param {string | null} set @returns {Promise<Map<string, EntryDocument>>} */
export const entriesOf = (set) => once(`entries ${set}`, async () => {
  const text = await (await exported('jsonl', set)).text();
  const entries = text.split('\n').filter(Boolean).map((line) => /** @type {EntryDocument} */ (JSON.parse(line)));
  return new Map(entries.map((entry) => [entry.id, entry]));
});

/** All files, as text by their paths. @param {string | null} set @returns {Promise<Map<string, string>>} */
export const filesOf = (set) => once(`files ${set}`, async () => unpack(await (await exported('folder', set)).arrayBuffer()));

/** @returns {Promise<import('./types.js').Category[]>} */
export const categories = () => once('categories', async () => (await get('categories', { set: state.set })).data);

/** What stands for entries in a list to choose from. */
export async function entryChoices() {
  const entries = [...(await entriesOf(state.set)).values()];
  return entries.map(({ id, texts }) => ({ id, title: (texts[t.tag] ?? texts['zh-CN']).question }));
}

/** The names of intents, and of the examples that start them. */
export async function intents() {
  const files = await filesOf(state.set);
  return [...files.keys()].flatMap((path) => {
    const [, name] = /^intents\/([^/]+)\.yaml$/.exec(path) ?? [];
    return name && !['rules', 'texts', 'canned'].includes(name) ? [name] : [];
  });
}

/** @param {string} category @param {import('./types.js').Category[]} all */
export const categoryTitle = (category, all) => titled(all.find(({ id }) => id === category)?.title ?? {}) || category;
