//! `GET /suggest` while somebody types, `GET /search` for who looks for more than one answer.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::assistant::search::MAX_FOUND;
use crate::assistant::turn::Message;
use crate::http::ask::check_text;
use crate::http::entries::EntrySummary;
use crate::http::error::Problem;
use crate::http::extract::Query;
use crate::http::list::{Page, checked_limit, page, resume};
use crate::http::work::{Cost, on};
use crate::knowledge::entry::EntryId;
use crate::text::language::{LanguageTag, detect};

/// What is suggested for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SuggestQuery {
    /// What is typed so far; nothing for the top questions.
    #[serde(default)]
    #[param(max_length = 2000, required = false)]
    q: String,
    /// The language of the questions; that of what is typed where it is not given.
    #[param(value_type = Option<String>, pattern = "^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$")]
    language: Option<LanguageTag>,
    /// How many, 1 to 20.
    #[param(minimum = 1, maximum = 20)]
    limit: Option<u32>,
}

/// A question that can be sent as it stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct Suggestion {
    /// The entry that answers it.
    pub entry: EntryId,
    /// The entry's standard question.
    pub question: String,
}

/// Suggestions where a request does not say how many, and at most.
const SUGGESTIONS: usize = 5;
const MOST_SUGGESTIONS: usize = 20;

/// Suggests standard questions while somebody types.
#[utoipa::path(
    get,
    path = "/suggest",
    tag = "questions",
    params(SuggestQuery),
    responses((status = 200, description = "Questions, the likeliest first", body = Page<Suggestion>))
)]
pub async fn suggest(
    State(app): State<App>,
    Query(query): Query<SuggestQuery>,
) -> Result<Json<Page<Suggestion>>, Problem> {
    if !query.q.is_empty() {
        check_text("q", &query.q, app.config().limits.question_chars)?;
    }
    let limit = checked_limit(query.limit, SUGGESTIONS, MOST_SUGGESTIONS)?;
    let page = on(&app, app.live().current(), Cost::of_text(&query.q), move |view| {
        let assistant = &view.snapshot.assistant;
        let language = language_of(query.language, &query.q);
        let message = Message { limit, ..view.message(&query.q) };
        let composer = view.composer(&language);
        let found = assistant.suggest(&message, &language, &view.snapshot.index, view.now);
        page(found, 0, limit, assistant.revision(), |entry| Suggestion {
            entry: entry.id.clone(),
            question: composer.question(entry),
        })
    });
    Ok(Json(page.await?))
}

/// What is searched for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// The words.
    #[param(min_length = 1, max_length = 2000)]
    q: String,
    /// The language of the results; that of the words where it is not given.
    #[param(value_type = Option<String>, pattern = "^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$")]
    language: Option<LanguageTag>,
    /// A category's name: only its entries.
    category: Option<String>,
    /// How many a page, 1 to 100.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(pattern = "^[0-9A-Za-z]{1,64}\\.[0-9]{1,18}$")]
    cursor: Option<String>,
}

/// Results a page where a request does not say how many, and at most.
const RESULTS: usize = 20;
const MOST_RESULTS: usize = 100;

/// Searches the entries.
///
/// The matcher is the one that answers; the list is longer (at most 200) and goes on page by page.
#[utoipa::path(
    get,
    path = "/search",
    tag = "questions",
    params(SearchQuery),
    responses((status = 200, description = "Entries, the likeliest first", body = Page<EntrySummary>))
)]
pub async fn search(
    State(app): State<App>,
    Query(query): Query<SearchQuery>,
) -> Result<Json<Page<EntrySummary>>, Problem> {
    check_text("q", &query.q, app.config().limits.question_chars)?;
    let limit = checked_limit(query.limit, RESULTS, MOST_RESULTS)?;
    let (snapshot, offset) = resume(&app, query.cursor.as_deref())?;
    let page = on(&app, snapshot, Cost::Large, move |view| {
        let assistant = &view.snapshot.assistant;
        let language = language_of(query.language, &query.q);
        let message = Message { limit, ..view.message(&query.q) };
        let composer = view.composer(&language);
        let enough = (offset.saturating_add(limit) + 1).min(MAX_FOUND);
        let found = assistant.search(&message, &view.snapshot.index, view.now, enough, |entry| {
            query.category.as_ref().is_none_or(|category| *category == entry.category)
        });
        page(found, offset, limit, assistant.revision(), |entry| EntrySummary::of(entry, &composer))
    });
    Ok(Json(page.await?))
}

/// The language that is asked for, else that of a text, else Chinese.
pub(crate) fn language_of(asked: Option<LanguageTag>, text: &str) -> LanguageTag {
    asked.or_else(|| detect(text)).unwrap_or_else(LanguageTag::zh_cn)
}
