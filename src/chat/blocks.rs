//! Who may not write: blocks, set and lifted by supervisors, held in memory by every process. Reading goes on.

use std::net::IpAddr;

use ipnet::IpNet;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::ids::new_id;
use crate::people::audit::Action;
use crate::people::by::By;
use crate::people::named::named;
use crate::store::blocks::{self, Stored};
use crate::store::error::StoreError;
use crate::store::{Store, audit};

named! {
    /// What a block looks at.
    pub enum BlockKind {
        /// A client's address; of IPv6 the /64 that it lies in.
        Address = "address",
        /// A network of addresses.
        Network = "network",
        /// What the page calls its visitor.
        Visitor = "visitor",
        /// Who the customer is, by the word of the shop's server.
        Subject = "subject",
        /// One conversation.
        Conversation = "conversation",
    }
}

/// Whom a block keeps from writing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A client, as it is counted.
    Address(IpAddr),
    /// All clients of a network.
    Network(IpNet),
    /// Whoever the page calls so.
    Visitor(String),
    /// A customer who is known.
    Subject(String),
    /// Whoever writes in a conversation.
    Conversation(String),
}

impl Target {
    /// Reads what is stored.
    fn read(kind: &str, value: &str) -> Option<Self> {
        Some(match kind.parse().ok()? {
            BlockKind::Address => Self::Address(value.parse().ok()?),
            BlockKind::Network => Self::Network(value.parse().ok()?),
            BlockKind::Visitor => Self::Visitor(value.to_owned()),
            BlockKind::Subject => Self::Subject(value.to_owned()),
            BlockKind::Conversation => Self::Conversation(value.to_owned()),
        })
    }

    fn kind_and_value(&self) -> (BlockKind, String) {
        match self {
            Self::Address(address) => (BlockKind::Address, address.to_string()),
            Self::Network(network) => (BlockKind::Network, network.to_string()),
            Self::Visitor(visitor) => (BlockKind::Visitor, visitor.clone()),
            Self::Subject(subject) => (BlockKind::Subject, subject.clone()),
            Self::Conversation(id) => (BlockKind::Conversation, id.clone()),
        }
    }
}

/// Somebody who writes, as far as they are known.
#[derive(Clone, Copy, Debug, Default)]
pub struct Writer<'w> {
    /// The address that they write from.
    pub address: Option<IpAddr>,
    /// What counts as one client with it.
    pub client: Option<IpAddr>,
    /// What the page calls them, masked.
    pub visitor: Option<&'w str>,
    /// Who they are, by the word of the shop's server.
    pub subject: Option<&'w str>,
    /// The conversation that they write in.
    pub conversation: Option<&'w str>,
}

/// The blocks there are.
#[derive(Debug, Default)]
pub struct Blocks(Vec<(Target, Option<Timestamp>)>);

impl Blocks {
    /// Takes what is stored; what this version does not know is left out.
    pub fn read(stored: &[Stored]) -> Self {
        let known = |block: &Stored| Some((Target::read(&block.kind, &block.value)?, block.expires_at));
        Self(stored.iter().filter_map(known).collect())
    }

    /// Says whether somebody may not write at an instant.
    pub fn hold(&self, writer: &Writer<'_>, now: Timestamp) -> bool {
        let concerns = |target: &Target| match target {
            Target::Address(address) => writer.client == Some(*address),
            Target::Network(network) => writer.address.is_some_and(|address| network.contains(&address)),
            Target::Visitor(visitor) => writer.visitor == Some(visitor),
            Target::Subject(subject) => writer.subject == Some(subject),
            Target::Conversation(id) => writer.conversation == Some(id),
        };
        self.0.iter().any(|(target, until)| until.is_none_or(|until| now < until) && concerns(target))
    }

    /// Says whether it matters what pages call their visitors.
    pub fn look_at_visitors(&self) -> bool {
        self.0.iter().any(|(target, _)| matches!(target, Target::Visitor(_)))
    }

    /// Returns how many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Says whether nobody is blocked.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A block that is wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Whom it keeps from writing.
    pub target: Target,
    /// Why, for colleagues.
    pub reason: String,
    /// When it ends by itself.
    pub until: Option<Timestamp>,
}

/// Sets a block, and returns it.
///
/// # Errors
/// Fails with a conflict where there is the same one, and when the store does.
pub async fn add(store: &Store, wanted: &Wanted, by: &By<'_>) -> Result<Stored, StoreError> {
    let (kind, value) = wanted.target.kind_and_value();
    let block = Stored {
        id: new_id("block"),
        kind: kind.name().to_owned(),
        value,
        reason: wanted.reason.clone(),
        expires_at: wanted.until,
        actor: by.actor.id.clone(),
        at: by.now,
    };
    let mut tx = store.write().await?;
    blocks::add(&mut *tx, &block).await?;
    audit::add(&mut *tx, by.event(Action::BlockAdded, &block.id).after(line(&block))).await?;
    tx.commit().await?;
    Ok(block)
}

/// Lifts a block; false when there is none.
///
/// # Errors
/// Fails when the store does.
pub async fn remove(store: &Store, id: &str, by: &By<'_>) -> Result<bool, StoreError> {
    let mut tx = store.write().await?;
    let Some(block) = blocks::remove(&mut *tx, id).await? else { return Ok(false) };
    audit::add(&mut *tx, by.event(Action::BlockRemoved, id).before(line(&block))).await?;
    tx.commit().await?;
    Ok(true)
}

/// What the audit says of a block.
fn line(block: &Stored) -> Value {
    let Stored { kind, value, reason, expires_at, .. } = block;
    json!({ "kind": kind, "value": value, "reason": reason, "until": expires_at })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(kind: &str, value: &str, expires_at: Option<i64>) -> Stored {
        let text = |text: &str| text.to_owned();
        let at = |second: i64| Timestamp::from_second(second).unwrap();
        let (id, expires_at) = (text("block_1"), expires_at.map(at));
        Stored { id, kind: text(kind), value: text(value), reason: text(""), expires_at, actor: text(""), at: at(0) }
    }

    #[test]
    fn a_block_holds_whom_it_names_until_it_ends() {
        let address = |text: &str| Some(text.parse::<IpAddr>().unwrap());
        let writer = Writer {
            address: address("2001:db8:1:2::9"),
            client: address("2001:db8:1:2::"),
            visitor: Some("v-1"),
            subject: Some("s-1"),
            conversation: Some("conv_1"),
        };
        for (kind, value, expires_at, expected) in [
            ("address", "2001:db8:1:2::", None, true),
            ("address", "2001:db8:1:3::", None, false),
            ("network", "2001:db8::/32", None, true),
            ("network", "10.0.0.0/8", None, false),
            ("visitor", "v-1", None, true),
            ("visitor", "s-1", None, false),
            ("subject", "s-1", None, true),
            ("subject", "v-1", None, false),
            ("conversation", "conv_1", None, true),
            ("conversation", "conv_2", None, false),
            ("subject", "s-1", Some(101), true),
            ("subject", "s-1", Some(100), false),
            ("of a later version", "s-1", None, false),
            ("network", "nonsense", None, false),
        ] {
            let blocks = Blocks::read(&[stored(kind, value, expires_at)]);
            let holds = blocks.hold(&writer, Timestamp::from_second(100).unwrap());
            assert_eq!(holds, expected, "{kind} {value} {expires_at:?}");
            assert_eq!(blocks.look_at_visitors(), kind == "visitor");
        }
        let nobody = Blocks::read(&[stored("subject", "", None), stored("visitor", "", None)]);
        assert!(!nobody.hold(&Writer::default(), Timestamp::UNIX_EPOCH), "who is not known is nobody's namesake");
    }
}
