//! What is done about the causes of complaints.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::desk::improvements::Improvement;
use crate::store::database::{Row, Transaction, Value};
use crate::store::error::{StoreError, Unavailable};
use crate::store::{millis, time};

/// Which of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Which {
    /// All.
    #[default]
    All,
    /// What is still to be done.
    Open,
    /// What is done.
    Done,
}

const COLUMNS: &str = "id, cause, action, owner, due_on, done_at, created_at, created_by, note";

/// Adds one.
///
/// # Errors
/// Fails when the database does.
pub async fn add(tx: &mut dyn Transaction, improvement: &Improvement) -> Result<(), StoreError> {
    let sql = format!("INSERT INTO improvements ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
    tx.execute(&sql, &values(improvement)).await.map(drop)
}

/// Puts one in place of what it was.
///
/// # Errors
/// Fails when the database does.
pub async fn put(tx: &mut dyn Transaction, improvement: &Improvement) -> Result<(), StoreError> {
    let sql = "UPDATE improvements SET cause = $2, action = $3, owner = $4, due_on = $5, done_at = $6, created_at = $7, \
               created_by = $8, note = $9 WHERE id = $1";
    tx.execute(sql, &values(improvement)).await.map(drop)
}

/// Returns one.
///
/// # Errors
/// Fails when the database does.
pub async fn get(tx: &mut dyn Transaction, id: &str) -> Result<Option<Improvement>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM improvements WHERE id = $1");
    tx.rows(&sql, &[id.into()]).await?.first().map(improvement).transpose()
}

/// Returns them, the newest first, from where the last page ended.
///
/// # Errors
/// Fails when the database does.
pub async fn list(
    tx: &mut dyn Transaction,
    which: Which,
    before: Option<&(Timestamp, String)>,
    limit: i64,
) -> Result<Vec<Improvement>, StoreError> {
    let state = match which {
        Which::All => "1 = 1",
        Which::Open => "done_at IS NULL",
        Which::Done => "done_at IS NOT NULL",
    };
    let mut values: Vec<Value> = vec![limit.into()];
    let earlier = match before {
        Some((at, id)) => {
            values.extend([millis(*at).into(), id.as_str().into()]);
            "AND (created_at < $2 OR created_at = $2 AND id < $3)"
        }
        None => "",
    };
    let sql = format!(
        "SELECT {COLUMNS} FROM improvements WHERE {state} {earlier} ORDER BY created_at DESC, id DESC LIMIT $1"
    );
    tx.rows(&sql, &values).await?.iter().map(improvement).collect()
}

fn values(improvement: &Improvement) -> [Value; 9] {
    let Improvement { id, cause, action, owner, due_on, done_at, created_at, created_by, note } = improvement;
    [
        id.as_str().into(),
        cause.as_str().into(),
        action.as_str().into(),
        owner.as_str().into(),
        due_on.map(|due_on| due_on.to_string()).into(),
        done_at.map(millis).into(),
        millis(*created_at).into(),
        created_by.as_str().into(),
        note.as_str().into(),
    ]
}

fn improvement(row: &Row) -> Result<Improvement, StoreError> {
    let corrupt = |error| StoreError::unavailable(Unavailable::Corrupt, error);
    let due_on = row.optional_text(4)?.map(|due_on| due_on.parse::<Date>().map_err(corrupt)).transpose()?;
    Ok(Improvement {
        id: row.text(0)?,
        cause: row.text(1)?,
        action: row.text(2)?,
        owner: row.text(3)?,
        due_on,
        done_at: row.optional_integer(5)?.map(time).transpose()?,
        created_at: time(row.integer(6)?)?,
        created_by: row.text(7)?,
        note: row.text(8)?,
    })
}
