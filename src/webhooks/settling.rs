//! What becomes of an attempt: noted in one transaction, for the outbox, the console and the audit.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::app::App;
use crate::ids::jitter;
use crate::people::actor::Actor;
use crate::people::audit::{Action, AuditEvent};
use crate::store::audit;
use crate::store::database::Transaction;
use crate::store::deliveries::{self, Ended};
use crate::store::error::StoreError;
use crate::store::outbox::{self, Fate, Item};
use crate::store::webhooks::{self, Status, Webhook};

/// An endpoint that has failed for so long is disabled.
const PATIENCE: SignedDuration = SignedDuration::from_hours(5 * 24);

/// Characters of an error that are kept.
const LONGEST_ERROR: usize = 300;

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The endpoint has it.
    Delivered(u16),
    /// The endpoint wants nothing any more.
    Gone,
    /// It does not have it.
    Failed {
        /// What it answered, where it did.
        status: Option<u16>,
        /// Why.
        error: String,
        /// When it may be tried again at the earliest.
        not_before: Option<Timestamp>,
    },
}

/// An attempt that has ended.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    /// Whose delivery it was.
    pub webhook: &'a Webhook,
    /// What was claimed.
    pub item: &'a Item,
    /// How it ended.
    pub outcome: &'a Outcome,
    /// When.
    pub now: Timestamp,
}

/// Notes how an attempt ended.
///
/// # Errors
/// Fails when the store does; what was claimed is claimed again then.
pub async fn settle(app: &App, attempt: Attempt<'_>) -> Result<(), StoreError> {
    let Attempt { webhook, item, outcome, now } = attempt;
    let worker = app.replica();
    let mut tx = app.store().write().await?;
    let counted = match outcome {
        Outcome::Delivered(status) => {
            // Another may hold it by now, or it was laid aside; that the endpoint has it is true all the same.
            outbox::forget(&mut *tx, &item.id).await?;
            deliveries::note(&mut *tx, &item.id, Ended::Delivered, Some(*status), now).await?;
            webhooks::succeeded(&mut *tx, &webhook.id).await?;
            Some("delivered")
        }
        Outcome::Gone => {
            let fate = outbox::failed(&mut *tx, item, worker, "status 410", now, jitter()).await?;
            if fate != Fate::Lost {
                deliveries::note(&mut *tx, &item.id, Ended::Failed("status 410"), Some(410), now).await?;
            }
            disable(&mut *tx, &webhook.id, "it answered 410 Gone", now).await?;
            Some("dead")
        }
        Outcome::Failed { status, error, not_before } => {
            let error: String = error.chars().take(LONGEST_ERROR).collect();
            let fate = outbox::failed(&mut *tx, item, worker, &error, now, jitter()).await?;
            if let (Fate::Waits, Some(until)) = (fate, not_before) {
                outbox::put_off(&mut *tx, &item.id, *until).await?;
            }
            let ended = match fate {
                Fate::Waits => Some(("failed", Ended::Failed(&error))),
                Fate::Dead => Some(("dead", Ended::Dead(&error))),
                Fate::Lost => None,
            };
            if let Some((_, ended)) = ended {
                deliveries::note(&mut *tx, &item.id, ended, *status, now).await?;
            }
            fail(&mut *tx, &webhook.id, now).await?;
            ended.map(|(name, _)| name)
        }
    };
    tx.commit().await?;
    if let Some(name) = counted {
        app.metrics().note_delivery(name);
    }
    Ok(())
}

/// Notes a failure of an endpoint; one that has failed for days, or was disabled meanwhile, is sent nothing more.
async fn fail(tx: &mut dyn Transaction, id: &str, now: Timestamp) -> Result<(), StoreError> {
    let Some(webhook) = webhooks::failed(tx, id, now).await? else { return Ok(()) };
    if webhook.status == Status::Disabled {
        return webhooks::lay_aside(tx, &webhook, now).await;
    }
    let since = webhook.failing_since.unwrap_or(now);
    if now.duration_since(since) < PATIENCE {
        return Ok(());
    }
    disable(tx, id, "every attempt of five days has failed", now).await
}

async fn disable(tx: &mut dyn Transaction, id: &str, reason: &str, now: Timestamp) -> Result<(), StoreError> {
    let Some(webhook) = webhooks::get(tx, id).await?.filter(|webhook| webhook.status == Status::Active) else {
        return Ok(());
    };
    webhooks::disable(tx, &webhook, reason, now).await?;
    let event = AuditEvent::new(now, &Actor::system("webhooks"), Action::WebhookChanged, id)
        .before(json!({ "status": Status::Active.name() }))
        .after(json!({ "status": Status::Disabled.name(), "reason": reason }));
    audit::add(tx, event).await
}
