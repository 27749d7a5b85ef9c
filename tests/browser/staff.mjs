// Those who work here and their customers, as the API knows them: what a test does apart from the page that it looks at.

import assert from 'node:assert/strict';

export const PASSWORD = 'seven herons at dawn';

/** Somebody who has signed in: asks the API with the session's cookie and token. */
export class Staff {
  constructor(url) {
    this.url = url;
    this.headers = { 'Content-Type': 'application/json' };
  }

  async call(method, path, body, expected = [200, 201, 204]) {
    // Whatever the state is that is changed.
    const headers = { ...this.headers, ...(method === 'PATCH' && { 'If-Match': '*' }) };
    const response = await fetch(`${this.url}api/v1/${path}`, { method, headers, body: body && JSON.stringify(body) });
    const text = await response.text();
    assert.ok(expected.includes(response.status), `${method} ${path}: ${response.status} ${text}`);
    const [cookie] = response.headers.getSetCookie();
    if (cookie) this.headers.Cookie = cookie.split(';')[0];
    return text ? JSON.parse(text) : null;
  }

  async signIn(name) {
    const session = await this.call('POST', 'auth/login', { name, password: PASSWORD });
    this.headers['X-CSRF-Token'] = session.csrf_token;
    this.account = session.account;
    return this;
  }
}

/** Makes the first administrator by the printed link, and invites others: `{name: {display_name, roles, departments}}`. */
export async function employ(yingda, people) {
  const admin = new Staff(yingda.url);
  const [, link] = /#setup=([\w-]+)/.exec(yingda.setUp);
  await admin.call('POST', 'auth/setup', { link, name: 'root', password: PASSWORD, display_name: '管理员' });
  await admin.signIn('root');
  for (const [name, person] of Object.entries(people)) {
    const invited = await admin.call('POST', 'admin/users', { name, ...person });
    await new Staff(yingda.url).call('POST', 'auth/join', { link: invited.link.link, password: PASSWORD });
  }
  return admin;
}

/** A customer in a conversation of their own. */
export class Customer {
  static async begin(url, body = {}) {
    const customer = new Customer();
    Object.assign(customer, { url, nSaid: 0, headers: { 'Content-Type': 'application/json' } });
    const { id, token } = await customer.call('POST', 'conversations', body);
    customer.id = id;
    customer.headers.Authorization = `Bearer ${token}`;
    return customer;
  }

  async call(method, path, body) {
    const response = await fetch(`${this.url}api/v1/${path}`, { method, headers: this.headers, body: body && JSON.stringify(body) });
    const text = await response.text();
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
    return text ? JSON.parse(text) : null;
  }

  say(text) {
    this.nSaid += 1;
    return this.call('POST', `conversations/${this.id}/messages`, { text, client_id: `m${this.nSaid}` });
  }

  /** Says something, and asks for a person. */
  async wantsPerson(text) {
    if (text) await this.say(text);
    await this.call('POST', `conversations/${this.id}/handoff`, {});
    return this;
  }

  async sendFile(name, bytes) {
    this.nSaid += 1;
    const path = `conversations/${this.id}/files?${new URLSearchParams({ name, client_id: `f${this.nSaid}` })}`;
    const headers = { ...this.headers, 'Content-Type': 'application/octet-stream' };
    const response = await fetch(`${this.url}api/v1/${path}`, { method: 'POST', headers, body: bytes });
    assert.ok(response.ok, `${name}: ${response.status} ${await response.text()}`);
  }

  /** What was said, with who said it. */
  async heard() {
    const { data } = await this.call('GET', `conversations/${this.id}/messages?limit=200`);
    return data;
  }

  async status() {
    const { data } = await this.call('GET', `conversations/${this.id}/events?limit=200`);
    return data.findLast(({ type }) => type === 'status')?.data.status;
  }
}
