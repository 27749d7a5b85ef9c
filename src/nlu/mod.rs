//! What a message is about, before the index is asked: a linear classifier over intents and entries. Decides nothing.

pub mod classifier;
pub mod dense;
pub mod entities;
pub mod features;
pub mod projection;
pub mod regression;
