//! One step of a conversation: what a message means for what is under way, what is said, and what is remembered. Pure: what has
//! to be looked up is asked for, and given with the next call.

mod next;
mod within;

use std::collections::BTreeMap;

use crate::dialogue::cues::Cue;
use crate::dialogue::decide::{Decision, HUMAN, Reason};
use crate::dialogue::effects::{Act, CaseDraft, Effect, Known};
use crate::dialogue::filling::Given;
use crate::dialogue::state::{Awaiting, DialogueState, Held, Task};
use crate::knowledge::content::Content;
use crate::knowledge::entry::EntryId;
use crate::knowledge::intent::{Does, Flow, HandoffTarget, IntentName, Priority};
use crate::knowledge::texts::TextName;

/// A message in a conversation.
pub struct Conversing<'a> {
    /// What editors wrote.
    pub content: &'a Content,
    /// The message as flows read it.
    pub given: Given<'a>,
    /// What the message alone leads to.
    pub decision: &'a Decision,
    /// Why.
    pub reason: &'a Reason,
    /// What has been found out for this turn.
    pub known: &'a Known,
    /// Whether a value can be that of a slot of a flow, besides that it looks so.
    pub fits: &'a dyn Fn(&Flow, &str, &Held) -> bool,
}

/// What follows from a message.
#[derive(Clone, Debug)]
pub struct Step {
    /// What is done.
    pub decision: Decision,
    /// Why.
    pub reason: Reason,
    /// What is said, one thing after the other.
    pub said: Vec<Said>,
    /// What is remembered.
    pub state: DialogueState,
    /// What is done with the turn.
    pub acts: Vec<Act>,
    /// Values for what is said: slots, the case's number.
    pub facts: BTreeMap<String, String>,
    /// What must be found out first; nothing else of the step counts then.
    pub needs: Option<Effect>,
}

/// Something that is said, as editors wrote it.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    /// What the decision says by itself.
    Decision,
    /// An entry's answer.
    Entry(EntryId),
    /// The sentence that opens a flow.
    Opening(String),
    /// The question for a slot.
    Ask {
        /// The flow.
        flow: String,
        /// The slot.
        slot: String,
    },
    /// That an answer does not fit.
    Invalid {
        /// The flow.
        flow: String,
        /// The slot.
        slot: String,
    },
    /// What is to be confirmed.
    Confirm(String),
    /// The end of a flow.
    Done(String),
    /// A sentence that belongs to no flow.
    Text(TextName),
    /// A question with yes and no.
    YesOrNo(TextName),
    /// A question that is confirmed, or said to be wrong.
    ConfirmOrNot(TextName),
}

/// Messages in a row that nobody understands, before a person is offered.
const MOST_MISSES: u32 = 2;

impl Conversing<'_> {
    /// Takes one step.
    pub fn step(&self, mut state: DialogueState) -> Step {
        let is_again = !self.given.normalised.is_empty() && state.last_text == self.given.normalised;
        self.given.normalised.clone_into(&mut state.last_text);
        if self.interrupts(&state) {
            return self.interrupted(state);
        }
        let awaiting = state.awaiting.take();
        let cues = self.given.cues;
        match awaiting {
            Some(Awaiting::Person) if cues.say(Cue::Yes) => return self.to_person(state),
            Some(Awaiting::Person) if cues.say(Cue::No) || cues.say(Cue::GoOn) => {
                return self.go_back(state, TextName::GoOn);
            }
            Some(Awaiting::Switch { intent, slots }) => {
                if cues.say(Cue::Yes) || self.leads_to(&intent) {
                    return self.switched(state, intent, slots);
                }
                if cues.say(Cue::No) || cues.say(Cue::GoOn) {
                    return self.go_back(state, TextName::GoOn);
                }
            }
            Some(Awaiting::Case(number)) if cues.say(Cue::Yes) => return self.answer_case(state, number, true),
            Some(Awaiting::Case(number)) if cues.say(Cue::No) || cues.say(Cue::Correction) => {
                return self.answer_case(state, number, false);
            }
            Some(Awaiting::Solved) => {
                if cues.say(Cue::Yes) {
                    return self.end(state, TextName::SolvedThanks);
                }
                if cues.say(Cue::No) || cues.say(Cue::Unsolved) {
                    return self.go_on(state, Vec::new());
                }
                state.awaiting = Some(Awaiting::Solved);
            }
            awaiting => state.awaiting = awaiting,
        }
        if state.task.is_some() { self.in_task(state) } else { self.outside(state, is_again) }
    }

    /// Rules, switches and whoever wants a person are heard before everything, also before a yes or no that was asked for.
    fn interrupts(&self, state: &DialogueState) -> bool {
        match (self.decision, self.reason) {
            (_, Reason::SwitchedOff(_)) | (Decision::Handoff { .. }, Reason::Rule(_)) => true,
            (Decision::Flow { intent, .. }, Reason::Rule(_)) => {
                state.task.as_ref().is_none_or(|task| *intent != task.intent)
            }
            (Decision::Handoff { intent, .. }, _) => state.task.as_ref().is_some_and(|task| {
                let is_asked_for = intent.0 == HUMAN && self.is_confident() && self.values(state, task).is_empty();
                *self.reason == Reason::Verbatim || is_asked_for
            }),
            _ => false,
        }
    }

    fn interrupted(&self, mut state: DialogueState) -> Step {
        (state.task, state.awaiting) = (None, None);
        match self.decision {
            Decision::Flow { intent, flow } => self.begin(state, intent.clone(), flow, Vec::new()),
            _ => self.plain(state),
        }
    }

    /// Says what the message alone leads to, and opens the case that comes with it.
    fn plain(&self, state: DialogueState) -> Step {
        let step = self.say(state, self.decision.clone(), self.reason.clone(), vec![Said::Decision]);
        match self.decision {
            Decision::Handoff { intent, target: HandoffTarget { department, priority, case: Some(kind) } } => {
                let (kind, intent, priority) = (*kind, intent.clone(), *priority);
                let (department, slots) = (department.clone(), self.told());
                self.with_case(step, CaseDraft { kind, department, intent, slots, priority })
            }
            _ => self.recorded(step),
        }
    }

    /// Records a message in a case, where its intent says so; the reply is the intent's.
    fn recorded(&self, step: Step) -> Step {
        let Decision::Smalltalk(intent) = self.decision else { return step };
        let Some(Does::Record(target, _)) = self.content.intent(intent).map(|intent| &intent.does) else { return step };
        let (kind, department, intent) = (target.case, target.department.clone(), intent.clone());
        self.with_record(step, CaseDraft { kind, department, intent, slots: self.told(), priority: Priority::Normal })
    }

    /// The message, as a case has it.
    fn told(&self) -> BTreeMap<String, Held> {
        BTreeMap::from([("description".to_owned(), Held::plain(self.given.text.trim()))])
    }

    /// Says yes or no to what a case asks.
    fn answer_case(&self, state: DialogueState, number: String, agrees: bool) -> Step {
        let text = if agrees { TextName::CaseConfirmed } else { TextName::CaseDeclined };
        let mut step = self.say(state, Decision::Fallback, Reason::Dialogue, vec![Said::Text(text)]);
        step.facts.insert("case_number".to_owned(), number.clone());
        step.acts.push(Act::Answer { number, agrees });
        step
    }

    fn say(&self, state: DialogueState, decision: Decision, reason: Reason, said: Vec<Said>) -> Step {
        let facts = state.task.as_ref().map(facts_of).unwrap_or_default();
        Step { decision, reason, said, state, acts: Vec::new(), facts, needs: None }
    }

    // ---- Outside of flows ----

    fn outside(&self, mut state: DialogueState, is_again: bool) -> Step {
        let cues = self.given.cues;
        let is_weak = matches!(self.decision, Decision::Fallback | Decision::Clarify(_));
        let is_short = self.given.normalised.chars().count() <= SHORT_COMPLAINT;
        if cues.say(Cue::Unsolved) && is_short && !matches!(self.reason, Reason::Rule(_) | Reason::Verbatim) {
            return self.offer_person(state, Vec::new());
        }
        if is_weak && cues.say(Cue::Drop) {
            return self.say(state, Decision::Fallback, Reason::Dialogue, vec![Said::Text(TextName::Dropped)]);
        }
        if let Decision::Flow { intent, flow } = self.decision {
            state.misses = 0;
            return self.begin(state, intent.clone(), flow, Vec::new());
        }
        match self.decision {
            Decision::Answer(id) => {
                (state.topic, state.ended) = (Some(id.clone()), None);
                state.misses = 0;
            }
            Decision::Fallback | Decision::Clarify(_) => state.misses += 1,
            Decision::Flow { .. } | Decision::Handoff { .. } | Decision::Smalltalk(_) => state.misses = 0,
        }
        let is_lost = is_weak && state.misses >= MOST_MISSES;
        let repeats =
            is_again && matches!(self.decision, Decision::Answer(_) | Decision::Fallback | Decision::Clarify(_));
        let mut step = self.plain(state);
        if is_lost || repeats {
            step.state.misses = 0;
            step.state.awaiting = Some(Awaiting::Person);
            step.said.push(Said::YesOrNo(TextName::OfferPerson));
        }
        if cues.say(Cue::Worry) && matches!(self.decision, Decision::Answer(_) | Decision::Clarify(_)) {
            step.said.insert(0, Said::Text(TextName::Acknowledge));
        }
        step
    }

    fn begin(&self, mut state: DialogueState, intent: IntentName, flow: &str, given: Vec<(String, Held)>) -> Step {
        let Some(known) = self.content.flows.get(flow) else { return self.plain(state) };
        let mut task = Task::new(intent, flow);
        let mut values = if given.is_empty() { self.given.to_new_flow(known) } else { given };
        values.retain(|(slot, held)| (self.fits)(known, slot, held));
        task.hold(values);
        state.task = Some(task);
        self.go_on(state, vec![Said::Opening(flow.to_owned())])
    }

    /// Says whether the message is another way to say what was asked back.
    fn leads_to(&self, wished: &IntentName) -> bool {
        matches!(self.decision, Decision::Flow { intent, .. } if intent == wished) && self.is_confident()
    }

    fn is_confident(&self) -> bool {
        matches!(self.reason, Reason::Rule(_) | Reason::Verbatim | Reason::Confident)
    }
}

/// Characters of a message that says that something did not help, and nothing else.
const SHORT_COMPLAINT: usize = 24;

fn facts_of(task: &Task) -> BTreeMap<String, String> {
    task.slots.iter().map(|(slot, held)| (slot.clone(), held.value.clone())).collect()
}

/// Leaves a flow, which is what the next message may go on from.
fn leave(state: &mut DialogueState) {
    state.awaiting = None;
    if let Some(task) = state.task.take() {
        (state.topic, state.ended) = (None, Some(task.intent));
    }
}
