//! Conversations: a message goes through the core, what it needs is done, and what comes of it is kept.

mod announce;
pub mod hints;
pub mod messages;
pub mod rehearsal;
pub mod seal;
pub mod steps;
