// The desk's own words, one table per language, and the language that is spoken now.

import { CHINESE } from './texts-zh.js';
import { ENGLISH } from './texts-en.js';

/** @type {Record<string, import('./types.js').Texts>} */
export const TEXT = { zh: CHINESE, en: ENGLISH };

/** The words in use. Filled anew when the language changes, so that whoever has imported it sees that. */
export const t = { ...CHINESE };

/** @param {string} chosen */
export function useTexts(chosen) {
  Object.assign(t, TEXT[chosen]);
}
