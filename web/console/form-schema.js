// What a JSON schema says about how its value is asked for: which sort of control, what it is called, what may be chosen. The days of
// a week as they are written. Knows no page.

/** @typedef {Record<string, any>} Schema */
/** @typedef {{ [language: string]: string }} Label */

/**
 * The sorts of values that a form asks for.
 *
 * @typedef {'flag' | 'days' | 'choice' | 'several' | 'count' | 'localised' | 'phrases' | 'lines' | 'list' | 'map' | 'object' | 'either' |
 *   'instant' | 'date' | 'text'} Sort
 */

/** What a schema refers to, with what stands beside the reference. @param {Schema} schema @param {Schema} root @returns {Schema} */
export function resolved(schema, root) {
  const { $ref: reference, ...beside } = schema;
  if (!reference) return schema;
  const found = reference.slice(2).split('/').reduce((/** @type {any} */ at, /** @type {string} */ key) => at[key], root);
  return { ...resolved(found, root), ...beside };
}

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** @param {Schema} schema */
const isDays = (schema) => Boolean(schema.enum?.includes('mon-fri'));

/** @param {Schema} schema */
const isCount = ({ type, anyOf }) => type === 'integer'
  || Boolean(anyOf?.some((/** @type {Schema} */ one) => one.type === 'integer') && anyOf.every((/** @type {Schema} */ one) => !one.pattern || !new RegExp(one.pattern, 'u').test('a')));

const DATE = '^[0-9]{4}-[0-9]{2}-[0-9]{2}$';

/** @param {Schema} plain @param {Schema} root @returns {Sort} */
export function sortOf(plain, root) {
  const schema = resolved(plain, root);
  const either = (schema.anyOf ?? schema.oneOf)?.map((/** @type {Schema} */ one) => resolved(one, root));
  if (schema.properties) return 'object';
  if (schema.enum) return schema.enum.includes(true) ? 'flag' : isDays(schema) ? 'days' : 'choice';
  if (schema.patternProperties) return 'phrases';
  if (schema.type === 'object') return 'map';
  if (schema.type === 'array') {
    const items = resolved(schema.items, root);
    return items.properties ? 'list' : items.enum ? 'several' : 'lines';
  }
  if (isCount(schema)) return 'count';
  if (either?.some(isDays)) return 'days';
  if (either?.some((/** @type {Schema} */ one) => one.patternProperties)) return 'localised';
  if (either?.some((/** @type {Schema} */ one) => one['x-label'])) return 'either';
  if (schema.pattern === DATE) return 'date';
  return schema.pattern?.includes('[T ]') ? 'instant' : 'text';
}

/** What a value of a schema begins as. @param {Schema} plain @param {Schema} root @returns {any} */
export function blank(plain, root) {
  const schema = resolved(plain, root);
  switch (sortOf(schema, root)) {
    case 'object': {
      const required = schema.required ?? [];
      return Object.fromEntries(required.map((/** @type {string} */ key) => [key, blank(schema.properties[key], root)]));
    }
    case 'map': case 'phrases': return {};
    case 'list': case 'lines': case 'several': return [];
    case 'choice': return schema.enum[0];
    case 'days': return 'every';
    case 'flag': return true;
    case 'count': return 1;
    case 'either': return blank(alternativesOf(schema)[0], root);
    default: return '';
  }
}

/** The shapes between which somebody chooses, each with its label. @param {Schema} schema @returns {Schema[]} */
export const alternativesOf = (schema) =>
  (schema.oneOf ?? schema.anyOf ?? []).map((/** @type {Schema} */ one) => ('const' in one ? { enum: [one.const], ...one } : one));

/** Whether a value has the shape of an alternative. @param {any} value @param {Schema} plain @param {Schema} root */
export function hasShape(value, plain, root) {
  const schema = resolved(plain, root);
  if (schema.enum) return schema.enum.includes(value);
  if (schema.type === 'array') return Array.isArray(value);
  return schema.type === 'object' && value !== null && typeof value === 'object' && !Array.isArray(value);
}

/**
 * Which keys an object shows: of those between which its alternatives decide, the ones of the alternative that it has.
 *
 * @param {Schema} schema
 * @param {any} value
 * @returns {{ alternatives: Schema[], chosen: number, keys: string[] }}
 */
export function keysOf(schema, value) {
  const all = Object.keys(schema.properties);
  const alternatives = (schema.oneOf ?? []).filter((/** @type {Schema} */ one) => one.required && one['x-label']);
  if (!alternatives.length) return { alternatives, chosen: -1, keys: all };
  const has = (/** @type {Schema} */ { required, propertyNames }) => required.every((/** @type {string} */ key) => value?.[key] !== undefined)
    && (!propertyNames || Object.keys(value ?? {}).every((key) => propertyNames.enum.includes(key)));
  const chosen = Math.max(0, alternatives.findIndex(has));
  return { alternatives, chosen, keys: keysWithin(schema, alternatives, chosen) };
}

/** @param {Schema} schema @param {Schema[]} alternatives @param {number} chosen */
export function keysWithin(schema, alternatives, chosen) {
  const deciding = new Set(alternatives.flatMap(({ required }) => required));
  const { required, propertyNames } = alternatives[chosen];
  return Object.keys(schema.properties).filter((key) => propertyNames?.enum.includes(key) ?? (required.includes(key) || !deciding.has(key)));
}

/** The days that a schedule names, Monday first. @param {any} written @returns {string[]} */
export function daysOf(written) {
  const named = new Set([written].flat().flatMap((one) => {
    if (one === 'every') return DAYS;
    const [from, to = from] = String(one).split('-');
    return DAYS.slice(DAYS.indexOf(from), DAYS.indexOf(to) + 1);
  }));
  return DAYS.filter((day) => named.has(day));
}

/** Days as they are written: `every`, a range, one day, or a list of these. @param {string[]} days */
export function writtenDays(days) {
  if (days.length === DAYS.length) return 'every';
  /** @type {string[][]} */
  const runs = [];
  for (const day of DAYS.filter((one) => days.includes(one))) {
    const last = runs.at(-1);
    if (last && DAYS.indexOf(/** @type {string} */ (last.at(-1))) + 1 === DAYS.indexOf(day)) last.push(day);
    else runs.push([day]);
  }
  const parts = runs.map((run) => (run.length > 1 ? `${run[0]}-${run.at(-1)}` : run[0]));
  return parts.length === 1 ? parts[0] : parts;
}

export const WEEK = DAYS;
