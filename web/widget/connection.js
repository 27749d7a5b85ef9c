// The conversation over the network: it begins, its history comes, its events arrive, its visitor becomes known.

import { ask, call, Trouble } from '../shared/api.js';
import { conversation, forget, keep, lastSeq, stand, take } from './conversation.js';
import { beginningKey, drawName } from './session.js';
import { follow } from './stream.js';
import { languageFor } from './words.js';

/** What the page around the widget says: sent when a conversation begins. */
export const claims = {
  /** @type {import('./types.js').Context} */
  context: {},
  /** @type {string | undefined} */
  identity: undefined,
};

/** @type {ReturnType<typeof follow> | null} */
let following = null;

/** @type {(isConnected: boolean, nTries: number) => void} */
let onConnection = () => {};

/** @param {typeof onConnection} listener */
export const whenConnection = (listener) => { onConnection = listener; };

/** What is done to a conversation one after another: nothing is sent with a token that is being changed. */
/** @type {Promise<unknown>} */
let turn = Promise.resolve();

/**
 * @template T
 * @param {() => Promise<T>} step
 * @returns {Promise<T>}
 */
function inTurn(step) {
  const done = turn.then(step);
  turn = done.catch(() => {});
  return done;
}

/** Once nothing of that is under way. */
export const settled = () => inTurn(async () => {});

/**
 * Asks about the own conversation; posts `body` or `file` where there is one.
 *
 * @param {string} path Below the conversation's.
 * @param {import('../shared/api.js').Request} [request]
 */
export function ofOwn(path, request) {
  const own = conversation();
  if (!own) return Promise.reject(new Trouble('fault', 1, 404));
  return ask(`conversations/${own.id}/${path}`, { ...request, token: own.token });
}

/** @param {Parameters<typeof ofOwn>} asked */
export async function jsonOfOwn(...asked) {
  const response = await ofOwn(...asked);
  if (response.status === 204) return null;
  return response.json().catch(() => { throw new Trouble('unreachable'); });
}

/**
 * Begins a conversation where there is none. `text` is what is said first: its script tells the language.
 *
 * @param {string} text
 */
export const ensure = (text) => inTurn(async () => {
  if (conversation()) return;
  // Sent again after a lost answer, the same key gets the same conversation.
  const key = beginningKey.get() ?? drawName();
  beginningKey.set(key);
  const body = { language: languageFor(text), channel: 'web', context: claims.context, identity: claims.identity };
  try {
    keep(await call('conversations', { body, headers: { 'Idempotency-Key': key } }));
  } catch (trouble) {
    const isAnswered = trouble instanceof Trouble && trouble.message !== 'unreachable';
    if (isAnswered) beginningKey.set(null);
    if (!isAnswered || !claims.identity || trouble.status !== 422) throw trouble;
    claims.identity = undefined; // It has expired meanwhile: whoever talks is not known, and may talk all the same.
    keep(await call('conversations', { body: { ...body, identity: undefined } }));
  }
  beginningKey.set(null);
  listen();
});

/** Brings the history, then follows what happens. */
export const resume = () => inTurn(async () => {
  if (!conversation() || following) return;
  try {
    for (let cursor = '0'; cursor;) {
      const page = await jsonOfOwn(`events?after=${cursor}&limit=200`);
      page.data.forEach(take);
      cursor = page.next_cursor;
    }
  } catch (trouble) {
    // What has ended long ago is kept no longer. Whatever else it is, the stream brings everything once it can.
    if (trouble instanceof Trouble && [401, 404].includes(trouble.status)) return forget();
  }
  listen();
});

/** Follows the conversation's events; also after it was left. */
export function listen() {
  if (following || !conversation()) return;
  following = follow({
    from: () => ({ ...(conversation() ?? { id: '', token: '' }), after: lastSeq() }),
    take,
    connected: (isConnected, nTries) => onConnection(isConnected, nTries),
    lost,
  });
}

/** There is no such conversation under this token: which may be changing. */
async function lost() {
  following = null;
  const before = conversation()?.token;
  await settled();
  if (conversation()?.token === before) forget(true);
  else listen();
}

/** Stops following, as nobody is looking, or as there is nothing to follow. */
export function leave() {
  following?.stop();
  following = null;
}

/** Tries again now. */
export const hurry = () => following?.hurry();

/** Leaves a conversation that has ended, so that the next message begins another. */
export function startAnew() {
  leave();
  forget(true);
}

/** Asks for a person. */
export async function wishPerson() {
  await ensure('');
  stand((await jsonOfOwn('handoff', { body: {} })).status);
}

/** Ends the conversation. */
export async function finish() {
  stand((await jsonOfOwn('close', { body: {} })).status);
}

/**
 * The shop's server says who the visitor is. Returns whether it is believed.
 *
 * @param {string} identity
 */
export const identify = (identity) => inTurn(async () => {
  claims.identity = identity;
  if (!conversation()) return true;
  try {
    keep(await jsonOfOwn('identity', { body: { identity } }));
    return true;
  } catch (trouble) {
    if (!(trouble instanceof Trouble)) throw trouble;
    // It is somebody else's conversation: who uses the same browser does not read it.
    if (trouble.status === 409) { leave(); forget(); return true; }
    return false;
  }
});
