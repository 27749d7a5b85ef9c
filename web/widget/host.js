// What passes between the widget and the page around it: messages of a few known shapes, to and from origins that the operator
// has listed. Whatever else comes is dropped.

/**
 * A wish of the page around the widget.
 *
 * @typedef {object} Wish
 * @property {'hello' | 'open' | 'show' | 'close' | 'identify' | 'context' | 'theme' | 'language' | 'forget'} type
 * @property {string} [token]
 * @property {string} [theme]
 * @property {string} [language]
 * @property {string} [title]
 * @property {import('./types.js').Context} [context]
 */

const TYPES = ['hello', 'open', 'show', 'close', 'identify', 'context', 'theme', 'language', 'forget'];
const VERSION = 1;
const MOST_CLAIMS = 20;
const LONGEST_TEXT = 300;
const LONGEST_TOKEN = 4096;

/** Whether there is a page around this one. */
export const isFramed = window.parent !== window;

const listed = (document.querySelector('meta[name=origins]')?.getAttribute('content') ?? '').split(' ').filter(Boolean);

/** The origin of the page around this one, once it has spoken: the only one that is spoken to. */
let host = '';

/** @param {(wish: Wish) => void} heed */
export function hear(heed) {
  window.addEventListener('message', ({ source, origin, data }) => {
    if (!isFramed || source !== window.parent) return;
    if (origin !== location.origin && !listed.includes(origin)) return;
    const wish = checked(data);
    if (!wish) return;
    host = origin;
    heed(wish);
  });
}

/**
 * Tells the page around this one; nobody, as long as it has not said who it is.
 *
 * @param {'ready' | 'close' | 'unread' | 'begun' | 'identity'} type
 * @param {number | boolean} [value]
 */
export function tell(type, value) {
  if (host) window.parent.postMessage({ yingda: VERSION, type, value }, host);
}

/**
 * A wish with nothing but what is known, each of its kind and of bearable length; null for whatever is none.
 *
 * @param {unknown} data
 * @returns {Wish | null}
 */
export function checked(data) {
  if (typeof data !== 'object' || data === null) return null;
  const { yingda, type, token, theme, language, title, context } = /** @type {Record<string, unknown>} */ (data);
  if (yingda !== VERSION || typeof type !== 'string' || !TYPES.includes(type)) return null;
  return {
    type: /** @type {Wish['type']} */ (type),
    token: text(token, LONGEST_TOKEN),
    theme: text(theme, LONGEST_TEXT),
    language: text(language, LONGEST_TEXT),
    title: text(title, LONGEST_TEXT),
    context: claimsOf(context),
  };
}

/**
 * @param {unknown} value
 * @param {number} longest
 */
const text = (value, longest) => (typeof value === 'string' && value.length <= longest ? value : undefined);

/**
 * @param {unknown} context
 * @returns {import('./types.js').Context | undefined}
 */
function claimsOf(context) {
  if (typeof context !== 'object' || context === null || Array.isArray(context)) return undefined;
  const isOne = (/** @type {[string, unknown]} */ [name, value]) => /^\w{1,40}$/.test(name)
    && (text(value, LONGEST_TEXT) !== undefined || typeof value === 'boolean' || Number.isFinite(value));
  return Object.fromEntries(Object.entries(context).filter(isOne).slice(0, MOST_CLAIMS));
}
