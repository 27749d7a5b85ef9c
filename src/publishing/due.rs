//! Publishes change sets when their time has come. Each process looks; one takes each, and where that one ends midway, another.

use std::convert::Infallible;
use std::time::Duration;

use anyhow::bail;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::app::App;
use crate::clock::{self, Stopwatch};
use crate::ids::new_id;
use crate::people::account::{Account, AccountId};
use crate::people::actor::{Actor, ActorKind};
use crate::people::by::By;
use crate::people::credential::KeptToken;
use crate::people::role::Permission;
use crate::people::webhook::EventKind;
use crate::publishing::outcome::Outcome;
use crate::publishing::proposal::Source;
use crate::publishing::publish::{When, Wish};
use crate::publishing::scheduling::{give_up, held};
use crate::store::database::Transaction;
use crate::store::deliveries::Announcement;
use crate::store::drafts::{self, Status};
use crate::store::error::StoreError;
use crate::store::people::{accounts, tokens};
use crate::store::timed::{self, End, Reason, State, TimedPublication};
use crate::store::webhooks;

/// How often it is looked.
const EVERY: Duration = Duration::from_secs(2);

/// How long a claim holds; a process that is at it says so three times in that time.
const LEASE: Duration = Duration::from_secs(30);

/// How long one waits that somebody else's publication came in the way of.
const AGAIN_SOON: SignedDuration = SignedDuration::from_secs(3);

/// How long one waits that could not be judged at all.
const AGAIN_LATER: SignedDuration = SignedDuration::from_secs(60);

/// So much later than it was to be is worth a word.
const LATE: SignedDuration = SignedDuration::from_secs(60);

/// Looks again and again, for as long as the service runs.
pub async fn follow(app: App) {
    let mut looks = tokio::time::interval(EVERY);
    looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        if let Err(error) = look(&app, clock::now()).await {
            tracing::warn!(%error, "nobody looks whether something is to go live");
        }
    }
}

/// Publishes what is due at an instant and no other process is at; returns how many came to an end.
///
/// # Errors
/// Fails when the store does.
pub async fn look(app: &App, now: Timestamp) -> Result<usize, StoreError> {
    let since = Stopwatch::start();
    let (mut n_ended, mut at) = (0, now);
    // Nothing is written as long as nothing is due.
    while timed::waiting(&mut *app.store().read().await?).await?.iter().any(|timed| timed.due_at <= at) {
        let mut tx = app.store().write().await?;
        let claimed = timed::claim(&mut *tx, app.store().engine(), app.replica(), at, at + LEASE).await?;
        tx.commit().await?;
        let Some(claimed) = claimed else { break };
        n_ended += usize::from(take_on(app, &claimed, at).await?);
        // Judging may have taken minutes.
        at = now + since.elapsed();
    }
    Ok(n_ended)
}

/// Brings a claimed one to its end; says whether it came to one.
async fn take_on(app: &App, timed: &TimedPublication, now: Timestamp) -> Result<bool, StoreError> {
    let TimedPublication { id, change_set, .. } = timed;
    let since = Stopwatch::start();
    // Side by side: where there is one writer, each may have to wait for the other.
    let attempted = tokio::select! {
        attempted = attempt(app, timed, now) => attempted,
        never = keep_hold(app, timed, now) => match never {},
    };
    let again = match attempted {
        Ok(End::Live) => {
            let late = now.duration_since(timed.due_at);
            match late > LATE {
                true => tracing::warn!(id, change_set, late_seconds = late.as_secs(), "went live later than scheduled"),
                false => tracing::info!(id, change_set, "went live as scheduled"),
            }
            return Ok(true);
        }
        Ok(End::Not(reason)) => return end(app, timed, reason).await,
        // Somebody was first with something else: it is looked at anew, on what is live by then.
        Err(error) if matches!(error.downcast_ref(), Some(StoreError::Conflict)) => AGAIN_SOON,
        Err(error) => {
            tracing::error!(id, change_set, error = format!("{error:#}"), "not published when scheduled; tried again");
            AGAIN_LATER
        }
    };
    let mut tx = app.store().write().await?;
    timed::hold(&mut *tx, id, app.replica(), now + since.elapsed() + again).await?;
    tx.commit().await?;
    Ok(false)
}

/// Keeps a claim for as long as it is waited for: compiling and judging may take longer than a claim holds.
async fn keep_hold(app: &App, timed: &TimedPublication, now: Timestamp) -> Infallible {
    let since = Stopwatch::start();
    let mut beats = tokio::time::interval(LEASE / 3);
    beats.reset();
    loop {
        beats.tick().await;
        let held = async {
            let mut tx = app.store().write().await?;
            timed::hold(&mut *tx, &timed.id, app.replica(), now + since.elapsed() + LEASE).await?;
            tx.commit().await
        };
        // The claim only saves work: whoever publishes second finds that it has ended.
        if let Err(error) = held.await {
            tracing::debug!(%error, "a claim is not renewed");
        }
    }
}

/// Publishes one as whoever scheduled it, where that still holds.
async fn attempt(app: &App, timed: &TimedPublication, now: Timestamp) -> anyhow::Result<End> {
    let actor = {
        let mut tx = app.store().read().await?;
        if let Some(reason) = outdated(&mut *tx, timed).await? {
            return Ok(End::Not(reason));
        }
        match actor(&mut *tx, timed, now).await?.filter(|actor| actor.may(Permission::ContentPublish)) {
            Some(actor) => actor,
            None => return Ok(End::Not(Reason::NotAllowed)),
        }
    };
    let wish = Wish {
        source: Source::Draft { change_set: Some(timed.change_set.clone()) },
        actor,
        address: timed.address.clone(),
        note: timed.note.clone(),
        force: timed.forced,
        dry_run: false,
        share: None,
        when: When::Due(Box::new(timed.clone())),
    };
    match app.publish(&wish).await? {
        Outcome::Published { .. } => Ok(End::Live),
        Outcome::Refused { .. } => Ok(End::Not(Reason::Gate)),
        Outcome::Conflicting { .. } => Ok(End::Not(Reason::Conflicting)),
        Outcome::SecondPersonNeeded { .. } => Ok(End::Not(Reason::SecondPerson)),
        other @ (Outcome::Unchanged { .. }
        | Outcome::Comparing { .. }
        | Outcome::Scheduled { .. }
        | Outcome::RolledBack { .. }
        | Outcome::Ready { .. }
        | Outcome::Diverged { .. }) => bail!("a change set that is due does not end as {}", other.name()),
    }
}

/// Returns why a change set is not the one that was scheduled any more.
async fn outdated(tx: &mut dyn Transaction, timed: &TimedPublication) -> Result<Option<Reason>, StoreError> {
    let status = drafts::get(tx, &timed.change_set).await?.map(|set| set.status);
    Ok(match status {
        Some(Status::Open) => {
            (held(&drafts::changes(tx, &timed.change_set).await?) != timed.held).then_some(Reason::Changed)
        }
        Some(Status::Published) => Some(Reason::Published),
        Some(Status::Discarded) | None => Some(Reason::Discarded),
    })
}

/// Returns whoever scheduled it, with what they may do now.
async fn actor(
    tx: &mut dyn Transaction,
    timed: &TimedPublication,
    now: Timestamp,
) -> Result<Option<Actor>, StoreError> {
    let TimedPublication { actor: id, actor_kind, .. } = timed;
    Ok(match actor_kind {
        ActorKind::User => accounts::get(tx, &AccountId(id.clone())).await?.as_ref().map(Account::actor),
        ActorKind::Token => {
            tokens::get(tx, id).await?.filter(|token| !token.is_over(now)).as_ref().map(KeptToken::actor)
        }
        // Nobody schedules from there.
        ActorKind::CommandLine | ActorKind::System => None,
    })
}

/// Ends one that does not go live, and tells the operator's other systems where its time has come to nothing.
async fn end(app: &App, timed: &TimedPublication, reason: Reason) -> Result<bool, StoreError> {
    let TimedPublication { id, change_set, .. } = timed;
    let now = clock::now();
    let actor = Actor::system("serve");
    let mut tx = app.store().write().await?;
    if !give_up(&mut *tx, timed, reason, &By { actor: &actor, address: None, now }).await? {
        return Ok(false);
    }
    if reason.state() == State::Refused {
        let data = json!({ "id": id, "change_set": change_set, "at": timed.due_at, "reason": reason });
        let event = new_id("event");
        let kind = EventKind::PublicationRefused.name();
        webhooks::announce(&mut *tx, &[Announcement { id: &event, kind, subject: "", data: &data }], now).await?;
    }
    tx.commit().await?;
    app.deliveries().wake();
    tracing::warn!(id, change_set, reason = reason.name(), "not published as scheduled: the live revision stays");
    Ok(true)
}
