//! Retrieval on a set of entries and queries: recall, rank, coverage at a precision, calibration.

use serde::Serialize;

use crate::assistant::turn::rounded;
use crate::evaluation::curves::{
    Judged, ReliabilityBin, area_under_roc, calibration_error, coverage_at_precision, reliability,
};

/// What the engine said to one query.
#[derive(Clone, Debug)]
pub struct Answered {
    /// The place of the right entry among the candidates, from 0; `None` when it is missing or nothing answers it.
    pub place: Option<usize>,
    /// Whether some entry answers it.
    pub answerable: bool,
    /// The confidence in the first candidate.
    pub confidence: f64,
    /// Whether the confidence reached the bar in force.
    pub answered: bool,
}

/// What came out; the figures of the contract.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "the contract defines each figure")]
pub struct AnswerReport {
    pub n: usize,
    pub answerable: usize,
    pub recall_at_1: f64,
    pub recall_at_5: f64,
    pub mrr_at_10: f64,
    pub coverage_at_precision_80: f64,
    pub coverage_at_precision_90: f64,
    pub coverage_at_precision_95: f64,
    pub answerable_auc: f64,
    pub calibration_error: f64,
    pub false_answer_rate: f64,
    pub answered_rate: f64,
    pub answered_precision: f64,
    pub index_seconds: f64,
    pub queries_per_second: f64,
    pub reliability: Vec<ReliabilityBin>,
}

/// Judges what the engine said to all queries.
pub fn judge(queries: &[Answered], index_seconds: f64, queries_per_second: f64) -> AnswerReport {
    let share = |part: usize, whole: usize| rounded(part as f64 / whole.max(1) as f64);
    let judged: Vec<Judged> =
        queries.iter().map(|query| Judged { confidence: query.confidence, right: query.place == Some(0) }).collect();
    let answerable = queries.iter().filter(|query| query.answerable).count();
    let within = |n: usize| queries.iter().filter(|query| query.place.is_some_and(|place| place < n)).count();
    let answered: Vec<&Answered> = queries.iter().filter(|query| query.answered).collect();
    let reciprocal: f64 = queries
        .iter()
        .filter_map(|query| query.place.filter(|&place| place < 10))
        .map(|place| 1.0 / (place + 1) as f64)
        .sum();
    let coverage = |precision: f64| rounded(coverage_at_precision(&judged, answerable, precision));
    AnswerReport {
        n: queries.len(),
        answerable,
        recall_at_1: share(within(1), answerable),
        recall_at_5: share(within(5), answerable),
        mrr_at_10: rounded(reciprocal / answerable.max(1) as f64),
        coverage_at_precision_80: coverage(0.80),
        coverage_at_precision_90: coverage(0.90),
        coverage_at_precision_95: coverage(0.95),
        answerable_auc: rounded(area_under_roc(&judged)),
        calibration_error: rounded(calibration_error(&judged)),
        false_answer_rate: share(answered.iter().filter(|query| !query.answerable).count(), queries.len() - answerable),
        answered_rate: share(answered.len(), queries.len()),
        answered_precision: share(answered.iter().filter(|query| query.place == Some(0)).count(), answered.len()),
        index_seconds,
        queries_per_second,
        reliability: reliability(&judged),
    }
}
