//! What this service calls: one outbound client, and what it reaches.

pub mod addresses;
pub(crate) mod breaker;
pub mod client;
pub mod embeddings;
mod memory;
pub mod operator;
