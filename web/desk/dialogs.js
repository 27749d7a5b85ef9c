// What is asked before something is done: a dialog with a form, at whose foot stands why it was refused.

import { byId, el } from '../shared/dom.js';
import { why } from './service.js';
import { t } from './texts.js';
import { attempt } from './side.js';

/**
 * Asks by a form. `fields` are elements from `field…` below; `act(values)` does it, and the dialog closes when that is done.
 */
export function ask({ title, fields, action, act, isCareful = false }) {
  const dialog = byId('dialog');
  const outcome = el('p.wrong', { role: 'alert' });
  const submit = el(`button.primary${isCareful ? '.careful' : ''}`, { type: 'submit' }, action);
  const form = el(
    'form', el('h2', { id: 'dialog-title' }, title), ...fields, outcome,
    el('div.line', el('button', { type: 'button', onclick: () => dialog.close() }, t.cancel), submit),
  );
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    submit.disabled = true;
    outcome.textContent = '';
    const values = Object.fromEntries(new FormData(form));
    const isDone = await attempt(() => act(values), (refused) => { outcome.textContent = why(refused); });
    submit.disabled = false;
    if (isDone) dialog.close();
  });
  show(form);
}

/** Shows something that is only read. */
export function tell({ title, content }) {
  const close = el('button', { type: 'button', onclick: () => byId('dialog').close() }, t.close);
  show(el('div', el('h2', { id: 'dialog-title' }, title), ...content, el('div.line', close)));
}

function show(content) {
  const dialog = byId('dialog');
  if (dialog.open) dialog.close();
  dialog.replaceChildren(content);
  dialog.showModal();
  content.querySelector('select, textarea, input:not([type=hidden])')?.focus();
}

export const isAsking = () => byId('dialog').open;

// ---- Fields ----

const labelled = (name, label, control, ...rest) =>
  el('div.field', el('label', { for: `f-${name}` }, label), control, ...rest);

export function choiceField(name, label, options, { chosen = '', first } = {}) {
  const select = el('select', { id: `f-${name}`, name, ...(first !== undefined && chosen === '' ? {} : {}) },
    first !== undefined && el('option', { value: '' }, first),
    options.map(({ id, title }) => el('option', { value: id }, title || id)));
  select.value = chosen;
  return labelled(name, label, select);
}

export function requiredChoice(name, label, options, settings) {
  const field = choiceField(name, label, options, settings);
  field.querySelector('select').required = true;
  return field;
}

export function textField(name, label, { rows = 0, isRequired = false, most = 2000, hint } = {}) {
  const attributes = {
    id: `f-${name}`, name, maxlength: String(most), ...(isRequired && { required: '' }), ...(hint && { 'aria-describedby': `h-${name}` }),
  };
  const control = rows ? el('textarea', { ...attributes, rows: String(rows) }) : el('input', { ...attributes, type: 'text' });
  return labelled(name, label, control, hint && el('p.hint', { id: `h-${name}` }, hint));
}

export const hidden = (name, value) => el('input', { type: 'hidden', name, value });
