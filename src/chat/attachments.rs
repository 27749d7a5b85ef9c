//! Files of customers: each is made harmless, sealed, kept with its message, and given to the case that it is evidence of.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::app::App;
use crate::chat::announce;
use crate::chat::effects::step;
use crate::chat::intake::{Kept, file_name, kept};
use crate::chat::messages::{Answered, MessageView, NotTaken, Origin, Read, broken, read, to_json};
use crate::chat::notices::{Saying, Told};
use crate::clock;
use crate::desk::case_steps::CaseStep;
use crate::desk::owner::{Move, Owner, Status};
use crate::dialogue::state::DialogueState;
use crate::ids::new_id;
use crate::knowledge::texts::TextName;
use crate::store::attachments::{self, Attachment};
use crate::store::cases;
use crate::store::conversations::{self, Change, Conversation};
use crate::store::database::Transaction;
use crate::store::error::StoreError;

/// A file, as clients see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FileView {
    /// Its id.
    pub id: String,
    /// What it is called, masked.
    pub name: String,
    /// `image/jpeg`, `image/png` or `application/pdf`.
    pub media_type: String,
    /// Its bytes.
    pub size: i64,
}

impl From<Attachment> for FileView {
    fn from(kept: Attachment) -> Self {
        Self { id: kept.id, name: kept.name, media_type: kept.media_type, size: kept.size }
    }
}

/// A file that a customer sends.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Where it comes from.
    pub origin: Origin,
    /// What the client calls it.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// Attempts where the conversation changes meanwhile.
const MOST_ATTEMPTS: usize = 5;

/// Takes a file; returns what it came to as JSON text, and whether it is new.
///
/// # Errors
/// Fails as [`NotTaken`] says; nothing has happened then, or, where a commit's word was lost, all of it.
pub async fn take_file(app: &App, sent: Sent) -> Result<(String, bool), NotTaken> {
    let Sent { origin, name, bytes } = sent;
    let hash = Sha256::digest(&bytes);
    if let Read::Taken(result) = read(app, &origin, &hash).await? {
        return Ok((result, false));
    }
    check_room(app, &mut *app.store().read().await?, &origin.conversation).await?;
    let drawn = {
        // One at a time: a picture takes hundreds of megabytes while it is drawn.
        let _turn = app.drawing().acquire().await.map_err(broken)?;
        tokio::task::spawn_blocking(move || kept(bytes)).await.map_err(broken)??
    };
    let sealed = app.sealer().seal_bytes(&drawn.bytes).ok_or_else(|| broken("there is no randomness"))?;
    for _ in 0..MOST_ATTEMPTS {
        let conversation = match read(app, &origin, &hash).await? {
            Read::Taken(result) => return Ok((result, false)),
            Read::Open(conversation) => conversation,
        };
        match keep(app, &origin, (&name, &drawn, &sealed), &conversation, &hash).await {
            Err(NotTaken::Store(StoreError::Conflict)) => {}
            taken => return taken.map(|result| (result, true)),
        }
    }
    Err(StoreError::Conflict.into())
}

/// Keeps a file on the conversation as it was read, with its message, and with the word that it has come.
async fn keep(
    app: &App,
    origin: &Origin,
    (name, drawn, sealed): (&str, &Kept, &[u8]),
    conversation: &Conversation,
    hash: &[u8],
) -> Result<String, NotTaken> {
    let now = clock::now();
    let snapshot = app.live().current();
    let content = snapshot.assistant.content();
    let mut events = Vec::new();
    let opens_again = conversation.owner == Owner::Nobody;
    let owner = conversation.owner.after(&Move::Reopen, now).map_err(|_| NotTaken::Closed)?;
    if opens_again {
        events.push(("status", json!({ "status": owner.status(), "reason": "reopened" }).to_string()));
    }
    let state: DialogueState = serde_json::from_str(&conversation.state).map_err(broken)?;
    let mut tx = app.store().write().await?;
    check_room(app, &mut *tx, &conversation.id).await?;
    // What is sent while a request is filled in is evidence of that one, once it is recorded.
    let case = if state.task.is_some() { None } else { open_case(&mut *tx, &conversation.id).await? };
    let file = Attachment {
        id: new_id("file"),
        conversation: conversation.id.clone(),
        case_number: case.clone(),
        name: file_name(name, drawn.media),
        media_type: drawn.media.name().to_owned(),
        size: drawn.bytes.len() as i64,
        at: now,
    };
    attachments::keep(&mut *tx, &file, sealed.to_vec()).await?;
    let seq = conversation.last_seq + 1 + events.len() as i64;
    let message = MessageView {
        client_id: Some(origin.client_id.clone()),
        file: Some(file.clone().into()),
        ..MessageView::new(seq, "visitor", &file.name, now, "file")
    };
    events.push(("message", to_json(&message)?));
    let mut facts = BTreeMap::new();
    let mut told = Told::Text(TextName::FileReceived);
    let mut of_case = None;
    if let Some(number) = case {
        let (case, _) = step(&mut *tx, content, &conversation.id, &number, (CaseStep::Append, &file.name), now).await?;
        of_case = Some(json!({ "number": number, "kind": case.kind, "status": case.status, "step": "file" }));
        facts.insert("case_number".to_owned(), number);
        told = Told::Text(TextName::FileAdded);
    }
    // An agent sees it for themselves.
    let mut replies = Vec::new();
    if owner.status() != Status::Agent {
        let saying = Saying { content, facts: &facts, now };
        replies = saying.views(conversation, &state, seq + 1, &[told]);
    }
    for reply in &replies {
        events.push(("message", to_json(reply)?));
    }
    events.extend(of_case.map(|of_case| ("case", of_case.to_string())));
    let result = to_json(&Answered { message, replies, decision: None, status: owner.status() })?;
    let change = Change { version: conversation.version, owner: &owner, state: &conversation.state, now };
    announce::append(&mut *tx, &conversation.id, &change, &events).await?;
    conversations::note_spoken(&mut *tx, &conversation.id, now).await?;
    conversations::keep_turn(&mut *tx, &conversation.id, &origin.client_id, hash, &result).await?;
    tx.commit().await?;
    app.hints().tell(&conversation.id);
    app.deliveries().wake();
    Ok(result)
}

async fn check_room(app: &App, tx: &mut dyn Transaction, conversation: &str) -> Result<(), NotTaken> {
    let n_kept = attachments::of_conversation(tx, conversation).await?.len();
    if n_kept >= app.config().attachments.per_conversation { Err(NotTaken::TooManyFiles) } else { Ok(()) }
}

/// Returns the newest case of a conversation that takes more.
async fn open_case(tx: &mut dyn Transaction, conversation: &str) -> Result<Option<String>, StoreError> {
    let cases = cases::of_conversation(tx, conversation).await?;
    let takes_more = cases.into_iter().rev().find(|case| case.facts().after(CaseStep::Append).is_ok());
    Ok(takes_more.map(|case| case.number))
}

/// Opens a file that is kept.
///
/// # Errors
/// Fails where it was sealed with another key, or changed.
pub async fn open_file(app: &App, sealed: Vec<u8>) -> Result<Vec<u8>, NotTaken> {
    let sealer = app.sealer().clone();
    let opened = tokio::task::spawn_blocking(move || sealer.unseal_bytes(&sealed)).await.map_err(broken)?;
    opened.ok_or_else(|| broken("a file that was sealed with another key"))
}
