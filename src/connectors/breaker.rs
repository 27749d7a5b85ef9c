//! A circuit breaker: after some failures in a row nobody is asked for a while, then one question tries again.

use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering};

use jiff::Timestamp;

/// Failures in a row that open it.
const MOST_FAILURES: u32 = 5;

/// How long it stays open, in milliseconds.
const OPEN_FOR: i64 = 10_000;

/// A warning is given at most so often, in milliseconds.
const WARN_EVERY: i64 = 60_000;

/// Counts failures.
#[derive(Debug, Default)]
pub(crate) struct Breaker {
    failures: AtomicU32,
    /// The instant until which nobody is asked, in milliseconds.
    open_until: AtomicI64,
    warned_at: AtomicI64,
    /// Failures since the last warning.
    unwarned: AtomicU64,
}

impl Breaker {
    /// Says whether somebody may ask now. When it has been open for long enough, one may, and the others wait on.
    pub(crate) fn lets_through(&self, now: Timestamp) -> bool {
        let now = now.as_millisecond();
        let until = self.open_until.load(Ordering::Relaxed);
        if until == 0 {
            return true;
        }
        let tries = || self.open_until.compare_exchange(until, now + OPEN_FOR, Ordering::Relaxed, Ordering::Relaxed);
        now >= until && tries().is_ok()
    }

    /// Says whether nobody is asked but one who tries again.
    pub(crate) fn is_open(&self) -> bool {
        self.open_until.load(Ordering::Relaxed) != 0
    }

    /// Notes an answer.
    pub(crate) fn succeeded(&self) {
        self.failures.store(0, Ordering::Relaxed);
        self.open_until.store(0, Ordering::Relaxed);
    }

    /// Notes a failure; returns how many there were since the last warning when it is time for one.
    pub(crate) fn failed(&self, now: Timestamp) -> Option<u64> {
        let now = now.as_millisecond();
        if self.failures.fetch_add(1, Ordering::Relaxed) + 1 >= MOST_FAILURES {
            self.open_until.store(now + OPEN_FOR, Ordering::Relaxed);
        }
        self.unwarned.fetch_add(1, Ordering::Relaxed);
        let last = self.warned_at.load(Ordering::Relaxed);
        let is_due = last == 0 || now - last >= WARN_EVERY;
        let is_ours =
            is_due && self.warned_at.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        is_ours.then(|| self.unwarned.swap(0, Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_millisecond(1_000_000_000 + milliseconds).unwrap()
    }

    #[test]
    fn failures_in_a_row_open_it_and_one_question_tries_again() {
        let breaker = Breaker::default();
        for _ in 1..MOST_FAILURES {
            breaker.failed(at(0));
        }
        breaker.succeeded();
        for _ in 0..MOST_FAILURES {
            assert!(breaker.lets_through(at(0)));
            breaker.failed(at(0));
        }
        assert!(!breaker.lets_through(at(OPEN_FOR - 1)));
        assert!(breaker.lets_through(at(OPEN_FOR)), "one tries");
        assert!(!breaker.lets_through(at(OPEN_FOR)), "the others wait");
        breaker.succeeded();
        assert!(breaker.lets_through(at(OPEN_FOR)) && breaker.lets_through(at(OPEN_FOR)));
    }

    #[test]
    fn there_is_one_warning_a_minute() {
        let breaker = Breaker::default();
        assert_eq!(breaker.failed(at(0)), Some(1));
        assert_eq!((breaker.failed(at(1)), breaker.failed(at(WARN_EVERY - 1))), (None, None));
        assert_eq!(breaker.failed(at(WARN_EVERY)), Some(3));
    }
}
