//! The OpenAPI document, generated from the handlers; what every operation can answer besides is added from the table of
//! problems.

use utoipa::OpenApi;
use utoipa::openapi::path::{Operation, Parameter, PathItem};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};

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
        (name = "health", description = "For whoever watches the process"),
    ),
    components(schemas(ProblemBody)),
)]
struct Skeleton;

/// Returns the document without any operation.
pub fn skeleton() -> utoipa::openapi::OpenApi {
    let mut document = Skeleton::openapi();
    document.info.version = env!("CARGO_PKG_VERSION").to_owned();
    document
}

/// Adds to every operation the problems that it can have.
pub fn add_problems(document: &mut utoipa::openapi::OpenApi) {
    for (path, item) in &mut document.paths.paths {
        for operation in operations(item) {
            for code in problems_of(path, operation) {
                add_problem(operation, code);
            }
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post].into_iter().flatten()
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
    let response = operation.responses.responses.entry(status.as_str().to_owned()).or_insert_with(|| {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        RefOr::T(ResponseBuilder::new().content(PROBLEM_JSON, content).build())
    });
    if let RefOr::T(Response { description, .. }) = response
        && !description.contains(&line)
    {
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
