// What the desk knows now, and who wants to hear when that changes. Knows nothing of how it is shown.

import * as service from './service.js';

/** @typedef {import('./types.js').Card} Card */
/** @typedef {import('./types.js').View} View */
/** @typedef {import('./types.js').Conversation} Conversation */
/** @typedef {import('./types.js').Event} Event */
/** @typedef {Partial<Record<View, Card[]>>} Cards By view; undefined where that was not read yet. */

export const state = {
  session: /** @type {import('../shared/staff.js').Session | null} */ (null),
  /** Which list is shown, and of which department. */
  view: /** @type {View} */ ('mine'),
  department: '',
  cards: /** @type {Cards} */ ({}),
  cursors: /** @type {Partial<Record<View, string | null>>} */ ({}),
  /** The conversation that is open: its id, what `GET` says of it, and its events in their order. */
  openId: /** @type {string | null} */ (null),
  open: /** @type {Conversation | null} */ (null),
  events: /** @type {Event[]} */ ([]),
  /** Conversations whose customers type, with when that was said. */
  typing: /** @type {Map<string, number>} */ (new Map()),
  presence: /** @type {import('./types.js').Presence | null} */ (null),
  choices: /** @type {import('./types.js').Choices} */ ({ departments: [], reasons: [] }),
  canned: /** @type {import('./types.js').CannedReply[]} */ ([]),
  isConnected: true,
  /** The last event that was seen of each conversation. */
  seen: /** @type {Map<string, number>} */ (new Map()),
};

export const me = () => state.session?.account;
/** @param {string} permission */
export const may = (permission) => Boolean(state.session?.permissions.includes(permission));
/** @param {Card | null} card */
export const isMine = (card = state.open) => card?.status === 'agent' && card.agent?.id === me()?.id;

/**
 * What can change, with what its listeners are told.
 *
 * @typedef {object} Topics
 * @property {[before: Cards]} cards
 * @property {[before?: Conversation | null]} open Nothing where another one is opened, or none.
 * @property {[fresh: Event[], isFirst: boolean]} events
 * @property {[tab: string]} tab
 * @property {[]} cases
 * @property {[]} choices
 * @property {[]} ended The session.
 * @property {[]} language
 * @property {[]} outbox
 * @property {[]} presence
 * @property {[]} second
 * @property {[]} typing
 */

/** @type {{ [K in keyof Topics]?: ((...about: Topics[K]) => void)[] }} */
const listeners = {};

/**
 * Listens to a topic.
 *
 * @template {keyof Topics} K
 * @param {K} topic
 * @param {(...about: Topics[K]) => void} listen
 */
export function on(topic, listen) {
  /** @type {((...about: Topics[K]) => void)[]} */
  const before = listeners[topic] ?? [];
  Object.assign(listeners, { [topic]: [...before, listen] });
}

/**
 * Tells who listens that something has changed.
 *
 * @template {keyof Topics} K
 * @param {K} topic
 * @param {Topics[K]} about
 */
export function changed(topic, ...about) {
  listeners[topic]?.forEach((listen) => listen(...about));
}

// ---- Lists ----

let nReads = 0;

/** Reads one's own conversations, those that wait, and the list that is shown. */
export async function readLists() {
  nReads += 1;
  const read = nReads;
  /** @type {View[]} */
  const views = [...new Set(/** @type {View[]} */ (['mine', 'waiting', state.view]))];
  const department = state.department;
  const pages = await Promise.all(views.map((view) => service.listConversations({ view, department })));
  if (read !== nReads) return; // A later one brings what is newer.
  const before = state.cards;
  state.cards = Object.fromEntries(views.map((view, at) => [view, pages[at]?.data]));
  state.cursors = Object.fromEntries(views.map((view, at) => [view, pages[at]?.next_cursor]));
  changed('cards', before);
}

/** Reads the next page of the list that is shown. */
export async function readMore() {
  const { view, department } = state;
  const page = await service.listConversations({ view, department, cursor: state.cursors[view] });
  if (view !== state.view) return;
  state.cards[view] = [...(state.cards[view] ?? []), ...page.data];
  state.cursors[view] = page.next_cursor;
  changed('cards', state.cards);
}

/** @param {View} view */
export async function choose(view, department = state.department) {
  state.view = view;
  state.department = department;
  changed('cards', state.cards);
  await readLists();
}

// ---- The open conversation ----

const lastSeq = () => state.events.at(-1)?.seq ?? 0;

/** @param {string | null} id */
export async function openConversation(id) {
  if (state.openId !== id) Object.assign(state, { openId: id, open: null, events: [] });
  changed('open');
  if (id) await readOpen();
}

const EVENTS_A_PAGE = 200;
/** @type {Promise<void> | null} */
let reading = null;

/** Reads what is new of the open conversation; whoever asks meanwhile has it read once more. */
export function readOpen() {
  reading = (reading ?? Promise.resolve()).catch(() => {}).then(readOnce);
  return reading;
}

async function readOnce() {
  const id = state.openId;
  if (!id) return;
  /** @type {Event[]} */
  let fresh = [];
  const [open] = await Promise.all([service.showConversation(id), (async () => {
    for (let after = lastSeq(); ;) {
      const { data } = await service.eventsAfter(id, after);
      fresh = [...fresh, ...data];
      if (data.length < EVENTS_A_PAGE) return;
      after = data.at(-1)?.seq ?? after;
    }
  })()]);
  if (state.openId !== id) return;
  const before = state.open;
  state.open = open;
  const known = lastSeq();
  const isFirst = !before;
  fresh = fresh.filter((event) => event.seq > known);
  state.events = [...state.events, ...fresh];
  if (fresh.some((event) => event.type === 'message' && event.data.author === 'visitor')) state.typing.delete(id);
  see(open);
  changed('open', before);
  changed('events', fresh, isFirst);
}

/** Notes that what a conversation holds was seen. @param {Card} card */
export function see(card) {
  if (document.visibilityState === 'visible') state.seen.set(card.id, card.last_seq);
}

/** Says whether the customer has said something that was not seen. @param {Card} card */
export const isUnread = (card) => card.last?.author === 'visitor' && card.status === 'agent' && (state.seen.get(card.id) ?? 0) < card.last_seq;

/** Finds a card in any list. @param {string | null} id */
export const cardOf = (id) => Object.values(state.cards).flat().find((card) => card.id === id);

// ---- What agents choose from ----

export async function readChoices() {
  state.choices = await service.choices();
  changed('choices');
}

/** @type {Map<string, import('./types.js').CannedReply[]>} */
const cannedBy = new Map();

/** Has canned replies at hand in the customer's language. @param {string} language */
export async function readCanned(language) {
  if (!cannedBy.has(language)) cannedBy.set(language, (await service.canned(language)).data);
  state.canned = cannedBy.get(language) ?? [];
}

export async function readPresence() {
  state.presence = await service.presence();
  changed('presence');
}
