// Where an agent writes: replies and notes, each with a draft of its own. Enter sends, but never while an input method composes.

import { byId } from '../shared/dom.js';
import * as service from './service.js';
import { isMine, on, openConversation, readOpen, state } from './store.js';
import { drafts } from './drafts.js';
import { send, startOutbox } from './outbox.js';
import { closeCanned, isChoosing, offerCanned, onCannedKey, startCanned } from './canned.js';
import { attempt, toast } from './side.js';
import { toEnd } from './transcript.js';
import { t } from './texts.js';
import { nameOf } from './words.js';

const MOST_CHARS = 2000;
const TYPING_EVERY_MS = 3000;

/** Input methods report this key while they compose, also in browsers that know no `isComposing`. */
const COMPOSING_KEY = 229;

/** @typedef {import('./drafts.js').Mode} Mode */

/** @type {Mode} */
let mode = 'reply';

/** Which draft stands in the box: its conversation and mode. @type {string | null} */
let shownId = null;
let typedAt = 0;

export function startComposer() {
  const box = byId('text');
  startCanned(put);
  startOutbox(stopped);
  byId('mode-reply').addEventListener('click', () => write('reply'));
  byId('mode-note').addEventListener('click', () => write('note'));
  byId('composer').addEventListener('submit', (/** @type {Event} */ event) => { event.preventDefault(); submit(); });
  box.addEventListener('input', onInput);
  box.addEventListener('keydown', onKey);
  box.addEventListener('blur', closeCanned);
  on('open', show);
  on('language', show);
}

/** Lets the agent write a `reply` or a `note`. @param {Mode} chosen */
export function write(chosen) {
  if (!state.open) return;
  mode = chosen;
  shownId = null;
  show();
  byId('text').focus();
}

function show() {
  const box = byId('text');
  if (!state.open) {
    // Whoever comes next finds nothing in the box; a draft comes back from where drafts are kept.
    box.value = '';
    shownId = null;
    return;
  }
  const isNote = mode === 'note';
  const mayWrite = isNote || isMine();
  byId('mode-reply').setAttribute('aria-pressed', String(!isNote));
  byId('mode-note').setAttribute('aria-pressed', String(isNote));
  byId('composer').classList.toggle('noting', isNote);
  box.setAttribute('aria-label', isNote ? t.writeNote : `${t.replyTo} ${nameOf(state.open)}`);
  box.placeholder = isNote ? t.notePlaceholder : t.replyPlaceholder;
  box.readOnly = !mayWrite;
  byId('send').textContent = isNote ? t.saveNote : t.send;
  byId('send').disabled = !mayWrite;
  byId('composer-hint').textContent = mayWrite ? '' : t.notYours;
  const shown = `${state.open.id} ${mode}`;
  if (shown === shownId) return;
  shownId = shown;
  box.value = drafts.of(state.open.id, mode);
  stop('');
  closeCanned();
  count();
}

function count() {
  const n = [...byId('text').value].length;
  byId('count').textContent = n > MOST_CHARS * 0.9 ? `${n}/${MOST_CHARS}` : '';
}

/** @param {string} text */
export const stop = (text) => {
  byId('stopped').textContent = text;
  byId('text').setAttribute('aria-invalid', String(Boolean(text)));
};

function onInput() {
  if (!state.open) return;
  const { value } = byId('text');
  drafts.keep(state.open.id, mode, value);
  stop('');
  count();
  if (mode !== 'reply') return;
  offerCanned(value);
  if (value && isMine() && Date.now() - typedAt > TYPING_EVERY_MS) {
    typedAt = Date.now();
    service.act(state.open.id, 'typing').catch(() => {});
  }
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (event.isComposing || event.keyCode === COMPOSING_KEY) return;
  if (isChoosing() && onCannedKey(event)) return;
  if (event.key === 'Enter' && !event.shiftKey && !event.altKey) {
    event.preventDefault();
    submit();
  }
}

/** Puts a text into the box, in place of what is there. @param {string} text */
export function put(text) {
  if (!state.open) return;
  if (mode !== 'reply') write('reply');
  byId('text').value = text;
  drafts.keep(state.open.id, 'reply', text);
  stop('');
  count();
  byId('text').focus();
}

async function submit() {
  const text = byId('text').value.trim();
  const { id } = state.open ?? {};
  if (!id || !text || byId('send').disabled) return;
  if ([...text].length > MOST_CHARS) return stop(t.tooLong);
  if (mode === 'reply') {
    empty(id, 'reply');
    send(id, text);
    return toEnd();
  }
  byId('send').disabled = true;
  await attempt(async () => {
    await service.act(id, 'note', { text });
    empty(id, 'note');
    await readOpen();
    toEnd();
  }, (refused) => stop(service.why(refused)));
  byId('send').disabled = false;
  return undefined;
}

/** @param {string} id @param {Mode} of */
function empty(id, of) {
  drafts.keep(id, of, '');
  if (state.openId !== id || mode !== of) return;
  byId('text').value = '';
  count();
}

/** What the service will not send stands in the box again, with the reason. @param {import('./outbox.js').Reply} reply @param {import('../shared/staff.js').Refused} refused */
function stopped(reply, refused) {
  const { conversation, text } = reply;
  const written = drafts.of(conversation, 'reply');
  drafts.keep(conversation, 'reply', written ? `${text}\n${written}` : text);
  if (state.openId !== conversation) return toast(`${service.whyStopped(refused)}`, true);
  mode = 'reply';
  shownId = null;
  show();
  stop(service.whyStopped(refused));
  if (refused.status === 409) openConversation(conversation).catch(() => {});
  return byId('text').focus();
}

