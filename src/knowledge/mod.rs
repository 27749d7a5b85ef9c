//! What editors wrote: file texts in, `Content` and every fault out. Reads no disk; knows nothing of matching.

pub mod calendar;
pub mod changed_lines;
pub(crate) mod check;
pub mod condition;
pub mod content;
pub mod diagnostic;
pub mod difference;
pub mod entry;
pub mod forms;
mod front_matter;
pub mod intent;
pub mod operator;
mod read;
mod reader;
pub mod rule;
pub mod schemas;
mod source;
pub mod steps;
#[cfg(test)]
mod tests;
pub mod texts;
pub(crate) mod yaml;

pub use crate::knowledge::read::{ReadOptions, read};
