//! A fault in the content: where it is, what is wrong, and what the editor may have meant.

use std::fmt;

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
    /// A stable kebab-case code; `CODES` lists them.
    pub code: &'static str,
    /// The file as `SourceFile::path` names it.
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
    /// What is wrong, lower case, no full stop.
    pub message: String,
    /// The line of the file, cut to what a terminal shows around the place.
    pub excerpt: String,
    /// Characters of the excerpt before the place.
    #[serde(skip)]
    pub mark: usize,
    /// What would mend it ("did you mean …").
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Diagnostic {
    /// Renders the fault with its line and a mark below the place.
    pub fn render(&self) -> String {
        let margin = " ".repeat(self.line.to_string().len());
        // Han characters take two columns on a terminal.
        let before = self.excerpt.chars().take(self.mark);
        let indent: String = before.map(|c| if c.is_ascii() { " " } else { "  " }).collect();
        let mut out = format!("{self}\n{} | {}\n{margin} | {indent}^", self.line, self.excerpt);
        if let Some(hint) = &self.hint {
            out.push_str(&format!("\n{margin} = {hint}"));
        }
        out
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{}:{}:{}: {severity}[{}]: {}", self.file, self.line, self.column, self.code, self.message)
    }
}

/// Every code with its severity and what it means; docs/CHECKS.md shows the same table.
pub const CODES: &[(&str, Severity, &str)] = {
    use Severity::{Error, Warning};
    &[
        ("not-utf8", Error, "a file is not UTF-8 text"),
        ("bad-yaml", Error, "a YAML file or front matter cannot be parsed"),
        ("bad-json", Error, "a line of a .jsonl file is no JSON object of the right shape"),
        ("bad-csv", Error, "a line of a .csv file cannot be read, or holds a word that is not expected"),
        ("missing-front-matter", Error, "an entry or announcement does not begin with `---`"),
        ("unexpected-file", Warning, "a file lies where the product does not look for it"),
        ("unknown-key", Error, "a key that has no meaning here"),
        ("missing-key", Error, "a key without which the thing means nothing"),
        ("duplicate-key", Error, "a key stands twice in one mapping"),
        ("wrong-type", Error, "a list, a mapping or a text stands where another is expected"),
        ("bad-value", Error, "a value that cannot be read: a date, a number, a time, a language tag"),
        ("unknown-value", Error, "a word that is none of those expected here"),
        ("empty-text", Error, "a phrasing, an example or an answer without a letter"),
        ("duplicate-id", Error, "two entries, rules or labelled questions of one id"),
        ("duplicate-phrasing", Error, "one text, after folding, is a phrasing or example of two"),
        ("repeated-phrasing", Warning, "one text, after folding, stands twice in one entry or intent"),
        ("never-is-phrasing", Error, "an entry's own phrasing stands in its `never`"),
        ("phrasing-caught-by-rule", Error, "a rule would take a stored phrasing or example away from its owner"),
        (
            "orphan-translation",
            Error,
            "a translation without the entry it translates beside it, or into the entry's own language",
        ),
        ("guided-without-steps", Error, "an entry with `steps: guided` whose answer has no numbered list"),
        ("guided-steps-differ", Error, "a translation of a guided entry with another number of steps"),
        ("missing-variable", Error, "a name in braces that is not defined"),
        ("unused-variable", Warning, "a variable that nothing uses"),
        ("bad-template", Error, "braces that are opened and not closed, or that stand in a variable's value"),
        ("broken-related", Error, "`related` names an entry that does not exist, or the entry itself"),
        ("broken-requires", Error, "`requires` names a variable that does not exist or is no switch"),
        ("broken-action", Error, "an action leads to an intent that does not exist"),
        ("action-label", Error, "an action's label is no example of the intent it leads to"),
        ("broken-flow", Error, "an intent or action names a flow that does not exist"),
        ("unused-flow", Warning, "a flow that no intent starts"),
        ("broken-intent", Error, "a rule leads to an intent that does not exist"),
        ("broken-department", Error, "a department that does not exist, or escalation that goes in a circle"),
        ("broken-slot", Error, "a flow names a slot or a choice that it does not have"),
        ("bad-pattern", Error, "a rule's pattern is no regular expression, or matches every text"),
        ("bad-validity", Error, "something ends before it begins"),
        ("overlapping-validity", Error, "two things that exclude one another are valid at the same time"),
        ("expired", Warning, "an entry or announcement is over at the time of the check"),
        ("review-overdue", Warning, "an entry should have been reviewed by now"),
        ("html-in-answer", Error, "raw HTML in a text that customers read"),
        ("phishing-request", Error, "a text asks for a secret, a transfer or remote control"),
        ("phishing-contact", Error, "a text or variable names a contact that is not in official-contacts.yaml"),
        ("unknown-outcome", Error, "a labelled question names an entry or intent that does not exist"),
        ("contradiction", Error, "an outcome is both accepted and never right"),
        ("synonym-twice", Warning, "a word stands in two groups of synonyms"),
        ("word-twice", Warning, "a word stands twice in the dictionary"),
        (
            "missing-category",
            Warning,
            "a folder of entries without `_category.yaml`, or a `_category.yaml` without entries",
        ),
    ]
};

/// Returns a code's severity.
pub fn severity(code: &str) -> Severity {
    CODES.iter().find(|(known, ..)| *known == code).map_or(Severity::Error, |&(_, severity, _)| severity)
}
