// The language that the widget speaks now.

import { firstLanguage, keepLanguage, putWords } from '../shared/language.js';
import { TEXT } from './texts.js';

/** @typedef {keyof typeof TEXT} Language */

let language = /** @type {Language} */ (firstLanguage(TEXT));

/** The sentences in that language. */
export const t = () => TEXT[language];

/**
 * The language to ask for: Chinese speaks for itself, as the API tells its scripts apart, but for who reads the traditional one.
 *
 * @param {string} text
 */
export function languageFor(text) {
  if (language === 'hant') return t().tag;
  return /\p{Script=Han}/u.test(text) ? undefined : t().tag;
}

/** @param {string} title What the shop calls its support; the widget's own word where it is empty. */
export function speak(title) {
  putWords({ ...t(), name: title || t().name }, language);
}

/** @param {string} chosen */
export function choose(chosen) {
  language = /** @type {Language} */ (chosen);
  keepLanguage(chosen);
}

/**
 * Speaks what the page around it wishes, unless its visitor has chosen otherwise.
 *
 * @param {string} tag BCP 47.
 */
export function wish(tag) {
  language = /** @type {Language} */ (firstLanguage(TEXT, tag));
}
