//! `/editor/unanswered`: what customers asked and got no answer to.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::http::error::Problem;
use crate::http::extract::Query;
use crate::http::list::checked_limit;
use crate::store::asked::{self, Asked};

/// A question that was asked.
#[derive(Debug, Serialize, ToSchema)]
pub struct AskedQuestion {
    /// What was asked, with numbers of cards and the like masked.
    text: String,
    /// The language of the reply.
    language: String,
    /// The way in.
    channel: String,
    /// What was said about it the last time.
    outcome: String,
    /// How often it was asked.
    n: i64,
    /// When it was asked last.
    #[schema(value_type = String, format = DateTime)]
    last_at: Timestamp,
}

impl From<Asked> for AskedQuestion {
    fn from(asked: Asked) -> Self {
        let Asked { text, language, channel, outcome, n, last_at, .. } = asked;
        Self { text, language, channel, outcome, n, last_at }
    }
}

/// Questions, the most frequent first.
#[derive(Debug, Serialize, ToSchema)]
pub struct AskedQuestions {
    /// The questions.
    data: Vec<AskedQuestion>,
    /// Where the next page begins; null on the last one.
    next_cursor: Option<String>,
}

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AskedQuery {
    /// How many a page, 1 to 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(pattern = "^[0-9]{1,9}$")]
    cursor: Option<String>,
}

const QUESTIONS: usize = 50;
const MOST_QUESTIONS: usize = 200;

/// Lists questions of the last days that were not answered, or asked back about.
#[utoipa::path(
    get,
    path = "/editor/unanswered",
    tag = "editors",
    params(AskedQuery),
    responses((status = 200, description = "Questions, the most frequent first", body = AskedQuestions))
)]
pub async fn unanswered(
    State(app): State<App>,
    Query(query): Query<AskedQuery>,
) -> Result<Json<AskedQuestions>, Problem> {
    let limit = checked_limit(query.limit, QUESTIONS, MOST_QUESTIONS)?;
    let skip = match query.cursor.as_deref().map(str::parse::<u32>) {
        None => 0,
        Some(Ok(skip)) => skip as usize,
        Some(Err(_)) => return Err(Problem::field("cursor", "take next_cursor of the page before, as it is")),
    };
    let mut tx = app.store().read().await?;
    let mut found = asked::unanswered(&mut *tx, skip as i64, limit as i64 + 1).await?;
    let next_cursor = (found.len() > limit).then(|| (skip + limit).to_string());
    found.truncate(limit);
    Ok(Json(AskedQuestions { data: found.into_iter().map(AskedQuestion::from).collect(), next_cursor }))
}
