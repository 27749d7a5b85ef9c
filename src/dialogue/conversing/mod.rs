//! One step of a conversation: what a message means for what is under way, what is said, and what is remembered. Pure: what has
//! to be looked up is asked for, and given with the next call.

mod next;
mod walking;
mod within;

use std::collections::BTreeMap;

use crate::dialogue::cues::Cue;
use crate::dialogue::decide::{Decision, HUMAN, Reason};
use crate::dialogue::effects::{Act, CaseDraft, Effect, Known, OrderChoice};
use crate::dialogue::filling::Given;
use crate::dialogue::state::{Awaiting, DialogueState, Held, Task};
use crate::knowledge::content::Content;
use crate::knowledge::entry::EntryId;
use crate::knowledge::intent::{Does, Flow, HandoffTarget, IntentName, Priority};
use crate::knowledge::texts::TextName;
use crate::text::normalise::normalise;

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
    /// What the message asks for besides, in another sentence of its own.
    pub also: Option<&'a Decision>,
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
    /// That there is nothing left to do in a flow.
    Settled(String),
    /// The end of a flow.
    Done(String),
    /// What stands before the steps of a guided answer.
    Introduction(EntryId),
    /// A step of a guided answer.
    Step {
        /// The entry.
        entry: EntryId,
        /// The step, from 0.
        step: usize,
    },
    /// What stands behind the steps of a guided answer.
    WhatElse(EntryId),
    /// The same, with what may be asked next.
    Ending(EntryId),
    /// A sentence that belongs to no flow.
    Text(TextName),
    /// A question with yes and no.
    YesOrNo(TextName),
    /// A question that is confirmed, or said to be wrong.
    ConfirmOrNot(TextName),
    /// The customer's last orders, to be chosen from.
    LastOrders(Vec<OrderChoice>),
}

/// Messages in a row that nobody understands, before a person is offered.
const MOST_MISSES: u32 = 2;

impl Conversing<'_> {
    /// Takes one step.
    pub fn step(&self, state: DialogueState) -> Step {
        let mut step = self.take(state);
        step.state.forget_what_is_over();
        step
    }

    fn take(&self, mut state: DialogueState) -> Step {
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
            // Whoever says neither may give what was asked for before.
            Some(Awaiting::Person) => {
                state.awaiting = state.held_back.take().or(Some(Awaiting::Person));
                if state.awaiting == Some(Awaiting::Step) {
                    return self.walking(state);
                }
            }
            Some(Awaiting::Step) => return self.walking(state),
            Some(Awaiting::Switch { intent, slots }) => {
                if cues.say(Cue::Yes) || self.leads_to(&intent) {
                    return self.switched(state, intent, slots);
                }
                if cues.say(Cue::No) || cues.say(Cue::GoOn) {
                    return self.go_back(state, TextName::GoOn);
                }
                state.awaiting = state.held_back.take();
            }
            Some(Awaiting::Case(number)) if cues.say(Cue::Yes) => return self.answer_case(state, number, true),
            Some(Awaiting::Case(number)) if cues.say(Cue::No) || cues.say(Cue::Correction) => {
                return self.answer_case(state, number, false);
            }
            Some(Awaiting::Solved) if state.task.is_none() => return self.after_answer(state, is_again),
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
        if self.asks_for_person() && state.walkthrough.is_some() {
            return self.to_person_at_step(state, (self.decision.clone(), self.reason.clone()));
        }
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
        let mut facts = state.task.as_ref().map(facts_of).unwrap_or_default();
        facts.extend(state.walkthrough.iter().flat_map(walking::facts_of_walkthrough));
        Step { decision, reason, said, state, acts: Vec::new(), facts, needs: None }
    }

    // ---- Outside of flows ----

    fn outside(&self, mut state: DialogueState, is_again: bool) -> Step {
        let cues = self.given.cues;
        let is_weak = matches!(self.decision, Decision::Fallback | Decision::Clarify(_));
        if self.says_unsolved() {
            return self.offer_person(state, Vec::new());
        }
        if is_weak && cues.say(Cue::Drop) {
            return self.say(state, Decision::Fallback, Reason::Dialogue, vec![Said::Text(TextName::Dropped)]);
        }
        if let Decision::Flow { intent, flow } = self.decision {
            state.misses = 0;
            let step = self.begin(state, intent.clone(), flow, Vec::new());
            return self.with_answer_before(step);
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
        if let Some(step) = self.with_second(&state) {
            return step;
        }
        let walk = if repeats { None } else { self.walk(state.clone()) };
        let mut step = walk.unwrap_or_else(|| self.plain(state));
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

    /// An answer that the same message asks for stands before a flow.
    fn with_answer_before(&self, mut step: Step) -> Step {
        if let Some(Decision::Answer(id)) = self.also {
            step.said.insert(0, Said::Entry(id.clone()));
        }
        step
    }

    /// An answer, and what the same message asks for besides: another answer, or a flow that begins.
    fn with_second(&self, state: &DialogueState) -> Option<Step> {
        let Decision::Answer(first) = self.decision else { return None };
        let mut step = match self.also? {
            Decision::Answer(second) => {
                let mut step = self.say(state.clone(), self.decision.clone(), self.reason.clone(), Vec::new());
                step.said.push(Said::Entry(second.clone()));
                step.state.topic = Some(second.clone());
                step
            }
            Decision::Flow { intent, flow } => self.begin(state.clone(), intent.clone(), flow, Vec::new()),
            Decision::Clarify(_) | Decision::Handoff { .. } | Decision::Smalltalk(_) | Decision::Fallback => {
                return None;
            }
        };
        (step.decision, step.reason) = (self.decision.clone(), self.reason.clone());
        step.said.insert(0, Said::Entry(first.clone()));
        Some(step)
    }

    fn begin(&self, mut state: DialogueState, intent: IntentName, flow: &str, given: Vec<(String, Held)>) -> Step {
        let Some(known) = self.content.flows.get(flow) else { return self.plain(state) };
        let mut task = Task::new(intent, flow);
        let mut values = if given.is_empty() { self.given.to_new_flow(known) } else { given };
        values.retain(|(slot, held)| (self.fits)(known, slot, held));
        task.hold(values);
        (state.task, state.walkthrough) = (Some(task), None);
        self.go_on(state, vec![Said::Opening(flow.to_owned())])
    }

    /// Says whether the message is another way to say what was asked back.
    fn leads_to(&self, wished: &IntentName) -> bool {
        matches!(self.decision, Decision::Flow { intent, .. } if intent == wished) && self.is_confident()
    }

    /// Says whether the message says that something did not help, and nothing else.
    fn says_unsolved(&self) -> bool {
        let is_short = self.given.normalised.chars().count() <= SHORT_COMPLAINT;
        let is_stored = matches!(self.reason, Reason::Rule(_) | Reason::Verbatim);
        self.given.cues.say(Cue::Unsolved) && is_short && !is_stored
    }

    fn asks_for_person(&self) -> bool {
        matches!((self.decision, self.reason), (Decision::Handoff { intent, .. }, reason)
            if intent.0 == HUMAN && !matches!(reason, Reason::SwitchedOff(_)))
    }

    /// Says whether the message is what a button says, in whatever language.
    fn is_button(&self, name: TextName) -> bool {
        let labels = self.content.texts.get(name);
        labels.values().any(|label| normalise(label) == self.given.normalised)
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
