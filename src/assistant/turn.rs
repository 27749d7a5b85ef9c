//! What goes in and what comes out of one question, in the shape of the API's `/ask`.

use once_cell::sync::Lazy;
use serde::Serialize;
use utoipa::ToSchema;

use crate::assistant::explanation::Explanation;
use crate::desk::board::Board;
use crate::dialogue::compose::Reply;
use crate::dialogue::decide::{Decision, Reason};
use crate::dialogue::state::Walkthrough;
use crate::dialogue::switches::Switches;
use crate::knowledge::entry::{Audience, EntryId};
use crate::knowledge::intent::{IntentName, Priority};
use crate::text::language::LanguageTag;

/// Candidates that a turn lists where nothing else is asked for.
pub const DEFAULT_LIMIT: usize = 5;

/// A customer's message with what is known of its way in.
#[derive(Clone, Copy, Debug)]
pub struct Message<'m> {
    /// What was typed.
    pub text: &'m str,
    /// The reply's language; the text's own where `None`.
    pub language: Option<&'m LanguageTag>,
    /// The way in (`web`, `email` …).
    pub channel: &'m str,
    /// Who asks, where that is known.
    pub audience: Option<Audience>,
    /// How many candidates are listed.
    pub limit: usize,
    /// Whether the explanation is wanted.
    pub explain: bool,
    /// What a model says of the text.
    pub model: ModelVector<'m>,
    /// What supervisors have switched off or pinned.
    pub switches: &'m Switches,
    /// The desk, where agents work here.
    pub board: &'m Board,
}

/// A desk where nobody works.
static NO_BOARD: Lazy<Board> = Lazy::new(Board::default);

/// A model's vector of a text: asking takes time and may fail, so whoever has the message does it beforehand.
#[derive(Clone, Copy, Debug)]
pub enum ModelVector<'m> {
    /// The model is not to be heard.
    Unheard,
    /// What it said of this text when it was asked for many, if it was.
    Remembered,
    /// This.
    Given(&'m [f32]),
}

impl<'m> Message<'m> {
    /// A message in the chat of the web site, of nobody in particular, with nothing switched off.
    pub fn new(text: &'m str) -> Self {
        Self {
            text,
            language: None,
            channel: "web",
            audience: None,
            limit: DEFAULT_LIMIT,
            explain: false,
            model: ModelVector::Remembered,
            switches: Switches::NONE,
            board: &NO_BOARD,
        }
    }
}

/// What is said about a message.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Turn {
    /// What is done.
    pub decision: DecisionKind,
    /// The entry of an answer.
    pub entry: Option<EntryId>,
    /// The intent of a flow, hand-off or smalltalk.
    pub intent: Option<IntentName>,
    /// The probability that the decision is right; 1 by rule, word for word or by a supervisor's switch.
    pub confidence: f64,
    /// What the customer sees.
    pub reply: Reply,
    /// The likeliest entries.
    pub candidates: Vec<Candidate>,
    /// Where a hand-off goes.
    pub handoff: Option<Handoff>,
    /// The content's hash.
    pub revision: String,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<Explanation>,
    /// The same as the fields above, for code.
    #[serde(skip)]
    pub what: Decision,
}

/// What is done about a message, as the API names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum DecisionKind {
    /// An entry's answer.
    Answer,
    /// A question back, with choices.
    Clarify,
    /// The first question of a flow.
    Flow,
    /// A person takes over.
    Handoff,
    /// A canned reply.
    Smalltalk,
    /// An honest "I don't know".
    Fallback,
}

impl DecisionKind {
    /// Returns the API's name.
    pub fn name(self) -> &'static str {
        match self {
            DecisionKind::Answer => "answer",
            DecisionKind::Clarify => "clarify",
            DecisionKind::Flow => "flow",
            DecisionKind::Handoff => "handoff",
            DecisionKind::Smalltalk => "smalltalk",
            DecisionKind::Fallback => "fallback",
        }
    }
}

/// An entry that was considered.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Candidate {
    /// Which.
    pub entry: EntryId,
    /// Its standard question.
    pub question: String,
    /// How likely it is right.
    pub confidence: f64,
}

/// Where a hand-off goes, and why.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Handoff {
    /// A key of departments.yaml.
    pub department: String,
    /// `rule:<id>`, `intent:<name>` or `switched_off`.
    pub reason: String,
    /// Its place in the queue.
    pub priority: Priority,
    /// The step of a guided answer that the customer is at.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub step: Option<AtStep>,
}

/// A step of a guided answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AtStep {
    /// The entry.
    pub entry: EntryId,
    /// The step, from 1.
    pub number: usize,
}

impl Turn {
    pub(crate) fn new(
        what: Decision,
        reason: Reason,
        confidence: f64,
        reply: Reply,
        candidates: Vec<Candidate>,
        revision: String,
        explanation: Option<Explanation>,
    ) -> Self {
        let (decision, entry, intent) = match &what {
            Decision::Answer(id) => (DecisionKind::Answer, Some(id.clone()), None),
            Decision::Clarify(_) => (DecisionKind::Clarify, None, None),
            Decision::Flow { intent, .. } => (DecisionKind::Flow, None, Some(intent.clone())),
            Decision::Handoff { intent, .. } => (DecisionKind::Handoff, None, Some(intent.clone())),
            Decision::Smalltalk(intent) => (DecisionKind::Smalltalk, None, Some(intent.clone())),
            Decision::Fallback => (DecisionKind::Fallback, None, None),
        };
        let handoff = match &what {
            Decision::Handoff { intent, target } => Some(Handoff {
                department: target.department.clone(),
                reason: match reason {
                    Reason::Rule(rule) => format!("rule:{rule}"),
                    Reason::SwitchedOff(_) => "switched_off".to_owned(),
                    Reason::Verbatim
                    | Reason::Confident
                    | Reason::Unsure
                    | Reason::Unknown
                    | Reason::Empty
                    | Reason::Dialogue => {
                        format!("intent:{intent}")
                    }
                },
                priority: target.priority,
                step: None,
            }),
            _ => None,
        };
        let confidence = rounded(confidence);
        Self { decision, entry, intent, confidence, reply, candidates, handoff, revision, explanation, what }
    }

    /// Adds to a hand-off the step of a guided answer that it leaves.
    pub(crate) fn leaving_step(mut self, walkthrough: Option<&Walkthrough>) -> Self {
        if let (Some(handoff), Some(Walkthrough { entry, step })) = (&mut self.handoff, walkthrough) {
            handoff.step = Some(AtStep { entry: entry.clone(), number: step + 1 });
        }
        self
    }

    /// Returns the outcome as labelled questions name it: an entry's id, `intent:<name>`, `clarify` or `fallback`.
    pub fn outcome(&self) -> String {
        match (&self.entry, &self.intent) {
            (Some(entry), _) => entry.to_string(),
            (None, Some(intent)) => format!("intent:{intent}"),
            (None, None) => self.decision.name().to_owned(),
        }
    }
}

/// Rounds a probability to four places, so that the last bits of a sum are not shown.
pub fn rounded(probability: f64) -> f64 {
    (probability * 1e4).round() / 1e4
}
