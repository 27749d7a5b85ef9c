//! For administrators, auditors and supervisors: accounts, API tokens, the audit, who may not write, reports.

pub mod audit;
pub mod blocks;
pub mod report_page;
pub mod reports;
pub mod tokens;
pub mod users;

use crate::http::error::{Code, Problem};

/// Returns an id as it was made here; anything else is nothing that there is.
fn known_shape(id: String) -> Result<String, Problem> {
    let fits = !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if fits { Ok(id) } else { Err(Code::NotFound.into()) }
}
