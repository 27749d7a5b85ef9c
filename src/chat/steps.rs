//! What else happens in a conversation: it is handed over, closed.

use serde_json::{Value, json};

use crate::app::App;
use crate::chat::announce;
use crate::chat::messages::NotTaken;
use crate::clock;
use crate::desk::owner::Status;
use crate::store::conversations::{self, Change, Conversation};
use crate::store::error::StoreError;

/// Hands a conversation over to a person; one that waits or is with somebody stays where it is.
///
/// # Errors
/// Fails when it has ended, and when the store does.
pub async fn hand_over(app: &App, id: &str) -> Result<Status, NotTaken> {
    change(app, id, |status| match status {
        Status::Bot => {
            let events = vec![
                ("status", json!({ "status": Status::Queued })),
                ("owner", json!({ "owner": "queue", "handoff": { "reason": "asked" } })),
            ];
            (Status::Queued, events)
        }
        other => (other, Vec::new()),
    })
    .await
}

/// Ends a conversation.
///
/// # Errors
/// Fails when it has ended already, and when the store does.
pub async fn close(app: &App, id: &str) -> Result<Status, NotTaken> {
    let closed = change(app, id, |_| (Status::Closed, vec![("status", json!({ "status": Status::Closed }))])).await?;
    app.metrics().note_conversation_end("visitor");
    Ok(closed)
}

/// Attempts where the conversation changes meanwhile.
const MOST_ATTEMPTS: usize = 8;

async fn change(
    app: &App,
    id: &str,
    events: impl Fn(Status) -> (Status, Vec<(&'static str, Value)>),
) -> Result<Status, NotTaken> {
    for _ in 0..MOST_ATTEMPTS {
        let mut tx = app.store().write().await?;
        let conversation = conversations::get(&mut *tx, id).await?.ok_or(NotTaken::Closed)?;
        let was = Status::of(&conversation.status);
        if was == Status::Closed {
            return Err(NotTaken::Closed);
        }
        let (status, events) = events(was);
        if events.is_empty() {
            return Ok(status);
        }
        let events: Vec<(&str, String)> = events.into_iter().map(|(kind, data)| (kind, data.to_string())).collect();
        let Conversation { version, state, .. } = &conversation;
        let change = Change { version: *version, status: status.name(), state, now: clock::now() };
        match announce::append(&mut *tx, id, &change, &events).await {
            Err(StoreError::Conflict) => continue,
            appended => appended?,
        }
        tx.commit().await?;
        app.hints().tell(id);
        app.deliveries().wake();
        app.deliveries().wake();
        return Ok(status);
    }
    Err(StoreError::Conflict.into())
}
