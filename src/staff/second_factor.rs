//! An authenticator is set up in two steps (shown, then confirmed by a code) and taken away by whoever has both factors.

use std::fmt;

use serde_json::json;

use crate::ids::secret_bytes;
use crate::people::account::{Account, SecondFactor};
use crate::people::audit::Action;
use crate::people::password::Password;
use crate::people::recovery::{N_RECOVERY_CODES, RecoveryCode};
use crate::people::secret::Digest;
use crate::people::totp::TotpSecret;
use crate::staff::failure::Failure;
use crate::staff::hashing::Hashing;
use crate::staff::passwords::own;
use crate::staff::proof::{Again, Origin, prove_again, still_there};
use crate::store::people::{accounts, sessions};
use crate::store::{Store, audit};

/// What an authenticator scans; shown once.
#[derive(Clone)]
pub struct Offered {
    /// The secret in base32, to be typed.
    pub secret: String,
    /// The `otpauth://` address, to be scanned.
    pub uri: String,
}

/// Without the secret.
impl fmt::Debug for Offered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Offered(hidden)")
    }
}

/// Offers a secret for an authenticator; it counts for nothing until it is confirmed in the same session.
///
/// # Errors
/// Fails when the password is wrong, and where there is an authenticator.
pub async fn offer(
    store: &Store,
    hashing: &Hashing,
    account: &Account,
    session: &Digest,
    password: &Password,
    origin: &Origin<'_>,
) -> Result<Offered, Failure> {
    prove_again(store, hashing, account, Again::Password(password), origin).await?;
    if account.totp.is_some() {
        return Err(Failure::SecondFactorOn);
    }
    let secret = TotpSecret::new(secret_bytes()?);
    let mut tx = store.write().await?;
    sessions::offer_totp(&mut *tx, session, Some(&secret)).await?;
    tx.commit().await?;
    Ok(Offered { secret: secret.to_base32(), uri: secret.uri(&account.name) })
}

/// Confirms the secret that was offered, by a code that the authenticator shows: from now on it is asked for. Returns the
/// codes on paper, once, and ends the account's other sessions.
///
/// # Errors
/// Fails when the code is wrong, nothing was offered, or there is an authenticator by now.
pub async fn confirm(
    store: &Store,
    session: &Digest,
    code: &str,
    origin: &Origin<'_>,
) -> Result<Vec<RecoveryCode>, Failure> {
    let mut tx = store.write().await?;
    accounts::turn(&mut *tx).await?;
    let (kept, account) = sessions::find(&mut *tx, session).await?.ok_or(Failure::Unknown("session"))?;
    let mut account = still_there(&mut *tx, &account).await?;
    if account.totp.is_some() {
        return Err(Failure::SecondFactorOn);
    }
    let offered = kept.totp_offered.ok_or_else(|| Failure::invalid("code", "there is no authenticator to confirm"))?;
    let Some(step) = offered.check(code, origin.now, None) else {
        return Err(Failure::invalid("code", "this is not what the authenticator shows now"));
    };
    let codes: Vec<RecoveryCode> =
        (0..N_RECOVERY_CODES).map(|_| Ok(RecoveryCode::new(secret_bytes()?))).collect::<Result<_, Failure>>()?;
    let recovery_codes = codes.iter().map(RecoveryCode::digest).collect();
    account.totp = Some(SecondFactor { secret: offered, last_step: Some(step), recovery_codes });
    accounts::put_secrets(&mut *tx, &account).await?;
    sessions::offer_totp(&mut *tx, session, None).await?;
    sessions::end_others(&mut *tx, &account.id, session).await?;
    let actor = account.actor();
    let by = own(&actor, origin);
    let event = by.event(Action::SecondFactorChanged, &account.id.0);
    let (before, after) = (json!({ "authenticator": false }), json!({ "authenticator": true }));
    audit::add(&mut *tx, event.before(before).after(after)).await?;
    tx.commit().await?;
    Ok(codes)
}

/// Takes the authenticator away.
///
/// # Errors
/// Fails when the password or the code is wrong.
pub async fn remove(
    store: &Store,
    hashing: &Hashing,
    account: &Account,
    (password, code): (&Password, &str),
    origin: &Origin<'_>,
) -> Result<(), Failure> {
    prove_again(store, hashing, account, Again::Both(password, code), origin).await?;
    let mut tx = store.write().await?;
    accounts::turn(&mut *tx).await?;
    let account = Account { totp: None, ..still_there(&mut *tx, account).await? };
    accounts::put_secrets(&mut *tx, &account).await?;
    let actor = account.actor();
    let by = own(&actor, origin);
    let event = by.event(Action::SecondFactorChanged, &account.id.0);
    let (before, after) = (json!({ "authenticator": true }), json!({ "authenticator": false }));
    audit::add(&mut *tx, event.before(before).after(after)).await?;
    Ok(tx.commit().await?)
}
