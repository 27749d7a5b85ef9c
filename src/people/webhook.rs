//! What an operator's other systems can be told of, each under a name that they rely on.

use crate::people::named::named;

named! {
    /// Something that happened.
    pub enum EventKind {
        /// A customer has begun a conversation.
        ConversationStarted = "conversation.started",
        /// Somebody has said something in a conversation.
        ConversationMessage = "conversation.message",
        /// A conversation was handed over to people.
        ConversationHandedOff = "conversation.handed_off",
        /// A conversation has ended.
        ConversationClosed = "conversation.closed",
        /// A customer has said what they think.
        ConversationRated = "conversation.rated",
        /// A case was opened.
        CaseOpened = "case.opened",
        /// Something happened in a case.
        CaseUpdated = "case.updated",
        /// A topic is asked about far more often than usual.
        TopicRising = "topic.rising",
        /// A change set that was to go live at an instant did not.
        PublicationRefused = "publication.refused",
    }
}

/// What an endpoint is sent to try it, whatever else it wants to be told of.
pub const PING: &str = "ping";
