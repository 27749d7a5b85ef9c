//! What this service calls: one outbound client, and what it reaches.

mod breaker;
pub mod embeddings;
mod memory;
