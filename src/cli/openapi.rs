//! `yingda openapi`: the document of the HTTP API.

use crate::cli::Outcome;
use crate::http::router;

/// Runs `openapi`.
///
/// # Errors
/// Fails where stdout does.
pub fn run() -> anyhow::Result<Outcome> {
    say!("{}", serde_json::to_string_pretty(&router::document())?);
    Ok(Outcome::Done)
}
