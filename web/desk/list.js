// The left pane: which conversations there are, and how long each may still wait.

import { byId, el } from '../shared/dom.js';
import { changed, choose, isMine, isUnread, may, me, on, openConversation, readMore, state } from './store.js';
import { drafts } from './drafts.js';
import { t } from './texts.js';
import { attempt, showPane } from './side.js';
import { lasting, moment, nameOf, secondsSince, titleOf } from './words.js';

/** @typedef {import('./types.js').View} View */
/** @typedef {import('./types.js').Card} Card */

/** @type {View[]} */
const VIEWS = ['mine', 'waiting', 'open', 'closed'];

/** Of the time that is promised, from which share on it is short. */
const SHORT_SHARE = 0.25;

/** Seconds for which a customer waits for an agent's next word before the card says so with care, and with alarm. */
const CARE_AFTER = 60;
const ALARM_AFTER = 180;

export function startList() {
  byId('department').addEventListener('change', () => attempt(() => choose(state.view, byId('department').value)));
  byId('more').addEventListener('click', () => attempt(readMore));
  on('cards', show);
  on('open', mark);
  on('choices', showDepartments);
  on('language', () => { showDepartments(); show(); });
  setInterval(tick, 1000);
}

/** @param {View} view */
export const chooseView = (view) => attempt(() => choose(view));

/** Opens the conversation that stands so many places after the open one. @param {number} by */
export function step(by) {
  const cards = state.cards[state.view] ?? [];
  const at = cards.findIndex((card) => card.id === state.openId);
  const next = cards[at < 0 ? 0 : Math.min(cards.length - 1, Math.max(0, at + by))];
  if (next) open(next.id);
}

/** @param {string} id */
export function open(id) {
  showPane('conversation');
  attempt(() => openConversation(id));
}

function showDepartments() {
  const own = me()?.departments ?? [];
  const seen = state.choices.departments.filter(({ id }) => !own.length || own.includes(id));
  const options = seen.map(({ id, title }) => el('option', { value: id }, title || id));
  byId('department').replaceChildren(el('option', { value: '' }, t.allDepartments), ...options);
  byId('department').value = state.department;
  byId('department').hidden = seen.length < 2;
}

function show() {
  showViews();
  const cards = state.cards[state.view];
  byId('more').hidden = !state.cursors[state.view];
  if (!cards) return byId('cards').replaceChildren();
  const focused = /** @type {HTMLElement | null | undefined} */ (document.activeElement?.closest('#cards [data-id]'))?.dataset.id;
  const nothing = el('li.nothing', state.view === 'waiting' ? t.nobodyWaits : t.nobody);
  byId('cards').replaceChildren(...(cards.length ? cards.map(item) : [nothing]));
  if (focused) byId('cards').querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus();
  mark();
}

function showViews() {
  /** @type {View[]} */
  const views = may('desk.supervise') ? [...VIEWS, 'bot'] : VIEWS;
  const unread = (state.cards.mine ?? []).filter(isUnread).length;
  const buttons = views.map((view) => {
    const counted = ['mine', 'waiting'].includes(view) ? state.cards[view] : undefined;
    const n = counted ? `${counted.length}${state.cursors[view] ? '+' : ''}` : '';
    const attributes = { type: 'button', 'aria-pressed': String(view === state.view), 'data-view': view, onclick: () => chooseView(view) };
    return el('button', attributes, t[view], n && el('span.n', n), view === 'mine' && unread > 0 && el('span.mark', { title: t.unread }, '●'));
  });
  const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset.view;
  byId('views').replaceChildren(...buttons);
  if (focused) byId('views').querySelector(`[data-view="${focused}"]`)?.focus();
}

/** @param {Card} card */
function item(card) {
  const { last } = card;
  const isOthers = card.status === 'agent' && !isMine(card);
  const about = [titleOf(state.choices.departments, card.department), titleOf(state.choices.reasons, card.reason)].filter(Boolean);
  const who = last && (last.author === 'visitor' ? '' : `${last.author === 'agent' && isMine(card) ? t.you : t.authors[last.author]}：`);
  return el('li', el(
    'button.card', { type: 'button', 'data-id': card.id, onclick: () => open(card.id) },
    el('span.row', el('strong.name', nameOf(card)), isUnread(card) && el('span.mark', { title: t.unread }, '●'),
      el('time.hint', { datetime: card.updated_at }, moment(card.updated_at))),
    el('span.last', drafts.has(card.id) ? el('em', `[${t.draft}] `) : null, last ? `${who}${last.text}` : t.empty),
    el('span.row', el('span.hint.about', about.join(' · ') || t.statusNames[card.status]),
      isOthers && el('span.hint', card.agent?.name),
      card.priority && ['urgent', 'high'].includes(card.priority) && el(/** @type {`span.${string}`} */ (`span.tag.${card.priority}`), t.priorityNames[card.priority]),
      level(card)),
  ));
}

/** How long somebody may still wait, in words and in a colour. @param {Card} card */
function level(card) {
  const element = el('span.level', { 'data-id': card.id });
  put(element, card);
  return element;
}

/** @param {HTMLElement} element @param {Card} card */
function put(element, card) {
  const [kind, text] = levelOf(card) ?? ['', ''];
  element.className = `level ${kind}`;
  if (element.textContent !== text) element.textContent = text;
}

/** `[good | care | bad, words]`; nothing where nobody waits. @param {Card} card @returns {['good' | 'care' | 'bad', string] | null} */
export function levelOf(card) {
  if (card.status === 'queued' && card.reply_by && card.waiting_since) {
    const left = -secondsSince(card.reply_by);
    const promised = (Date.parse(card.reply_by) - Date.parse(card.waiting_since)) / 1000;
    if (left < 0) return ['bad', t.late(lasting(-left))];
    return [left < promised * SHORT_SHARE ? 'care' : 'good', t.left(lasting(left))];
  }
  if (card.status === 'queued') return ['good', card.waiting_since ? lasting(secondsSince(card.waiting_since)) : ''];
  if (card.status !== 'agent' || card.last?.author !== 'visitor') return null;
  const waits = secondsSince(card.last.at);
  return [waits > ALARM_AFTER ? 'bad' : waits > CARE_AFTER ? 'care' : 'good', t.waits(lasting(waits))];
}

function tick() {
  const cards = new Map((state.cards[state.view] ?? []).map((card) => [card.id, card]));
  for (const element of byId('cards').querySelectorAll('.level')) {
    const card = cards.get(element.dataset.id);
    if (card) put(element, card);
  }
  changed('second');
}

function mark() {
  for (const card of byId('cards').querySelectorAll('[data-id].card')) {
    if (card.dataset.id === state.openId) card.setAttribute('aria-current', 'true');
    else card.removeAttribute('aria-current');
  }
}

