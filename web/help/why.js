// Why this answer? What the API says of a decision, as words, bars and tables.

import { call } from '../shared/api.js';
import { bar, button, el, percent, say, terms } from '../shared/dom.js';

/** The kinds of features, each with what the API's names of it hold; the first that fits counts. */
const FEATURE_KINDS = Object.entries({
  likeness: /score/, question: /^question's/, phrasing: /^phrasing's/, order: /order/, manner: /asks|denies/,
  classifier: /classifier/, kind: /./,
});

/** Why something failed, with a way on. */
export const failure = (trouble, again, t) =>
  el('div.failure', el('p', trouble.sentence(t)), button(t.retry, again));

/** The button below an answer, and what it opens. */
export function why(turn, t) {
  const id = `why-${turn.id}`;
  const panel = el('div.why', { id });
  const opener = el('button.quiet', { type: 'button', 'aria-controls': id, onclick: () => openWhy(!turn.isWhyOpen) }, t.why);
  const openWhy = (isOpen) => {
    turn.isWhyOpen = isOpen;
    panel.hidden = !isOpen;
    opener.setAttribute('aria-expanded', isOpen);
    if (isOpen) showWhy(turn, { panel, opener, t });
  };
  openWhy(Boolean(turn.isWhyOpen));
  return [opener, panel];
}

async function showWhy(turn, shown) {
  const { panel, opener, t } = shown;
  try {
    if (!turn.explained) {
      panel.replaceChildren(el('p.hint', t.pending));
      turn.explained = await call('ask', { body: { ...turn.request, explain: true } });
      say(decided(turn.explained, t));
    }
    panel.replaceChildren(...explanation(turn, t).filter(Boolean));
  } catch (trouble) {
    const again = () => { opener.focus(); showWhy(turn, shown); };
    panel.replaceChildren(failure(trouble, again, t));
    say(trouble.sentence(t));
  }
}

function explanation({ explained }, t) {
  const { candidates, words, normalised, synonyms } = explained.explanation;
  const used = synonyms.map((synonym) => `${synonym.written} → ${synonym.stands_for}`).join('; ');
  return [
    el('h3', t.whyTitle),
    el('p.verdict', decided(explained, t)),
    candidates.length > 0 && confidence(explained.explanation, t),
    words.length > 0 && wordsTable(words, t),
    el('div.candidates', candidates.slice(0, 2).map((one, place) => candidate(one, { title: [t.first, t.second][place], all: explained.candidates, t }))),
    terms([[t.normalised, normalised], [t.synonyms, used || '–'], [t.revision, explained.revision]]),
    el('details', el('summary', t.raw), el('pre', { tabindex: 0 }, JSON.stringify(explained, null, 2))),
  ];
}

/** What decided, in a sentence. */
function decided({ decision, explanation: { decided_by: by, confidence: sure, thresholds } }, t) {
  const [kind, rule] = by.split(/:(.*)/);
  const isNotOurs = kind === 'answer_bar' && decision === 'fallback';
  const sentence = t.decided[isNotOurs ? 'not_ours' : kind];
  return sentence ? sentence(percent(sure), percent(thresholds.answer), percent(thresholds.clarify), rule) : by;
}

/** The confidence on a track with the two bars. */
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

function wordsTable(words, t) {
  const most = Math.max(...words.map(({ weight }) => weight)) || 1;
  const yesNo = (isThere) => el(isThere ? 'td.yes' : 'td', isThere ? t.yes : t.no);
  const row = ({ word, weight, in_winner: first, in_runner_up: second }) => el('tr', el('th', { scope: 'row' }, word),
    el('td.rarity', bar(weight / most), weight.toFixed(1)), yesNo(first), yesNo(second));
  const head = [t.word, t.rarity, t.first, t.second].map((name) => el('th', { scope: 'col' }, name));
  return el('div', el('h4', t.words), el('p.hint', t.wordsNote),
    el('table', el('thead', el('tr', head)), el('tbody', words.map(row))));
}

function candidate({ outcome, phrasing, share, contributions }, { title, all, t }) {
  const question = all.find(({ entry }) => entry === outcome)?.question;
  const intent = outcome.match(/^intent:(.*)/)?.[1];
  const name = intent === 'out_of_scope' ? t.notOurs : intent ? t.task : question;
  return el('section.candidate', el('h4', title), el('p', name, ' ', el('code', intent ?? outcome)),
    terms([[t.phrasing, phrasing], [t.share, percent(share)]]), contributions.length > 0 && adds(contributions, t));
}

/** What speaks for a candidate and against it: the features' contributions, summed by kind. */
function adds(contributions, t) {
  const sums = {};
  for (const { feature, adds: sum } of contributions) {
    const [kind] = FEATURE_KINDS.find(([, names]) => names.test(feature));
    sums[kind] = (sums[kind] ?? 0) + sum;
  }
  const sorted = Object.entries(sums).sort(([, a], [, b]) => Math.abs(b) - Math.abs(a));
  const most = Math.abs(sorted[0][1]) || 1;
  const row = ([kind, sum]) => el('li', t.features[kind], el('span', (sum < 0 ? '−' : '+') + Math.abs(sum).toFixed(2)),
    bar(Math.abs(sum) / most, sum < 0 ? 'against' : 'for'));
  return el('div', el('p.hint', t.adds), el('ul.adds', sorted.map(row)));
}
