//! The classifier over a content's intents and entries: which target is which class, and what it is trained on.

use serde::{Deserialize, Serialize};

use crate::assistant::compile::Goal;
use crate::nlu::classifier::{Example, LinearClassifier};
use crate::nlu::features::{FeatureSpace, features_of};
use crate::text::analysis::Analysis;
use crate::text::lot::{N_LOTS, lot};

/// Up to this many targets each is a class of its own; beyond, all entries together are one.
const MAX_CLASSES: usize = 400;

/// About so many phrasings stand for all entries together, when these are one class.
const N_ENTRY_EXAMPLES: usize = 2_000;

/// Every feature counts, also one that a single text holds: with a dozen phrasings a class, a word that stands in one of
/// them alone is often the best evidence there is.
const MIN_TEXTS: u32 = 1;

/// A trained classifier with its columns.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Classifier {
    space: FeatureSpace,
    model: LinearClassifier,
}

impl Classifier {
    /// Returns every class's margin for a text with what its words mean.
    pub fn margins(&self, analysis: &Analysis, vector: Option<&[f32]>) -> Vec<f32> {
        self.model.margins(&self.space.weigh(&features_of(analysis), vector))
    }

    /// Returns the weights, which are written apart from all else.
    pub fn weights(&self) -> &[u8] {
        self.model.weights()
    }

    /// Adds the weights to what was read without them.
    pub fn with_weights(self, weights: Vec<u8>) -> Self {
        Self { model: self.model.with_weights(weights), ..self }
    }

    /// Says whether it tells so many classes apart, and its parts belong together.
    pub(crate) fn is_of(&self, n_classes: usize) -> bool {
        self.model.is_of(self.space.len(), n_classes)
    }
}

/// Which class each target is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Classes {
    /// The class of each target.
    pub(crate) of: Vec<usize>,
    /// How many there are.
    pub(crate) n: usize,
    one_each: bool,
}

impl Classes {
    pub(crate) fn of(goals: &[Goal]) -> Self {
        let one_each = goals.len() <= MAX_CLASSES;
        // Class 0 is all entries together, when they are too many.
        let mut classes = Self { of: Vec::with_capacity(goals.len()), n: usize::from(!one_each), one_each };
        for goal in goals {
            let shared = !one_each && matches!(goal, Goal::Entry(_));
            classes.of.push(if shared { 0 } else { classes.n });
            classes.n += usize::from(!shared);
        }
        classes
    }
}

struct Line {
    features: Vec<u64>,
    vector: Option<Vec<f32>>,
    class: usize,
    lot: u64,
}

/// Training lines as they are gathered.
pub(crate) struct Lines {
    lines: Vec<Line>,
    /// The numbers of a text's vector.
    n_dense: usize,
    /// The entries' phrasings with a lot below are taken: one more phrasing seldom changes which of the others are.
    entry_lots: u64,
}

impl Lines {
    /// Begins with what is known of the whole: the classes, and how many phrasings the entries have.
    pub(crate) fn new(classes: &Classes, n_entry_texts: usize, n_dense: usize) -> Self {
        let all = classes.one_each || n_entry_texts <= N_ENTRY_EXAMPLES;
        let entry_lots = if all { N_LOTS } else { N_LOTS * N_ENTRY_EXAMPLES as u64 / n_entry_texts as u64 };
        Self { lines: Vec::new(), n_dense, entry_lots }
    }

    pub(crate) fn add(&mut self, goal: Goal, class: usize, analysis: &Analysis, vector: Option<&[f32]>) {
        let lot = lot(&analysis.canonical);
        if matches!(goal, Goal::Entry(_)) && lot >= self.entry_lots {
            return;
        }
        let vector = vector.map(<[f32]>::to_vec);
        self.lines.push(Line { features: features_of(analysis), vector, class, lot });
    }

    pub(crate) fn train(self, classes: &Classes) -> Classifier {
        let space =
            FeatureSpace::learn(self.lines.iter().map(|line| line.features.as_slice()), MIN_TEXTS, self.n_dense);
        let example = |line: Line| Example {
            vector: space.weigh(&line.features, line.vector.as_deref()),
            class: line.class,
            lot: line.lot,
        };
        let examples: Vec<Example> = self.lines.into_iter().map(example).collect();
        let model = LinearClassifier::train(&examples, space.len(), classes.n);
        Classifier { space, model }
    }
}
