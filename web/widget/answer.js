// What stands below an answer: where one can go, what can be said with one tap, and whether it helped.

import { button, el, openElsewhere, say } from '../shared/dom.js';
import { jsonOfOwn } from './connection.js';
import { noteHelped, standing } from './conversation.js';
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

/**
 * "Did this help?"
 *
 * @param {Message} message
 */
export function opinion({ seq }) {
  const helped = standing.helped.get(seq);
  const judge = (/** @type {boolean} */ helpful) => tell(seq, { helpful }, helpful ? 'yes' : 'asked', helpful ? t().thanks : t().why);
  const place = el('div.opinion', { role: 'group', 'aria-label': t().helpful });
  if (!helped) place.append(el('p', t().helpful), button(t().yes, () => judge(true)), button(t().no, () => judge(false)));
  else if (helped === 'asked') place.append(el('p', t().why), reasons(seq));
  else place.append(el('p', helped === 'yes' ? t().thanks : t().thanksNo));
  return place;
}

/** @param {number} seq */
function reasons(seq) {
  const one = (/** @type {[string, string]} */ [reason, label]) =>
    button(label, () => tell(seq, { helpful: false, reason }, 'no', t().thanksNo));
  return el('div.choices', t().reasons.map(one));
}

/**
 * Keeps what the visitor thinks of a message. An opinion that is lost on the way is not worth a word to its customer.
 *
 * @param {number} seq
 * @param {object} opinion
 * @param {'yes' | 'asked' | 'no'} helped
 * @param {string} said What a screen reader says.
 */
function tell(seq, opinion, helped, said) {
  jsonOfOwn('feedback', { body: { message_seq: seq, ...opinion } }).catch(() => {});
  noteHelped(seq, helped);
  say(said);
}
