// Which language a page speaks, and how its own words are put into it.

import { byId } from './dom.js';

const LANGUAGE_KEY = 'yingda.language';

/** Traditional script, by the browser's word. */
const TRADITIONAL = /^zh-(hant|tw|hk|mo)/i;

/**
 * The language chosen here before, else the browser's. Storage may be blocked.
 *
 * @param {Record<string, any>} texts The page's own words, by language: `zh`, `en`, and `hant` where it has it.
 */
export function firstLanguage(texts, wished = navigator.language) {
  try {
    const kept = localStorage.getItem(LANGUAGE_KEY) ?? '';
    if (texts[kept]?.tag) return kept;
  } catch { /* the browser's, then */ }
  if (texts.hant && TRADITIONAL.test(wished)) return 'hant';
  return /^zh/i.test(wished) ? 'zh' : 'en';
}

/** @param {string} chosen */
export function keepLanguage(chosen) {
  try {
    localStorage.setItem(LANGUAGE_KEY, chosen);
  } catch { /* it holds until the page is left */ }
}

/**
 * Puts a page's own words into a language: `data-text`, `data-label`, `data-placeholder` name them.
 *
 * @param {any} t
 * @param {string} chosen
 */
export function putWords(t, chosen) {
  document.documentElement.lang = t.tag;
  document.title = t.name;
  /** @type {(name: string, put: (node: any, key: string) => void) => void} */
  const each = (name, put) =>
    /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(`[data-${name}]`))
      .forEach((node) => put(node, node.dataset[name] ?? ''));
  each('text', (node, key) => { node.textContent = t[key]; });
  each('label', (node, key) => node.setAttribute('aria-label', t[key]));
  each('placeholder', (node, key) => { node.placeholder = t[key]; });
  each('language', (node, key) => node.setAttribute('aria-pressed', key === chosen));
}

/** @param {(language: string) => void} choose */
export function onLanguage(choose) {
  for (const each of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-language]'))) {
    each.addEventListener('click', () => choose(each.dataset.language ?? ''));
  }
}

/**
 * Does something when a form is sent, and sends it nowhere.
 *
 * @param {string} form
 * @param {() => void} then
 */
export function onSubmit(form, then) {
  byId(form).addEventListener('submit', (/** @type {Event} */ event) => {
    event.preventDefault();
    then();
  });
}
