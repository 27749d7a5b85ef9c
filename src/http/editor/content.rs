//! `/editor/entries`, `/editor/files`: entries as documents, all other content as the text of its files.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::clock;
use crate::exchange::document::EntryDocument;
use crate::http::caller::Caller;
use crate::http::editor::SetQuery;
use crate::http::editor::tags::{MadeOn, etag};
use crate::http::error::Problem;
use crate::http::extract::{JsonBody, LargeJson, Query, Segment};
use crate::ids::new_id;
use crate::publishing::editing::{Seen, content};

/// An entry as it is in a change set, or on the live revision.
#[derive(Debug, Serialize, ToSchema)]
pub struct EditedEntry {
    /// The change set; null on the live revision.
    set: Option<String>,
    /// The entry.
    entry: EntryDocument,
}

fn edited(seen: Seen<EntryDocument>) -> impl IntoResponse {
    (etag(&seen.etag), Json(EditedEntry { set: seen.change_set, entry: seen.value }))
}

/// Returns an entry with everything that can be set, and its state as `ETag`.
#[utoipa::path(
    get,
    path = "/editor/entries/{id}",
    tag = "editors",
    params(("id" = String, Path, description = "The entry's id"), SetQuery),
    responses((status = 200, description = "The entry", body = EditedEntry, headers(("ETag" = String))))
)]
pub async fn entry(
    State(app): State<App>,
    caller: Caller,
    Segment(id): Segment,
    Query(query): Query<SetQuery>,
) -> Result<impl IntoResponse, Problem> {
    Ok(edited(content::entry(app.store(), query.set.as_deref(), &id, &caller.actor).await?))
}

/// Changes an entry (`If-Match` with its state), or makes it (`If-None-Match: *`).
#[utoipa::path(
    put,
    path = "/editor/entries/{id}",
    tag = "editors",
    params(("id" = String, Path, description = "The entry's id"), SetQuery),
    request_body = EntryDocument,
    responses((status = 200, description = "The entry as it is now", body = EditedEntry, headers(("ETag" = String))))
)]
pub async fn put_entry(
    State(app): State<App>,
    caller: Caller,
    Segment(id): Segment,
    Query(query): Query<SetQuery>,
    MadeOn(expected): MadeOn,
    JsonBody(document): JsonBody<EntryDocument>,
) -> Result<impl IntoResponse, Problem> {
    if document.id.0 != id {
        return Err(Problem::field("id", "is not that of the address"));
    }
    let (store, set, by) = (app.store(), query.set.as_deref(), caller.by(clock::now()));
    Ok(edited(content::put_entry(store, set, &new_id("set"), document, &expected, &by).await?))
}

/// Takes an entry out (`If-Match` with its state).
#[utoipa::path(
    delete,
    path = "/editor/entries/{id}",
    tag = "editors",
    params(("id" = String, Path, description = "The entry's id"), SetQuery),
    responses((status = 204, description = "Taken out"))
)]
pub async fn delete_entry(
    State(app): State<App>,
    caller: Caller,
    Segment(id): Segment,
    Query(query): Query<SetQuery>,
    MadeOn(expected): MadeOn,
) -> Result<StatusCode, Problem> {
    let (store, set, by) = (app.store(), query.set.as_deref(), caller.by(clock::now()));
    content::delete_entry(store, set, &new_id("set"), &id, &expected, &by).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which file.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FileQuery {
    /// The path, as the draft and diagnostics show it (`knowledge-base/synonyms.txt`).
    path: String,
    /// A change set's id; as elsewhere where it is not given.
    set: Option<String>,
}

/// The text of a file of the content.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FileText {
    /// The whole text.
    text: String,
}

/// Returns the text of a file, and its state as `ETag`.
#[utoipa::path(
    get,
    path = "/editor/files",
    tag = "editors",
    params(FileQuery),
    responses((status = 200, description = "The file", body = FileText, headers(("ETag" = String))))
)]
pub async fn file(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<FileQuery>,
) -> Result<impl IntoResponse, Problem> {
    let seen = content::file(app.store(), query.set.as_deref(), &query.path, &caller.actor).await?;
    let text = String::from_utf8_lossy(&seen.value).into_owned();
    Ok((etag(&seen.etag), Json(FileText { text })))
}

/// Changes a file (`If-Match` with its state), or makes it (`If-None-Match: *`).
#[utoipa::path(
    put,
    path = "/editor/files",
    tag = "editors",
    params(FileQuery),
    request_body = FileText,
    responses((status = 204, description = "Changed", headers(("ETag" = String))))
)]
pub async fn put_file(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<FileQuery>,
    MadeOn(expected): MadeOn,
    LargeJson(file): LargeJson<FileText>,
) -> Result<impl IntoResponse, Problem> {
    let (store, set, by) = (app.store(), query.set.as_deref(), caller.by(clock::now()));
    let changed = (query.path.as_str(), Some(file.text.as_bytes()));
    let seen = content::put_file(store, set, &new_id("set"), changed, &expected, &by).await?;
    Ok((StatusCode::NO_CONTENT, etag(&seen.etag)))
}

/// Takes a file out (`If-Match` with its state).
#[utoipa::path(
    delete,
    path = "/editor/files",
    tag = "editors",
    params(FileQuery),
    responses((status = 204, description = "Taken out"))
)]
pub async fn delete_file(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<FileQuery>,
    MadeOn(expected): MadeOn,
) -> Result<StatusCode, Problem> {
    let (store, set, by) = (app.store(), query.set.as_deref(), caller.by(clock::now()));
    content::put_file(store, set, &new_id("set"), (query.path.as_str(), None), &expected, &by).await?;
    Ok(StatusCode::NO_CONTENT)
}
