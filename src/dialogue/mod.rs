//! What is said: evidence in, decision out; then the words, which editors wrote. Searches nothing, knows no clock.

pub mod compose;
pub mod decide;
mod languages;
pub mod markdown;
pub mod switches;
pub mod template;
