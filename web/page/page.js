// What the help page does: it asks the API (/api/v1) and shows what comes back. The language first, then each part
// of the page, and the start at the end.

import { call, listOf } from '../shared/api.js';
import { bar, button, byId, el, openElsewhere, percent, say, showHtml, terms } from '../shared/dom.js';
import { firstLanguage, keepLanguage, onLanguage, onSubmit, putWords } from '../shared/language.js';
import { TEXT } from './texts.js';

// ---- Language ----

let language;
let t;

function chooseLanguage(chosen) {
  keepLanguage(chosen);
  useLanguage(chosen);
}

/** Puts the whole page into a language. Answers stay in the language they were given in. */
function useLanguage(chosen) {
  language = chosen;
  t = TEXT[chosen];
  putWords(t, chosen);
  closeSuggestions();
  showHint();
  showStatus();
  turns.forEach(showTurn);
  loadLists();
  if (checkedContact) checkContact(checkedContact);
}

/** The language to ask for. Chinese speaks for itself: the API tells simplified from traditional. */
const languageFor = (text) => (/\p{Script=Han}/u.test(text) ? undefined : t.tag);

// ---- Status, announcements, top questions. The page is of use without them: their failures stay silent. ----

const DAY_MS = 86400000;
const HOLIDAY_DAYS_AHEAD = 7;
const N_TOP_QUESTIONS = 6;
let status = null;

async function loadStatus() {
  status = await call('status').catch(() => status);
  showStatus();
}

function showStatus() {
  byId('status').hidden = !status;
  if (!status) return;
  const ways = Object.keys(t.ways).filter((way) => status.channels[way]);
  const notes = [busyNote(), holidayNote(), zoneNote()].filter(Boolean);
  byId('status').replaceChildren(el('ul.ways', ways.map(showWay)), el('p.hint', notes.join(' ')));
}

function showWay(name) {
  const way = status.channels[name];
  return el(way.open ? 'li.open' : 'li', el('strong', t.ways[name]), ` ${stateOf(way)}`);
}

function stateOf(way) {
  if (way.always) return t.openAlways;
  if (way.open) return t.openUntil(moment(way.closes_at));
  return way.opens_at ? t.opensAt(moment(way.opens_at)) : t.closed;
}

function busyNote() {
  const { now, ends_at: end, begins_at: begin } = status.peak;
  if (now) return end && t.peakNow(moment(end));
  return begin && daysUntil(begin) === 0 && t.peakLater(moment(begin));
}

function holidayNote() {
  if (status.holiday) return t.holidayNow(status.holiday);
  const next = status.next_holiday;
  if (!next || daysUntil(next.from) > HOLIDAY_DAYS_AHEAD) return null;
  const day = (date) => format({ month: 'long', day: 'numeric', timeZone: 'UTC' }, date);
  return t.holidaySoon({ name: next.name, from: day(next.from), to: day(next.to) });
}

/** Names the service's zone to whoever is in another one. */
function zoneNote() {
  if (new Intl.DateTimeFormat().resolvedOptions().timeZone === status.timezone) return null;
  const parts = new Intl.DateTimeFormat(t.tag, { timeZone: status.timezone, timeZoneName: 'long' }).formatToParts();
  return t.zone(parts.find(({ type }) => type === 'timeZoneName').value);
}

const format = (options, instant) =>
  new Intl.DateTimeFormat(t.tag, { timeZone: status.timezone, ...options }).format(new Date(instant));

/** Days from today on, by the service's calendar: the API writes instants in the service's zone. */
const daysUntil = (instant) => (Date.parse(instant.slice(0, 10)) - Date.parse(status.now.slice(0, 10))) / DAY_MS;

/** An instant as people say it: the time today, with the weekday within six days, with the date later. */
function moment(instant) {
  const days = daysUntil(instant);
  const date = days === 0 ? {} : days < 7 ? { weekday: 'short' } : { month: 'long', day: 'numeric' };
  return format({ ...date, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, instant);
}

function loadLists() {
  const asked = language;
  const load = (path, parameters, show) =>
    listOf(path, { ...parameters, language: t.tag }).then((data) => asked === language && show(data), () => {});
  load('announcements', {}, showAnnouncements);
  load('suggest', { q: '', limit: N_TOP_QUESTIONS }, showTopQuestions);
}

/** Outages stand above the question box, open; everything else beside it, to be opened. */
function showAnnouncements(all) {
  const title = ({ kind, title, language: lang }) => [el('span.tag', t.kinds[kind] ?? kind), ' ', el('strong', { lang }, title)];
  const isOutage = ({ kind }) => kind === 'outage';
  const outages = all.filter(isOutage).map((outage) => el('article', title(outage), showHtml(outage)));
  const others = all.filter((one) => !isOutage(one)).map((one) => el('details', el('summary', title(one)), showHtml(one)));
  byId('outages').replaceChildren(...outages);
  byId('outages').hidden = !outages.length;
  byId('notice-list').replaceChildren(...others);
  byId('notices').hidden = !others.length;
}

function showTopQuestions(top) {
  const one = ({ question }) => el('li', button(question, () => ask(question, { byButton: true })));
  byId('top-list').replaceChildren(...top.map(one));
  hideTopQuestions();
}

/** Top questions are for who has not asked. */
function hideTopQuestions() {
  byId('top-questions').hidden = turns.length > 0 || !byId('top-list').children.length;
}

// ---- The question box with its suggestions: a combobox with a listbox (ARIA Authoring Practices) ----

const N_SUGGESTIONS = 6;
const PAUSE_MS = 150;
const box = byId('question');
const list = byId('suggestions');
let active = -1; // The place of the chosen option; −1 for none.
let timer = 0;
let typing = new AbortController(); // Aborted once what was typed is typed over.

/** Whether an input method is composing; Safari says so by the key's code alone. */
const isComposing = (event) => event.isComposing || event.keyCode === 229;

function onType(event) {
  showHint();
  stopSuggesting();
  if (event.isComposing) return;
  if (box.value.trim()) timer = setTimeout(suggest, PAUSE_MS);
  else closeSuggestions();
}

function stopSuggesting() {
  clearTimeout(timer);
  typing.abort();
}

async function suggest() {
  const q = box.value.trim();
  const controller = typing = new AbortController();
  const asked = { q, language: languageFor(q), limit: N_SUGGESTIONS };
  const found = await listOf('suggest', asked, { controller }).catch(() => []);
  if (!controller.signal.aborted) showSuggestions(found, q);
}

function showSuggestions(found, typed) {
  if (!found.length) return closeSuggestions();
  list.replaceChildren(...found.map(({ question }, place) => suggestion(question, typed, place)));
  list.hidden = false;
  box.setAttribute('aria-expanded', 'true');
  activate(-1);
  say(t.nSuggestions(found.length));
}

function suggestion(question, typed, place) {
  const onclick = () => ask(question);
  const onmousedown = (event) => event.preventDefault(); // The box keeps the focus.
  return el('li', { id: `suggestion-${place}`, role: 'option', onclick, onmousedown }, marked(question, typed));
}

/** A text whose first part that equals `typed` is marked. */
function marked(text, typed) {
  const at = text.toLowerCase().indexOf(typed.toLowerCase());
  if (at < 0) return text;
  const end = at + typed.length;
  return [text.slice(0, at), el('mark', text.slice(at, end)), text.slice(end)];
}

function closeSuggestions() {
  stopSuggesting();
  list.hidden = true;
  list.replaceChildren();
  box.setAttribute('aria-expanded', 'false');
  activate(-1);
}

function activate(place) {
  active = place;
  [...list.children].forEach((option, at) => option.setAttribute('aria-selected', at === place));
  if (place < 0) return box.removeAttribute('aria-activedescendant');
  box.setAttribute('aria-activedescendant', list.children[place].id);
  list.children[place].scrollIntoView({ block: 'nearest' });
}

/** Keys while suggestions are shown; beyond either end lies what was typed. */
const KEYS = {
  ArrowDown: () => activate(active + 1 < list.children.length ? active + 1 : -1),
  ArrowUp: () => activate(active < 0 ? list.children.length - 1 : active - 1),
  Home: () => activate(0),
  End: () => activate(list.children.length - 1),
  Escape: closeSuggestions,
};

function onKey(event) {
  const { key } = event;
  if (isComposing(event)) {
    if (key === 'Enter') event.preventDefault(); // Else Safari sends the form.
  } else if (key === 'Enter') {
    event.preventDefault();
    ask(list.children[active]?.textContent ?? box.value);
  } else if (!list.hidden && KEYS[key] && (active >= 0 || !/Home|End/.test(key))) {
    event.preventDefault();
    KEYS[key]();
  }
}

/** The line under the box: what not to write, or that something has to be written. */
function showHint(isEmpty = false) {
  byId('question-hint').textContent = isEmpty ? t.empty : t.hint;
  byId('question-hint').classList.toggle('wrong', isEmpty);
  box.setAttribute('aria-invalid', isEmpty);
}

// ---- Questions and answers, the newest on top ----

const MOST_TURNS = 5;
let turns = [];
let nTurns = 0;

/** Asks in `lang`, showing the question as `shown`. `byButton`: the button goes away, so the focus goes to the answer. */
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
  const heading = el('h3', { tabindex: -1 }, shown.trim());
  const body = el('div.body');
  const request = { question, language: lang ?? languageFor(question) };
  const turn = { id: ++nTurns, request, heading, body, card: el('article.card.turn', heading, body) };
  turns = [turn, ...turns].slice(0, MOST_TURNS);
  byId('turns').replaceChildren(...turns.map(({ card }) => card));
  byId('answers').hidden = false;
  hideTopQuestions();
  if (byButton || matchMedia('(pointer: coarse)').matches) toHeading(turn);
  load(turn);
}

/** Moves to a question; on a telephone, the keyboard goes away as well. */
function toHeading({ card, heading }) {
  heading.focus({ preventScroll: true });
  card.scrollIntoView();
}

async function load(turn) {
  turn.isPending = true;
  turn.trouble = null;
  showTurn(turn);
  try {
    turn.answer = await call('ask', { body: { ...turn.request, explain: false } });
    say(spoken(turn.answer));
  } catch (trouble) {
    turn.trouble = trouble;
    say(trouble.sentence(t));
  }
  turn.isPending = false;
  showTurn(turn);
}

function spoken({ reply, decision }) {
  const n = decision === 'flow' ? 0 : reply.quick_replies.length;
  return reply.text + (n ? ` ${t.nChoices(n)}` : '');
}

function showTurn(turn) {
  turn.card.setAttribute('aria-busy', turn.isPending);
  turn.body.replaceChildren(...bodyOf(turn).flat().filter(Boolean));
}

function bodyOf(turn) {
  if (turn.isPending) return [el('p.hint', t.pending)];
  if (turn.trouble) return [failure(turn.trouble, () => retry(turn))];
  const { decision, reply } = turn.answer;
  const isFlow = decision === 'flow';
  return [
    decision === 'handoff' && el('p.note', t.handoff),
    showHtml(reply),
    reply.quick_replies.length > 0 && (isFlow ? flowChoices(reply) : choices(reply, decision)),
    isFlow && el('p.note', t.flow),
    reply.links.length > 0 && links(reply),
    why(turn),
  ];
}

/** Quick replies: the label is shown, what is stored is sent, in the language of the reply they belong to. */
function choices({ quick_replies: all, language: lang }, decision) {
  const one = ({ label, send }) => el('li', button(label, () => ask(send, { shown: label, lang, byButton: true })));
  return el('div', el('p.hint', decision === 'clarify' ? t.clarify : t.choices), el('ul.choices', { lang }, all.map(one)));
}

/** A flow's choices mean nothing outside of the flow: they are shown, not offered. */
function flowChoices({ quick_replies: all, language: lang }) {
  return el('div.prose', el('p.hint', t.flowChoices), el('ul', { lang }, all.map(({ label }) => el('li', label))));
}

function links(reply) {
  const one = ({ label, href }) => el('li', el('a', { href }, label));
  const all = el('ul.links', { lang: reply.language }, reply.links.map(one));
  all.querySelectorAll('a').forEach(openElsewhere);
  return all;
}

const failure = (trouble, again) => el('div.failure', el('p', trouble.sentence(t)), button(t.retry, again));

/** Tries again; a text that cannot be worked with goes back into the box, to be changed. */
function retry(turn) {
  if (turn.trouble.message === 'invalid') {
    box.value = turn.request.question;
    return box.focus();
  }
  turn.heading.focus();
  load(turn);
  if (!status) loadStatus();
}

// ---- Why this answer? ----

/** The kinds of features, each with what the API's names of it hold; the first that fits counts. */
const FEATURE_KINDS = Object.entries({
  likeness: /score/, question: /^question's/, phrasing: /^phrasing's/, order: /order/, manner: /asks|denies/,
  classifier: /classifier/, kind: /./,
});

/** The button and what it opens. */
function why(turn) {
  const id = `why-${turn.id}`;
  const panel = el('div.why', { id });
  const opener = el('button.quiet', { type: 'button', 'aria-controls': id, onclick: () => openWhy(!turn.isWhyOpen) }, t.why);
  const openWhy = (isOpen) => {
    turn.isWhyOpen = isOpen;
    panel.hidden = !isOpen;
    opener.setAttribute('aria-expanded', isOpen);
    if (isOpen) showWhy(turn, panel, opener);
  };
  openWhy(Boolean(turn.isWhyOpen));
  return [opener, panel];
}

async function showWhy(turn, panel, opener) {
  try {
    if (!turn.explained) {
      panel.replaceChildren(el('p.hint', t.pending));
      turn.explained = await call('ask', { body: { ...turn.request, explain: true } });
      say(decided(turn.explained));
    }
    panel.replaceChildren(...explanation(turn).filter(Boolean));
  } catch (trouble) {
    const again = () => { opener.focus(); showWhy(turn, panel, opener); };
    panel.replaceChildren(failure(trouble, again));
    say(trouble.sentence(t));
  }
}

function explanation({ explained }) {
  const { candidates, words, normalised, synonyms } = explained.explanation;
  const used = synonyms.map((synonym) => `${synonym.written} → ${synonym.stands_for}`).join('; ');
  return [
    el('h4', t.whyTitle),
    el('p.verdict', decided(explained)),
    candidates.length > 0 && confidence(explained.explanation),
    words.length > 0 && wordsTable(words),
    el('div.candidates', candidates.slice(0, 2).map((one, place) => candidate(one, [t.first, t.second][place], explained))),
    terms([[t.normalised, normalised], [t.synonyms, used || '–'], [t.revision, explained.revision]]),
    el('details', el('summary', t.raw), el('pre', { tabindex: 0 }, JSON.stringify(explained, null, 2))),
  ];
}

/** What decided, in a sentence. */
function decided({ decision, explanation: { decided_by: by, confidence: sure, thresholds } }) {
  const [kind, rule] = by.split(/:(.*)/);
  const isNotOurs = kind === 'answer_bar' && decision === 'fallback';
  const sentence = t.decided[isNotOurs ? 'not_ours' : kind];
  return sentence ? sentence(percent(sure), percent(thresholds.answer), percent(thresholds.clarify), rule) : by;
}

/** The confidence on a track with the two bars. */
function confidence({ decided_by: by, confidence: sure, thresholds }) {
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

function wordsTable(words) {
  const most = Math.max(...words.map(({ weight }) => weight)) || 1;
  const yesNo = (isThere) => el(isThere ? 'td.yes' : 'td', isThere ? t.yes : t.no);
  const row = ({ word, weight, in_winner: first, in_runner_up: second }) => el('tr', el('th', { scope: 'row' }, word),
    el('td.rarity', bar(weight / most), weight.toFixed(1)), yesNo(first), yesNo(second));
  const head = [t.word, t.rarity, t.first, t.second].map((name) => el('th', { scope: 'col' }, name));
  return el('div', el('h5', t.words), el('p.hint', t.wordsNote),
    el('table', el('thead', el('tr', head)), el('tbody', words.map(row))));
}

function candidate({ outcome, phrasing, share, contributions }, title, { candidates }) {
  const question = candidates.find(({ entry }) => entry === outcome)?.question;
  const intent = outcome.match(/^intent:(.*)/)?.[1];
  const name = intent === 'out_of_scope' ? t.notOurs : intent ? t.task : question;
  return el('section.candidate', el('h5', title), el('p', name, ' ', el('code', intent ?? outcome)),
    terms([[t.phrasing, phrasing], [t.share, percent(share)]]), contributions.length > 0 && adds(contributions));
}

/** What speaks for a candidate and against it: the features' contributions, summed by kind. */
function adds(contributions) {
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

// ---- Is this contact ours? ----

const VERDICT_SIGNS = { listed: '✓', look_alike: '!', not_listed: '✕' };
let checkedContact = '';

async function checkContact(text) {
  const contact = checkedContact = text.trim();
  if (!contact) {
    byId('contact').focus();
    return showVerdict(el('p.hint.wrong', t.empty));
  }
  showVerdict(el('p.hint', t.pending));
  const shown = await call('contacts/verify', { body: { contact, language: t.tag } })
    .then(verdict, (trouble) => failure(trouble, () => checkContact(contact)));
  if (checkedContact === contact) showVerdict(shown);
}

const showVerdict = (node) => byId('verdict').replaceChildren(node);

function verdict({ verdict: kind, advice, language: lang }) {
  const sign = el('span.sign', { 'aria-hidden': 'true' }, VERDICT_SIGNS[kind] ?? '?');
  return el(`div.checked.${kind}`, el('p.title', sign, t.verdicts[kind] ?? kind), el('p', { lang }, advice));
}

// ---- The start ----

onLanguage(chooseLanguage);
box.addEventListener('input', onType);
box.addEventListener('compositionend', onType);
box.addEventListener('keydown', onKey);
box.addEventListener('blur', closeSuggestions);
onSubmit('ask', () => ask(box.value));
onSubmit('contact-form', () => checkContact(byId('contact').value));
document.addEventListener('visibilitychange', () => document.hidden || loadStatus());
useLanguage(firstLanguage(TEXT));
loadStatus();
