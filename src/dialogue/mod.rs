//! What is said: evidence in, decision out; then the words, which editors wrote. Searches nothing, knows no clock.

pub mod compose;
pub mod conversing;
pub mod cues;
pub mod decide;
pub mod effects;
pub mod filling;
pub(crate) mod languages;
pub mod markdown;
pub mod state;
pub mod switches;
pub mod template;
