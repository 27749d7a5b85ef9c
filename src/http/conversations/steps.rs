//! What a customer does besides talking: asks for a person, says what they think, ends the conversation.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::app::App;
use crate::chat::steps::{close, hand_over, rate};
use crate::desk::owner::Status;
use crate::http::blocked::Talking;
use crate::http::conversations::Own;
use crate::http::error::Problem;
use crate::http::extract::JsonBody;
use crate::text::sensitive::mask;

/// How a conversation stands.
#[derive(Serialize, ToSchema)]
pub struct StandingView {
    /// Who owns it.
    status: Status,
}

/// Asks for a person.
#[utoipa::path(
    post,
    path = "/conversations/{id}/handoff",
    tag = "conversations",
    params(("id" = String, Path, description = "The conversation's id")),
    responses((status = 200, description = "It waits for a person, or is with one", body = StandingView))
)]
pub async fn handoff(State(app): State<App>, Talking(own): Talking) -> Result<Json<StandingView>, Problem> {
    Ok(Json(StandingView { status: hand_over(&app, &own.id).await? }))
}

/// Ends a conversation.
#[utoipa::path(
    post,
    path = "/conversations/{id}/close",
    tag = "conversations",
    params(("id" = String, Path, description = "The conversation's id")),
    responses((status = 200, description = "It has ended", body = StandingView))
)]
pub async fn end(State(app): State<App>, Own(own): Own) -> Result<Json<StandingView>, Problem> {
    Ok(Json(StandingView { status: close(&app, &own.id).await? }))
}

/// What a customer thinks of an answer, or of it all.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedbackRequest {
    /// The message that is meant; all of it where none is named.
    #[serde(default)]
    #[schema(minimum = 1)]
    message_seq: Option<i64>,
    /// Whether it helped.
    #[serde(default)]
    helpful: Option<bool>,
    /// From 1 to 5.
    #[serde(default)]
    ratings: Option<Ratings>,
    /// Whether they would use the service again.
    #[serde(default)]
    again: Option<bool>,
    /// In their own words.
    #[serde(default)]
    #[schema(max_length = 2000)]
    comment: Option<String>,
}

/// Three dimensions, each from 1 to 5.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Ratings {
    /// How soon an answer came.
    #[schema(minimum = 1, maximum = 5)]
    response_time: Option<u8>,
    /// How they were treated.
    #[schema(minimum = 1, maximum = 5)]
    attitude: Option<u8>,
    /// How well it was solved.
    #[schema(minimum = 1, maximum = 5)]
    resolution: Option<u8>,
}

const LONGEST_COMMENT: usize = 2_000;

/// Keeps what a customer thinks.
#[utoipa::path(
    post,
    path = "/conversations/{id}/feedback",
    tag = "conversations",
    params(("id" = String, Path, description = "The conversation's id")),
    request_body = FeedbackRequest,
    responses((status = 200, description = "Kept", body = StandingView))
)]
pub async fn feedback(
    State(app): State<App>,
    Talking(own): Talking,
    JsonBody(request): JsonBody<FeedbackRequest>,
) -> Result<Json<StandingView>, Problem> {
    let FeedbackRequest { message_seq, helpful, ratings, again, comment } = request;
    if helpful.is_none() && ratings.is_none() && again.is_none() && comment.is_none() {
        return Err(Problem::field("helpful", "say something: helpful, ratings, again or comment"));
    }
    if message_seq.is_some_and(|seq| !(1..=own.last_seq).contains(&seq)) {
        return Err(Problem::field("message_seq", "there is no such message"));
    }
    let given = ratings.iter().flat_map(|given| [given.response_time, given.attitude, given.resolution]).flatten();
    if given.into_iter().any(|rating| !(1..=5).contains(&rating)) {
        return Err(Problem::field("ratings", "from 1 to 5"));
    }
    let comment = comment.map(|comment| mask(&comment).text);
    if comment.as_ref().is_some_and(|comment| comment.chars().nth(LONGEST_COMMENT).is_some()) {
        return Err(Problem::field("comment", format!("at most {LONGEST_COMMENT} characters")));
    }
    let rating = json!({
        "message_seq": message_seq, "helpful": helpful, "ratings": ratings, "again": again, "comment": comment,
    });
    Ok(Json(StandingView { status: rate(&app, &own.id, rating).await? }))
}
