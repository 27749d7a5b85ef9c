// What was said in the open conversation, with notes where they were written and replies that are still on their way.

import { button, byId, el, say, showHtml } from '../shared/dom.js';
import { me, on, state } from './store.js';
import { onTheWay, run } from './outbox.js';
import { t } from './texts.js';
import { clock, day, titleOf } from './words.js';

/** @typedef {import('./types.js').Event} Event */
/** @typedef {import('./types.js').Message} Message */

/** How far from the end one may have scrolled and still be shown what is new. */
const NEAR_PX = 80;

export function startTranscript() {
  on('open', (before) => { if (state.open && state.open.notes.length !== before?.notes?.length) show(); });
  on('events', (fresh, isFirst) => {
    show(isFirst);
    if (!isFirst) tell(fresh);
  });
  on('outbox', () => show());
  on('language', () => show());
  byId('to-bottom').addEventListener('click', toEnd);
  byId('log').addEventListener('scroll', () => { if (isAtEnd()) byId('to-bottom').hidden = true; });
}

const isAtEnd = () => byId('log').scrollHeight - byId('log').scrollTop - byId('log').clientHeight < NEAR_PX;

export function toEnd() {
  byId('log').scrollTop = byId('log').scrollHeight;
  byId('to-bottom').hidden = true;
}

/** A screen reader hears what others have said; one's own words one knows. @param {Event[]} fresh */
function tell(fresh) {
  const said = fresh.flatMap((event) => (event.type === 'message' && event.data.agent !== me()?.id ? [event.data] : []));
  if (said.length) say(said.map((data) => `${authorOf(data)}：${data.text}`).join(' '));
}

function show(isFirst = false) {
  if (!state.open) return byId('log').replaceChildren();
  const log = byId('log');
  const wasAtEnd = isFirst || isAtEnd();
  const before = log.childElementCount;
  const notes = state.open.notes.map((note) => ({ at: note.at, element: () => noteElement(note) }));
  const events = state.events.map((event) => ({ at: event.at, element: () => elementOf(event) }));
  const names = new Set(state.events.map((event) => event.type === 'message' && event.data.client_id));
  const waiting = onTheWay(state.openId).filter((reply) => !names.has(reply.client_id));
  const all = [...events, ...notes].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const elements = [];
  let shownDay = '';
  for (const each of all) {
    const element = each.element();
    if (!element) continue;
    const ofDay = day(each.at);
    if (ofDay !== shownDay) elements.push(el('p.day', ofDay));
    shownDay = ofDay;
    elements.push(element);
  }
  log.replaceChildren(...elements, ...waiting.map(waitingElement));
  if (wasAtEnd) toEnd();
  else byId('to-bottom').hidden = log.childElementCount <= before;
}

/** @param {Message} message */
const authorOf = (message) => (message.agent === me()?.id ? t.you : message.author_name ?? t.authors[message.author]);

/** @param {Event} event */
function elementOf({ type, at, data }) {
  if (type === 'message') return messageElement(data);
  if (type === 'owner') return line(at, ownerWords(data));
  if (type === 'case') return line(at, t.caseEvent(data.number, t.caseStatuses[data.status] ?? data.status));
  if (type === 'queue') return line(at, t.queuePlace(data.place));
  if (type === 'rating') return line(at, ratingWords(data));
  return null;
}

/** @param {import('./types.js').Owner} data */
function ownerWords({ owner, agent, handoff }) {
  const about = owner === 'queue' ? titleOf(state.choices.departments, handoff?.department) : agent?.name;
  return t.ownerNames[owner]?.(about) ?? owner;
}

/** @param {import('./types.js').Rating} data */
function ratingWords({ helpful, ratings, comment }) {
  const marks = Object.values(ratings ?? {}).flatMap((mark) => mark ?? []);
  const parts = [
    typeof helpful === 'boolean' && (helpful ? t.helpful : t.notHelpful),
    marks.length > 0 && `${'★'.repeat(Math.round(marks.reduce((sum, mark) => sum + mark, 0) / marks.length))}`,
    comment && `“${comment}”`,
  ];
  return `${t.rated}：${parts.filter(Boolean).join(' ')}`;
}

/** @param {string} at @param {string} text */
const line = (at, text) => el('p.event', text, ' ', el('time', { datetime: at }, clock(at)));

/** @param {Message} message */
function messageElement(message) {
  const own = message.author === 'visitor' ? 'visitor' : message.author === 'agent' ? 'agent' : 'bot';
  return el(
    /** @type {`article.${string}`} */ (`article.message.${own}`), { 'data-seq': String(message.seq) },
    el('p.by', el('span', authorOf(message)), ' ', el('time', { datetime: message.at }, clock(message.at))),
    el('div.said', message.file ? fileElement(message.file) : bodyOf(message)),
  );
}

/** The bot's answers have markup, which the server made; what people type has none. @param {Message} message */
function bodyOf(message) {
  if (message.author === 'bot' || message.author === 'system') return showHtml({ html: message.html });
  return el('p.typed', message.text);
}

/** @param {import('./types.js').KeptFile} file */
export function fileElement(file) {
  const address = `/api/v1/desk/files/${encodeURIComponent(file.id)}`;
  const isPicture = file.media_type.startsWith('image/');
  return el(
    'a.file', { href: address, target: '_blank', rel: 'noopener' },
    isPicture && el('img', { src: address, alt: '', loading: 'lazy' }), el('span', `${file.name || t.file} · ${Math.ceil(file.size / 1024)} KB`),
  );
}

/** @param {import('./types.js').Note} note */
function noteElement(note) {
  return el(
    'article.message.note', el('p.by', el('span', `${t.note} · ${note.agent.name}`), ' ', el('time', { datetime: note.at }, clock(note.at))),
    el('div.said', el('p.typed', note.text)),
  );
}

/** @param {import('./outbox.js').Reply} reply */
function waitingElement(reply) {
  const how = reply.isWaiting ? [el('span.wrong', t.unsent), ' ', button(t.retry, run)] : [t.sending];
  return el('article.message.agent.waiting', el('p.by', t.you, ' ', ...how), el('div.said', el('p.typed', reply.text)));
}
