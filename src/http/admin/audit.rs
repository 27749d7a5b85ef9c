//! `/admin/audit`: who did what, and whether anybody has touched what is written of it.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::http::error::Problem;
use crate::http::extract::Query;
use crate::http::list::checked_limit;
use crate::people::actor::ActorKind;
use crate::people::audit::{Action, AuditEvent};
use crate::people::chain::AuditRecord;
use crate::people::redacted::Redacted;
use crate::store::audit::{self, Filter};

/// Which lines are listed.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// The id of whoever did it.
    actor: Option<String>,
    /// What was done.
    action: Option<Action>,
    /// The id of what it was done to.
    subject: Option<String>,
    /// The first instant.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// The first instant after the last.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
    /// How many a page, 1 to 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(pattern = "^[0-9]{1,18}$")]
    cursor: Option<String>,
}

/// A line of the audit.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditLine {
    /// Its number, without gaps.
    seq: u64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The id of whoever did it.
    actor: String,
    /// What kind of actor that is.
    actor_kind: ActorKind,
    /// What was done.
    action: Action,
    /// The id of what it was done to.
    subject: String,
    /// What was there before, without secrets.
    #[schema(value_type = Option<Object>)]
    before: Option<Redacted>,
    /// What has been there since, without secrets.
    #[schema(value_type = Option<Object>)]
    after: Option<Redacted>,
    /// The client's address.
    address: Option<String>,
    /// The hash of this line, over all of it and the line before.
    hash: String,
}

impl From<AuditRecord> for AuditLine {
    fn from(record: AuditRecord) -> Self {
        let AuditEvent { at, actor, actor_kind, action, subject, before, after, address } = record.event;
        Self { seq: record.seq, at, actor, actor_kind, action, subject, before, after, address, hash: record.hash }
    }
}

/// A page of the audit.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditPage {
    /// The lines, the newest first.
    data: Vec<AuditLine>,
    /// Where the next page begins; null on the last one. Pass it on as it is.
    next_cursor: Option<String>,
}

/// Lines a page where a request does not say how many, and at most.
const LINES: usize = 50;
const MOST_LINES: usize = 200;

/// Lists what people did, the newest first.
#[utoipa::path(
    get,
    path = "/admin/audit",
    tag = "administration",
    params(AuditQuery),
    responses((status = 200, description = "Lines of the audit", body = AuditPage))
)]
pub async fn list(State(app): State<App>, Query(query): Query<AuditQuery>) -> Result<Json<AuditPage>, Problem> {
    let limit = checked_limit(query.limit, LINES, MOST_LINES)?;
    let cursor = query.cursor.as_deref().map(parse_cursor).transpose()?;
    let AuditQuery { actor, action, subject, from, to, .. } = query;
    let filter = Filter { actor: plain("actor", actor)?, action, subject: plain("subject", subject)?, from, until: to };
    let mut tx = app.store().read().await?;
    // One more than is shown says whether there is another page.
    let mut records = audit::find(&mut *tx, &filter, cursor, limit as i64 + 1).await?;
    let is_last = records.len() <= limit;
    records.truncate(limit);
    let next_cursor = records.last().filter(|_| !is_last).map(|record| record.seq.to_string());
    Ok(Json(AuditPage { data: records.into_iter().map(AuditLine::from).collect(), next_cursor }))
}

fn parse_cursor(text: &str) -> Result<i64, Problem> {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    let seq = text.parse().ok().filter(|_| digits);
    seq.ok_or_else(|| Problem::field("cursor", "take next_cursor of the page before, as it is"))
}

/// No id holds a control character, and not every database takes one.
fn plain(field: &str, value: Option<String>) -> Result<Option<String>, Problem> {
    match value {
        Some(text) if text.chars().any(char::is_control) => {
            Err(Problem::field(field, "no id holds control characters"))
        }
        value => Ok(value),
    }
}

/// Whether the audit is as it was written.
#[derive(Debug, Serialize, ToSchema)]
pub struct Verified {
    /// Whether every line follows from the one before it, and the last one is the one written last.
    ok: bool,
    /// How many lines hold.
    n: u64,
    /// The hash of the last line that holds, to be kept elsewhere: whoever can write every line can write them all anew.
    head: Option<String>,
    /// The first line that does not hold.
    broken_at: Option<u64>,
}

/// Verifies the whole audit.
#[utoipa::path(
    get,
    path = "/admin/audit/verify",
    tag = "administration",
    responses((status = 200, description = "Whether it holds", body = Verified))
)]
pub async fn verify(State(app): State<App>) -> Result<Json<Verified>, Problem> {
    let verified = audit::verify_all(&mut *app.store().read().await?).await?;
    Ok(Json(match verified {
        Ok(head) => Verified { ok: true, n: head.seq, head: Some(head.hash), broken_at: None },
        Err(broken) => Verified { ok: false, n: broken.seq.saturating_sub(1), head: None, broken_at: Some(broken.seq) },
    }))
}
