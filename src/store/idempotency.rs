//! Which conversation a client's request has begun: sent again under its name, it gets the same one. Names are kept as digests,
//! tokens sealed.

use jiff::Timestamp;

use crate::store::database::Transaction;
use crate::store::error::StoreError;
use crate::store::millis;

/// What a request has begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// The hash of what was asked for.
    pub hash: Vec<u8>,
    /// The conversation.
    pub conversation: String,
    /// Its token, sealed.
    pub sealed: String,
}

/// Returns what a request has begun at or after an instant.
///
/// # Errors
/// Fails when the database does.
pub async fn find(tx: &mut dyn Transaction, name: &str, since: Timestamp) -> Result<Option<Begun>, StoreError> {
    let sql = "SELECT hash, conversation, sealed FROM idempotency WHERE name = $1 AND at >= $2";
    let rows = tx.rows(sql, &[name.into(), millis(since).into()]).await?;
    rows.first()
        .map(|row| Ok(Begun { hash: row.bytes(0)?, conversation: row.text(1)?, sealed: row.text(2)? }))
        .transpose()
}

/// Keeps what a request has begun at an instant; what was begun under its name before another one is forgotten.
///
/// # Errors
/// Fails with a conflict where something is kept under the name, and when the database does.
pub async fn keep(
    tx: &mut dyn Transaction,
    name: &str,
    begun: &Begun,
    (since, now): (Timestamp, Timestamp),
) -> Result<(), StoreError> {
    tx.execute("DELETE FROM idempotency WHERE name = $1 AND at < $2", &[name.into(), millis(since).into()]).await?;
    let Begun { hash, conversation, sealed } = begun;
    let sql = "INSERT INTO idempotency (name, hash, conversation, sealed, at) VALUES ($1, $2, $3, $4, $5)";
    let values =
        [name.into(), hash.clone().into(), conversation.as_str().into(), sealed.as_str().into(), millis(now).into()];
    tx.execute(sql, &values).await.map(drop)
}

/// Forgets what has begun a conversation, whose token is another by now.
///
/// # Errors
/// Fails when the database does.
pub async fn forget_of(tx: &mut dyn Transaction, conversation: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM idempotency WHERE conversation = $1", &[conversation.into()]).await.map(drop)
}

/// Forgets what was begun before an instant.
///
/// # Errors
/// Fails when the database does.
pub async fn forget_before(tx: &mut dyn Transaction, before: Timestamp) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM idempotency WHERE at < $1", &[millis(before).into()]).await
}
