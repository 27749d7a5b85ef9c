// All content that is no entry: which files there are, sort by sort, and new ones of each sort.

import { el } from '../shared/dom.js';
import { newAnnouncement } from './announcement.js';
import { filesOf } from './content.js';
import { go, route, to } from './router.js';
import { may, state, theSet } from './store.js';
import { fileScreen } from './text-file.js';
import { action, ask, chip, field, head, input, link, nothing } from './ui.js';
import { VARIABLES } from './variables-file.js';
import { variablesScreen } from './variables.js';
import { t } from './words.js';

/** The sorts: one file each, or all the files that a path fits. @type {Record<string, { path?: string, files?: RegExp, at?: (name: string) => string }>} */
const SORTS = {
  variables: { path: VARIABLES },
  announcements: { files: /^knowledge-base\/announcements\/[^/]+\.md$/, at: (name) => `knowledge-base/announcements/${name}.md` },
  synonyms: { path: 'knowledge-base/synonyms.txt' },
  dictionary: { path: 'knowledge-base/dictionary.txt' },
  categories: { files: /^knowledge-base\/[^/]+\/_category\.yaml$/, at: (name) => `knowledge-base/${name}/_category.yaml` },
  calendar: { path: 'knowledge-base/calendar.yaml' },
  contacts: { path: 'knowledge-base/official-contacts.yaml' },
  departments: { path: 'knowledge-base/departments.yaml' },
  texts: { path: 'intents/texts.yaml' },
  canned: { path: 'intents/canned.yaml' },
  rules: { path: 'intents/rules.yaml' },
  intents: { files: /^intents\/(?!rules\.|texts\.|canned\.)[^/]+\.yaml$/, at: (name) => `intents/${name}.yaml` },
  flows: { files: /^intents\/flows\/[^/]+\.yaml$/, at: (name) => `intents/flows/${name}.yaml` },
  surveys: { files: /^knowledge-base\/surveys\/[^/]+\.yaml$/, at: (name) => `knowledge-base/surveys/${name}.yaml` },
  questions: { files: /^knowledge-base\/questions\/[^/]+\.jsonl$/, at: (name) => `knowledge-base/questions/${name}.jsonl` },
};

export function startOther() {
  route('content', ([sort, path]) => {
    if (sort === 'file' && path) return fileScreen(path, sortOf(path));
    if (sort === 'variables') return variablesScreen();
    return SORTS[sort]?.files ? listScreen(sort) : places();
  });
}

/** @param {string} path */
const sortOf = (path) => Object.entries(SORTS).find(([, { path: own, files }]) => own === path || files?.test(path))?.[0] ?? 'other';

async function places() {
  const files = [...(await filesOf(state.set)).keys()];
  const tile = (/** @type {[string, typeof SORTS[string]]} */ [sort, { path, files: pattern }]) => {
    const n = pattern ? files.filter((each) => pattern.test(each)).length : null;
    const address = path && sort !== 'variables' ? to('content', 'file', path) : to('content', sort);
    return link(address, [el('strong', t.sorts[sort], n === null ? null : el('span.n', String(n))), el('span.hint', t.sortsAbout[sort])], 'place');
  };
  return [head(t.places.content, { about: t.contentAbout }), el('div.places', Object.entries(SORTS).map(tile))];
}

/** @param {string} sort */
async function listScreen(sort) {
  const pattern = /** @type {RegExp} */ (SORTS[sort].files);
  const files = [...(await filesOf(state.set)).keys()].filter((path) => pattern.test(path)).sort();
  const changes = new Map(theSet()?.difference.changes.map(({ path, kind }) => [path, kind]));
  const create = may('content.edit') && action(t.newOf[sort] ?? t.newFile, () => (sort === 'announcements' ? newAnnouncement() : newFile(sort, files)), { kind: 'primary', id: 'new-file' });
  return [
    head(t.sorts[sort], { about: t.sortsAbout[sort], actions: [link(to('content'), t.back, 'button'), create] }),
    files.length ? el('ul.rows', files.map((path) => el('li', { 'data-row': '' }, link(to('content', 'file', path), [
      el('span.name', nameOf(path)), el('span.chips', changes.has(path) ? chip(t.changeKinds[/** @type {string} */ (changes.get(path))], 'info') : null), el('span.hint', path),
    ], 'row')))) : nothing(t.noneOfThese),
  ];
}

/** What a file is called among those of its sort. @param {string} path */
export function nameOf(path) {
  const parts = path.split('/');
  const last = /** @type {string} */ (parts.at(-1));
  return last === '_category.yaml' ? /** @type {string} */ (parts.at(-2)) : last.replace(/\.(yaml|md|jsonl|txt)$/, '');
}

/** @param {string} sort @param {string[]} files */
function newFile(sort, files) {
  ask({
    title: t.newOf[sort] ?? t.newFile, action: t.begin,
    fields: [field(t.fileName, input('name', { required: '', pattern: '[a-z0-9][a-z0-9._\\-]*', maxlength: '80', spellcheck: 'false' }), t.fileNameHint)],
    act: ({ name }) => {
      const path = /** @type {(name: string) => string} */ (SORTS[sort].at)(name);
      if (files.includes(path)) return t.idTaken;
      go('content', 'file', path);
      return '';
    },
  });
}
