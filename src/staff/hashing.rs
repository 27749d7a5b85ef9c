//! Passwords are hashed and checked away from the threads that serve connections, two at a time: each takes tens of
//! milliseconds and 19 MB.

use std::time::Duration;

use tokio::sync::Semaphore;

use crate::ids::secret_bytes;
use crate::people::password::{Password, PasswordHash, hash, verify, verify_nobody};
use crate::staff::failure::Failure;

/// Passwords hashed or checked at the same time.
const AT_ONCE: usize = 2;

/// How long one waits for its turn; some fifty are done in that time.
const PATIENCE: Duration = Duration::from_secs(2);

/// The turns for hashing and checking.
#[derive(Debug)]
pub struct Hashing(Semaphore);

impl Default for Hashing {
    fn default() -> Self {
        Self(Semaphore::new(AT_ONCE))
    }
}

impl Hashing {
    /// Hashes a password with a new salt.
    ///
    /// # Errors
    /// Fails when too many wait, and where there is no salt.
    pub async fn hash(&self, password: &Password) -> Result<PasswordHash, Failure> {
        let (salt, password) = (secret_bytes()?, password.clone());
        self.work(move || hash(&password, &salt)).await
    }

    /// Says whether it is the password of a hash; takes as long without a hash, and is false then.
    ///
    /// # Errors
    /// Fails when too many wait.
    pub async fn verify(&self, password: &Password, kept: Option<&PasswordHash>) -> Result<bool, Failure> {
        let (password, kept) = (password.clone(), kept.cloned());
        self.work(move || match kept {
            Some(kept) => verify(&password, &kept),
            None => verify_nobody(&password),
        })
        .await
    }

    async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
        let turn = tokio::time::timeout(PATIENCE, self.0.acquire()).await;
        let Ok(Ok(_turn)) = turn else { return Err(Failure::Busy) };
        tokio::task::spawn_blocking(work).await.map_err(|error| Failure::Broken(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_that_is_hashed_is_known_again() {
        let hashing = Hashing::default();
        let password = Password::new("moss on forty-two steps");
        let kept = hashing.hash(&password).await.unwrap();
        assert!(hashing.verify(&password, Some(&kept)).await.unwrap());
        assert!(!hashing.verify(&Password::new("moss on forty-two stairs"), Some(&kept)).await.unwrap());
        assert!(!hashing.verify(&password, None).await.unwrap());
    }
}
