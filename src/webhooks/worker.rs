//! Delivers what is due: claims it, signs it, sends it, and has it settled. Each endpoint has its own few places, so a slow
//! one holds up nobody but itself.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;

use crate::app::App;
use crate::clock;
use crate::connectors::breaker::Breaker;
use crate::connectors::client::{Allowed, Answer, Call, Outbound};
use crate::people::signature::SigningSecret;
use crate::store::deliveries::{self, Delivery};
use crate::store::error::StoreError;
use crate::store::outbox::{self, Item};
use crate::store::webhooks::{self, Status, TOPIC, Webhook};
use crate::webhooks::settling::{Attempt, Outcome, settle};

/// Deliveries to one endpoint at the same time. There are at most `endpoints::MOST` endpoints, and so many times this in all.
const AT_ONCE: usize = 4;

/// How often the store is looked at for what is due again, and what other processes have noted.
const LOOK: Duration = Duration::from_secs(1);

/// Looks between two counts of what waits.
const LOOKS_PER_COUNT: u32 = 15;

/// A claim lasts so much longer than an attempt may.
const SPARE: SignedDuration = SignedDuration::from_secs(30);

/// No endpoint puts anything off for longer than the longest wait of the outbox.
const LONGEST_REST: SignedDuration = SignedDuration::from_hours(10);

/// An endpoint, as this process has come to know it.
struct Lane {
    places: Arc<Semaphore>,
    breaker: Breaker,
    /// Until when it wants to be left alone, in milliseconds.
    rests_until: AtomicI64,
}

impl Lane {
    /// Returns how many deliveries may begin now.
    fn n_free(&self, now: Timestamp) -> usize {
        let free = self.places.available_permits();
        if free == 0 || now.as_millisecond() < self.rests_until.load(Ordering::Relaxed) {
            return 0;
        }
        match (self.breaker.is_open(), self.breaker.lets_through(now)) {
            (false, _) => free,
            (true, true) => 1,
            (true, false) => 0,
        }
    }
}

/// What delivers in this process.
pub struct Worker {
    parts: Arc<Parts>,
    lanes: HashMap<String, Arc<Lane>>,
    under_way: JoinSet<()>,
}

struct Parts {
    app: App,
    client: Outbound,
    now: Box<dyn Fn() -> Timestamp + Send + Sync>,
}

/// Delivers for as long as the service runs; at its end it finishes what is under way.
pub async fn follow(app: App) {
    let mut worker = match Worker::new(app.clone(), clock::now) {
        Ok(worker) => worker,
        Err(error) => return tracing::error!(error = format!("{error:#}"), "nothing is delivered to webhooks"),
    };
    let mut n_looks = 0;
    while !app.is_ending() {
        if let Err(error) = worker.begin_due().await {
            tracing::debug!(%error, "no deliveries to webhooks for now");
        }
        if n_looks == 0 {
            worker.look_around().await;
        }
        n_looks = (n_looks + 1) % LOOKS_PER_COUNT;
        tokio::select! {
            () = app.deliveries().woken() => {}
            () = tokio::time::sleep(LOOK) => {}
            Some(_) = worker.under_way.join_next() => {}
        }
    }
    let grace = Duration::from_secs(app.config().server.shutdown_seconds);
    // What does not finish is claimed again when its lease ends.
    let _ = tokio::time::timeout(grace, worker.finish()).await;
}

impl Worker {
    /// Makes a worker that takes the time from a clock.
    ///
    /// # Errors
    /// Fails when the outbound client cannot be made.
    pub fn new(app: App, now: impl Fn() -> Timestamp + Send + Sync + 'static) -> anyhow::Result<Self> {
        let client = Outbound::new(Allowed::of(&app.config().connectors.allowed_hosts))?;
        let parts = Arc::new(Parts { app, client, now: Box::new(now) });
        Ok(Self { parts, lanes: HashMap::new(), under_way: JoinSet::new() })
    }

    /// Begins what is due, as far as there are places; returns how many deliveries that is.
    ///
    /// # Errors
    /// Fails when the store does.
    pub async fn begin_due(&mut self) -> Result<usize, StoreError> {
        let (store, now) = (self.parts.app.store(), (self.parts.now)());
        let topics = outbox::due_topics(&mut *store.read().await?, TOPIC, now).await?;
        let mut open: Vec<(String, Arc<Lane>, usize)> = Vec::new();
        for topic in topics {
            let lane = Arc::clone(self.lanes.entry(topic.clone()).or_insert_with(new_lane));
            let n_free = lane.n_free(now);
            if n_free > 0 {
                open.push((topic, lane, n_free));
            }
        }
        if open.is_empty() {
            return Ok(0);
        }
        let mut begun = Vec::new();
        let mut tx = store.write().await?;
        for (topic, lane, n_free) in open {
            let id = topic.trim_start_matches(TOPIC);
            let webhook = match webhooks::get(&mut *tx, id).await? {
                Some(webhook) if webhook.status == Status::Active => Arc::new(webhook),
                Some(webhook) => {
                    webhooks::lay_aside(&mut *tx, &webhook, now).await?;
                    continue;
                }
                None => {
                    outbox::forget_topic(&mut *tx, &topic).await?;
                    continue;
                }
            };
            let (worker, lease) = (self.parts.app.replica(), self.parts.lease());
            let items = outbox::claim(&mut *tx, store.engine(), &topic, worker, n_free as i64, now, lease).await?;
            for item in items {
                match deliveries::get(&mut *tx, &item.id).await? {
                    Some(delivery) => begun.push((Arc::clone(&webhook), Arc::clone(&lane), item, delivery)),
                    None => outbox::forget(&mut *tx, &item.id).await?,
                }
            }
        }
        tx.commit().await?;
        let n_begun = begun.len();
        for (webhook, lane, item, delivery) in begun {
            // One task alone gives out places.
            let Ok(place) = Arc::clone(&lane.places).try_acquire_owned() else { continue };
            self.under_way.spawn(deliver(Arc::clone(&self.parts), webhook, lane, item, delivery, place));
        }
        Ok(n_begun)
    }

    /// Waits for what is under way.
    pub async fn finish(&mut self) {
        while self.under_way.join_next().await.is_some() {}
    }

    /// Counts what waits, and sees whether there is anybody to deliver to.
    pub async fn look_around(&mut self) {
        let app = &self.parts.app;
        let looked = async {
            let mut tx = app.store().read().await?;
            let active = webhooks::list(&mut *tx).await?;
            Ok::<_, StoreError>((active, outbox::n_waiting(&mut *tx, TOPIC).await?))
        };
        let Ok((known, n_waiting)) = looked.await else { return };
        app.deliveries().note_endpoints(known.iter().any(|webhook| webhook.status == Status::Active));
        app.metrics().deliveries_waiting.set(n_waiting);
        self.lanes.retain(|topic, _| known.iter().any(|webhook| webhook.topic() == *topic));
    }
}

fn new_lane() -> Arc<Lane> {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    Arc::new(Lane { places, breaker: Breaker::default(), rests_until: AtomicI64::new(0) })
}

impl Parts {
    fn time(&self) -> Duration {
        Duration::from_secs(self.app.config().connectors.webhook_seconds)
    }

    fn lease(&self) -> SignedDuration {
        SignedDuration::try_from(self.time()).unwrap_or(SPARE) + SPARE
    }

    /// Returns the signatures of what is sent: two while an old secret is good besides. `None` where no secret can be opened.
    fn signatures(&self, webhook: &Webhook, delivery: &Delivery, now: Timestamp) -> Option<String> {
        let sign = |sealed: &str| {
            let secret = SigningSecret::parse(&self.app.sealer().unseal(sealed)?)?;
            Some(secret.sign(&delivery.event, now, delivery.body.as_bytes()))
        };
        let signature = sign(&webhook.secret)?;
        let old = webhook.old_secret.as_ref().filter(|(_, until)| now < *until).and_then(|(old, _)| sign(old));
        Some(match old {
            Some(old) => format!("{signature} {old}"),
            None => signature,
        })
    }
}

async fn deliver(
    parts: Arc<Parts>,
    webhook: Arc<Webhook>,
    lane: Arc<Lane>,
    item: Item,
    delivery: Delivery,
    _place: OwnedSemaphorePermit,
) {
    let outcome = send(&parts, &webhook, &delivery).await;
    let now = (parts.now)();
    match &outcome {
        Outcome::Delivered(_) | Outcome::Gone => lane.breaker.succeeded(),
        Outcome::Failed { error, not_before, .. } => {
            if let Some(until) = not_before {
                lane.rests_until.fetch_max(until.as_millisecond(), Ordering::Relaxed);
            }
            if let Some(n_failed) = lane.breaker.failed(now) {
                tracing::warn!(webhook = webhook.id, n_failed, error, "a webhook does not take deliveries");
            }
        }
    }
    let attempt = Attempt { webhook: &webhook, item: &item, outcome: &outcome, now };
    // Its claim runs out by itself, and it is sent again.
    if let Err(error) = settle(&parts.app, attempt).await {
        tracing::warn!(webhook = webhook.id, %error, "a delivery is not noted");
    }
}

async fn send(parts: &Parts, webhook: &Webhook, delivery: &Delivery) -> Outcome {
    let now = (parts.now)();
    let Some(signatures) = parts.signatures(webhook, delivery, now) else {
        let error = "its secret was sealed with another key; give it a new one".to_owned();
        return Outcome::Failed { status: None, error, not_before: None };
    };
    let timestamp = now.as_second().to_string();
    let headers = [
        ("webhook-id", delivery.event.as_str()),
        ("webhook-timestamp", timestamp.as_str()),
        ("webhook-signature", signatures.as_str()),
    ];
    // What an endpoint says besides its status is nothing to us.
    let call = Call { url: &webhook.url, headers: &headers, body: &delivery.body, time: parts.time(), most_bytes: 0 };
    match parts.client.post(call).await {
        Ok(answer) => outcome_of(&answer, (parts.now)()),
        Err(error) => Outcome::Failed { status: None, error: format!("{error:#}"), not_before: None },
    }
}

const GONE: u16 = 410;

/// Statuses that may say when to come again.
const BUSY: [u16; 2] = [429, 503];

fn outcome_of(answer: &Answer, now: Timestamp) -> Outcome {
    let status = answer.status;
    if answer.is_success() {
        return Outcome::Delivered(status);
    }
    if status == GONE {
        return Outcome::Gone;
    }
    let hint = if (300..400).contains(&status) { ": redirects are not followed" } else { "" };
    let rest = answer.retry_after.as_deref().filter(|_| BUSY.contains(&status)).and_then(|text| rest(text, now));
    let not_before = rest.map(|rest| now + rest.clamp(SignedDuration::ZERO, LONGEST_REST));
    Outcome::Failed { status: Some(status), error: format!("status {status}{hint}"), not_before }
}

/// Reads `Retry-After` (RFC 9110): seconds, or a date.
fn rest(text: &str, now: Timestamp) -> Option<SignedDuration> {
    if let Ok(seconds) = text.trim().parse::<u32>() {
        return Some(SignedDuration::from_secs(seconds.into()));
    }
    let at = jiff::fmt::rfc2822::parse(text.trim()).ok()?.timestamp();
    Some(at.duration_since(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_as_it_is_meant() {
        let now = Timestamp::from_second(1_795_000_000).unwrap();
        let answer =
            |status, after: Option<&str>| Answer { status, retry_after: after.map(str::to_owned), body: Vec::new() };
        assert_eq!(outcome_of(&answer(204, None), now), Outcome::Delivered(204));
        assert_eq!(outcome_of(&answer(410, None), now), Outcome::Gone);
        let later = |status, after| match outcome_of(&answer(status, Some(after)), now) {
            Outcome::Failed { not_before, .. } => not_before.map(|at| at.duration_since(now).as_secs()),
            Outcome::Delivered(_) | Outcome::Gone => None,
        };
        assert_eq!((later(429, "120"), later(503, " 7 ")), (Some(120), Some(7)));
        assert_eq!(later(503, "4294967295"), Some(36_000), "no longer than that");
        assert_eq!(later(503, "Wed, 18 Nov 2026 11:07:40 GMT"), Some(60));
        assert_eq!(later(503, "Wed, 21 Oct 2015 07:28:00 GMT"), Some(0), "long ago");
        assert_eq!((later(500, "120"), later(429, "soon"), later(429, "-1")), (None, None, None));
    }
}
