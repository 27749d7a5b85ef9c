//! A linear classifier: one L2-regularised squared-hinge SVM per class, trained by dual coordinate descent on all
//! classes at once (Hsieh et al., ICML 2008). The same lines give the same weights, bit for bit, and a few lines more or less
//! nearly the same: the optimum is nearly reached, and each line's place in a pass hangs on that line alone.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::nlu::features::SparseVector;
use crate::text::lot::lot;

/// How much a wrong training line costs against large weights.
const COST: f32 = 2.0;

/// Passes over the training lines, each in an order of its own: in one order for all, sixty do not come as near the optimum,
/// and away from it the order decides which of the questions at the border are right.
const N_PASSES: usize = 25;

/// Passes that a line rests which none of a block's classes could learn from: nearly always there is nothing in these either.
const N_RESTED: usize = 2;

/// Classes that are trained and kept together: as many weights of one byte as a processor takes at once.
const BLOCK: usize = 16;

/// The largest weight of a column's block is kept as this.
const LARGEST: f32 = i8::MAX as f32;

/// One weight per column and class, plus one per class. The weights, ten megabytes, are written apart from all else, so
/// that nobody needs a copy to write or read them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct LinearClassifier {
    /// Row by row: the weights of all classes for a column lie together, filled up to whole blocks. One is a signed byte:
    /// of a quarter of the size, it is read in a quarter of the time.
    #[serde(skip)]
    weights: Vec<u8>,
    /// Row by row, per block: what a weight of 1 stands for.
    scales: Vec<f32>,
    bias: Vec<f32>,
}

/// A training line: what it looks like and what it is.
#[derive(Clone, Debug)]
pub struct Example {
    /// Its features.
    pub vector: SparseVector,
    /// Its class, below `n_classes`.
    pub class: usize,
    /// A number drawn for its text, which says where it comes in each pass.
    pub lot: u64,
}

impl LinearClassifier {
    /// Trains on all cores; the result is the same for any number.
    pub fn train(examples: &[Example], n_columns: usize, n_classes: usize) -> Self {
        let n_blocks = n_classes.div_ceil(BLOCK);
        let mut model = Self {
            weights: vec![0; n_columns * n_blocks * BLOCK],
            scales: vec![0.0; n_columns * n_blocks],
            bias: vec![0.0; n_classes],
        };
        let orders: Vec<Vec<u32>> = (0..N_PASSES).map(|pass| order(examples, pass)).collect();
        let orders = &orders;
        let n_threads = std::thread::available_parallelism().map_or(1, usize::from).min(n_blocks);
        let mut workers: Vec<Exact> = (0..n_threads).map(|_| Exact::new(examples.len(), n_columns)).collect();
        for first in (0..n_blocks).step_by(n_threads.max(1)) {
            std::thread::scope(|scope| {
                for (block, worker) in (first..n_blocks).zip(&mut workers) {
                    let classes = block * BLOCK..n_classes.min((block + 1) * BLOCK);
                    scope.spawn(|| worker.train(examples, orders, classes));
                }
            });
            (first..n_blocks).zip(&workers).for_each(|(block, worker)| model.keep(block, worker));
        }
        model
    }

    /// Rounds a block's weights, column by column, to parts of the column's largest.
    fn keep(&mut self, block: usize, exact: &Exact) {
        let n_blocks = self.bias.len().div_ceil(BLOCK);
        for (bias, exact) in self.bias[block * BLOCK..].iter_mut().zip(exact.bias) {
            *bias = exact;
        }
        for (column, row) in exact.weights.iter().enumerate() {
            let at = column * n_blocks + block;
            let largest = row.iter().fold(0.0_f32, |largest, w| largest.max(w.abs()));
            let scale = if largest > 0.0 { largest / LARGEST } else { 1.0 };
            self.scales[at] = scale;
            for (kept, w) in self.weights[at * BLOCK..][..BLOCK].iter_mut().zip(row) {
                *kept = ((w / scale).round() as i8).cast_unsigned();
            }
        }
    }

    /// Returns the weights, to write them.
    pub fn weights(&self) -> &[u8] {
        &self.weights
    }

    /// Adds the weights to what was read without them.
    pub fn with_weights(self, weights: Vec<u8>) -> Self {
        Self { weights, ..self }
    }

    /// Says whether it has a weight for each of so many columns and classes, and no more.
    pub fn is_of(&self, n_columns: usize, n_classes: usize) -> bool {
        let n_scales = n_columns.checked_mul(n_classes.div_ceil(BLOCK));
        let n_weights = n_scales.and_then(|n| n.checked_mul(BLOCK));
        self.bias.len() == n_classes && n_scales == Some(self.scales.len()) && n_weights == Some(self.weights.len())
    }

    /// Returns how far each class is on its own side of its border: at least 1 for a clear case, negative for another.
    pub fn margins(&self, vector: &SparseVector) -> Vec<f32> {
        let n_classes = self.bias.len();
        let n_blocks = n_classes.div_ceil(BLOCK);
        let mut margins = self.bias.clone();
        margins.resize(n_blocks * BLOCK, 0.0);
        // The rows lie apart: asked for at once they come at once, and not one after the other.
        for &(column, _) in vector {
            let at = column as usize * n_blocks;
            std::hint::black_box((self.weights[at * BLOCK], self.scales[at]));
        }
        for &(column, weight) in vector {
            let at = column as usize * n_blocks;
            let (weights, _) = self.weights[at * BLOCK..][..n_blocks * BLOCK].as_chunks::<BLOCK>();
            let (margins, _) = margins.as_chunks_mut::<BLOCK>();
            for ((margins, weights), scale) in margins.iter_mut().zip(weights).zip(&self.scales[at..]) {
                add_parts(margins, weights, weight * scale);
            }
        }
        margins.truncate(n_classes);
        margins
    }
}

/// Adds a column's weights to the margins of a block. By itself, so that it is compiled to a few wide instructions.
#[inline(never)]
fn add_parts(margins: &mut [f32; BLOCK], weights: &[u8; BLOCK], weight: f32) {
    for (margin, part) in margins.iter_mut().zip(weights) {
        // Processors turn only whole numbers of four bytes into fractions.
        *margin += weight * i32::from(part.cast_signed()) as f32;
    }
}

/// A block of classes while it is trained.
struct Exact {
    /// Row by row.
    weights: Vec<[f32; BLOCK]>,
    bias: [f32; BLOCK],
    duals: Vec<[f32; BLOCK]>,
    /// Line by line: the passes that it rests.
    rests: Vec<usize>,
}

impl Exact {
    fn new(n_examples: usize, n_columns: usize) -> Self {
        let zero = [0.0; BLOCK];
        Self { weights: vec![zero; n_columns], bias: zero, duals: vec![zero; n_examples], rests: vec![0; n_examples] }
    }

    fn train(&mut self, examples: &[Example], orders: &[Vec<u32>], classes: Range<usize>) {
        self.weights.fill([0.0; BLOCK]);
        self.bias = [0.0; BLOCK];
        self.duals.fill([0.0; BLOCK]);
        self.rests.fill(0);
        for order in orders {
            for at in order.iter().map(|&at| at as usize) {
                let example = &examples[at];
                if self.rests[at] > 0 {
                    self.rests[at] -= 1;
                    continue;
                }
                let margins = self.margins(&example.vector);
                // Rows are of length 1, and the bias is one more column of weight 1.
                let curvature = 2.0 + 0.5 / COST;
                let mut steps = [0.0; BLOCK];
                for (place, class) in classes.clone().enumerate() {
                    let dual = &mut self.duals[at][place];
                    let sign = if class == example.class { 1.0 } else { -1.0 };
                    let gradient = sign * margins[place] - 1.0 + *dual * 0.5 / COST;
                    let next = (*dual - gradient / curvature).max(0.0);
                    steps[place] = (next - *dual) * sign;
                    *dual = next;
                }
                if steps == [0.0; BLOCK] {
                    self.rests[at] = N_RESTED;
                } else {
                    self.add(&example.vector, &steps);
                }
            }
        }
    }

    fn margins(&self, vector: &SparseVector) -> [f32; BLOCK] {
        let mut margins = self.bias;
        for &(column, weight) in vector {
            for (margin, w) in margins.iter_mut().zip(&self.weights[column as usize]) {
                *margin += weight * w;
            }
        }
        margins
    }

    fn add(&mut self, vector: &SparseVector, steps: &[f32; BLOCK]) {
        for &(column, weight) in vector {
            for (w, step) in self.weights[column as usize].iter_mut().zip(steps) {
                *w += weight * step;
            }
        }
        for (b, step) in self.bias.iter_mut().zip(steps) {
            *b += step;
        }
    }
}

/// The order of the lines in a pass: by lots, so that a line more leaves the others in theirs.
fn order(examples: &[Example], pass: usize) -> Vec<u32> {
    let mut drawn: Vec<(u64, u32)> = examples.iter().map(|example| lot(&(example.lot, pass))).zip(0..).collect();
    drawn.sort_unstable();
    drawn.into_iter().map(|(_, at)| at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(columns: &[u32], class: usize) -> Example {
        let weight = 1.0 / (columns.len() as f32).sqrt();
        Example { vector: columns.iter().map(|&column| (column, weight)).collect(), class, lot: lot(columns) }
    }

    #[test]
    fn learns_what_separates_classes_and_always_the_same() {
        let lines = [
            line(&[0, 1], 0),
            line(&[0, 2], 0),
            line(&[3, 1], 1),
            line(&[3, 2], 1),
            line(&[4, 1], 2),
            line(&[4, 2], 2),
        ];
        let model = LinearClassifier::train(&lines, 5, 3);
        for line in &lines {
            let margins = model.margins(&line.vector);
            let best = (0..3).max_by(|&a, &b| margins[a].total_cmp(&margins[b])).unwrap();
            assert_eq!(best, line.class);
        }
        assert!(model.is_of(5, 3) && !model.is_of(5, 4) && !model.is_of(3, 5));
        assert_eq!(LinearClassifier::train(&lines, 5, 3).weights, model.weights);
    }

    #[test]
    fn kept_weights_give_nearly_the_same_margins() {
        const COLUMNS: u32 = 40;
        const CLASSES: usize = 2 * BLOCK + 3;
        let columns = |at: u32| [at % 37, (at * 7 + 3) % 37, 38, 39];
        let lines: Vec<Example> = (0..150).map(|at| line(&columns(at), at as usize % CLASSES)).collect();
        let kept = LinearClassifier::train(&lines, COLUMNS as usize, CLASSES);
        let orders: Vec<Vec<u32>> = (0..N_PASSES).map(|pass| order(&lines, pass)).collect();
        for first in (0..CLASSES).step_by(BLOCK) {
            let classes = first..CLASSES.min(first + BLOCK);
            let mut exact = Exact::new(lines.len(), COLUMNS as usize);
            exact.train(&lines, &orders, classes.clone());
            for line in &lines {
                let (kept, exact) = (kept.margins(&line.vector), exact.margins(&line.vector));
                for (kept, exact) in kept[classes.clone()].iter().zip(exact) {
                    assert!((kept - exact).abs() < 0.03, "{kept} for {exact}");
                }
            }
        }
    }

    #[test]
    fn a_line_more_leaves_the_others_in_their_order_and_changes_little_elsewhere() {
        const COLUMNS: u32 = 60;
        let columns = |at: u32| [at % 12, 12 + (at * 7 + 3) % 23, 35 + (at * 5) % 13, 59];
        let lines: Vec<Example> = (0..240).map(|at| line(&columns(at), at as usize % 12)).collect();
        let mut more = lines.clone();
        more.insert(100, line(&[48, 49, 50], 3));
        for pass in 0..N_PASSES {
            let others: Vec<u32> = order(&more, pass).into_iter().filter(|&at| at != 100).collect();
            let others: Vec<u32> = others.into_iter().map(|at| if at > 100 { at - 1 } else { at }).collect();
            assert_eq!(others, order(&lines, pass));
        }
        let [before, after] = [&lines, &more].map(|lines| LinearClassifier::train(lines, COLUMNS as usize, 12));
        for line in &lines {
            for (before, after) in before.margins(&line.vector).into_iter().zip(after.margins(&line.vector)) {
                assert!((before - after).abs() < 0.05, "{before}, then {after}");
            }
        }
    }
}
