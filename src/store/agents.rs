//! Agents: what they are doing, what they can do, and when they were last heard of.

use jiff::Timestamp;

use crate::desk::routing::{AgentState, Skills};
use crate::store::database::{Row, Transaction};
use crate::store::error::StoreError;
use crate::store::{millis, read_json, time, written_json};

/// An agent, as far as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presence {
    /// The account.
    pub account: String,
    /// What they are doing.
    pub state: AgentState,
    /// Since when.
    pub since: Timestamp,
    /// When they were last heard of.
    pub seen_at: Timestamp,
    /// What they can do.
    pub skills: Skills,
}

const COLUMNS: &str = "account, state, since, seen_at, capacity, languages, intents";

fn presence(row: &Row) -> Result<Presence, StoreError> {
    Ok(Presence {
        account: row.text(0)?,
        state: AgentState::parse(&row.text(1)?).unwrap_or_default(),
        since: time(row.integer(2)?)?,
        seen_at: time(row.integer(3)?)?,
        skills: Skills {
            capacity: u32::try_from(row.integer(4)?).unwrap_or_default(),
            languages: read_json(&row.text(5)?)?,
            intents: read_json(&row.text(6)?)?,
        },
    })
}

/// Returns all who have ever been at work.
///
/// # Errors
/// Fails when the database does.
pub async fn all(tx: &mut dyn Transaction) -> Result<Vec<Presence>, StoreError> {
    tx.rows(&format!("SELECT {COLUMNS} FROM agents ORDER BY account"), &[]).await?.iter().map(presence).collect()
}

/// Returns an agent.
///
/// # Errors
/// Fails when the database does.
pub async fn get(tx: &mut dyn Transaction, account: &str) -> Result<Option<Presence>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM agents WHERE account = $1");
    tx.rows(&sql, &[account.into()]).await?.first().map(presence).transpose()
}

/// Keeps an agent, in place of what was kept.
///
/// # Errors
/// Fails when the database does.
pub async fn put(tx: &mut dyn Transaction, agent: &Presence) -> Result<(), StoreError> {
    tx.execute("DELETE FROM agents WHERE account = $1", &[agent.account.as_str().into()]).await?;
    let sql = format!("INSERT INTO agents ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7)");
    let values = [
        agent.account.as_str().into(),
        agent.state.name().into(),
        millis(agent.since).into(),
        millis(agent.seen_at).into(),
        i64::from(agent.skills.capacity).into(),
        written_json(&agent.skills.languages)?.into(),
        written_json(&agent.skills.intents)?.into(),
    ];
    tx.execute(&sql, &values).await.map(drop)
}

/// Notes that agents are there.
///
/// # Errors
/// Fails when the database does.
pub async fn note_seen(tx: &mut dyn Transaction, account: &str, now: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE agents SET seen_at = $1 WHERE account = $2 AND seen_at < $1";
    tx.execute(sql, &[millis(now).into(), account.into()]).await.map(drop)
}
