//! How long must the next attempt to sign in wait? Follows from the failures so far; the same for names that exist and
//! names that do not.

use jiff::{SignedDuration, Timestamp};

use crate::people::account_name::fold;
use crate::people::secret::Digest;

/// Failed attempts of one name or from one address; a success forgets them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attempts {
    /// How many failed.
    pub n: u32,
    /// When the last one did.
    pub last: Timestamp,
}

/// How many failures are let pass before attempts have to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    n_free: u32,
}

/// The limit of one name.
pub const PER_NAME: Limit = Limit { n_free: 5 };

/// The limit of one client's address: looser, as many people stand behind one.
pub const PER_ADDRESS: Limit = Limit { n_free: 20 };

const FIRST_WAIT: SignedDuration = SignedDuration::from_mins(1);
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(1);
const FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// Doublings after which the first wait is longer than the longest.
const MOST_DOUBLINGS: u32 = 6;

impl Limit {
    /// Returns how long the next attempt has to wait from now; `None` when it need not.
    pub fn wait(self, attempts: &Attempts, now: Timestamp) -> Option<SignedDuration> {
        let n_over = attempts.n.checked_sub(self.n_free)?;
        let elapsed = elapsed(attempts, now);
        if elapsed >= FORGOTTEN_AFTER {
            return None;
        }
        let doubled = FIRST_WAIT.saturating_mul(1 << n_over.min(MOST_DOUBLINGS));
        let left = doubled.min(LONGEST_WAIT) - elapsed;
        left.is_positive().then_some(left)
    }
}

/// Returns the attempts after one more has failed.
pub fn failed(attempts: Attempts, now: Timestamp) -> Attempts {
    let n = if elapsed(&attempts, now) >= FORGOTTEN_AFTER { 0 } else { attempts.n };
    Attempts { n: n.saturating_add(1), last: now }
}

/// Returns the key under which a name's attempts are counted. A digest: people type passwords where names belong.
pub fn key_of_name(typed: &str) -> Digest {
    Digest::of("yingda attempts", &fold(typed))
}

// A clock that was set back makes nobody wait longer than the longest.
fn elapsed(attempts: &Attempts, now: Timestamp) -> SignedDuration {
    now.duration_since(attempts.last).max(SignedDuration::ZERO)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn waits_double_up_to_an_hour_and_are_forgotten_after_a_day() {
        for (n, seconds_ago, per_name, per_address) in [
            (0, 0, None, None),
            (4, 0, None, None),
            (5, 0, Some(60), None),
            (5, 59, Some(1), None),
            (5, 60, None, None),
            (6, 0, Some(120), None),
            (8, 30, Some(450), None),
            (10, 0, Some(1920), None),
            (11, 0, Some(3600), None),
            (20, 0, Some(3600), Some(60)),
            (21, 0, Some(3600), Some(120)),
            (u32::MAX, 0, Some(3600), Some(3600)),
            (u32::MAX, 3600, None, None),
            (u32::MAX, 86_400, None, None),
            (5, -100, Some(60), None),
        ] {
            let attempts = Attempts { n, last: at(1_000_000) };
            let now = at(1_000_000 + seconds_ago);
            let seconds = |limit: Limit| limit.wait(&attempts, now).map(|wait| wait.as_secs());
            assert_eq!((seconds(PER_NAME), seconds(PER_ADDRESS)), (per_name, per_address), "{n}, {seconds_ago} s ago");
        }
    }

    #[test]
    fn a_day_without_failure_starts_anew() {
        let mut attempts = Attempts::default();
        for _ in 0..7 {
            attempts = failed(attempts, at(1_000_000));
        }
        assert_eq!(attempts, Attempts { n: 7, last: at(1_000_000) });
        assert_eq!(failed(attempts, at(1_000_000 + 86_399)).n, 8);
        assert_eq!(failed(attempts, at(1_000_000 + 86_400)).n, 1);
        assert_eq!(failed(Attempts { n: u32::MAX, last: at(0) }, at(1)).n, u32::MAX);
    }

    #[test]
    fn one_name_has_one_key_and_it_does_not_tell_what_was_typed() {
        assert_eq!(key_of_name(" Li.Wei"), key_of_name("ｌｉ．ｗｅｉ"));
        assert_ne!(key_of_name("li.wei"), key_of_name("li.wei2"));
        assert!(!format!("{:?}", key_of_name("moss on forty-two steps")).contains("moss"));
    }

    proptest! {
        #[test]
        fn no_wait_is_longer_than_the_longest(n in any::<u32>(), last in -1_000_000_i64..1_000_000, now in -1_000_000_i64..1_000_000) {
            let attempts = Attempts { n, last: at(last) };
            for limit in [PER_NAME, PER_ADDRESS] {
                if let Some(wait) = limit.wait(&attempts, at(now)) {
                    prop_assert!(wait > SignedDuration::ZERO && wait <= LONGEST_WAIT);
                }
            }
        }
    }
}
