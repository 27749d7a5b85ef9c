//! What is written down of what people do: who did what to what, when and from where, with what was there before.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::people::actor::{Actor, ActorKind};
use crate::people::named::named;
use crate::people::redacted::Redacted;

named! {
    /// What was done. A set that is closed, so that an auditor can count on each name.
    pub enum Action {
        /// Somebody signed in.
        SessionLogin = "session.login",
        /// Somebody tried to sign in and could not.
        SessionFailed = "session.failed",
        /// A session was ended.
        SessionEnded = "session.ended",
        /// An account was made.
        UserCreated = "user.created",
        /// An account's roles, departments or names were changed.
        UserChanged = "user.changed",
        /// An account was shut, and its sessions with it.
        UserDisabled = "user.disabled",
        /// An account was opened again.
        UserEnabled = "user.enabled",
        /// A password was set or reset.
        PasswordChanged = "user.password_changed",
        /// A second factor was set up, used up or taken away.
        SecondFactorChanged = "user.second_factor_changed",
        /// A one-time link was handed out.
        LinkCreated = "link.created",
        /// An API token was made.
        TokenCreated = "token.created",
        /// An API token was revoked.
        TokenRevoked = "token.revoked",
        /// An entry of the draft was changed.
        EntryEdited = "entry.edited",
        /// An entry was taken out of the draft.
        EntryDeleted = "entry.deleted",
        /// A set of changes was begun.
        SetCreated = "set.created",
        /// A set of changes was thrown away.
        SetDiscarded = "set.discarded",
        /// Content was imported into the draft.
        ContentImported = "content.imported",
        /// Content was exported.
        ContentExported = "content.exported",
        /// A revision went live.
        RevisionPublished = "revision.published",
        /// An earlier revision went live again.
        RevisionRolledBack = "revision.rolled_back",
        /// A revision went live against the gate.
        RevisionForced = "revision.forced",
        /// A change set was scheduled to go live at an instant.
        PublicationScheduled = "publication.scheduled",
        /// A publication that was scheduled was taken back.
        PublicationWithdrawn = "publication.withdrawn",
        /// A publication that was scheduled could not go live when its time came.
        PublicationRefused = "publication.refused",
        /// A revision answers a share of the conversations.
        ComparisonStarted = "comparison.started",
        /// It does no longer.
        ComparisonEnded = "comparison.ended",
        /// An entry, a flow or the bot was switched.
        SwitchChanged = "switch.changed",
        /// A notice was put up, changed or taken down.
        NoticeChanged = "notice.changed",
        /// Somebody was kept from writing.
        BlockAdded = "block.added",
        /// Somebody may write again.
        BlockRemoved = "block.removed",
        /// A case was opened by somebody who works here, or something of it was changed.
        CaseChanged = "case.changed",
        /// A case was approved, rejected, finished or closed.
        CaseDecided = "case.decided",
        /// The operator's system was asked to do something for a customer.
        OperatorActed = "operator.acted",
        /// An agent took over what somebody else had.
        ConversationTaken = "conversation.taken",
        /// What an agent wanted to write was stopped.
        ReplyStopped = "reply.stopped",
        /// What an agent can do was changed.
        AgentChanged = "agent.changed",
        /// What is done about a cause of complaints was begun, changed or done.
        ImprovementChanged = "improvement.changed",
        /// A sealed value was shown to somebody.
        ValueRevealed = "value.revealed",
        /// What is kept of a person was handed out.
        PersonExported = "person.exported",
        /// What was kept of a person was erased.
        PersonErased = "person.erased",
        /// A case was put on hold: it is neither forgotten nor erased.
        CaseHeld = "case.held",
        /// The hold on a case was lifted.
        CaseReleased = "case.released",
        /// What had been kept long enough was deleted.
        RetentionRan = "retention.ran",
        /// How long things are kept was changed.
        RetentionChanged = "retention.changed",
        /// A webhook was made, changed or taken away, or something was sent to it that somebody asked for.
        WebhookChanged = "webhook.changed",
        /// The audit was exported.
        AuditExported = "audit.exported",
        /// A backup was made.
        BackupMade = "backup.made",
        /// A backup was put in place.
        BackupRestored = "backup.restored",
    }
}

/// One thing that somebody did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEvent {
    /// When, to the millisecond: stores keep different parts of less.
    pub at: Timestamp,
    /// The id of whoever did it.
    pub actor: String,
    /// What kind of actor that is.
    pub actor_kind: ActorKind,
    /// What was done.
    pub action: Action,
    /// The id of what it was done to.
    pub subject: String,
    /// What was there before.
    pub before: Option<Redacted>,
    /// What has been there since.
    pub after: Option<Redacted>,
    /// The client's address.
    pub address: Option<String>,
}

impl AuditEvent {
    /// Makes an event of what an actor did to a subject.
    pub fn new(at: Timestamp, actor: &Actor, action: Action, subject: &str) -> Self {
        Self {
            at: Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at),
            actor: actor.id.clone(),
            actor_kind: actor.kind,
            action,
            subject: subject.to_owned(),
            before: None,
            after: None,
            address: None,
        }
    }

    /// Adds what was there before, without its secrets.
    pub fn before(self, before: Value) -> Self {
        Self { before: Some(Redacted::new(before)), ..self }
    }

    /// Adds what has been there since, without its secrets.
    pub fn after(self, after: Value) -> Self {
        Self { after: Some(Redacted::new(after)), ..self }
    }

    /// Adds the client's address.
    pub fn at_address(self, address: &str) -> Self {
        Self { address: Some(address.to_owned()), ..self }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::*;

    #[test]
    fn names_of_actions_are_dotted_and_each_is_there_once() {
        let names: BTreeSet<&str> = Action::ALL.iter().map(|action| action.name()).collect();
        assert_eq!(names.len(), Action::ALL.len());
        for name in names {
            let is_word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
            assert!(name.split('.').count() == 2 && name.split('.').all(is_word), "{name}");
        }
    }

    #[test]
    fn an_event_holds_no_secret_and_survives_json() {
        let at: Timestamp = "2026-11-23T10:00:00.123456789+08:00".parse().unwrap();
        let event = AuditEvent::new(at, &Actor::command_line("root"), Action::UserChanged, "user_7")
            .before(json!({"roles": ["agent"], "password_hash": "moss"}))
            .after(json!({"roles": ["agent", "senior"], "password_hash": "steps"}))
            .at_address("203.0.113.9");
        let json = serde_json::to_string(&event).unwrap();
        assert!(!json.contains("moss") && !json.contains("steps"), "{json}");
        assert!(!format!("{event:?}").contains("moss"));
        assert!(
            json.contains(r#""at":"2026-11-23T02:00:00.123Z","actor":"root","actor_kind":"command_line""#),
            "{json}"
        );
        assert!(json.contains(r#""action":"user.changed""#), "{json}");
        assert_eq!(serde_json::from_str::<AuditEvent>(&json).unwrap(), event);
    }
}
