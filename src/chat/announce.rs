//! What happens in a conversation is made known to webhooks, in the transaction in which it happens: what its events say,
//! and nothing else of it.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::ids::new_id;
use crate::people::webhook::EventKind;
use crate::store::conversations::{self, Change, Conversation};
use crate::store::database::Transaction;
use crate::store::deliveries::Announcement;
use crate::store::error::StoreError;
use crate::store::{stints, webhooks};

/// Begins a conversation, and makes it known.
///
/// # Errors
/// Fails when the store does.
pub(super) async fn begin(tx: &mut dyn Transaction, new: &Conversation) -> Result<(), StoreError> {
    conversations::begin(tx, new).await?;
    let data = json!({ "id": new.id, "channel": new.channel, "language": new.language });
    tell(tx, &new.id, &[(EventKind::ConversationStarted, data)], new.created_at).await
}

/// Adds what happened in a conversation, and makes it known.
///
/// # Errors
/// Fails as `conversations::append` does.
pub(super) async fn append(
    tx: &mut dyn Transaction,
    id: &str,
    change: &Change<'_>,
    events: &[(&str, String)],
) -> Result<(), StoreError> {
    conversations::append(tx, id, change, events).await?;
    if let Some(how) = how(events) {
        stints::note(tx, id, change.owner, &how, change.now).await?;
    }
    let known: Vec<(EventKind, Value)> =
        events.iter().filter_map(|(kind, data)| public(id, kind, &serde_json::from_str(data).ok()?)).collect();
    tell(tx, id, &known, change.now).await
}

/// How a conversation has come to whoever has it now, where events say that it has.
fn how(events: &[(&str, String)]) -> Option<String> {
    let (_, data) = events.iter().rev().find(|(kind, _)| ["owner", "status"].contains(kind))?;
    let data: Value = serde_json::from_str(data).ok()?;
    let told = data["how"].as_str().or(data["reason"].as_str()).or(data["status"].as_str());
    told.map(str::to_owned)
}

async fn tell(
    tx: &mut dyn Transaction,
    conversation: &str,
    known: &[(EventKind, Value)],
    now: Timestamp,
) -> Result<(), StoreError> {
    let ids: Vec<String> = known.iter().map(|_| new_id("event")).collect();
    let announcements: Vec<Announcement<'_>> = ids
        .iter()
        .zip(known)
        .map(|(id, (kind, data))| Announcement { id, kind: kind.name(), subject: conversation, data })
        .collect();
    webhooks::announce(tx, &announcements, now).await.map(drop)
}

/// Returns what an event of a conversation is called outside, and what is told of it; `None` for what stays inside.
fn public(id: &str, kind: &str, data: &Value) -> Option<(EventKind, Value)> {
    let of = |key: &str| data[key].clone();
    Some(match kind {
        "message" => {
            let told = json!({ "id": id, "seq": of("seq"), "author": of("author"), "text": of("text") });
            (EventKind::ConversationMessage, told)
        }
        "status" if data["status"] == "closed" => (EventKind::ConversationClosed, json!({ "id": id })),
        "owner" if data["owner"] == "queue" => {
            let handoff = &data["handoff"];
            let told = json!({
                "id": id,
                "department": handoff["department"],
                "reason": handoff["reason"],
                "priority": handoff["priority"],
            });
            (EventKind::ConversationHandedOff, told)
        }
        "rating" => {
            let told = json!({
                "id": id,
                "message_seq": of("message_seq"),
                "helpful": of("helpful"),
                "ratings": of("ratings"),
                "again": of("again"),
                "comment": of("comment"),
            });
            (EventKind::ConversationRated, told)
        }
        "case" => {
            let told = json!({
                "number": of("number"),
                "kind": of("kind"),
                "status": of("status"),
                "step": of("step"),
                "conversation": id,
            });
            let kind = if data["step"] == "opened" { EventKind::CaseOpened } else { EventKind::CaseUpdated };
            (kind, told)
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happens_is_told_and_nothing_else_of_it() {
        let message = json!({
            "seq": 3, "client_id": "c", "author": "visitor", "text": "你好", "html": "<p>你好</p>", "kind": "text",
        });
        let case = json!({ "number": "RF-1", "kind": "refund", "status": "open", "step": "opened" });
        let added = json!({ "number": "RF-1", "kind": "refund", "status": "open", "step": "added" });
        let owner =
            json!({ "owner": "queue", "handoff": { "department": "risk", "reason": "rule:x", "priority": "high" } });
        for (kind, data, name, told) in [
            (
                "message",
                message,
                "conversation.message",
                json!({ "id": "c1", "seq": 3, "author": "visitor", "text": "你好" }),
            ),
            ("status", json!({ "status": "closed" }), "conversation.closed", json!({ "id": "c1" })),
            (
                "owner",
                owner,
                "conversation.handed_off",
                json!({ "id": "c1", "department": "risk", "reason": "rule:x", "priority": "high" }),
            ),
            (
                "case",
                case,
                "case.opened",
                json!({
                    "number": "RF-1", "kind": "refund", "status": "open", "step": "opened", "conversation": "c1",
                }),
            ),
            (
                "case",
                added,
                "case.updated",
                json!({
                    "number": "RF-1", "kind": "refund", "status": "open", "step": "added", "conversation": "c1",
                }),
            ),
        ] {
            let (known, data) = public("c1", kind, &data).unwrap();
            assert_eq!((known.name(), data), (name, told));
        }
        assert_eq!(public("c1", "status", &json!({ "status": "queued" })), None, "the hand-off tells of it");
        assert_eq!(public("c1", "anything", &json!({})), None);
    }
}
