//! `/editor/switches`, `/editor/notices`: what is off and what is pinned; in force at once, without a revision.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::clock;
use crate::dialogue::switches::{Notice, Switches};
use crate::http::caller::Caller;
use crate::http::error::{Code, Problem};
use crate::http::extract::{JsonBody, Segment};
use crate::knowledge::entry::EntryId;
use crate::publishing::switching::{self, Switch};

/// Returns what is off and what is pinned.
#[utoipa::path(
    get,
    path = "/editor/switches",
    tag = "editors",
    responses((status = 200, description = "What is in force here", body = Switches))
)]
pub async fn switches(State(app): State<App>) -> Json<Switches> {
    Json((*app.switches()).clone())
}

/// What is switched, and how.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SwitchRequest {
    /// What sort of thing.
    kind: SwitchKind,
    /// Which one: an entry's id, a flow's name; not for the bot.
    #[serde(default)]
    id: Option<String>,
    /// Whether it is off from now on.
    off: bool,
    /// Why, for colleagues.
    #[serde(default)]
    note: Option<String>,
}

/// What sort of thing is switched.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum SwitchKind {
    /// The whole bot.
    Bot,
    /// An entry.
    Entry,
    /// A flow.
    Flow,
}

/// Switches an entry, a flow or the whole bot off or on.
#[utoipa::path(
    post,
    path = "/editor/switches",
    tag = "editors",
    request_body = SwitchRequest,
    responses((status = 200, description = "What is in force now", body = Switches))
)]
pub async fn switch(
    State(app): State<App>,
    caller: Caller,
    JsonBody(request): JsonBody<SwitchRequest>,
) -> Result<Json<Switches>, Problem> {
    let SwitchRequest { kind, id, off, note } = request;
    let switch = match (kind, id) {
        (SwitchKind::Bot, None) => Switch::Bot,
        (SwitchKind::Entry, Some(id)) => Switch::Entry(EntryId(id)),
        (SwitchKind::Flow, Some(id)) => Switch::Flow(id),
        (SwitchKind::Bot, Some(_)) => return Err(Problem::field("id", "there is one bot")),
        (SwitchKind::Entry | SwitchKind::Flow, None) => return Err(Problem::field("id", "is missing")),
    };
    let content = app.live().current();
    let content = content.assistant.content();
    if off && !switch.is_known(content) {
        return Err(Problem::field("id", "the live revision has none of this name"));
    }
    switching::switch(app.store(), &switch, off, note, &caller.by(clock::now())).await?;
    now_in_force(&app).await
}

/// Pins a notice, or changes it.
#[utoipa::path(
    put,
    path = "/editor/notices/{id}",
    tag = "editors",
    params(("id" = String, Path, description = "A name of your own for it", pattern = "^[a-z0-9][a-z0-9_-]{0,63}$")),
    request_body = Notice,
    responses((status = 200, description = "What is in force now", body = Switches))
)]
pub async fn put_notice(
    State(app): State<App>,
    caller: Caller,
    Segment(id): Segment,
    JsonBody(notice): JsonBody<Notice>,
) -> Result<Json<Switches>, Problem> {
    if notice.id != id || !switching::is_name(&id) {
        return Err(Problem::field("id", "up to 64 of a-z, 0-9, _ and -, the same as in the address"));
    }
    if notice.until <= clock::now() {
        return Err(Problem::field("until", "is past already"));
    }
    let live = app.live().current();
    let unknown = notice.entries.iter().find(|entry| live.assistant.content().entry(entry).is_none());
    if let Some(unknown) = unknown {
        return Err(Problem::field("entries", format!("the live revision has no entry {:?}", unknown.0)));
    }
    let faults = switching::faults(app.store(), live.assistant.revision(), &notice).await?;
    if let Some(fault) = faults.into_iter().next() {
        return Err(Problem::field("text", fault));
    }
    switching::pin(app.store(), &notice, &caller.by(clock::now())).await?;
    now_in_force(&app).await
}

/// Takes a notice down.
#[utoipa::path(
    delete,
    path = "/editor/notices/{id}",
    tag = "editors",
    params(("id" = String, Path, description = "The notice's name")),
    responses((status = 204, description = "Taken down"))
)]
pub async fn delete_notice(
    State(app): State<App>,
    caller: Caller,
    Segment(id): Segment,
) -> Result<StatusCode, Problem> {
    if !switching::unpin(app.store(), &id, &caller.by(clock::now())).await? {
        return Err(Code::NotFound.into());
    }
    let _ = now_in_force(&app).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Here at once; on other replicas when they next look.
async fn now_in_force(app: &App) -> Result<Json<Switches>, Problem> {
    let switches = switching::in_force(app.store()).await?;
    app.set_switches(switches.clone());
    app.wake();
    Ok(Json(switches))
}
