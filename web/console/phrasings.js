// While a phrasing is typed: which other entries it also matches, so that two entries never fight for one question.

import { el, percent } from '../shared/dom.js';
import { linesOf } from './document.js';
import { post } from './service.js';
import { attempt, later, link } from './ui.js';
import { to } from './router.js';
import { t } from './words.js';

const SOON_MS = 450;

/** Of one look, more phrasings than these are left for the gate. */
const MOST_ASKED = 12;

/** From this confidence on, another entry is worth a word. */
const WORTH_A_WORD = 0.15;

/** @type {Map<string, import('./types.js').Nearest>} */
const known = new Map();

/**
 * @param {{ question: HTMLInputElement, similar: HTMLTextAreaElement, warnings: HTMLElement, language: string, entry: string, base: import('./types.js').Fields }} about
 */
export function watchPhrasings({ question, similar, warnings, language, entry, base }) {
  const soon = later(SOON_MS);
  const stored = new Set(linesOf(`${base[`texts.${language}.question`] ?? ''}\n${base[`texts.${language}.similar`] ?? ''}`));
  const look = () => attempt(async () => {
    const fresh = linesOf(`${question.value}\n${similar.value}`).filter((line) => !stored.has(line)).slice(-MOST_ASKED);
    const items = [];
    for (const text of fresh) items.push(...warning(text, await nearest(text, language), entry));
    if (!warnings.isConnected) return;
    const isSame = warnings.textContent === items.map((item) => item.textContent).join('');
    if (!isSame) warnings.replaceChildren(...items);
  }, () => {});
  for (const control of [question, similar]) control.addEventListener('input', () => soon(look));
  if (linesOf(`${question.value}\n${similar.value}`).some((line) => !stored.has(line))) soon(look);
}

/** @param {string} text @param {string} language @returns {Promise<import('./types.js').Nearest>} */
async function nearest(text, language) {
  const key = `${language} ${text}`;
  const there = known.get(key) ?? await post('nearest', { text, language });
  known.set(key, there);
  return there;
}

/** @param {string} text @param {import('./types.js').Nearest} found @param {string} entry */
function warning(text, { stored_as: as, nearest: candidates }, entry) {
  if (as?.intent) return [el('li.bad', t.isIntents(text, as.intent))];
  if (as?.entry && as.entry !== entry) {
    const title = candidates.find((candidate) => candidate.entry === as.entry)?.question ?? as.entry;
    return [el('li.bad', t.isAnothers(text), ' ', link(to('entry', as.entry), title))];
  }
  const others = candidates.filter((candidate) => candidate.entry !== entry && candidate.confidence >= WORTH_A_WORD).slice(0, 2);
  if (!others.length) return [];
  return [el('li.care', t.alsoMatches(text), ' ', others.flatMap((one, at) => [
    at > 0 && '、', link(to('entry', one.entry), one.question), ` ${percent(one.confidence)}`,
  ]))];
}
