//! From a model's vectors of words to a table of few numbers each, in which texts that mean the same lie close: linear
//! discriminant analysis on groups of texts that mean the same (Fisher 1936; Rao 1948), with words weighted by their rarity
//! (Arora et al., ICLR 2017).

/// A word with how often it is used, as a share of all words, and the model's vector.
#[derive(Clone, Debug)]
pub struct Word {
    /// The word, stemmed.
    pub word: String,
    /// How often it is used.
    pub frequency: f64,
    /// What the model says of it.
    pub vector: Vec<f32>,
    /// Whether it is Han: each script has a mean of its own.
    pub is_han: bool,
}

/// A word this frequent weighs half of a rare one.
const HALF_WEIGHT: f64 = 3e-3;

/// How much the spread within groups is drawn to the same in all directions.
const SHRINKAGE: f64 = 1.0;

/// Returns the words' new vectors of so many numbers, their weights included. A text is a list of places in `words`.
pub fn project(words: &[Word], groups: &[Vec<Vec<usize>>], dimensions: usize) -> Vec<Vec<f32>> {
    let n = words.first().map_or(0, |word| word.vector.len());
    let centred = centred(words, n);
    let weight = |at: usize| HALF_WEIGHT / (HALF_WEIGHT + words[at].frequency);
    let text = |places: &Vec<usize>| {
        let mut sum = vec![0.0; n];
        for &at in places {
            let weight = weight(at);
            sum.iter_mut().zip(&centred[at]).for_each(|(sum, number)| *sum += weight * number);
        }
        unit(sum)
    };
    let (mut within, mut between) = (Matrix::zero(n), Matrix::zero(n));
    let (mut n_texts, mut means) = (0, Vec::new());
    for group in groups {
        let texts: Vec<Vec<f64>> = group.iter().map(text).collect();
        let mean = mean_of(&texts, n);
        texts.iter().for_each(|text| within.add_square(&difference(text, &mean)));
        n_texts += texts.len();
        means.push(mean);
    }
    let mean = mean_of(&means, n);
    means.iter().for_each(|of_group| between.add_square(&difference(of_group, &mean)));
    within.scale(1.0 / n_texts.max(1) as f64);
    let trace: f64 = (0..n).map(|at| within.at(at, at)).sum();
    (0..n).for_each(|at| *within.at_mut(at, at) += SHRINKAGE * trace / n as f64);
    // White within groups, then the directions in which groups differ most.
    let (values, vectors) = eigen(within);
    let mut whiten = vectors;
    for (row, value) in whiten.iter_mut().zip(values) {
        row.iter_mut().for_each(|number| *number /= value.max(f64::MIN_POSITIVE).sqrt());
    }
    let (_, directions) = eigen(between.seen_through(&whiten));
    let axes: Vec<Vec<f64>> = directions
        .iter()
        .take(dimensions)
        .map(|direction| {
            let mut axis = vec![0.0; n];
            for (part, row) in direction.iter().zip(&whiten) {
                axis.iter_mut().zip(row).for_each(|(axis, number)| *axis += part * number);
            }
            axis
        })
        .collect();
    let projected = |(at, vector): (usize, &Vec<f64>)| {
        axes.iter().map(|axis| (weight(at) * product(axis, vector)) as f32).collect()
    };
    centred.iter().enumerate().map(projected).collect()
}

fn centred(words: &[Word], n: usize) -> Vec<Vec<f64>> {
    let vectors: Vec<Vec<f64>> =
        words.iter().map(|word| unit(word.vector.iter().map(|&number| f64::from(number)).collect())).collect();
    let mean = |is_han: bool| {
        let of_script = vectors.iter().zip(words).filter(|(_, word)| word.is_han == is_han);
        mean_of(&of_script.map(|(vector, _)| vector.clone()).collect::<Vec<_>>(), n)
    };
    let means = [mean(false), mean(true)];
    vectors.iter().zip(words).map(|(vector, word)| difference(vector, &means[usize::from(word.is_han)])).collect()
}

fn unit(mut vector: Vec<f64>) -> Vec<f64> {
    let length = product(&vector, &vector).sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|number| *number /= length);
    }
    vector
}

fn product(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

fn difference(one: &[f64], other: &[f64]) -> Vec<f64> {
    one.iter().zip(other).map(|(a, b)| a - b).collect()
}

fn mean_of(vectors: &[Vec<f64>], n: usize) -> Vec<f64> {
    let mut mean = vec![0.0; n];
    for vector in vectors {
        mean.iter_mut().zip(vector).for_each(|(mean, number)| *mean += number / vectors.len() as f64);
    }
    mean
}

/// A square matrix, row by row.
#[derive(Clone, Debug, PartialEq)]
struct Matrix {
    n: usize,
    numbers: Vec<f64>,
}

impl Matrix {
    fn zero(n: usize) -> Self {
        Self { n, numbers: vec![0.0; n * n] }
    }

    fn at(&self, row: usize, column: usize) -> f64 {
        self.numbers[row * self.n + column]
    }

    fn at_mut(&mut self, row: usize, column: usize) -> &mut f64 {
        &mut self.numbers[row * self.n + column]
    }

    fn row(&self, row: usize) -> &[f64] {
        &self.numbers[row * self.n..(row + 1) * self.n]
    }

    /// Adds a vector times itself.
    fn add_square(&mut self, vector: &[f64]) {
        for (row, factor) in self.numbers.chunks_exact_mut(self.n).zip(vector) {
            row.iter_mut().zip(vector).for_each(|(number, other)| *number += factor * other);
        }
    }

    fn scale(&mut self, factor: f64) {
        self.numbers.iter_mut().for_each(|number| *number *= factor);
    }

    /// The same spread in other coordinates, of which each row is one.
    fn seen_through(&self, rows: &[Vec<f64>]) -> Self {
        let half: Vec<Vec<f64>> =
            rows.iter().map(|row| (0..self.n).map(|at| product(self.row(at), row)).collect()).collect();
        let mut seen = Self::zero(rows.len());
        for (at, row) in rows.iter().enumerate() {
            for (other, half) in half.iter().enumerate() {
                *seen.at_mut(at, other) = product(row, half);
            }
        }
        seen
    }
}

/// Sweeps after which Jacobi's rotations have long converged.
const MOST_SWEEPS: usize = 30;

/// The eigenvalues of a symmetric matrix, the largest first, with their vectors: Jacobi's rotations, row by row.
fn eigen(mut matrix: Matrix) -> (Vec<f64>, Vec<Vec<f64>>) {
    let n = matrix.n;
    let mut vectors = Matrix::zero(n);
    (0..n).for_each(|at| *vectors.at_mut(at, at) = 1.0);
    let whole: f64 = matrix.numbers.iter().map(|number| number * number).sum();
    for _ in 0..MOST_SWEEPS {
        let off: f64 = (0..n).flat_map(|p| (0..p).map(move |q| (p, q))).map(|(p, q)| matrix.at(p, q).powi(2)).sum();
        if off <= whole * 1e-22 {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                let apq = matrix.at(p, q);
                if apq.abs() < f64::MIN_POSITIVE {
                    continue;
                }
                let theta = (matrix.at(q, q) - matrix.at(p, p)) / (2.0 * apq);
                let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
                let c = 1.0 / (t * t + 1.0).sqrt();
                let s = t * c;
                rotate_rows(&mut matrix, p, q, c, s);
                for row in 0..n {
                    let (a, b) = (matrix.at(row, p), matrix.at(row, q));
                    *matrix.at_mut(row, p) = c * a - s * b;
                    *matrix.at_mut(row, q) = s * a + c * b;
                }
                rotate_rows(&mut vectors, p, q, c, s);
            }
        }
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| matrix.at(b, b).total_cmp(&matrix.at(a, a)));
    let values = order.iter().map(|&at| matrix.at(at, at)).collect();
    (values, order.into_iter().map(|at| vectors.row(at).to_vec()).collect())
}

fn rotate_rows(matrix: &mut Matrix, p: usize, q: usize, c: f64, s: f64) {
    let n = matrix.n;
    let (before, from_q) = matrix.numbers.split_at_mut(q * n);
    for (a, b) in before[p * n..(p + 1) * n].iter_mut().zip(&mut from_q[..n]) {
        (*a, *b) = (c * *a - s * *b, s * *a + c * *b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eigenvectors_are_those_of_the_textbook() {
        let mut matrix = Matrix::zero(3);
        matrix.numbers.copy_from_slice(&[2.0, 1.0, 0.0, 1.0, 2.0, 0.0, 0.0, 0.0, 5.0]);
        let (values, vectors) = eigen(matrix.clone());
        for (found, wanted) in values.iter().zip([5.0, 3.0, 1.0]) {
            assert!((found - wanted).abs() < 1e-9);
        }
        for (value, vector) in values.iter().zip(&vectors) {
            for row in 0..3 {
                assert!((product(matrix.row(row), vector) - value * vector[row]).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn what_differs_within_groups_is_left_out_and_what_tells_them_apart_is_kept() {
        // The first number says which group a word is of, the second is noise.
        let word = |vector: [f32; 3], frequency: f64| Word {
            word: String::new(),
            frequency,
            vector: vector.to_vec(),
            is_han: false,
        };
        let words = [
            word([1.0, 1.0, 0.2], 0.0),
            word([1.0, -1.0, 0.2], 0.0),
            word([-1.0, 1.0, 0.2], 0.0),
            word([-1.0, -1.0, 0.2], 1.0),
        ];
        let groups = vec![vec![vec![0], vec![1]], vec![vec![2], vec![3]]];
        let table = project(&words, &groups, 1);
        let [a, b, c, common] = [table[0][0], table[1][0], table[2][0], table[3][0]];
        assert!((a - b).abs() < a.abs() / 20.0 && a * c < 0.0);
        assert!(common.abs() < c.abs() / 100.0, "what everybody says weighs little");
    }
}
