//! `/admin/persons/holds`: cases that nobody may forget or erase for now.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::clock;
use crate::desk::case_number::is_whole;
use crate::http::admin::persons::LONGEST_REASON;
use crate::http::ask::check_text;
use crate::http::caller::Caller;
use crate::http::error::{Code, Problem};
use crate::http::extract::{JsonBody, Segment};
use crate::http::people::Whole;
use crate::persons::holding::{hold, release};
use crate::store::holds::{self, Hold};
use crate::text::sensitive::mask;

/// A hold on a case.
#[derive(Debug, Serialize, ToSchema)]
pub struct HoldView {
    /// The case's number.
    case: String,
    /// Why.
    reason: String,
    /// The id of whoever put it there.
    created_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

impl From<Hold> for HoldView {
    fn from(hold: Hold) -> Self {
        let Hold { number, reason, actor, at } = hold;
        Self { case: number, reason, created_by: actor, created_at: at }
    }
}

/// Lists the cases that are on hold.
#[utoipa::path(
    get,
    path = "/admin/persons/holds",
    tag = "administration",
    responses((status = 200, description = "All holds, the newest first", body = Whole<HoldView>))
)]
pub async fn list(State(app): State<App>) -> Result<Json<Whole<HoldView>>, Problem> {
    let all = holds::list(&mut *app.store().read().await?).await?;
    Ok(Json(Whole::of(all.into_iter().map(HoldView::from))))
}

/// Why a case is put on hold.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldRequest {
    /// Why: a lawsuit, an investigation.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// Puts a case on hold: retention and erasure leave it and its conversation alone.
#[utoipa::path(
    put,
    path = "/admin/persons/holds/{case}",
    tag = "administration",
    params(("case" = String, Path, description = "The case's number")),
    request_body = HoldRequest,
    responses((status = 200, description = "On hold", body = HoldView))
)]
pub async fn put(
    State(app): State<App>,
    caller: Caller,
    Segment(number): Segment,
    JsonBody(HoldRequest { reason }): JsonBody<HoldRequest>,
) -> Result<Json<HoldView>, Problem> {
    check_text("reason", &reason, LONGEST_REASON)?;
    let held = hold(app.store(), &known(number)?, &mask(&reason).text, &caller.by(clock::now())).await?;
    held.map(|held| Json(held.into())).ok_or_else(|| Code::NotFound.into())
}

/// Lifts the hold on a case.
#[utoipa::path(
    delete,
    path = "/admin/persons/holds/{case}",
    tag = "administration",
    params(("case" = String, Path, description = "The case's number")),
    responses((status = 204, description = "Lifted"))
)]
pub async fn lift(State(app): State<App>, caller: Caller, Segment(number): Segment) -> Result<StatusCode, Problem> {
    if release(app.store(), &known(number)?, &caller.by(clock::now())).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Code::NotFound.into())
}

/// Returns a number as cases have it; anything else is nothing that there is.
fn known(number: String) -> Result<String, Problem> {
    if is_whole(&number) { Ok(number) } else { Err(Code::NotFound.into()) }
}
