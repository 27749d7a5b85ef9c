//! The knowledge base beside a conversation: agents search it, send what it says, and propose to editors what is missing.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::assistant::turn::Message;
use crate::clock;
use crate::http::ask::check_text;
use crate::http::caller::Caller;
use crate::http::error::{Code, Problem};
use crate::http::extract::{JsonBody, Query, Segment};
use crate::http::list::checked_limit;
use crate::http::search::language_of;
use crate::http::work::{Cost, on};
use crate::ids::new_id;
use crate::knowledge::entry::{Audience, EntryId};
use crate::store::notes::{self, Proposal};
use crate::text::language::LanguageTag;
use crate::text::sensitive::mask;

/// What is searched for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct KnowledgeQuery {
    /// The words.
    #[param(min_length = 1, max_length = 2000)]
    q: String,
    /// The language of the results; that of the words where it is not given.
    #[param(value_type = Option<String>, pattern = "^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$")]
    language: Option<LanguageTag>,
    /// How many, 1 to 20.
    #[param(minimum = 1, maximum = 20)]
    limit: Option<u32>,
}

/// An entry with what it says, ready to be sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct KnownView {
    /// The entry.
    entry: EntryId,
    /// Its standard question.
    question: String,
    /// The answer as plain text.
    text: String,
    /// The answer as safe HTML.
    html: String,
}

/// What was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct KnownPage {
    /// The likeliest first.
    data: Vec<KnownView>,
    /// Always null: there is one page.
    next_cursor: Option<String>,
}

const RESULTS: usize = 5;
const MOST_RESULTS: usize = 20;

/// Searches the entries, those for agents alone too.
#[utoipa::path(
    get,
    path = "/desk/search",
    tag = "desk",
    params(KnowledgeQuery),
    responses((status = 200, description = "Entries with their answers, the likeliest first", body = KnownPage))
)]
pub async fn search(
    State(app): State<App>,
    _caller: Caller,
    Query(query): Query<KnowledgeQuery>,
) -> Result<Json<KnownPage>, Problem> {
    check_text("q", &query.q, app.config().limits.question_chars)?;
    let limit = checked_limit(query.limit, RESULTS, MOST_RESULTS)?;
    let found = on(&app, app.live().current(), Cost::Large, move |view| {
        let assistant = &view.snapshot.assistant;
        let language = language_of(query.language, &query.q);
        let message = Message { limit, audience: Some(Audience::Agent), ..view.message(&query.q) };
        let composer = view.composer(&language);
        let found = assistant.search(&message, &view.snapshot.index, view.now, limit, |_| true);
        let known = found.into_iter().take(limit).map(|entry| {
            let answer = composer.answer(entry);
            KnownView {
                entry: entry.id.clone(),
                question: composer.question(entry),
                text: answer.text,
                html: answer.html,
            }
        });
        known.collect()
    });
    Ok(Json(KnownPage { data: found.await?, next_cursor: None }))
}

/// What is proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProposalKind {
    /// A customer's words for what an entry answers.
    Phrasing,
    /// That an answer is wrong, or was given to the wrong question.
    WrongAnswer,
}

impl ProposalKind {
    fn name(self) -> &'static str {
        match self {
            Self::Phrasing => "phrasing",
            Self::WrongAnswer => "wrong_answer",
        }
    }
}

/// What an agent proposes to editors.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposalRequest {
    /// What kind of proposal it is.
    kind: ProposalKind,
    /// The entry that is meant; none where there is none yet.
    #[serde(default)]
    #[schema(max_length = 200)]
    entry: Option<String>,
    /// The customer's words, or what is wrong.
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
    /// The conversation that it comes from.
    #[serde(default)]
    #[schema(max_length = 64)]
    conversation: Option<String>,
}

/// A proposal.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProposalView {
    /// Its id.
    id: String,
    /// `phrasing` or `wrong_answer`.
    kind: String,
    /// The entry that is meant.
    entry: Option<String>,
    /// The customer's words, or what is wrong; masked.
    text: String,
    /// The account of whoever proposes it.
    agent: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

impl From<Proposal> for ProposalView {
    fn from(proposal: Proposal) -> Self {
        let Proposal { id, kind, entry, text, agent, at, .. } = proposal;
        Self { id, kind, entry, text, agent, at }
    }
}

const LONGEST_ENTRY: usize = 200;
const LONGEST_ID: usize = 64;

/// Proposes something to editors.
#[utoipa::path(
    post,
    path = "/desk/proposals",
    tag = "desk",
    request_body = ProposalRequest,
    responses((status = 201, description = "Proposed", body = ProposalView))
)]
pub async fn propose(
    State(app): State<App>,
    caller: Caller,
    JsonBody(request): JsonBody<ProposalRequest>,
) -> Result<(StatusCode, Json<ProposalView>), Problem> {
    check_text("text", &request.text, app.config().limits.question_chars)?;
    for (field, value, longest) in
        [("entry", &request.entry, LONGEST_ENTRY), ("conversation", &request.conversation, LONGEST_ID)]
    {
        if let Some(value) = value {
            check_text(field, value, longest)?;
        }
    }
    let masked = |text: Option<String>| text.map(|text| mask(&text).text);
    let text = mask(&request.text).text;
    let proposal = Proposal {
        id: new_id("proposal"),
        kind: request.kind.name().to_owned(),
        entry: masked(request.entry),
        language: crate::text::language::detect(&text).map(|language| language.to_string()),
        text,
        conversation: masked(request.conversation),
        agent: caller.actor.id.clone(),
        at: clock::now(),
    };
    let mut tx = app.store().write().await?;
    notes::propose(&mut *tx, &proposal).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(proposal.into())))
}

/// What agents propose.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProposalPage {
    /// The newest first.
    data: Vec<ProposalView>,
    /// Always null: there is one page.
    next_cursor: Option<String>,
}

/// Proposals that are listed.
const MOST_PROPOSALS: i64 = 200;

/// Lists what agents propose and nobody has settled: the newest 200.
#[utoipa::path(
    get,
    path = "/editor/proposals",
    tag = "editors",
    responses((status = 200, description = "Proposals", body = ProposalPage))
)]
pub async fn proposals(State(app): State<App>) -> Result<Json<ProposalPage>, Problem> {
    let found = notes::proposals(&mut *app.store().read().await?, MOST_PROPOSALS).await?;
    Ok(Json(ProposalPage { data: found.into_iter().map(ProposalView::from).collect(), next_cursor: None }))
}

/// Settles a proposal, taken up or not.
#[utoipa::path(
    post,
    path = "/editor/proposals/{id}/settle",
    tag = "editors",
    params(("id" = String, Path, description = "The proposal's id")),
    responses((status = 204, description = "Settled"))
)]
pub async fn settle(State(app): State<App>, Segment(id): Segment) -> Result<StatusCode, Problem> {
    let mut tx = app.store().write().await?;
    if !notes::settle(&mut *tx, &id, clock::now()).await? {
        return Err(Code::NotFound.into());
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
