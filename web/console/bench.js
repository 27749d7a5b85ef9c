// The test bench: what the bot would say to a question, and why; the draft beside what is live; and what it would have said then.

import { el, showHtml, percent } from '../shared/dom.js';
import { diagnostics } from './diffs.js';
import { explanation } from './explanation.js';
import { route, to } from './router.js';
import { tryOut, why } from './service.js';
import { state, theSet } from './store.js';
import { attempt, busy, chip, choice, field, head, input, link, part } from './ui.js';
import { fromLocal, languageName, moment, t } from './words.js';

/** @typedef {import('./types.js').Turn} Turn */

const CHANNELS = ['web', 'app', 'wechat', 'email', 'phone'];
const AUDIENCES = ['buyer', 'merchant'];
const LANGUAGES = ['zh-CN', 'en', 'zh-TW'];

/** What was asked stays while one goes elsewhere and comes back. @type {Record<string, string>} */
let asked = { question: '', language: 'zh-CN', channel: 'web', audience: 'buyer', at: '' };

export function startBench() {
  route('bench', (_, query) => screen(query));
}

/** @param {URLSearchParams} query */
function screen(query) {
  if (query.get('question')) asked = { ...asked, question: query.get('question') ?? '', language: query.get('language') ?? asked.language };
  const shown = el('div', { id: 'turns', 'aria-live': 'polite' });
  const question = input('question', { type: 'search', required: '', maxlength: '2000', placeholder: t.benchPlaceholder });
  const at = input('at', { type: 'datetime-local' });
  [question.value, at.value] = [asked.question, asked.at];
  const form = /** @type {HTMLFormElement} */ (el(
    'form.card', el('div.fields', field(t.asked, question), el('div.pair',
      field(t.language, choice('language', LANGUAGES.map((id) => ({ id, title: languageName(id) })), asked.language)),
      field(t.channel, choice('channel', CHANNELS.map((id) => ({ id, title: t.channelNames[id] })), asked.channel)),
      field(t.audienceOne, choice('audience', AUDIENCES.map((id) => ({ id, title: t.audienceNames[id] })), asked.audience)),
      field(t.benchAt, at, t.benchAtHint)),
    el('div.line', el('button.primary', { type: 'submit', id: 'ask' }, t.tryQuestion), el('button', { type: 'button', id: 'replay', onclick: () => look(true) }, t.replay))),
  ));
  const look = (/** @type {boolean} */ isReplay) => attempt(async () => {
    if (!form.reportValidity()) return;
    asked = /** @type {Record<string, string>} */ (Object.fromEntries(new FormData(form)));
    if (isReplay && !asked.at) {
      at.focus();
      shown.replaceChildren(el('p.notice', t.replayNeedsTime));
      return;
    }
    shown.replaceChildren(busy());
    shown.replaceChildren(...(isReplay ? await replayed() : await tried()));
  }, (refused) => shown.replaceChildren(el('p.failure', isReplay && refused.status === 404 ? t.nothingThen : why(refused))));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    look(false);
  });
  if (query.get('question')) look(false);
  return [head(t.places.bench, { about: t.benchAbout }), form, shown];
}

const wish = () => ({
  question: asked.question, language: asked.language, channel: asked.channel, audience: asked.audience, at: fromLocal(asked.at) || undefined,
});

async function tried() {
  const set = theSet()?.difference.changes.length ? state.set : null;
  const { live, draft, faults } = /** @type {{ live: Turn, draft: Turn | null, faults: import('./types.js').Diagnostic[] }} */ (
    await tryOut('bench', { set: set ?? undefined, ...wish() })
  );
  const isSame = draft && outcomeOf(live) === outcomeOf(draft) && live.reply.text === draft.reply.text;
  return [
    faults.length > 0 && part(t.draftCannot, diagnostics(faults)),
    draft && el(`p.verdict.${isSame ? 'good' : 'care'}`, isSame ? t.sameAnswer : t.otherAnswer),
    el('div.turns', turn(t.liveNow, live), draft && turn(t.inThisSet, draft)),
  ].filter((node) => node instanceof Node);
}

async function replayed() {
  const { revision, published_at: at, turn: then } = await tryOut('replay', wish());
  return [el('p.verdict.good', t.replayed(moment(fromLocal(asked.at)), revision, moment(at))), el('div.turns', turn(t.saidThen, then))];
}

/** @param {Turn} one */
const outcomeOf = ({ decision, entry, intent }) => `${decision} ${entry ?? intent ?? ''}`;

/** @param {string} title @param {Turn} one */
function turn(title, one) {
  const { decision, entry, intent, confidence, reply, candidates } = one;
  return part(title,
    el('div.chips', chip(t.decisions[decision] ?? decision, decision === 'answer' ? 'good' : 'care'), chip(t.sureOf(percent(confidence)), 'info'),
      entry && link(to('entry', entry), candidates.find((candidate) => candidate.entry === entry)?.question ?? entry), intent && el('code', intent)),
    el('div.bubble', { lang: reply.language }, showHtml(reply)),
    reply.quick_replies.length > 0 && el('div.chips', reply.quick_replies.map(({ label }) => el('span.chip', label))),
    candidates.length > 0 && el('div', el('h4', t.candidates), el('ol.adds', candidates.map((candidate) =>
      el('li', link(to('entry', candidate.entry), candidate.question), percent(candidate.confidence), track(candidate.confidence))))),
    one.explanation && explanation(one.explanation, candidates));
}

/** @param {number} share */
function track(share) {
  const fill = el('span.fill');
  fill.style.width = percent(share);
  return el('span.track', { 'aria-hidden': 'true' }, fill);
}
