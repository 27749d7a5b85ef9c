// The knowledge base beside a conversation: search it, send what it says, propose to editors what it lacks.

import { byId, el, showHtml } from '../shared/dom.js';
import * as service from './service.js';
import { isMine, on, state } from './store.js';
import { put } from './composer.js';
import { ask, hidden, textField } from './dialogs.js';
import { send } from './outbox.js';
import { attempt, showPane, showTab, toast } from './side.js';
import { t } from './texts.js';

/** @typedef {import('./types.js').Entry} Entry */

/** @type {Entry[] | null} */
let found = null;

/** What was unfolded, as the results are built anew when the conversation changes hands. @type {Set<string>} */
const unfolded = new Set();

let mayReply = false;

export function startKnowledge() {
  byId('knowledge-form').addEventListener('submit', (/** @type {Event} */ event) => { event.preventDefault(); search(); });
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

export function lastWords() {
  const messages = state.events.flatMap((event) => (event.type === 'message' ? [event.data] : []));
  return messages.findLast(({ author, kind }) => author === 'visitor' && kind === 'text')?.text ?? '';
}

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

/** @param {Entry} known */
function result(known) {
  const action = (/** @type {string} */ label, /** @type {() => void} */ act, isShown = true) => isShown && el('button', { type: 'button', onclick: act }, label);
  /** @type {HTMLDetailsElement} */
  const element = el(
    'details.result', { ...(unfolded.has(known.entry) && { open: '' }), ontoggle: () => unfolded[element.open ? 'add' : 'delete'](known.entry) },
    el('summary', known.question), showHtml({ html: known.html }),
    el('div.line', action(t.sendAnswer, () => sendAnswer(known), mayReply), action(t.useAnswer, () => use(known), mayReply),
      action(t.propose, () => propose(known)), action(t.proposeWrong, () => proposeWrong(known))),
  );
  return element;
}

/** @param {Entry} known */
function use({ text }) {
  showPane('conversation');
  put(text);
}

/** @param {Entry} known */
function sendAnswer({ text }) {
  if (!state.openId) return;
  send(state.openId, text);
  showPane('conversation');
  toast(t.answerSent);
}

/** @param {Entry | null} known */
function propose(known) {
  proposal('phrasing', known, t.propose, t.proposeWords, lastWords());
}

/** @param {Entry} known */
function proposeWrong(known) {
  proposal('wrong_answer', known, t.proposeWrong, t.wrongWords, '');
}

/**
 * Asks for the words of a proposal.
 *
 * @param {'phrasing' | 'wrong_answer'} kind
 * @param {Entry | null} known
 * @param {string} title
 * @param {string} label
 * @param {string} words What stands there already.
 */
function proposal(kind, known, title, label, words) {
  const field = textField('text', label, { rows: 3, isRequired: true, value: words });
  ask({
    title, action: t.submit, fields: [...(known ? [el('p.hint', known.question)] : []), hidden('kind', kind), field],
    act: async ({ text = '' }) => {
      const of = { ...(known && { entry: known.entry }), ...(state.openId && { conversation: state.openId }) };
      await service.propose({ kind, text, ...of });
      toast(t.proposed);
    },
  });
}
