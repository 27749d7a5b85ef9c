//! FastGPT's data set as a table: `q,a,indexes`, and more phrasings in the columns behind.

use crate::exchange::foreign::columns::{Columns, cell, lines};
use crate::exchange::foreign::entry::{ForeignEntry, Place, Reading};
use crate::exchange::sheet::Row;

/// What the format calls a field of ours.
pub(super) fn heading(field: &str) -> &str {
    match field {
        "question" => "q",
        "answer" => "a",
        "similar" => "indexes",
        other => other,
    }
}

/// Reads the rows below the header, which begins with `q,a,indexes`.
pub(super) fn read(rows: &[Row]) -> Reading {
    let Some(columns) = Columns::of(rows) else { return Reading::unreadable(1, "", "the file is empty") };
    for (at, expected) in ["q", "a", "indexes"].into_iter().enumerate() {
        if columns.heading(at) != expected {
            let message = format!("column {} is \"{expected}\" in the first line: q,a,indexes", at + 1);
            return Reading::unreadable(columns.place().row, columns.heading(at), message);
        }
    }
    let mut reading = Reading::default();
    for row in columns.rows(&mut reading) {
        let n_faults = reading.faults.len();
        let place = Place::row(row.number);
        let (question, answer) = (cell(row, Some(0)), cell(row, Some(1)));
        if question.is_empty() {
            reading.fault(&place, "q", "the question is missing");
            continue;
        }
        if answer.is_empty() {
            reading.note(&place, "a", "a piece of text without an answer is left out");
            continue;
        }
        let mut entry = ForeignEntry::at(place);
        let text = entry.own_text();
        text.ask([question.to_owned()]);
        text.ask((2..row.cells.len()).flat_map(|at| lines(cell(row, Some(at)))));
        answer.clone_into(&mut text.answer);
        reading.add(entry, "a", n_faults);
    }
    reading
}
