// Replies on their way: kept until the service has taken them, and sent again under their own names, so that none is lost and
// none arrives twice.

import * as service from './service.js';
import { changed, readOpen, state } from './store.js';
import { newName } from './words.js';

const KEY = 'yingda.desk.outbox';
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 20000;

/** `{conversation, client_id, text, at, isWaiting}` in the order of writing. */
let replies = read();
let isRunning = false;
let nTries = 0;
let timer;
let onStopped = () => {};

function read() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? [];
  } catch {
    return [];
  }
}

function write() {
  try {
    localStorage.setItem(KEY, JSON.stringify(replies));
  } catch { /* they go out of memory, then */ }
  changed('outbox');
}

/** Says to whom a reply goes that the service will never take: `(reply, refused)`. */
export function startOutbox(stopped) {
  onStopped = stopped;
  run();
}

export const onTheWay = (id) => replies.filter((reply) => reply.conversation === id);

export function send(conversation, text) {
  replies.push({ conversation, client_id: newName(), text, at: new Date().toISOString(), isWaiting: false });
  write();
  run();
}

/** Forgets replies that are among the events by now. */
export function arrived(events) {
  const names = new Set(events.map((event) => event.data?.client_id).filter(Boolean));
  const rest = replies.filter((reply) => !names.has(reply.client_id));
  if (rest.length === replies.length) return;
  replies = rest;
  write();
}

export function clear() {
  replies = [];
  write();
}

/** Sends what there is, one after the other. */
export async function run() {
  if (isRunning) return;
  clearTimeout(timer);
  isRunning = true;
  while (replies.length) {
    const [reply] = replies;
    try {
      await service.act(reply.conversation, 'reply', { text: reply.text, client_id: reply.client_id });
      nTries = 0;
      if (reply.conversation === state.openId) await readOpen().catch(() => {});
      drop(reply);
    } catch (refused) {
      if (refused.isPassing || refused.status === 401) {
        reply.isWaiting = true;
        write();
        later();
        break;
      }
      drop(reply);
      onStopped(reply, refused);
    }
  }
  isRunning = false;
}

function drop(reply) {
  replies = replies.filter((each) => each.client_id !== reply.client_id);
  write();
}

function later() {
  nTries += 1;
  timer = setTimeout(run, Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** nTries));
}
