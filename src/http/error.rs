//! What a client is told when a request fails: RFC 9457 problem details, every code from one table.

use axum::Json;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::people::account::Refused;
use crate::publishing::refusal::Refusal;
use crate::staff::failure::Failure;
use crate::store::error::StoreError;

/// The media type of problem details.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// A stable name of what went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The body is no JSON.
    InvalidJson,
    /// Objects and lists of the body lie too deep within one another.
    JsonTooDeep,
    /// The body did not arrive in time.
    BodyTimeout,
    /// The body is too large.
    BodyTooLarge,
    /// The body is no `application/json`.
    UnsupportedMediaType,
    /// A field or parameter is missing, unknown, or has a value that cannot be.
    InvalidField,
    /// The caller has not signed in, or the session or token has ended.
    NotSignedIn,
    /// The name, the password or the code is wrong; nobody is told which.
    WrongCredentials,
    /// The password or the code that is to be shown again is wrong.
    WrongProof,
    /// The caller may not do this.
    NotAllowed,
    /// A change that no page of the session has sent.
    Csrf,
    /// Passwords do not travel in the clear.
    HttpsRequired,
    /// The visitor may not write.
    Blocked,
    /// There is nothing at this address.
    NotFound,
    /// The address does not know this method.
    MethodNotAllowed,
    /// A cursor of a list that is no longer live.
    CursorExpired,
    /// What was to be changed is another now.
    Changed,
    /// A change does not say which state it was made on.
    PreconditionRequired,
    /// What was wished for does not fit what is there.
    Conflict,
    /// Another account has the name.
    NameTaken,
    /// Nobody could manage accounts any more.
    LastAdmin,
    /// This client asked too often.
    TooManyRequests,
    /// Too many attempts to sign in have failed.
    TooManyAttempts,
    /// Too many requests are being answered.
    Overloaded,
    /// The store cannot be used right now.
    StoreUnavailable,
    /// The service starts or ends.
    NotReady,
    /// A fault of ours; the log says which.
    Internal,
}

impl Code {
    /// All codes, for the documentation.
    pub const ALL: [Code; 27] = [
        Code::InvalidJson,
        Code::JsonTooDeep,
        Code::BodyTimeout,
        Code::BodyTooLarge,
        Code::UnsupportedMediaType,
        Code::InvalidField,
        Code::NotSignedIn,
        Code::WrongCredentials,
        Code::WrongProof,
        Code::NotAllowed,
        Code::Csrf,
        Code::HttpsRequired,
        Code::Blocked,
        Code::NotFound,
        Code::MethodNotAllowed,
        Code::CursorExpired,
        Code::Changed,
        Code::PreconditionRequired,
        Code::Conflict,
        Code::NameTaken,
        Code::LastAdmin,
        Code::TooManyRequests,
        Code::TooManyAttempts,
        Code::Overloaded,
        Code::StoreUnavailable,
        Code::NotReady,
        Code::Internal,
    ];

    /// Returns the status and the title of a code: the table.
    pub fn status_and_title(self) -> (StatusCode, &'static str) {
        match self {
            Code::InvalidJson => (StatusCode::BAD_REQUEST, "The body is not valid JSON."),
            Code::JsonTooDeep => (StatusCode::BAD_REQUEST, "The JSON is nested too deeply."),
            Code::BodyTimeout => (StatusCode::REQUEST_TIMEOUT, "The body did not arrive in time."),
            Code::BodyTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "The body is too large."),
            Code::UnsupportedMediaType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "The body must be application/json."),
            Code::InvalidField => (StatusCode::UNPROCESSABLE_ENTITY, "A field or parameter is invalid."),
            Code::NotSignedIn => (StatusCode::UNAUTHORIZED, "Sign in first."),
            Code::WrongCredentials => (StatusCode::UNAUTHORIZED, "The name, the password or the code is wrong."),
            Code::WrongProof => (StatusCode::FORBIDDEN, "The password or the code is wrong."),
            Code::NotAllowed => (StatusCode::FORBIDDEN, "You may not do this."),
            Code::Csrf => (StatusCode::FORBIDDEN, "The request does not come from a page of this session."),
            Code::HttpsRequired => (StatusCode::FORBIDDEN, "Sign in by https."),
            Code::Blocked => (StatusCode::FORBIDDEN, "You cannot write here at the moment."),
            Code::NotFound => (StatusCode::NOT_FOUND, "There is nothing here."),
            Code::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "The method is not allowed here."),
            Code::CursorExpired => (StatusCode::CONFLICT, "The list has changed; begin again without a cursor."),
            Code::Changed => (StatusCode::PRECONDITION_FAILED, "It is another now; look at it again."),
            Code::PreconditionRequired => {
                (StatusCode::PRECONDITION_REQUIRED, "Say which state is changed: If-Match, or If-None-Match: *.")
            }
            Code::Conflict => (StatusCode::CONFLICT, "It does not fit what is there."),
            Code::NameTaken => (StatusCode::CONFLICT, "The name is taken."),
            Code::LastAdmin => (StatusCode::CONFLICT, "The last administrator must stay one."),
            Code::TooManyRequests => (StatusCode::TOO_MANY_REQUESTS, "Too many requests from this client."),
            Code::TooManyAttempts => (StatusCode::TOO_MANY_REQUESTS, "Too many attempts have failed; wait."),
            Code::Overloaded => (StatusCode::SERVICE_UNAVAILABLE, "Too busy right now."),
            Code::StoreUnavailable => (StatusCode::SERVICE_UNAVAILABLE, "The store cannot be used right now."),
            Code::NotReady => (StatusCode::SERVICE_UNAVAILABLE, "Not ready."),
            Code::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side."),
        }
    }

    /// Returns the code's name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Code::InvalidJson => "invalid_json",
            Code::JsonTooDeep => "json_too_deep",
            Code::BodyTimeout => "body_timeout",
            Code::BodyTooLarge => "body_too_large",
            Code::UnsupportedMediaType => "unsupported_media_type",
            Code::InvalidField => "invalid_field",
            Code::NotSignedIn => "not_signed_in",
            Code::WrongCredentials => "wrong_credentials",
            Code::WrongProof => "wrong_proof",
            Code::NotAllowed => "not_allowed",
            Code::Csrf => "csrf",
            Code::HttpsRequired => "https_required",
            Code::Blocked => "blocked",
            Code::NotFound => "not_found",
            Code::MethodNotAllowed => "method_not_allowed",
            Code::CursorExpired => "cursor_expired",
            Code::Changed => "changed",
            Code::PreconditionRequired => "precondition_required",
            Code::Conflict => "conflict",
            Code::NameTaken => "name_taken",
            Code::LastAdmin => "last_admin",
            Code::TooManyRequests => "too_many_requests",
            Code::TooManyAttempts => "too_many_attempts",
            Code::Overloaded => "overloaded",
            Code::StoreUnavailable => "store_unavailable",
            Code::NotReady => "not_ready",
            Code::Internal => "internal",
        }
    }
}

/// Why a request failed. A handler returns it; the response says only what helps the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    code: Code,
    detail: Option<String>,
    errors: Vec<FieldError>,
    retry_after_seconds: Option<u64>,
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// The field or parameter, dotted where it lies deeper.
    pub field: String,
    /// What is wrong with it.
    pub message: String,
}

/// RFC 9457 problem details.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// A name of the kind of problem, as a URI.
    #[serde(rename = "type")]
    kind: String,
    /// The kind of problem in words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// A stable name of the kind of problem.
    code: Code,
    /// What was wrong this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// The fields that were wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<FieldError>,
}

impl Problem {
    /// A problem of a kind, with nothing to add.
    pub fn new(code: Code) -> Self {
        Self { code, detail: None, errors: Vec::new(), retry_after_seconds: None }
    }

    /// A field or parameter that cannot be.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        let error = FieldError { field: field.into(), message: message.into() };
        Self {
            detail: Some(format!("{}: {}", error.field, error.message)),
            errors: vec![error],
            ..Self::new(Code::InvalidField)
        }
    }

    /// Several fields that cannot be.
    pub fn fields(errors: Vec<FieldError>) -> Self {
        let all: Vec<String> = errors.iter().map(|error| format!("{}: {}", error.field, error.message)).collect();
        Self { detail: Some(all.join("; ")), errors, ..Self::new(Code::InvalidField) }
    }

    /// Says what was wrong this time.
    pub fn detail(self, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }

    /// Says when to come again.
    pub fn retry_after(self, seconds: u64) -> Self {
        Self { retry_after_seconds: Some(seconds), ..self }
    }
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

/// Seconds after which the store may answer again.
const STORE_RETRY_SECONDS: u64 = 5;

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict => Problem::new(Code::Conflict).detail("somebody else was first"),
            StoreError::Unavailable { .. } => {
                tracing::error!(%error, "the store cannot be used");
                Problem::new(Code::StoreUnavailable).retry_after(STORE_RETRY_SECONDS)
            }
        }
    }
}

/// For what is done about content: what the store cannot do, what cannot be had, and else a fault of ours.
impl From<anyhow::Error> for Problem {
    fn from(error: anyhow::Error) -> Self {
        let error = match error.downcast::<StoreError>() {
            Ok(error) => return error.into(),
            Err(error) => error,
        };
        match error.downcast::<Refusal>() {
            Ok(refusal) => Problem::new(Code::Conflict).detail(refusal.to_string()),
            Err(error) => {
                tracing::error!(error = format!("{error:#}"), "a request failed");
                Problem::new(Code::Internal)
            }
        }
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        let said = failure.to_string();
        match failure {
            Failure::Store(error) => error.into(),
            Failure::Unknown(_) | Failure::DeadLink => Self::new(Code::NotFound).detail(said),
            Failure::Stale => Self::new(Code::Changed),
            Failure::Refused(Refused::NameTaken(_)) => Self::new(Code::NameTaken),
            Failure::Refused(Refused::LastAdmin) => Self::new(Code::LastAdmin),
            Failure::Weak(_) => Self::field("password", said),
            Failure::WrongProof => Self::new(Code::WrongProof),
            Failure::Wait { seconds } => Self::new(Code::TooManyAttempts).retry_after(seconds),
            Failure::TooMuch => Self::new(Code::NotAllowed).detail(said),
            Failure::SecondFactorOn => Self::new(Code::Conflict).detail(said),
            Failure::Invalid { field, message } => Self::field(field, message),
            Failure::Busy => Self::new(Code::Overloaded).retry_after(BUSY_RETRY_SECONDS),
            Failure::Broken(error) => {
                tracing::error!(error, "people");
                Self::new(Code::Internal)
            }
        }
    }
}

/// Seconds after which fewer passwords are being checked.
const BUSY_RETRY_SECONDS: u64 = 2;

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, title) = self.code.status_and_title();
        let kind = format!("urn:yingda:problem:{}", self.code.name());
        let body = ProblemBody {
            kind,
            title,
            status: status.as_u16(),
            code: self.code,
            detail: self.detail,
            errors: self.errors,
        };
        let mut response = (status, Json(body)).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after_seconds {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self.code);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_and_json_name_codes_alike() {
        for code in Code::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.name());
            let (status, title) = code.status_and_title();
            assert!(status.is_client_error() || status.is_server_error());
            assert!(title.ends_with('.'));
        }
    }
}
