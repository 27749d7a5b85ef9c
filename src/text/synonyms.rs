//! One word for many: what editors say means the same is replaced before texts are compared, at both ends alike.

use std::cell::LazyCell;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::text::script::is_han;
use crate::text::segment::Segmenter;

/// A table from words to what stands for them.
#[derive(Clone)]
pub struct Synonyms {
    automaton: Option<AhoCorasick>,
    replacements: Vec<Replacement>,
}

/// One word and what stands for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// The word as it is met.
    pub word: String,
    /// What stands for it.
    pub stands: String,
}

impl Synonyms {
    /// Makes a table of pairs; a word that comes twice keeps its first pair, and chains (`a => b`, `b => c`) are
    /// followed to their end.
    pub fn new(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut replacements: Vec<Replacement> = Vec::new();
        for (word, stands) in pairs {
            let known = replacements.iter().any(|known| known.word == word);
            if !word.is_empty() && word != stands && !known {
                replacements.push(Replacement { word, stands });
            }
        }
        for at in 0..replacements.len() {
            let mut stands = replacements[at].stands.clone();
            for _ in 0..replacements.len() {
                match replacements.iter().find(|next| next.word == stands) {
                    Some(next) if next.stands != replacements[at].word => stands.clone_from(&next.stands),
                    _ => break,
                }
            }
            replacements[at].stands = stands;
        }
        let words = replacements.iter().map(|replacement| replacement.word.as_str());
        let automaton = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(words).ok();
        Self { automaton: automaton.filter(|_| !replacements.is_empty()), replacements }
    }

    /// Replaces every word that has one standing for it, longest first, and says which were replaced.
    ///
    /// Only whole words are replaced: "中通" in "审核中通过" is none, as the segmenter reads 中 and 通过.
    pub fn apply(&self, normalised: &str, segmenter: &Segmenter) -> (String, Vec<&Replacement>) {
        let Some(automaton) = &self.automaton else { return (normalised.to_owned(), Vec::new()) };
        let mut out = String::with_capacity(normalised.len());
        let mut used = Vec::new();
        let mut done = 0;
        let borders = LazyCell::new(|| segmenter.borders(normalised));
        for found in automaton.find_iter(normalised) {
            let replacement = &self.replacements[found.pattern().as_usize()];
            if !stands_alone(normalised, found.start(), found.end())
                || (replacement.word.chars().all(is_han) && !borders.enclose(found.start(), found.end()))
                || is_within(normalised, found.start(), replacement)
            {
                continue;
            }
            out.push_str(&normalised[done..found.start()]);
            out.push_str(&replacement.stands);
            done = found.end();
            used.push(replacement);
        }
        out.push_str(&normalised[done..]);
        (out, used)
    }
}

/// Says whether a match is no part of a longer word of its script (Han has no such borders).
fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let joins = |a: Option<char>, b: Option<char>| match (a, b) {
        (Some(a), Some(b)) => a != ' ' && b != ' ' && !is_han(a) && !is_han(b),
        _ => false,
    };
    let (before, inner, after) = (&text[..start], &text[start..end], &text[end..]);
    !joins(before.chars().next_back(), inner.chars().next()) && !joins(inner.chars().next_back(), after.chars().next())
}

/// Says whether what stands for the word is there already, around it ("账号" for "账" must not make "账号号").
fn is_within(text: &str, start: usize, replacement: &Replacement) -> bool {
    let Some(offset) = replacement.stands.find(&replacement.word) else { return false };
    start
        .checked_sub(offset)
        .is_some_and(|from| text.is_char_boundary(from) && text[from..].starts_with(&replacement.stands))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_whole_words_longest_first() {
        let pairs = [
            ("退费", "退款"),
            ("退钱", "退款"),
            ("咋", "怎么"),
            ("咋办", "怎么办"),
            ("card", "bank card"),
            ("a", "b"),
            ("b", "c"),
            ("中通", "顺丰"),
        ];
        let segmenter = Segmenter::new([("中通", Some(20), None)]);
        let synonyms = Synonyms::new(pairs.map(|(word, stands)| (word.to_owned(), stands.to_owned())));
        for (text, replaced) in [
            ("退费咋办", "退款怎么办"),
            ("咋退钱", "怎么退款"),
            ("my card", "my bank card"),
            ("my bank card", "my bank card"),
            ("discard it", "discard it"),
            ("a b", "c c"),
            ("中通的快递到了", "顺丰的快递到了"),
            ("审核中通过了吗", "审核中通过了吗"),
        ] {
            assert_eq!(synonyms.apply(text, &segmenter).0, replaced, "{text}");
        }
        assert_eq!(synonyms.apply("咋退钱", &segmenter).1.len(), 2);
    }
}
