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
    /// How often its answer did not help.
    pub n_unhelpful: i64,
    /// How often a person was asked for after it.
    pub n_handed_off: i64,
}

/// Outcomes that are no answer.
pub const UNANSWERED: [&str; 3] = ["fallback", "intent:out_of_scope", "clarify"];

/// A key of fixed length: PostgreSQL indexes no long texts.
fn key(asked: &Asked) -> Vec<u8> {
    let mut hash = Sha256::new();
    for part in [&asked.language, &asked.channel, &asked.text] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().to_vec()
}

/// Adds questions to those that were asked. What became of a text (`n` is 0) is noted only where it was asked as a question: what
/// customers give to a flow is none.
///
/// # Errors
/// Fails when the database does.
pub async fn add(tx: &mut dyn Transaction, all: &[Asked]) -> Result<(), StoreError> {
    let became = "UPDATE asked SET n_unhelpful = n_unhelpful + $1, n_handed_off = n_handed_off + $2 WHERE key = $3";
    let sql = "INSERT INTO asked (key, text, language, channel, outcome, n, last_at, n_unhelpful, n_handed_off) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
               ON CONFLICT (key) DO UPDATE SET n = asked.n + excluded.n, \
               outcome = excluded.outcome, last_at = excluded.last_at, n_unhelpful = asked.n_unhelpful + excluded.n_unhelpful, \
               n_handed_off = asked.n_handed_off + excluded.n_handed_off";
    for asked in all {
        if asked.n == 0 {
            let values = [asked.n_unhelpful.into(), asked.n_handed_off.into(), key(asked).into()];
            tx.execute(became, &values).await?;
            continue;
        }
        let values: [Value; 9] = [
            key(asked).into(),
            asked.text.as_str().into(),
            asked.language.as_str().into(),
            asked.channel.as_str().into(),
            asked.outcome.as_str().into(),
            asked.n.into(),
            millis(asked.last_at).into(),
            asked.n_unhelpful.into(),
            asked.n_handed_off.into(),
        ];
        tx.execute(sql, &values).await?;
    }
    Ok(())
}

const ASKED: &str = "text, language, channel, outcome, n, last_at, n_unhelpful, n_handed_off";

fn asked(row: &Row) -> Result<Asked, StoreError> {
    Ok(Asked {
        text: row.text(0)?,
        language: row.text(1)?,
        channel: row.text(2)?,
        outcome: row.text(3)?,
        n: row.integer(4)?,
        last_at: time(row.integer(5)?)?,
        n_unhelpful: row.integer(6)?,
        n_handed_off: row.integer(7)?,
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

/// Returns what had no answer the last time, the most frequent first.
///
/// # Errors
/// Fails when the database does.
pub async fn unanswered(tx: &mut dyn Transaction, skip: i64, limit: i64) -> Result<Vec<Asked>, StoreError> {
    let sql = format!(
        "SELECT {ASKED} FROM asked WHERE outcome IN ($1, $2, $3) ORDER BY n DESC, last_at DESC, key LIMIT $4 OFFSET $5"
    );
    let [first, second, third] = UNANSWERED.map(Value::from);
    tx.rows(&sql, &[first, second, third, limit.into(), skip.into()]).await?.iter().map(asked).collect()
}

/// Returns what customers were not helped with, the most frequent first: no answer, one that did not help, or a person was asked for
/// after it. What an editor has dealt with comes again when it is asked later than that holds, and has no answer still.
///
/// # Errors
/// Fails when the database does.
pub async fn missed(tx: &mut dyn Transaction, limit: i64) -> Result<Vec<Asked>, StoreError> {
    let sql = format!(
        "SELECT {ASKED} FROM asked WHERE settled_until IS NULL \
         AND (outcome IN ($1, $2, $3) OR n_unhelpful > 0 OR n_handed_off > 0) \
         OR settled_until < last_at AND outcome IN ($1, $2, $3) ORDER BY n DESC, last_at DESC, key LIMIT $4"
    );
    let [first, second, third] = UNANSWERED.map(Value::from);
    tx.rows(&sql, &[first, second, third, limit.into()]).await?.iter().map(asked).collect()
}

/// Notes that an editor has dealt with a text, whatever channel it came by, and until when that holds; says whether there is such a
/// text.
///
/// # Errors
/// Fails when the database does.
pub async fn settle(
    tx: &mut dyn Transaction,
    language: &str,
    text: &str,
    until: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "UPDATE asked SET settled_until = $1 WHERE language = $2 AND text = $3";
    Ok(tx.execute(sql, &[millis(until).into(), language.into(), text.into()]).await? > 0)
}

/// Forgets what was not asked since an instant.
///
/// # Errors
/// Fails when the database does.
pub async fn forget(tx: &mut dyn Transaction, before: Timestamp) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM asked WHERE last_at < $1", &[millis(before).into()]).await
}
