//! The one decision: answer, clarify, flow, hand-off, smalltalk or fallback. Total, and without a number of its own.

use crate::knowledge::entry::EntryId;
use crate::knowledge::intent::{Does, HandoffTarget, Intent, IntentName};
use crate::retrieval::policy::Policy;

/// A stored thing that a message can be about.
#[derive(Clone, Copy, Debug)]
pub enum Subject<'c> {
    /// A curated answer.
    Entry(&'c EntryId),
    /// Something a customer wants.
    Intent(&'c Intent),
}

/// What is known of a message when it is decided.
#[derive(Clone, Debug)]
pub struct Evidence<'c> {
    /// The rule that caught it, with its intent.
    pub rule: Option<(&'c str, &'c Intent)>,
    /// What it is a stored phrasing or example of, word for word.
    pub verbatim: Option<Subject<'c>>,
    /// What it may be about, the likeliest first.
    pub ranked: Vec<Subject<'c>>,
    /// The probability that the first is right.
    pub confidence: f64,
}

/// What is done about a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// Shows an entry.
    Answer(EntryId),
    /// Asks which of these is meant; two to four.
    Clarify(Vec<Choice>),
    /// Starts a flow.
    Flow {
        /// The intent that asks for it.
        intent: IntentName,
        /// The flow's name.
        flow: String,
    },
    /// Hands over to a person.
    Handoff {
        /// The intent that asks for it.
        intent: IntentName,
        /// Where to.
        target: HandoffTarget,
    },
    /// Says a canned reply.
    Smalltalk(IntentName),
    /// Admits that it does not know.
    Fallback,
}

/// One thing that a question back offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// This entry's standard question.
    Entry(EntryId),
    /// This intent's title.
    Intent(IntentName),
}

/// What made the decision, for the explanation.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// An editor's rule.
    Rule(String),
    /// The text is stored word for word.
    Verbatim,
    /// The confidence reached the answer bar.
    Confident,
    /// The confidence lies between the bars.
    Unsure,
    /// The confidence is below both bars.
    Unknown,
    /// There was nothing to read in the text.
    Empty,
}

/// The name of the intent of what is not ours; leading there is falling back.
pub const OUT_OF_SCOPE: &str = "out_of_scope";

/// Decides.
pub fn decide(evidence: &Evidence<'_>, policy: &Policy) -> (Decision, Reason) {
    if let Some((rule, intent)) = evidence.rule {
        return (act(Subject::Intent(intent), evidence), Reason::Rule(rule.to_owned()));
    }
    if let Some(subject) = evidence.verbatim {
        return (act(subject, evidence), Reason::Verbatim);
    }
    let Some(&first) = evidence.ranked.first() else { return (Decision::Fallback, Reason::Empty) };
    if evidence.confidence >= policy.answer_bar {
        return (act(first, evidence), Reason::Confident);
    }
    if evidence.confidence >= policy.clarify_bar
        && let Some(choices) = choices(&evidence.ranked)
    {
        return (Decision::Clarify(choices), Reason::Unsure);
    }
    (Decision::Fallback, Reason::Unknown)
}

fn act(subject: Subject<'_>, evidence: &Evidence<'_>) -> Decision {
    let intent = match subject {
        Subject::Entry(id) => return Decision::Answer(id.clone()),
        Subject::Intent(intent) => intent,
    };
    if intent.name.0 == OUT_OF_SCOPE {
        return Decision::Fallback;
    }
    match &intent.does {
        Does::Reply(_) => Decision::Smalltalk(intent.name.clone()),
        Does::Handoff(target, _) => Decision::Handoff { intent: intent.name.clone(), target: target.clone() },
        Does::Flow(flow) => Decision::Flow { intent: intent.name.clone(), flow: flow.clone() },
        Does::Search => first_entry(evidence).map_or(Decision::Fallback, Decision::Answer),
    }
}

fn first_entry(evidence: &Evidence<'_>) -> Option<EntryId> {
    evidence.ranked.iter().find_map(|subject| match subject {
        Subject::Entry(id) => Some((*id).clone()),
        Subject::Intent(_) => None,
    })
}

/// Two to four things to choose from; `None` when there are fewer.
fn choices(ranked: &[Subject<'_>]) -> Option<Vec<Choice>> {
    let offer = |subject: &Subject<'_>| match subject {
        Subject::Entry(id) => Some(Choice::Entry((*id).clone())),
        Subject::Intent(intent) => match intent.does {
            Does::Flow(_) | Does::Handoff(..) => Some(Choice::Intent(intent.name.clone())),
            Does::Reply(_) | Does::Search => None,
        },
    };
    let choices: Vec<Choice> = ranked.iter().filter_map(offer).take(crate::retrieval::fit::MAX_CHOICES).collect();
    (choices.len() >= 2).then_some(choices)
}
