//! Measures: labelled questions, answers and intents, as arithmetic over what the engine said. Reads no files.

pub mod answers;
pub mod chart;
pub mod curves;
pub mod draws;
pub mod intent_model;
pub mod intents;
pub mod questions;
pub mod sets;
