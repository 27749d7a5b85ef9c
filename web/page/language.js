// Which language a page speaks, and how its own words are put into it.

import { byId } from './dom.js';

const LANGUAGE_KEY = 'yingda.language';

/** The language chosen here before, else the browser's. Storage may be blocked. */
export function firstLanguage(texts) {
  try {
    const kept = localStorage.getItem(LANGUAGE_KEY);
    if (texts[kept]?.tag) return kept;
  } catch { /* the browser's, then */ }
  return /^zh/i.test(navigator.language) ? 'zh' : 'en';
}

export function keepLanguage(chosen) {
  try {
    localStorage.setItem(LANGUAGE_KEY, chosen);
  } catch { /* it holds until the page is left */ }
}

/** Puts a page's own words into a language: `data-text`, `data-label`, `data-placeholder` name them. */
export function putWords(t, chosen) {
  document.documentElement.lang = t.tag;
  document.title = t.name;
  const each = (name, put) =>
    document.querySelectorAll(`[data-${name}]`).forEach((node) => put(node, node.dataset[name]));
  each('text', (node, key) => { node.textContent = t[key]; });
  each('label', (node, key) => node.setAttribute('aria-label', t[key]));
  each('placeholder', (node, key) => { node.placeholder = t[key]; });
  each('language', (node, key) => node.setAttribute('aria-pressed', key === chosen));
}

export function onLanguage(choose) {
  for (const each of document.querySelectorAll('[data-language]')) {
    each.addEventListener('click', () => choose(each.dataset.language));
  }
}

/** Does something when a form is sent, and sends it nowhere. */
export function onSubmit(form, then) {
  byId(form).addEventListener('submit', (event) => {
    event.preventDefault();
    then();
  });
}
