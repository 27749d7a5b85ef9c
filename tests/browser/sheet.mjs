// A workbook as Excel writes one, of nothing but what a table needs: a zip archive of XML.

import { gzipSync } from 'node:zlib';

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const SHEET = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

const escaped = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.codePointAt(0)};`);

/**
 * A workbook with rows of texts on its second sheet: the first is hidden, as lists for choices are in other programs' templates.
 * A cell that is empty is none, as in Excel.
 */
export function workbook(rows) {
  const texts = [...new Set(rows.flat())];
  const cell = (text, row, column) => (text ? `<c r="${String.fromCharCode(65 + column)}${row + 1}" t="s"><v>${texts.indexOf(text)}</v></c>` : '');
  const line = (cells, row) => `<row r="${row + 1}">${cells.map((text, column) => cell(text, row, column)).join('')}</row>`;
  const sheet = (lines) => `<worksheet xmlns="${MAIN}"><sheetData>${lines}</sheetData></worksheet>`;
  const relation = (id, kind, target) => `<Relationship Id="${id}" Type="${RELATIONS}/${kind}" Target="${target}"/>`;
  const part = (name, kind) => `<Override PartName="/xl/${name}" ContentType="${SHEET}.${kind}+xml"/>`;
  return zip({
    '[Content_Types].xml': `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>${
      part('workbook.xml', 'sheet.main')}${part('sharedStrings.xml', 'sharedStrings')}${[1, 2].map((n) => part(`worksheets/sheet${n}.xml`, 'worksheet')).join('')}</Types>`,
    '_rels/.rels': `<Relationships xmlns="${PACKAGE}/relationships">${relation('rId1', 'officeDocument', 'xl/workbook.xml')}</Relationships>`,
    'xl/workbook.xml': `<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets><sheet name="选项" sheetId="1" state="hidden" r:id="rId1"/><sheet name="问答" sheetId="2" r:id="rId2"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships xmlns="${PACKAGE}/relationships">${relation('rId1', 'worksheet', 'worksheets/sheet1.xml')}${
      relation('rId2', 'worksheet', 'worksheets/sheet2.xml')}${relation('rId3', 'sharedStrings', 'sharedStrings.xml')}</Relationships>`,
    'xl/worksheets/sheet1.xml': sheet('<row r="1"><c r="A1" t="inlineStr"><is><t>选项</t></is></c></row>'),
    'xl/worksheets/sheet2.xml': sheet(rows.map(line).join('')),
    'xl/sharedStrings.xml': `<sst xmlns="${MAIN}" uniqueCount="${texts.length}">${texts.map((text) => `<si><t xml:space="preserve">${escaped(text)}</t></si>`).join('')}</sst>`,
  });
}

/** Packs XML by its paths. */
function zip(files) {
  const [bodies, directory] = [[], []];
  let at = 0;
  for (const [path, xml] of Object.entries(files)) {
    const [name, bytes] = [Buffer.from(path), Buffer.from(XML + xml)];
    // What gzip puts around is all that differs; its sum is a zip archive's too.
    const packed = gzipSync(bytes);
    const head = Buffer.alloc(26);
    [20, 0x0800, 8, 0, 0x21].forEach((value, place) => head.writeUInt16LE(value, place * 2));
    packed.copy(head, 10, packed.length - 8, packed.length - 4);
    head.writeUInt32LE(packed.length - 18, 14);
    head.writeUInt32LE(bytes.length, 18);
    head.writeUInt16LE(name.length, 22);
    const body = Buffer.concat([Buffer.from('PK\x03\x04'), head, name, packed.subarray(10, -8)]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00'), head, rest, name);
    bodies.push(body);
    at += body.length;
  }
  const index = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  const n = Object.keys(files).length;
  [n, n].forEach((value, place) => end.writeUInt16LE(value, 4 + place * 2));
  end.writeUInt32LE(index.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...bodies, index, Buffer.from('PK\x05\x06'), end]);
}
