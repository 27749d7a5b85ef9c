//! Sessions, by the digests of their secrets.

use jiff::Timestamp;

use crate::people::account::{Account, AccountId};
use crate::people::credential::KeptSession;
use crate::people::secret::Digest;
use crate::people::totp::TotpSecret;
use crate::store::database::{Row, Transaction};
use crate::store::error::StoreError;
use crate::store::people::accounts::{self, totp_secret};
use crate::store::{millis, time};

/// Adds a session.
///
/// # Errors
/// Fails when the database does.
pub async fn add(tx: &mut dyn Transaction, digest: &Digest, session: &KeptSession) -> Result<(), StoreError> {
    let sql = format!("INSERT INTO sessions (digest, {SESSION}) VALUES ($1, $2, $3, $4, $5, $6)");
    let values = [
        digest.as_str().into(),
        session.account.0.as_str().into(),
        millis(session.created_at).into(),
        millis(session.seen_at).into(),
        millis(session.expires_at).into(),
        session.totp_offered.as_ref().map(|secret| secret.as_bytes().to_vec()).into(),
    ];
    tx.execute(&sql, &values).await.map(drop)
}

/// Returns a session with its account as that is now, whether the session has ended or not.
///
/// # Errors
/// Fails when the database does.
pub async fn find(tx: &mut dyn Transaction, digest: &Digest) -> Result<Option<(KeptSession, Account)>, StoreError> {
    let sql = format!("SELECT {SESSION} FROM sessions WHERE digest = $1");
    let rows = tx.rows(&sql, &[digest.as_str().into()]).await?;
    let Some(session) = rows.first().map(session).transpose()? else { return Ok(None) };
    let account = accounts::get(tx, &session.account).await?;
    Ok(account.map(|account| (session, account)))
}

/// Notes that a session is in use.
///
/// # Errors
/// Fails when the database does.
pub async fn note_use(tx: &mut dyn Transaction, digest: &Digest, now: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE sessions SET seen_at = $1 WHERE digest = $2 AND seen_at < $1";
    tx.execute(sql, &[millis(now).into(), digest.as_str().into()]).await.map(drop)
}

/// Keeps the secret of an authenticator with the session in which it was shown, or forgets it.
///
/// # Errors
/// Fails when the database does.
pub async fn offer_totp(
    tx: &mut dyn Transaction,
    digest: &Digest,
    secret: Option<&TotpSecret>,
) -> Result<(), StoreError> {
    let secret = secret.map(|secret| secret.as_bytes().to_vec());
    let sql = "UPDATE sessions SET totp_offered = $1 WHERE digest = $2";
    tx.execute(sql, &[secret.into(), digest.as_str().into()]).await.map(drop)
}

/// Ends a session; false when there is none.
///
/// # Errors
/// Fails when the database does.
pub async fn end(tx: &mut dyn Transaction, digest: &Digest) -> Result<bool, StoreError> {
    Ok(tx.execute("DELETE FROM sessions WHERE digest = $1", &[digest.as_str().into()]).await? == 1)
}

/// Ends all sessions of an account and returns how many there were.
///
/// # Errors
/// Fails when the database does.
pub async fn end_all(tx: &mut dyn Transaction, account: &AccountId) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM sessions WHERE account = $1", &[account.0.as_str().into()]).await
}

/// Ends all sessions of an account but one and returns how many there were.
///
/// # Errors
/// Fails when the database does.
pub async fn end_others(tx: &mut dyn Transaction, account: &AccountId, kept: &Digest) -> Result<u64, StoreError> {
    let sql = "DELETE FROM sessions WHERE account = $1 AND digest <> $2";
    tx.execute(sql, &[account.0.as_str().into(), kept.as_str().into()]).await
}

const SESSION: &str = "account, created_at, seen_at, expires_at, totp_offered";

fn session(row: &Row) -> Result<KeptSession, StoreError> {
    Ok(KeptSession {
        account: AccountId(row.text(0)?),
        created_at: time(row.integer(1)?)?,
        seen_at: time(row.integer(2)?)?,
        expires_at: time(row.integer(3)?)?,
        totp_offered: row.optional_bytes(4)?.map(totp_secret).transpose()?,
    })
}
