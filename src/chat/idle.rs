//! Conversations in which nothing is said any more: they end, each in a transaction of its own, on the version that was read.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::json;

use crate::app::App;
use crate::chat::announce;
use crate::chat::messages::NotTaken;
use crate::chat::notices::{Saying, Told};
use crate::clock;
use crate::desk::idle::{IdleLimits, Waiting};
use crate::desk::owner::{Move, Status};
use crate::dialogue::state::DialogueState;
use crate::knowledge::texts::TextName;
use crate::store::conversations::{self, Change, Conversation};
use crate::store::error::StoreError;

/// Conversations that are read at once.
const BATCH: i64 = 100;

/// Ends the conversations that have been silent for long enough at an instant; returns how many.
///
/// Of several replicas, whoever is first ends one; the others find it another by then.
///
/// # Errors
/// Fails when the store does; what has ended until then stays so.
pub async fn end_silent(app: &App, now: Timestamp) -> Result<usize, NotTaken> {
    let limits = app.config().conversations.limits();
    let Some(shortest) = limits.shortest() else { return Ok(0) };
    let mut n_ended = 0;
    let mut last: Option<Conversation> = None;
    loop {
        let mut tx = app.store().read().await?;
        let batch = conversations::silent(&mut *tx, now - shortest, last.as_ref(), BATCH).await?;
        drop(tx);
        for conversation in batch.iter().filter(|conversation| is_over(conversation, &limits, now)) {
            match end(app, conversation, now).await {
                Ok(()) => n_ended += 1,
                // Something has happened in it meanwhile.
                Err(NotTaken::Store(StoreError::Conflict)) => {}
                Err(error) => return Err(error),
            }
        }
        last = batch.into_iter().next_back();
        if last.is_none() {
            return Ok(n_ended);
        }
    }
}

fn is_over(conversation: &Conversation, limits: &IdleLimits, now: Timestamp) -> bool {
    let Conversation { spoke_at, updated_at, .. } = conversation;
    let (waiting, since) = match conversation.owner.status() {
        Status::Bot => (Waiting::of_bot(&state_of(conversation)), spoke_at),
        // What an agent does counts too: whoever has just been answered gets time to read it.
        Status::Queued | Status::Agent => (Waiting::Person, updated_at),
        Status::Closed => return false,
    };
    limits.ends(waiting, now.duration_since(*since))
}

/// Says whether a message opens a conversation again that has ended.
pub(super) fn is_opened_again(app: &App, conversation: &Conversation, now: Timestamp) -> bool {
    let limits = app.config().conversations.limits();
    conversation.closed_idle_at.is_some_and(|ended| limits.reopens(now.duration_since(ended)))
}

async fn end(app: &App, conversation: &Conversation, now: Timestamp) -> Result<(), NotTaken> {
    let Conversation { id, version, state, .. } = conversation;
    let snapshot = app.live().current();
    let told = [Told::Text(TextName::ClosedIdle)];
    let said = Saying { content: snapshot.assistant.content(), facts: &BTreeMap::new(), now };
    let mut events = said.messages(conversation, &state_of(conversation), &told)?;
    events.push(("status", json!({ "status": Status::Closed, "reason": "idle" }).to_string()));
    let mut tx = app.store().write().await?;
    let owner = &conversation.owner.after(&Move::Close, now).map_err(|_| NotTaken::Closed)?;
    let change = Change { version: *version, owner, state, now };
    announce::append(&mut *tx, id, &change, &events).await?;
    conversations::note_idle_end(&mut *tx, id, now).await?;
    tx.commit().await?;
    app.hints().tell(id);
    app.deliveries().wake();
    app.metrics().note_conversation_end("idle");
    Ok(())
}

/// A state that this version cannot read waits for nothing.
fn state_of(conversation: &Conversation) -> DialogueState {
    serde_json::from_str(&conversation.state)
        .inspect_err(|error| {
            let id = &conversation.id;
            tracing::warn!(id, %error, "what a conversation remembers cannot be read");
        })
        .unwrap_or_default()
}

/// Ends them, again and again, for as long as the service runs.
pub async fn follow(app: App) {
    let mut looks = tokio::time::interval(LOOK);
    looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        match end_silent(&app, clock::now()).await {
            Ok(0) => {}
            Ok(n_ended) => tracing::debug!(n_ended, "silent conversations have ended"),
            Err(error) => tracing::warn!(%error, "silent conversations do not end"),
        }
    }
}

/// How often they are looked for.
const LOOK: std::time::Duration = std::time::Duration::from_secs(60);
