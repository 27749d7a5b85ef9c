//! Looks every minute whether a topic is asked about far more often than usual; editors and the operator's other systems are told.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::app::App;
use crate::clock;
use crate::desk::alarm::{Asked, BEFORE, LATELY, QUIET_FOR, rising, stretch_of};
use crate::ids::new_id;
use crate::people::webhook::EventKind;
use crate::store::deliveries::Announcement;
use crate::store::error::StoreError;
use crate::store::topics::{self, Alarm};
use crate::store::webhooks;

/// How often it is looked.
const EVERY: Duration = Duration::from_secs(60);

/// How long alarms are shown.
pub const SHOWN_FOR: SignedDuration = SignedDuration::from_hours(24 * 7);

/// Looks again and again, for as long as the service runs.
pub async fn follow(app: App) {
    let mut looks = tokio::time::interval(EVERY);
    looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        if let Err(error) = look(&app, clock::now()).await {
            tracing::warn!(%error, "nobody looks at what customers ask about");
        }
    }
}

/// Looks once; returns the topics that rise now, and of which that was not known. Of several replicas one tells.
///
/// # Errors
/// Fails when the store does.
pub async fn look(app: &App, now: Timestamp) -> Result<Vec<Alarm>, StoreError> {
    let until = stretch_of(now) + 1;
    let lately_from = until - LATELY;
    let before_from = lately_from - BEFORE;
    let (lately, before, first) = {
        let mut tx = app.store().read().await?;
        let lately = topics::between(&mut *tx, lately_from, until).await?;
        let before = topics::between(&mut *tx, before_from, lately_from).await?;
        (lately, before, topics::first(&mut *tx, before_from).await?)
    };
    let n_known = first.map_or(0, |first| lately_from - first);
    let mut raised = Vec::new();
    for (topic, lately) in lately {
        let asked = Asked { lately, before: before.get(&topic).copied().unwrap_or_default() };
        let Some(usual) = rising(asked, n_known) else { continue };
        let usual_tenths = (usual * 10.0).round() as i64;
        raised.push(Alarm { topic, at: now, n: i64::try_from(lately).unwrap_or(i64::MAX), usual_tenths });
    }
    let mut tx = app.store().write().await?;
    topics::forget(&mut *tx, before_from).await?;
    let mut new = Vec::new();
    for alarm in raised {
        if !topics::raise(&mut *tx, &alarm, now - QUIET_FOR).await? {
            continue;
        }
        let data =
            json!({ "topic": alarm.topic, "n": alarm.n, "usual": alarm.usual_tenths as f64 / 10.0, "minutes": 15 });
        let id = new_id("event");
        let told = Announcement { id: &id, kind: EventKind::TopicRising.name(), subject: "", data: &data };
        webhooks::announce(&mut *tx, &[told], now).await?;
        tracing::warn!(topic = alarm.topic, n = alarm.n, "a topic is asked about far more often than usual");
        new.push(alarm);
    }
    tx.commit().await?;
    app.deliveries().wake();
    Ok(new)
}
