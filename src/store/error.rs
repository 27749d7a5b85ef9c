//! What can go wrong with the store, as far as anybody acts differently on it.

use std::fmt;

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It cannot right now; whoever asked may try again later.
    #[error("the store {why}: {cause}")]
    Unavailable {
        /// Why, in a word.
        why: Unavailable,
        /// What the database said.
        cause: String,
    },
    /// Somebody else was first: what the change was based on is no longer so.
    #[error("somebody else was first")]
    Conflict,
}

impl StoreError {
    pub(crate) fn unavailable(why: Unavailable, cause: impl fmt::Display) -> Self {
        Self::Unavailable { why, cause: cause.to_string() }
    }
}

/// Why the store cannot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unavailable {
    /// There is no room on the disk.
    Full,
    /// Nothing may be written there.
    ReadOnly,
    /// What is stored is damaged.
    Corrupt,
    /// The server or the file cannot be reached.
    Unreachable,
    /// Others were busy with it for too long.
    Busy,
    /// Anything else.
    Failed,
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full => "has no room left on its disk",
            Self::ReadOnly => "may not be written",
            Self::Corrupt => "is damaged",
            Self::Unreachable => "cannot be reached",
            Self::Busy => "is busy",
            Self::Failed => "failed",
        })
    }
}
