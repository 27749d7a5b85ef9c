//! `/editor/misses`, `/editor/weak`: what the bot missed, put together, and where it is weak; one click makes phrasings of it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::clock;
use crate::evaluation::misses::Proposal;
use crate::http::caller::Caller;
use crate::http::error::Problem;
use crate::http::extract::{JsonBody, Query};
use crate::http::list::checked_limit;
use crate::knowledge::condition::ENOUGH_PHRASINGS;
use crate::knowledge::entry::EntryId;
use crate::publishing::learning::{self, Attached, Attaching, Confused, MissedGroup, is_unanswered};
use crate::snapshot::Snapshot;
use crate::store::asked::Asked;
use crate::text::language::LanguageTag;

/// A question that customers were not helped with.
#[derive(Debug, Serialize, ToSchema)]
pub struct MissedQuestion {
    /// What was asked, with numbers of cards and the like masked.
    text: String,
    /// The language of the reply.
    language: String,
    /// How often it was asked.
    n: i64,
    /// What was said about it the last time.
    outcome: String,
    /// When it was asked last.
    #[schema(value_type = String, format = DateTime)]
    last_at: Timestamp,
}

/// How often what went wrong.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Kinds {
    /// There was no answer.
    unanswered: i64,
    /// The bot asked back.
    clarified: i64,
    /// The answer did not help.
    unhelpful: i64,
    /// A person was asked for.
    handed_off: i64,
}

/// An entry that is proposed.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProposedEntry {
    /// Which.
    entry: EntryId,
    /// Its standard question.
    question: String,
    /// How likely it is the right one.
    confidence: f64,
}

/// Missed questions that ask for one thing.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MissedGroup)]
pub struct GroupView {
    /// Names it as long as its first question is the same.
    id: String,
    /// Its questions, the most frequent first.
    questions: Vec<MissedQuestion>,
    /// How often they were asked together.
    n: i64,
    /// What went wrong.
    kinds: Kinds,
    /// The entry that they seem to be about; null where a new one may be wanted.
    proposal: Option<ProposedEntry>,
    /// Whether the bot answered with an entry all the same: what is proposed may be the answer that did not help.
    is_conflict: bool,
}

/// Missed questions, group by group.
#[derive(Debug, Serialize, ToSchema)]
pub struct Groups {
    /// The groups: those with a conflict first, then the most frequent.
    data: Vec<GroupView>,
    /// How many groups there are.
    n_groups: usize,
    /// How many questions.
    n_questions: usize,
    /// Where the next page begins; null on the last one.
    next_cursor: Option<String>,
}

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct GroupsQuery {
    /// How many a page, 1 to 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(pattern = "^[0-9]{1,9}$")]
    cursor: Option<String>,
}

const GROUPS: usize = 50;
const MOST_GROUPS: usize = 200;

/// Lists what customers were not helped with, put together by what it asks.
#[utoipa::path(
    get,
    path = "/editor/misses",
    tag = "editors",
    params(GroupsQuery),
    responses((status = 200, description = "Groups of questions", body = Groups))
)]
pub async fn list(State(app): State<App>, Query(query): Query<GroupsQuery>) -> Result<Json<Groups>, Problem> {
    let limit = checked_limit(query.limit, GROUPS, MOST_GROUPS)?;
    let skip = match query.cursor.as_deref().map(str::parse::<u32>) {
        None => 0,
        Some(Ok(skip)) => skip as usize,
        Some(Err(_)) => return Err(Problem::field("cursor", "take next_cursor of the page before, as it is")),
    };
    let snapshot = app.live().current();
    let learned = app.misses().of(app.store(), &snapshot, clock::now()).await?;
    let n_questions = learned.groups.iter().map(|group| group.questions.len()).sum();
    let mut groups: Vec<GroupView> = learned.groups.into_iter().map(|group| view(group, &snapshot)).collect();
    groups.sort_by_key(|group| !group.is_conflict);
    let n_groups = groups.len();
    let next_cursor = (n_groups > skip + limit).then(|| (skip + limit).to_string());
    let data = groups.into_iter().skip(skip).take(limit).collect();
    Ok(Json(Groups { data, n_groups, n_questions, next_cursor }))
}

fn view(group: MissedGroup, snapshot: &Snapshot) -> GroupView {
    let mut kinds = Kinds::default();
    for asked in &group.questions {
        match asked.outcome.as_str() {
            "clarify" => kinds.clarified += asked.n,
            _ if is_unanswered(asked) => kinds.unanswered += asked.n,
            _ => {}
        }
        kinds.unhelpful += asked.n_unhelpful;
        kinds.handed_off += asked.n_handed_off;
    }
    let first = group.questions.first().map(|asked| format!("{}\0{}", asked.language, asked.text));
    let id = Sha256::digest(first.unwrap_or_default().as_bytes());
    let proposal = group.proposal.map(|Proposal { entry, confidence }| ProposedEntry {
        question: question_of(snapshot, &entry),
        entry,
        confidence,
    });
    let answered_so = |asked: &Asked| proposal.as_ref().is_some_and(|proposed| proposed.entry.0 == asked.outcome);
    GroupView {
        id: id.iter().take(6).map(|byte| format!("{byte:02x}")).collect(),
        n: group.questions.iter().map(|asked| asked.n).sum(),
        is_conflict: group.questions.iter().any(|asked| asked.n_unhelpful > 0 && answered_so(asked)),
        kinds,
        proposal,
        questions: group.questions.into_iter().map(MissedQuestion::from).collect(),
    }
}

impl From<Asked> for MissedQuestion {
    fn from(asked: Asked) -> Self {
        let Asked { text, language, n, outcome, last_at, .. } = asked;
        Self { text, language, n, outcome, last_at }
    }
}

fn question_of(snapshot: &Snapshot, entry: &EntryId) -> String {
    let text = snapshot.assistant.content().entry(entry).and_then(|entry| entry.texts.get(&LanguageTag::zh_cn()));
    text.map(|text| text.question.clone()).unwrap_or_default()
}

/// Questions that are to be phrasings of an entry.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AttachRequest {
    /// A change set's id; as elsewhere where it is not given.
    set: Option<String>,
    /// The questions, 1 to 200 of them.
    #[schema(min_items = 1, max_items = 200)]
    texts: Vec<String>,
    /// The entry.
    #[schema(value_type = String)]
    entry: EntryId,
    /// Their language (BCP 47).
    #[schema(value_type = String, pattern = "^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$")]
    language: LanguageTag,
    /// Whether the gate is to hold them from now on.
    #[serde(default)]
    label: bool,
}

/// A question that became no phrasing.
#[derive(Debug, Serialize, ToSchema)]
pub struct Skipped {
    /// The question.
    text: String,
    /// Why.
    why: String,
}

/// What came of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Attached)]
pub struct AttachedView {
    /// The change set that holds it; null where nothing is changed in any.
    set: Option<String>,
    /// What is a phrasing now.
    added: Vec<String>,
    /// What is none.
    skipped: Vec<Skipped>,
}

/// Texts that are dealt with at once.
const MOST_TEXTS: usize = 200;

fn checked_texts(texts: &[String], longest: usize) -> Result<(), Problem> {
    if texts.is_empty() || texts.len() > MOST_TEXTS {
        return Err(Problem::field("texts", format!("1 to {MOST_TEXTS} texts")));
    }
    let fits = |text: &String| !text.trim().is_empty() && text.chars().nth(longest).is_none();
    if texts.iter().all(fits) {
        Ok(())
    } else {
        Err(Problem::field("texts", format!("1 to {longest} characters each")))
    }
}

/// Makes missed questions phrasings of an entry, in a change set, and where that is wished lines of the gate.
#[utoipa::path(
    post,
    path = "/editor/misses/attach",
    tag = "editors",
    request_body = AttachRequest,
    responses((status = 200, description = "What became a phrasing", body = AttachedView))
)]
pub async fn attach(
    State(app): State<App>,
    caller: Caller,
    JsonBody(request): JsonBody<AttachRequest>,
) -> Result<Json<AttachedView>, Problem> {
    checked_texts(&request.texts, app.config().limits.question_chars)?;
    let AttachRequest { set, texts, entry, language, label } = request;
    let snapshot = app.live().current();
    let attaching = Attaching { set, texts, language, entry, label };
    let by = caller.by(clock::now());
    let done = learning::attach(app.store(), app.misses(), &snapshot.assistant, &attaching, &by).await?;
    let Attached { set, added, skipped } = done;
    let skipped = skipped.into_iter().map(|(text, why)| Skipped { text, why }).collect();
    Ok(Json(AttachedView { set, added, skipped }))
}

/// Questions that are put aside.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DismissRequest {
    /// The questions, 1 to 200 of them.
    #[schema(min_items = 1, max_items = 200)]
    texts: Vec<String>,
    /// Their language (BCP 47).
    #[schema(value_type = String, pattern = "^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$")]
    language: LanguageTag,
}

/// Puts missed questions aside for 90 days.
#[utoipa::path(
    post,
    path = "/editor/misses/dismiss",
    tag = "editors",
    request_body = DismissRequest,
    responses((status = 204, description = "They are not shown for 90 days"))
)]
pub async fn dismiss(
    State(app): State<App>,
    JsonBody(request): JsonBody<DismissRequest>,
) -> Result<StatusCode, Problem> {
    checked_texts(&request.texts, app.config().limits.question_chars)?;
    learning::dismiss(app.store(), app.misses(), &request.texts, &request.language, clock::now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An entry with few phrasings.
#[derive(Debug, Serialize, ToSchema)]
pub struct FewPhrasings {
    /// Which.
    entry: EntryId,
    /// Its standard question.
    question: String,
    /// How many phrasings it has.
    n_phrasings: usize,
}

/// Two entries that the bot does not tell apart.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConfusedPair {
    /// One of them.
    entry: EntryId,
    /// The other.
    other: EntryId,
    /// How often it asked back between them.
    n: i64,
    /// A question that it did so with.
    example: String,
}

/// Where the bot is weak.
#[derive(Debug, Serialize, ToSchema)]
pub struct Weak {
    /// Entries with fewer than three phrasings: one more is worth most there.
    few: Vec<FewPhrasings>,
    /// Pairs of entries, the most frequent first.
    confused: Vec<ConfusedPair>,
}

/// Entries and pairs that are listed.
const MOST_WEAK: usize = 200;

/// Shows where the bot is weak: entries with few phrasings, and entries that it confuses.
#[utoipa::path(
    get,
    path = "/editor/weak",
    tag = "editors",
    responses((status = 200, description = "Where more phrasings help most", body = Weak))
)]
pub async fn weak(State(app): State<App>) -> Result<Json<Weak>, Problem> {
    let snapshot = app.live().current();
    let learned = app.misses().of(app.store(), &snapshot, clock::now()).await?;
    let entries = snapshot.assistant.content().entries.iter();
    let mut few: Vec<FewPhrasings> = entries
        .filter(|entry| entry.n_phrasings() < ENOUGH_PHRASINGS)
        .map(|entry| FewPhrasings {
            question: question_of(&snapshot, &entry.id),
            n_phrasings: entry.n_phrasings(),
            entry: entry.id.clone(),
        })
        .collect();
    few.sort_by_key(|few| few.n_phrasings);
    few.truncate(MOST_WEAK);
    let pairs = learned.confused.into_iter().take(MOST_WEAK);
    let confused =
        pairs.map(|Confused { entry, other, n, example }| ConfusedPair { entry, other, n, example }).collect();
    Ok(Json(Weak { few, confused }))
}
