//! What the look at one file alone cannot judge: texts against variables, contacts and rules; then all files together.

mod contacts;
mod denial;
mod markup;
mod official;
pub(crate) mod phishing;
mod phrasings;
mod readable;
mod references;
mod validity;
mod variables;

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::knowledge::check::phrasings::Known;
use crate::knowledge::check::readable::Readable;
use crate::knowledge::content::Content;
use crate::knowledge::reader::Reader;

/// What was seen in the files so far. Texts are judged file by file, so that no second copy of all is in memory.
#[derive(Default)]
pub(super) struct Checks {
    phrasings: Known,
    /// Names in braces.
    used: BTreeSet<String>,
}

impl Checks {
    /// Judges the texts of files; those with variables, contacts and rules have been read.
    pub(super) fn after_file(&mut self, reader: &mut Reader, content: &Content) {
        self.phrasings.check(reader, content);
        for written in std::mem::take(&mut reader.notes.written) {
            variables::check_text(reader, content, &written, &mut self.used);
            markup::check(reader, &written);
            let readable = Readable::of(&written, content);
            phishing::check(reader, &written, &readable.0);
            contacts::check(reader, content, &written, &readable);
        }
    }

    /// Judges what hangs on all files.
    pub(super) fn at_the_end(mut self, reader: &mut Reader, content: &Content, at: Option<Timestamp>) {
        references::check(reader, content);
        self.phrasings.check_nevers(reader);
        self.used.extend(content.entries.iter().filter_map(|entry| entry.requires.clone()));
        variables::check_unused(reader, content, &self.used);
        contacts::check_values(reader, content);
        validity::check(reader, content, at);
    }
}
