//! Change sets that go live at an instant: scheduled, listed, taken back. What happens when the time has come is in `due`.

use jiff::Timestamp;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::clock;
use crate::ids::new_id;
use crate::people::audit::Action;
use crate::people::by::By;
use crate::publishing::Publisher;
use crate::publishing::editing::EditError;
use crate::publishing::publish::{Entry, When, Wish};
use crate::publishing::refusal::Refusal;
use crate::store::Store;
use crate::store::audit;
use crate::store::database::Transaction;
use crate::store::drafts::{self, Change};
use crate::store::error::StoreError;
use crate::store::timed::{self, End, Reason, State, TimedPublication};

impl Publisher {
    /// Has a change set that has passed the gate go live at an instant, instead of when it was to before; returns the id.
    pub(super) async fn schedule(&self, entry: &Entry<'_>, at: Timestamp) -> anyhow::Result<String> {
        let Entry { wish, proposal, revision, forced, .. } = entry;
        let set = proposal.change_set.as_ref().ok_or_else(|| Refusal::new("only a change set can go live later"))?;
        let now = clock::now();
        let mut tx = self.store().write().await?;
        drafts::hold(&mut *tx, set).await?;
        let before = timed::waiting_of(&mut *tx, &set.id).await?;
        if let Some(before) = &before {
            timed::end(&mut *tx, &before.id, End::Not(Reason::Replaced), now).await?;
        }
        let new = TimedPublication {
            id: new_id("timed"),
            change_set: set.id.clone(),
            due_at: at,
            actor: wish.actor.id.clone(),
            actor_kind: wish.actor.kind,
            address: wish.address.clone(),
            note: wish.note.clone(),
            forced: *forced,
            revision: (*revision).to_owned(),
            held: held(&drafts::changes(&mut *tx, &set.id).await?),
            state: State::Waiting,
            reason: None,
            created_at: now,
            ended_at: None,
        };
        timed::add(&mut *tx, &new).await?;
        let after = json!({ "id": new.id, "at": at, "revision": revision, "note": wish.note, "forced": forced });
        let by = By { actor: &wish.actor, address: wish.address.as_deref(), now };
        let event = by.event(Action::PublicationScheduled, &set.id).after(after);
        let replaced = before.map(|before| json!({ "id": before.id, "at": before.due_at }));
        audit::add(&mut *tx, replaced.into_iter().fold(event, |event, replaced| event.before(replaced))).await?;
        tx.commit().await?;
        Ok(new.id)
    }
}

/// Returns a hash of what a change set holds, and of what each part of it started from: whoever settles a conflict has changed what
/// goes live, too.
pub(super) fn held(changes: &[Change]) -> String {
    let mut hash = Sha256::new();
    for change in changes {
        for text in [&change.path, &change.base] {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text.as_bytes());
        }
        hash.update([u8::from(change.hash.is_some())]);
        hash.update(change.hash.unwrap_or_default());
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Ends what waits of a change set that goes live: by its time, in which case that must still hold, or by hand before.
pub(super) async fn close(tx: &mut dyn Transaction, set: &str, wish: &Wish, now: Timestamp) -> anyhow::Result<()> {
    let by = By { actor: &wish.actor, address: wish.address.as_deref(), now };
    let When::Due(due) = &wish.when else { return Ok(take_back(tx, set, Reason::Published, &by).await?) };
    // What was looked at before the gate began may be another by now.
    let is_same = held(&drafts::changes(tx, set).await?) == due.held;
    anyhow::ensure!(is_same && timed::end(tx, &due.id, End::Live, now).await?, StoreError::Conflict);
    Ok(())
}

/// Takes back what waits of a change set, if anything does.
pub(super) async fn take_back(
    tx: &mut dyn Transaction,
    set: &str,
    reason: Reason,
    by: &By<'_>,
) -> Result<(), StoreError> {
    match timed::waiting_of(tx, set).await? {
        Some(waiting) => give_up(tx, &waiting, reason, by).await.map(drop),
        None => Ok(()),
    }
}

/// Ends one that does not go live, with its line in the audit; says whether it waited.
pub(super) async fn give_up(
    tx: &mut dyn Transaction,
    of: &TimedPublication,
    reason: Reason,
    by: &By<'_>,
) -> Result<bool, StoreError> {
    if !timed::end(tx, &of.id, End::Not(reason), by.now).await? {
        return Ok(false);
    }
    let action = match reason.state() {
        State::Refused => Action::PublicationRefused,
        State::Waiting | State::Published | State::Withdrawn => Action::PublicationWithdrawn,
    };
    let event = by.event(action, &of.change_set);
    let event = event.before(json!({ "id": of.id, "at": of.due_at })).after(json!({ "reason": reason }));
    audit::add(tx, event).await?;
    Ok(true)
}

/// Takes one back that waits.
///
/// # Errors
/// Fails when there is none, when it has ended already, and when the store does.
pub async fn withdraw(store: &Store, id: &str, by: &By<'_>) -> Result<(), EditError> {
    let mut tx = store.write().await?;
    let known = timed::get(&mut *tx, id).await?;
    let known = known.ok_or_else(|| EditError::NotFound(format!("timed publication {id:?}")))?;
    if !give_up(&mut *tx, &known, Reason::Withdrawn, by).await? {
        let state = timed::get(&mut *tx, id).await?.map_or(known.state, |now| now.state);
        return Err(anyhow::Error::new(Refusal::new(format!("it is {state} already"))).into());
    }
    Ok(tx.commit().await?)
}

/// A timed publication, with what is known of its change set now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// It.
    pub timed: TimedPublication,
    /// What the change set is for; `None` where it is forgotten.
    pub title: Option<String>,
    /// Whether it waits, and the change set holds something else than when it was scheduled.
    pub is_changed: bool,
}

/// Returns those that wait, the next one first, and then those that ended last.
///
/// # Errors
/// Fails when the store does.
pub async fn list(store: &Store, most_ended: i64) -> Result<Vec<Listed>, StoreError> {
    let mut tx = store.read().await?;
    let mut all = timed::waiting(&mut *tx).await?;
    all.extend(timed::ended(&mut *tx, most_ended).await?);
    let mut listed = Vec::new();
    for timed in all {
        let title = drafts::get(&mut *tx, &timed.change_set).await?.map(|set| set.title);
        let is_changed =
            timed.state == State::Waiting && held(&drafts::changes(&mut *tx, &timed.change_set).await?) != timed.held;
        listed.push(Listed { timed, title, is_changed });
    }
    Ok(listed)
}
