//! People: accounts, and what they come in with. Of secrets only digests are here.

pub mod accounts;
pub mod attempts;
pub mod links;
pub mod names;
pub mod sessions;
pub mod tokens;

use std::fmt::Display;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::store::error::{StoreError, Unavailable};

/// A set or list as it is stored: JSON text.
fn json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::unavailable(Unavailable::Failed, error))
}

/// A stored set or list.
fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(corrupt)
}

pub(super) fn corrupt(error: impl Display) -> StoreError {
    StoreError::unavailable(Unavailable::Corrupt, error)
}
