// The stream of news, read by fetch: what to look at again. When it breaks, it begins anew, and everything is read once more.

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10000;

/** The service says something at least every 20 seconds; a connection that is silent for longer is dead. */
const SILENCE_MS = 45000;

/** @typedef {(type: string, data: import('./types.js').News) => void} Take */

/**
 * Listens until it is stopped. `take(type, data)` gets each piece of news, `connected(isConnected)` hears how the line is, `ended`
 * that the session is over.
 *
 * @param {{ take: Take, connected: (isConnected: boolean) => void, ended: () => void }} who
 */
export function listen({ take, connected, ended }) {
  let isStopped = false;
  let nTries = 0;
  let wake = () => {};
  let current = new AbortController();

  async function run() {
    while (!isStopped) {
      current = new AbortController();
      try {
        await read(current, take, () => {
          nTries = 0;
          connected(true);
        });
      } catch (error) {
        if (error instanceof Error && error.message === 'ended' && !isStopped) return ended();
      }
      if (isStopped) return;
      connected(false);
      const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** nTries) * (0.5 + Math.random() / 2);
      nTries += 1;
      await /** @type {Promise<void>} */ (new Promise((resolve) => { wake = resolve; setTimeout(resolve, wait); }));
    }
  }

  run();
  return {
    stop: () => { isStopped = true; current.abort(); wake(); },
    hurry: () => wake(),
  };
}

/** @param {AbortController} controller @param {Take} take @param {() => void} opened */
async function read(controller, take, opened) {
  let watchdog = setTimeout(() => controller.abort(), SILENCE_MS);
  try {
    const headers = { Accept: 'text/event-stream' };
    const response = await fetch('/api/v1/desk/events', { headers, signal: controller.signal, cache: 'no-store' });
    if ([401, 403].includes(response.status)) throw new Error('ended');
    if (!response.ok || !response.body) throw new Error('refused');
    opened();
    const chunks = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    for (;;) {
      const { value, done } = await chunks.read();
      if (done) return;
      clearTimeout(watchdog);
      watchdog = setTimeout(() => controller.abort(), SILENCE_MS);
      const blocks = (text + value).split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) tell(block, take);
    }
  } finally {
    clearTimeout(watchdog);
    controller.abort();
  }
}

/** One block of a stream: `event:` names it, `data:` holds JSON; comments keep the line alive. @param {string} block @param {Take} take */
function tell(block, take) {
  const field = (/** @type {string} */ name) => new RegExp(`^${name}: ?(.*)$`, 'm').exec(block)?.[1];
  const type = field('event');
  if (!type) return;
  try {
    take(type, JSON.parse(field('data') ?? '{}'));
  } catch { /* a later one brings what this one should have */ }
}
