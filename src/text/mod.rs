//! What a machine reads in a message's text: normalised characters, words, pinyin, language. Knows no content.

pub mod analysis;
pub mod folded;
pub mod language;
pub mod language_map;
pub mod lexicon;
pub mod lot;
pub mod normalise;
pub mod pinyin;
pub mod script;
pub mod segment;
pub mod sensitive;
pub mod synonyms;
pub mod term;
pub mod vectors;
