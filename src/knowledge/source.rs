//! Where things stand: files by number, lines and columns of their characters, excerpts.

use crate::knowledge::content::SourceFile;

/// A place in a file; line and column count from 1, columns in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place {
    /// The file's number.
    pub(crate) file: usize,
    /// The line.
    pub(crate) line: usize,
    /// The column.
    pub(crate) column: usize,
}

/// One file as text.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// Its path as diagnostics show it.
    pub(crate) path: String,
    /// Its text; what is not UTF-8 became U+FFFD.
    pub(crate) text: String,
}

/// The longest excerpt, in characters.
const EXCERPT: usize = 160;

impl Source {
    /// Decodes a file; `Err` carries the place of the first byte that is not UTF-8. A byte order mark is dropped.
    pub(crate) fn decode(file: &SourceFile) -> (Self, Option<(usize, usize)>) {
        let (text, bad) = match std::str::from_utf8(&file.bytes) {
            Ok(text) => (text.to_owned(), None),
            Err(error) => {
                let good = String::from_utf8_lossy(&file.bytes[..error.valid_up_to()]).into_owned();
                (String::from_utf8_lossy(&file.bytes).into_owned(), Some(line_and_column(&good, good.len())))
            }
        };
        let text = text.strip_prefix('\u{FEFF}').map_or(text.clone(), str::to_owned);
        (Self { path: file.path.clone(), text: text.replace("\r\n", "\n") }, bad)
    }

    /// Returns a line's text, cut to what a terminal shows.
    pub(crate) fn excerpt(&self, line: usize) -> String {
        let text = self.text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
        text.chars().take(EXCERPT).map(|c| if c.is_control() { ' ' } else { c }).collect()
    }
}

/// Returns the line and column, from 1, of a byte offset.
pub(crate) fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let before = &text[..offset];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}
