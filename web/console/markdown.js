// A small toolbar above an answer's text, and the variables to choose from.

import { byId, el } from '../shared/dom.js';
import { filesOf } from './content.js';
import { state } from './store.js';
import { action, attempt, field, input, showDialog } from './ui.js';
import { VARIABLES, readVariables, valueIn } from './variables-file.js';
import { t } from './words.js';

/** What stands before and after the chosen text; or before each line of it. @type {{ name: string, wrap?: [string, string], line?: string }[]} */
const TOOLS = [
  { name: 'bold', wrap: ['**', '**'] }, { name: 'link', wrap: ['[', '](https://)'] }, { name: 'list', line: '- ' }, { name: 'steps', line: '1. ' }, { name: 'quote', line: '> ' },
];

/**
 * Puts the toolbar between a text's label and its control.
 *
 * @param {HTMLElement} labelled
 * @param {HTMLTextAreaElement} area
 * @param {string} language
 */
export function markdown(labelled, area, language) {
  const tools = TOOLS.map((tool) => el('button', { type: 'button', 'data-tool': tool.name, onclick: () => apply(area, tool) }, t.tools[tool.name]));
  const pick = action(t.insertVariable, () => pickVariable(area, language), { id: 'pick-variable' });
  area.before(el('div.toolbar', { role: 'group', 'aria-label': t.toolbar }, tools, pick));
  return labelled;
}

/** @param {HTMLTextAreaElement} area @param {{ wrap?: [string, string], line?: string }} tool */
function apply(area, { wrap, line }) {
  const [from, to] = [area.selectionStart, area.selectionEnd];
  if (wrap) return insert(area, wrap[0] + area.value.slice(from, to) + wrap[1], from + wrap[0].length, to - from);
  const start = area.value.lastIndexOf('\n', from - 1) + 1;
  area.setSelectionRange(start, to);
  const lines = area.value.slice(start, to).split('\n');
  const text = lines.map((each, at) => (line === '1. ' ? `${at + 1}. ` : line) + each).join('\n');
  return insert(area, text, start + text.length);
}

/** Puts a text in place of what is chosen; the browser's own undo knows it. @param {HTMLTextAreaElement} area @param {string} text @param {number} [from] @param {number} [n] */
function insert(area, text, from = area.selectionStart + text.length, n = 0) {
  area.focus();
  const isDone = document.execCommand('insertText', false, text);
  if (!isDone) area.setRangeText(text);
  area.setSelectionRange(from, from + n);
  area.dispatchEvent(new Event('input', { bubbles: true }));
}

/** @param {HTMLTextAreaElement} area @param {string} language */
async function pickVariable(area, language) {
  const [from, to] = [area.selectionStart, area.selectionEnd];
  await attempt(async () => {
    const text = (await filesOf(state.set)).get(VARIABLES) ?? '';
    const all = readVariables(text).filter((variable) => !variable.isOdd);
    const search = input('', { type: 'search', 'aria-label': t.searchVariables, placeholder: t.searchVariables });
    const list = el('ul.picker');
    const show = () => {
      const q = search.value.trim().toLowerCase();
      const found = all.filter((variable) => `${variable.name} ${valueIn(variable, language)}`.toLowerCase().includes(q));
      list.replaceChildren(...found.map((variable) => el('li', el('button', { type: 'button', onclick: () => take(variable.name) },
        el('code', `{{${variable.name}}}`), el(`span${variable.fields.sample ? '.sample' : ''}`, valueIn(variable, language))))));
    };
    const take = (/** @type {string} */ name) => {
      byId('dialog').close();
      area.focus();
      area.setSelectionRange(from, to);
      insert(area, `{{${name}}}`);
    };
    search.addEventListener('input', show);
    search.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== 'Enter' || event.isComposing) return;
      event.preventDefault();
      list.querySelector('button')?.click();
    });
    show();
    const close = el('button', { type: 'button', onclick: () => byId('dialog').close() }, t.cancel);
    showDialog(el('div', el('h2', { id: 'dialog-title' }, t.insertVariable), field(t.search, search, t.pickHint), list, el('div.line', close)));
  });
}
