// The content as a whole, read where a screen needs more than one thing of it: all entries, all files, what is called how. Read
// once, and again when something has changed.

import { Refused } from '../shared/staff.js';
import { unpack } from './archive.js';
import { exportAddress, formOf, get, readEntry, readFile } from './service.js';
import { on, state } from './store.js';
import { titled } from './words.js';

/** @typedef {import('./types.js').EntryDocument} EntryDocument */

const ENTRIES_A_PAGE = 500;

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
  if (!response.ok) throw new Refused(response.status, await response.json().catch(() => null));
  return response;
}

/** All entries that are live, by their ids. @returns {Promise<Map<string, EntryDocument>>} */
export const liveEntries = () => once('live', async () => {
  const text = await (await exported('jsonl', null)).text();
  const entries = text.split('\n').filter(Boolean).map((line) => /** @type {EntryDocument} */ (JSON.parse(line)));
  return new Map(entries.map((entry) => [entry.id, entry]));
});

/** Some entries as they are in a change set; those that are taken out or cannot be read are left out. @param {string} set @param {string[]} ids */
export async function draftEntries(set, ids) {
  /** @type {Map<string, EntryDocument>} */
  const entries = new Map();
  await Promise.all(ids.map((id) => readEntry(id, set).then(({ answer }) => entries.set(id, answer.entry), (refused) => {
    if (![404, 409].includes(refused.status)) throw refused;
  })));
  return entries;
}

/** All files, as text by their paths. @param {string | null} set @returns {Promise<Map<string, string>>} */
export const filesOf = (set) => once(`files ${set}`, async () => {
  try {
    return await unpack(await (await exported('folder', set)).arrayBuffer());
  } catch (refused) {
    if (!(refused instanceof Refused) || refused.status !== 409 || !set) throw refused;
    return laidOverLive(set);
  }
});

/** What is live with a change set laid over it: one that is in conflict is not exported. @param {string} set */
async function laidOverLive(set) {
  const files = new Map(await filesOf(null));
  const changes = state.sets.find(({ id }) => id === set)?.difference.changes ?? [];
  await Promise.all(changes.map(({ path }) => readFile(path, set).then(({ answer }) => files.set(path, answer.text), (refused) => {
    if (refused.status !== 404) throw refused;
    files.delete(path);
  })));
  return files;
}

/** @returns {Promise<import('./types.js').Category[]>} */
export const categories = () => once('categories', async () => (await get('categories', { set: state.set })).data);

/** What stands for entries in a list to choose from. @returns {Promise<{ id: string, title: string }[]>} */
export const entryChoices = () => once('choices', async () => {
  const all = [];
  for (let cursor = null, isFirst = true; isFirst || cursor; isFirst = false) {
    const page = /** @type {import('./types.js').EntryList} */ (await get('entries', { set: state.set, limit: ENTRIES_A_PAGE, cursor }));
    all.push(...page.data.filter((entry) => entry.state !== 'removed').map(({ id, question }) => ({ id, title: question })));
    cursor = page.next_cursor;
  }
  return all;
});

/** What a pattern finds in the paths of all files. @param {RegExp} pattern */
async function named(pattern) {
  const paths = [...(await filesOf(state.set)).keys()];
  return paths.flatMap((path) => pattern.exec(path)?.[1] ?? []);
}

/** The names of intents. */
export const intents = () => named(/^intents\/(?!(?:rules|texts|canned)\.)([^/]+)\.yaml$/);

/** The names of flows. */
export const flows = () => named(/^intents\/flows\/([^/]+)\.yaml$/);

const DEPARTMENTS = 'knowledge-base/departments.yaml';

/** What stands for departments in a list to choose from; none where their file cannot be read. @returns {Promise<{ id: string, title: string }[]>} */
export const departmentChoices = () => once('departments', async () => {
  const text = (await filesOf(state.set)).get(DEPARTMENTS) ?? '';
  const { value } = await formOf({ path: DEPARTMENTS, text }).catch(() => ({ value: {} }));
  return Object.entries(value).map(([id, department]) => ({ id, title: titled(/** @type {any} */ (department)?.title ?? {}) }));
});

/** @param {string} category @param {import('./types.js').Category[]} all */
export const categoryTitle = (category, all) => titled(all.find(({ id }) => id === category)?.title ?? {}) || category;
