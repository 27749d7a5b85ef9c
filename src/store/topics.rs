//! How often each topic is asked about, stretch by stretch, and those that rose all at once.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::store::database::{Row, Transaction};
use crate::store::error::StoreError;
use crate::store::{millis, time};

/// Counts questions about a topic.
///
/// # Errors
/// Fails when the database does.
pub async fn add(tx: &mut dyn Transaction, stretch: i64, topic: &str, n: i64) -> Result<(), StoreError> {
    let sql = "INSERT INTO topics (stretch, topic, n) VALUES ($1, $2, $3) \
               ON CONFLICT (stretch, topic) DO UPDATE SET n = topics.n + excluded.n";
    tx.execute(sql, &[stretch.into(), topic.into(), n.into()]).await.map(drop)
}

/// Returns how often each topic was asked about from a stretch on, before another one.
///
/// # Errors
/// Fails when the database does.
pub async fn between(tx: &mut dyn Transaction, from: i64, until: i64) -> Result<BTreeMap<String, u64>, StoreError> {
    let sql = "SELECT topic, CAST(SUM(n) AS BIGINT) FROM topics WHERE stretch >= $1 AND stretch < $2 GROUP BY topic";
    let rows = tx.rows(sql, &[from.into(), until.into()]).await?;
    rows.iter().map(|row| Ok((row.text(0)?, row.integer(1)?.unsigned_abs()))).collect()
}

/// Returns the first stretch that anything was counted in, from one on.
///
/// # Errors
/// Fails when the database does.
pub async fn first(tx: &mut dyn Transaction, from: i64) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT stretch FROM topics WHERE stretch >= $1 ORDER BY stretch LIMIT 1";
    tx.rows(sql, &[from.into()]).await?.first().map(|row| row.integer(0)).transpose()
}

/// Forgets the stretches before one.
///
/// # Errors
/// Fails when the database does.
pub async fn forget(tx: &mut dyn Transaction, before: i64) -> Result<(), StoreError> {
    tx.execute("DELETE FROM topics WHERE stretch < $1", &[before.into()]).await.map(drop)
}

/// A topic that rose all at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// The topic: an outcome, as labelled questions name it.
    pub topic: String,
    /// When it was noticed.
    pub at: Timestamp,
    /// Questions in the quarter of an hour before.
    pub n: i64,
    /// Questions in a quarter of an hour as a rule, in tenths.
    pub usual_tenths: i64,
}

/// Notes that a topic rises, unless that was noted since an instant already; says whether it is new.
///
/// # Errors
/// Fails when the database does.
pub async fn raise(tx: &mut dyn Transaction, alarm: &Alarm, quiet_since: Timestamp) -> Result<bool, StoreError> {
    let sql = "INSERT INTO alarms (topic, at, n, usual_tenths) SELECT CAST($1 AS TEXT), CAST($2 AS BIGINT), \
               CAST($3 AS BIGINT), CAST($4 AS BIGINT) \
               WHERE NOT EXISTS (SELECT 1 FROM alarms WHERE topic = $1 AND at > $5) ON CONFLICT DO NOTHING";
    let Alarm { topic, at, n, usual_tenths } = alarm;
    let values =
        [topic.as_str().into(), millis(*at).into(), (*n).into(), (*usual_tenths).into(), millis(quiet_since).into()];
    Ok(tx.execute(sql, &values).await? == 1)
}

/// Returns the alarms since an instant, the newest first.
///
/// # Errors
/// Fails when the database does.
pub async fn alarms(tx: &mut dyn Transaction, since: Timestamp, limit: i64) -> Result<Vec<Alarm>, StoreError> {
    let sql = "SELECT topic, at, n, usual_tenths FROM alarms WHERE at >= $1 ORDER BY at DESC, topic LIMIT $2";
    let alarm = |row: &Row| {
        Ok(Alarm { topic: row.text(0)?, at: time(row.integer(1)?)?, n: row.integer(2)?, usual_tenths: row.integer(3)? })
    };
    tx.rows(sql, &[millis(since).into(), limit.into()]).await?.iter().map(alarm).collect()
}

/// Forgets the alarms before an instant.
///
/// # Errors
/// Fails when the database does.
pub async fn forget_alarms(tx: &mut dyn Transaction, before: Timestamp) -> Result<(), StoreError> {
    tx.execute("DELETE FROM alarms WHERE at < $1", &[millis(before).into()]).await.map(drop)
}
