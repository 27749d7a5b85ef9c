//! A linear classifier: one L2-regularised squared-hinge SVM per class, trained by dual coordinate descent on all
//! classes at once (Hsieh et al., ICML 2008). The same lines in the same order give the same weights, bit for bit.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::nlu::features::SparseVector;

/// How much a wrong training line costs against large weights.
const COST: f32 = 3.0;

/// Passes over the training lines. Stopping early is a second regularisation: 20 passes put 1.6 points fewer of the
/// questions right (1,269 of them, cross-validated) and take twice as long.
const N_PASSES: usize = 8;

/// Classes that are trained and kept together: as many weights of one byte as a processor takes at once.
const BLOCK: usize = 16;

/// A weight as it is kept: of a quarter of the size, it is read in a quarter of the time.
type Weight = i8;

/// The largest weight of a column's block is kept as this; what is kept is the root, so that small weights, which most
/// are, are kept more exactly.
const LARGEST: f32 = Weight::MAX as f32;

/// One weight per column and class, plus one per class.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct LinearClassifier {
    /// Row by row: the weights of all classes for a column lie together, filled up to whole blocks.
    #[serde(with = "weight_bytes")]
    weights: Vec<Weight>,
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
}

impl LinearClassifier {
    /// Trains on examples in a fixed order that mixes the classes, on all cores; the result is the same for any number.
    pub fn train(examples: &[Example], n_columns: usize, n_classes: usize) -> Self {
        let n_blocks = n_classes.div_ceil(BLOCK);
        let mut model = Self {
            weights: vec![0; n_columns * n_blocks * BLOCK],
            scales: vec![0.0; n_columns * n_blocks],
            bias: vec![0.0; n_classes],
        };
        let train = |block: usize| {
            let classes = block * BLOCK..n_classes.min((block + 1) * BLOCK);
            Exact::train(examples, n_columns, classes).kept()
        };
        let n_threads = std::thread::available_parallelism().map_or(1, usize::from);
        for first in (0..n_blocks).step_by(n_threads) {
            let trained: Vec<Self> = std::thread::scope(|scope| {
                let blocks = first..n_blocks.min(first + n_threads);
                let threads: Vec<_> = blocks.map(|block| scope.spawn(move || train(block))).collect();
                threads.into_iter().map(|thread| thread.join().expect("arithmetic does not panic")).collect()
            });
            for (block, trained) in (first..).zip(trained) {
                model.put(block, &trained);
            }
        }
        model
    }

    /// Puts a block of classes, trained by itself, in its place.
    fn put(&mut self, block: usize, trained: &Self) {
        let n_blocks = self.bias.len().div_ceil(BLOCK);
        self.bias[block * BLOCK..][..trained.bias.len()].copy_from_slice(&trained.bias);
        for (column, (weights, scale)) in trained.weights.chunks(BLOCK).zip(&trained.scales).enumerate() {
            let at = column * n_blocks + block;
            self.weights[at * BLOCK..][..BLOCK].copy_from_slice(weights);
            self.scales[at] = *scale;
        }
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
        for &(column, weight) in vector {
            let at = column as usize * n_blocks;
            let (weights, _) = self.weights[at * BLOCK..][..n_blocks * BLOCK].as_chunks::<BLOCK>();
            let (margins, _) = margins.as_chunks_mut::<BLOCK>();
            for ((margins, weights), scale) in margins.iter_mut().zip(weights).zip(&self.scales[at..]) {
                let weight = weight * scale;
                for (margin, &root) in margins.iter_mut().zip(weights) {
                    let root = i16::from(root);
                    *margin += weight * f32::from(root * root.abs());
                }
            }
        }
        margins.truncate(n_classes);
        margins
    }
}

/// A block of classes while it is trained.
struct Exact {
    /// Row by row.
    weights: Vec<[f32; BLOCK]>,
    bias: [f32; BLOCK],
    n_classes: usize,
}

impl Exact {
    fn train(examples: &[Example], n_columns: usize, classes: Range<usize>) -> Self {
        let n_classes = classes.len();
        let mut model = Self { weights: vec![[0.0; BLOCK]; n_columns], bias: [0.0; BLOCK], n_classes };
        let mut duals = vec![[0.0_f32; BLOCK]; examples.len()];
        let order = mixed_order(examples.len());
        for _ in 0..N_PASSES {
            for &at in &order {
                let example = &examples[at];
                let margins = model.margins(&example.vector);
                // Rows are of length 1, and the bias is one more column of weight 1.
                let curvature = 2.0 + 0.5 / COST;
                let mut steps = [0.0; BLOCK];
                for (place, class) in classes.clone().enumerate() {
                    let dual = &mut duals[at][place];
                    let sign = if class == example.class { 1.0 } else { -1.0 };
                    let gradient = sign * margins[place] - 1.0 + *dual * 0.5 / COST;
                    let next = (*dual - gradient / curvature).max(0.0);
                    steps[place] = (next - *dual) * sign;
                    *dual = next;
                }
                if steps != [0.0; BLOCK] {
                    model.add(&example.vector, &steps);
                }
            }
        }
        model
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

    /// Rounds every column's weights to parts of its largest.
    fn kept(self) -> LinearClassifier {
        let mut kept =
            LinearClassifier { weights: Vec::new(), scales: Vec::new(), bias: self.bias[..self.n_classes].to_vec() };
        kept.weights.reserve_exact(self.weights.len() * BLOCK);
        kept.scales.reserve_exact(self.weights.len());
        for row in &self.weights {
            let largest = row.iter().fold(0.0_f32, |largest, w| largest.max(w.abs()));
            let scale = if largest > 0.0 { largest / (LARGEST * LARGEST) } else { 1.0 };
            kept.scales.push(scale);
            kept.weights.extend(row.iter().map(|w| (w.abs() / scale).sqrt().copysign(*w).round() as Weight));
        }
        kept
    }
}

/// Weights as one run of bytes, so that they are written and read at once.
mod weight_bytes {
    use std::fmt;

    use serde::de::{Deserializer, Error, Visitor};
    use serde::ser::Serializer;

    use crate::nlu::classifier::Weight;

    pub(super) fn serialize<S: Serializer>(weights: &[Weight], serializer: S) -> Result<S::Ok, S::Error> {
        let bytes: Vec<u8> = weights.iter().map(|weight| weight.cast_unsigned()).collect();
        serializer.serialize_bytes(&bytes)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Weight>, D::Error> {
        deserializer.deserialize_bytes(Bytes)
    }

    struct Bytes;

    impl Visitor<'_> for Bytes {
        type Value = Vec<Weight>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("bytes")
        }

        fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Self::Value, E> {
            Ok(bytes.iter().map(|byte| byte.cast_signed()).collect())
        }
    }
}

/// An order of the lines that mixes the classes and is the same on every run: steps of a prime near the golden section.
fn mixed_order(n: usize) -> Vec<usize> {
    if n < 3 {
        return (0..n).collect();
    }
    let mut step = (n as f64 * 0.618_034) as usize;
    while greatest_common_divisor(step, n) != 1 {
        step += 1;
    }
    (0..n).map(|at| (at * step) % n).collect()
}

fn greatest_common_divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(columns: &[u32], class: usize) -> Example {
        let weight = 1.0 / (columns.len() as f32).sqrt();
        Example { vector: columns.iter().map(|&column| (column, weight)).collect(), class }
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
        for first in (0..CLASSES).step_by(BLOCK) {
            let classes = first..CLASSES.min(first + BLOCK);
            let exact = Exact::train(&lines, COLUMNS as usize, classes.clone());
            for line in &lines {
                let (kept, exact) = (kept.margins(&line.vector), exact.margins(&line.vector));
                for (kept, exact) in kept[classes.clone()].iter().zip(exact) {
                    assert!((kept - exact).abs() < 0.03, "{kept} for {exact}");
                }
            }
        }
    }

    #[test]
    fn the_order_is_a_permutation() {
        for n in [0, 1, 2, 3, 7, 100, 2400] {
            let mut order = mixed_order(n);
            order.sort_unstable();
            assert_eq!(order, (0..n).collect::<Vec<_>>());
        }
    }
}
