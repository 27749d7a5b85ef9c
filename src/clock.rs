//! The one place that reads the time.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;

/// What a demonstration takes for now, in milliseconds since 1970; 0 for what the clock says.
static PRETENDED: AtomicI64 = AtomicI64::new(0);

/// Has everything in this process take an instant for now, for a day that is played; nothing for what the clock says.
pub fn pretend(now: Option<Timestamp>) {
    PRETENDED.store(now.map_or(0, Timestamp::as_millisecond), Ordering::Relaxed);
}

/// Returns the instant, to the millisecond: what is stored comes back as it was.
pub fn now() -> Timestamp {
    let now = match PRETENDED.load(Ordering::Relaxed) {
        0 => Timestamp::now(),
        pretended => return Timestamp::from_millisecond(pretended).unwrap_or_default(),
    };
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}

/// Measures how long something takes.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts.
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Returns the time since the start.
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}
