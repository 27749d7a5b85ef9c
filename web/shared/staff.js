// The API as the pages of those who work here ask it: the session, changes that carry its token, and why something was refused.

const PATIENCE_MS = 15000;

/**
 * What the service says of what it refuses.
 *
 * @typedef {{ code: string, detail?: string, errors?: { field: string, message: string }[] }} Problem
 *
 * @typedef {object} Account
 * @property {string} id
 * @property {string} name
 * @property {string} display_name
 * @property {string[]} roles
 * @property {string[]} departments Empty for all.
 * @property {boolean} has_second_factor
 *
 * @typedef {{ account: Account, permissions: string[], csrf_token: string }} Session
 */

/** Why something was not done: the status (0 where the service was not reached), the problem that it told, seconds to wait. */
export class Refused extends Error {
  /**
   * @param {number} status
   * @param {Problem | null} problem
   */
  constructor(status, problem = null, seconds = 1) {
    super(problem?.code ?? 'unreachable');
    this.status = status;
    this.problem = problem;
    this.seconds = seconds;
  }

  /** Whether the same may be done if it is asked for again later. */
  get isPassing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }

  /** What is said of a field. @param {string} field */
  of(field) {
    return this.problem?.errors?.find((error) => error.field === field)?.message;
  }
}

/**
 * The sentences that a page has for what is refused.
 *
 * @typedef {'unreachable' | 'wrongCredentials' | 'wrongProof' | 'deadLink' | 'httpsRequired' | 'unavailable'} Sentence
 * @typedef {Record<Sentence | 'invalid', string> & { tooMany: (seconds: number) => string }} Sentences
 */

/** @type {Record<string, Sentence>} */
const SENTENCES = {
  unreachable: 'unreachable', wrong_credentials: 'wrongCredentials', wrong_proof: 'wrongProof', not_found: 'deadLink',
  https_required: 'httpsRequired', not_ready: 'unavailable', store_unavailable: 'unavailable', overloaded: 'unavailable',
  internal: 'unavailable',
};

/** Why something was refused, in the words of a page. @param {Refused} refused @param {Sentences} t */
export function sentence(refused, t) {
  if (refused.status === 429) return t.tooMany(refused.seconds);
  const messages = refused.problem?.errors?.map(({ message }) => message).join(' ');
  const known = SENTENCES[refused.message];
  return messages || (known && t[known]) || refused.problem?.detail || t.invalid;
}

/** Whoever has signed in, as `GET /auth/session` says it. @type {Session | null} */
let session = null;
let language = 'zh-CN';

export const theSession = () => session;
/** @param {string} tag */
export const speak = (tag) => { language = tag; };

/**
 * Asks for something below /api/v1; rejects with Refused only. What comes back is as the API has it: whoever asks knows its shape.
 *
 * @template [T=unknown]
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<T>}
 */
export async function call(method, path, body) {
  return /** @type {T} */ ((await send(method, path, { body })).answer);
}

/**
 * The same with more to it: a file as the body, more headers, more patience; and says which state the answer is in (`ETag`).
 *
 * @param {string} method
 * @param {string} path
 * @param {{ body?: object | undefined, file?: Blob, headers?: Record<string, string>, patience?: number }} [request]
 * @returns {Promise<{ answer: any, etag: string }>}
 */
export async function send(method, path, { body, file, headers, patience = PATIENCE_MS } = {}) {
  /** @type {Record<string, string>} */
  const all = { 'Accept-Language': language, ...headers };
  if (body || file) all['Content-Type'] = body ? 'application/json' : 'application/octet-stream';
  if (session && method !== 'GET') all['X-CSRF-Token'] = session.csrf_token;
  const sent = body ? JSON.stringify(body) : file;
  const options = { method, headers: all, body: sent, signal: AbortSignal.timeout(patience) };
  const response = await fetch(`/api/v1/${path}`, options).catch(() => { throw new Refused(0); });
  const etag = response.headers.get('etag') ?? '';
  if (response.status === 204) return { answer: null, etag };
  const answer = await response.json().catch(() => null);
  if (response.ok) return { answer, etag };
  throw new Refused(response.status, answer, Number(response.headers.get('retry-after')) || 1);
}

// Scripts cannot see the session's cookie: this says whether to ask for the session when a page is opened.

const SESSION_KEY = 'yingda.session';

/** @param {boolean} isSignedIn */
export function remember(isSignedIn) {
  try {
    if (isSignedIn) localStorage.setItem(SESSION_KEY, 'yes');
    else localStorage.removeItem(SESSION_KEY);
  } catch { /* one signs in again */ }
}

export function mayBeSignedIn() {
  try {
    return localStorage.getItem(SESSION_KEY) !== null;
  } catch {
    return false;
  }
}

/**
 * Signs in; says whether that is done, or the authenticator's code is needed besides.
 *
 * @param {string} name
 * @param {string} password
 * @param {string} [code]
 */
export async function signIn(name, password, code) {
  /** @type {Session & { second_factor_needed: boolean }} */
  const answer = await call('POST', 'auth/login', { name, password, code });
  if (answer.second_factor_needed) return false;
  session = answer;
  remember(true);
  return true;
}

export async function signOut() {
  await call('POST', 'auth/logout');
  forget();
}

/** Knows nobody any more: the session has ended. */
export function forget() {
  session = null;
  remember(false);
}

/** Asks who has signed in. */
export async function refresh() {
  session = /** @type {Session} */ (await call('GET', 'auth/session'));
  return session;
}
