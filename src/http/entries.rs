//! `GET /entries`, `GET /entries/{id}`, `GET /categories`: the knowledge base as it is shown to customers.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation;
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::dialogue::compose::{Composer, Reply};
use crate::http::error::{Code, Problem};
use crate::http::extract::{Query, Segment};
use crate::http::list::{Page, checked_limit, page, resume};
use crate::http::search::Suggestion;
use crate::http::work::{Cost, on, on_live};
use crate::knowledge::entry::{Entry, EntryId};
use crate::text::language::LanguageTag;

/// An entry in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntrySummary {
    /// Its id.
    entry: EntryId,
    /// Its standard question.
    question: String,
    /// The category it is in.
    category: String,
    /// The category's title.
    category_title: String,
    /// The beginning of its answer, as plain text.
    excerpt: String,
}

/// Characters (as people count them) of an excerpt.
const EXCERPT: usize = 120;

impl EntrySummary {
    /// Sums an entry up in the composer's language.
    pub fn of(entry: &Entry, composer: &Composer<'_>) -> Self {
        let text = composer.body(entry).text;
        let mut graphemes = text.grapheme_indices(true).skip(EXCERPT);
        let excerpt = match graphemes.next() {
            Some((end, _)) => format!("{}…", text[..end].trim_end()),
            None => text.clone(),
        };
        Self {
            entry: entry.id.clone(),
            question: composer.question(entry),
            category: entry.category.clone(),
            category_title: category_title(&entry.category, composer),
            excerpt: excerpt.replace('\n', " "),
        }
    }
}

fn category_title(name: &str, composer: &Composer<'_>) -> String {
    let category = composer.content.categories.iter().find(|category| category.name == name);
    category.map_or_else(|| name.to_owned(), |category| composer.title(&category.title))
}

/// Which entries are listed.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EntriesQuery {
    /// The language of the list.
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

/// Entries a page where a request does not say how many, and at most.
const ENTRIES: usize = 20;
const MOST_ENTRIES: usize = 100;

/// Lists the entries by category.
#[utoipa::path(
    get,
    path = "/entries",
    tag = "knowledge base",
    params(EntriesQuery),
    responses((status = 200, description = "Entries by category and id", body = Page<EntrySummary>))
)]
pub async fn entries(
    State(app): State<App>,
    Query(query): Query<EntriesQuery>,
) -> Result<Json<Page<EntrySummary>>, Problem> {
    let limit = checked_limit(query.limit, ENTRIES, MOST_ENTRIES)?;
    let (snapshot, offset) = resume(&app, query.cursor.as_deref())?;
    let page = on(&app, snapshot, Cost::Large, move |view| {
        let assistant = &view.snapshot.assistant;
        let language = query.language.unwrap_or_else(LanguageTag::zh_cn);
        let composer = view.composer(&language);
        let message = view.message("");
        let wanted = |entry: &&Entry| query.category.as_ref().is_none_or(|category| *category == entry.category);
        let listed = assistant.visible_entries(&message, view.now).filter(wanted);
        page(listed, offset, limit, assistant.revision(), |entry| EntrySummary::of(entry, &composer))
    });
    Ok(Json(page.await?))
}

/// In which language.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LanguageQuery {
    /// The language (BCP 47); Chinese where it is not given, and one that we have where we lack it.
    #[param(value_type = Option<String>, pattern = "^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$")]
    pub language: Option<LanguageTag>,
}

impl LanguageQuery {
    /// Returns the language that is meant.
    pub fn language(self) -> LanguageTag {
        self.language.unwrap_or_else(LanguageTag::zh_cn)
    }
}

/// An entry with its answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryPage {
    /// Its id.
    id: EntryId,
    /// The category it is in.
    category: String,
    /// The category's title.
    category_title: String,
    /// Its standard question.
    question: String,
    /// The answer with its buttons.
    #[serde(flatten)]
    answer: Reply,
    /// Entries that a reader may want next.
    related: Vec<Suggestion>,
    /// The first instant at which it is shown.
    #[schema(value_type = Option<String>, format = DateTime)]
    valid_from: Option<Timestamp>,
    /// The first instant at which it is not shown any more.
    #[schema(value_type = Option<String>, format = DateTime)]
    valid_until: Option<Timestamp>,
    /// The revision of the content.
    revision: String,
}

/// Shows one entry.
#[utoipa::path(
    get,
    path = "/entries/{id}",
    tag = "knowledge base",
    params(("id" = String, Path, description = "The entry's id", example = "refund-apply"), LanguageQuery),
    responses((status = 200, description = "The entry", body = EntryPage))
)]
pub async fn entry(
    State(app): State<App>,
    Segment(id): Segment,
    Query(query): Query<LanguageQuery>,
) -> Result<Json<EntryPage>, Problem> {
    let page = on_live(&app, Cost::Small, move |view| {
        let assistant = &view.snapshot.assistant;
        let message = view.message("");
        let language = query.language();
        let composer = view.composer(&language);
        let entry = assistant.visible_entry(&EntryId(id), &message, view.now)?;
        let related = entry.related.iter().filter_map(|id| assistant.visible_entry(id, &message, view.now));
        Some(EntryPage {
            id: entry.id.clone(),
            category: entry.category.clone(),
            category_title: category_title(&entry.category, &composer),
            question: composer.question(entry),
            answer: composer.answer(entry),
            related: related
                .map(|entry| Suggestion { entry: entry.id.clone(), question: composer.question(entry) })
                .collect(),
            valid_from: entry.valid.from,
            valid_until: entry.valid.until,
            revision: assistant.revision().to_owned(),
        })
    });
    page.await?.map(Json).ok_or_else(|| Problem::new(Code::NotFound).detail("there is no such entry"))
}

/// A category.
#[derive(Debug, Serialize, ToSchema)]
pub struct CategorySummary {
    /// Its name, as `category` parameters take it.
    name: String,
    /// Its title.
    title: String,
    /// How many of its entries are shown now.
    n_entries: usize,
}

/// Lists the categories in the editors' order.
#[utoipa::path(
    get,
    path = "/categories",
    tag = "knowledge base",
    params(LanguageQuery),
    responses((status = 200, description = "All categories", body = Page<CategorySummary>))
)]
pub async fn categories(
    State(app): State<App>,
    Query(query): Query<LanguageQuery>,
) -> Result<Json<Page<CategorySummary>>, Problem> {
    let page = on_live(&app, Cost::Large, move |view| {
        let assistant = &view.snapshot.assistant;
        let language = query.language();
        let composer = view.composer(&language);
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for entry in assistant.visible_entries(&view.message(""), view.now) {
            *counts.entry(&entry.category).or_default() += 1;
        }
        let all = &assistant.content().categories;
        page(all, 0, all.len(), assistant.revision(), |category| CategorySummary {
            name: category.name.clone(),
            title: composer.title(&category.title),
            n_entries: counts.get(category.name.as_str()).copied().unwrap_or_default(),
        })
    });
    Ok(Json(page.await?))
}
