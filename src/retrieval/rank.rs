//! Orders candidates by the fitted ranker, and says how sure the first place is.

use crate::retrieval::Target;
use crate::retrieval::confidence::{Signals, confidence, signals};
use crate::retrieval::features::{Candidate, FEATURE_NAMES, Features, TargetKind, features};
use crate::retrieval::forward::{ForwardIndex, Match, Query};
use crate::retrieval::policy::Policy;

/// A candidate in its place.
#[derive(Clone, Debug)]
pub struct Ranked {
    /// Which target it is.
    pub target: Target,
    /// What kind of target.
    pub kind: TargetKind,
    /// Its best phrasing.
    pub best: Match,
    /// What the ranker saw.
    pub features: Features,
    /// The ranker's sum.
    pub score: f64,
    /// Its share of the probability among the candidates.
    pub share: f64,
}

/// The candidates in order, and the probability that the first is right.
#[derive(Clone, Debug, Default)]
pub struct Ranking {
    /// The best first.
    pub ranked: Vec<Ranked>,
    /// The calibrated probability that the first is right; 0 when there is none.
    pub confidence: f64,
    /// What the confidence was made of.
    pub signals: Option<Signals>,
}

impl Ranking {
    /// Says whether the first place is what is not ours.
    pub fn leads_out_of_scope(&self) -> bool {
        self.ranked.first().is_some_and(|first| first.kind == TargetKind::OutOfScope)
    }
}

/// Scores below this apart are equal, so that the last bits of a sum decide nothing; then the target's number does.
const RESOLUTION: f64 = 1e6;

/// Ranks candidates for a question.
pub fn rank(candidates: Vec<Candidate>, query: &Query, forward: &ForwardIndex, policy: &Policy) -> Ranking {
    let features = features(&candidates, query, forward);
    let mut ranked: Vec<Ranked> = candidates
        .into_iter()
        .zip(features)
        .map(|(candidate, features)| Ranked {
            target: candidate.target,
            kind: candidate.kind,
            best: candidate.matches.first().copied().unwrap_or_default(),
            score: weighted_sum(&policy.ranker, &features),
            features,
            share: 0.0,
        })
        .collect();
    ranked.sort_by_key(|ranked| (std::cmp::Reverse((ranked.score * RESOLUTION).round() as i64), ranked.target));
    share_out(&mut ranked);
    let signals = signals(&ranked, query);
    let confidence = signals.as_ref().map_or(0.0, |signals| confidence(signals, policy));
    Ranking { ranked, confidence, signals }
}

/// Returns what each feature adds to a candidate's score, for explanations.
pub fn contributions(ranked: &Ranked, policy: &Policy) -> impl Iterator<Item = (&'static str, f64)> {
    let weighted = ranked.features.into_iter().zip(policy.ranker.clone());
    FEATURE_NAMES.into_iter().zip(weighted.map(|(feature, weight)| f64::from(feature) * weight))
}

/// The sum of features times weights, in lanes that the processor adds at once (always in the same order).
pub fn weighted_sum(weights: &[f64], features: &[f32]) -> f64 {
    const LANES: usize = 8;
    let mut lanes = [0.0; LANES];
    for (weights, features) in weights.chunks(LANES).zip(features.chunks(LANES)) {
        for ((lane, weight), &feature) in lanes.iter_mut().zip(weights).zip(features) {
            *lane += weight * f64::from(feature);
        }
    }
    lanes.iter().sum()
}

fn share_out(ranked: &mut [Ranked]) {
    let Some(top) = ranked.first().map(|first| first.score) else { return };
    let whole: f64 = ranked.iter().map(|ranked| (ranked.score - top).exp()).sum();
    for ranked in ranked {
        ranked.share = (ranked.score - top).exp() / whole;
    }
}
