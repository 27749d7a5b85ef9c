// What is asked before something is done: a dialog with a form, at whose foot stands why it was refused.

import { byId, el } from '../shared/dom.js';
import { why } from './service.js';
import { t } from './texts.js';
import { attempt } from './side.js';

/** @typedef {import('../shared/staff.js').Refused} Refused */
/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Control */
/** @typedef {Record<string, string>} Values What stands in the fields, by their names. */

/**
 * Asks by a form. `fields` are elements from `…Field` below; `act(values)` does it, and the dialog closes when that is done. What was
 * refused of a field stands at it, in the words of `faults` where these have some.
 *
 * @param {object} form
 * @param {string} form.title
 * @param {HTMLElement[]} form.fields
 * @param {string} form.action
 * @param {(values: Values) => unknown} form.act
 * @param {boolean} [form.isCareful]
 * @param {Record<string, string>} [form.faults]
 */
export function ask({ title, fields, action, act, isCareful = false, faults = {} }) {
  const dialog = byId('dialog');
  const outcome = el('p.wrong', { role: 'alert' });
  const submit = el(isCareful ? 'button.primary.careful' : 'button.primary', { type: 'submit' }, action);
  const form = el(
    'form', el('h2', { id: 'dialog-title' }, title), ...fields, outcome,
    el('div.line', el('button', { type: 'button', onclick: () => dialog.close() }, t.cancel), submit),
  );
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    submit.disabled = true;
    outcome.textContent = '';
    for (const control of controlsOf(form)) mark(control, '');
    const values = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
    const isDone = await attempt(() => act(values), (refused) => { outcome.textContent = tellAtFields(form, refused, faults) ? '' : why(refused); });
    submit.disabled = false;
    if (isDone) dialog.close();
  });
  form.addEventListener('input', ({ target }) => mark(/** @type {Control} */ (target), ''));
  show(form);
}

/** @param {HTMLFormElement} form */
const controlsOf = (form) => /** @type {Control[]} */ ([...form.elements].filter((control) => control.id.startsWith('f-')));

/** Says at a field what is wrong with it; nothing is wrong where there is no text. @param {Control} control @param {string} text */
function mark(control, text) {
  const line = byId(control.id.replace('f-', 'e-'));
  if (!line) return;
  line.textContent = text;
  control.setAttribute('aria-invalid', String(Boolean(text)));
}

/**
 * Says at the fields what was refused of them; whether that is all there is to say.
 *
 * @param {HTMLFormElement} form
 * @param {Refused} refused
 * @param {Record<string, string>} faults
 */
function tellAtFields(form, { problem }, faults) {
  const errors = problem?.errors ?? [];
  const controls = controlsOf(form);
  const wrong = errors.flatMap(({ field, message }) => {
    const control = controls.find(({ name }) => name === field);
    return control ? [{ control, text: faults[field] ?? message }] : [];
  });
  for (const { control, text } of wrong) mark(control, text);
  wrong[0]?.control.focus();
  return wrong.length > 0 && wrong.length === errors.length;
}

/** Shows something that is only read. @param {{ title: string, content: HTMLElement[] }} what */
export function tell({ title, content }) {
  const close = el('button', { type: 'button', onclick: () => byId('dialog').close() }, t.close);
  show(el('div', el('h2', { id: 'dialog-title' }, title), ...content, el('div.line', close)));
}

/** @param {HTMLElement} content */
function show(content) {
  const dialog = byId('dialog');
  if (dialog.open) dialog.close();
  dialog.replaceChildren(content);
  dialog.showModal();
  /** @type {HTMLElement | null} */ (content.querySelector('select, textarea, input:not([type=hidden])'))?.focus();
}

export const isAsking = () => byId('dialog').open;

// ---- Fields ----

/**
 * A control with its label above it, what is wrong with it below, and a hint where there is one.
 *
 * @param {string} name
 * @param {string} label
 * @param {Control} control
 * @param {string} [hint]
 */
function labelled(name, label, control, hint) {
  const told = [hint && `h-${name}`, `e-${name}`].filter(Boolean);
  control.setAttribute('aria-describedby', told.join(' '));
  return el(
    'div.field', el('label', { for: `f-${name}` }, label), control, el('p.wrong', { id: `e-${name}`, role: 'alert' }),
    hint && el('p.hint', { id: `h-${name}` }, hint),
  );
}

/**
 * @param {string} name
 * @param {string} label
 * @param {import('./types.js').Choice[]} options
 * @param {{ chosen?: string, first?: string }} [settings] What is chosen; what stands first where nothing is.
 */
export function choiceField(name, label, options, { chosen = '', first } = {}) {
  const select = el('select', { id: `f-${name}`, name },
    first !== undefined && el('option', { value: '' }, first),
    options.map(({ id, title }) => el('option', { value: id }, title || id)));
  select.value = chosen;
  return labelled(name, label, select);
}

/**
 * @param {string} name
 * @param {string} label
 * @param {import('./types.js').Choice[]} options
 * @param {{ chosen?: string, first?: string }} [settings] What is chosen; what stands first where nothing is.
 */
export function requiredChoice(name, label, options, settings) {
  const field = choiceField(name, label, options, settings);
  controlOf(field).required = true;
  return field;
}

/**
 * A line, or a box of several where it has `rows`.
 *
 * @param {string} name
 * @param {string} label
 * @param {{ rows?: number, isRequired?: boolean, most?: number, value?: string, hint?: string }} [settings]
 */
export function textField(name, label, { rows = 0, isRequired = false, most = 2000, value = '', hint } = {}) {
  const attributes = { id: `f-${name}`, name, maxlength: String(most), ...(isRequired && { required: '' }) };
  const control = rows ? el('textarea', { ...attributes, rows: String(rows) }) : el('input', { ...attributes, type: 'text' });
  control.value = value;
  return labelled(name, label, control, hint);
}

/** @param {string} name @param {string} label @param {{ value: number, least: number, most: number, hint: string }} settings */
export function numberField(name, label, { value, least, most, hint }) {
  const control = el('input', { id: `f-${name}`, name, type: 'number', min: String(least), max: String(most), required: '' });
  control.value = String(value);
  return labelled(name, label, control, hint);
}

/** What one writes or chooses in a field. @param {HTMLElement} field */
export const controlOf = (field) => /** @type {Control} */ (field.querySelector('select, textarea, input'));

/** @param {string} name @param {string} value */
export const hidden = (name, value) => el('input', { type: 'hidden', name, value });
