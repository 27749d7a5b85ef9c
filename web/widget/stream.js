// The stream of a conversation's events, read by fetch: the token goes in a header, where an EventSource would need it in the
// address. When it breaks, it goes on after the last event that was taken.

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30000;

/** The service says something at least every 20 seconds; a connection that is silent for longer is dead. */
const SILENCE_MS = 45000;

/**
 * Whose events are followed, and what becomes of them.
 *
 * @typedef {object} Listener
 * @property {() => { id: string, token: string, after: number }} from
 * @property {(event: import('./types.js').StreamEvent) => void} take
 * @property {(isConnected: boolean, nTries: number) => void} connected
 * @property {() => void} lost There is no such conversation (any more).
 */

/**
 * Follows a conversation until it is stopped.
 *
 * @param {Listener} listener
 * @returns {{ stop: () => void, hurry: () => void }} `hurry`: tries again now.
 */
export function follow(listener) {
  let isStopped = false;
  let nTries = 0;
  let wake = () => {};
  let current = new AbortController();

  async function run() {
    while (!isStopped) {
      current = new AbortController();
      let wait = waitAfter(nTries);
      try {
        await read(current, listener, () => { nTries = 0; });
        wait = FIRST_WAIT_MS * Math.random(); // It ended well: the service restarts, or the token has changed.
      } catch (error) {
        if (error instanceof Lost && !isStopped) return listener.lost();
        if (error instanceof Refused) wait = Math.max(wait, error.seconds * 1000);
      }
      if (isStopped) return;
      nTries += 1;
      listener.connected(false, nTries);
      await new Promise((resolve) => { wake = () => resolve(null); setTimeout(resolve, wait); });
    }
  }

  run();
  return {
    stop: () => { isStopped = true; current.abort(); wake(); },
    hurry: () => { wake(); },
  };
}

/** Twice as long each time, by a random share less, so that not all come back at once. */
const waitAfter = (/** @type {number} */ nTries) =>
  Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** nTries) * (0.5 + Math.random() / 2);

class Lost extends Error {}

class Refused extends Error {
  /** @param {number} seconds */
  constructor(seconds) {
    super('refused');
    this.seconds = seconds;
  }
}

/**
 * @param {AbortController} controller
 * @param {Listener} listener
 * @param {() => void} opened
 */
async function read(controller, listener, opened) {
  const { id, token, after } = listener.from();
  let watchdog = setTimeout(() => controller.abort(), SILENCE_MS);
  try {
    const response = await fetch(`/api/v1/conversations/${id}/events?after=${after}`, {
      headers: { Accept: 'text/event-stream', Authorization: `Bearer ${token}` }, signal: controller.signal, cache: 'no-store',
    });
    // Whose token has changed meanwhile comes again with the new one.
    if ([401, 404].includes(response.status) && token === listener.from().token) throw new Lost();
    if (!response.ok || !response.body) throw new Refused(Number(response.headers.get('retry-after')) || 0);
    opened();
    listener.connected(true, 0);
    const chunks = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    for (;;) {
      const { value, done } = await chunks.read();
      if (done) return;
      clearTimeout(watchdog);
      watchdog = setTimeout(() => controller.abort(), SILENCE_MS);
      const blocks = (text + value).split('\n\n');
      text = blocks.pop() ?? '';
      for (const event of blocks.map(parse)) if (event) listener.take(event);
    }
  } finally {
    clearTimeout(watchdog);
    controller.abort();
  }
}

/**
 * One block of a stream (HTML Standard, 9.2.6): its type and its data; null where it is a comment.
 *
 * @param {string} block
 * @returns {import('./types.js').StreamEvent | null}
 */
export function parse(block) {
  let type = 'message';
  const lines = [];
  for (const line of block.split('\n')) {
    const [, field, value = ''] = /^(\w+):? ?(.*?)\r?$/.exec(line) ?? [];
    if (field === 'event') type = value;
    if (field === 'data') lines.push(value);
  }
  if (!lines.length) return null;
  try {
    const data = JSON.parse(lines.join('\n'));
    // What has no number may come without the frame that the others have.
    return data.type === type && 'data' in data ? data : { type, data };
  } catch {
    return null;
  }
}
