// What the API tells the desk, and what the desk's modules hand to one another, for the type checker alone; nothing loads this file.

/** @typedef {typeof import('./texts-zh.js').CHINESE} Texts */

/**
 * What people and things are called.
 *
 * @typedef {{ id: string, title: string }} Choice
 * @typedef {{ id: string, name: string }} AgentName
 * @typedef {import('../widget/types.js').KeptFile} KeptFile
 * @typedef {{ departments: Choice[], reasons: Choice[] }} Choices
 * @typedef {{ id: string, title: string, text: string }} CannedReply
 */

/**
 * Conversations.
 *
 * @typedef {'bot' | 'queued' | 'agent' | 'closed'} Status
 * @typedef {'urgent' | 'high' | 'normal' | 'low'} Priority
 * @typedef {'mine' | 'waiting' | 'open' | 'closed' | 'bot'} View
 * @typedef {'visitor' | 'bot' | 'agent' | 'system'} Author
 *
 * @typedef {object} Card
 * @property {string} id
 * @property {Status} status
 * @property {string | null} department
 * @property {Priority | null} priority
 * @property {AgentName | null} agent
 * @property {string | null} waiting_since
 * @property {string | null} reply_by
 * @property {string | null} language
 * @property {string} channel
 * @property {string | null} name
 * @property {boolean} is_verified
 * @property {string | null} reason
 * @property {{ author: Author, text: string, at: string } | null} last
 * @property {number} last_seq
 * @property {string} updated_at
 *
 * @typedef {{ id: string, agent: AgentName, at: string, text: string }} Note
 * @typedef {{ number: string, kind: CaseKind, status: CaseStatus }} CaseName
 * @typedef {{ entry: string, helpful: boolean | null }} Shown
 * @typedef {{ id: string, began_at: string, reason: string | null, status: Status }} Earlier
 *
 * @typedef {object} Known
 * @property {string | null} intent
 * @property {string | null} handed_over_for
 * @property {Record<string, string>} given
 * @property {CaseName[]} cases
 * @property {Shown[]} shown
 * @property {KeptFile[]} files
 * @property {Earlier[]} earlier
 *
 * @typedef {Card & { claims: Record<string, unknown> | null, context: Known, notes: Note[] }} Conversation
 * @typedef {{ data: Card[], next_cursor: string | null }} CardPage
 */

/**
 * What happens in a conversation.
 *
 * @typedef {object} Message
 * @property {number} seq
 * @property {string} [client_id]
 * @property {Author} author
 * @property {string} [author_name]
 * @property {string} [agent] The account, where an agent has written it.
 * @property {string} text
 * @property {string} html Safe.
 * @property {string} at
 * @property {string} kind
 * @property {KeptFile} [file]
 *
 * @typedef {{ owner: string, agent?: AgentName, handoff?: { department?: string } }} Owner
 * @typedef {{ helpful?: boolean | null, ratings?: Ratings, comment?: string | null }} Rating
 * @typedef {Record<string, number | null>} Ratings
 *
 * @typedef {{ seq: number, at: string, type: 'message', data: Message }} MessageEvent
 * @typedef {{ seq: number, at: string, type: 'owner', data: Owner }} OwnerEvent
 * @typedef {{ seq: number, at: string, type: 'case', data: { number: string, status: CaseStatus } }} CaseEvent
 * @typedef {{ seq: number, at: string, type: 'queue', data: { place: number } }} QueueEvent
 * @typedef {{ seq: number, at: string, type: 'rating', data: Rating }} RatingEvent
 * @typedef {{ seq: number, at: string, type: 'status', data: { status: Status } }} StatusEvent
 * @typedef {MessageEvent | OwnerEvent | CaseEvent | QueueEvent | RatingEvent | StatusEvent} Event
 *
 * @typedef {{ id?: string, conversation?: string }} News
 */

/**
 * Agents.
 *
 * @typedef {'available' | 'pause' | 'wrap_up' | 'offline'} AgentState
 * @typedef {{ capacity: number, languages: string[], intents: string[] }} Skills
 * @typedef {{ id: string, name: string, state: AgentState, since: string, departments: string[], n_open: number } & Skills} Agent
 * @typedef {{ me: Agent, agents: Agent[] }} Presence
 *
 * @typedef {object} Queue
 * @property {string} department
 * @property {number} n_waiting
 * @property {number} longest_wait_seconds
 * @property {number} n_with_agents
 * @property {number} n_on_duty
 * @property {number | null} wait_seconds
 * @property {number | null} first_reply_seconds
 * @property {number | null} handling_seconds
 *
 * @typedef {object} AgentDay
 * @property {string} id
 * @property {string} name
 * @property {AgentState} state
 * @property {number} n_open
 * @property {number} n_taken
 * @property {number | null} first_reply_seconds
 * @property {number | null} handling_seconds
 *
 * @typedef {{ agent: string | null, at: string, ratings: Ratings | null, comment: string | null }} Feedback
 * @typedef {{ queues: Queue[], agents: AgentDay[] }} Wall
 */

/**
 * Cases.
 *
 * @typedef {'transaction' | 'refund' | 'account' | 'complaint' | 'callback' | 'merchant' | 'privacy' | 'suggestion'} CaseKind
 * @typedef {'open' | 'waiting_customer' | 'in_review' | 'approved' | 'rejected' | 'done' | 'closed'} CaseStatus
 * @typedef {{ by: string | null, at: string | null, kept: boolean | null }} Promised
 *
 * @typedef {object} Case
 * @property {string} number
 * @property {CaseKind} kind
 * @property {CaseStatus} status
 * @property {string} department
 * @property {string | null} assignee
 * @property {Priority} priority
 * @property {string} conversation
 * @property {string | null} order_number
 * @property {Record<string, string>} slots
 * @property {string[]} sealed
 * @property {Promised} first_reply
 * @property {Promised} resolve
 * @property {string | null} late_at
 *
 * @typedef {{ at: string, what: string, text: string }} Recorded
 * @typedef {Case & { history: Recorded[], files: KeptFile[] }} WholeCase
 */

/**
 * The knowledge base.
 *
 * @typedef {{ entry: string, question: string, html: string, text: string }} Entry
 *
 * @typedef {object} Explained
 * @property {string} decision
 * @property {number} confidence
 * @property {{ question: string, entry: string, confidence: number }[]} candidates
 * @property {{ words: { word: string, in_winner: boolean }[], decided_by: string }} explanation
 */

export {};
