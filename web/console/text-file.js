// A file of the content, as a form or as text with line numbers, with what the check says of it and what such a file holds. The form
// writes into the text: what is saved, kept and put beside a colleague's change is the text in either case.

import { el } from '../shared/dom.js';
import { departmentChoices, entryChoices, flows, intents } from './content.js';
import { drawForm } from './form.js';
import { forgetKept, keep, reopenFile, saveFile } from './open-file.js';
import { go, to } from './router.js';
import { formOf, get, removeFile, why } from './service.js';
import { edited, may, state } from './store.js';
import { action, ask, attempt, chip, head, later, link, part, toast } from './ui.js';
import { faultTitle, t } from './words.js';

/** @typedef {import('./types.js').Diagnostic} Diagnostic */
/** @typedef {import('./types.js').FileForm} FileForm */
/** @typedef {import('./open-file.js').Open} Open */
/** @typedef {{ element: HTMLElement, refresh: (faults: Diagnostic[]) => void, jump?: (fault: Diagnostic) => void }} View One way to look at a file. */

const SOON_MS = 200;

const soon = later(SOON_MS);

/** Which of both is shown: what was chosen last. */
const chosen = { isText: false };

/** Sorts that have a table of their own, or nothing but texts. */
const TEXT_ONLY = ['variables', 'questions', 'other'];

/** @param {string} path @param {string} sort */
export async function fileScreen(path, sort) {
  const { open, isRestored } = await reopenFile(path, sort);
  const found = el('div', { id: 'faults', tabindex: '-1' });
  const notice = el('p.notice', { id: 'unsaved', role: 'status' });
  const place = el('div', { id: 'file' });
  /** @type {View} */
  let view;
  /** @type {Diagnostic[]} */
  let faults = [];
  const changed = () => {
    keep(open);
    notice.textContent = open.text === open.base ? '' : `${t.unsaved} ${path}`;
    view.refresh(faults);
  };
  const writing = writer(open, changed);
  const showText = () => {
    view = textView(open, changed);
    place.replaceChildren(view.element);
    view.refresh(faults);
  };
  const showForm = async () => {
    const answer = await formOf({ path, text: open.text });
    view = { element: await formView(answer, writing), refresh: () => {} };
    place.replaceChildren(view.element);
  };
  /** Shows the form where there is one and it is wanted; says whether the text stands instead though the form was wanted. */
  const draw = async () => {
    if (chosen.isText || TEXT_ONLY.includes(sort)) return showText();
    return attempt(showForm, (refused) => {
      showText();
      if (!isNewAndEmpty(open)) toast(`${t.noForm} ${why(refused)}`, 'wrong');
    });
  };
  const check = async () => {
    const { data } = /** @type {{ data: Diagnostic[] }} */ (await get('check', { set: state.set }));
    faults = data.filter(({ file }) => file === path);
    found.replaceChildren(...faultList(faults, data.length - faults.length, async (fault) => {
      if (!view.jump) {
        chosen.isText = true;
        await settle();
        sides.show();
      }
      view.jump?.(fault);
    }));
    view.refresh(faults);
  };
  const settle = () => writing.settle();
  const save = async () => {
    if (!await settle()) return;
    if (await saveFile(open, draw)) await check();
    changed();
  };
  const sides = switchOf(async (isText) => {
    if (!await settle()) return;
    chosen.isText = isText;
    await draw();
  }, showText);
  await draw();
  changed();
  attempt(check, () => {});
  const saveButton = action(t.save, save, { kind: 'primary', id: 'save', title: 'Ctrl+S' });
  saveButton.dataset.key = 'save';
  const mayEdit = may('content.edit');
  return [
    head(t.sorts[sort] ?? path, {
      about: el('code', path),
      actions: [!TEXT_ONLY.includes(sort) && sides.element, link(to('content'), t.back, 'button'), mayEdit && open.etag !== '' && action(t.removeFile, () => askToRemove(open)), mayEdit && saveButton],
    }),
    notice, isRestored && el('p.notice', t.restored),
    el('div.writing', el('div', place, found), el('aside.help-text.card', { 'aria-label': t.whatItHolds }, el('h3', t.whatItHolds), help(sort))),
  ];
}

/** @param {Open} open */
const isNewAndEmpty = (open) => !open.etag && !open.text;

/** The two ways to look at a file. @param {(isText: boolean) => Promise<unknown>} choose @param {() => void} showText */
function switchOf(choose, showText) {
  const side = (/** @type {string} */ title, /** @type {boolean} */ isText) => action(title, async () => {
    await choose(isText);
    mark();
  }, { id: isText ? 'as-text' : 'as-form' });
  const buttons = [side(t.asForm, false), side(t.asText, true)];
  const mark = () => buttons.forEach((button, at) => button.setAttribute('aria-pressed', String(chosen.isText === Boolean(at))));
  mark();
  return {
    element: el('div.line', { role: 'group', 'aria-label': t.howShown }, buttons),
    show: () => {
      showText();
      mark();
    },
  };
}

// ---- The form ----

/**
 * Puts what a form holds into the file's text, one change after the other.
 *
 * @param {Open} open
 * @param {() => void} changed
 */
function writer(open, changed) {
  /** @type {{ value: () => any, body: () => string | null } | null} What is to be written. */
  let waiting = null;
  let isGood = true;
  let writing = Promise.resolve();
  const wrong = el('p.wrong', { role: 'alert' });
  const write = async () => {
    if (!waiting) return;
    const form = waiting;
    waiting = null;
    isGood = await attempt(async () => {
      open.text = (await formOf({ path: open.path, text: open.text, value: form.value(), body: form.body() })).text;
      wrong.textContent = '';
      changed();
    }, (refused) => { wrong.textContent = `${t.notWritten} ${why(refused)}`; });
  };
  return {
    wrong,
    /** @param {{ value: () => any, body: () => string | null }} form */
    write: (form) => {
      waiting = form;
      soon(() => { writing = writing.then(write); });
    },
    /** Waits until nothing is left to write; says whether the text holds what the form does. */
    settle: async () => {
      writing = writing.then(write);
      await writing;
      return isGood;
    },
  };
}

/** @param {FileForm} answer @param {ReturnType<typeof writer>} writing */
async function formView(answer, writing) {
  const [departments, intentNames, flowNames, entries] = await Promise.all([departmentChoices(), intents(), flows(), entryChoices()]);
  const named = (/** @type {string[]} */ names) => names.map((id) => ({ id, title: '' }));
  const form = drawForm(answer, {
    isReadOnly: !may('content.edit'),
    references: {
      department: departments, escalate_to: departments, to: departments, handoff: departments, intent: named(intentNames), flow: named(flowNames), entry: entries,
    },
    onChange: () => writing.write(form),
  });
  return el('div.card', { id: 'form' }, form.element, writing.wrong);
}

// ---- The text ----

/** @param {Open} open @param {() => void} changed @returns {View} */
function textView(open, changed) {
  const area = /** @type {HTMLTextAreaElement} */ (el('textarea', { 'aria-label': open.path, spellcheck: 'false', wrap: 'off', 'data-file': open.path }));
  area.value = open.text;
  area.readOnly = !may('content.edit');
  const numbers = el('div.numbers', { 'aria-hidden': 'true' });
  area.addEventListener('input', () => {
    open.text = area.value;
    soon(changed);
  });
  area.addEventListener('scroll', () => { numbers.scrollTop = area.scrollTop; });
  return {
    element: el('div.code', numbers, area),
    refresh: (faults) => {
      if (area.value !== open.text) area.value = open.text;
      showNumbers(numbers, open.text, faults);
      numbers.scrollTop = area.scrollTop;
    },
    jump: ({ line }) => {
      const lines = area.value.split('\n');
      const start = lines.slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0);
      area.focus();
      area.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
      area.scrollTop = Math.max(0, (line - 5) * (area.scrollHeight / lines.length));
    },
  };
}

/** @param {HTMLElement} numbers @param {string} text @param {Diagnostic[]} faults */
function showNumbers(numbers, text, faults) {
  // An error is the last to mark its line: it counts for more than a warning.
  const worst = faults.toSorted((a, b) => Number(a.severity === 'error') - Number(b.severity === 'error'));
  const marks = new Map(worst.map(({ line, severity }) => [line, severity === 'error' ? 'bad' : 'care']));
  const n = text.split('\n').length;
  numbers.replaceChildren(...Array.from({ length: n }, (_, at) => el(/** @type {'div'} */ (`div${marks.has(at + 1) ? `.${marks.get(at + 1)}` : ''}`), String(at + 1))));
}

/** @param {Diagnostic[]} faults @param {number} nElsewhere @param {(fault: Diagnostic) => void} jump */
function faultList(faults, nElsewhere, jump) {
  const items = faults.map((fault) => el('li', { 'data-row': '' }, el('button', { type: 'button', onclick: () => jump(fault) },
    chip(t.severities[fault.severity], fault.severity === 'error' ? 'bad' : 'care'), ` ${t.lineOf(fault.line)} `, faultTitle(fault),
    el('p.hint', fault.message, fault.hint ? ` (${fault.hint})` : ''))));
  const elsewhere = nElsewhere ? [el('p.hint', t.faultsElsewhere(nElsewhere), ' ', link(to('changes'), t.places.changes))] : [];
  if (!items.length) return [el('p.verdict.good', t.fileGood), ...elsewhere];
  return [part(t.check, el('ul.faults', items)), ...elsewhere];
}

/** What a file of this sort holds, with an example. @param {string} sort */
function help(sort) {
  const { text = '', example = '' } = t.sortsHelp[sort] ?? {};
  return el('div.help-text', text.split('\n').map((/** @type {string} */ line) => el('p', line)), example && el('pre', { tabindex: '0' }, example));
}

/** @param {Open} open */
function askToRemove(open) {
  ask({
    title: t.removeFile, action: t.removeFile, isCareful: true, fields: [el('p', t.removeFileSure(open.path))],
    act: async () => {
      await removeFile(open.path, open.etag, state.set);
      forgetKept(open.path);
      await edited(state.set);
      toast(t.removed);
      go('content');
    },
  });
}
