//! Logistic regression by gradient descent with a fixed number of steps, so the same examples give the same weights.

const STEPS: usize = 200;

/// What weights are drawn to where the questions say little.
#[derive(Clone, Copy, Debug)]
pub enum Pull<'p> {
    /// To 0, as if a share of the questions argued for it.
    ToZero(f64),
    /// To weights that were fitted before, as if so many questions argued for them.
    To(&'p [f64], f64),
}

impl Pull<'_> {
    /// Where a fit of so many weights begins.
    pub(crate) fn start(self, n: usize) -> Vec<f64> {
        match self {
            Pull::ToZero(_) => vec![0.0; n],
            Pull::To(before, _) => before.to_vec(),
        }
    }

    /// Adds the slope for a weight, for a loss that is the mean over `n` questions.
    pub(crate) fn slope(self, at: usize, weight: f64, n: f64) -> f64 {
        match self {
            Pull::ToZero(share) => share * weight,
            Pull::To(before, questions) => questions / n * (weight - before.get(at).copied().unwrap_or(0.0)),
        }
    }
}

/// The weighted sum of signals.
pub fn weighted_sum(weights: &[f64], signals: &[f32]) -> f64 {
    // In lanes that the processor adds at once, always in the same order.
    const LANES: usize = 8;
    let mut lanes = [0.0; LANES];
    for (weights, signals) in weights.chunks(LANES).zip(signals.chunks(LANES)) {
        for ((lane, weight), &signal) in lanes.iter_mut().zip(weights).zip(signals) {
            *lane += weight * f64::from(signal);
        }
    }
    lanes.iter().sum()
}

/// The probability that belongs to a weighted sum.
pub fn probability(sum: f64) -> f64 {
    1.0 / (1.0 + (-sum).exp())
}

/// Logistic regression of a truth on signals, of which the first is always 1; its weight is not drawn to 0.
pub fn logistic<const N: usize>(seen: &[([f32; N], bool)], pull: Pull<'_>) -> Vec<f64> {
    let n = seen.len().max(1) as f64;
    descend(pull.start(N), |weights, gradient| {
        for (signals, truth) in seen {
            let error = probability(weighted_sum(weights, signals)) - f64::from(u8::from(*truth));
            for (slope, &signal) in gradient.iter_mut().zip(signals) {
                *slope += error * f64::from(signal) / n;
            }
        }
        let first = usize::from(matches!(pull, Pull::ToZero(_)));
        for (at, (slope, &weight)) in gradient.iter_mut().zip(weights).enumerate().skip(first) {
            *slope += pull.slope(at, weight, n);
        }
    })
}

/// Gradient descent with per-weight step sizes (Adam, Kingma and Ba 2015).
pub(crate) fn descend(mut weights: Vec<f64>, gradient_at: impl Fn(&[f64], &mut [f64])) -> Vec<f64> {
    const RATE: f64 = 0.1;
    const FIRST: f64 = 0.9;
    const SECOND: f64 = 0.99;
    let n = weights.len();
    let (mut mean, mut square) = (vec![0.0; n], vec![0.0; n]);
    let mut gradient = vec![0.0; n];
    for step in 1..=STEPS {
        gradient.fill(0.0);
        gradient_at(&weights, &mut gradient);
        let rate = RATE * (1.0 - step as f64 / (STEPS + 1) as f64);
        for i in 0..n {
            mean[i] = FIRST * mean[i] + (1.0 - FIRST) * gradient[i];
            square[i] = SECOND * square[i] + (1.0 - SECOND) * gradient[i] * gradient[i];
            let unbiased_mean = mean[i] / (1.0 - FIRST.powi(step as i32));
            let unbiased_square = square[i] / (1.0 - SECOND.powi(step as i32));
            weights[i] -= rate * unbiased_mean / (unbiased_square.sqrt() + 1e-9);
        }
    }
    weights
}
