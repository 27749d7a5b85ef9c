// The knowledge base beside a conversation: search it, send what it says, propose to editors what it lacks.

import { byId, el, showHtml } from '../shared/dom.js';
import * as service from './service.js';
import { isMine, on, state } from './store.js';
import { put } from './composer.js';
import { ask, hidden, textField } from './dialogs.js';
import { send } from './outbox.js';
import { attempt, showPane, showTab, toast } from './side.js';
import { t } from './texts.js';

let found = null;

/** What was unfolded, as the results are built anew when the conversation changes hands. */
const unfolded = new Set();

let mayReply = false;

export function startKnowledge() {
  byId('knowledge-form').addEventListener('submit', (event) => { event.preventDefault(); search(); });
  byId('knowledge-last').addEventListener('click', () => {
    byId('knowledge-query').value = lastWords();
    search();
  });
  on('open', (before) => { if (before?.id !== state.openId) forget(); else if (mayReply !== isMine()) show(); });
  on('events', () => { byId('knowledge-last').hidden = !lastWords(); });
  on('language', show);
}

export function lookUp() {
  showPane('side');
  showTab('knowledge');
  byId('knowledge-query').focus();
}

export const lastWords = () =>
  state.events.findLast(({ type, data }) => type === 'message' && data.author === 'visitor' && data.kind === 'text')?.data.text ?? '';

function forget() {
  found = null;
  unfolded.clear();
  byId('knowledge-query').value = '';
  byId('knowledge-last').hidden = !lastWords();
  show();
}

async function search() {
  const q = byId('knowledge-query').value.trim();
  if (!q) return;
  await attempt(async () => { found = (await service.searchKnowledge(q, state.open?.language)).data; });
  show();
}

function show() {
  mayReply = isMine();
  if (!found) return byId('knowledge-found').replaceChildren();
  const results = found.map(result);
  const proposeNew = el('button.plain', { type: 'button', onclick: () => propose(null) }, t.propose);
  return byId('knowledge-found').replaceChildren(
    ...(results.length ? results : [el('p.nothing', t.nothingFound)]), ...(state.open ? [proposeNew] : []),
  );
}

function result(known) {
  const action = (label, act, isShown = true) => isShown && el('button', { type: 'button', onclick: act }, label);
  return el(
    'details.result', { ...(unfolded.has(known.entry) && { open: '' }), ontoggle: ({ target }) => unfolded[target.open ? 'add' : 'delete'](known.entry) },
    el('summary', known.question), showHtml({ html: known.html }),
    el('div.line', action(t.sendAnswer, () => sendAnswer(known), mayReply), action(t.useAnswer, () => use(known), mayReply),
      action(t.propose, () => propose(known)), action(t.proposeWrong, () => proposeWrong(known))),
  );
}

function use({ text }) {
  showPane('conversation');
  put(text);
}

function sendAnswer({ text }) {
  send(state.openId, text);
  showPane('conversation');
  toast(t.answerSent);
}

function propose(known) {
  proposal('phrasing', known, t.propose, t.proposeWords, lastWords());
}

function proposeWrong(known) {
  proposal('wrong_answer', known, t.proposeWrong, t.wrongWords, '');
}

function proposal(kind, known, title, label, words) {
  const field = textField('text', label, { rows: 3, isRequired: true });
  field.querySelector('textarea').value = words;
  ask({
    title, action: t.submit, fields: [...(known ? [el('p.hint', known.question)] : []), hidden('kind', kind), field],
    act: async ({ text }) => {
      const of = { ...(known && { entry: known.entry }), ...(state.openId && { conversation: state.openId }) };
      await service.propose({ kind, text, ...of });
      toast(t.proposed);
    },
  });
}
