// An entry as flat fields, each a text: what a form shows, what two versions are compared by, what is merged. Knows no page.

/** @typedef {import('./types.js').EntryDocument} EntryDocument */
/** @typedef {import('./types.js').Fields} Fields */

/** The fields that hold one item a line. */
const LISTS = new Set(['similar', 'never', 'related', 'channels', 'audience', 'actions']);

const OF_A_TEXT = ['question', 'similar', 'never', 'review_by', 'body'];

/** What an action does, as its line names it. */
export const ACTION_KINDS = /** @type {const} */ (['intent', 'url', 'phone']);

/** @param {string} key */
export const isList = (key) => LISTS.has(/** @type {string} */ (key.split('.').at(-1)));

/** @param {string} text */
export const linesOf = (text) => text.split('\n').map((line) => line.trim()).filter(Boolean);

/** @param {import('./types.js').Action} action */
function lineOfAction(action) {
  const kind = ACTION_KINDS.find((each) => action[each] !== undefined) ?? 'intent';
  return `${action.label} | ${kind} | ${action[kind] ?? ''}`;
}

/** @param {string} line @returns {import('./types.js').Action} */
export function actionOfLine(line) {
  const [, label = line, kind = 'intent', target = ''] = /^(.*?)\s*\|\s*(intent|url|phone)\s*\|\s*(.*)$/.exec(line) ?? [];
  return { label, [kind]: target };
}

/** @param {EntryDocument} entry @returns {Fields} */
export function fieldsOf(entry) {
  /** @type {Fields} */
  const fields = {};
  for (const [language, text] of Object.entries(entry.texts)) {
    for (const name of OF_A_TEXT) {
      const value = /** @type {any} */ (text)[name];
      fields[`texts.${language}.${name}`] = Array.isArray(value) ? value.join('\n') : value ?? '';
    }
  }
  return {
    ...fields,
    category: entry.category,
    related: (entry.related ?? []).join('\n'),
    actions: (entry.actions ?? []).map(lineOfAction).join('\n'),
    requires: entry.requires ?? '',
    'valid.from': entry.valid?.from ?? '',
    'valid.until': entry.valid?.until ?? '',
    channels: (entry.channels ?? []).join('\n'),
    audience: (entry.audience ?? []).join('\n'),
    steps: entry.steps ?? '',
    top: entry.top === undefined ? '' : String(entry.top),
    owner: entry.owner ?? '',
  };
}

/** The languages that fields speak, Chinese first. @param {Fields} fields */
export function languagesOf(fields) {
  const all = new Set(Object.keys(fields).flatMap((key) => (key.startsWith('texts.') ? [key.split('.')[1]] : [])));
  return [...all].sort((a, b) => Number(b === 'zh-CN') - Number(a === 'zh-CN') || a.localeCompare(b));
}

/** The document of fields; a language without a question and without an answer is none. @param {string} id @param {Fields} fields */
export function documentOf(id, fields) {
  /** @type {(key: string) => string[] | undefined} */
  const list = (key) => {
    const items = linesOf(fields[key] ?? '');
    return items.length ? items : undefined;
  };
  /** @type {EntryDocument['texts']} */
  const texts = {};
  for (const language of languagesOf(fields)) {
    /** @type {(name: string) => string} */
    const of = (name) => fields[`texts.${language}.${name}`] ?? '';
    const isNothing = !of('question').trim() && !of('body').trim();
    if (language !== 'zh-CN' && isNothing) continue;
    texts[language] = {
      question: of('question').trim(), similar: list(`texts.${language}.similar`), never: list(`texts.${language}.never`),
      review_by: of('review_by') || undefined, body: of('body'),
    };
  }
  const valid = { from: fields['valid.from'] || undefined, until: fields['valid.until'] || undefined };
  /** @type {EntryDocument} */
  const entry = {
    id, category: fields.category, texts, related: list('related'), actions: list('actions')?.map(actionOfLine),
    requires: fields.requires || undefined, valid: valid.from || valid.until ? valid : undefined, channels: list('channels'),
    audience: list('audience'), steps: fields.steps || undefined, top: fields.top ? Number(fields.top) : undefined,
    owner: fields.owner.trim() || undefined,
  };
  return entry;
}

/** The keys whose texts differ, in the order of the fields. @param {Fields} before @param {Fields} after */
export const differing = (before, after) =>
  [...new Set([...Object.keys(after), ...Object.keys(before)])].filter((key) => (before[key] ?? '') !== (after[key] ?? ''));

/**
 * Puts together what two people made of the same: what one alone has changed stands; of lists, both sides' lines; the rest is for
 * a person to decide.
 *
 * @param {Fields} base
 * @param {Fields} mine
 * @param {Fields} theirs
 */
export function merge(base, mine, theirs) {
  /** @type {Fields} */
  const merged = { ...theirs };
  const open = [];
  for (const key of differing(base, mine)) {
    const [own, other, old] = [mine[key] ?? '', theirs[key] ?? '', base[key] ?? ''];
    if (other === old) merged[key] = own;
    else if (other !== own) {
      merged[key] = isList(key) ? mergedLines(old, own, other) : own;
      open.push(key);
    }
  }
  return { merged, open };
}

/** @param {string} base @param {string} mine @param {string} theirs */
function mergedLines(base, mine, theirs) {
  const [old, own, other] = [base, mine, theirs].map(linesOf);
  const gone = old.filter((line) => !own.includes(line) || !other.includes(line));
  return [...new Set([...other, ...own])].filter((line) => !gone.includes(line)).join('\n');
}
