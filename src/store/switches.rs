//! What is switched off and which notices are pinned: in force at once, without a revision. A serial counts changes, so that
//! replicas read the rest only when there is something new.

use jiff::Timestamp;

use crate::store::database::{Row, Transaction};
use crate::store::error::StoreError;
use crate::store::{millis, time};

/// The whole bot is off.
pub const BOT: &str = "bot";
/// An entry is off.
pub const ENTRY: &str = "entry";
/// A flow is off.
pub const FLOW: &str = "flow";
/// A notice is pinned.
pub const NOTICE: &str = "notice";

/// A switch or notice as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// What sort it is: one of the four above.
    pub kind: String,
    /// Which one of its sort.
    pub subject: String,
    /// What it says, as JSON text.
    pub value: String,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// Who set it.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}

/// Returns the number of changes so far.
///
/// # Errors
/// Fails when the database does.
pub async fn serial(tx: &mut dyn Transaction) -> Result<i64, StoreError> {
    let rows = tx.rows("SELECT value FROM serials WHERE name = 'switches'", &[]).await?;
    rows.first().map_or(Ok(0), |row| row.integer(0))
}

async fn count_change(tx: &mut dyn Transaction) -> Result<(), StoreError> {
    tx.execute("UPDATE serials SET value = value + 1 WHERE name = 'switches'", &[]).await.map(drop)
}

/// Sets one.
///
/// # Errors
/// Fails when the database does.
pub async fn set(tx: &mut dyn Transaction, stored: &Stored) -> Result<(), StoreError> {
    let Stored { kind, subject, value, expires_at, actor, at } = stored;
    let sql = "INSERT INTO switches (kind, subject, value, expires_at, actor, at) VALUES ($1, $2, $3, $4, $5, $6) \
               ON CONFLICT (kind, subject) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at, \
               actor = excluded.actor, at = excluded.at";
    let values = [
        kind.as_str().into(),
        subject.as_str().into(),
        value.as_str().into(),
        expires_at.map(millis).into(),
        actor.as_str().into(),
        millis(*at).into(),
    ];
    tx.execute(sql, &values).await?;
    count_change(tx).await
}

/// Takes one away; false when there is none.
///
/// # Errors
/// Fails when the database does.
pub async fn remove(tx: &mut dyn Transaction, kind: &str, subject: &str) -> Result<bool, StoreError> {
    let sql = "DELETE FROM switches WHERE kind = $1 AND subject = $2";
    let removed = tx.execute(sql, &[kind.into(), subject.into()]).await? == 1;
    if removed {
        count_change(tx).await?;
    }
    Ok(removed)
}

/// Returns one.
///
/// # Errors
/// Fails when the database does.
pub async fn get(tx: &mut dyn Transaction, kind: &str, subject: &str) -> Result<Option<Stored>, StoreError> {
    let sql = format!("SELECT {STORED} FROM switches WHERE kind = $1 AND subject = $2");
    tx.rows(&sql, &[kind.into(), subject.into()]).await?.first().map(stored).transpose()
}

/// Returns all.
///
/// # Errors
/// Fails when the database does.
pub async fn list(tx: &mut dyn Transaction) -> Result<Vec<Stored>, StoreError> {
    let sql = format!("SELECT {STORED} FROM switches ORDER BY kind, subject");
    tx.rows(&sql, &[]).await?.iter().map(stored).collect()
}

/// Takes away what ended before an instant.
///
/// # Errors
/// Fails when the database does.
pub async fn forget_expired(tx: &mut dyn Transaction, before: Timestamp) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM switches WHERE expires_at < $1", &[millis(before).into()]).await
}

const STORED: &str = "kind, subject, value, expires_at, actor, at";

fn stored(row: &Row) -> Result<Stored, StoreError> {
    Ok(Stored {
        kind: row.text(0)?,
        subject: row.text(1)?,
        value: row.text(2)?,
        expires_at: row.optional_integer(3)?.map(time).transpose()?,
        actor: row.text(4)?,
        at: time(row.integer(5)?)?,
    })
}
