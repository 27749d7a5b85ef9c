// What calls an agent who looks elsewhere: a sound, a notification of the browser, a number in the tab's title.

import { isKept, keep } from '../shared/kept.js';
import { isUnread, on, state } from './store.js';
import { open } from './list.js';
import { t } from './texts.js';
import { nameOf } from './words.js';

/** @typedef {'sound' | 'notify'} Alert */
/** @typedef {import('./types.js').Card} Card */

/** @type {Record<Alert, string>} */
const KEYS = { sound: 'yingda.desk.sound', notify: 'yingda.desk.notify' };

const mayNotify = () => 'Notification' in window && Notification.permission === 'granted';

/** @type {Record<Alert, boolean>} */
export const alerts = { sound: isKept(KEYS.sound, true), notify: isKept(KEYS.notify, false) && mayNotify() };

/** Switches one on or off; notifications are asked for first. Returns how it stands then. @param {Alert} name @param {boolean} isOn */
export async function setAlert(name, isOn) {
  if (isOn && name === 'notify' && 'Notification' in window) await Notification.requestPermission();
  alerts[name] = isOn && (name !== 'notify' || mayNotify());
  return keep(KEYS[name], alerts[name]);
}

export function startAlerts() {
  on('cards', compare);
  on('open', title);
  on('language', title);
}

/** Whether nobody looks at this page: it lies behind others, or the agent is in another window. */
const isAway = () => document.hidden || !document.hasFocus();

/** Of which department the cards were that are known: those of another have not just arrived. */
let department = '';

/** @param {import('./store.js').Cards} before */
function compare(before) {
  title();
  if (before === state.cards) return;
  const isSame = department === state.department;
  department = state.department;
  if (!isSame || !before?.waiting) return;
  const own = before.mine ?? [];
  const { waiting = [], mine = [] } = state.cards;
  const known = new Set([...before.waiting, ...own].map((card) => card.id));
  const isNew = (/** @type {Card} */ card) => !known.has(card.id) && card.id !== state.openId;
  const arrived = [...waiting, ...mine].find(isNew);
  const last = new Map(own.map((card) => [card.id, card.last_seq]));
  const spoken = mine.find((card) =>
    card.last?.author === 'visitor' && card.last_seq > (last.get(card.id) ?? card.last_seq) && (card.id !== state.openId || isAway()));
  if (arrived) call(t.notified(nameOf(arrived)), arrived);
  else if (spoken) call(t.newMessage(nameOf(spoken)), spoken);
}

function title() {
  const n = (state.cards.waiting?.length ?? 0) + (state.cards.mine ?? []).filter(isUnread).length;
  document.title = n ? `(${n}) ${t.name}` : t.name;
}

/** @param {string} text @param {Card} card */
function call(text, card) {
  if (alerts.sound) beep();
  if (!alerts.notify || !isAway() || !mayNotify()) return;
  const notification = new Notification(text, { tag: card.id, icon: '/static/icon.svg' });
  notification.onclick = () => {
    window.focus();
    open(card.id);
    notification.close();
  };
}

/** @type {AudioContext | undefined} */
let audio;

/** A sound that could not be made within this time is not made up for: what it called for has passed. */
const LATEST_MS = 1000;

/** Two short tones, made here: no file is loaded. Browsers let a page sound once somebody has done something on it. */
async function beep() {
  const at = Date.now();
  try {
    audio ??= new AudioContext();
    await audio.resume();
    if (Date.now() - at > LATEST_MS) return;
    for (const [pitch, after] of [[660, 0], [880, 0.14]]) {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0.06, audio.currentTime + after);
      volume.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + after + 0.12);
      tone.connect(volume).connect(audio.destination);
      tone.start(audio.currentTime + after);
      tone.stop(audio.currentTime + after + 0.13);
    }
  } catch { /* no sound, then */ }
}
