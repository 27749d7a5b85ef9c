//! Is it really them? Attempts are counted before they are checked, so that a thousand at the same time are a thousand too.

use std::net::IpAddr;

use jiff::Timestamp;

use crate::people::account::{Account, SecondFactor};
use crate::people::actor::Actor;
use crate::people::audit::{Action, AuditEvent};
use crate::people::lockout::{self, PER_ADDRESS, PER_NAME};
use crate::people::password::{Password, PasswordHash};
use crate::people::recovery::find_recovery_code;
use crate::staff::failure::Failure;
use crate::staff::hashing::Hashing;
use crate::store::database::Transaction;
use crate::store::error::StoreError;
use crate::store::people::{accounts, attempts};
use crate::store::{Store, audit};

/// Where an attempt comes from.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// The client's address, as the audit shows it.
    pub address: &'a str,
    /// The addresses that count as one client.
    pub client: IpAddr,
    /// When.
    pub now: Timestamp,
}

/// Under what an attempt is counted.
pub(crate) struct Counted {
    name: String,
    client: String,
}

impl Counted {
    /// Counts an attempt as failed until it turns out otherwise.
    ///
    /// # Errors
    /// Fails with a wait when too many have failed; then it does not count.
    pub(crate) async fn begin(store: &Store, typed_name: &str, origin: &Origin<'_>) -> Result<Self, Failure> {
        let counted = Self {
            name: format!("name:{}", lockout::key_of_name(typed_name).as_str()),
            client: format!("client:{}", origin.client),
        };
        let mut tx = store.write().await?;
        for (subject, limit) in [(&counted.name, PER_NAME), (&counted.client, PER_ADDRESS)] {
            let so_far = attempts::hold(&mut *tx, subject).await?;
            if let Some(wait) = limit.wait(&so_far, origin.now) {
                return Err(Failure::Wait { seconds: u64::try_from(wait.as_secs()).unwrap_or_default() + 1 });
            }
            attempts::put(&mut *tx, subject, &lockout::failed(so_far, origin.now)).await?;
        }
        tx.commit().await?;
        Ok(counted)
    }

    /// Says whether a password is that of a hash. An attempt that could not be checked does not count.
    ///
    /// # Errors
    /// Fails when too many wait.
    pub(crate) async fn verify(
        &self,
        store: &Store,
        hashing: &Hashing,
        password: &Password,
        kept: Option<&PasswordHash>,
    ) -> Result<bool, Failure> {
        match hashing.verify(password, kept).await {
            Ok(is_right) => Ok(is_right),
            Err(unchecked) => {
                let mut tx = store.write().await?;
                self.take_back(&mut *tx).await?;
                tx.commit().await?;
                Err(unchecked)
            }
        }
    }

    /// It was right: what failed before under the name is forgotten. Others' failures from the same address are not.
    pub(crate) async fn succeed(&self, tx: &mut dyn Transaction) -> Result<(), StoreError> {
        attempts::forget(tx, &self.name).await?;
        attempts::take_back(tx, &self.client).await
    }

    /// It was neither right nor wrong yet.
    pub(crate) async fn take_back(&self, tx: &mut dyn Transaction) -> Result<(), StoreError> {
        attempts::take_back(tx, &self.name).await?;
        attempts::take_back(tx, &self.client).await
    }
}

/// What a code was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    /// The authenticator's.
    Shown,
    /// One of those on paper, which is used up.
    Recovery,
}

/// Checks a code and strikes out what it uses up; `None` when it is wrong.
pub(crate) fn use_code(factor: &mut SecondFactor, typed: &str, now: Timestamp) -> Option<Code> {
    if let Some(step) = factor.secret.check(typed, now, factor.last_step) {
        factor.last_step = Some(step);
        return Some(Code::Shown);
    }
    let at = find_recovery_code(typed, &factor.recovery_codes)?;
    factor.recovery_codes.remove(at);
    Some(Code::Recovery)
}

/// Writes down that an attempt failed. Whose it was is told only where the account exists: what else was typed may be a
/// password in the wrong field.
pub(crate) async fn note_failure(
    tx: &mut dyn Transaction,
    account: Option<&Account>,
    typed_name: &str,
    reason: &str,
    origin: &Origin<'_>,
) -> Result<(), StoreError> {
    let subject =
        account.map_or_else(|| lockout::key_of_name(typed_name).as_str().to_owned(), |known| known.id.0.clone());
    let event = AuditEvent::new(origin.now, &Actor::system("sign_in"), Action::SessionFailed, &subject);
    let event = event.after(serde_json::json!({ "reason": reason })).at_address(origin.address);
    audit::add(tx, event).await
}

/// What somebody who is signed in shows again before something that a stolen session must not do.
#[derive(Clone, Copy)]
pub(crate) enum Again<'a> {
    /// The password.
    Password(&'a Password),
    /// The password and a code; both are one attempt.
    Both(&'a Password, &'a str),
}

/// Checks what is shown again, and strikes out a code that was.
///
/// # Errors
/// Fails when any of it is wrong, or too many attempts have failed.
pub(crate) async fn prove_again(
    store: &Store,
    hashing: &Hashing,
    account: &Account,
    again: Again<'_>,
    origin: &Origin<'_>,
) -> Result<(), Failure> {
    let (Again::Password(password) | Again::Both(password, _)) = again;
    let counted = Counted::begin(store, account.name.as_str(), origin).await?;
    let is_right = counted.verify(store, hashing, password, account.password_hash.as_ref()).await?;
    let mut tx = store.write().await?;
    accounts::turn(&mut *tx).await?;
    let mut account = still_there(&mut *tx, account).await?;
    let wrong = match again {
        _ if !is_right => Some("wrong_password"),
        Again::Password(_) => None,
        Again::Both(_, code) => {
            let used = account.totp.as_mut().and_then(|factor| use_code(factor, code, origin.now));
            used.is_none().then_some("wrong_code")
        }
    };
    if let Some(reason) = wrong {
        note_failure(&mut *tx, Some(&account), account.name.as_str(), reason, origin).await?;
        tx.commit().await?;
        return Err(Failure::WrongProof);
    }
    accounts::put_secrets(&mut *tx, &account).await?;
    counted.succeed(&mut *tx).await?;
    tx.commit().await?;
    Ok(())
}

/// Returns an account as it is now, in a transaction that has taken the turn, unless it is gone or shut.
pub(crate) async fn still_there(tx: &mut dyn Transaction, account: &Account) -> Result<Account, Failure> {
    let now = accounts::get(tx, &account.id).await?;
    now.filter(|now| !now.disabled).ok_or(Failure::Unknown("account"))
}
