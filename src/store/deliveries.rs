//! What is sent to webhooks: the text, fixed when it happened, and what became of it. The outbox says what is still to be done.

use jiff::Timestamp;
use serde_json::json;

use crate::store::database::{Row, Transaction, Value};
use crate::store::error::StoreError;
use crate::store::webhooks::TOPIC;
use crate::store::{millis, outbox, time};

/// Something that happened.
#[derive(Clone, Copy, Debug)]
pub struct Announcement<'a> {
    /// Its name, the same for every endpoint and over all attempts: a receiver that knows it has it already.
    pub id: &'a str,
    /// What kind of thing (`conversation.closed` …).
    pub kind: &'a str,
    /// The conversation that it is about; empty for none.
    pub subject: &'a str,
    /// What is told of it.
    pub data: &'a serde_json::Value,
}

/// A delivery: one thing that happened, for one endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its id, in the outbox too.
    pub id: String,
    /// The endpoint.
    pub webhook: String,
    /// The name of what happened.
    pub event: String,
    /// What kind of thing that is.
    pub kind: String,
    /// What is sent.
    pub body: String,
    /// When it happened.
    pub at: Timestamp,
    /// Attempts that have ended.
    pub n_attempts: i64,
    /// When the last of them ended.
    pub tried_at: Option<Timestamp>,
    /// The status that it was answered with.
    pub status: Option<i64>,
    /// Why it failed.
    pub error: Option<String>,
    /// When it was delivered.
    pub delivered_at: Option<Timestamp>,
    /// When it was laid aside.
    pub dead_at: Option<Timestamp>,
}

const DELIVERY: &str = "id, webhook, event, type, body, at, n_attempts, tried_at, status, error, delivered_at, dead_at";

fn delivery(row: &Row) -> Result<Delivery, StoreError> {
    let instant = |column| row.optional_integer(column)?.map(time).transpose();
    Ok(Delivery {
        id: row.text(0)?,
        webhook: row.text(1)?,
        event: row.text(2)?,
        kind: row.text(3)?,
        body: row.text(4)?,
        at: time(row.integer(5)?)?,
        n_attempts: row.integer(6)?,
        tried_at: instant(7)?,
        status: row.optional_integer(8)?,
        error: row.optional_text(9)?,
        delivered_at: instant(10)?,
        dead_at: instant(11)?,
    })
}

/// Notes what an endpoint is to be told; returns the delivery's id.
///
/// # Errors
/// Fails with a conflict when it is noted already, and when the database does.
pub async fn add(
    tx: &mut dyn Transaction,
    webhook: &str,
    announcement: &Announcement<'_>,
    now: Timestamp,
) -> Result<String, StoreError> {
    let Announcement { id: event, kind, subject, data } = announcement;
    let id = format!("{event}_{webhook}");
    let body = json!({ "type": kind, "timestamp": now, "data": data }).to_string();
    let sql = "INSERT INTO webhook_deliveries (id, webhook, event, type, subject, body, at, n_attempts) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, 0)";
    let values: [Value; 7] = [
        id.as_str().into(),
        webhook.into(),
        (*event).into(),
        (*kind).into(),
        (*subject).into(),
        body.into(),
        millis(now).into(),
    ];
    tx.execute(sql, &values).await?;
    queue(tx, &id, webhook, now).await?;
    Ok(id)
}

async fn queue(tx: &mut dyn Transaction, id: &str, webhook: &str, now: Timestamp) -> Result<(), StoreError> {
    outbox::add(tx, id, &format!("{TOPIC}{webhook}"), "{}", now, now).await
}

/// Returns a delivery.
///
/// # Errors
/// Fails when the database does.
pub async fn get(tx: &mut dyn Transaction, id: &str) -> Result<Option<Delivery>, StoreError> {
    let sql = format!("SELECT {DELIVERY} FROM webhook_deliveries WHERE id = $1");
    tx.rows(&sql, &[id.into()]).await?.first().map(delivery).transpose()
}

/// Which deliveries are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// All.
    All,
    /// Those that wait after a failure, or lie aside.
    Failed,
}

/// Returns an endpoint's deliveries, the newest first, after the one with an instant and an id.
///
/// # Errors
/// Fails when the database does.
pub async fn list(
    tx: &mut dyn Transaction,
    webhook: &str,
    which: Which,
    (at, id): (Timestamp, &str),
    limit: i64,
) -> Result<Vec<Delivery>, StoreError> {
    let failed = match which {
        Which::All => "",
        Which::Failed => "AND delivered_at IS NULL AND (error IS NOT NULL OR dead_at IS NOT NULL)",
    };
    let sql = format!(
        "SELECT {DELIVERY} FROM webhook_deliveries WHERE webhook = $1 AND (at < $2 OR at = $2 AND id < $3) {failed} \
         ORDER BY at DESC, id DESC LIMIT $4"
    );
    let values = [webhook.into(), millis(at).into(), id.into(), limit.into()];
    tx.rows(&sql, &values).await?.iter().map(delivery).collect()
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended<'e> {
    /// The endpoint has it.
    Delivered,
    /// It is tried again.
    Failed(&'e str),
    /// It is laid aside.
    Dead(&'e str),
}

/// Notes how an attempt ended, with the status that it was answered with.
///
/// # Errors
/// Fails when the database does.
pub async fn note(
    tx: &mut dyn Transaction,
    id: &str,
    ended: Ended<'_>,
    status: Option<u16>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let at = Some(millis(now));
    let (error, delivered_at, dead_at) = match ended {
        Ended::Delivered => (None, at, None),
        Ended::Failed(error) => (Some(error.to_owned()), None, None),
        Ended::Dead(error) => (Some(error.to_owned()), None, at),
    };
    let sql = "UPDATE webhook_deliveries SET n_attempts = n_attempts + 1, tried_at = $1, status = $2, error = $3, \
               delivered_at = $4, dead_at = $5 WHERE id = $6";
    let values =
        [at.into(), status.map(i64::from).into(), error.into(), delivered_at.into(), dead_at.into(), id.into()];
    tx.execute(sql, &values).await.map(drop)
}

/// Has a delivery that has come to an end sent again, under the same name; false where it still waits.
///
/// # Errors
/// Fails when the database does.
pub async fn replay(tx: &mut dyn Transaction, delivery: &Delivery, now: Timestamp) -> Result<bool, StoreError> {
    if delivery.delivered_at.is_some() {
        queue(tx, &delivery.id, &delivery.webhook, now).await?;
    } else if !outbox::replay(tx, &delivery.id, now).await? {
        return Ok(false);
    }
    let sql = "UPDATE webhook_deliveries SET n_attempts = 0, error = NULL, delivered_at = NULL, dead_at = NULL \
               WHERE id = $1";
    tx.execute(sql, &[delivery.id.as_str().into()]).await?;
    Ok(true)
}

/// Counts what lies aside, by endpoint.
///
/// # Errors
/// Fails when the database does.
pub async fn n_dead(tx: &mut dyn Transaction) -> Result<Vec<(String, i64)>, StoreError> {
    let sql = "SELECT webhook, COUNT(*) FROM webhook_deliveries WHERE dead_at IS NOT NULL GROUP BY webhook \
               ORDER BY webhook";
    tx.rows(sql, &[]).await?.iter().map(|row| Ok((row.text(0)?, row.integer(1)?))).collect()
}

/// Forgets deliveries that have come to an end, of what happened before an instant.
///
/// # Errors
/// Fails when the database does.
pub async fn forget(tx: &mut dyn Transaction, before: Timestamp) -> Result<u64, StoreError> {
    let old = "FROM webhook_deliveries WHERE at < $1 AND (delivered_at IS NOT NULL OR dead_at IS NOT NULL)";
    let values = [millis(before).into()];
    tx.execute(&format!("DELETE FROM outbox WHERE id IN (SELECT id {old})"), &values).await?;
    tx.execute(&format!("DELETE {old}"), &values).await
}

/// Erases all deliveries about a conversation, also those that wait.
///
/// # Errors
/// Fails when the database does.
pub async fn erase(tx: &mut dyn Transaction, conversation: &str) -> Result<u64, StoreError> {
    let values = [conversation.into()];
    let sql = "DELETE FROM outbox WHERE id IN (SELECT id FROM webhook_deliveries WHERE subject = $1)";
    tx.execute(sql, &values).await?;
    tx.execute("DELETE FROM webhook_deliveries WHERE subject = $1", &values).await
}
