// What the API tells the help page's question box, and what its modules hand to one another, for the type checker alone; nothing loads
// this file.

/**
 * @typedef {typeof import('./help-texts.js').TEXT['zh-CN']} Texts
 * @typedef {import('../widget/types.js').QuickReply} QuickReply
 * @typedef {import('../widget/types.js').Link} Link
 *
 * @typedef {{ text: string, html: string, language: string, quick_replies: QuickReply[], links: Link[] }} Reply
 * @typedef {{ decision: string, reply: Reply }} Answer
 *
 * @typedef {{ word: string, weight: number, in_winner: boolean, in_runner_up: boolean }} Word
 * @typedef {{ feature: string, adds: number }} Contribution
 * @typedef {{ outcome: string, phrasing: string, share: number, contributions: Contribution[] }} Candidate
 *
 * @typedef {object} Explanation
 * @property {string} decided_by
 * @property {number} confidence
 * @property {{ answer: number, clarify: number }} thresholds
 * @property {Candidate[]} candidates
 * @property {Word[]} words
 * @property {string} normalised
 * @property {{ written: string, stands_for: string }[]} synonyms
 *
 * @typedef {{ entry: string, question: string }} Found
 * @typedef {Answer & { revision: string, candidates: Found[], explanation: Explanation }} Explained
 */

/**
 * A question with what became of it.
 *
 * @typedef {object} Turn
 * @property {number} id
 * @property {{ question: string, language: string | undefined }} request
 * @property {HTMLElement} heading
 * @property {HTMLElement} body
 * @property {HTMLElement} card
 * @property {boolean} [isPending]
 * @property {boolean} [isWhyOpen]
 * @property {import('../shared/api.js').Trouble | null} [trouble]
 * @property {Answer} [answer]
 * @property {Explained} [explained]
 */

export {};
