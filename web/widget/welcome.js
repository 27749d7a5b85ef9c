// What a visitor finds before anything was said: a greeting, what is going on, what others ask.

import { listOf } from '../shared/api.js';
import { button, byId, el, showHtml } from '../shared/dom.js';
import { sendText } from './outbox.js';
import { t } from './words.js';

const N_TOP_QUESTIONS = 5;
const MOST_NOTICES = 3;

let wanted = 0;

/** Shows it in the language that is spoken now. It is of use without lists: their failures stay silent. */
export async function showWelcome() {
  const turn = wanted += 1;
  const greeting = [el('p.hello', t().hello), el('p', t().helloMore)];
  const language = t().tag;
  if (!byId('welcome').children.length) byId('welcome').replaceChildren(...greeting);
  const [notices, top] = await Promise.all([
    listOf('announcements', { language }).catch(() => []),
    listOf('suggest', { q: '', language, limit: N_TOP_QUESTIONS }).catch(() => []),
  ]);
  if (turn !== wanted) return; // Another language was chosen meanwhile.
  const isOutage = (/** @type {{ kind: string }} */ { kind }) => kind === 'outage';
  const others = notices.filter((one) => !isOutage(one)).slice(0, MOST_NOTICES);
  byId('welcome').replaceChildren(
    ...notices.filter(isOutage).map(outage), ...greeting,
    ...(top.length ? [questions(top)] : []),
    ...(others.length ? [el('div', others.map(notice))] : []),
  );
}

/** @param {{ question: string }[]} top */
const questions = (top) => el('div.top', el('h2', t().topQuestions),
  el('ul', top.map(({ question }) => el('li', button(question, () => sendText(question))))));

/** @param {any} announcement */
const titleOf = ({ kind, title, language: lang }) => [el('span.tag', t().kinds[kind] ?? kind), el('span', { lang }, title)];

/** An outage is open; everything else is there to be opened. */
const outage = (/** @type {any} */ one) => el('div.outage', el('p', titleOf(one)), showHtml(one));
const notice = (/** @type {any} */ one) => el('details.notice', el('summary', titleOf(one)), showHtml(one));
