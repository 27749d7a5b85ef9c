//! Attempts to sign in that failed, counted for a name (by its digest) and for a client's address.

use jiff::Timestamp;

use crate::people::lockout::Attempts;
use crate::store::database::Transaction;
use crate::store::error::{StoreError, Unavailable};
use crate::store::{millis, time};

/// Returns the attempts of a subject and holds them until the end of the transaction: whoever asks next waits, so that
/// attempts at the same time are counted one after another.
///
/// # Errors
/// Fails when the database does.
pub async fn hold(tx: &mut dyn Transaction, subject: &str) -> Result<Attempts, StoreError> {
    let sql = "INSERT INTO attempts (subject, n, last_at) VALUES ($1, 0, 0) \
               ON CONFLICT (subject) DO UPDATE SET n = attempts.n RETURNING n, last_at";
    let rows = tx.rows(sql, &[subject.into()]).await?;
    let row = rows.first().ok_or_else(|| StoreError::unavailable(Unavailable::Failed, "no row came back"))?;
    Ok(Attempts { n: u32::try_from(row.integer(0)?).unwrap_or(u32::MAX), last: time(row.integer(1)?)? })
}

/// Stores the attempts of a subject, which must be held.
///
/// # Errors
/// Fails when the database does.
pub async fn put(tx: &mut dyn Transaction, subject: &str, attempts: &Attempts) -> Result<(), StoreError> {
    let sql = "UPDATE attempts SET n = $1, last_at = $2 WHERE subject = $3";
    tx.execute(sql, &[i64::from(attempts.n).into(), millis(attempts.last).into(), subject.into()]).await.map(drop)
}

/// Takes back one attempt that did not fail after all.
///
/// # Errors
/// Fails when the database does.
pub async fn take_back(tx: &mut dyn Transaction, subject: &str) -> Result<(), StoreError> {
    tx.execute("UPDATE attempts SET n = n - 1 WHERE subject = $1 AND n > 0", &[subject.into()]).await.map(drop)
}

/// Forgets the attempts of a subject.
///
/// # Errors
/// Fails when the database does.
pub async fn forget(tx: &mut dyn Transaction, subject: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM attempts WHERE subject = $1", &[subject.into()]).await.map(drop)
}

/// Forgets the attempts of everybody whose last one failed before an instant.
///
/// # Errors
/// Fails when the database does.
pub async fn forget_before(tx: &mut dyn Transaction, before: Timestamp) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM attempts WHERE last_at < $1", &[millis(before).into()]).await
}
