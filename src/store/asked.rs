//! What customers asked lately, masked and counted: for the gate, which shows whose answers change, and for editors, who see
//! what was not answered.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::store::database::{Row, Transaction, Value};
use crate::store::error::StoreError;
use crate::store::{millis, time};

/// A question that was asked, once or often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The masked text.
    pub text: String,
    /// The language that the reply was in.
    pub language: String,
    /// The way in.
    pub channel: String,
    /// What was said about it the last time (an outcome).
    pub outcome: String,
    /// How often it was asked.
    pub n: i64,
    /// When it was asked last.
    pub last_at: Timestamp,
}

/// A key of fixed length: PostgreSQL indexes no long texts.
fn key(asked: &Asked) -> Vec<u8> {
    let mut hash = Sha256::new();
    for part in [&asked.language, &asked.channel, &asked.text] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().to_vec()
}

/// Adds questions to those that were asked.
///
/// # Errors
/// Fails when the database does.
pub async fn add(tx: &mut dyn Transaction, all: &[Asked]) -> Result<(), StoreError> {
    let sql = "INSERT INTO asked (key, text, language, channel, outcome, n, last_at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
               ON CONFLICT (key) DO UPDATE SET n = asked.n + excluded.n, outcome = excluded.outcome, \
               last_at = excluded.last_at";
    for asked in all {
        let values: [Value; 7] = [
            key(asked).into(),
            asked.text.as_str().into(),
            asked.language.as_str().into(),
            asked.channel.as_str().into(),
            asked.outcome.as_str().into(),
            asked.n.into(),
            millis(asked.last_at).into(),
        ];
        tx.execute(sql, &values).await?;
    }
    Ok(())
}

const ASKED: &str = "text, language, channel, outcome, n, last_at";

fn asked(row: &Row) -> Result<Asked, StoreError> {
    Ok(Asked {
        text: row.text(0)?,
        language: row.text(1)?,
        channel: row.text(2)?,
        outcome: row.text(3)?,
        n: row.integer(4)?,
        last_at: time(row.integer(5)?)?,
    })
}

/// Returns what was asked since an instant, the most frequent first.
///
/// # Errors
/// Fails when the database does.
pub async fn since(tx: &mut dyn Transaction, since: Timestamp, limit: i64) -> Result<Vec<Asked>, StoreError> {
    let sql = format!("SELECT {ASKED} FROM asked WHERE last_at >= $1 ORDER BY n DESC, key LIMIT $2");
    tx.rows(&sql, &[millis(since).into(), limit.into()]).await?.iter().map(asked).collect()
}

/// Returns what had one of some outcomes the last time, the most frequent first.
///
/// # Errors
/// Fails when the database does.
pub async fn with_outcome(
    tx: &mut dyn Transaction,
    outcomes: [&str; 3],
    skip: i64,
    limit: i64,
) -> Result<Vec<Asked>, StoreError> {
    let sql = format!(
        "SELECT {ASKED} FROM asked WHERE outcome IN ($1, $2, $3) ORDER BY n DESC, last_at DESC, key LIMIT $4 OFFSET $5"
    );
    let [first, second, third] = outcomes.map(Value::from);
    tx.rows(&sql, &[first, second, third, limit.into(), skip.into()]).await?.iter().map(asked).collect()
}

/// Forgets what was not asked since an instant.
///
/// # Errors
/// Fails when the database does.
pub async fn forget(tx: &mut dyn Transaction, before: Timestamp) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM asked WHERE last_at < $1", &[millis(before).into()]).await
}
