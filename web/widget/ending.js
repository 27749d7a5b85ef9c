// What a visitor is asked at the end: how it was, and now and then a survey.

import { button, byId, el, say } from '../shared/dom.js';
import { jsonOfOwn, startAnew } from './connection.js';
import { standing } from './conversation.js';
import { t } from './words.js';

/** @typedef {{ id: string, kind: 'single' | 'multiple' | 'scale' | 'text', text: string, options: { value: string, label: string }[] }} Question */
/** @typedef {{ id: string, title: string, language: string, questions: Question[] }} Survey */

const STARS = [1, 2, 3, 4, 5];
const LONGEST_TEXT = 1000;

const form = /** @type {HTMLFormElement} */ (byId('ending'));

/** What is asked now. */
/** @type {'' | 'ratings' | 'survey' | 'over'} */
let stage = '';

/** @type {(data: FormData) => Promise<void>} */
let submit = async () => {};

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const sent = submit(new FormData(form));
  say(t().thanks);
  await sent.catch(() => {});
  next();
});
form.addEventListener('change', light);

/** Shows what is asked once the conversation has ended, and nothing before. */
export function showEnding(isAnew = false) {
  const hasEnded = standing.status === 'closed';
  byId('composer').hidden = hasEnded;
  if (!hasEnded) {
    stage = '';
    form.hidden = true;
  } else if (!stage) {
    stage = 'ratings';
    if (standing.isRated) next();
    else ratings();
  } else if (isAnew && stage === 'ratings') ratings();
  else if (isAnew && stage === 'over') over();
}

async function next() {
  if (stage === 'ratings') {
    stage = 'survey';
    const survey = await jsonOfOwn('survey').catch(() => null);
    if (stage !== 'survey') return;
    if (survey) return ask(survey);
  }
  stage = 'over';
  over();
}

/** @param {(HTMLElement | null)[]} parts */
function show(...parts) {
  form.replaceChildren(.../** @type {HTMLElement[]} */ (parts.filter(Boolean)));
  form.hidden = false;
  form.scrollTop = 0;
  light();
}

function ratings() {
  submit = async (data) => {
    const given = t().ratings.map(([name]) => [name, Number(data.get(name)) || undefined]);
    const again = data.get('again');
    const comment = String(data.get('comment') ?? '').trim() || undefined;
    const isSaid = given.some(([, stars]) => stars) || again || comment;
    if (!isSaid) return;
    const body = { ratings: Object.fromEntries(given), again: again ? again === 'yes' : undefined, comment };
    await jsonOfOwn('feedback', { body });
  };
  show(el('h2', t().rateTitle), el('div', t().ratings.map(([name, label]) => stars(name, label))),
    fieldset(t().again, [radio('again', 'yes', t().againYes), radio('again', 'no', t().againNo)]), text('comment', t().comment), buttons());
}

/** @param {Survey} survey */
function ask({ id, title, language: lang, questions }) {
  submit = async (data) => {
    const answers = Object.fromEntries(questions.map((question) => [question.id, answerOf(question, data)]).filter(([, answer]) => answer));
    if (Object.keys(/** @type {object} */ (answers)).length) await jsonOfOwn(`survey/${id}`, { body: { answers } });
    else await decline(id);
  };
  show(el('h2', { lang }, title), el('div', { lang }, questions.map(question)), buttons(() => decline(id)));
}

const decline = (/** @type {string} */ id) => jsonOfOwn(`survey/${id}/decline`, { body: {} }).catch(() => {});

/** @param {Question} question @param {FormData} data */
function answerOf({ id, kind }, data) {
  if (kind === 'multiple') return data.getAll(id).length ? data.getAll(id) : undefined;
  if (kind === 'scale') return Number(data.get(id)) || undefined;
  return String(data.get(id) ?? '').trim() || undefined;
}

/** @param {Question} question */
function question({ id, kind, text: asked, options }) {
  if (kind === 'text') return text(id, asked);
  if (kind === 'scale') return fieldset(asked, [stars(id, asked, true)]);
  return fieldset(asked, options.map(({ value, label }) => radio(id, value, label, kind === 'multiple' ? 'checkbox' : 'radio')));
}

function over() {
  const again = button(t().startAnew, () => { startAnew(); byId('box').focus(); });
  again.className = 'primary';
  show(el('h2', t().ended), el('div.buttons', again));
}

/** @param {() => unknown} [skipped] */
function buttons(skipped = () => {}) {
  return el('div.buttons', button(t().skip, () => { skipped(); next(); }), el('button.primary', { type: 'submit' }, t().submit));
}

/** @param {string} legend @param {HTMLElement[]} options */
const fieldset = (legend, options) => el('fieldset.asked', el('legend', legend), el('div.options', options));

/** @param {string} name @param {string} value @param {string} label */
const radio = (name, value, label, type = 'radio') => el('label', el('input', { type, name, value }), el('span', label));

/** @param {string} name @param {string} label */
const text = (name, label) => el('label', el('span', label), el('textarea', { name, maxlength: LONGEST_TEXT, rows: 2 }));

/** Five stars to choose from, as radio buttons. @param {string} name @param {string} label */
function stars(name, label, isNamed = false) {
  const one = (/** @type {number} */ n) => el('label', el('input', { type: 'radio', name, value: n, 'aria-label': t().stars(n) }),
    el('span', { 'aria-hidden': 'true' }, '★'));
  return el('fieldset.rating', el(isNamed ? 'legend.unseen' : 'legend', label), el('div.stars', STARS.map(one)));
}

/** Lights the stars up to the chosen one. */
function light() {
  for (const row of form.querySelectorAll('.stars')) {
    const labels = [...row.children];
    const chosen = labels.findIndex((label) => label.querySelector('input')?.checked);
    labels.forEach((label, at) => label.classList.toggle('lit', at <= chosen));
  }
}
