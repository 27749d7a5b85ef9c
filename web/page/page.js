// What the help page does: it asks the API (/api/v1) and shows what comes back.
// Top down: the sentences, small tools, the API, then each part of the page, and at the end the start.
// HTML comes into the page in one function only, showHtml; everything else is set as text.

// ---- The page's own sentences, one table per language ----

const TEXT = {
  zh: {
    tag: 'zh-CN',
    name: 'CGPay 帮助中心',
    calm: '说说您遇到的情况，我们会给出编辑核对过的答案。',
    skip: '跳到提问框',
    languages: '语言',
    docs: 'API 文档',
    safety: '我们不会向您索要密码或短信验证码，也不会要求您共享屏幕，或把钱转到所谓的“安全账户”。',

    status: '服务状态',
    ways: { chat: '在线客服', phone: '电话', email: '邮件' },
    openAlways: '全天开放',
    openUntil: (when) => `开放中，至 ${when}`,
    opensAt: (when) => `休息中，${when} 开放`,
    closed: '休息中',
    peakNow: (when) => `现在是咨询高峰，等人工会久一些，${when} 之后会好转。`,
    peakLater: (when) => `今天 ${when} 起是咨询高峰，需要人工请尽量提前。`,
    holidayNow: (day) => `今天是${day.name}假期，回复会慢一些。`,
    holidaySoon: (day) => `${day.from} 至 ${day.to} 是${day.name}假期，回复会慢一些。`,
    zone: (name) => `以上为${name}。`,

    notices: '公告',
    kinds: { policy: '政策', promotion: '活动', notice: '提示', outage: '故障' },

    question: '您想问什么？',
    placeholder: '例如：退款多久到账？',
    ask: '提问',
    hint: '请不要填写密码、验证码或完整的卡号。',
    empty: '请先写下您的问题。',
    suggestions: '建议的问题',
    nSuggestions: (n) => `有 ${n} 条建议，按上下键选择。`,
    topQuestions: '大家常问',

    answers: '回答',
    pending: '请稍候…',
    answered: '回答：',
    choices: '可以接着问',
    clarify: '请选择',
    flowChoices: '可选的回答',
    nChoices: (n) => `下面有 ${n} 个选项。`,
    links: '链接',
    handoff: '由人工同事接手',
    flow: '这件事要分几步办理，这里是第一步；后面的步骤在在线客服的对话里完成。',

    retry: '再试一次',
    edit: '修改问题',
    unreachable: '暂时连不上。请检查网络，稍后再试。',
    limited: (seconds) => `问得有点快了，请等 ${seconds} 秒再试。`,
    busy: '现在提问的人很多，请稍等片刻再试。',
    invalid: '这个内容没能处理。请改短一些，或换一种写法。',
    fault: '我们这边出了点问题，已经记录下来。请稍后再试。',

    contactTitle: '核实联系方式',
    contactWhy: '有人自称客服联系您？把对方的电话、网址或邮箱填在这里，看看是不是我们的。',
    contactLabel: '电话、网址、邮箱或账号',
    contactPlaceholder: '例如：400-000-0000',
    contactCheck: '核实',
    contactEmpty: '请先填写要核实的联系方式。',
    verdicts: { listed: '在官方名单上', look_alike: '当心：相似，但不是我们的', not_listed: '不在官方名单上' },

    why: '为什么是这个回答？',
    whyTitle: '这个回答是怎么来的',
    decided: {
      rule: (sure, answer, clarify, rule) => `由一条规则直接决定（${rule}）。规则由编辑写好，排在一切比较之前。`,
      verbatim: () => '问题与存好的一个问法一字不差（不计标点、大小写和繁简），直接采用。',
      answer_bar: (sure, answer) => `把握为 ${sure}，达到了直接回答的线（${answer}），因此采用第一候选。`,
      not_ours: (sure) => `有 ${sure} 的把握认为这个问题不属于服务范围，因此如实说明。`,
      clarify_bar: (sure, answer) => `把握为 ${sure}，不到直接回答的线（${answer}），因此反问一句，请客户选择。`,
      below_bars: (sure, answer, clarify) => `把握只有 ${sure}，低于反问的线（${clarify}），因此如实说不知道。`,
      empty: () => '问题里没有可以比较的文字。',
    },
    sure: '把握',
    barAnswer: '直接回答的线',
    barClarify: '反问的线',
    onlyInformative: '这次不靠把握决定，下图仅供参考。',
    words: '问题里的词',
    wordsNote: '越少见的词越能区分答案；右边是候选里最像的问法有没有这个词。',
    word: '词',
    rarity: '少见程度',
    yes: '有',
    no: '无',
    first: '第一候选',
    second: '第二候选',
    intent: (name) => `事项 ${name}`,
    notOurs: '不属于服务范围',
    phrasing: '最像的问法',
    share: '在候选中的份额',
    adds: '加分与减分（按影响大小）',
    normalised: '实际比较的文字',
    synonyms: '替换的同义词',
    noSynonyms: '没有',
    revision: '内容版本',
    raw: '原始数据（JSON）',
    features: {
      likeness: '总体上有多像',
      question: '问题的字、词、读音在问法里找得到',
      phrasing: '问法的字、词、读音在问题里用到',
      order: '字词的先后一致',
      manner: '问的角度（多久、怎么、肯定或否定）',
      classifier: '分类器的判断',
      kind: '是知识、事项，还是不属于我们',
    },
  },

  en: {
    tag: 'en',
    name: 'CGPay Help centre',
    calm: 'Tell us what happened. Every answer here was written and checked by our editors.',
    skip: 'Skip to the question box',
    languages: 'Language',
    docs: 'API documentation',
    safety: 'We never ask for your password or text-message codes, never ask you to share your screen, and never ask you to move money to a “safe account”.',

    status: 'Service status',
    ways: { chat: 'Live chat', phone: 'Telephone', email: 'E-mail' },
    openAlways: 'open round the clock',
    openUntil: (when) => `open until ${when}`,
    opensAt: (when) => `closed, opens ${when}`,
    closed: 'closed',
    peakNow: (when) => `Many people are asking right now: waiting for a person takes longer until about ${when}.`,
    peakLater: (when) => `Busy hours begin at ${when} today. If you need a person, earlier is quicker.`,
    holidayNow: () => 'Today is a public holiday: replies take longer.',
    holidaySoon: (day) => `Public holiday from ${day.from} to ${day.to}: replies take longer then.`,
    zone: (name) => `Times are in ${name}.`,

    notices: 'Announcements',
    kinds: { policy: 'Policy', promotion: 'Offer', notice: 'Notice', outage: 'Disruption' },

    question: 'What would you like to know?',
    placeholder: 'For example: how long does a refund take?',
    ask: 'Ask',
    hint: 'Please leave out passwords, codes and full card numbers.',
    empty: 'Please write your question first.',
    suggestions: 'Suggested questions',
    nSuggestions: (n) => `${n} ${n === 1 ? 'suggestion' : 'suggestions'}, use the up and down keys.`,
    topQuestions: 'Often asked',

    answers: 'Answers',
    pending: 'One moment…',
    answered: 'Answer: ',
    choices: 'You may want to ask next',
    clarify: 'Please choose',
    flowChoices: 'Possible replies',
    nChoices: (n) => `${n} ${n === 1 ? 'choice' : 'choices'} below.`,
    links: 'Links',
    handoff: 'A colleague takes over',
    flow: 'This takes a few steps, and here is the first one. The steps after it take place in the live chat.',

    retry: 'Try again',
    edit: 'Change the question',
    unreachable: 'We cannot be reached at the moment. Please check your connection and try again shortly.',
    limited: (seconds) => `That was a little fast. Please try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`,
    busy: 'Many people are asking right now. Please try again in a moment.',
    invalid: 'We could not work with this text. Please shorten it or put it another way.',
    fault: 'Something went wrong on our side and has been noted. Please try again later.',

    contactTitle: 'Is this contact ours?',
    contactWhy: 'Has somebody contacted you in our name? Enter their number, web address or e-mail to see whether it is ours.',
    contactLabel: 'Telephone number, web address, e-mail or account',
    contactPlaceholder: 'For example: 400-000-0000',
    contactCheck: 'Check',
    contactEmpty: 'Please enter the contact to check first.',
    verdicts: { listed: 'On our official list', look_alike: 'Careful: similar, but not ours', not_listed: 'Not on our official list' },

    why: 'Why this answer?',
    whyTitle: 'How this answer came about',
    decided: {
      rule: (sure, answer, clarify, rule) => `A rule decided (${rule}). Editors write rules; they come before any comparison.`,
      verbatim: () => 'The question is, word for word, a phrasing that editors stored (punctuation and capitals aside).',
      answer_bar: (sure, answer) => `The confidence of ${sure} reaches the bar for answering (${answer}), so the first candidate was taken.`,
      not_ours: (sure) => `With a confidence of ${sure} this is not about our services, so we say so honestly.`,
      clarify_bar: (sure, answer) => `The confidence of ${sure} is below the bar for answering (${answer}), so the customer is asked which question is meant.`,
      below_bars: (sure, answer, clarify) => `The confidence of ${sure} is below the bar for asking back (${clarify}), so we say honestly that we do not know.`,
      empty: () => 'The question holds no text that can be compared.',
    },
    sure: 'Confidence',
    barAnswer: 'Bar for answering',
    barClarify: 'Bar for asking back',
    onlyInformative: 'The confidence did not decide this time; the chart is for information only.',
    words: 'The words of the question',
    wordsNote: 'Rare words tell answers apart best. On the right: whether the closest phrasing of a candidate holds the word.',
    word: 'Word',
    rarity: 'Rarity',
    yes: 'yes',
    no: 'no',
    first: 'First candidate',
    second: 'Second candidate',
    intent: (name) => `Task ${name}`,
    notOurs: 'Not about our services',
    phrasing: 'Closest phrasing',
    share: 'Share among the candidates',
    adds: 'What speaks for and against it, the weightiest first',
    normalised: 'Text that was compared',
    synonyms: 'Synonyms replaced',
    noSynonyms: 'none',
    revision: 'Revision of the content',
    raw: 'Raw data (JSON)',
    features: {
      likeness: 'how alike they are as a whole',
      question: 'characters, words and sounds of the question found',
      phrasing: 'characters, words and sounds of the phrasing used',
      order: 'same order of words',
      manner: 'kind of question (how long, how to, denied or not)',
      classifier: 'judgement of the classifier',
      kind: 'whether it is an answer, a task or not ours',
    },
  },
};

// ---- Small tools ----

const byId = (id) => document.getElementById(id);

/** Builds an element: `name.class`, then attributes (`on…` listens, null is left out), then text and elements. */
function el(name, ...children) {
  const [tag, ...classes] = name.split('.');
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(' ');
  const isPlain = children[0]?.constructor === Object;
  for (const [key, value] of Object.entries(isPlain ? children.shift() : {})) {
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (value !== null) element.setAttribute(key, value);
  }
  element.append(...children.flat().filter(Boolean));
  return element;
}

/** Shows safe HTML, which the API's server made from editors' Markdown. The one place where HTML comes in. */
function showHtml({ html, language: lang }) {
  const element = el('div.prose', { lang });
  element.innerHTML = html;
  element.querySelectorAll('a[href]').forEach(openElsewhere);
  return element;
}

/** Lets a web page open beside this one; `tel:` and `mailto:` stay as they are. */
function openElsewhere(link) {
  if (!/^https?:/i.test(link.getAttribute('href'))) return;
  link.target = '_blank';
  link.rel = 'noopener noreferrer';
}

/** Has a screen reader say something once it has finished its sentence. */
const say = (text) => byId('said').replaceChildren(el('p', text));

const button = (label, onclick) => el('button', { type: 'button', onclick }, label);
const percent = (share) => `${Math.round(share * 100)}%`;
const terms = (pairs) => el('dl', pairs.map(([name, value]) => el('div', el('dt', name), el('dd', value))));

/** A bar whose length is a share of its track. */
function bar(share, kind = 'for') {
  const fill = el(`span.fill.${kind}`);
  fill.style.width = percent(share);
  return el('span.track', { 'aria-hidden': 'true' }, fill);
}

// ---- Language ----

const LANGUAGE_KEY = 'yingda.language';
let language;
let t;

/** The language chosen here before, else the browser's. Storage may be blocked: then nothing is remembered. */
function firstLanguage() {
  try {
    const kept = localStorage.getItem(LANGUAGE_KEY);
    if (Object.hasOwn(TEXT, kept)) return kept;
  } catch { /* the browser's, then */ }
  return /^zh/i.test(navigator.language) ? 'zh' : 'en';
}

function chooseLanguage(chosen) {
  try {
    localStorage.setItem(LANGUAGE_KEY, chosen);
  } catch { /* it holds until the page is left */ }
  useLanguage(chosen);
}

/** Puts the whole page into a language. Answers stay in the language they were given in. */
function useLanguage(chosen) {
  language = chosen;
  t = TEXT[chosen];
  document.documentElement.lang = t.tag;
  document.title = t.name;
  const each = (name, put) =>
    document.querySelectorAll(`[data-${name}]`).forEach((node) => put(node, node.dataset[name]));
  each('text', (node, key) => { node.textContent = t[key]; });
  each('label', (node, key) => node.setAttribute('aria-label', t[key]));
  each('placeholder', (node, key) => { node.placeholder = t[key]; });
  each('language', (node, key) => node.setAttribute('aria-pressed', key === chosen));
  closeSuggestions();
  showHint();
  showStatus();
  turns.forEach(showTurn);
  loadLists();
  if (checkedContact) checkContact(checkedContact);
}

/** The language to ask for. Chinese characters speak for themselves: the API tells simplified from traditional. */
const languageFor = (text) => (/\p{Script=Han}/u.test(text) ? undefined : t.tag);

// ---- The API ----

const PATIENCE_MS = 15000;
const TROUBLE_OF_STATUS = { 400: 'invalid', 413: 'invalid', 422: 'invalid', 429: 'limited', 503: 'busy' };

/** Why a request failed, as far as a customer is concerned: the name of a sentence, and the seconds to wait. */
class Trouble extends Error {
  constructor(kind, seconds) {
    super(kind);
    Object.assign(this, { kind, seconds });
  }

  sentence() {
    return this.kind === 'limited' ? t.limited(this.seconds) : t[this.kind];
  }
}

/** Fetches JSON of the API; posts `body` where there is one. Rejects with Trouble, or AbortError once `signal` aborts. */
async function call(path, { body, signal = new AbortController().signal } = {}) {
  const posted = body && { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
  try {
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
    const response = await fetch(`/api/v1/${path}`, { ...posted, signal: inTime });
    if (response.ok) return await response.json();
    throw new Trouble(TROUBLE_OF_STATUS[response.status] ?? 'fault', Number(response.headers.get('retry-after')) || 1);
  } catch (error) {
    if (error instanceof Trouble || signal.aborted) throw error;
    throw new Trouble('unreachable');
  }
}

/** Fetches a list in a language. */
function listOf(path, parameters, options) {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
  return call(`${path}?${new URLSearchParams(given)}`, options).then(({ data }) => data);
}

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

/** Names the service's time zone to whoever is in another one. */
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

/** Top questions are for who has not asked yet. */
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

/** Whether a key belongs to an input method that composes; Safari says so by the key's code alone. */
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
  const { signal } = typing = new AbortController();
  const found = await listOf('suggest', { q, language: languageFor(q), limit: N_SUGGESTIONS }, { signal }).catch(() => []);
  if (!signal.aborted) showSuggestions(found, q);
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

/** What keys do while suggestions are shown; beyond either end lies what was typed. */
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
  } else if (!list.hidden && Object.hasOwn(KEYS, key) && (active >= 0 || !/Home|End/.test(key))) {
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

/**
 * Asks. `shown` is what the customer sees of the question where that differs from what is sent; `lang` the language to
 * ask for; `byButton`: the focus goes to the answer, for the button goes away.
 */
function ask(text, { shown = text, lang, byButton = false } = {}) {
  const question = text.trim();
  closeSuggestions();
  if (!question) {
    box.focus();
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

/** Moves to a question; on a telephone, that also takes the keyboard away from the answer. */
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
    say(trouble.sentence());
  }
  turn.isPending = false;
  showTurn(turn);
}

function spoken({ reply, decision }) {
  const n = decision === 'flow' ? 0 : reply.quick_replies.length;
  return t.answered + reply.text + (n ? ` ${t.nChoices(n)}` : '');
}

function showTurn(turn) {
  turn.card.setAttribute('aria-busy', turn.isPending);
  turn.body.replaceChildren(...bodyOf(turn).flat().filter(Boolean));
}

function bodyOf(turn) {
  if (turn.isPending) return [el('p.pending', t.pending)];
  if (turn.trouble) return [failure(turn.trouble, () => retry(turn), () => edit(turn))];
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

/** The choices of a flow's question mean nothing outside of the flow: they are shown, not offered. */
function flowChoices({ quick_replies: all, language: lang }) {
  return el('div.prose', el('p.hint', t.flowChoices), el('ul', { lang }, all.map(({ label }) => el('li', label))));
}

function links(reply) {
  const one = ({ label, href }) => el('li', el('a', { href }, label));
  const all = el('ul.links', { 'aria-label': t.links, lang: reply.language }, reply.links.map(one));
  all.querySelectorAll('a').forEach(openElsewhere);
  return all;
}

/** What went wrong, with a button: a text that cannot be worked with has to be changed, the rest can be tried again. */
function failure(trouble, again, change = again) {
  const isInvalid = trouble.kind === 'invalid' && change !== again;
  return el('div.failure', el('p', trouble.sentence()), isInvalid ? button(t.edit, change) : button(t.retry, again));
}

function retry(turn) {
  turn.heading.focus();
  load(turn);
  if (!status) loadStatus();
}

function edit(turn) {
  box.value = turn.request.question;
  box.focus();
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
  const panel = el('section.why', { id, 'aria-label': t.whyTitle });
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
      panel.replaceChildren(el('p.pending', t.pending));
      turn.explained = await call('ask', { body: { ...turn.request, explain: true } });
      say(decided(turn.explained));
    }
    panel.replaceChildren(...explanation(turn).filter(Boolean));
  } catch (trouble) {
    const again = () => { opener.focus(); showWhy(turn, panel, opener); };
    panel.replaceChildren(failure(trouble, again));
    say(trouble.sentence());
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
    terms([[t.normalised, normalised], [t.synonyms, used || t.noSynonyms], [t.revision, explained.revision]]),
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
  const name = intent === 'out_of_scope' ? t.notOurs : intent ? t.intent(intent) : question;
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
    return showVerdict(el('p.wrong', t.contactEmpty));
  }
  showVerdict(el('p.pending', t.pending));
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

function onSubmit(form, then) {
  byId(form).addEventListener('submit', (event) => {
    event.preventDefault();
    then();
  });
}

for (const each of document.querySelectorAll('[data-language]')) {
  each.addEventListener('click', () => chooseLanguage(each.dataset.language));
}
box.addEventListener('input', onType);
box.addEventListener('compositionend', onType);
box.addEventListener('keydown', onKey);
box.addEventListener('blur', closeSuggestions);
onSubmit('ask', () => ask(box.value));
onSubmit('contact-form', () => checkContact(byId('contact').value));
document.addEventListener('visibilitychange', () => document.hidden || loadStatus());
useLanguage(firstLanguage());
loadStatus();
