//! What changes between two sets of files, as a person calls it: which entry, which intent, which lines. Knows what a file is
//! by its path alone, and nothing of what it says.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::knowledge::changed_lines::{ChangedLines, printable};
use crate::knowledge::content::SourceFile;

/// What changes between two sets of files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Difference {
    /// The files that differ, in the order of their paths.
    pub changes: Vec<Change>,
}

/// A file that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Change {
    /// The path, as diagnostics show it.
    pub path: String,
    /// What happened to it.
    pub kind: ChangeKind,
    /// What it holds.
    pub subject: Subject,
    /// The lines that differ, of a file that is on both sides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<ChangedLines>,
}

/// What happened to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It is on both sides, and not the same.
    Changed,
}

impl ChangeKind {
    fn mark(self) -> char {
        match self {
            ChangeKind::Added => '+',
            ChangeKind::Removed => '-',
            ChangeKind::Changed => '~',
        }
    }
}

/// What a file holds, as a person calls it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Subject {
    /// The sort of thing.
    pub kind: SubjectKind,
    /// Its name: the file's without its ending (`refund-apply.en` for a translation), the folder's for a category.
    pub id: String,
}

/// The sorts of things that files hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum SubjectKind {
    /// An entry's own file.
    Entry,
    /// An entry in another language.
    Translation,
    /// The title and order of a folder of entries.
    Category,
    /// An intent.
    Intent,
    /// A flow.
    Flow,
    /// The rules above all.
    Rules,
    /// The words that mean the same.
    Synonyms,
    /// The words that are kept whole.
    Dictionary,
    /// The facts and switches.
    Variables,
    /// Service hours and holidays.
    Calendar,
    /// What belongs to the operator.
    Contacts,
    /// Where cases go.
    Departments,
    /// An announcement, in any language.
    Announcement,
    /// A survey.
    Survey,
    /// Labelled questions.
    Questions,
    /// Anything else.
    Other,
}

/// A file's bytes before and after, where it is there.
type Sides<'f> = (Option<&'f [u8]>, Option<&'f [u8]>);

impl Difference {
    /// Compares two sets of files; their order does not matter.
    pub fn between(before: &[SourceFile], after: &[SourceFile]) -> Self {
        let mut sides: BTreeMap<&str, Sides<'_>> = BTreeMap::new();
        for file in before {
            sides.entry(&file.path).or_default().0 = Some(&file.bytes);
        }
        for file in after {
            sides.entry(&file.path).or_default().1 = Some(&file.bytes);
        }
        let changes = sides.into_iter().filter_map(|(path, sides)| {
            let (kind, lines) = match sides {
                (Some(before), Some(after)) if before == after => return None,
                (Some(before), Some(after)) => (ChangeKind::Changed, Some(ChangedLines::between(before, after))),
                (None, _) => (ChangeKind::Added, None),
                (_, None) => (ChangeKind::Removed, None),
            };
            Some(Change { path: path.to_owned(), kind, subject: Subject::of(path), lines })
        });
        Self { changes: changes.collect() }
    }

    /// Says whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Returns what happens to a file; `None` when it stays as it is.
    pub fn of_path(&self, path: &str) -> Option<&Change> {
        self.changes.iter().find(|change| change.path == path)
    }

    /// Renders the files for a terminal, with the lines that differ below.
    pub fn render(&self) -> String {
        let mut out = String::new();
        for change in &self.changes {
            out.push_str(&format!("{} {}\n", change.kind.mark(), printable(&change.path)));
            let Some(lines) = &change.lines else { continue };
            out.push_str(&lines.render());
        }
        out
    }
}

impl Subject {
    /// Says what a file holds by its path.
    pub fn of(path: &str) -> Self {
        let parts: Vec<&str> = path.split('/').collect();
        let (kind, id) = match parts.as_slice() {
            ["knowledge-base", name @ "variables.yaml"] => (SubjectKind::Variables, *name),
            ["knowledge-base", name @ "official-contacts.yaml"] => (SubjectKind::Contacts, *name),
            ["knowledge-base", name @ "departments.yaml"] => (SubjectKind::Departments, *name),
            ["knowledge-base", name @ "calendar.yaml"] => (SubjectKind::Calendar, *name),
            ["knowledge-base", name @ "synonyms.txt"] => (SubjectKind::Synonyms, *name),
            ["knowledge-base", name @ "dictionary.txt"] => (SubjectKind::Dictionary, *name),
            ["knowledge-base", "questions", name] if name.ends_with(".jsonl") => (SubjectKind::Questions, *name),
            ["knowledge-base", "announcements", name] if name.ends_with(".md") => (SubjectKind::Announcement, *name),
            ["knowledge-base", "surveys", name] if name.ends_with(".yaml") => (SubjectKind::Survey, *name),
            ["knowledge-base", category, "_category.yaml"] => (SubjectKind::Category, *category),
            ["knowledge-base", _, name] => match touched_entry(path) {
                Some(id) if name.len() == id.len() + ".md".len() => (SubjectKind::Entry, *name),
                Some(_) => (SubjectKind::Translation, *name),
                None => (SubjectKind::Other, path),
            },
            ["intents", name @ "rules.yaml"] => (SubjectKind::Rules, *name),
            ["intents", "texts.yaml" | "canned.yaml"] => (SubjectKind::Other, path),
            ["intents", "flows", name] if name.ends_with(".yaml") => (SubjectKind::Flow, *name),
            ["intents", name] if name.ends_with(".yaml") => (SubjectKind::Intent, *name),
            _ => (SubjectKind::Other, path),
        };
        // A category's name is a folder's and the rest keep their path whole: neither has an ending to lose.
        let id = match kind {
            SubjectKind::Category | SubjectKind::Other => id,
            _ => id.rsplit_once('.').map_or(id, |(stem, _)| stem),
        };
        Self { kind, id: id.to_owned() }
    }
}

/// Returns the id of the entry that a file belongs to, as its own or as a translation.
pub fn touched_entry(path: &str) -> Option<&str> {
    const RESERVED: [&str; 3] = ["questions", "announcements", "surveys"];
    let (category, name) = path.strip_prefix("knowledge-base/")?.split_once('/')?;
    let stem = name.strip_suffix(".md").filter(|stem| !stem.contains('/') && !RESERVED.contains(&category))?;
    Some(stem.split_once('.').map_or(stem, |(id, _)| id))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> SourceFile {
        SourceFile { path: path.to_owned(), bytes: text.as_bytes().to_vec() }
    }

    #[test]
    fn files_that_are_new_gone_or_changed_are_named() {
        let before = [file("knowledge-base/synonyms.txt", "退款, 退费\n咋, 怎么\n"), file("intents/abuse.yaml", "x")];
        let after = [
            file("knowledge-base/refund/refund-apply.en.md", "---\n"),
            file("knowledge-base/synonyms.txt", "退款, 退费, refund\n咋, 怎么\n\u{1b}[31m, 红\n"),
        ];
        let difference = Difference::between(&before, &after);
        let shown = "- intents/abuse.yaml\n\
                     + knowledge-base/refund/refund-apply.en.md\n\
                     ~ knowledge-base/synonyms.txt\n    \
                     \u{20}   1 - 退款, 退费\n    \
                     \u{20}   1 + 退款, 退费, refund\n    \
                     \u{20}   3 +  [31m, 红\n";
        assert_eq!(difference.render(), shown);
        let json = serde_json::to_value(&difference).unwrap();
        assert_eq!(json["changes"][1]["subject"], serde_json::json!({"kind": "translation", "id": "refund-apply.en"}));
        assert_eq!(json["changes"][2]["kind"], "changed");
        assert_eq!(serde_json::from_value::<Difference>(json).unwrap(), difference);
        assert!(difference.of_path("intents/abuse.yaml").is_some_and(|change| change.kind == ChangeKind::Removed));
        assert!(Difference::between(&after, &after).is_empty());
    }

    #[test]
    fn a_path_says_what_a_file_holds() {
        for (path, kind, id) in [
            ("knowledge-base/refund/refund-apply.md", SubjectKind::Entry, "refund-apply"),
            ("knowledge-base/refund/refund-apply.zh-TW.md", SubjectKind::Translation, "refund-apply.zh-TW"),
            ("knowledge-base/refund/_category.yaml", SubjectKind::Category, "refund"),
            ("knowledge-base/refund/notes.txt", SubjectKind::Other, "knowledge-base/refund/notes.txt"),
            ("knowledge-base/refund/deep/x.md", SubjectKind::Other, "knowledge-base/refund/deep/x.md"),
            ("knowledge-base/variables.yaml", SubjectKind::Variables, "variables"),
            ("knowledge-base/official-contacts.yaml", SubjectKind::Contacts, "official-contacts"),
            ("knowledge-base/departments.yaml", SubjectKind::Departments, "departments"),
            ("knowledge-base/calendar.yaml", SubjectKind::Calendar, "calendar"),
            ("knowledge-base/dictionary.txt", SubjectKind::Dictionary, "dictionary"),
            ("knowledge-base/questions/held-sample.jsonl", SubjectKind::Questions, "held-sample"),
            ("knowledge-base/announcements/winter.md", SubjectKind::Announcement, "winter"),
            ("knowledge-base/surveys/habits.yaml", SubjectKind::Survey, "habits"),
            ("knowledge-base/surveys/habits.md", SubjectKind::Other, "knowledge-base/surveys/habits.md"),
            ("intents/rules.yaml", SubjectKind::Rules, "rules"),
            ("intents/texts.yaml", SubjectKind::Other, "intents/texts.yaml"),
            ("intents/canned.yaml", SubjectKind::Other, "intents/canned.yaml"),
            ("intents/refund.request.yaml", SubjectKind::Intent, "refund.request"),
            ("intents/flows/refund.yaml", SubjectKind::Flow, "refund"),
            ("", SubjectKind::Other, ""),
        ] {
            assert_eq!(Subject::of(path), Subject { kind, id: id.to_owned() }, "{path}");
        }
        assert_eq!(touched_entry("knowledge-base/refund/refund-apply.en.md"), Some("refund-apply"));
        assert_eq!(touched_entry("knowledge-base/announcements/winter.md"), None);
        assert_eq!(touched_entry("intents/abuse.yaml"), None);
    }
}
