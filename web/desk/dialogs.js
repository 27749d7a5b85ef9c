// What is asked before something is done: a dialog with a form, at whose foot stands why it was refused.

import { byId, el } from '../shared/dom.js';
import { why } from './service.js';
import { t } from './texts.js';
import { attempt } from './side.js';

/**
 * Asks by a form. `fields` are elements from `…Field` below; `act(values)` does it, and the dialog closes when that is done. What was
 * refused of a field stands at it, in the words of `faults` where these have some.
 */
export function ask({ title, fields, action, act, isCareful = false, faults = {} }) {
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
    for (const control of controlsOf(form)) mark(control, '');
    const values = Object.fromEntries(new FormData(form));
    const isDone = await attempt(() => act(values), (refused) => { outcome.textContent = tellAtFields(form, refused, faults) ? '' : why(refused); });
    submit.disabled = false;
    if (isDone) dialog.close();
  });
  form.addEventListener('input', (event) => mark(event.target, ''));
  show(form);
}

const controlsOf = (form) => [...form.elements].filter((control) => control.id.startsWith('f-'));

/** Says at a field what is wrong with it; nothing is wrong where there is no text. */
function mark(control, text) {
  const line = byId(control.id.replace('f-', 'e-'));
  if (!line) return;
  line.textContent = text;
  control.setAttribute('aria-invalid', String(Boolean(text)));
}

/** Says at the fields what was refused of them; whether that is all there is to say. */
function tellAtFields(form, { problem }, faults) {
  const errors = problem?.errors ?? [];
  const wrong = errors.filter(({ field }) => form.elements[field]?.id === `f-${field}`);
  for (const { field, message } of wrong) mark(form.elements[field], faults[field] ?? message);
  if (wrong.length) form.elements[wrong[0].field].focus();
  return wrong.length > 0 && wrong.length === errors.length;
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

/** A control with its label above it, what is wrong with it below, and a hint where there is one. */
function labelled(name, label, control, hint) {
  const told = [hint && `h-${name}`, `e-${name}`].filter(Boolean);
  control.setAttribute('aria-describedby', told.join(' '));
  return el(
    'div.field', el('label', { for: `f-${name}` }, label), control, el('p.wrong', { id: `e-${name}`, role: 'alert' }),
    hint && el('p.hint', { id: `h-${name}` }, hint),
  );
}

export function choiceField(name, label, options, { chosen = '', first } = {}) {
  const select = el('select', { id: `f-${name}`, name },
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

export function textField(name, label, { rows = 0, isRequired = false, most = 2000, value = '', hint } = {}) {
  const attributes = { id: `f-${name}`, name, maxlength: String(most), ...(isRequired && { required: '' }) };
  const control = rows ? el('textarea', { ...attributes, rows: String(rows) }) : el('input', { ...attributes, type: 'text' });
  control.value = value;
  return labelled(name, label, control, hint);
}

export function numberField(name, label, { value, least, most, hint }) {
  const control = el('input', { id: `f-${name}`, name, type: 'number', min: String(least), max: String(most), required: '' });
  control.value = String(value);
  return labelled(name, label, control, hint);
}

export const hidden = (name, value) => el('input', { type: 'hidden', name, value });
