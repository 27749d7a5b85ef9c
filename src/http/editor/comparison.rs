//! `/editor/comparison`, `/editor/alarms`: a revision beside the live one, and topics that rise all at once.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::alarms::SHOWN_FOR;
use crate::app::App;
use crate::clock;
use crate::desk::comparison::{Share, Tally, Verdict};
use crate::http::caller::Caller;
use crate::http::error::{Code, Problem};
use crate::publishing::comparing;
use crate::store::comparisons::{self, Comparison};
use crate::store::topics::{self, Alarm};

/// What customers made of a revision.
#[derive(Debug, Serialize, ToSchema)]
pub struct Side {
    /// The revision.
    revision: String,
    /// Conversations that began in the time, in which something was said.
    conversations: u64,
    /// Those that never went to a person.
    contained: Share,
    /// Of the answers that customers judged: those that helped.
    helpful: Share,
}

impl Side {
    fn of(revision: &str, tally: &Tally) -> Self {
        let Tally { conversations, contained, helpful, unhelpful } = *tally;
        Self {
            revision: revision.to_owned(),
            conversations,
            contained: Share::of(contained, conversations),
            helpful: Share::of(helpful, helpful + unhelpful),
        }
    }
}

/// Two revisions side by side.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Comparison)]
pub struct ComparisonView {
    /// Its id.
    id: String,
    /// The share of conversations, in percent, that the other revision answers.
    share: i64,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    started_at: Timestamp,
    /// The account of whoever began it.
    started_by: String,
    /// What they said about it.
    note: String,
    /// When it ended; null while it is under way.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Timestamp>,
    /// `stopped`, `promoted` (it went live), `superseded` (another did) or `unfit` (this version of yingda has not judged it).
    ended_how: Option<String>,
    /// What was live when it began.
    live: Side,
    /// What is tried.
    tried: Side,
    /// How what is tried does in keeping customers from needing a person.
    contained: Verdict,
    /// How its answers help.
    helpful: Verdict,
}

/// Comparisons, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Comparisons {
    /// The comparisons; one that is under way comes first.
    data: Vec<ComparisonView>,
    /// Null: the last ones are listed.
    next_cursor: Option<String>,
}

/// Comparisons that are listed.
const MOST_COMPARISONS: i64 = 10;

/// Shows the comparisons of revisions with what customers made of each; `POST /editor/publish` with a `share` begins one.
#[utoipa::path(
    get,
    path = "/editor/comparison",
    tag = "editors",
    responses((status = 200, description = "The last comparisons", body = Comparisons))
)]
pub async fn list(State(app): State<App>) -> Result<Json<Comparisons>, Problem> {
    let all = comparisons::list(&mut *app.store().read().await?, MOST_COMPARISONS).await?;
    let mut data = Vec::new();
    for comparison in all {
        let [live, tried] = comparing::tallies(app.store(), &comparison, clock::now()).await?;
        let (live, tried) = (Side::of(&comparison.against, &live), Side::of(&comparison.revision, &tried));
        let Comparison { id, share, started_at, started_by, note, ended_at, ended_how, .. } = comparison;
        let (contained, helpful) = (tried.contained.against(&live.contained), tried.helpful.against(&live.helpful));
        data.push(ComparisonView {
            id,
            share,
            started_at,
            started_by,
            note,
            ended_at,
            ended_how,
            live,
            tried,
            contained,
            helpful,
        });
    }
    Ok(Json(Comparisons { data, next_cursor: None }))
}

/// Stops the comparison that is under way: what is live answers everybody again.
#[utoipa::path(
    delete,
    path = "/editor/comparison",
    tag = "editors",
    responses((status = 204, description = "Stopped"), (status = 404))
)]
pub async fn stop(State(app): State<App>, caller: Caller) -> Result<StatusCode, Problem> {
    let there_was_one = comparing::stop(app.store(), &caller.by(clock::now())).await?;
    app.wake();
    if there_was_one { Ok(StatusCode::NO_CONTENT) } else { Err(Code::NotFound.into()) }
}

/// A topic that rose all at once.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Alarm)]
pub struct AlarmView {
    /// The topic: an entry's id, `intent:<name>`, `clarify` or `fallback`.
    topic: String,
    /// When it was noticed.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Questions in the 15 minutes before.
    n: i64,
    /// Questions in 15 minutes as a rule.
    usual: f64,
}

/// Alarms, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Alarms {
    /// The alarms of the last seven days.
    data: Vec<AlarmView>,
    /// Null: all are listed, 200 at most.
    next_cursor: Option<String>,
}

const MOST_ALARMS: i64 = 200;

/// Lists the topics that were asked about five times as often as usual, or more.
#[utoipa::path(
    get,
    path = "/editor/alarms",
    tag = "editors",
    responses((status = 200, description = "Alarms of the last seven days", body = Alarms))
)]
pub async fn alarms(State(app): State<App>) -> Result<Json<Alarms>, Problem> {
    let since = clock::now() - SHOWN_FOR;
    let found = topics::alarms(&mut *app.store().read().await?, since, MOST_ALARMS).await?;
    let view = |Alarm { topic, at, n, usual_tenths }| AlarmView { topic, at, n, usual: usual_tenths as f64 / 10.0 };
    Ok(Json(Alarms { data: found.into_iter().map(view).collect(), next_cursor: None }))
}
