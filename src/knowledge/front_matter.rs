//! Where the front matter of a Markdown file ends.

use std::ops::Range;

/// The line before and after a front matter.
const FENCE: &str = "---";

/// The parts of a file, in bytes of its text.
pub(crate) struct Parts {
    /// The front matter, without the lines around it; it begins on the second line.
    pub(crate) front: Range<usize>,
    /// What stands behind the closing line.
    pub(crate) body: Range<usize>,
}

/// Which line is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Missing {
    /// The one at the beginning.
    Opening,
    /// The one after the front matter.
    Closing,
}

/// Finds the front matter.
///
/// # Errors
/// Fails when one of its two lines is missing.
pub(crate) fn split(text: &str) -> Result<Parts, Missing> {
    let rest = text.strip_prefix("---\n").ok_or(Missing::Opening)?;
    let start = text.len() - rest.len();
    let mut line_start = start;
    for line in rest.split_inclusive('\n') {
        let line_end = line_start + line.len();
        if line.trim_end() == FENCE {
            return Ok(Parts { front: start..line_start, body: line_end..text.len() });
        }
        line_start = line_end;
    }
    Err(Missing::Closing)
}
