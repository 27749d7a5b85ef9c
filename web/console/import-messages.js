// What the report of an import says, in Chinese: the first of the known sentences that a message is, with what it names put in.
// Knows no page.

import { IMPORT_MESSAGES } from './texts-zh-import.js';

const NAMED = '{}';

/** @type {{ pattern: RegExp, chinese: string[] }[]} */
const KNOWN = IMPORT_MESSAGES.map(([english, chinese]) => {
  const parts = english.split(NAMED).map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return { pattern: new RegExp(`^${parts.join('([\\s\\S]*?)')}$`), chinese: chinese.split(NAMED) };
});

/** @param {string} message */
export function inChinese(message) {
  for (const { pattern, chinese: [first, ...rest] } of KNOWN) {
    const found = pattern.exec(message);
    if (found) return first + rest.map((part, at) => found[at + 1] + part).join('');
  }
  return message;
}
