//! `yingda doctor`: is this installation fit to serve? The content, and the store.

mod content;
mod store;

use crate::cli::{Common, Outcome, load, wait};
use crate::clock;
use crate::config::Config;
use crate::knowledge::ReadOptions;

/// What was found.
#[derive(Debug, Default)]
struct Findings(Vec<Finding>);

#[derive(Debug, serde::Serialize)]
struct Finding {
    /// `ok`, `warning` or `error`.
    level: &'static str,
    message: String,
}

impl Findings {
    fn ok(&mut self, message: String) {
        self.0.push(Finding { level: "ok", message });
    }

    fn warn(&mut self, message: String) {
        self.0.push(Finding { level: "warning", message });
    }

    fn fail(&mut self, message: String) {
        self.0.push(Finding { level: ERROR, message });
    }
}

/// The level that makes the answer no.
const ERROR: &str = "error";

/// Runs `doctor`; the answer is no when something is wrong (warnings do not count).
///
/// # Errors
/// Fails when a file cannot be read.
pub fn run(common: &Common, config: &Config) -> anyhow::Result<Outcome> {
    let loaded = load(&config.content, &ReadOptions { at: Some(clock::now()) })?;
    let mut findings = Findings::default();
    content::examine(&loaded, config, &mut findings);
    wait(async {
        store::examine(&loaded, config, &common.data, &mut findings).await;
        Ok(())
    })?;
    let Findings(findings) = findings;
    if common.json {
        say!("{}", serde_json::to_string_pretty(&findings)?);
    } else {
        for finding in &findings {
            say!("{:<8} {}", finding.level, finding.message);
        }
    }
    let is_fit = findings.iter().all(|finding| finding.level != ERROR);
    Ok(if is_fit { Outcome::Done } else { Outcome::No })
}
