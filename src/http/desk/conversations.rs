//! `/desk/conversations`: what agents see of conversations, and do with them.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::chat::desk::context::{ContextView, context};
use crate::chat::desk::{DeskRefused, may_see};
use crate::clock;
use crate::desk::owner::{NotMoved, Owner, Status};
use crate::desk::promises::promise;
use crate::http::caller::Caller;
use crate::http::conversations::events::{AfterQuery, Page as EventPage, event_page};
use crate::http::desk::cases::parse_cursor;
use crate::http::error::{Code, Problem};
use crate::http::extract::{Query, Segment};
use crate::http::list::checked_limit;
use crate::knowledge::content::Content;
use crate::knowledge::intent::Priority;
use crate::people::account::AccountId;
use crate::people::role::Permission;
use crate::store::conversations::{self, Conversation, Looked};
use crate::store::database::Transaction;
use crate::store::error::StoreError;
use crate::store::notes::{self, Note};
use crate::store::people::accounts;

impl From<DeskRefused> for Problem {
    fn from(error: DeskRefused) -> Self {
        match error {
            DeskRefused::Unknown => Code::NotFound.into(),
            DeskRefused::NotMoved(NotMoved::Ended | NotMoved::SomebodyElse | NotMoved::NotWaiting)
            | DeskRefused::NotTheirs => Self::new(Code::Conflict).detail(error.to_string()),
            DeskRefused::NotAllowed => Self::new(Code::NotAllowed).detail(error.to_string()),
            DeskRefused::NoDepartment => Self::field("department", error.to_string()),
            DeskRefused::NoAgent => Self::field("to", error.to_string()),
            DeskRefused::NoReason => Self::field("reason", error.to_string()),
            DeskRefused::Unsafe(error) => Self::field("text", error.to_string()),
            DeskRefused::NotTaken(error) => error.into(),
        }
    }
}

/// A conversation, in a list.
#[derive(Serialize, ToSchema)]
pub struct CardView {
    /// Its id.
    id: String,
    /// Who owns it.
    status: Status,
    /// The department that it is with, or was last.
    department: Option<String>,
    /// How urgent it is, where it waits or is with somebody.
    priority: Option<Priority>,
    /// Who has it.
    agent: Option<AgentName>,
    /// Since when it waits, or has waited before it was taken.
    #[schema(value_type = Option<String>, format = DateTime)]
    waiting_since: Option<Timestamp>,
    /// By when somebody replies, as its department promises.
    #[schema(value_type = Option<String>, format = DateTime)]
    reply_by: Option<Timestamp>,
    /// The language that its customer writes in.
    language: Option<String>,
    /// The way in.
    channel: String,
    /// The customer's name, by the word of the shop's server.
    name: Option<String>,
    /// Whether the shop's server vouches for the customer.
    is_verified: bool,
    /// The intent that it was handed over with, or what its agent said at the end.
    reason: Option<String>,
    /// The last thing that was said.
    last: Option<LastView>,
    /// The number of its last event.
    last_seq: i64,
    /// When something last happened.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

/// An agent, by name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AgentName {
    /// The account.
    id: String,
    /// What they are called.
    name: String,
}

/// The last thing that was said.
#[derive(Serialize, ToSchema)]
pub struct LastView {
    /// By whom: `visitor`, `bot`, `agent`, `system`.
    author: String,
    /// What, masked.
    text: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

/// A conversation, whole.
#[derive(Serialize, ToSchema)]
pub struct OpenView {
    /// In outline.
    #[serde(flatten)]
    card: CardView,
    /// What the page says of its visitor and itself: a claim.
    #[schema(value_type = Object)]
    claims: Value,
    /// What is known already.
    context: ContextView,
    /// What colleagues have written about it.
    notes: Vec<NoteView>,
}

/// What a colleague has written.
#[derive(Serialize, ToSchema)]
pub struct NoteView {
    /// Its id.
    id: String,
    /// Who.
    agent: AgentName,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// What, masked.
    text: String,
}

/// A page of conversations.
#[derive(Serialize, ToSchema)]
pub struct CardPage {
    /// The conversations.
    data: Vec<CardView>,
    /// Where the next page begins; null on the last one.
    next_cursor: Option<String>,
}

/// Which conversations are looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// The caller's own.
    #[default]
    Mine,
    /// Those that wait, the next one first.
    Waiting,
    /// Those that wait or are with somebody.
    Open,
    /// Those that have ended.
    Closed,
    /// Those that the bot has; for supervisors.
    Bot,
}

/// Which conversations are looked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct ConversationsQuery {
    /// `mine`, where nothing is said.
    #[param(inline)]
    view: View,
    /// Of a department.
    department: Option<String>,
    /// 1 to 100; 50 where it is not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

const USUAL_PAGE: usize = 50;
const LARGEST_PAGE: usize = 100;

/// Lists conversations of the caller's departments.
#[utoipa::path(
    get,
    path = "/desk/conversations",
    tag = "desk",
    params(ConversationsQuery),
    responses((status = 200, description = "The conversations", body = CardPage))
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<ConversationsQuery>,
) -> Result<Json<CardPage>, Problem> {
    let limit = checked_limit(query.limit, USUAL_PAGE, LARGEST_PAGE)?;
    let own: Vec<String> = caller.actor.departments.iter().cloned().collect();
    let departments = match &query.department {
        Some(department) if caller.actor.may_in(department) => vec![department.clone()],
        Some(_) => return Ok(Json(CardPage { data: Vec::new(), next_cursor: None })),
        None => own,
    };
    if query.view == View::Bot && !caller.actor.may(Permission::DeskSupervise) {
        return Err(Code::NotAllowed.into());
    }
    let statuses = match query.view {
        View::Mine => vec![Status::Agent],
        View::Waiting => vec![Status::Queued],
        View::Open => vec![Status::Queued, Status::Agent],
        View::Closed => vec![Status::Closed],
        View::Bot => vec![Status::Bot],
    };
    let agent = (query.view == View::Mine).then(|| caller.actor.id.clone());
    let departments = if query.view == View::Bot { Vec::new() } else { departments };
    let by = caller.by(clock::now());
    let mut tx = app.store().read().await?;
    let (mut found, next_cursor) = if query.view == View::Waiting {
        waiting(&mut *tx, &departments, (query.cursor.as_deref(), limit), by.now).await?
    } else {
        let before = query.cursor.as_deref().map(parse_cursor).transpose()?;
        let looked = Looked { statuses, departments, agent, subject: None, before };
        let mut found = conversations::list(&mut *tx, &looked, limit as i64 + 1).await?;
        let last = found.get(limit - 1).filter(|_| found.len() > limit);
        let next_cursor = last.map(|last| format!("{}.{}", last.updated_at.as_millisecond(), last.id));
        found.truncate(limit);
        (found, next_cursor)
    };
    // What has ended with the bot alone is no agent's business.
    found.retain(|kept| may_see(&by, kept));
    let snapshot = app.live().current();
    let mut data = Vec::new();
    for kept in found {
        data.push(card(&mut *tx, snapshot.assistant.content(), kept).await?);
    }
    Ok(Json(CardPage { data, next_cursor }))
}

/// Returns those that wait, in the order of the queue, from after one of them on; where that waits no more, from the first on.
async fn waiting(
    tx: &mut dyn Transaction,
    departments: &[String],
    (after, limit): (Option<&str>, usize),
    now: Timestamp,
) -> Result<(Vec<Conversation>, Option<String>), StoreError> {
    let mut queue = Vec::new();
    for (id, owner, _) in conversations::at_the_desk(tx).await? {
        if let Owner::Queue(place) = owner
            && (departments.is_empty() || departments.contains(&place.department))
        {
            queue.push((place.order(now), id));
        }
    }
    queue.sort();
    let first = after.and_then(|after| queue.iter().position(|(_, id)| id == after)).map_or(0, |at| at + 1);
    let page = &queue[first..queue.len().min(first + limit)];
    let next_cursor = page.last().filter(|_| first + limit < queue.len()).map(|(_, id)| id.clone());
    let mut found = Vec::new();
    for (_, id) in page {
        found.extend(conversations::get(tx, id).await?);
    }
    Ok((found, next_cursor))
}

pub(super) async fn card(
    tx: &mut dyn Transaction,
    content: &Content,
    kept: Conversation,
) -> Result<CardView, StoreError> {
    let last = conversations::latest_messages(tx, &kept.id, 1).await?.pop();
    let last = last.and_then(|event| {
        let data: Value = serde_json::from_str(&event.data).ok()?;
        let text = |key: &str| data[key].as_str().map(str::to_owned);
        Some(LastView { author: text("author")?, text: text("text")?, at: event.at })
    });
    let place = kept.owner.place();
    let agent = match kept.owner.agent().or(kept.agent.as_deref()) {
        Some(agent) => Some(named(tx, agent).await?),
        None => None,
    };
    let identity: Value = kept.identity.as_deref().and_then(|kept| serde_json::from_str(kept).ok()).unwrap_or_default();
    Ok(CardView {
        status: kept.owner.status(),
        department: place.map(|place| place.department.clone()).or(kept.department),
        priority: place.map(|place| place.priority),
        waiting_since: place.map(|place| place.since),
        reply_by: place.and_then(|place| promise(content, &place.department, place.since).first_reply),
        reason: place.and_then(|place| place.about.intent.clone()).or(kept.reason),
        language: place.and_then(|place| place.about.language.clone()).or(kept.language),
        agent,
        channel: kept.channel,
        name: identity["name"].as_str().map(str::to_owned),
        is_verified: kept.subject.is_some(),
        last,
        last_seq: kept.last_seq,
        updated_at: kept.updated_at,
        id: kept.id,
    })
}

/// An account's name; of one that is gone its id.
pub(super) async fn named(tx: &mut dyn Transaction, account: &str) -> Result<AgentName, StoreError> {
    let found = accounts::get(tx, &AccountId(account.to_owned())).await?;
    let name = found.map_or_else(|| account.to_owned(), |found| found.display_name);
    Ok(AgentName { id: account.to_owned(), name })
}

/// Shows a conversation with what is known of it; its messages are with `events`.
#[utoipa::path(
    get,
    path = "/desk/conversations/{id}",
    tag = "desk",
    params(("id" = String, Path, description = "The conversation's id")),
    responses((status = 200, description = "The conversation", body = OpenView))
)]
pub async fn show(State(app): State<App>, caller: Caller, Segment(id): Segment) -> Result<Json<OpenView>, Problem> {
    let mut tx = app.store().read().await?;
    let kept = theirs(&mut *tx, &caller, &id).await?;
    let context = context(&mut *tx, &kept).await?;
    let claims = serde_json::from_str(&kept.context).unwrap_or_default();
    let mut written = Vec::new();
    for Note { id, agent, at, text, .. } in notes::of_conversation(&mut *tx, &id).await? {
        written.push(NoteView { id, agent: named(&mut *tx, &agent).await?, at, text });
    }
    let snapshot = app.live().current();
    let card = card(&mut *tx, snapshot.assistant.content(), kept).await?;
    Ok(Json(OpenView { card, claims, context, notes: written }))
}

/// Finds a conversation of the caller's departments; others are not there.
pub(super) async fn theirs(tx: &mut dyn Transaction, caller: &Caller, id: &str) -> Result<Conversation, Problem> {
    let kept = conversations::get(tx, id).await?;
    kept.filter(|kept| may_see(&caller.by(clock::now()), kept)).ok_or_else(|| Code::NotFound.into())
}

/// Lists what happened in a conversation.
#[utoipa::path(
    get,
    path = "/desk/conversations/{id}/events",
    tag = "desk",
    params(("id" = String, Path, description = "The conversation's id"), AfterQuery),
    responses((status = 200, description = "Events, in order", body = crate::http::conversations::events::Page))
)]
pub async fn events(
    State(app): State<App>,
    caller: Caller,
    Segment(id): Segment,
    Query(query): Query<AfterQuery>,
) -> Result<Json<EventPage>, Problem> {
    theirs(&mut *app.store().read().await?, &caller, &id).await?;
    Ok(Json(event_page(&app, &id, &query).await?))
}
