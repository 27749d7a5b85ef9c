//! Who may do what: roles, permissions, passwords, one-time codes, tokens, the chain of the audit. Values in, values out.
//!
//! Salts, secrets and the time come in as arguments; nothing here knows where accounts are kept or how they sign in.

pub mod named;
pub mod role;
pub mod actor;
pub mod account_name;
pub mod password;
pub mod weakness;
pub mod webhook;
pub mod secret;
pub mod signature;
pub mod identity;
pub mod totp;
pub mod recovery;
pub mod lockout;
pub mod account;
pub mod credential;
pub mod redacted;
pub mod audit;
pub mod by;
pub mod chain;
