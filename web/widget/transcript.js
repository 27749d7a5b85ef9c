// The transcript on the page: each item is built once and built anew when something of it changes. A screen reader hears what
// is new, from a region of its own, and nothing twice.

import { byId, el, say, showHtml } from '../shared/dom.js';
import { choices, links, opinion } from './answer.js';
import { newestMessage, standing, transcript } from './conversation.js';
import { fileOf } from './files.js';
import { sendAgain, takeBack, underWay } from './outbox.js';
import { t } from './words.js';

/** @typedef {import('./types.js').Item} Item */
/** @typedef {import('./types.js').Message} Message */

/** Time between two messages after which it is said when the later one was written. */
const PAUSE_MS = 600000;

/** From here to the end, new messages are followed. */
const NEAR_PX = 80;

const log = byId('log');
const list = byId('items');

/** What is shown, by key: the element and what it was built from. */
/** @type {Map<string, { node: HTMLElement, version: string }>} */
let shown = new Map();

/** Whether what comes now is new, and not history. */
let isLive = false;

/** Whether the end is in view, as it was before anything around it changed. */
let isAtEnd = true;

/** @type {(text: string) => void} */
let edit = () => {};

/** @param {{ edit: (text: string) => void }} doing */
export function startTranscript(doing) {
  edit = doing.edit;
  log.addEventListener('scroll', () => {
    isAtEnd = isNear();
    if (isAtEnd) byId('newer').hidden = true;
  }, { passive: true });
  // Whatever takes room below: who stood at the end stays there.
  new ResizeObserver(() => { if (isAtEnd) toEnd(); }).observe(log);
  log.addEventListener('keydown', walk);
  byId('newer').addEventListener('click', () => { toEnd(); log.focus(); });
}

/** From now on, what comes is new. */
export function goLive() {
  isLive = true;
  toEnd();
}

/** Shows what there is; `isAnew`: all of it is built again, in another language. */
export function showTranscript(isAnew = false) {
  if (isAnew) shown = new Map();
  const wasNear = isAtEnd;
  const outgoing = underWay().map((one) => ({ key: `c-${one.client_id}`, outgoing: one }));
  const items = [...transcript(), ...outgoing];
  const next = new Map();
  /** @type {HTMLElement[]} */
  const fresh = [];
  let before = 0;
  let isOwn = false;
  items.forEach((item, place) => {
    const at = timeOf(item);
    const version = versionOf(item, items[place - 1]);
    let known = shown.get(item.key);
    if (known?.version !== version) {
      const isNew = !known;
      known = { node: build(item, at - before > PAUSE_MS ? at : 0, items[place - 1]), version };
      if (isNew) fresh.push(known.node);
      if (isNew && 'outgoing' in item) isOwn = true;
      if (isNew && isLive) announce(item);
    }
    if (at) before = at;
    next.set(item.key, known);
  });
  shown = next;
  place([...next.values()].map(({ node }) => node));
  if (isLive) follow(fresh, wasNear, isOwn);
}

/** Puts the nodes in order, and leaves alone what stands right: the focus stays where it is. */
function place(/** @type {HTMLElement[]} */ nodes) {
  const isKept = new Set(nodes);
  [...list.children].forEach((node) => isKept.has(node) || node.remove());
  nodes.forEach((node, at) => { if (list.children[at] !== node) list.insertBefore(node, list.children[at] ?? null); });
}

/** What an item's looks depend on besides what never changes. */
function versionOf(/** @type {Item} */ item, /** @type {Item | undefined} */ before) {
  if ('outgoing' in item) return `${item.outgoing.state} ${item.outgoing.trouble ?? ''}`;
  if ('note' in item) return item.note;
  const { seq } = item;
  const isNewest = newestMessage()?.seq === seq && !underWay().length;
  return JSON.stringify(['there', item.isPast, isNewest, standing.helped.get(seq), standing.status, authorOf(before)]);
}

const timeOf = (/** @type {Item} */ item) => ('message' in item ? Date.parse(item.message.at) : 0);

const authorOf = (/** @type {Item | undefined} */ item) => {
  if (!item || 'note' in item) return '';
  return 'outgoing' in item ? 'visitor' : item.message.author + (item.message.author_name ?? '');
};

/**
 * @param {Item} item
 * @param {number} at When it is said that it was written; 0 where that is not said.
 * @param {Item | undefined} before
 */
function build(item, at, before) {
  if ('outgoing' in item) return outgoingItem(item.outgoing);
  if ('note' in item) return el('p.note', (t().notes[item.note] ?? '').replace('{name}', item.name || t().agent));
  const { message } = item;
  const isOurs = message.author !== 'visitor';
  const by = nameOf(message);
  const article = el(`article.item.${message.author}`, { tabindex: -1, 'aria-label': by },
    isOurs && authorOf(before) !== authorOf(item) && el('p.by', { 'aria-hidden': 'true' }, by),
    ...bodyOf(message), ...(isOurs ? asked(item) : []));
  if (!at) return article;
  return el('div', el('p.when', el('time', { datetime: message.at }, when(at))), article);
}

function nameOf(/** @type {Message} */ { author, author_name: name }) {
  if (author === 'visitor') return t().you;
  return name || t()[author];
}

/** @param {Message} message */
function bodyOf(message) {
  if (message.file) return [fileOf(message.file)];
  // A visitor's text is no markup. Nor is an agent's, but the service says so itself.
  if (message.author === 'visitor') return [el('p.bubble', labelOf(message))];
  return [el('div.bubble', showHtml(message))];
}

/** What was chosen is shown as the choice was. */
function labelOf(/** @type {Message} */ { seq, text }) {
  for (const item of transcript().reverse()) {
    if ('message' in item && item.seq < seq && item.message.author !== 'visitor') {
      return item.message.quick_replies?.find(({ send }) => send === text)?.label ?? text;
    }
  }
  return text;
}

/** @param {import('./types.js').MessageItem} item */
function asked({ message, isPast, seq }) {
  const isHeard = message.author === 'bot' ? standing.status === 'bot' : standing.status !== 'closed';
  const isOpen = !isPast && isHeard && newestMessage()?.seq === seq && !underWay().length;
  return [
    Boolean(message.links?.length) && links(message.links ?? []),
    Boolean(message.quick_replies?.length) && choices(message, isOpen, isOpen ? undefined : replyTo(seq)),
    message.kind === 'answer' && !isPast && opinion(message),
  ];
}

/** What the visitor said next. */
function replyTo(/** @type {number} */ seq) {
  const next = transcript().find((item) => 'message' in item && item.seq > seq && item.message.author === 'visitor');
  return next && 'message' in next ? next.message.text : underWay()[0]?.text;
}

/** @param {import('./types.js').Outgoing} outgoing */
function outgoingItem({ client_id: name, text, label, file, state, trouble = 'fault' }) {
  const body = el('p.bubble', file ? `📄 ${file.name}` : label ?? text);
  if (state === 'sending') return el('article.item.visitor.sending', { tabindex: -1, 'aria-label': t().you }, body, el('p.state', t().sending));
  const isFixed = ['invalid', 'fileKind', 'fileMany'].includes(trouble);
  const why = /** @type {Record<string, any>} */ (t())[trouble];
  const again = () => (isFixed ? edit(file ? (takeBack(name), '') : takeBack(name)) : sendAgain());
  return el('article.item.visitor', { tabindex: -1, 'aria-label': t().you }, body, el('p.state.failed',
    `${t().failed} · ${typeof why === 'function' ? why(1) : why ?? ''}`,
    el('button', { type: 'button', onclick: again }, isFixed ? t().edit : t().retry)));
}

function announce(/** @type {Item} */ item) {
  if ('note' in item) say(t().notes[item.note]?.replace('{name}', item.name || t().agent) ?? '');
  if (!('message' in item) || item.message.author === 'visitor') return;
  const { text, file, quick_replies: all = [] } = item.message;
  say(`${nameOf(item.message)}: ${file?.name ?? text} ${all.length ? t().nChoices(all.length) : ''}`);
}

/** The time of day, and the day where it is another. */
function when(/** @type {number} */ at) {
  const date = new Date(at);
  const isToday = date.toDateString() === new Date().toDateString();
  const day = isToday ? {} : /** @type {const} */ ({ month: 'short', day: 'numeric' });
  return new Intl.DateTimeFormat(t().tag, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...day }).format(date);
}

// ---- Where one stands in it ----

const isNear = () => log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_PX;

export function toEnd() {
  log.scrollTop = log.scrollHeight;
  isAtEnd = true;
  byId('newer').hidden = true;
}

/** Goes along with what is new, but not past its beginning; whoever reads above is told, and not moved. */
function follow(/** @type {HTMLElement[]} */ fresh, /** @type {boolean} */ wasNear, /** @type {boolean} */ isOwn) {
  const [first] = fresh;
  if (!first) {
    if (wasNear) toEnd();
    return;
  }
  if (isOwn) return toEnd();
  if (!wasNear) {
    if (first.matches('.note')) return;
    byId('newer').hidden = false;
    byId('newer').textContent = `${t().newer} ↓`;
    return;
  }
  log.scrollTop = Math.min(log.scrollHeight, topOf(first.previousElementSibling ?? first));
}

/** Where an item begins, in the transcript's own measure. */
const topOf = (/** @type {any} */ node) => (node ? node.getBoundingClientRect().top - log.getBoundingClientRect().top + log.scrollTop - 12 : 0);

/** Up and down from message to message, to either end, and past the last one to the end. */
function walk(/** @type {KeyboardEvent} */ event) {
  const steps = [...list.querySelectorAll('.item'), byId('end')];
  const at = steps.findIndex((node) => node.contains(document.activeElement));
  const to = { ArrowDown: at < 0 ? steps.length - 1 : at + 1, ArrowUp: at < 0 ? steps.length - 2 : at - 1, Home: 0, End: steps.length - 1 }[event.key];
  if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  steps[Math.max(0, Math.min(steps.length - 1, to))]?.focus();
}
