//! `yingda check`: every fault of the content, with its place.

use clap::Args;
use jiff::Timestamp;

use crate::cli::{Common, Outcome, load};
use crate::config::Config;
use crate::knowledge::ReadOptions;
use crate::knowledge::diagnostic::Severity;

/// Arguments of `check`.
#[derive(Args, Clone, Debug)]
pub struct CheckArguments {
    /// Checks what hangs on a date as of this time (RFC 3339); nothing else does.
    #[arg(long, value_name = "TIME")]
    at: Option<Timestamp>,
}

/// Runs `check`; the answer is no when there is an error.
///
/// # Errors
/// Fails when a file cannot be read.
pub fn run(check: &CheckArguments, common: &Common, config: &Config) -> anyhow::Result<Outcome> {
    let loaded = load(&config.content, &ReadOptions { at: check.at })?;
    let count = |severity| loaded.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    if common.json {
        say!("{}", serde_json::to_string_pretty(&loaded.diagnostics)?);
    } else {
        for diagnostic in &loaded.diagnostics {
            say!("{}\n", diagnostic.render());
        }
        let (entries, intents) = (loaded.content.entries.len(), loaded.content.intents.len());
        say!("{entries} entries, {intents} intents: {errors} error(s), {warnings} warning(s)");
    }
    Ok(if errors == 0 { Outcome::Done } else { Outcome::No })
}
