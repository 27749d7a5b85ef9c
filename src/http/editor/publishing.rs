//! `/editor/publish`, `/editor/revisions`, `/editor/diff`, `/editor/rollback`: what goes live, and what was.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::{RoundMode, SignedDuration, Timestamp, TimestampRound, Unit};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::clock;
use crate::http::caller::Caller;
use crate::http::error::{Code, Problem};
use crate::http::extract::{JsonBody, Query};
use crate::http::list::whole_number;
use crate::knowledge::difference::Difference;
use crate::publishing::editing::sets;
use crate::publishing::history::RevisionSummary;
use crate::publishing::outcome::Outcome;
use crate::publishing::proposal::Source;
use crate::publishing::publish::{Rollback, When, Wish};
use crate::store::replicas;
use crate::store::revisions;

/// What is to be published.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishRequest {
    /// The change set; where it is not given, the only open one that you have begun, else the only one.
    #[serde(default)]
    set: Option<String>,
    /// What you say about it; needed to overrule the gate.
    #[serde(default)]
    #[schema(max_length = 1000)]
    note: String,
    /// Whether the gate may be overruled where it can be.
    #[serde(default)]
    force: bool,
    /// Whether everything is done but the publication.
    #[serde(default)]
    dry_run: bool,
    /// The share of new conversations, 1 to 50 percent, that it is to answer beside what is live, to be compared; it does not go live
    /// then.
    #[serde(default, deserialize_with = "whole_number")]
    #[schema(minimum = 1, maximum = 50)]
    share: Option<u32>,
    /// When it is to go live, within 366 days; it is checked and judged now, and again then. It takes the place of what the change set
    /// was scheduled for before. Not together with `share` or `dry_run`.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Timestamp>,
}

impl PublishRequest {
    /// Returns when it is to go live.
    fn when(&self, now: Timestamp) -> Result<When, Problem> {
        let Some(at) = self.at else { return Ok(When::Now) };
        if self.share.is_some() || self.dry_run {
            return Err(Problem::field("at", "not together with share or dry_run"));
        }
        // What is stored holds milliseconds, and it must not be earlier than what was said.
        let whole = TimestampRound::new().smallest(Unit::Millisecond).mode(RoundMode::Ceil);
        let at = at.round(whole).map_err(|error| Problem::field("at", error.to_string()))?;
        if at <= now || at.duration_since(now) > LONGEST_WAIT {
            return Err(Problem::field("at", format!("in the future, within {MOST_DAYS} days")));
        }
        Ok(When::At(at))
    }
}

/// Nobody remembers for longer what they have scheduled.
const MOST_DAYS: i64 = 366;

const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(24 * MOST_DAYS);

/// A revision is tried on the lesser half at most.
const LARGEST_SHARE: u32 = 50;

const LONGEST_NOTE: usize = 1_000;

fn checked_note(note: &str) -> Result<(), Problem> {
    match note.chars().nth(LONGEST_NOTE) {
        Some(_) => Err(Problem::field("note", format!("at most {LONGEST_NOTE} characters"))),
        None => Ok(()),
    }
}

/// Publishes a change set, or says what speaks against it.
#[utoipa::path(
    post,
    path = "/editor/publish",
    tag = "editors",
    request_body = PublishRequest,
    responses(
        (status = 200, description = "Published, scheduled, or ready to be", body = Outcome),
        (status = 409, description = "Not published: refused by the gate, in conflict, or another person is needed", body = Outcome),
    )
)]
pub async fn publish(
    State(app): State<App>,
    caller: Caller,
    JsonBody(request): JsonBody<PublishRequest>,
) -> Result<(StatusCode, Json<Outcome>), Problem> {
    checked_note(&request.note)?;
    if request.force && request.note.trim().is_empty() {
        return Err(Problem::field("note", "to overrule the gate takes a note that says why"));
    }
    if request.share.is_some_and(|share| !(1..=LARGEST_SHARE).contains(&share)) {
        return Err(Problem::field("share", format!("1 to {LARGEST_SHARE}")));
    }
    let when = request.when(clock::now())?;
    let set = {
        let mut tx = app.store().read().await?;
        sets::meant(&mut *tx, request.set.as_deref(), &caller.actor).await?
    };
    let wish = Wish {
        source: Source::Draft { change_set: Some(set.id) },
        actor: caller.actor,
        address: Some(caller.whence.address),
        note: request.note,
        force: request.force,
        dry_run: request.dry_run,
        share: request.share,
        when,
    };
    // To the end, also when whoever asked goes away meanwhile.
    let publishing = tokio::spawn(async move { app.publish(&wish).await });
    answer(publishing.await.map_err(|_| Code::Internal)??)
}

fn answer(outcome: Outcome) -> Result<(StatusCode, Json<Outcome>), Problem> {
    let status = if outcome.is_good() { StatusCode::OK } else { StatusCode::CONFLICT };
    Ok((status, Json(outcome)))
}

/// Revisions, and which process serves which.
#[derive(Debug, Serialize, ToSchema)]
pub struct Revisions {
    /// Revisions, the one that went live last first.
    data: Vec<RevisionSummary>,
    /// Always null: old revisions are forgotten.
    next_cursor: Option<String>,
    /// The processes that serve.
    replicas: Vec<ReplicaSummary>,
}

/// A process that serves.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplicaSummary {
    /// Its name, made up when it started.
    id: String,
    /// The revision that it serves.
    revision: String,
    /// When it last said so.
    #[schema(value_type = String, format = DateTime)]
    seen_at: Timestamp,
}

/// Revisions that are listed.
const MOST_REVISIONS: i64 = 200;

/// Lists the revisions that are stored.
#[utoipa::path(
    get,
    path = "/editor/revisions",
    tag = "editors",
    responses((status = 200, description = "Revisions, newest first", body = Revisions))
)]
pub async fn list(State(app): State<App>) -> Result<Json<Revisions>, Problem> {
    let mut tx = app.store().read().await?;
    let live = revisions::live(&mut *tx).await?;
    let listed = revisions::list(&mut *tx, MOST_REVISIONS).await?;
    let data = live.map(|live| listed.iter().map(|revision| RevisionSummary::of(revision, &live)).collect());
    let replicas = replicas::list(&mut *tx).await?.into_iter();
    let replicas =
        replicas.map(|replica| ReplicaSummary { id: replica.id, revision: replica.revision, seen_at: replica.seen_at });
    Ok(Json(Revisions { data: data.unwrap_or_default(), next_cursor: None, replicas: replicas.collect() }))
}

/// Which revisions are compared.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DiffQuery {
    /// A revision.
    from: String,
    /// Another one.
    to: String,
}

/// Shows what changes between two revisions.
#[utoipa::path(
    get,
    path = "/editor/diff",
    tag = "editors",
    params(DiffQuery),
    responses((status = 200, description = "What changes", body = Difference), (status = 404))
)]
pub async fn diff(State(app): State<App>, Query(query): Query<DiffQuery>) -> Result<Json<Difference>, Problem> {
    let mut sides = Vec::new();
    for id in [&query.from, &query.to] {
        let files = revisions::files(&mut *app.store().read().await?, id).await?;
        sides.push(files.ok_or_else(|| Problem::new(Code::NotFound).detail(format!("there is no revision {id:?}")))?);
    }
    let difference = tokio::task::spawn_blocking(move || Difference::between(&sides[0], &sides[1]));
    Ok(Json(difference.await.map_err(|_| Code::Internal)?))
}

/// What to go back to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RollbackRequest {
    /// A revision.
    revision: String,
    /// What you say about it.
    #[serde(default)]
    #[schema(max_length = 1000)]
    note: String,
}

/// Makes an earlier revision live again.
#[utoipa::path(
    post,
    path = "/editor/rollback",
    tag = "editors",
    request_body = RollbackRequest,
    responses(
        (status = 200, description = "It is live", body = Outcome),
        (status = 409, description = "This engine finds it unfit", body = Outcome),
    )
)]
pub async fn rollback(
    State(app): State<App>,
    caller: Caller,
    JsonBody(request): JsonBody<RollbackRequest>,
) -> Result<(StatusCode, Json<Outcome>), Problem> {
    checked_note(&request.note)?;
    let Caller { actor, whence, .. } = caller;
    let address = Some(whence.address);
    let RollbackRequest { revision, note } = request;
    let outcome = app.roll_back(&Rollback { revision, actor, address, note }).await?;
    answer(outcome)
}
