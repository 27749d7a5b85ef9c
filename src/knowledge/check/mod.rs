//! What only a look at all files together can judge.

mod contacts;
mod denial;
mod markup;
mod official;
mod phishing;
mod phrasings;
mod readable;
mod references;
mod validity;
mod variables;

use jiff::Timestamp;

use crate::knowledge::content::Content;
use crate::knowledge::reader::Reader;

/// Runs every check.
pub(super) fn all(reader: &mut Reader, content: &Content, at: Option<Timestamp>) {
    references::check(reader, content);
    phrasings::check(reader, content);
    variables::check(reader, content);
    markup::check(reader);
    phishing::check(reader, content);
    contacts::check(reader, content);
    validity::check(reader, content, at);
}
