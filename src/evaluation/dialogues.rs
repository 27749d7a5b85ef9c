//! Labelled dialogues: what each turn of a conversation must come to. Arithmetic only.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::assistant::converse::ConversationTurn;
use crate::dialogue::state::Awaiting;
use crate::evaluation::questions::accepts;

/// A conversation with what is expected of it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct LabelledDialogue {
    /// Names the line in reports.
    pub id: String,
    /// The customer's language; other keys are ignored.
    #[serde(default)]
    pub lang: Option<String>,
    /// The clock.
    #[serde(default)]
    pub at: Option<Timestamp>,
    /// The customer's messages.
    pub turns: Vec<LabelledTurn>,
}

/// A customer's message.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct LabelledTurn {
    /// The message.
    pub user: String,
    /// What is expected of the bot.
    #[serde(default)]
    pub expect: Expectation,
}

/// What is expected of a turn.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Expectation {
    /// Outcomes that are right; any where none is named.
    #[serde(default)]
    pub accept: Option<Vec<String>>,
    /// Of these the reply contains one.
    #[serde(default)]
    pub reply_contains_any: Option<Vec<String>>,
    /// A slot that is asked for, or held, after the turn.
    #[serde(default)]
    pub slot: Option<String>,
    /// More such slots.
    #[serde(default)]
    pub slots: Vec<String>,
    /// Texts that the reply contains, all of them.
    #[serde(default)]
    pub reply_contains: Vec<String>,
    /// Slots that hold these values after the turn.
    #[serde(default)]
    pub holds: BTreeMap<String, String>,
    /// Of these the reply contains none.
    #[serde(default)]
    pub reply_contains_none: Vec<String>,
}

/// What came out on a list of dialogues.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DialogueReport {
    /// How many dialogues.
    pub n: usize,
    /// How many met all that was expected.
    pub passed: usize,
    /// The first turn of each other one that did not.
    pub failures: Vec<DialogueFailure>,
}

/// A turn that did not meet what was expected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DialogueFailure {
    /// The dialogue.
    pub id: String,
    /// The turn, from 1.
    pub turn: usize,
    /// What the customer said.
    pub user: String,
    /// What came out.
    pub outcome: String,
    /// What was held.
    pub slots: BTreeMap<String, String>,
    /// What was said.
    pub reply: String,
    /// What was missed, lower case, no full stop.
    pub missed: String,
}

/// Returns what a turn holds: of the flow that is under way, or of the case that it opened.
pub fn held(turn: &ConversationTurn) -> BTreeMap<String, String> {
    use crate::dialogue::effects::Act;
    let task = turn.state.task.iter().flat_map(|task| &task.slots);
    let opened = turn.acts.iter().filter_map(|act| match act {
        Act::Open { draft, .. } => Some(&draft.slots),
        Act::Append { .. } | Act::Answer { .. } => None,
    });
    task.chain(opened.flatten()).map(|(slot, held)| (slot.clone(), held.value.clone())).collect()
}

impl Expectation {
    /// Returns what a turn misses of it.
    pub fn missed(&self, turn: &ConversationTurn) -> Option<String> {
        let (outcome, slots, reply) = (turn.turn.outcome(), held(turn), &turn.turn.reply.text);
        if let Some(accept) = self.accept.as_ref().filter(|accept| !accepts(accept, &outcome)) {
            return Some(format!("the outcome is {outcome}, not {}", accept.join(" or ")));
        }
        let is_asked = |slot: &String| turn.state.awaiting == Some(Awaiting::Slot(slot.clone()));
        let mut wanted = self.slot.iter().chain(&self.slots);
        if let Some(slot) = wanted.find(|slot| !is_asked(slot) && !slots.contains_key(*slot)) {
            return Some(format!("{slot} is neither held nor asked for"));
        }
        if let Some((slot, value)) = self.holds.iter().find(|(slot, value)| slots.get(*slot) != Some(*value)) {
            return Some(format!("{slot} is {:?}, not {value:?}", slots.get(slot)));
        }
        if let Some(texts) =
            self.reply_contains_any.as_ref().filter(|texts| !texts.iter().any(|text| reply.contains(text)))
        {
            return Some(format!("the reply contains none of {texts:?}"));
        }
        if let Some(text) = self.reply_contains.iter().find(|text| !reply.contains(text.as_str())) {
            return Some(format!("the reply does not contain {text:?}"));
        }
        let said = self.reply_contains_none.iter().find(|text| reply.contains(text.as_str()));
        said.map(|text| format!("the reply contains {text:?}"))
    }
}

/// Judges one dialogue with what its turns came to; stops at the first that misses something.
pub fn judge<T>(dialogue: &LabelledDialogue, mut say: impl FnMut(&LabelledTurn) -> T) -> Option<DialogueFailure>
where
    T: AsRef<ConversationTurn>,
{
    dialogue.turns.iter().enumerate().find_map(|(at, labelled)| {
        let turn = say(labelled);
        let turn = turn.as_ref();
        let missed = labelled.expect.missed(turn)?;
        Some(DialogueFailure {
            id: dialogue.id.clone(),
            turn: at + 1,
            user: turn.masked.clone(),
            outcome: turn.turn.outcome(),
            slots: held(turn),
            reply: turn.turn.reply.text.clone(),
            missed,
        })
    })
}

impl DialogueReport {
    /// Counts what came of all dialogues.
    pub fn of(n: usize, failures: Vec<DialogueFailure>) -> Self {
        Self { n, passed: n - failures.len(), failures }
    }
}
