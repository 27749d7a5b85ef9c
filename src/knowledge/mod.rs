//! What editors wrote: file texts in, `Content` and every fault out. Reads no disk; knows nothing of matching.

pub mod calendar;
pub mod content;
pub mod diagnostic;
pub mod entry;
pub mod intent;
pub mod operator;
pub mod texts;
pub mod rule;
