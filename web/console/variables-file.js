// The lines of variables.yaml as a table, and back: each variable stands on a line of its own, `name: {value: "…", en: "…"}`. Lines
// that are written otherwise are left as they are. Knows no page.

export const VARIABLES = 'knowledge-base/variables.yaml';

/**
 * A variable: its line (counted from 0), its fields in their order (`value`, languages, `kind`, `sample`); `isOdd` where the line is
 * not of the usual form and is only shown.
 *
 * @typedef {{ name: string, line: number, fields: Record<string, any>, isOdd: boolean }} Variable
 */

const LINE = /^([A-Za-z0-9_.]+):\s*(.*)$/;

/** One field within the braces: a name, and a text in quotes, or a plain word. */
const FIELD = /\s*([\w-]+):\s*("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^,{}"']+)\s*(,|$)/y;

/** @param {string} text @returns {Variable[]} */
export function readVariables(text) {
  return text.split('\n').flatMap((line, at) => {
    const [, name, rest] = LINE.exec(line) ?? [];
    if (!name) return [];
    const fields = fieldsOf(rest.trim());
    return [{ name, line: at, fields: fields ?? { value: rest.trim() }, isOdd: !fields }];
  });
}

/** @param {string} text */
function fieldsOf(text) {
  if (!text.startsWith('{') || !text.endsWith('}')) return null;
  const inside = text.slice(1, -1);
  /** @type {Record<string, any>} */
  const fields = {};
  FIELD.lastIndex = 0;
  while (FIELD.lastIndex < inside.length) {
    const found = FIELD.exec(inside);
    if (!found) return null;
    fields[found[1]] = plain(found[2].trim());
  }
  return 'value' in fields ? fields : null;
}

/** @param {string} written */
function plain(written) {
  if (written.startsWith("'")) return written.slice(1, -1).replaceAll("''", "'");
  if (!written.startsWith('"')) return { true: true, false: false }[written] ?? written;
  try {
    return JSON.parse(written);
  } catch {
    return written.slice(1, -1);
  }
}

/** @param {Variable} variable @param {string} language */
export function valueIn({ fields }, language) {
  return String(fields[language] ?? fields[language.split('-')[0]] ?? fields.value ?? '');
}

/** @param {string} name @param {Record<string, any>} fields */
export function lineOf(name, fields) {
  const parts = Object.entries(fields).flatMap(([key, value]) => {
    if (value === '' && key !== 'value') return [];
    if (key === 'sample' && value === false) return [];
    return [`${key}: ${typeof value === 'boolean' || key === 'kind' ? value : JSON.stringify(value)}`];
  });
  return `${name}: {${parts.join(', ')}}`;
}

/** Puts a variable in its place, or at the end. @param {string} text @param {string} name @param {Record<string, any>} fields */
export function withVariable(text, name, fields) {
  const there = readVariables(text).find((variable) => variable.name === name);
  if (!there) return `${text.replace(/\n*$/, '\n')}${lineOf(name, fields)}\n`;
  return text.split('\n').with(there.line, lineOf(name, fields)).join('\n');
}

/** Where a variable is used, file by file. @param {Map<string, string>} files @param {string} name */
export function usesOf(files, name) {
  const written = new RegExp(`\\{\\{\\s*${name.replaceAll('.', '\\.')}\\s*\\}\\}`);
  return [...files].flatMap(([path, text]) => {
    const isUsed = path !== VARIABLES && (written.test(text) || (name.startsWith('feature.') && text.includes(`requires: ${name}`)));
    return isUsed ? [path] : [];
  });
}
