// What stands below an answer: where one can go, what can be said with one tap, and whether it helped.

import { button, el, openElsewhere, say } from '../shared/dom.js';
import { jsonOfOwn } from './connection.js';
import { noteHelpful, standing } from './conversation.js';
import { sendText } from './outbox.js';
import { t } from './words.js';

/** @typedef {import('./types.js').Message} Message */

/** Web pages, mailboxes, telephones; nothing that runs. */
const SAFE = /^(https?:|mailto:|tel:)/i;

/** @param {import('./types.js').Link[]} all */
export function links(all) {
  return el('div.links', all.filter(({ href }) => SAFE.test(href)).map(({ label, href }) => {
    const link = /** @type {HTMLAnchorElement} */ (el('a', { href }, label));
    openElsewhere(link);
    return link;
  }));
}

/**
 * Quick replies; once something was said, they are there to be read only.
 *
 * @param {Message} message
 * @param {boolean} isOpen
 * @param {string | undefined} said What was said to them.
 */
export function choices({ quick_replies: all = [] }, isOpen, said) {
  const one = (/** @type {import('./types.js').QuickReply} */ { label, send }) => {
    const choice = button(label, () => sendText(send, label));
    choice.toggleAttribute('disabled', !isOpen);
    choice.classList.toggle('chosen', send === said);
    return choice;
  };
  const chosen = all.find(({ send }) => send === said);
  return el('div.choices', { role: 'group', 'aria-label': t().choices }, all.map(one),
    chosen && el('span.unseen', t().chosen(chosen.label)));
}

/** Messages whose visitor is asked why they did not help, and what they said. */
/** @type {Map<number, string>} */
const reasons = new Map();

/**
 * "Did this help?"
 *
 * @param {Message} message
 */
export function opinion({ seq }) {
  const helped = standing.helped.get(seq);
  const place = el('div.opinion', { role: 'group', 'aria-label': t().helpful });
  if (helped === true) place.append(el('p', t().thanks));
  else if (helped === false) place.append(...(reasons.get(seq) === 'asked' ? whyNot(seq) : [el('p', t().thanksNo)]));
  else place.append(el('p', t().helpful), button(t().yes, () => judge(seq, true)), button(t().no, () => judge(seq, false)));
  return place;
}

/** @param {number} seq */
function whyNot(seq) {
  const one = (/** @type {[string, string]} */ [reason, label]) => button(label, () => {
    reasons.set(seq, reason);
    tell({ message_seq: seq, helpful: false, reason });
    say(t().thanksNo);
    replace(seq);
  });
  return [el('p', t().why), el('div.choices', t().reasons.map(one))];
}

/**
 * @param {number} seq
 * @param {boolean} helpful
 */
function judge(seq, helpful) {
  if (!helpful) reasons.set(seq, 'asked');
  tell({ message_seq: seq, helpful });
  noteHelpful(seq, helpful);
  say(helpful ? t().thanks : t().why);
}

/** The event that tells of it comes as well; until then it is shown so. */
const replace = (/** @type {number} */ seq) => { standing.helped.delete(seq); noteHelpful(seq, false); };

/** An opinion that is lost on the way is not worth a word to its customer. */
const tell = (/** @type {object} */ body) => jsonOfOwn('feedback', { body }).catch(() => {});
