// What the bot makes of the customer's last words: what it would do, how sure it is, which words told, and the likeliest entries.

import { byId, el, percent } from '../shared/dom.js';
import * as service from './service.js';
import { on, state } from './store.js';
import { lastWords } from './knowledge.js';
import { attempt } from './side.js';
import { t } from './texts.js';

let asked = '';

/** @type {import('./types.js').Explained | null} */
let made = null;

export function startMatches() {
  byId('matches-ask').addEventListener('click', ask);
  on('open', (before) => { if (before?.id !== state.openId) forget(); });
  on('events', () => { byId('matches-ask').hidden = !lastWords(); });
  on('language', show);
}

function forget() {
  [asked, made] = ['', null];
  byId('matches-ask').hidden = !lastWords();
  show();
}

async function ask() {
  asked = lastWords();
  await attempt(async () => { made = await service.explain(asked, state.open?.language); });
  show();
}

function show() {
  if (!made) return byId('matches').replaceChildren();
  const { decision, confidence, candidates, explanation } = made;
  const told = explanation.words.filter(({ in_winner: isThere }) => isThere).map(({ word }) => word);
  const entry = (/** @type {import('./types.js').Explained['candidates'][number]} */ { question, entry: id, confidence: sure }) => el('li', question, ' ', el('code', id), el('span.tag', percent(sure)));
  return byId('matches').replaceChildren(el('section.part',
    el('h3', t.matches),
    el('p.hint', `「${asked}」`),
    el('p', `${t.decisions[decision]} · ${percent(confidence)}`, ' ', el('code', explanation.decided_by)),
    told.length > 0 && el('p.hint', `${t.matchedWords} ${told.join(' ')}`),
    candidates.length > 0 && el('ol', candidates.map(entry))));
}
