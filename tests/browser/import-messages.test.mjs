// What the report of an import says in Chinese. Needs no browser and no service.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inChinese } from '../../web/console/import-messages.js';
import { IMPORT_MESSAGES } from '../../web/console/texts-zh-import.js';

const NAMED = '{}';

test('every sentence is found by what it is, and keeps what it names in its place', () => {
  const said = new Set();
  for (const [english, chinese] of IMPORT_MESSAGES) {
    assert.equal(english.split(NAMED).length, chinese.split(NAMED).length, english);
    assert.ok(!said.has(english), `twice: ${english}`);
    said.add(english);
    let n = 0;
    const name = () => { n += 1; return `$${n}x`; };
    const message = english.replaceAll(NAMED, name);
    n = 0;
    assert.equal(inChinese(message), chinese.replaceAll(NAMED, name), english);
  }
});

test('what is named may be anything, and what is not known stays as it is', () => {
  assert.equal(inChinese('the id "a\n$&" stands in row 7 already'), inChinese('the id "@" stands in row 7 already').replace('@', () => 'a\n$&'));
  assert.equal(inChinese('expected value'), 'expected value');
});
