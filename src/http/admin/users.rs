//! `/admin/users`: who has an account, what they are, and links by which they set a password.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use axum::http::header::ETAG;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::clock;
use crate::http::admin::{expected, known_shape};
use crate::http::caller::Caller;
use crate::http::error::{Code, Problem};
use crate::http::extract::{JsonBody, Segment};
use crate::http::people::{AccountView, LinkView, Whole};
use crate::people::account::{Account, AccountId};
use crate::people::account_name::AccountName;
use crate::people::role::Role;
use crate::staff::accounts::{self, Change, Invitation, Taking};
use crate::store::people::accounts as stored;

/// Lists all accounts.
#[utoipa::path(
    get,
    path = "/admin/users",
    tag = "administration",
    responses((status = 200, description = "All accounts, by name", body = Whole<AccountView>))
)]
pub async fn list(State(app): State<App>) -> Result<Json<Whole<AccountView>>, Problem> {
    let accounts = stored::list(&mut *app.store().read().await?).await?;
    Ok(Json(Whole::of(accounts.iter().map(AccountView::from))))
}

/// Who is to join.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InviteRequest {
    /// The name to sign in with.
    #[schema(value_type = String, pattern = "^[a-z0-9._@-]{2,64}$")]
    name: AccountName,
    /// What people see; the name where it is not given.
    #[schema(min_length = 1, max_length = 64)]
    display_name: Option<String>,
    /// What they are to be.
    #[serde(default)]
    #[schema(value_type = Vec<Role>)]
    roles: BTreeSet<Role>,
    /// The departments whose customers and cases they see; all where none is given.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    departments: BTreeSet<String>,
}

/// An account with a link by which its holder sets a password.
#[derive(Serialize, ToSchema)]
pub struct InvitedView {
    /// The account.
    account: AccountView,
    /// The link, shown this once.
    link: LinkView,
}

/// Invites somebody.
#[utoipa::path(
    post,
    path = "/admin/users",
    tag = "administration",
    request_body = InviteRequest,
    responses((status = 201, description = "Invited", body = InvitedView))
)]
pub async fn invite(
    State(app): State<App>,
    caller: Caller,
    JsonBody(request): JsonBody<InviteRequest>,
) -> Result<(StatusCode, Json<InvitedView>), Problem> {
    let InviteRequest { name, display_name, roles, departments } = request;
    let invitation = Invitation { name, display_name, roles, departments };
    let good_for = SignedDuration::from_hours(app.config().people.invitation_hours.into());
    let (account, link) = accounts::invite(app.store(), &invitation, good_for, &caller.by(clock::now())).await?;
    let view = InvitedView {
        account: AccountView::from(&account),
        link: LinkView::of(&app.config().server.public_url, &link),
    };
    Ok((StatusCode::CREATED, Json(view)))
}

/// An account under its version.
type Versioned = ([(HeaderName, String); 1], Json<AccountView>);

fn versioned(account: &Account) -> Versioned {
    ([(ETAG, format!("\"{}\"", account.version))], Json(account.into()))
}

/// Shows one account; its `ETag` is what a change sends as `If-Match`.
#[utoipa::path(
    get,
    path = "/admin/users/{id}",
    tag = "administration",
    params(("id" = String, Path, description = "The account's id")),
    responses((status = 200, description = "The account", body = AccountView))
)]
pub async fn show(State(app): State<App>, Segment(id): Segment) -> Result<Versioned, Problem> {
    let account = stored::get(&mut *app.store().read().await?, &AccountId(known_shape(id)?)).await?;
    Ok(versioned(&account.ok_or(Code::NotFound)?))
}

/// What is to change; what is not given stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeRequest {
    /// What people see.
    #[schema(min_length = 1, max_length = 64)]
    display_name: Option<String>,
    /// What its holder is.
    #[schema(value_type = Option<Vec<Role>>)]
    roles: Option<BTreeSet<Role>>,
    /// The departments whose customers and cases its holder sees; empty for all.
    #[schema(value_type = Option<Vec<String>>)]
    departments: Option<BTreeSet<String>>,
    /// Whether nobody may sign in with it; sessions end at once.
    disabled: Option<bool>,
}

/// Changes an account. What its holder may do changes at once.
#[utoipa::path(
    patch,
    path = "/admin/users/{id}",
    tag = "administration",
    params(
        ("id" = String, Path, description = "The account's id"),
        ("If-Match" = String, Header, description = "The version that was read (`\"3\"`)"),
    ),
    request_body = ChangeRequest,
    responses((status = 200, description = "Changed", body = AccountView))
)]
pub async fn change(
    State(app): State<App>,
    caller: Caller,
    Segment(id): Segment,
    headers: HeaderMap,
    JsonBody(request): JsonBody<ChangeRequest>,
) -> Result<Versioned, Problem> {
    let (id, expected) = (AccountId(known_shape(id)?), expected(&headers)?);
    let ChangeRequest { display_name, roles, departments, disabled } = request;
    let change = Change { display_name, roles, departments, disabled };
    let account = accounts::change(app.store(), &id, expected, &change, &caller.by(clock::now())).await?;
    Ok(versioned(&account))
}

/// What is reset.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResetRequest {
    /// Whether the authenticator is taken away at once, as it was lost with the codes on paper.
    #[serde(default)]
    second_factor: bool,
}

/// Hands out a link by which an account's holder sets another password; earlier links of the account end.
#[utoipa::path(
    post,
    path = "/admin/users/{id}/reset",
    tag = "administration",
    params(("id" = String, Path, description = "The account's id")),
    request_body = ResetRequest,
    responses((status = 201, description = "The link", body = InvitedView))
)]
pub async fn reset(
    State(app): State<App>,
    caller: Caller,
    Segment(id): Segment,
    JsonBody(request): JsonBody<ResetRequest>,
) -> Result<(StatusCode, Json<InvitedView>), Problem> {
    let id = AccountId(known_shape(id)?);
    let taking = if request.second_factor { Taking::SecondFactor } else { Taking::Nothing };
    let (account, link) = accounts::reset(app.store(), &id, taking, &caller.by(clock::now())).await?;
    let view = InvitedView {
        account: AccountView::from(&account),
        link: LinkView::of(&app.config().server.public_url, &link),
    };
    Ok((StatusCode::CREATED, Json(view)))
}
