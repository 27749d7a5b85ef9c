//! `/conversations/{id}/survey`: what a customer is asked about their habits and needs.

use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::app::App;
use crate::chat::surveys::{self, NotAnswered, SurveyView};
use crate::clock;
use crate::http::blocked::Talking;
use crate::http::conversations::Own;
use crate::http::error::{Code, FieldError, Problem};
use crate::http::extract::{JsonBody, named_segment};

/// Shows the survey that this customer should be asked now, if there is one. Asking counts as shown: the same survey comes again
/// only when it may be repeated.
#[utoipa::path(
    get,
    path = "/conversations/{id}/survey",
    tag = "conversations",
    params(("id" = String, Path, description = "The conversation's id")),
    responses(
        (status = 200, description = "The survey", body = SurveyView),
        (status = 204, description = "There is none to be shown now"),
    )
)]
pub async fn survey(State(app): State<App>, Own(own): Own) -> Result<Response, Problem> {
    let survey = surveys::ask(&app, &own, clock::now()).await?;
    Ok(survey.map_or_else(|| StatusCode::NO_CONTENT.into_response(), |survey| Json(survey).into_response()))
}

/// The id of a survey in a path.
pub struct SurveyId(String);

impl FromRequestParts<App> for SurveyId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        named_segment(parts, app, "survey").await.map(Self)
    }
}

/// What a customer answers.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SurveyRequest {
    /// By question: an option, a list of options, 1 to 5, or a text of at most 2,000 characters. What is left out is not answered.
    #[schema(value_type = Object)]
    answers: Map<String, Value>,
}

/// Answers a survey, once for each time that it is shown.
#[utoipa::path(
    post,
    path = "/conversations/{id}/survey/{survey}",
    tag = "conversations",
    params(
        ("id" = String, Path, description = "The conversation's id"),
        ("survey" = String, Path, description = "The survey's id"),
    ),
    request_body = SurveyRequest,
    responses((status = 204, description = "Kept"))
)]
pub async fn answer(
    State(app): State<App>,
    Talking(own): Talking,
    SurveyId(survey): SurveyId,
    JsonBody(request): JsonBody<SurveyRequest>,
) -> Result<StatusCode, Problem> {
    surveys::answer(&app, &own, &survey, &request.answers, clock::now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Does not answer a survey.
#[utoipa::path(
    post,
    path = "/conversations/{id}/survey/{survey}/decline",
    tag = "conversations",
    params(
        ("id" = String, Path, description = "The conversation's id"),
        ("survey" = String, Path, description = "The survey's id"),
    ),
    responses((status = 204, description = "Noted"))
)]
pub async fn decline(
    State(app): State<App>,
    Talking(own): Talking,
    SurveyId(survey): SurveyId,
) -> Result<StatusCode, Problem> {
    surveys::decline(&app, &own, &survey, clock::now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<NotAnswered> for Problem {
    fn from(error: NotAnswered) -> Self {
        match error {
            NotAnswered::Unknown => Code::NotFound.into(),
            NotAnswered::Nothing => Self::field("answers", error.to_string()),
            NotAnswered::Faults(faults) => {
                let fault = |fault: crate::desk::surveys::AnswerFault| FieldError {
                    field: format!("answers.{}", fault.question),
                    message: fault.message,
                };
                Self::fields(faults.into_iter().map(fault).collect())
            }
            NotAnswered::Again => Self::new(Code::Conflict).detail(error.to_string()),
            NotAnswered::NotTaken(error) => error.into(),
        }
    }
}
