// What the widget's modules hand to one another, for the type checker alone; nothing loads this file.

/**
 * What the API says of a message, and of what happens in a conversation.
 *
 * @typedef {{ label: string, send: string }} QuickReply
 * @typedef {{ label: string, href: string }} Link
 * @typedef {{ id: string, name: string, media_type: string, size: number }} KeptFile
 *
 * @typedef {object} Message
 * @property {number} seq
 * @property {string} [client_id]
 * @property {'visitor' | 'bot' | 'agent' | 'system'} author
 * @property {string} [author_name]
 * @property {string} text
 * @property {string} html Safe.
 * @property {string} at
 * @property {QuickReply[]} [quick_replies]
 * @property {Link[]} [links]
 * @property {KeptFile} [file]
 * @property {string} kind
 *
 * @typedef {{ seq?: number, type: string, at?: string, data: any }} StreamEvent `typing` has no number.
 * @typedef {'bot' | 'queued' | 'agent' | 'closed'} Status
 * @typedef {{ place: number, expected_seconds: number | null }} Queue
 */

/**
 * What stands in the transcript: a message, a note of what happened, or what is under way.
 *
 * @typedef {{ key: string, seq: number, message: Message, isPast?: boolean }} MessageItem
 * @typedef {{ key: string, seq: number, note: string, name?: string, isPast?: boolean }} NoteItem
 * @typedef {{ key: string, outgoing: Outgoing }} OutgoingItem
 * @typedef {MessageItem | NoteItem | OutgoingItem} Item
 */

/**
 * What a customer has sent and nobody has acknowledged yet.
 *
 * @typedef {object} Outgoing
 * @property {string} client_id
 * @property {string} text
 * @property {string} [label] How it is shown, where it is not its text.
 * @property {File} [file]
 * @property {'sending' | 'failed'} state
 * @property {string} [trouble] The name of a sentence.
 */

/**
 * What the page around the widget says of itself and of its visitor: claims, which open nothing.
 *
 * @typedef {Record<string, string | number | boolean>} Context
 */

/** @typedef {typeof import('./texts.js').TEXT.zh} Texts */

export {};
