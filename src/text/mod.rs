//! What a machine reads in a message's text: normalised characters, words, pinyin, language. Knows no content.

pub mod language;
pub mod normalise;
pub mod script;
