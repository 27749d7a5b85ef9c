//! A fault in the content: where it is, what is wrong, and what the editor may have meant.

use serde::Serialize;

/// How bad a fault is: an error keeps a revision from going live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing with this fault goes live.
    Error,
    /// Worth a look.
    Warning,
}

/// One fault, with its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// A stable kebab-case code, for instance `unknown-key`; docs/CHECKS.md lists them.
    pub code: &'static str,
    /// The file as `SourceFile::path` names it.
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
    /// What is wrong, lower case, no full stop.
    pub message: String,
    /// The line of the file, cut to what a terminal shows.
    pub excerpt: String,
    /// What would mend it ("did you mean …").
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}
