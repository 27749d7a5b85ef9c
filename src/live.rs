//! The revision that answers now, and the one before it. Publishing swaps an `Arc`; nothing is ever changed in place.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use arc_swap::{ArcSwap, ArcSwapOption};

use crate::snapshot::Snapshot;

/// Holds the live snapshot; readers take an `Arc` and see one revision for as long as they hold it.
pub struct Live {
    /// The publication that made the current snapshot live.
    seq: AtomicI64,
    current: ArcSwap<Snapshot>,
    /// Serves the further pages of lists that were begun on it.
    previous: ArcSwapOption<Snapshot>,
}

impl Live {
    /// Begins with the snapshot of a publication.
    pub fn new(seq: i64, snapshot: Arc<Snapshot>) -> Self {
        Self { seq: AtomicI64::new(seq), current: ArcSwap::new(snapshot), previous: ArcSwapOption::empty() }
    }

    /// Returns the number of the publication that is live.
    pub fn seq(&self) -> i64 {
        self.seq.load(Ordering::Acquire)
    }

    /// Returns the live snapshot.
    pub fn current(&self) -> Arc<Snapshot> {
        self.current.load_full()
    }

    /// Returns the snapshot of a revision while it is the live or the previous one.
    pub fn of_revision(&self, revision: &str) -> Option<Arc<Snapshot>> {
        let is_wanted = |snapshot: &Arc<Snapshot>| snapshot.assistant.revision() == revision;
        Some(self.current()).filter(is_wanted).or_else(|| self.previous.load_full().filter(is_wanted))
    }

    /// Puts the snapshot of a later publication in the live one's place and keeps that as the previous one; false where that
    /// publication, or a later one, is live already.
    pub fn swap(&self, seq: i64, snapshot: Arc<Snapshot>) -> bool {
        if self.seq.fetch_max(seq, Ordering::AcqRel) >= seq {
            return false;
        }
        // The same content under a new number: what was the previous one still is.
        if self.current.load().assistant.revision() != snapshot.assistant.revision() {
            let before = self.current.swap(snapshot);
            self.previous.store(Some(before));
        }
        true
    }

    /// Lets go of the previous snapshot, so that there is room for the next one.
    pub fn forget_previous(&self) {
        self.previous.store(None);
    }
}
