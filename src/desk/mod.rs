//! What the service desk promises and vouches for, as pure rules: its hours, its official contacts.

pub mod contacts;
pub mod hours;
