//! Softmax regression on dense vectors: what a model says a text means → a probability per class. Trained on a few texts
//! at a time (Adam, Kingma and Ba 2015), always in the same order.

/// A classifier of vectors.
#[derive(Clone, Debug)]
pub struct DenseClassifier {
    n_classes: usize,
    /// Number by number of a vector, and at last for the constant: a weight per class.
    weights: Vec<f32>,
}

/// Texts that a step learns from.
const BATCH: usize = 128;

/// Passes over the texts, and steps at least.
const PASSES: usize = 12;
const FEWEST_STEPS: usize = 400;

/// The first step's size; steps get smaller evenly.
const RATE: f32 = 0.5;

/// L2 penalty, as if one text in so many argued for weights of 0.
const PENALTY: f32 = 0.03;

impl DenseClassifier {
    /// Trains on vectors of one size, each with its class.
    pub fn train(texts: &[(&[f32], usize)], n_classes: usize) -> Self {
        let dimensions = texts.first().map_or(0, |(vector, _)| vector.len());
        let mut model = Self { n_classes, weights: vec![0.0; (dimensions + 1) * n_classes] };
        let n_batches = texts.len().div_ceil(BATCH).max(1);
        let n_steps = (PASSES * n_batches).max(FEWEST_STEPS);
        let (mut mean, mut square) = (vec![0.0; model.weights.len()], vec![0.0; model.weights.len()]);
        let mut gradient = vec![0.0; model.weights.len()];
        for step in 1..=n_steps {
            gradient.fill(0.0);
            // Every so manieth text, so that a batch holds many classes.
            let batch = texts.iter().skip((step - 1) % n_batches).step_by(n_batches);
            let share = 1.0 / batch.len().max(1) as f32;
            for &(vector, class) in batch {
                let mut excess: Vec<f32> = model.log_probabilities(vector).into_iter().map(f32::exp).collect();
                excess[class] -= 1.0;
                excess.iter_mut().for_each(|excess| *excess *= share);
                let rows = gradient.chunks_exact_mut(n_classes);
                for (row, &number) in rows.zip(vector.iter().chain([&1.0])) {
                    row.iter_mut().zip(&excess).for_each(|(slope, excess)| *slope += number * excess);
                }
            }
            model.step(step, n_steps, &gradient, &mut mean, &mut square, PENALTY / texts.len().max(1) as f32);
        }
        model
    }

    fn step(
        &mut self,
        step: usize,
        n_steps: usize,
        gradient: &[f32],
        mean: &mut [f32],
        square: &mut [f32],
        penalty: f32,
    ) {
        const FIRST: f32 = 0.9;
        const SECOND: f32 = 0.99;
        let rate = RATE * (1.0 - step as f32 / (n_steps + 1) as f32);
        let first = 1.0 / (1.0 - FIRST.powi(step as i32));
        let second = 1.0 / (1.0 - SECOND.powi(step as i32));
        let moments = mean.iter_mut().zip(square);
        for ((weight, slope), (mean, square)) in self.weights.iter_mut().zip(gradient).zip(moments) {
            let slope = slope + penalty * *weight;
            *mean = FIRST * *mean + (1.0 - FIRST) * slope;
            *square = SECOND * *square + (1.0 - SECOND) * slope * slope;
            *weight -= rate * *mean * first / ((*square * second).sqrt() + 1e-8);
        }
    }

    /// Returns the logarithm of each class's probability.
    pub fn log_probabilities(&self, vector: &[f32]) -> Vec<f32> {
        let mut sums = vec![0.0; self.n_classes];
        for (row, &number) in self.weights.chunks_exact(self.n_classes).zip(vector.iter().chain([&1.0])) {
            sums.iter_mut().zip(row).for_each(|(sum, weight)| *sum += number * weight);
        }
        let top = sums.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let whole = top + sums.iter().map(|sum| (sum - top).exp()).sum::<f32>().ln();
        sums.iter_mut().for_each(|sum| *sum -= whole);
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn learns_what_separates_classes_and_always_the_same() {
        let texts: [(&[f32], usize); 6] = [
            (&[1.0, 0.1], 0),
            (&[0.9, -0.1], 0),
            (&[0.1, 1.0], 1),
            (&[-0.1, 0.9], 1),
            (&[-1.0, 0.1], 2),
            (&[-0.9, -0.1], 2),
        ];
        let model = DenseClassifier::train(&texts, 3);
        for (vector, class) in texts {
            let logs = model.log_probabilities(vector);
            assert!(logs[class].exp() > 0.8, "{logs:?}");
            assert!((logs.iter().map(|log| log.exp()).sum::<f32>() - 1.0).abs() < 1e-5);
        }
        assert_eq!(DenseClassifier::train(&texts, 3).weights, model.weights);
    }
}
