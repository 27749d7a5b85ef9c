//! Which processes serve, and which revision each of them serves.

use jiff::{SignedDuration, Timestamp};

use crate::store::database::Transaction;
use crate::store::error::StoreError;
use crate::store::{millis, time};

/// A process that serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replica {
    /// The process, by a name that it made up when it started.
    pub id: String,
    /// The revision that it serves.
    pub revision: String,
    /// Its engine.
    pub engine: String,
    /// When it last said so.
    pub seen_at: Timestamp,
}

/// A process that has said nothing for so long has gone.
const GONE: SignedDuration = SignedDuration::from_secs(60);

/// Says that a process serves; this is also how it finds out whether the store can be written.
///
/// # Errors
/// Fails when the database does.
pub async fn beat(tx: &mut dyn Transaction, replica: &Replica) -> Result<(), StoreError> {
    let Replica { id, revision, engine, seen_at } = replica;
    let sql = "INSERT INTO replicas (id, revision, engine, seen_at) VALUES ($1, $2, $3, $4) ON CONFLICT (id) \
               DO UPDATE SET revision = excluded.revision, engine = excluded.engine, seen_at = excluded.seen_at";
    let values = [id.as_str().into(), revision.as_str().into(), engine.as_str().into(), millis(*seen_at).into()];
    tx.execute(sql, &values).await?;
    tx.execute("DELETE FROM replicas WHERE seen_at < $1", &[millis(*seen_at - GONE).into()]).await.map(drop)
}

/// Returns the processes that serve.
///
/// # Errors
/// Fails when the database does.
pub async fn list(tx: &mut dyn Transaction) -> Result<Vec<Replica>, StoreError> {
    let rows = tx.rows("SELECT id, revision, engine, seen_at FROM replicas ORDER BY id", &[]).await?;
    let replica = |row: &crate::store::database::Row| {
        Ok(Replica { id: row.text(0)?, revision: row.text(1)?, engine: row.text(2)?, seen_at: time(row.integer(3)?)? })
    };
    rows.iter().map(replica).collect()
}

/// Says that a process serves no more.
///
/// # Errors
/// Fails when the database does.
pub async fn leave(tx: &mut dyn Transaction, id: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM replicas WHERE id = $1", &[id.into()]).await.map(drop)
}
