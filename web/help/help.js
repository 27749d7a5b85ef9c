// The question box of the help page, where scripts run: it suggests while somebody types, and answers in place. Without
// it, the box is a form that searches.

import { Trouble, call } from '../shared/api.js';
import { button, byId, el, openElsewhere, say, showHtml } from '../shared/dom.js';
import { TEXT } from './help-texts.js';
import { onSubmit } from '../shared/language.js';
import { suggestInto } from './suggestions.js';
import { failure, why } from './why.js';

/** @typedef {import('./types.js').Turn} Turn */
/** @typedef {import('./types.js').Reply} Reply */

const t = /** @type {Record<string, import('./types.js').Texts>} */ (TEXT)[document.documentElement.lang] ?? TEXT['zh-CN'];
const box = byId('question');

/** The language to ask for. Chinese speaks for itself: the API tells simplified from traditional. @param {string} text */
const languageFor = (text) => (/\p{Script=Han}/u.test(text) ? undefined : document.documentElement.lang);

// ---- Asking ----

/** The line under the box: what not to write, or that something has to be written. */
function showHint(isEmpty = false) {
  byId('question-hint').textContent = isEmpty ? t.empty : t.hint;
  byId('question-hint').classList.toggle('wrong', isEmpty);
  box.setAttribute('aria-invalid', String(isEmpty));
}

const MOST_TURNS = 5;

/** @type {Turn[]} */
let turns = [];
let nTurns = 0;

/**
 * Asks in `lang`, showing the question as `shown`. `byButton`: the button goes away, so the focus goes to the answer.
 *
 * @param {string} text
 * @param {{ shown?: string, lang?: string, byButton?: boolean }} [how]
 */
function ask(text, { shown = text, lang, byButton = false } = {}) {
  const question = text.trim();
  closeSuggestions();
  if (!question) {
    box.focus();
    say(t.empty);
    return showHint(true);
  }
  box.value = '';
  showHint();
  const heading = el('h2', { tabindex: -1 }, shown.trim());
  const body = el('div.body');
  const request = { question, language: lang ?? languageFor(question) };
  const turn = { id: ++nTurns, request, heading, body, card: el('article.card.turn', heading, body) };
  turns = [turn, ...turns].slice(0, MOST_TURNS);
  byId('turns').replaceChildren(...turns.map(({ card }) => card));
  byId('answers').hidden = false;
  if (byButton || matchMedia('(pointer: coarse)').matches) toHeading(turn);
  load(turn);
}

/** Moves to a question; on a telephone, the keyboard goes away as well. @param {Turn} turn */
function toHeading({ card, heading }) {
  heading.focus({ preventScroll: true });
  card.scrollIntoView();
}

/** @param {Turn} turn */
async function load(turn) {
  turn.isPending = true;
  turn.trouble = null;
  showTurn(turn);
  try {
    /** @type {import('./types.js').Answer} */
    const answer = await call('ask', { body: { ...turn.request, explain: false } });
    turn.answer = answer;
    say(spoken(answer));
  } catch (trouble) {
    if (!(trouble instanceof Trouble)) throw trouble;
    turn.trouble = trouble;
    say(trouble.sentence(t));
  }
  turn.isPending = false;
  showTurn(turn);
}

/** @param {import('./types.js').Answer} answer */
function spoken({ reply, decision }) {
  const n = decision === 'flow' ? 0 : reply.quick_replies.length;
  return reply.text + (n ? ` ${t.nChoices(n)}` : '');
}

// ---- Answers, the newest on top ----

/** @param {Turn} turn */
function showTurn(turn) {
  turn.card.setAttribute('aria-busy', String(turn.isPending));
  turn.body.replaceChildren(...bodyOf(turn).flatMap((part) => part || []));
}

/** @param {Turn} turn @returns {(HTMLElement | HTMLElement[] | false)[]} */
function bodyOf(turn) {
  if (turn.isPending) return [el('p.hint', t.pending)];
  if (turn.trouble) return [failure(turn.trouble, () => retry(turn), t)];
  if (!turn.answer) return [];
  const { decision, reply } = turn.answer;
  const isFlow = decision === 'flow';
  return [
    decision === 'handoff' && el('p.note', t.handoff),
    showHtml(reply),
    reply.quick_replies.length > 0 && (isFlow ? flowChoices(reply) : choices(reply, decision)),
    isFlow && el('p.note', t.flow),
    reply.links.length > 0 && links(reply),
    el('p.after', el('a', { href: searchFor(turn.request.question) }, t.allResults)),
    why(turn, t),
  ];
}

/** @param {string} question */
function searchFor(question) {
  const { lang } = document.documentElement;
  return `/help/search?${new URLSearchParams({ q: question, language: lang })}`;
}

/** Quick replies: the label is shown, what is stored is sent, in the language of the reply they belong to. @param {Reply} reply @param {string} decision */
function choices({ quick_replies: all, language: lang }, decision) {
  const one = (/** @type {import('./types.js').QuickReply} */ { label, send }) => el('li', button(label, () => ask(send, { shown: label, lang, byButton: true })));
  return el('div', el('p.hint', decision === 'clarify' ? t.clarify : t.choices), el('ul.choices', { lang }, all.map(one)));
}

/** A flow's choices mean nothing outside of the flow: they are shown, not offered. @param {Reply} reply */
function flowChoices({ quick_replies: all, language: lang }) {
  return el('div.prose', el('p.hint', t.flowChoices), el('ul', { lang }, all.map(({ label }) => el('li', label))));
}

/** @param {Reply} reply */
function links(reply) {
  const one = (/** @type {import('./types.js').Link} */ { label, href }) => el('li', el('a.button', { href }, label));
  const all = el('ul.links', { lang: reply.language }, reply.links.map(one));
  all.querySelectorAll('a').forEach(openElsewhere);
  return all;
}

/** Tries again; a text that cannot be worked with goes back into the box, to be changed. @param {Turn} turn */
function retry(turn) {
  if (turn.trouble?.message === 'invalid') {
    box.value = turn.request.question;
    return box.focus();
  }
  turn.heading.focus();
  load(turn);
}

// ---- The start ----

const closeSuggestions = suggestInto(box, { t, choose: ask, languageFor });
box.addEventListener('input', () => showHint());
byId('ask').noValidate = true;
onSubmit('ask', () => ask(box.value));
