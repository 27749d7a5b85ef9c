// The console's own words in the language that is spoken now; times and names as it shows them.

import { me } from './store.js';
import { TEXT as DOOR } from './console-texts.js';
import { inChinese } from './import-messages.js';
import { checks as ENGLISH_CHECKS } from './texts-en-checks.js';
import { checks as CHINESE_CHECKS } from './texts-zh-checks.js';
import { CHINESE } from './texts-zh.js';
import { CHINESE_COMPARE } from './texts-zh-compare.js';
import { CHINESE_CONTENT } from './texts-zh-content.js';
import { CHINESE_WORK } from './texts-zh-work.js';
import { ENGLISH } from './texts-en.js';
import { ENGLISH_COMPARE } from './texts-en-compare.js';
import { ENGLISH_CONTENT } from './texts-en-content.js';
import { ENGLISH_WORK } from './texts-en-work.js';

/** @type {Record<string, any>} */
export const TEXT = {
  zh: { ...DOOR.zh, ...CHINESE, ...CHINESE_WORK, ...CHINESE_CONTENT, ...CHINESE_COMPARE, checks: CHINESE_CHECKS },
  en: { ...DOOR.en, ...ENGLISH, ...ENGLISH_WORK, ...ENGLISH_CONTENT, ...ENGLISH_COMPARE, checks: ENGLISH_CHECKS },
};

/**
 * The words in use. Filled anew when the language changes, so that whoever has imported it sees that.
 *
 * @type {Record<string, any>}
 */
export const t = { ...TEXT.zh };

/** @param {string} chosen */
export const useTexts = (chosen) => { Object.assign(t, TEXT[chosen]); };

/** @param {string} at */
export const moment = (at) => new Intl.DateTimeFormat(t.tag, {
  year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hour12: false,
}).format(new Date(at));

/** What the time zone is called in which times are shown and typed. */
export const timeZone = () => new Intl.DateTimeFormat(t.tag, { timeZoneName: 'long' }).formatToParts(new Date())
  .find(({ type }) => type === 'timeZoneName')?.value ?? '';

/** @param {Record<string, string>} titles */
export const titled = (titles) => titles?.[t.tag] ?? titles?.['zh-CN'] ?? Object.values(titles ?? {})[0] ?? '';

/** What a language is called. @param {string} tag */
export function languageName(tag) {
  try {
    return new Intl.DisplayNames([t.tag], { type: 'language' }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** What is wrong, in the language that is spoken; what exactly, the message says. @param {{ code: string, message: string }} fault */
export const faultTitle = ({ code, message }) => t.checks[code] ?? message;

/** What the service says of a table, a document or a text of it, in the language that is spoken. @param {string} message */
export const spoken = (message) => (t.tag === 'zh-CN' ? inChinese(message) : message);

/** Enough of an id to tell colleagues apart. */
const SHORT_ID = 4;

/** @type {Map<string, string>} */
const people = new Map();

/** Notes what those who work here are called. @param {{ id: string, display_name: string }[]} known */
export const meet = (known) => known.forEach(({ id, display_name: name }) => people.set(id, name));

/** Who did something. @param {string} id */
export function personName(id) {
  if (id === me()?.id) return t.you;
  return people.get(id) ?? t.programs[id] ?? (id.startsWith('user_') ? t.colleague(id.slice(-SHORT_ID)) : id);
}

/** An instant as a control for local time takes it, and back. @param {string | null | undefined} at */
export function toLocal(at) {
  if (!at) return '';
  const time = new Date(at);
  return new Date(time.getTime() - time.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
}

/** @param {string} local */
export const fromLocal = (local) => (local ? new Date(local).toISOString().replace('.000Z', 'Z') : '');
