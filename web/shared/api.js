// The API as pages ask it (/api/v1): JSON in and out, and why a request failed.

const PATIENCE_MS = 15000;

/** @type {Record<number, string>} */
const TROUBLE_OF_STATUS = { 400: 'invalid', 413: 'invalid', 422: 'invalid', 429: 'limited', 503: 'busy' };

/**
 * What a request takes besides its path: an object as `body`, or a file as it is; whose it is; more headers.
 *
 * @typedef {object} Request
 * @property {object} [body]
 * @property {Blob} [file]
 * @property {string} [token]
 * @property {Record<string, string>} [headers]
 * @property {AbortController} [controller]
 * @property {number} [patience] Milliseconds.
 */

/** Why a request failed, for a customer: the name of a sentence, the seconds to wait, and the status where there is one. */
export class Trouble extends Error {
  /**
   * @param {string} kind
   * @param {number} [seconds]
   * @param {number} [status]
   */
  constructor(kind, seconds = 1, status = 0) {
    super(kind);
    this.seconds = seconds;
    this.status = status;
  }

  /** @param {any} t A page's sentences. */
  sentence(t) {
    return this.message === 'limited' ? t.limited(this.seconds) : t[this.message];
  }
}

/**
 * Fetches an answer of the API; posts what there is to post. Rejects with Trouble only, also when it takes too long.
 *
 * @param {string} path
 * @param {Request} [request]
 * @returns {Promise<Response>}
 */
export async function ask(path, { body, file, token, headers, controller = new AbortController(), patience = PATIENCE_MS } = {}) {
  const sent = body ? JSON.stringify(body) : file;
  const kind = { ...(body && { 'Content-Type': 'application/json' }), ...(file && { 'Content-Type': 'application/octet-stream' }) };
  const whose = token && { Authorization: `Bearer ${token}` };
  const waiting = setTimeout(() => controller.abort(), patience);
  try {
    const response = await fetch(`/api/v1/${path}`, {
      method: sent ? 'POST' : 'GET', body: sent, headers: { ...kind, ...whose, ...headers }, signal: controller.signal,
    });
    if (response.ok) return response;
    const seconds = Number(response.headers.get('retry-after')) || 1;
    throw new Trouble(TROUBLE_OF_STATUS[response.status] ?? 'fault', seconds, response.status);
  } catch (error) {
    throw error instanceof Trouble ? error : new Trouble('unreachable');
  } finally {
    clearTimeout(waiting);
  }
}

/**
 * The same, and reads the JSON of the answer; null where it has none.
 *
 * @param {string} path
 * @param {Request} [request]
 * @returns {Promise<any>}
 */
export async function call(path, request) {
  const response = await ask(path, request);
  if (response.status === 204) return null;
  return response.json().catch(() => { throw new Trouble('unreachable'); });
}

/**
 * Fetches a list; parameters that are undefined are left out.
 *
 * @param {string} path
 * @param {Record<string, string | number | undefined>} parameters
 * @param {Request} [request]
 * @returns {Promise<any[]>}
 */
export async function listOf(path, parameters, request) {
  const given = Object.entries(parameters).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
  return (await call(`${path}?${new URLSearchParams(given)}`, request)).data;
}
