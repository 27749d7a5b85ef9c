//! How near texts are in meaning: a vector per phrasing, rounded to bytes, and the cosine with a question's.

use std::ops::Range;

use crate::retrieval::Target;

/// The vectors of all phrasings, target by target.
#[derive(Clone, Debug, Default)]
pub struct Meanings {
    dimensions: usize,
    /// Where the phrasings of a target begin; the next one's beginning is its end.
    starts: Vec<u32>,
    /// Phrasing by phrasing: of length 127.
    numbers: Vec<i8>,
    /// The mean that is taken off every vector; empty where there is none.
    mean: Vec<f32>,
}

/// A question's vector, rounded like those of phrasings.
#[derive(Clone, Debug)]
pub struct Direction(Vec<i8>);

/// A vector of this length is kept: the largest number of a byte, if all the length is in one.
const LENGTH: f32 = i8::MAX as f32;

impl Meanings {
    /// Begins to gather vectors of so many numbers; the mean is taken off each.
    pub fn new(dimensions: usize, mean: Vec<f32>) -> Self {
        Self { dimensions, starts: vec![0], numbers: Vec::new(), mean }
    }

    /// Adds a phrasing of the target that is being added; one without a vector is near nothing.
    pub fn add(&mut self, vector: Option<&[f32]>) {
        match vector.and_then(|vector| self.direction(vector)) {
            Some(Direction(numbers)) => self.numbers.extend(numbers),
            None => self.numbers.resize(self.numbers.len() + self.dimensions, 0),
        }
    }

    /// Ends the target that is being added.
    pub fn end_target(&mut self) {
        self.starts.push((self.numbers.len() / self.dimensions) as u32);
    }

    /// Gives back what was reserved and not needed.
    pub fn shrink(&mut self) {
        self.numbers.shrink_to_fit();
        self.starts.shrink_to_fit();
    }

    /// Rounds a vector; `None` where it has no direction, or not as many numbers as all others.
    pub fn direction(&self, vector: &[f32]) -> Option<Direction> {
        if vector.len() != self.dimensions {
            return None;
        }
        let centred: Vec<f32> = if self.mean.is_empty() {
            vector.to_vec()
        } else {
            vector.iter().zip(&self.mean).map(|(number, mean)| number - mean).collect()
        };
        let length = centred.iter().map(|number| number * number).sum::<f32>().sqrt();
        let scale = LENGTH / length;
        let is_one = length > 0.0 && length.is_finite() && scale.is_finite();
        is_one.then(|| Direction(centred.iter().map(|number| (number * scale).round() as i8).collect()))
    }

    /// Returns how near a target's nearest phrasing is: the cosine.
    pub fn nearness(&self, target: Target, question: &Direction) -> f32 {
        let phrasings = self.numbers[self.range(target)].chunks_exact(self.dimensions.max(1));
        let nearest = phrasings.map(|phrasing| product(phrasing, &question.0)).max();
        nearest.map_or(0.0, |nearest| nearest as f32 / (LENGTH * LENGTH))
    }

    fn range(&self, target: Target) -> Range<usize> {
        self.starts[target as usize] as usize * self.dimensions
            ..self.starts[target as usize + 1] as usize * self.dimensions
    }
}

/// The sum of products, in lanes that the processor adds at once.
fn product(one: &[i8], other: &[i8]) -> i32 {
    const LANES: usize = 16;
    let (one, rest) = one.as_chunks::<LANES>();
    let (other, other_rest) = other.as_chunks::<LANES>();
    let mut lanes = [0_i32; LANES];
    for (one, other) in one.iter().zip(other) {
        for ((lane, &a), &b) in lanes.iter_mut().zip(one).zip(other) {
            *lane += i32::from(a) * i32::from(b);
        }
    }
    let rest: i32 = rest.iter().zip(other_rest).map(|(&a, &b)| i32::from(a) * i32::from(b)).sum();
    lanes.iter().sum::<i32>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearness_is_the_cosine_with_the_nearest_phrasing() {
        let mut meanings = Meanings::new(3, vec![1.0, 0.0, 0.0]);
        meanings.add(Some(&[2.0, 0.0, 0.0]));
        meanings.add(Some(&[1.0, 2.0, 0.0]));
        meanings.end_target();
        meanings.end_target();
        meanings.add(None);
        meanings.end_target();
        let asked = meanings.direction(&[1.0, 5.0, 0.0]).unwrap();
        assert!((meanings.nearness(0, &asked) - 1.0).abs() < 0.01);
        assert_eq!(meanings.nearness(1, &asked), 0.0);
        assert_eq!(meanings.nearness(2, &asked), 0.0);
        let between = meanings.direction(&[2.0, 1.0, 0.0]).unwrap();
        assert!((meanings.nearness(0, &between) - 0.5_f32.sqrt()).abs() < 0.02);
    }

    #[test]
    fn what_has_no_direction_has_none() {
        let meanings = Meanings::new(2, Vec::new());
        assert!(meanings.direction(&[0.0, 0.0]).is_none() && meanings.direction(&[1.0]).is_none());
        assert!(meanings.direction(&[f32::NAN, 1.0]).is_none() && meanings.direction(&[f32::INFINITY, 1.0]).is_none());
    }

    #[test]
    fn products_of_any_length_are_whole() {
        for n in [1, 15, 16, 17, 100, 384] {
            let one: Vec<i8> = (0..n).map(|at| (at % 251) as u8 as i8).collect();
            let plain: i32 = one.iter().map(|&a| i32::from(a) * i32::from(a)).sum();
            assert_eq!(product(&one, &one), plain);
        }
    }
}
