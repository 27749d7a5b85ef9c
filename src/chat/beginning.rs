//! A conversation begins: once for each name that a client gives to its request.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::app::App;
use crate::chat::announce;
use crate::chat::identifying::kept_identity;
use crate::chat::messages::{NotTaken, broken};
use crate::clock;
use crate::desk::owner::Owner;
use crate::dialogue::state::DialogueState;
use crate::ids::{new_id, secret_bytes};
use crate::people::identity::Identity;
use crate::people::secret::{ConversationToken, Digest};
use crate::store::conversations::Conversation;
use crate::store::error::StoreError;
use crate::store::idempotency::{self, Begun};
use crate::store::retention::DAY;

/// What is known of a conversation that begins.
#[derive(Clone, Debug, Default)]
pub struct Beginning {
    /// The language of the replies, where the client asks for one.
    pub language: Option<String>,
    /// The way in.
    pub channel: String,
    /// What the client says of its visitor and page, as JSON text: claims, never believed.
    pub context: String,
    /// Who talks, where the shop's server vouches for it.
    pub identity: Option<Identity>,
}

/// What opens a conversation that has begun.
#[derive(Serialize, Deserialize)]
pub struct Opened {
    /// Its id.
    pub id: String,
    /// The secret that it is reached by, which is kept nowhere else than in a seal.
    pub token: String,
}

/// Begins a conversation.
///
/// # Errors
/// Fails when the store does.
pub async fn begin(app: &App, beginning: &Beginning) -> Result<Opened, NotTaken> {
    let (conversation, opened) = new_conversation(beginning, clock::now())?;
    let mut tx = app.store().write().await?;
    announce::begin(&mut *tx, &conversation).await?;
    tx.commit().await?;
    app.deliveries().wake();
    Ok(opened)
}

/// What the digests of clients' names for their requests are derived for.
const DOMAIN: &str = "yingda idempotency";

/// Attempts where others send the same at the same time: after the first, one of them has been kept.
const MOST_ATTEMPTS: usize = 3;

/// Begins a conversation, or returns the one that was begun under the same name within a day.
///
/// # Errors
/// Fails when another one was begun under the name, and when the store does.
pub async fn begin_once(app: &App, beginning: &Beginning, name: &str) -> Result<Opened, NotTaken> {
    let name = Digest::of(DOMAIN, name);
    let hash = hash_of(beginning);
    for _ in 0..MOST_ATTEMPTS {
        let now = clock::now();
        let since = now - DAY;
        let known = idempotency::find(&mut *app.store().read().await?, name.as_str(), since).await?;
        if let Some(known) = known {
            return if known.hash == hash { open(app, &known) } else { Err(NotTaken::OtherBeginning) };
        }
        let (conversation, opened) = new_conversation(beginning, now)?;
        let sealed = app.sealer().seal(&opened.token).ok_or_else(|| broken("no randomness"))?;
        let begun = Begun { hash: hash.clone(), conversation: conversation.id.clone(), sealed };
        let mut tx = app.store().write().await?;
        match idempotency::keep(&mut *tx, name.as_str(), &begun, (since, now)).await {
            Err(StoreError::Conflict) => continue,
            kept => kept?,
        }
        announce::begin(&mut *tx, &conversation).await?;
        tx.commit().await?;
        app.deliveries().wake();
        return Ok(opened);
    }
    Err(StoreError::Conflict.into())
}

fn open(app: &App, known: &Begun) -> Result<Opened, NotTaken> {
    let token = app.sealer().unseal(&known.sealed).ok_or_else(|| broken("a token was sealed with another key"))?;
    Ok(Opened { id: known.conversation.clone(), token })
}

/// A hash of what is asked for, as it is kept: of another token for the same customer it is the same.
fn hash_of(beginning: &Beginning) -> Vec<u8> {
    let Beginning { language, channel, context, identity } = beginning;
    let subject = identity.as_ref().map(|identity| identity.subject.as_str());
    let mut hash = Sha256::new();
    for part in [language.as_deref(), Some(channel), Some(context), subject] {
        hash.update(part.map_or(u64::MAX, |part| part.len() as u64).to_le_bytes());
        hash.update(part.unwrap_or_default());
    }
    hash.finalize().to_vec()
}

fn new_conversation(beginning: &Beginning, now: Timestamp) -> Result<(Conversation, Opened), NotTaken> {
    let token = ConversationToken::new(secret_bytes().map_err(broken)?);
    let Beginning { language, channel, context, identity } = beginning.clone();
    let kept = identity.as_ref().map(kept_identity).transpose()?;
    let conversation = Conversation {
        id: new_id("conv"),
        token: token.digest().as_str().to_owned(),
        owner: Owner::Bot,
        channel,
        language,
        context,
        state: serde_json::to_string(&DialogueState::default()).map_err(broken)?,
        version: 0,
        last_seq: 0,
        created_at: now,
        updated_at: now,
        subject: identity.map(|identity| identity.subject),
        identity: kept,
        spoke_at: now,
        closed_idle_at: None,
        department: None,
        agent: None,
        reason: None,
    };
    let opened = Opened { id: conversation.id.clone(), token: token.expose().to_owned() };
    Ok((conversation, opened))
}
