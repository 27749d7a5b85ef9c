//! `/admin/tokens`: which programs may do what.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::clock;
use crate::http::admin::known_shape;
use crate::http::caller::Caller;
use crate::http::error::Problem;
use crate::http::extract::{JsonBody, Segment};
use crate::http::people::Whole;
use crate::people::credential::KeptToken;
use crate::people::role::Permission;
use crate::people::secret::ApiToken;
use crate::staff::tokens::{self, Wanted};
use crate::store::people::tokens as stored;

/// An API token, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenView {
    /// Its id.
    id: String,
    /// What people call it.
    name: String,
    /// What it may do.
    scopes: BTreeSet<Permission>,
    /// The departments whose customers and cases it sees; empty for all.
    departments: BTreeSet<String>,
    /// The id of whoever made it.
    created_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it ends by itself.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
    /// When somebody ended it.
    #[schema(value_type = Option<String>, format = DateTime)]
    revoked_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    #[schema(value_type = Option<String>, format = DateTime)]
    used_at: Option<Timestamp>,
}

impl From<KeptToken> for TokenView {
    fn from(token: KeptToken) -> Self {
        let KeptToken { id, name, scopes, departments, created_by, created_at, expires_at, revoked_at, used_at } =
            token;
        Self { id, name, scopes, departments, created_by, created_at, expires_at, revoked_at, used_at }
    }
}

/// Lists all tokens.
#[utoipa::path(
    get,
    path = "/admin/tokens",
    tag = "administration",
    responses((status = 200, description = "All tokens, the newest first", body = Whole<TokenView>))
)]
pub async fn list(State(app): State<App>) -> Result<Json<Whole<TokenView>>, Problem> {
    let tokens = stored::list(&mut *app.store().read().await?).await?;
    Ok(Json(Whole::of(tokens.into_iter().map(TokenView::from))))
}

/// Which token is wanted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// What people call it.
    #[schema(min_length = 1, max_length = 64)]
    name: String,
    /// What it may do; nothing that the caller may not.
    #[schema(min_items = 1)]
    #[schema(value_type = Vec<Permission>)]
    scopes: BTreeSet<Permission>,
    /// The departments whose customers and cases it sees; all where none is given.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    departments: BTreeSet<String>,
    /// When it ends by itself; never where it is not given.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
}

/// A token with its secret.
#[derive(Serialize, ToSchema)]
pub struct NewTokenView {
    /// The token.
    token: TokenView,
    /// What programs send as `Authorization: Bearer …`; shown this once.
    secret: String,
}

impl NewTokenView {
    /// Shows a token that was made.
    pub fn of(token: KeptToken, secret: &ApiToken) -> Self {
        Self { token: token.into(), secret: secret.expose().to_owned() }
    }
}

/// Makes a token.
#[utoipa::path(
    post,
    path = "/admin/tokens",
    tag = "administration",
    request_body = TokenRequest,
    responses((status = 201, description = "Made", body = NewTokenView))
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    JsonBody(request): JsonBody<TokenRequest>,
) -> Result<(StatusCode, Json<NewTokenView>), Problem> {
    let TokenRequest { name, scopes, departments, expires_at } = request;
    let wanted = Wanted { name, scopes, departments, expires_at };
    let (token, secret) = tokens::create(app.store(), &wanted, &caller.by(clock::now())).await?;
    Ok((StatusCode::CREATED, Json(NewTokenView::of(token, &secret))))
}

/// Revokes a token, at once.
#[utoipa::path(
    delete,
    path = "/admin/tokens/{id}",
    tag = "administration",
    params(("id" = String, Path, description = "The token's id")),
    responses((status = 204, description = "Revoked"))
)]
pub async fn revoke(State(app): State<App>, caller: Caller, Segment(id): Segment) -> Result<StatusCode, Problem> {
    tokens::revoke(app.store(), &known_shape(id)?, &caller.by(clock::now())).await?;
    Ok(StatusCode::NO_CONTENT)
}
