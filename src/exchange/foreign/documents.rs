//! Entries of another system → documents: new entries, and more for those of ours that are asked so already.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::exchange::Imported;
use crate::exchange::document::{EntryDocument, TextDocument};
use crate::exchange::foreign::braces::shown_as_text;
use crate::exchange::foreign::entry::{ForeignEntry, ForeignText, Reading};
use crate::exchange::foreign::joining::joined;
use crate::exchange::foreign::leads::{Leads, follow};
use crate::exchange::foreign::naming::Naming;
use crate::exchange::foreign::reports::Reports;
use crate::knowledge::content::Content;
use crate::knowledge::entry::EntryId;
use crate::text::language::LanguageTag;
use crate::text::normalise::normalise;

/// Makes documents of what was read; `heading` returns what the file calls a field of ours.
pub(crate) fn documents(reading: Reading, content: &Content, heading: &dyn Fn(&str) -> String) -> Imported {
    let Reading { entries, faults, notes, left_out, .. } = reading;
    let mut reports = Reports { heading, faults, notes };
    let entries = joined(entries, &mut reports);
    let mut naming = Naming::of(content);
    let mut entries = named(entries, &mut naming, &mut reports);
    let leads = Leads::of(&entries, &left_out, content, &naming);
    for (entry, document) in &mut entries {
        follow(entry, document, &leads, &mut reports);
    }
    let mut imported = Imported { faults: reports.faults, notes: reports.notes, ..Imported::default() };
    for (entry, document) in entries {
        let (n_documents, n_faults) = (imported.documents.len(), imported.faults.len());
        let ForeignEntry { place, is_faulty, .. } = entry;
        imported.take(document, place.row, BTreeMap::new());
        for fault in &mut imported.faults[n_faults..] {
            fault.column = place.column(&heading(&fault.column));
        }
        if is_faulty {
            imported.documents.truncate(n_documents);
        }
        if let Some(placed) = imported.documents.get_mut(n_documents) {
            placed.file = place.file;
        }
    }
    imported.categories = naming.new_categories;
    imported
}

/// Finds or makes the document of each entry; reports two that mean one.
fn named(
    entries: Vec<ForeignEntry>,
    naming: &mut Naming<'_>,
    reports: &mut Reports<'_>,
) -> Vec<(ForeignEntry, EntryDocument)> {
    let mut taken: FxHashSet<EntryId> =
        entries.iter().filter_map(|entry| Some(naming.entry_asked(entry.question())?.id.clone())).collect();
    let mut first_of: FxHashMap<EntryId, usize> = FxHashMap::default();
    let mut named = Vec::new();
    for mut entry in entries {
        let asked = naming.entry_asked(entry.question());
        let called = || naming.entry_called(&entry.name).filter(|known| !taken.contains(&known.id));
        let known = asked.or_else(called).map(EntryDocument::of);
        if known.is_none() && !entry.texts.contains_key(&LanguageTag::zh_cn()) {
            let languages: Vec<&str> = entry.texts.keys().map(LanguageTag::as_str).collect();
            let message = format!("there is no text in zh-CN, only in {}; this is left out", languages.join(", "));
            reports.note(&entry.place, "", message);
            continue;
        }
        let document = document(&mut entry, known, naming, reports);
        taken.insert(document.id.clone());
        if let Some(first) = first_of.insert(document.id.clone(), entry.place.row) {
            let message = format!("this and row {first} are both phrasings of the entry \"{}\"", document.id);
            reports.fault(&entry.place, "question", message);
            entry.is_faulty = true;
        }
        named.push((entry, document));
    }
    named
}

/// Makes the document of an entry: that of the entry which is known, with what the file says put in, or a new one.
fn document(
    entry: &mut ForeignEntry,
    known: Option<EntryDocument>,
    naming: &mut Naming<'_>,
    reports: &mut Reports<'_>,
) -> EntryDocument {
    let is_new = known.is_none();
    let mut document = known.unwrap_or_else(|| {
        let id = naming.new_id(&entry.name, entry.question());
        EntryDocument::new(id, String::new(), TextDocument::default())
    });
    if is_new || !entry.category.is_empty() {
        document.category = naming.folder(&entry.category);
    }
    for (language, text) in &entry.texts {
        let answer = shown_as_text(&text.answer).unwrap_or_else(|| {
            let message = "braces stand together in code, where they would be taken for a variable";
            reports.fault(&entry.place, "answer", message);
            entry.is_faulty = true;
            text.answer.clone()
        });
        put(document.texts.entry(language.clone()).or_default(), text, answer);
    }
    if !entry.channels.is_empty() {
        document.channels.clone_from(&entry.channels);
    }
    document.valid.from = entry.valid.from.or(document.valid.from);
    document.valid.until = entry.valid.until.or(document.valid.until);
    document
}

/// Puts what the file says in one language to what is there.
fn put(text: &mut TextDocument, said: &ForeignText, answer: String) {
    let before = std::mem::replace(&mut text.question, said.question.clone());
    let similar = std::mem::take(&mut text.similar);
    text.similar = united([before].into_iter().chain(similar).chain(said.similar.iter().cloned()), &said.question);
    text.never = united(std::mem::take(&mut text.never).into_iter().chain(said.never.iter().cloned()), "");
    if !answer.is_empty() {
        text.body = answer;
    }
}

/// Returns texts that are different after folding, from each other and from `except`.
fn united(texts: impl Iterator<Item = String>, except: &str) -> Vec<String> {
    let mut seen = FxHashSet::from_iter([String::new(), normalise(except)]);
    texts.filter(|text| seen.insert(normalise(text))).collect()
}
