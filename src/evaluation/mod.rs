//! Measures: labelled questions, answers and intents, as arithmetic over what the engine said. Reads no files.

pub mod answers;
pub mod curves;
pub mod intents;
pub mod questions;
pub mod sets;
