// The widget: brings its parts together. The conversation tells of each change, and what depends on it is shown again.

import { Trouble } from '../shared/api.js';
import { byId } from '../shared/dom.js';
import { onLanguage } from '../shared/language.js';
import { refuse, showHint, startComposer, write } from './composer.js';
import { claims, finish, hurry, identify, leave, listen, ofOwn, resume, whenConnection, wishPerson } from './connection.js';
import { conversation, forget, onChange, see, standing } from './conversation.js';
import { showEnding } from './ending.js';
import { save, startFiles } from './files.js';
import { hear, isFramed, tell } from './host.js';
import { clear, sendAgain, sendFile, underWay, whenOutbox } from './outbox.js';
import { loadHours, sayPlace, showAwaiting, showConnection, showStanding, showTyping } from './standing.js';
import { goLive, showTranscript, startTranscript, toEnd } from './transcript.js';
import { showWelcome } from './welcome.js';
import { choose, speak, t, wish } from './words.js';

/** Nobody looks at a page in the background: its stream is closed after this long, and goes on when it is looked at again. */
const BACKGROUND_MS = 60000;

let isOpen = !isFramed;
let isGreeted = false;
let title = '';

// ---- Language and looks ----

/** Puts everything into the language that is spoken now. What was said stays as it was said. */
function useLanguage() {
  speak(title);
  showHint(t().hint);
  showTranscript(true);
  showStanding();
  showEnding(true);
  if (isGreeted) showWelcome();
}

const isDark = matchMedia('(prefers-color-scheme: dark)');
let theme = 'auto';

function useTheme(wished = theme) {
  theme = wished === 'light' || wished === 'dark' ? wished : 'auto';
  document.documentElement.dataset.theme = theme === 'auto' ? (isDark.matches ? 'dark' : 'light') : theme;
}

// ---- Open and closed ----

function show() {
  isOpen = true;
  if (!isGreeted) {
    isGreeted = true;
    loadHours();
    showWelcome();
  }
  look();
}

/** The same, for who asked for it: they write next. */
function open() {
  show();
  // On a telephone the keyboard would hide what there is to read.
  if (matchMedia('(pointer: fine)').matches && !byId('composer').hidden) byId('box').focus();
  else byId('name').focus();
}

function close() {
  showMenu(false);
  if (!isFramed) return;
  isOpen = false;
  tell('close');
}

/** What is looked at is no longer unread. */
function look() {
  if (isOpen && !document.hidden) see();
  tell('unread', standing.nUnread);
}

/** @param {boolean} isShown */
function showMenu(isShown) {
  byId('menu').hidden = !isShown;
  byId('menu-button').setAttribute('aria-expanded', String(isShown));
}

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || event.isComposing || byId('viewer').open) return;
  if (byId('menu').hidden) return close();
  showMenu(false);
  byId('menu-button').focus();
});
document.addEventListener('click', ({ target }) => {
  const isOfMenu = target instanceof Element && target.closest('#menu, #menu-button');
  if (!isOfMenu) showMenu(false);
});

// ---- What the visitor does ----

/** @param {unknown} trouble */
const explain = (trouble) => refuse(trouble instanceof Trouble ? trouble.sentence(t()) : t().fault);

byId('menu-button').addEventListener('click', () => showMenu(byId('menu').hidden));
byId('close').addEventListener('click', close);
byId('person').addEventListener('click', () => {
  showHint(t().hint);
  wishPerson().then(() => byId('box').focus(), explain);
});
byId('finish').addEventListener('click', () => {
  showMenu(false);
  finish().catch(explain);
});
byId('download').addEventListener('click', async () => {
  showMenu(false);
  try {
    const text = await ofOwn('transcript');
    save(URL.createObjectURL(await text.blob()), 'conversation.txt');
  } catch (trouble) {
    explain(trouble);
  }
});
onLanguage((chosen) => {
  choose(chosen);
  useLanguage();
});

// ---- What happens ----

onChange((what, name) => {
  if (what === 'typing') return showTyping(name ?? '');
  if (what === 'items') showTranscript();
  if (what === 'standing') {
    showStanding();
    sayPlace();
    showEnding();
    showTranscript();
  }
  look();
  tell('begun', Boolean(conversation()));
});
whenOutbox(() => {
  showTranscript();
  showAwaiting();
});
whenConnection((isConnected, nTries) => {
  showConnection(isConnected, nTries);
  if (isConnected && underWay().some(({ trouble }) => trouble === 'unreachable')) sendAgain();
});
window.addEventListener('offline', () => showConnection(false, 0));
window.addEventListener('online', () => {
  showConnection(true, 0);
  hurry();
  if (underWay().length) sendAgain();
});
isDark.addEventListener('change', () => useTheme());

let background = 0;
document.addEventListener('visibilitychange', () => {
  clearTimeout(background);
  if (document.hidden) {
    background = window.setTimeout(leave, BACKGROUND_MS);
    return;
  }
  listen();
  hurry();
  look();
});

// ---- The page around it ----

hear(({ type, token, theme: wished, language, context, title: called }) => {
  if (type === 'hello' || type === 'context') Object.assign(claims.context, context);
  if (type === 'hello' || type === 'theme') useTheme(wished);
  if (type === 'hello') title = called ?? '';
  if (type === 'hello' || type === 'language') {
    if (language) wish(language);
    useLanguage();
  }
  if (type === 'hello') {
    tell('ready');
    look();
  }
  if (type === 'open') open();
  if (type === 'show') show();
  if (type === 'close') isOpen = false;
  if (type === 'identify' && token) identify(token).then((isBelieved) => tell('identity', isBelieved), () => tell('identity', false));
  if (type === 'forget') {
    leave();
    clear();
    forget();
    claims.identity = undefined;
  }
});

// ---- The start ----

useTheme();
startComposer();
startTranscript({ edit: (text) => { write(text); byId('box').focus(); } });
startFiles({ send: (file) => { sendFile(file); toEnd(); }, refuse });
byId('close').hidden = !isFramed;
document.body.classList.toggle('alone', !isFramed);
useLanguage();
resume().finally(() => {
  goLive();
  if (underWay().length) sendAgain();
});
if (isOpen) open();
