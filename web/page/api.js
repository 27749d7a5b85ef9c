// The API as the help page asks it (/api/v1): JSON in and out, and why a request failed.

const PATIENCE_MS = 15000;
const TROUBLE_OF_STATUS = { 400: 'invalid', 413: 'invalid', 422: 'invalid', 429: 'limited', 503: 'busy' };

/** Why a request failed, for a customer: the name of a sentence, and the seconds to wait. */
class Trouble extends Error {
  constructor(kind, seconds) {
    super(kind);
    this.seconds = seconds;
  }

  sentence(t) {
    return this.message === 'limited' ? t.limited(this.seconds) : t[this.message];
  }
}

/** Fetches JSON of the API; posts `body` where there is one. Rejects with Trouble only, also when it takes too long. */
export async function call(path, { body, controller = new AbortController() } = {}) {
  const posted = body && { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
  const patience = setTimeout(() => controller.abort(), PATIENCE_MS);
  try {
    const response = await fetch(`/api/v1/${path}`, { ...posted, signal: controller.signal });
    if (response.ok) return await response.json();
    throw new Trouble(TROUBLE_OF_STATUS[response.status] ?? 'fault', Number(response.headers.get('retry-after')) || 1);
  } catch (error) {
    throw error instanceof Trouble ? error : new Trouble('unreachable');
  } finally {
    clearTimeout(patience);
  }
}

/** Fetches a list; parameters that are undefined are left out. */
export async function listOf(path, parameters, options) {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
  return (await call(`${path}?${new URLSearchParams(given)}`, options)).data;
}
