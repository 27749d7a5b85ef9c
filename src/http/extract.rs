//! From a request's bytes to a value, under limits: JSON bodies, query parameters, path segments.
//!
//! Whatever does not fit is a problem that names the field; a handler sees only values that can be.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::app::App;
use crate::http::error::{Code, Problem};

/// A JSON body.
#[derive(Debug)]
pub struct JsonBody<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let bytes = json_bytes(request, app).await?;
        parse_json(&bytes, app.config().limits.json_depth).map(Self)
    }
}

/// Reads the bytes of a JSON body.
pub(super) async fn json_bytes(request: Request, app: &App) -> Result<Bytes, Problem> {
    if !is_json(request.headers()) {
        return Err(Code::UnsupportedMediaType.into());
    }
    let limits = &app.config().limits;
    read_body(request, limits.body_bytes, limits.body_seconds).await
}

/// A JSON body that holds a file: as large as files may be.
#[derive(Debug)]
pub struct LargeJson<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for LargeJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Code::UnsupportedMediaType.into());
        }
        let limits = &app.config().limits;
        let bytes = read_body(request, limits.file_bytes, limits.file_seconds).await?;
        parse_json(&bytes, limits.json_depth).map(Self)
    }
}

/// A JSON body, or none at all.
#[derive(Debug)]
pub struct OptionalJsonBody<T>(pub Option<T>);

impl<T: DeserializeOwned> FromRequest<App> for OptionalJsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            let rest = read_body(request, 0, app.config().limits.body_seconds).await;
            return rest.map(|_| Self(None)).map_err(|_| Code::UnsupportedMediaType.into());
        }
        JsonBody::from_request(request, app).await.map(|JsonBody(value)| Self(Some(value)))
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

pub(super) async fn read_body(request: Request, most_bytes: usize, seconds: u64) -> Result<Bytes, Problem> {
    let too_large = || Problem::new(Code::BodyTooLarge).detail(format!("at most {most_bytes} bytes"));
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > most_bytes as u64) {
        return Err(too_large());
    }
    let reading = Limited::new(request.into_body(), most_bytes).collect();
    match tokio::time::timeout(Duration::from_secs(seconds), reading).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => Err(Problem::new(Code::InvalidJson).detail("the body broke off")),
        Err(_) => Err(Problem::new(Code::BodyTimeout).detail(format!("{seconds} seconds"))),
    }
}

pub(super) fn parse_json<T: DeserializeOwned>(bytes: &[u8], max_depth: usize) -> Result<T, Problem> {
    if depth_of(bytes) > max_depth {
        return Err(Problem::new(Code::JsonTooDeep).detail(format!("at most {max_depth} levels")));
    }
    // A list is no object, though serde would take its items for the fields in their order.
    let is_list = bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
    let error = match serde_json::from_slice(bytes) {
        Ok(_) if is_list => return Err(Problem::field("body", "must be an object")),
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    if error.classify() != Category::Data {
        return Err(Problem::new(Code::InvalidJson).detail(error.to_string()));
    }
    // Read again, slower, to know which field it was.
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    match serde_path_to_error::deserialize::<_, T>(&mut reader) {
        Ok(value) => Ok(value),
        Err(error) => Err(field_problem(&error.path().to_string(), without_place(&error.inner().to_string()))),
    }
}

/// A problem of the field that serde names: in the path, or in the message where a field is missing.
fn field_problem(path: &str, message: &str) -> Problem {
    let missing = message.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`'));
    match missing {
        Some(field) => Problem::field(field, "is missing"),
        None => Problem::field(path, message),
    }
}

/// An error of serde without the line and column of a body of one line.
fn without_place(message: &str) -> &str {
    message.rsplit_once(" at line ").map_or(message, |(message, _)| message)
}

/// How deep objects and lists lie within one another in JSON, or in what should be.
fn depth_of(bytes: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for &byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// The bytes of a file that is sent as a body, whatever it says that it is.
#[derive(Debug)]
pub struct FileBody(pub Bytes);

impl FromRequest<App> for FileBody {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let limits = &app.config().limits;
        read_body(request, limits.file_bytes, limits.file_seconds).await.map(Self)
    }
}

/// Query parameters; unknown ones are a problem, as a misspelt one would go unnoticed.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<App> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        parse_query(&parts.uri).map(Self)
    }
}

fn parse_query<T: DeserializeOwned>(uri: &Uri) -> Result<T, Problem> {
    let query = axum::extract::Query::<T>::try_from_uri(uri);
    query.map(|query| query.0).map_err(|rejection| {
        let message = rejection.body_text();
        let message = message.strip_prefix("Failed to deserialize query string: ").unwrap_or(&message);
        match message.split_once(": ") {
            Some((field, message)) if !field.contains(' ') => field_problem(field, message),
            _ => field_problem("query", message),
        }
    })
}

/// One path segment.
#[derive(Debug)]
pub struct Segment(pub String);

impl FromRequestParts<App> for Segment {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let segment: Result<axum::extract::Path<String>, PathRejection> =
            axum::extract::Path::from_request_parts(parts, app).await;
        segment.map(|path| Self(path.0)).map_err(|_| Code::NotFound.into())
    }
}

/// Returns one of several segments of a path, by its name in the route.
pub(super) async fn named_segment(parts: &mut Parts, app: &App, name: &str) -> Result<String, Problem> {
    let segments = RawPathParams::from_request_parts(parts, app).await.map_err(|_| Code::NotFound)?;
    let found = segments.iter().find(|(known, _)| *known == name).map(|(_, segment)| segment.to_owned());
    found.ok_or_else(|| Code::NotFound.into())
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Example {
        text: String,
        limit: Option<u8>,
    }

    #[test]
    fn what_is_wrong_with_a_body_is_named() {
        let deep = format!("{{\"text\":{}1{}}}", "[".repeat(500), "]".repeat(500));
        for (body, expected) in [
            ("", Problem::new(Code::InvalidJson).detail("EOF while parsing a value at line 1 column 0")),
            (deep.as_str(), Problem::new(Code::JsonTooDeep).detail("at most 32 levels")),
            ("{\"text\": 1}", Problem::field("text", "invalid type: integer `1`, expected a string")),
            ("{\"limit\": 1}", Problem::field("text", "is missing")),
            ("{\"text\": \"a\", \"x\": 1}", Problem::field("x", "unknown field `x`, expected `text` or `limit`")),
        ] {
            assert_eq!(parse_json::<Example>(body.as_bytes(), 32), Err(expected), "{body:.40}");
        }
        for no_json in [&b"{\"text\": \"\\ud800\"}"[..], b"{\"text\": \"\xff\"}", b"{\"text\": \"a\"", b"nonsense"] {
            let problem = parse_json::<Example>(no_json, 32).unwrap_err();
            assert!(format!("{problem:?}").contains("InvalidJson"), "{problem:?}");
        }
        let brackets = "{\"text\": \"[[[[\\\"[[\"}";
        assert_eq!(depth_of(brackets.as_bytes()), 1);
        assert!(parse_json::<Example>(brackets.as_bytes(), 1).is_ok());
    }

    #[test]
    fn what_is_wrong_with_a_query_is_named() {
        let parse = |query: &str| parse_query::<Example>(&format!("/x?{query}").parse().unwrap());
        assert_eq!(parse("text=%E9%80%80&limit=3"), Ok(Example { text: "退".to_owned(), limit: Some(3) }));
        let problem = format!("{:?}", parse("text=a&limit=x").unwrap_err());
        assert!(problem.contains("limit"), "{problem}");
        assert!(parse("text=a&lang=x").is_err() && parse("text=a&text=b").is_err());
    }
}
