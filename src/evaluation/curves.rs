//! Curves over confidences: area under the ROC curve, coverage at a precision, calibration error, Matthews' coefficient.

use crate::assistant::turn::rounded;

/// One judged item: how sure the engine was, and whether it was right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judged {
    /// The confidence of what was answered.
    pub confidence: f64,
    /// Whether that is right.
    pub right: bool,
}

/// The smallest number of answered questions at which a precision means something.
const FEWEST_ANSWERED: usize = 20;

/// Bins of the calibration error, equally wide.
const N_BINS: usize = 10;

/// Returns the area under the ROC curve of the confidence: right against everything else, ties counted half; 0.5 when
/// there is only one kind.
pub fn area_under_roc(items: &[Judged]) -> f64 {
    let mut sorted: Vec<Judged> = items.to_vec();
    sorted.sort_by(|a, b| a.confidence.total_cmp(&b.confidence));
    let n_right = items.iter().filter(|item| item.right).count();
    let n_wrong = items.len() - n_right;
    if n_right == 0 || n_wrong == 0 {
        return 0.5;
    }
    let mut wins = 0.0;
    let mut wrong_below = 0.0;
    for tie in sorted.chunk_by(|a, b| a.confidence == b.confidence) {
        let right = tie.iter().filter(|item| item.right).count() as f64;
        let wrong = tie.len() as f64 - right;
        wins += right * (wrong_below + wrong / 2.0);
        wrong_below += wrong;
    }
    wins / (n_right as f64 * n_wrong as f64)
}

/// Returns the largest share of `n_answerable` questions that get their right answer at a threshold of confidence where
/// at least 20 are answered and `precision` of the answers are right; 0 when there is no such threshold.
pub fn coverage_at_precision(items: &[Judged], n_answerable: usize, precision: f64) -> f64 {
    let mut sorted: Vec<Judged> = items.to_vec();
    sorted.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    let (mut answered, mut right, mut best) = (0, 0, 0);
    for tie in sorted.chunk_by(|a, b| a.confidence == b.confidence) {
        answered += tie.len();
        right += tie.iter().filter(|item| item.right).count();
        if answered >= FEWEST_ANSWERED && right as f64 >= precision * answered as f64 {
            best = best.max(right);
        }
    }
    best as f64 / n_answerable.max(1) as f64
}

/// What comes of a threshold of confidence.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct CurvePoint {
    /// Answers are given from here on.
    pub threshold: f64,
    /// The share of the answers that are right.
    pub precision: f64,
    /// The share of the answerable questions that get their right answer.
    pub coverage: f64,
}

/// Points of a curve at most.
const MOST_POINTS: usize = 25;

/// Returns what comes of thresholds from the strictest to none, where at least 20 questions are answered.
pub fn curve(items: &[Judged], n_answerable: usize) -> Vec<CurvePoint> {
    let mut sorted: Vec<Judged> = items.to_vec();
    sorted.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    let (mut answered, mut right) = (0, 0);
    let mut points = Vec::new();
    for tie in sorted.chunk_by(|a, b| a.confidence == b.confidence) {
        answered += tie.len();
        right += tie.iter().filter(|item| item.right).count();
        if answered >= FEWEST_ANSWERED {
            points.push(CurvePoint {
                threshold: rounded(tie[0].confidence),
                precision: rounded(right as f64 / answered as f64),
                coverage: rounded(right as f64 / n_answerable.max(1) as f64),
            });
        }
    }
    let step = points.len().div_ceil(MOST_POINTS).max(1);
    let last = points.len().saturating_sub(1);
    points.into_iter().enumerate().filter(|(at, _)| at % step == 0 || *at == last).map(|(_, point)| point).collect()
}

/// Returns the expected calibration error: over ten bins of confidence, the mean distance between how sure the engine
/// was and how often it was right, weighted by the bins' sizes (Naeini et al. 2015).
pub fn calibration_error(items: &[Judged]) -> f64 {
    reliability(items).iter().map(|bin| bin.n as f64 * (bin.confidence - bin.right).abs()).sum::<f64>()
        / items.len().max(1) as f64
}

/// One row of a reliability table.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct ReliabilityBin {
    /// How many items fell in.
    pub n: usize,
    /// Their mean confidence.
    pub confidence: f64,
    /// The share that was right.
    pub right: f64,
}

/// Returns the reliability table: ten equally wide bins of confidence.
pub fn reliability(items: &[Judged]) -> Vec<ReliabilityBin> {
    let mut bins = vec![ReliabilityBin::default(); N_BINS];
    for item in items {
        let bin = &mut bins[((item.confidence * N_BINS as f64) as usize).min(N_BINS - 1)];
        bin.n += 1;
        bin.confidence += item.confidence;
        bin.right += f64::from(u8::from(item.right));
    }
    for bin in bins.iter_mut().filter(|bin| bin.n > 0) {
        bin.confidence /= bin.n as f64;
        bin.right /= bin.n as f64;
    }
    bins
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(list: &[(f64, bool)]) -> Vec<Judged> {
        list.iter().map(|&(confidence, right)| Judged { confidence, right }).collect()
    }

    #[test]
    fn the_area_counts_ties_half() {
        assert_eq!(area_under_roc(&items(&[(0.9, true), (0.8, true), (0.1, false)])), 1.0);
        assert_eq!(area_under_roc(&items(&[(0.5, true), (0.5, false)])), 0.5);
        assert_eq!(area_under_roc(&items(&[(0.1, true), (0.9, false)])), 0.0);
        assert_eq!(area_under_roc(&[]), 0.5);
    }

    #[test]
    fn coverage_needs_twenty_answers() {
        let mut list = items(&[(0.9, true); 19]);
        assert_eq!(coverage_at_precision(&list, 38, 0.9), 0.0);
        list.push(Judged { confidence: 0.8, right: false });
        assert_eq!(coverage_at_precision(&list, 38, 0.95), 0.5);
        assert_eq!(coverage_at_precision(&list, 38, 0.96), 0.0);
    }

    #[test]
    fn the_curve_goes_from_strict_to_lax() {
        let mut list = items(&[(0.9, true); 20]);
        list.extend(items(&[(0.5, false); 20]));
        let points = curve(&list, 40);
        assert_eq!(points.iter().map(|point| point.precision).collect::<Vec<_>>(), [1.0, 0.5]);
        assert!(points.iter().all(|point| point.coverage == 0.5));
        assert!(curve(&list[..19], 40).is_empty());
    }

    #[test]
    fn being_as_sure_as_right_is_no_error() {
        let mut list = items(&[(0.75, true); 3]);
        list.push(Judged { confidence: 0.75, right: false });
        assert_eq!(calibration_error(&list), 0.0);
        assert_eq!(calibration_error(&items(&[(1.0, false)])), 1.0);
    }
}
