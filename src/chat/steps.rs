//! What else happens in a conversation: it begins, is handed over, rated, closed.

use serde_json::{Value, json};

use crate::app::App;
use crate::chat::announce;
use crate::chat::messages::{NotTaken, Status, status_of};
use crate::clock;
use crate::desk::case_steps::CustomerStep;
use crate::dialogue::effects::CaseStatus;
use crate::dialogue::state::DialogueState;
use crate::ids::{new_id, secret_bytes};
use crate::people::secret::ConversationToken;
use crate::store::cases::{self, Case};
use crate::store::conversations::{self, Change, Conversation};
use crate::store::error::StoreError;

/// What is known of a conversation that begins.
#[derive(Clone, Debug, Default)]
pub struct Beginning {
    /// The language of the replies, where the client asks for one.
    pub language: Option<String>,
    /// The way in.
    pub channel: String,
    /// What the client says of its visitor and page, as JSON text: claims, never believed.
    pub context: String,
}

/// Begins a conversation; returns its id and the secret that it is reached by, which is kept nowhere.
///
/// # Errors
/// Fails when the store does.
pub async fn begin(app: &App, beginning: Beginning) -> Result<(String, ConversationToken), NotTaken> {
    let broken = |error: &dyn std::fmt::Display| NotTaken::Broken(error.to_string());
    let token = ConversationToken::new(secret_bytes().map_err(|error| broken(&error))?);
    let state = serde_json::to_string(&DialogueState::default()).map_err(|error| broken(&error))?;
    let now = clock::now();
    let conversation = Conversation {
        id: new_id("conv"),
        token: token.digest().as_str().to_owned(),
        status: Status::Bot.name().to_owned(),
        channel: beginning.channel,
        language: beginning.language,
        context: beginning.context,
        state,
        version: 0,
        last_seq: 0,
        created_at: now,
        updated_at: now,
    };
    let mut tx = app.store().write().await?;
    announce::begin(&mut *tx, &conversation).await?;
    tx.commit().await?;
    app.deliveries().wake();
    Ok((conversation.id, token))
}

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
    change(app, id, |_| (Status::Closed, vec![("status", json!({ "status": Status::Closed }))])).await
}

/// Keeps what a customer thinks of an answer, or of it all; also after the end.
///
/// # Errors
/// Fails when the store does.
pub async fn rate(app: &App, id: &str, rating: Value) -> Result<Status, NotTaken> {
    step(app, id, true, |status| (status, vec![("rating", rating.clone())])).await
}

/// Takes a customer's step about a case, and tells the conversation that opened it; `None` where it cannot be taken.
///
/// # Errors
/// Fails when the store does, and with a conflict when somebody was first.
pub async fn case_step(app: &App, case: &Case, step: CustomerStep, text: &str) -> Result<Option<CaseStatus>, NotTaken> {
    let Some(status) = step.from(status_of(&case.status)) else { return Ok(None) };
    let now = clock::now();
    let mut tx = app.store().write().await?;
    let entry = cases::Entry { actor: &case.conversation, what: step.name(), text, now };
    cases::change(&mut *tx, &case.number, (&case.status, status.name()), &entry).await?;
    if let Some(conversation) = conversations::get(&mut *tx, &case.conversation).await? {
        let Conversation { version, state, status: owner, .. } = &conversation;
        let event = json!({ "number": case.number, "kind": case.kind, "status": status, "step": step.name() });
        let change = Change { version: *version, status: owner, state, now };
        announce::append(&mut *tx, &case.conversation, &change, &[("case", event.to_string())]).await?;
    }
    tx.commit().await?;
    app.hints().tell(&case.conversation);
    app.deliveries().wake();
    Ok(Some(status))
}

async fn change(
    app: &App,
    id: &str,
    events: impl Fn(Status) -> (Status, Vec<(&'static str, Value)>),
) -> Result<Status, NotTaken> {
    step(app, id, false, events).await
}

/// Attempts where the conversation changes meanwhile.
const MOST_ATTEMPTS: usize = 8;

async fn step(
    app: &App,
    id: &str,
    after_the_end: bool,
    events: impl Fn(Status) -> (Status, Vec<(&'static str, Value)>),
) -> Result<Status, NotTaken> {
    for _ in 0..MOST_ATTEMPTS {
        let mut tx = app.store().write().await?;
        let conversation = conversations::get(&mut *tx, id).await?.ok_or(NotTaken::Closed)?;
        let was = Status::of(&conversation.status);
        if was == Status::Closed && !after_the_end {
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
        return Ok(status);
    }
    Err(StoreError::Conflict.into())
}
