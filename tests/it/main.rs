//! The integration tests: one binary, one module a subject.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

mod commands;
mod content;
mod crashes;
mod dialogues;
mod engine;
mod foreign;
mod forms;
mod full_disk;
#[path = "../../benches/generator.rs"]
mod generator;
mod publishing_commands;
mod schemas;
mod service;
mod shop;
mod simulation;
mod small_edits;
mod store;
mod talking_crashes;
mod tidy;
mod two_steps;
