// The cases of one's departments: which there are, and which of them is looked at.

import { byId, el } from '../shared/dom.js';
import * as service from './service.js';
import { me, on, state } from './store.js';
import { isCaseShown, showCaseIn, startCase } from './case.js';
import { openPhoneCase } from './phone.js';
import { attempt } from './side.js';
import { t } from './texts.js';
import { lasting, secondsSince, titleOf } from './words.js';

const filters = { status: '', late: false, own: false };
/** @typedef {import('./types.js').Case} Case */

/** @type {Case[] | null} */
let cases = null;
let isShown = false;

export function startCases() {
  startCase(show);
  on('tab', (tab) => {
    isShown = tab === 'cases';
    if (isShown && state.session) read();
  });
  on('language', () => { if (cases && !isCaseShown()) show(); });
  on('cases', read);
}

async function read() {
  if (!isShown) return;
  const parameters = { status: filters.status, late: filters.late && 'true', assignee: filters.own && me()?.id, limit: 50 };
  await attempt(async () => { cases = (await service.listCases(parameters)).data; });
  if (cases && !isCaseShown()) show();
}

function show() {
  const statuses = Object.entries(t.caseStatuses).map(([id, title]) => el('option', { value: id }, title));
  const status = el('select', { 'aria-label': t.cases, onchange: () => { filters.status = status.value; read(); } }, el('option', { value: '' }, t.allCases), statuses);
  status.value = filters.status;
  const list = cases?.length ? el('ul.case-list', cases.map(item)) : el('p.nothing', t.noCases);
  byId('cases').replaceChildren(
    el('div.line', el('button', { type: 'button', onclick: openPhoneCase }, t.newCase), status),
    el('div.line', tick(t.lateOnly, 'late'), tick(t.myCases, 'own')), list,
  );
}

/** @param {string} label @param {'late' | 'own'} filter */
function tick(label, filter) {
  const box = el('input', { type: 'checkbox', onchange: () => { filters[filter] = box.checked; read(); } });
  box.checked = filters[filter];
  return el('label.tick', box, label);
}

/** @param {Case} each */
function item(each) {
  const about = [t.caseKinds[each.kind], t.caseStatuses[each.status], titleOf(state.choices.departments, each.department)];
  return el('li', el(
    'button.card', { type: 'button', onclick: () => showCaseIn(each.number) },
    el('span.row', el('strong', each.number), level(each)), el('span.hint', about.join(' · ')),
    el('span.last', each.slots.description ?? each.order_number ?? ''),
  ));
}

/** @param {Case} each */
function level({ status, resolve, late_at: lateAt }) {
  if (['done', 'closed', 'rejected'].includes(status) || !resolve.by) return lateAt ? el('span.level.bad', t.broken) : '';
  const left = -secondsSince(resolve.by);
  return left < 0 ? el('span.level.bad', t.late(lasting(-left))) : el(lateAt ? 'span.level.care' : 'span.level.good', t.left(lasting(left)));
}
