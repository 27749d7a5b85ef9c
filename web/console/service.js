// What the console asks of the API, and what it says where that was refused.

import { call, send, sentence } from '../shared/staff.js';
import { spoken, t } from './words.js';

/** Judging a revision asks it thousands of questions. */
const PATIENCE_TO_PUBLISH_MS = 300000;
const PATIENCE_TO_IMPORT_MS = 120000;
const PATIENCE_TO_COMPILE_MS = 60000;

/**
 * @param {string} path
 * @param {Record<string, string | number | boolean | null | undefined>} [parameters] Those without a value are left out.
 */
export function at(path, parameters = {}) {
  const given = Object.entries(parameters).flatMap(([name, value]) => (value ? [[name, String(value)]] : []));
  return given.length ? `${path}?${new URLSearchParams(given)}` : path;
}

/** @param {string} path @param {Record<string, any>} [parameters] @returns {Promise<any>} */
export const get = (path, parameters) => call('GET', at(`editor/${path}`, parameters));

/** @param {string} path @param {object} [body] @returns {Promise<any>} */
export const post = (path, body = {}) => call('POST', `editor/${path}`, body);

/** The same for what is compiled first: a draft, or what was live once. @param {string} path @param {object} body @returns {Promise<any>} */
export const tryOut = (path, body) => send('POST', `editor/${path}`, { body, patience: PATIENCE_TO_COMPILE_MS }).then(({ answer }) => answer);

/** @param {string} path @param {object} body @returns {Promise<any>} */
export const put = (path, body) => call('PUT', `editor/${path}`, body);

/** @param {string} path @returns {Promise<any>} */
export const remove = (path) => call('DELETE', `editor/${path}`);

/** @param {string} etag Empty for what is to be new. @returns {Record<string, string>} */
const madeOn = (etag) => (etag ? { 'If-Match': etag } : { 'If-None-Match': '*' });

/** @param {string} id */
const entryAt = (id, /** @type {string | null} */ set) => at(`editor/entries/${encodeURIComponent(id)}`, { set });

/**
 * @param {string} id
 * @param {string | null} set
 * @returns {Promise<{ answer: { set: string | null, entry: import('./types.js').EntryDocument }, etag: string }>}
 */
export const readEntry = (id, set) => send('GET', entryAt(id, set));

/**
 * @param {import('./types.js').EntryDocument} entry
 * @param {string} etag
 * @param {string | null} set
 * @returns {Promise<{ answer: { set: string | null, entry: import('./types.js').EntryDocument }, etag: string }>}
 */
export const writeEntry = (entry, etag, set) => send('PUT', entryAt(entry.id, set), { body: entry, headers: madeOn(etag) });

/** @param {string} id @param {string} etag @param {string | null} set */
export const removeEntry = (id, etag, set) => send('DELETE', entryAt(id, set), { headers: madeOn(etag) });

/** @param {string} path @param {string | null} set */
const fileAt = (path, set) => at('editor/files', { path, set });

/** @param {string} path @param {string | null} set */
export const readFile = (path, set) => send('GET', fileAt(path, set));

/** @param {string} path @param {string} text @param {string} etag @param {string | null} set */
export const writeFile = (path, text, etag, set) => send('PUT', fileAt(path, set), { body: { text }, headers: madeOn(etag) });

/** @param {string} path @param {string} etag @param {string | null} set */
export const removeFile = (path, etag, set) => send('DELETE', fileAt(path, set), { headers: madeOn(etag) });

/**
 * A file's text as a form; with a value, the text with that in it.
 *
 * @param {{ path: string, text: string, value?: any, body?: string | null }} file
 * @returns {Promise<import('./types.js').FileForm>}
 */
export const formOf = (file) => post('form', file);

/**
 * Publishes, or says what speaks against it: an outcome in either case.
 *
 * @param {object} wish
 * @returns {Promise<import('./types.js').Outcome>}
 */
export const publish = (wish) => outcomeOf(send('POST', 'editor/publish', { body: wish, patience: PATIENCE_TO_PUBLISH_MS }));

/** @param {object} wish @returns {Promise<import('./types.js').Outcome>} */
export const rollBack = (wish) => outcomeOf(send('POST', 'editor/rollback', { body: wish, patience: PATIENCE_TO_PUBLISH_MS }));

/** @param {Promise<{ answer: any }>} sent */
const outcomeOf = (sent) => sent.then(({ answer }) => answer, (refused) => {
  if (refused.problem?.outcome) return refused.problem;
  throw refused;
});

/**
 * @param {Record<string, any>} parameters
 * @param {Blob} file
 * @returns {Promise<import('./types.js').ImportReport>}
 */
export const importFile = (parameters, file) =>
  send('POST', at('editor/import', parameters), { file, patience: PATIENCE_TO_IMPORT_MS }).then(({ answer }) => answer, (refused) => {
    if (refused.problem?.faults) return refused.problem;
    throw refused;
  });

/** @param {string} format @param {string | null} [set] */
export const exportAddress = (format, set) => `/api/v1/${at('editor/export', { format, set })}`;

/** @type {Record<string, string>} */
const OWN = { changed: 'changedMeanwhile', not_allowed: 'notAllowed', not_found: 'notFound', body_too_large: 'tooLarge' };

/** Why something was refused. @param {any} refused @returns {string} */
export function why(refused) {
  if (refused.message === 'conflict') return refused.problem?.detail ?? t.conflict;
  return t[OWN[refused.message]] ?? spoken(sentence(refused, /** @type {any} */ (t)));
}
