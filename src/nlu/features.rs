//! What the classifier sees of a text: words, pairs of words and character n-grams, weighted by rarity.

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
}

/// Lengths of the character n-grams of Latin words, spaces included at both ends.
const LATIN_GRAMS: std::ops::RangeInclusive<usize> = 2..=5;

impl FeatureSpace {
    /// Learns the columns of training texts: those that at least `min_texts` of them hold.
    pub fn learn<'t>(texts: impl ExactSizeIterator<Item = &'t [u64]>, min_texts: u32) -> Self {
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
        Self { columns }
    }

    /// Returns how many columns there are.
    pub fn len(&self) -> usize {
        self.columns.len()
    }

    /// Says whether nothing was learned.
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// Weighs a text's features: inverse document frequency, length 1; unknown ones are left out.
    pub fn weigh(&self, features: &[u64]) -> SparseVector {
        let mut vector: SparseVector =
            features.iter().filter_map(|feature| self.columns.get(feature).copied()).collect();
        vector.sort_unstable_by_key(|&(column, _)| column);
        let length = vector.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt();
        if length > 0.0 {
            vector.iter_mut().for_each(|(_, weight)| *weight /= length);
        }
        vector
    }
}

/// Written as the features in the order of their columns, each with its inverse document frequency.
impl Serialize for FeatureSpace {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut sorted: Vec<(u32, u64, f32)> =
            self.columns.iter().map(|(&feature, &(column, idf))| (column, feature, idf)).collect();
        sorted.sort_unstable_by_key(|&(column, ..)| column);
        serializer.collect_seq(sorted.iter().map(|&(_, feature, idf)| (feature, idf)))
    }
}

impl<'de> Deserialize<'de> for FeatureSpace {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let sorted: Vec<(u64, f32)> = Vec::deserialize(deserializer)?;
        let columns = sorted.into_iter().enumerate().map(|(at, (feature, idf))| (feature, (at as u32, idf))).collect();
        Ok(Self { columns })
    }
}

/// Returns the distinct features of a text, sorted: the terms of all fields and longer character n-grams.
pub fn features_of(analysis: &Analysis) -> Vec<u64> {
    let mut features = Vec::with_capacity(analysis.terms.len() * 2 + analysis.units.len());
    features.extend(analysis.terms.iter().map(|term| term.as_u64()));
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
