//! `/conversations/{id}/identity`: a visitor becomes known, by the word of the shop's server.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::chat::beginning::Opened;
use crate::chat::blocks::Writer;
use crate::chat::identifying::identify;
use crate::clock;
use crate::desk::owner::Status;
use crate::http::blocked::{Client, Talking, refuse_blocked};
use crate::http::error::Problem;
use crate::http::extract::JsonBody;
use crate::people::identity::{Identity, verify};

/// By whose word a visitor is known.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IdentityRequest {
    /// A JWT (HS256) of the shop's server: `sub`, `aud`, `exp` within an hour.
    #[schema(max_length = 4096)]
    identity: String,
}

/// A conversation whose visitor is known.
#[derive(Serialize, ToSchema)]
pub struct IdentifiedView {
    /// Its id.
    id: String,
    /// What it is reached by from now on; the token before is good no longer.
    token: String,
    /// Who owns it.
    status: Status,
}

/// Says who talks in a conversation.
///
/// It is said once: the same customer may say it again, and another one is refused. The conversation gets another token, and
/// streams that were opened with the one before end.
#[utoipa::path(
    post,
    path = "/conversations/{id}/identity",
    tag = "conversations",
    params(("id" = String, Path, description = "The conversation's id")),
    request_body = IdentityRequest,
    responses((status = 200, description = "The visitor is known", body = IdentifiedView))
)]
pub async fn identity(
    State(app): State<App>,
    client: Client,
    Talking(own): Talking,
    JsonBody(request): JsonBody<IdentityRequest>,
) -> Result<Json<IdentifiedView>, Problem> {
    let identity = verified(&app, &request.identity)?;
    refuse_blocked(&app, &Writer { subject: Some(&identity.subject), ..client.writer() })?;
    let Opened { id, token } = identify(&app, &own.id, &identity).await?;
    Ok(Json(IdentifiedView { id, token, status: own.owner.status() }))
}

/// Returns who a token says that somebody is; what is wrong with one is told to nobody but the log.
pub(super) fn verified(app: &App, token: &str) -> Result<Identity, Problem> {
    let config = &app.config().identity;
    verify(token, &config.keys, &config.audience, clock::now()).map_err(|fault| {
        app.metrics().note_refusal("identity");
        tracing::debug!(%fault, "an identity is refused");
        let said = if fault.is_of_time() { "it has expired, or is not valid yet" } else { "it is not valid" };
        Problem::field("identity", said)
    })
}
