// Why this answer? What the API says of a decision, as words, bars and tables.

import { Trouble, call } from '../shared/api.js';
import { bar, button, el, percent, say, terms } from '../shared/dom.js';

/** @typedef {import('./types.js').Turn} Turn */
/** @typedef {import('./types.js').Texts} Texts */
/** @typedef {import('./types.js').Explained} Explained */
/** @typedef {keyof Texts['features']} FeatureKind */

/** The kinds of features, each with what the API's names of it hold; the first that fits counts. */
const FEATURE_KINDS = /** @type {[FeatureKind, RegExp][]} */ (Object.entries({
  likeness: /score/, question: /^question's/, phrasing: /^phrasing's/, order: /order/, manner: /asks|denies/,
  classifier: /classifier/, kind: /./,
}));

/** Why something failed, with a way on. @param {Trouble} trouble @param {() => void} again @param {Texts} t */
export const failure = (trouble, again, t) =>
  el('div.failure', el('p', trouble.sentence(t)), button(t.retry, again));

/** The button below an answer, and what it opens. @param {Turn} turn @param {Texts} t */
export function why(turn, t) {
  const id = `why-${turn.id}`;
  const panel = el('div.why', { id });
  const opener = el('button.quiet', { type: 'button', 'aria-controls': id, onclick: () => openWhy(!turn.isWhyOpen) }, t.why);
  const openWhy = (/** @type {boolean} */ isOpen) => {
    turn.isWhyOpen = isOpen;
    panel.hidden = !isOpen;
    opener.setAttribute('aria-expanded', String(isOpen));
    if (isOpen) showWhy(turn, { panel, opener, t });
  };
  openWhy(Boolean(turn.isWhyOpen));
  return [opener, panel];
}

/** @param {Turn} turn @param {{ panel: HTMLElement, opener: HTMLElement, t: Texts }} shown */
async function showWhy(turn, shown) {
  const { panel, opener, t } = shown;
  try {
    if (!turn.explained) panel.replaceChildren(el('p.hint', t.pending));
    const explained = turn.explained ?? await explain(turn, t);
    panel.replaceChildren(...explanation(explained, t).flatMap((part) => part || []));
  } catch (trouble) {
    if (!(trouble instanceof Trouble)) throw trouble;
    const again = () => { opener.focus(); showWhy(turn, shown); };
    panel.replaceChildren(failure(trouble, again, t));
    say(trouble.sentence(t));
  }
}

/** @param {Turn} turn @param {Texts} t */
async function explain(turn, t) {
  /** @type {Explained} */
  const explained = await call('ask', { body: { ...turn.request, explain: true } });
  turn.explained = explained;
  say(decided(explained, t));
  return explained;
}

/** @param {Explained} explained @param {Texts} t @returns {(HTMLElement | false)[]} */
function explanation(explained, t) {
  const { candidates, words, normalised, synonyms } = explained.explanation;
  const used = synonyms.map((synonym) => `${synonym.written} → ${synonym.stands_for}`).join('; ');
  return [
    el('h3', t.whyTitle),
    el('p.verdict', decided(explained, t)),
    candidates.length > 0 && confidence(explained.explanation, t),
    words.length > 0 && wordsTable(words, t),
    el('div.candidates', candidates.slice(0, 2).map((one, place) => candidate(one, { title: place ? t.second : t.first, all: explained.candidates, t }))),
    terms([[t.normalised, normalised], [t.synonyms, used || '–'], [t.revision, explained.revision]]),
    el('details', el('summary', t.raw), el('pre', { tabindex: 0 }, JSON.stringify(explained, null, 2))),
  ];
}

/** What decided, in a sentence. @param {Explained} explained @param {Texts} t */
function decided({ decision, explanation: { decided_by: by, confidence: sure, thresholds } }, t) {
  const [kind = '', rule = ''] = by.split(/:(.*)/);
  const isNotOurs = kind === 'answer_bar' && decision === 'fallback';
  /** @type {Record<string, ((sure: string, answer: string, clarify: string, rule: string) => string) | undefined>} */
  const sentences = t.decided;
  const sentence = sentences[isNotOurs ? 'not_ours' : kind];
  return sentence ? sentence(percent(sure), percent(thresholds.answer), percent(thresholds.clarify), rule) : by;
}

/** The confidence on a track with the two bars. @param {import('./types.js').Explanation} explanation @param {Texts} t */
function confidence({ decided_by: by, confidence: sure, thresholds }, t) {
  const track = bar(sure);
  track.append(...[thresholds.clarify, thresholds.answer].map((share) => {
    const mark = el('span.mark');
    mark.style.left = percent(share);
    return mark;
  }));
  const isAside = /^rule|^verbatim/.test(by);
  return el('div.meter', isAside && el('p.hint', t.onlyInformative), track, terms([
    [t.sure, percent(sure)], [t.barAnswer, percent(thresholds.answer)], [t.barClarify, percent(thresholds.clarify)],
  ]));
}

/** @param {import('./types.js').Word[]} words @param {Texts} t */
function wordsTable(words, t) {
  const most = Math.max(...words.map(({ weight }) => weight)) || 1;
  const yesNo = (/** @type {boolean} */ isThere) => el(isThere ? 'td.yes' : 'td', isThere ? t.yes : t.no);
  const row = (/** @type {import('./types.js').Word} */ { word, weight, in_winner: first, in_runner_up: second }) => el('tr', el('th', { scope: 'row' }, word),
    el('td.rarity', bar(weight / most), weight.toFixed(1)), yesNo(first), yesNo(second));
  const head = [t.word, t.rarity, t.first, t.second].map((name) => el('th', { scope: 'col' }, name));
  return el('div', el('h4', t.words), el('p.hint', t.wordsNote),
    el('table', el('thead', el('tr', head)), el('tbody', words.map(row))));
}

/** @param {import('./types.js').Candidate} one @param {{ title: string, all: import('./types.js').Found[], t: Texts }} settings */
function candidate({ outcome, phrasing, share, contributions }, { title, all, t }) {
  const question = all.find(({ entry }) => entry === outcome)?.question;
  const intent = outcome.match(/^intent:(.*)/)?.[1];
  const name = intent === 'out_of_scope' ? t.notOurs : intent ? t.task : question;
  return el('section.candidate', el('h4', title), el('p', name, ' ', el('code', intent ?? outcome)),
    terms([[t.phrasing, phrasing], [t.share, percent(share)]]), contributions.length > 0 && adds(contributions, t));
}

/** What speaks for a candidate and against it: the features' contributions, summed by kind. @param {import('./types.js').Contribution[]} contributions @param {Texts} t */
function adds(contributions, t) {
  /** @type {Partial<Record<FeatureKind, number>>} */
  const sums = {};
  for (const { feature, adds: sum } of contributions) {
    const [kind] = FEATURE_KINDS.find(([, names]) => names.test(feature)) ?? ['kind'];
    sums[kind] = (sums[kind] ?? 0) + sum;
  }
  const sorted = /** @type {[FeatureKind, number][]} */ (Object.entries(sums)).sort(([, a], [, b]) => Math.abs(b) - Math.abs(a));
  const most = Math.abs(sorted[0]?.[1] ?? 0) || 1;
  const row = (/** @type {[FeatureKind, number]} */ [kind, sum]) => el('li', t.features[kind], el('span', (sum < 0 ? '−' : '+') + Math.abs(sum).toFixed(2)),
    bar(Math.abs(sum) / most, sum < 0 ? 'against' : 'for'));
  return el('div', el('p.hint', t.adds), el('ul.adds', sorted.map(row)));
}
