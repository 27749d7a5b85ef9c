//! What else happens in a conversation: it is handed over, closed.

use serde_json::{Value, json};

use crate::app::App;
use crate::chat::announce;
use crate::chat::asked;
use crate::chat::desk::{self, board};
use crate::chat::inquiries::left_by;
use crate::chat::messages::NotTaken;
use crate::clock;
use crate::desk::owner::{Move, Status};
use crate::dialogue::decide::any_person;
use crate::knowledge::intent::HandoffTarget;
use crate::questions::Became;
use crate::store::conversations::{self, Change, Conversation};
use crate::store::error::StoreError;

/// Hands a conversation over to a person; one that waits or is with somebody stays where it is.
///
/// # Errors
/// Fails when it has ended, and when the store does.
pub async fn hand_over(app: &App, id: &str) -> Result<Status, NotTaken> {
    let snapshot = app.live().current();
    let target = any_person(snapshot.assistant.content());
    let HandoffTarget { department, priority, .. } = target.clone();
    let now = clock::now();
    let about = {
        let mut tx = app.store().read().await?;
        let conversation = conversations::get(&mut *tx, id).await?.ok_or(NotTaken::Closed)?;
        desk::about(&mut *tx, &conversation, (conversation.language.clone(), None), now).await?
    };
    let handoff = json!({ "department": department, "reason": "asked", "priority": priority });
    let events =
        [("status", json!({ "status": Status::Queued })), ("owner", json!({ "owner": "queue", "handoff": handoff }))];
    let number = board::number_for(app, &department, priority, now);
    change(app, id, &Move::HandOff { department, priority, number, about }, &events, Some(&target)).await
}

/// Ends a conversation.
///
/// # Errors
/// Fails when it has ended already, and when the store does.
pub async fn close(app: &App, id: &str) -> Result<Status, NotTaken> {
    let closed = change(app, id, &Move::Close, &[("status", json!({ "status": Status::Closed }))], None).await?;
    app.metrics().note_conversation_end("visitor");
    Ok(closed)
}

/// Attempts where the conversation changes meanwhile.
const MOST_ATTEMPTS: usize = 8;

/// Gives a conversation to whoever a move leads to, with the events that tell of it; nothing happens where it stays. Where nobody
/// is there to take it, it is left as a case.
async fn change(
    app: &App,
    id: &str,
    step: &Move,
    events: &[(&'static str, Value)],
    target: Option<&HandoffTarget>,
) -> Result<Status, NotTaken> {
    let snapshot = app.live().current();
    let content = snapshot.assistant.content();
    let events: Vec<(&str, String)> = events.iter().map(|(kind, data)| (*kind, data.to_string())).collect();
    for _ in 0..MOST_ATTEMPTS {
        let now = clock::now();
        let left = match target {
            Some(target) => left_by(app, content, target, id, now).await?,
            None => None,
        };
        let mut tx = app.store().write().await?;
        let conversation = conversations::get(&mut *tx, id).await?.ok_or(NotTaken::Closed)?;
        let owner = conversation.owner.after(step, now).map_err(|_| NotTaken::Closed)?;
        // Who waits already has waited longer than whoever asks for it now.
        if owner.status() == conversation.owner.status() {
            return Ok(owner.status());
        }
        let Conversation { version, state, .. } = &conversation;
        let change = Change { version: *version, owner: &owner, state, now };
        let events: Vec<(&str, String)> = events.iter().cloned().chain(board::standing_of(app, &owner, now)).collect();
        match announce::append(&mut *tx, id, &change, &events).await {
            Err(StoreError::Conflict) => continue,
            appended => appended?,
        }
        if let Some(left) = &left {
            left.keep(&mut *tx, content, id, now).await?;
        }
        tx.commit().await?;
        app.hints().tell(id);
        app.deliveries().wake();
        if target.is_some() {
            asked::note_before(app, &conversation, i64::MAX, Became::HandedOff).await;
        }
        return Ok(owner.status());
    }
    Err(StoreError::Conflict.into())
}
