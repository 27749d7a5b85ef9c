//! How sure the first place is: a logistic model over a few signals, fitted on questions the ranker was not fitted on.

use crate::nlu::regression::{probability, weighted_sum};
use crate::retrieval::features::{MAX_MARGIN, TargetKind, at};
use crate::retrieval::forward::Query;
use crate::retrieval::rank::Ranked;
use crate::text::term::Field;

/// The number of signals.
pub const N_SIGNALS: usize = SIGNAL_NAMES.len();

/// What each signal is, in order.
pub const SIGNAL_NAMES: [&str; 30] = [
    "always 1",
    "the first's share",
    "the logarithm of the first's share",
    "the first's lead over the second",
    "the ranker's sum of the first",
    "question's units covered",
    "question's words covered",
    "phrasing's units covered",
    "units in the same order",
    "classifier's margin of the first",
    "the first is clearly the classifier's best",
    "the first's lead with the classifier",
    "strange characters, or words of other scripts",
    "strange words of Han",
    "strange pairs of characters",
    "score as a share of the question's own",
    "mean score of its three best phrasings",
    "lead over out of scope",
    "a question of one or two units",
    "a question of more than thirty units",
    "the first is an intent",
    "the first is out of scope",
    "units covered both ways",
    "grams covered both ways",
    "asks for something else",
    "denies where the other does not",
    "nearness of meaning",
    "nearness of meaning below the nearest",
    "nearness of meaning, by a model",
    "nearness of meaning, by a model, below the nearest",
];

/// What the confidence is made of.
pub type Signals = [f32; N_SIGNALS];

/// A lead of this much is as good as any.
const MAX_LEAD: f64 = 5.0;

/// Reads the signals of a ranking; `None` when there is no candidate.
pub fn signals(ranked: &[Ranked], query: &Query) -> Option<Signals> {
    let first = ranked.first()?;
    let lead = ranked.get(1).map_or(MAX_LEAD, |second| (first.score - second.score).min(MAX_LEAD));
    let out_of_scope = ranked.iter().find(|ranked| ranked.kind == TargetKind::OutOfScope);
    let over_out_of_scope = out_of_scope.map_or(0.0, |other| (first.score - other.score).min(MAX_LEAD));
    let others_margin = ranked.iter().skip(1).map(|other| other.features[at::MARGIN]).fold(-MAX_MARGIN, f32::max);
    let flag = |yes: bool| f32::from(u8::from(yes));
    Some([
        1.0,
        first.share as f32,
        first.share.max(f64::MIN_POSITIVE).ln() as f32,
        lead as f32,
        first.score as f32,
        first.features[at::UNITS_OF_QUESTION],
        first.features[at::WORDS_OF_QUESTION],
        first.features[at::UNITS_OF_PHRASING],
        first.features[at::IN_ORDER_OF_QUESTION].min(first.features[at::IN_ORDER_OF_PHRASING]),
        first.features[at::MARGIN],
        first.features[at::IS_CLASSIFIERS_BEST],
        first.features[at::MARGIN] - others_margin,
        query.unknown_share(Field::Unit),
        query.unknown_share(Field::Word),
        query.unknown_share(Field::Gram),
        first.features[at::SCORE],
        first.features[at::MEAN_SCORE],
        over_out_of_scope as f32,
        flag(query.n_units() <= 2),
        flag(query.n_units() > 30),
        flag(first.kind == TargetKind::Intent),
        flag(first.kind == TargetKind::OutOfScope),
        first.features[at::UNITS_BOTH_WAYS],
        first.features[at::GRAMS_BOTH_WAYS],
        first.features[at::ASKS_FOR_OTHER],
        first.features[at::DENIES],
        first.features[at::MEANING],
        first.features[at::MEANING_BELOW_NEAREST],
        first.features[at::BY_MODEL],
        first.features[at::BY_MODEL_BELOW_NEAREST],
    ])
}

/// Turns signals into the probability that the first place is right.
pub fn confidence(signals: &Signals, weights: &[f64]) -> f64 {
    probability(weighted_sum(weights, signals))
}
