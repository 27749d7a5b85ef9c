// The variables as a table: what each says per language, whether it is made up, and where it is used.

import { el } from '../shared/dom.js';
import { filesOf } from './content.js';
import { show, to } from './router.js';
import { may, state } from './store.js';
import { openFile, saveFile } from './open-file.js';
import { action, ask, choice, field, head, input, link, tell, tick } from './ui.js';
import { VARIABLES, readVariables, usesOf, withVariable } from './variables-file.js';
import { t } from './words.js';

/** @typedef {import('./variables-file.js').Variable} Variable */

const NAME = '[A-Za-z][A-Za-z0-9_.]*';
const SORTS = ['', 'phone', 'email', 'domain', 'url'];

/** Which of them are shown. */
const wanted = { q: '', onlySamples: false };

export async function variablesScreen() {
  const [open, files] = await Promise.all([openFile(VARIABLES), filesOf(state.set)]);
  const all = readVariables(open.text);
  const languages = [...new Set(['en', ...all.flatMap(({ fields }) => Object.keys(fields))])].filter((key) => !['value', 'sample', 'kind'].includes(key));
  const mayEdit = may('content.edit');
  /** @type {Map<string, Record<string, any>>} What was changed, and not saved yet. */
  const changed = new Map();
  const count = el('span.hint', { role: 'status' });
  const note = () => { count.textContent = changed.size ? t.nUnsaved(changed.size) : ''; };
  const rows = all.map((variable) => row(variable, { languages, files, mayEdit, edit: (fields) => {
    changed.set(variable.name, fields);
    note();
  } }));
  const save = action(t.save, async () => {
    for (const [name, fields] of changed) open.text = withVariable(open.text, name, fields);
    if (await saveFile(open, () => {})) await show({ isNew: false });
  }, { kind: 'primary', id: 'save', title: 'Ctrl+S' });
  save.dataset.key = 'save';
  const search = input('', { type: 'search', 'aria-label': t.searchVariables, placeholder: `${t.searchVariables}（/）` });
  search.value = wanted.q;
  const filter = () => rows.forEach((element, at) => { element.hidden = !isWanted(all[at]); });
  search.addEventListener('input', () => {
    wanted.q = search.value.trim().toLowerCase();
    filter();
  });
  filter();
  const heading = (/** @type {string} */ name) => el('th', { scope: 'col' }, name);
  return [
    head(t.sorts.variables, {
      about: t.sortsAbout.variables,
      actions: [count, link(to('content'), t.back, 'button'), link(to('content', 'file', VARIABLES), t.asText, 'button'), mayEdit && action(t.newVariable, () => askForNew(open, all), { id: 'new-variable' }), mayEdit && save],
    }),
    el('div.search', search, tick(t.onlySamples(all.filter(({ fields }) => fields.sample).length), wanted.onlySamples, (isChosen) => {
      wanted.onlySamples = isChosen;
      filter();
    })),
    el('div.card.scroll', { tabindex: '0', role: 'region', 'aria-label': t.sorts.variables }, el('table.variables', el('thead', el('tr', heading(t.variable), heading(t.valueName), languages.map((language) => heading(language)), heading(t.isSample), heading(t.usedWhere))), el('tbody', rows))),
  ];
}

/** @param {Variable} variable */
function isWanted({ name, fields }) {
  const isFound = `${name} ${Object.values(fields).join(' ')}`.toLowerCase().includes(wanted.q);
  return isFound && (!wanted.onlySamples || fields.sample === true);
}

/**
 * @param {Variable} variable
 * @param {{ languages: string[], files: Map<string, string>, mayEdit: boolean, edit: (fields: Record<string, any>) => void }} about
 */
function row({ name, fields, isOdd }, { languages, files, mayEdit, edit }) {
  const uses = usesOf(files, name);
  const own = { ...fields };
  const element = el(`tr${own.sample ? '.sample' : ''}`, { 'data-variable': name });
  const cell = (/** @type {string} */ key) => {
    if (isOdd || typeof own[key] === 'boolean') return key === 'value' ? el('code', String(own.value)) : '';
    const control = input('', { 'aria-label': `${name} ${key}`, 'data-name': key });
    control.value = own[key] ?? '';
    control.disabled = !mayEdit;
    control.addEventListener('input', () => {
      own[key] = control.value;
      edit(own);
    });
    return control;
  };
  const sample = tick('', own.sample === true, (isChosen) => {
    own.sample = isChosen;
    element.classList.toggle('sample', isChosen);
    edit(own);
  });
  sample.querySelector('input')?.setAttribute('aria-label', `${name}: ${t.isSample}`);
  if (!mayEdit) sample.querySelector('input')?.setAttribute('disabled', '');
  element.append(
    el('th', { scope: 'row' }, el('code', name)), el('td', cell('value')), ...languages.map((language) => el('td', cell(language))),
    el('td', isOdd || typeof own.value === 'boolean' ? '' : sample),
    el('td', uses.length ? el('button.plain', { type: 'button', 'aria-label': `${name}: ${t.nUses(uses.length)}`, onclick: () => showUses(name, uses) }, t.nUses(uses.length)) : el('span.hint', t.unused)),
  );
  return element;
}

/** @param {string} name @param {string[]} uses */
function showUses(name, uses) {
  const address = (/** @type {string} */ path) => {
    const [, entry] = /^knowledge-base\/(?!announcements\/|surveys\/|questions\/)[^/]+\/([^/.]+)(\.[\w-]+)?\.md$/.exec(path) ?? [];
    return entry ? to('entry', entry) : to('content', 'file', path);
  };
  tell({ title: `{{${name}}}`, content: [el('ul', uses.map((path) => el('li', link(address(path), path))))] });
}

/** @param {import('./open-file.js').Open} open @param {Variable[]} all */
function askForNew(open, all) {
  ask({
    title: t.newVariable, action: t.save,
    fields: [
      field(t.variable, input('name', { required: '', pattern: NAME, maxlength: '80', spellcheck: 'false' }), t.variableHint),
      field(t.valueName, input('value', { required: '', maxlength: '2000' })), field(t.textIn('en'), input('en', { maxlength: '2000' })),
      field(t.kindOf, choice('kind', SORTS.map((id) => ({ id, title: t.variableKinds[id] })))), tick(t.isSample, false, () => {}, 'sample'),
    ],
    act: async ({ name, value, en, kind, sample }) => {
      if (all.some((variable) => variable.name === name)) return t.idTaken;
      open.text = withVariable(open.text, name, { value, ...(en && { en }), ...(kind && { kind }), ...(sample && { sample: true }) });
      if (await saveFile(open, () => {})) await show({ isNew: false });
      return '';
    },
  });
}

