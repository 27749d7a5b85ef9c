//! What a conversation remembers from one message to the next: plain values, kept by whoever keeps the conversation.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::knowledge::entry::EntryId;
use crate::knowledge::intent::IntentName;
use crate::text::language::LanguageTag;

/// What is remembered of a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DialogueState {
    /// The flow that is under way.
    pub task: Option<Task>,
    /// What the last reply asked for.
    pub awaiting: Option<Awaiting>,
    /// What was awaited before a person, or another wish, was asked about.
    pub held_back: Option<Awaiting>,
    /// The answer that is walked through.
    pub walkthrough: Option<Walkthrough>,
    /// The entry that was shown last: what "and how long does that take?" is about.
    pub topic: Option<EntryId>,
    /// The flow that ended last, where nothing was shown since.
    pub ended: Option<IntentName>,
    /// The language of the last reply.
    pub language: Option<LanguageTag>,
    /// The last message as the matcher reads it, to notice that it is asked again.
    pub last_text: String,
    /// Messages in a row that nothing was known about.
    pub misses: u32,
}

/// A guided answer that is walked through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Walkthrough {
    /// The entry.
    pub entry: EntryId,
    /// The step that was shown last, from 0.
    pub step: usize,
}

impl DialogueState {
    /// Forgets what the last reply has left behind.
    pub fn forget_what_is_over(&mut self) {
        use Awaiting::{Person, Solved, Step, Switch};
        if !matches!(self.awaiting, Some(Person | Switch { .. })) {
            self.held_back = None;
        }
        if !matches!(self.awaiting, Some(Step | Person | Solved)) || self.task.is_some() {
            self.walkthrough = None;
        }
    }
}

/// A flow that is under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// The intent that started it.
    pub intent: IntentName,
    /// The flow's name.
    pub flow: String,
    /// What is held, by slot.
    pub slots: BTreeMap<String, Held>,
    /// Answers that did not fit, by slot.
    pub tries: BTreeMap<String, u32>,
    /// Slots that the customer leaves open.
    #[serde(default)]
    pub skipped: BTreeSet<String>,
    /// Look-ups that found something else than the customer said.
    pub mismatches: u32,
    /// Whether a look-up has agreed with what is held.
    pub is_matched: bool,
    /// Whether the customer has confirmed what is held.
    pub is_confirmed: bool,
    /// What a look-up found.
    pub found: Option<Found>,
    /// Whether the answer to what was found has been shown.
    pub is_shown: bool,
}

/// What a look-up of a transaction says about it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Found {
    /// How it stands, as the operator's system names it.
    pub status: String,
    /// Why it went wrong, as the operator's system names it; empty where it does not say.
    pub cause: String,
    /// What is wrong with the account.
    pub account_flags: Vec<String>,
}

impl Task {
    /// Begins a flow.
    pub fn new(intent: IntentName, flow: &str) -> Self {
        Self {
            intent,
            flow: flow.to_owned(),
            slots: BTreeMap::new(),
            tries: BTreeMap::new(),
            skipped: BTreeSet::new(),
            mismatches: 0,
            is_matched: false,
            is_confirmed: false,
            found: None,
            is_shown: false,
        }
    }

    /// Takes values in; what was found out or confirmed about others holds no longer.
    pub fn hold(&mut self, values: Vec<(String, Held)>) {
        for (slot, held) in values {
            self.tries.remove(&slot);
            if self.slots.insert(slot, held.clone()).is_none_or(|before| before != held) {
                (self.is_matched, self.is_confirmed) = (false, false);
                self.found = None;
            }
        }
    }
}

/// The value of a slot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The canonical value, or of a sealed one as much as may be shown.
    pub value: String,
    /// The value itself, sealed, where nobody may read it here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<String>,
}

impl Held {
    /// A value that anybody may read.
    pub fn plain(value: impl Into<String>) -> Self {
        Self { value: value.into(), sealed: None }
    }
}

/// What a reply asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Awaiting {
    /// The value of a slot.
    Slot(String),
    /// Whether all that is held is right.
    Confirmation,
    /// What of it is wrong.
    Correction,
    /// Whether to leave the flow for another wish.
    Switch {
        /// The other wish.
        intent: IntentName,
        /// What it could already be filled with.
        slots: BTreeMap<String, Held>,
    },
    /// Whether a person should take over.
    Person,
    /// Whether what was shown has helped.
    Solved,
    /// Whether the customer agrees to what a case asks: the sum, the account.
    Case(String),
    /// Whether a step of a guided answer is done.
    Step,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_stored_before_there_was_more_to_remember_is_still_read() {
        let stored = r#"{"task":{"intent":"refund.request","flow":"refund","slots":{"amount":{"value":"128 CNY"}},"tries":{},"mismatches":1,
            "is_matched":true,"is_confirmed":false,"found":{"cause":"","account_flags":[]},"is_shown":false},
            "awaiting":{"slot":"order_number"},"topic":null,"ended":null,"language":null,"last_text":"","misses":0}"#;
        let state: DialogueState = serde_json::from_str(stored).unwrap();
        let task = state.task.unwrap();
        assert_eq!((task.slots["amount"].value.as_str(), task.skipped.len()), ("128 CNY", 0));
        assert_eq!((state.awaiting, state.held_back), (Some(Awaiting::Slot("order_number".to_owned())), None));
        assert_eq!(serde_json::from_str::<Awaiting>("\"person\"").unwrap(), Awaiting::Person);
    }

    #[test]
    fn what_the_last_reply_left_behind_is_forgotten() {
        let walkthrough = Some(Walkthrough { entry: EntryId("login".to_owned()), step: 1 });
        let held_back = Some(Awaiting::Step);
        for (awaiting, walks, holds_back) in [
            (Some(Awaiting::Step), true, false),
            (Some(Awaiting::Person), true, true),
            (Some(Awaiting::Solved), true, false),
            (Some(Awaiting::Confirmation), false, false),
            (None, false, false),
        ] {
            let (walkthrough, held_back) = (walkthrough.clone(), held_back.clone());
            let mut state = DialogueState { awaiting, walkthrough, held_back, ..DialogueState::default() };
            state.forget_what_is_over();
            assert_eq!(
                (state.walkthrough.is_some(), state.held_back.is_some()),
                (walks, holds_back),
                "{:?}",
                state.awaiting
            );
        }
    }
}
