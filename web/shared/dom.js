// Small tools for building a page: elements, safe HTML in one place, bars.

/**
 * An element that the page has, of the kind that whoever asks for it knows.
 *
 * @param {string} id
 * @returns {any}
 */
export const byId = (id) => document.getElementById(id);

/**
 * What an element is built of: attributes (`on…` listens) where it comes first, else text and elements; what is false is left out.
 *
 * @typedef {string | Node | false | null | undefined | 0} Piece
 * @typedef {{ listen(event: Event): unknown }['listen']} Listener Knows which kind of event it gets.
 * @typedef {{ [name: string]: string | number | boolean | Listener }} Attributes
 * @typedef {Piece | Attributes} Part
 */

/**
 * Builds an element: `name.class`, then attributes, then text and elements.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K | `${K}.${string}`} name
 * @param {...(Part | Part[])} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function el(name, ...children) {
  const [tag, ...classes] = name.split('.');
  const element = document.createElement(/** @type {K} */ (tag));
  if (classes.length) element.className = classes.join(' ');
  const [first] = children;
  const isPlain = first?.constructor === Object;
  for (const [key, value] of Object.entries(isPlain ? /** @type {Attributes} */ (first) : {})) {
    if (typeof value === 'function') element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, String(value));
  }
  element.append(.../** @type {(string | Node)[]} */ (children.slice(isPlain ? 1 : 0).flat().filter(Boolean)));
  return element;
}

/**
 * Shows safe HTML, which the server made from editors' Markdown. The one place where HTML comes in.
 *
 * @param {{ html: string, language?: string }} safe
 */
export function showHtml({ html, language: lang }) {
  const element = el('div.prose', lang ? { lang } : {});
  element.innerHTML = html;
  element.querySelectorAll('a').forEach(openElsewhere);
  return element;
}

/**
 * Lets web pages open beside this one; `tel:` stays as it is.
 *
 * @param {HTMLAnchorElement} link
 */
export function openElsewhere(link) {
  if (!/^https?:/i.test(link.getAttribute('href') ?? '')) return;
  link.target = '_blank';
  link.rel = 'noopener noreferrer';
}

/**
 * Has a screen reader say something.
 *
 * @param {string} text
 */
export const say = (text) => byId('said').replaceChildren(el('p', text));

/**
 * @param {string} label
 * @param {(event: Event) => void} onclick
 */
export const button = (label, onclick) => el('button', { type: 'button', onclick }, label);

/** @param {number} share */
export const percent = (share) => `${Math.round(share * 100)}%`;

/** @param {[string, Piece][]} pairs */
export const terms = (pairs) => el('dl', pairs.map(([name, value]) => el('div', el('dt', name), el('dd', value))));

/**
 * A bar whose length is a share of its track.
 *
 * @param {number} share
 */
export function bar(share, kind = 'for') {
  const fill = el(/** @type {`span.${string}`} */ (`span.fill.${kind}`));
  fill.style.width = percent(share);
  return el('span.track', { 'aria-hidden': 'true' }, fill);
}
