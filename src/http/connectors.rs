//! `/connectors`: what the operator's own system reports, signed.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::chat::cases::{CaseWish, Who, change_case};
use crate::clock;
use crate::desk::case_steps::CaseStep;
use crate::dialogue::effects::CaseStatus;
use crate::http::ask::check_text;
use crate::http::error::Problem;
use crate::http::extract::Segment;
use crate::http::signed::SignedBody;
use crate::text::sensitive::mask;

/// How a case goes on in the operator's system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// Somebody works on it.
    InReview,
    /// It was decided for the customer.
    Approved,
    /// It was decided against the customer.
    Rejected,
    /// The money is back, or what was decided is done otherwise.
    Returned,
}

/// A report about a case.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportRequest {
    /// How it stands.
    status: Progress,
    /// What is recorded with it, for those who work on the case.
    #[serde(default)]
    #[schema(max_length = 2000)]
    text: Option<String>,
}

/// What a report came to.
#[derive(Serialize, ToSchema)]
pub struct ReportedView {
    /// The case.
    number: String,
    /// How it stands now.
    status: CaseStatus,
}

/// Takes a report of the operator's system; its customer is told. Headers as Standard Webhooks has them (`webhook-id`,
/// `webhook-timestamp`, `webhook-signature`); a report that comes again changes nothing.
#[utoipa::path(
    post,
    path = "/connectors/cases/{number}",
    tag = "connectors",
    params(("number" = String, Path, description = "The case's number")),
    request_body = ReportRequest,
    responses((status = 200, description = "Taken", body = ReportedView))
)]
pub async fn report(
    State(app): State<App>,
    Segment(number): Segment,
    signed: SignedBody<ReportRequest>,
) -> Result<Json<ReportedView>, Problem> {
    let ReportRequest { status, text } = signed.body;
    let text = text.unwrap_or_default();
    if !text.is_empty() {
        check_text("text", &text, app.config().limits.question_chars)?;
    }
    let step = match status {
        Progress::InReview => CaseStep::TakeUp,
        Progress::Approved => CaseStep::Approve,
        Progress::Rejected => CaseStep::Reject,
        Progress::Returned => CaseStep::Finish,
    };
    let wish = CaseWish::Step { step, text: mask(&text).text };
    let case = change_case(&app, &number, Who::Operator, &wish, (Some(&signed.id), clock::now())).await?;
    Ok(Json(ReportedView { number: case.number, status: case.status }))
}
