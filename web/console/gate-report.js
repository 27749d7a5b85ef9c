// What the gate says of a revision, so that an editor sees which questions speak against it and why.

import { el, percent } from '../shared/dom.js';
import { part, table } from './ui.js';
import { faultTitle, t } from './words.js';

/** @typedef {import('./types.js').GateReport} GateReport */

/** @param {GateReport} report */
export function diagnosticsOf(report) {
  const { checked, verbatim, never, labelled, regressions, improvements, changed_recent: recent } = report;
  return el(
    'div.gate', { id: 'gate-report' },
    checked.n_errors > 0 && part(t.nErrors(checked.n_errors), el('ul.faults', checked.errors.map((fault) =>
      el('li', el('code', `${fault.file ?? ''}:${fault.line ?? ''}`), ' ', el('strong', faultTitle(fault)), ' ', el('span.hint', fault.message))))),
    verbatim.n_failures > 0 && part(t.misled(verbatim.n_failures), el('p.hint', t.misledHint),
      table(t.misled(verbatim.n_failures), [t.asked, t.shouldBe, t.wouldBe], verbatim.failures.map(({ text, own, now }) => [text, code(own), code(now)]))),
    never.n_failures > 0 && part(t.harm(never.n_failures), el('p.hint', t.harmHint),
      table(t.harm(never.n_failures), [t.asked, t.wouldBe], never.failures.map(({ text, now }) => [text, code(now)]))),
    regressions.length > 0 && part(t.regressions(regressions.length), el('p.hint', t.regressionsHint),
      table(t.regressions(regressions.length), [t.asked, t.before, t.wouldBe, t.cause], regressions.map(({ text, was, now, caused_by: cause }) =>
        [text, code(was), code(now), cause ? el('span', cause.why, ' ', code(cause.path)) : '']))),
    el('p', t.share(percent(labelled.share), percent(labelled.floor), labelled.n), improvements ? ` ${t.improvements(improvements)}` : ''),
    recent.n > 0 && part(t.recent(recent.changed, recent.n), el('p.hint', t.recentHint), recent.examples.length
      ? table(t.recent(recent.changed, recent.n), [t.asked, t.times, t.before, t.wouldBe], recent.examples.map(({ text, was, now, n }) => [text, String(n), code(was), code(now)]))
      : null),
  );
}

/** @param {string} text */
const code = (text) => el('code', text);
