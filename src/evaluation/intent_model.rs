//! The engine's classifier on labelled lines, with a probability that a line is in scope and got the right label.

use std::sync::Arc;

use crate::evaluation::intents::Predicted;
use crate::evaluation::sets::Line;
use crate::nlu::classifier::{Example, LinearClassifier};
use crate::nlu::dense::DenseClassifier;
use crate::nlu::features::{FeatureSpace, features_of};
use crate::nlu::regression::{Pull, logistic, probability, weighted_sum};
use crate::retrieval::meaning::Meanings;
use crate::text::analysis::{Analyser, Analysis};
use crate::text::lot::lot;
use crate::text::segment::Segmenter;
use crate::text::synonyms::Synonyms;
use crate::text::vectors::{TextVectors, WordVectors, built_in};

/// Features that a single line holds are left out when there are many lines: they cost memory and tell little.
const MANY_LINES: usize = 5_000;

/// Parts that lines and labels are left out in, to see what is unknown.
const N_PARTS: usize = 5;

/// Of the lines of a label that is left out, one in so many is asked.
const ONE_STRANGER_IN: usize = 4;

/// L2 penalty of the probability.
const PENALTY: f64 = 0.0003;

/// How sure the classifier is, in what a probability is made of: always 1; the best margin; its lead; the logarithm of the
/// best's share; the share of words that no line holds; the nearness in meaning to the nearest label; the model's logarithm of the best's probability.
type Signs = [f32; 7];

/// How much a difference of margins says in a share.
const SHARPNESS: f32 = 3.0;

/// What the margins count beside the logarithms of a model's probabilities.
const MARGINS_BESIDE_MODEL: f32 = 2.5;

/// A classifier for labelled lines.
pub struct IntentModel {
    reader: Reader,
    labels: Labels,
    /// The weights of the probability.
    sureness: Vec<f64>,
}

/// What reads lines.
struct Reader {
    analyser: Analyser,
    words: Arc<WordVectors>,
    /// What a model said of the lines, where there is one.
    model: Option<Arc<dyn TextVectors>>,
}

/// A line as it is read.
struct Read {
    analysis: Analysis,
    features: Vec<u64>,
    vector: Option<Vec<f32>>,
    /// What a model says of it, with the mean taken off, of length 1.
    by_model: Option<Vec<f32>>,
}

/// A classifier of some labels.
struct Labels {
    space: FeatureSpace,
    model: LinearClassifier,
    by_model: Option<DenseClassifier>,
    labels: Vec<String>,
    /// Which of them is out of scope.
    out_of_scope: Option<usize>,
    /// The words of the lines.
    words: std::collections::HashSet<String>,
    /// What each label means: a target with one phrasing, the mean of its lines.
    meanings: Meanings,
}

impl IntentModel {
    /// Trains on labelled lines; those out of scope are a class of their own.
    ///
    /// The probability is fitted on lines that the classifier had not seen, and on lines of labels that it had not: these
    /// are out of scope for it, so no line that is has to be known.
    ///
    /// A model says what the lines mean, where there is one.
    pub fn train(lines: &[Line], out_of_scope: &str, model: Option<Arc<dyn TextVectors>>) -> Self {
        let analyser = Analyser::new(Segmenter::new([]), Synonyms::new([]));
        let reader = Reader { analyser, words: built_in(), model };
        let read: Vec<Read> = lines.iter().map(|(text, _)| reader.read(text)).collect();
        let lines: Vec<(&Read, &str)> =
            read.iter().zip(lines).map(|(read, (_, label))| (read, label.as_str())).collect();
        let mut seen = Vec::new();
        for part in 0..N_PARTS {
            seen.extend(seen_without(part, &lines, out_of_scope, &reader.words));
        }
        let labels = Labels::train(&lines, out_of_scope, &reader.words);
        Self { sureness: logistic(&seen, Pull::ToZero(PENALTY)), labels, reader }
    }

    /// Classifies labelled lines.
    pub fn predict_all(&self, lines: &[Line]) -> Vec<Predicted> {
        lines.iter().map(|(text, label)| self.predict(text, label)).collect()
    }

    fn predict(&self, text: &str, label: &str) -> Predicted {
        let (best, signs) = self.labels.classify(&self.reader.read(text));
        let confidence = probability(weighted_sum(&self.sureness, &signs));
        Predicted { label: label.to_owned(), best: self.labels.labels[best].clone(), confidence }
    }
}

impl Reader {
    fn read(&self, text: &str) -> Read {
        let analysis = self.analyser.analyse(text);
        let by_model = self.model.as_ref().and_then(|model| {
            let vector = model.of_question(text, &analysis)?;
            let mean = model.mean();
            let centred: Vec<f32> = vector.iter().zip(&mean).map(|(number, mean)| number - mean).collect();
            let length = centred.iter().map(|number| number * number).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
            Some(centred.into_iter().map(|number| number / length).collect())
        });
        Read { features: features_of(&analysis), vector: self.words.of(&analysis), by_model, analysis }
    }
}

/// Trains without a part of the lines and without all lines of a part of the labels, and classifies some of both.
fn seen_without(part: usize, lines: &[(&Read, &str)], out_of_scope: &str, words: &WordVectors) -> Vec<(Signs, bool)> {
    let mut labels: Vec<&str> = lines.iter().map(|(_, label)| *label).filter(|label| *label != out_of_scope).collect();
    labels.sort_unstable();
    labels.dedup();
    let is_strange =
        |label: &str| labels.binary_search(&label).is_ok_and(|at| at % N_PARTS == part && labels.len() > N_PARTS);
    let (mut kept, mut asked) = (Vec::new(), Vec::new());
    for (at, line) in lines.iter().enumerate() {
        if is_strange(line.1) {
            if at % ONE_STRANGER_IN == 0 {
                asked.push((line, false));
            }
        } else if at % N_PARTS == part {
            asked.push((line, line.1 != out_of_scope));
        } else {
            kept.push(*line);
        }
    }
    if kept.is_empty() {
        return Vec::new();
    }
    let model = Labels::train(&kept, out_of_scope, words);
    let judge = |((read, label), is_known): (&(&Read, &str), bool)| {
        let (best, signs) = model.classify(read);
        (signs, is_known && model.labels[best] == *label)
    };
    asked.into_iter().map(judge).collect()
}

impl Labels {
    fn train(lines: &[(&Read, &str)], out_of_scope: &str, words: &WordVectors) -> Self {
        let mut labels: Vec<String> = lines.iter().map(|(_, label)| (*label).to_owned()).collect();
        labels.sort();
        labels.dedup();
        let min_lines = if lines.len() < MANY_LINES { 1 } else { 2 };
        let dimensions = words.about().dimensions;
        let space = FeatureSpace::learn(lines.iter().map(|(read, _)| read.features.as_slice()), min_lines, dimensions);
        let class = |label: &str| labels.binary_search_by(|known| known.as_str().cmp(label)).unwrap_or_default();
        let examples: Vec<Example> = lines
            .iter()
            .map(|(read, label)| Example {
                vector: space.weigh(&read.features, read.vector.as_deref()),
                class: class(label),
                lot: lot(&read.analysis.canonical),
            })
            .collect();
        let mut means = vec![vec![0.0; dimensions]; labels.len()];
        for (read, label) in lines {
            let vector = read.vector.iter().flatten();
            means[class(label)].iter_mut().zip(vector).for_each(|(mean, number)| *mean += number);
        }
        let mut meanings = Meanings::new(dimensions, Vec::new());
        for mean in &means {
            meanings.add(Some(mean));
            meanings.end_target();
        }
        let dense: Vec<(&[f32], usize)> =
            lines.iter().filter_map(|(read, label)| Some((read.by_model.as_deref()?, class(label)))).collect();
        Self {
            by_model: (dense.len() == lines.len()).then(|| DenseClassifier::train(&dense, labels.len())),
            model: LinearClassifier::train(&examples, space.len(), labels.len()),
            space,
            out_of_scope: labels.iter().position(|label| label == out_of_scope),
            words: lines.iter().flat_map(|(read, _)| read.analysis.words.iter().cloned()).collect(),
            meanings,
            labels,
        }
    }

    /// The best label that is in scope, and the signs of how sure that is.
    fn classify(&self, read: &Read) -> (usize, Signs) {
        let mut margins = self.model.margins(&self.space.weigh(&read.features, read.vector.as_deref()));
        let logs = match (&self.by_model, &read.by_model) {
            (Some(model), Some(vector)) => model.log_probabilities(vector),
            _ => Vec::new(),
        };
        for (margin, log) in margins.iter_mut().zip(&logs) {
            *margin += log / MARGINS_BESIDE_MODEL;
        }
        let in_scope = margins.iter().enumerate().filter(|&(at, _)| Some(at) != self.out_of_scope);
        let (mut best, mut first, mut second) = (0, f32::NEG_INFINITY, f32::NEG_INFINITY);
        for (at, &margin) in in_scope.clone() {
            if margin > first {
                (best, first, second) = (at, margin, first);
            } else {
                second = second.max(margin);
            }
        }
        let whole: f32 = in_scope.map(|(_, margin)| ((margin - first) * SHARPNESS).exp()).sum();
        let words = &read.analysis.words;
        let n_strange = words.iter().filter(|word| !self.words.contains(*word)).count();
        let direction = read.vector.as_deref().and_then(|vector| self.meanings.direction(vector));
        let nearest = direction.map_or(0.0, |direction| {
            let nearness = |label| self.meanings.nearness(label, &direction);
            (0..self.labels.len() as u32).map(nearness).fold(0.0, f32::max)
        });
        let lead = if second.is_finite() { first - second } else { 1.0 };
        (
            best,
            [
                1.0,
                first.clamp(-SHARPNESS, SHARPNESS),
                lead,
                -whole.ln(),
                n_strange as f32 / words.len().max(1) as f32,
                nearest,
                logs.get(best).copied().unwrap_or(0.0),
            ],
        )
    }
}
