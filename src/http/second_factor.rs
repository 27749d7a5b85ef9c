//! One's own authenticator: shown, confirmed, taken away.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::http::auth::origin;
use crate::http::caller::Person;
use crate::http::error::Problem;
use crate::http::extract::JsonBody;
use crate::people::password::Password;
use crate::people::recovery::RecoveryCode;
use crate::staff::second_factor;

/// The password, again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfferRequest {
    /// The password.
    #[schema(value_type = String, format = Password)]
    password: Password,
}

/// What an authenticator scans. This answer is the only one that shows it.
#[derive(Serialize, ToSchema)]
pub struct OfferView {
    /// The secret in base32, to be typed.
    secret: String,
    /// The `otpauth://` address, to be scanned.
    uri: String,
}

/// Offers a secret for an authenticator. It counts for nothing until it is confirmed.
#[utoipa::path(
    post,
    path = "/auth/totp",
    tag = "signing in",
    request_body = OfferRequest,
    responses((status = 200, description = "The secret", body = OfferView))
)]
pub async fn offer(
    State(app): State<App>,
    person: Person,
    JsonBody(request): JsonBody<OfferRequest>,
) -> Result<Json<OfferView>, Problem> {
    let Person { whence, session, .. } = &person;
    let (account, digest, origin) = (&session.account, &session.digest, origin(whence));
    let offered = second_factor::offer(app.store(), app.hashing(), account, digest, &request.password, &origin).await?;
    Ok(Json(OfferView { secret: offered.secret, uri: offered.uri }))
}

/// A code of the authenticator.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmRequest {
    /// The six digits.
    code: String,
}

/// Codes for when the authenticator is lost. This answer is the only one that shows them.
#[derive(Serialize, ToSchema)]
pub struct RecoveryView {
    /// The codes, each good once.
    recovery_codes: Vec<String>,
}

/// Confirms the secret that was offered: from now on signing in needs a code. Ends one's other sessions.
#[utoipa::path(
    post,
    path = "/auth/totp/confirm",
    tag = "signing in",
    request_body = ConfirmRequest,
    responses((status = 200, description = "Confirmed", body = RecoveryView))
)]
pub async fn confirm(
    State(app): State<App>,
    person: Person,
    JsonBody(request): JsonBody<ConfirmRequest>,
) -> Result<Json<RecoveryView>, Problem> {
    let Person { whence, session, .. } = &person;
    let codes = second_factor::confirm(app.store(), &session.digest, &request.code, &origin(whence)).await?;
    Ok(Json(RecoveryView { recovery_codes: codes.iter().map(RecoveryCode::expose).collect() }))
}

/// Both factors, again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveRequest {
    /// The password.
    #[schema(value_type = String, format = Password)]
    password: Password,
    /// The authenticator's code, or one of those on paper.
    code: String,
}

/// Takes the authenticator away.
#[utoipa::path(
    delete,
    path = "/auth/totp",
    tag = "signing in",
    request_body = RemoveRequest,
    responses((status = 204, description = "Taken away"))
)]
pub async fn remove(
    State(app): State<App>,
    person: Person,
    JsonBody(request): JsonBody<RemoveRequest>,
) -> Result<StatusCode, Problem> {
    let both = (&request.password, request.code.as_str());
    let (account, origin) = (&person.session.account, origin(&person.whence));
    second_factor::remove(app.store(), app.hashing(), account, both, &origin).await?;
    Ok(StatusCode::NO_CONTENT)
}
