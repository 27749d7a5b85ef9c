//! The forward index: the terms of every phrasing, target by target, for exact scores that do not hang on how an
//! index stores its statistics.

use rustc_hash::FxHashMap;

use crate::retrieval::wording::Wording;
use crate::retrieval::{GatherTerm, Target};
use crate::text::analysis::Analysis;
use crate::text::term::{Field, Term};

/// BM25's saturation and length normalisation, as tantivy and Lucene set them; tuning them gained under two points.
const K1: f32 = 1.2;
const B: f32 = 0.75;

/// The weight of each field in the sum that picks the best phrasing: single characters carry short Chinese questions,
/// sound is a rescue.
pub const FIELD_WEIGHTS: [f32; 4] = [2.0, 1.0, 1.0, 0.5];

/// The number of a term in this index; numbers of one field lie together.
type TermNumber = u32;

/// The number of a phrasing within its target.
type PhrasingNumber = u16;

/// Terms of every phrasing of every target, with inverse document frequencies over targets.
#[derive(Clone, Debug, Default)]
pub struct ForwardIndex {
    numbers: FxHashMap<Term, TermNumber>,
    idf: Vec<f32>,
    n_targets_of: Vec<u32>,
    /// The first term number behind each field.
    field_ends: [TermNumber; 4],
    /// The idf of a term that no target holds.
    unknown_idf: f32,
    targets: Vec<Slice>,
    phrasings: Vec<Phrasing>,
    /// Target by target: the terms of its phrasings, sorted …
    terms: Vec<TermNumber>,
    /// … where the phrasings that hold a term end (those of the next term begin there) …
    holder_ends: Vec<u32>,
    /// … and these phrasings.
    holders: Vec<PhrasingNumber>,
    units: Vec<TermNumber>,
}

/// Where a target's part of the lists begins; the next one's beginning is its end.
#[derive(Clone, Copy, Debug, Default)]
struct Slice {
    phrasings: u32,
    terms: u32,
}

#[derive(Clone, Debug)]
struct Phrasing {
    units_end: u32,
    wording: Wording,
    /// Per field: the idf of all its terms.
    own: [f32; 4],
    /// Per field: what one point of common idf adds to its score.
    gain: [f32; 4],
}

/// A question in this index's numbers.
#[derive(Clone, Debug)]
pub struct Query {
    /// The known terms, sorted by number.
    known: Vec<KnownTerm>,
    /// The idf of all its terms per field, known or not.
    weight: [f32; 4],
    /// Per field: the share of the question's idf that no target holds.
    unknown: [f32; 4],
    /// Its units in order; unknown ones are `UNKNOWN`.
    units: Vec<TermNumber>,
    /// How it is asked.
    wording: Wording,
}

#[derive(Clone, Copy, Debug)]
struct KnownTerm {
    number: TermNumber,
    field: u8,
    idf: f32,
}

const UNKNOWN: TermNumber = TermNumber::MAX;

/// Units of a question or phrasing that are aligned; a machine word's bits.
const MAX_ALIGNED: usize = 64;

/// Phrasings of one target that are compared; further ones are only known word for word.
const MAX_PHRASINGS: usize = PhrasingNumber::MAX as usize;

/// Room to work in when many targets are compared with one question: per phrasing and field, the common idf.
#[derive(Debug, Default)]
pub struct Scratch(Vec<[f32; 4]>);

/// How a phrasing compares with a question.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Match {
    /// The weighted sum of the fields' BM25 scores.
    pub score: f32,
    /// Per field: the share of the question's idf that the phrasing holds.
    pub of_question: [f32; 4],
    /// Per field: the share of the phrasing's idf that the question holds.
    pub of_phrasing: [f32; 4],
    /// The phrasing's number within its target.
    pub phrasing: u32,
}

impl ForwardIndex {
    /// Builds the index of targets, each a list of analysed phrasings.
    pub fn build<'a>(targets: impl IntoIterator<Item = Vec<&'a Analysis>>) -> Self {
        let mut index = Self::default();
        let mut provisional: Vec<Term> = Vec::new();
        let mut held: Vec<(TermNumber, PhrasingNumber)> = Vec::new();
        let mut held_ends: Vec<usize> = Vec::new();
        for phrasings in targets {
            index.targets.push(Slice { phrasings: index.phrasings.len() as u32, terms: 0 });
            for (at, analysis) in phrasings.into_iter().take(MAX_PHRASINGS).enumerate() {
                for &term in &analysis.terms {
                    let number = *index.numbers.entry(term).or_insert_with(|| {
                        provisional.push(term);
                        provisional.len() as TermNumber - 1
                    });
                    held.push((number, at as PhrasingNumber));
                }
                index.units.extend(analysis.units.iter().take(MAX_ALIGNED).map(|unit| index.numbers[unit]));
                index.phrasings.push(Phrasing {
                    units_end: index.units.len() as u32,
                    wording: Wording::of(analysis),
                    own: [0.0; 4],
                    gain: [0.0; 4],
                });
            }
            held_ends.push(held.len());
        }
        let renumbered = index.number_by_field(&provisional);
        index.store(held, &held_ends, &renumbered);
        index.weigh();
        index
    }

    /// Numbers the terms anew, so that those of one field lie together.
    fn number_by_field(&mut self, provisional: &[Term]) -> Vec<TermNumber> {
        let mut order: Vec<TermNumber> = (0..provisional.len() as TermNumber).collect();
        order.sort_by_key(|&number| provisional[number as usize].field());
        let mut renumbered = vec![0; order.len()];
        for (new, &old) in order.iter().enumerate() {
            renumbered[old as usize] = new as TermNumber;
            self.field_ends[provisional[old as usize].field() as usize] = new as TermNumber + 1;
        }
        for field in 1..self.field_ends.len() {
            self.field_ends[field] = self.field_ends[field].max(self.field_ends[field - 1]);
        }
        self.numbers.values_mut().for_each(|number| *number = renumbered[*number as usize]);
        self.units.iter_mut().for_each(|number| *number = renumbered[*number as usize]);
        renumbered
    }

    /// Stores which phrasings hold which terms, target by target.
    fn store(&mut self, mut held: Vec<(TermNumber, PhrasingNumber)>, held_ends: &[usize], renumbered: &[TermNumber]) {
        self.n_targets_of = vec![0; renumbered.len()];
        self.holders.reserve_exact(held.len());
        let mut start = 0;
        for (target, &end) in held_ends.iter().enumerate() {
            let held = &mut held[start..end];
            held.iter_mut().for_each(|(number, _)| *number = renumbered[*number as usize]);
            held.sort_unstable();
            self.targets[target].terms = self.terms.len() as u32;
            for of_term in held.chunk_by(|(one, _), (other, _)| one == other) {
                self.terms.push(of_term[0].0);
                self.n_targets_of[of_term[0].0 as usize] += 1;
                self.holders.extend(of_term.iter().map(|(_, phrasing)| phrasing));
                self.holder_ends.push(self.holders.len() as u32);
            }
            start = end;
        }
        self.targets.push(Slice { phrasings: self.phrasings.len() as u32, terms: self.terms.len() as u32 });
    }

    fn weigh(&mut self) {
        let n_targets = self.n_targets() as f32;
        let idf = |n: f32| (1.0 + (n_targets - n + 0.5) / (n + 0.5)).ln();
        self.idf = self.n_targets_of.iter().map(|&n| idf(n as f32)).collect();
        self.unknown_idf = idf(0.0);
        let mut counts = vec![[0_u32; 4]; self.phrasings.len()];
        for target in 0..self.n_targets() {
            let first = self.targets[target].phrasings as usize;
            for at in self.term_range(target as Target) {
                let number = self.terms[at];
                let field = self.field_of(number);
                for holder in self.holder_range(at) {
                    let phrasing = first + self.holders[holder] as usize;
                    self.phrasings[phrasing].own[field] += self.idf[number as usize];
                    counts[phrasing][field] += 1;
                }
            }
        }
        for field in 0..4 {
            let total: u64 = counts.iter().map(|count| u64::from(count[field])).sum();
            let mean = (total as f32 / self.phrasings.len().max(1) as f32).max(1.0);
            for (phrasing, count) in self.phrasings.iter_mut().zip(&counts) {
                let length = count[field] as f32 / mean;
                phrasing.gain[field] = FIELD_WEIGHTS[field] * (K1 + 1.0) / (1.0 + K1 * (1.0 - B + B * length));
            }
        }
    }

    /// Returns how many targets there are.
    pub fn n_targets(&self) -> usize {
        self.targets.len().saturating_sub(1)
    }

    /// Returns how many phrasings a target has.
    pub fn n_phrasings(&self, target: Target) -> u32 {
        self.phrasing_range(target).len() as u32
    }

    /// Returns the terms of each target without repetition, for an index that gathers candidates.
    pub fn terms_by_target(&self) -> impl Iterator<Item = Vec<Term>> + '_ {
        let mut by_number: Vec<Option<Term>> = vec![None; self.numbers.len()];
        for (&term, &number) in &self.numbers {
            by_number[number as usize] = Some(term);
        }
        (0..self.n_targets()).map(move |target| {
            let numbers = &self.terms[self.term_range(target as Target)];
            numbers.iter().filter_map(|&number| by_number[number as usize]).collect()
        })
    }

    /// Reads a question in this index's numbers.
    pub fn query(&self, analysis: &Analysis) -> Query {
        let mut query = Query {
            known: Vec::with_capacity(analysis.terms.len()),
            weight: [0.0; 4],
            unknown: [0.0; 4],
            units: Vec::new(),
            wording: Wording::of(analysis),
        };
        for &term in &analysis.terms {
            let field = term.field() as usize;
            match self.numbers.get(&term) {
                Some(&number) => {
                    let idf = self.idf[number as usize];
                    query.known.push(KnownTerm { number, field: field as u8, idf });
                    query.weight[field] += idf;
                }
                None => {
                    query.weight[field] += self.unknown_idf;
                    query.unknown[field] += self.unknown_idf;
                }
            }
        }
        query.known.sort_unstable_by_key(|term| term.number);
        for field in 0..4 {
            query.unknown[field] = share(query.unknown[field], query.weight[field]);
        }
        query.units = analysis.units.iter().map(|unit| self.numbers.get(unit).copied().unwrap_or(UNKNOWN)).collect();
        query
    }

    /// Returns the question's known terms with how many targets hold each.
    pub fn gather_terms(&self, analysis: &Analysis) -> Vec<GatherTerm> {
        let known = |&term: &Term| {
            let number = *self.numbers.get(&term)?;
            Some(GatherTerm { term, n_targets: self.n_targets_of[number as usize] })
        };
        analysis.terms.iter().filter_map(known).collect()
    }

    /// Compares a target's phrasings with a question; the best score first, at most `limit` of them.
    pub fn best_matches(&self, target: Target, query: &Query, limit: usize, scratch: &mut Scratch) -> Vec<Match> {
        let phrasings = &self.phrasings[self.phrasing_range(target)];
        let common = &mut scratch.0;
        common.clear();
        common.resize(phrasings.len(), [0.0; 4]);
        let range = self.term_range(target);
        let (first, terms) = (range.start, &self.terms[range]);
        let mut at = 0;
        for known in &query.known {
            at += gallop(&terms[at..], known.number);
            if terms.get(at) == Some(&known.number) {
                for &holder in &self.holders[self.holder_range(first + at)] {
                    common[holder as usize][known.field as usize] += known.idf;
                }
            }
        }
        let mut best: Vec<(f32, usize)> = Vec::with_capacity(limit + 1);
        for (at, (phrasing, common)) in phrasings.iter().zip(common.iter()).enumerate() {
            let score = common.iter().zip(phrasing.gain).map(|(common, gain)| common * gain).sum::<f32>();
            if best.len() < limit || best.last().is_some_and(|&(worst, _)| score > worst) {
                let place = best.partition_point(|&(known, _)| known >= score);
                best.insert(place, (score, at));
                best.truncate(limit);
            }
        }
        let as_match = |(score, at): (f32, usize)| Match {
            score,
            of_question: std::array::from_fn(|field| share(common[at][field], query.weight[field])),
            of_phrasing: std::array::from_fn(|field| share(common[at][field], phrasings[at].own[field])),
            phrasing: at as u32,
        };
        best.into_iter().map(as_match).collect()
    }

    /// Returns the highest score that a phrasing of the question's own words and of mean length would have.
    pub fn own_score(&self, query: &Query) -> f32 {
        FIELD_WEIGHTS.iter().zip(query.weight).map(|(field, weight)| field * weight).sum()
    }

    /// Returns the length of the longest common subsequence of units, with the question's and the phrasing's lengths.
    pub fn alignment(&self, target: Target, phrasing: u32, query: &Query) -> (usize, usize, usize) {
        let at = self.phrasing_range(target).start + phrasing as usize;
        let start = if at == 0 { 0 } else { self.phrasings[at - 1].units_end as usize };
        let units = &self.units[start..self.phrasings[at].units_end as usize];
        (common_subsequence(units, &query.units), query.units.len(), units.len())
    }

    /// Returns how a phrasing is worded.
    pub fn wording(&self, target: Target, phrasing: u32) -> Wording {
        self.phrasings[self.phrasing_range(target).start + phrasing as usize].wording
    }

    /// Returns a term's idf; that of an unknown term where no target holds it.
    pub fn idf(&self, term: Term) -> f32 {
        self.numbers.get(&term).map_or(self.unknown_idf, |&number| self.idf[number as usize])
    }

    /// Says whether a target's phrasing holds a term.
    pub fn holds(&self, target: Target, phrasing: u32, term: Term) -> bool {
        let range = self.term_range(target);
        let Some(number) = self.numbers.get(&term) else { return false };
        let Ok(at) = self.terms[range.clone()].binary_search(number) else { return false };
        self.holders[self.holder_range(range.start + at)].iter().any(|&holder| u32::from(holder) == phrasing)
    }

    fn phrasing_range(&self, target: Target) -> std::ops::Range<usize> {
        self.targets[target as usize].phrasings as usize..self.targets[target as usize + 1].phrasings as usize
    }

    fn term_range(&self, target: Target) -> std::ops::Range<usize> {
        self.targets[target as usize].terms as usize..self.targets[target as usize + 1].terms as usize
    }

    /// Where the phrasings are that hold the term at a place of `terms`.
    fn holder_range(&self, at: usize) -> std::ops::Range<usize> {
        let start = at.checked_sub(1).map_or(0, |before| self.holder_ends[before]);
        start as usize..self.holder_ends[at] as usize
    }

    fn field_of(&self, number: TermNumber) -> usize {
        self.field_ends.iter().filter(|&&end| end <= number).count()
    }
}

impl Query {
    /// Returns the share of a field's weight that no target knows: strange words.
    pub fn unknown_share(&self, field: Field) -> f32 {
        self.unknown[field as usize]
    }

    /// Returns how the question is worded.
    pub fn wording(&self) -> Wording {
        self.wording
    }

    /// Returns the number of units.
    pub fn n_units(&self) -> usize {
        self.units.len()
    }
}

/// Returns how many of the sorted numbers lie before `wanted`; quick when that is few.
fn gallop(numbers: &[TermNumber], wanted: TermNumber) -> usize {
    let mut bound = 1;
    while numbers.get(bound - 1).is_some_and(|&number| number < wanted) {
        bound *= 2;
    }
    let (from, to) = (bound / 2, bound.min(numbers.len()));
    from + numbers[from..to].partition_point(|&number| number < wanted)
}

fn share(part: f32, whole: f32) -> f32 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

/// The length of the longest common subsequence, a machine word at a time (Hyyrö 2004); `pattern` has at most 64 units.
fn common_subsequence(pattern: &[TermNumber], text: &[TermNumber]) -> usize {
    let mut zeros = u64::MAX;
    for &unit in text.iter().filter(|&&unit| unit != UNKNOWN) {
        let mut mask = 0_u64;
        for (bit, &other) in pattern.iter().enumerate() {
            mask |= u64::from(other == unit) << bit;
        }
        let met = zeros & mask;
        zeros = zeros.wrapping_add(met) | (zeros - met);
    }
    let used = if pattern.len() == MAX_ALIGNED { u64::MAX } else { (1 << pattern.len()) - 1 };
    (!zeros & used).count_ones() as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::analysis::Analyser;
    use crate::text::segment::Segmenter;
    use crate::text::synonyms::Synonyms;

    #[test]
    fn the_same_words_score_best_and_cover_everything() {
        let analyser = Analyser::new(Segmenter::new([]), Synonyms::new([]));
        let texts = ["退款多久到账", "怎么申请退款", "为什么付款失败"].map(|text| analyser.analyse(text));
        let index = ForwardIndex::build(texts.iter().map(|text| vec![text]));
        let query = index.query(&texts[0]);
        let scores: Vec<f32> =
            (0..3).map(|target| index.best_matches(target, &query, 1, &mut Scratch::default())[0].score).collect();
        assert!(scores[0] > scores[1] && scores[1] > scores[2]);
        let own = index.best_matches(0, &query, 1, &mut Scratch::default())[0];
        assert_eq!((own.of_question, own.of_phrasing), ([1.0; 4], [1.0; 4]));
        assert_eq!(index.alignment(0, 0, &query), (6, 6, 6));
        assert!(index.query(&analyser.analyse("紫色大象")).unknown_share(Field::Unit) > 0.99);
    }

    proptest! {
        #[test]
        fn galloping_finds_the_first_not_smaller(mut numbers in prop::collection::vec(0_u32..50, 0..40), wanted in 0_u32..60) {
            numbers.sort_unstable();
            prop_assert_eq!(gallop(&numbers, wanted), numbers.partition_point(|&number| number < wanted));
        }

        #[test]
        fn the_subsequence_is_the_one_of_the_textbook(a in prop::collection::vec(0_u32..6, 0..20), b in prop::collection::vec(0_u32..6, 0..30)) {
            let mut table = vec![vec![0_usize; b.len() + 1]; a.len() + 1];
            for i in 0..a.len() {
                for j in 0..b.len() {
                    table[i + 1][j + 1] = if a[i] == b[j] { table[i][j] + 1 } else { table[i][j + 1].max(table[i + 1][j]) };
                }
            }
            prop_assert_eq!(common_subsequence(&a, &b), table[a.len()][b.len()]);
        }
    }
}
