// What the desk knows now, and who wants to hear when that changes. Knows nothing of how it is shown.

import * as service from './service.js';

export const state = {
  /** The session: `{account, permissions}`. */
  session: null,
  /** Which list is shown, and of which department. */
  view: 'mine',
  department: '',
  /** Cards by view; undefined where that was not read yet. */
  cards: {},
  cursors: {},
  /** The conversation that is open: its id, what `GET` says of it, and its events in their order. */
  openId: null,
  open: null,
  events: [],
  /** Conversations whose customers type. */
  typing: new Map(),
  presence: null,
  choices: { departments: [], reasons: [] },
  canned: [],
  isConnected: true,
  /** The last event that was seen of each conversation. */
  seen: new Map(),
};

export const me = () => state.session?.account;
export const may = (permission) => Boolean(state.session?.permissions.includes(permission));
export const isMine = (card = state.open) => card?.status === 'agent' && card.agent?.id === me()?.id;

const listeners = new Map();

/** Listens to a topic: `cards`, `open`, `events`, `typing`, `presence`, `choices`, `connection`, `outbox`. */
export function on(topic, listen) {
  listeners.set(topic, [...(listeners.get(topic) ?? []), listen]);
}

export function changed(topic, ...about) {
  (listeners.get(topic) ?? []).forEach((listen) => listen(...about));
}

// ---- Lists ----

let nReads = 0;

/** Reads one's own conversations, those that wait, and the list that is shown. */
export async function readLists() {
  nReads += 1;
  const read = nReads;
  const views = [...new Set(['mine', 'waiting', state.view])];
  const department = state.department;
  const pages = await Promise.all(views.map((view) => service.listConversations({ view, department })));
  if (read !== nReads) return; // A later one brings what is newer.
  const before = state.cards;
  state.cards = Object.fromEntries(views.map((view, at) => [view, pages[at].data]));
  state.cursors = Object.fromEntries(views.map((view, at) => [view, pages[at].next_cursor]));
  changed('cards', before);
}

/** Reads the next page of the list that is shown. */
export async function readMore() {
  const { view, department } = state;
  const page = await service.listConversations({ view, department, cursor: state.cursors[view] });
  if (view !== state.view) return;
  state.cards[view] = [...state.cards[view], ...page.data];
  state.cursors[view] = page.next_cursor;
  changed('cards', state.cards);
}

export async function choose(view, department = state.department) {
  state.view = view;
  state.department = department;
  changed('cards', state.cards);
  await readLists();
}

// ---- The open conversation ----

const lastSeq = () => state.events.at(-1)?.seq ?? 0;

export async function openConversation(id) {
  if (state.openId !== id) Object.assign(state, { openId: id, open: null, events: [] });
  changed('open');
  if (id) await readOpen();
}

const EVENTS_A_PAGE = 200;
let reading = null;

/** Reads what is new of the open conversation; whoever asks meanwhile has it read once more. */
export function readOpen() {
  reading = (reading ?? Promise.resolve()).catch(() => {}).then(readOnce);
  return reading;
}

async function readOnce() {
  const id = state.openId;
  if (!id) return;
  let fresh = [];
  const [open] = await Promise.all([service.showConversation(id), (async () => {
    for (let after = lastSeq(); ;) {
      const { data } = await service.eventsAfter(id, after);
      fresh = [...fresh, ...data];
      if (data.length < EVENTS_A_PAGE) return;
      after = data.at(-1).seq;
    }
  })()]);
  if (state.openId !== id) return;
  const before = state.open;
  state.open = open;
  const known = lastSeq();
  const isFirst = !before;
  fresh = fresh.filter((event) => event.seq > known);
  state.events = [...state.events, ...fresh];
  if (fresh.some((event) => event.data?.author === 'visitor')) state.typing.delete(id);
  see(open);
  changed('open', before);
  changed('events', fresh, isFirst);
}

/** Notes that what a conversation holds was seen. */
export function see(card) {
  if (document.visibilityState === 'visible') state.seen.set(card.id, card.last_seq);
}

/** Says whether the customer has said something that was not seen. */
export const isUnread = (card) => card.last?.author === 'visitor' && card.status === 'agent' && (state.seen.get(card.id) ?? 0) < card.last_seq;

/** Finds a card in any list. */
export const cardOf = (id) => Object.values(state.cards).flat().find((card) => card.id === id);

// ---- What agents choose from ----

export async function readChoices() {
  state.choices = await service.choices();
  changed('choices');
}

const cannedBy = new Map();

/** Has canned replies at hand in the customer's language. */
export async function readCanned(language) {
  if (!cannedBy.has(language)) cannedBy.set(language, (await service.canned(language)).data);
  state.canned = cannedBy.get(language);
}

export async function readPresence() {
  state.presence = await service.presence();
  changed('presence');
}
