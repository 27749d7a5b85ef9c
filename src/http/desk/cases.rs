//! `/desk/cases`: the cases of somebody's departments, and what stands in each.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::chat::attachments::FileView;
use crate::chat::cases::open_case;
use crate::clock;
use crate::desk::case::Case;
use crate::desk::case_steps::{Assessment, Confirmation};
use crate::desk::promises::CaseClock;
use crate::dialogue::effects::{CaseDraft, CaseStatus};
use crate::dialogue::state::Held;
use crate::http::ask::check_text;
use crate::http::caller::Caller;
use crate::http::error::{Code, Problem};
use crate::http::extract::{JsonBody, Query, Segment};
use crate::http::list::checked_limit;
use crate::knowledge::intent::{CaseKind, IntentName, Priority};
use crate::store::attachments;
use crate::store::cases::{self, Recorded, Wanted};
use crate::text::sensitive::mask;

/// A case, for those who work on it.
#[derive(Serialize, ToSchema)]
#[schema(as = DeskCase)]
pub struct CaseView {
    /// Its number.
    number: String,
    /// What it is about.
    kind: CaseKind,
    /// How it stands.
    status: CaseStatus,
    /// Who works on it.
    department: String,
    /// The account of whoever works on it.
    assignee: Option<String>,
    /// Its place among others.
    priority: Priority,
    /// How often it went to the next level.
    level: i64,
    /// The conversation that opened it; empty where none did.
    conversation: String,
    /// Its order.
    order_number: Option<String>,
    /// What was given, by slot; of what is sealed as much as may be shown.
    slots: BTreeMap<String, String>,
    /// The slots that can be revealed.
    sealed: Vec<String>,
    /// When it was opened.
    #[schema(value_type = String, format = DateTime)]
    opened_at: Timestamp,
    /// When something last happened.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    /// By when somebody replies, and whether that was kept.
    first_reply: PromiseView,
    /// By when it ends, and whether that was kept.
    resolve: PromiseView,
    /// Since when it waits for the customer: the clock stands still.
    #[schema(value_type = Option<String>, format = DateTime)]
    waiting_since: Option<Timestamp>,
    /// When a promise was first broken.
    #[schema(value_type = Option<String>, format = DateTime)]
    late_at: Option<Timestamp>,
    /// What the customer is asked to agree to.
    confirmation: Option<Confirmation>,
    /// How it was assessed.
    assessment: Option<Assessment>,
}

/// A promise, and what became of it.
#[derive(Serialize, ToSchema)]
pub struct PromiseView {
    /// By when.
    #[schema(value_type = Option<String>, format = DateTime)]
    by: Option<Timestamp>,
    /// When it was done.
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Timestamp>,
    /// Whether it was kept; null while that is open.
    kept: Option<bool>,
}

impl PromiseView {
    fn of(by: Option<Timestamp>, at: Option<Timestamp>, now: Timestamp) -> Self {
        Self { by, at, kept: CaseClock::kept(by, at, now) }
    }
}

impl CaseView {
    /// Shows a case as it stands at an instant.
    pub fn of(case: Case, now: Timestamp) -> Self {
        let clock = case.clock;
        let sealed = case.slots.iter().filter(|(_, held)| held.sealed.is_some());
        Self {
            sealed: sealed.map(|(slot, _)| slot.clone()).collect(),
            slots: case.slots.into_iter().map(|(slot, held)| (slot, held.value)).collect(),
            number: case.number,
            kind: case.kind,
            status: case.status,
            department: case.department,
            assignee: case.assignee,
            priority: case.priority,
            level: case.level,
            conversation: case.conversation,
            order_number: case.order_number,
            opened_at: case.opened_at,
            updated_at: case.updated_at,
            // What ended before its first reply was due broke nothing, and while the customer is asked the clock stands still.
            first_reply: PromiseView::of(clock.promise.first_reply, clock.replied_at, clock.ended_at.unwrap_or(now)),
            resolve: PromiseView::of(clock.promise.resolve, clock.ended_at, clock.waiting_since.unwrap_or(now)),
            waiting_since: clock.waiting_since,
            late_at: case.late_at,
            confirmation: case.confirmation,
            assessment: case.assessment,
        }
    }
}

/// A case with its history.
#[derive(Serialize, ToSchema)]
pub struct WholeCaseView {
    /// The case.
    #[serde(flatten)]
    case: CaseView,
    /// What happened, in its order.
    history: Vec<RecordedView>,
    /// What its customer has sent as evidence.
    files: Vec<FileView>,
}

/// Something that happened in a case.
#[derive(Serialize, ToSchema)]
pub struct RecordedView {
    /// Its number.
    seq: i64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Who: a conversation, an account, `operator`, `system`.
    actor: String,
    /// What (`opened`, `replied`, `escalated` …).
    what: String,
    /// What was said, masked.
    text: String,
}

impl From<Recorded> for RecordedView {
    fn from(recorded: Recorded) -> Self {
        let Recorded { seq, at, actor, what, text } = recorded;
        Self { seq, at, actor, what, text }
    }
}

/// A page of cases.
#[derive(Serialize, ToSchema)]
pub struct CasePage {
    /// The cases.
    data: Vec<CaseView>,
    /// Where the next page begins; null on the last one.
    next_cursor: Option<String>,
}

/// Which cases are looked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct CasesQuery {
    /// Of a kind.
    kind: Option<CaseKind>,
    /// In a state.
    status: Option<CaseStatus>,
    /// Of a department.
    department: Option<String>,
    /// Somebody's account.
    assignee: Option<String>,
    /// Of an order.
    order_number: Option<String>,
    /// `true`: only those that broke a promise.
    late: bool,
    /// 1 to 100; 20 where it is not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

const USUAL_PAGE: usize = 20;
const LARGEST_PAGE: usize = 100;

/// Lists cases, the newest first.
#[utoipa::path(
    get,
    path = "/desk/cases",
    tag = "desk",
    params(CasesQuery),
    responses((status = 200, description = "Cases of the caller's departments", body = CasePage))
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<CasesQuery>,
) -> Result<Json<CasePage>, Problem> {
    let limit = checked_limit(query.limit, USUAL_PAGE, LARGEST_PAGE)?;
    let own: Vec<String> = caller.actor.departments.iter().cloned().collect();
    let departments = match query.department {
        Some(department) if caller.actor.may_in(&department) => vec![department],
        // Of a department that is not theirs they see as much as of one that there is not.
        Some(_) => return Ok(Json(CasePage { data: Vec::new(), next_cursor: None })),
        None => own,
    };
    let before = query.cursor.as_deref().map(parse_cursor).transpose()?;
    let wanted = Wanted {
        kind: query.kind,
        status: query.status,
        departments,
        assignee: query.assignee,
        order_number: query.order_number,
        only_late: query.late,
        before,
    };
    let mut found = cases::list(&mut *app.store().read().await?, &wanted, limit as i64 + 1).await?;
    let is_more = found.len() > limit;
    found.truncate(limit);
    let last = found.last().filter(|_| is_more);
    let next_cursor = last.map(|case| format!("{}.{}", case.opened_at.as_millisecond(), case.number));
    let now = clock::now();
    Ok(Json(CasePage { data: found.into_iter().map(|case| CaseView::of(case, now)).collect(), next_cursor }))
}

pub(super) fn parse_cursor(cursor: &str) -> Result<(Timestamp, String), Problem> {
    let parts = cursor.split_once('.');
    let parsed =
        parts.and_then(|(at, number)| Some((Timestamp::from_millisecond(at.parse().ok()?).ok()?, number.to_owned())));
    parsed.ok_or_else(|| Problem::field("cursor", "take next_cursor of the page before, as it is"))
}

/// Shows a case with its history.
#[utoipa::path(
    get,
    path = "/desk/cases/{number}",
    tag = "desk",
    params(("number" = String, Path, description = "The case's number")),
    responses((status = 200, description = "The case", body = WholeCaseView))
)]
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    Segment(number): Segment,
) -> Result<Json<WholeCaseView>, Problem> {
    let case = theirs(&app, &caller, &number).await?;
    let mut tx = app.store().read().await?;
    let history = cases::history(&mut *tx, &number).await?.into_iter().map(RecordedView::from).collect();
    let files = attachments::of_case(&mut *tx, &number).await?.into_iter().map(FileView::from).collect();
    Ok(Json(WholeCaseView { case: CaseView::of(case, clock::now()), history, files }))
}

/// Finds a case of the caller's departments; others are not there.
pub(super) async fn theirs(app: &App, caller: &Caller, number: &str) -> Result<Case, Problem> {
    let case = cases::get(&mut *app.store().read().await?, number).await?;
    case.filter(|case| caller.actor.may_in(&case.department)).ok_or_else(|| Code::NotFound.into())
}

/// A case that somebody opens by hand: after a telephone call, a letter.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CaseRequest {
    /// What it is about.
    kind: CaseKind,
    /// Who works on it.
    department: String,
    /// What happened.
    #[schema(min_length = 1, max_length = 2000)]
    description: String,
    /// Its order.
    #[serde(default)]
    #[schema(max_length = 64)]
    order_number: Option<String>,
    /// Its place among others.
    #[serde(default)]
    priority: Option<Priority>,
}

const LONGEST_ORDER_NUMBER: usize = 64;

/// Opens a case by hand.
#[utoipa::path(
    post,
    path = "/desk/cases",
    tag = "desk",
    request_body = CaseRequest,
    responses((status = 201, description = "Opened", body = CaseView))
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    JsonBody(request): JsonBody<CaseRequest>,
) -> Result<(StatusCode, Json<CaseView>), Problem> {
    let CaseRequest { kind, department, description, order_number, priority } = request;
    check_text("description", &description, app.config().limits.question_chars)?;
    if !caller.actor.may_in(&department) {
        return Err(Problem::field("department", "there is no such department"));
    }
    let mut slots = BTreeMap::from([("description".to_owned(), Held::plain(mask(&description).text))]);
    if let Some(order_number) = order_number {
        check_text("order_number", &order_number, LONGEST_ORDER_NUMBER)?;
        slots.insert("order_number".to_owned(), Held::plain(mask(&order_number).text));
    }
    let priority = priority.unwrap_or(Priority::Normal);
    let draft = CaseDraft { kind, department, intent: IntentName(BY_HAND.to_owned()), slots, priority };
    let now = clock::now();
    let case = open_case(&app, &draft, &caller.by(now)).await?;
    Ok((StatusCode::CREATED, Json(CaseView::of(case, now))))
}

/// In place of the intent of a case that no customer's message opened.
const BY_HAND: &str = "desk";
