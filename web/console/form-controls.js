// The controls of a form for single values: texts, numbers, dates, choices, texts per language.

import { el } from '../shared/dom.js';
import { WEEK, daysOf, resolved, writtenDays } from './form-schema.js';
import { area, choice, input, tick } from './ui.js';
import { fromLocal, languageName, t, titled, toLocal } from './words.js';

/** @typedef {import('./form-schema.js').Schema} Schema */
/** @typedef {{ get: () => any, set: (value: any) => void }} Place Where a value stands; to set `undefined` takes it away. */
/** @typedef {{ root: Schema, isReadOnly: boolean, references: Record<string, string> }} Form What the whole form has: its schema, lists to choose names from. */
/** @typedef {{ schema: Schema, place: Place, form: Form, name: string, label: string, isRequired: boolean }} Asked */

/** Texts from here on have a control of several lines. */
const LONG = 60;

const MOST_ROWS = 12;

/** What a text is written in; a text that stands alone is Chinese. */
const OWN_LANGUAGE = 'zh-CN';
const LANGUAGES = [OWN_LANGUAGE, 'en'];

/** @param {string} text */
const lines = (text) => text.split('\n').map((line) => line.trim()).filter(Boolean);

/** @param {any} control @param {Form} form */
function closed(control, form) {
  if (!form.isReadOnly) return control;
  for (const one of [control, ...control.querySelectorAll('input, select, textarea')]) one.disabled = true;
  return control;
}

/** @param {Asked} asked @param {any} control @param {(text: string) => any} [valueOf] */
function writes({ place, form, isRequired }, control, valueOf = (text) => text) {
  control.addEventListener('input', () => place.set(control.value === '' && !isRequired ? undefined : valueOf(control.value)));
  return closed(control, form);
}

/** @param {Asked} asked */
export function text(asked) {
  const { schema, place, form, name } = asked;
  const value = String(place.get() ?? '');
  const isLong = value.length > LONG || value.includes('\n') || name === 'pattern';
  const list = schema.pattern ? '' : form.references[name];
  const control = isLong ? area('', Math.min(MOST_ROWS, Math.ceil(value.length / LONG) + 1)) : input('', { ...(list && { list }) });
  control.value = value;
  control.spellcheck = false;
  const expected = schema.pattern && new RegExp(schema.pattern, 'u');
  const judge = () => control.setCustomValidity(expected && control.value && !expected.test(control.value) ? t.badForm : '');
  judge();
  control.addEventListener('input', judge);
  return writes(asked, control);
}

/** @param {Asked} asked */
export function count(asked) {
  const { minimum, maximum } = asked.schema.type ? asked.schema : asked.schema.anyOf.find((/** @type {Schema} */ one) => one.type === 'integer');
  const control = input('', { type: 'number', step: '1', ...(minimum !== undefined && { min: minimum }), ...(maximum !== undefined && { max: maximum }) });
  control.value = asked.place.get() ?? '';
  return writes(asked, control, Number);
}

/** @param {Asked} asked */
export function date(asked) {
  const control = input('', { type: 'date' });
  control.value = asked.place.get() ?? '';
  return writes(asked, control);
}

/** @param {Asked} asked */
export function instant(asked) {
  const control = input('', { type: 'datetime-local' });
  const written = asked.place.get();
  control.value = written && !Number.isNaN(Date.parse(written)) ? toLocal(written) : '';
  return writes(asked, control, fromLocal);
}

/** @param {Schema} schema @param {string} value */
export const valueTitle = (schema, value) => titled(schema['x-values']?.[value]) || value;

/** @param {Asked} asked */
export function choose(asked) {
  const { schema, place, isRequired } = asked;
  const options = schema.enum.map((/** @type {string} */ id) => ({ id, title: valueTitle(schema, id) }));
  const there = place.get();
  // What is none of them is shown as it is written, for the check to say.
  const odd = there !== undefined && !schema.enum.includes(there) ? [{ id: String(there), title: String(there) }] : [];
  const control = choice('', [...(isRequired ? [] : [{ id: '', title: t.notSet }]), ...odd, ...options], there === undefined ? '' : String(there));
  return writes(asked, control);
}

/** @param {Asked} asked */
export function flag({ place, form, label }) {
  return closed(tick(label, ['true', true].includes(place.get()), (isChosen) => place.set(isChosen || undefined)), form);
}

/** @param {Asked} asked */
export function several({ schema, place, form, label }) {
  const items = resolved(schema.items, form.root);
  const chosen = new Set([place.get() ?? []].flat());
  const boxes = items.enum.map((/** @type {string} */ id) => tick(valueTitle(items, id), chosen.has(id), (isChosen) => {
    if (isChosen) chosen.add(id);
    else chosen.delete(id);
    const all = items.enum.filter((/** @type {string} */ one) => chosen.has(one));
    place.set(all.length ? all : undefined);
  }));
  return closed(el('div.line', { role: 'group', 'aria-label': label }, boxes), form);
}

/** @param {Asked} asked */
export function days({ schema, place, form, label }) {
  const named = schema.enum ? schema : resolved(schema.anyOf[0], form.root);
  const chosen = new Set(daysOf(place.get() ?? []));
  const boxes = WEEK.map((day) => tick(valueTitle(named, day), chosen.has(day), (isChosen) => {
    if (isChosen) chosen.add(day);
    else chosen.delete(day);
    place.set(writtenDays([...chosen]));
  }));
  return closed(el('div.line.days', { role: 'group', 'aria-label': label }, boxes), form);
}

/** A list of texts, one a line. @param {Asked} asked */
export function textLines({ place, form, isRequired }) {
  const there = [place.get() ?? []].flat().map(String);
  const control = area('', Math.max(2, Math.min(MOST_ROWS, there.length + 1)));
  control.value = there.join('\n');
  control.spellcheck = false;
  control.addEventListener('input', () => {
    const all = lines(control.value);
    place.set(all.length || isRequired ? all : undefined);
  });
  return closed(control, form);
}

/** A list of texts on one line, parted by commas. @param {Asked} asked */
export function textList({ place, form, isRequired }) {
  const control = input('', { spellcheck: 'false' });
  control.value = [place.get() ?? []].flat().join('，');
  control.addEventListener('input', () => {
    const all = control.value.split(/[,，、]/).map((/** @type {string} */ word) => word.trim()).filter(Boolean);
    place.set(all.length || isRequired ? all : undefined);
  });
  return closed(control, form);
}

/**
 * The languages of a value, one control each.
 *
 * @param {Asked} asked
 * @param {(value: any) => string} shown
 * @param {(text: string) => any} meant
 * @param {(text: string) => number} rows How many lines the control shows at least.
 */
function perLanguage({ place, form, label, isRequired }, shown, meant, rows) {
  const isAlone = () => typeof place.get() !== 'object' || place.get() === null || Array.isArray(place.get());
  const there = isAlone() ? { [OWN_LANGUAGE]: place.get() } : place.get();
  const languages = [...LANGUAGES, ...Object.keys(there).filter((language) => !LANGUAGES.includes(language))];
  const control = (/** @type {string} */ language) => {
    const text = shown(there[language]);
    const written = area('', Math.min(MOST_ROWS, Math.max(2, rows(text))), { lang: language, 'aria-label': `${label} · ${languageName(language)}` });
    written.value = text;
    written.addEventListener('input', () => {
      const all = isAlone() ? { ...(place.get() !== undefined && { [OWN_LANGUAGE]: place.get() }) } : { ...place.get() };
      if (written.value.trim()) all[language] = meant(written.value);
      else delete all[language];
      const isStillAlone = isAlone() && place.get() !== undefined && Object.keys(all).join() === OWN_LANGUAGE;
      const isNothing = !Object.keys(all).length;
      place.set(isNothing && !isRequired ? undefined : isStillAlone ? all[OWN_LANGUAGE] : all);
    });
    return el('div.tongue', el('span.hint', { 'aria-hidden': 'true' }, languageName(language)), written);
  };
  return closed(el('div.pair', { role: 'group', 'aria-label': label }, languages.map(control)), form);
}

/** @param {Asked} asked */
export const localised = (asked) => perLanguage(asked, (value) => String(value ?? ''), (written) => written, (text) => Math.ceil(text.length / LONG));

/** @param {Asked} asked */
export const phrases = (asked) => perLanguage(asked, (value) => [value ?? []].flat().join('\n'), lines, (text) => text.split('\n').length + 1);
