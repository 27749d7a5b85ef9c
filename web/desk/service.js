// What the desk asks of the API, and what it says where that was refused.

import { call, sentence } from '../shared/staff.js';
import { t } from './texts.js';

const query = (parameters) => new URLSearchParams(Object.entries(parameters).filter(([, value]) => value));
const at = (id, what) => `desk/conversations/${encodeURIComponent(id)}${what ? `/${what}` : ''}`;
const atCase = (number, what) => `desk/cases/${encodeURIComponent(number)}${what ? `/${what}` : ''}`;

export const listConversations = (parameters) => call('GET', `desk/conversations?${query(parameters)}`);
export const showConversation = (id) => call('GET', at(id));
export const eventsAfter = (id, after) => call('GET', `${at(id, 'events')}?after=${after}&limit=200`);
export const takeNext = () => call('POST', 'desk/conversations/next');
/** `claim`, `reply`, `note`, `transfer`, `resolve`, `return`, `typing`. */
export const act = (id, what, body) => call('POST', at(id, what), body);

export const presence = () => call('GET', 'desk/presence');
export const setPresence = (state) => call('PUT', 'desk/presence', { state });
export const setSkills = (id, skills) => call('PUT', `desk/agents/${encodeURIComponent(id)}`, skills);
export const canned = (language) => call('GET', `desk/canned?${query({ language })}`);
export const choices = () => call('GET', `desk/choices?${query({ language: t.tag })}`);

export const searchKnowledge = (q, language) => call('GET', `desk/search?${query({ q, language, limit: 5 })}`);
export const explain = (question, language) => call('POST', 'ask', { question, language: language ?? undefined, explain: true, limit: 5 });
export const propose = (body) => call('POST', 'desk/proposals', body);

export const listCases = (parameters) => call('GET', `desk/cases?${query(parameters)}`);
export const showCase = (number) => call('GET', atCase(number));
export const openCase = (body) => call('POST', 'desk/cases', body);
export const changeCase = (number, body) => call('PATCH', atCase(number), body);
/** `reply`, `note`, `escalate`, `confirmation`, `reveal`. */
export const actOnCase = (number, what, body) => call('POST', atCase(number, what), body);

export const wall = () => call('GET', 'desk/wall');
export const feedback = () => call('GET', 'desk/feedback?limit=100');

const OWN = { conflict: 'conflict', not_allowed: 'notAllowed' };

/** Why something was refused. */
export const why = (refused) => t[OWN[refused.message]] ?? sentence(refused, t);

/** Why a text was not sent, for the box that it stands in. */
export function whyStopped(refused) {
  if (refused.status === 409) return t.somebodyHasIt;
  const told = refused.of('text') ?? '';
  const [, link] = /^(\S+) is not on the list of official contacts/.exec(told) ?? [];
  if (link) return t.stoppedLink(link);
  return told.startsWith('it asks for') ? t.stoppedSecret : t.stopped(why(refused));
}
