//! `/admin/webhooks`: which of the operator's systems are told what happens.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use axum::http::header::ETAG;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::clock;
use crate::http::admin::{expected, known_shape};
use crate::http::caller::Caller;
use crate::http::error::{Code, Problem};
use crate::http::extract::{JsonBody, Segment};
use crate::http::people::Whole;
use crate::people::signature::SigningSecret;
use crate::people::webhook::EventKind;
use crate::store::webhooks::{self as stored, Status, Webhook};
use crate::text::sensitive::mask;
use crate::webhooks::endpoints::{self, Change, Wanted};

/// Whether an endpoint is sent anything.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum WebhookStatus {
    /// It is.
    Active,
    /// It is not.
    Disabled,
}

/// A webhook, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookView {
    /// Its id.
    id: String,
    /// Where it is.
    url: String,
    /// What people call it.
    description: String,
    /// What it is told of; empty for everything.
    #[schema(value_type = Vec<EventKind>)]
    events: BTreeSet<String>,
    /// Whether it is sent anything.
    status: WebhookStatus,
    /// Why not.
    disabled_reason: Option<String>,
    /// Since when every attempt has failed; after five days of that it is disabled.
    #[schema(value_type = Option<String>, format = DateTime)]
    failing_since: Option<Timestamp>,
    /// Until when the secret before signs too.
    #[schema(value_type = Option<String>, format = DateTime)]
    old_secret_until: Option<Timestamp>,
    /// The id of whoever made it.
    created_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Its version, as `If-Match` takes it.
    version: i64,
}

impl From<Webhook> for WebhookView {
    fn from(webhook: Webhook) -> Self {
        Self {
            id: webhook.id,
            url: webhook.url,
            description: webhook.description,
            events: webhook.events,
            status: match webhook.status {
                Status::Active => WebhookStatus::Active,
                Status::Disabled => WebhookStatus::Disabled,
            },
            disabled_reason: webhook.disabled_reason,
            failing_since: webhook.failing_since,
            old_secret_until: webhook.old_secret.map(|(_, until)| until),
            created_by: webhook.created_by,
            created_at: webhook.created_at,
            version: webhook.version,
        }
    }
}

/// Lists all webhooks.
#[utoipa::path(
    get,
    path = "/admin/webhooks",
    tag = "administration",
    responses((status = 200, description = "All webhooks, the newest first", body = Whole<WebhookView>))
)]
pub async fn list(State(app): State<App>) -> Result<Json<Whole<WebhookView>>, Problem> {
    let webhooks = stored::list(&mut *app.store().read().await?).await?;
    Ok(Json(Whole::of(webhooks.into_iter().map(WebhookView::from))))
}

/// Which webhook is wanted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookRequest {
    /// Where it is: https, unless `[connectors] allowed_hosts` names the host.
    #[schema(max_length = 2000, examples("https://shop.example/hooks/yingda"))]
    url: String,
    /// What people call it.
    #[serde(default)]
    #[schema(max_length = 200)]
    description: String,
    /// What it is told of; everything where nothing is named.
    #[serde(default)]
    #[schema(value_type = Vec<EventKind>)]
    events: BTreeSet<EventKind>,
}

/// A webhook with its secret.
#[derive(Serialize, ToSchema)]
pub struct NewWebhookView {
    /// The webhook.
    webhook: WebhookView,
    /// What signs (Standard Webhooks); shown this once.
    secret: String,
}

impl NewWebhookView {
    fn of((webhook, secret): (Webhook, SigningSecret)) -> Self {
        Self { webhook: webhook.into(), secret: secret.expose() }
    }
}

/// Makes a webhook.
///
/// What happens from then on is sent as `{"type", "timestamp", "data"}` with the headers `webhook-id` (the same over all
/// attempts), `webhook-timestamp` and `webhook-signature`, until it is answered with a status of 200 to 299, for more than a
/// day; 410 ends it all.
#[utoipa::path(
    post,
    path = "/admin/webhooks",
    tag = "administration",
    request_body = WebhookRequest,
    responses((status = 201, description = "Made", body = NewWebhookView))
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    JsonBody(request): JsonBody<WebhookRequest>,
) -> Result<(StatusCode, Json<NewWebhookView>), Problem> {
    let WebhookRequest { url, description, events } = request;
    let description = mask(&description).text;
    let made = endpoints::create(&app, &Wanted { url, description, events }, &caller.by(clock::now())).await?;
    app.deliveries().wake_now();
    Ok((StatusCode::CREATED, Json(NewWebhookView::of(made))))
}

/// A webhook under its version.
type Versioned = ([(HeaderName, String); 1], Json<WebhookView>);

fn versioned(webhook: Webhook) -> Versioned {
    ([(ETAG, format!("\"{}\"", webhook.version))], Json(webhook.into()))
}

/// Shows one webhook; its `ETag` is what a change sends as `If-Match`.
#[utoipa::path(
    get,
    path = "/admin/webhooks/{id}",
    tag = "administration",
    params(("id" = String, Path, description = "The webhook's id")),
    responses((status = 200, description = "The webhook", body = WebhookView))
)]
pub async fn show(State(app): State<App>, Segment(id): Segment) -> Result<Versioned, Problem> {
    let webhook = stored::get(&mut *app.store().read().await?, &known_shape(id)?).await?;
    Ok(versioned(webhook.ok_or(Code::NotFound)?))
}

/// What is to change; what is not given stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookChange {
    /// Where it is.
    #[schema(max_length = 2000)]
    url: Option<String>,
    /// What people call it.
    #[schema(max_length = 200)]
    description: Option<String>,
    /// What it is told of; empty for everything.
    #[schema(value_type = Option<Vec<EventKind>>)]
    events: Option<BTreeSet<EventKind>>,
    /// Whether it is sent anything. What waits when it is disabled is laid aside.
    status: Option<WebhookStatus>,
}

/// Changes a webhook.
#[utoipa::path(
    patch,
    path = "/admin/webhooks/{id}",
    tag = "administration",
    params(
        ("id" = String, Path, description = "The webhook's id"),
        ("If-Match" = String, Header, description = "The version that was read (`\"3\"`)"),
    ),
    request_body = WebhookChange,
    responses((status = 200, description = "Changed", body = WebhookView))
)]
pub async fn change(
    State(app): State<App>,
    caller: Caller,
    Segment(id): Segment,
    headers: HeaderMap,
    JsonBody(request): JsonBody<WebhookChange>,
) -> Result<Versioned, Problem> {
    let (id, expected) = (known_shape(id)?, expected(&headers)?);
    let WebhookChange { url, description, events, status } = request;
    let description = description.map(|description| mask(&description).text);
    let status = status.map(|status| match status {
        WebhookStatus::Active => Status::Active,
        WebhookStatus::Disabled => Status::Disabled,
    });
    let change = Change { url, description, events, status };
    let changed = endpoints::change(&app, &id, expected, &change, &caller.by(clock::now())).await?;
    app.deliveries().wake_now();
    Ok(versioned(changed))
}

/// Takes a webhook away, with what it was and is to be sent.
#[utoipa::path(
    delete,
    path = "/admin/webhooks/{id}",
    tag = "administration",
    params(("id" = String, Path, description = "The webhook's id")),
    responses((status = 204, description = "Taken away"))
)]
pub async fn remove(State(app): State<App>, caller: Caller, Segment(id): Segment) -> Result<StatusCode, Problem> {
    endpoints::remove(&app, &known_shape(id)?, &caller.by(clock::now())).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a webhook another secret; the one before signs too for 24 hours.
#[utoipa::path(
    post,
    path = "/admin/webhooks/{id}/secret",
    tag = "administration",
    params(("id" = String, Path, description = "The webhook's id")),
    responses((status = 200, description = "The new secret", body = NewWebhookView))
)]
pub async fn rotate(
    State(app): State<App>,
    caller: Caller,
    Segment(id): Segment,
) -> Result<Json<NewWebhookView>, Problem> {
    let rotated = endpoints::rotate(&app, &known_shape(id)?, &caller.by(clock::now())).await?;
    Ok(Json(NewWebhookView::of(rotated)))
}
