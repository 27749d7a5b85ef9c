// What every screen is built of: a heading, chips, tabs, dialogs with a form, fields, and what is told for a moment.

import { byId, el } from '../shared/dom.js';
import { Refused } from '../shared/staff.js';
import { why } from './service.js';
import { t } from './words.js';

/** @typedef {import('./types.js').Part} Part */

const TOAST_MS = 7000;

/**
 * Tells something for a moment; a screen reader says it too.
 *
 * @param {string} text
 * @param {'' | 'wrong'} [kind]
 */
export function toast(text, kind = '') {
  const shown = el(`div.toast${kind ? `.${kind}` : ''}`, text);
  byId('toasts').append(shown);
  setTimeout(() => shown.remove(), TOAST_MS);
}

/**
 * Does something; what is refused is told. Says whether it was done.
 *
 * @param {() => unknown} act
 * @param {(refused: Refused) => void} [onRefused]
 */
export async function attempt(act, onRefused = (refused) => toast(why(refused), 'wrong')) {
  try {
    await act();
    return true;
  } catch (refused) {
    if (!(refused instanceof Refused)) throw refused;
    onRefused(refused);
    return false;
  }
}

/**
 * A button that rests while what it does is under way.
 *
 * @param {string} label
 * @param {() => unknown} act
 * @param {{ kind?: string, id?: string, title?: string }} [settings]
 */
export function action(label, act, { kind = '', id, title } = {}) {
  const button = /** @type {HTMLButtonElement} */ (el(
    /** @type {'button'} */ (`button${kind ? `.${kind}` : ''}`), { type: 'button', ...(id && { id }), ...(title && { title }) }, label,
  ));
  button.addEventListener('click', async () => {
    button.disabled = true;
    await attempt(act);
    button.disabled = false;
  });
  return button;
}

/** @param {string} address @param {Part | Part[]} content @param {string} [kind] */
export const link = (address, content, kind = '') => el(/** @type {'a'} */ (`a${kind ? `.${kind}` : ''}`), { href: address }, ...[content].flat());

/** @param {string} text @param {string} [kind] `good`, `care`, `bad`. */
export const chip = (text, kind = '') => el(`span.chip${kind ? `.${kind}` : ''}`, text);

/**
 * The head of a screen.
 *
 * @param {Part} title
 * @param {{ about?: Part, actions?: Part[] }} [more]
 */
export const head = (title, { about, actions = [] } = {}) => el(
  'header.head', el('div.title', el('h2', { id: 'title', tabindex: '-1' }, title), about ? el('p.hint', about) : null),
  el('div.line', ...actions),
);

/** @param {string} title @param {...(Part | Part[])} content */
export const part = (title, ...content) => el('section.part', el('h3', title), ...content);

/** @param {string} text */
export const nothing = (text) => el('p.nothing', text);

/** @param {string} [text] */
export const busy = (text = t.pending) => el('p.nothing', { role: 'status' }, text);

/**
 * A table with headings.
 *
 * @param {string} label
 * @param {string[]} headings
 * @param {Part[][]} rows The first cell heads its row.
 */
export const table = (label, headings, rows) => el('div.scroll', { tabindex: '0', role: 'region', 'aria-label': label }, el(
  'table', el('thead', el('tr', headings.map((name) => el('th', { scope: 'col' }, name)))),
  el('tbody', rows.map(([first, ...rest]) => el('tr', el('th', { scope: 'row' }, first), rest.map((cell) => el('td', cell))))),
));

/**
 * Tabs: the chosen one's panel is built when it is chosen.
 *
 * @param {string} label
 * @param {{ id: string, title: string, build: () => Node }[]} all
 * @param {string} [chosen]
 * @param {(id: string) => void} [onChosen]
 */
export function tabs(label, all, chosen = all[0].id, onChosen = () => {}) {
  const panel = el('div.panel', { role: 'tabpanel', tabindex: '0' });
  const buttons = all.map(({ id, title }) => el('button', {
    type: 'button', role: 'tab', id: `tab-${id}`, 'data-tab': id, onclick: () => choose(id),
  }, title));
  /** @param {string} id */
  function choose(id) {
    const one = all.find((each) => each.id === id) ?? all[0];
    buttons.forEach((button) => {
      const isChosen = button.dataset.tab === one.id;
      button.setAttribute('aria-selected', String(isChosen));
      button.tabIndex = isChosen ? 0 : -1;
    });
    panel.setAttribute('aria-labelledby', `tab-${one.id}`);
    panel.replaceChildren(one.build());
    onChosen(one.id);
  }
  const list = el('div.tabs', {
    role: 'tablist', 'aria-label': label, onkeydown: (/** @type {KeyboardEvent} */ event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = (buttons.indexOf(/** @type {any} */ (document.activeElement)) + step + buttons.length) % buttons.length;
      buttons[next].focus();
      choose(all[next].id);
    },
  }, buttons);
  choose(chosen);
  return el('div.tabbed', list, panel);
}

// ---- Dialogs ----

/**
 * Asks by a form, at whose foot stands why it was refused; `act` does it, or returns a sentence that says why it cannot be.
 *
 * @param {{ title: string, fields: Part[], action: string, act: (values: Record<string, string>) => unknown, isCareful?: boolean }} about
 */
export function ask({ title, fields, action: name, act, isCareful = false }) {
  const outcome = el('p.wrong', { role: 'alert' });
  const submit = /** @type {HTMLButtonElement} */ (el(`button.primary${isCareful ? '.careful' : ''}`, { type: 'submit' }, name));
  const form = /** @type {HTMLFormElement} */ (el(
    'form', el('h2', { id: 'dialog-title' }, title), fields, outcome,
    el('div.line', el('button', { type: 'button', onclick: () => byId('dialog').close() }, t.cancel), submit),
  ));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    submit.disabled = true;
    outcome.textContent = '';
    const values = /** @type {Record<string, string>} */ (Object.fromEntries(new FormData(form)));
    const isDone = await attempt(async () => { outcome.textContent = String((await act(values)) || ''); }, (refused) => {
      outcome.textContent = why(refused);
    });
    submit.disabled = false;
    if (isDone && !outcome.textContent && form.isConnected) byId('dialog').close();
  });
  showDialog(form);
}

/** Shows something that is only read. @param {{ title: string, content: Part[], isWide?: boolean }} about */
export function tell({ title, content, isWide = false }) {
  const close = el('button', { type: 'button', onclick: () => byId('dialog').close() }, t.close);
  showDialog(el('div', el('h2', { id: 'dialog-title' }, title), ...content, el('div.line', close)), isWide);
}

/** @param {HTMLElement} content @param {boolean} [isWide] */
export function showDialog(content, isWide = false) {
  const dialog = byId('dialog');
  const from = /** @type {HTMLElement | null} */ (document.activeElement);
  if (dialog.open) dialog.close();
  dialog.classList.toggle('wide', isWide);
  dialog.replaceChildren(content);
  dialog.onclose = () => { if (from?.isConnected) from.focus(); };
  dialog.showModal();
  /** @type {HTMLElement | null} */ (content.querySelector('select, textarea, input:not([type=hidden])'))?.focus();
}

export const isAsking = () => byId('dialog').open;

// ---- Fields ----

let nFields = 0;

/**
 * A control with its label, and a hint that describes it.
 *
 * @param {string} label
 * @param {HTMLElement} control
 * @param {Part} [hint]
 * @param {...Part} rest
 */
export function field(label, control, hint, ...rest) {
  nFields += 1;
  control.id ||= `f-${nFields}`;
  if (hint) control.setAttribute('aria-describedby', `${control.id}-hint`);
  return el('div.field', el('label', { for: control.id }, label), control, hint ? el('p.hint', { id: `${control.id}-hint` }, hint) : null, ...rest);
}

/** @param {string} name @param {Record<string, any>} [more] @returns {any} */
export const input = (name, more = {}) => el('input', { name, type: 'text', autocomplete: 'off', ...more });

/** @param {string} name @param {number} rows @param {Record<string, any>} [more] @returns {any} */
export const area = (name, rows, more = {}) => el('textarea', { name, rows: String(rows), ...more });

/**
 * @param {string} name
 * @param {{ id: string, title: string }[]} options
 * @param {string} [chosen]
 * @returns {any}
 */
export function choice(name, options, chosen = '') {
  const select = /** @type {HTMLSelectElement} */ (el('select', { name }, options.map(({ id, title }) => el('option', { value: id }, title))));
  if (chosen || options.some(({ id }) => id === '')) select.value = chosen;
  return select;
}

/**
 * @param {string} label
 * @param {boolean} isChosen
 * @param {(isChosen: boolean) => void} set
 * @param {string} [name]
 */
export function tick(label, isChosen, set, name = '') {
  const box = /** @type {HTMLInputElement} */ (el('input', { type: 'checkbox', ...(name && { name }) }));
  box.checked = isChosen;
  box.addEventListener('change', () => set(box.checked));
  return el('label.tick', box, label);
}

/** Does something once nothing has come for a while. @param {number} ms */
export function later(ms) {
  /** @type {number | undefined} */
  let timer;
  return (/** @type {() => void} */ act) => {
    clearTimeout(timer);
    timer = setTimeout(act, ms);
  };
}
