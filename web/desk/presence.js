// What oneself does, and who else is at work.

import { byId, el } from '../shared/dom.js';
import * as service from './service.js';
import { changed, on, readPresence, state } from './store.js';
import { attempt } from './side.js';
import { t } from './texts.js';

/** @type {import('./types.js').AgentState[]} */
const STATES = ['available', 'pause', 'wrap_up', 'offline'];

/** How often it is asked how colleagues are. */
const EVERY_MS = 15000;

export function startPresence() {
  byId('presence').addEventListener('change', () => choose(byId('presence').value));
  on('presence', show);
  on('language', show);
  setInterval(() => { if (state.session && document.visibilityState === 'visible') readPresence().catch(() => {}); }, EVERY_MS);
}

/** @param {string} chosen */
async function choose(chosen) {
  await attempt(async () => {
    state.presence = await service.setPresence(chosen);
    changed('presence');
  });
  show();
}

function show() {
  const { me, agents } = state.presence ?? { me: { state: 'offline' }, agents: [] };
  byId('presence').replaceChildren(...STATES.map((id) => el('option', { value: id }, t.states[id])));
  byId('presence').value = me.state;
  byId('presence-dot').className = `dot ${me.state}`;
  const there = agents.filter((agent) => agent.state !== 'offline');
  byId('presence').title = there.map((agent) => `${agent.name} · ${t.states[agent.state]} ${t.nOpen(agent.n_open, agent.capacity)}`).join('\n') || t.noColleagues;
}
