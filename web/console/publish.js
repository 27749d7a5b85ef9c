// Publication: everything is tried first, the gate's report is read, and then somebody says why and publishes.

import { byId, el } from '../shared/dom.js';
import { diagnosticsOf } from './gate-report.js';
import { show } from './router.js';
import { publish } from './service.js';
import { changed, me, readSets, useSet } from './store.js';
import { action, area, ask, busy, field, input, part, tick, toast } from './ui.js';
import { fromLocal, moment, personName, t, timeZone, toLocal } from './words.js';

/** @typedef {import('./types.js').Draft} Draft */
/** @typedef {import('./types.js').Outcome} Outcome */

/** Does all but publish, and shows what the gate says. @param {Draft} set */
export async function dryRun(set) {
  byId('gate').replaceChildren(busy(t.tryingOut));
  try {
    showOutcome(set, await publish({ set: set.id, dry_run: true }));
  } catch (refused) {
    byId('gate').replaceChildren();
    throw refused;
  }
}

/** @param {Draft} set @param {Outcome} outcome */
function showOutcome(set, outcome) {
  const { report } = outcome;
  const mayGo = outcome.outcome === 'ready' || (outcome.outcome === 'refused' && report?.can_be_forced);
  const isGood = outcome.outcome === 'ready';
  const isOwn = set.authors.includes(me()?.id ?? '');
  byId('gate').replaceChildren(part(t.gate,
    el(`p.verdict.${isGood ? 'good' : 'bad'}`, t.outcomes[outcome.outcome] ?? outcome.outcome),
    outcome.authors ? el('p', t.secondPerson(outcome.authors.map(personName).join('、'))) : null,
    outcome.conflicts?.length ? el('p', t.conflictsFirst) : null,
    report ? diagnosticsOf(report) : null,
    mayGo && isOwn ? el('p.hint', t.secondPersonHint) : null,
    mayGo ? el('div.line', action(isGood ? t.publish : t.publishAnyway, () => askToPublish(set, !isGood), { kind: isGood ? 'primary' : 'careful', id: 'publish' })) : null));
  byId('gate').focus();
}

/** @param {Draft} set @param {boolean} isForced */
function askToPublish(set, isForced) {
  const note = area('note', 3, { required: '', maxlength: '1000' });
  const at = input('at', { type: 'datetime-local', min: toLocal(new Date().toISOString()) });
  if (!isForced) note.value = set.title;
  ask({
    title: isForced ? t.publishAnyway : t.publish, action: isForced ? t.publishAnyway : t.publish, isCareful: isForced,
    fields: [
      el('p', isForced ? t.forcedSure : t.publishSure), field(t.note, note, t.noteHint),
      field(t.goLiveAt, at, t.goLiveAtHint(timeZone())),
      isForced ? tick(t.forceTick, false, () => {}, 'sure') : null,
    ],
    act: async ({ note: why, at: local, sure }) => {
      if (isForced && !sure) return t.tickFirst;
      const outcome = await publish({ set: set.id, note: why.trim(), force: isForced, ...(local && { at: fromLocal(local) }) });
      if (outcome.outcome === 'scheduled') {
        toast(t.scheduledFor(moment(outcome.at ?? '')));
        await show({ isNew: false });
        return '';
      }
      if (!['published', 'unchanged'].includes(outcome.outcome)) {
        showOutcome(set, outcome);
        return '';
      }
      toast(t.published(outcome.revision ?? ''));
      await useSet(null);
      await readSets();
      changed('content');
      changed('published');
      return '';
    },
  });
}

