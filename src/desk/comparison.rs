//! Two revisions side by side: which conversation is answered from which, and what the customers of each made of it.

use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

/// Says whether a conversation is one of the share (in percent) that a comparison tries another revision on: the same for as long as
/// both last, on every replica.
pub fn is_tried_on(comparison: &str, conversation: &str, share: u32) -> bool {
    let hash = Sha256::digest(format!("{comparison} {conversation}"));
    let number = hash.iter().take(8).fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
    number % 100 < u64::from(share)
}

/// What became of conversations on one revision.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Conversations.
    pub conversations: u64,
    /// Those that never went to a person.
    pub contained: u64,
    /// Answers that helped.
    pub helpful: u64,
    /// Answers that did not.
    pub unhelpful: u64,
}

/// A part of a whole, with the bounds that it lies between in 95 of 100 cases (Wilson).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct Share {
    /// How many it is a part of.
    pub of: u64,
    /// The part, 0 to 1; null where there is nothing yet.
    pub share: Option<f64>,
    /// It is hardly less …
    pub at_least: f64,
    /// … and hardly more.
    pub at_most: f64,
}

/// Standard deviations on either side of the middle that hold 95 of 100 cases.
const WIDTH: f64 = 1.96;

impl Share {
    /// Makes the share of a part.
    pub fn of(part: u64, whole: u64) -> Self {
        if whole == 0 {
            return Self { of: 0, share: None, at_least: 0.0, at_most: 1.0 };
        }
        let (n, share) = (whole as f64, part as f64 / whole as f64);
        let square = WIDTH * WIDTH;
        let middle = (share + square / (2.0 * n)) / (1.0 + square / n);
        let half = WIDTH / (1.0 + square / n) * (share * (1.0 - share) / n + square / (4.0 * n * n)).sqrt();
        let rounded = |value: f64| (value.clamp(0.0, 1.0) * 1e4).round() / 1e4;
        Self {
            of: whole,
            share: Some(rounded(share)),
            at_least: rounded(middle - half),
            at_most: rounded(middle + half),
        }
    }

    /// Says how it stands to another one, as far as the numbers tell.
    pub fn against(&self, other: &Self) -> Verdict {
        match () {
            () if self.at_least > other.at_most => Verdict::Better,
            () if self.at_most < other.at_least => Verdict::Worse,
            () => Verdict::Open,
        }
    }
}

/// How a revision stands to another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is better.
    Better,
    /// It is worse.
    Worse,
    /// The numbers do not tell yet.
    Open,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conversation_stays_where_it_is_and_the_shares_come_out() {
        let tried = |share: u32| (0..20_000).filter(|n| is_tried_on("cmp_1", &format!("conv_{n:x}"), share)).count();
        assert_eq!((tried(0), tried(100)), (0, 20_000));
        for share in [1, 10, 50] {
            let wanted = 200 * share as usize;
            let n = tried(share);
            assert!(n.abs_diff(wanted) < 3 * (wanted as f64).sqrt() as usize, "{share} %: {n}");
        }
        let both = |n: &usize| is_tried_on("cmp_1", &format!("c{n}"), 50) && is_tried_on("cmp_2", &format!("c{n}"), 50);
        let n_both = (0..10_000).filter(both).count();
        assert!(n_both.abs_diff(2_500) < 200, "another comparison tries it on others: {n_both}");
    }

    #[test]
    fn shares_say_how_sure_they_are() {
        let share = Share::of(8, 10);
        assert_eq!(share, Share { of: 10, share: Some(0.8), at_least: 0.4902, at_most: 0.9433 });
        assert_eq!(Share::of(0, 0).share, None);
        assert_eq!((Share::of(0, 5).at_least, Share::of(5, 5).at_most), (0.0, 1.0));
        assert_eq!(Share::of(8, 10).against(&Share::of(5, 10)), Verdict::Open);
        assert_eq!(Share::of(800, 1000).against(&Share::of(500, 1000)), Verdict::Better);
        assert_eq!(Share::of(500, 1000).against(&Share::of(800, 1000)), Verdict::Worse);
    }
}
