// A case that is opened by hand, also while its customer is on the telephone: with the questions that establish who calls.

import { el } from '../shared/dom.js';
import * as service from './service.js';
import { me, state } from './store.js';
import { ask, choiceField, requiredChoice, textField } from './dialogs.js';
import { showCaseIn } from './case.js';
import { attempt, showTab, toast } from './side.js';
import { t } from './texts.js';

/** @type {import('./types.js').Priority[]} */
const PRIORITIES = ['urgent', 'high', 'normal', 'low'];

export function openPhoneCase() {
  const own = me()?.departments ?? [];
  const departments = state.choices.departments.filter(({ id }) => !own.length || own.includes(id));
  const kinds = Object.entries(t.caseKinds).map(([id, title]) => ({ id, title }));
  const priorities = PRIORITIES.map((id) => ({ id, title: t.priorityNames[id] ?? id }));
  ask({
    title: t.phoneCase, action: t.create,
    fields: [
      identity(),
      el('div.pair', requiredChoice('kind', t.caseKind, kinds, { first: '—' }), requiredChoice('department', t.department, departments, { first: '—' })),
      el('div.pair', textField('order_number', t.orderNumber, { most: 64 }), choiceField('priority', t.casePriority, priorities, { chosen: 'normal' })),
      textField('description', t.description, { rows: 4, isRequired: true }),
    ],
    act: create,
  });
}

function identity() {
  const outcome = el('p.hint', { role: 'status' }, t.identityOpen);
  const boxes = t.checks.map((label, at) => el('label.tick', el('input', { type: 'checkbox', name: `check-${at}` }), label));
  const list = el('fieldset.identity', el('legend', t.identity), el('p.hint', t.identityHint), ...boxes, outcome);
  list.addEventListener('change', () => {
    const isDone = boxes.every((box) => box.querySelector('input')?.checked);
    outcome.textContent = isDone ? t.identityDone : t.identityOpen;
    outcome.classList.toggle('good', isDone);
  });
  return list;
}

/** @param {import('./dialogs.js').Values} values */
async function create(values) {
  const { kind, department, description, order_number: order, priority } = values;
  const opened = await service.openCase({ kind, department, description, priority, ...(order && { order_number: order }) });
  const checked = t.checks.filter((_, at) => values[`check-${at}`]);
  const note = checked.length ? t.checkedNote(`${checked.length}/${t.checks.length}：${checked.join('；')}`) : t.uncheckedNote;
  // The case is open: that its note was not taken must not open it again.
  await attempt(() => service.actOnCase(opened.number, 'note', { text: note }));
  toast(t.opened(opened.number));
  showTab('cases');
  await showCaseIn(opened.number);
}
