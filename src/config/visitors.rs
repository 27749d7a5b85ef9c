//! Settings about the customers who talk: where, how they are known, and when a silent conversation ends.

use jiff::SignedDuration;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::config::origins;
use crate::desk::idle::IdleLimits;
use crate::people::identity::IdentityKey;

/// By whose word customers are known.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityConfig {
    /// Whom tokens must be made for (`aud`).
    pub audience: String,
    /// The keys that they may be signed with; nobody is known where there is none.
    #[serde(deserialize_with = "identity_keys")]
    pub keys: Vec<IdentityKey>,
}

/// When silent conversations end; a zero switches each off.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConversationsConfig {
    /// Minutes with the bot.
    pub idle_minutes: u32,
    /// Minutes with the bot while it waits for what a request needs.
    pub flow_idle_minutes: u32,
    /// Minutes in the queue or with an agent.
    pub agent_idle_minutes: u32,
    /// Hours within which a message opens one again.
    pub reopen_hours: u32,
}

impl ConversationsConfig {
    /// Returns them as the rule takes them.
    pub fn limits(&self) -> IdleLimits {
        let minutes = |minutes: u32| SignedDuration::from_mins(minutes.into());
        IdleLimits {
            bot: minutes(self.idle_minutes),
            request: minutes(self.flow_idle_minutes),
            person: minutes(self.agent_idle_minutes),
            reopen: SignedDuration::from_hours(self.reopen_hours.into()),
        }
    }
}

/// Files that customers send.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttachmentsConfig {
    /// Bytes of one; 0 takes none.
    pub bytes: usize,
    /// Files of a conversation.
    pub per_conversation: usize,
    /// Files that are read at the same time.
    pub at_once: usize,
}

/// Where the chat widget stands.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WidgetConfig {
    /// Origins of pages that may show it, besides this service's own.
    #[serde(deserialize_with = "origins")]
    pub origins: Vec<String>,
}

/// Keys with names of their own. What is wrong is not shown, as it may be a secret.
fn identity_keys<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IdentityKey>, D::Error> {
    let mut keys: Vec<IdentityKey> = Vec::new();
    for (number, text) in (1..).zip(Vec::<String>::deserialize(deserializer)?) {
        let key = IdentityKey::parse(&text).ok_or_else(|| {
            D::Error::custom(format!("key {number} is no \"name:secret\" with at least 32 bytes of secret"))
        })?;
        if keys.iter().any(|known| known.id() == key.id()) {
            return Err(D::Error::custom(format!("two keys are named {:?}", key.id())));
        }
        keys.push(key);
    }
    Ok(keys)
}
