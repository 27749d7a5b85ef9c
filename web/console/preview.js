// What customers will see of an entry: by channel and language, for whom, and at which instant. Made-up values are red.

import { el, showHtml } from '../shared/dom.js';
import { filesOf } from './content.js';
import { post, why } from './service.js';
import { state } from './store.js';
import { attempt, choice, field, input, later } from './ui.js';
import { VARIABLES, readVariables, valueIn } from './variables-file.js';
import { fromLocal, t } from './words.js';

/** @typedef {import('./types.js').Preview} Preview */

const SOON_MS = 350;
const CHANNELS = ['web', 'app', 'wechat', 'email', 'phone'];
const AUDIENCES = ['buyer', 'merchant'];

/** Shorter than this, a made-up value would colour what is not one. */
const SHORTEST_MARKED = 2;

/** @param {() => import('./types.js').EntryDocument} entryOf */
export function startPreview(entryOf) {
  const soon = later(SOON_MS);
  let language = 'zh-CN';
  let nAsked = 0;
  const shown = el('div', { 'aria-live': 'polite' });
  const channel = choice('', CHANNELS.map((id) => ({ id, title: t.channelNames[id] })), 'web');
  const audience = choice('', AUDIENCES.map((id) => ({ id, title: t.audienceNames[id] })), 'buyer');
  const at = input('', { type: 'datetime-local' });
  const refresh = () => soon(() => {
    nAsked += 1;
    const mine = nAsked;
    attempt(async () => {
      const wish = {
        set: state.set ?? undefined, entry: entryOf(), language, channel: channel.value, audience: audience.value, at: fromLocal(at.value) || undefined,
      };
      const preview = await post('preview', wish);
      if (mine === nAsked && shown.isConnected) shown.replaceChildren(...await content(preview, language));
    }, (refused) => { if (mine === nAsked) shown.replaceChildren(el('p.hint', why(refused))); });
  });
  for (const control of [channel, audience, at]) control.addEventListener('input', refresh);
  const element = el('div.card', { id: 'preview' }, el('h3', t.preview),
    el('div.pair', field(t.channel, channel), field(t.audienceOne, audience), field(t.asOf, at)), shown);
  const speak = (/** @type {string} */ chosen) => {
    language = chosen;
    refresh();
  };
  return { element, refresh, speak };
}

/** @param {Preview} preview @param {string} language */
async function content({ is_shown: isShown, why: reasons, reply, samples }, language) {
  const answer = el('div.bubble', { lang: reply.language }, showHtml(reply));
  if (samples.length) markSamples(answer, await sampleValues(samples, language));
  return [
    isShown ? el('p.unseen', t.isShown) : el('p.notice', t.isNotShown(reasons.map((reason) => t.hiddenBecause[reason] ?? reason))),
    answer,
    el('div.chips', reply.links.map(({ label, href }) => el('a.chip', { href, target: '_blank', rel: 'noopener noreferrer' }, label)),
      reply.quick_replies.map(({ label }) => el('span.chip.info', label))),
    samples.length ? el('p.hint', t.samplesIn, samples.flatMap((name) => [' ', el('code.sample', `{{${name}}}`)])) : null,
  ].filter((node) => node !== null);
}

/** @param {string[]} names @param {string} language */
async function sampleValues(names, language) {
  const text = (await filesOf(state.set)).get(VARIABLES) ?? '';
  const all = readVariables(text).filter(({ name }) => names.includes(name)).map((variable) => valueIn(variable, language));
  return all.filter((value) => value.length >= SHORTEST_MARKED || /^\d+$/.test(value)).sort((a, b) => b.length - a.length);
}

/** Colours values where they stand in a text. @param {Element} root @param {string[]} values */
function markSamples(root, values) {
  if (!values.length) return;
  const pattern = new RegExp(values.map((value) => value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'), 'g');
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const nodes = [];
  while (walker.nextNode()) nodes.push(/** @type {Text} */ (walker.currentNode));
  for (const node of nodes) {
    const parts = [];
    let from = 0;
    for (const match of node.data.matchAll(pattern)) {
      parts.push(node.data.slice(from, match.index), el('mark.sample', { title: t.sampleValue }, match[0]));
      from = match.index + match[0].length;
    }
    if (from) node.replaceWith(...parts, node.data.slice(from));
  }
}

