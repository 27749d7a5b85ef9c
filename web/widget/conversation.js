// What is known of the conversation: its messages and notes in order, who has it, what its visitor thinks. Knows no page and no
// network; whoever shows it is told of each change.

import { kept, seen } from './session.js';

/** @typedef {import('./types.js').Item} Item */
/** @typedef {import('./types.js').Message} Message */
/** @typedef {import('./types.js').StreamEvent} StreamEvent */

/** @type {{ id: string, token: string } | null} */
let own = kept.get();

/** What stands in the transcript, by number. */
/** @type {Map<number, import('./types.js').MessageItem | import('./types.js').NoteItem>} */
let items = new Map();

/** What stands above it: conversations that ended while the page was open. */
/** @type {Item[]} */
let past = [];

/** The number of the last event that was taken. */
let last = 0;

export const standing = {
  status: /** @type {import('./types.js').Status} */ ('bot'),
  agent: '',
  /** @type {import('./types.js').Queue | null} */
  queue: null,
  /** What the visitor said of a message, by its number: that it helped, that it did not, and is asked why, or has been. */
  helped: /** @type {Map<number, 'yes' | 'asked' | 'no'>} */ (new Map()),
  isRated: false,
  nUnread: 0,
};

/** @type {((what: 'items' | 'standing' | 'typing', name?: string) => void)[]} */
const listeners = [];

/** @param {(typeof listeners)[number]} listener */
export const onChange = (listener) => listeners.push(listener);

/** @type {(typeof listeners)[number]} */
const changed = (what, name) => listeners.forEach((listener) => listener(what, name));

export const conversation = () => own;
export const lastSeq = () => last;

/** @returns {Item[]} */
export const transcript = () => [...past, ...[...items.values()].sort((a, b) => a.seq - b.seq)];

/** @param {string} name A client_id. */
export const isTaken = (name) => [...items.values()].some(({ key }) => key === `c-${name}`);

/** The newest message, whoever wrote it. */
export function newestMessage() {
  const newest = [...items.values()].filter((item) => 'message' in item).sort((a, b) => b.seq - a.seq)[0];
  return newest && 'message' in newest ? newest.message : null;
}

/**
 * Keeps a conversation that has begun, or the new token of one.
 *
 * @param {{ id: string, token: string }} begun
 */
export function keep({ id, token }) {
  if (own?.id !== id) reset();
  own = { id, token };
  kept.set(own);
}

/** Forgets the conversation; `isShown`: what was said stays to be read. */
export function forget(isShown = false) {
  past = isShown ? transcript().map((item) => ({ ...item, key: `past-${item.key}`, isPast: true })) : [];
  own = null;
  kept.set(null);
  reset();
  changed('items');
  changed('standing');
}

function reset() {
  items = new Map();
  last = 0;
  seen.set(null);
  Object.assign(standing, { status: 'bot', agent: '', queue: null, helped: new Map(), isRated: false, nUnread: 0 });
}

/**
 * Takes what happened, once.
 *
 * @param {StreamEvent} event
 */
export function take({ seq, type, data }) {
  if (type === 'typing') return data?.author === 'visitor' ? undefined : changed('typing', data?.name ?? '');
  if (!seq || seq <= last) return;
  last = seq;
  const taken = TAKEN[type];
  if (taken) taken(data ?? {}, seq);
}

/** @type {Record<string, (data: any, seq: number) => void>} */
const TAKEN = {
  message: put,
  status: ({ status, reason }, seq) => {
    stand(status);
    if (status === 'closed') note(seq, 'closed');
    else if (reason === 'reopened') note(seq, 'reopened');
  },
  owner: ({ owner, agent }, seq) => {
    standing.agent = owner === 'agent' ? agent?.name ?? '' : '';
    if (owner === 'agent') stand('agent');
    else if (owner === 'queue') stand('queued');
    else if (owner === 'bot') stand('bot');
    note(seq, owner, standing.agent);
  },
  queue: (data) => {
    standing.queue = Number.isInteger(data.place) ? data : null;
    changed('standing');
  },
  rating: ({ message_seq: of, helpful, reason, ratings }) => {
    const isAsked = standing.helped.get(of) === 'asked' && !reason;
    if (of && typeof helpful === 'boolean' && !isAsked) standing.helped.set(of, helpful ? 'yes' : 'no');
    if (!of && ratings) standing.isRated = true;
    changed('items');
  },
};

/**
 * Takes a message; one that is there already is not taken again.
 *
 * @param {Message} message
 */
export function put(message) {
  if (items.has(message.seq)) return;
  const key = message.client_id ? `c-${message.client_id}` : `m-${message.seq}`;
  items.set(message.seq, { key, seq: message.seq, message });
  if (message.author !== 'visitor') {
    changed('typing', '');
    if (message.seq > (seen.get() ?? 0)) standing.nUnread += 1;
  }
  changed('items');
}

/**
 * @param {number} seq
 * @param {string} kind
 */
function note(seq, kind, name = '') {
  items.set(seq, { key: `n-${seq}`, seq, note: kind, name });
  changed('items');
}

/** @param {import('./types.js').Status | undefined} status */
export function stand(status) {
  if (!status) return;
  if (status !== 'queued') standing.queue = null;
  if (status !== 'agent') standing.agent = '';
  standing.status = status;
  changed('standing');
}

/** The visitor looks at it: nothing is unread any more. */
export function see() {
  if (items.size) seen.set(Math.max(...items.keys()));
  if (!standing.nUnread) return;
  standing.nUnread = 0;
  changed('standing');
}

/**
 * @param {number} seq
 * @param {'yes' | 'asked' | 'no'} helped
 */
export function noteHelped(seq, helped) {
  standing.helped.set(seq, helped);
  changed('items');
}
