// The box: it grows with what is typed, sends with Enter, and never while an input method composes.

import { byId, say } from '../shared/dom.js';
import { newestMessage, standing } from './conversation.js';
import { sendText, tellTyping } from './outbox.js';
import { close as closeSuggestions, startSuggestions, suggestLater, takeKey } from './suggestions.js';

/** Safari's Enter that ends a composition comes after its end, but at once. */
const AFTER_COMPOSITION_MS = 60;

const box = byId('box');
let composedAt = -Infinity;
let isComposing = false;

export function startComposer() {
  startSuggestions((question) => { sendText(question); empty(); });
  box.addEventListener('input', onType);
  box.addEventListener('compositionstart', () => { isComposing = true; });
  box.addEventListener('compositionend', (/** @type {Event} */ event) => {
    isComposing = false;
    composedAt = event.timeStamp;
    onType();
  });
  box.addEventListener('keydown', onKey);
  byId('composer').addEventListener('submit', (/** @type {Event} */ event) => {
    event.preventDefault();
    submit();
  });
  byId('send').addEventListener('mousedown', (/** @type {Event} */ event) => event.preventDefault()); // The box keeps the focus.
  fit();
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  const isOfComposition = isComposing || event.isComposing || event.keyCode === 229
    || (event.key === 'Enter' && event.timeStamp - composedAt < AFTER_COMPOSITION_MS);
  if (isOfComposition) {
    if (event.key === 'Enter') event.preventDefault(); // Else a line is begun.
    return;
  }
  if (takeKey(event.key)) {
    event.preventDefault();
    event.stopPropagation(); // Escape has closed the suggestions; the widget stays.
  } else if (event.key === 'Enter' && !event.shiftKey) {
    event.preventDefault();
    submit();
  }
}

function onType() {
  fit();
  if (isComposing) return;
  tellTyping();
  if (isAskedAnew()) suggestLater();
  else closeSuggestions();
}

/** Suggestions are for questions: not for a person, nor for what the bot asks about. */
const isAskedAnew = () => standing.status !== 'agent' && standing.status !== 'queued' && newestMessage()?.kind !== 'flow';

/** Sends what is typed. */
function submit() {
  const text = box.value.trim();
  if (!text) return box.focus();
  sendText(text);
  empty();
}

function empty() {
  write('');
  box.focus();
}

/** @param {string} text Puts it into the box. */
export function write(text) {
  box.value = text;
  closeSuggestions();
  fit();
}

/** As high as what is typed, within its style's bounds. */
function fit() {
  byId('send').disabled = !box.value.trim();
  box.style.height = '';
  if (box.value && box.scrollHeight > box.clientHeight) box.style.height = `${box.scrollHeight}px`;
}

/** @param {string} why Something cannot be sent. */
export function refuse(why) {
  byId('hint').textContent = why;
  byId('hint').classList.add('wrong');
  say(why);
}

/** @param {string} hint */
export function showHint(hint) {
  byId('hint').textContent = hint;
  byId('hint').classList.remove('wrong');
}
