//! Where words begin and end: jieba with an editor's dictionary for Han, Unicode words for other scripts, English stems.

use std::borrow::Cow;

use frostem::{Algorithm, Stemmer};
use jieba_rs::Jieba;
use once_cell::sync::Lazy;
use unicode_segmentation::UnicodeSegmentation;

use crate::text::script::is_han;

/// The built-in dictionary, read once: the only global, and it is data.
static BUILT_IN: Lazy<Jieba> = Lazy::new(Jieba::new);

/// The frequency of an editor's word without one of its own: that of a very common word, so that it is kept whole.
const KEPT_WHOLE: usize = 1_000_000;

/// Splits normalised text into words, with the dictionary of one revision.
#[derive(Clone)]
pub struct Segmenter {
    jieba: Jieba,
    stemmer: Stemmer,
}

impl Segmenter {
    /// Makes a segmenter that keeps these words whole, besides those of the built-in dictionary.
    pub fn new<'w>(words: impl IntoIterator<Item = (&'w str, Option<usize>, Option<&'w str>)>) -> Self {
        let mut jieba = BUILT_IN.clone();
        for (word, frequency, tag) in words {
            let frequency = frequency.unwrap_or_else(|| jieba.suggest_freq(word).max(KEPT_WHOLE));
            jieba.add_word(word, Some(frequency), tag);
        }
        Self { jieba, stemmer: Stemmer::new(Algorithm::English) }
    }

    /// Splits normalised text into words: Han by jieba's search mode (long words and the words within), other scripts
    /// at Unicode's word boundaries.
    pub fn words<'t>(&self, normalised: &'t str) -> Vec<&'t str> {
        let mut words = Vec::with_capacity(normalised.len() / 4 + 1);
        for piece in script_runs(normalised) {
            if piece.starts_with(is_han) {
                words.extend(self.jieba.cut_for_search(piece, false).into_iter().map(|token| token.word));
            } else {
                words.extend(piece.unicode_words());
            }
        }
        words
    }

    /// Returns where words of Han begin and end in normalised text, long words and the words within alike.
    pub fn borders(&self, normalised: &str) -> Borders {
        let mut borders = Borders::default();
        let mut start = 0;
        for piece in script_runs(normalised) {
            if piece.starts_with(is_han) {
                let ends = piece.char_indices().map(|(at, _)| start + at).chain([start + piece.len()]);
                let places: Vec<usize> = ends.collect();
                for token in self.jieba.cut_for_search(piece, false) {
                    borders.starts.push(places[token.start]);
                    borders.ends.push(places[token.end]);
                }
            }
            start += piece.len();
        }
        borders
    }

    /// Returns the stem of a word in Latin script.
    pub fn stem<'w>(&self, word: &'w str) -> Cow<'w, str> {
        if word.bytes().all(|b| b.is_ascii_lowercase()) { self.stemmer.stem(word) } else { Cow::Borrowed(word) }
    }
}

/// Where words of Han begin and end, in bytes.
#[derive(Clone, Debug, Default)]
pub struct Borders {
    starts: Vec<usize>,
    ends: Vec<usize>,
}

impl Borders {
    /// Says whether a piece of Han begins where a word does and ends where one does.
    pub fn enclose(&self, start: usize, end: usize) -> bool {
        self.starts.contains(&start) && self.ends.contains(&end)
    }
}

/// Splits text where Han begins or ends.
pub fn script_runs(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let han = is_han(first);
        let end = rest.find(|c| is_han(c) != han).unwrap_or(rest.len());
        let (run, behind) = rest.split_at(end);
        rest = behind;
        Some(run)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_editors_words_whole() {
        let plain = Segmenter::new([]);
        let taught = Segmenter::new([("退款进度条", None, None)]);
        assert!(!plain.words("查看退款进度条").contains(&"退款进度条"));
        assert!(taught.words("查看退款进度条").contains(&"退款进度条"));
    }

    #[test]
    fn parts_scripts_and_stems_english() {
        let segmenter = Segmenter::new([]);
        assert_eq!(segmenter.words("我的refund到账了吗"), ["我", "的", "refund", "到", "账", "了", "吗"]);
        assert_eq!(segmenter.stem("refunded"), segmenter.stem("refunds"));
        assert_eq!(segmenter.stem("cg20261123000001"), "cg20261123000001");
    }
}
