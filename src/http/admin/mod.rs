//! For administrators, auditors and supervisors: accounts, API tokens, webhooks, the audit, who may not write, what is kept of
//! customers, reports.

pub mod audit;
pub mod blocks;
pub mod deliveries;
pub mod holds;
pub mod persons;
pub mod report_page;
pub mod reports;
pub mod tokens;
pub mod usage;
pub mod usage_page;
pub mod users;
pub mod webhooks;

use axum::http::HeaderMap;
use axum::http::header::IF_MATCH;

use crate::http::error::{Code, Problem};
use crate::staff::accounts::Expected;

/// Returns an id as it was made here; anything else is nothing that there is.
fn known_shape(id: String) -> Result<String, Problem> {
    let fits = !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if fits { Ok(id) } else { Err(Code::NotFound.into()) }
}

/// Returns the version that a change is made on.
fn expected(headers: &HeaderMap) -> Result<Expected, Problem> {
    let sent = headers.get(IF_MATCH).ok_or(Code::PreconditionRequired)?.to_str().unwrap_or_default().trim();
    if sent == "*" {
        return Ok(Expected::Any);
    }
    let version = sent.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).and_then(|text| text.parse().ok());
    version
        .map(Expected::Version)
        .ok_or_else(|| Problem::field("If-Match", "the version that was read, as \"3\", or *"))
}
