//! Legal holds: cases that nobody may forget or erase for now. Retention leaves them and their conversations alone.

use jiff::Timestamp;

use crate::store::database::{Row, Transaction};
use crate::store::error::StoreError;
use crate::store::{millis, time};

/// A hold on a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// The case's number.
    pub number: String,
    /// Why, masked.
    pub reason: String,
    /// Who put it there.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}

const HOLD: &str = "number, reason, actor, at";

fn hold(row: &Row) -> Result<Hold, StoreError> {
    Ok(Hold { number: row.text(0)?, reason: row.text(1)?, actor: row.text(2)?, at: time(row.integer(3)?)? })
}

/// Puts a hold on a case, in place of the one that may be there.
///
/// # Errors
/// Fails when the database does.
pub async fn put(tx: &mut dyn Transaction, new: &Hold) -> Result<(), StoreError> {
    let sql = format!(
        "INSERT INTO holds ({HOLD}) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (number) DO UPDATE SET reason = excluded.reason, actor = excluded.actor, at = excluded.at"
    );
    let Hold { number, reason, actor, at } = new;
    let values = [number.as_str().into(), reason.as_str().into(), actor.as_str().into(), millis(*at).into()];
    tx.execute(&sql, &values).await.map(drop)
}

/// Lifts the hold on a case, and returns it; `None` where there is none.
///
/// # Errors
/// Fails when the database does.
pub async fn lift(tx: &mut dyn Transaction, number: &str) -> Result<Option<Hold>, StoreError> {
    let sql = format!("DELETE FROM holds WHERE number = $1 RETURNING {HOLD}");
    tx.rows(&sql, &[number.into()]).await?.first().map(hold).transpose()
}

/// Returns the hold on a case.
///
/// # Errors
/// Fails when the database does.
pub async fn of(tx: &mut dyn Transaction, number: &str) -> Result<Option<Hold>, StoreError> {
    let sql = format!("SELECT {HOLD} FROM holds WHERE number = $1");
    tx.rows(&sql, &[number.into()]).await?.first().map(hold).transpose()
}

/// Returns all, the newest first.
///
/// # Errors
/// Fails when the database does.
pub async fn list(tx: &mut dyn Transaction) -> Result<Vec<Hold>, StoreError> {
    let sql = format!("SELECT {HOLD} FROM holds ORDER BY at DESC, number");
    tx.rows(&sql, &[]).await?.iter().map(hold).collect()
}
