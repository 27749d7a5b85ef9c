//! When a topic rises all at once: something has happened out there.

use jiff::{SignedDuration, Timestamp};

/// How long a stretch is that questions are counted in.
pub const STRETCH: SignedDuration = SignedDuration::from_mins(5);

/// Stretches that are looked at together: a quarter of an hour.
pub const LATELY: i64 = 3;

/// Stretches before these that say what is usual: a day.
pub const BEFORE: i64 = 288;

/// A topic rises when it is asked about so many times as often as usual …
const TIMES: f64 = 5.0;

/// … and so often at least: two questions in place of none are no rise.
const FEWEST: u64 = 10;

/// Stretches that must have been counted before anything is said to be unusual.
const KNOWN: i64 = 12;

/// A topic is not called again for so long.
pub const QUIET_FOR: SignedDuration = SignedDuration::from_hours(2);

/// Returns the stretch that an instant lies in.
pub fn stretch_of(at: Timestamp) -> i64 {
    at.as_second().div_euclid(STRETCH.as_secs())
}

/// A topic's questions, lately and before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// In the last quarter of an hour.
    pub lately: u64,
    /// In the day before.
    pub before: u64,
}

/// Returns how often a topic is asked about in a quarter of an hour as a rule, where it rises now; `n_known` are the stretches
/// before that were counted at all.
pub fn rising(asked: Asked, n_known: i64) -> Option<f64> {
    if n_known < KNOWN {
        return None;
    }
    let usual = asked.before as f64 * LATELY as f64 / n_known.min(BEFORE) as f64;
    (asked.lately >= FEWEST && asked.lately as f64 >= TIMES * usual).then_some(usual)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_five_times_as_much_as_usual_rises() {
        let at = |lately, before, n_known| rising(Asked { lately, before }, n_known);
        assert_eq!(at(50, 960, BEFORE), Some(10.0));
        assert_eq!(at(49, 960, BEFORE), None);
        assert_eq!(at(9, 0, BEFORE), None, "a few are no rise");
        assert_eq!(at(10, 0, BEFORE), Some(0.0));
        assert_eq!(at(1_000, 0, KNOWN - 1), None, "nobody knows yet what is usual");
        assert_eq!(at(50, 40, KNOWN), Some(10.0));
        assert_eq!(stretch_of(Timestamp::from_second(601).unwrap()), 2);
    }
}
