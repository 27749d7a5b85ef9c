//! What a customer thinks of an answer, or of it all: kept with what it is about, together with the event that tells of it.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use crate::app::App;
use crate::chat::announce;
use crate::chat::asked;
use crate::chat::messages::{NotTaken, broken};
use crate::clock;
use crate::desk::feedback::{Opinion, Topic};
use crate::desk::owner::Status;
use crate::questions::Became;
use crate::store::conversations::{self, Change, Conversation, Event};
use crate::store::database::Transaction;
use crate::store::error::StoreError;
use crate::store::feedback::{self, ALL_OF_IT, Feedback};

/// Why an opinion was not kept.
#[derive(Debug, thiserror::Error)]
pub enum NotRated {
    /// What is meant is nothing that we have said.
    #[error("there is no such message of ours")]
    NoMessage,
    /// The conversation, the store or we cannot.
    #[error(transparent)]
    NotTaken(#[from] NotTaken),
}

impl From<StoreError> for NotRated {
    fn from(error: StoreError) -> Self {
        Self::NotTaken(error.into())
    }
}

/// Attempts where the conversation changes meanwhile.
const MOST_ATTEMPTS: usize = 8;

/// Keeps what a customer thinks of a message, or of it all where none is meant; also after the end.
///
/// # Errors
/// Fails as [`NotRated`] says; nothing is kept then.
pub async fn rate(app: &App, id: &str, message: Option<i64>, opinion: &Opinion) -> Result<Status, NotRated> {
    for _ in 0..MOST_ATTEMPTS {
        let mut tx = app.store().write().await?;
        let conversation = conversations::get(&mut *tx, id).await?.ok_or(NotTaken::Closed)?;
        let topic = match message {
            Some(seq) => topic_of(&mut *tx, id, seq).await?.ok_or(NotRated::NoMessage)?,
            None => topic_of_all(&mut *tx, id).await?,
        };
        let now = clock::now();
        match append(&mut *tx, &conversation, message, opinion, now).await {
            Err(StoreError::Conflict) => continue,
            appended => appended?,
        }
        let message_seq = message.unwrap_or(ALL_OF_IT);
        let kept = Feedback { conversation: id.to_owned(), message_seq, topic, opinion: opinion.clone(), at: now };
        feedback::keep(&mut *tx, &kept).await?;
        tx.commit().await?;
        app.hints().tell(id);
        app.deliveries().wake();
        if let (Some(seq), Some(false)) = (message, opinion.helpful) {
            asked::note_before(app, &conversation, seq, Became::Unhelpful).await;
        }
        return Ok(conversation.owner.status());
    }
    Err(StoreError::Conflict.into())
}

async fn append(
    tx: &mut dyn Transaction,
    conversation: &Conversation,
    message: Option<i64>,
    opinion: &Opinion,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Opinion { helpful, reason, ratings, again, comment } = opinion;
    let rating = json!({
        "message_seq": message, "helpful": helpful, "reason": reason, "ratings": ratings, "again": again, "comment": comment,
    });
    let Conversation { id, version, owner, state, .. } = conversation;
    let change = Change { version: *version, owner, state, now };
    announce::append(tx, id, &change, &[("rating", rating.to_string())]).await
}

/// What the events of messages say of where they come from.
#[derive(Deserialize)]
struct Written {
    author: String,
    kind: String,
    entry: Option<String>,
    intent: Option<String>,
    revision: Option<String>,
    agent: Option<String>,
}

fn written(event: &Event) -> Result<Written, NotTaken> {
    serde_json::from_str(&event.data).map_err(broken)
}

/// What a message is about; `None` where there is none, or the customer has written it.
async fn topic_of(tx: &mut dyn Transaction, id: &str, seq: i64) -> Result<Option<Topic>, NotTaken> {
    let Some(event) = conversations::message(tx, id, seq).await? else { return Ok(None) };
    let Written { author, kind, entry, intent, revision, agent } = written(&event)?;
    let decision = (author == "bot").then_some(kind);
    Ok((author != "visitor").then_some(Topic { entry, intent, decision, revision, agent }))
}

/// Messages that are looked through for who wrote last.
const LATEST: i64 = 200;

/// Who wrote last, and on which revision the bot did: that is what all of a conversation is about.
async fn topic_of_all(tx: &mut dyn Transaction, id: &str) -> Result<Topic, NotTaken> {
    let mut topic = Topic::default();
    for event in &conversations::latest_messages(tx, id, LATEST).await? {
        let Written { revision, agent, .. } = written(event)?;
        topic.revision = topic.revision.or(revision);
        topic.agent = topic.agent.or(agent);
    }
    Ok(topic)
}
