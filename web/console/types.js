// What the API tells the console, for the type checker alone; nothing loads this file.

/**
 * An entry as `PUT /editor/entries/{id}` takes it.
 *
 * @typedef {{ question: string, similar?: string[], never?: string[], review_by?: string, body: string }} TextDocument
 * @typedef {{ label: string, intent?: string, url?: string, phone?: string }} Action
 *
 * @typedef {object} EntryDocument
 * @property {string} id
 * @property {string} category
 * @property {Record<string, TextDocument>} texts
 * @property {string[]} [related]
 * @property {Action[]} [actions]
 * @property {string} [requires]
 * @property {{ from?: string | null, until?: string | null }} [valid]
 * @property {string[]} [channels]
 * @property {string[]} [audience]
 * @property {string} [steps]
 * @property {number} [top]
 * @property {string} [owner]
 */

/**
 * A line of the list of entries.
 *
 * @typedef {object} EntryLine
 * @property {string} id
 * @property {string} category
 * @property {string} question
 * @property {number} n_phrasings
 * @property {string[]} languages
 * @property {'live' | 'new' | 'changed' | 'removed'} state
 * @property {string[]} flags
 * @property {string | null} [owner]
 * @property {string | null} [review_by]
 *
 * @typedef {{ data: EntryLine[], counts: Record<string, number>, next_cursor: string | null }} EntryList
 * @typedef {{ id: string, title: Record<string, string>, n: number }} Category
 */

/**
 * What changes between two states of the content.
 *
 * @typedef {{ kind: 'added' | 'removed', number: number, text: string }} LineChange
 * @typedef {{ kind: string, id: string }} Subject
 * @typedef {{ path: string, kind: 'added' | 'removed' | 'changed', subject: Subject, lines?: { lines: LineChange[], n_more: number } }} Change
 * @typedef {{ changes: Change[] }} Difference
 * @typedef {{ subject: Subject, path: string, base: string | null, live: string | null, draft: string | null }} Conflict
 *
 * @typedef {object} Draft A change set.
 * @property {string} id
 * @property {string} title
 * @property {string} created_by
 * @property {string[]} authors
 * @property {string} created_at
 * @property {string} updated_at
 * @property {Difference} difference
 * @property {Conflict[]} conflicts
 *
 * @typedef {{ severity: 'error' | 'warning', code: string, file: string, line: number, column: number, message: string, excerpt: string, hint?: string }} Diagnostic
 */

/**
 * What the gate says, and how a publication ended.
 *
 * @typedef {object} GateReport
 * @property {boolean} passed
 * @property {boolean} can_be_forced
 * @property {{ errors: { code: string, file?: string, line?: number, message: string }[], n_errors: number }} checked
 * @property {{ failures: { text: string, own: string, now: string }[], n: number, n_failures: number }} verbatim
 * @property {{ failures: { id: string, text: string, now: string }[], n: number, n_failures: number }} never
 * @property {{ accepted: number, floor: number, n: number, share: number }} labelled
 * @property {{ id: string, text: string, was: string, now: string, accept: string[], caused_by?: { path: string, why: string } | null }[]} regressions
 * @property {number} improvements
 * @property {{ n: number, changed: number, examples: { text: string, was: string, now: string, n: number }[] }} changed_recent
 *
 * @typedef {object} Outcome
 * @property {string} outcome
 * @property {string} [revision]
 * @property {boolean} [forced]
 * @property {Difference} [difference]
 * @property {GateReport} [report]
 * @property {Conflict[]} [conflicts]
 * @property {string[]} [authors]
 * @property {string} [at] When it goes live, where it is scheduled.
 *
 * @typedef {object} Timed A change set that goes live at a time, or was to.
 * @property {string} id
 * @property {string} change_set
 * @property {string | null} title
 * @property {string} at
 * @property {string} scheduled_by
 * @property {string} scheduled_at
 * @property {string} note
 * @property {boolean} forced
 * @property {'waiting' | 'published' | 'refused' | 'withdrawn'} state
 * @property {string | null} reason
 * @property {string | null} ended_at
 * @property {boolean} changed Whether it waits and was edited since.
 *
 * @typedef {object} Share
 * @property {number} of
 * @property {number | null} share
 * @property {number} at_least
 * @property {number} at_most
 *
 * @typedef {object} Side
 * @property {string} revision
 * @property {number} conversations
 * @property {Share} contained
 * @property {Share} helpful
 *
 * @typedef {object} Comparison
 * @property {string} id
 * @property {number} share
 * @property {string} started_at
 * @property {string} started_by
 * @property {string} note
 * @property {string | null} ended_at
 * @property {string | null} ended_how
 * @property {Side} live
 * @property {Side} tried
 * @property {string} contained
 * @property {string} helpful
 *
 * @typedef {object} Alarm
 * @property {string} topic
 * @property {string} at
 * @property {number} n
 * @property {number} usual
 *
 * @typedef {object} Revision
 * @property {string} id
 * @property {string} published_at
 * @property {boolean} live
 * @property {string} kind
 * @property {string} actor
 * @property {string} note
 * @property {boolean} forced
 * @property {string} engine
 * @property {number} n_entries
 */

/**
 * What the bot says to a question, and why.
 *
 * @typedef {{ text: string, html: string, language: string, quick_replies: { label: string, send: string }[], links: { label: string, href: string }[] }} Reply
 * @typedef {{ entry: string, question: string, confidence: number }} Candidate
 * @typedef {{ word: string, weight: number, in_winner: boolean, in_runner_up: boolean }} Word
 * @typedef {{ outcome: string, phrasing: string, score: number, share: number, contributions: { feature: string, adds: number }[] }} Explained
 *
 * @typedef {object} Explanation
 * @property {string} normalised
 * @property {string} decided_by
 * @property {number} confidence
 * @property {{ answer: number, clarify: number }} thresholds
 * @property {Word[]} words
 * @property {{ written: string, stands_for: string }[]} synonyms
 * @property {Explained[]} candidates
 *
 * @typedef {object} Turn
 * @property {string} decision
 * @property {string | null} entry
 * @property {string | null} intent
 * @property {number} confidence
 * @property {Reply} reply
 * @property {Candidate[]} candidates
 * @property {string} revision
 * @property {Explanation} [explanation]
 *
 * @typedef {{ is_shown: boolean, why: string[], reply: Reply, samples: string[] }} Preview
 * @typedef {{ stored_as: { entry?: string, intent?: string } | null, nearest: Candidate[] }} Nearest
 */

/**
 * What customers asked and got no answer to; what agents propose; what might be better.
 *
 * @typedef {{ text: string, language: string, n: number, outcome: string, last_at: string }} MissedQuestion
 *
 * @typedef {object} MissGroup
 * @property {string} id
 * @property {MissedQuestion[]} questions
 * @property {number} n
 * @property {Record<string, number>} kinds
 * @property {Candidate | null} proposal
 * @property {boolean} is_conflict
 *
 * @typedef {{ data: MissGroup[], n_groups: number, n_questions: number, next_cursor: string | null }} Misses
 * @typedef {{ id: string, kind: 'phrasing' | 'wrong_answer', text: string, agent: string, entry: string | null, at: string }} Proposal
 * @typedef {{ few: { entry: string, question: string, n_phrasings: number }[], confused: { entry: string, other: string, n: number, example: string }[] }} Weak
 */

/**
 * What came of an import, and what is switched off or pinned.
 *
 * @typedef {{ text: string, value: any, body: string | null, schema: Record<string, any> }} FileForm A file as a form.
 * @typedef {{ row: number, column: string, message: string }} Fault
 * @typedef {{ change_set?: string | null, entries: number, phrasings: number, created: number, updated: number, unchanged: number, removed: number, files: number, faults: Fault[], notes?: Fault[] }} ImportReport
 * @typedef {{ id: string, entries: string[], text: Record<string, string>, until: string }} Notice
 * @typedef {{ bot_off: { by: string, since: string, note: string | null } | null, entries_off: string[], flows_off: string[], notices: Notice[] }} Switches
 */

/** @typedef {import('../shared/dom.js').Part} Part */
/** @typedef {Record<string, string>} Fields An entry, flat: a text for each field. */

export {};
