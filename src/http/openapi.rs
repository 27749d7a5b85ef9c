//! The OpenAPI document, generated from the handlers; what every operation can answer besides is added from the table of
//! problems.

use axum::http::Method;
use utoipa::OpenApi;
use utoipa::openapi::path::{Operation, Parameter, PathItem};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};

use crate::http::access::{Access, rule};
use crate::http::error::{Code, PROBLEM_JSON, ProblemBody};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "yingda",
        description = "Answers customers' questions from text that editors wrote. Errors are RFC 9457 problem details with a \
                       stable `code`. Send `X-Request-Id` or `traceparent` to find a request in the log again.",
        license(name = "MIT", identifier = "MIT"),
    ),
    tags(
        (name = "questions", description = "What customers ask"),
        (name = "knowledge base", description = "What editors wrote"),
        (name = "service", description = "Hours, announcements, official contacts"),
        (name = "conversations", description = "Customers, by the token of their conversation"),
        (name = "desk", description = "What agents work with"),
        (name = "connectors", description = "What the operator's own system reports"),
        (name = "signing in", description = "Everybody who works here"),
        (name = "administration", description = "Accounts, API tokens, webhooks, the audit, what is kept of customers"),
        (name = "health", description = "For whoever watches the process"),
    ),
    components(schemas(ProblemBody)),
)]
struct Skeleton;

/// Returns the document without any operation.
pub fn skeleton() -> utoipa::openapi::OpenApi {
    let mut document = Skeleton::openapi();
    document.info.version = env!("CARGO_PKG_VERSION").to_owned();
    let components = document.components.get_or_insert_default();
    components.add_security_scheme(SESSION, SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("__Host-yingda"))));
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("yd_…").build();
    components.add_security_scheme(TOKEN, SecurityScheme::Http(bearer));
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("yc_…").build();
    components.add_security_scheme(CONVERSATION, SecurityScheme::Http(bearer));
    let signature = ApiKeyValue::new("webhook-signature");
    components.add_security_scheme(SIGNATURE, SecurityScheme::ApiKey(ApiKey::Header(signature)));
    document
}

/// A browser's session; changes send `X-CSRF-Token` besides.
const SESSION: &str = "session";

/// A program's API token.
const TOKEN: &str = "token";

/// What a conversation's beginning hands out.
const CONVERSATION: &str = "conversation";

/// The signature of the operator's own system, as Standard Webhooks has it.
const SIGNATURE: &str = "signature";

/// Adds to every operation the problems that it can have.
pub fn add_problems(document: &mut utoipa::openapi::OpenApi) {
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            let access = rule(&method, path).unwrap_or(Access::Public);
            operation.security = security(access);
            let of_access = problems_of_access(&method, access).into_iter();
            let all = problems_of(path, operation)
                .into_iter()
                .chain(of_access)
                .chain(problems_of_people(&method, path).iter().copied());
            for code in all.collect::<Vec<_>>() {
                add_problem(operation, code);
            }
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (Method, &mut Operation)> {
    let all = [
        (Method::GET, &mut item.get),
        (Method::POST, &mut item.post),
        (Method::PUT, &mut item.put),
        (Method::PATCH, &mut item.patch),
        (Method::DELETE, &mut item.delete),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

fn security(access: Access) -> Option<Vec<SecurityRequirement>> {
    let requires = |scheme| SecurityRequirement::new(scheme, std::iter::empty::<String>());
    match access {
        Access::Public => None,
        Access::Conversation => Some(vec![requires(CONVERSATION)]),
        Access::Signed => Some(vec![requires(SIGNATURE)]),
        Access::SignedIn => Some(vec![requires(SESSION)]),
        Access::Needs(_) | Access::NeedsAny(_) => Some(vec![requires(SESSION), requires(TOKEN)]),
    }
}

fn problems_of_access(method: &Method, access: Access) -> Vec<Code> {
    match access {
        Access::Public => return Vec::new(),
        Access::Conversation | Access::Signed => {
            return vec![Code::NotSignedIn, Code::NotFound, Code::Conflict, Code::StoreUnavailable];
        }
        Access::SignedIn | Access::Needs(_) | Access::NeedsAny(_) => {}
    }
    let mut codes = vec![Code::NotSignedIn, Code::NotAllowed, Code::StoreUnavailable];
    if !method.is_safe() {
        codes.push(Code::Csrf);
    }
    codes
}

/// What is read of a change set: there may be none, or several of which one has to be named.
const OF_A_SET: [&str; 9] = [
    "/api/v1/editor/entries",
    "/api/v1/editor/categories",
    "/api/v1/editor/preview",
    "/api/v1/editor/bench",
    "/api/v1/editor/entries/{id}",
    "/api/v1/editor/files",
    "/api/v1/editor/draft",
    "/api/v1/editor/check",
    "/api/v1/editor/export",
];

/// What customers do in a conversation, but for ending it.
const WRITING: [&str; 6] = [
    "/api/v1/conversations/{id}/messages",
    "/api/v1/conversations/{id}/identity",
    "/api/v1/conversations/{id}/handoff",
    "/api/v1/conversations/{id}/feedback",
    "/api/v1/conversations/{id}/survey/{survey}",
    "/api/v1/conversations/{id}/survey/{survey}/decline",
];

/// What can be wrong with what people who work here do.
fn problems_of_people(method: &Method, path: &str) -> &'static [Code] {
    match (method.as_str(), path) {
        ("POST", "/api/v1/auth/login") => {
            &[Code::WrongCredentials, Code::HttpsRequired, Code::Csrf, Code::TooManyAttempts, Code::StoreUnavailable]
        }
        ("POST", "/api/v1/conversations") => &[Code::Conflict, Code::StoreUnavailable, Code::Blocked],
        ("POST", path) if WRITING.contains(&path) => &[Code::Blocked],
        ("POST", "/api/v1/admin/blocks") => &[Code::Conflict],
        ("POST", "/api/v1/auth/setup" | "/api/v1/auth/join") => {
            &[Code::NotFound, Code::HttpsRequired, Code::Csrf, Code::StoreUnavailable]
        }
        ("POST", "/api/v1/auth/password") => &[Code::WrongProof, Code::TooManyAttempts, Code::NotFound],
        (_, "/api/v1/auth/totp" | "/api/v1/auth/totp/confirm") => {
            &[Code::WrongProof, Code::TooManyAttempts, Code::NotFound, Code::Conflict]
        }
        ("PUT" | "DELETE", "/api/v1/editor/entries/{id}" | "/api/v1/editor/files") => {
            &[Code::NotFound, Code::Conflict, Code::Changed, Code::PreconditionRequired]
        }
        ("GET" | "POST", path) if OF_A_SET.contains(&path) => &[Code::NotFound, Code::Conflict],
        ("POST", "/api/v1/editor/publish" | "/api/v1/editor/rollback" | "/api/v1/editor/import") => {
            &[Code::NotFound, Code::Conflict]
        }
        ("DELETE", "/api/v1/editor/scheduled/{id}") => &[Code::Conflict],
        ("POST", "/api/v1/editor/replay") => &[Code::NotFound, Code::Conflict],
        ("POST", "/api/v1/editor/misses/attach") => &[Code::NotFound, Code::Conflict, Code::Changed],
        ("POST" | "DELETE", path) if path.starts_with("/api/v1/editor/sets/") => &[Code::Conflict],
        ("POST", "/api/v1/admin/users") => &[Code::NameTaken],
        ("PATCH", "/api/v1/admin/users/{id}") => &[Code::LastAdmin, Code::Changed, Code::PreconditionRequired],
        ("PATCH" | "POST", path) if path.starts_with("/api/v1/desk/cases") => &[Code::Conflict],
        ("GET", "/api/v1/admin/persons") | ("POST", "/api/v1/admin/persons/export") => &[Code::NotFound],
        ("POST", "/api/v1/admin/persons/erase") => {
            &[Code::NotFound, Code::Conflict, Code::WrongProof, Code::TooManyAttempts]
        }
        ("PATCH", "/api/v1/admin/webhooks/{id}") => &[Code::Changed, Code::PreconditionRequired],
        ("POST", path) if path.starts_with("/api/v1/admin/webhooks/") => &[Code::Conflict],
        _ => &[],
    }
}

fn problems_of(path: &str, operation: &Operation) -> Vec<Code> {
    let parameters = operation.parameters.as_deref().unwrap_or_default();
    let mut codes = Vec::new();
    if path.starts_with("/api/") {
        codes.extend([Code::TooManyRequests, Code::Overloaded, Code::Internal]);
    }
    if operation.request_body.is_some() {
        codes.extend([
            Code::InvalidJson,
            Code::JsonTooDeep,
            Code::BodyTimeout,
            Code::BodyTooLarge,
            Code::UnsupportedMediaType,
            Code::InvalidField,
        ]);
    }
    if !parameters.is_empty() {
        codes.push(Code::InvalidField);
    }
    if path.contains('{') {
        codes.push(Code::NotFound);
    }
    let is_cursor = |parameter: &RefOr<Parameter>| matches!(parameter, RefOr::T(known) if known.name == "cursor");
    if parameters.iter().any(is_cursor) {
        codes.push(Code::CursorExpired);
    }
    if path == "/readyz" {
        codes.push(Code::NotReady);
    }
    codes
}

fn add_problem(operation: &mut Operation, code: Code) {
    let (status, title) = code.status_and_title();
    let line = format!("`{}`: {title}", code.name());
    let response = operation
        .responses
        .responses
        .entry(status.as_str().to_owned())
        .or_insert_with(|| RefOr::T(ResponseBuilder::new().build()));
    let RefOr::T(Response { description, content, .. }) = response else { return };
    // Beside what the operation itself may answer with this status.
    content
        .entry(PROBLEM_JSON.to_owned())
        .or_insert_with(|| RefOr::T(ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build()));
    if !description.contains(&line) {
        if !description.is_empty() {
            description.push_str("  \n");
        }
        description.push_str(&line);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::http::router::document;

    /// Returns the schema names that responses refer to but the document lacks; none, as a test says.
    fn dangling(document: &serde_json::Value) -> Vec<String> {
        fn collect(value: &serde_json::Value, found: &mut Vec<String>) {
            match value {
                serde_json::Value::Object(fields) => {
                    found.extend(fields.get("$ref").and_then(|name| name.as_str()).map(str::to_owned));
                    fields.values().for_each(|value| collect(value, found));
                }
                serde_json::Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
                _ => {}
            }
        }
        let mut found = Vec::new();
        collect(document, &mut found);
        found.retain(|name| document.pointer(name.trim_start_matches('#')).is_none());
        found
    }

    /// Counts operations by their answers, for the test that documents them all.
    fn statuses(document: &serde_json::Value) -> BTreeMap<String, Vec<String>> {
        let paths = document["paths"].as_object().cloned().unwrap_or_default();
        let answers = |(path, methods): (String, serde_json::Value)| {
            let methods = methods.as_object().cloned().unwrap_or_default();
            methods.into_iter().map(move |(method, operation)| {
                let statuses = operation["responses"].as_object().map(|all| all.keys().cloned().collect());
                (format!("{method} {path}"), statuses.unwrap_or_default())
            })
        };
        paths.into_iter().flat_map(answers).collect()
    }

    #[test]
    fn every_operation_is_documented_with_its_problems() {
        let document = serde_json::to_value(document()).unwrap();
        assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
        assert_eq!(dangling(&document), Vec::<String>::new());
        let statuses = statuses(&document);
        assert_eq!(
            statuses["post /api/v1/ask"],
            ["200", "400", "408", "413", "415", "422", "429", "500", "503"],
            "{statuses:#?}"
        );
        assert!(statuses["get /api/v1/entries/{id}"].contains(&"404".to_owned()));
        assert!(statuses["get /api/v1/search"].contains(&"409".to_owned()));
        assert_eq!(statuses["get /livez"], ["200"]);
        assert!(statuses.len() >= 11, "{statuses:#?}");
    }
}
