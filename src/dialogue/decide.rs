//! The one decision: answer, clarify, flow, hand-off, smalltalk or fallback. Total, and without a number of its own.
//!
//! What supervisors have switched off is heeded last, so that it changes no ranking: where a switch bars what a message leads
//! to, a person takes over, and never the second best.

use crate::dialogue::switches::{SwitchedOff, Switches};
use crate::knowledge::content::Content;
use crate::knowledge::entry::EntryId;
use crate::knowledge::intent::{Does, HandoffTarget, Intent, IntentName, Priority};
use crate::retrieval::policy::{MAX_CHOICES, Policy};

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
    /// What supervisors have switched off.
    pub switches: &'c Switches,
    /// Says where hand-offs go that no intent asks for.
    pub content: &'c Content,
}

impl Subject<'_> {
    /// Returns the switch that keeps it from being shown or done.
    pub fn switched_off(self, switches: &Switches) -> Option<SwitchedOff> {
        match self {
            Subject::Entry(id) => switches.hides(id).then(|| SwitchedOff::Entry(id.clone())),
            Subject::Intent(intent) => match &intent.does {
                Does::Flow(flow) if switches.flows_off.contains(flow) => Some(SwitchedOff::Flow(flow.clone())),
                Does::Flow(_) | Does::Handoff(..) | Does::Reply(_) | Does::Record(..) | Does::Search => None,
            },
        }
    }
}

/// What is done about a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// Shows an entry.
    Answer(EntryId),
    /// Asks which of these is meant: two to four, or one where the others are switched off.
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
        /// The intent that asks for it; `handoff.human` where only a switch does.
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
    /// It goes on from what was said before.
    Dialogue,
    /// A supervisor switched off what the text leads to.
    SwitchedOff(SwitchedOff),
}

/// The name of the intent of what is not ours; leading there is falling back.
pub const OUT_OF_SCOPE: &str = "out_of_scope";

/// The name of the intent of whoever asks for a person; being handed over unasked has the same outcome.
pub const HUMAN: &str = "handoff.human";

/// The department of hand-offs where no intent of that name says another.
const GENERAL: &str = "general";

/// Decides.
pub fn decide(evidence: &Evidence<'_>, policy: &Policy) -> (Decision, Reason) {
    let (decision, reason) = decide_unswitched(evidence, policy);
    match barring_switch(evidence.switches, &decision, &reason) {
        Some(switch) => (handed_over(decision, evidence.content), Reason::SwitchedOff(switch)),
        None => (decision, reason),
    }
}

/// Returns the switch that bars a decision.
fn barring_switch(switches: &Switches, decision: &Decision, reason: &Reason) -> Option<SwitchedOff> {
    match (decision, reason) {
        // It goes to a person already, with the advice that editors gave to an emergency: hotlines, how to freeze a card.
        (Decision::Handoff { .. }, Reason::Rule(_)) => None,
        (Decision::Handoff { target, .. }, _) if target.priority == Priority::Urgent => None,
        _ if switches.bot_off.is_some() => Some(SwitchedOff::Bot),
        (Decision::Answer(id), _) => Subject::Entry(id).switched_off(switches),
        (Decision::Flow { flow, .. }, _) if switches.flows_off.contains(flow) => Some(SwitchedOff::Flow(flow.clone())),
        (
            Decision::Flow { .. }
            | Decision::Clarify(_)
            | Decision::Handoff { .. }
            | Decision::Smalltalk(_)
            | Decision::Fallback,
            _,
        ) => None,
    }
}

/// What is decided about any message while a flow is under way that was switched off meanwhile.
pub(crate) fn stopped(intent: &IntentName, flow: &str, content: &Content) -> (Decision, Reason) {
    let flow_decision = Decision::Flow { intent: intent.clone(), flow: flow.to_owned() };
    (handed_over(flow_decision, content), Reason::SwitchedOff(SwitchedOff::Flow(flow.to_owned())))
}

/// A person in place of a decision: of the department that it concerns, where it concerns one.
fn handed_over(decision: Decision, content: &Content) -> Decision {
    match decision {
        Decision::Handoff { .. } => decision,
        Decision::Flow { intent, flow } => {
            let end = content.flows.get(&flow).and_then(|flow| flow.then.as_ref());
            let person = any_person(content);
            let department = end.and_then(|end| end.department.clone()).unwrap_or(person.department);
            Decision::Handoff { intent, target: HandoffTarget { department, ..person } }
        }
        Decision::Answer(_) | Decision::Clarify(_) | Decision::Smalltalk(_) | Decision::Fallback => {
            Decision::Handoff { intent: IntentName(HUMAN.to_owned()), target: any_person(content) }
        }
    }
}

/// The place of those who ask for a person and say no more.
pub(crate) fn any_person(content: &Content) -> HandoffTarget {
    let intent = content.intent(&IntentName(HUMAN.to_owned()));
    if let Some(Does::Handoff(target, _)) = intent.map(|intent| &intent.does) {
        return target.clone();
    }
    let named = content.departments.get_key_value(GENERAL).or_else(|| content.departments.first_key_value());
    let department = named.map_or(GENERAL, |(name, _)| name).to_owned();
    HandoffTarget { department, priority: Priority::Normal, case: None }
}

fn decide_unswitched(evidence: &Evidence<'_>, policy: &Policy) -> (Decision, Reason) {
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
        && let Some(choices) = choices(&evidence.ranked, evidence.switches)
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
        Does::Reply(_) | Does::Record(..) => Decision::Smalltalk(intent.name.clone()),
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

/// Two to four things to choose from, without entries that are switched off; `None` when there are fewer.
///
/// The one thing that switches have left is a choice still: who picks it is sure of it.
fn choices(ranked: &[Subject<'_>], switches: &Switches) -> Option<Vec<Choice>> {
    let offer = |subject: &Subject<'_>| match subject {
        Subject::Entry(id) => Some(Choice::Entry((*id).clone())),
        Subject::Intent(intent) => match intent.does {
            Does::Flow(_) | Does::Handoff(..) => Some(Choice::Intent(intent.name.clone())),
            Does::Reply(_) | Does::Record(..) | Does::Search => None,
        },
    };
    let hidden = |subject: &&Subject<'_>| matches!(subject, Subject::Entry(id) if switches.hides(id));
    let shown = ranked.iter().filter(|subject| !hidden(subject));
    let choices: Vec<Choice> = shown.filter_map(offer).take(MAX_CHOICES).collect();
    let fewest = if ranked.iter().any(|subject| hidden(&subject)) { 1 } else { 2 };
    (choices.len() >= fewest).then_some(choices)
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
