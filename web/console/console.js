// What the page does on which those who work here sign in: one-time links, signing in and out, one's own password and second
// factor. The page shows one of three cards: a link's, the one to sign in, and one's own account.

import { byId, el, terms } from '../shared/dom.js';
import { TEXT } from './console-texts.js';
import { firstLanguage, keepLanguage, onLanguage, onSubmit, putWords } from '../shared/language.js';
import {
  Refused, call as ask, mayBeSignedIn, refresh as askWho, remember, sentence, signIn as sendName, signOut as leave, speak, theSession,
} from '../shared/staff.js';

/** @typedef {import('../shared/staff.js').Account} Account */

/** @type {Record<string, typeof TEXT.zh>} */
const TEXTS = TEXT;

let t = TEXT.zh;

/**
 * @template [T=unknown]
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<T>}
 */
const call = (method, path, body) => ask(method, `auth/${path}`, body);

/** A one-time link: the task (`setup` or `join`) and the secret. It stands behind the `#`, which browsers send to nobody. */
let link = linkOf(location.hash);

/** @param {string} hash */
function linkOf(hash) {
  const [, task, secret] = hash.match(/^#(setup|join)=([\w-]+)$/) ?? [];
  return task && secret ? { task, secret } : null;
}

/** @param {string} chosen */
function useLanguage(chosen) {
  t = TEXTS[chosen] ?? TEXT.zh;
  speak(t.tag);
  putWords(t, chosen);
  show();
}

// ---- What is shown ----

function show() {
  byId('join').hidden = !link;
  byId('sign-in').hidden = Boolean(link || theSession());
  byId('account').hidden = Boolean(link || !theSession());
  const account = theSession()?.account;
  if (link) showLink(link);
  else if (account) showAccount(account);
  document.dispatchEvent(new Event('session'));
}

/** @param {{ task: string }} link */
function showLink({ task }) {
  const isFirst = task === 'setup';
  byId('join-title').textContent = isFirst ? t.setUp : t.join;
  byId('join-hint').textContent = isFirst ? t.setUpHint : t.joinHint;
  byId('join-button').textContent = isFirst ? t.create : t.save;
  byId('join-name-field').hidden = !isFirst;
  byId('join-name').required = isFirst;
}

/** @param {Account} account */
function showAccount({ display_name: name, name: signsInAs, roles, departments, has_second_factor: hasFactor }) {
  byId('who').textContent = name === signsInAs ? name : `${name} (${signsInAs})`;
  byId('about').replaceChildren(terms([
    [t.roles, roles.map((role) => t.roleNames[role] ?? role).join(', ')],
    [t.departments, departments.join(', ') || t.allDepartments],
  ]));
  byId('offer-form').hidden = hasFactor || !byId('confirm-form').hidden;
  byId('remove-form').hidden = !hasFactor;
}

/** Says how it ended; a screen reader says it too. @param {string} text */
function tell(text, isWrong = false) {
  byId('outcome').classList.toggle('wrong', isWrong);
  byId('outcome').replaceChildren(...(text ? [el('p', text)] : []));
}

/** Has a form do something: its button rests meanwhile, and what is refused is told. @param {string} form @param {() => unknown} act */
function onForm(form, act) {
  onSubmit(form, async () => {
    const button = byId(form).querySelector('button');
    button.disabled = true;
    tell('');
    try {
      await act();
    } catch (refused) {
      if (!(refused instanceof Refused)) throw refused;
      tell(sentence(refused, t), true);
    } finally {
      button.disabled = false;
    }
  });
}

/** @param {string} id @returns {string} */
const value = (id) => byId(id).value;
/** @param {string[]} forms */
const clear = (...forms) => forms.forEach((form) => byId(form).reset());

// ---- Links, signing in and out ----

/** A link that was used is good for nothing: it should not stay in the address, where others might see it. */
function forgetLink() {
  link = null;
  history.replaceState(null, '', location.pathname);
}

async function takeLink() {
  if (!link) return;
  const password = value('join-password');
  const displayName = value('join-display').trim() || undefined;
  const common = { link: link.secret, password, display_name: displayName };
  const isFirst = link.task === 'setup';
  const name = isFirst ? value('join-name').trim() : undefined;
  /** @type {Account} */
  const account = isFirst ? await call('POST', 'setup', { ...common, name }) : await call('POST', 'join', common);
  forgetLink();
  clear('join-form');
  if (name !== undefined) return signIn(name, password);
  byId('name').value = account.name;
  show();
  byId('password').focus();
  return tell(t.joined(account.name));
}

/** @param {string} name @param {string} password @param {string} [code] */
async function signIn(name, password, code) {
  if (!(await sendName(name, password, code))) {
    byId('code-field').hidden = false;
    byId('code').focus();
    return tell(t.codeNeeded);
  }
  clear('sign-in-form');
  byId('code-field').hidden = true;
  return show();
}

async function signOut() {
  await leave();
  clear('password-form', 'offer-form', 'confirm-form', 'remove-form');
  byId('confirm-form').hidden = byId('recovery').hidden = true;
  byId('recovery-codes').replaceChildren();
  show();
  tell(t.signedOut);
}

// ---- One's own account ----

async function changePassword() {
  await call('POST', 'password', { current: value('current'), new: value('new') });
  clear('password-form');
  tell(t.passwordChanged);
}

async function offerFactor() {
  /** @type {{ secret: string, uri: string }} */
  const { secret, uri } = await call('POST', 'totp', { password: value('offer-password') });
  clear('offer-form');
  byId('secret').textContent = secret.replace(/(.{4})(?=.)/g, '$1 ');
  byId('secret-link').href = uri;
  byId('confirm-form').hidden = false;
  byId('confirm-code').focus();
  show();
}

async function confirmFactor() {
  /** @type {{ recovery_codes: string[] }} */
  const { recovery_codes: codes } = await call('POST', 'totp/confirm', { code: value('confirm-code') });
  clear('confirm-form');
  byId('confirm-form').hidden = true;
  byId('secret').textContent = '';
  byId('recovery').hidden = false;
  byId('recovery-codes').replaceChildren(...codes.map((code) => el('li', code)));
  await refresh();
}

async function removeFactor() {
  await call('DELETE', 'totp', { password: value('remove-password'), code: value('remove-code') });
  clear('remove-form');
  byId('recovery').hidden = true;
  await refresh();
  tell(t.secondFactorIsOff);
}

async function refresh() {
  await askWho();
  show();
}

// ---- The start ----

onLanguage((chosen) => {
  keepLanguage(chosen);
  useLanguage(chosen);
});
onForm('join-form', takeLink);
onForm('sign-in-form', () => signIn(value('name').trim(), value('password'), value('code').trim() || undefined));
onForm('password-form', changePassword);
onForm('offer-form', offerFactor);
onForm('confirm-form', confirmFactor);
onForm('remove-form', removeFactor);
byId('sign-out').addEventListener('click', () => signOut().catch((refused) => tell(sentence(refused, t), true)));
addEventListener('hashchange', () => {
  link = linkOf(location.hash);
  show();
});
useLanguage(firstLanguage(TEXT));
if (mayBeSignedIn()) refresh().catch(() => remember(false));
