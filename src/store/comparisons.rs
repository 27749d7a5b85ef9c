//! Revisions that answer a share of the conversations, and what became of those.

use jiff::Timestamp;

use crate::store::database::{Row, Transaction};
use crate::store::error::StoreError;
use crate::store::{millis, time};

/// A comparison of two revisions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// Its id.
    pub id: String,
    /// The revision that is tried.
    pub revision: String,
    /// The one that was live when it began.
    pub against: String,
    /// The share of conversations, in percent.
    pub share: i64,
    /// The engine that judged it.
    pub engine: String,
    /// When it began.
    pub started_at: Timestamp,
    /// The account of whoever began it.
    pub started_by: String,
    /// What they said about it.
    pub note: String,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// How: `stopped`, `promoted`, `superseded` or `unfit`.
    pub ended_how: Option<String>,
}

const COLUMNS: &str = "id, revision, against, share, engine, started_at, started_by, note, ended_at, ended_how";

fn comparison(row: &Row) -> Result<Comparison, StoreError> {
    Ok(Comparison {
        id: row.text(0)?,
        revision: row.text(1)?,
        against: row.text(2)?,
        share: row.integer(3)?,
        engine: row.text(4)?,
        started_at: time(row.integer(5)?)?,
        started_by: row.text(6)?,
        note: row.text(7)?,
        ended_at: row.optional_integer(8)?.map(time).transpose()?,
        ended_how: row.optional_text(9)?,
    })
}

/// Begins a comparison.
///
/// # Errors
/// Fails with a conflict while another one is under way, and when the database does.
pub async fn begin(tx: &mut dyn Transaction, new: &Comparison) -> Result<(), StoreError> {
    let sql = "INSERT INTO comparisons (id, revision, against, share, engine, started_at, started_by, note) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = [
        new.id.as_str().into(),
        new.revision.as_str().into(),
        new.against.as_str().into(),
        new.share.into(),
        new.engine.as_str().into(),
        millis(new.started_at).into(),
        new.started_by.as_str().into(),
        new.note.as_str().into(),
    ];
    tx.execute(sql, &values).await.map(drop)
}

/// Returns the comparison that is under way.
///
/// # Errors
/// Fails when the database does.
pub async fn running(tx: &mut dyn Transaction) -> Result<Option<Comparison>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM comparisons WHERE ended_at IS NULL ORDER BY started_at DESC LIMIT 1");
    tx.rows(&sql, &[]).await?.first().map(comparison).transpose()
}

/// Returns the comparisons, the newest first.
///
/// # Errors
/// Fails when the database does.
pub async fn list(tx: &mut dyn Transaction, limit: i64) -> Result<Vec<Comparison>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM comparisons ORDER BY started_at DESC, id LIMIT $1");
    tx.rows(&sql, &[limit.into()]).await?.iter().map(comparison).collect()
}

/// Ends a comparison; says whether it was under way.
///
/// # Errors
/// Fails when the database does.
pub async fn end(tx: &mut dyn Transaction, id: &str, how: &str, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE comparisons SET ended_at = $1, ended_how = $2 WHERE id = $3 AND ended_at IS NULL";
    Ok(tx.execute(sql, &[millis(now).into(), how.into(), id.into()]).await? == 1)
}

/// Takes out the files of a revision that was tried and never went live.
///
/// # Errors
/// Fails when the database does.
pub async fn drop_tried(tx: &mut dyn Transaction, revision: &str) -> Result<(), StoreError> {
    let unused = "NOT EXISTS (SELECT 1 FROM publications WHERE publications.revision = $1)";
    tx.execute(&format!("DELETE FROM revision_files WHERE revision = $1 AND {unused}"), &[revision.into()]).await?;
    tx.execute(&format!("DELETE FROM revisions WHERE id = $1 AND {unused}"), &[revision.into()]).await.map(drop)
}

/// What became of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Became {
    /// Which.
    pub conversation: String,
    /// When it began.
    pub created_at: Timestamp,
    /// Whether it went to a person.
    pub is_handed_off: bool,
}

/// Returns what became of the conversations that began in a time and in which something was said, page by page.
///
/// # Errors
/// Fails when the database does.
pub async fn conversations(
    tx: &mut dyn Transaction,
    (from, until): (Timestamp, Timestamp),
    after: Option<&Became>,
    limit: i64,
) -> Result<Vec<Became>, StoreError> {
    let sql = "SELECT id, created_at, CASE WHEN department IS NULL THEN 0 ELSE 1 END FROM conversations \
               WHERE created_at >= $1 AND created_at < $2 AND last_seq > 0 AND (created_at, id) > ($3, $4) \
               ORDER BY created_at, id LIMIT $5";
    let (at, id) = after.map_or((millis(from) - 1, ""), |last| (millis(last.created_at), last.conversation.as_str()));
    let values = [millis(from).into(), millis(until).into(), at.into(), id.into(), limit.into()];
    let became = |row: &Row| {
        let is_handed_off = row.integer(2)? != 0;
        Ok(Became { conversation: row.text(0)?, created_at: time(row.integer(1)?)?, is_handed_off })
    };
    tx.rows(sql, &values).await?.iter().map(became).collect()
}

/// Returns the opinions of answers in the conversations that began in a time: of which conversation, and whether it helped.
///
/// # Errors
/// Fails when the database does.
pub async fn opinions(
    tx: &mut dyn Transaction,
    (from, until): (Timestamp, Timestamp),
) -> Result<Vec<(String, bool)>, StoreError> {
    let sql = "SELECT conversation, helpful FROM feedback JOIN conversations ON conversations.id = feedback.conversation \
               WHERE helpful IS NOT NULL AND feedback.agent IS NULL AND created_at >= $1 AND created_at < $2";
    let rows = tx.rows(sql, &[millis(from).into(), millis(until).into()]).await?;
    rows.iter().map(|row| Ok((row.text(0)?, row.integer(1)? != 0))).collect()
}
