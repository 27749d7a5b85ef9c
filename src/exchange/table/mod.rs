//! Any table of questions and answers with headings → documents: new entries, and more for those that are there.

mod braces;
mod drafts;
mod headings;
pub(crate) mod mapping;
mod naming;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::exchange::document::{EntryDocument, TextDocument};
use crate::exchange::sheet::Row;
use crate::exchange::table::drafts::{Draft, drafts};
use crate::exchange::table::headings::Headings;
use crate::exchange::table::mapping::{Field, Mapping};
use crate::exchange::table::naming::Naming;
use crate::exchange::{Fault, Imported};
use crate::knowledge::content::Content;
use crate::knowledge::entry::EntryId;
use crate::text::language::LanguageTag;
use crate::text::normalise::normalise;

/// Reads the rows below the first header.
pub(crate) fn import(rows: &[Row], content: &Content, mapping: &Mapping, zone: &TimeZone) -> Imported {
    let mut imported = Imported::default();
    let Some(headings) = Headings::find(rows, mapping, &mut imported.faults) else { return imported };
    let drafts = drafts(&headings, &rows[headings.at + 1..], zone, &mut imported.faults);
    let mut naming = Naming::of(content);
    let mut entries = entries(drafts, &mut naming, &headings, &mut imported.faults);
    relate(&mut entries, &naming, &headings, &mut imported.faults);
    for (draft, document) in entries {
        let (n_documents, n_faults) = (imported.documents.len(), imported.faults.len());
        imported.take(document, draft.row, BTreeMap::new());
        for fault in &mut imported.faults[n_faults..] {
            fault.column = headings.translated(&fault.column);
        }
        if draft.is_faulty {
            imported.documents.truncate(n_documents);
        }
    }
    imported.categories = naming.new_categories;
    imported
}

/// Makes the documents; reports two rows that mean one entry.
fn entries(
    drafts: Vec<Draft>,
    naming: &mut Naming<'_>,
    headings: &Headings<'_>,
    faults: &mut Vec<Fault>,
) -> Vec<(Draft, EntryDocument)> {
    let mut row_of: FxHashMap<EntryId, usize> = FxHashMap::default();
    let mut entries = Vec::new();
    for mut draft in drafts {
        let document = document(&draft, naming);
        if let Some(first) = row_of.insert(document.id.clone(), draft.row) {
            let message = format!("this and row {first} are both phrasings of the entry \"{}\"", document.id);
            faults.push(Fault::new(draft.row, headings.of(Field::Question), message));
            draft.is_faulty = true;
        }
        entries.push((draft, document));
    }
    entries
}

/// Makes the document of a draft: that of the entry which is asked so, with what the table says put in, or a new one.
fn document(draft: &Draft, naming: &mut Naming<'_>) -> EntryDocument {
    let known = naming.entry_asked(&draft.question);
    let mut document = match known {
        Some(entry) => EntryDocument::of(entry),
        None => {
            let id = naming.new_id(&draft.question);
            EntryDocument::new(id, String::new(), TextDocument::default())
        }
    };
    if known.is_none() || !draft.category.is_empty() {
        document.category = naming.folder(&draft.category);
    }
    let text = document.texts.entry(LanguageTag::zh_cn()).or_default();
    let before = std::mem::replace(&mut text.question, draft.question.clone());
    let similar = std::mem::take(&mut text.similar);
    text.similar = united([before].into_iter().chain(similar).chain(draft.similar.iter().cloned()), &draft.question);
    text.never = united(std::mem::take(&mut text.never).into_iter().chain(draft.never.iter().cloned()), "");
    if !draft.answer.is_empty() {
        text.body.clone_from(&draft.answer);
    }
    if !draft.channels.is_empty() {
        document.channels.clone_from(&draft.channels);
    }
    document.valid.from = draft.valid.from.or(document.valid.from);
    document.valid.until = draft.valid.until.or(document.valid.until);
    document
}

/// Returns texts that are different after folding, from each other and from `except`.
fn united(texts: impl Iterator<Item = String>, except: &str) -> Vec<String> {
    let mut seen = FxHashSet::from_iter([String::new(), normalise(except)]);
    texts.filter(|text| seen.insert(normalise(text))).collect()
}

/// Puts in what is related: entries of the table or the content, by id or by a question.
fn relate(
    entries: &mut [(Draft, EntryDocument)],
    naming: &Naming<'_>,
    headings: &Headings<'_>,
    faults: &mut Vec<Fault>,
) {
    let names = names(entries);
    for (draft, document) in entries {
        for (row, named) in &draft.related {
            match names.get(named).or_else(|| names.get(&normalise(named))).cloned().or_else(|| naming.find(named)) {
                Some(id) if id == document.id || document.related.contains(&id) => {}
                Some(id) => document.related.push(id),
                None => {
                    let message = format!("no entry is called or asked \"{named}\"");
                    faults.push(Fault::new(*row, headings.of(Field::Related), message));
                    draft.is_faulty = true;
                }
            }
        }
    }
}

/// Returns the table's entries by their ids, and by their phrasings, folded.
fn names(entries: &[(Draft, EntryDocument)]) -> FxHashMap<String, EntryId> {
    let mut names = FxHashMap::default();
    for (_, document) in entries {
        names.insert(document.id.0.clone(), document.id.clone());
    }
    for (_, document) in entries {
        for text in document.texts.values() {
            for phrasing in std::iter::once(&text.question).chain(&text.similar) {
                names.entry(normalise(phrasing)).or_insert_with(|| document.id.clone());
            }
        }
    }
    names
}
