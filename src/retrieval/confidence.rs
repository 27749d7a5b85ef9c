//! How sure the first place is: a logistic model over a few signals, fitted on questions the ranker was not fitted on.

use crate::retrieval::features::TargetKind;
use crate::retrieval::forward::Query;
use crate::retrieval::policy::Policy;
use crate::retrieval::rank::{Ranked, weighted_sum};

/// The number of signals.
pub const N_SIGNALS: usize = SIGNAL_NAMES.len();

/// What each signal is, in order.
pub const SIGNAL_NAMES: [&str; 15] = [
    "always 1",
    "the first's share",
    "the first's lead over the second",
    "the ranker's sum of the first",
    "question's units covered",
    "question's words covered",
    "phrasing's units covered",
    "units in the same order",
    "classifier's margin of the first",
    "the first is the classifier's best",
    "strange words",
    "a question of one or two units",
    "a question of more than thirty units",
    "the first is an intent",
    "the first is out of scope",
];

/// What the confidence is made of.
pub type Signals = [f32; N_SIGNALS];

/// A lead of this much is as good as any.
const MAX_LEAD: f64 = 5.0;

/// Reads the signals of a ranking; `None` when there is no candidate.
pub fn signals(ranked: &[Ranked], query: &Query) -> Option<Signals> {
    let first = ranked.first()?;
    let lead = ranked.get(1).map_or(MAX_LEAD, |second| (first.score - second.score).min(MAX_LEAD));
    let flag = |yes: bool| f32::from(u8::from(yes));
    Some([
        1.0,
        first.share as f32,
        lead as f32,
        first.score as f32,
        first.features[2],
        first.features[4],
        first.features[6],
        first.features[10].min(first.features[11]),
        first.features[16],
        first.features[18],
        query.unknown_share(),
        flag(query.n_units() <= 2),
        flag(query.n_units() > 30),
        flag(first.kind == TargetKind::Intent),
        flag(first.kind == TargetKind::OutOfScope),
    ])
}

/// Turns signals into the probability that the first place is right.
pub fn confidence(signals: &Signals, policy: &Policy) -> f64 {
    1.0 / (1.0 + (-weighted_sum(&policy.confidence, signals)).exp())
}
