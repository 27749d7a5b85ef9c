// What the bot may learn: questions that it missed, what agents propose, entries that are weak. Each on a tab of its own.

import { el } from '../shared/dom.js';
import { entryChoices } from './content.js';
import { missed } from './misses.js';
import { openNewEntry } from './entries.js';
import { go, route, to } from './router.js';
import { get, post } from './service.js';
import { may, state } from './store.js';
import { action, attempt, busy, chip, head, link, nothing, part, table, tabs, toast } from './ui.js';
import { moment, personName, t } from './words.js';

/** @typedef {import('./types.js').Proposal} Proposal */
/** @typedef {import('./types.js').Weak} Weak */

let chosen = 'missed';

export function startLearning() {
  route('learning', screen);
}

function screen() {
  return [
    head(t.places.learning, { about: t.learningAbout }),
    tabs(t.places.learning, [
      { id: 'missed', title: t.missedTab, build: () => filled(missed) },
      { id: 'proposals', title: t.proposalsTab, build: () => filled(proposals) },
      { id: 'weak', title: t.weakTab, build: () => filled(weak) },
    ], chosen, (id) => { chosen = id; }),
  ];
}

/** A place that is filled once what it shows has come. @param {() => Promise<Node[]>} read */
function filled(read) {
  const place = el('div', busy());
  attempt(async () => place.replaceChildren(...await read()));
  return place;
}

// ---- What agents propose ----

async function proposals() {
  const [{ data }, entries] = await Promise.all([get('proposals'), entryChoices()]);
  const titles = new Map(entries.map(({ id, title }) => [id, title]));
  if (!data.length) return [nothing(t.noProposals)];
  return [el('div.cards', { id: 'proposals' }, /** @type {Proposal[]} */ (data).map((proposal) => proposalCard(proposal, titles)))];
}

/** @param {Proposal} proposal @param {Map<string, string>} titles */
function proposalCard(proposal, titles) {
  const { id, kind, text, agent, at, entry } = proposal;
  const card = el('article.miss', { 'data-row': '', tabindex: '0', 'data-proposal': id });
  const settle = async () => {
    await post(`proposals/${id}/settle`);
    toast(t.settled);
    card.remove();
  };
  const attach = async () => {
    await post('misses/attach', { set: state.set ?? undefined, texts: [text], entry, language: languageOf(text), label: false });
    await settle();
  };
  card.append(
    el('div.chips', chip(t.proposalKinds[kind], kind === 'wrong_answer' ? 'bad' : 'info'), el('span.hint', `${personName(agent)} · ${moment(at)}`)),
    el('p', text), ...(entry ? [el('p.hint', t.about, ' ', link(to('entry', entry), titles.get(entry) ?? entry))] : []),
  );
  if (!may('content.edit')) return card;
  const buttons = [];
  if (kind === 'phrasing' && entry) buttons.push(keyed(action(t.attachHere, attach, { kind: 'primary' }), 'a'));
  if (kind === 'phrasing' && !entry) buttons.push(keyed(action(t.newEntry, () => openNewEntry({ missed: [{ language: languageOf(text), text }], proposal: id })), 'n'));
  if (kind === 'wrong_answer' && entry) buttons.push(action(t.open, () => go('entry', entry), { kind: 'primary' }));
  card.append(el('div.line', buttons, keyed(action(t.settle, settle), 'x')));
  return card;
}

/** @param {HTMLButtonElement} button @param {string} key */
function keyed(button, key) {
  button.dataset.key = key;
  return button;
}

/** @param {string} text */
const languageOf = (text) => (/\p{Script=Han}/u.test(text) ? 'zh-CN' : 'en');

// ---- What is weak ----

async function weak() {
  const { few, confused } = /** @type {Weak} */ (await get('weak'));
  const name = await titlesOf();
  return [
    part(t.few, el('p.hint', t.fewHint), few.length
      ? table(t.few, [t.entry, t.phrasings], few.map(({ entry, question, n_phrasings: n }) => [link(to('entry', entry), question), String(n)])) : nothing(t.noneOfThese)),
    part(t.confused, el('p.hint', t.confusedHint), confused.length
      ? table(t.confused, [t.entry, t.andEntry, t.times, t.example], confused.map(({ entry, other, n, example }) =>
        [link(to('entry', entry), name(entry)), link(to('entry', other), name(other)), String(n), link(`${to('bench')}?${new URLSearchParams({ question: example })}`, example)]))
      : nothing(t.noneOfThese)),
  ];
}

async function titlesOf() {
  const titles = new Map((await entryChoices()).map(({ id, title }) => [id, title]));
  return (/** @type {string} */ id) => titles.get(id) ?? id;
}
