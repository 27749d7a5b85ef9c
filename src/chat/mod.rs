//! Conversations: a message goes through the core, what it needs is done, and what comes of it is kept.

mod announce;
mod asked;
pub mod attachments;
pub mod beginning;
pub mod blocks;
pub mod cases;
pub mod clocks;
pub mod desk;
mod effects;
pub mod feedback;
pub mod hints;
pub mod identifying;
pub mod idle;
mod inquiries;
mod intake;
pub mod messages;
mod notices;
pub mod rehearsal;
pub mod seal;
pub mod steps;
pub mod surveys;
