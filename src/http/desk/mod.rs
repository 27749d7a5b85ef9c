//! `/desk`: what agents work with. What is not of their departments is not there for them.

pub mod cases;
pub mod feedback;
pub mod files;
pub mod improvements;
pub mod steps;
