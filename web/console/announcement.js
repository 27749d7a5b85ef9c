// A new announcement, by a form: what it says in both languages, of which kind it is, and when it is shown.

import { el } from '../shared/dom.js';
import { filesOf } from './content.js';
import { go } from './router.js';
import { writeFile } from './service.js';
import { edited, state } from './store.js';
import { area, ask, choice, field, input, toast } from './ui.js';
import { fromLocal, t } from './words.js';

const KINDS = ['notice', 'policy', 'promotion', 'outage'];

export function newAnnouncement() {
  ask({
    title: t.newOf.announcements, action: t.save,
    fields: [
      field(t.fileName, input('id', { required: '', pattern: '[a-z0-9][a-z0-9\\-]*', maxlength: '80', spellcheck: 'false' }), t.fileNameHint),
      field(t.kindOf, choice('kind', KINDS.map((id) => ({ id, title: t.announcementKinds[id] })), 'notice')),
      el('div.pair', field(t.validFrom, input('from', { type: 'datetime-local' })), field(t.validUntil, input('until', { type: 'datetime-local' }))),
      field(t.titleIn('zh-CN'), input('title', { required: '', maxlength: '200', lang: 'zh-CN' })),
      field(t.textIn('zh-CN'), area('body', 4, { required: '', lang: 'zh-CN' })),
      field(t.titleIn('en'), input('titleEn', { maxlength: '200', lang: 'en' })), field(t.textIn('en'), area('bodyEn', 3, { lang: 'en' })),
    ],
    act: async (values) => {
      const path = `knowledge-base/announcements/${values.id}`;
      if ((await filesOf(state.set)).has(`${path}.md`)) return t.idTaken;
      await writeFile(`${path}.md`, written(values), '', state.set);
      await edited(state.set);
      if (values.titleEn.trim()) await writeFile(`${path}.en.md`, `---\ntitle: ${JSON.stringify(values.titleEn)}\n---\n${values.bodyEn}\n`, '', state.set);
      await edited(state.set);
      toast(t.saved);
      go('content', 'file', `${path}.md`);
      return '';
    },
  });
}

/** @param {Record<string, string>} values */
function written({ title, titleEn, kind, from, until, body }) {
  const titles = `{zh-CN: ${JSON.stringify(title)}${titleEn.trim() ? `, en: ${JSON.stringify(titleEn)}` : ''}}`;
  const valid = [from && `from: ${fromLocal(from)}`, until && `until: ${fromLocal(until)}`].filter(Boolean).join(', ');
  return `---\ntitle: ${titles}\nkind: ${kind}\n${valid ? `valid: {${valid}}\n` : ''}---\n${body}\n`;
}
