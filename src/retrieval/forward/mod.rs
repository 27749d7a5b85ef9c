//! The forward index: the terms of every phrasing, target by target, for exact scores that do not hang on how an
//! index stores its statistics.

mod build;
mod holders;

pub use build::ForwardBuilder;

use rustc_hash::FxHashMap;

use crate::retrieval::forward::holders::{Holders, Start};
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
    /// … and which phrasings hold each.
    holders: Holders,
    /// Phrasing by phrasing: its units in order.
    units: Units,
    /// How each unit sounds: units are the lowest numbers.
    sounds: Vec<Sound>,
}

/// How a unit sounds, as a number: the commonest reading of a Han character; what is not Han sounds like itself alone.
type Sound = u16;

/// Numbers of units, which are the lowest: nearly always two bytes are enough.
#[derive(Clone, Debug)]
enum Units {
    Narrow(Vec<u16>),
    Wide(Vec<TermNumber>),
}

impl Default for Units {
    fn default() -> Self {
        Self::Narrow(Vec::new())
    }
}

/// Where a target's part of the lists begins; the next one's beginning is its end.
#[derive(Clone, Copy, Debug, Default)]
struct Slice {
    phrasings: u32,
    terms: u32,
    holders: Start,
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
    /// How they sound.
    sounds: Vec<Sound>,
    /// Whether most of its units are not Han.
    is_latin: bool,
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

/// Room to work in when targets are compared with a question.
#[derive(Debug, Default)]
pub struct Scratch {
    compared: Vec<Compared>,
    /// Of all phrasings of the targets that are compared: per field, the common idf.
    common: Vec<[f32; 4]>,
}

/// A target while it is compared.
#[derive(Clone, Copy, Debug)]
struct Compared {
    target: Target,
    /// Where its phrasings begin in `Scratch::common`.
    common: usize,
    n_phrasings: usize,
    /// How far its terms have been looked through.
    at: usize,
}

/// How a phrasing compares with a question.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Match {
    /// The weighted sum of the fields' BM25 scores.
    pub score: f32,
    /// Per field: the share of the question's idf that the phrasing holds.
    pub of_question: [f32; 4],
    /// Per field: the share of the phrasing's idf that the question holds.
    pub of_phrasing: [f32; 4],
    /// Per field: the BM25 score, as a share of what a phrasing of the question's own terms and of mean length would have.
    pub field_score: [f32; 4],
    /// The phrasing's number within its target.
    pub phrasing: u32,
}

impl ForwardIndex {
    /// Returns how many targets there are.
    pub fn n_targets(&self) -> usize {
        self.targets.len().saturating_sub(1)
    }

    /// Returns how many phrasings a target has.
    pub fn n_phrasings(&self, target: Target) -> u32 {
        self.phrasing_range(target).len() as u32
    }

    /// Returns the terms of each target without repetition, for an index that gathers candidates.
    pub fn terms_by_target(&self) -> impl ExactSizeIterator<Item = Vec<Term>> + '_ {
        let mut sorted: Vec<(TermNumber, Term)> = self.numbers.iter().map(|(&term, &number)| (number, term)).collect();
        sorted.sort_unstable();
        (0..self.n_targets()).map(move |target| {
            let numbers = &self.terms[self.term_range(target as Target)];
            numbers.iter().map(|&number| sorted[number as usize].1).collect()
        })
    }

    /// Reads a question in this index's numbers.
    pub fn query(&self, analysis: &Analysis) -> Query {
        let mut query = Query {
            known: Vec::with_capacity(analysis.terms.len()),
            weight: [0.0; 4],
            unknown: [0.0; 4],
            units: Vec::new(),
            sounds: sounds_of(analysis).take(MAX_ALIGNED).collect(),
            is_latin: analysis.is_latin(),
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

    /// Compares targets' phrasings with a question: of each target the best scores first, at most `limit` of them.
    ///
    /// Term by term, not target by target: looking a term up in one target does not wait for the last look-up in another,
    /// so the processor waits for many cache lines at once.
    pub fn best_matches(
        &self,
        targets: &[Target],
        query: &Query,
        limit: usize,
        scratch: &mut Scratch,
    ) -> Vec<Vec<Match>> {
        let Scratch { compared, common } = scratch;
        compared.clear();
        common.clear();
        for &target in targets {
            let phrasings = self.phrasing_range(target);
            compared.push(Compared { target, common: common.len(), n_phrasings: phrasings.len(), at: 0 });
            common.resize(common.len() + phrasings.len(), [0.0; 4]);
        }
        for known in &query.known {
            for compared in compared.iter_mut() {
                let terms = &self.terms[self.term_range(compared.target)];
                compared.at += gallop(&terms[compared.at..], known.number);
                if terms.get(compared.at) == Some(&known.number) {
                    let holders = self.targets[compared.target as usize].holders;
                    let common = &mut common[compared.common..];
                    self.holders.each(compared.n_phrasings, holders, compared.at, |holder| {
                        common[holder][usize::from(known.field)] += known.idf;
                    });
                }
            }
        }
        let best_of = |compared: &Compared| {
            self.best_of(compared.target, &common[compared.common..][..compared.n_phrasings], query, limit)
        };
        compared.iter().map(best_of).collect()
    }

    /// The best of a target's phrasings, of which each has this idf per field in common with the question.
    fn best_of(&self, target: Target, common: &[[f32; 4]], query: &Query, limit: usize) -> Vec<Match> {
        let phrasings = &self.phrasings[self.phrasing_range(target)];
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
            field_score: std::array::from_fn(|field| {
                common[at][field] * phrasings[at].gain[field]
                    / (FIELD_WEIGHTS[field] * query.weight[field].max(f32::MIN_POSITIVE))
            }),
            phrasing: at as u32,
        };
        best.into_iter().map(as_match).collect()
    }

    /// Returns the highest score that a phrasing of the question's own words and of mean length would have.
    pub fn own_score(&self, query: &Query) -> f32 {
        FIELD_WEIGHTS.iter().zip(query.weight).map(|(field, weight)| field * weight).sum()
    }

    /// Lays the question's units beside a phrasing's, in order.
    pub fn alignment(&self, target: Target, phrasing: u32, query: &Query) -> Alignment {
        let at = self.phrasing_range(target).start + phrasing as usize;
        let start = if at == 0 { 0 } else { self.phrasings[at - 1].units_end as usize };
        let range = start..self.phrasings[at].units_end as usize;
        match &self.units {
            Units::Narrow(units) => self.align(&units[range], query),
            Units::Wide(units) => self.align(&units[range], query),
        }
    }

    fn align<N: Copy + Into<TermNumber>>(&self, phrasing: &[N], query: &Query) -> Alignment {
        let mut rows = [0; MAX_ALIGNED];
        let n_rows = query.units.len().min(MAX_ALIGNED);
        for (row, &unit) in rows.iter_mut().zip(&query.units) {
            *row = places(phrasing, |&other| other.into() == unit);
        }
        let mut sounding = rows;
        for (row, &sound) in sounding.iter_mut().zip(&query.sounds) {
            *row |= places(phrasing, |&other| self.sounds[other.into() as usize] == sound);
        }
        Alignment {
            n_common: common_subsequence(&rows[..n_rows]),
            n_sounding: common_subsequence(&sounding[..n_rows]),
            longest_run: longest_run(&rows[..n_rows]),
            n_question: query.units.len(),
            n_phrasing: phrasing.len(),
        }
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
        let Some(number) = self.numbers.get(&term) else { return false };
        let Ok(at) = self.terms[self.term_range(target)].binary_search(number) else { return false };
        let mut found = false;
        let n_phrasings = self.phrasing_range(target).len();
        self.holders.each(n_phrasings, self.targets[target as usize].holders, at, |holder| {
            found |= holder == phrasing as usize;
        });
        found
    }

    fn phrasing_range(&self, target: Target) -> std::ops::Range<usize> {
        self.targets[target as usize].phrasings as usize..self.targets[target as usize + 1].phrasings as usize
    }

    fn term_range(&self, target: Target) -> std::ops::Range<usize> {
        self.targets[target as usize].terms as usize..self.targets[target as usize + 1].terms as usize
    }

    fn field_of(&self, number: TermNumber) -> usize {
        self.field_ends.iter().filter(|&&end| end <= number).count()
    }
}

/// How a question and a phrasing lie beside each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Alignment {
    /// The length of their longest common subsequence of units.
    pub n_common: usize,
    /// The same, where units that sound alike are the same.
    pub n_sounding: usize,
    /// The length of the longest run of units that both have.
    pub longest_run: usize,
    /// The question's units.
    pub n_question: usize,
    /// The phrasing's units, of those that are compared.
    pub n_phrasing: usize,
}

impl Query {
    /// Says whether it is not written in Han characters, for the most part.
    pub fn is_latin(&self) -> bool {
        self.is_latin
    }

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

/// Numbers how each unit sounds: Han by its commonest reading, all else by itself, beyond the syllables.
fn sounds_of(analysis: &Analysis) -> impl Iterator<Item = Sound> {
    const SYLLABLES: Sound = 2_048;
    analysis.units.iter().zip(&analysis.sounds).map(|(unit, readings)| match readings.as_slice().first() {
        Some(&syllable) => syllable % SYLLABLES,
        None => SYLLABLES + (unit.payload() % u64::from(Sound::MAX - SYLLABLES)) as Sound,
    })
}

/// The places of what is looked for, as bits; a phrasing has at most 64 units.
fn places<N>(phrasing: &[N], is_it: impl Fn(&N) -> bool) -> u64 {
    phrasing.iter().enumerate().fold(0, |bits, (bit, other)| bits | (u64::from(is_it(other)) << bit))
}

/// The length of the longest common subsequence, a machine word at a time (Hyyrö 2004): of each unit of one sequence, its
/// places in the other.
fn common_subsequence(rows: &[u64]) -> usize {
    let mut zeros = u64::MAX;
    for &row in rows {
        let met = zeros & row;
        zeros = zeros.wrapping_add(met) | (zeros - met);
    }
    // Where the other sequence has no place, every bit is still 1.
    (!zeros).count_ones() as usize
}

/// The length of the longest run that both have.
fn longest_run(rows: &[u64]) -> usize {
    let mut ends = [0; MAX_ALIGNED];
    ends[..rows.len()].copy_from_slice(rows);
    let mut longest = 0;
    while ends[..rows.len()].iter().any(|&row| row != 0) {
        longest += 1;
        // A run that ends here and one place earlier in both is one longer.
        for at in (longest..rows.len()).rev() {
            ends[at] = rows[at] & (ends[at - 1] << 1);
        }
        ends[longest - 1] = 0;
    }
    longest
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
        let mut builder = ForwardBuilder::default();
        for text in &texts {
            builder.add(text);
            builder.end_target();
        }
        let index = builder.build();
        let query = index.query(&texts[0]);
        let scores: Vec<f32> = index
            .best_matches(&[0, 1, 2], &query, 1, &mut Scratch::default())
            .iter()
            .map(|best| best[0].score)
            .collect();
        assert!(scores[0] > scores[1] && scores[1] > scores[2]);
        let own = index.best_matches(&[0], &query, 1, &mut Scratch::default())[0][0];
        assert_eq!((own.of_question, own.of_phrasing), ([1.0; 4], [1.0; 4]));
        let same = Alignment { n_common: 6, n_sounding: 6, longest_run: 6, n_question: 6, n_phrasing: 6 };
        assert_eq!(index.alignment(0, 0, &query), same);
        let by_sound = index.alignment(0, 0, &index.query(&analyser.analyse("腿款多九倒账")));
        assert_eq!((by_sound.n_common, by_sound.n_sounding, by_sound.longest_run), (3, 6, 2));
        assert!(index.query(&analyser.analyse("紫色大象")).unknown_share(Field::Unit) > 0.99);
    }

    proptest! {
        #[test]
        fn galloping_finds_the_first_not_smaller(mut numbers in prop::collection::vec(0_u32..50, 0..40), wanted in 0_u32..60) {
            numbers.sort_unstable();
            prop_assert_eq!(gallop(&numbers, wanted), numbers.partition_point(|&number| number < wanted));
        }

        #[test]
        fn subsequence_and_run_are_those_of_the_textbook(a in prop::collection::vec(0_u32..6, 0..20), b in prop::collection::vec(0_u32..6, 0..30)) {
            let mut table = vec![vec![0_usize; b.len() + 1]; a.len() + 1];
            let mut runs = table.clone();
            for i in 0..a.len() {
                for j in 0..b.len() {
                    table[i + 1][j + 1] = if a[i] == b[j] { table[i][j] + 1 } else { table[i][j + 1].max(table[i + 1][j]) };
                    runs[i + 1][j + 1] = if a[i] == b[j] { runs[i][j] + 1 } else { 0 };
                }
            }
            let rows: Vec<u64> = b.iter().map(|unit| places(&a, |other| other == unit)).collect();
            prop_assert_eq!(common_subsequence(&rows), table[a.len()][b.len()]);
            prop_assert_eq!(longest_run(&rows), runs.into_iter().flatten().max().unwrap_or(0));
        }
    }
}
