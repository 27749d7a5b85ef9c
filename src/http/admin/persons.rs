//! `/admin/persons`: what is kept of a customer is shown in outline, handed out, erased.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::clock;
use crate::desk::case::Case;
use crate::dialogue::effects::CaseStatus;
use crate::http::ask::check_text;
use crate::http::auth::origin;
use crate::http::caller::Caller;
use crate::http::error::{Code, Problem};
use crate::http::extract::{JsonBody, Query};
use crate::knowledge::intent::CaseKind;
use crate::people::password::Password;
use crate::persons::erasing::{Erased, NotErased, erase as erase_person};
use crate::persons::export::{PersonExport, export as export_person};
use crate::persons::finding::{PersonKey, find};
use crate::persons::readable::markdown;
use crate::staff::proof::{Again, prove_again};
use crate::store::database::Transaction;
use crate::store::error::StoreError;
use crate::store::{conversations, holds};
use crate::text::sensitive::mask;

/// Which customer is meant: one of the three.
#[derive(Debug, Default, Deserialize, IntoParams, ToSchema)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WhoQuery {
    /// The shop's own name of the customer.
    #[serde(default)]
    #[schema(max_length = 200)]
    subject: Option<String>,
    /// The id of one of their conversations.
    #[serde(default)]
    #[schema(max_length = 200)]
    conversation: Option<String>,
    /// The number of one of their cases.
    #[serde(default)]
    #[schema(max_length = 200)]
    case: Option<String>,
}

const LONGEST_NAME: usize = 200;

impl WhoQuery {
    fn key(self) -> Result<PersonKey, Problem> {
        let (field, name, key) = match (self.subject, self.conversation, self.case) {
            (Some(name), None, None) => ("subject", name.clone(), PersonKey::Subject(name)),
            (None, Some(name), None) => ("conversation", name.clone(), PersonKey::Conversation(name)),
            (None, None, Some(name)) => ("case", name.clone(), PersonKey::Case(name)),
            _ => return Err(Problem::field("subject", "say one of subject, conversation and case")),
        };
        check_text(field, &name, LONGEST_NAME)?;
        if name.chars().any(char::is_control) {
            return Err(Problem::field(field, "no name holds control characters"));
        }
        Ok(key)
    }
}

/// What is kept of a customer, in outline.
#[derive(Serialize, ToSchema)]
pub struct PersonView {
    /// The shop's own name of the customer, where it vouches for one.
    subject: Option<String>,
    /// Their conversations.
    conversations: Vec<PersonConversation>,
    /// Their cases.
    cases: Vec<PersonCase>,
    /// How many messages there are in the conversations.
    n_messages: i64,
    /// How often they said what they think.
    n_feedback: i64,
}

/// One of their conversations.
#[derive(Serialize, ToSchema)]
pub struct PersonConversation {
    /// Its id.
    id: String,
    /// The way in.
    channel: String,
    /// Who owns it.
    status: String,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    began_at: Timestamp,
    /// When something last happened.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    /// How many messages there are in it.
    n_messages: i64,
}

/// One of their cases.
#[derive(Serialize, ToSchema)]
pub struct PersonCase {
    /// Its number.
    number: String,
    /// What it is about.
    kind: CaseKind,
    /// How it stands.
    status: CaseStatus,
    /// When it was opened.
    #[schema(value_type = String, format = DateTime)]
    opened_at: Timestamp,
    /// Why nobody may erase it for now; null where it is not on hold.
    held_because: Option<String>,
}

/// Shows in outline what is kept of a customer.
///
/// Who is known by a subject is found with all conversations and cases, whatever they are named by.
#[utoipa::path(
    get,
    path = "/admin/persons",
    tag = "administration",
    params(WhoQuery),
    responses((status = 200, description = "What there is", body = PersonView))
)]
pub async fn show(State(app): State<App>, Query(query): Query<WhoQuery>) -> Result<Json<PersonView>, Problem> {
    let key = query.key()?;
    let view = outline(&mut *app.store().read().await?, &key).await?;
    view.map(Json).ok_or_else(|| Code::NotFound.into())
}

async fn outline(tx: &mut dyn Transaction, key: &PersonKey) -> Result<Option<PersonView>, StoreError> {
    let Some(person) = find(tx, key).await? else { return Ok(None) };
    let mut view = PersonView {
        subject: person.subject,
        conversations: Vec::new(),
        cases: Vec::new(),
        n_messages: 0,
        n_feedback: 0,
    };
    for known in person.conversations {
        let n_messages = conversations::n_events(tx, &known.id, "message").await?;
        view.n_messages += n_messages;
        view.n_feedback += conversations::n_events(tx, &known.id, "rating").await?;
        view.conversations.push(PersonConversation {
            id: known.id,
            channel: known.channel,
            status: known.owner.status().name().to_owned(),
            began_at: known.created_at,
            updated_at: known.updated_at,
            n_messages,
        });
    }
    for Case { number, kind, status, opened_at, .. } in person.cases {
        let held_because = holds::of(tx, &number).await?.map(|hold| hold.reason);
        view.cases.push(PersonCase { number, kind, status, opened_at, held_because });
    }
    Ok(Some(view))
}

/// How an export is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// For programs.
    Json,
    /// For people.
    Markdown,
}

/// How an export is wished for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExportQuery {
    /// What `Accept` says where it is not given, else JSON.
    #[param(inline)]
    format: Option<ExportFormat>,
}

const MARKDOWN: &str = "text/markdown";

/// Hands out all that is kept of a customer, as JSON or as a text; what is sealed is opened. That it was handed out is a line of
/// the audit.
#[utoipa::path(
    post,
    path = "/admin/persons/export",
    tag = "administration",
    params(ExportQuery),
    request_body = WhoQuery,
    responses((
        status = 200,
        description = "All there is",
        content((PersonExport = "application/json"), (String = "text/markdown"))
    ))
)]
pub async fn export(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Query(query): Query<ExportQuery>,
    JsonBody(who): JsonBody<WhoQuery>,
) -> Result<Response, Problem> {
    let accepted = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let usual = if accepted.contains(MARKDOWN) { ExportFormat::Markdown } else { ExportFormat::Json };
    let exported = export_person(&app, &who.key()?, &caller.by(clock::now())).await?.ok_or(Code::NotFound)?;
    Ok(match query.format.unwrap_or(usual) {
        ExportFormat::Json => {
            ([(CONTENT_DISPOSITION, "attachment; filename=\"person.json\"")], Json(exported)).into_response()
        }
        ExportFormat::Markdown => {
            let headers = [
                (CONTENT_TYPE, "text/markdown; charset=utf-8"),
                (CONTENT_DISPOSITION, "attachment; filename=\"person.md\""),
            ];
            (headers, markdown(&exported)).into_response()
        }
    })
}

/// Whom to erase, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ErasureRequest {
    /// The shop's own name of the customer.
    #[serde(default)]
    #[schema(max_length = 200)]
    subject: Option<String>,
    /// The id of one of their conversations.
    #[serde(default)]
    #[schema(max_length = 200)]
    conversation: Option<String>,
    /// The number of one of their cases.
    #[serde(default)]
    #[schema(max_length = 200)]
    case: Option<String>,
    /// Why; the audit keeps it, so it should name nobody.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
    /// The caller's own password, again; a program's token needs none.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Password)]
    password: Option<Password>,
}

pub(super) const LONGEST_REASON: usize = 500;

/// Erases what is kept of a customer: conversations and all that hangs on them go, cases stay as numbers for the reports.
///
/// Cases that are open or on hold refuse it, and the answer names them. What was erased is still in backups until these are
/// thrown away.
#[utoipa::path(
    post,
    path = "/admin/persons/erase",
    tag = "administration",
    request_body = ErasureRequest,
    responses((status = 200, description = "Erased", body = Erased))
)]
pub async fn erase(
    State(app): State<App>,
    caller: Caller,
    JsonBody(request): JsonBody<ErasureRequest>,
) -> Result<Json<Erased>, Problem> {
    let ErasureRequest { subject, conversation, case, reason, password } = request;
    let key = WhoQuery { subject, conversation, case }.key()?;
    check_text("reason", &reason, LONGEST_REASON)?;
    if let Some(session) = &caller.session {
        let password = password.ok_or_else(|| Problem::field("password", "is missing: your own, again"))?;
        let again = Again::Password(&password);
        prove_again(app.store(), app.hashing(), &session.account, again, &origin(&caller.whence)).await?;
    }
    // To the end, also when whoever asked goes away meanwhile.
    let there = app.clone();
    let erased =
        tokio::spawn(async move { erase_person(&there, &key, &mask(&reason).text, &caller.by(clock::now())).await });
    Ok(Json(erased.await.map_err(|_| Code::Internal)??))
}

impl From<NotErased> for Problem {
    fn from(refused: NotErased) -> Self {
        match refused {
            NotErased::Nobody => Code::NotFound.into(),
            NotErased::Needed { .. } => Self::new(Code::Conflict).detail(refused.to_string()),
            NotErased::Store(error) => error.into(),
        }
    }
}
