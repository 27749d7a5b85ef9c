//! `yingda doctor`: is this installation fit to serve? Samples still in use, overdue reviews, faults of the content.

use crate::cli::{Common, Outcome, load};
use crate::config::Config;
use crate::files::Origin;
use crate::knowledge::ReadOptions;
use crate::knowledge::diagnostic::Severity;

/// What `doctor` found.
#[derive(Debug, serde::Serialize)]
struct Finding {
    /// `ok`, `warning` or `error`.
    level: &'static str,
    message: String,
}

/// Runs `doctor`; the answer is no when something is wrong (warnings do not count).
///
/// # Errors
/// Fails when a file cannot be read.
pub fn run(common: &Common, config: &Config) -> anyhow::Result<Outcome> {
    let loaded = load(&config.content, &ReadOptions { at: Some(crate::clock::now()) })?;
    let mut findings = Vec::new();
    let mut find = |level, message| findings.push(Finding { level, message });
    let content = &loaded.content;
    match loaded.origin {
        Origin::Folders => find(
            "ok",
            format!("content: {} and {}", config.content.knowledge.display(), config.content.intents.display()),
        ),
        Origin::Sample => find("warning", "content: no folders here, the sample inside the binary is used".to_owned()),
    }
    find(
        "ok",
        format!(
            "revision {}: {} entries, {} intents, {} rules",
            loaded.revision,
            content.entries.len(),
            content.intents.len(),
            content.rules.len()
        ),
    );
    let errors = loaded.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count();
    if errors > 0 {
        find("error", format!("{errors} error(s) in the content; `yingda check` shows them"));
    }
    for diagnostic in loaded.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Warning) {
        find("warning", format!("{}:{}: {}", diagnostic.file, diagnostic.line, diagnostic.message));
    }
    let samples: Vec<&str> =
        content.variables.iter().filter(|(_, variable)| variable.sample).map(|(name, _)| name.as_str()).collect();
    if !samples.is_empty() {
        find("warning", format!("{} variables are made-up samples: {}", samples.len(), samples.join(", ")));
    }
    let holidays = content.calendar.holidays.iter().filter(|holiday| holiday.sample).count();
    if holidays > 0 {
        find("warning", format!("{holidays} holidays of the calendar are made-up samples"));
    }
    if common.json {
        say!("{}", serde_json::to_string_pretty(&findings)?);
    } else {
        for finding in &findings {
            say!("{:<8} {}", finding.level, finding.message);
        }
    }
    Ok(if errors == 0 { Outcome::Done } else { Outcome::No })
}
