//! Cases: what was given for each, how it stands, and its history.

use jiff::Timestamp;

use crate::store::database::{Row, Transaction};
use crate::store::error::StoreError;
use crate::store::{millis, time};

/// A case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Its number.
    pub number: String,
    /// What it is about.
    pub kind: String,
    /// How it stands.
    pub status: String,
    /// Who works on it.
    pub department: String,
    /// The conversation that opened it.
    pub conversation: String,
    /// Its order.
    pub order_number: Option<String>,
    /// What was given, as JSON text; secrets are sealed.
    pub slots: String,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When something last happened.
    pub updated_at: Timestamp,
}

/// Something that happened in a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'e> {
    /// Who.
    pub actor: &'e str,
    /// What (`opened`, `added` …).
    pub what: &'e str,
    /// What was said, masked.
    pub text: &'e str,
    /// When.
    pub now: Timestamp,
}

const CASE: &str = "number, kind, status, department, conversation, order_number, slots, opened_at, updated_at";

fn case(row: &Row) -> Result<Case, StoreError> {
    Ok(Case {
        number: row.text(0)?,
        kind: row.text(1)?,
        status: row.text(2)?,
        department: row.text(3)?,
        conversation: row.text(4)?,
        order_number: row.optional_text(5)?,
        slots: row.text(6)?,
        opened_at: time(row.integer(7)?)?,
        updated_at: time(row.integer(8)?)?,
    })
}

/// Counts one more case of a kind on a day; returns how many there are.
///
/// # Errors
/// Fails when the database does.
pub async fn count(tx: &mut dyn Transaction, kind: &str, day: &str) -> Result<i64, StoreError> {
    let sql = "INSERT INTO case_counts (kind, day, value) VALUES ($1, $2, 1) \
               ON CONFLICT (kind, day) DO UPDATE SET value = case_counts.value + 1 RETURNING value";
    let rows = tx.rows(sql, &[kind.into(), day.into()]).await?;
    rows.first().ok_or(StoreError::Conflict)?.integer(0)
}

/// Opens a case.
///
/// # Errors
/// Fails with a conflict when the number is taken, and when the database does.
pub async fn open(tx: &mut dyn Transaction, new: &Case) -> Result<(), StoreError> {
    let sql = format!("INSERT INTO cases ({CASE}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
    let values = [
        new.number.as_str().into(),
        new.kind.as_str().into(),
        new.status.as_str().into(),
        new.department.as_str().into(),
        new.conversation.as_str().into(),
        new.order_number.clone().into(),
        new.slots.as_str().into(),
        millis(new.opened_at).into(),
        millis(new.updated_at).into(),
    ];
    tx.execute(&sql, &values).await?;
    let opened = Entry { actor: &new.conversation, what: "opened", text: "", now: new.opened_at };
    add(tx, &new.number, &opened).await
}

/// Changes how a case stands, with what led to it.
///
/// # Errors
/// Fails with a conflict when it stands otherwise by now, and when the database does.
pub async fn change(
    tx: &mut dyn Transaction,
    number: &str,
    (from, to): (&str, &str),
    entry: &Entry<'_>,
) -> Result<(), StoreError> {
    let sql = "UPDATE cases SET status = $1 WHERE number = $2 AND status = $3";
    if tx.execute(sql, &[to.into(), number.into(), from.into()]).await? == 0 {
        return Err(StoreError::Conflict);
    }
    add(tx, number, entry).await
}

/// Adds something to a case's history.
///
/// # Errors
/// Fails with a conflict when there is no such case, and when the database does.
pub async fn add(tx: &mut dyn Transaction, number: &str, entry: &Entry<'_>) -> Result<(), StoreError> {
    let Entry { actor, what, text, now } = entry;
    let sql = "UPDATE cases SET updated_at = $1 WHERE number = $2";
    if tx.execute(sql, &[millis(*now).into(), number.into()]).await? == 0 {
        return Err(StoreError::Conflict);
    }
    let sql = "INSERT INTO case_history (number, seq, at, actor, what, text) \
               SELECT $1, COALESCE(MAX(seq), 0) + 1, $2, $3, $4, $5 FROM case_history WHERE number = $1";
    let values = [number.into(), millis(*now).into(), (*actor).into(), (*what).into(), (*text).into()];
    tx.execute(sql, &values).await.map(drop)
}

/// Returns a case.
///
/// # Errors
/// Fails when the database does.
pub async fn get(tx: &mut dyn Transaction, number: &str) -> Result<Option<Case>, StoreError> {
    let sql = format!("SELECT {CASE} FROM cases WHERE number = $1");
    tx.rows(&sql, &[number.into()]).await?.first().map(case).transpose()
}

/// Returns the cases that a conversation has opened, in their order.
///
/// # Errors
/// Fails when the database does.
pub async fn of_conversation(tx: &mut dyn Transaction, conversation: &str) -> Result<Vec<Case>, StoreError> {
    let sql = format!("SELECT {CASE} FROM cases WHERE conversation = $1 ORDER BY opened_at, number");
    tx.rows(&sql, &[conversation.into()]).await?.iter().map(case).collect()
}

/// Returns the cases that were opened in any conversation of a verified subject, in their order.
///
/// # Errors
/// Fails when the database does.
pub async fn of_subject(tx: &mut dyn Transaction, subject: &str) -> Result<Vec<Case>, StoreError> {
    let own = "SELECT id FROM conversations WHERE subject = $1";
    let sql = format!("SELECT {CASE} FROM cases WHERE conversation IN ({own}) ORDER BY opened_at, number");
    tx.rows(&sql, &[subject.into()]).await?.iter().map(case).collect()
}

/// Forgets the cases that have ended and in which nothing has happened since an instant.
///
/// # Errors
/// Fails when the database does.
pub async fn forget(tx: &mut dyn Transaction, before: Timestamp) -> Result<u64, StoreError> {
    let old = "SELECT number FROM cases WHERE updated_at < $1 AND status IN ('rejected', 'done', 'closed')";
    let values = [millis(before).into()];
    tx.execute(&format!("DELETE FROM case_history WHERE number IN ({old})"), &values).await?;
    tx.execute("DELETE FROM cases WHERE updated_at < $1 AND status IN ('rejected', 'done', 'closed')", &values).await
}
