//! Word vectors: a static table of what words mean, in a few numbers each. A text is the sum of its words'. No model is
//! asked, so it takes microseconds and is the same on every machine.
//!
//! The file: one line of JSON that says what it is, then all words (a byte of length and the word), then a scale per word
//! (four bytes), then the rows of signed bytes. Words are stemmed and sorted.

use std::borrow::Cow;
use std::sync::Arc;

use once_cell::sync::Lazy;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::text::analysis::Analysis;
use crate::text::script::is_han;

/// What gives a text a vector: a table of words, or what a model was asked beforehand.
pub trait TextVectors: Send + Sync {
    /// Returns how many numbers a vector has.
    fn dimensions(&self) -> usize;

    /// Returns what is taken off every vector before it is compared; empty for nothing.
    fn mean(&self) -> Vec<f32>;

    /// Returns the vector of what is stored; `None` where it has none.
    fn of_passage(&self, text: &str, analysis: &Analysis) -> Option<Vec<f32>>;

    /// Returns the vector of what is asked; `None` where it has none, or none yet.
    fn of_question(&self, text: &str, analysis: &Analysis) -> Option<Vec<f32>>;
}

/// What a table says about itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The model whose vectors these are made of.
    pub model: String,
    /// The model's licence, and those of the word lists.
    pub license: String,
    /// Numbers of a vector.
    pub dimensions: usize,
    /// Words of the table.
    pub words: usize,
}

/// A table of word vectors.
pub struct WordVectors {
    about: About,
    rows: FxHashMap<Box<[u8]>, u32>,
    scales: Vec<f32>,
    numbers: Cow<'static, [u8]>,
}

/// The table that ships with the program.
static BUILT_IN: Lazy<Arc<WordVectors>> = Lazy::new(|| {
    let bytes = Cow::Borrowed(&include_bytes!("data/vectors.bin")[..]);
    Arc::new(WordVectors::read(bytes).expect("a test reads the shipped table"))
});

/// Returns the table that ships with the program.
pub fn built_in() -> Arc<WordVectors> {
    Arc::clone(&BUILT_IN)
}

/// Why a file is no table of word vectors.
#[derive(Debug, PartialEq, Eq)]
pub struct Malformed(&'static str);

impl std::fmt::Display for Malformed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "no table of word vectors: {}", self.0)
    }
}

impl std::error::Error for Malformed {}

impl WordVectors {
    /// Reads a table.
    ///
    /// # Errors
    /// Fails when the bytes are no such table.
    pub fn read(bytes: Cow<'static, [u8]>) -> Result<Self, Malformed> {
        let end = bytes.iter().position(|&b| b == b'\n').ok_or(Malformed("it has no first line"))?;
        let about: About =
            serde_json::from_slice(&bytes[..end]).map_err(|_| Malformed("its first line is not known"))?;
        let mut at = end + 1;
        let mut rows = FxHashMap::with_capacity_and_hasher(about.words.min(bytes.len()), rustc_hash::FxBuildHasher);
        for row in 0..about.words {
            let length = usize::from(*bytes.get(at).ok_or(Malformed("words are missing"))?);
            let word = bytes.get(at + 1..at + 1 + length).ok_or(Malformed("words are missing"))?;
            rows.insert(word.into(), row as u32);
            at += 1 + length;
        }
        let scales = bytes.get(at..at + about.words * size_of::<f32>()).ok_or(Malformed("scales are missing"))?;
        let (scales, _) = scales.as_chunks::<4>();
        let scales: Vec<f32> = scales.iter().map(|&scale| f32::from_le_bytes(scale)).collect();
        at += about.words * size_of::<f32>();
        if about.words.checked_mul(about.dimensions) != Some(bytes.len() - at) || about.dimensions == 0 {
            return Err(Malformed("its length is not that of its words"));
        }
        if !scales.iter().all(|scale| scale.is_finite()) {
            return Err(Malformed("a scale is not a number"));
        }
        let numbers = match bytes {
            Cow::Borrowed(bytes) => Cow::Borrowed(&bytes[at..]),
            Cow::Owned(mut bytes) => Cow::Owned(bytes.split_off(at)),
        };
        Ok(Self { about, rows, scales, numbers })
    }

    /// Returns what the table says about itself.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// Returns the sum of a text's words, those in no table taken character by character; `None` where none is known.
    pub fn of(&self, analysis: &Analysis) -> Option<Vec<f32>> {
        let mut sum = vec![0.0; self.about.dimensions];
        let mut is_known = false;
        let mut add = |piece: &str| {
            let Some(&row) = self.rows.get(piece.as_bytes()) else { return false };
            let numbers = &self.numbers[row as usize * self.about.dimensions..][..self.about.dimensions];
            let scale = self.scales[row as usize];
            for (sum, &number) in sum.iter_mut().zip(numbers) {
                *sum += scale * f32::from(number.cast_signed());
            }
            is_known = true;
            true
        };
        for word in analysis.whole_words() {
            if !add(word) && word.starts_with(is_han) {
                let mut character = [0; 4];
                word.chars().for_each(|c| {
                    add(c.encode_utf8(&mut character));
                });
            }
        }
        is_known.then_some(sum)
    }
}

impl TextVectors for WordVectors {
    fn dimensions(&self) -> usize {
        self.about.dimensions
    }

    fn mean(&self) -> Vec<f32> {
        Vec::new()
    }

    fn of_passage(&self, _text: &str, analysis: &Analysis) -> Option<Vec<f32>> {
        self.of(analysis)
    }

    fn of_question(&self, _text: &str, analysis: &Analysis) -> Option<Vec<f32>> {
        self.of(analysis)
    }
}

/// Writes a table of sorted words with their vectors.
pub fn write(model: &str, license: &str, words: &[(String, Vec<f32>)]) -> Vec<u8> {
    let dimensions = words.first().map_or(0, |(_, vector)| vector.len());
    let about = About { model: model.to_owned(), license: license.to_owned(), dimensions, words: words.len() };
    let mut bytes = serde_json::to_vec(&about).unwrap_or_default();
    bytes.push(b'\n');
    for (word, _) in words {
        bytes.push(word.len() as u8);
        bytes.extend_from_slice(word.as_bytes());
    }
    let scale_of = |vector: &[f32]| {
        let largest = vector.iter().fold(0.0_f32, |largest, number| largest.max(number.abs()));
        largest / f32::from(i8::MAX)
    };
    for (_, vector) in words {
        bytes.extend_from_slice(&scale_of(vector).to_le_bytes());
    }
    for (_, vector) in words {
        let scale = scale_of(vector).max(f32::MIN_POSITIVE);
        bytes.extend(vector.iter().map(|number| ((number / scale).round() as i8).cast_unsigned()));
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::analysis::Analyser;
    use crate::text::segment::Segmenter;
    use crate::text::synonyms::Synonyms;

    fn table() -> Vec<u8> {
        let words = [("card", [1.0, 0.0]), ("到", [0.0, 0.5]), ("账", [0.25, 0.25])];
        write("a model", "MIT", &words.map(|(word, vector)| (word.to_owned(), vector.to_vec())))
    }

    #[test]
    fn a_text_is_the_sum_of_its_words_and_unknown_words_of_their_characters() {
        let analyser = Analyser::new(Segmenter::new([("到账", None, None)]), Synonyms::new([]));
        let vectors = WordVectors::read(Cow::Owned(table())).unwrap();
        let of = |text: &str| vectors.of(&analyser.analyse(text));
        let near = |vector: Option<Vec<f32>>, wanted: [f32; 2]| {
            vector
                .is_some_and(|vector| vector.iter().zip(wanted).all(|(number, wanted)| (number - wanted).abs() < 0.01))
        };
        assert!(near(of("cards"), [1.0, 0.0]));
        assert!(near(of("card 到账"), [1.25, 0.75]));
        assert_eq!(of("大象"), None);
        assert_eq!(of(""), None);
    }

    #[test]
    fn the_shipped_table_knows_what_means_the_same() {
        let analyser = Analyser::new(Segmenter::new([]), Synonyms::new([]));
        let of = |text: &str| built_in().of(&analyser.analyse(text)).unwrap();
        let cosine = |a: &[f32], b: &[f32]| {
            let product = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
            product(a, b) / (product(a, a) * product(b, b)).sqrt()
        };
        let wanted = of("退款");
        assert!(cosine(&wanted, &of("退钱")) > cosine(&wanted, &of("登录")) + 0.2);
        assert!(cosine(&of("refund"), &of("money back")) > cosine(&of("refund"), &of("password")) + 0.2);
    }

    #[test]
    fn what_is_no_table_is_refused() {
        let good = table();
        for bytes in [&good[..good.len() - 1], &good[..20], b"{}\n", b"", &[&good[..], &[0]].concat()] {
            assert!(WordVectors::read(Cow::Owned(bytes.to_vec())).is_err());
        }
    }
}
