//! Each time that an agent had a conversation: how long its customer waited, when the first reply came, when it ended and how.

use jiff::{SignedDuration, Timestamp};

use crate::desk::owner::{Owner, Place};
use crate::desk::routing::{Kind, Served};
use crate::knowledge::intent::Priority;
use crate::store::database::{Row, Transaction};
use crate::store::error::StoreError;
use crate::store::{millis, time};

/// One time that an agent had a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stint {
    /// The conversation.
    pub conversation: String,
    /// When it was taken.
    pub taken_at: Timestamp,
    /// By whom.
    pub agent: String,
    /// For which department.
    pub department: String,
    /// Since when its customer had waited.
    pub queued_at: Timestamp,
    /// When the agent first wrote.
    pub replied_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// How it ended: `resolve`, `transfer`, `return`, `lapse`, `close`, `take_over`.
    pub ended_by: Option<String>,
}

const COLUMNS: &str = "conversation, taken_at, agent, department, queued_at, replied_at, ended_at, ended_by";

fn stint(row: &Row) -> Result<Stint, StoreError> {
    Ok(Stint {
        conversation: row.text(0)?,
        taken_at: time(row.integer(1)?)?,
        agent: row.text(2)?,
        department: row.text(3)?,
        queued_at: time(row.integer(4)?)?,
        replied_at: row.optional_integer(5)?.map(time).transpose()?,
        ended_at: row.optional_integer(6)?.map(time).transpose()?,
        ended_by: row.optional_text(7)?,
    })
}

/// Notes who has a conversation now: what another agent had ends, what this one has begins.
///
/// # Errors
/// Fails when the database does.
pub async fn note(
    tx: &mut dyn Transaction,
    conversation: &str,
    owner: &Owner,
    how: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE stints SET ended_at = $1, ended_by = $2 \
               WHERE conversation = $3 AND ended_at IS NULL AND agent <> $4";
    let agent = owner.agent().unwrap_or_default();
    tx.execute(sql, &[millis(now).into(), how.into(), conversation.into(), agent.into()]).await?;
    let Owner::Agent { agent, since, place } = owner else { return Ok(()) };
    let Place { department, priority, since: queued_at, number, .. } = place;
    let sql = "INSERT INTO stints (conversation, taken_at, agent, department, priority, language, queued_at, place) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (conversation, taken_at) DO NOTHING";
    let values = [
        conversation.into(),
        millis(*since).into(),
        agent.as_str().into(),
        department.as_str().into(),
        priority.name().into(),
        Kind::of(place).language.into(),
        millis(*queued_at).into(),
        i64::from(*number).into(),
    ];
    tx.execute(sql, &values).await.map(drop)
}

/// Notes that whoever has a conversation has written in it.
///
/// # Errors
/// Fails when the database does.
pub async fn note_reply(tx: &mut dyn Transaction, conversation: &str, now: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE stints SET replied_at = $1 WHERE conversation = $2 AND ended_at IS NULL AND replied_at IS NULL";
    tx.execute(sql, &[millis(now).into(), conversation.into()]).await.map(drop)
}

/// Returns who last had a conversation, or another one of the same subject, since an instant.
///
/// # Errors
/// Fails when the database does.
pub async fn last_agent(
    tx: &mut dyn Transaction,
    conversation: &str,
    subject: Option<&str>,
    since: Timestamp,
) -> Result<Option<String>, StoreError> {
    let sql = "SELECT stints.agent FROM stints JOIN conversations ON conversations.id = stints.conversation \
               WHERE (stints.conversation = $1 OR conversations.subject = $2) AND stints.taken_at >= $3 \
               ORDER BY stints.taken_at DESC LIMIT 1";
    let subject = subject.map(str::to_owned);
    let rows = tx.rows(sql, &[conversation.into(), subject.into(), millis(since).into()]).await?;
    rows.first().map(|row| row.text(0)).transpose()
}

/// Returns how long those waited who were taken from queues since an instant, and where they had stood, the earliest first.
///
/// # Errors
/// Fails when the database does.
pub async fn served(tx: &mut dyn Transaction, since: Timestamp) -> Result<Vec<(Kind, Served)>, StoreError> {
    let sql = "SELECT department, priority, language, place, taken_at - queued_at FROM stints \
               WHERE taken_at >= $1 AND place > 0 ORDER BY taken_at";
    let served = |row: &Row| {
        let priority = Priority::parse(&row.text(1)?).unwrap_or(Priority::Normal);
        let place = u32::try_from(row.integer(3)?).unwrap_or_default();
        let waited = SignedDuration::from_millis(row.integer(4)?);
        Ok((Kind { department: row.text(0)?, priority, language: row.text(2)? }, Served { place, waited }))
    };
    tx.rows(sql, &[millis(since).into()]).await?.iter().map(served).collect()
}

/// Returns what agents had from an instant on, in its order.
///
/// # Errors
/// Fails when the database does.
pub async fn since(tx: &mut dyn Transaction, since: Timestamp) -> Result<Vec<Stint>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM stints WHERE taken_at >= $1 ORDER BY taken_at, conversation");
    tx.rows(&sql, &[millis(since).into()]).await?.iter().map(stint).collect()
}

/// Forgets those of conversations that are kept no longer.
///
/// # Errors
/// Fails when the database does.
pub async fn forget(tx: &mut dyn Transaction, before: Timestamp) -> Result<(), StoreError> {
    let sql = "DELETE FROM stints WHERE taken_at < $1 \
               AND NOT EXISTS (SELECT 1 FROM conversations WHERE conversations.id = stints.conversation)";
    tx.execute(sql, &[millis(before).into()]).await.map(drop)
}
