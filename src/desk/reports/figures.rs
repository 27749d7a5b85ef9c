//! The arithmetic of reports: shares, counts by name, how long something took.

use serde::Serialize;
use utoipa::ToSchema;

/// How many are so, of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct Part {
    /// How many.
    pub n: u64,
    /// Their share of all, 0 to 1; null where there is none at all.
    pub share: Option<f64>,
}

impl Part {
    /// Counts a part of all.
    pub fn of(n: u64, all: u64) -> Self {
        Self { n, share: (all > 0).then(|| rounded(n as f64 / all as f64, 4)) }
    }
}

/// How many have a name.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Named {
    /// The name.
    pub name: String,
    /// How many have it.
    #[serde(flatten)]
    pub part: Part,
}

/// How long something took, in hours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct Hours {
    /// How many were measured.
    pub n: u64,
    /// Half of them took no longer; null where none was measured.
    pub median: Option<f64>,
    /// Nine of ten took no longer.
    pub ninety_percent: Option<f64>,
    /// The longest of all.
    pub longest: Option<f64>,
}

impl Hours {
    /// Measures hours, in any order.
    pub fn of(hours: Vec<f64>) -> Self {
        let [median, ninety_percent, longest] = spread_of(&hours);
        Self { n: hours.len() as u64, median, ninety_percent, longest }
    }
}

/// How long something took, in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct Seconds {
    /// How many were measured.
    pub n: u64,
    /// Half of them took no longer; null where none was measured.
    pub median: Option<f64>,
    /// Nine of ten took no longer.
    pub ninety_percent: Option<f64>,
    /// The longest of all.
    pub longest: Option<f64>,
}

impl Seconds {
    /// Measures seconds, in any order.
    pub fn of(seconds: &[f64]) -> Self {
        let [median, ninety_percent, longest] = spread_of(seconds);
        Self { n: seconds.len() as u64, median, ninety_percent, longest }
    }
}

/// Points that were given, from 1 to 5.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct Points {
    /// How many gave some.
    pub n: u64,
    /// Their mean; null where nobody did.
    pub mean: Option<f64>,
}

impl Points {
    /// Counts points by how many gave some and what these add up to.
    pub fn of(n: u64, sum: u64) -> Self {
        Self { n, mean: (n > 0).then(|| rounded(sum as f64 / n as f64, 2)) }
    }
}

/// The median, what nine of ten do not exceed, and the largest.
fn spread_of(values: &[f64]) -> [Option<f64>; 3] {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let at = |at: usize| values.get(at).copied();
    let n = values.len();
    // Of an even number, the mean of the two in the middle.
    let median = at(n / 2).and_then(|upper| Some((at(n.saturating_sub(1) / 2)? + upper) / 2.0));
    // The smallest that at least nine of ten do not exceed.
    let ninety_percent = at((n * 9).div_ceil(10).saturating_sub(1));
    [median, ninety_percent, values.last().copied()].map(|value| value.map(|value| rounded(value, 1)))
}

fn rounded(value: f64, digits: i32) -> f64 {
    let scale = 10_f64.powi(digits);
    (value * scale).round() / scale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_nine_of_ten_and_the_longest_are_told() {
        let to = |n: u32| (1..=n).rev().map(f64::from).collect::<Vec<_>>();
        for (hours, expected) in [
            (to(0), (0, None, None, None)),
            (to(1), (1, Some(1.0), Some(1.0), Some(1.0))),
            (to(2), (2, Some(1.5), Some(2.0), Some(2.0))),
            (to(10), (10, Some(5.5), Some(9.0), Some(10.0))),
            (to(11), (11, Some(6.0), Some(10.0), Some(11.0))),
            (vec![0.26, 0.14], (2, Some(0.2), Some(0.3), Some(0.3))),
        ] {
            let Hours { n, median, ninety_percent, longest } = Hours::of(hours.clone());
            assert_eq!((n, median, ninety_percent, longest), expected, "{hours:?}");
        }
    }

    #[test]
    fn of_nothing_there_is_no_share() {
        assert_eq!(Part::of(0, 0), Part { n: 0, share: None });
        assert_eq!(Part::of(1, 3), Part { n: 1, share: Some(0.3333) });
    }
}
