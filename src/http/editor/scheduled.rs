//! `/editor/scheduled`: change sets that go live at an instant; `POST /editor/publish` with `at` schedules one.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::clock;
use crate::http::caller::Caller;
use crate::http::error::Problem;
use crate::http::extract::Segment;
use crate::publishing::scheduling::{self, Listed};
use crate::store::timed;

/// A change set that goes live at an instant, or was to.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimedPublication {
    /// Its id.
    id: String,
    /// The change set.
    change_set: String,
    /// What the change set is for; null where it is forgotten.
    title: Option<String>,
    /// When it goes live.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The account or token of whoever scheduled it.
    scheduled_by: String,
    /// When they did.
    #[schema(value_type = String, format = DateTime)]
    scheduled_at: Timestamp,
    /// What they said about it.
    note: String,
    /// Whether they overruled the gate.
    forced: bool,
    /// What has become of it.
    state: timed::State,
    /// Why it did not go live; null where it waits or did.
    reason: Option<timed::Reason>,
    /// When it went live, was refused or was taken back; null while it waits.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Timestamp>,
    /// Whether it waits and the change set was edited since: then it will be refused.
    changed: bool,
}

impl From<Listed> for TimedPublication {
    fn from(Listed { timed, title, is_changed }: Listed) -> Self {
        let timed::TimedPublication { id, change_set, due_at, actor, note, forced, state, reason, created_at, .. } =
            timed;
        Self {
            id,
            change_set,
            title,
            at: due_at,
            scheduled_by: actor,
            scheduled_at: created_at,
            note,
            forced,
            state,
            reason,
            ended_at: timed.ended_at,
            changed: is_changed,
        }
    }
}

/// Timed publications.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimedPublications {
    /// Those that wait, the next one first; then those that ended last.
    data: Vec<TimedPublication>,
    /// Null: all that wait are listed, and the last 50 that ended.
    next_cursor: Option<String>,
}

/// Those that have ended and are listed.
const MOST_ENDED: i64 = 50;

/// Lists the change sets that go live at an instant, and how the last ones ended.
#[utoipa::path(
    get,
    path = "/editor/scheduled",
    tag = "editors",
    responses((status = 200, description = "Timed publications", body = TimedPublications))
)]
pub async fn list(State(app): State<App>) -> Result<Json<TimedPublications>, Problem> {
    let listed = scheduling::list(app.store(), MOST_ENDED).await?;
    Ok(Json(TimedPublications { data: listed.into_iter().map(TimedPublication::from).collect(), next_cursor: None }))
}

/// Takes a timed publication back: its change set stays as it is.
#[utoipa::path(
    delete,
    path = "/editor/scheduled/{id}",
    tag = "editors",
    params(("id" = String, Path, description = "The timed publication's id")),
    responses((status = 204, description = "Taken back"))
)]
pub async fn withdraw(State(app): State<App>, caller: Caller, Segment(id): Segment) -> Result<StatusCode, Problem> {
    scheduling::withdraw(app.store(), &id, &caller.by(clock::now())).await?;
    Ok(StatusCode::NO_CONTENT)
}
