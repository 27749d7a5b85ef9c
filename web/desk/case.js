// One case: what stands in it, what happened, what is done next, and what it holds sealed.

import { byId, el, terms } from '../shared/dom.js';
import * as service from './service.js';
import { changed, may, me, on, state } from './store.js';
import { ask, requiredChoice, textField } from './dialogs.js';
import { fileElement } from './transcript.js';
import { attempt, showPane, toast } from './side.js';
import { t } from './texts.js';
import { moment, titleOf } from './words.js';

/** @typedef {import('./types.js').WholeCase} WholeCase */
/** @typedef {import('./types.js').CaseStatus} CaseStatus */

/** @type {WholeCase | null} */
let shown = null;

/** What was revealed of the case that is shown; it goes with it. @type {Record<string, string>} */
let revealed = {};
let back = () => {};

/** @param {() => void} toList */
export function startCase(toList) {
  back = toList;
  on('language', () => { if (shown && wanted) show(); });
}

/** The number of the case that is looked at, from when it is asked for on. @type {string | null} */
let wanted = null;

export const isCaseShown = () => wanted !== null;

/** @param {string} number */
export async function showCaseIn(number) {
  showPane('side');
  revealed = {};
  wanted = number;
  await read(number);
}

/** @param {string} number */
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
  if (!each) return;
  /** @type {[string, HTMLElement][]} */
  const slots = Object.entries(each.slots).map(([slot, value]) => [t.slots[slot] ?? slot, slotElement(each, slot, value)]);
  const who = people().find(({ id }) => id === each.assignee);
  byId('cases').replaceChildren(
    el('button.plain', { type: 'button', onclick: leave }, `‹ ${t.backToCases}`),
    el('h3', each.number, ' ', el('span.tag', t.caseStatuses[each.status])),
    terms([
      [t.caseKind, t.caseKinds[each.kind] ?? each.kind], [t.department, titleOf(state.choices.departments, each.department)],
      [t.casePriority, t.priorityNames[each.priority] ?? each.priority], [t.assignee, who?.title ?? each.assignee ?? '—'],
      [t.firstReply, promise(each.first_reply)], [t.resolveBy, promise(each.resolve)],
    ]),
    el('section.part', el('h3', t.details_), terms(slots), ...(each.sealed.length ? [el('button', { type: 'button', onclick: () => reveal(each.number) }, t.reveal)] : [])),
    ...(each.files.length ? [el('section.part', el('h3', t.files), el('ul', each.files.map((file) => el('li', fileElement(file)))))] : []),
    el('div.line.wrap', ...steps(each)),
    el('section.part', el('h3', t.history), el('ol.history', each.history.map(recorded))),
  );
}

/** Who can have a case. @returns {import('./types.js').Choice[]} */
function people() {
  const own = me();
  const colleagues = (state.presence?.agents ?? []).map(({ id, name }) => ({ id, title: name }));
  return [...(own ? [{ id: own.id, title: own.display_name }] : []), ...colleagues];
}

/** @param {WholeCase} each @param {string} slot @param {string} value */
function slotElement({ sealed }, slot, value) {
  if (slot in revealed) return el('strong', revealed[slot]);
  return sealed.includes(slot) ? el('span', value, ' ', el('span.tag', t.sealed)) : el('span', value);
}

/** @param {import('./types.js').Promised} promised */
function promise({ by, at, kept }) {
  if (at) return el(kept ? 'span.level.good' : 'span.level.bad', `${moment(at)} ${kept ? t.kept : t.broken}`);
  if (!by) return '—';
  return el(kept === false ? 'span.level.bad' : 'span.level.good', kept === false ? `${t.by(moment(by))} ${t.broken}` : t.by(moment(by)));
}

/** @param {import('./types.js').Recorded} what */
const recorded = ({ at, what, text }) =>
  el('li', el('time.hint', { datetime: at }, moment(at)), ' ', el('strong', t.caseWhats[what] ?? what), text ? el('p', text) : '');

/** @param {string} number */
function reveal(number) {
  ask({
    title: t.revealFor(number), action: t.reveal,
    fields: [textField('reason', t.revealWhy, { isRequired: true, most: 200, hint: t.revealHint })],
    act: async ({ reason = '' }) => {
      const { values } = await service.reveal(number, reason);
      revealed = values;
      await read(number);
    },
  });
}

/** Which steps a state allows, as the rules of cases have it; the service judges each again. @type {Record<CaseStatus, CaseStatus[]>} */
const STEPS = {
  open: ['in_review', 'waiting_customer', 'rejected', 'closed'], waiting_customer: ['in_review', 'closed'],
  in_review: ['waiting_customer', 'approved', 'rejected', 'done', 'closed'], approved: ['done'], rejected: ['closed'], done: ['closed'], closed: [],
};

/** @typedef {'takeCase' | 'askCustomer' | 'approve' | 'reject' | 'finish' | 'closeCase'} StepName */

/** What each step is called; a case never goes back to open. @type {Record<Exclude<CaseStatus, 'open'>, StepName>} */
const NAMES = {
  in_review: 'takeCase', waiting_customer: 'askCustomer', approved: 'approve', rejected: 'reject', done: 'finish', closed: 'closeCase',
};

/** What the customer is told something with. */
const NEEDS_TEXT = ['waiting_customer', 'rejected'];

/** @param {WholeCase} each */
function steps({ number, status, kind, conversation }) {
  const action = (/** @type {string} */ label, /** @type {() => unknown} */ act) => el('button', { type: 'button', onclick: act }, label);
  const withText = (/** @type {string} */ label, /** @type {(text: string) => Promise<unknown>} */ act) => action(label, () => ask({
    title: `${label} · ${number}`, action: label, fields: [textField('text', t.caseText, { rows: 3, isRequired: true })], act: ({ text = '' }) => done(number, act(text)),
  }));
  const to = (/** @type {CaseStatus} */ next) => {
    if (next === 'open') return false;
    const label = t[NAMES[next]];
    if (NEEDS_TEXT.includes(next)) return withText(label, (text) => service.changeCase(number, { status: next, text }));
    return action(label, () => attempt(() => done(number, service.changeCase(number, { status: next }))));
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

/** @param {string} number @param {Promise<unknown>} change */
async function done(number, change) {
  await change;
  toast(t.done);
  await read(number);
}

/** @param {string} number */
function confirmation(number) {
  ask({
    title: t.confirmation, action: t.submit,
    fields: [textField('amount', t.amount, { isRequired: true, most: 40 }), textField('account', t.accountTo, { isRequired: true, most: 100 })],
    act: ({ amount, account }) => done(number, service.actOnCase(number, 'confirmation', { amount, account })),
  });
}

/** @param {string} number */
function assign(number) {
  ask({
    title: `${t.assignee} · ${number}`, action: t.submit, fields: [requiredChoice('assignee', t.assignee, people(), { chosen: me()?.id ?? '' })],
    act: ({ assignee }) => done(number, service.changeCase(number, { assignee })),
  });
}

/** @param {string} number */
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
