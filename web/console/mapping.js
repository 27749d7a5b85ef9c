// The headings of somebody else's table (csv or xlsx), and which of our fields they seem to be. Reads just enough of the file to
// ask; what is imported is read by the service.

import { unpack } from './archive.js';

/** Our fields, as the API's mapping names them. */
export const FIELDS = ['question', 'similar', 'answer', 'category', 'never', 'channels', 'valid_from', 'valid_until', 'related'];

/**
 * Words in a heading that tell a field; the first that fits counts. 标准问法 is no phrasing, 问题分类 no question, 答案视角 no answer.
 *
 * @type {[string, RegExp][]}
 */
const USUAL = [
  ['never', /排除|反例|否定|never|negative/i], ['related', /相关|关联|related/i], ['category', /分类|类目|目录|category/i], ['channels', /渠道|视角|channel/i],
  ['valid_from', /生效|开始|from|start/i], ['valid_until', /失效|结束|截止|过期|until|\bend|expire/i],
  ['question', /标准|standard/i], ['similar', /相似|扩展|问法|similar|variant|alternate/i], ['answer', /答|回复|answer|response|内容/i],
  ['question', /问|标题|question|title/i],
];

/** Fields that several headings may stand for. */
const SEVERAL = ['similar', 'never'];

const N_SAMPLES = 4;

/** Rows among which the service seeks the headings: some templates begin with how to fill them in. */
const HEADER_ROWS = 10;
const ENOUGH_ROWS = HEADER_ROWS + N_SAMPLES;
const ENOUGH_BYTES = 256 * 1024;

/** Headings with what stands below them. @param {File} file @returns {Promise<{ heading: string, samples: string[] }[]>} */
export async function columnsOf(file) {
  const all = /\.xlsx$/i.test(file.name) ? await rowsOfWorkbook(await file.arrayBuffer()) : rowsOfText(await textOf(file));
  const rows = all.map((row) => row.map((cell) => cell.trim())).filter((row) => row.some(Boolean));
  const isHeader = (/** @type {string[]} */ row) => ['question', 'answer'].every((name) => Object.values(guessed(row)).includes(name));
  const at = Math.max(0, rows.slice(0, HEADER_ROWS).findIndex(isHeader));
  const below = rows.slice(at + 1, at + 1 + N_SAMPLES);
  return (rows[at] ?? []).flatMap((heading, column) => (heading ? [{ heading, samples: below.flatMap((row) => row[column] || []) }] : []));
}

/** Whether a table is of those that are taken out of here: what is changed in it is to come back to the same entries. @param {string[]} headings */
export const isOurs = (headings) => ['id', 'language', 'question', 'answer'].every((name) => headings.includes(name));

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

/** Commas part what is mapped: a heading that has one cannot be named, and is what the service knows it as. @param {Record<string, string>} map A field by its heading. */
export const mappingText = (map) =>
  Object.entries(map).flatMap(([heading, name]) => (name && !/[,，]/.test(heading) ? [`${name}=${heading}`] : [])).join(',');

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
  for (let at = 0; at < text.length && rows.length < ENOUGH_ROWS; at += 1) {
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

/** The first rows of the first sheet that is seen. @param {ArrayBuffer} buffer */
async function rowsOfWorkbook(buffer) {
  const parts = await unpack(buffer, (path) => /^xl\/(workbook|sharedStrings|_rels\/workbook\.xml|worksheets\/[^/]+)\.(xml|rels)$/.test(path));
  const parsed = (/** @type {string} */ path) => new DOMParser().parseFromString(parts.get(path) ?? '<none/>', 'application/xml');
  const shared = [...parsed('xl/sharedStrings.xml').getElementsByTagName('si')].map(wordsOf);
  const rows = [...parsed(pathOfSheet(parsed)).getElementsByTagName('row')].slice(0, ENOUGH_ROWS);
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

/** Where the first sheet that is seen is: one that was moved or put in later keeps its number. @param {(path: string) => Document} parsed */
function pathOfSheet(parsed) {
  const sheet = [...parsed('xl/workbook.xml').getElementsByTagName('sheet')].find((each) => !each.getAttribute('state')?.toLowerCase().includes('hidden'));
  const id = sheet?.getAttribute('r:id');
  const target = [...parsed('xl/_rels/workbook.xml.rels').getElementsByTagName('Relationship')].find((each) => each.getAttribute('Id') === id)?.getAttribute('Target');
  return target ? new URL(target, 'file:///xl/').pathname.slice(1) : 'xl/worksheets/sheet1.xml';
}

/** What is written, without how it is read aloud. @param {Element} element */
const wordsOf = (element) =>
  [...element.getElementsByTagName('t')].filter((text) => !text.closest('rPh')).map((text) => text.textContent ?? '').join('');

/** The column of a cell's name (`B2`), counted from 0. @param {string} name */
function columnOf(name) {
  const letters = /^[A-Z]+/.exec(name)?.[0];
  return letters ? [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1 : null;
}
