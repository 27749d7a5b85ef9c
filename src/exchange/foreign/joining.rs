//! Entries of another system that ask the same question become one.

use jiff::Timestamp;
use rustc_hash::FxHashMap;

use crate::exchange::foreign::entry::{ForeignEntry, Place};
use crate::exchange::foreign::reports::Reports;
use crate::text::normalise::normalise;

/// Joins entries of one question; reports where they contradict one another.
pub(super) fn joined(entries: Vec<ForeignEntry>, reports: &mut Reports<'_>) -> Vec<ForeignEntry> {
    let mut joined: Vec<ForeignEntry> = Vec::new();
    let mut asked: FxHashMap<String, usize> = FxHashMap::default();
    for entry in entries {
        let question = normalise(entry.question());
        if question.is_empty() {
            reports.fault(&entry.place, "question", "the question has no letter");
            continue;
        }
        match asked.get(&question) {
            Some(&at) => join(&mut joined[at], entry, reports),
            None => {
                asked.insert(question, joined.len());
                joined.push(entry);
            }
        }
    }
    joined
}

/// Joins what an entry says with what entries of the same question said before.
fn join(first: &mut ForeignEntry, more: ForeignEntry, reports: &mut Reports<'_>) {
    let ForeignEntry { place, is_faulty, name, own_ids, category, texts, buttons, related, channels, valid } = more;
    let n_faults = reports.faults.len();
    let before = first.place.clone();
    let mut report = |field: &str, what: &str| {
        reports.fault(&place, field, format!("{} has another {what} for the same question", named(&before)));
    };
    for (language, text) in texts {
        let known = first.texts.entry(language).or_default();
        if !replace_empty(&mut known.answer, text.answer) {
            report("answer", "answer");
        }
        known.ask(std::iter::once(text.question).chain(text.similar));
        known.never.extend(text.never);
    }
    if !replace_empty(&mut first.category, category) {
        report("category", "category");
    }
    if !replace_none(&mut first.valid.from, valid.from) {
        report("valid_from", "time");
    }
    if !replace_none(&mut first.valid.until, valid.until) {
        report("valid_until", "time");
    }
    replace_empty(&mut first.name, name);
    first.own_ids.extend(own_ids);
    first.related.extend(related);
    for channel in channels {
        if !first.channels.contains(&channel) {
            first.channels.push(channel);
        }
    }
    for button in buttons {
        if !first.buttons.contains(&button) {
            first.buttons.push(button);
        }
    }
    first.is_faulty |= is_faulty || reports.faults.len() > n_faults;
}

/// Names a place in a message.
fn named(place: &Place) -> String {
    if place.file.is_empty() { format!("row {}", place.row) } else { place.file.clone() }
}

/// Puts a text where there is none; `false` when there is another.
fn replace_empty(text: &mut String, more: String) -> bool {
    if text.is_empty() {
        *text = more;
        return true;
    }
    more.is_empty() || *text == more
}

/// Puts an instant where there is none; `false` when there is another.
fn replace_none(instant: &mut Option<Timestamp>, more: Option<Timestamp>) -> bool {
    let known = *instant.get_or_insert(match more {
        Some(more) => more,
        None => return true,
    });
    more == Some(known)
}
