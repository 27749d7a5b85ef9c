//! The revision that answers now, and the one before it. Publishing swaps an `Arc`; nothing is ever changed in place.

use std::sync::Arc;

use arc_swap::{ArcSwap, ArcSwapOption};

use crate::snapshot::Snapshot;

/// Holds the live snapshot; readers take an `Arc` and see one revision for as long as they hold it.
pub struct Live {
    current: ArcSwap<Snapshot>,
    /// Serves the further pages of lists that were begun on it.
    previous: ArcSwapOption<Snapshot>,
}

impl Live {
    /// Begins with a snapshot.
    pub fn new(snapshot: Arc<Snapshot>) -> Self {
        Self { current: ArcSwap::new(snapshot), previous: ArcSwapOption::empty() }
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

    /// Puts a snapshot in the live one's place and keeps that as the previous one.
    pub fn swap(&self, snapshot: Arc<Snapshot>) {
        let before = self.current.swap(snapshot);
        self.previous.store(Some(before));
    }

    /// Lets go of the previous snapshot, so that there is room for the next one.
    pub fn forget_previous(&self) {
        self.previous.store(None);
    }
}
