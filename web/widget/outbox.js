// What the visitor sends: shown at once, sent one after another, acknowledged by the service; tried again under the same
// `client_id`, so that nothing is said twice, whatever the network does.

import { Trouble } from '../shared/api.js';
import { ensure, jsonOfOwn, listen, settled, startAnew } from './connection.js';
import { conversation, isTaken, put, stand, standing } from './conversation.js';
import { drawName, unsent } from './session.js';

/** @typedef {import('./types.js').Outgoing} Outgoing */

const MOST_TRIES = 4;
const FIRST_WAIT_MS = 600;
const FILE_PATIENCE_MS = 120000;

/** @type {Outgoing[]} */
let outgoing = (unsent.get() ?? []).map((/** @type {Outgoing} */ one) => ({ ...one, state: 'sending' }));

let isSending = false;
let wake = () => {};

/** @type {() => void} */
let onChange = () => {};

/** @param {() => void} listener */
export const whenOutbox = (listener) => { onChange = listener; };

/** What nobody has acknowledged; the stream may say so before the answer does. */
export const underWay = () => outgoing.filter(({ client_id: name }) => !isTaken(name));

/** Whether an answer of the bot is awaited. */
export const isAwaiting = () => isSending && standing.status === 'bot' && navigator.onLine;

function changed() {
  // A file does not survive a reload.
  unsent.set(outgoing.length ? outgoing.filter(({ file }) => !file).map(({ client_id, text, label }) => ({ client_id, text, label })) : null);
  onChange();
}

/**
 * @param {string} text
 * @param {string} [label] How it is shown.
 */
export const sendText = (text, label) => add({ client_id: drawName(), text, label, state: 'sending' });

/** @param {File} file */
export const sendFile = (file) => add({ client_id: drawName(), text: file.name, file, state: 'sending' });

/** @param {Outgoing} one */
function add(one) {
  outgoing.push(one);
  sendAgain();
}

/** Sends what has failed and need not fail again; in order, whichever of them was meant. */
export function sendAgain() {
  outgoing.filter((one) => !isHopeless(one)).forEach((one) => { one.state = 'sending'; });
  changed();
  wake();
  send();
}

/** Takes a message out that cannot be sent as it is. */
export function takeBack(/** @type {string} */ name) {
  const one = outgoing.find(({ client_id }) => client_id === name);
  outgoing = outgoing.filter((other) => other !== one);
  changed();
  return one?.text ?? '';
}

/** Forgets what is under way: somebody else uses the browser. */
export function clear() {
  outgoing = [];
  changed();
}

/** Sends what waits, in order; a message that fails holds back those behind it. */
async function send() {
  if (isSending) return;
  isSending = true;
  for (let one; (one = outgoing.find((waiting) => !isHopeless(waiting))) && one.state === 'sending';) {
    changed();
    try {
      settle(one, await deliver(one));
    } catch (trouble) {
      fail(one, sentenceOf(one, trouble));
    }
  }
  isSending = false;
  changed();
}

/** Whether it would fail again, however often it is tried; it keeps nothing else from being sent. */
const isHopeless = (/** @type {Outgoing} */ { state, trouble = '' }) =>
  state === 'failed' && ['invalid', 'fileKind', 'fileMany'].includes(trouble);

/**
 * @param {Outgoing} one
 * @param {any} answered
 */
function settle(one, { message, replies, status }) {
  outgoing = outgoing.filter((other) => other !== one);
  put(message);
  replies.forEach(put);
  stand(status);
}

/**
 * @param {Outgoing} one
 * @param {string} trouble
 */
function fail(one, trouble) {
  Object.assign(one, { state: 'failed', trouble });
  if (isHopeless(one)) return;
  outgoing.filter((waiting) => !isHopeless(waiting)).forEach((waiting) => Object.assign(waiting, { state: 'failed', trouble }));
}

/**
 * The name of the sentence that says why.
 *
 * @param {Outgoing} one
 * @param {unknown} trouble
 */
function sentenceOf({ file }, trouble) {
  if (!(trouble instanceof Trouble)) return 'fault';
  if (file && trouble.status === 409) return 'fileMany';
  return file && trouble.message === 'invalid' ? 'fileKind' : trouble.message;
}

/**
 * Sends one, again and again while there is hope.
 *
 * @param {Outgoing} one
 */
async function deliver(one) {
  let hasBegunAnew = false;
  for (let nTries = 1; ; nTries += 1) {
    let before;
    try {
      await ensure(one.text);
      before = conversation()?.token;
      return await post(one);
    } catch (trouble) {
      if (!(trouble instanceof Trouble)) throw trouble;
      if (isGone(one, trouble) && !hasBegunAnew) {
        await settled(); // The token may be changing.
        if (conversation()?.token !== before) continue;
        hasBegunAnew = true;
        startAnew();
      } else {
        await wait(trouble, nTries);
      }
    }
  }
}

/**
 * Whether the conversation is no more: forgotten, or ended for good.
 *
 * @param {Outgoing} one
 * @param {Trouble} trouble
 */
const isGone = ({ file }, { status }) => [401, 404].includes(status) || (status === 409 && (!file || standing.status === 'closed'));

/**
 * Waits before the next try, where there is hope that what was in the way passes.
 *
 * @param {Trouble} trouble
 * @param {number} nTries
 */
async function wait(trouble, nTries) {
  const mayPass = ['unreachable', 'limited', 'busy'].includes(trouble.message);
  if (!mayPass || nTries >= MOST_TRIES) throw trouble;
  const isNetwork = trouble.message === 'unreachable';
  const pause = isNetwork ? FIRST_WAIT_MS * 2 ** (nTries - 1) * (0.5 + Math.random() / 2) : trouble.seconds * 1000;
  await new Promise((resolve) => { wake = () => resolve(null); setTimeout(resolve, pause); });
}

/** @param {Outgoing} one */
async function post({ client_id, text, file }) {
  listen();
  if (!file) return jsonOfOwn('messages', { body: { text, client_id } });
  const query = new URLSearchParams({ name: file.name.slice(0, 200) || 'file', client_id });
  return jsonOfOwn(`files?${query}`, { file, patience: FILE_PATIENCE_MS });
}

/** Tells whoever answers that something is being typed; not more often than they need to know. */
const TYPING_EVERY_MS = 3000;
let toldAt = 0;
let isTold = true;

export function tellTyping() {
  const isHeard = conversation() && ['queued', 'agent'].includes(standing.status);
  if (!isHeard || !isTold || Date.now() - toldAt < TYPING_EVERY_MS) return;
  toldAt = Date.now();
  jsonOfOwn('typing', { body: {} }).catch((trouble) => {
    // A service that does not know it is not told again.
    if ([404, 405].includes(trouble.status)) isTold = false;
  });
}
