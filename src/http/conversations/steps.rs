//! What a customer does besides talking: asks for a person, says what they think, ends the conversation.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::chat::feedback::{NotRated, rate};
use crate::chat::steps::{close, hand_over};
use crate::desk::feedback::{Opinion, Ratings, UnhelpfulReason};
use crate::desk::owner::Status;
use crate::desk::surveys::SCALE;
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

/// Says that the customer types, to the agent who has the conversation.
#[utoipa::path(
    post,
    path = "/conversations/{id}/typing",
    tag = "conversations",
    params(("id" = String, Path, description = "The conversation's id")),
    responses((status = 204, description = "Said, where somebody listens"))
)]
pub async fn typing(State(app): State<App>, Talking(own): Talking) -> StatusCode {
    if let Some(agent) = own.owner.agent() {
        app.hints().customer_types(&own.id, agent);
    }
    StatusCode::NO_CONTENT
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
    /// Why it did not.
    #[serde(default)]
    reason: Option<UnhelpfulReason>,
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

const LONGEST_COMMENT: usize = 2_000;

/// Keeps what a customer thinks of a message of ours, or of it all.
///
/// A later word about the same replaces the earlier one; what it does not mention stays.
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
    let message = request.message_seq;
    let opinion = opinion(request)?;
    Ok(Json(StandingView { status: rate(&app, &own.id, message, &opinion).await? }))
}

fn opinion(request: FeedbackRequest) -> Result<Opinion, Problem> {
    let FeedbackRequest { message_seq: _, helpful, reason, ratings, again, comment } = request;
    if helpful.is_none() && reason.is_none() && ratings.is_none() && again.is_none() && comment.is_none() {
        return Err(Problem::field("helpful", "say something: helpful, reason, ratings, again or comment"));
    }
    if reason.is_some() && helpful == Some(true) {
        return Err(Problem::field("reason", "says why it did not help"));
    }
    let ratings = ratings.unwrap_or_default();
    let given = [ratings.response_time, ratings.attitude, ratings.resolution];
    if given.into_iter().flatten().any(|rating| !SCALE.contains(&rating)) {
        return Err(Problem::field("ratings", "from 1 to 5"));
    }
    // PostgreSQL keeps no NUL.
    let comment = comment.map(|comment| mask(&comment).text.replace('\0', ""));
    if comment.as_ref().is_some_and(|comment| comment.chars().nth(LONGEST_COMMENT).is_some()) {
        return Err(Problem::field("comment", format!("at most {LONGEST_COMMENT} characters")));
    }
    // Whoever says why says that it did not.
    let helpful = helpful.or_else(|| reason.map(|_| false));
    Ok(Opinion { helpful, reason, ratings, again, comment })
}

impl From<NotRated> for Problem {
    fn from(error: NotRated) -> Self {
        match error {
            NotRated::NoMessage => Self::field("message_seq", error.to_string()),
            NotRated::NotTaken(error) => error.into(),
        }
    }
}
