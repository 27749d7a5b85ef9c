//! The integration tests: one binary, one module a subject.

mod commands;
mod content;
mod engine;
mod tidy;
