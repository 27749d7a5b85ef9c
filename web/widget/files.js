// Files: chosen, pasted or dropped, and shown again. They are fetched with the conversation's token, so they have no address
// that anybody else could open.

import { byId, el } from '../shared/dom.js';
import { ofOwn } from './connection.js';
import { t } from './words.js';

/** @typedef {import('./types.js').KeptFile} KeptFile */

const KINDS = ['image/jpeg', 'image/png', 'image/webp', 'application/pdf'];
const MEGABYTE = 1048576;

/** The most bytes that the service takes; 0 for none at all. */
const mostBytes = Number(document.querySelector('meta[name=file-bytes]')?.getAttribute('content') ?? 0);

/** What was fetched, by the file's id: an address within this page. */
/** @type {Map<string, Promise<string>>} */
const fetched = new Map();

/**
 * @param {{ send: (file: File) => void, refuse: (why: string) => void }} doing
 */
export function startFiles({ send, refuse }) {
  const choose = byId('file');
  byId('attach').hidden = !mostBytes;
  if (!mostBytes) return;
  const take = (/** @type {FileList | null | undefined} */ files) => [...files ?? []].forEach((file) => {
    if (!KINDS.includes(file.type)) return refuse(t().fileKind);
    if (file.size > mostBytes) return refuse(t().fileLarge(Math.floor(mostBytes / MEGABYTE)));
    send(file);
  });
  byId('attach').addEventListener('click', () => choose.click());
  choose.addEventListener('change', () => { take(choose.files); choose.value = ''; });
  document.addEventListener('paste', (event) => {
    // What is copied from a document brings a picture of itself along: its text is meant.
    if (!event.clipboardData?.files.length || event.clipboardData.types.includes('text/plain')) return;
    event.preventDefault();
    take(event.clipboardData.files);
  });
  const isFile = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes('Files') ?? false;
  document.addEventListener('dragover', (event) => {
    if (!isFile(event)) return;
    event.preventDefault();
    byId('drop').hidden = false;
  });
  document.addEventListener('dragleave', (event) => { if (!event.relatedTarget) byId('drop').hidden = true; });
  document.addEventListener('drop', (event) => {
    event.preventDefault(); // Else the browser opens it in place of the widget.
    byId('drop').hidden = true;
    take(event.dataTransfer?.files);
  });
}

/**
 * A file that was taken: a picture to be looked at, or a document to be kept.
 *
 * @param {KeptFile} file
 */
export const fileOf = (file) => (file.media_type.startsWith('image/') ? picture(file) : paper(file));

/** @param {KeptFile} file */
function picture(file) {
  const shown = el('button.picture', { type: 'button', 'aria-label': t().openPicture(file.name) });
  const show = () => address(file).then(
    (src) => {
      shown.replaceChildren(el('img', { src, alt: '' }));
      shown.onclick = () => view(file, src);
    },
    () => { shown.textContent = t().loadFailed; shown.onclick = show; },
  );
  show();
  return shown;
}

/** @param {KeptFile} file */
function paper(file) {
  const shown = el('button.document', { type: 'button', 'aria-label': t().downloadFile(file.name) },
    el('span', { 'aria-hidden': 'true' }, '📄'), el('span', file.name, ' ', el('small', sizeOf(file))));
  shown.onclick = () => address(file).then((src) => save(src, file.name), () => shown.append(el('small', t().loadFailed)));
  return shown;
}

const sizeOf = (/** @type {KeptFile} */ { size }) =>
  (size < MEGABYTE ? `${Math.max(1, Math.round(size / 1024))} KB` : `${(size / MEGABYTE).toFixed(1)} MB`);

/**
 * Fetches a file once. One that could not be fetched is fetched again.
 *
 * @param {KeptFile} file
 */
function address({ id }) {
  const known = fetched.get(id);
  if (known) return known;
  const coming = ofOwn(`files/${id}`).then(async (response) => URL.createObjectURL(await response.blob()));
  fetched.set(id, coming);
  coming.catch(() => fetched.delete(id));
  return coming;
}

/**
 * Has the browser keep something under a name.
 *
 * @param {string} href
 * @param {string} name
 */
export function save(href, name) {
  el('a', { href, download: name }).click();
}

/**
 * Shows a picture above everything else.
 *
 * @param {KeptFile} file
 * @param {string} src
 */
function view({ name }, src) {
  const viewer = /** @type {HTMLDialogElement} */ (byId('viewer'));
  const close = el('button', { type: 'button' }, t().close);
  close.onclick = () => viewer.close();
  viewer.setAttribute('aria-label', name);
  viewer.replaceChildren(el('img', { src, alt: name }), close);
  viewer.showModal();
}
