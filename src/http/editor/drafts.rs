//! `/editor/sets`, `/editor/draft`, `/editor/check`: change sets, and what they come to.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::clock;
use crate::http::ask::check_text;
use crate::http::caller::Caller;
use crate::http::editor::SetQuery;
use crate::http::error::Problem;
use crate::http::extract::{JsonBody, Query, Segment};
use crate::ids::new_id;
use crate::knowledge::diagnostic::{Diagnostic, Severity};
use crate::publishing::editing::sets::{self, Draft};

/// What is in open change sets.
#[derive(Debug, Serialize, ToSchema)]
pub struct Drafts {
    /// The open change sets, the oldest first.
    data: Vec<Draft>,
    /// Always null: there is one page.
    next_cursor: Option<String>,
}

/// Lists the open change sets.
#[utoipa::path(
    get,
    path = "/editor/sets",
    tag = "editors",
    responses((status = 200, description = "The open change sets", body = Drafts))
)]
pub async fn sets(State(app): State<App>) -> Result<Json<Drafts>, Problem> {
    Ok(Json(Drafts { data: sets::open(app.store()).await?, next_cursor: None }))
}

/// A change set to begin.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSet {
    /// What it is for.
    #[schema(min_length = 1, max_length = 200)]
    title: String,
}

const LONGEST_TITLE: usize = 200;

/// A change set that was begun.
#[derive(Debug, Serialize, ToSchema)]
pub struct Begun {
    /// Its id.
    id: String,
    /// What it is for.
    title: String,
}

/// Begins a change set.
#[utoipa::path(
    post,
    path = "/editor/sets",
    tag = "editors",
    request_body = NewSet,
    responses((status = 201, description = "Begun", body = Begun))
)]
pub async fn begin(
    State(app): State<App>,
    caller: Caller,
    JsonBody(new): JsonBody<NewSet>,
) -> Result<(StatusCode, Json<Begun>), Problem> {
    check_text("title", &new.title, LONGEST_TITLE)?;
    let set = sets::begin(app.store(), &new_id("set"), &new.title, &caller.by(clock::now())).await?;
    Ok((StatusCode::CREATED, Json(Begun { id: set.id, title: set.title })))
}

/// Throws a change set away.
#[utoipa::path(
    delete,
    path = "/editor/sets/{id}",
    tag = "editors",
    params(("id" = String, Path, description = "The change set's id")),
    responses((status = 204, description = "Thrown away"))
)]
pub async fn discard(State(app): State<App>, caller: Caller, Segment(id): Segment) -> Result<StatusCode, Problem> {
    sets::discard(app.store(), &id, &caller.by(clock::now())).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A file, by its path.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FilePath {
    /// The path, as the draft shows it.
    path: String,
}

/// Keeps a change over what has gone live under it, of an entry with all its files: it is no conflict any more.
#[utoipa::path(
    post,
    path = "/editor/sets/{id}/keep",
    tag = "editors",
    params(("id" = String, Path, description = "The change set's id")),
    request_body = FilePath,
    responses((status = 204, description = "Kept"))
)]
pub async fn keep(
    State(app): State<App>,
    caller: Caller,
    Segment(id): Segment,
    JsonBody(file): JsonBody<FilePath>,
) -> Result<StatusCode, Problem> {
    sets::keep_own(app.store(), &id, &file.path, &caller.by(clock::now())).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes back what a change set does to a file; of an entry, to all its files.
#[utoipa::path(
    post,
    path = "/editor/sets/{id}/revert",
    tag = "editors",
    params(("id" = String, Path, description = "The change set's id")),
    request_body = FilePath,
    responses((status = 204, description = "Taken back"))
)]
pub async fn revert(
    State(app): State<App>,
    caller: Caller,
    Segment(id): Segment,
    JsonBody(file): JsonBody<FilePath>,
) -> Result<StatusCode, Problem> {
    sets::revert(app.store(), &id, &file.path, &caller.by(clock::now())).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Shows what a change set changes, and what somebody else has changed since.
#[utoipa::path(
    get,
    path = "/editor/draft",
    tag = "editors",
    params(SetQuery),
    responses((status = 200, description = "The change set", body = Draft))
)]
pub async fn draft(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<SetQuery>,
) -> Result<Json<Draft>, Problem> {
    Ok(Json(sets::draft_of(app.store(), query.set.as_deref(), &caller.actor).await?))
}

/// What the check found.
#[derive(Debug, Serialize, ToSchema)]
pub struct Checked {
    /// How many errors there are: with any, nothing can be published.
    n_errors: usize,
    /// Every fault with its place.
    #[schema(value_type = Vec<Object>)]
    data: Vec<Diagnostic>,
}

/// Checks the live revision with a change set laid over it.
#[utoipa::path(
    get,
    path = "/editor/check",
    tag = "editors",
    params(SetQuery),
    responses((status = 200, description = "What was found", body = Checked))
)]
pub async fn check(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<SetQuery>,
) -> Result<Json<Checked>, Problem> {
    let data = sets::check(app.store(), query.set.as_deref(), &caller.actor).await?;
    let n_errors = data.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count();
    Ok(Json(Checked { n_errors, data }))
}
