//! What another system says about one question, whatever its format; and what a reader of a format has found.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use crate::exchange::foreign::markup;
use crate::exchange::{Fault, Note};
use crate::knowledge::entry::Validity;
use crate::text::language::LanguageTag;

/// A question of another system with its answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ForeignEntry {
    /// Where it stands.
    pub(crate) place: Place,
    /// Whether something of it cannot be read, or contradicts itself.
    pub(crate) is_faulty: bool,
    /// What becomes its id where it is new; empty where the question makes a better one.
    pub(crate) name: String,
    /// What other entries of the file call it.
    pub(crate) own_ids: Vec<String>,
    /// By name or title; empty where there is none.
    pub(crate) category: String,
    pub(crate) texts: BTreeMap<LanguageTag, ForeignText>,
    pub(crate) buttons: Vec<Button>,
    /// Questions or ids, ours or the other system's, with their rows.
    pub(crate) related: Vec<(usize, String)>,
    pub(crate) channels: Vec<String>,
    pub(crate) valid: Validity,
}

/// What it says in one language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ForeignText {
    pub(crate) question: String,
    pub(crate) similar: Vec<String>,
    pub(crate) never: Vec<String>,
    pub(crate) answer: String,
}

/// A button below an answer: what it says, and what it sends or opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Button {
    pub(crate) label: String,
    pub(crate) value: String,
}

/// Where something stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    /// The row or line, from 1.
    pub(crate) row: usize,
    /// The file within an archive; empty where the file is no archive.
    pub(crate) file: String,
}

impl Place {
    /// Makes the place of a row.
    pub(crate) fn row(row: usize) -> Self {
        Self { row, file: String::new() }
    }

    /// Returns what stands in a fault's column for a field.
    pub(crate) fn column(&self, field: &str) -> String {
        match (self.file.as_str(), field) {
            ("", field) => field.to_owned(),
            (file, "") => file.to_owned(),
            (file, field) => format!("{file} {field}"),
        }
    }
}

impl ForeignEntry {
    /// Makes an entry that stands somewhere.
    pub(crate) fn at(place: Place) -> Self {
        Self { place, ..Self::default() }
    }

    /// Returns its Chinese text, where texts stand whose language the format does not name.
    pub(crate) fn own_text(&mut self) -> &mut ForeignText {
        self.texts.entry(LanguageTag::zh_cn()).or_default()
    }

    /// Returns the question that it is known by: the Chinese one where there is one.
    pub(crate) fn question(&self) -> &str {
        let own = self.texts.get(&LanguageTag::zh_cn()).or_else(|| self.texts.values().next());
        own.map_or("", |text| &text.question)
    }
}

impl ForeignText {
    /// Takes phrasings in: the first one is the standard question.
    pub(crate) fn ask(&mut self, phrasings: impl IntoIterator<Item = String>) {
        for phrasing in phrasings.into_iter().filter(|phrasing| !phrasing.trim().is_empty()) {
            let phrasing = phrasing.trim();
            if self.question.is_empty() {
                phrasing.clone_into(&mut self.question)
            } else {
                self.similar.push(phrasing.to_owned())
            }
        }
    }
}

/// What a reader has found in a file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reading {
    pub(crate) entries: Vec<ForeignEntry>,
    pub(crate) faults: Vec<Fault>,
    pub(crate) notes: Vec<Note>,
    /// What the other system calls the entries that are not taken.
    pub(crate) left_out: Vec<String>,
    /// What has been said once for all.
    said: FxHashSet<String>,
}

impl Reading {
    /// Makes the reading of a file that cannot be read at all.
    pub(crate) fn unreadable(row: usize, column: impl Into<String>, message: impl Into<String>) -> Self {
        Self { faults: vec![Fault::new(row, column, message)], ..Self::default() }
    }

    /// Reports what is broken.
    pub(crate) fn fault(&mut self, place: &Place, field: &str, message: impl Into<String>) {
        self.faults.push(Fault::new(place.row, place.column(field), message));
    }

    /// Says what is not taken.
    pub(crate) fn note(&mut self, place: &Place, field: &str, message: impl Into<String>) {
        self.notes.push(Note::new(place.row, place.column(field), message));
    }

    /// Says what is not taken, unless the same has been said of the file already.
    pub(crate) fn note_once(&mut self, place: &Place, field: &str, message: impl Into<String>) {
        let message = message.into();
        if self.said.insert(message.clone()) {
            self.note(place, field, message);
        }
    }

    /// Takes an entry with an answer in, as Markdown; `field` is what the format calls an answer. It is faulty where faults were
    /// reported after the first `n_faults`.
    pub(crate) fn add(&mut self, mut entry: ForeignEntry, field: &str, n_faults: usize) {
        if entry.texts.values().any(|text| text.answer.trim().is_empty()) {
            self.fault(&entry.place, field, "the answer is missing");
            self.left_out.extend(entry.own_ids);
            return;
        }
        for text in entry.texts.values_mut() {
            let marked = markup::to_markdown(&text.answer);
            for what in marked.left_out {
                self.notes.push(Note::new(entry.place.row, entry.place.column(field), format!("{what} is left out")));
            }
            text.answer = marked.text;
        }
        entry.is_faulty |= self.faults.len() > n_faults;
        self.entries.push(entry);
    }
}
