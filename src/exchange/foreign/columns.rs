//! The columns of a foreign table by their headings, and what stands in their cells.

use crate::exchange::foreign::entry::{Place, Reading};
use crate::exchange::sheet::Row;
use crate::exchange::sheet::cells::restored_formula;

/// The header of a table, and the rows below it.
pub(super) struct Columns<'r> {
    header: &'r Row,
    rows: &'r [Row],
}

impl<'r> Columns<'r> {
    /// Takes the first row that is not blank as the header; `None` where there is none.
    pub(super) fn of(rows: &'r [Row]) -> Option<Self> {
        let at = rows.iter().position(|row| !row.is_blank())?;
        Some(Self { header: &rows[at], rows: &rows[at + 1..] })
    }

    /// Returns where the header stands.
    pub(super) fn place(&self) -> Place {
        Place::row(self.header.number)
    }

    /// Returns the headings that are written, with their columns.
    pub(super) fn headings(&self) -> impl Iterator<Item = (usize, &'r str)> {
        let headings = self.header.cells.iter().map(|heading| heading.trim()).enumerate();
        headings.filter(|(_, heading)| !heading.is_empty())
    }

    /// Returns the column of the first heading that is meant.
    pub(super) fn find(&self, is_meant: impl Fn(&str) -> bool) -> Option<usize> {
        self.headings().find(|(_, heading)| is_meant(heading)).map(|(at, _)| at)
    }

    /// Returns a column's heading.
    pub(super) fn heading(&self, at: usize) -> &'r str {
        self.header.cell(at).trim()
    }

    /// Returns the rows below that are not blank; reports those that are no text.
    pub(super) fn rows(&self, reading: &mut Reading) -> Vec<&'r Row> {
        let rows: Vec<&Row> = self.rows.iter().filter(|row| !row.is_blank()).collect();
        for row in rows.iter().filter(|row| row.is_garbled) {
            reading.fault(&Place::row(row.number), "", "bytes of this row are no text in its encoding");
        }
        rows
    }
}

/// Returns what stands in a cell; empty where there is no such column.
pub(super) fn cell(row: &Row, at: Option<usize>) -> &str {
    at.map_or("", |at| restored_formula(row.cell(at).trim()))
}

/// Returns the lines of a cell, as one phrasing stands in each.
pub(super) fn lines(cell: &str) -> impl Iterator<Item = String> {
    cell.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned)
}
