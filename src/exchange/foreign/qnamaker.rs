//! The table of Microsoft's QnA Maker and custom question answering: one row a phrasing, those of one answer under one
//! `QnaId`; prompts and metadata as JSON in their cells.

use rustc_hash::FxHashMap;
use serde::Deserialize;

use crate::exchange::foreign::columns::{Columns, cell};
use crate::exchange::foreign::entry::{ForeignEntry, Place, Reading};
use crate::exchange::sheet::Row;

const QUESTION: &str = "Question";
const ANSWER: &str = "Answer";
const METADATA: &str = "Metadata";
const SUGGESTED: &str = "SuggestedQuestions";
const CONTEXT_ONLY: &str = "IsContextOnly";
const PROMPTS: &str = "Prompts";
const QNA_ID: &str = "QnaId";

/// All columns; `Source` and `SourceDisplayName` say where an answer was found, which is not kept.
const COLUMNS: [&str; 9] =
    [QUESTION, ANSWER, "Source", METADATA, SUGGESTED, CONTEXT_ONLY, PROMPTS, QNA_ID, "SourceDisplayName"];

/// What the format calls a field of ours.
pub(super) fn heading(field: &str) -> &str {
    match field {
        "question" | "similar" => QUESTION,
        "answer" => ANSWER,
        "category" => METADATA,
        "related" => PROMPTS,
        other => other,
    }
}

/// Reads the rows below the header.
pub(super) fn read(rows: &[Row]) -> Reading {
    let Some(columns) = Columns::of(rows) else { return Reading::unreadable(1, "", "the file is empty") };
    for name in [QUESTION, ANSWER] {
        if find(&columns, name).is_none() {
            return Reading::unreadable(columns.place().row, name, "the column is missing");
        }
    }
    let mut reading = Reading::default();
    for (_, other) in columns.headings().filter(|(_, heading)| !COLUMNS.iter().any(|name| is_named(heading, name))) {
        reading.note(&columns.place(), other, "the column is left out");
    }
    let mut drafts: Vec<(ForeignEntry, usize)> = Vec::new();
    let mut known: FxHashMap<String, usize> = FxHashMap::default();
    for row in columns.rows(&mut reading) {
        let n_faults = reading.faults.len();
        let Some((key, entry)) = entry(&columns, row, &mut reading) else { continue };
        let n_new = reading.faults.len() - n_faults;
        match known.get(&key) {
            Some(&at) => {
                let (first, n_faults) = &mut drafts[at];
                *n_faults += n_new + add(first, entry, &mut reading);
            }
            None => {
                known.insert(key, drafts.len());
                drafts.push((entry, n_new));
            }
        }
    }
    for (mut entry, n_faults) in drafts {
        entry.is_faulty = n_faults > 0;
        let n_faults = reading.faults.len();
        reading.add(entry, ANSWER, n_faults);
    }
    reading
}

fn is_named(heading: &str, name: &str) -> bool {
    heading.eq_ignore_ascii_case(name)
}

fn find(columns: &Columns<'_>, name: &str) -> Option<usize> {
    columns.find(|heading| is_named(heading, name))
}

/// Reads a row; returns it with what rows of the same answer have in common.
fn entry(columns: &Columns<'_>, row: &Row, reading: &mut Reading) -> Option<(String, ForeignEntry)> {
    let place = Place::row(row.number);
    let value = |name| cell(row, find(columns, name));
    let (question, answer, id) = (value(QUESTION), value(ANSWER), value(QNA_ID));
    if question.is_empty() {
        reading.fault(&place, QUESTION, "the question is missing");
        return None;
    }
    let mut entry = ForeignEntry::at(place.clone());
    entry.category = category(value(METADATA), &place, reading);
    entry.related = prompts(value(PROMPTS), &place, reading);
    if !is_empty_list(value(SUGGESTED)) {
        reading.note(&place, SUGGESTED, "questions that were suggested and not accepted are left out");
    }
    if value(CONTEXT_ONLY).eq_ignore_ascii_case("true") {
        let message = "this was answered only after another question; here it is answered always";
        reading.note(&place, CONTEXT_ONLY, message);
    }
    let text = entry.own_text();
    text.ask([question.to_owned()]);
    // A cell has one line, in which `\n` stands for a break.
    text.answer = answer.replace("\\r\\n", "\n").replace("\\n", "\n").replace("\\t", "\t");
    let key = match (id, answer) {
        ("", "") => format!("row {}", row.number),
        ("", answer) => format!("answer {answer}"),
        (id, _) => format!("id {id}"),
    };
    if !id.is_empty() {
        // A number names an entry only within its own file, so it becomes no id of ours.
        entry.own_ids = vec![numbered(id)];
    }
    Some((key, entry))
}

/// Makes of a number what no entry of ours is called.
fn numbered(id: &str) -> String {
    format!("QnaId {id}")
}

/// Adds a row to the one that has its answer; returns how many faults that makes.
fn add(first: &mut ForeignEntry, more: ForeignEntry, reading: &mut Reading) -> usize {
    let n_faults = reading.faults.len();
    let ForeignEntry { place, category, texts, related, .. } = more;
    for text in texts.into_values() {
        let known = first.own_text();
        if known.answer != text.answer {
            let message = "another answer stands under the same QnaId above";
            reading.fault(&place, ANSWER, message);
        }
        known.ask([text.question]);
    }
    if first.category.is_empty() {
        first.category = category;
    }
    for (row, named) in related {
        if !first.related.iter().any(|(_, known)| *known == named) {
            first.related.push((row, named));
        }
    }
    reading.faults.len() - n_faults
}

fn is_empty_list(cell: &str) -> bool {
    matches!(cell.replace(' ', "").as_str(), "" | "[]")
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Prompt {
    #[serde(default)]
    display_order: i64,
    qna_id: Option<i64>,
    #[serde(default)]
    display_text: String,
}

/// Reads what an answer leads to, in the order in which it is shown.
fn prompts(cell: &str, place: &Place, reading: &mut Reading) -> Vec<(usize, String)> {
    if is_empty_list(cell) {
        return Vec::new();
    }
    let mut prompts: Vec<Prompt> = match serde_json::from_str(cell) {
        Ok(prompts) => prompts,
        Err(error) => {
            reading.fault(place, PROMPTS, format!("this is no list of prompts: {error}"));
            return Vec::new();
        }
    };
    prompts.sort_by_key(|prompt| prompt.display_order);
    let mut related = Vec::new();
    for prompt in prompts {
        match prompt.qna_id {
            Some(id) => related.push((place.row, numbered(&id.to_string()))),
            None => {
                let message = format!("the prompt \"{}\" names no QnaId and is left out", prompt.display_text);
                reading.note(place, PROMPTS, message);
            }
        }
    }
    related
}

#[derive(Deserialize)]
struct Metadata {
    name: String,
    value: String,
}

/// Reads the metadata, `k:v|k2:v2` or JSON; returns the category, and notes what else there is.
fn category(cell: &str, place: &Place, reading: &mut Reading) -> String {
    let pairs: Vec<Metadata> = if cell.starts_with('[') {
        match serde_json::from_str(cell) {
            Ok(pairs) => pairs,
            Err(error) => {
                reading.fault(place, METADATA, format!("this is no list of names and values: {error}"));
                return String::new();
            }
        }
    } else {
        let parts = cell.split('|').filter(|part| !part.trim().is_empty());
        let pair = |part: &str| {
            let (name, value) = part.split_once(':').unwrap_or((part, ""));
            Metadata { name: name.trim().to_owned(), value: value.trim().to_owned() }
        };
        parts.map(pair).collect()
    };
    let mut category = String::new();
    for Metadata { name, value } in pairs {
        if name.eq_ignore_ascii_case("category") {
            category = value;
        } else {
            reading.note_once(place, METADATA, format!("the metadata \"{name}\" is left out"));
        }
    }
    category
}
