//! Any table of questions and answers with headings → documents: new entries, and more for those that are there.

mod headings;
pub(crate) mod mapping;
mod rows;
#[cfg(test)]
mod tests;

use jiff::tz::TimeZone;

use crate::exchange::Imported;
use crate::exchange::foreign::documents::documents;
use crate::exchange::sheet::Row;
use crate::exchange::table::headings::Headings;
use crate::exchange::table::mapping::Mapping;
use crate::knowledge::content::Content;

/// Reads the rows below the first header.
pub(crate) fn import(rows: &[Row], content: &Content, mapping: &Mapping, zone: &TimeZone) -> Imported {
    let mut imported = Imported::default();
    let Some(headings) = Headings::find(rows, mapping, &mut imported.faults) else { return imported };
    let mut reading = rows::entries(&headings, &rows[headings.at + 1..], zone);
    reading.faults.splice(..0, imported.faults);
    documents(reading, content, &|field| headings.translated(field))
}
