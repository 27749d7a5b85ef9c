//! Where an entry of another system leads: related questions, and buttons that become actions.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::exchange::document::EntryDocument;
use crate::exchange::foreign::entry::{Button, ForeignEntry, Place};
use crate::exchange::foreign::naming::Naming;
use crate::exchange::foreign::reports::Reports;
use crate::knowledge::content::Content;
use crate::knowledge::entry::{Action, ActionTarget, EntryId};
use crate::knowledge::intent::IntentName;
use crate::text::normalise::normalise;

/// Everything that can be led to.
pub(super) struct Leads<'c> {
    /// The file's entries by what the other system and we call them.
    called: FxHashMap<String, EntryId>,
    /// The file's entries by their phrasings, folded.
    asked: FxHashMap<String, EntryId>,
    /// What the other system calls the entries that are not taken.
    left_out: FxHashSet<&'c str>,
    /// Intents by their examples, folded.
    intents: FxHashMap<String, &'c IntentName>,
    /// Entries of the content, by id and by question.
    content: FxHashMap<String, EntryId>,
}

impl<'c> Leads<'c> {
    /// Takes the names of the file's entries and of all content.
    pub(super) fn of(
        entries: &[(ForeignEntry, EntryDocument)],
        left_out: &'c [String],
        content: &'c Content,
        naming: &Naming<'_>,
    ) -> Self {
        let (mut called, mut asked) = (FxHashMap::default(), FxHashMap::default());
        for (entry, document) in entries {
            for own_id in &entry.own_ids {
                called.entry(own_id.clone()).or_insert_with(|| document.id.clone());
            }
        }
        for (_, document) in entries {
            called.entry(document.id.0.clone()).or_insert_with(|| document.id.clone());
            for text in document.texts.values() {
                for phrasing in std::iter::once(&text.question).chain(&text.similar) {
                    asked.entry(normalise(phrasing)).or_insert_with(|| document.id.clone());
                }
            }
        }
        let mut intents = FxHashMap::default();
        for intent in &content.intents {
            for example in intent.examples.values().flatten() {
                intents.entry(normalise(example)).or_insert(&intent.name);
            }
        }
        let names = entries.iter().flat_map(|(entry, _)| {
            let related = entry.related.iter().map(|(_, named)| named);
            related.chain(entry.buttons.iter().flat_map(|button| [&button.label, &button.value]))
        });
        let content = names.filter_map(|named| Some((named.clone(), naming.find(named)?))).collect();
        Self { called, asked, left_out: left_out.iter().map(String::as_str).collect(), intents, content }
    }

    /// Finds an entry by an id of the other system's or ours, or by a question.
    fn entry(&self, named: &str) -> Option<&EntryId> {
        let of_file = self.called.get(named).or_else(|| self.asked.get(&normalise(named)));
        of_file.or_else(|| self.content.get(named))
    }
}

/// Puts in what is related and what buttons do; reports what leads nowhere.
pub(super) fn follow(
    entry: &mut ForeignEntry,
    document: &mut EntryDocument,
    leads: &Leads<'_>,
    reports: &mut Reports<'_>,
) {
    for (row, named) in &entry.related {
        let place = Place { row: *row, ..entry.place.clone() };
        match leads.entry(named) {
            Some(id) => relate(document, id),
            None if leads.left_out.contains(named.as_str()) => {
                let message = format!("\"{named}\" is left out, so nothing leads to it");
                reports.note(&place, "related", message);
            }
            None => {
                reports.fault(&place, "related", format!("no entry is called or asked \"{named}\""));
                entry.is_faulty = true;
            }
        }
    }
    for button in &entry.buttons {
        if let Some(action) = action(button, leads) {
            if !document.actions.contains(&action) {
                document.actions.push(action);
            }
        } else if let Some(id) = leads.entry(&button.value).or_else(|| leads.entry(&button.label)) {
            relate(document, id);
        } else {
            let Button { label, value } = button;
            let message = format!("the button \"{label}\" is left out: nothing is called or asked \"{value}\"");
            reports.note(&entry.place, "buttons", message);
        }
    }
}

fn relate(document: &mut EntryDocument, id: &EntryId) {
    if *id != document.id && !document.related.contains(id) {
        document.related.push(id.clone());
    }
}

/// Returns the action that does what a button did: it opens an address, calls a number, or sends an example of an intent.
fn action(button: &Button, leads: &Leads<'_>) -> Option<Action> {
    let (label, value) = (button.label.trim(), button.value.trim());
    let lower = value.to_ascii_lowercase();
    let to = |target| Some(Action { label: label.to_owned(), target });
    if lower.starts_with("https://") || lower.starts_with("http://") {
        return to(ActionTarget::Url(value.to_owned()));
    }
    if lower.starts_with("tel:") {
        return to(ActionTarget::Phone(value["tel:".len()..].trim().to_owned()));
    }
    // What such a button sends is its label, so that must be the example.
    let example = [label, value].into_iter().find_map(|text| Some((text, *leads.intents.get(&normalise(text))?)));
    example.map(|(text, name)| Action { label: text.to_owned(), target: ActionTarget::Intent(name.clone()) })
}
