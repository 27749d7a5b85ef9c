//! `/desk/improvements`: what is done about the causes of complaints. Agents read it, supervisors write it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::clock;
use crate::desk::improvements::Improvement;
use crate::http::ask::check_text;
use crate::http::caller::Caller;
use crate::http::desk::cases::parse_cursor;
use crate::http::error::{Code, Problem};
use crate::http::extract::{JsonBody, Query, Segment};
use crate::http::list::checked_limit;
use crate::ids::new_id;
use crate::reporting::{add_improvement, change_improvement};
use crate::store::improvements::{self, Which};
use crate::text::sensitive::mask;

/// What is done about a cause of complaints.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Improvement)]
pub struct ImprovementView {
    /// Its id.
    id: String,
    /// The cause, in the words of assessments: reports put it beside the complaints that it led to.
    cause: String,
    /// What is done about it.
    action: String,
    /// Who sees to it.
    owner: String,
    /// By which day.
    #[schema(value_type = Option<String>, format = Date)]
    due_on: Option<Date>,
    /// When it was done; null while it is open.
    #[schema(value_type = Option<String>, format = DateTime)]
    done_at: Option<Timestamp>,
    /// When it was begun.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// The account of whoever began it.
    created_by: String,
    /// What else is to be known.
    note: String,
}

impl From<Improvement> for ImprovementView {
    fn from(improvement: Improvement) -> Self {
        let Improvement { id, cause, action, owner, due_on, done_at, created_at, created_by, note } = improvement;
        Self { id, cause, action, owner, due_on, done_at, created_at, created_by, note }
    }
}

/// A page of improvements.
#[derive(Serialize, ToSchema)]
pub struct ImprovementPage {
    /// The improvements.
    data: Vec<ImprovementView>,
    /// Where the next page begins; null on the last one.
    next_cursor: Option<String>,
}

/// How an improvement stands.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ImprovementState {
    /// It is still to be done.
    Open,
    /// It is done.
    Done,
}

/// Which improvements are looked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct ImprovementsQuery {
    /// Only those that stand so.
    #[param(inline)]
    state: Option<ImprovementState>,
    /// 1 to 100; 20 where it is not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

const USUAL_PAGE: usize = 20;
const LARGEST_PAGE: usize = 100;

/// Lists improvements, the newest first.
#[utoipa::path(
    get,
    path = "/desk/improvements",
    tag = "desk",
    params(ImprovementsQuery),
    responses((status = 200, description = "Improvements", body = ImprovementPage))
)]
pub async fn list(
    State(app): State<App>,
    Query(query): Query<ImprovementsQuery>,
) -> Result<Json<ImprovementPage>, Problem> {
    let limit = checked_limit(query.limit, USUAL_PAGE, LARGEST_PAGE)?;
    let before = query.cursor.as_deref().map(parse_cursor).transpose()?;
    let which = match query.state {
        None => Which::All,
        Some(ImprovementState::Open) => Which::Open,
        Some(ImprovementState::Done) => Which::Done,
    };
    let mut found =
        improvements::list(&mut *app.store().read().await?, which, before.as_ref(), limit as i64 + 1).await?;
    let is_more = found.len() > limit;
    found.truncate(limit);
    let last = found.last().filter(|_| is_more);
    let next_cursor = last.map(|last| format!("{}.{}", last.created_at.as_millisecond(), last.id));
    Ok(Json(ImprovementPage { data: found.into_iter().map(Into::into).collect(), next_cursor }))
}

/// Something that is to be done about a cause.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImprovementRequest {
    /// The cause, in the words of assessments.
    #[schema(min_length = 1, max_length = 100)]
    cause: String,
    /// What is done about it.
    #[schema(min_length = 1, max_length = 500)]
    action: String,
    /// Who sees to it.
    #[schema(min_length = 1, max_length = 100)]
    owner: String,
    /// By which day.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    due_on: Option<Date>,
    /// What else is to be known.
    #[serde(default)]
    #[schema(max_length = 1000)]
    note: Option<String>,
}

const LONGEST_CAUSE: usize = 100;
const LONGEST_ACTION: usize = 500;
const LONGEST_OWNER: usize = 100;
const LONGEST_NOTE: usize = 1000;

fn masked(field: &str, text: &str, longest: usize) -> Result<String, Problem> {
    check_text(field, text, longest)?;
    Ok(mask(text).text)
}

/// Begins an improvement.
#[utoipa::path(
    post,
    path = "/desk/improvements",
    tag = "desk",
    request_body = ImprovementRequest,
    responses((status = 201, description = "Begun", body = ImprovementView))
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    JsonBody(request): JsonBody<ImprovementRequest>,
) -> Result<(StatusCode, Json<ImprovementView>), Problem> {
    let ImprovementRequest { cause, action, owner, due_on, note } = request;
    let now = clock::now();
    let improvement = Improvement {
        id: new_id("improvement"),
        cause: masked("cause", &cause, LONGEST_CAUSE)?,
        action: masked("action", &action, LONGEST_ACTION)?,
        owner: masked("owner", &owner, LONGEST_OWNER)?,
        due_on,
        done_at: None,
        created_at: now,
        created_by: caller.actor.id.clone(),
        note: note.map(|note| masked("note", &note, LONGEST_NOTE)).transpose()?.unwrap_or_default(),
    };
    add_improvement(app.store(), &improvement, &caller.by(now)).await?;
    Ok((StatusCode::CREATED, Json(improvement.into())))
}

/// Changes of an improvement; what is not named stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ImprovementChange {
    /// The cause, in the words of assessments.
    #[schema(min_length = 1, max_length = 100)]
    cause: Option<String>,
    /// What is done about it.
    #[schema(min_length = 1, max_length = 500)]
    action: Option<String>,
    /// Who sees to it.
    #[schema(min_length = 1, max_length = 100)]
    owner: Option<String>,
    /// By which day.
    #[schema(value_type = Option<String>, format = Date)]
    due_on: Option<Date>,
    /// What else is to be known; an empty text takes the note away.
    #[schema(max_length = 1000)]
    note: Option<String>,
    /// `true`: it is done, now; `false`: it is not, after all.
    done: Option<bool>,
}

impl ImprovementChange {
    /// Checks and masks what was written.
    fn checked(self) -> Result<Self, Problem> {
        let masked = |field: &str, text: Option<String>, longest| text.map(|text| masked(field, &text, longest));
        Ok(Self {
            cause: masked("cause", self.cause, LONGEST_CAUSE).transpose()?,
            action: masked("action", self.action, LONGEST_ACTION).transpose()?,
            owner: masked("owner", self.owner, LONGEST_OWNER).transpose()?,
            // An empty one takes the note away.
            note: match self.note {
                Some(note) if note.is_empty() => Some(note),
                note => masked("note", note, LONGEST_NOTE).transpose()?,
            },
            ..self
        })
    }

    fn apply(self, improvement: &mut Improvement, now: Timestamp) {
        let Self { cause, action, owner, due_on, note, done } = self;
        let put = |text: &mut String, new: Option<String>| *text = new.unwrap_or_else(|| std::mem::take(text));
        put(&mut improvement.cause, cause);
        put(&mut improvement.action, action);
        put(&mut improvement.owner, owner);
        put(&mut improvement.note, note);
        improvement.due_on = due_on.or(improvement.due_on);
        improvement.done_at = match done {
            None => improvement.done_at,
            Some(true) => improvement.done_at.or(Some(now)),
            Some(false) => None,
        };
    }
}

/// Changes an improvement, or says that it is done.
#[utoipa::path(
    patch,
    path = "/desk/improvements/{id}",
    tag = "desk",
    params(("id" = String, Path, description = "The improvement's id")),
    request_body = ImprovementChange,
    responses((status = 200, description = "Changed", body = ImprovementView))
)]
pub async fn patch(
    State(app): State<App>,
    caller: Caller,
    Segment(id): Segment,
    JsonBody(request): JsonBody<ImprovementChange>,
) -> Result<Json<ImprovementView>, Problem> {
    let (change, now) = (request.checked()?, clock::now());
    let changed =
        change_improvement(app.store(), &id, |improvement| change.apply(improvement, now), &caller.by(now)).await?;
    changed.map(|improvement| Json(improvement.into())).ok_or_else(|| Code::NotFound.into())
}
