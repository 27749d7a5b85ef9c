//! Whether the content is fit to be served: faults, samples still in use, overdue reviews.

use crate::cli::doctor::Findings;
use crate::config::Config;
use crate::files::Origin;
use crate::knowledge::diagnostic::Severity;
use crate::publishing::Loaded;

/// Examines what the folders hold, else the sample.
pub(super) fn examine(loaded: &Loaded, config: &Config, findings: &mut Findings) {
    let content = &loaded.content;
    match loaded.origin {
        Origin::Folders => findings.ok(format!(
            "content: {} and {}",
            config.content.knowledge.display(),
            config.content.intents.display()
        )),
        Origin::Sample => findings.warn("content: no folders here, the sample inside the binary is used".to_owned()),
    }
    findings.ok(format!(
        "revision {}: {} entries, {} intents, {} rules",
        loaded.revision,
        content.entries.len(),
        content.intents.len(),
        content.rules.len()
    ));
    let errors = loaded.errors().count();
    if errors > 0 {
        findings.fail(format!("{errors} error(s) in the content; `yingda check` shows them"));
    }
    for diagnostic in loaded.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Warning) {
        findings.warn(format!("{}:{}: {}", diagnostic.file, diagnostic.line, diagnostic.message));
    }
    let samples: Vec<&str> =
        content.variables.iter().filter(|(_, variable)| variable.sample).map(|(name, _)| name.as_str()).collect();
    if !samples.is_empty() {
        findings.warn(format!("{} variables are made-up samples: {}", samples.len(), samples.join(", ")));
    }
    let holidays = content.calendar.holidays.iter().filter(|holiday| holiday.sample).count();
    if holidays > 0 {
        findings.warn(format!("{holidays} holidays of the calendar are made-up samples"));
    }
}
