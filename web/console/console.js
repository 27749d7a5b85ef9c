// What the page does on which those who work here sign in: one-time links, signing in and out, one's own password and second
// factor. The page shows one of three cards: a link's, the one to sign in, and one's own account.

import { byId, el, terms } from '../shared/dom.js';
import { TEXT } from './console-texts.js';
import { firstLanguage, keepLanguage, onLanguage, onSubmit, putWords } from '../shared/language.js';

let t;
/** Whoever has signed in, as `GET /auth/session` says it. */
let session = null;
/** A one-time link: the task (`setup` or `join`) and the secret. It stands behind the `#`, which browsers send to nobody. */
let link = linkOf(location.hash);

function linkOf(hash) {
  const [, task, secret] = hash.match(/^#(setup|join)=([\w-]+)$/) ?? [];
  return task && { task, secret };
}

function useLanguage(chosen) {
  t = TEXT[chosen];
  putWords(t, chosen);
  show();
}

// ---- The API ----

const PATIENCE_MS = 15000;

/** Why something was not done, in the reader's language. */
class Refused extends Error {}

const SENTENCES = {
  wrong_credentials: 'wrongCredentials', wrong_proof: 'wrongProof', not_found: 'deadLink', https_required: 'httpsRequired',
  not_ready: 'unavailable', store_unavailable: 'unavailable', overloaded: 'unavailable', internal: 'unavailable',
};

async function call(method, path, body) {
  const headers = { 'Accept-Language': t.tag };
  if (body) headers['Content-Type'] = 'application/json';
  if (session) headers['X-CSRF-Token'] = session.csrf_token;
  const options = { method, headers, body: body && JSON.stringify(body), signal: AbortSignal.timeout(PATIENCE_MS) };
  const response = await fetch(`/api/v1/auth/${path}`, options).catch(() => { throw new Refused(t.unreachable); });
  const answer = await response.json().catch(() => null);
  if (response.ok) return answer;
  throw new Refused(sentence(response, answer));
}

function sentence(response, problem) {
  if (response.status === 429) return t.tooMany(Number(response.headers.get('retry-after')) || 1);
  const messages = problem?.errors?.map(({ message }) => message).join(' ');
  return messages || t[SENTENCES[problem?.code]] || problem?.detail || t.invalid;
}

// Scripts cannot see the session's cookie: this says whether to ask for the session when the page is opened.

const SESSION_KEY = 'yingda.session';

function remember(isSignedIn) {
  try {
    if (isSignedIn) localStorage.setItem(SESSION_KEY, 'yes');
    else localStorage.removeItem(SESSION_KEY);
  } catch { /* one signs in again */ }
}

function mayBeSignedIn() {
  try {
    return localStorage.getItem(SESSION_KEY) !== null;
  } catch {
    return false;
  }
}

// ---- What is shown ----

function show() {
  byId('join').hidden = !link;
  byId('sign-in').hidden = Boolean(link || session);
  byId('account').hidden = Boolean(link || !session);
  if (link) showLink();
  else if (session) showAccount();
}

function showLink() {
  const isFirst = link.task === 'setup';
  byId('join-title').textContent = isFirst ? t.setUp : t.join;
  byId('join-hint').textContent = isFirst ? t.setUpHint : t.joinHint;
  byId('join-button').textContent = isFirst ? t.create : t.save;
  byId('join-name-field').hidden = !isFirst;
  byId('join-name').required = isFirst;
}

function showAccount() {
  const { display_name: name, name: signsInAs, roles, departments, has_second_factor: hasFactor } = session.account;
  byId('who').textContent = name === signsInAs ? name : `${name} (${signsInAs})`;
  byId('about').replaceChildren(terms([
    [t.roles, roles.map((role) => t.roleNames[role] ?? role).join(', ')],
    [t.departments, departments.join(', ') || t.allDepartments],
  ]));
  byId('offer-form').hidden = hasFactor || !byId('confirm-form').hidden;
  byId('remove-form').hidden = !hasFactor;
}

/** Says how it ended; a screen reader says it too. */
function tell(text, isWrong = false) {
  byId('outcome').classList.toggle('wrong', isWrong);
  byId('outcome').replaceChildren(...(text ? [el('p', text)] : []));
}

/** Has a form do something: its button rests meanwhile, and what is refused is told. */
function onForm(form, act) {
  onSubmit(form, async () => {
    const button = byId(form).querySelector('button');
    button.disabled = true;
    tell('');
    try {
      await act();
    } catch (refused) {
      if (!(refused instanceof Refused)) throw refused;
      tell(refused.message, true);
    } finally {
      button.disabled = false;
    }
  });
}

const value = (id) => byId(id).value;
const clear = (...forms) => forms.forEach((form) => byId(form).reset());

// ---- Links, signing in and out ----

/** A link that was used is good for nothing: it should not stay in the address, where others might see it. */
function forgetLink() {
  link = null;
  history.replaceState(null, '', location.pathname);
}

async function takeLink() {
  const password = value('join-password');
  const displayName = value('join-display').trim() || undefined;
  const common = { link: link.secret, password, display_name: displayName };
  const isFirst = link.task === 'setup';
  const name = isFirst ? value('join-name').trim() : undefined;
  const account = isFirst ? await call('POST', 'setup', { ...common, name }) : await call('POST', 'join', common);
  forgetLink();
  clear('join-form');
  if (isFirst) return signIn(name, password);
  byId('name').value = account.name;
  show();
  byId('password').focus();
  return tell(t.joined(account.name));
}

async function signIn(name, password, code) {
  const answer = await call('POST', 'login', { name, password, code });
  if (answer.second_factor_needed) {
    byId('code-field').hidden = false;
    byId('code').focus();
    return tell(t.codeNeeded);
  }
  session = answer;
  remember(true);
  clear('sign-in-form');
  byId('code-field').hidden = true;
  return show();
}

async function signOut() {
  await call('POST', 'logout');
  session = null;
  remember(false);
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
  const { secret, uri } = await call('POST', 'totp', { password: value('offer-password') });
  clear('offer-form');
  byId('secret').textContent = secret.replace(/(.{4})(?=.)/g, '$1 ');
  byId('secret-link').href = uri;
  byId('confirm-form').hidden = false;
  byId('confirm-code').focus();
  show();
}

async function confirmFactor() {
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
  session = await call('GET', 'session');
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
byId('sign-out').addEventListener('click', () => signOut().catch((refused) => tell(refused.message, true)));
addEventListener('hashchange', () => {
  link = linkOf(location.hash);
  show();
});
useLanguage(firstLanguage(TEXT));
if (mayBeSignedIn()) refresh().catch(() => remember(false));
