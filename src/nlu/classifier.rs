//! A linear classifier: one L2-regularised squared-hinge SVM per class, trained by dual coordinate descent on all
//! classes at once (Hsieh et al., ICML 2008). The same lines in the same order give the same weights, bit for bit.

use serde::{Deserialize, Serialize};

use crate::nlu::features::SparseVector;

/// How much a wrong training line costs against large weights.
const COST: f32 = 3.0;

/// Passes over the training lines at most. Stopping early is a second regularisation: 20 passes put 1.6 points fewer of
/// the questions right (1,269 of them, cross-validated) and take twice as long.
const MAX_PASSES: usize = 8;

/// Training stops when a pass changes the dual variables by less than this, on average per line.
const TOLERANCE: f32 = 0.01;

/// A weight as it is kept: of a quarter of the size, it is read in a quarter of the time.
type Weight = i8;

/// The largest weight of a column is kept as this.
const LARGEST: f32 = Weight::MAX as f32;

/// One weight per column and class, plus one per class.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct LinearClassifier {
    /// Row by row: the weights of all classes for a column lie together, as parts of the column's largest.
    #[serde(with = "weight_bytes")]
    weights: Vec<Weight>,
    /// Per column: what a weight of 1 stands for.
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
    /// Trains on examples in a fixed order that mixes the classes.
    pub fn train(examples: &[Example], n_columns: usize, n_classes: usize) -> Self {
        Exact::train(examples, n_columns, n_classes).kept()
    }

    /// Says whether it has a weight for each of so many columns and classes, and no more.
    pub fn is_of(&self, n_columns: usize, n_classes: usize) -> bool {
        let n_weights = n_columns.checked_mul(n_classes);
        self.scales.len() == n_columns && self.bias.len() == n_classes && n_weights == Some(self.weights.len())
    }

    /// Returns how far each class is on its own side of its border: at least 1 for a clear case, negative for another.
    pub fn margins(&self, vector: &SparseVector) -> Vec<f32> {
        let mut margins = self.bias.clone();
        for &(column, weight) in vector {
            let weight = weight * self.scales[column as usize];
            let row = &self.weights[column as usize * margins.len()..][..margins.len()];
            for (margin, &w) in margins.iter_mut().zip(row) {
                *margin += weight * f32::from(w);
            }
        }
        margins
    }
}

/// The classifier while it is trained.
struct Exact {
    n_classes: usize,
    weights: Vec<f32>,
    bias: Vec<f32>,
}

impl Exact {
    fn train(examples: &[Example], n_columns: usize, n_classes: usize) -> Self {
        let mut model = Self { n_classes, weights: vec![0.0; n_columns * n_classes], bias: vec![0.0; n_classes] };
        let mut duals = vec![0.0_f32; examples.len() * n_classes];
        let order = mixed_order(examples.len());
        let mut margins = vec![0.0; n_classes];
        for _ in 0..MAX_PASSES {
            let mut moved = 0.0;
            for &at in &order {
                let example = &examples[at];
                let duals = &mut duals[at * n_classes..][..n_classes];
                model.margins_into(&example.vector, &mut margins);
                // Rows are of length 1, and the bias is one more column of weight 1.
                let curvature = 2.0 + 0.5 / COST;
                let mut any = false;
                for class in 0..n_classes {
                    let sign = if class == example.class { 1.0 } else { -1.0 };
                    let gradient = sign * margins[class] - 1.0 + duals[class] * 0.5 / COST;
                    let next = (duals[class] - gradient / curvature).max(0.0);
                    let step = next - duals[class];
                    duals[class] = next;
                    margins[class] = step * sign;
                    moved += step.abs();
                    any |= step != 0.0;
                }
                if any {
                    model.add(&example.vector, &margins);
                }
            }
            if moved < TOLERANCE * examples.len() as f32 {
                break;
            }
        }
        model
    }

    fn margins_into(&self, vector: &SparseVector, margins: &mut [f32]) {
        margins.copy_from_slice(&self.bias);
        for &(column, weight) in vector {
            let row = &self.weights[column as usize * self.n_classes..][..self.n_classes];
            for (margin, w) in margins.iter_mut().zip(row) {
                *margin += weight * w;
            }
        }
    }

    fn add(&mut self, vector: &SparseVector, steps: &[f32]) {
        for &(column, weight) in vector {
            let row = &mut self.weights[column as usize * self.n_classes..][..self.n_classes];
            for (w, step) in row.iter_mut().zip(steps) {
                *w += weight * step;
            }
        }
        for (b, step) in self.bias.iter_mut().zip(steps) {
            *b += step;
        }
    }

    /// Rounds every column's weights to parts of its largest.
    fn kept(self) -> LinearClassifier {
        let mut kept = LinearClassifier { weights: Vec::new(), scales: Vec::new(), bias: self.bias };
        kept.weights.reserve_exact(self.weights.len());
        for row in self.weights.chunks(self.n_classes.max(1)) {
            let largest = row.iter().fold(0.0_f32, |largest, w| largest.max(w.abs()));
            let scale = if largest > 0.0 { largest / LARGEST } else { 1.0 };
            kept.scales.push(scale);
            kept.weights.extend(row.iter().map(|w| (w / scale).round() as Weight));
        }
        kept.scales.shrink_to_fit();
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
        let lines: Vec<Example> =
            (0..60).map(|at| line(&[at % COLUMNS, (at * 7 + 3) % COLUMNS, 38, 39], at as usize % 12)).collect();
        let exact = Exact::train(&lines, COLUMNS as usize, 12);
        let kept = LinearClassifier::train(&lines, COLUMNS as usize, 12);
        let mut margins = vec![0.0; 12];
        for line in &lines {
            exact.margins_into(&line.vector, &mut margins);
            for (kept, exact) in kept.margins(&line.vector).iter().zip(&margins) {
                assert!((kept - exact).abs() < 0.01, "{kept} for {exact}");
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
