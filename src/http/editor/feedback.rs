//! `/editor/feedback/summary`: what customers think, entry by entry and of all of it; nobody is named.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::assistant::turn::rounded;
use crate::clock;
use crate::http::error::Problem;
use crate::http::extract::Query;
use crate::store::feedback::{self, ReasonCount, Sum, Sums};

/// Which period.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct SummaryQuery {
    /// Said at or after this; 30 days before the end where it is not given.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Said before this; now where it is not given.
    #[param(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
}

/// How far back a summary goes where nothing is said.
const USUAL_PERIOD: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What customers think.
#[derive(Serialize, ToSchema)]
pub struct FeedbackSummary {
    /// The first instant.
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    /// The first instant after the last.
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
    /// Of all of it.
    overall: OverallSummary,
    /// Entry by entry, the most spoken of first.
    entries: Vec<EntrySummary>,
}

/// What customers think of all of it.
#[derive(Serialize, ToSchema)]
pub struct OverallSummary {
    /// How many said something.
    n: i64,
    /// Who was helped.
    helpful: ShareView,
    /// How often each reason was given.
    reasons: BTreeMap<&'static str, i64>,
    /// The three dimensions.
    ratings: RatingsSummary,
    /// Who would use the service again.
    again: ShareView,
}

/// Three dimensions.
#[derive(Serialize, ToSchema)]
pub struct RatingsSummary {
    /// How soon an answer came.
    response_time: MeanView,
    /// How they were treated.
    attitude: MeanView,
    /// How well it was solved.
    resolution: MeanView,
}

/// What customers think of an entry.
#[derive(Serialize, ToSchema)]
pub struct EntrySummary {
    /// The entry.
    entry: String,
    /// How many said something.
    n: i64,
    /// Who was helped.
    helpful: ShareView,
    /// How often each reason was given.
    reasons: BTreeMap<&'static str, i64>,
}

/// A share of those who said yes or no.
#[derive(Serialize, ToSchema)]
pub struct ShareView {
    /// How many said one or the other.
    n: i64,
    /// How many said yes, 0 to 1; null where nobody said anything.
    share: Option<f64>,
}

/// A mean of points.
#[derive(Serialize, ToSchema)]
pub struct MeanView {
    /// How many gave points.
    n: i64,
    /// The mean, 1 to 5; null where nobody gave any.
    mean: Option<f64>,
}

fn mean(sum: Sum) -> Option<f64> {
    (sum.n > 0).then(|| rounded(sum.sum as f64 / sum.n as f64))
}

impl From<Sum> for ShareView {
    fn from(sum: Sum) -> Self {
        Self { n: sum.n, share: mean(sum) }
    }
}

impl From<Sum> for MeanView {
    fn from(sum: Sum) -> Self {
        Self { n: sum.n, mean: mean(sum) }
    }
}

/// Sums up what customers think.
#[utoipa::path(
    get,
    path = "/editor/feedback/summary",
    tag = "editors",
    params(SummaryQuery),
    responses((status = 200, description = "Of all of it, and entry by entry", body = FeedbackSummary))
)]
pub async fn summary(
    State(app): State<App>,
    Query(query): Query<SummaryQuery>,
) -> Result<Json<FeedbackSummary>, Problem> {
    let until = query.until.unwrap_or_else(clock::now);
    let usual = until.checked_sub(USUAL_PERIOD).unwrap_or(Timestamp::MIN);
    let from = query.from.unwrap_or(usual);
    if from >= until {
        return Err(Problem::field("from", "must be before until"));
    }
    let mut tx = app.store().read().await?;
    let (overall, entries) = feedback::sums(&mut *tx, from, until).await?;
    let given = feedback::reasons(&mut *tx, from, until).await?;
    let entries = entries.into_iter().map(|sums| {
        let reasons = counted(given.iter().filter(|count| count.entry == sums.entry));
        let Sums { entry, n, helpful, .. } = sums;
        EntrySummary { entry: entry.unwrap_or_default(), n, helpful: helpful.into(), reasons }
    });
    let entries = entries.collect();
    let Sums { n, helpful, response_time, attitude, resolution, again, .. } = overall;
    let ratings = RatingsSummary {
        response_time: response_time.into(),
        attitude: attitude.into(),
        resolution: resolution.into(),
    };
    let reasons = counted(given.iter());
    let overall = OverallSummary { n, helpful: helpful.into(), reasons, ratings, again: again.into() };
    Ok(Json(FeedbackSummary { from, until, overall, entries }))
}

fn counted<'c>(counts: impl Iterator<Item = &'c ReasonCount>) -> BTreeMap<&'static str, i64> {
    let mut by_name = BTreeMap::new();
    for ReasonCount { reason, n, .. } in counts {
        *by_name.entry(reason.name()).or_default() += n;
    }
    by_name
}
