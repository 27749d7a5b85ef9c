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
    pub fn of(mut hours: Vec<f64>) -> Self {
        hours.sort_by(f64::total_cmp);
        let at = |at: usize| hours.get(at).copied();
        let n = hours.len();
        // Of an even number, the mean of the two in the middle.
        let median = at(n / 2).and_then(|upper| Some((at(n.saturating_sub(1) / 2)? + upper) / 2.0));
        // The smallest that at least nine of ten do not exceed.
        let ninety_percent = at((n * 9).div_ceil(10).saturating_sub(1));
        let shown = |hours: Option<f64>| hours.map(|hours| rounded(hours, 1));
        Self {
            n: n as u64,
            median: shown(median),
            ninety_percent: shown(ninety_percent),
            longest: shown(hours.last().copied()),
        }
    }
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
