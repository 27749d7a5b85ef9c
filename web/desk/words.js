// Times, lengths of time and names as the desk shows them.

import { t } from './texts.js';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A length of time in its largest unit: nobody at a desk needs two. @param {number} seconds */
export function lasting(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < MINUTE) return t.seconds(whole);
  if (whole < HOUR) return t.minutes(Math.floor(whole / MINUTE));
  if (whole < 2 * DAY) return t.hours(Math.floor(whole / HOUR));
  return t.days(Math.floor(whole / DAY));
}

/** @param {string} at */
export const secondsSince = (at) => (Date.now() - Date.parse(at)) / 1000;

/** @param {string} at */
export const clock = (at) => new Intl.DateTimeFormat(t.tag, { hour: '2-digit', minute: '2-digit', hour12: false }).format(new Date(at));

/** @param {string} at */
export const day = (at) => new Intl.DateTimeFormat(t.tag, { month: 'short', day: 'numeric', weekday: 'short' }).format(new Date(at));

/** @param {string} at */
const isToday = (at) => new Date(at).toDateString() === new Date().toDateString();

/** The time of today, or day and time. @param {string} at */
export const moment = (at) => (isToday(at) ? clock(at) : `${new Intl.DateTimeFormat(t.tag, { month: 'numeric', day: 'numeric' }).format(new Date(at))} ${clock(at)}`);

/** Whom a conversation is with; whoever has no name has the end of the conversation's. @param {{ id: string, name: string | null }} card */
export const nameOf = (card) => card.name || `${t.visitor} ${card.id.slice(-4)}`;

/**
 * What something is called among the choices.
 *
 * @param {import('./types.js').Choice[]} choices
 * @param {string | null | undefined} id
 */
export const titleOf = (choices, id) => choices.find((choice) => choice.id === id)?.title || id || '';

/** A name for something that is sent once. Letters alone: digits might look like a number that is masked. */
export function newName() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => String.fromCharCode(97 + (byte % 26))).join('');
}
