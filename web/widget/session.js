// What this browser keeps of a conversation, so that it goes on after a reload. Storage may be blocked: then it lasts as long
// as the page.

/** @type {Map<string, string>} */
const memory = new Map();

/**
 * @param {() => Storage} storage
 * @param {string} name
 */
function entry(storage, name) {
  const key = `yingda.${name}`;
  return {
    /** @returns {any} */
    get: () => {
      let text = memory.get(key) ?? null;
      try {
        text = storage().getItem(key) ?? text;
        return text && JSON.parse(text);
      } catch { // Blocked, or not ours.
        return null;
      }
    },
    /** @param {unknown} value Null for nothing more. */
    set: (value) => {
      const text = JSON.stringify(value);
      if (value === null) memory.delete(key);
      else memory.set(key, text);
      try {
        if (value === null) storage().removeItem(key);
        else storage().setItem(key, text);
      } catch { /* it lasts as long as the page */ }
    },
  };
}

const browser = () => localStorage;
const tab = () => sessionStorage;

/** `{id, token}` of the conversation. */
export const kept = entry(browser, 'conversation');

/** The number of the last event that its visitor has seen. */
export const seen = entry(browser, 'seen');

/** What was sent in this tab and not acknowledged yet. */
export const unsent = entry(tab, 'unsent');

/** The name under which a conversation is begun, until it has. */
export const beginningKey = entry(tab, 'beginning');

/** A name that nobody else draws. */
export function drawName() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
