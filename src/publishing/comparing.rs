//! A revision beside the live one: it answers a share of the conversations, until it is stopped or something else goes live.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::json;

use crate::artefacts::ENGINE;
use crate::clock;
use crate::desk::comparison::{Tally, is_tried_on};
use crate::ids::new_id;
use crate::people::actor::Actor;
use crate::people::audit::{Action, AuditEvent};
use crate::people::by::By;
use crate::publishing::Publisher;
use crate::publishing::publish::Entry;
use crate::publishing::refusal::Refusal;
use crate::store::Store;
use crate::store::comparisons::{self, Comparison};
use crate::store::error::StoreError;
use crate::store::{audit, revisions};

/// How a comparison ended that somebody has stopped, …
const STOPPED: &str = "stopped";

/// … whose revision went live, …
const PROMOTED: &str = "promoted";

/// … beside which another went live, …
const SUPERSEDED: &str = "superseded";

/// … or whose revision this engine has not judged, or cannot compile.
pub const UNFIT: &str = "unfit";

impl Publisher {
    /// Stores a revision that has passed the gate, and has it answer a share of the conversations.
    pub(super) async fn try_beside(
        &self,
        entry: &Entry<'_>,
        share: u32,
        against: String,
        n_entries: usize,
    ) -> anyhow::Result<String> {
        let Entry { wish, proposal, revision, .. } = entry;
        let now = clock::now();
        let mut tx = self.store().write().await?;
        let is_free = comparisons::running(&mut *tx).await?.is_none();
        anyhow::ensure!(is_free, Refusal::new("another comparison is under way; stop it first"));
        anyhow::ensure!(against != *revision, Refusal::new("that is what is live"));
        revisions::put(&mut *tx, revision, &proposal.files, n_entries, now).await?;
        for (name, bytes) in self.artefacts(revision) {
            revisions::put_artefact(&mut *tx, &name, ENGINE, &bytes, now).await?;
        }
        let new = Comparison {
            id: new_id("cmp"),
            revision: (*revision).to_owned(),
            against,
            share: share.into(),
            engine: ENGINE.to_owned(),
            started_at: now,
            started_by: wish.actor.id.clone(),
            note: wish.note.clone(),
            ended_at: None,
            ended_how: None,
        };
        comparisons::begin(&mut *tx, &new).await?;
        let mut event = AuditEvent::new(now, &wish.actor, Action::ComparisonStarted, revision)
            .after(json!({ "revision": revision, "against": new.against, "share": share, "note": wish.note }));
        event.address.clone_from(&wish.address);
        audit::add(&mut *tx, event).await?;
        tx.commit().await?;
        Ok(new.id)
    }
}

/// Stops the comparison that is under way; says whether there was one.
///
/// # Errors
/// Fails when the store does.
pub async fn stop(store: &Store, by: &By<'_>) -> Result<bool, StoreError> {
    let mut tx = store.write().await?;
    let Some(running) = comparisons::running(&mut *tx).await? else { return Ok(false) };
    comparisons::end(&mut *tx, &running.id, STOPPED, by.now).await?;
    comparisons::drop_tried(&mut *tx, &running.revision).await?;
    let event = by.event(Action::ComparisonEnded, &running.revision).after(json!({ "how": STOPPED }));
    audit::add(&mut *tx, event).await?;
    tx.commit().await?;
    Ok(true)
}

/// Returns how a comparison ends now: where something else than the revision that it is held against is live by now, or another engine
/// has judged what is tried. `None` where it goes on.
pub fn over(running: &Comparison, live: &str) -> Option<&'static str> {
    match () {
        () if running.revision == live => Some(PROMOTED),
        () if running.against != live => Some(SUPERSEDED),
        () if running.engine != ENGINE => Some(UNFIT),
        () => None,
    }
}

/// Ends a comparison by itself; of several replicas one is first.
///
/// # Errors
/// Fails when the store does.
pub async fn end(store: &Store, running: &Comparison, how: &'static str, now: Timestamp) -> Result<(), StoreError> {
    let mut tx = store.write().await?;
    if comparisons::end(&mut *tx, &running.id, how, now).await? {
        comparisons::drop_tried(&mut *tx, &running.revision).await?;
        let actor = Actor::system("serve");
        let event =
            AuditEvent::new(now, &actor, Action::ComparisonEnded, &running.revision).after(json!({ "how": how }));
        audit::add(&mut *tx, event).await?;
    }
    tx.commit().await
}

/// Conversations that are read at once.
const BATCH: i64 = 1_000;

/// Counts what became of the conversations of a comparison: on the live revision, and on the one that is tried.
///
/// # Errors
/// Fails when the store does.
pub async fn tallies(store: &Store, comparison: &Comparison, now: Timestamp) -> Result<[Tally; 2], StoreError> {
    let during = (comparison.started_at, comparison.ended_at.unwrap_or(now));
    let share = u32::try_from(comparison.share).unwrap_or_default();
    let side = |conversation: &str| usize::from(is_tried_on(&comparison.id, conversation, share));
    let mut tallies = [Tally::default(); 2];
    let mut tx = store.read().await?;
    let mut opinions: BTreeMap<bool, [u64; 2]> = BTreeMap::new();
    for (conversation, helped) in comparisons::opinions(&mut *tx, during).await? {
        opinions.entry(helped).or_default()[side(&conversation)] += 1;
    }
    let mut last = None;
    loop {
        let batch = comparisons::conversations(&mut *tx, during, last.as_ref(), BATCH).await?;
        for became in &batch {
            let tally = &mut tallies[side(&became.conversation)];
            tally.conversations += 1;
            tally.contained += u64::from(!became.is_handed_off);
        }
        last = batch.into_iter().next_back();
        if last.is_none() {
            break;
        }
    }
    for (side, tally) in tallies.iter_mut().enumerate() {
        tally.helpful = opinions.get(&true).map_or(0, |n| n[side]);
        tally.unhelpful = opinions.get(&false).map_or(0, |n| n[side]);
    }
    Ok(tallies)
}
