// A revision that is tried on a share of the conversations, beside what is live; and topics that rose all at once.

import { el, percent } from '../shared/dom.js';
import { route, show, to } from './router.js';
import { get, publish, remove } from './service.js';
import { changed, may, readSets, theSet } from './store.js';
import { action, area, ask, chip, choice, field, head, link, nothing, part, table, toast } from './ui.js';
import { moment, personName, t } from './words.js';

/** @typedef {import('./types.js').Comparison} Comparison */
/** @typedef {import('./types.js').Alarm} Alarm */

const SHARES = ['5', '10', '20', '50'];

export function startComparing() {
  route('comparing', screen);
}

async function screen() {
  const [comparisons, alarms] = await Promise.all([
    get('comparison').then(({ data }) => /** @type {Comparison[]} */ (data)),
    may('questions.read') ? get('alarms').then(({ data }) => /** @type {Alarm[]} */ (data)) : [],
  ]);
  const running = comparisons.find(({ ended_at: ended }) => !ended);
  const over = comparisons.filter((comparison) => comparison !== running);
  const set = theSet();
  const mayBegin = !running && set && may('content.publish');
  return [
    head(t.places.comparing, { about: t.comparingAbout, actions: mayBegin ? [action(t.tryOnShare, () => askToTry(set.id, set.title), { kind: 'primary', id: 'try' })] : [] }),
    may('questions.read') && part(t.alarms, alarms.length ? el('ul.rows', { id: 'alarms' }, alarms.map(alarm)) : nothing(t.noAlarms)),
    part(t.underWay, running ? el('div', { id: 'running' }, ...shown(running), may('content.publish') && el('p.line', action(t.stopTrying, stop, { id: 'stop' }))) : nothing(mayBegin ? t.nothingTried : t.nothingTriedHint)),
    over.length > 0 && part(t.earlierComparisons, ...over.map((comparison) => el('div.card', ...shown(comparison)))),
  ];
}

/** @param {Comparison} comparison */
function shown({ share, started_at: at, started_by: by, note, ended_how: how, live, tried, contained, helpful }) {
  const verdict = (/** @type {string} */ name) => chip(t.verdicts[name], { better: 'good', worse: 'bad', open: 'info' }[name]);
  const cell = (/** @type {import('./types.js').Share} */ { share: part, of, at_least: least, at_most: most }) =>
    (part === null ? '–' : `${percent(part)} (${percent(least)}–${percent(most)}, n = ${of})`);
  return [
    el('p', el('b', note || t.noNote), ' ', how && chip(t.endedHow[how] ?? how, how === 'promoted' ? 'good' : 'info')),
    el('p.hint', t.comparisonAbout(share, moment(at), personName(by))),
    table(t.places.comparing, ['', t.liveNow, t.onTrial, ''], [
      [t.conversations, String(live.conversations), String(tried.conversations), ''],
      [t.containedShare, cell(live.contained), cell(tried.contained), verdict(contained)],
      [t.helpfulShare, cell(live.helpful), cell(tried.helpful), verdict(helpful)],
    ]),
    el('p.hint', t.comparisonHint),
  ];
}

/** @param {Alarm} alarm */
function alarm({ topic, at, n, usual }) {
  const isEntry = !topic.startsWith('intent:') && !['clarify', 'fallback'].includes(topic);
  return el('li.row', { 'data-row': '', tabindex: '0' },
    el('span.name', isEntry ? link(to('entry', topic), topic) : t.topics[topic] ?? topic.replace('intent:', '')),
    el('span.chips', chip(t.alarmCount(n, usual), 'care')),
    el('span.hint', moment(at)));
}

/** @param {string} set @param {string} title */
function askToTry(set, title) {
  const note = area('note', 3, { required: '', maxlength: '1000' });
  note.value = title;
  ask({
    title: t.tryOnShare, action: t.tryOnShare,
    fields: [
      el('p', t.trySure),
      field(t.shareOfConversations, choice('share', SHARES.map((id) => ({ id, title: `${id}%` })), '10')),
      field(t.note, note, t.noteHint),
    ],
    act: async ({ share, note: why }) => {
      const outcome = await publish({ set, note: why.trim(), share: Number(share) });
      if (outcome.outcome !== 'comparing') return t.outcomes[outcome.outcome] ?? outcome.outcome;
      toast(t.tryingNow);
      await show({ isNew: false });
      return '';
    },
  });
}

async function stop() {
  await remove('comparison');
  toast(t.stopped);
  await readSets();
  changed('published');
  await show({ isNew: false });
}
