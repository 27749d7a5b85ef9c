// A change set that goes live at a time: when, by whom, whether that still holds, how it is taken back; and why the last one did not.

import { el } from '../shared/dom.js';
import { show } from './router.js';
import { get, remove } from './service.js';
import { may } from './store.js';
import { action, part, toast } from './ui.js';
import { moment, personName, t, timeZone } from './words.js';

/** @typedef {import('./types.js').Timed} Timed */

/** Those that wait, the next one first, and then those that ended last. @returns {Promise<Timed[]>} */
export const readScheduled = () => get('scheduled').then(({ data }) => data);

/** @param {Timed[]} all @param {string} set */
export const waitingOf = (all, set) => all.find(({ change_set: of, state }) => of === set && state === 'waiting');

/** What is to be said of a change set; null where it was never scheduled, or what became of that is past. @param {Timed[]} all @param {string} set */
export function scheduled(all, set) {
  const waiting = waitingOf(all, set);
  if (waiting) return waitingPart(waiting);
  const last = all.find(({ change_set: of }) => of === set);
  if (last?.state !== 'refused') return null;
  return el('div', { id: 'refused' }, part(t.wasScheduled,
    el('p.verdict.bad', t.notGoneLive(moment(last.at), personName(last.scheduled_by))),
    el('p', t.timedReasons[last.reason ?? ''] ?? last.reason)));
}

/** @param {Timed} timed */
function waitingPart({ id, at, scheduled_by: by, scheduled_at: since, note, forced, changed }) {
  return el('div', { id: 'scheduled' }, part(t.isScheduled,
    el('p.verdict.good', t.goesLive(moment(at), timeZone())),
    el('p', note || t.noNote, forced && ` (${t.forced})`),
    el('p.hint', t.scheduledBy(personName(by), moment(since))),
    changed && el('p.notice', t.changedSince),
    may('content.publish') && el('p.line', action(t.withdraw, () => withdraw(id), { kind: changed ? 'careful' : '', id: 'withdraw' }))));
}

/** @param {string} id */
async function withdraw(id) {
  await remove(`scheduled/${encodeURIComponent(id)}`);
  toast(t.withdrawn);
  await show({ isNew: false });
}
