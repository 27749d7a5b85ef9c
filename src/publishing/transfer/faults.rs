//! What an import would break, said in the places that whoever imports can see: rows and columns, or files and lines.

use std::collections::BTreeSet;

use crate::exchange::{Fault, Placed};
use crate::knowledge::content::SourceFile;
use crate::knowledge::diagnostic::{Diagnostic, Severity};
use crate::knowledge::difference::touched_entry;
use crate::publishing::transfer::plan::Edits;
use crate::text::language::LanguageTag;

/// The column of answers.
const ANSWER: &str = "answer";

/// The code of a fault that may only be there because another row has one: the entry that is named stands in that row.
const FOLLOWS_FROM_OTHERS: &str = "broken-related";

/// Returns the errors that were not there before.
pub(super) fn new_errors(known: &[Diagnostic], found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let known: BTreeSet<(&str, &str, String)> = known.iter().map(key).collect();
    let is_new = |error: &Diagnostic| error.severity == Severity::Error && !known.contains(&key(error));
    found.into_iter().filter(is_new).collect()
}

/// What makes an error the same one after lines have moved.
fn key(error: &Diagnostic) -> (&str, &str, String) {
    (&error.file, error.code, without_places(&error.message))
}

/// Takes the numbers of lines and columns out of a message (`a.md:4:5`).
fn without_places(message: &str) -> String {
    let mut out = String::with_capacity(message.len());
    for c in message.chars() {
        let is_of_place = c.is_ascii_digit() && out.ends_with(':');
        if !is_of_place {
            out.push(c);
        }
    }
    out
}

/// Puts the errors that entries bring to the faults of the rows that these stand in, in the order of rows.
pub(super) fn of_rows(
    mut faults: Vec<Fault>,
    documents: &[Placed],
    edits: &Edits,
    mut errors: Vec<Diagnostic>,
) -> Vec<Fault> {
    if !faults.is_empty() {
        errors.retain(|error| error.code != FOLLOWS_FROM_OTHERS);
    }
    faults.extend(errors.iter().map(|error| of_row(documents, edits, error)));
    faults.sort_by_key(|fault| fault.row);
    faults
}

fn of_row(documents: &[Placed], edits: &Edits, error: &Diagnostic) -> Fault {
    let id = touched_entry(&error.file);
    let own = documents.iter().find(|placed| Some(placed.document.id.0.as_str()) == id);
    if let Some(placed) = own {
        let text = edits.get(&error.file).and_then(Option::as_deref).unwrap_or_default();
        let key = key_of_line(&String::from_utf8_lossy(text), error.line);
        let column = if placed.file.is_empty() { key } else { format!("{} {key}", placed.file) };
        return Fault { row: placed.row_of(&language_of(&error.file)), column, message: message(error) };
    }
    // It shows elsewhere; what it says names the entry that brings it.
    let names = |placed: &&Placed| error.message.contains(&format!("\"{}\"", placed.document.id));
    let row = documents.iter().find(names).map_or(1, |placed| placed.row);
    Fault { row, column: String::new(), message: format!("{}:{}: {}", error.file, error.line, message(error)) }
}

/// Reports errors in files by their lines.
pub(super) fn of_lines(files: &[SourceFile], errors: Vec<Diagnostic>) -> Vec<Fault> {
    let fault = |error: Diagnostic| {
        let file = files.iter().find(|file| file.path == error.file);
        let text = file.map(|file| String::from_utf8_lossy(&file.bytes)).unwrap_or_default();
        let column = key_of_line(&text, error.line);
        Fault { row: error.line, column, message: format!("{}: {}", error.file, message(&error)) }
    };
    errors.into_iter().map(fault).collect()
}

fn message(error: &Diagnostic) -> String {
    match &error.hint {
        Some(hint) => format!("{}; {hint}", error.message),
        None => error.message.clone(),
    }
}

/// Returns the language of an entry's file by its name.
fn language_of(path: &str) -> LanguageTag {
    let name = path.rsplit('/').next().unwrap_or_default();
    let language = name.strip_suffix(".md").and_then(|stem| stem.split_once('.'));
    language.and_then(|(_, language)| LanguageTag::parse(language)).unwrap_or_else(LanguageTag::zh_cn)
}

/// Returns the key that a line of a file belongs to: the last one at the margin before it, or the answer behind the front
/// matter; empty where there is none.
fn key_of_line(text: &str, line: usize) -> String {
    let has_front = text.starts_with("---");
    let mut key = "";
    for (at, text) in text.lines().enumerate().take(line) {
        if has_front && at > 0 && text.trim_end() == "---" {
            return if at + 1 < line { ANSWER.to_owned() } else { key.to_owned() };
        }
        let is_key = |name: &&str| !name.is_empty() && !name.starts_with([' ', '#', '-', '"', '{']);
        if let Some(name) = text.split_once(':').map(|(name, _)| name).filter(is_key) {
            key = name;
        }
    }
    key.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_belongs_to_a_key() {
        let entry = "---\nquestion: 怎么退款\nsimilar:\n  - \"a: b\"\n  - c\nrelated: [x]\n---\n答案\nnote: 二\n";
        for (line, key) in [
            (1, ""),
            (2, "question"),
            (3, "similar"),
            (4, "similar"),
            (5, "similar"),
            (6, "related"),
            (8, "answer"),
            (9, "answer"),
        ] {
            assert_eq!(key_of_line(entry, line), key, "{line}");
        }
        assert_eq!(key_of_line("examples:\n  zh-CN: [退款]\ndoes: {flow: x}\n", 2), "examples");
        assert_eq!(key_of_line("", 1), "");
    }

    #[test]
    fn lines_that_move_make_no_new_error() {
        let error = |line: usize, message: &str| Diagnostic {
            severity: Severity::Error,
            code: "duplicate-phrasing",
            file: "a.md".to_owned(),
            line,
            column: 1,
            message: message.to_owned(),
            excerpt: String::new(),
            mark: 0,
            hint: None,
        };
        let known = [error(3, "\"x 1\" stands there: b.md:12:3")];
        let found = vec![error(9, "\"x 1\" stands there: b.md:7:10"), error(3, "\"x 2\" stands there: b.md:12:3")];
        let new: Vec<usize> = new_errors(&known, found).iter().map(|error| error.line).collect();
        assert_eq!(new, [3]);
    }

    #[test]
    fn a_file_is_named_for_its_language() {
        for (path, language) in [("knowledge-base/a/b.md", "zh-CN"), ("knowledge-base/a/b.en.md", "en")] {
            assert_eq!(language_of(path), LanguageTag::parse(language).unwrap());
        }
    }
}
