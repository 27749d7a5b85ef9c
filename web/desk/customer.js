// What is known of the customer, so that nobody is asked twice.

import { byId, el, terms } from '../shared/dom.js';
import { on, state } from './store.js';
import { open } from './list.js';
import { showCaseIn } from './case.js';
import { fileElement } from './transcript.js';
import { showPane, showTab } from './side.js';
import { t } from './texts.js';
import { moment, titleOf } from './words.js';

/** What is shown already: built anew, it would take the focus away from whoever is in it. */
let shown = '';

export function startCustomer() {
  on('open', () => {
    const { id = '', context = null, claims = null, reason = '', status = '' } = state.open ?? {};
    const known = JSON.stringify([id, context, claims, reason, status]);
    if (known === shown) return;
    shown = known;
    show();
  });
  on('choices', show);
  on('language', show);
}

function show() {
  if (!state.open) return byId('customer').replaceChildren(el('p.nothing', t.noneKnown));
  const { context, claims, reason, status } = state.open;
  /** @type {([string, string] | false | null | '')[]} */
  const facts = [
    context.intent && [t.intent, titleOf(state.choices.reasons, context.intent)],
    context.handed_over_for && [t.handedOverFor, t.handoffs[context.handed_over_for] ?? context.handed_over_for],
    status === 'closed' && reason && [t.reason, titleOf(state.choices.reasons, reason)],
    ...Object.entries(context.given).map(([slot, value]) => /** @type {[string, string]} */ ([t.slots[slot] ?? slot, value])),
  ];
  const known = facts.flatMap((fact) => (fact ? [fact] : []));
  /** @type {(HTMLElement | false)[]} */
  const parts = [
    part(t.known, known.length > 0 && terms(known)),
    part(t.hisCases, context.cases.length > 0 && el('ul', context.cases.map(caseItem))),
    part(t.shown, context.shown.length > 0 && el('ul', context.shown.map(shownItem))),
    part(t.files, context.files.length > 0 && el('ul', context.files.map((file) => el('li', fileElement(file))))),
    part(t.earlier, context.earlier.length > 0 && el('ul', context.earlier.map(earlierItem))),
    part(t.claims, claimsOf(claims)),
  ];
  const shownParts = parts.flatMap((each) => each || []);
  byId('customer').replaceChildren(...(shownParts.length ? shownParts : [el('p.nothing', t.noneKnown)]));
}

/** @param {string} title @param {HTMLElement | false} content @returns {HTMLElement | false} */
const part = (title, content) => content && el('section.part', el('h3', title), content);

/** @param {import('./types.js').CaseName} known */
function caseItem({ number, kind, status }) {
  const show = () => { showTab('cases'); showCaseIn(number); };
  return el('li', el('button.plain', { type: 'button', onclick: show }, number), ' ', `${t.caseKinds[kind]} · ${t.caseStatuses[status]}`);
}

/** @param {import('./types.js').Shown} shown */
const shownItem = ({ entry, helpful }) =>
  el('li', el('code', entry), helpful === null ? '' : el(helpful ? 'span.tag.good' : 'span.tag.bad', helpful ? t.helpful : t.notHelpful));

/** @param {import('./types.js').Earlier} earlier */
function earlierItem({ id, began_at: at, reason, status }) {
  const show = () => { open(id); showPane('conversation'); };
  const about = titleOf([...state.choices.reasons, { id: 'other', title: t.other }], reason) || t.statusNames[status];
  return el('li', el('button.plain', { type: 'button', onclick: show }, moment(at)), ' ', about);
}

/** What a page says of its visitor is anybody's word: shown as text, and as such. @param {Record<string, unknown> | null} claims @returns {HTMLElement | false} */
function claimsOf(claims) {
  const pairs = Object.entries(claims ?? {}).flatMap(([name, value]) =>
    (value && typeof value === 'object' ? Object.entries(value).map(([key, each]) => [key, each]) : [[name, value]]));
  /** @type {[string, string][]} */
  const shown = pairs.filter(([, value]) => value !== null && value !== '').map(([name, value]) => [String(name), typeof value === 'object' ? JSON.stringify(value) : String(value)]);
  return shown.length > 0 && terms(shown);
}
