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

/// Characters that an excerpt of a longer line shows before the place.
const BEFORE: usize = 60;

/// What stands at an end of an excerpt where the line goes on.
const CUT: char = '…';

impl Source {
    /// Decodes a file, with the line and column of the first byte that is not UTF-8. A byte order mark is dropped.
    pub(crate) fn decode(file: SourceFile) -> (Self, Option<(usize, usize)>) {
        let (mut text, bad) = match String::from_utf8(file.bytes) {
            Ok(text) => (text, None),
            Err(error) => {
                let bytes = error.as_bytes();
                let good = String::from_utf8_lossy(&bytes[..error.utf8_error().valid_up_to()]);
                let good = good.strip_prefix('\u{FEFF}').unwrap_or(&good);
                (String::from_utf8_lossy(bytes).into_owned(), Some(line_and_column(good, good.len())))
            }
        };
        if text.starts_with('\u{FEFF}') {
            text.remove(0);
        }
        if text.contains("\r\n") {
            text = text.replace("\r\n", "\n");
        }
        (Self { path: file.path, text }, bad)
    }

    /// Returns what a terminal shows of a line around a column, and how many characters of it stand before the column.
    pub(crate) fn excerpt(&self, line: usize, column: usize) -> (String, usize) {
        let text = self.text_from_line(line).lines().next().unwrap_or_default();
        let text: Vec<char> = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let at = column.saturating_sub(1).min(text.len());
        let from = if text.len() <= EXCERPT { 0 } else { at.saturating_sub(BEFORE).min(text.len() - EXCERPT) };
        let to = text.len().min(from + EXCERPT);
        let mut shown: String = if from > 0 { CUT.to_string() } else { String::new() };
        shown.extend(&text[from..to]);
        if to < text.len() {
            shown.push(CUT);
        }
        (shown, at - from + usize::from(from > 0))
    }

    /// Returns the place of a byte offset in a text that was read from `start` on, whatever the file does to write it:
    /// quotes and escapes, indents, lines that are folded.
    ///
    /// The text's characters are sought one after the other in the file; what the file has between them is passed over.
    pub(crate) fn place_of(&self, start: Place, text: &str, offset: usize) -> Place {
        let mut written = self.text_from_line(start.line).chars().skip(start.column.saturating_sub(1)).peekable();
        let mut place = start;
        let step = |written: &mut std::iter::Peekable<_>, place: &mut Place| match Iterator::next(written) {
            Some('\n') => (place.line, place.column) = (place.line + 1, 1),
            Some(_) => place.column += 1,
            None => {}
        };
        for (at, c) in text.char_indices() {
            // A folded or escaped white space may be written as another, or as nothing.
            while written.peek().is_some_and(|&next| next != c && (!c.is_whitespace() || next.is_whitespace())) {
                step(&mut written, &mut place);
            }
            if at >= offset {
                return if written.peek().is_some() { place } else { start };
            }
            if written.peek() == Some(&c) {
                step(&mut written, &mut place);
            }
        }
        start
    }

    /// Returns the text from the beginning of a line on.
    fn text_from_line(&self, line: usize) -> &str {
        let breaks = self.text.match_indices('\n').map(|(at, _)| at + 1);
        let start = std::iter::once(0).chain(breaks).nth(line.saturating_sub(1));
        start.and_then(|start| self.text.get(start..)).unwrap_or_default()
    }
}

/// Returns the line and column, from 1, of a byte offset.
pub(crate) fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let before = &text[..offset];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}
