//! What is said: evidence in, decision out; then the words, which editors wrote. Searches nothing, knows no clock.

pub mod compose;
pub mod decide;
pub mod markdown;
pub mod template;
