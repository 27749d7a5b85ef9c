//! 应答: a support desk's first line that says only what its editors wrote.
//!
//! Reading order, from a message's text to what is said about it. The first group is the pure core (values in, values
//! out); the second are the thin shells around it. ARCHITECTURE.md draws the map and states the invariants.

// The core: no I/O, no clock, no randomness.
pub mod text;
pub mod knowledge;
pub mod nlu;
pub mod retrieval;
pub mod dialogue;
pub mod desk;
pub mod people;
pub mod assistant;
pub mod evaluation;

// The shells.
pub mod index;
pub mod exchange;
pub mod store;
pub mod snapshot;
pub mod artefacts;
pub mod files;
pub mod connectors;
pub mod live;
pub mod questions;
pub mod publishing;
pub mod staff;
pub mod chat;
pub mod webhooks;
pub mod persons;
pub mod reporting;
pub mod demonstration;
pub mod http;
pub mod cli;
pub mod alarms;
pub mod app;
pub mod config;
pub mod clock;
pub mod ids;
pub mod telemetry;
