//! MaxKB's questions and answers as a table: `分段标题`, `分段内容`, `问题`, with remarks behind them.

use rustc_hash::FxHashMap;

use crate::exchange::foreign::columns::{Columns, cell, lines};
use crate::exchange::foreign::entry::{ForeignEntry, Place, Reading};
use crate::exchange::sheet::Row;
use crate::text::normalise::normalise;

/// Beginnings of the headings; what stands in brackets behind them differs from file to file.
const TITLE: &str = "分段标题";
const CONTENT: &str = "分段内容";
const QUESTIONS: &str = "问题";

/// What the format calls a field of ours.
pub(super) fn heading(field: &str) -> &str {
    match field {
        "question" | "similar" => QUESTIONS,
        "answer" => CONTENT,
        other => other,
    }
}

/// Reads the rows below the header. The first question is the standard one, or the title where there is none; a title that
/// stands beside questions in one row only is one more of them.
pub(super) fn read(rows: &[Row]) -> Reading {
    let Some(columns) = Columns::of(rows) else { return Reading::unreadable(1, "", "the file is empty") };
    let find = |name: &'static str| columns.find(|heading| heading.starts_with(name));
    let Some(content_at) = find(CONTENT) else {
        return Reading::unreadable(columns.place().row, CONTENT, "the column is missing");
    };
    let (title_at, questions_at) = (find(TITLE), find(QUESTIONS));
    let mut reading = Reading::default();
    let rows = columns.rows(&mut reading);
    let mut n_titled: FxHashMap<String, usize> = FxHashMap::default();
    for row in &rows {
        *n_titled.entry(normalise(cell(row, title_at))).or_default() += 1;
    }
    for row in rows {
        let n_faults = reading.faults.len();
        let place = Place::row(row.number);
        let (title, content) = (cell(row, title_at), cell(row, Some(content_at)));
        let questions: Vec<String> = lines(cell(row, questions_at)).collect();
        if content.is_empty() {
            reading.fault(&place, CONTENT, "the answer is missing");
            continue;
        }
        if title.is_empty() && questions.is_empty() {
            reading.note(&place, QUESTIONS, "a piece of text without title and question is left out");
            continue;
        }
        let mut entry = ForeignEntry::at(place.clone());
        let text = entry.own_text();
        let is_asked = !questions.is_empty();
        text.ask(questions);
        if is_asked && n_titled[&normalise(title)] > 1 && !title.is_empty() {
            reading.note(&place, TITLE, format!("the title \"{title}\" stands above several answers and is left out"));
        } else {
            text.ask([title.to_owned()]);
        }
        content.clone_into(&mut text.answer);
        reading.add(entry, CONTENT, n_faults);
    }
    reading
}
