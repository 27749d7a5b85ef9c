//! The ranker's weights: multinomial logistic regression over the candidates of each question.

use crate::nlu::regression::{Pull, descend, weighted_sum};
use crate::retrieval::features::N_FEATURES;
use crate::retrieval::fit::LabelledCandidates;

/// Multinomial logistic regression over each question's candidates, each question with its weight; those without an
/// accepted candidate teach nothing.
pub(super) fn fit_ranker<'q>(
    questions: impl Iterator<Item = (&'q LabelledCandidates, f64)>,
    pull: Pull<'_>,
) -> Vec<f64> {
    let lists: Vec<(&LabelledCandidates, f64)> =
        questions.filter(|(question, _)| question.accepted.contains(&true)).collect();
    let n = lists.iter().map(|(_, weight)| weight).sum::<f64>().max(1.0);
    descend(pull.start(N_FEATURES), |weights, gradient| {
        for (list, weight) in &lists {
            let scores: Vec<f64> =
                list.candidates.iter().map(|candidate| weighted_sum(weights, &candidate.features)).collect();
            let all = shares(&scores, |_| true);
            let right = shares(&scores, |i| list.accepted[i]);
            for ((candidate, all), right) in list.candidates.iter().zip(all).zip(right) {
                let excess = (all - right) * weight / n;
                for (slope, &feature) in gradient.iter_mut().zip(&candidate.features) {
                    *slope += excess * f64::from(feature);
                }
            }
        }
        for (at, (slope, &weight)) in gradient.iter_mut().zip(weights).enumerate() {
            *slope += pull.slope(at, weight, n);
        }
    })
}

fn shares(scores: &[f64], counts: impl Fn(usize) -> bool) -> Vec<f64> {
    let top = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let parts: Vec<f64> =
        scores.iter().enumerate().map(|(i, score)| if counts(i) { (score - top).exp() } else { 0.0 }).collect();
    let whole: f64 = parts.iter().sum();
    parts.into_iter().map(|part| part / whole.max(f64::MIN_POSITIVE)).collect()
}
