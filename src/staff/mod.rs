//! Who works here: invited, changed, signed in, given tokens. Each act is one transaction with its line in the audit.
//!
//! The commands and the API call this; it knows neither.

pub mod accounts;
pub mod audited;
mod departments;
pub mod failure;
pub mod hashing;
pub mod links;
pub mod passwords;
pub mod proof;
pub mod second_factor;
pub mod sign_in;
pub mod tokens;
