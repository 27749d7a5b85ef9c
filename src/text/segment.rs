//! Where words begin and end: jieba with an editor's dictionary for Han, Unicode words for other scripts, English stems.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use frostem::{Algorithm, Stemmer};
use jieba_rs::Jieba;
use unicode_segmentation::UnicodeSegmentation;

use crate::text::script::is_han;

/// The built-in dictionary on its way to the next segmenter: the only global, and it is data.
static AHEAD: Mutex<Option<JoinHandle<Jieba>>> = Mutex::new(None);

/// The frequency of an editor's word without one of its own: that of a very common word, so that it is kept whole.
const KEPT_WHOLE: usize = 1_000_000;

/// A word to keep whole, with its frequency in jieba's scale and its part-of-speech tag, where it has these.
pub type Word<'w> = (&'w str, Option<usize>, Option<&'w str>);

/// Splits normalised text into words, with the dictionary of one revision; a copy shares it.
#[derive(Clone)]
pub struct Segmenter {
    dictionary: Arc<Dictionary>,
    stemmer: Stemmer,
}

struct Dictionary {
    jieba: Jieba,
    /// What was added to the built-in words, in order.
    added: Vec<(String, Option<usize>, Option<String>)>,
}

/// Begins to read the built-in dictionary for the next segmenter that is made, while something else is done.
pub fn read_ahead() {
    let mut ahead = AHEAD.lock().unwrap_or_else(PoisonError::into_inner);
    ahead.get_or_insert_with(|| thread::spawn(Jieba::new));
}

fn built_in() -> Jieba {
    let ahead = AHEAD.lock().unwrap_or_else(PoisonError::into_inner).take();
    ahead.and_then(|reading| reading.join().ok()).unwrap_or_default()
}

impl Segmenter {
    /// Makes a segmenter that keeps these words whole, besides those of the built-in dictionary.
    pub fn new<'w>(words: impl IntoIterator<Item = Word<'w>>) -> Self {
        let mut jieba = built_in();
        let mut added = Vec::new();
        for (word, frequency, tag) in words {
            let counted = frequency.unwrap_or_else(|| jieba.suggest_freq(word).max(KEPT_WHOLE));
            jieba.add_word(word, Some(counted), tag);
            added.push((word.to_owned(), frequency, tag.map(str::to_owned)));
        }
        Self { dictionary: Arc::new(Dictionary { jieba, added }), stemmer: Stemmer::new(Algorithm::English) }
    }

    /// Says whether these are the words that were added, in this order.
    pub fn keeps_whole<'w>(&self, words: impl IntoIterator<Item = Word<'w>>) -> bool {
        let mut added = self.dictionary.added.iter();
        let is_next = |word: Word<'_>| {
            added.next().is_some_and(|(known, frequency, tag)| (known.as_str(), *frequency, tag.as_deref()) == word)
        };
        words.into_iter().all(is_next) && added.next().is_none()
    }

    /// Splits normalised text into words: Han by jieba's search mode (long words and the words within), other scripts
    /// at Unicode's word boundaries.
    pub fn words<'t>(&self, normalised: &'t str) -> Vec<&'t str> {
        let mut words = Vec::with_capacity(normalised.len() / 4 + 1);
        for piece in script_runs(normalised) {
            if piece.starts_with(is_han) {
                words.extend(self.dictionary.jieba.cut_for_search(piece, false).into_iter().map(|token| token.word));
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
                for token in self.dictionary.jieba.cut_for_search(piece, false) {
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
    fn a_dictionary_read_ahead_is_the_same_and_is_known_again() {
        read_ahead();
        let words = [("退款进度条", None, Some("n")), ("到账", Some(20), None)];
        let segmenter = Segmenter::new(words);
        assert_eq!(segmenter.words("退款进度条到账"), Segmenter::new(words).words("退款进度条到账"));
        assert!(segmenter.keeps_whole(words));
        assert!(!segmenter.keeps_whole([words[0]]) && !segmenter.keeps_whole([words[1], words[0]]));
    }

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
