// The loader, which a shop puts on its page by one script tag: a button, and behind it a frame with the widget. It touches
// nothing of the page: one fixed element with a shadow root of its own. Written plainly, as whatever browser may come.
//
//   <script src="https://help.shop.example/widget.js" async data-language="zh-CN"></script>
//   yingda('open')  yingda('close')  yingda('identify', token)  yingda('context', {app_version: '8.2', role: 'buyer'})
//   yingda('theme', 'dark')  yingda('language', 'en')  yingda('forget')

(() => {
  const script = /** @type {HTMLScriptElement | null} */ (document.currentScript);
  /** @type {any} */
  const page = window;
  if (!script || page.yingda?.isThere) return;

  const VERSION = 1;
  const PATIENCE_MS = 12000;
  const origin = new URL(script.src).origin;
  const { language = '', theme = '', title = '', side = 'right' } = script.dataset;
  const WORDS = {
    zh: { open: '打开在线客服', unread: (/** @type {number} */ n) => `，${n} 条新消息`, title: '在线客服', broken: '在线客服暂时打不开。', help: '打开帮助中心', close: '收起' },
    hant: { open: '開啟線上客服', unread: (/** @type {number} */ n) => `，${n} 則新訊息`, title: '線上客服', broken: '線上客服暫時打不開。', help: '開啟說明中心', close: '收起' },
    en: { open: 'Open support chat', unread: (/** @type {number} */ n) => `, ${n} new`, title: 'Support chat', broken: 'The chat cannot be opened right now.', help: 'Open the help centre', close: 'Close' },
  };
  const spoken = language || navigator.language;
  const words = /^zh-(hant|tw|hk|mo)/i.test(spoken) ? WORDS.hant : /^zh/i.test(spoken) ? WORDS.zh : WORDS.en;

  const STYLE = `
    :host { all: initial !important; position: fixed !important; width: 0 !important; height: 0 !important; }
    button, a { all: unset; box-sizing: border-box; cursor: pointer; }
    button:focus-visible, a:focus-visible { outline: 3px solid #fff; box-shadow: 0 0 0 6px #0a5c99; }
    .launcher { position: fixed; z-index: 2147483000; inset: auto 20px calc(20px + env(safe-area-inset-bottom)) auto; width: 60px;
      height: 60px; border-radius: 30px; background: #0a5c99; color: #fff; box-shadow: 0 6px 24px #0a284466; transition: transform .15s; }
    .launcher:hover { transform: scale(1.05); }
    .left .launcher { inset-inline: 20px auto; }
    .launcher svg { display: block; width: 28px; height: 28px; margin: 16px; }
    .badge { position: absolute; top: -4px; inset-inline-end: -4px; min-width: 24px; height: 24px; padding: 0 6px; box-sizing: border-box;
      border: 2px solid #fff; border-radius: 12px; background: #c4281d; color: #fff; font: 600 13px/20px system-ui, sans-serif; text-align: center; }
    .frame { position: fixed; z-index: 2147483001; inset: auto 20px 20px auto; width: 400px; height: min(680px, calc(100vh - 40px));
      height: min(680px, calc(100dvh - 40px)); border-radius: 18px; overflow: hidden; background: #fff; box-shadow: 0 12px 48px #0a284459;
      transition: opacity .16s, transform .16s, visibility .16s; }
    .left .frame { inset-inline: 20px auto; }
    .frame.away { visibility: hidden; opacity: 0; transform: translateY(12px); pointer-events: none; }
    iframe { display: block; width: 100%; height: 100%; border: 0; }
    .open .launcher { visibility: hidden; }
    .broken { padding: 32px; font: 16px/1.6 system-ui, sans-serif; color: #1b2733; text-align: center; }
    .broken a, .broken button { display: block; min-height: 44px; margin: 12px auto; padding: 10px; color: #0a5c99; text-decoration: underline; }
    [hidden] { display: none !important; }
    @media (max-width: 480px), (max-height: 480px) {
      .frame, .left .frame { inset: 0; width: 100%; height: 100vh; height: 100dvh; border-radius: 0;
        padding: env(safe-area-inset-top) env(safe-area-inset-right) env(safe-area-inset-bottom) env(safe-area-inset-left); box-sizing: border-box; }
    }
    @media (prefers-color-scheme: dark) { .frame { background: #10161c; } .broken { color: #e4eaf0; } .broken a, .broken button { color: #86c0f0; } }
    @media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
    @media print { :host { display: none !important; } }`;

  const SVG = 'http://www.w3.org/2000/svg';
  const BUBBLE = 'M4 5.5A2.5 2.5 0 0 1 6.5 3h11A2.5 2.5 0 0 1 20 5.5v8a2.5 2.5 0 0 1-2.5 2.5H11l-4.6 4.2c-.5.5-1.4.1-1.4-.6V15.7'
    + 'A2.5 2.5 0 0 1 4 13.5zM8 7.6h8v1.6H8zm0 3.4h5.5v1.6H8z';

  /** @type {(name: string, attributes?: Record<string, string>, ...children: (Node | string)[]) => HTMLElement} */
  const make = (name, attributes = {}, ...children) => {
    const element = document.createElement(name);
    for (const key of Object.keys(attributes)) element.setAttribute(key, attributes[key]);
    element.append(...children);
    return element;
  };

  const drawing = document.createElementNS(SVG, 'svg');
  const path = document.createElementNS(SVG, 'path');
  drawing.setAttribute('viewBox', '0 0 24 24');
  drawing.setAttribute('aria-hidden', 'true');
  path.setAttribute('d', BUBBLE);
  path.setAttribute('fill', 'currentColor');
  path.setAttribute('fill-rule', 'evenodd');
  drawing.append(path);

  const badge = make('span', { class: 'badge', 'aria-hidden': 'true' });
  const launcher = make('button', { class: 'launcher', type: 'button', 'aria-haspopup': 'dialog', 'aria-expanded': 'false', 'aria-label': words.open }, drawing, badge);
  const frame = make('div', { class: 'frame away' });
  const root = make('div', { class: side === 'left' ? 'left' : 'right', lang: language }, launcher, frame);
  const host = make('yingda-widget');
  badge.hidden = true;

  /** @type {HTMLIFrameElement | null} */
  let inner = null;
  let isReady = false;
  let isOpen = false;
  /** @type {Record<string, unknown>[]} What is to be said once the widget listens. */
  let waiting = [];

  /** What is kept for this page: whether its visitor has talked, and whether it was open. Storage may be blocked. */
  const remember = (/** @type {'talked' | 'open'} */ name, /** @type {boolean} */ isSo) => {
    try {
      const storage = name === 'talked' ? localStorage : sessionStorage;
      if (isSo) storage.setItem(`yingda.${name}`, '1');
      else storage.removeItem(`yingda.${name}`);
    } catch { /* it is not remembered */ }
  };
  const remembers = (/** @type {'talked' | 'open'} */ name) => {
    try {
      return (name === 'talked' ? localStorage : sessionStorage).getItem(`yingda.${name}`) === '1';
    } catch {
      return false;
    }
  };

  const isSmall = () => matchMedia('(max-width: 480px), (max-height: 480px)').matches;

  function post(/** @type {Record<string, unknown>} */ wish) {
    if (!isReady || !inner?.contentWindow) return waiting.push(wish);
    inner.contentWindow.postMessage({ yingda: VERSION, ...wish }, origin);
  }

  /** The address of the page without what may be secret in it. */
  const claims = () => ({ page: (location.origin + location.pathname).slice(0, 300), language: navigator.language });

  function load() {
    if (inner) return;
    inner = /** @type {HTMLIFrameElement} */ (make('iframe', { title: title || words.title, src: `${origin}/widget` }));
    // Within one origin a sandbox would keep nothing in.
    if (origin !== location.origin) {
      inner.setAttribute('sandbox', 'allow-scripts allow-forms allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-downloads');
    }
    inner.addEventListener('load', () => {
      inner?.contentWindow?.postMessage({ yingda: VERSION, type: 'hello', language, theme, title, context: claims() }, origin);
    });
    frame.append(inner);
    setTimeout(() => isReady || giveUp(), PATIENCE_MS);
  }

  /** The frame may not be shown here, or the network is away. */
  function giveUp() {
    const again = make('button', { type: 'button' }, words.close);
    again.addEventListener('click', () => {
      inner = null;
      close();
    });
    frame.replaceChildren(make('div', { class: 'broken', role: 'alert' }, make('p', {}, words.broken),
      make('a', { href: `${origin}/help`, target: '_blank', rel: 'noopener' }, words.help), again));
  }

  function open(isAsked = true) {
    if (frame.querySelector('.broken')) frame.replaceChildren();
    load();
    isOpen = true;
    show();
    // Whoever did not ask for it keeps the focus where it is.
    if (isAsked) inner?.focus();
    post({ type: isAsked ? 'open' : 'show' });
  }

  function close() {
    if (!isOpen) return;
    isOpen = false;
    show();
    post({ type: 'close' });
    launcher.focus();
  }

  function show() {
    root.classList.toggle('open', isOpen);
    frame.classList.toggle('away', !isOpen);
    launcher.setAttribute('aria-expanded', String(isOpen));
    remember('open', isOpen);
    fit();
  }

  /** On a telephone the keyboard takes room: the frame keeps to what is left. */
  function fit() {
    const seen = window.visualViewport;
    const isFitted = isOpen && isSmall() && seen && seen.scale === 1;
    frame.style.height = isFitted ? `${seen.height}px` : '';
    frame.style.top = isFitted ? `${seen.offsetTop}px` : '';
    frame.style.bottom = isFitted ? 'auto' : '';
  }

  /** @type {Record<string, (value: unknown) => void>} What the widget says. */
  const HEARD = {
    ready: () => {
      isReady = true;
      waiting.splice(0).forEach(post);
    },
    close,
    unread: (n) => {
      if (!Number.isInteger(n)) return;
      const count = /** @type {number} */ (n);
      badge.hidden = count < 1;
      badge.textContent = count > 99 ? '99+' : String(count);
      launcher.setAttribute('aria-label', words.open + (count > 0 ? words.unread(count) : ''));
    },
    begun: (isSo) => remember('talked', isSo === true),
    identity: (isBelieved) => window.dispatchEvent(new CustomEvent('yingda:identity', { detail: { accepted: isBelieved === true } })),
  };

  window.addEventListener('message', ({ source, origin: from, data }) => {
    if (!inner || source !== inner.contentWindow || from !== origin) return;
    if (typeof data !== 'object' || data === null || data.yingda !== VERSION || !Object.hasOwn(HEARD, data.type)) return;
    HEARD[data.type](data.value);
  });

  /** @type {Record<string, (value: unknown) => void>} What the page asks for. */
  const COMMANDS = {
    open: () => open(),
    close,
    identify: (token) => { load(); post({ type: 'identify', token }); },
    context: (context) => post({ type: 'context', context }),
    theme: (name) => post({ type: 'theme', theme: name }),
    language: (tag) => post({ type: 'language', language: tag }),
    forget: () => { load(); post({ type: 'forget' }); },
  };
  const command = (/** @type {string} */ name, /** @type {unknown} */ value) => Object.hasOwn(COMMANDS, name) && COMMANDS[name](value);
  const asked = page.yingda?.q ?? [];
  page.yingda = Object.assign(command, { isThere: true });

  function start() {
    const shadow = host.attachShadow({ mode: 'open' });
    // Neither is subject to the page's content policy.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    shadow.adoptedStyleSheets = [sheet];
    shadow.append(root);
    document.documentElement.append(host);
    launcher.addEventListener('click', () => open());
    // Whoever points at it is likely to open it.
    launcher.addEventListener('pointerenter', load, { once: true });
    window.visualViewport?.addEventListener('resize', fit);
    window.visualViewport?.addEventListener('scroll', fit);
    for (const [name, value] of asked) command(name, value);
    if (remembers('open') && !isSmall()) open(false);
    else if (remembers('talked')) load();
  }

  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start);
  else start();
})();
