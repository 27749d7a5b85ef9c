//! Who may not write. A serial counts changes, so that replicas read the rest only when there is something new.

use jiff::Timestamp;

use crate::store::database::{Row, Transaction};
use crate::store::error::StoreError;
use crate::store::{millis, time};

/// A block as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its id.
    pub id: String,
    /// What it looks at (`address`, `network`, `visitor`, `subject`, `conversation`).
    pub kind: String,
    /// What it looks for there.
    pub value: String,
    /// Why, for colleagues.
    pub reason: String,
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
    let rows = tx.rows("SELECT value FROM serials WHERE name = 'blocks'", &[]).await?;
    rows.first().map_or(Ok(0), |row| row.integer(0))
}

async fn count_change(tx: &mut dyn Transaction) -> Result<(), StoreError> {
    tx.execute("UPDATE serials SET value = value + 1 WHERE name = 'blocks'", &[]).await.map(drop)
}

/// Adds one.
///
/// # Errors
/// Fails with a conflict where the same is blocked already, and when the database does.
pub async fn add(tx: &mut dyn Transaction, block: &Stored) -> Result<(), StoreError> {
    let Stored { id, kind, value, reason, expires_at, actor, at } = block;
    forget_expired(tx, *at).await?;
    let sql = format!("INSERT INTO blocks ({STORED}) VALUES ($1, $2, $3, $4, $5, $6, $7)");
    let values = [
        id.as_str().into(),
        kind.as_str().into(),
        value.as_str().into(),
        reason.as_str().into(),
        expires_at.map(millis).into(),
        actor.as_str().into(),
        millis(*at).into(),
    ];
    tx.execute(&sql, &values).await?;
    count_change(tx).await
}

/// Takes one away, and returns it; `None` when there is none.
///
/// # Errors
/// Fails when the database does.
pub async fn remove(tx: &mut dyn Transaction, id: &str) -> Result<Option<Stored>, StoreError> {
    let sql = format!("DELETE FROM blocks WHERE id = $1 RETURNING {STORED}");
    let removed = tx.rows(&sql, &[id.into()]).await?.first().map(stored).transpose()?;
    if removed.is_some() {
        count_change(tx).await?;
    }
    Ok(removed)
}

/// Takes away the block on a conversation that is erased, where there is one.
///
/// # Errors
/// Fails when the database does.
pub async fn lift_of_conversation(tx: &mut dyn Transaction, conversation: &str) -> Result<(), StoreError> {
    let sql = "DELETE FROM blocks WHERE kind = 'conversation' AND value = $1";
    if tx.execute(sql, &[conversation.into()]).await? == 0 { Ok(()) } else { count_change(tx).await }
}

/// Returns all, the newest first.
///
/// # Errors
/// Fails when the database does.
pub async fn list(tx: &mut dyn Transaction) -> Result<Vec<Stored>, StoreError> {
    let sql = format!("SELECT {STORED} FROM blocks ORDER BY at DESC, id");
    tx.rows(&sql, &[]).await?.iter().map(stored).collect()
}

/// Takes away what has ended by an instant.
///
/// # Errors
/// Fails when the database does.
pub async fn forget_expired(tx: &mut dyn Transaction, now: Timestamp) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM blocks WHERE expires_at <= $1", &[millis(now).into()]).await
}

const STORED: &str = "id, kind, value, reason, expires_at, actor, at";

fn stored(row: &Row) -> Result<Stored, StoreError> {
    Ok(Stored {
        id: row.text(0)?,
        kind: row.text(1)?,
        value: row.text(2)?,
        reason: row.text(3)?,
        expires_at: row.optional_integer(4)?.map(time).transpose()?,
        actor: row.text(5)?,
        at: time(row.integer(6)?)?,
    })
}
