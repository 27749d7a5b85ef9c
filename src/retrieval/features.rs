//! What the ranker knows of one candidate: shares and ratios, so that a weight means the same in every knowledge base.

use crate::retrieval::Target;
use crate::retrieval::forward::{ForwardIndex, Match, Query};
use crate::text::term::Field;

/// The number of features of a candidate.
pub const N_FEATURES: usize = FEATURE_NAMES.len();

/// What each feature is, in order.
pub const FEATURE_NAMES: [&str; 37] = [
    "score as a share of the question's own",
    "score as a share of the best candidate's",
    "question's units covered",
    "question's grams covered",
    "question's words covered",
    "question's sounds covered",
    "phrasing's units covered",
    "phrasing's grams covered",
    "phrasing's words covered",
    "phrasing's sounds covered",
    "units covered both ways",
    "grams covered both ways",
    "words covered both ways",
    "sounds covered both ways",
    "units in the same order, share of the question",
    "units in the same order, share of the phrasing",
    "units that sound alike in the same order, share of the longer",
    "longest run in common, share of the shorter",
    "mean score of its three best phrasings",
    "asks for something else",
    "asks for the same",
    "denies where the other does not",
    "names other numbers",
    "units' score as a share of the question's own",
    "grams' score as a share of the question's own",
    "nearness of meaning",
    "nearness of meaning below the nearest",
    "nearness of meaning, by a model",
    "nearness of meaning, by a model, below the nearest",
    "classifier's margin",
    "classifier's margin below its best",
    "is clearly the classifier's best",
    "is an intent",
    "is an intent, times classifier's margin",
    "is out of scope",
    "is out of scope, times the share of strange words",
    "is an entry, times the share of strange words",
];

/// Where the confidence finds what it reads of the first place.
pub(crate) mod at {
    pub(crate) const SCORE: usize = 0;
    pub(crate) const UNITS_OF_QUESTION: usize = 2;
    pub(crate) const WORDS_OF_QUESTION: usize = 4;
    pub(crate) const UNITS_OF_PHRASING: usize = 6;
    pub(crate) const UNITS_BOTH_WAYS: usize = 10;
    pub(crate) const GRAMS_BOTH_WAYS: usize = 11;
    pub(crate) const IN_ORDER_OF_QUESTION: usize = 14;
    pub(crate) const IN_ORDER_OF_PHRASING: usize = 15;
    pub(crate) const MEAN_SCORE: usize = 18;
    pub(crate) const ASKS_FOR_OTHER: usize = 19;
    pub(crate) const DENIES: usize = 21;
    pub(crate) const MEANING: usize = 25;
    pub(crate) const MEANING_BELOW_NEAREST: usize = 26;
    pub(crate) const BY_MODEL: usize = 27;
    pub(crate) const BY_MODEL_BELOW_NEAREST: usize = 28;
    pub(crate) const MARGIN: usize = 29;
    pub(crate) const IS_CLASSIFIERS_BEST: usize = 31;
}

/// The features of one candidate.
pub type Features = [f32; N_FEATURES];

/// Phrasings of a candidate that are looked at beyond the best.
pub const PHRASINGS_LOOKED_AT: usize = 3;

/// Margins beyond this say nothing more.
pub(crate) const MAX_MARGIN: f32 = 2.0;

/// What kind of target a candidate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetKind {
    /// A curated answer.
    Entry,
    /// Something to be done.
    Intent,
    /// The intent of what is not ours.
    OutOfScope,
}

/// A candidate before it is ranked.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Which target it is.
    pub target: Target,
    /// What kind of target.
    pub kind: TargetKind,
    /// Its best phrasings, the best first; at least one.
    pub matches: Vec<Match>,
    /// The classifier's margin for it, when there is a classifier.
    pub margin: Option<f32>,
    /// How near its nearest phrasing is to the question in meaning, at most 1; `None` without vectors of words.
    pub meaning: Option<f32>,
    /// The same, by a model; `None` where none was asked or it did not answer.
    pub by_model: Option<f32>,
}

/// Computes the features of all candidates of a question.
pub fn features(candidates: &[Candidate], query: &Query, forward: &ForwardIndex) -> Vec<Features> {
    let own = forward.own_score(query).max(f32::MIN_POSITIVE);
    let score = |candidate: &Candidate| candidate.matches.first().map_or(0.0, |best| best.score);
    let best = candidates.iter().map(score).fold(f32::MIN_POSITIVE, f32::max);
    let (best_margin, next_margin) = two_largest(candidates.iter().filter_map(|candidate| candidate.margin));
    let nearest_by_model =
        candidates.iter().filter_map(|candidate| candidate.by_model).fold(f32::NEG_INFINITY, f32::max);
    let nearest = candidates.iter().filter_map(|candidate| candidate.meaning).fold(f32::NEG_INFINITY, f32::max);
    candidates
        .iter()
        .map(|candidate| {
            let found = candidate.matches.first().copied().unwrap_or_default();
            let aligned = forward.alignment(candidate.target, found.phrasing, query);
            let (n_question, n_phrasing) = (aligned.n_question.max(1) as f32, aligned.n_phrasing.max(1) as f32);
            let wording = forward.wording(candidate.target, found.phrasing);
            let asked = query.wording();
            let mean = candidate.matches.iter().map(|found| found.score).sum::<f32>() / PHRASINGS_LOOKED_AT as f32;
            let margin = candidate.margin.unwrap_or(0.0).clamp(-MAX_MARGIN, MAX_MARGIN);
            let below_best = candidate.margin.map_or(0.0, |margin| (best_margin - margin).min(MAX_MARGIN));
            let others_best = |margin| if margin >= best_margin { next_margin } else { best_margin };
            let is_best = candidate.margin.map_or(0.0, |margin| is_ahead(margin - others_best(margin)));
            let intent = flag(candidate.kind != TargetKind::Entry);
            let out_of_scope = flag(candidate.kind == TargetKind::OutOfScope);
            let strange = query.unknown_share(Field::Word).max(query.unknown_share(Field::Unit));
            let both = |field: usize| (found.of_question[field] * found.of_phrasing[field]).sqrt();
            [
                found.score / own,
                found.score / best,
                found.of_question[0],
                found.of_question[1],
                found.of_question[2],
                found.of_question[3],
                found.of_phrasing[0],
                found.of_phrasing[1],
                found.of_phrasing[2],
                found.of_phrasing[3],
                both(0),
                both(1),
                both(2),
                both(3),
                aligned.n_common as f32 / n_question,
                aligned.n_common as f32 / n_phrasing,
                aligned.n_sounding as f32 / n_question.max(n_phrasing),
                aligned.longest_run as f32 / n_question.min(n_phrasing),
                mean / own,
                flag(asked.asks_for_other(wording)),
                flag(asked.asks_for_same(wording)),
                flag(asked.denies() != wording.denies()),
                flag(asked.counts_other(wording)),
                found.field_score[0],
                found.field_score[1],
                candidate.meaning.unwrap_or(0.0),
                candidate.meaning.map_or(0.0, |meaning| nearest - meaning),
                candidate.by_model.unwrap_or(0.0),
                candidate.by_model.map_or(0.0, |meaning| nearest_by_model - meaning),
                margin,
                below_best,
                is_best,
                intent,
                intent * margin,
                out_of_scope,
                out_of_scope * strange,
                (1.0 - intent) * strange,
            ]
        })
        .collect()
}

/// Returns the largest and the next one, of what may be none.
fn two_largest(values: impl Iterator<Item = f32>) -> (f32, f32) {
    values.fold((f32::NEG_INFINITY, f32::NEG_INFINITY), |(first, second), value| {
        if value > first { (value, first) } else { (first, second.max(value)) }
    })
}

/// How far margins must lie apart for one to be clearly the better one. What is learned from thousands of lines moves a little
/// with each of them: of two that are nearly the same it must not decide which one is ahead.
const CLEAR_LEAD: f32 = 0.1;

/// Returns 1 for what is clearly ahead, 0 for what is clearly behind, and something between where it is hard to say.
fn is_ahead(lead: f32) -> f32 {
    ((lead / CLEAR_LEAD + 1.0) / 2.0).clamp(0.0, 1.0)
}

fn flag(yes: bool) -> f32 {
    f32::from(u8::from(yes))
}
