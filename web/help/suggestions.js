// Suggestions while somebody types: a combobox with a listbox (ARIA Authoring Practices). Knows nothing of answers.

import { listOf } from '../shared/api.js';
import { el, say } from '../shared/dom.js';

const N_SUGGESTIONS = 6;
const PAUSE_MS = 150;

/** Whether an input method is composing; Safari says so by the key's code alone. @param {KeyboardEvent} event */
const isComposing = (event) => event.isComposing || event.keyCode === 229;

/** The first part of a text that equals `typed`, marked. @param {string} text @param {string} typed */
function marked(text, typed) {
  const at = text.toLowerCase().indexOf(typed.toLowerCase());
  if (at < 0) return text;
  const end = at + typed.length;
  return [text.slice(0, at), el('mark', text.slice(at, end)), text.slice(end)];
}

/**
 * Makes a box suggest questions and send what is chosen or typed: `choose` gets it. `t` holds the sentences, `languageFor`
 * the language to ask in. Returns what closes the suggestions.
 *
 * @param {HTMLInputElement} box
 * @param {{ t: import('./types.js').Texts, choose: (text: string) => void, languageFor: (text: string) => string | undefined }} settings
 */
export function suggestInto(box, { t, choose, languageFor }) {
  const list = el('ul', { id: 'suggestions', role: 'listbox', 'aria-label': t.suggestions });
  list.hidden = true;
  box.after(list);
  for (const [name, value] of Object.entries({
    role: 'combobox', 'aria-autocomplete': 'list', 'aria-expanded': 'false', 'aria-controls': list.id,
  })) box.setAttribute(name, value);

  let active = -1; // The place of the chosen option; −1 for none.
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let typing = new AbortController(); // Aborted once what was typed is typed over.

  /** @param {Event} event */
  function onType(event) {
    stop();
    if (event instanceof InputEvent && event.isComposing) return;
    if (box.value.trim()) timer = setTimeout(suggest, PAUSE_MS);
    else close();
  }

  function stop() {
    clearTimeout(timer);
    typing.abort();
  }

  async function suggest() {
    const q = box.value.trim();
    const controller = typing = new AbortController();
    const asked = { q, language: languageFor(q), limit: N_SUGGESTIONS };
    const found = await listOf('suggest', asked, { controller }).catch(() => []);
    if (!controller.signal.aborted) show(found, q);
  }

  /** @param {import('./types.js').Found[]} found @param {string} typed */
  function show(found, typed) {
    if (!found.length) return close();
    list.replaceChildren(...found.map(({ question }, place) => option(question, typed, place)));
    list.hidden = false;
    box.setAttribute('aria-expanded', 'true');
    activate(-1);
    say(t.nSuggestions(found.length));
  }

  /** @param {string} question @param {string} typed @param {number} place */
  function option(question, typed, place) {
    const onclick = () => choose(question);
    const onmousedown = (/** @type {Event} */ event) => event.preventDefault(); // The box keeps the focus.
    return el('li', { id: `suggestion-${place}`, role: 'option', onclick, onmousedown }, marked(question, typed));
  }

  function close() {
    stop();
    list.hidden = true;
    list.replaceChildren();
    box.setAttribute('aria-expanded', 'false');
    activate(-1);
  }

  /** @param {number} place */
  function activate(place) {
    active = place;
    [...list.children].forEach((one, at) => one.setAttribute('aria-selected', String(at === place)));
    if (place < 0) return box.removeAttribute('aria-activedescendant');
    box.setAttribute('aria-activedescendant', list.children[place].id);
    list.children[place].scrollIntoView({ block: 'nearest' });
  }

  /** Keys while suggestions are shown; beyond either end lies what was typed. @type {Record<string, () => void>} */
  const keys = {
    ArrowDown: () => activate(active + 1 < list.children.length ? active + 1 : -1),
    ArrowUp: () => activate(active < 0 ? list.children.length - 1 : active - 1),
    Home: () => activate(0),
    End: () => activate(list.children.length - 1),
    Escape: close,
  };

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    const { key } = event;
    if (isComposing(event)) {
      if (key === 'Enter') event.preventDefault(); // Else Safari sends the form.
    } else if (key === 'Enter') {
      event.preventDefault();
      choose(list.children[active]?.textContent ?? box.value);
    } else if (!list.hidden && keys[key] && (active >= 0 || !/Home|End/.test(key))) {
      event.preventDefault();
      keys[key]();
    }
  }

  box.addEventListener('input', onType);
  box.addEventListener('compositionend', onType);
  box.addEventListener('keydown', onKey);
  box.addEventListener('blur', close);
  return close;
}
