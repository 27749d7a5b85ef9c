// What the browser tests stand on: a yingda of their own, a Chromium that can reach nothing else, and a page that tells
// of everything that went wrong in it. Knows nothing of what the page shows.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const BINARY = path.resolve(HERE, process.env.YINGDA_BINARY ?? '../../target/debug/yingda');
const CHROMIUM = process.env.YINGDA_CHROMIUM ?? '/usr/bin/chromium';
const SCREENSHOTS = process.env.YINGDA_SCREENSHOTS;
/** A folder `web` whose scripts and styles are used in place of the program's own. */
const WEB = process.env.YINGDA_WEB;

/** How long something may take to appear. */
const PATIENCE_MS = Number(process.env.YINGDA_TEST_PATIENCE_MS ?? 15000);

/** What yingda prints once it serves. */
const SERVES = /^yingda serves .* on (http:\/\/127\.0\.0\.1:(\d+)\/)$/;

/** And where the first administrator is set up, in a store that is new. */
const SETS_UP = /set up the first administrator: (\S+)$/;

const BROWSER_FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

/**
 * Starts yingda with its sample content in an empty folder; port 0 takes a free one. `settings` are variables of its environment
 * (YINGDA_…).
 */
export async function startYingda(port = 0, settings = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'yingda-browser-'));
  const listen = ['--listen', `127.0.0.1:${port}`, '--metrics', 'off', '--data', path.join(folder, 'data')];
  // Of YINGDA_…, it takes settings of its own: whatever else is set outside is not meant for it.
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('YINGDA_'));
  const env = { ...Object.fromEntries(own), ...settings };
  const child = spawn(BINARY, ['serve', ...listen], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'exit');
  let log = '';
  child.stderr.on('data', (chunk) => { log += chunk; });
  const said = await Promise.race([
    whatIsSaid(child),
    ended.then(([code]) => { throw new Error(`${BINARY} ended with ${code}:\n${log}`); }),
  ]);
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true });
  };
  return { ...said, stop };
}

async function whatIsSaid(child) {
  let url, port;
  for await (const line of createInterface({ input: child.stdout })) {
    [, url, port] = SERVES.exec(line) ?? [, url, port];
    const setUp = SETS_UP.exec(line)?.[1];
    if (setUp) {
      child.stdout.resume(); // Whatever else it prints must not fill the pipe.
      return { url, port: Number(port), setUp };
    }
  }
  return new Promise(() => {}); // It ended; its exit code is what is reported.
}

/** Starts Chromium with a fresh profile, which goes when it is closed. */
export function startBrowser() {
  return chromium.launch({ executablePath: CHROMIUM, args: BROWSER_FLAGS });
}

/**
 * Opens a page as a visitor with settings of Playwright's contexts. Returns it, the bodies of the questions that it sent, and
 * its faults: errors on the console or in the script, violations of the content policy, foreign requests. `shown` appears
 * when it is ready.
 */
export async function openPage(browser, url, settings = {}, prepare = async () => {}, shown = '#status li') {
  const context = await browser.newContext({
    locale: 'zh-CN', timezoneId: 'Asia/Shanghai', viewport: { width: 1200, height: 900 }, ...settings,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  if (WEB) await serveFrom(context, WEB);
  const page = await context.newPage();
  const faults = [];
  const asked = [];
  await noteFaults(page, new URL(url).origin, faults);
  page.on('request', (request) => {
    if (request.url().endsWith('/api/v1/ask')) asked.push(request.postDataJSON());
  });
  await prepare(page);
  await page.goto(url);
  await page.locator(shown).first().waitFor();
  return { page, asked, faults, close: () => context.close() };
}

/** Hands scripts and styles out as they are on disk: they are tried without building the program anew. */
async function serveFrom(context, folder) {
  await context.route(/\/(console|desk|shared|widget)\/[\w-]+\.(js|css)$/, async (route) => {
    const { pathname } = new URL(route.request().url());
    const contentType = pathname.endsWith('.css') ? 'text/css; charset=utf-8' : 'text/javascript; charset=utf-8';
    const body = await readFile(path.join(folder, pathname)).catch(() => null);
    return body ? route.fulfill({ body, contentType }) : route.continue();
  });
}

async function noteFaults(page, origin, faults) {
  page.on('pageerror', (error) => faults.push(`error: ${error.stack}`));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== origin) faults.push(`foreign request: ${request.url()}`);
  });
  await page.exposeFunction('noteViolation', (directive, blocked) => faults.push(`policy: ${directive} ${blocked}`));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      window.noteViolation(event.violatedDirective, event.blockedURI);
    });
  });
}

/** Asks the API itself, apart from any page. */
export async function api(url, address, body) {
  const options = body && { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(`${url}api/v1/${address}`, options);
  assert.equal(response.status, 200, address);
  return response.json();
}

/** Saves a picture of the whole page where YINGDA_SCREENSHOTS names a folder. */
export async function screenshot(page, name, fullPage = true) {
  if (!SCREENSHOTS) return;
  await mkdir(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`), fullPage });
}

const AXE = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Has axe-core look at a page, or at a frame of one; returns the violations of serious or critical impact, in words. */
export async function seriousViolations(page) {
  await page.evaluate(await AXE);
  const { violations, passes } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  assert.ok(passes.length > 10, 'axe looked at the page');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).join('; ')}`);
}
