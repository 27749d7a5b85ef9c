//! What every request gets: an id, a trace, a log line, a place in the metrics, and the headers of safety.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;

use crate::app::App;
use crate::clock::Stopwatch;
use crate::http::error::Code;
use crate::ids::{new_span_id, new_trace_id};
use crate::text::sensitive::mask;

/// A request's id, as the client gave it or as we made it.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// W3C Trace Context (Level 1): the trace that a request belongs to …
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// … and (Level 2 draft) where our part of it is.
const TRACERESPONSE: HeaderName = HeaderName::from_static("traceresponse");

/// A longer id of a client is not taken over.
const LONGEST_REQUEST_ID: usize = 64;

/// The route of what no route matches.
const NO_ROUTE: &str = "none";

/// For what is no page: nothing may be loaded, nobody may frame it.
const NOTHING: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");

/// Wraps a request into its id, trace, log line and metrics.
pub async fn observe(State(app): State<App>, request: Request, next: Next) -> Response {
    let watch = Stopwatch::start();
    let trace = Trace::of(request.headers());
    let trace_id = trace.id();
    let request_id = request_id(request.headers(), &trace_id);
    let method = method_name(request.method());
    let route: Arc<str> =
        request.extensions().get::<MatchedPath>().map_or_else(|| Arc::from(NO_ROUTE), |path| Arc::from(path.as_str()));
    let mut response = next.run(request).await;
    let status = response.status();
    let took = watch.elapsed();
    let code = response.extensions().get::<Code>().map(|code| code.name());
    tracing::info!(
        target: "yingda::request",
        method,
        route = &*route,
        status = status.as_u16(),
        micros = took.as_micros() as u64,
        code,
        request_id = request_id.to_str().unwrap_or_default(),
        trace_id = trace_id.as_str(),
    );
    app.metrics().note_request(method, route, status.as_u16(), took);
    let headers = response.headers_mut();
    headers.insert(REQUEST_ID, request_id);
    if let Ok(value) = HeaderValue::try_from(trace.response()) {
        headers.insert(TRACERESPONSE, value);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(NOTHING);
    response
}

/// A method as a label; whatever else a client makes up is one.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}

/// The client's id where it is short and plain, so that it cannot forge log lines; else the trace's.
fn request_id(headers: &HeaderMap, trace_id: &str) -> HeaderValue {
    let is_plain = |id: &str| {
        (1..=LONGEST_REQUEST_ID).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    };
    // It is logged, so it must not be somebody's card or telephone either.
    let may_be_kept = |id: &str| is_plain(id) && mask(id).found.is_empty();
    let of_client = headers.get(REQUEST_ID).filter(|id| id.to_str().is_ok_and(may_be_kept));
    of_client.cloned().or_else(|| HeaderValue::from_str(trace_id).ok()).unwrap_or(HeaderValue::from_static("none"))
}

/// Our part of a trace.
struct Trace {
    trace: u128,
    span: u64,
    flags: u8,
}

impl Trace {
    /// Goes on with the caller's trace, or begins one.
    fn of(headers: &HeaderMap) -> Self {
        let given = headers.get(TRACEPARENT).and_then(|value| parse_traceparent(value.to_str().ok()?));
        let (trace, flags) = given.unwrap_or_else(|| (new_trace_id(), 0));
        Self { trace, span: new_span_id(), flags }
    }

    fn id(&self) -> String {
        format!("{:032x}", self.trace)
    }

    fn response(&self) -> String {
        format!("00-{:032x}-{:016x}-{:02x}", self.trace, self.span, self.flags)
    }
}

/// `version-traceid-parentid-flags` in lower-case hexadecimal digits; `None` for whatever does not follow the standard.
fn parse_traceparent(value: &str) -> Option<(u128, u8)> {
    let mut parts = value.split('-');
    let (version, trace, parent, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_hex = |part: &str, n: usize| {
        part.len() == n && part.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    };
    let fits = is_hex(version, 2) && is_hex(trace, 32) && is_hex(parent, 16) && is_hex(flags, 2);
    // Version 00 ends here; later ones may go on.
    if !fits || version == "ff" || (version == "00" && parts.next().is_some()) {
        return None;
    }
    let (trace, parent) = (u128::from_str_radix(trace, 16).ok()?, u64::from_str_radix(parent, 16).ok()?);
    (trace != 0 && parent != 0).then_some((trace, u8::from_str_radix(flags, 16).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_goes_on_where_it_follows_the_standard() {
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        let trace = 0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736;
        assert_eq!(parse_traceparent(&format!("00-{id}-00f067aa0ba902b7-01")), Some((trace, 1)));
        assert_eq!(parse_traceparent(&format!("cc-{id}-00f067aa0ba902b7-01-more")), Some((trace, 1)));
        for wrong in [
            format!("00-{id}-00f067aa0ba902b7-01-more"),
            format!("ff-{id}-00f067aa0ba902b7-01"),
            format!("00-{id}-0000000000000000-01"),
            format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)),
            format!("00-{}-00f067aa0ba902b7-01", id.to_uppercase()),
            "00-1-2-3".to_owned(),
            String::new(),
        ] {
            assert_eq!(parse_traceparent(&wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_request_id_that_is_not_plain_is_not_taken_over() {
        let trace_id = "00000000000000000000000000000001";
        let id = |given: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID, HeaderValue::from_bytes(given.as_bytes()).unwrap());
            request_id(&headers, trace_id).to_str().unwrap().to_owned()
        };
        assert_eq!(id("order-42_a.b"), "order-42_a.b");
        for strange in ["", "a b", "{\"level\":\"ERROR\"}", "退", &"a".repeat(65)] {
            assert_eq!(id(strange), trace_id, "{strange}");
        }
    }
}
