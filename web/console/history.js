// Revisions: who published what, when and why; what differs between two; and the way back.

import { byId, el } from '../shared/dom.js';
import { folded, grouped, kindOf, subjectTitle, toldLines } from './diffs.js';
import { diagnosticsOf } from './gate-report.js';
import { route, show } from './router.js';
import { get, rollBack } from './service.js';
import { changed, may, readSets } from './store.js';
import { action, area, ask, chip, choice, field, head, nothing, part, toast } from './ui.js';
import { moment, personName, t } from './words.js';

/** @typedef {import('./types.js').Revision} Revision */

export function startHistory() {
  route('history', screen);
}

async function screen() {
  const revisions = /** @type {Revision[]} */ ((await get('revisions')).data);
  const options = revisions.map(({ id, published_at: at, note }) => ({ id, title: `${moment(at)} · ${id} · ${note}` }));
  const from = choice('from', options, options[1]?.id ?? options[0]?.id);
  const to = choice('to', options, options[0]?.id);
  const shown = el('div', { id: 'difference', tabindex: '-1' });
  const compare = async () => {
    const { changes } = await get('diff', { from: from.value, to: to.value });
    shown.replaceChildren(...differences(changes));
    shown.focus();
  };
  return [
    head(t.places.history, { about: t.historyAbout }),
    el('ul.rows', { id: 'revisions' }, revisions.map((revision, at) => row(revision, revisions[at + 1], async (earlier) => {
      [from.value, to.value] = [earlier.id, revision.id];
      await compare();
    }))),
    revisions.length > 1 && part(t.compare, el('div.pair', field(t.from, from), field(t.to, to)), action(t.compare, compare, { id: 'compare' }), shown),
  ];
}

/** @param {Revision} revision @param {Revision | undefined} earlier @param {(earlier: Revision) => unknown} compare */
function row(revision, earlier, compare) {
  const { id, published_at: at, note, actor, live, forced, kind, n_entries: n } = revision;
  return el('li.row', { 'data-row': '', 'data-revision': id, tabindex: '0' },
    el('span.name', note || t.noNote),
    el('span.chips', live && chip(t.live, 'good'), forced && chip(t.forced, 'care'), kind !== 'publish' && chip(t.revisionKinds[kind] ?? kind, 'info')),
    el('span.hint', `${moment(at)} · ${personName(actor)} · ${t.nEntries(n)} · ${id}`),
    el('span.line', earlier && action(t.whatChanged, () => compare(earlier)), !live && may('content.publish') && action(t.rollBack, () => askToRollBack(revision))));
}

/** @param {import('./types.js').Change[]} changes */
function differences(changes) {
  if (!changes.length) return [nothing(t.noDifference)];
  return grouped(changes).flatMap(({ key, entry, changes: own }) => (entry
    ? [folded({ key, title: entry, kind: kindOf(own), content: own.map((change) => el('div', el('div.lines', el('div.hint', change.path)), toldLines(change))), isOpen: own.length < 4 })]
    : own.map((change) => folded({ key, title: subjectTitle(change), kind: change.kind, about: change.path, content: [toldLines(change)], isOpen: true }))));
}

/** @param {Revision} revision */
function askToRollBack({ id, published_at: at, note: said }) {
  ask({
    title: t.rollBack, action: t.rollBack, isCareful: true,
    fields: [el('p', t.rollBackSure(moment(at), said)), field(t.note, area('note', 2, { required: '', maxlength: '1000' }), t.noteHint)],
    act: async ({ note }) => {
      const outcome = await rollBack({ revision: id, note });
      if (!['rolled_back', 'unchanged'].includes(outcome.outcome)) {
        byId('difference')?.replaceChildren(el('p.verdict.bad', t.outcomes[outcome.outcome] ?? outcome.outcome), ...(outcome.report ? [diagnosticsOf(outcome.report)] : []));
        return '';
      }
      // What was pressed goes with the screen: the new one begins at its title, for those who work by keyboard.
      byId('dialog').close();
      toast(t.rolledBack);
      await readSets();
      changed('content');
      await show();
      return '';
    },
  });
}
