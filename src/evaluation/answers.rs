//! Retrieval on a set of entries and queries: recall, rank, coverage at a precision, calibration.

use serde::Serialize;

use crate::assistant::turn::rounded;
use crate::evaluation::curves::{
    CurvePoint, Judged, ReliabilityBin, area_under_roc, calibration_error, coverage_at_precision, curve, reliability,
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
pub struct AnswerReport {
    /// How many queries.
    pub n: usize,
    /// Those that some entry answers; recall and MRR are over them.
    pub answerable: usize,
    /// Share whose entry came first.
    pub recall_at_1: f64,
    /// Share whose entry was among the first five.
    pub recall_at_5: f64,
    /// Mean of 1 / place, 0 beyond the tenth.
    pub mrr_at_10: f64,
    /// Largest share of the answerable that get their answer while 80 % of the answers given are right.
    pub coverage_at_precision_80: f64,
    /// The same for 90 %.
    pub coverage_at_precision_90: f64,
    /// The same for 95 %.
    pub coverage_at_precision_95: f64,
    /// Area under the ROC curve of the first's confidence: right against everything else.
    pub answerable_auc: f64,
    /// Mean distance between how sure and how right it was.
    pub calibration_error: f64,
    /// Share of the unanswerable that were answered at the bar in force.
    pub false_answer_rate: f64,
    /// Share of all that were answered at that bar.
    pub answered_rate: f64,
    /// Share of these that are right.
    pub answered_precision: f64,
    /// How long compiling took.
    pub index_seconds: f64,
    /// How many queries a second, one after another.
    pub queries_per_second: f64,
    /// How right it was, by how sure it was.
    pub reliability: Vec<ReliabilityBin>,
    /// What comes of other bars.
    pub curve: Vec<CurvePoint>,
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
        curve: curve(&judged, answerable),
    }
}
