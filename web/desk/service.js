// What the desk asks of the API, and what it says where that was refused.

import { call, sentence } from '../shared/staff.js';
import { t } from './texts.js';

/** @typedef {import('./types.js').CardPage} CardPage */
/** @typedef {import('../shared/staff.js').Refused} Refused */
/** @typedef {Record<string, string | number | boolean | null | undefined>} Parameters What is not said is left out. */

/**
 * A list that comes whole.
 *
 * @template T
 * @typedef {{ data: T[] }} Page
 */

/** @param {Parameters} parameters */
const query = (parameters) =>
  new URLSearchParams(Object.entries(parameters).flatMap(([name, value]) => (value ? [[name, String(value)]] : [])));

/** @param {string} id @param {string} [what] */
const at = (id, what) => `desk/conversations/${encodeURIComponent(id)}${what ? `/${what}` : ''}`;

/** @param {string} number @param {string} [what] */
const atCase = (number, what) => `desk/cases/${encodeURIComponent(number)}${what ? `/${what}` : ''}`;

/** @param {Parameters} parameters @returns {Promise<CardPage>} */
export const listConversations = (parameters) => call('GET', `desk/conversations?${query(parameters)}`);

/** @param {string} id @returns {Promise<import('./types.js').Conversation>} */
export const showConversation = (id) => call('GET', at(id));

/** @param {string} id @param {number} after @returns {Promise<Page<import('./types.js').Event>>} */
export const eventsAfter = (id, after) => call('GET', `${at(id, 'events')}?after=${after}&limit=200`);

/** @returns {Promise<import('./types.js').Card | null>} */
export const takeNext = () => call('POST', 'desk/conversations/next');

/**
 * Does something with a conversation.
 *
 * @param {string} id
 * @param {'claim' | 'reply' | 'note' | 'transfer' | 'resolve' | 'return' | 'typing'} what
 * @param {object} [body]
 */
export const act = (id, what, body) => call('POST', at(id, what), body);

/** @returns {Promise<import('./types.js').Presence>} */
export const presence = () => call('GET', 'desk/presence');

/** @param {string} state @returns {Promise<import('./types.js').Presence>} */
export const setPresence = (state) => call('PUT', 'desk/presence', { state });

/** @param {string} id @param {import('./types.js').Skills} skills @returns {Promise<import('./types.js').Agent>} */
export const setSkills = (id, skills) => call('PUT', `desk/agents/${encodeURIComponent(id)}`, skills);

/** @param {string} language @returns {Promise<Page<import('./types.js').CannedReply>>} */
export const canned = (language) => call('GET', `desk/canned?${query({ language })}`);

/** @returns {Promise<import('./types.js').Choices>} */
export const choices = () => call('GET', `desk/choices?${query({ language: t.tag })}`);

/** @param {string} q @param {string | null | undefined} language @returns {Promise<Page<import('./types.js').Entry>>} */
export const searchKnowledge = (q, language) => call('GET', `desk/search?${query({ q, language, limit: 5 })}`);

/** @param {string} question @param {string | null | undefined} language @returns {Promise<import('./types.js').Explained>} */
export const explain = (question, language) => call('POST', 'ask', { question, language: language ?? undefined, explain: true, limit: 5 });

/** @param {{ kind: string, text: string, entry?: string, conversation?: string }} body */
export const propose = (body) => call('POST', 'desk/proposals', body);

/** @param {Parameters} parameters @returns {Promise<Page<import('./types.js').Case>>} */
export const listCases = (parameters) => call('GET', `desk/cases?${query(parameters)}`);

/** @param {string} number @returns {Promise<import('./types.js').WholeCase>} */
export const showCase = (number) => call('GET', atCase(number));

/** @param {object} body @returns {Promise<import('./types.js').Case>} */
export const openCase = (body) => call('POST', 'desk/cases', body);

/** @param {string} number @param {object} body */
export const changeCase = (number, body) => call('PATCH', atCase(number), body);

/**
 * Does something with a case.
 *
 * @param {string} number
 * @param {'reply' | 'note' | 'escalate' | 'confirmation'} what
 * @param {object} body
 */
export const actOnCase = (number, what, body) => call('POST', atCase(number, what), body);

/** What a case holds sealed. @param {string} number @param {string} reason @returns {Promise<{ values: Record<string, string> }>} */
export const reveal = (number, reason) => call('POST', atCase(number, 'reveal'), { reason });

/** @returns {Promise<import('./types.js').Wall>} */
export const wall = () => call('GET', 'desk/wall');

/** @returns {Promise<Page<import('./types.js').Feedback>>} */
export const feedback = () => call('GET', 'desk/feedback?limit=100');

/** @type {Record<string, 'conflict' | 'notAllowed'>} */
const OWN = { conflict: 'conflict', not_allowed: 'notAllowed' };

/** Why something was refused. @param {Refused} refused */
export const why = (refused) => {
  const own = OWN[refused.message];
  return own ? t[own] : sentence(refused, t);
};

/** Why a text was not sent, for the box that it stands in. @param {Refused} refused */
export function whyStopped(refused) {
  if (refused.status === 409) return t.somebodyHasIt;
  const told = refused.of('text') ?? '';
  const [, link] = /^(\S+) is not on the list of official contacts/.exec(told) ?? [];
  if (link) return t.stoppedLink(link);
  return told.startsWith('it asks for') ? t.stoppedSecret : t.stopped(why(refused));
}
