// The console: who has signed in, the navigation, the change set that is worked in, and the screens. Signing in is the door's
// business (console.js). A small client of plain modules over the API.

import { byId, el } from '../shared/dom.js';
import { firstLanguage, onLanguage, putWords } from '../shared/language.js';
import { call, theSession } from '../shared/staff.js';
import './console.js';
import { startBench } from './bench.js';
import { startChanges } from './changes.js';
import { startComparing } from './comparing.js';
import { grouped } from './diffs.js';
import { startEntries } from './entries.js';
import { startEntry } from './entry.js';
import { startHistory } from './history.js';
import { startKeys, PLACES } from './keys.js';
import { startLearning } from './learning.js';
import { startOther } from './other.js';
import { startSwitches } from './switches.js';
import { startTransfer } from './transfer.js';
import { go, show } from './router.js';
import { post } from './service.js';
import { changed, forget, may, me, on, readSets, state, theSet, useSet } from './store.js';
import { ask, attempt, field, input, isAsking } from './ui.js';
import { TEXT, meet, t, useTexts } from './words.js';

/** What a screen needs of those who open it. @type {Record<string, string>} */
const NEEDS = { learning: 'questions.read', switches: 'content.switch' };

const NEW = 'new';

const REPORTS = '/api/v1/admin/reports/usage?format=html';

/** The account whose screens are shown. @type {string | null} */
let shownFor = null;

const isAccount = () => /^#\/?account/.test(location.hash);

/** Whether the console has anything for whoever has signed in. */
const isOurs = () => Boolean(theSession()?.account) && PLACES.some((place) => maySee(place));

/** @param {string} place */
const maySee = (place) => may(NEEDS[place] ?? 'content.read');

async function enter() {
  const isInside = isOurs() && !isAccount() && byId('join').hidden;
  byId('shell').hidden = byId('tools').hidden = !isInside;
  byId('door').hidden = byId('foot').hidden = isInside;
  byId('what').hidden = isOurs();
  byId('own').hidden = !isOurs();
  if (!isOurs()) {
    shownFor = null;
    forget();
    return;
  }
  const account = me();
  byId('me').textContent = account?.display_name;
  byId('me').title = t.account;
  if (!isInside || !account) return;
  const isNew = shownFor !== account.id;
  shownFor = account.id;
  if (isNew) {
    showNavigation();
    await attempt(async () => { if (may('content.read')) await readSets(); }, () => {});
    await attempt(async () => meet(/** @type {{ data: { id: string, display_name: string }[] }} */ (await call('GET', 'staff/names')).data), () => {});
  }
  if (!location.hash.startsWith('#/') && !maySee('entries')) go(/** @type {string} */ (PLACES.find(maySee)));
  else await show();
}

function showNavigation() {
  const items = PLACES.filter(maySee).map((place) => el('a', { href: `#/${place}`, 'data-place': place },
    el('span', t.places[place]), el('kbd', { 'aria-hidden': 'true' }, String(PLACES.indexOf(place) + 1))));
  // A page of its own, to read and to print.
  if (may('desk.supervise')) items.push(el('a', { href: REPORTS }, el('span', t.reports)));
  byId('nav').replaceChildren(...items);
}

// ---- The change set that is worked in ----

function showSet() {
  const own = state.sets.filter(({ created_by: by }) => by === me()?.id);
  const others = state.sets.filter((set) => !own.includes(set));
  const option = (/** @type {import('./types.js').Draft} */ { id, title }) => el('option', { value: id }, title);
  const group = (/** @type {string} */ label, /** @type {import('./types.js').Draft[]} */ sets) =>
    sets.length > 0 && el('optgroup', { label }, sets.map(option));
  const none = !own.length && el('option', { value: '' }, may('content.edit') ? t.noSetYet : t.liveOnly);
  const parts = [none, group(t.ownSets, own), group(t.othersSets, others), may('content.edit') && el('option', { value: NEW }, t.newSet)];
  byId('set').replaceChildren(.../** @type {Node[]} */ (parts.filter(Boolean)));
  byId('set').value = state.set ?? '';
  const n = grouped(theSet()?.difference.changes ?? []).length;
  byId('to-changes').textContent = t.nChanges(n);
  byId('to-changes').classList.toggle('primary', n > 0);
}

byId('set').addEventListener('change', async () => {
  const chosen = byId('set').value;
  showSet();
  if (chosen === NEW) return beginSet();
  await attempt(() => useSet(chosen || null));
  return show({ isNew: false });
});

export function beginSet() {
  ask({
    title: t.newSet, action: t.begin, fields: [field(t.setTitle, input('title', { required: '', maxlength: '200' }), t.setTitleHint)],
    act: async ({ title }) => {
      const { id } = await post('sets', { title });
      await useSet(id);
      await show({ isNew: false });
    },
  });
}

// ---- The start ----

/** @param {string} chosen */
function useLanguage(chosen) {
  useTexts(chosen);
  putWords(t, chosen);
  changed('language');
  if (!shownFor) return;
  showNavigation();
  showSet();
  if (!byId('shell').hidden) show({ isNew: false });
}

byId('skip').addEventListener('click', (/** @type {Event} */ event) => {
  event.preventDefault();
  (byId('shell').hidden ? byId('door').querySelector('input:not([hidden])') : byId('view'))?.focus();
});
document.addEventListener('session', enter);
// The door hears of a new address too, and says so: then the screen is shown.
addEventListener('hashchange', () => { if (isAsking()) byId('dialog').close(); });
on('sets', showSet);
onLanguage(useLanguage);
for (const start of [
  startEntries, startEntry, startBench, startChanges, startLearning, startOther, startSwitches, startHistory, startComparing, startTransfer, startKeys,
]) start();
useLanguage(firstLanguage(TEXT));
enter();
