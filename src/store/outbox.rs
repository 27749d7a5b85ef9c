//! Work to be done outside: noted in the transaction that makes it necessary, claimed by one worker at a time, tried again
//! later and later, laid aside when it keeps failing.

use jiff::{SignedDuration, Timestamp};

use crate::store::database::{Engine, Row, Transaction};
use crate::store::error::StoreError;
use crate::store::{millis, time};

/// Waits after the first, second … failed attempt; after the last of them the item is laid aside. The shape of these is
/// that of the Standard Webhooks recommendation: seconds first, hours at the end, more than a day in all.
const WAITS_SECONDS: [i64; 9] = [5, 60, 300, 1_800, 7_200, 18_000, 36_000, 36_000, 36_000];

/// Something to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its name, which stays the same over all attempts.
    pub id: String,
    /// Who takes care of it.
    pub topic: String,
    /// What it is about, as JSON text.
    pub payload: String,
    /// When it was noted.
    pub created_at: Timestamp,
    /// Attempts that have been begun.
    pub n_attempts: i64,
    /// Why the last one failed.
    pub error: Option<String>,
}

const ITEM: &str = "id, topic, payload, created_at, n_attempts, error";

fn item(row: &Row) -> Result<Item, StoreError> {
    Ok(Item {
        id: row.text(0)?,
        topic: row.text(1)?,
        payload: row.text(2)?,
        created_at: time(row.integer(3)?)?,
        n_attempts: row.integer(4)?,
        error: row.optional_text(5)?,
    })
}

/// Notes something to be done, at once or later.
///
/// # Errors
/// Fails when the database does, and with a conflict when there is an item of this name.
pub async fn add(
    tx: &mut dyn Transaction,
    id: &str,
    topic: &str,
    payload: &str,
    now: Timestamp,
    due: Timestamp,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO outbox (id, topic, payload, created_at, due_at, n_attempts, claimed_until) \
               VALUES ($1, $2, $3, $4, $5, 0, 0)";
    tx.execute(sql, &[id.into(), topic.into(), payload.into(), millis(now).into(), millis(due).into()]).await.map(drop)
}

/// Returns the topics below a name (`webhook:` …) of which something is due and not claimed.
///
/// # Errors
/// Fails when the database does.
pub async fn due_topics(tx: &mut dyn Transaction, below: &str, now: Timestamp) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT DISTINCT topic FROM outbox WHERE topic LIKE $1 AND dead_at IS NULL AND due_at <= $2 \
               AND claimed_until <= $2 ORDER BY topic";
    tx.rows(sql, &[format!("{below}%").into(), millis(now).into()]).await?.iter().map(|row| row.text(0)).collect()
}

/// Counts what waits of the topics below a name.
///
/// # Errors
/// Fails when the database does.
pub async fn n_waiting(tx: &mut dyn Transaction, below: &str) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM outbox WHERE topic LIKE $1 AND dead_at IS NULL";
    tx.rows(sql, &[format!("{below}%").into()]).await?.first().map_or(Ok(0), |row| row.integer(0))
}

/// Takes away what is to be done about a conversation, whoever has claimed it.
///
/// # Errors
/// Fails when the database does.
pub async fn erase_about(tx: &mut dyn Transaction, conversation: &str) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM outbox WHERE payload LIKE $1", &[format!("%{conversation}%").into()]).await
}

/// Claims what is due of a topic, oldest first, for as long as `lease`: whoever has not finished by then may be gone, and
/// another may claim it.
///
/// # Errors
/// Fails when the database does.
pub async fn claim(
    tx: &mut dyn Transaction,
    engine: Engine,
    topic: &str,
    worker: &str,
    limit: i64,
    now: Timestamp,
    lease: SignedDuration,
) -> Result<Vec<Item>, StoreError> {
    // On SQLite there is one writer; on PostgreSQL workers pass over what others hold.
    let lock = if engine == Engine::Postgres { "FOR UPDATE SKIP LOCKED" } else { "" };
    let sql = format!(
        "UPDATE outbox SET claimed_by = $1, claimed_until = $2, n_attempts = n_attempts + 1 WHERE id IN \
         (SELECT id FROM outbox WHERE topic = $5 AND dead_at IS NULL AND due_at <= $3 AND claimed_until <= $3 \
          ORDER BY due_at, id LIMIT $4 {lock}) RETURNING {ITEM}"
    );
    let values = [worker.into(), millis(now + lease).into(), millis(now).into(), limit.into(), topic.into()];
    let mut items: Vec<Item> = tx.rows(&sql, &values).await?.iter().map(item).collect::<Result<_, _>>()?;
    items.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
    Ok(items)
}

/// Takes away what a worker has done; false when its claim had run out and another holds it.
///
/// # Errors
/// Fails when the database does.
pub async fn done(tx: &mut dyn Transaction, id: &str, worker: &str) -> Result<bool, StoreError> {
    let sql = "DELETE FROM outbox WHERE id = $1 AND claimed_by = $2 AND dead_at IS NULL";
    Ok(tx.execute(sql, &[id.into(), worker.into()]).await? == 1)
}

/// What becomes of an item that a worker could not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is tried again later.
    Waits,
    /// It was tried often enough, and lies aside.
    Dead,
    /// The worker's claim had run out: it is another's.
    Lost,
}

/// Puts back what a worker could not do: for later, with up to a quarter more (`jitter`, 0 to 1) so that not all come at
/// once; or lays it aside when it was tried often enough.
///
/// # Errors
/// Fails when the database does.
pub async fn failed(
    tx: &mut dyn Transaction,
    of: &Item,
    worker: &str,
    error: &str,
    now: Timestamp,
    jitter: f64,
) -> Result<Fate, StoreError> {
    let waited = usize::try_from(of.n_attempts - 1).ok().and_then(|at| WAITS_SECONDS.get(at));
    let (due, dead_at) = match waited {
        Some(&seconds) => {
            let wait = seconds * 1_000 + (seconds as f64 * 250.0 * jitter.clamp(0.0, 1.0)) as i64;
            (millis(now) + wait, None)
        }
        None => (millis(now), Some(millis(now))),
    };
    let sql = "UPDATE outbox SET due_at = $1, dead_at = $2, error = $3, claimed_by = NULL, claimed_until = 0 \
               WHERE id = $4 AND claimed_by = $5 AND dead_at IS NULL";
    let values = [due.into(), dead_at.into(), error.into(), of.id.as_str().into(), worker.into()];
    Ok(match (tx.execute(sql, &values).await?, dead_at) {
        (0, _) => Fate::Lost,
        (_, None) => Fate::Waits,
        (_, Some(_)) => Fate::Dead,
    })
}

/// Puts off what waits: it is not due before an instant.
///
/// # Errors
/// Fails when the database does.
pub async fn put_off(tx: &mut dyn Transaction, id: &str, until: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE outbox SET due_at = $1 WHERE id = $2 AND dead_at IS NULL AND due_at < $1";
    tx.execute(sql, &[millis(until).into(), id.into()]).await.map(drop)
}

/// Lays aside all that waits of a topic, also what a worker is at.
///
/// # Errors
/// Fails when the database does.
pub async fn lay_aside(tx: &mut dyn Transaction, topic: &str, error: &str, now: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE outbox SET dead_at = $1, error = $2, claimed_by = NULL, claimed_until = 0 \
               WHERE topic = $3 AND dead_at IS NULL";
    tx.execute(sql, &[millis(now).into(), error.into(), topic.into()]).await.map(drop)
}

/// Takes an item away, whoever holds it.
///
/// # Errors
/// Fails when the database does.
pub async fn forget(tx: &mut dyn Transaction, id: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM outbox WHERE id = $1", &[id.into()]).await.map(drop)
}

/// Takes away all of a topic, whatever has become of it.
///
/// # Errors
/// Fails when the database does.
pub async fn forget_topic(tx: &mut dyn Transaction, topic: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM outbox WHERE topic = $1", &[topic.into()]).await.map(drop)
}

/// Returns what was laid aside.
///
/// # Errors
/// Fails when the database does.
pub async fn dead(tx: &mut dyn Transaction, limit: i64) -> Result<Vec<Item>, StoreError> {
    let sql = format!("SELECT {ITEM} FROM outbox WHERE dead_at IS NOT NULL ORDER BY dead_at, id LIMIT $1");
    tx.rows(&sql, &[limit.into()]).await?.iter().map(item).collect()
}

/// Takes up again what was laid aside; false when there is no such item.
///
/// # Errors
/// Fails when the database does.
pub async fn replay(tx: &mut dyn Transaction, id: &str, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE outbox SET dead_at = NULL, n_attempts = 0, due_at = $1 WHERE id = $2 AND dead_at IS NOT NULL";
    Ok(tx.execute(sql, &[millis(now).into(), id.into()]).await? == 1)
}
