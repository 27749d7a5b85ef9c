//! What the gate found before a revision goes live, as data and as a support manager reads it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::assistant::turn::rounded;
use crate::evaluation::causes::Cause;
use crate::knowledge::changed_lines::printable;
use crate::knowledge::diagnostic::{Diagnostic, Severity};

/// Faults and failures of one kind that are listed before the rest is only counted.
pub const MOST_LISTED: usize = 50;

/// Changed answers to recent questions that are shown.
pub const MOST_EXAMPLES: usize = 100;

/// Whether a revision may go live, and what speaks against it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct GateReport {
    /// Whether nothing speaks against it.
    pub passed: bool,
    /// Whether all that speaks against it may be overruled, with a note.
    pub can_be_forced: bool,
    /// The content's errors; with any, nothing is asked.
    pub checked: CheckedContent,
    /// What is stored word for word and does not lead to its own.
    pub verbatim: StoredTexts,
    /// What does harm.
    pub never: Harm,
    /// Labelled questions, and how many of them must be right.
    pub labelled: LabelledShare,
    /// Labelled questions that are right on the live revision, and not on this one.
    pub regressions: Vec<Regression>,
    /// How many are right on this one, and not on the live one.
    pub improvements: usize,
    /// What customers asked lately: shown, not judged.
    pub changed_recent: ChangedAnswers,
}

/// The content's errors.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CheckedContent {
    /// How many.
    pub n_errors: usize,
    /// The first of them.
    pub errors: Vec<Fault>,
}

/// An error in the content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Fault {
    /// Its stable code.
    pub code: String,
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

/// Phrasings and examples, each asked where it is visible.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StoredTexts {
    /// How many were asked.
    pub n: usize,
    /// How many do not lead to their own.
    pub n_failures: usize,
    /// The first of these.
    pub failures: Vec<Misled>,
}

/// A phrasing or example that does not lead to its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Misled {
    /// The phrasing.
    pub text: String,
    /// The outcome that it belongs to.
    pub own: String,
    /// What came out.
    pub now: String,
}

/// Questions that must not get an outcome: of labelled lines, and of entries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Harm {
    /// How many were asked.
    pub n: usize,
    /// How many got it.
    pub n_failures: usize,
    /// The first of these.
    pub failures: Vec<Harmed>,
}

/// A question that got what it must not get.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Harmed {
    /// The labelled line's id, or the entry's.
    pub id: String,
    /// What was asked.
    pub text: String,
    /// What came out.
    pub now: String,
}

/// How many labelled questions are right.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LabelledShare {
    /// How many were asked.
    pub n: usize,
    /// How many are right.
    pub accepted: usize,
    /// Their share, 0 to 1; 1 where none is labelled.
    pub share: f64,
    /// The smallest share that passes.
    pub floor: f64,
    /// The ids of those that are wrong: what another engine is compared with later.
    #[serde(default)]
    pub wrong: Vec<String>,
}

/// A labelled question that an edit makes wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Regression {
    /// The line's id.
    pub id: String,
    /// What was asked.
    pub text: String,
    /// What would be right.
    pub accept: Vec<String>,
    /// The outcome on the live revision.
    pub was: String,
    /// The outcome on the new one.
    pub now: String,
    /// The edit that did it, where that can be told.
    pub caused_by: Option<Cause>,
}

/// Recent questions whose outcome changes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChangedAnswers {
    /// How many different questions were asked.
    pub n: usize,
    /// How many of these get another outcome.
    pub changed: usize,
    /// These, what was asked most often first.
    pub examples: Vec<ChangedAnswer>,
}

/// A recent question whose outcome changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChangedAnswer {
    /// What was asked.
    pub text: String,
    /// How often.
    pub n: usize,
    /// The outcome on the live revision.
    pub was: String,
    /// The outcome on the new one.
    pub now: String,
}

impl GateReport {
    /// Reports the errors of content that is not even compiled; `None` where there are none.
    pub fn of_errors(diagnostics: &[Diagnostic]) -> Option<Self> {
        let checked = CheckedContent::of(diagnostics);
        (checked.n_errors > 0).then(|| Self { checked, ..Self::default() })
    }

    /// Draws the conclusion from what was found.
    pub(crate) fn concluded(self) -> Self {
        let safe = self.checked.n_errors == 0 && self.verbatim.n_failures == 0 && self.never.n_failures == 0;
        let as_right = self.regressions.is_empty() && self.labelled.is_enough();
        Self { passed: safe && as_right, can_be_forced: safe && !as_right, ..self }
    }

    /// Renders what was found for a terminal.
    pub fn render(&self) -> String {
        let mut out = String::new();
        self.render_check(&mut out);
        if self.checked.n_errors == 0 {
            self.render_stored(&mut out);
            self.render_labelled(&mut out);
            self.render_recent(&mut out);
        }
        out.push_str(match (self.passed, self.can_be_forced) {
            (true, _) => "The gate is passed.\n",
            (false, true) => "The gate is not passed. It can be forced, with a note that says why.\n",
            (false, false) => "The gate is not passed, and cannot be forced.\n",
        });
        out
    }

    fn render_check(&self, out: &mut String) {
        let CheckedContent { n_errors, errors } = &self.checked;
        heading(out, *n_errors == 0, &format!("check: {}", counted(*n_errors, "error", "errors")));
        for Fault { code, file, line, column, message } in errors {
            out.push_str(&format!("    {}:{line}:{column}: [{code}] {}\n", printable(file), printable(message)));
        }
        and_more(out, *n_errors, errors.len());
    }

    fn render_stored(&self, out: &mut String) {
        let StoredTexts { n, n_failures, failures } = &self.verbatim;
        let what = match n_failures {
            0 => format!("all {n} get their own answer"),
            _ => format!("{n_failures} of {n} do not get their own answer"),
        };
        heading(out, *n_failures == 0, &format!("stored questions, word for word: {what}"));
        for Misled { text, own, now } in failures {
            out.push_str(&format!("    \"{}\": {own} → {now}\n", printable(text)));
        }
        and_more(out, *n_failures, failures.len());
        let Harm { n, n_failures, failures } = &self.never;
        let what = match n_failures {
            0 => format!("none of {n} is"),
            _ => format!("{n_failures} of {n} are"),
        };
        heading(out, *n_failures == 0, &format!("answers that must never be given: {what}"));
        for Harmed { id, text, now } in failures {
            out.push_str(&format!("    \"{}\" ({}) gets {now}\n", printable(text), printable(id)));
        }
        and_more(out, *n_failures, failures.len());
    }

    fn render_labelled(&self, out: &mut String) {
        let mut what = match self.regressions.len() {
            0 => "none was right and is wrong now".to_owned(),
            n => counted(n, "was right and is wrong now", "were right and are wrong now"),
        };
        if self.improvements > 0 {
            what.push_str(&format!("; {} got right", self.improvements));
        }
        heading(out, self.regressions.is_empty(), &format!("labelled questions: {what}"));
        for Regression { id, text, accept, was, now, caused_by } in &self.regressions {
            out.push_str(&format!("    \"{}\" ({}): {was} → {now}\n", printable(text), printable(id)));
            if accept.iter().any(|right| right != was) {
                out.push_str(&format!("        right: {}\n", printable(&accept.join(", "))));
            }
            if let Some(Cause { path, why }) = caused_by {
                out.push_str(&format!("        by {}: {}\n", printable(path), printable(why)));
            }
        }
        let LabelledShare { n, accepted, share, floor, .. } = self.labelled;
        let (share, least) = (share * 100.0, floor * 100.0);
        let what = format!("labelled questions that are right: {accepted} of {n}, {share:.2} %; at least {least:.2} %");
        heading(out, self.labelled.is_enough(), &what);
    }

    fn render_recent(&self, out: &mut String) {
        let ChangedAnswers { n, changed, examples } = &self.changed_recent;
        out.push_str(&format!("       recent questions: {changed} of {n} get another answer\n"));
        for ChangedAnswer { text, n, was, now } in examples {
            out.push_str(&format!("    {n} × \"{}\": {was} → {now}\n", printable(text)));
        }
        and_more(out, *changed, examples.len());
    }
}

impl LabelledShare {
    pub(crate) fn of(n: usize, accepted: usize, floor: f64) -> Self {
        let share = if n == 0 { 1.0 } else { rounded(accepted as f64 / n as f64) };
        Self { n, accepted, share, floor, wrong: Vec::new() }
    }

    /// Says whether enough are right; the share that is shown is rounded, and may seem to be.
    fn is_enough(&self) -> bool {
        self.n == 0 || self.accepted as f64 / self.n as f64 >= self.floor
    }
}

impl CheckedContent {
    pub(crate) fn of(diagnostics: &[Diagnostic]) -> Self {
        let errors = || diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
        let fault = |error: &Diagnostic| Fault {
            code: error.code.to_owned(),
            file: error.file.clone(),
            line: error.line,
            column: error.column,
            message: error.message.clone(),
        };
        Self { n_errors: errors().count(), errors: errors().take(MOST_LISTED).map(fault).collect() }
    }
}

fn heading(out: &mut String, passed: bool, what: &str) {
    out.push_str(&format!("{:<6} {what}\n", if passed { "ok" } else { "FAILED" }));
}

fn counted(n: usize, one: &str, more: &str) -> String {
    match n {
        0 => format!("no {one}"),
        1 => format!("1 {one}"),
        _ => format!("{n} {more}"),
    }
}

fn and_more(out: &mut String, n: usize, n_listed: usize) {
    if n > n_listed {
        out.push_str(&format!("    … and {} more\n", n - n_listed));
    }
}
