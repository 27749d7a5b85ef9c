//! Files that a customer sends: taken, and given back to whoever has the conversation.

use axum::extract::{FromRequest, FromRequestParts, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tokio::sync::OwnedSemaphorePermit;
use utoipa::IntoParams;

use crate::app::App;
use crate::chat::attachments::{Sent, open_file, take_file};
use crate::chat::messages::{Answered, Origin};
use crate::http::ask::check_text;
use crate::http::blocked::Talking;
use crate::http::conversations::{LONGEST_CLIENT_ID, Own, RETRY_SECONDS};
use crate::http::error::{Code, Problem};
use crate::http::extract::{Query, named_segment, read_body};
use crate::http::html::percent_encoded;
use crate::http::visitors::count_message;
use crate::store::attachments::{self, Attachment};
use crate::text::sensitive::mask;

/// A file of a customer, and the permit under which it was read.
pub struct Upload {
    bytes: Vec<u8>,
    _permit: OwnedSemaphorePermit,
}

impl FromRequest<App> for Upload {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let Ok(permit) = app.uploads().clone().try_acquire_owned() else {
            app.metrics().note_refusal("busy");
            return Err(Problem::new(Code::Overloaded).retry_after(RETRY_SECONDS));
        };
        let seconds = app.config().limits.file_seconds;
        let bytes = read_body(request, app.config().attachments.bytes, seconds).await?;
        Ok(Self { bytes: bytes.into(), _permit: permit })
    }
}

/// What is said of a file.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FileQuery {
    /// What it is called.
    #[param(min_length = 1, max_length = 200)]
    name: String,
    /// The client's own name of the message: sent again, it gets the same answer, and nothing happens twice.
    #[param(min_length = 1, max_length = 64)]
    client_id: String,
}

const LONGEST_NAME: usize = 200;

/// Takes a file: a picture (JPEG, PNG, WebP) or a PDF, at most 10 MB, at most 5 in a conversation.
///
/// It becomes a message of kind `file`, and belongs to the open case of the conversation, else to the next one. Pictures are drawn
/// anew, without what cameras write into them. What is kept is sealed.
#[utoipa::path(
    post,
    path = "/conversations/{id}/files",
    tag = "conversations",
    params(("id" = String, Path, description = "The conversation's id"), FileQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The file"),
    responses(
        (status = 201, description = "Taken", body = Answered),
        (status = 200, description = "It was taken before: its first result", body = Answered),
    )
)]
pub async fn post_file(
    State(app): State<App>,
    Talking(conversation): Talking,
    Query(query): Query<FileQuery>,
    upload: Upload,
) -> Result<impl IntoResponse, Problem> {
    check_text("name", &query.name, LONGEST_NAME)?;
    check_text("client_id", &query.client_id, LONGEST_CLIENT_ID)?;
    count_message(&app, &conversation.id)?;
    let client_id = mask(&query.client_id).text;
    let origin = Origin { conversation: conversation.id, token: conversation.token, client_id };
    let there = app.clone();
    // To the end, also when whoever asked goes away meanwhile.
    let taken = tokio::spawn(async move {
        let Upload { bytes, _permit } = upload;
        take_file(&there, Sent { origin, name: query.name, bytes }).await
    });
    let (result, is_new) = taken.await.map_err(|_| Code::Internal)??;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, [(CONTENT_TYPE, "application/json")], result))
}

/// The id of a file in a request's address.
pub struct FileId(String);

impl FromRequestParts<App> for FileId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        named_segment(parts, app, "file").await.map(Self)
    }
}

/// Gives a file back.
#[utoipa::path(
    get,
    path = "/conversations/{id}/files/{file}",
    tag = "conversations",
    params(
        ("id" = String, Path, description = "The conversation's id"),
        ("file" = String, Path, description = "The file's id"),
    ),
    responses((
        status = 200,
        description = "The file",
        content((Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"), (Vec<u8> = "application/pdf")),
    ))
)]
pub async fn file(State(app): State<App>, Own(own): Own, FileId(file): FileId) -> Result<Response, Problem> {
    let found = attachments::get(&mut *app.store().read().await?, &file).await?;
    let (file, sealed) = found.filter(|(file, _)| file.conversation == own.id).ok_or(Code::NotFound)?;
    given(&app, &file, sealed).await
}

/// Answers with a file: to be kept, never to be shown as a page of ours.
pub async fn given(app: &App, file: &Attachment, sealed: Vec<u8>) -> Result<Response, Problem> {
    let bytes = open_file(app, sealed).await?;
    let value = |text: &str| HeaderValue::from_str(text).map_err(|_| Code::Internal);
    let disposition = format!("attachment; filename*=UTF-8''{}", percent_encoded(&file.name));
    let headers = [
        (CONTENT_TYPE, value(&file.media_type)?),
        (CONTENT_DISPOSITION, value(&disposition)?),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox")),
        (CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
    ];
    Ok((headers, bytes).into_response())
}
