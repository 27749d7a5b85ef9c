//! The classifier on labelled lines: accuracy, macro F1, out of scope.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::assistant::turn::rounded;
use crate::evaluation::curves::{Judged, area_under_roc};

/// A line of a test file with what the classifier said.
#[derive(Clone, Debug)]
pub struct Predicted {
    /// The label of the file.
    pub label: String,
    /// The classifier's best label among those in scope.
    pub best: String,
    /// How sure it is that the line is in scope and this.
    pub confidence: f64,
}

/// What came out; the figures of the contract.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IntentReport {
    /// Lines tested.
    pub n: usize,
    /// Share of all lines that got their label, out of scope included, at the threshold.
    pub accuracy: f64,
    /// Mean F1 over the labels of the test file, at the threshold.
    pub macro_f1: f64,
    /// Share of the lines in scope that got their label, at the threshold.
    pub in_scope_accuracy: f64,
    /// Share of the lines out of scope that were refused.
    pub out_of_scope_recall: f64,
    /// Share of the refused lines that are out of scope.
    pub out_of_scope_precision: f64,
    /// Area under the ROC curve of the confidence: in scope against out of scope.
    pub auroc: f64,
    /// The highest Matthews coefficient (many classes) over all thresholds.
    pub best_mcc: f64,
    /// Lines below it are refused.
    pub threshold: f64,
    /// Seconds of training.
    pub train_seconds: f64,
    /// Lines classified in a second.
    pub predictions_per_second: f64,
}

/// Returns the threshold with the best overall accuracy; without lines out of scope nothing is refused.
pub fn best_threshold(lines: &[Predicted], out_of_scope: &str) -> f64 {
    if !lines.iter().any(|line| line.label == out_of_scope) {
        return 0.0;
    }
    // Counts of what would be right, walking the threshold up from below every line.
    let mut sorted: Vec<&Predicted> = lines.iter().collect();
    sorted.sort_by(|a, b| a.confidence.total_cmp(&b.confidence));
    let mut right = lines.iter().filter(|line| line.label == line.best).count() as i64;
    let (mut best, mut threshold) = (right, 0.0);
    for tie in sorted.chunk_by(|a, b| a.confidence == b.confidence) {
        for line in tie {
            right += i64::from(line.label == out_of_scope) - i64::from(line.label == line.best);
        }
        // Of equals the highest: what is out of scope is rarer in a file than it will be.
        if right >= best {
            best = right;
            threshold = next_above(tie[0].confidence);
        }
    }
    threshold
}

fn next_above(confidence: f64) -> f64 {
    confidence + 1e-9
}

/// Judges a test file at a threshold.
pub fn judge(
    lines: &[Predicted],
    out_of_scope: &str,
    threshold: f64,
    train_seconds: f64,
    predictions_per_second: f64,
) -> IntentReport {
    let decided: Vec<(&str, &str)> =
        lines.iter().map(|line| (line.label.as_str(), decide(line, out_of_scope, threshold))).collect();
    let share = |part: usize, whole: usize| rounded(part as f64 / whole.max(1) as f64);
    let count = |holds: &dyn Fn(&(&str, &str)) -> bool| decided.iter().filter(|pair| holds(pair)).count();
    let in_scope = count(&|(label, _)| *label != out_of_scope);
    let refused = count(&|(_, said)| *said == out_of_scope);
    let refused_rightly = count(&|(label, said)| *label == out_of_scope && label == said);
    let judged: Vec<Judged> =
        lines.iter().map(|line| Judged { confidence: line.confidence, right: line.label != out_of_scope }).collect();
    IntentReport {
        n: lines.len(),
        accuracy: share(count(&|(label, said)| label == said), lines.len()),
        macro_f1: rounded(macro_f1(&decided)),
        in_scope_accuracy: share(count(&|(label, said)| *label != out_of_scope && label == said), in_scope),
        out_of_scope_recall: share(refused_rightly, lines.len() - in_scope),
        out_of_scope_precision: share(refused_rightly, refused),
        auroc: rounded(area_under_roc(&judged)),
        best_mcc: rounded(best_mcc(lines, out_of_scope)),
        threshold,
        train_seconds,
        predictions_per_second,
    }
}

fn decide<'l>(line: &'l Predicted, out_of_scope: &'l str, threshold: f64) -> &'l str {
    if line.confidence < threshold { out_of_scope } else { &line.best }
}

fn macro_f1(decided: &[(&str, &str)]) -> f64 {
    let mut counts: BTreeMap<&str, [f64; 3]> = BTreeMap::new();
    for (label, said) in decided {
        counts.entry(label).or_default()[0] += f64::from(u8::from(label == said));
        counts.entry(label).or_default()[1] += 1.0;
        counts.entry(said).or_default()[2] += 1.0;
    }
    let labels: Vec<&[f64; 3]> = counts.values().filter(|count| count[1] > 0.0).collect();
    labels.iter().map(|[both, labelled, said]| 2.0 * both / (labelled + said)).sum::<f64>() / labels.len().max(1) as f64
}

/// The highest R_K (Gorodkin 2004) over the thresholds between all confidences.
fn best_mcc(lines: &[Predicted], out_of_scope: &str) -> f64 {
    let mut sorted: Vec<&Predicted> = lines.iter().collect();
    sorted.sort_by(|a, b| a.confidence.total_cmp(&b.confidence));
    let n = lines.len() as f64;
    let mut labelled: BTreeMap<&str, f64> = BTreeMap::new();
    let mut said: BTreeMap<&str, f64> = BTreeMap::new();
    let mut right = 0.0;
    for line in lines {
        *labelled.entry(&line.label).or_default() += 1.0;
        *said.entry(&line.best).or_default() += 1.0;
        right += f64::from(u8::from(line.label == line.best));
    }
    let labelled_squares: f64 = labelled.values().map(|count| count * count).sum();
    let coefficient = |right: f64, said: &BTreeMap<&str, f64>| {
        let crossed: f64 = said.iter().map(|(label, count)| count * labelled.get(label).copied().unwrap_or(0.0)).sum();
        let said_squares: f64 = said.values().map(|count| count * count).sum();
        let below = ((n * n - said_squares) * (n * n - labelled_squares)).sqrt();
        if below > 0.0 { (right * n - crossed) / below } else { 0.0 }
    };
    let mut best = coefficient(right, &said);
    for tie in sorted.chunk_by(|a, b| a.confidence == b.confidence) {
        for line in tie {
            *said.entry(&line.best).or_default() -= 1.0;
            *said.entry(out_of_scope).or_default() += 1.0;
            right += f64::from(u8::from(line.label == out_of_scope)) - f64::from(u8::from(line.label == line.best));
        }
        best = best.max(coefficient(right, &said));
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(label: &str, best: &str, confidence: f64) -> Predicted {
        Predicted { label: label.to_owned(), best: best.to_owned(), confidence }
    }

    #[test]
    fn the_threshold_parts_what_is_out_of_scope() {
        let lines = [
            line("a", "a", 0.9),
            line("b", "b", 0.8),
            line("oos", "a", 0.3),
            line("oos", "b", 0.2),
            line("a", "b", 0.7),
        ];
        let threshold = best_threshold(&lines, "oos");
        assert!(threshold > 0.7 && threshold < 0.8, "refusing what is wrong anyway costs nothing");
        let report = judge(&lines, "oos", threshold, 0.0, 0.0);
        assert_eq!((report.accuracy, report.out_of_scope_recall, report.out_of_scope_precision), (0.8, 1.0, 0.6667));
        assert_eq!(report.in_scope_accuracy, 0.6667);
        assert_eq!(report.auroc, 1.0);
    }

    #[test]
    fn matthews_is_one_when_all_is_right() {
        let lines = [line("a", "a", 0.9), line("b", "b", 0.8), line("oos", "a", 0.1)];
        assert!((best_mcc(&lines, "oos") - 1.0).abs() < 1e-12);
    }
}
