// Shortcuts of one key, and the sheet that lists them. They can be switched off, and rest while one writes.

import { byId, el } from '../shared/dom.js';
import { isKept, keep } from '../shared/kept.js';
import { alerts, setAlert } from './alerts.js';
import { write } from './composer.js';
import { claim, giveBack, resolve, takeNext, transfer } from './conversation.js';
import { isAsking, tell } from './dialogs.js';
import { lookUp } from './knowledge.js';
import { chooseView, step } from './list.js';
import { openPhoneCase } from './phone.js';
import { showPane } from './side.js';
import { state } from './store.js';
import { t } from './texts.js';

const KEY = 'yingda.desk.keys';

/** @type {Record<string, () => unknown>} */
const ACTS = {
  j: () => step(1), k: () => step(-1), n: takeNext, c: claim, r: () => write('reply'), m: () => write('note'), t: transfer, e: resolve, b: giveBack,
  s: lookUp, o: openPhoneCase, 1: () => chooseView('mine'), 2: () => chooseView('waiting'), 3: () => chooseView('open'), 4: () => chooseView('closed'),
  '?': showSheet,
};

let isOn = isKept(KEY, true);

export function startKeys() {
  byId('help').addEventListener('click', showSheet);
  addEventListener('keydown', onKey);
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (!state.session || isAsking() || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  // A dialog that has closed holds the focus until the browser draws again.
  const isIn = event.target instanceof Element && event.target.closest('input, textarea, select') && !event.target.closest('dialog:not([open])');
  if (event.key === 'Escape') {
    if (isIn) byId('log').focus();
    else showPane('list');
    return;
  }
  const act = ACTS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!isOn || isIn || !act) return;
  event.preventDefault();
  act();
}

function showSheet() {
  const keys = Object.entries(t.keyNames).sort(([a], [b]) => Number(a > '9') - Number(b > '9'));
  const list = el('dl.keys', keys.map(([key, name]) => el('div', el('dt', el('kbd', key.length === 1 ? key.toUpperCase() : key)), el('dd', name))));
  tell({
    title: t.help,
    content: [list, el('fieldset', el('legend', t.settings),
      tick(t.singleKeys, isOn, setKeys),
      tick(t.sound, alerts.sound, (isChosen) => setAlert('sound', isChosen)),
      tick(t.notify, alerts.notify, (isChosen) => setAlert('notify', isChosen), t.notifyRefused))],
  });
}

/** A box that switches something on; `refused` says why it stays off. @param {string} label @param {boolean} isChosen @param {(isChosen: boolean) => boolean | Promise<boolean>} set */
function tick(label, isChosen, set, refused = '') {
  const outcome = el('span.wrong', { role: 'status' });
  const box = el('input', { type: 'checkbox', onchange: async () => {
    const isWished = box.checked;
    box.checked = await set(isWished);
    outcome.textContent = isWished && !box.checked ? refused : '';
  } });
  box.checked = isChosen;
  return el('label.tick', box, label, ' ', outcome);
}

/** @param {boolean} isChosen */
function setKeys(isChosen) {
  isOn = keep(KEY, isChosen);
  return isOn;
}
