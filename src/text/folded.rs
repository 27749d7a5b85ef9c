//! A text folded character by character, for scanners that have to say where in the original they found something.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use crate::text::script::is_ignorable;

/// Half width, lower case, nothing invisible; every character knows the bytes it came from.
#[derive(Clone, Debug, Default)]
pub struct Folded {
    /// The folded text.
    pub text: String,
    /// For each byte of `text`, the bytes of the original character.
    origins: Vec<(u32, u8)>,
}

impl Folded {
    /// Folds a text.
    pub fn new(original: &str) -> Self {
        let mut folded =
            Self { text: String::with_capacity(original.len()), origins: Vec::with_capacity(original.len()) };
        for (at, c) in original.char_indices().filter(|&(_, c)| !is_ignorable(c)) {
            if c.is_ascii() {
                folded.text.push(c.to_ascii_lowercase());
            } else {
                folded
                    .text
                    .extend(std::iter::once(c).nfkc().flat_map(char::to_lowercase).filter(|&c| !is_ignorable(c)));
            }
            folded.origins.resize(folded.text.len(), (at as u32, c.len_utf8() as u8));
        }
        folded
    }

    /// Returns the bytes of the original that a range of the folded text came from.
    pub fn original(&self, range: &Range<usize>) -> Range<usize> {
        if range.is_empty() {
            return 0..0;
        }
        let (start, _) = self.origins[range.start];
        let (last, len) = self.origins[range.end - 1];
        start as usize..last as usize + usize::from(len)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_range_leads_back_to_the_original() {
        let original = "卡号：６２２２\u{200B}0000";
        let folded = Folded::new(original);
        assert_eq!(folded.text, "卡号:62220000");
        let at = folded.text.find("62220000").unwrap();
        assert_eq!(&original[folded.original(&(at..at + 8))], "６２２２\u{200B}0000");
    }

    proptest! {
        #[test]
        fn ranges_lie_on_character_boundaries(text in "\\PC{0,40}") {
            let folded = Folded::new(&text);
            for (at, c) in folded.text.char_indices() {
                let range = folded.original(&(at..at + c.len_utf8()));
                prop_assert!(text.is_char_boundary(range.start) && text.is_char_boundary(range.end));
            }
        }
    }
}
