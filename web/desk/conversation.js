// The middle pane: whom one talks with, what can be done with the conversation, and who else is at it.

import { byId, el } from '../shared/dom.js';
import * as service from './service.js';
import { choose, isMine, may, me, on, openConversation, readLists, readOpen, readPresence, state } from './store.js';
import { ask, choiceField, controlOf, requiredChoice, textField } from './dialogs.js';
import { levelOf } from './list.js';
import { attempt, showPane, toast } from './side.js';
import { t } from './texts.js';
import { nameOf, titleOf } from './words.js';

/** How long a customer types who says so once. */
const TYPES_MS = 6000;

/** @typedef {import('./types.js').Conversation} Conversation */
/** @typedef {import('../shared/staff.js').Refused} Refused */

export function startConversation() {
  on('open', show);
  on('language', () => show());
  on('choices', () => show());
  on('typing', showTyping);
  on('second', showAbout);
  byId('next').addEventListener('click', takeNext);
}

/** @param {Conversation | null} [before] */
function show(before) {
  const conversation = state.open;
  byId('nothing').hidden = Boolean(state.openId);
  byId('open').hidden = !conversation;
  if (!conversation) return notice('');
  byId('whom').replaceChildren(nameOf(conversation), conversation.is_verified ? el('span.tag.good', t.verified) : '');
  showAbout();
  const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset.action;
  byId('actions').replaceChildren(...actionsOf(conversation));
  if (focused) byId('actions').querySelector(`[data-action="${focused}"]`)?.focus();
  noteWho(conversation, before);
  showTyping();
}

function showAbout() {
  const conversation = state.open;
  if (!conversation) return;
  const [kind, waits] = levelOf(conversation) ?? ['', ''];
  const parts = [
    t.statusNames[conversation.status], conversation.status === 'agent' && conversation.agent?.name,
    titleOf(state.choices.departments, conversation.department), conversation.channel, conversation.language,
  ];
  const text = parts.filter(Boolean).join(' · ');
  byId('about').replaceChildren(text, ...(waits ? [' ', el(/** @type {`span.${string}`} */ (`span.level.${kind}`), waits)] : []));
}

/** Tells who has taken a conversation that one looked at, or had. @param {Conversation} conversation @param {Conversation | null} [before] */
function noteWho(conversation, before) {
  if (before === undefined) return;
  if (!before || before.id !== conversation.id) return notice(conversation.status === 'closed' ? t.ended : '');
  const isOthers = conversation.status === 'agent' && !isMine(conversation);
  const isTaken = before.agent?.id !== conversation.agent?.id || before.status !== 'agent';
  if (isOthers && isTaken) return notice(t.tookIt(conversation.agent?.name ?? ''));
  if (isMine(before) && !isMine(conversation)) return notice(conversation.status === 'closed' ? t.ended : t.movedOn);
  if (isMine(conversation)) notice('');
}

/** @param {string} text */
export const notice = (text) => { byId('notice').textContent = text; };

function showTyping() {
  const at = state.typing.get(state.openId ?? '');
  const isTyping = at !== undefined && Date.now() - at < TYPES_MS;
  byId('typing').textContent = isTyping ? t.typing : '';
  if (isTyping) setTimeout(showTyping, TYPES_MS);
}

// ---- What can be done ----

/** @param {Conversation} conversation */
function actionsOf(conversation) {
  const supervises = may('desk.supervise');
  const isHere = isMine(conversation);
  const action = (/** @type {string} */ name, /** @type {string} */ label, /** @type {() => unknown} */ act, isFirst = false) => el(isFirst ? 'button.primary' : 'button', { type: 'button', 'data-action': name, onclick: act }, label);
  const mayDirect = isHere || (supervises && ['queued', 'agent'].includes(conversation.status));
  return [
    conversation.status === 'queued' && action('claim', t.claim, claim, true),
    supervises && !isHere && ['agent', 'bot'].includes(conversation.status) && action('take-over', t.takeOver, takeOver),
    mayDirect && action('transfer', t.transfer, transfer),
    mayDirect && action('return', t.giveBack, giveBack),
    mayDirect && action('resolve', t.resolve, resolve, isHere),
  ].filter(Boolean);
}

/** Does something with the open conversation, and shows how things stand then, also where somebody else was first. @param {'claim' | 'return'} what @param {object} [body] */
async function does(what, body) {
  const id = state.openId;
  if (!id) return;
  await attempt(() => service.act(id, what, body), async (refused) => {
    if (refused.status !== 409) return toast(service.why(refused), true);
    await attempt(readOpen);
    if (state.open?.status === 'agent' && !isMine()) return notice(t.tookIt(state.open.agent?.name ?? ''));
    return toast(service.why(refused), true);
  });
  await refresh();
}

async function refresh() {
  await Promise.all([attempt(readLists), attempt(readOpen, gone), attempt(readPresence)]);
}

/** What has gone to another department is not there any more. @param {Refused} refused */
function gone(refused) {
  if (refused.status !== 404) return toast(service.why(refused), true);
  openConversation(null);
  showPane('list');
  return toast(t.movedOn);
}

export const readOrLeave = () => attempt(readOpen, gone);

export async function claim() {
  if (state.open?.status !== 'queued') return;
  await does('claim');
  if (!isMine()) return;
  byId('text').focus();
  // It does not wait any more: where those are listed that do, it would be nowhere.
  if (state.view === 'waiting') await attempt(() => choose('mine'));
}

export async function takeNext() {
  await attempt(async () => {
    const card = await service.takeNext();
    if (!card) return toast(t.nextNone);
    state.view = 'mine';
    showPane('conversation');
    await Promise.all([openConversation(card.id), readLists()]);
    byId('text').focus();
    return undefined;
  });
  await attempt(readPresence);
}

function takeOver() {
  const { agent, status } = state.open ?? {};
  if (status !== 'agent' || !agent) return does('claim', { take_over: true });
  return ask({
    title: t.takeOver, action: t.takeOver, isCareful: true, fields: [el('p', t.takeOverAsk(agent.name))],
    act: () => does('claim', { take_over: true }),
  });
}

/** The open conversation, where one may pass it on or end it. */
function passable() {
  const { open } = state;
  return open && (isMine() || may('desk.supervise')) && ['queued', 'agent'].includes(open.status) ? open : null;
}

export function transfer() {
  const open = passable();
  if (!open) return;
  const { id, department: here } = open;
  const departments = requiredChoice('department', t.toDepartment, state.choices.departments, { chosen: here ?? '', first: '—' });
  const agents = choiceField('to', t.toAgent, [], { first: t.anyone });
  const showAgents = () => {
    const department = controlOf(departments).value;
    const theirs = (state.presence?.agents ?? []).filter((each) =>
      each.id !== me()?.id && each.state !== 'offline' && (!each.departments.length || each.departments.includes(department)));
    controlOf(agents).replaceChildren(el('option', { value: '' }, t.anyone), ...theirs.map((each) =>
      el('option', { value: each.id }, `${each.name} · ${t.states[each.state]} ${t.nOpen(each.n_open, each.capacity)}`)));
  };
  departments.addEventListener('change', showAgents);
  showAgents();
  ask({
    title: t.transfer, action: t.transfer,
    fields: [departments, agents, textField('note', t.transferNote, { rows: 3, isRequired: true, hint: t.needNote })],
    act: async ({ department, to, note }) => {
      await service.act(id, 'transfer', { department, note, ...(to && { to }) });
      await refresh();
    },
  });
}

export function giveBack() {
  if (passable()) does('return');
}

export function resolve() {
  const open = passable();
  if (!open) return;
  const { id, context, reason } = open;
  const reasons = [...state.choices.reasons, { id: 'other', title: t.other }];
  const proposed = [context.intent, reason].find((each) => reasons.some((known) => known.id === each)) ?? '';
  const field = requiredChoice('reason', t.reason, reasons, { chosen: proposed, first: t.chooseReason });
  const hint = proposed !== '' && el('p.hint', t.proposedReason(titleOf(reasons, proposed)));
  ask({
    title: t.resolveTitle, action: t.resolve, fields: hint ? [field, hint] : [field],
    act: async (values) => {
      await service.act(id, 'resolve', { reason: values.reason });
      await refresh();
    },
  });
}
