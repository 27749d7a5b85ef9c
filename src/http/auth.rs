//! Signing in and out, the first account, invitations, and one's own password.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::clock;
use crate::http::caller::Person;
use crate::http::error::{Code, Problem};
use crate::http::extract::JsonBody;
use crate::http::people::AccountView;
use crate::http::whence::{Door, Whence};
use crate::people::account::Account;
use crate::people::account_name::AccountName;
use crate::people::password::Password;
use crate::people::role::Permission;
use crate::people::secret::csrf_token;
use crate::staff::failure::Failure;
use crate::staff::links::{self, Founder};
use crate::staff::sign_in::{Step, Typed, sign_in, sign_out};
use crate::staff::{passwords, proof::Origin};
use crate::text::language::LanguageTag;

/// The first administrator.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetUpRequest {
    /// The one-time link's secret, as the service printed it when it started.
    link: String,
    /// The name to sign in with.
    #[schema(value_type = String, pattern = "^[a-z0-9._@-]{2,64}$")]
    name: AccountName,
    /// The password: 12 characters at least, and none that others would try first.
    #[schema(value_type = String, format = Password, min_length = 12, max_length = 128)]
    password: Password,
    /// What people see; the name where it is not given.
    #[schema(min_length = 1, max_length = 64)]
    display_name: Option<String>,
}

/// Makes the first account, an administrator's.
///
/// There is nothing here once there is an account, or when the link was used or has ended.
#[utoipa::path(
    post,
    path = "/auth/setup",
    tag = "signing in",
    request_body = SetUpRequest,
    responses((status = 201, description = "The account; sign in with it", body = AccountView))
)]
pub async fn set_up(
    State(app): State<App>,
    Door(whence): Door,
    headers: HeaderMap,
    JsonBody(request): JsonBody<SetUpRequest>,
) -> Result<(StatusCode, Json<AccountView>), Problem> {
    let founder = Founder { name: request.name, display_name: request.display_name, password: request.password };
    let now = clock::now();
    let made = links::set_up(app.store(), app.hashing(), &request.link, &founder, &whence.address, now).await;
    let account = made.map_err(|failure| explained(failure, "password", &headers))?;
    Ok((StatusCode::CREATED, Json(AccountView::from(&account))))
}

/// Somebody who was invited, or whose password is reset.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JoinRequest {
    /// The one-time link's secret.
    link: String,
    /// The password: 12 characters at least, and none that others would try first.
    #[schema(value_type = String, format = Password, min_length = 12, max_length = 128)]
    password: Password,
    /// What people see; as it was where it is not given.
    #[schema(min_length = 1, max_length = 64)]
    display_name: Option<String>,
}

/// Sets the password of whoever was invited or whose password is reset, and ends their sessions.
#[utoipa::path(
    post,
    path = "/auth/join",
    tag = "signing in",
    request_body = JoinRequest,
    responses((status = 200, description = "The account; sign in with it", body = AccountView))
)]
pub async fn join(
    State(app): State<App>,
    Door(whence): Door,
    headers: HeaderMap,
    JsonBody(request): JsonBody<JoinRequest>,
) -> Result<Json<AccountView>, Problem> {
    let JoinRequest { link, password, display_name } = request;
    let (store, hashing, now) = (app.store(), app.hashing(), clock::now());
    let joined = links::join(store, hashing, &link, &password, display_name.as_deref(), &whence.address, now).await;
    let account = joined.map_err(|failure| explained(failure, "password", &headers))?;
    Ok(Json(AccountView::from(&account)))
}

/// What somebody types to sign in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoginRequest {
    /// The name.
    name: String,
    /// The password.
    #[schema(value_type = String, format = Password)]
    password: Password,
    /// The authenticator's code, or one of those on paper, where the account has a second factor.
    code: Option<String>,
}

/// Who has signed in.
#[derive(Serialize, ToSchema)]
pub struct SessionView {
    /// The account; null while the second factor is needed.
    account: Option<AccountView>,
    /// What it may do.
    permissions: BTreeSet<Permission>,
    /// What every change must send as `X-CSRF-Token`.
    csrf_token: Option<String>,
    /// When the session ends whatever is done with it.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
    /// Whether nobody is signed in yet, as the authenticator's code is needed besides.
    second_factor_needed: bool,
}

impl SessionView {
    fn of(account: &Account, csrf_token: String, expires_at: Timestamp) -> Self {
        Self {
            account: Some(account.into()),
            permissions: account.actor().permissions,
            csrf_token: Some(csrf_token),
            expires_at: Some(expires_at),
            second_factor_needed: false,
        }
    }
}

/// Signs somebody in: the answer sets the session's cookie.
///
/// Unknown names, wrong passwords, wrong codes and disabled accounts get the same answer.
#[utoipa::path(
    post,
    path = "/auth/login",
    tag = "signing in",
    request_body = LoginRequest,
    responses((status = 200, description = "Signed in, or the second factor is needed", body = SessionView))
)]
pub async fn login(
    State(app): State<App>,
    Door(whence): Door,
    JsonBody(request): JsonBody<LoginRequest>,
) -> Result<Response, Problem> {
    let typed = Typed { name: request.name, password: request.password, code: request.code };
    let now = clock::now();
    let step = sign_in(app.store(), app.hashing(), &app.config().people, &typed, &whence.origin(now)).await;
    let step = step.map_err(|failure| match failure {
        Failure::WrongProof => Problem::new(Code::WrongCredentials),
        failure => failure.into(),
    })?;
    let Step::SignedIn(done) = step else {
        let view = SessionView {
            account: None,
            permissions: BTreeSet::new(),
            csrf_token: None,
            expires_at: None,
            second_factor_needed: true,
        };
        return Ok(Json(view).into_response());
    };
    let seconds = done.session.expires_at.duration_since(now).as_secs();
    let cookie = whence.set_cookie(done.token.expose(), seconds)?;
    let view = SessionView::of(&done.account, csrf_token(&done.token), done.session.expires_at);
    Ok(([(SET_COOKIE, cookie)], Json(view)).into_response())
}

/// Ends the session.
#[utoipa::path(
    post,
    path = "/auth/logout",
    tag = "signing in",
    responses((status = 204, description = "Signed out"))
)]
pub async fn logout(State(app): State<App>, person: Person) -> Result<Response, Problem> {
    let session = &person.session;
    sign_out(app.store(), &session.account, &session.digest, &person.by(clock::now())).await?;
    let cookie = person.whence.set_cookie("", 0)?;
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, cookie)]).into_response())
}

/// Says who has signed in.
#[utoipa::path(
    get,
    path = "/auth/session",
    tag = "signing in",
    responses((status = 200, description = "The session", body = SessionView))
)]
pub async fn session(person: Person) -> Json<SessionView> {
    let session = person.session;
    Json(SessionView::of(&session.account, session.csrf_token, session.kept.expires_at))
}

/// A change of one's own password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordRequest {
    /// The present one.
    #[schema(value_type = String, format = Password)]
    current: Password,
    /// The new one.
    #[schema(value_type = String, format = Password, min_length = 12, max_length = 128)]
    new: Password,
}

/// Changes one's own password and ends one's other sessions.
#[utoipa::path(
    post,
    path = "/auth/password",
    tag = "signing in",
    request_body = PasswordRequest,
    responses((status = 204, description = "Changed"))
)]
pub async fn password(
    State(app): State<App>,
    person: Person,
    headers: HeaderMap,
    JsonBody(request): JsonBody<PasswordRequest>,
) -> Result<StatusCode, Problem> {
    let Person { whence, session, .. } = &person;
    let both = (&request.current, &request.new);
    let origin = origin(whence);
    let changed = passwords::change(app.store(), app.hashing(), &session.account, &session.digest, both, &origin).await;
    changed.map_err(|failure| explained(failure, "new", &headers))?;
    Ok(StatusCode::NO_CONTENT)
}

/// An attempt that is made now.
pub(super) fn origin(whence: &Whence) -> Origin<'_> {
    whence.origin(clock::now())
}

/// Why a password is refused is said in the reader's language: it is read by whoever has to think of a better one.
fn explained(failure: Failure, field: &str, headers: &HeaderMap) -> Problem {
    let Failure::Weak(weak) = failure else { return failure.into() };
    let accepted = headers.get("accept-language").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let first = accepted.split([',', ';']).next().unwrap_or_default().trim();
    Problem::field(field, weak.advice(&LanguageTag::parse(first).unwrap_or_else(LanguageTag::en)))
}
