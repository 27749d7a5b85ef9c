// What a supervisor looks at: queues, agents, and what customers think of whom.

import { byId, el } from '../shared/dom.js';
import * as service from './service.js';
import { may, on, state } from './store.js';
import { attempt } from './side.js';
import { skillCells } from './skills.js';
import { t } from './texts.js';
import { lasting, moment, titleOf } from './words.js';

const EVERY_MS = 5000;
const MOST_COMMENTS = 12;

let isShown = false;
/** @typedef {import('./types.js').Feedback} Feedback */
/** @typedef {import('./types.js').AgentDay} AgentDay */
/** @typedef {import('../shared/dom.js').Piece} Piece */

/** @type {import('./types.js').Wall & { skilled: import('./types.js').Agent[], feedback: Feedback[] } | null} */
let known = null;

export function startWall() {
  byId('wall-button').addEventListener('click', () => showWall(!isShown));
  on('language', () => { if (isShown) show(); });
  setInterval(() => { if (isShown && document.visibilityState === 'visible') read(); }, EVERY_MS);
}

/** @param {boolean} chosen */
export function showWall(chosen) {
  isShown = chosen && may('desk.supervise');
  byId('wall').hidden = !isShown;
  byId('desk').hidden = isShown || !state.session;
  byId('wall-button').setAttribute('aria-pressed', String(isShown));
  if (isShown) read();
}

async function read() {
  await attempt(async () => {
    const [wall, presence, feedback] = await Promise.all([service.wall(), service.presence(), may('questions.read') ? service.feedback() : { data: [] }]);
    known = { ...wall, skilled: [presence.me, ...presence.agents], feedback: feedback.data };
  });
  if (isShown && known) show();
}

/** @param {number | null} seconds */
const time = (seconds) => (seconds === null || seconds === undefined ? '—' : lasting(seconds));

function show() {
  if (!known) return;
  const { queues, agents, skilled, feedback } = known;
  const n = (/** @type {'n_waiting' | 'n_with_agents'} */ of) => queues.reduce((sum, queue) => sum + queue[of], 0);
  const longest = Math.max(0, ...queues.map((queue) => queue.longest_wait_seconds));
  replace(
    byId('wall'), el('h2', t.wall), el('div.figures', figure(t.nWaiting, String(n('n_waiting'))), figure(t.longestWait, time(longest)), figure(t.withAgents, String(n('n_with_agents'))),
      figure(t.onDuty, String(agents.filter((agent) => agent.state === 'available').length))),
    table(t.queues, [t.department, t.nWaiting, t.longestWait, t.withAgents, t.onDuty, t.avgWait, t.avgFirst, t.avgHandling], queues.map((queue) => [
      titleOf(state.choices.departments, queue.department), String(queue.n_waiting), queue.n_waiting ? time(queue.longest_wait_seconds) : '—', String(queue.n_with_agents),
      String(queue.n_on_duty), time(queue.wait_seconds), time(queue.first_reply_seconds), time(queue.handling_seconds),
    ])),
    table(`${t.agents} · ${t.last24}`, [t.agents, t.state, t.withAgents, t.taken, t.avgFirst, t.avgHandling, t.rating], agents.map((agent) => [
      agent.name, el('span', el(/** @type {`span.${string}`} */ (`span.dot.${agent.state}`), { 'aria-hidden': 'true' }), t.states[agent.state]), String(agent.n_open), String(agent.n_taken), time(agent.first_reply_seconds),
      time(agent.handling_seconds), ratingOf(feedback.filter((each) => each.agent === agent.id)),
    ])),
    table(t.skills, [t.agents, t.capacity, t.skillLanguages, t.skillIntents, t.change], skilled.map((agent) => [agent.name, ...skillCells(agent, read)])),
    opinions(feedback.filter((each) => each.comment || marksOf(each).length), agents),
  );
}

/** Builds the wall anew, and leaves the focus and what was scrolled where they were. @param {HTMLElement} wall @param {Node[]} parts */
function replace(wall, ...parts) {
  const focused = /** @type {HTMLElement | null | undefined} */ (document.activeElement?.closest('#wall [data-key]'))?.dataset.key;
  const scrolled = [...wall.querySelectorAll('.scroll')].map((region) => region.scrollLeft);
  wall.replaceChildren(...parts);
  wall.querySelectorAll('.scroll').forEach((region, at) => { region.scrollLeft = scrolled[at] ?? 0; });
  if (focused) /** @type {HTMLElement | null} */ (wall.querySelector(`[data-key="${CSS.escape(focused)}"]`))?.focus({ preventScroll: true });
}

/** @param {string} name @param {string} value */
const figure = (name, value) => el('div.figure', el('p.hint', name), el('p.value', value));

/** @param {string} title @param {string[]} heads @param {Piece[][]} rows */
function table(title, heads, rows) {
  return el('section.part', el('h3', title), el('div.scroll', { tabindex: '0', role: 'region', 'aria-label': title, 'data-key': title }, el(
    'table', el('thead', el('tr', heads.map((head) => el('th', { scope: 'col' }, head)))),
    el('tbody', rows.map(([first, ...rest]) => el('tr', el('th', { scope: 'row' }, first), ...rest.map((cell) => el('td', cell))))),
  )));
}

/** @param {Feedback} feedback */
const marksOf = ({ ratings }) => Object.values(ratings ?? {}).flatMap((mark) => mark ?? []);

/** @param {Feedback[]} feedback */
function ratingOf(feedback) {
  const marks = feedback.flatMap(marksOf);
  if (!marks.length) return '—';
  return `${(marks.reduce((sum, mark) => sum + mark, 0) / marks.length).toFixed(1)} · ${t.nRatings(feedback.filter((each) => marksOf(each).length).length)}`;
}

/** @param {Feedback[]} feedback @param {AgentDay[]} agents */
function opinions(feedback, agents) {
  const shown = feedback.slice(0, MOST_COMMENTS).map((each) => {
    const who = agents.find((agent) => agent.id === each.agent)?.name;
    return el('li', el('span.hint', [moment(each.at), who].filter(Boolean).join(' · ')), ' ', el('strong', ratingOf([each]).split(' · ')[0]), each.comment ? el('p', each.comment) : '');
  });
  return el('section.part', el('h3', t.ratings), shown.length ? el('ul', shown) : el('p.nothing', t.noRatings));
}
