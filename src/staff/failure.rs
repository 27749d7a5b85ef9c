//! Why an act on accounts, sessions and tokens was not done, as far as anybody acts differently on it.

use thiserror::Error;

use crate::people::account::Refused;
use crate::people::weakness::WeakPassword;
use crate::store::error::StoreError;

/// Why it was not done.
#[derive(Debug, Error)]
pub enum Failure {
    /// The store cannot.
    #[error(transparent)]
    Store(StoreError),
    /// There is no such account or token.
    #[error("there is no such {0}")]
    Unknown(&'static str),
    /// Somebody has changed it since it was read.
    #[error("somebody else has changed it meanwhile")]
    Stale,
    /// The accounts must not become so.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The new password would be guessed.
    #[error(transparent)]
    Weak(#[from] WeakPassword),
    /// The link was used, has ended, or never was one.
    #[error("this link was used already or has ended")]
    DeadLink,
    /// The name, the password or the code is wrong; nobody is told which.
    #[error("the name, the password or the code is wrong")]
    WrongProof,
    /// Too many attempts have failed.
    #[error("too many attempts have failed; wait {seconds} seconds")]
    Wait {
        /// Until the next one is let through.
        seconds: u64,
    },
    /// It would give somebody more than the actor has.
    #[error("nobody gives more than they have")]
    TooMuch,
    /// The account has an authenticator already.
    #[error("there is an authenticator already; take it away first")]
    SecondFactorOn,
    /// A field cannot be so.
    #[error("{field}: {message}")]
    Invalid {
        /// Which.
        field: &'static str,
        /// What is wrong with it.
        message: String,
    },
    /// Too many passwords are being checked.
    #[error("too many passwords are being checked")]
    Busy,
    /// The system gives no random bytes, or a thread has ended.
    #[error("{0}")]
    Broken(String),
}

impl Failure {
    /// A field that cannot be so.
    pub fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid { field, message: message.into() }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict => Self::Stale,
            StoreError::Unavailable { .. } => Self::Store(error),
        }
    }
}

impl From<getrandom::Error> for Failure {
    fn from(error: getrandom::Error) -> Self {
        Self::Broken(format!("no random bytes: {error}"))
    }
}
