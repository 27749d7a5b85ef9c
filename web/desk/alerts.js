// What calls an agent who looks elsewhere: a sound, a notification of the browser, a number in the tab's title.

import { isUnread, on, state } from './store.js';
import { open } from './list.js';
import { t } from './texts.js';
import { nameOf } from './words.js';

const KEYS = { sound: 'yingda.desk.sound', notify: 'yingda.desk.notify' };

function kept(name, usually) {
  try {
    return (localStorage.getItem(KEYS[name]) ?? usually) === 'yes';
  } catch {
    return usually === 'yes';
  }
}

export const alerts = { sound: kept('sound', 'yes'), notify: kept('notify', 'no') };

/** Switches one on or off; notifications are asked for first. Returns how it stands then. */
export async function setAlert(name, isOn) {
  const mayNotify = async () => 'Notification' in window && (await Notification.requestPermission()) === 'granted';
  alerts[name] = isOn && (name !== 'notify' || await mayNotify());
  try {
    localStorage.setItem(KEYS[name], alerts[name] ? 'yes' : 'no');
  } catch { /* it holds until the page is left */ }
  return alerts[name];
}

export function startAlerts() {
  on('cards', compare);
  on('open', title);
  on('language', title);
}

function compare(before) {
  title();
  if (!before?.waiting || before === state.cards) return;
  const known = new Set([...before.waiting, ...(before.mine ?? [])].map((card) => card.id));
  const arrived = state.cards.waiting.find((card) => !known.has(card.id));
  const last = new Map((before.mine ?? []).map((card) => [card.id, card.last_seq]));
  const spoken = state.cards.mine.find((card) =>
    card.last?.author === 'visitor' && card.last_seq > (last.get(card.id) ?? card.last_seq) && (card.id !== state.openId || document.hidden));
  if (arrived) call(t.notified(nameOf(arrived)), arrived);
  else if (spoken) call(t.newMessage(nameOf(spoken)), spoken);
}

function title() {
  const n = (state.cards.waiting?.length ?? 0) + (state.cards.mine ?? []).filter(isUnread).length;
  document.title = n ? `(${n}) ${t.name}` : t.name;
}

function call(text, card) {
  if (alerts.sound) beep();
  if (!alerts.notify || !document.hidden || Notification.permission !== 'granted') return;
  const notification = new Notification(text, { tag: card.id, icon: '/static/icon.svg' });
  notification.onclick = () => {
    window.focus();
    open(card.id);
    notification.close();
  };
}

let audio;

/** Two short tones, made here: no file is loaded. Browsers let a page sound once somebody has done something on it. */
function beep() {
  try {
    audio ??= new AudioContext();
    if (audio.state !== 'running') return;
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

addEventListener('pointerdown', () => { audio ??= alerts.sound && 'AudioContext' in window ? new AudioContext() : undefined; audio?.resume?.(); }, { passive: true });

