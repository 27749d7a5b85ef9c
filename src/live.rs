//! The revision that answers now, and the one before it. Publishing swaps an `Arc`; nothing is ever changed in place.

use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::{ArcSwap, ArcSwapOption};
use jiff::Timestamp;

use crate::desk::comparison::is_tried_on;
use crate::snapshot::Snapshot;
use crate::store::comparisons::Comparison;

/// A revision that answers, with the number of the publication that made it live.
#[derive(Clone)]
pub struct LiveRevision {
    /// The publication.
    pub seq: i64,
    /// What answers.
    pub snapshot: Arc<Snapshot>,
}

/// A revision that answers a share of the conversations beside the live one.
pub struct Beside {
    /// The comparison.
    pub comparison: Comparison,
    /// What answers.
    pub snapshot: Arc<Snapshot>,
}

/// Holds the live snapshot; readers take an `Arc` and see one revision for as long as they hold it.
pub struct Live {
    /// Number and snapshot in one: who publishes over the number must have seen this very snapshot.
    current: ArcSwap<LiveRevision>,
    /// Serves the further pages of lists that were begun on it.
    previous: ArcSwapOption<Snapshot>,
    /// What is compared with it.
    beside: ArcSwapOption<Beside>,
    /// Held while one is put in the other's place: of two at the same time the later publication stays.
    swapping: Mutex<()>,
}

impl Live {
    /// Begins with what is live.
    pub fn new(live: LiveRevision) -> Self {
        Self {
            current: ArcSwap::from_pointee(live),
            previous: ArcSwapOption::empty(),
            beside: ArcSwapOption::empty(),
            swapping: Mutex::default(),
        }
    }

    /// Returns what is live, with its number.
    pub fn revision(&self) -> LiveRevision {
        LiveRevision::clone(&self.current.load())
    }

    /// Returns the number of the publication that is live.
    pub fn seq(&self) -> i64 {
        self.current.load().seq
    }

    /// Returns the live snapshot.
    pub fn current(&self) -> Arc<Snapshot> {
        Arc::clone(&self.current.load().snapshot)
    }

    /// Returns what answers a conversation, the same for as long as nothing else goes live: of one that began during a comparison it may
    /// be the revision that is tried.
    pub fn answering(&self, conversation: &str, began: Timestamp) -> Arc<Snapshot> {
        let beside = self.beside.load();
        let tried = beside.as_ref().filter(|beside| {
            let Comparison { id, share, started_at, .. } = &beside.comparison;
            began >= *started_at && is_tried_on(id, conversation, u32::try_from(*share).unwrap_or_default())
        });
        tried.map_or_else(|| self.current(), |beside| Arc::clone(&beside.snapshot))
    }

    /// Returns the comparison whose revision answers beside the live one.
    pub fn comparison(&self) -> Option<String> {
        self.beside.load().as_ref().map(|beside| beside.comparison.id.clone())
    }

    /// Has a revision answer a share of the conversations, or none any longer.
    pub fn set_beside(&self, beside: Option<Beside>) {
        self.beside.store(beside.map(Arc::new));
    }

    /// Returns the snapshot of a revision while it is the live or the previous one.
    pub fn of_revision(&self, revision: &str) -> Option<Arc<Snapshot>> {
        let is_wanted = |snapshot: &Arc<Snapshot>| snapshot.assistant.revision() == revision;
        Some(self.current()).filter(is_wanted).or_else(|| self.previous.load_full().filter(is_wanted))
    }

    /// Puts a later publication in the live one's place and keeps that as the previous one; false where that publication, or
    /// a later one, is live already.
    pub fn swap(&self, live: LiveRevision) -> bool {
        let _one_at_a_time = self.swapping.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.revision();
        if before.seq >= live.seq {
            return false;
        }
        // The same content under a new number: what was the previous one still is.
        let is_another = before.snapshot.assistant.revision() != live.snapshot.assistant.revision();
        // First: whoever goes on with a list that was begun on it finds it at any time.
        if is_another {
            self.previous.store(Some(before.snapshot));
        }
        self.current.store(Arc::new(live));
        true
    }

    /// Lets go of the previous snapshot, so that there is room for the next one.
    pub fn forget_previous(&self) {
        self.previous.store(None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::content::Content;

    fn publication(seq: i64) -> LiveRevision {
        let snapshot = Snapshot::compile(Content::default(), format!("r{seq}")).unwrap();
        LiveRevision { seq, snapshot: Arc::new(snapshot) }
    }

    fn pair(live: &LiveRevision) -> (i64, String) {
        (live.seq, live.snapshot.assistant.revision().to_owned())
    }

    #[test]
    fn whoever_comes_when_the_last_publication_stays_with_its_own_snapshot() {
        let all: Vec<LiveRevision> = (1..=8).map(publication).collect();
        for _ in 0..200 {
            let live = Live::new(publication(0));
            std::thread::scope(|scope| {
                for one in &all {
                    scope.spawn(|| live.swap(one.clone()));
                }
                scope.spawn(|| {
                    let (seq, revision) = pair(&live.revision());
                    assert_eq!(revision, format!("r{seq}"), "never one's number with another's snapshot");
                });
            });
            assert_eq!(pair(&live.revision()), (8, "r8".to_owned()));
        }
    }

    #[test]
    fn the_same_content_under_a_new_number_keeps_the_previous_one() {
        let live = Live::new(publication(1));
        assert!(live.swap(publication(2)));
        let again = LiveRevision { seq: 3, ..live.revision() };
        assert!(live.swap(again) && !live.swap(publication(3)));
        assert_eq!(pair(&live.revision()), (3, "r2".to_owned()));
        assert!(live.of_revision("r1").is_some() && live.of_revision("r3").is_none());
        live.forget_previous();
        assert!(live.of_revision("r1").is_none() && live.of_revision("r2").is_some());
    }
}
