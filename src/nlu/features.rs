//! What the classifier sees of a text: words, pairs of words and character n-grams, weighted by rarity; and what the words
//! mean, where there are vectors.

use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashMap, FxHasher};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::text::analysis::Analysis;
use crate::text::term::{Field, Term};

/// A text as the classifier sees it: (column, weight), sorted by column, of length 1.
pub type SparseVector = Vec<(u32, f32)>;

/// The columns that training has seen, with their inverse document frequencies.
#[derive(Clone, Debug, Default)]
pub struct FeatureSpace {
    columns: FxHashMap<u64, (u32, f32)>,
    /// Columns behind these that hold a text's vector.
    n_dense: usize,
}

/// The length of a text's vector beside that of its words: what words mean says less than which they are. (0.5 to 1 were
/// best, and alike, on each set that was tried.)
const DENSE_LENGTH: f32 = 0.6;

/// Lengths of the character n-grams of Latin words, spaces included at both ends.
const LATIN_GRAMS: std::ops::RangeInclusive<usize> = 2..=5;

impl FeatureSpace {
    /// Learns the columns of training texts: those that at least `min_texts` of them hold; `n_dense` more are for vectors.
    pub fn learn<'t>(texts: impl ExactSizeIterator<Item = &'t [u64]>, min_texts: u32, n_dense: usize) -> Self {
        let n_texts = texts.len() as f32;
        let mut counts: FxHashMap<u64, u32> = FxHashMap::default();
        for text in texts {
            for &feature in text {
                *counts.entry(feature).or_default() += 1;
            }
        }
        let mut kept: Vec<(u64, u32)> = counts.into_iter().filter(|&(_, n_texts)| n_texts >= min_texts).collect();
        kept.sort_unstable();
        let idf = |n: u32| ((1.0 + n_texts) / (1.0 + n as f32)).ln() + 1.0;
        let columns = kept.into_iter().enumerate().map(|(at, (feature, n))| (feature, (at as u32, idf(n)))).collect();
        Self { columns, n_dense }
    }

    /// Returns how many columns there are.
    pub fn len(&self) -> usize {
        self.columns.len() + self.n_dense
    }

    /// Says whether nothing was learned.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Weighs a text's features: inverse document frequency, length 1; unknown ones are left out. A vector is added where
    /// there is one, and the whole is of length 1 again.
    pub fn weigh(&self, features: &[u64], vector: Option<&[f32]>) -> SparseVector {
        let mut weighed: SparseVector =
            features.iter().filter_map(|feature| self.columns.get(feature).copied()).collect();
        weighed.sort_unstable_by_key(|&(column, _)| column);
        let length = weighed.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt();
        let dense = vector.filter(|vector| vector.len() == self.n_dense && self.n_dense > 0);
        let dense_length = dense.map_or(0.0, |vector| vector.iter().map(|number| number * number).sum::<f32>().sqrt());
        let (sparse_share, dense_share) = match (length > 0.0, dense_length > 0.0) {
            (true, true) => {
                let whole = (1.0 + DENSE_LENGTH * DENSE_LENGTH).sqrt();
                (1.0 / whole, DENSE_LENGTH / whole)
            }
            _ => (1.0, 1.0),
        };
        if length > 0.0 {
            weighed.iter_mut().for_each(|(_, weight)| *weight *= sparse_share / length);
        }
        if dense_length > 0.0 {
            let numbered = dense.into_iter().flatten().zip(self.columns.len() as u32..);
            weighed.extend(numbered.map(|(number, column)| (column, number * dense_share / dense_length)));
        }
        weighed
    }
}

/// Written as the features in the order of their columns, each with its inverse document frequency.
impl Serialize for FeatureSpace {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut sorted: Vec<(u32, u64, f32)> =
            self.columns.iter().map(|(&feature, &(column, idf))| (column, feature, idf)).collect();
        sorted.sort_unstable_by_key(|&(column, ..)| column);
        let features: Vec<(u64, f32)> = sorted.iter().map(|&(_, feature, idf)| (feature, idf)).collect();
        (self.n_dense, features).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for FeatureSpace {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (n_dense, sorted): (usize, Vec<(u64, f32)>) = Deserialize::deserialize(deserializer)?;
        let columns = sorted.into_iter().enumerate().map(|(at, (feature, idf))| (feature, (at as u32, idf))).collect();
        Ok(Self { columns, n_dense })
    }
}

/// Returns the distinct features of a text, sorted: the terms of all fields and longer character n-grams.
pub fn features_of(analysis: &Analysis) -> Vec<u64> {
    let mut features = Vec::with_capacity(analysis.terms.len() * 2 + analysis.units.len());
    // Of Latin words the n-grams below hold what the field of grams does.
    features.extend(analysis.terms.iter().filter(|term| !term.is_piece_of_word()).map(|term| term.as_u64()));
    for three in analysis.units.windows(3) {
        let first_two = Term::of_pair(Field::Gram, three[0].payload(), three[1].payload());
        features.push(Term::of_pair(Field::Gram, first_two.payload(), three[2].payload()).as_u64());
    }
    push_latin_grams(&analysis.canonical, &mut features);
    features.sort_unstable();
    features.dedup();
    features
}

fn push_latin_grams(canonical: &str, features: &mut Vec<u64>) {
    let mut framed = String::new();
    for word in canonical.split(' ').filter(|word| word.bytes().all(|b| b.is_ascii_alphabetic())) {
        framed.clear();
        framed.push(' ');
        framed.push_str(word);
        framed.push(' ');
        for n in LATIN_GRAMS {
            // ASCII: bytes are characters.
            for start in 0..(framed.len() + 1).saturating_sub(n) {
                features.push(hashed(&framed[start..start + n]));
            }
        }
    }
}

fn hashed(gram: &str) -> u64 {
    let mut hasher = FxHasher::default();
    gram.hash(&mut hasher);
    hasher.finish()
}
