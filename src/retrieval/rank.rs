//! Orders candidates by the fitted ranker, and says how sure the first place is.

use crate::nlu::regression::weighted_sum;
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
    /// Whether the question is not written in Han characters, which chooses the weights.
    pub is_latin: bool,
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
    let weights = policy.weights.get(query.is_latin());
    let mut ranked: Vec<Ranked> = candidates
        .into_iter()
        .zip(features)
        .map(|(candidate, features)| Ranked {
            target: candidate.target,
            kind: candidate.kind,
            best: candidate.matches.first().copied().unwrap_or_default(),
            score: weighted_sum(&weights.ranker, &features),
            features,
            share: 0.0,
        })
        .collect();
    ranked.sort_by_key(|ranked| (std::cmp::Reverse((ranked.score * RESOLUTION).round() as i64), ranked.target));
    share_out(&mut ranked);
    let signals = signals(&ranked, query);
    let confidence = signals.as_ref().map_or(0.0, |signals| confidence(signals, &weights.confidence));
    Ranking { ranked, confidence, signals, is_latin: query.is_latin() }
}

/// Returns what each feature adds to a candidate's score, for explanations.
pub fn contributions<'r>(ranked: &'r Ranked, weights: &'r [f64]) -> impl Iterator<Item = (&'static str, f64)> + 'r {
    let weighted = ranked.features.into_iter().zip(weights);
    FEATURE_NAMES.into_iter().zip(weighted.map(|(feature, weight)| f64::from(feature) * weight))
}

fn share_out(ranked: &mut [Ranked]) {
    let Some(top) = ranked.first().map(|first| first.score) else { return };
    let whole: f64 = ranked.iter().map(|ranked| (ranked.score - top).exp()).sum();
    for ranked in ranked {
        ranked.share = (ranked.score - top).exp() / whole;
    }
}
