//! `/desk/feedback`: what customers think, one by one.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::desk::feedback::{Opinion, Ratings, Topic, UnhelpfulReason};
use crate::http::caller::Caller;
use crate::http::error::Problem;
use crate::http::extract::Query;
use crate::http::list::checked_limit;
use crate::people::account::Account;
use crate::store::feedback::{self, ALL_OF_IT, Feedback, Place, Wanted};
use crate::store::people::accounts;

/// What a customer thinks.
#[derive(Serialize, ToSchema)]
#[schema(as = Feedback)]
pub struct FeedbackView {
    /// The conversation.
    conversation: String,
    /// The message that is meant; null for all of it.
    message_seq: Option<i64>,
    /// The entry that was shown.
    entry: Option<String>,
    /// The intent that was understood.
    intent: Option<String>,
    /// What the bot decided.
    decision: Option<String>,
    /// The content's revision.
    revision: Option<String>,
    /// The account of the agent who wrote it.
    agent: Option<String>,
    /// Whether it helped.
    helpful: Option<bool>,
    /// Why it did not.
    reason: Option<UnhelpfulReason>,
    /// From 1 to 5.
    ratings: Ratings,
    /// Whether they would use the service again.
    again: Option<bool>,
    /// In their own words, masked.
    comment: Option<String>,
    /// When they said so last.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

impl From<Feedback> for FeedbackView {
    fn from(feedback: Feedback) -> Self {
        let Feedback { conversation, message_seq, topic, opinion, at } = feedback;
        let Topic { entry, intent, decision, revision, agent } = topic;
        let Opinion { helpful, reason, ratings, again, comment } = opinion;
        let message_seq = (message_seq != ALL_OF_IT).then_some(message_seq);
        Self {
            conversation,
            message_seq,
            entry,
            intent,
            decision,
            revision,
            agent,
            helpful,
            reason,
            ratings,
            again,
            comment,
            at,
        }
    }
}

/// A page of what customers think.
#[derive(Serialize, ToSchema)]
pub struct FeedbackPage {
    /// The newest first.
    data: Vec<FeedbackView>,
    /// Where the next page begins; null on the last one.
    next_cursor: Option<String>,
}

/// Which opinions are looked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct FeedbackQuery {
    /// About an entry.
    entry: Option<String>,
    /// About what an agent wrote: their account.
    agent: Option<String>,
    /// Said at or after this.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Said before this.
    #[param(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    /// 1 to 100; 20 where it is not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

const USUAL_PAGE: usize = 20;
const LARGEST_PAGE: usize = 100;

/// Lists what customers think, the newest first. Whoever has departments sees what is about the bot and their own agents.
#[utoipa::path(
    get,
    path = "/desk/feedback",
    tag = "desk",
    params(FeedbackQuery),
    responses((status = 200, description = "What customers think", body = FeedbackPage))
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<FeedbackQuery>,
) -> Result<Json<FeedbackPage>, Problem> {
    let limit = checked_limit(query.limit, USUAL_PAGE, LARGEST_PAGE)?;
    let before = query.cursor.as_deref().map(parse_cursor).transpose()?;
    let mut tx = app.store().read().await?;
    let only_agents = match caller.actor.departments.is_empty() {
        true => None,
        false => {
            let is_own = |account: &Account| account.departments.iter().any(|name| caller.actor.may_in(name));
            let own = accounts::list(&mut *tx).await?.into_iter().filter(is_own);
            Some(own.map(|account| account.id.0).collect())
        }
    };
    let FeedbackQuery { entry, agent, from, until, .. } = query;
    let wanted = Wanted { entry, agent, only_agents, from, until, before };
    let mut found = feedback::list(&mut *tx, &wanted, limit as i64 + 1).await?;
    let is_more = found.len() > limit;
    found.truncate(limit);
    let next_cursor = found.last().filter(|_| is_more).map(cursor);
    Ok(Json(FeedbackPage { data: found.into_iter().map(FeedbackView::from).collect(), next_cursor }))
}

fn cursor(last: &Feedback) -> String {
    format!("{}.{}.{}", last.at.as_millisecond(), last.message_seq, last.conversation)
}

fn parse_cursor(cursor: &str) -> Result<Place, Problem> {
    let parsed = || {
        let mut parts = cursor.splitn(3, '.');
        let at = Timestamp::from_millisecond(parts.next()?.parse().ok()?).ok()?;
        let seq = parts.next()?.parse().ok()?;
        Some((at, parts.next()?.to_owned(), seq))
    };
    parsed().ok_or_else(|| Problem::field("cursor", "take next_cursor of the page before, as it is"))
}
