// The headings of somebody else's table (csv or xlsx), and which of our fields they seem to be. Reads just enough of the file to
// ask; what is imported is read by the service.

import { unpack } from './archive.js';

/** Our fields, as the API's mapping names them. */
export const FIELDS = ['question', 'similar', 'answer', 'category', 'never', 'channels', 'valid_from', 'valid_until', 'related'];

/** Words in a heading that tell a field; the first that fits counts. @type {[string, RegExp][]} */
const USUAL = [
  ['never', /排除|反例|never|negative/i], ['similar', /相似|扩展|问法|similar|variant|alternate/i], ['answer', /答|回复|answer|response|内容/i],
  ['question', /问题|标准问|标题|question|title/i], ['category', /分类|类目|目录|category/i], ['channels', /渠道|channel/i],
  ['valid_from', /生效|开始|from|start/i], ['valid_until', /失效|结束|截止|until|end|expire/i], ['related', /相关|关联|related/i],
];

/** Fields that several headings may stand for. */
const SEVERAL = ['similar', 'never'];

const N_SAMPLES = 4;
const ENOUGH_BYTES = 256 * 1024;

/** @param {File} file @returns {Promise<{ headings: string[], samples: string[][] }>} */
export async function headingsOf(file) {
  const rows = /\.xlsx$/i.test(file.name) ? await rowsOfWorkbook(await file.arrayBuffer()) : rowsOfText(await textOf(file));
  const headings = (rows[0] ?? []).map((heading) => heading.trim());
  return { headings: headings.filter(Boolean), samples: rows.slice(1, 1 + N_SAMPLES) };
}

/** @param {string[]} headings */
export function guessed(headings) {
  /** @type {Record<string, string>} */
  const map = {};
  for (const heading of headings) {
    const [field] = USUAL.find(([name, words]) => words.test(heading) && (SEVERAL.includes(name) || !Object.values(map).includes(name))) ?? [];
    if (field) map[heading] = field;
  }
  return map;
}

/** @param {Record<string, string>} map A field by its heading. */
export const mappingText = (map) => Object.entries(map).flatMap(([heading, name]) => (name ? [`${name}=${heading}`] : [])).join(',');

/** A text's beginning; in China tables are often in GBK. @param {File} file */
async function textOf(file) {
  const bytes = await file.slice(0, ENOUGH_BYTES).arrayBuffer();
  const text = new TextDecoder('utf-8').decode(bytes);
  return text.slice(0, -4).includes('\ufffd') ? new TextDecoder('gb18030').decode(bytes) : text;
}

/** @param {string} text */
function rowsOfText(text) {
  const [first = ''] = text.split('\n', 1);
  const separator = [',', '\t', ';'].sort((a, b) => first.split(b).length - first.split(a).length)[0];
  /** @type {string[][]} */
  const rows = [];
  let [row, cell, isQuoted] = [/** @type {string[]} */ ([]), '', false];
  for (let at = 0; at < text.length && rows.length <= N_SAMPLES; at += 1) {
    const c = text[at];
    if (c === '"' && isQuoted && text[at + 1] === '"') {
      cell += '"';
      at += 1;
    } else if (c === '"') isQuoted = !isQuoted;
    else if (c === separator && !isQuoted) {
      row.push(cell);
      cell = '';
    } else if (c === '\n' && !isQuoted) {
      rows.push([...row, cell.replace(/\r$/, '')]);
      [row, cell] = [[], ''];
    } else cell += c;
  }
  if (cell || row.length) rows.push([...row, cell]);
  return rows;
}

/** The first rows of the first sheet. @param {ArrayBuffer} buffer */
async function rowsOfWorkbook(buffer) {
  const parts = await unpack(buffer, (path) => /^xl\/(sharedStrings|worksheets\/sheet1)\.xml$/.test(path));
  const parsed = (/** @type {string} */ path) => new DOMParser().parseFromString(parts.get(path) ?? '<none/>', 'application/xml');
  const shared = [...parsed('xl/sharedStrings.xml').getElementsByTagName('si')].map(wordsOf);
  const rows = [...parsed('xl/worksheets/sheet1.xml').getElementsByTagName('row')].slice(0, 1 + N_SAMPLES);
  return rows.map((row) => {
    /** @type {string[]} */
    const cells = [];
    for (const cell of row.getElementsByTagName('c')) {
      const value = cell.getElementsByTagName('v')[0]?.textContent ?? '';
      const text = cell.getAttribute('t') === 's' ? shared[Number(value)] ?? '' : cell.getAttribute('t') === 'inlineStr' ? wordsOf(cell) : value;
      cells[columnOf(cell.getAttribute('r') ?? '') ?? cells.length] = text;
    }
    return Array.from(cells, (text) => text ?? '');
  });
}

/** @param {Element} element */
const wordsOf = (element) => [...element.getElementsByTagName('t')].map((text) => text.textContent ?? '').join('');

/** The column of a cell's name (`B2`), counted from 0. @param {string} name */
function columnOf(name) {
  const letters = /^[A-Z]+/.exec(name)?.[0];
  return letters ? [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1 : null;
}
