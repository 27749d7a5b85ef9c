// How the conversation stands, in words around it: who is there, the queue, the connection, who is typing.

import { call } from '../shared/api.js';
import { byId, el, say } from '../shared/dom.js';
import { conversation, standing } from './conversation.js';
import { isAwaiting } from './outbox.js';
import { t } from './words.js';

const MINUTE_S = 60;

/** An agent who types says so again and again; silence for this long is the end of it. */
const TYPING_MS = 6000;

/** Whoever gets an answer at once need not be told to wait. */
const PAUSE_MS = 350;

/** The service's hours, as `/status` has them. */
/** @type {any} */
let hours = null;

export async function loadHours() {
  hours = await call('status').catch(() => hours);
  showStanding();
}

/** Shows who is there, and how long the wait is. */
export function showStanding() {
  byId('presence').textContent = presence();
  const isWaiting = standing.status === 'queued';
  byId('person').hidden = isWaiting || standing.status === 'agent';
  byId('person').closest('.shortcuts').hidden = standing.status === 'agent';
  byId('waiting').hidden = !isWaiting;
  if (isWaiting) showQueue();
  const isPerson = isWaiting || standing.status === 'agent';
  byId('box').placeholder = isPerson ? t().placeholderAgent : t().placeholder;
  byId('finish').hidden = byId('download').hidden = !conversation();
  if (standing.status === 'closed') byId('finish').hidden = true;
}

function presence() {
  if (standing.status === 'closed') return t().ended;
  if (standing.status === 'queued') return t().waiting;
  if (standing.status === 'agent') return t().withAgent(standing.agent || t().agent);
  const chat = hours?.channels?.chat;
  if (!chat || chat.open) return t().online;
  return chat.opens_at ? t().away(moment(chat.opens_at)) : t().awayUnknown;
}

/** An instant by the service's own clock. */
const moment = (/** @type {string} */ instant) => new Intl.DateTimeFormat(t().tag, {
  weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: hours.timezone,
}).format(new Date(instant));

function showQueue() {
  const { queue } = standing;
  if (!queue) return byId('waiting').replaceChildren(t().queued);
  const { expected_seconds: seconds } = queue;
  const wait = queue.place <= 1 ? t().expectedSoon : seconds && t().expected(Math.max(1, Math.round(seconds / MINUTE_S)));
  const place = t().place(queue.place);
  byId('waiting').replaceChildren(el('strong', place), ...(wait ? [` · ${wait}`] : []));
}

/** Says when a place in the queue has changed. */
let saidPlace = 0;

export function sayPlace() {
  const place = standing.queue?.place ?? 0;
  if (place && place !== saidPlace) say(byId('waiting').textContent);
  saidPlace = place;
}

/**
 * The connection: nothing is said of one that is only just lost.
 *
 * @param {boolean} isConnected
 * @param {number} nTries
 */
export function showConnection(isConnected, nTries) {
  const banner = byId('banner');
  const wasShown = !banner.hidden;
  const isAway = !navigator.onLine || (!isConnected && nTries > 1);
  banner.hidden = !isAway;
  if (isAway) banner.textContent = navigator.onLine ? t().reconnecting : t().offline;
  else if (wasShown) say(t().online_again);
}

let timer = 0;

/** @param {string} name Who types; empty for nobody. */
export function showTyping(name) {
  clearTimeout(timer);
  if (!name) return showAwaiting();
  dots(t().types(name));
  timer = window.setTimeout(showAwaiting, TYPING_MS);
}

/** Dots while an answer of the bot is awaited for longer than a moment. */
export function showAwaiting() {
  clearTimeout(timer);
  if (!isAwaiting()) {
    byId('typing').hidden = true;
    return;
  }
  timer = window.setTimeout(() => isAwaiting() && dots(''), PAUSE_MS);
}

/** @param {string} words */
function dots(words) {
  const log = byId('log');
  const isNear = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  byId('typing').replaceChildren(el('span.dots', { 'aria-hidden': 'true' }, el('i'), el('i'), el('i')), words);
  byId('typing').hidden = false;
  if (isNear) log.scrollTop = log.scrollHeight;
}
