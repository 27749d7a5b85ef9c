//! Terms: what is compared, as numbers. One number says the field and the characters, so nothing is looked up twice.

use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;

/// The views of a text that are scored apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// Single Han characters, stemmed words of other scripts, numbers.
    Unit,
    /// Pairs of neighbouring units of Han; character 3- and 4-grams of Latin words.
    Gram,
    /// jieba's words, longer than one character; pairs of neighbouring stemmed words.
    Word,
    /// Pairs of neighbouring pinyin syllables, with every reading.
    Sound,
}

impl Field {
    /// All fields, in the order of their numbers.
    pub const ALL: [Field; 4] = [Field::Unit, Field::Gram, Field::Word, Field::Sound];
}

/// A piece of text in one field, as a number: two are equal when field and characters are.
///
/// Up to two characters fit in as they are; longer pieces are hashed to 61 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term(u64);

const FIELD_SHIFT: u32 = 62;
const HASHED: u64 = 1 << 61;
const CHAR_BITS: u32 = 21;

impl Term {
    /// The term of a piece of text.
    pub fn of_text(field: Field, piece: &str) -> Self {
        let mut chars = piece.chars();
        match (chars.next(), chars.next(), chars.next()) {
            (Some(first), second, None) => Self::of_chars(field, first, second.unwrap_or('\0')),
            _ => {
                let mut hasher = FxHasher::default();
                piece.hash(&mut hasher);
                Self::new(field, HASHED | (hasher.finish() >> 3))
            }
        }
    }

    /// The term of one or two characters (`second` is NUL for one).
    pub fn of_chars(field: Field, first: char, second: char) -> Self {
        Self::new(field, (u64::from(u32::from(first)) << CHAR_BITS) | u64::from(u32::from(second)))
    }

    /// The term of a pair of already numbered pieces (syllables, hashed words).
    pub fn of_pair(field: Field, first: u64, second: u64) -> Self {
        let mut hasher = FxHasher::default();
        (first, second).hash(&mut hasher);
        Self::new(field, HASHED | (hasher.finish() >> 3))
    }

    fn new(field: Field, payload: u64) -> Self {
        Self(((field as u64) << FIELD_SHIFT) | (payload & ((1 << FIELD_SHIFT) - 1)))
    }

    /// Returns the field.
    pub fn field(self) -> Field {
        Field::ALL[(self.0 >> FIELD_SHIFT) as usize]
    }

    /// Says whether it is a piece of a Latin word: pairs of Han characters are kept as they are, these are hashed.
    pub fn is_piece_of_word(self) -> bool {
        self.field() == Field::Gram && self.0 & HASHED != 0
    }

    /// Returns the number, for an index.
    pub fn as_u64(self) -> u64 {
        self.0
    }

    /// Returns the same piece in another field, so that two fields can share what was learned of it.
    pub fn payload(self) -> u64 {
        self.0 & ((1 << FIELD_SHIFT) - 1)
    }
}
