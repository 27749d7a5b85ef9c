//! What the service desk promises and vouches for, as pure rules: its hours, its official contacts.

pub mod case_number;
pub mod case_steps;
pub mod contacts;
pub mod hours;
pub mod idle;
pub mod transactions;
