//! Faults and notes, under the names that the file has for our fields.

use crate::exchange::foreign::entry::Place;
use crate::exchange::{Fault, Note};

/// What is said of a file while documents are made of it.
pub(super) struct Reports<'h> {
    /// Returns what the file calls a field of ours.
    pub(super) heading: &'h dyn Fn(&str) -> String,
    pub(super) faults: Vec<Fault>,
    pub(super) notes: Vec<Note>,
}

impl Reports<'_> {
    /// Reports what is broken.
    pub(super) fn fault(&mut self, place: &Place, field: &str, message: impl Into<String>) {
        self.faults.push(Fault::new(place.row, self.column(place, field), message));
    }

    /// Says what is not taken.
    pub(super) fn note(&mut self, place: &Place, field: &str, message: impl Into<String>) {
        self.notes.push(Note::new(place.row, self.column(place, field), message));
    }

    /// Returns what stands in the column for a field of ours.
    pub(super) fn column(&self, place: &Place, field: &str) -> String {
        place.column(&(self.heading)(field))
    }
}
