//! `/desk`: what agents work with. What is not of their departments is not there for them.

pub mod agents;
pub mod cases;
pub mod choices;
pub mod conversations;
pub mod feedback;
pub mod files;
pub mod improvements;
pub mod knowledge;
pub mod moves;
pub mod news;
pub mod steps;
