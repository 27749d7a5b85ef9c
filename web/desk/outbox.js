// Replies on their way: kept until the service has taken them, and sent again under their own names, so that none is lost and none
// arrives twice. They lie in localStorage, each under a key of its own, as a reply that an agent has sent must outlive a crash of the
// tab and what other tabs do; each goes as soon as it is acknowledged or refused, and all go when their agent signs out or somebody
// else signs in.

import * as service from './service.js';
import { Refused } from '../shared/staff.js';
import { changed, me, readOpen, state } from './store.js';
import { newName } from './words.js';

const KEYS = 'yingda.desk.outbox.';
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 20000;

/**
 * A reply on its way; `agent` is the account of whoever wrote it.
 *
 * @typedef {{ conversation: string, client_id: string, text: string, at: string, agent: string, isWaiting: boolean }} Reply
 */

/** In the order of writing. */
let replies = read();
let isRunning = false;
let nTries = 0;

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** @type {(reply: Reply, refused: Refused) => void} */
let onStopped = () => {};

/** @returns {Reply[]} */
function read() {
  try {
    const names = Object.keys(localStorage).filter((name) => name.startsWith(KEYS));
    const found = names.map((name) => /** @type {Reply} */ (JSON.parse(localStorage.getItem(name) ?? '')));
    return found.sort((a, b) => a.at.localeCompare(b.at));
  } catch {
    return [];
  }
}

/** @param {Reply} reply */
function keep(reply) {
  try {
    localStorage.setItem(KEYS + reply.client_id, JSON.stringify(reply));
  } catch { /* it goes out of memory, then */ }
  changed('outbox');
}

/** @param {(reply: Reply) => boolean} isOver */
function forget(isOver) {
  const over = replies.filter(isOver);
  if (!over.length) return;
  replies = replies.filter((reply) => !over.includes(reply));
  try {
    for (const { client_id: name } of over) localStorage.removeItem(KEYS + name);
  } catch { /* it was in memory alone */ }
  changed('outbox');
}

/**
 * Says to whom a reply goes that the service will never take.
 *
 * @param {typeof onStopped} stopped
 */
export function startOutbox(stopped) {
  onStopped = stopped;
}

/** @param {string | null} id */
export const onTheWay = (id) => replies.filter((reply) => reply.conversation === id);

/** @param {string} conversation @param {string} text */
export function send(conversation, text) {
  const reply = { conversation, client_id: newName(), text, at: new Date().toISOString(), agent: me()?.id ?? '', isWaiting: false };
  replies.push(reply);
  keep(reply);
  run();
}

/**
 * Forgets replies that are among the events by now.
 *
 * @param {import('./types.js').Event[]} events
 */
export function arrived(events) {
  const names = new Set(events.map((event) => event.type === 'message' && event.data.client_id));
  forget((reply) => names.has(reply.client_id));
}

export const clear = () => forget(() => true);

/** Sends on what somebody has written who signs in again; nobody sends what another wrote. */
export function resume() {
  forget((reply) => reply.agent !== me()?.id);
  return run();
}

/** Sends what there is, one after the other. */
export async function run() {
  if (isRunning || !state.session) return;
  clearTimeout(timer);
  isRunning = true;
  while (replies.length && state.session) {
    const [reply] = replies;
    try {
      await service.act(reply.conversation, 'reply', { text: reply.text, client_id: reply.client_id });
      nTries = 0;
      if (reply.conversation === state.openId) await readOpen().catch(() => {});
      drop(reply);
    } catch (refused) {
      if (!(refused instanceof Refused)) throw refused;
      if (refused.isPassing || refused.status === 401) {
        reply.isWaiting = true;
        keep(reply);
        later();
        break;
      }
      drop(reply);
      onStopped(reply, refused);
    }
  }
  isRunning = false;
}

/** @param {Reply} done */
const drop = (done) => forget((reply) => reply.client_id === done.client_id);

function later() {
  nTries += 1;
  timer = setTimeout(run, Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** nTries));
}
