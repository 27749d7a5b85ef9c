// What each agent can do, as a supervisor sees and sets it: conversations at once, languages, intents.

import { byId, el } from '../shared/dom.js';
import * as service from './service.js';
import { readPresence, state } from './store.js';
import { ask, controlOf, numberField, textField } from './dialogs.js';
import { toast } from './side.js';
import { t } from './texts.js';
import { titleOf } from './words.js';

/** As many as the service lets anybody have. */
const MOST_AT_ONCE = 50;

/** Languages that are offered at a click; any other can be written. The region tells agents nothing. */
const LANGUAGES = ['zh', 'en'];

/** Between names, in whatever way they are written. */
const BETWEEN = /[\s,，、;；]+/;

/** What a row of the wall says of an agent's skills, and the button that sets them. `changed()` hears that they are others now. @param {import('./types.js').Agent} agent @param {() => unknown} changed */
export function skillCells(agent, changed) {
  const { capacity, languages, intents } = agent;
  const set = () => setSkills(agent, changed);
  return [
    String(capacity), languages.map(languageName).join(t.and) || t.anyLanguage, intents.map((id) => titleOf(state.choices.reasons, id)).join(t.and) || t.anyIntent,
    el('button.plain', { type: 'button', 'data-key': agent.id, 'aria-label': `${t.change} · ${t.skillsOf(agent.name)}`, onclick: set }, t.change),
  ];
}

/** @param {import('./types.js').Agent} agent @param {() => unknown} changed */
function setSkills({ id, name, capacity, languages, intents }, changed) {
  ask({
    title: t.skillsOf(name), action: t.save, faults: t.skillFaults,
    fields: [
      numberField('capacity', t.capacity, { value: capacity, least: 1, most: MOST_AT_ONCE, hint: t.capacityHint }),
      namesField('languages', t.skillLanguages, languages, LANGUAGES.map((tag) => ({ id: tag, title: languageName(tag), about: tag })), t.skillLanguagesHint),
      namesField('intents', t.skillIntents, intents, firstParts(), t.skillIntentsHint),
    ],
    act: async ({ capacity: most, languages: spoken = '', intents: known = '' }) => {
      await service.setSkills(id, { capacity: Number(most), languages: namesIn(spoken), intents: namesIn(known) });
      toast(t.skillsKept(name));
      await readPresence();
      await changed();
    },
  });
  byId('dialog').addEventListener('close', () => byId('wall').querySelector(`[data-key="${CSS.escape(id)}"]`)?.focus(), { once: true });
}

/** @param {string} intent */
const firstPart = (intent) => intent.split('.')[0] ?? intent;

/** How the names of intents begin, each with what those are called that begin so. */
function firstParts() {
  const { reasons } = state.choices;
  const firsts = [...new Set(reasons.map(({ id }) => firstPart(id)))];
  return firsts.map((first) => ({ id: first, title: first, about: reasons.filter(({ id }) => firstPart(id) === first).map(({ title }) => title).join(t.and) }));
}

/** @param {string} text */
const namesIn = (text) => text.split(BETWEEN).filter(Boolean);

/**
 * A box for names, and buttons that put the likeliest ones in and take them out.
 *
 * @param {string} name
 * @param {string} label
 * @param {string[]} chosen
 * @param {{ id: string, title: string, about: string }[]} offered
 * @param {string} hint
 */
function namesField(name, label, chosen, offered, hint) {
  const field = textField(name, label, { value: chosen.join(', '), hint });
  const box = controlOf(field);
  const buttons = offered.map(({ id, title, about }) => el('button', { type: 'button', title: about, onclick: () => turn(id) }, title));
  const show = () => buttons.forEach((each, at) => each.setAttribute('aria-pressed', String(namesIn(box.value).includes(offered[at]?.id ?? ''))));
  const turn = (/** @type {string} */ id) => {
    const names = namesIn(box.value);
    box.value = (names.includes(id) ? names.filter((each) => each !== id) : [...names, id]).join(', ');
    box.dispatchEvent(new Event('input', { bubbles: true }));
  };
  box.addEventListener('input', show);
  show();
  field.append(el('div.chips', { role: 'group', 'aria-label': label }, buttons));
  return field;
}

/** What a language is called; a tag that the browser cannot make out stands for itself. @param {string} tag */
function languageName(tag) {
  try {
    return new Intl.DisplayNames(t.tag, { type: 'language' }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}
