//! What agents do about a case: take it up, reply, ask, decide, pass it on; each step by the rules, one at a time.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::chat::cases::{CaseRefused, CaseWish, Who, change_case, reveal};
use crate::clock;
use crate::desk::case_steps::{CaseStep, Severity, Verdict};
use crate::dialogue::effects::CaseStatus;
use crate::http::ask::check_text;
use crate::http::caller::Caller;
use crate::http::desk::cases::{CaseView, theirs};
use crate::http::error::{Code, Problem};
use crate::http::extract::{JsonBody, OptionalJsonBody, Segment};
use crate::knowledge::intent::Priority;
use crate::people::account::AccountId;
use crate::people::role::Permission;
use crate::store::people::accounts;
use crate::text::sensitive::mask;

impl From<CaseRefused> for Problem {
    fn from(refused: CaseRefused) -> Self {
        match refused {
            CaseRefused::Unknown => Code::NotFound.into(),
            CaseRefused::Step(_) | CaseRefused::NoNextLevel | CaseRefused::NotTakenBack => {
                Self::new(Code::Conflict).detail(refused.to_string())
            }
            CaseRefused::NoDepartment => Self::field("department", refused.to_string()),
            CaseRefused::NotTaken(not_taken) => not_taken.into(),
        }
    }
}

async fn change(app: &App, caller: &Caller, number: &str, wish: &CaseWish) -> Result<Json<CaseView>, Problem> {
    theirs(app, caller, number).await?;
    let now = clock::now();
    let case = change_case(app, number, Who::Staff(&caller.by(now)), wish, (None, now)).await?;
    Ok(Json(CaseView::of(case, now)))
}

fn masked(app: &App, field: &str, text: &str) -> Result<String, Problem> {
    check_text(field, text, app.config().limits.question_chars)?;
    Ok(mask(text).text)
}

/// One change of a case.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CaseChange {
    /// How it stands from now on.
    #[serde(default)]
    status: Option<CaseStatus>,
    /// What the customer is told with that; needed where something is asked or rejected.
    #[serde(default)]
    #[schema(max_length = 2000)]
    text: Option<String>,
    /// Who works on it from now on.
    #[serde(default)]
    department: Option<String>,
    /// The account of whoever works on it; empty for nobody.
    #[serde(default)]
    assignee: Option<String>,
    /// Its place among others.
    #[serde(default)]
    priority: Option<Priority>,
    /// How it was assessed.
    #[serde(default)]
    assessment: Option<AssessmentRequest>,
}

/// How a complaint is assessed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssessmentRequest {
    /// How bad it is.
    severity: Severity,
    /// What led to it, in a word or two that reports group by.
    #[schema(min_length = 1, max_length = 100)]
    cause: String,
    /// What was decided.
    decision: Verdict,
}

const LONGEST_CAUSE: usize = 100;

/// Changes one thing about a case.
#[utoipa::path(
    patch,
    path = "/desk/cases/{number}",
    tag = "desk",
    params(("number" = String, Path, description = "The case's number")),
    request_body = CaseChange,
    responses((status = 200, description = "Changed", body = CaseView))
)]
pub async fn patch(
    State(app): State<App>,
    caller: Caller,
    Segment(number): Segment,
    JsonBody(request): JsonBody<CaseChange>,
) -> Result<Json<CaseView>, Problem> {
    let CaseChange { status, text, department, assignee, priority, assessment } = request;
    let mut wishes = Vec::new();
    if let Some(status) = status {
        let text = text.map(|text| masked(&app, "text", &text)).transpose()?.unwrap_or_default();
        wishes.push(CaseWish::Step { step: step_to(status, &text, &caller)?, text });
    } else if text.is_some() {
        return Err(Problem::field("text", "goes with a status; a reply alone goes to /reply"));
    }
    wishes.extend(department.map(CaseWish::Move));
    if let Some(assignee) = assignee {
        wishes.push(CaseWish::Assign(colleague(&app, assignee).await?));
    }
    wishes.extend(priority.map(CaseWish::Prioritise));
    if let Some(AssessmentRequest { severity, cause, decision }) = assessment {
        check_text("assessment.cause", &cause, LONGEST_CAUSE)?;
        wishes.push(CaseWish::Assess { severity, cause: mask(&cause).text, decision });
    }
    match wishes.as_slice() {
        [wish] => change(&app, &caller, &number, wish).await,
        _ => Err(Problem::field("body", "one change at a time: status, department, assignee, priority or assessment")),
    }
}

/// The account that a case is given to; nobody where it is empty.
async fn colleague(app: &App, id: String) -> Result<Option<String>, Problem> {
    if id.is_empty() {
        return Ok(None);
    }
    let id = AccountId(id);
    let known = accounts::get(&mut *app.store().read().await?, &id).await?;
    known.map(|_| Some(id.0)).ok_or_else(|| Problem::field("assignee", "there is no such account"))
}

/// The step that leads to a state.
fn step_to(status: CaseStatus, text: &str, caller: &Caller) -> Result<CaseStep, Problem> {
    let step = match status {
        CaseStatus::Open => return Err(Problem::field("status", "a case is opened once")),
        CaseStatus::WaitingCustomer => CaseStep::Ask,
        CaseStatus::InReview => CaseStep::TakeUp,
        CaseStatus::Approved => CaseStep::Approve,
        CaseStatus::Rejected => CaseStep::Reject,
        CaseStatus::Done => CaseStep::Finish,
        CaseStatus::Closed => CaseStep::Close,
    };
    if matches!(step, CaseStep::Ask | CaseStep::Reject) && text.is_empty() {
        return Err(Problem::field("text", "the customer is told what is asked, or why"));
    }
    if step == CaseStep::Approve && !caller.actor.may(Permission::CasesApprove) {
        return Err(Problem::new(Code::NotAllowed).detail(format!("this needs {}", Permission::CasesApprove)));
    }
    Ok(step)
}

/// Something that is said.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TextRequest {
    /// What; sensitive numbers are masked.
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
}

/// Replies to the customer of a case, in the conversation.
#[utoipa::path(
    post,
    path = "/desk/cases/{number}/reply",
    tag = "desk",
    params(("number" = String, Path, description = "The case's number")),
    request_body = TextRequest,
    responses((status = 200, description = "Said and recorded", body = CaseView))
)]
pub async fn reply(
    State(app): State<App>,
    caller: Caller,
    Segment(number): Segment,
    JsonBody(request): JsonBody<TextRequest>,
) -> Result<Json<CaseView>, Problem> {
    let text = masked(&app, "text", &request.text)?;
    change(&app, &caller, &number, &CaseWish::Step { step: CaseStep::Reply, text }).await
}

/// Adds a note that the customer does not see.
#[utoipa::path(
    post,
    path = "/desk/cases/{number}/note",
    tag = "desk",
    params(("number" = String, Path, description = "The case's number")),
    request_body = TextRequest,
    responses((status = 200, description = "Recorded", body = CaseView))
)]
pub async fn note(
    State(app): State<App>,
    caller: Caller,
    Segment(number): Segment,
    JsonBody(request): JsonBody<TextRequest>,
) -> Result<Json<CaseView>, Problem> {
    let text = masked(&app, "text", &request.text)?;
    change(&app, &caller, &number, &CaseWish::Note(text)).await
}

/// Passes a case on to the next level.
#[utoipa::path(
    post,
    path = "/desk/cases/{number}/escalate",
    tag = "desk",
    params(("number" = String, Path, description = "The case's number")),
    request_body = TextRequest,
    responses((status = 200, description = "Passed on", body = CaseView))
)]
pub async fn escalate(
    State(app): State<App>,
    caller: Caller,
    Segment(number): Segment,
    JsonBody(request): JsonBody<TextRequest>,
) -> Result<Json<CaseView>, Problem> {
    let reason = masked(&app, "text", &request.text)?;
    change(&app, &caller, &number, &CaseWish::Escalate(reason)).await
}

/// What the customer is to agree to before money moves.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmationRequest {
    /// The sum, for instance `128.5 CNY`.
    #[schema(min_length = 1, max_length = 40)]
    amount: String,
    /// Where it goes, for instance the last four digits of a card.
    #[schema(min_length = 1, max_length = 100)]
    account: String,
}

const LONGEST_AMOUNT: usize = 40;
const LONGEST_ACCOUNT: usize = 100;

/// Asks the customer to confirm the sum and the account.
#[utoipa::path(
    post,
    path = "/desk/cases/{number}/confirmation",
    tag = "desk",
    params(("number" = String, Path, description = "The case's number")),
    request_body = ConfirmationRequest,
    responses((status = 200, description = "Asked", body = CaseView))
)]
pub async fn confirmation(
    State(app): State<App>,
    caller: Caller,
    Segment(number): Segment,
    JsonBody(request): JsonBody<ConfirmationRequest>,
) -> Result<Json<CaseView>, Problem> {
    check_text("amount", &request.amount, LONGEST_AMOUNT)?;
    check_text("account", &request.account, LONGEST_ACCOUNT)?;
    let wish = CaseWish::Confirmation { amount: mask(&request.amount).text, account: mask(&request.account).text };
    change(&app, &caller, &number, &wish).await
}

/// Why somebody looks at what is sealed.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RevealRequest {
    /// What it is needed for; recorded, masked.
    #[schema(max_length = 2000)]
    reason: Option<String>,
}

/// What was sealed, for the one who asked for it.
#[derive(Serialize, ToSchema)]
pub struct RevealedView {
    /// The values, by slot.
    values: BTreeMap<String, String>,
}

/// Shows what a customer has left to be reached by; who looked, and why, is a line of the audit.
#[utoipa::path(
    post,
    path = "/desk/cases/{number}/reveal",
    tag = "desk",
    params(("number" = String, Path, description = "The case's number")),
    request_body = Option<RevealRequest>,
    responses((status = 200, description = "What was sealed", body = RevealedView))
)]
pub async fn show_sealed(
    State(app): State<App>,
    caller: Caller,
    Segment(number): Segment,
    OptionalJsonBody(request): OptionalJsonBody<RevealRequest>,
) -> Result<Json<RevealedView>, Problem> {
    let case = theirs(&app, &caller, &number).await?;
    let reason = request.unwrap_or_default().reason;
    let reason = reason.map(|reason| masked(&app, "reason", &reason)).transpose()?.unwrap_or_default();
    Ok(Json(RevealedView { values: reveal(&app, &case, &reason, &caller.by(clock::now())).await? }))
}
