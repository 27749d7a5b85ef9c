//! Dify's annotations as a table: `question,answer`, in English or in Chinese.

use crate::exchange::foreign::columns::{Columns, cell};
use crate::exchange::foreign::entry::{ForeignEntry, Place, Reading};
use crate::exchange::sheet::Row;

const QUESTION: [&str; 2] = ["question", "问题"];
const ANSWER: [&str; 2] = ["answer", "答案"];

/// What the format calls a field of ours: the same.
pub(super) fn heading(field: &str) -> &str {
    field
}

/// Reads the rows below the header.
pub(super) fn read(rows: &[Row]) -> Reading {
    let Some(columns) = Columns::of(rows) else { return Reading::unreadable(1, "", "the file is empty") };
    let find = |names: [&'static str; 2]| columns.find(|heading| names.contains(&heading.to_lowercase().as_str()));
    let (Some(question_at), Some(answer_at)) = (find(QUESTION), find(ANSWER)) else {
        let message = "the first line is question,answer or 问题,答案";
        return Reading::unreadable(columns.place().row, "", message);
    };
    let mut reading = Reading::default();
    for (_, other) in columns.headings().filter(|&(at, _)| at != question_at && at != answer_at) {
        reading.note(&columns.place(), other, "the column is left out");
    }
    for row in columns.rows(&mut reading) {
        let n_faults = reading.faults.len();
        let place = Place::row(row.number);
        let (question, answer) = (cell(row, Some(question_at)), cell(row, Some(answer_at)));
        if question.is_empty() {
            reading.fault(&place, columns.heading(question_at), "the question is missing");
            continue;
        }
        let mut entry = ForeignEntry::at(place);
        let text = entry.own_text();
        text.ask([question.to_owned()]);
        answer.clone_into(&mut text.answer);
        reading.add(entry, columns.heading(answer_at), n_faults);
    }
    reading
}
