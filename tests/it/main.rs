//! The integration tests: one binary, one module a subject.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

mod commands;
mod content;
mod engine;
#[path = "../../benches/generator.rs"]
mod generator;
mod service;
mod small_edits;
mod tidy;
mod two_steps;
