// A change set: what is in it, what is taken back, what goes against what is live now, its check, and its way to publication.

import { byId, el } from '../shared/dom.js';
import { draftEntries, filesOf, liveEntries } from './content.js';
import { diagnostics, entryDifference, folded, grouped, kindOf, subjectTitle, textLines } from './diffs.js';
import { dryRun } from './publish.js';
import { route, show, to } from './router.js';
import { readScheduled, scheduled, waitingOf } from './scheduling.js';
import { get, post, remove } from './service.js';
import { changed, may, on, readSets, state, theSet, useSet } from './store.js';
import { action, ask, chip, head, link, nothing, part, toast } from './ui.js';
import { moment, personName, t } from './words.js';

/** @typedef {import('./types.js').Draft} Draft */
/** @typedef {import('./types.js').Conflict} Conflict */
/** @typedef {import('./types.js').Diagnostic} Diagnostic */

export function startChanges() {
  route('changes', screen);
  on('published', () => show());
}

async function screen() {
  const [timed] = await Promise.all([readScheduled(), readSets()]);
  const set = theSet();
  if (!set) return [head(t.places.changes, { about: t.changesAbout }), nothing(t.noChanges), otherSets(timed)];
  const groups = grouped(set.difference.changes);
  const touched = groups.flatMap(({ entry }) => entry ?? []);
  const [live, draft, liveFiles, files] = await Promise.all([liveEntries(), draftEntries(set.id, touched), filesOf(null), filesOf(set.id)]);
  const about = t.setAbout(personName(set.created_by), moment(set.updated_at), set.authors.map(personName).join('、'));
  const actions = [
    may('content.edit') && action(t.discardSet, () => askToDiscard(set), { id: 'discard-set' }),
    groups.length > 0 && action(t.check, () => check(set), { id: 'check' }),
    groups.length > 0 && may('content.publish') && action(t.tryOut, () => dryRun(set), { kind: 'primary', id: 'try-out' }),
  ];
  return [
    head(set.title, { about, actions }),
    groups.length > 0 && !may('content.publish') && el('p.notice', t.publisherNeeded),
    scheduled(timed, set.id),
    el('div', { id: 'gate', tabindex: '-1' }),
    set.conflicts.length > 0 && conflicts(set),
    el('div', groups.length ? groups.map((group) => groupOf(group, { set, live, draft, liveFiles, files })) : nothing(t.noChanges)),
    otherSets(timed),
  ];
}

/**
 * @param {{ key: string, entry: string | null, changes: import('./types.js').Change[] }} group
 * @param {{ set: Draft, live: Map<string, any>, draft: Map<string, any>, liveFiles: Map<string, string>, files: Map<string, string> }} about
 */
function groupOf({ key, entry, changes }, { set, live, draft, liveFiles, files }) {
  const paths = changes.map(({ path }) => path);
  const actions = may('content.edit') ? [action(t.revert, () => askToRevert(set, paths[0], key))] : [];
  const isReadable = draft.has(String(entry)) || kindOf(changes) === 'removed';
  if (entry && isReadable) {
    const shown = draft.get(entry) ?? live.get(entry);
    const title = shown?.texts[t.tag]?.question ?? shown?.texts['zh-CN'].question ?? entry;
    const edit = draft.has(entry) ? [link(to('entry', entry), t.open, 'button')] : [];
    return folded({
      key, title, kind: kindOf(changes), about: entry, isOpen: true, content: [entryDifference(live.get(entry), draft.get(entry))], actions: [...edit, ...actions],
    });
  }
  const lines = paths.map((path) => textLines(liveFiles.get(path) ?? '', files.get(path) ?? ''));
  return folded({ key, title: subjectTitle(changes[0]), kind: changes[0].kind, about: paths.join(' '), isOpen: true, content: lines, actions });
}

/** @param {Draft} set @param {string} path One of what belongs together: with it all files of an entry are taken back. @param {string} key */
function askToRevert(set, path, key) {
  ask({
    title: t.revert, action: t.revert, isCareful: true, fields: [el('p', t.revertSure(key))],
    act: async () => {
      await post(`sets/${set.id}/revert`, { path });
      changed('content');
      await show({ isNew: false });
      toast(t.reverted);
    },
  });
}

/** @param {Draft} set */
function askToDiscard(set) {
  ask({
    title: t.discardSet, action: t.discardSet, isCareful: true, fields: [el('p', t.discardSetSure(set.title))],
    act: async () => {
      await remove(`sets/${set.id}`);
      await useSet(null);
      await readSets();
      await show({ isNew: false });
    },
  });
}

// ---- What went live under it ----

/** @param {Draft} set */
const conflicts = (set) => part(t.conflicts, el('p.hint', t.conflictsHint), set.conflicts.map((conflict) => folded({
  key: `conflict ${conflict.path}`, title: conflict.subject.id, kind: 'changed', about: conflict.path, isOpen: true,
  content: [el('div.versions',
    el('div.version', el('h4', t.liveNow), textLines(conflict.base ?? '', conflict.live ?? '')),
    el('div.version', el('h4', t.inThisSet), textLines(conflict.base ?? '', conflict.draft ?? '')))],
  actions: may('content.edit') ? [
    action(t.keepMine, () => settle(set, 'keep', conflict)), action(t.takeLive, () => settle(set, 'revert', conflict)),
  ] : [],
})));

/** @param {Draft} set @param {'keep' | 'revert'} how @param {Conflict} conflict */
async function settle(set, how, { path }) {
  await post(`sets/${set.id}/${how}`, { path });
  changed('content');
  await show({ isNew: false });
}

// ---- The check ----

/** @param {Draft} set */
async function check(set) {
  const { data, n_errors: nErrors } = /** @type {{ data: Diagnostic[], n_errors: number }} */ (await get('check', { set: set.id }));
  byId('gate').replaceChildren(part(t.check,
    el(`p.verdict.${nErrors ? 'bad' : data.length ? 'care' : 'good'}`, nErrors ? t.nErrors(nErrors) : data.length ? t.nWarnings(data.length) : t.checkGood),
    diagnostics(data)));
  byId('gate').focus();
}

// ---- Others' change sets ----

/** @param {import('./types.js').Timed[]} timed */
function otherSets(timed) {
  const others = state.sets.filter(({ id }) => id !== state.set);
  if (!others.length) return null;
  const chips = (/** @type {Draft} */ { id, difference }) => {
    const waiting = waitingOf(timed, id);
    return [chip(t.nChanged(grouped(difference.changes).length)), waiting && chip(t.goesLiveShort(moment(waiting.at)), waiting.changed ? 'care' : 'good')];
  };
  return part(t.otherSets, el('p.hint', t.otherSetsHint), el('ul.rows', others.map((set) => el('li', { 'data-row': '' }, el('a.row', {
    href: to('changes'), onclick: (/** @type {Event} */ event) => {
      event.preventDefault();
      useSet(set.id).then(() => show());
    },
  }, el('span.name', set.title), el('span.chips', chips(set)),
  el('span.hint', `${personName(set.created_by)} · ${moment(set.updated_at)}`))))));
}
