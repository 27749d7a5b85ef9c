// A form of a file, drawn from its JSON schema: what lists and mappings hold can be added, moved and taken away. What is changed is
// changed in the value that was given; whoever draws the form hears of it.

import { el } from '../shared/dom.js';
import * as controls from './form-controls.js';
import { alternativesOf, blank, hasShape, keysOf, keysWithin, resolved, sortOf } from './form-schema.js';
import { area, choice, field, input } from './ui.js';
import { t, titled } from './words.js';

/** @typedef {import('./form-schema.js').Schema} Schema */
/** @typedef {import('./form-controls.js').Place} Place */
/** @typedef {import('./form-controls.js').Asked} Asked */
/** @typedef {import('./form-controls.js').Form} Form */

/** @type {Record<string, (asked: Asked) => HTMLElement>} */
const CONTROLS = {
  text: controls.text, count: controls.count, date: controls.date, instant: controls.instant, choice: controls.choose, flag: controls.flag,
  several: controls.several, days: controls.days, lines: controls.textLines, localised: controls.localised, phrases: controls.phrases,
  object, list, map, either,
};

/** Controls that are one element, which a label can name. */
const SINGLE = ['text', 'count', 'date', 'instant', 'choice', 'lines'];

/** What stands in one row where an item holds nothing else. */
const COMPACT = ['text', 'count', 'date', 'choice', 'flag', 'days', 'lines'];
const MOST_IN_A_ROW = 4;

/** Lists with more items have a search. */
const MANY = 12;
const LONGEST_GIST = 70;

/**
 * Draws the form of a file.
 *
 * @param {{ schema: Schema, value: any, body: string | null }} file
 * @param {{ isReadOnly: boolean, references: Record<string, { id: string, title: string }[]>, onChange: () => void }} settings
 * @returns {{ element: HTMLElement, value: () => any, body: () => string | null }}
 */
export function drawForm(file, { isReadOnly, references, onChange }) {
  const { schema } = file;
  const model = { value: fitting(file.value, schema), body: file.body };
  const lists = Object.entries(references).map(([name, all]) => el('datalist', { id: `names-${name}` }, all.map(({ id, title }) => el('option', { value: id }, title))));
  /** @type {Form} */
  const form = { root: schema, isReadOnly, references: Object.fromEntries(Object.keys(references).map((name) => [name, `names-${name}`])) };
  /** @type {Place} */
  const place = {
    get: () => model.value,
    set: (value) => {
      model.value = value;
      onChange();
    },
  };
  const element = el('div.form.fields', lists, CONTROLS[sortOf(schema, schema)]({ schema, place, form, name: '', label: titled(schema['x-label']), isRequired: true }));
  if (file.body !== null) element.append(bodyField(model, isReadOnly, onChange));
  return { element, value: () => model.value, body: () => model.body };
}

/** An empty file holds nothing of any shape. @param {any} value @param {Schema} schema */
const fitting = (value, schema) => (schema.type === 'array' && !Array.isArray(value) ? [] : value ?? {});

/** @param {{ body: string | null }} model @param {boolean} isReadOnly @param {() => void} onChange */
function bodyField(model, isReadOnly, onChange) {
  const control = area('', 10, { 'data-field': 'body' });
  control.value = model.body;
  control.disabled = isReadOnly;
  control.addEventListener('input', () => {
    model.body = control.value;
    onChange();
  });
  return field(t.pageText, control, t.markdownHint);
}

/** @param {Schema} schema */
const hintOf = (schema) => (t.tag === 'en' ? schema.description : schema['x-hint']?.[t.tag]) ?? '';

/** Where the value of a key stands. @param {Place} parent @param {string | number} key @returns {Place} */
const within = (parent, key) => ({
  get: () => parent.get()?.[key],
  set: (value) => {
    const whole = parent.get() ?? {};
    if (value === undefined) delete whole[key];
    else whole[key] = value;
    parent.set(whole);
  },
});

/** A property with its label and hint. @param {Asked} asked */
function property(asked) {
  const { schema, place, form, label, isRequired } = asked;
  const sort = sortOf(schema, form.root);
  const named = isRequired ? `${label} *` : label;
  if (SINGLE.includes(sort)) {
    const drawn = field(named, CONTROLS[sort](asked), hintOf(schema));
    drawn.dataset.field = asked.name;
    return drawn;
  }
  const isCollapsed = sort === 'object' && !isRequired;
  const content = isCollapsed ? optional(asked) : CONTROLS[sort](asked);
  const hint = hintOf(schema);
  if (sort === 'flag') return el('div.field', { 'data-field': asked.name }, content, hint && el('p.hint', hint));
  const isEmptyObject = isCollapsed && place.get() === undefined;
  return el('fieldset', { 'data-field': asked.name }, el('legend', named), hint && !isEmptyObject && el('p.hint', hint), content);
}

/** An object that need not be there. @param {Asked} asked @returns {HTMLElement} */
function optional(asked) {
  const { schema, place, form } = asked;
  const box = el('div.fields');
  const draw = () => {
    if (place.get() === undefined) {
      box.replaceChildren(form.isReadOnly ? el('p.hint', t.notSet) : button(t.addOf(asked.label), () => change(blank(schema, form.root))));
    } else {
      box.replaceChildren(object(asked), ...(form.isReadOnly ? [] : [el('div.line', button(t.takeAwayOf(asked.label), () => change(undefined)))]));
    }
  };
  const change = (/** @type {any} */ value) => {
    place.set(value);
    draw();
    focusFirst(box);
  };
  draw();
  return box;
}

/** @param {string} label @param {() => void} onclick @param {Record<string, any>} [more] */
const button = (label, onclick, more = {}) => el('button', { type: 'button', onclick, ...more }, label);

/** @param {HTMLElement} box */
function focusFirst(box) {
  const first = box.querySelector('input, select, textarea') ?? box.querySelector('summary, button');
  /** @type {HTMLElement | null} */ (first)?.focus();
}

/** @param {Asked} asked @returns {HTMLElement} */
function object({ schema: plain, place, form }) {
  const schema = resolved(plain, form.root);
  const box = el('div.fields');
  const draw = () => {
    const { alternatives, chosen, keys } = keysOf(schema, place.get());
    const shown = (/** @type {string} */ key) => {
      const of = resolved(schema.properties[key], form.root);
      const isRequired = Boolean(schema.required?.includes(key) || alternatives[chosen]?.required.includes(key));
      return property({ schema: of, place: within(place, key), form, name: key, label: titled(of['x-label']) || key, isRequired });
    };
    box.replaceChildren(...(alternatives.length ? [switchOf(alternatives, chosen)] : []), ...keys.map(shown));
  };
  const switchOf = (/** @type {Schema[]} */ alternatives, /** @type {number} */ chosen) => {
    const control = choice('', alternatives.map((one, at) => ({ id: String(at), title: titled(one['x-label']) })), String(chosen));
    control.disabled = form.isReadOnly;
    control.addEventListener('change', () => {
      const at = Number(control.value);
      const keys = keysWithin(schema, alternatives, at);
      const whole = Object.fromEntries(Object.entries(place.get() ?? {}).filter(([key]) => keys.includes(key)));
      for (const key of alternatives[at].required) whole[key] ??= blank(schema.properties[key], form.root);
      place.set(whole);
      draw();
      focusFirst(box);
    });
    return field(t.whichOf, control);
  };
  draw();
  return box;
}

/** One of several shapes. @param {Asked} asked @returns {HTMLElement} */
function either({ schema, place, form, name, label, isRequired }) {
  const alternatives = alternativesOf(schema);
  const box = el('div.fields');
  const draw = () => {
    const chosen = place.get() === undefined ? -1 : alternatives.findIndex((one) => hasShape(place.get(), one, form.root));
    const options = alternatives.map((one, at) => ({ id: String(at), title: titled(one['x-label']) }));
    const control = choice('', [...(isRequired && chosen >= 0 ? [] : [{ id: '', title: t.notSet }]), ...options], chosen < 0 ? '' : String(chosen));
    control.setAttribute('aria-label', label);
    control.disabled = form.isReadOnly;
    control.addEventListener('change', () => {
      place.set(control.value === '' ? undefined : blank(alternatives[Number(control.value)], form.root));
      draw();
      focusFirst(box);
    });
    const one = chosen < 0 ? null : resolved(alternatives[chosen], form.root);
    const isSaid = !one || one.enum;
    box.replaceChildren(control, ...(isSaid ? [] : [CONTROLS[sortOf(one, form.root)]({ schema: one, place, form, name, label, isRequired: true })]));
  };
  draw();
  return box;
}

// ---- Lists and mappings ----

/** Everything that a value says. @param {any} value @returns {string[]} */
const saidBy = (value) => (value && typeof value === 'object' ? Object.values(value).flatMap(saidBy) : [String(value ?? '')]);

/** What a value says in short. @param {any} value */
function gist(value) {
  const all = saidBy(value).filter(Boolean).join(' · ');
  return all.length > LONGEST_GIST ? `${all.slice(0, LONGEST_GIST)}…` : all;
}

/** A list of objects: rows where an item is small, else cards that open. @param {Asked} asked @returns {HTMLElement} */
function list({ schema, place, form, label, isRequired }) {
  const items = resolved(schema.items, form.root);
  const sorts = Object.values(items.properties).map((one) => sortOf(/** @type {Schema} */ (one), form.root));
  const isCompact = !items.oneOf && sorts.length <= MOST_IN_A_ROW && sorts.every((sort) => COMPACT.includes(sort));
  const called = titled(schema['x-item']) || label;
  const all = () => /** @type {any[]} */ (place.get() ?? []);
  const change = (/** @type {any[]} */ value) => place.set(value.length || isRequired ? value : undefined);
  const itemAt = (/** @type {number} */ at) => /** @type {Place} */ ({ get: () => all()[at], set: (value) => change(all().with(at, value)) });
  const move = (/** @type {number} */ from, /** @type {number} */ to) => {
    const moved = all().toSpliced(from, 1).toSpliced(to, 0, all()[from]);
    change(moved);
    view.draw(to);
  };
  const tools = (/** @type {number} */ at) => (form.isReadOnly ? [] : [
    !isCompact && button('↑', () => move(at, at - 1), { 'aria-label': t.moveUp(called, at + 1), ...(at === 0 && { disabled: '' }) }),
    !isCompact && button('↓', () => move(at, at + 1), { 'aria-label': t.moveDown(called, at + 1), ...(at === all().length - 1 && { disabled: '' }) }),
    button('×', () => {
      change(all().toSpliced(at, 1));
      view.draw(Math.min(at, all().length - 1));
    }, { 'aria-label': t.takeAway(called, at + 1) }),
  ]);
  const asked = (/** @type {number} */ at) => ({ schema: items, place: itemAt(at), form, name: '', label: called, isRequired: true });
  const draw = (/** @type {number} */ at, /** @type {boolean} */ isOpen) => (isCompact ? row(items, itemAt(at), form, at, tools(at)) : card(asked(at), `${at + 1}`, isOpen, tools(at)));
  const view = collection({
    called, form, isCompact, label,
    gists: () => all().map((value) => JSON.stringify(value)),
    draw: (at, isOpen) => draw(at, isOpen),
    add: () => {
      change([...all(), blank(items, form.root)]);
      return all().length - 1;
    },
  });
  return view.element;
}

/** A mapping whose keys somebody chooses. @param {Asked} asked @returns {HTMLElement} */
function map({ schema, place, form, label, isRequired }) {
  const called = titled(schema['x-item']) || label;
  const keys = () => Object.keys(place.get() ?? {});
  const change = (/** @type {[string, any][]} */ pairs) => place.set(pairs.length || isRequired ? Object.fromEntries(pairs) : undefined);
  const pairs = () => /** @type {[string, any][]} */ (Object.entries(place.get() ?? {}));
  const of = resolved(schema.additionalProperties, form.root);
  const draw = (/** @type {number} */ at, /** @type {boolean} */ isOpen) => {
    const key = keys()[at];
    const control = input('', { spellcheck: 'false', maxlength: '80' });
    control.value = key;
    control.disabled = form.isReadOnly;
    control.addEventListener('change', () => {
      const isTaken = keys().includes(control.value.trim());
      if (!control.value.trim() || isTaken) control.value = keys()[at];
      else change(pairs().with(at, [control.value.trim(), pairs()[at][1]]));
    });
    const named = field(titled(schema['x-key']), control);
    named.dataset.field = 'key';
    const value = { get: () => pairs()[at]?.[1], set: (/** @type {any} */ one) => change(pairs().with(at, [keys()[at], one])) };
    const tool = form.isReadOnly ? [] : [button('×', () => {
      change(pairs().toSpliced(at, 1));
      view.draw(Math.min(at, keys().length - 1));
    }, { 'aria-label': t.takeAway(called, at + 1) })];
    return card({ schema: of, place: value, form, name: '', label: titled(of['x-label']) || called, isRequired: true }, key, isOpen, tool, named);
  };
  const view = collection({
    called, form, isCompact: false, label,
    gists: () => pairs().map((pair) => JSON.stringify(pair)),
    draw,
    add: () => {
      let n = keys().length + 1;
      while (keys().includes(`new-${n}`)) n += 1;
      change([...pairs(), [`new-${n}`, blank(of, form.root)]]);
      return keys().length - 1;
    },
  });
  return view.element;
}

/**
 * Items with a button that adds one, and a search where there are many.
 *
 * @param {{ called: string, label: string, form: Form, isCompact: boolean, gists: () => string[], draw: (at: number, isOpen: boolean) => HTMLElement, add: () => number }} about
 */
function collection({ called, label, form, isCompact, gists, draw: drawItem, add }) {
  const items = el('div.items', { role: 'list', 'aria-label': label });
  const search = input('', { type: 'search', 'aria-label': t.searchIn(label), placeholder: t.searchIn(label) });
  const filter = () => {
    const wanted = search.value.trim().toLowerCase();
    gists().forEach((text, at) => { /** @type {HTMLElement} */ (items.children[at]).hidden = !text.toLowerCase().includes(wanted); });
  };
  search.addEventListener('input', filter);
  /** @param {number} [focused] The item that is opened, and gets the focus. */
  function draw(focused = -1) {
    const all = gists();
    search.hidden = all.length <= MANY;
    items.replaceChildren(...all.map((_, at) => drawItem(at, at === focused)));
    items.hidden = !all.length;
    filter();
    const item = /** @type {HTMLElement | undefined} */ (items.children[focused]);
    if (item) {
      item.hidden = false;
      focusFirst(item);
      item.scrollIntoView({ block: 'nearest' });
    }
  }
  const adding = !form.isReadOnly && button(t.addOf(called), () => draw(add()), { 'data-add': called });
  draw();
  return { element: el(/** @type {'div'} */ (`div.collection${isCompact ? '.compact' : ''}`), el('div.line', search, adding), items), draw };
}

/** A small item: its properties beside one another. @param {Schema} schema @param {Place} place @param {Form} form @param {number} at @param {(Node | false)[]} tools */
function row(schema, place, form, at, tools) {
  const cells = Object.entries(schema.properties).map(([key, plain]) => {
    const of = resolved(/** @type {Schema} */ (plain), form.root);
    const label = titled(of['x-label']) || key;
    const sort = sortOf(of, form.root);
    const asked = { schema: of, place: within(place, key), form, name: key, label, isRequired: Boolean(schema.required?.includes(key)) };
    const control = sort === 'lines' ? controls.textList(asked) : CONTROLS[sort](asked);
    if (sort === 'flag') return el('div.cell', { 'data-field': key }, control);
    if (SINGLE.includes(sort)) control.setAttribute('aria-label', `${label} ${at + 1}`);
    return el('div.cell', { 'data-field': key }, el('span.hint', { 'aria-hidden': 'true' }, label), control);
  });
  return el('div.item', { role: 'listitem', 'data-row': '' }, cells, el('div.line.tools', tools));
}

/** An item with everything that can be set, closed at first. @param {Asked} asked @param {string} title @param {boolean} isOpen @param {(Node | false)[]} tools @param {Node} [named] */
function card(asked, title, isOpen, tools, named) {
  const summary = el('summary');
  const entitle = () => summary.replaceChildren(el('strong', title), ' ', el('span.hint', gist(asked.place.get())));
  const details = /** @type {HTMLDetailsElement} */ (el('details', { ...(isOpen && { open: '' }) }, summary));
  const content = el('div.fields');
  // What is closed is drawn when it is opened: there may be hundreds.
  const fill = () => {
    if (!details.open || content.childElementCount) return;
    content.append(.../** @type {Node[]} */ ([named, CONTROLS[sortOf(asked.schema, asked.form.root)](asked)].filter(Boolean)));
  };
  details.append(content);
  details.addEventListener('toggle', fill);
  details.addEventListener('input', entitle);
  entitle();
  fill();
  return el('div.item', { role: 'listitem', 'data-row': '' }, details, el('div.line.tools', tools));
}
