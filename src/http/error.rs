//! What a client is told when a request fails: RFC 9457 problem details, every code from one table.

use axum::Json;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

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
    /// There is nothing at this address.
    NotFound,
    /// The address does not know this method.
    MethodNotAllowed,
    /// A cursor of a list that is no longer live.
    CursorExpired,
    /// This client asked too often.
    TooManyRequests,
    /// Too many requests are being answered.
    Overloaded,
    /// The service starts or ends.
    NotReady,
    /// A fault of ours; the log says which.
    Internal,
}

impl Code {
    /// All codes, for the documentation.
    pub const ALL: [Code; 13] = [
        Code::InvalidJson,
        Code::JsonTooDeep,
        Code::BodyTimeout,
        Code::BodyTooLarge,
        Code::UnsupportedMediaType,
        Code::InvalidField,
        Code::NotFound,
        Code::MethodNotAllowed,
        Code::CursorExpired,
        Code::TooManyRequests,
        Code::Overloaded,
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
            Code::NotFound => (StatusCode::NOT_FOUND, "There is nothing here."),
            Code::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "The method is not allowed here."),
            Code::CursorExpired => (StatusCode::CONFLICT, "The list has changed; begin again without a cursor."),
            Code::TooManyRequests => (StatusCode::TOO_MANY_REQUESTS, "Too many requests from this client."),
            Code::Overloaded => (StatusCode::SERVICE_UNAVAILABLE, "Too busy right now."),
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
            Code::NotFound => "not_found",
            Code::MethodNotAllowed => "method_not_allowed",
            Code::CursorExpired => "cursor_expired",
            Code::TooManyRequests => "too_many_requests",
            Code::Overloaded => "overloaded",
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
