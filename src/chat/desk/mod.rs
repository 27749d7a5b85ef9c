//! What agents do with conversations: take them, write, pass them on, end them; one owner, checked when it is written.

pub mod board;
pub mod context;
pub mod presence;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::chat::announce;
use crate::chat::inquiries;
use crate::chat::messages::{MessageView, NotTaken, to_json};
use crate::desk::outgoing::{self, Unsafe};
use crate::desk::owner::{About, Move, NotMoved, Owner, Status};
use crate::ids::new_id;
use crate::knowledge::content::Content;
use crate::knowledge::intent::IntentName;
use crate::people::account::AccountId;
use crate::people::audit::Action;
use crate::people::by::By;
use crate::people::role::Permission;
use crate::store::conversations::{self, Change, Conversation};
use crate::store::database::Transaction;
use crate::store::error::StoreError;
use crate::store::notes::{self, Note};
use crate::store::people::accounts;
use crate::store::{audit, stints};

/// What an agent wishes for a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeskWish {
    /// To have it.
    Claim,
    /// To have it, whoever has it now; for supervisors.
    TakeOver,
    /// To say something.
    Reply {
        /// The client's own name of it.
        client_id: String,
        /// What, masked.
        text: String,
    },
    /// To write something down for colleagues.
    Note(String),
    /// To pass it on.
    Transfer {
        /// The department.
        department: String,
        /// One of its people.
        to: Option<String>,
        /// What they should know, masked.
        note: Option<String>,
    },
    /// To give it back to the bot.
    Return,
    /// To end it.
    Resolve {
        /// What it was about: an intent, or `other`.
        reason: String,
    },
}

impl DeskWish {
    fn how(&self) -> &'static str {
        match self {
            Self::Claim => "claim",
            Self::TakeOver => "take_over",
            Self::Reply { .. } => "reply",
            Self::Note(_) => "note",
            Self::Transfer { .. } => "transfer",
            Self::Return => "return",
            Self::Resolve { .. } => "resolve",
        }
    }
}

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum DeskRefused {
    /// There is no such conversation, or none of the agent's departments.
    #[error("there is no such conversation")]
    Unknown,
    /// Somebody else has it, or nobody may.
    #[error(transparent)]
    NotMoved(#[from] NotMoved),
    /// It is not theirs now.
    #[error("the conversation is not yours now")]
    NotTheirs,
    /// Only supervisors may.
    #[error("only a supervisor may")]
    NotAllowed,
    /// There is no such department.
    #[error("there is no such department")]
    NoDepartment,
    /// There is no such agent.
    #[error("there is no such agent")]
    NoAgent,
    /// There is no such reason.
    #[error("there is no such contact reason")]
    NoReason,
    /// It must not be sent.
    #[error(transparent)]
    Unsafe(#[from] Unsafe),
    /// The conversation, the store or we cannot.
    #[error(transparent)]
    NotTaken(#[from] NotTaken),
}

impl From<StoreError> for DeskRefused {
    fn from(error: StoreError) -> Self {
        Self::NotTaken(error.into())
    }
}

/// In place of an intent, where none says what a conversation was about.
pub const OTHER: &str = "other";

/// Attempts where the conversation changes meanwhile.
const MOST_ATTEMPTS: usize = 8;

/// Does what an agent wishes; returns the conversation as it is then, and the message where one was written.
///
/// # Errors
/// Fails as [`DeskRefused`] says; nothing has happened then, but for a line of the audit where a text was stopped.
pub async fn act(
    app: &App,
    id: &str,
    by: &By<'_>,
    wish: &DeskWish,
) -> Result<(Conversation, Option<Value>), DeskRefused> {
    for _ in 0..MOST_ATTEMPTS {
        match attempt(app, id, by, wish).await {
            Err(DeskRefused::NotTaken(NotTaken::Store(StoreError::Conflict))) => {}
            Err(DeskRefused::Unsafe(why)) => {
                let mut tx = app.store().write().await?;
                let event = by.event(Action::ReplyStopped, id).after(json!({ "why": why.to_string() }));
                audit::add(&mut *tx, event).await?;
                tx.commit().await?;
                return Err(why.into());
            }
            done => return done,
        }
    }
    Err(StoreError::Conflict.into())
}

async fn attempt(
    app: &App,
    id: &str,
    by: &By<'_>,
    wish: &DeskWish,
) -> Result<(Conversation, Option<Value>), DeskRefused> {
    let snapshot = app.live().current();
    let content = snapshot.assistant.content();
    let mut tx = app.store().write().await?;
    let kept = conversations::get(&mut *tx, id).await?.filter(|kept| may_see(by, kept)).ok_or(DeskRefused::Unknown)?;
    let told = match wish {
        DeskWish::Reply { client_id, text } => {
            let (message, is_new) = reply(&mut *tx, content, &kept, by, client_id, text).await?;
            if !is_new {
                return Ok((kept, Some(message)));
            }
            inquiries::note_reply(&mut *tx, content, id, by).await?;
            Some(message)
        }
        DeskWish::Note(text) => {
            note(&mut *tx, &kept, by, text).await?;
            None
        }
        DeskWish::Claim
        | DeskWish::TakeOver
        | DeskWish::Transfer { .. }
        | DeskWish::Return
        | DeskWish::Resolve { .. } => {
            hand_on(&mut *tx, content, &kept, by, wish).await?;
            match wish {
                DeskWish::Resolve { .. } => inquiries::settle(&mut *tx, content, id, by).await?,
                DeskWish::Transfer { department, .. } => {
                    inquiries::pass_on(&mut *tx, content, (id, department), by).await?;
                }
                _ => {}
            }
            if let DeskWish::Transfer { note: Some(text), .. } = wish {
                note(&mut *tx, &kept, by, text).await?;
            }
            None
        }
    };
    tx.commit().await?;
    app.hints().tell(id);
    app.deliveries().wake();
    let kept = conversations::get(&mut *app.store().read().await?, id).await?.ok_or(DeskRefused::Unknown)?;
    Ok((kept, told))
}

async fn note(tx: &mut dyn Transaction, kept: &Conversation, by: &By<'_>, text: &str) -> Result<(), StoreError> {
    let (id, conversation, agent) = (new_id("note"), kept.id.clone(), by.actor.id.clone());
    notes::add(tx, &Note { id, conversation, agent, at: by.now, text: text.to_owned() }).await
}

/// Says whether a conversation is an agent's business: it is or was with one of their departments; those that nobody was
/// asked about are for supervisors.
pub fn may_see(by: &By<'_>, conversation: &Conversation) -> bool {
    let department = conversation.owner.place().map(|place| &place.department).or(conversation.department.as_ref());
    match department {
        Some(department) => by.actor.may_in(department),
        None => by.actor.may(Permission::DeskSupervise),
    }
}

/// Writes what an agent says; a second time it is the first message again.
async fn reply(
    tx: &mut dyn Transaction,
    content: &Content,
    kept: &Conversation,
    by: &By<'_>,
    client_id: &str,
    text: &str,
) -> Result<(Value, bool), DeskRefused> {
    let (name, hash) = (format!("{}:{client_id}", by.actor.id), Sha256::digest(text.as_bytes()));
    if let Some((known, result)) = conversations::turn(tx, &kept.id, &name).await? {
        let message = serde_json::from_str(&result).map_err(|error| NotTaken::Broken(error.to_string()))?;
        return if known == hash.as_slice() { Ok((message, false)) } else { Err(NotTaken::OtherText.into()) };
    }
    if !kept.owner.may_write(&by.actor.id) {
        return Err(DeskRefused::NotTheirs);
    }
    outgoing::check(text, &content.contacts)?;
    let message = MessageView {
        client_id: Some(client_id.to_owned()),
        author_name: Some(by.actor.name.clone()),
        agent: Some(by.actor.id.clone()),
        ..MessageView::new(kept.last_seq + 1, "agent", text, by.now, "text")
    };
    let written = to_json(&message)?;
    let change = Change { version: kept.version, owner: &kept.owner, state: &kept.state, now: by.now };
    announce::append(tx, &kept.id, &change, &[("message", written.clone())]).await?;
    stints::note_reply(tx, &kept.id, by.now).await?;
    conversations::keep_turn(tx, &kept.id, &name, &hash, &written).await?;
    let message = serde_json::from_str(&written).map_err(|error| NotTaken::Broken(error.to_string()))?;
    Ok((message, true))
}

/// Gives a conversation to whoever has it from now on.
async fn hand_on(
    tx: &mut dyn Transaction,
    content: &Content,
    kept: &Conversation,
    by: &By<'_>,
    wish: &DeskWish,
) -> Result<(), DeskRefused> {
    let agent = by.actor.id.clone();
    let is_supervisor = by.actor.may(Permission::DeskSupervise);
    let is_theirs = kept.owner.may_write(&agent) || is_supervisor;
    let step = match wish {
        DeskWish::TakeOver if !is_supervisor => return Err(DeskRefused::NotAllowed),
        DeskWish::TakeOver => {
            let department = kept.department.clone().unwrap_or_else(|| general(content));
            Move::TakeOver { agent, department }
        }
        DeskWish::Transfer { .. } | DeskWish::Return | DeskWish::Resolve { .. } if !is_theirs => {
            return Err(DeskRefused::NotTheirs);
        }
        DeskWish::Transfer { department, .. } if !content.departments.contains_key(department) => {
            return Err(DeskRefused::NoDepartment);
        }
        DeskWish::Transfer { to: Some(to), .. } if accounts::get(tx, &AccountId(to.clone())).await?.is_none() => {
            return Err(DeskRefused::NoAgent);
        }
        DeskWish::Transfer { department, to, .. } => Move::Transfer { department: department.clone(), to: to.clone() },
        DeskWish::Return => Move::Return,
        DeskWish::Resolve { reason } => {
            if reason != OTHER && content.intent(&IntentName(reason.clone())).is_none() {
                return Err(DeskRefused::NoReason);
            }
            Move::Close
        }
        DeskWish::Claim | DeskWish::Reply { .. } | DeskWish::Note(_) => Move::Claim { agent },
    };
    let owner = kept.owner.after(&step, by.now)?;
    if owner == kept.owner {
        return Ok(());
    }
    if let DeskWish::Resolve { reason } = wish {
        conversations::note_reason(tx, &kept.id, reason).await?;
    }
    let was_anothers = kept.owner.agent().is_some_and(|had| had != by.actor.id);
    if was_anothers {
        let after = json!({ "how": wish.how(), "from": kept.owner.agent() });
        audit::add(tx, by.event(Action::ConversationTaken, &kept.id).after(after)).await?;
    }
    let events = events_of(&owner, &by.actor.name, wish.how());
    let change = Change { version: kept.version, owner: &owner, state: &kept.state, now: by.now };
    announce::append(tx, &kept.id, &change, &events).await?;
    Ok(())
}

/// The events that tell who has a conversation now.
pub(super) fn events_of(owner: &Owner, agent: &str, how: &str) -> Vec<(&'static str, String)> {
    let told = match owner {
        Owner::Agent { .. } => json!({ "owner": "agent", "agent": { "name": agent }, "how": how }),
        Owner::Queue(place) => json!({
            "owner": "queue",
            "handoff": { "department": place.department, "reason": how, "priority": place.priority },
            "how": how,
        }),
        Owner::Bot => json!({ "owner": "bot", "how": how }),
        Owner::Nobody => json!({ "owner": "nobody", "how": how }),
    };
    let status = json!({ "status": owner.status(), "how": how });
    vec![("owner", told.to_string()), ("status", status.to_string())]
}

fn general(content: &Content) -> String {
    crate::dialogue::decide::any_person(content).department
}

/// How long whoever had a conversation is the one who knows its customer.
const KNOWN_FOR: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

/// What a hand-over is about, as far as it matters who takes it.
pub(super) async fn about(
    tx: &mut dyn Transaction,
    conversation: &Conversation,
    (language, intent): (Option<String>, Option<String>),
    now: jiff::Timestamp,
) -> Result<About, StoreError> {
    let subject = conversation.subject.as_deref();
    let known = stints::last_agent(tx, &conversation.id, subject, now - KNOWN_FOR).await?;
    let prefers = match known {
        Some(known) => Some(known),
        None => crate::store::cases::of_conversation(tx, &conversation.id)
            .await?
            .into_iter()
            .rev()
            .filter(|case| case.clock.ended_at.is_none())
            .find_map(|case| case.assignee),
    };
    Ok(About { language, intent, prefers })
}

/// Gives back to the queue what an agent had who has gone without a word.
pub(super) async fn lapse(app: &App, id: &str, account: &str, now: jiff::Timestamp) -> Result<bool, NotTaken> {
    let mut tx = app.store().write().await?;
    let Some(kept) = conversations::get(&mut *tx, id).await? else { return Ok(false) };
    if kept.owner.agent() != Some(account) {
        return Ok(false);
    }
    let Ok(owner) = kept.owner.after(&Move::Lapse, now) else { return Ok(false) };
    let change = Change { version: kept.version, owner: &owner, state: &kept.state, now };
    match announce::append(&mut *tx, id, &change, &events_of(&owner, "", "lapse")).await {
        Err(StoreError::Conflict) => return Ok(false),
        appended => appended?,
    }
    tx.commit().await?;
    app.hints().tell(id);
    app.deliveries().wake();
    Ok(owner.status() == Status::Queued)
}
