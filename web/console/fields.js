// The form of an entry: its texts by language, and what holds for all of them.

import { el } from '../shared/dom.js';
import { categoryTitle, entryChoices, intents } from './content.js';
import { ACTION_KINDS, actionOfLine, languagesOf, linesOf } from './document.js';
import { markdown } from './markdown.js';
import { watchPhrasings } from './phrasings.js';
import { action, area, ask, choice, field, input, tabs, tick } from './ui.js';
import { fromLocal, languageName, t, toLocal } from './words.js';

/** @typedef {import('./types.js').Fields} Fields */
/** @typedef {(key: string, value: string) => void} Edit */
/** @typedef {{ id: string, base: Fields, fields: Fields }} Open */

const CHANNELS = ['web', 'app', 'wechat', 'email', 'phone'];
const AUDIENCES = ['buyer', 'merchant', 'agent'];
const LANGUAGES = ['zh-CN', 'en', 'zh-TW', 'ja', 'ko'];
const GUIDED = 'guided';

/** Which language was worked in last. */
let spoken = 'zh-CN';

/**
 * @param {Open} open
 * @param {Edit} edit
 * @param {{ mayEdit: boolean, all: import('./types.js').Category[], onLanguage: (language: string) => void }} about
 */
export async function form(open, edit, { mayEdit, all, onLanguage }) {
  const [entries, names] = await Promise.all([entryChoices(), intents()]);
  const fieldset = el('fieldset.plainset', { ...(!mayEdit && { disabled: '' }) });
  const texts = el('div');
  const showTexts = () => {
    const languages = languagesOf(open.fields);
    const panels = languages.map((language) => ({ id: language, title: languageName(language), build: () => textFields(open, edit, language) }));
    texts.replaceChildren(tabs(t.languageTabs, panels, languages.includes(spoken) ? spoken : languages[0], (language) => {
      spoken = language;
      onLanguage(language);
    }));
  };
  const addLanguage = action(t.addLanguage, () => askForLanguage(open, (language) => {
    edit(`texts.${language}.question`, '');
    spoken = language;
    showTexts();
  }), { id: 'add-language' });
  fieldset.append(
    el('div', { id: 'faults', tabindex: '-1' }),
    el('section.card', texts, el('div.line', addLanguage)),
    el('section.card', el('h3', t.whereAndWho), sharedFields(open, edit, { all, entries })),
    el('section.card', el('h3', t.actions), el('p.hint', t.actionsHint), actionRows(open, edit, names)),
  );
  showTexts();
  return fieldset;
}

/** @param {Open} open @param {(language: string) => void} add */
function askForLanguage(open, add) {
  const options = LANGUAGES.filter((language) => !languagesOf(open.fields).includes(language));
  ask({
    title: t.addLanguage, action: t.begin,
    fields: [field(t.language, choice('language', options.map((id) => ({ id, title: `${languageName(id)} (${id})` })), options[0]))],
    act: ({ language }) => add(language),
  });
}

/** Binds a control to a field. @template {HTMLElement} C @param {C} control @param {Open} open @param {Edit} edit @param {string} key @returns {C} */
function bound(control, open, edit, key) {
  const typed = /** @type {any} */ (control);
  typed.dataset.field = key;
  typed.value = open.fields[key] ?? '';
  control.addEventListener('input', () => edit(key, typed.value));
  return control;
}

/** @param {Open} open @param {Edit} edit @param {string} language */
function textFields(open, edit, language) {
  const at = (/** @type {string} */ name) => `texts.${language}.${name}`;
  const attributes = { lang: language, spellcheck: 'false' };
  const question = bound(input('', { ...attributes, maxlength: '300' }), open, edit, at('question'));
  const similar = bound(area('', 8, attributes), open, edit, at('similar'));
  const never = bound(area('', 3, attributes), open, edit, at('never'));
  const body = bound(area('', 14, { ...attributes, spellcheck: 'true' }), open, edit, at('body'));
  const review = bound(input('', { type: 'date' }), open, edit, at('review_by'));
  const warnings = el('ul.warnings', { 'aria-live': 'polite' });
  const count = el('span');
  const countLines = () => { count.textContent = t.nPhrasings(linesOf(similar.value).length); };
  similar.addEventListener('input', countLines);
  countLines();
  watchPhrasings({ question, similar, warnings, language, entry: open.id, base: open.base });
  return el(
    'div.fields',
    field(t.question, question, t.questionHint),
    field(t.similar, similar, el('span', t.similarHint, ' ', count), warnings),
    markdown(field(t.body, body), body, language),
    el('div.pair', field(t.never, never, t.neverHint), field(t.reviewByLabel, review, t.reviewByHint)),
  );
}

/** @param {Open} open @param {Edit} edit @param {{ all: import('./types.js').Category[], entries: { id: string, title: string }[] }} about */
function sharedFields(open, edit, { all, entries }) {
  const options = all.map(({ id }) => ({ id, title: categoryTitle(id, all) }));
  if (!all.some(({ id }) => id === open.fields.category)) options.push({ id: open.fields.category, title: open.fields.category });
  const instant = (/** @type {string} */ key) => {
    const control = input('', { type: 'datetime-local', 'data-field': key });
    control.value = toLocal(open.fields[key]);
    control.addEventListener('input', () => edit(key, fromLocal(control.value)));
    return control;
  };
  const top = bound(input('', { type: 'number', min: '1', max: '99' }), open, edit, 'top');
  return el(
    'div.fields',
    el('div.pair', field(t.category, bound(choice('', options, open.fields.category), open, edit, 'category')),
      field(t.owner, bound(input('', { maxlength: '100' }), open, edit, 'owner'), t.ownerHint)),
    el('div.pair', field(t.validFrom, instant('valid.from')), field(t.validUntil, instant('valid.until'), t.validHint)),
    el('div.pair', ticks(t.channels, CHANNELS, t.channelNames, 'channels', open, edit), ticks(t.audience, AUDIENCES, t.audienceNames, 'audience', open, edit)),
    related(open, edit, entries),
    el('details', el('summary', t.moreSettings), el('div.fields',
      tick(t.guided, open.fields.steps === GUIDED, (isChosen) => edit('steps', isChosen ? GUIDED : '')),
      el('div.pair', field(t.top, top, t.topHint), field(t.requires, bound(input('', { spellcheck: 'false' }), open, edit, 'requires'), t.requiresHint)))),
  );
}

/**
 * Boxes to tick, for a field with a line for each; none ticked means all.
 *
 * @param {string} label
 * @param {string[]} known
 * @param {Record<string, string>} names
 * @param {string} key
 * @param {Open} open
 * @param {Edit} edit
 */
function ticks(label, known, names, key, open, edit) {
  const chosen = new Set(linesOf(open.fields[key]));
  const all = [...new Set([...known, ...chosen])];
  const boxes = all.map((each) => tick(names[each] ?? each, chosen.has(each), (isChosen) => {
    chosen[isChosen ? 'add' : 'delete'](each);
    edit(key, all.filter((one) => chosen.has(one)).join('\n'));
  }));
  return el('fieldset.field', el('legend', label), el('div.line', boxes), el('p.hint', t.noneIsAll));
}

/** Entries that a reader may want next. @param {Open} open @param {Edit} edit @param {{ id: string, title: string }[]} entries */
function related(open, edit, entries) {
  const list = el('ul.chosen');
  const add = input('', { list: 'all-entries', placeholder: t.relatedPlaceholder });
  const titles = new Map(entries.map(({ id, title }) => [id, title]));
  const set = (/** @type {string[]} */ ids) => {
    edit('related', ids.join('\n'));
    open.fields.related = ids.join('\n');
    showList();
  };
  const showList = () => list.replaceChildren(...linesOf(open.fields.related).map((id, _, ids) => el('li', el('span', titles.get(id) ?? id), el('button.plain', {
    type: 'button', 'aria-label': t.takeOut(titles.get(id) ?? id),
    onclick: () => {
      set(ids.filter((other) => other !== id));
      add.focus();
    },
  }, '×'))));
  add.addEventListener('change', () => {
    const id = entries.find((entry) => entry.id === add.value.trim() || entry.title === add.value.trim())?.id;
    if (!id) return;
    add.value = '';
    set([...new Set([...linesOf(open.fields.related), id])]);
  });
  showList();
  const options = el('datalist', { id: 'all-entries' }, entries.filter(({ id }) => id !== open.id).map(({ id, title }) => el('option', { value: id }, title)));
  return el('div', field(t.related, add, t.relatedHint), list, options);
}

/** What a reader can do at once: a row for each. @param {Open} open @param {Edit} edit @param {string[]} names */
function actionRows(open, edit, names) {
  const list = el('ul.actions');
  const targets = el('datalist', { id: 'all-intents' }, names.map((name) => el('option', { value: name })));
  /** @param {string[]} lines */
  const set = (lines) => {
    open.fields.actions = lines.join('\n');
    edit('actions', open.fields.actions);
  };
  const showList = () => list.replaceChildren(...linesOf(open.fields.actions).map((line, at, lines) => {
    const one = actionOfLine(line);
    const kind = ACTION_KINDS.find((each) => one[each] !== undefined) ?? 'intent';
    const label = input('', { 'aria-label': t.actionLabel, placeholder: t.actionLabel });
    const which = choice('', ACTION_KINDS.map((id) => ({ id, title: t.actionKinds[id] })), kind);
    which.setAttribute('aria-label', t.actionKind);
    const target = input('', { 'aria-label': t.actionTarget, placeholder: t.actionTarget, list: 'all-intents', spellcheck: 'false' });
    [label.value, target.value] = [one.label, one[kind] ?? ''];
    const change = () => set(linesOf(open.fields.actions).with(at, `${label.value} | ${which.value} | ${target.value}`));
    [label, which, target].forEach((control) => control.addEventListener('input', change));
    return el('li', label, which, target, action(t.takeOutShort, () => {
      set(lines.filter((_, other) => other !== at));
      showList();
    }));
  }));
  showList();
  return el('div', list, targets, action(t.addAction, () => {
    set([...linesOf(open.fields.actions), `${t.actionNew} | intent | `]);
    showList();
    /** @type {HTMLElement | null} */ (list.lastElementChild?.querySelector('input') ?? null)?.focus();
  }, { id: 'add-action' }));
}

export const spokenLanguage = () => spoken;
