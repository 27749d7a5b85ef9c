// Why a decision was made: the words, what each spoke for, the bars, the rule; as words, bars and tables.

import { bar, el, percent, terms } from '../shared/dom.js';
import { table } from './ui.js';
import { t } from './words.js';

/** @typedef {import('./types.js').Explanation} Explanation */

/** The kinds of features, each with what the API's names of it hold; the first that fits counts. */
const FEATURE_KINDS = Object.entries({
  likeness: /score/, meaning: /meaning/, question: /^question's/, phrasing: /^phrasing's/, order: /order|run in common/, manner: /asks|denies/, classifier: /classifier/, kind: /./,
});

/** @param {Explanation} told @param {import('./types.js').Candidate[]} candidates */
export function explanation(told, candidates) {
  const synonyms = told.synonyms.map(({ written, stands_for: meant }) => `${written} → ${meant}`).join('; ');
  return el(
    'details', { open: '' }, el('summary', t.whyThis), el(
      'div.fields', el('p', decided(told)), meter(told),
      told.words.length > 0 && words(told.words),
      told.candidates.slice(0, 2).map((one, at) => candidate(one, [t.first, t.second][at], candidates)),
      terms([[t.normalised, told.normalised], [t.synonymsUsed, synonyms || '–']])),
  );
}

/** What decided, in a sentence. @param {Explanation} told */
function decided({ decided_by: by, confidence, thresholds }) {
  const [kind, rule = ''] = by.split(/:(.*)/);
  return t.decidedBy[kind]?.({ sure: percent(confidence), answer: percent(thresholds.answer), clarify: percent(thresholds.clarify), rule }) ?? by;
}

/** The confidence on a track with the two bars. @param {Explanation} told */
function meter({ confidence, thresholds }) {
  const track = bar(confidence);
  for (const share of [thresholds.clarify, thresholds.answer]) {
    const mark = el('span.mark');
    mark.style.left = percent(share);
    track.append(mark);
  }
  return el('div', track, el('p.hint', t.bars(percent(confidence), percent(thresholds.answer), percent(thresholds.clarify))));
}

/** @param {import('./types.js').Word[]} all */
function words(all) {
  const most = Math.max(...all.map(({ weight }) => weight)) || 1;
  const yesNo = (/** @type {boolean} */ isThere) => (isThere ? t.yes : t.no);
  return table(t.wordsOf, [t.word, t.rarity, t.first, t.second], all.map(({ word, weight, in_winner: first, in_runner_up: second }) =>
    [word, el('span', bar(weight / most), weight.toFixed(1)), yesNo(first), yesNo(second)]));
}

/** @param {import('./types.js').Explained} one @param {string} title @param {import('./types.js').Candidate[]} candidates */
function candidate({ outcome, phrasing, share, contributions }, title, candidates) {
  const name = candidates.find(({ entry }) => entry === outcome)?.question ?? outcome;
  return el('section', el('h4', `${title}：${name}`), terms([[t.nearestPhrasing, phrasing], [t.shareOf, percent(share)]]), contributions.length > 0 && adds(contributions));
}

/** What speaks for a candidate and against it, summed by kind. @param {{ feature: string, adds: number }[]} contributions */
function adds(contributions) {
  /** @type {Record<string, number>} */
  const sums = {};
  for (const { feature, adds: sum } of contributions) {
    const [kind] = /** @type {[string, RegExp]} */ (FEATURE_KINDS.find(([, names]) => names.test(feature)));
    sums[kind] = (sums[kind] ?? 0) + sum;
  }
  const sorted = Object.entries(sums).sort(([, a], [, b]) => Math.abs(b) - Math.abs(a));
  const most = Math.abs(sorted[0][1]) || 1;
  return el('ul.adds', sorted.map(([kind, sum]) => el('li', t.features[kind], `${sum < 0 ? '−' : '+'}${Math.abs(sum).toFixed(2)}`,
    bar(Math.abs(sum) / most, sum < 0 ? 'against' : 'for'))));
}
