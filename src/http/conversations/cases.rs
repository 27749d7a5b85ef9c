//! `/cases`: how a case stands, and what its customer does about it.

use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::chat::cases::{self, CaseWish, Who, change_case};
use crate::clock;
use crate::desk::case::Case;
use crate::desk::case_steps::{CaseStep, Confirmation};
use crate::dialogue::effects::CaseStatus;
use crate::http::ask::check_text;
use crate::http::conversations::token_of;
use crate::http::error::{Code, Problem};
use crate::http::extract::{JsonBody, OptionalJsonBody, Segment};
use crate::people::secret::Digest;
use crate::store::cases as stored;
use crate::store::conversations;
use crate::store::database::Transaction;
use crate::store::error::StoreError;
use crate::text::sensitive::mask;

/// A case, for whoever opened it.
#[derive(Serialize, ToSchema)]
pub struct CaseView {
    /// Its number.
    number: String,
    /// What it is about.
    kind: &'static str,
    /// How it stands.
    status: CaseStatus,
    /// Who works on it.
    department: String,
    /// When it was opened.
    #[schema(value_type = String, format = DateTime)]
    opened_at: Timestamp,
    /// When something last happened.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    /// By when somebody replies, as is promised.
    #[schema(value_type = Option<String>, format = DateTime)]
    first_reply_by: Option<Timestamp>,
    /// By when it ends, as is promised.
    #[schema(value_type = Option<String>, format = DateTime)]
    resolve_by: Option<Timestamp>,
    /// What is to be confirmed.
    confirmation: Option<Confirmation>,
}

/// Shows a case to the conversation that opened it, and to the others of the same verified customer.
#[utoipa::path(
    get,
    path = "/cases/{number}",
    tag = "conversations",
    params(("number" = String, Path, description = "The case's number")),
    responses((status = 200, description = "How it stands", body = CaseView))
)]
pub async fn case(
    State(app): State<App>,
    Segment(number): Segment,
    Bearer(digest): Bearer,
) -> Result<Json<CaseView>, Problem> {
    Ok(Json(own(&app, &number, &digest).await?.into()))
}

impl From<Case> for CaseView {
    fn from(case: Case) -> Self {
        let Case { number, kind, status, department, opened_at, updated_at, clock, confirmation, .. } = case;
        let (first_reply_by, resolve_by) = (clock.promise.first_reply, clock.promise.resolve);
        let kind = kind.name();
        Self { number, kind, status, department, opened_at, updated_at, first_reply_by, resolve_by, confirmation }
    }
}

/// Finds a case for whoever opened it; for others there is none.
async fn own(app: &App, number: &str, digest: &Digest) -> Result<Case, Problem> {
    let mut tx = app.store().read().await?;
    let case = stored::get(&mut *tx, number).await?.ok_or(Code::NotFound)?;
    let opened_by = conversations::get(&mut *tx, &case.conversation).await?;
    let kept = opened_by.as_ref().and_then(|opened_by| Digest::parse(&opened_by.token));
    let is_own = kept.is_some_and(|kept| kept == *digest);
    if is_own || case.subject.is_some() && is_same_subject(&mut *tx, &case, digest).await? {
        return Ok(case);
    }
    Err(Code::NotFound.into())
}

/// A customer who is known has their cases in all of their conversations, also when the one that opened it is forgotten.
async fn is_same_subject(tx: &mut dyn Transaction, case: &Case, digest: &Digest) -> Result<bool, StoreError> {
    let asking = conversations::by_token(tx, digest.as_str()).await?;
    Ok(asking.is_some_and(|asking| asking.subject == case.subject))
}

async fn step(app: &App, number: &str, digest: &Digest, step: CaseStep, text: &str) -> Result<Json<CaseView>, Problem> {
    let case = own(app, number, digest).await?;
    let wish = CaseWish::Step { step, text: text.to_owned() };
    let who = Who::Customer(&case.conversation);
    Ok(Json(change_case(app, number, who, &wish, (None, clock::now())).await?.into()))
}

/// What a customer says to what is asked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmRequest {
    /// Yes or no; yes where it is not said.
    #[serde(default)]
    agrees: Option<bool>,
}

/// Agrees to what is asked before a case goes on, or does not; without a body: agrees.
#[utoipa::path(
    post,
    path = "/cases/{number}/confirm",
    tag = "conversations",
    params(("number" = String, Path, description = "The case's number")),
    request_body = Option<ConfirmRequest>,
    responses((status = 200, description = "Noted", body = CaseView))
)]
pub async fn confirm(
    State(app): State<App>,
    Segment(number): Segment,
    Bearer(digest): Bearer,
    OptionalJsonBody(request): OptionalJsonBody<ConfirmRequest>,
) -> Result<Json<CaseView>, Problem> {
    let agrees = request.and_then(|request| request.agrees).unwrap_or(true);
    step(&app, &number, &digest, CaseStep::Answer { agrees }, "").await
}

/// Takes a request back.
#[utoipa::path(
    post,
    path = "/cases/{number}/withdraw",
    tag = "conversations",
    params(("number" = String, Path, description = "The case's number")),
    responses((status = 200, description = "Withdrawn", body = CaseView))
)]
pub async fn withdraw(
    State(app): State<App>,
    Segment(number): Segment,
    Bearer(digest): Bearer,
) -> Result<Json<CaseView>, Problem> {
    let case = own(&app, &number, &digest).await?;
    Ok(Json(cases::withdraw(&app, &case, clock::now()).await?.into()))
}

/// Something for a case.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AppendRequest {
    /// What is to be added.
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
}

/// Adds something to a case.
#[utoipa::path(
    post,
    path = "/cases/{number}/append",
    tag = "conversations",
    params(("number" = String, Path, description = "The case's number")),
    request_body = AppendRequest,
    responses((status = 200, description = "Added", body = CaseView))
)]
pub async fn append(
    State(app): State<App>,
    Segment(number): Segment,
    Bearer(digest): Bearer,
    JsonBody(request): JsonBody<AppendRequest>,
) -> Result<Json<CaseView>, Problem> {
    check_text("text", &request.text, app.config().limits.question_chars)?;
    step(&app, &number, &digest, CaseStep::Append, &mask(&request.text).text).await
}

/// The conversation's token that a request carries.
pub struct Bearer(Digest);

impl FromRequestParts<App> for Bearer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        token_of(parts).map(Self)
    }
}
