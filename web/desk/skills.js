// What each agent can do, as a supervisor sees and sets it: conversations at once, languages, intents.

import { byId, el } from '../shared/dom.js';
import * as service from './service.js';
import { readPresence, state } from './store.js';
import { ask, numberField, textField } from './dialogs.js';
import { toast } from './side.js';
import { t } from './texts.js';
import { titleOf } from './words.js';

/** As many as the service lets anybody have. */
const MOST_AT_ONCE = 50;

/** Languages that are offered at a click; any other can be written. The region tells agents nothing. */
const LANGUAGES = ['zh', 'en'];

/** Between names, in whatever way they are written. */
const BETWEEN = /[\s,，、;；]+/;

/** What a row of the wall says of an agent's skills, and the button that sets them. `changed()` hears that they are others now. */
export function skillCells(agent, changed) {
  const { capacity, languages, intents } = agent;
  const set = () => setSkills(agent, changed);
  return [
    String(capacity), languages.map(languageName).join(t.and) || t.anyLanguage, intents.map((id) => titleOf(state.choices.reasons, id)).join(t.and) || t.anyIntent,
    el('button.plain', { type: 'button', 'data-key': agent.id, 'aria-label': `${t.change} · ${t.skillsOf(agent.name)}`, onclick: set }, t.change),
  ];
}

function setSkills({ id, name, capacity, languages, intents }, changed) {
  ask({
    title: t.skillsOf(name), action: t.save, faults: t.skillFaults,
    fields: [
      numberField('capacity', t.capacity, { value: capacity, least: 1, most: MOST_AT_ONCE, hint: t.capacityHint }),
      namesField('languages', t.skillLanguages, languages, LANGUAGES.map((tag) => ({ id: tag, title: languageName(tag), about: tag })), t.skillLanguagesHint),
      namesField('intents', t.skillIntents, intents, firstParts(), t.skillIntentsHint),
    ],
    act: async (values) => {
      await service.setSkills(id, { capacity: Number(values.capacity), languages: namesIn(values.languages), intents: namesIn(values.intents) });
      toast(t.skillsKept(name));
      await readPresence();
      await changed();
    },
  });
  byId('dialog').addEventListener('close', () => byId('wall').querySelector(`[data-key="${CSS.escape(id)}"]`)?.focus(), { once: true });
}

/** How the names of intents begin, each with what those are called that begin so. */
function firstParts() {
  const { reasons } = state.choices;
  const firsts = [...new Set(reasons.map(({ id }) => id.split('.')[0]))];
  return firsts.map((first) => ({ id: first, title: first, about: reasons.filter(({ id }) => id.split('.')[0] === first).map(({ title }) => title).join(t.and) }));
}

const namesIn = (text) => text.split(BETWEEN).filter(Boolean);

/** A box for names, and buttons that put the likeliest ones in and take them out. */
function namesField(name, label, chosen, offered, hint) {
  const field = textField(name, label, { value: chosen.join(', '), hint });
  const box = field.querySelector('input');
  const buttons = offered.map(({ id, title, about }) => el('button', { type: 'button', title: about, onclick: () => turn(id) }, title));
  const show = () => buttons.forEach((each, at) => each.setAttribute('aria-pressed', String(namesIn(box.value).includes(offered[at].id))));
  const turn = (id) => {
    const names = namesIn(box.value);
    box.value = (names.includes(id) ? names.filter((each) => each !== id) : [...names, id]).join(', ');
    box.dispatchEvent(new Event('input', { bubbles: true }));
  };
  box.addEventListener('input', show);
  show();
  field.append(el('div.chips', { role: 'group', 'aria-label': label }, buttons));
  return field;
}

/** What a language is called; a tag that the browser cannot make out stands for itself. */
function languageName(tag) {
  try {
    return new Intl.DisplayNames(t.tag, { type: 'language' }).of(tag);
  } catch {
    return tag;
  }
}
