//! What agents do with conversations: take, write, note, pass on, give back, end.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::app::App;
use crate::chat::desk::board::read;
use crate::chat::desk::{DeskRefused, DeskWish, act};
use crate::chat::messages::MessageView;
use crate::clock;
use crate::http::ask::check_text;
use crate::http::caller::Caller;
use crate::http::conversations::LONGEST_CLIENT_ID;
use crate::http::desk::conversations::{CardView, card, theirs};
use crate::http::error::Problem;
use crate::http::extract::{JsonBody, OptionalJsonBody, Segment};
use crate::store::conversations::Conversation;
use crate::text::sensitive::mask;

/// Says to the customer that the agent types.
#[utoipa::path(
    post,
    path = "/desk/conversations/{id}/typing",
    tag = "desk",
    params(("id" = String, Path, description = "The conversation's id")),
    responses((status = 204, description = "Said, where somebody listens"))
)]
pub async fn typing(State(app): State<App>, caller: Caller, Segment(id): Segment) -> Result<StatusCode, Problem> {
    let kept = theirs(&mut *app.store().read().await?, &caller, &id).await?;
    if kept.owner.may_write(&caller.actor.id) {
        app.hints().agent_types(&id, &caller.actor.name);
    }
    Ok(StatusCode::NO_CONTENT)
}

async fn done(app: &App, caller: &Caller, id: &str, wish: &DeskWish) -> Result<Json<CardView>, Problem> {
    let (kept, _) = act(app, id, &caller.by(clock::now()), wish).await?;
    shown(app, kept).await
}

async fn shown(app: &App, kept: Conversation) -> Result<Json<CardView>, Problem> {
    let snapshot = app.live().current();
    let mut tx = app.store().read().await?;
    Ok(Json(card(&mut *tx, snapshot.assistant.content(), kept).await?))
}

/// Takes the conversation that is next for the caller.
#[utoipa::path(
    post,
    path = "/desk/conversations/next",
    tag = "desk",
    responses(
        (status = 200, description = "It is the caller's now", body = CardView),
        (status = 204, description = "Nobody waits for the caller, who may have enough, or be away"),
    )
)]
pub async fn next(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    // Others take meanwhile what was next.
    for _ in 0..MOST_ATTEMPTS {
        let now = clock::now();
        read(&app, now).await?;
        let board = app.board();
        let Some(found) = board.next_for(&caller.actor.id, now) else { break };
        match act(&app, &found.conversation, &caller.by(now), &DeskWish::Claim).await {
            Ok((kept, _)) => return Ok(shown(&app, kept).await?.into_response()),
            Err(DeskRefused::NotMoved(_) | DeskRefused::Unknown) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

const MOST_ATTEMPTS: usize = 8;

/// How a conversation is taken.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ClaimRequest {
    /// Whether it is taken from whoever has it; for supervisors.
    take_over: bool,
}

/// Takes a conversation that waits, or as a supervisor any.
#[utoipa::path(
    post,
    path = "/desk/conversations/{id}/claim",
    tag = "desk",
    params(("id" = String, Path, description = "The conversation's id")),
    request_body = Option<ClaimRequest>,
    responses((status = 200, description = "It is the caller's now", body = CardView))
)]
pub async fn claim(
    State(app): State<App>,
    caller: Caller,
    Segment(id): Segment,
    OptionalJsonBody(request): OptionalJsonBody<ClaimRequest>,
) -> Result<Json<CardView>, Problem> {
    let wish = if request.unwrap_or_default().take_over { DeskWish::TakeOver } else { DeskWish::Claim };
    done(&app, &caller, &id, &wish).await
}

/// What an agent says.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplyRequest {
    /// What; at most 2,000 characters.
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
    /// The client's own name of it: sent again, nothing happens twice.
    #[schema(min_length = 1, max_length = 64)]
    client_id: String,
}

/// Says something to the customer. What asks for a secret, or names a link that is not ours, is not sent.
#[utoipa::path(
    post,
    path = "/desk/conversations/{id}/reply",
    tag = "desk",
    params(("id" = String, Path, description = "The conversation's id")),
    request_body = ReplyRequest,
    responses((status = 200, description = "The message", body = MessageView))
)]
pub async fn reply(
    State(app): State<App>,
    caller: Caller,
    Segment(id): Segment,
    JsonBody(request): JsonBody<ReplyRequest>,
) -> Result<Json<Value>, Problem> {
    check_text("text", &request.text, app.config().limits.question_chars)?;
    check_text("client_id", &request.client_id, LONGEST_CLIENT_ID)?;
    let wish = DeskWish::Reply { client_id: mask(&request.client_id).text, text: mask(&request.text).text };
    let (_, message) = act(&app, &id, &caller.by(clock::now()), &wish).await?;
    Ok(Json(message.unwrap_or_default()))
}

/// What an agent writes down.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteRequest {
    /// What; at most 2,000 characters.
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
}

/// Writes something down for colleagues; the customer does not see it.
#[utoipa::path(
    post,
    path = "/desk/conversations/{id}/note",
    tag = "desk",
    params(("id" = String, Path, description = "The conversation's id")),
    request_body = NoteRequest,
    responses((status = 200, description = "Written", body = CardView))
)]
pub async fn note(
    State(app): State<App>,
    caller: Caller,
    Segment(id): Segment,
    JsonBody(request): JsonBody<NoteRequest>,
) -> Result<Json<CardView>, Problem> {
    check_text("text", &request.text, app.config().limits.question_chars)?;
    done(&app, &caller, &id, &DeskWish::Note(mask(&request.text).text)).await
}

/// Where a conversation goes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferRequest {
    /// A department.
    #[schema(max_length = 64)]
    department: String,
    /// One of its people, for whom it is kept for a minute.
    #[serde(default)]
    #[schema(max_length = 64)]
    to: Option<String>,
    /// What they should know.
    #[serde(default)]
    #[schema(max_length = 2000)]
    note: Option<String>,
}

/// Passes a conversation on.
#[utoipa::path(
    post,
    path = "/desk/conversations/{id}/transfer",
    tag = "desk",
    params(("id" = String, Path, description = "The conversation's id")),
    request_body = TransferRequest,
    responses((status = 200, description = "It waits there", body = CardView))
)]
pub async fn transfer(
    State(app): State<App>,
    caller: Caller,
    Segment(id): Segment,
    JsonBody(request): JsonBody<TransferRequest>,
) -> Result<Json<CardView>, Problem> {
    let TransferRequest { department, to, note } = request;
    if let Some(note) = &note {
        check_text("note", note, app.config().limits.question_chars)?;
    }
    let note = note.map(|note| mask(&note).text);
    // It may have gone where the caller does not see it.
    done(&app, &caller, &id, &DeskWish::Transfer { department, to, note }).await
}

/// What a conversation was about.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResolveRequest {
    /// The contact reason: an intent, or `other`.
    #[schema(min_length = 1, max_length = 64)]
    reason: String,
}

/// Ends a conversation, and says what it was about.
#[utoipa::path(
    post,
    path = "/desk/conversations/{id}/resolve",
    tag = "desk",
    params(("id" = String, Path, description = "The conversation's id")),
    request_body = ResolveRequest,
    responses((status = 200, description = "It has ended", body = CardView))
)]
pub async fn resolve(
    State(app): State<App>,
    caller: Caller,
    Segment(id): Segment,
    JsonBody(request): JsonBody<ResolveRequest>,
) -> Result<Json<CardView>, Problem> {
    let ended = done(&app, &caller, &id, &DeskWish::Resolve { reason: request.reason }).await?;
    app.metrics().note_conversation_end("agent");
    Ok(ended)
}

/// Gives a conversation back to the bot.
#[utoipa::path(
    post,
    path = "/desk/conversations/{id}/return",
    tag = "desk",
    params(("id" = String, Path, description = "The conversation's id")),
    responses((status = 200, description = "The bot has it", body = CardView))
)]
pub async fn give_back(
    State(app): State<App>,
    caller: Caller,
    Segment(id): Segment,
) -> Result<Json<CardView>, Problem> {
    done(&app, &caller, &id, &DeskWish::Return).await
}
