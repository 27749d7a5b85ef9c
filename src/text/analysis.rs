//! A text as the matcher reads it: one value for stored phrasings and questions alike, so that they can be compared.

use crate::text::lexicon::Lexicon;
use crate::text::normalise::normalise;
use crate::text::pinyin::{Readings, Syllable, read_pinyin, readings};
use crate::text::script::is_han;
use crate::text::segment::{Segmenter, script_runs};
use crate::text::synonyms::Synonyms;
use crate::text::term::{Field, Term};

/// Turns texts into terms, with the dictionary and the synonyms of one revision.
#[derive(Clone)]
pub struct Analyser {
    segmenter: Segmenter,
    synonyms: Synonyms,
    lexicon: Lexicon,
}

/// What the matcher reads in a text.
#[derive(Clone, Debug, Default)]
pub struct Analysis {
    /// The folded text, as it is compared verbatim.
    pub normalised: String,
    /// The folded text with synonyms replaced.
    pub canonical: String,
    /// The synonyms that were replaced: what was met, what stands for it.
    pub synonyms: Vec<(String, String)>,
    /// The words, in order, for explanations and the classifier; of a long word of Han the words within come before it.
    pub words: Vec<String>,
    /// Per word: whether it is no part of another.
    pub is_whole: Vec<bool>,
    /// The units (`Field::Unit`) in order, with repetitions.
    pub units: Vec<Term>,
    /// The readings of each unit (none but for Han).
    pub sounds: Vec<Readings>,
    /// The syllables when the text is pinyin written in Latin letters.
    pub pinyin: Option<Vec<Syllable>>,
    /// The distinct terms of all fields, sorted; a field's terms lie together.
    pub terms: Vec<Term>,
}

/// Most texts have at most as many terms: room for them is asked for at once.
const TERMS_PER_BYTE: usize = 2;

/// Latin character grams that are compared.
const LATIN_GRAMS: [usize; 2] = [3, 4];

impl Analyser {
    /// Makes an analyser of a segmenter and a table of synonyms.
    pub fn new(segmenter: Segmenter, synonyms: Synonyms) -> Self {
        Self { segmenter, synonyms, lexicon: Lexicon::default() }
    }

    /// Returns what splits words, for another analyser with the same dictionary.
    pub fn segmenter(&self) -> &Segmenter {
        &self.segmenter
    }

    /// Adds the content's words, so that pinyin can be read as these.
    pub fn with_lexicon(self, lexicon: Lexicon) -> Self {
        Self { lexicon, ..self }
    }

    /// Analyses a text.
    pub fn analyse(&self, text: &str) -> Analysis {
        let normalised = normalise(text);
        let read = self.lexicon.read(&normalised, |word| self.segmenter.stem(word).into_owned());
        let (canonical, used) = self.synonyms.apply(read.as_deref().unwrap_or(&normalised), &self.segmenter);
        let synonyms = used.into_iter().map(|used| (used.word.clone(), used.stands.clone())).collect();
        let terms = Vec::with_capacity(canonical.len() * TERMS_PER_BYTE);
        let mut analysis = Analysis { normalised, synonyms, terms, ..Analysis::default() };
        for run in script_runs(&canonical) {
            if run.starts_with(is_han) {
                self.read_han(run, &mut analysis);
            } else {
                self.read_words(run, &mut analysis);
            }
        }
        if read.is_some() || !canonical.contains(is_han) {
            analysis.pinyin = read_pinyin(&analysis.normalised);
        }
        read_sounds(&mut analysis);
        analysis.terms.sort_unstable();
        analysis.terms.dedup();
        analysis.canonical = canonical;
        analysis
    }

    fn read_han(&self, run: &str, analysis: &mut Analysis) {
        let mut before = None;
        for c in run.chars() {
            analysis.push_unit(Term::of_chars(Field::Unit, c, '\0'), readings(c));
            if let Some(before) = before {
                analysis.terms.push(Term::of_chars(Field::Gram, before, c));
            }
            before = Some(c);
        }
        let words = self.segmenter.words(run);
        // Backwards: a word's parts come before it.
        let first = analysis.is_whole.len();
        let mut whole_from = run.len();
        for word in words.iter().rev() {
            let start = word.as_ptr().addr() - run.as_ptr().addr();
            let is_whole = start < whole_from;
            if is_whole {
                whole_from = start;
            }
            analysis.is_whole.push(is_whole);
        }
        analysis.is_whole[first..].reverse();
        for word in words {
            if word.chars().nth(1).is_some() {
                analysis.terms.push(Term::of_text(Field::Word, word));
            }
            analysis.words.push(word.to_owned());
        }
    }

    fn read_words(&self, run: &str, analysis: &mut Analysis) {
        let mut before: Option<Term> = None;
        for word in self.segmenter.words(run) {
            let stem = self.segmenter.stem(word);
            let unit = Term::of_text(Field::Unit, &stem);
            analysis.push_unit(unit, Readings::default());
            if let Some(before) = before {
                analysis.terms.push(Term::of_pair(Field::Word, before.payload(), unit.payload()));
            }
            before = Some(unit);
            push_latin_grams(word, &mut analysis.terms);
            analysis.words.push(stem.into_owned());
            analysis.is_whole.push(true);
        }
    }
}

impl Analysis {
    /// Returns the distinct terms of a field.
    pub fn terms_of(&self, field: Field) -> &[Term] {
        let start = self.terms.partition_point(|term| term.field() < field);
        let end = self.terms.partition_point(|term| term.field() <= field);
        &self.terms[start..end]
    }

    /// Returns the words that are no part of another, in order.
    pub fn whole_words(&self) -> impl Iterator<Item = &str> {
        self.words.iter().zip(&self.is_whole).filter(|(_, is_whole)| **is_whole).map(|(word, _)| word.as_str())
    }

    /// Says whether most of the units are not Han.
    pub fn is_latin(&self) -> bool {
        self.sounds.iter().filter(|readings| readings.as_slice().is_empty()).count() * 2 > self.units.len()
    }

    fn push_unit(&mut self, unit: Term, sound: Readings) {
        self.units.push(unit);
        self.sounds.push(sound);
        self.terms.push(unit);
    }
}

fn push_latin_grams(word: &str, terms: &mut Vec<Term>) {
    if word.bytes().any(|b| b.is_ascii_digit()) {
        return; // identifiers and amounts are compared whole
    }
    let framed: Vec<char> = std::iter::once('_').chain(word.chars()).chain(std::iter::once('_')).collect();
    let mut gram = String::new();
    for n in LATIN_GRAMS {
        for window in framed.windows(n) {
            gram.clear();
            gram.extend(window);
            terms.push(Term::of_text(Field::Gram, &gram));
        }
    }
}

fn read_sounds(analysis: &mut Analysis) {
    let mut pairs = Vec::new();
    let mut pair = |a: Syllable, b: Syllable| pairs.push(Term::of_pair(Field::Sound, u64::from(a), u64::from(b)));
    for neighbours in analysis.sounds.windows(2) {
        for &first in neighbours[0].as_slice() {
            for &second in neighbours[1].as_slice() {
                pair(first, second);
            }
        }
    }
    for neighbours in analysis.pinyin.iter().flat_map(|syllables| syllables.windows(2)) {
        pair(neighbours[0], neighbours[1]);
    }
    analysis.terms.append(&mut pairs);
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;

    static ANALYSER: LazyLock<Analyser> = LazyLock::new(|| {
        let pairs = [("退费", "退款")].map(|(word, stands)| (word.to_owned(), stands.to_owned()));
        Analyser::new(Segmenter::new([("到账", None, None)]), Synonyms::new(pairs))
    });

    #[test]
    fn a_question_and_its_variant_share_their_terms() {
        let analyser = &ANALYSER;
        let stored = analyser.analyse("退款多久到账？");
        assert_eq!(analyser.analyse("退費　多久到賬").terms, stored.terms);
        assert_eq!(analyser.analyse("tuikuan duojiu daozhang").terms_of(Field::Sound).len(), 5);
        let sounds = stored.terms_of(Field::Sound);
        for term in analyser.analyse("tuikuan duojiu daozhang").terms_of(Field::Sound) {
            assert!(sounds.contains(term));
        }
        assert_eq!(stored.words, ["退款", "多久", "到账"]);
        let long = analyser.analyse("支付宝 card 怎么办");
        assert!(long.words.len() > long.whole_words().count());
        assert!(long.whole_words().eq(["支付宝", "card", "怎么办"]));
    }

    proptest! {
        #[test]
        fn any_text_can_be_analysed(text in "\\PC{0,60}") {
            let analysis = ANALYSER.analyse(&text);
            prop_assert_eq!(analysis.units.len(), analysis.sounds.len());
            prop_assert_eq!(analysis.words.len(), analysis.is_whole.len());
            let whole: usize = analysis.whole_words().map(|word| word.chars().filter(|&c| is_han(c)).count()).sum();
            prop_assert_eq!(whole, analysis.canonical.chars().filter(|&c| is_han(c)).count());
            prop_assert!(analysis.terms.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }
}
