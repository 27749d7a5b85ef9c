//! `/admin/webhooks/…/deliveries`: what was sent to webhooks and what became of it; tried, and sent again.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::clock;
use crate::http::admin::known_shape;
use crate::http::caller::Caller;
use crate::http::error::{Code, Problem};
use crate::http::extract::{Query, Segment};
use crate::http::list::checked_limit;
use crate::store::deliveries::{self as stored, Delivery, Which};
use crate::store::webhooks;
use crate::webhooks::endpoints;

/// A delivery: one thing that happened, for one webhook.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryView {
    /// Its id.
    id: String,
    /// The webhook's id.
    webhook: String,
    /// What is sent as `webhook-id`: the name of what happened, the same over all attempts.
    event: String,
    /// What kind of thing happened (`conversation.closed` …), or `ping`.
    #[serde(rename = "type")]
    kind: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// `waiting`, `delivered` or `dead`.
    state: &'static str,
    /// Attempts that have ended.
    n_attempts: i64,
    /// When the last of them ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    tried_at: Option<Timestamp>,
    /// The status that it was answered with; null without an answer.
    status: Option<i64>,
    /// Why it failed.
    error: Option<String>,
    /// When it was delivered.
    #[schema(value_type = Option<String>, format = DateTime)]
    delivered_at: Option<Timestamp>,
    /// When it was laid aside.
    #[schema(value_type = Option<String>, format = DateTime)]
    dead_at: Option<Timestamp>,
}

impl From<Delivery> for DeliveryView {
    fn from(delivery: Delivery) -> Self {
        // What is sent holds what customers said, which is for the endpoint alone.
        let Delivery { id, webhook, event, kind, body: _, at, n_attempts, tried_at, status, error, .. } = delivery;
        let (delivered_at, dead_at) = (delivery.delivered_at, delivery.dead_at);
        let state = match (delivered_at, dead_at) {
            (Some(_), _) => "delivered",
            (None, Some(_)) => "dead",
            (None, None) => "waiting",
        };
        Self { id, webhook, event, kind, at, state, n_attempts, tried_at, status, error, delivered_at, dead_at }
    }
}

/// A page of deliveries.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryPage {
    /// The deliveries, the newest first.
    data: Vec<DeliveryView>,
    /// Where the next page begins; null on the last one. Pass it on as it is.
    next_cursor: Option<String>,
}

/// Which deliveries are listed.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeliveryQuery {
    /// Whether only those are listed that wait after a failure, or lie aside.
    failed: Option<bool>,
    /// How many a page, 1 to 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(pattern = "^[0-9]{1,15}\\.[a-z0-9_]{1,100}$")]
    cursor: Option<String>,
}

const DELIVERIES: usize = 50;
const MOST_DELIVERIES: usize = 200;

/// Lists what was and is to be sent to a webhook, the newest first.
#[utoipa::path(
    get,
    path = "/admin/webhooks/{id}/deliveries",
    tag = "administration",
    params(("id" = String, Path, description = "The webhook's id"), DeliveryQuery),
    responses((status = 200, description = "Deliveries", body = DeliveryPage))
)]
pub async fn list(
    State(app): State<App>,
    Segment(id): Segment,
    Query(query): Query<DeliveryQuery>,
) -> Result<Json<DeliveryPage>, Problem> {
    let limit = checked_limit(query.limit, DELIVERIES, MOST_DELIVERIES)?;
    let (at, before) = match &query.cursor {
        None => (Timestamp::MAX, String::new()),
        Some(cursor) => {
            parse_cursor(cursor).ok_or_else(|| Problem::field("cursor", "take next_cursor of the page before"))?
        }
    };
    let which = if query.failed == Some(true) { Which::Failed } else { Which::All };
    let mut tx = app.store().read().await?;
    let webhook = webhooks::get(&mut *tx, &known_shape(id)?).await?.ok_or(Code::NotFound)?;
    // One more than is shown says whether there is another page.
    let mut found = stored::list(&mut *tx, &webhook.id, which, (at, &before), limit as i64 + 1).await?;
    let is_last = found.len() <= limit;
    found.truncate(limit);
    let last = found.last().filter(|_| !is_last);
    let next_cursor = last.map(|last| format!("{}.{}", last.at.as_millisecond(), last.id));
    Ok(Json(DeliveryPage { data: found.into_iter().map(DeliveryView::from).collect(), next_cursor }))
}

fn parse_cursor(text: &str) -> Option<(Timestamp, String)> {
    let (at, id) = text.split_once('.')?;
    let at = Timestamp::from_millisecond(at.parse().ok()?).ok()?;
    Some((at, known_shape(id.to_owned()).ok()?))
}

/// Sends a webhook a `ping`, on the way of everything else.
#[utoipa::path(
    post,
    path = "/admin/webhooks/{id}/test",
    tag = "administration",
    params(("id" = String, Path, description = "The webhook's id")),
    responses((status = 202, description = "It is on its way", body = DeliveryView))
)]
pub async fn test(
    State(app): State<App>,
    caller: Caller,
    Segment(id): Segment,
) -> Result<(StatusCode, Json<DeliveryView>), Problem> {
    let sent = endpoints::test(&app, &known_shape(id)?, &caller.by(clock::now())).await?;
    on_its_way(sent, "the webhook is disabled")
}

/// Sends something again that was delivered or laid aside, under the same `webhook-id`.
#[utoipa::path(
    post,
    path = "/admin/webhooks/deliveries/{delivery}/replay",
    tag = "administration",
    params(("delivery" = String, Path, description = "The delivery's id")),
    responses((status = 202, description = "It is on its way", body = DeliveryView))
)]
pub async fn replay(
    State(app): State<App>,
    caller: Caller,
    Segment(delivery): Segment,
) -> Result<(StatusCode, Json<DeliveryView>), Problem> {
    let sent = endpoints::replay(&app, &known_shape(delivery)?, &caller.by(clock::now())).await?;
    on_its_way(sent, "it waits to be sent already, or the webhook is disabled")
}

fn on_its_way(sent: Option<Delivery>, otherwise: &str) -> Result<(StatusCode, Json<DeliveryView>), Problem> {
    let sent = sent.ok_or_else(|| Problem::new(Code::Conflict).detail(otherwise))?;
    Ok((StatusCode::ACCEPTED, Json(sent.into())))
}
