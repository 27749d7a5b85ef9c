//! Endpoints: made, changed, given another secret, tried, taken away; and what was sent to them is sent again. Each act is one
//! transaction with its line in the audit.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::app::App;
use crate::chat::seal::Sealer;
use crate::connectors::client::{Allowed, host};
use crate::ids::{new_id, secret_bytes};
use crate::people::audit::Action;
use crate::people::by::By;
use crate::people::signature::SigningSecret;
use crate::people::webhook::{EventKind, PING};
use crate::staff::accounts::Expected;
use crate::staff::failure::Failure;
use crate::store::audit;
use crate::store::database::Transaction;
use crate::store::deliveries::{self, Announcement, Delivery};
use crate::store::webhooks::{self, Status, Webhook};

/// Endpoints at most: each has a queue, and places to be delivered to.
pub const MOST: usize = 50;

/// Characters of a description.
const LONGEST_DESCRIPTION: usize = 200;

/// For how long the secret before signs too.
const OVERLAP: SignedDuration = SignedDuration::from_hours(24);

/// Which endpoint is wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Where it is.
    pub url: String,
    /// What people call it.
    pub description: String,
    /// What it wants to be told of; empty for all.
    pub events: BTreeSet<EventKind>,
}

/// What is to change of an endpoint; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Where it is.
    pub url: Option<String>,
    /// What people call it.
    pub description: Option<String>,
    /// What it wants to be told of; empty for all.
    pub events: Option<BTreeSet<EventKind>>,
    /// Whether it is sent anything.
    pub status: Option<Status>,
}

/// Makes an endpoint; returns the secret that signs, which is shown this once.
///
/// # Errors
/// Fails on a field that cannot be, where there are too many, and when the store does.
pub async fn create(app: &App, wanted: &Wanted, by: &By<'_>) -> Result<(Webhook, SigningSecret), Failure> {
    check_url(app, &wanted.url)?;
    check_description(&wanted.description)?;
    let secret = SigningSecret::new(secret_bytes()?);
    let webhook = Webhook {
        id: new_id("webhook"),
        url: wanted.url.clone(),
        description: wanted.description.clone(),
        events: names(&wanted.events),
        secret: sealed(app.sealer(), &secret)?,
        old_secret: None,
        status: Status::Active,
        disabled_reason: None,
        failing_since: None,
        created_by: by.actor.id.clone(),
        created_at: by.now,
        version: 1,
    };
    let mut tx = app.store().write().await?;
    if webhooks::list(&mut *tx).await?.len() >= MOST {
        return Err(Failure::invalid("url", format!("there are {MOST} webhooks already")));
    }
    webhooks::add(&mut *tx, &webhook).await?;
    audit::add(&mut *tx, by.event(Action::WebhookChanged, &webhook.id).after(line(&webhook))).await?;
    tx.commit().await?;
    Ok((webhook, secret))
}

/// Changes an endpoint and returns it.
///
/// # Errors
/// Fails when there is none, it has changed meanwhile, a field cannot be, and when the store does.
pub async fn change(app: &App, id: &str, expected: Expected, change: &Change, by: &By<'_>) -> Result<Webhook, Failure> {
    if let Some(url) = &change.url {
        check_url(app, url)?;
    }
    if let Some(description) = &change.description {
        check_description(description)?;
    }
    let mut tx = app.store().write().await?;
    let was = known(&mut *tx, id).await?;
    if matches!(expected, Expected::Version(version) if i64::try_from(version) != Ok(was.version)) {
        return Err(Failure::Stale);
    }
    let mut webhook = was.clone();
    change.url.iter().for_each(|url| webhook.url.clone_from(url));
    change.description.iter().for_each(|description| webhook.description.clone_from(description));
    change.events.iter().for_each(|events| webhook.events = names(events));
    match change.status {
        Some(Status::Active) if was.status == Status::Disabled => {
            webhook = Webhook { status: Status::Active, disabled_reason: None, failing_since: None, ..webhook };
            webhooks::change(&mut *tx, &webhook).await?;
        }
        Some(Status::Disabled) if was.status == Status::Active => {
            webhooks::disable(&mut *tx, &webhook, "somebody has disabled it", by.now).await?;
        }
        Some(Status::Active | Status::Disabled) | None => webhooks::change(&mut *tx, &webhook).await?,
    }
    let changed = known(&mut *tx, id).await?;
    let mut after = line(&changed);
    // The rest of an address may be a secret, so only this is written down of it.
    after["address_changed"] = (was.url != changed.url).into();
    audit::add(&mut *tx, by.event(Action::WebhookChanged, id).before(line(&was)).after(after)).await?;
    tx.commit().await?;
    Ok(changed)
}

/// Takes an endpoint away, with what it was and is to be sent.
///
/// # Errors
/// Fails when there is none, and when the store does.
pub async fn remove(app: &App, id: &str, by: &By<'_>) -> Result<(), Failure> {
    let mut tx = app.store().write().await?;
    let webhook = known(&mut *tx, id).await?;
    webhooks::remove(&mut *tx, &webhook).await?;
    audit::add(&mut *tx, by.event(Action::WebhookChanged, id).before(line(&webhook))).await?;
    Ok(tx.commit().await?)
}

/// Gives an endpoint another secret, which is shown this once; the one before signs too for a day.
///
/// # Errors
/// Fails when there is none, and when the store does.
pub async fn rotate(app: &App, id: &str, by: &By<'_>) -> Result<(Webhook, SigningSecret), Failure> {
    let secret = SigningSecret::new(secret_bytes()?);
    let mut tx = app.store().write().await?;
    let was = known(&mut *tx, id).await?;
    let old_secret = Some((was.secret.clone(), by.now + OVERLAP));
    let webhook = Webhook { secret: sealed(app.sealer(), &secret)?, old_secret, ..was };
    webhooks::change(&mut *tx, &webhook).await?;
    let after = json!({ "rotated": true, "old_until": by.now + OVERLAP });
    audit::add(&mut *tx, by.event(Action::WebhookChanged, id).after(after)).await?;
    let webhook = known(&mut *tx, id).await?;
    tx.commit().await?;
    Ok((webhook, secret))
}

/// Sends an endpoint something to try it, on the way of everything else; `None` where it is disabled.
///
/// # Errors
/// Fails when there is none, and when the store does.
pub async fn test(app: &App, id: &str, by: &By<'_>) -> Result<Option<Delivery>, Failure> {
    let mut tx = app.store().write().await?;
    let webhook = known(&mut *tx, id).await?;
    if webhook.status == Status::Disabled {
        return Ok(None);
    }
    let (event, data) = (new_id("event"), json!({ "webhook": webhook.id }));
    let ping = Announcement { id: &event, kind: PING, subject: "", data: &data };
    let delivery = deliveries::add(&mut *tx, &webhook.id, &ping, by.now).await?;
    audit::add(&mut *tx, by.event(Action::WebhookChanged, id).after(json!({ "tested": delivery }))).await?;
    let delivery = deliveries::get(&mut *tx, &delivery).await?;
    tx.commit().await?;
    app.deliveries().wake_now();
    Ok(delivery)
}

/// Sends something again under its name; `None` where it still waits, or the endpoint is disabled.
///
/// # Errors
/// Fails when there is none, and when the store does.
pub async fn replay(app: &App, delivery: &str, by: &By<'_>) -> Result<Option<Delivery>, Failure> {
    let mut tx = app.store().write().await?;
    let delivery = deliveries::get(&mut *tx, delivery).await?.ok_or(Failure::Unknown("delivery"))?;
    let webhook = known(&mut *tx, &delivery.webhook).await?;
    if webhook.status == Status::Disabled || !deliveries::replay(&mut *tx, &delivery, by.now).await? {
        return Ok(None);
    }
    let after = json!({ "replayed": delivery.id });
    audit::add(&mut *tx, by.event(Action::WebhookChanged, &webhook.id).after(after)).await?;
    let delivery = deliveries::get(&mut *tx, &delivery.id).await?;
    tx.commit().await?;
    app.deliveries().wake_now();
    Ok(delivery)
}

async fn known(tx: &mut dyn Transaction, id: &str) -> Result<Webhook, Failure> {
    webhooks::get(tx, id).await?.ok_or(Failure::Unknown("webhook"))
}

fn check_url(app: &App, url: &str) -> Result<(), Failure> {
    let allowed = Allowed::of(&app.config().connectors.allowed_hosts);
    allowed.check_entered(url).map_err(|error| Failure::invalid("url", error))
}

fn check_description(description: &str) -> Result<(), Failure> {
    let fits = description.chars().count() <= LONGEST_DESCRIPTION && !description.chars().any(char::is_control);
    if fits {
        Ok(())
    } else {
        Err(Failure::invalid("description", format!("at most {LONGEST_DESCRIPTION} characters on one line")))
    }
}

fn names(events: &BTreeSet<EventKind>) -> BTreeSet<String> {
    events.iter().map(|kind| kind.name().to_owned()).collect()
}

fn sealed(sealer: &Sealer, secret: &SigningSecret) -> Result<String, Failure> {
    sealer.seal(&secret.expose()).ok_or_else(|| Failure::Broken("a secret cannot be sealed".to_owned()))
}

/// What the audit shows of an endpoint.
fn line(webhook: &Webhook) -> Value {
    json!({
        "host": host(&webhook.url),
        "description": webhook.description,
        "events": webhook.events,
        "status": webhook.status.name(),
    })
}
