//! `/editor/entries`, `/editor/categories`: all entries at a glance, with what editors should know of each.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::clock;
use crate::http::caller::Caller;
use crate::http::editor::SetQuery;
use crate::http::error::{Code, Problem};
use crate::http::extract::Query;
use crate::http::list::checked_limit;
use crate::knowledge::condition::Condition;
use crate::knowledge::entry::{Entry, EntryId, Validity};
use crate::publishing::editing::overview::{EntryState, Overview, overview};
use crate::text::language::LanguageTag;
use crate::text::normalise::normalise;

/// An entry at a glance.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryCard {
    /// Its id.
    id: EntryId,
    /// The category it is in.
    category: String,
    /// Its standard question.
    question: String,
    /// Ways to ask it in Chinese, the standard question among them.
    n_phrasings: usize,
    /// The languages that it has a text in.
    languages: Vec<String>,
    /// What the change set does to it.
    state: EntryState,
    /// What is to be known of it.
    flags: BTreeSet<Condition>,
    /// The team that answers for it.
    owner: Option<String>,
    /// The first day of all its texts by which somebody should read it again.
    #[schema(value_type = Option<String>, format = Date)]
    review_by: Option<Date>,
    /// When it may be shown.
    valid: Validity,
}

/// Which entries are looked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EntriesQuery {
    /// A change set's id; as elsewhere where it is not given.
    set: Option<String>,
    /// What an id or a phrasing holds.
    #[param(max_length = 200)]
    q: Option<String>,
    /// A category.
    category: Option<String>,
    /// What the change set does to it, or what is to be known of it: `new`, `changed`, `removed`, `expiring` …
    state: Option<String>,
    /// How many a page, 1 to 500.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(pattern = "^[0-9]{1,9}$")]
    cursor: Option<String>,
}

/// A page of entries, by category and id.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryCards {
    /// The change set; null on the live revision.
    set: Option<String>,
    /// The entries.
    data: Vec<EntryCard>,
    /// How many there are in each state and with each flag, whatever is looked for; `all` for all.
    counts: BTreeMap<String, usize>,
    /// Where the next page begins; null on the last one.
    next_cursor: Option<String>,
}

const ENTRIES: usize = 100;
const MOST_ENTRIES: usize = 500;
const LONGEST_SEARCH: usize = 200;

/// Lists the entries as they are in a change set.
#[utoipa::path(
    get,
    path = "/editor/entries",
    tag = "editors",
    params(EntriesQuery),
    responses((status = 200, description = "Entries by category and id", body = EntryCards))
)]
pub async fn entries(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<EntriesQuery>,
) -> Result<Json<EntryCards>, Problem> {
    let limit = checked_limit(query.limit, ENTRIES, MOST_ENTRIES)?;
    let skip: usize = match query.cursor.as_deref().map(str::parse::<u32>) {
        None => 0,
        Some(Ok(skip)) => skip as usize,
        Some(Err(_)) => return Err(Problem::field("cursor", "take next_cursor of the page before, as it is")),
    };
    if query.q.as_ref().is_some_and(|q| q.chars().nth(LONGEST_SEARCH).is_some()) {
        return Err(Problem::field("q", format!("at most {LONGEST_SEARCH} characters")));
    }
    let all = overview(app.store(), query.set.as_deref(), &caller.actor).await?;
    let switches = app.switches();
    let listed = tokio::task::spawn_blocking(move || {
        let content = &all.content;
        let zone = TimeZone::get(&content.calendar.timezone).unwrap_or(TimeZone::UTC);
        let here = clock::now().to_zoned(zone);
        let mut cards: Vec<(&Entry, EntryCard)> = Vec::with_capacity(content.entries.len());
        let mut counts = BTreeMap::from([("all".to_owned(), content.entries.len())]);
        for entry in &content.entries {
            let mut flags = entry.conditions(content, &here);
            if switches.hides(&entry.id) {
                flags.insert(Condition::SwitchedOff);
            }
            let state = all.state(&entry.id.0);
            for name in names(state, &flags) {
                *counts.entry(name).or_default() += 1;
            }
            cards.push((entry, card(entry, state, flags)));
        }
        cards.sort_by_cached_key(|(entry, _)| place(&all, entry));
        let wanted = |(entry, card): &(&Entry, EntryCard)| {
            query.category.as_ref().is_none_or(|category| *category == entry.category)
                && query.state.as_ref().is_none_or(|state| names(card.state, &card.flags).any(|name| name == *state))
                && query.q.as_deref().is_none_or(|q| holds(entry, q))
        };
        let mut found = cards.into_iter().filter(wanted).skip(skip);
        let data: Vec<EntryCard> = found.by_ref().take(limit).map(|(_, card)| card).collect();
        let next_cursor = found.next().map(|_| (skip + limit).to_string());
        EntryCards { set: all.set.clone(), data, counts, next_cursor }
    });
    Ok(Json(listed.await.map_err(|_| Code::Internal)?))
}

/// The names by which a state and flags are counted and looked for.
fn names(state: EntryState, flags: &BTreeSet<Condition>) -> impl Iterator<Item = String> {
    let name = |value: serde_json::Result<serde_json::Value>| Some(value.ok()?.as_str()?.to_owned());
    let flags: Vec<String> = flags.iter().filter_map(|flag| name(serde_json::to_value(flag))).collect();
    name(serde_json::to_value(state)).into_iter().chain(flags)
}

/// Its place in the list: by category as customers see them, then by id.
fn place(all: &Overview, entry: &Entry) -> (usize, EntryId) {
    let category = all.content.categories.iter().position(|category| category.name == entry.category);
    (category.unwrap_or(usize::MAX), entry.id.clone())
}

fn holds(entry: &Entry, q: &str) -> bool {
    let wanted = normalise(q);
    let phrasings = entry.texts.values().flat_map(|text| text.phrasings());
    entry.id.0.contains(q.trim()) || phrasings.into_iter().any(|phrasing| normalise(phrasing).contains(&wanted))
}

fn card(entry: &Entry, state: EntryState, flags: BTreeSet<Condition>) -> EntryCard {
    EntryCard {
        id: entry.id.clone(),
        category: entry.category.clone(),
        question: entry.texts.get(&LanguageTag::zh_cn()).map(|text| text.question.clone()).unwrap_or_default(),
        n_phrasings: entry.n_phrasings(),
        languages: entry.texts.keys().map(ToString::to_string).collect(),
        state,
        flags,
        owner: entry.owner.clone(),
        review_by: entry.texts.values().filter_map(|text| text.review_by).min(),
        valid: entry.valid,
    }
}

/// A category.
#[derive(Debug, Serialize, ToSchema)]
pub struct CategoryCard {
    /// Its folder.
    id: String,
    /// Its title per language.
    title: BTreeMap<String, String>,
    /// Its entries.
    n: usize,
}

/// The categories, in their order.
#[derive(Debug, Serialize, ToSchema)]
pub struct CategoryCards {
    /// The categories.
    data: Vec<CategoryCard>,
    /// Null: all are listed.
    next_cursor: Option<String>,
}

/// Lists the categories as they are in a change set.
#[utoipa::path(
    get,
    path = "/editor/categories",
    tag = "editors",
    params(SetQuery),
    responses((status = 200, description = "Categories in their order", body = CategoryCards))
)]
pub async fn categories(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<SetQuery>,
) -> Result<Json<CategoryCards>, Problem> {
    let all = overview(app.store(), query.set.as_deref(), &caller.actor).await?;
    let data = all.content.categories.iter().map(|category| CategoryCard {
        id: category.name.clone(),
        title: category.title.iter().map(|(language, title)| (language.to_string(), title.clone())).collect(),
        n: all.content.entries.iter().filter(|entry| entry.category == category.name).count(),
    });
    Ok(Json(CategoryCards { data: data.collect(), next_cursor: None }))
}
