// One case: what stands in it, what happened, what is done next, and what it holds sealed.

import { byId, el, terms } from '../shared/dom.js';
import * as service from './service.js';
import { changed, may, me, on, state } from './store.js';
import { ask, requiredChoice, textField } from './dialogs.js';
import { fileElement } from './transcript.js';
import { attempt, showPane, toast } from './side.js';
import { t } from './texts.js';
import { moment, titleOf } from './words.js';

let shown = null;
/** What was revealed of the case that is shown; it goes with it. */
let revealed = {};
let back = () => {};

export function startCase(toList) {
  back = toList;
  on('language', () => { if (shown && wanted) show(); });
}

/** The number of the case that is looked at, from when it is asked for on. */
let wanted = null;

export const isCaseShown = () => wanted !== null;

export async function showCaseIn(number) {
  showPane('side');
  revealed = {};
  wanted = number;
  await read(number);
}

async function read(number) {
  await attempt(async () => {
    const found = await service.showCase(number);
    if (wanted !== number) return;
    shown = found;
    show();
  });
}

function leave() {
  shown = wanted = null;
  revealed = {};
  back();
  changed('cases');
}

function show() {
  const each = shown;
  const slots = Object.entries(each.slots).map(([slot, value]) => [t.slots[slot] ?? slot, slotElement(slot, value)]);
  const who = [me(), ...(state.presence?.agents ?? [])].find((agent) => agent?.id === each.assignee);
  byId('cases').replaceChildren(
    el('button.plain', { type: 'button', onclick: leave }, `‹ ${t.backToCases}`),
    el('h3', each.number, ' ', el('span.tag', t.caseStatuses[each.status])),
    terms([
      [t.caseKind, t.caseKinds[each.kind]], [t.department, titleOf(state.choices.departments, each.department)],
      [t.casePriority, t.priorityNames[each.priority]], [t.assignee, who ? who.display_name ?? who.name : each.assignee ?? '—'],
      [t.firstReply, promise(each.first_reply)], [t.resolveBy, promise(each.resolve)],
    ]),
    el('section.part', el('h3', t.details_), terms(slots), ...(each.sealed.length ? [el('button', { type: 'button', onclick: reveal }, t.reveal)] : [])),
    ...(each.files.length ? [el('section.part', el('h3', t.files), el('ul', each.files.map((file) => el('li', fileElement(file)))))] : []),
    el('div.line.wrap', ...steps(each)),
    el('section.part', el('h3', t.history), el('ol.history', each.history.map(recorded))),
  );
}

function slotElement(slot, value) {
  if (slot in revealed) return el('strong', revealed[slot]);
  return shown.sealed.includes(slot) ? el('span', value, ' ', el('span.tag', t.sealed)) : el('span', value);
}

function promise({ by, at, kept }) {
  if (at) return el(`span.level.${kept ? 'good' : 'bad'}`, `${moment(at)} ${kept ? t.kept : t.broken}`);
  if (!by) return '—';
  return el(`span.level.${kept === false ? 'bad' : 'good'}`, kept === false ? `${t.by(moment(by))} ${t.broken}` : t.by(moment(by)));
}

const recorded = ({ at, what, text }) =>
  el('li', el('time.hint', { datetime: at }, moment(at)), ' ', el('strong', t.caseWhats[what] ?? what), text ? el('p', text) : '');

function reveal() {
  const { number } = shown;
  ask({
    title: t.revealFor(number), action: t.reveal,
    fields: [textField('reason', t.revealWhy, { isRequired: true, most: 200, hint: t.revealHint })],
    act: async ({ reason }) => {
      const { values } = await service.actOnCase(number, 'reveal', { reason });
      revealed = values;
      await read(number);
    },
  });
}

/** Which steps a state allows, as the rules of cases have it; the service judges each again. */
const STEPS = {
  open: ['in_review', 'waiting_customer', 'rejected', 'closed'], waiting_customer: ['in_review', 'closed'],
  in_review: ['waiting_customer', 'approved', 'rejected', 'done', 'closed'], approved: ['done'], rejected: ['closed'], done: ['closed'], closed: [],
};

const NAMES = {
  in_review: 'takeCase', waiting_customer: 'askCustomer', approved: 'approve', rejected: 'reject', done: 'finish', closed: 'closeCase',
};

/** What the customer is told something with. */
const NEEDS_TEXT = ['waiting_customer', 'rejected'];

function steps({ number, status, kind, conversation }) {
  const action = (label, act) => el('button', { type: 'button', onclick: act }, label);
  const withText = (label, act) => action(label, () => ask({
    title: `${label} · ${number}`, action: label, fields: [textField('text', t.caseText, { rows: 3, isRequired: true })], act: ({ text }) => done(act(text)),
  }));
  const to = (next) => {
    const label = t[NAMES[next]];
    if (NEEDS_TEXT.includes(next)) return withText(label, (text) => service.changeCase(number, { status: next, text }));
    return action(label, () => attempt(() => done(service.changeCase(number, { status: next }))));
  };
  const isOver = status === 'closed';
  return [
    ...STEPS[status].filter((next) => next !== 'approved' || may('cases.approve')).map(to),
    !isOver && conversation && withText(t.replyCase, (text) => service.actOnCase(number, 'reply', { text })),
    withText(t.noteCase, (text) => service.actOnCase(number, 'note', { text })),
    !isOver && withText(t.escalate, (text) => service.actOnCase(number, 'escalate', { text })),
    ['refund', 'transaction'].includes(kind) && status === 'in_review' && conversation && action(t.confirmation, () => confirmation(number)),
    !isOver && action(t.assignee, () => assign(number)),
    !isOver && action(t.department, () => move(number)),
  ].filter(Boolean);
}

async function done(change) {
  await change;
  toast(t.done);
  await read(shown.number);
}

function confirmation(number) {
  ask({
    title: t.confirmation, action: t.submit,
    fields: [textField('amount', t.amount, { isRequired: true, most: 40 }), textField('account', t.accountTo, { isRequired: true, most: 100 })],
    act: ({ amount, account }) => done(service.actOnCase(number, 'confirmation', { amount, account })),
  });
}

function assign(number) {
  const people = [{ id: me().id, title: me().display_name }, ...(state.presence?.agents ?? []).map(({ id, name }) => ({ id, title: name }))];
  ask({
    title: `${t.assignee} · ${number}`, action: t.submit, fields: [requiredChoice('assignee', t.assignee, people, { chosen: me().id })],
    act: ({ assignee }) => done(service.changeCase(number, { assignee })),
  });
}

function move(number) {
  const field = requiredChoice('department', t.toDepartment, state.choices.departments, { first: '—' });
  ask({
    title: `${t.department} · ${number}`, action: t.submit, fields: [field],
    act: async ({ department }) => {
      await service.changeCase(number, { department });
      toast(t.done);
      leave();
    },
  });
}
