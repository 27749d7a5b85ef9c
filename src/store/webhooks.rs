//! Endpoints of the operator's systems, and what they are told: noted in the transaction in which it happens.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::store::database::{Row, Transaction, Value};
use crate::store::deliveries::{self, Announcement};
use crate::store::error::StoreError;
use crate::store::{millis, outbox, read_json, time, written_json};

/// What topics of the outbox begin with; the endpoint's id follows, as each endpoint has its own queue.
pub const TOPIC: &str = "webhook:";

/// Whether an endpoint is sent anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It is.
    Active,
    /// Somebody, or its failures, have ended that.
    Disabled,
}

impl Status {
    /// Returns its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
        }
    }
}

/// An endpoint.
#[derive(Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Its id.
    pub id: String,
    /// Where it is.
    pub url: String,
    /// What people call it.
    pub description: String,
    /// The names of what it wants to be told of; empty for all.
    pub events: BTreeSet<String>,
    /// What signs, sealed.
    pub secret: String,
    /// What signed before and signs too for a while, sealed, and until when.
    pub old_secret: Option<(String, Timestamp)>,
    /// Whether it is sent anything.
    pub status: Status,
    /// Why not.
    pub disabled_reason: Option<String>,
    /// Since when every attempt has failed.
    pub failing_since: Option<Timestamp>,
    /// The id of whoever made it.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// Counts its changes.
    pub version: i64,
}

/// Without its address, a part of which may be a secret, and its secrets.
impl std::fmt::Debug for Webhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Webhook").field("id", &self.id).field("status", &self.status).finish_non_exhaustive()
    }
}

impl Webhook {
    /// Returns the topic of the outbox that holds what it is to be sent.
    pub fn topic(&self) -> String {
        format!("{TOPIC}{}", self.id)
    }
}

const WEBHOOK: &str = "id, url, description, events, secret, old_secret, old_secret_until, status, disabled_reason, \
                       failing_since, created_by, created_at, version";

fn webhook(row: &Row) -> Result<Webhook, StoreError> {
    let old_until = row.optional_integer(6)?.map(time).transpose()?;
    Ok(Webhook {
        id: row.text(0)?,
        url: row.text(1)?,
        description: row.text(2)?,
        events: read_json(&row.text(3)?)?,
        secret: row.text(4)?,
        old_secret: row.optional_text(5)?.zip(old_until),
        status: if row.text(7)? == Status::Active.name() { Status::Active } else { Status::Disabled },
        disabled_reason: row.optional_text(8)?,
        failing_since: row.optional_integer(9)?.map(time).transpose()?,
        created_by: row.text(10)?,
        created_at: time(row.integer(11)?)?,
        version: row.integer(12)?,
    })
}

fn values(of: &Webhook) -> Result<Vec<Value>, StoreError> {
    let events = written_json(&of.events)?;
    let old = of.old_secret.clone();
    Ok(vec![
        of.id.as_str().into(),
        of.url.as_str().into(),
        of.description.as_str().into(),
        events.into(),
        of.secret.as_str().into(),
        old.as_ref().map(|(secret, _)| secret.clone()).into(),
        old.map(|(_, until)| millis(until)).into(),
        of.status.name().into(),
        of.disabled_reason.clone().into(),
        of.failing_since.map(millis).into(),
        of.created_by.as_str().into(),
        millis(of.created_at).into(),
        of.version.into(),
    ])
}

/// Adds an endpoint.
///
/// # Errors
/// Fails when the database does.
pub async fn add(tx: &mut dyn Transaction, new: &Webhook) -> Result<(), StoreError> {
    let sql =
        format!("INSERT INTO webhooks ({WEBHOOK}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)");
    tx.execute(&sql, &values(new)?).await.map(drop)
}

/// Returns an endpoint.
///
/// # Errors
/// Fails when the database does.
pub async fn get(tx: &mut dyn Transaction, id: &str) -> Result<Option<Webhook>, StoreError> {
    let sql = format!("SELECT {WEBHOOK} FROM webhooks WHERE id = $1");
    tx.rows(&sql, &[id.into()]).await?.first().map(webhook).transpose()
}

/// Returns all endpoints, the newest first.
///
/// # Errors
/// Fails when the database does.
pub async fn list(tx: &mut dyn Transaction) -> Result<Vec<Webhook>, StoreError> {
    let sql = format!("SELECT {WEBHOOK} FROM webhooks ORDER BY created_at DESC, id");
    tx.rows(&sql, &[]).await?.iter().map(webhook).collect()
}

/// Changes an endpoint that was read in its `version`, and counts the change.
///
/// # Errors
/// Fails with a conflict when it is another by now, and when the database does.
pub async fn change(tx: &mut dyn Transaction, to: &Webhook) -> Result<(), StoreError> {
    // Who made it and when stays.
    let sql = "UPDATE webhooks SET url = $2, description = $3, events = $4, secret = $5, old_secret = $6, \
               old_secret_until = $7, status = $8, disabled_reason = $9, failing_since = $10, version = version + 1 \
               WHERE id = $1 AND version = $11";
    let mut values = values(to)?;
    values.drain(10..12);
    if tx.execute(sql, &values).await? == 1 { Ok(()) } else { Err(StoreError::Conflict) }
}

/// Takes an endpoint away, with what it was and is to be sent.
///
/// # Errors
/// Fails when the database does.
pub async fn remove(tx: &mut dyn Transaction, webhook: &Webhook) -> Result<(), StoreError> {
    outbox::forget_topic(tx, &webhook.topic()).await?;
    let id = [webhook.id.as_str().into()];
    tx.execute("DELETE FROM webhook_deliveries WHERE webhook = $1", &id).await?;
    tx.execute("DELETE FROM webhooks WHERE id = $1", &id).await.map(drop)
}

/// Notes for every active endpoint that wants it what happened; returns how many deliveries that makes. Where there is no
/// endpoint it costs one query.
///
/// # Errors
/// Fails when the database does.
pub async fn announce(
    tx: &mut dyn Transaction,
    announcements: &[Announcement<'_>],
    now: Timestamp,
) -> Result<usize, StoreError> {
    if announcements.is_empty() {
        return Ok(0);
    }
    let sql = "SELECT id, events FROM webhooks WHERE status = 'active' ORDER BY id";
    let mut n_deliveries = 0;
    for row in tx.rows(sql, &[]).await? {
        let (id, wanted): (String, BTreeSet<String>) = (row.text(0)?, read_json(&row.text(1)?)?);
        for announcement in announcements {
            if wanted.is_empty() || wanted.contains(announcement.kind) {
                deliveries::add(tx, &id, announcement, now).await?;
                n_deliveries += 1;
            }
        }
    }
    Ok(n_deliveries)
}

/// Notes that an endpoint has taken something.
///
/// # Errors
/// Fails when the database does.
pub async fn succeeded(tx: &mut dyn Transaction, id: &str) -> Result<(), StoreError> {
    let sql = "UPDATE webhooks SET failing_since = NULL WHERE id = $1 AND failing_since IS NOT NULL";
    tx.execute(sql, &[id.into()]).await.map(drop)
}

/// Notes that an attempt has failed; returns the endpoint as it is then, with the first instant of the failures in a row.
///
/// # Errors
/// Fails when the database does.
pub async fn failed(tx: &mut dyn Transaction, id: &str, now: Timestamp) -> Result<Option<Webhook>, StoreError> {
    let sql = "UPDATE webhooks SET failing_since = $1 WHERE id = $2 AND failing_since IS NULL";
    tx.execute(sql, &[millis(now).into(), id.into()]).await?;
    get(tx, id).await
}

/// Ends that an endpoint is sent anything; what waits is laid aside, so that it can be sent again later.
///
/// # Errors
/// Fails with a conflict when it is another by now, and when the database does.
pub async fn disable(
    tx: &mut dyn Transaction,
    webhook: &Webhook,
    reason: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let disabled = Webhook { status: Status::Disabled, disabled_reason: Some(reason.to_owned()), ..webhook.clone() };
    change(tx, &disabled).await?;
    lay_aside(tx, webhook, now).await
}

/// Lays aside what waits for an endpoint that is sent nothing.
///
/// # Errors
/// Fails when the database does.
pub async fn lay_aside(tx: &mut dyn Transaction, webhook: &Webhook, now: Timestamp) -> Result<(), StoreError> {
    outbox::lay_aside(tx, &webhook.topic(), "the endpoint is disabled", now).await?;
    let sql = "UPDATE webhook_deliveries SET dead_at = $1 \
               WHERE webhook = $2 AND delivered_at IS NULL AND dead_at IS NULL";
    tx.execute(sql, &[millis(now).into(), webhook.id.as_str().into()]).await.map(drop)
}
