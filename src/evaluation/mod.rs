//! Measures: labelled questions, answers and intents, as arithmetic over what the engine said. Reads no files.

pub mod answers;
mod asking;
pub mod causes;
pub mod chart;
pub mod curves;
pub mod dialogue_text;
pub mod dialogues;
pub mod draws;
pub mod gate;
#[cfg(test)]
mod gate_fixture;
pub mod intent_model;
pub mod intents;
pub mod misses;
pub mod questions;
pub mod sets;
mod stored;
mod targets;
pub mod verdict;
