// The agents' desk: who has signed in, what is read when, and the parts that show it. A small client of plain modules over the API,
// as what is shown changes every second, and everything stands behind a session anyway.

import { byId } from '../shared/dom.js';
import { firstLanguage, keepLanguage, onLanguage, onSubmit, putWords } from '../shared/language.js';
import { Refused, forget, mayBeSignedIn, refresh, remember, sentence, signIn, signOut, speak, theSession } from '../shared/staff.js';
import { startAlerts } from './alerts.js';
import { startCases } from './cases.js';
import { startComposer } from './composer.js';
import { readOrLeave, startConversation } from './conversation.js';
import { startCustomer } from './customer.js';
import { drafts } from './drafts.js';
import { startKeys } from './keys.js';
import { startKnowledge } from './knowledge.js';
import { startMatches } from './matches.js';
import { startList } from './list.js';
import { listen } from './news.js';
import { arrived, clear as clearOutbox, resume as resumeOutbox, run as runOutbox } from './outbox.js';
import { openPhoneCase } from './phone.js';
import { startPresence } from './presence.js';
import { attempt, startSide, toast } from './side.js';
import { cardOf, changed, may, me, on, openConversation, readCanned, readChoices, readLists, readPresence, see, state } from './store.js';
import { startTranscript } from './transcript.js';
import { showWall, startWall } from './wall.js';
import { TEXT, t, useTexts } from './texts.js';

const OPEN_KEY = 'yingda.desk.open';

/** News come in bursts; one look is enough for those within this time. */
const PATIENCE_MS = 120;

/** Where the line is cut, lists are read this often all the same. */
const FALLBACK_MS = 30000;

/** @type {ReturnType<typeof listen> | null} */
let news = null;

/** @param {string} chosen */
function useLanguage(chosen) {
  useTexts(chosen);
  speak(t.tag);
  putWords(t, chosen);
  changed('language');
}

// ---- Signing in and out ----

async function enter() {
  state.session = theSession();
  const own = me();
  if (!own || !may('desk.use')) return outcome(t.noDesk);
  drafts.claim(own.id);
  byId('sign-in').hidden = true;
  for (const part of ['desk', 'tools', 'own']) byId(part).hidden = false;
  byId('wall-button').hidden = !may('desk.supervise');
  byId('who').textContent = own.display_name;
  byId('who').title = t.account;
  await Promise.all([attempt(readChoices), attempt(readPresence), attempt(readLists)]);
  const kept = keptOpen();
  if (kept) await attempt(() => openConversation(kept), () => openConversation(null));
  news = listen({ take, connected, ended });
  resumeOutbox();
  return undefined;
}

function leave(text = '') {
  news?.stop();
  news = null;
  forget();
  Object.assign(state, { session: null, cards: {}, presence: null });
  openConversation(null);
  showWall(false);
  for (const part of ['desk', 'tools', 'own', 'offline']) byId(part).hidden = true;
  byId('sign-in').hidden = false;
  outcome(text);
  byId('name').focus();
}

const ended = () => { if (state.session) leave(t.sessionEnded); };

/** @param {string} text */
const outcome = (text) => { byId('sign-in-outcome').textContent = text; };

onSubmit('sign-in-form', async () => {
  const button = byId('sign-in-form').querySelector('button');
  button.disabled = true;
  outcome('');
  try {
    const [name, password, code] = ['name', 'password', 'code'].map((id) => byId(id).value);
    if (await signIn(name.trim(), password, code.trim() || undefined)) {
      byId('sign-in-form').reset();
      byId('code-field').hidden = true;
      await enter();
    } else {
      byId('code-field').hidden = false;
      byId('code').focus();
      outcome(t.codeNeeded);
    }
  } catch (refused) {
    if (!(refused instanceof Refused)) throw refused;
    outcome(sentence(refused, t));
  } finally {
    button.disabled = false;
  }
});

byId('sign-out').addEventListener('click', () => attempt(async () => {
  await signOut();
  drafts.clear();
  clearOutbox();
  keepOpen(null);
  leave();
}));

// ---- What is read when ----

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** @type {Set<'lists' | 'open'>} */
const toRead = new Set();

/** @param {'lists' | 'open'} what */
function later(what) {
  toRead.add(what);
  clearTimeout(timer);
  timer = setTimeout(() => {
    const reads = [...toRead];
    toRead.clear();
    if (!state.session) return;
    if (reads.includes('lists')) attempt(readLists, () => {});
    if (reads.includes('open')) readOrLeave();
  }, PATIENCE_MS);
}

/** @param {string} type @param {import('./types.js').News} data */
function take(type, data) {
  if (type === 'typing') {
    state.typing.set(data.conversation ?? '', Date.now());
    return changed('typing');
  }
  if (type === 'all' || data.id === state.openId) later('open');
  return later('lists');
}

/** @param {boolean} isConnected */
function connected(isConnected) {
  const was = state.isConnected;
  state.isConnected = isConnected;
  byId('offline').hidden = isConnected;
  if (!isConnected) return;
  if (!was) {
    toast(t.restored);
    later('open');
    readPresence().catch(() => {});
  }
  later('lists');
  runOutbox();
}

setInterval(() => { if (state.session && !state.isConnected) later('lists'); }, FALLBACK_MS);
addEventListener('online', () => news?.hurry());
document.addEventListener('visibilitychange', () => {
  if (document.hidden || !state.session) return;
  news?.hurry();
  if (state.open) see(cardOf(state.open.id) ?? state.open);
  later('lists');
});

// ---- The start ----

/** @param {string | null} id */
function keepOpen(id) {
  try {
    if (id) sessionStorage.setItem(OPEN_KEY, id);
    else sessionStorage.removeItem(OPEN_KEY);
  } catch { /* the list opens instead */ }
}

function keptOpen() {
  try {
    return sessionStorage.getItem(OPEN_KEY);
  } catch {
    return null;
  }
}

onLanguage((chosen) => {
  keepLanguage(chosen);
  useLanguage(chosen);
  if (state.session) attempt(readChoices);
});
on('ended', ended);
on('events', arrived);
on('open', () => {
  if (state.session) keepOpen(state.openId);
  if (state.open) readCanned(state.open.language ?? t.tag).catch(() => {});
});
useTexts(firstLanguage(TEXT));
for (const start of [
  startSide, startList, startConversation, startTranscript, startComposer, startCustomer, startKnowledge, startMatches, startCases, startPresence, startWall, startAlerts, startKeys,
]) start();
byId('phone-case').addEventListener('click', openPhoneCase);
useLanguage(firstLanguage(TEXT));
if (mayBeSignedIn()) refresh().then(enter, () => { remember(false); leave(); });
else leave();
