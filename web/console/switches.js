// What is off and what is pinned: in force at once, without a publication.

import { el } from '../shared/dom.js';
import { entryChoices, flows } from './content.js';
import { route, show } from './router.js';
import { get, post, put, remove } from './service.js';
import { may } from './store.js';
import { action, area, ask, choice, field, head, input, nothing, part } from './ui.js';
import { fromLocal, moment, personName, t, toLocal } from './words.js';

/** @typedef {import('./types.js').Switches} Switches */
/** @typedef {{ id: string, title: string }} Choice */

export function startSwitches() {
  route('switches', screen);
}

async function screen() {
  const switches = /** @type {Switches} */ (await get('switches'));
  // Supervisors may stop the bot without reading the drafts: then they type the entry's id.
  const [entries, flows] = may('content.read') ? await Promise.all([entryChoices(), flowChoices()]) : [[], []];
  const title = (/** @type {string} */ id) => entries.find((entry) => entry.id === id)?.title ?? id;
  return [
    head(t.places.switches, { about: t.switchesAbout }),
    bot(switches),
    part(t.entriesOff, el('p.hint', t.entriesOffHint), list(switches.entries_off, title, 'entry'),
      el('div.line', action(t.switchEntryOff, () => askToSwitch('entry', entries), { id: 'entry-off' }))),
    part(t.flowsOff, el('p.hint', t.flowsOffHint), list(switches.flows_off, (id) => id, 'flow'),
      el('div.line', action(t.switchFlowOff, () => askToSwitch('flow', flows), { id: 'flow-off' }))),
    notices(switches, entries, title),
  ];
}

const flowChoices = async () => (await flows()).map((id) => ({ id, title: id }));

/** @param {Switches} switches */
function bot({ bot_off: off }) {
  const text = off ? t.botIsOff(personName(off.by), moment(off.since), off.note ?? '') : t.botIsOn;
  return part(t.bot, el(`p.verdict.${off ? 'bad' : 'good'}`, { id: 'bot' }, text), off
    ? action(t.botOn, () => set({ kind: 'bot', off: false }), { kind: 'primary' })
    : action(t.botOff, () => ask({
      title: t.botOff, action: t.botOff, isCareful: true, fields: [el('p', t.botOffSure), reason()],
      act: ({ note }) => set({ kind: 'bot', off: true, note }),
    }), { kind: 'careful', id: 'bot-off' }));
}

const reason = () => field(t.reason, area('note', 2, { required: '', maxlength: '500' }), t.reasonHint);

/** @param {object} wish */
async function set(wish) {
  await post('switches', wish);
  await show({ isNew: false });
}

/** @param {string[]} off @param {(id: string) => string} title @param {string} kind */
const list = (off, title, kind) => (off.length ? el('ul.chosen', off.map((id) => el('li', { 'data-row': '' }, el('span', title(id), ' ', el('code', id)),
  action(t.switchOn, () => set({ kind, id, off: false }))))) : nothing(t.noneOfThese));

/** @param {'entry' | 'flow'} kind @param {Choice[]} all */
function askToSwitch(kind, all) {
  const titles = { entry: t.switchEntryOff, flow: t.switchFlowOff };
  const options = el('datalist', { id: 'switch-choices' }, all.map(({ id, title }) => el('option', { value: id }, title)));
  ask({
    title: titles[kind], action: titles[kind], isCareful: true,
    fields: [field(kind === 'entry' ? t.entryId : t.flow, input('id', { required: '', list: 'switch-choices' }), t.switchHint), options, reason()],
    act: ({ id, note }) => set({ kind, id: id.trim(), off: true, note }),
  });
}

// ---- Notices ----

/** @param {Switches} switches @param {Choice[]} entries @param {(id: string) => string} title */
function notices({ notices: all }, entries, title) {
  const row = (/** @type {import('./types.js').Notice} */ notice) => el('li.row', { 'data-row': '', tabindex: '0' },
    el('span.name', notice.text['zh-CN']),
    el('span.line', action(t.edit, () => askForNotice(entries, notice)), action(t.takeDown, async () => {
      await remove(`notices/${encodeURIComponent(notice.id)}`);
      await show({ isNew: false });
    })),
    el('span.hint', `${t.until(moment(notice.until))} · ${notice.entries.length ? notice.entries.map(title).join('、') : t.allAnswers}`));
  return part(t.notices, el('p.hint', t.noticesHint), all.length ? el('ul.rows', all.map(row)) : nothing(t.noneOfThese),
    el('div.line', action(t.newNotice, () => askForNotice(entries), { id: 'new-notice' })));
}

/** @param {Choice[]} entries @param {import('./types.js').Notice} [notice] */
function askForNotice(entries, notice) {
  const chinese = area('zh', 3, { required: '', maxlength: '2000', lang: 'zh-CN' });
  const english = area('en', 3, { maxlength: '2000', lang: 'en' });
  const until = input('until', { type: 'datetime-local', required: '' });
  const entry = choice('entry', [{ id: '', title: t.allAnswers }, ...entries], notice?.entries[0] ?? '');
  [chinese.value, english.value] = [notice?.text['zh-CN'] ?? '', notice?.text.en ?? ''];
  if (notice) until.value = toLocal(notice.until);
  ask({
    title: notice ? t.edit : t.newNotice, action: t.putUp,
    fields: [field(t.textIn('zh-CN'), chinese, t.noticeTextHint), field(t.textIn('en'), english), field(t.shownUntil, until), field(t.whichAnswers, entry)],
    act: async (values) => {
      const id = notice?.id ?? `notice-${Date.now().toString(36)}`;
      const text = { 'zh-CN': values.zh, ...(values.en.trim() && { en: values.en }) };
      await put(`notices/${encodeURIComponent(id)}`, { id, entries: values.entry ? [values.entry] : [], text, until: fromLocal(values.until) });
      await show({ isNew: false });
    },
  });
}
