//! One message of a customer: read, answered, committed, told. It is acknowledged after its commit, once for each `client_id`.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::app::App;
use crate::assistant::converse::{ConversationTurn, Conversed};
use crate::assistant::turn::{DecisionKind, Message, ModelVector};
use crate::chat::announce;
use crate::chat::asked;
use crate::chat::attachments::FileView;
use crate::chat::desk::{self, board};
use crate::chat::effects::{find_out, perform};
use crate::chat::identifying::role_of;
use crate::chat::idle::is_opened_again;
use crate::chat::inquiries;
use crate::chat::intake::NotKept;
use crate::clock;
use crate::desk::board::Board;
use crate::desk::owner::{Move, Owner, Status};
use crate::dialogue::compose::{Link, QuickReply, Reply};
use crate::dialogue::decide::{Decision, HUMAN};
use crate::dialogue::effects::{Act, Known};
use crate::dialogue::state::DialogueState;
use crate::dialogue::switches::Switches;
use crate::knowledge::intent::CaseKind;
use crate::people::identity::CustomerRole;
use crate::questions::Became;
use crate::snapshot::Snapshot;
use crate::store::conversations::{self, Change, Conversation};
use crate::store::error::StoreError;
use crate::text::language::LanguageTag;
use crate::text::sensitive::mask;

/// A message as clients see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MessageView {
    /// Its number among the events of the conversation.
    pub seq: i64,
    /// The client's own name of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// `visitor`, `bot`, `agent` or `system`.
    pub author: &'static str,
    /// What the author is called, where it is a person who works here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_name: Option<String>,
    /// Their account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// What was said, masked.
    pub text: String,
    /// The same as safe HTML.
    pub html: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The entry that it shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// The intent that was understood.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intent: Option<String>,
    /// The content's revision that it was said on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// What can be sent with one tap.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub quick_replies: Vec<QuickReply>,
    /// Where one can go.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub links: Vec<Link>,
    /// The file that it brings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<FileView>,
    /// `text` or `file`; of the bot what it decided (`answer`, `flow` …); of the system `notice` or `question`.
    pub kind: &'static str,
}

impl MessageView {
    /// A message with nothing but its text, which is no markup.
    pub(super) fn new(seq: i64, author: &'static str, text: &str, at: Timestamp, kind: &'static str) -> Self {
        Self {
            seq,
            client_id: None,
            author,
            author_name: None,
            agent: None,
            text: text.to_owned(),
            html: escaped(text),
            at,
            entry: None,
            intent: None,
            revision: None,
            quick_replies: Vec::new(),
            links: Vec::new(),
            file: None,
            kind,
        }
    }
}

/// What a message came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Answered {
    /// The message itself.
    pub message: MessageView,
    /// What the bot says to it; empty while a person answers.
    pub replies: Vec<MessageView>,
    /// What is done about it; `None` while a person answers.
    pub decision: Option<DecisionKind>,
    /// Who owns the conversation now.
    pub status: Status,
}

/// Where something of a customer comes from.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The conversation.
    pub conversation: String,
    /// The digest of the token that it was sent with.
    pub token: String,
    /// The client's own name of it.
    pub client_id: String,
}

/// A message of a customer.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// Where it comes from.
    pub origin: Origin,
    /// What was typed.
    pub text: String,
}

/// Why a message was not taken.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    /// The conversation has ended, or there is none.
    #[error("the conversation has ended")]
    Closed,
    /// The conversation has got another token meanwhile: what is said in it now is not for whoever sent this.
    #[error("the conversation has another token")]
    OtherToken,
    /// The client has sent another text under this name.
    #[error("another text was sent under this client_id")]
    OtherText,
    /// The file cannot be kept.
    #[error(transparent)]
    File(#[from] NotKept),
    /// The conversation has as many files as it may have.
    #[error("a conversation takes no more files than these")]
    TooManyFiles,
    /// The client has begun another conversation under this name.
    #[error("another conversation was begun under this key")]
    OtherBeginning,
    /// Somebody else talks in this conversation.
    #[error("it is somebody else's conversation")]
    SomebodyElse,
    /// The store cannot.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A fault of ours.
    #[error("{0}")]
    Broken(String),
}

/// Attempts where the conversation changes meanwhile.
const MOST_ATTEMPTS: usize = 5;

/// Takes a message; returns what it came to as JSON text, and whether it is new.
///
/// # Errors
/// Fails as [`NotTaken`] says; nothing has happened then, or, where a commit's word was lost, all of it.
pub async fn handle_message(app: &App, incoming: &Incoming) -> Result<(String, bool), NotTaken> {
    let hash = Sha256::digest(incoming.text.as_bytes());
    for _ in 0..MOST_ATTEMPTS {
        let conversation = match read(app, &incoming.origin, &hash).await? {
            Read::Taken(result) => return Ok((result, false)),
            Read::Open(conversation) => conversation,
        };
        match take(app, incoming, &conversation, &hash).await {
            // Somebody was first: it is another conversation now.
            Err(NotTaken::Store(StoreError::Conflict)) => {}
            taken => return taken.map(|result| (result, true)),
        }
    }
    Err(StoreError::Conflict.into())
}

/// A conversation, as something of its customer finds it.
pub(super) enum Read {
    /// It was taken before, and came to this.
    Taken(String),
    /// It can be taken.
    Open(Box<Conversation>),
}

/// Reads a conversation before something of its customer is taken.
pub(super) async fn read(app: &App, origin: &Origin, hash: &[u8]) -> Result<Read, NotTaken> {
    let (conversation, known) = {
        let mut tx = app.store().read().await?;
        let conversation = conversations::get(&mut *tx, &origin.conversation).await?.ok_or(NotTaken::Closed)?;
        (conversation, conversations::turn(&mut *tx, &origin.conversation, &origin.client_id).await?)
    };
    if conversation.token != origin.token {
        return Err(NotTaken::OtherToken);
    }
    if let Some((known, result)) = known {
        return if known == hash { Ok(Read::Taken(result)) } else { Err(NotTaken::OtherText) };
    }
    let has_ended = conversation.owner == Owner::Nobody;
    if has_ended && !is_opened_again(app, &conversation, clock::now()) {
        return Err(NotTaken::Closed);
    }
    Ok(Read::Open(Box::new(conversation)))
}

/// Answers a message on the conversation as it was read, and commits both.
async fn take(app: &App, incoming: &Incoming, conversation: &Conversation, hash: &[u8]) -> Result<String, NotTaken> {
    let now = clock::now();
    let turn = answer(app, incoming, conversation, now).await?;
    // What silence has ended goes on with the bot, whoever had it before.
    let opens_again = conversation.owner == Owner::Nobody;
    let was = conversation.owner.after(&Move::Reopen, now).map_err(|_| NotTaken::Closed)?;
    // While a person has it, the bot is heard only where a rule says so, as an emergency does not wait; and about a call-back by
    // whoever would rather not wait.
    let speaks = was == Owner::Bot
        || turn.is_by_rule
        || was.status() == Status::Queued && is_about_callback(&turn, conversation);
    let owner = match &turn.turn.what {
        Decision::Handoff { target, .. } if speaks => {
            let (department, priority) = (target.department.clone(), target.priority);
            let language = turn.state.language.as_ref().map(ToString::to_string);
            let wish = (language, turn.turn.intent.as_ref().map(ToString::to_string));
            let about = desk::about(&mut *app.store().read().await?, conversation, wish, now).await?;
            let number = board::number_for(app, &department, priority, now);
            was.after(&Move::HandOff { department, priority, number, about }, now).map_err(|_| NotTaken::Closed)?
        }
        // Who will be called back does not wait any longer.
        _ if speaks && was.status() == Status::Queued && opens_callback(&turn) => {
            was.after(&Move::Return, now).map_err(|_| NotTaken::Closed)?
        }
        _ => was.clone(),
    };
    let status = owner.status();
    let first = conversation.last_seq + 1 + i64::from(opens_again);
    let message = MessageView {
        client_id: Some(incoming.origin.client_id.clone()),
        ..MessageView::new(first, "visitor", &turn.masked, now, "text")
    };
    let replies: Vec<MessageView> = if speaks { vec![reply_view(first + 1, &turn, now)] } else { Vec::new() };
    let mut events = Vec::new();
    if opens_again {
        events.push(("status", json!({ "status": was.status(), "reason": "reopened" }).to_string()));
    }
    events.push(("message", to_json(&message)?));
    for reply in &replies {
        events.push(("message", to_json(reply)?));
    }
    let acts: &[Act] = if speaks { &turn.acts } else { &[] };
    let snapshot = app.live().answering(&conversation.id, conversation.created_at);
    let mut tx = app.store().write().await?;
    events.extend(perform(&mut *tx, snapshot.assistant.content(), &conversation.id, acts, now).await?);
    if status != was.status() {
        events.push(("status", json!({ "status": status }).to_string()));
    }
    if let Some(handoff) = turn.turn.handoff.as_ref().filter(|_| owner != was) {
        events.push(("owner", json!({ "owner": "queue", "handoff": handoff }).to_string()));
        events.extend(board::standing_of(app, &owner, now));
    }
    let answered = Answered { message, replies, decision: speaks.then_some(turn.turn.decision), status };
    let result = to_json(&answered)?;
    let state = if speaks { to_json(&turn.state)? } else { conversation.state.clone() };
    let change = Change { version: conversation.version, owner: &owner, state: &state, now };
    announce::append(&mut *tx, &conversation.id, &change, &events).await?;
    conversations::note_spoken(&mut *tx, &conversation.id, now).await?;
    conversations::keep_turn(&mut *tx, &conversation.id, &incoming.origin.client_id, hash, &result).await?;
    if speaks && opens_callback(&turn) {
        inquiries::withdraw(&mut *tx, snapshot.assistant.content(), &conversation.id, now).await?;
    }
    tx.commit().await?;
    app.hints().tell(&conversation.id);
    app.deliveries().wake();
    if speaks {
        asked::note_turn(app, conversation, &turn);
    }
    if turn.turn.handoff.is_some() && owner != was && turn.turn.intent.as_ref().is_some_and(|intent| intent.0 == HUMAN)
    {
        asked::note_before(app, conversation, first, Became::HandedOff).await;
    }
    Ok(result)
}

/// The intent of whoever wants to be called back.
const CALLBACK: &str = "callback.request";

fn is_about_callback(turn: &ConversationTurn, conversation: &Conversation) -> bool {
    let before: DialogueState = serde_json::from_str(&conversation.state).unwrap_or_default();
    let goes_on = before.task.is_some_and(|task| task.intent.0 == CALLBACK);
    goes_on || matches!(&turn.turn.what, Decision::Flow { intent, .. } if intent.0 == CALLBACK)
}

fn opens_callback(turn: &ConversationTurn) -> bool {
    turn.acts.iter().any(|act| matches!(act, Act::Open { draft, .. } if draft.kind == CaseKind::Callback))
}

/// Takes the message through the core, and does what it needs on the way.
async fn answer(
    app: &App,
    incoming: &Incoming,
    conversation: &Conversation,
    now: Timestamp,
) -> Result<Box<ConversationTurn>, NotTaken> {
    let snapshot = app.live().answering(&conversation.id, conversation.created_at);
    let vector = match app.embeddings() {
        Some(embeddings) => embeddings.question(&mask(&incoming.text).text).await,
        None => None,
    };
    let asked = Arc::new(Asked {
        state: serde_json::from_str(&conversation.state).map_err(broken)?,
        language: conversation.language.as_deref().and_then(LanguageTag::parse),
        text: incoming.text.clone(),
        channel: conversation.channel.clone(),
        switches: app.switches(),
        board: app.board(),
        vector: vector.map(|vector| vector.to_vec()),
        role: role_of(conversation),
    });
    let mut known = Known { is_verified: conversation.subject.is_some(), ..Known::default() };
    loop {
        let (app_there, asked, snapshot_there, known_there) =
            (app.clone(), Arc::clone(&asked), Arc::clone(&snapshot), known.clone());
        let conversed =
            tokio::task::spawn_blocking(move || asked.converse(&app_there, &snapshot_there, &known_there, now));
        match conversed.await.map_err(broken)? {
            Conversed::Turn(turn) => return Ok(turn),
            Conversed::Needs(effect) => {
                find_out(app, &snapshot, (conversation, &incoming.origin.client_id), effect, &mut known, now).await?
            }
        }
    }
}

/// A message with what it is read with.
struct Asked {
    state: DialogueState,
    language: Option<LanguageTag>,
    text: String,
    channel: String,
    switches: Arc<Switches>,
    board: Arc<Board>,
    vector: Option<Vec<f32>>,
    role: Option<CustomerRole>,
}

impl Asked {
    fn converse(&self, app: &App, snapshot: &Snapshot, known: &Known, now: Timestamp) -> Conversed {
        let message = Message {
            language: self.language.as_ref(),
            channel: &self.channel,
            audience: self.role.map(CustomerRole::audience),
            switches: &self.switches,
            board: &self.board,
            model: self.vector.as_deref().map_or(ModelVector::Unheard, ModelVector::Given),
            ..Message::new(&self.text)
        };
        // Without randomness nothing is sealed: what may be shown is all that is kept then.
        let seal = |value: &str| app.sealer().seal(value).unwrap_or_default();
        snapshot.converse(&self.state, &message, &seal, known, now)
    }
}

fn reply_view(seq: i64, turn: &ConversationTurn, now: Timestamp) -> MessageView {
    let Reply { text, html, quick_replies, links, .. } = turn.turn.reply.clone();
    let (entry, kind) = (turn.turn.entry.as_ref().map(ToString::to_string), turn.turn.decision.name());
    MessageView {
        html,
        entry,
        intent: turn.turn.intent.as_ref().map(ToString::to_string),
        revision: Some(turn.turn.revision.clone()),
        quick_replies,
        links,
        ..MessageView::new(seq, "bot", &text, now, kind)
    }
}

pub(super) fn to_json(value: &impl Serialize) -> Result<String, NotTaken> {
    serde_json::to_string(value).map_err(broken)
}

pub(super) fn broken(error: impl std::fmt::Display) -> NotTaken {
    NotTaken::Broken(error.to_string())
}

/// A customer's text as safe HTML: nothing of it is markup.
pub(super) fn escaped(text: &str) -> String {
    let safe = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    format!("<p>{}</p>", safe.replace('\n', "<br>"))
}
