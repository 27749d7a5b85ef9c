//! A message in the middle of a flow: it fills slots, asks something, wishes for something else, or does not fit.

use std::collections::BTreeMap;

use super::next::missing;
use super::{Conversing, Said, Step, leave};
use crate::dialogue::cues::Cue;
use crate::dialogue::decide::{Choice, Decision, HUMAN, Reason, any_person};
use crate::dialogue::state::{Awaiting, DialogueState, Held, Task};
use crate::knowledge::intent::{Does, Flow, HandoffTarget, IntentName, SlotFiller};
use crate::knowledge::texts::TextName;

impl Conversing<'_> {
    pub(super) fn values(&self, state: &DialogueState, task: &Task) -> Vec<(String, Held)> {
        let Some(flow) = self.content.flows.get(&task.flow) else { return Vec::new() };
        let awaited = match &state.awaiting {
            Some(Awaiting::Slot(slot)) => Some(slot.as_str()),
            _ => None,
        };
        self.given.to_flow(flow, awaited)
    }

    pub(super) fn in_task(&self, mut state: DialogueState) -> Step {
        let Some(task) = state.task.clone() else { return self.plain(state) };
        let Some(flow) = self.content.flows.get(&task.flow) else {
            state.task = None;
            return self.plain(state);
        };
        let cues = self.given.cues;
        if let Some(Awaiting::Slot(slot)) = &state.awaiting
            && self.leaves_open(flow, slot)
        {
            let slot = slot.clone();
            return self.skip(state, slot);
        }
        if cues.say(Cue::Drop) {
            return self.end(state, TextName::Dropped);
        }
        let takes_text = matches!(&state.awaiting, Some(Awaiting::Slot(slot)) if takes_any_text(flow, slot));
        let mut values = self.values(&state, &task);
        values.retain(|(slot, held)| (self.fits)(flow, slot, held));
        if takes_text && (self.is_aside(&task) || self.is_wish(&task)) {
            values.retain(|(slot, _)| !takes_any_text(flow, slot));
        }
        if state.awaiting == Some(Awaiting::Confirmation) {
            if values.is_empty() && cues.say(Cue::Yes) {
                if let Some(task) = &mut state.task {
                    task.is_confirmed = true;
                }
                return self.go_on(state, Vec::new());
            }
            if values.is_empty() && (cues.say(Cue::No) || cues.say(Cue::Correction)) {
                state.awaiting = Some(Awaiting::Correction);
                return self.say_in(state, vec![Said::Text(TextName::WhatIsWrong)]);
            }
        }
        // The number of a case in another wish is not an answer to what was asked for.
        if self.is_wish(&task)
            && let Decision::Flow { intent, flow } = self.decision
            && values.iter().all(|(slot, _)| slot == CASE_NUMBER)
            && !values.is_empty()
        {
            return self.ask_for_switch(state, intent.clone(), flow);
        }
        if !values.is_empty() {
            let before = if self.is_question() { self.aside() } else { Vec::new() };
            if let Some(task) = &mut state.task {
                task.hold(values);
            }
            return self.go_on(state, before);
        }
        self.without_values(state, &task)
    }

    /// Says whether the message leaves a slot open that the flow can do without.
    fn leaves_open(&self, flow: &Flow, name: &str) -> bool {
        let cues = self.given.cues;
        let is_optional = flow.slots.iter().any(|slot| slot.name == name && !slot.required);
        let is_left = cues.say(Cue::Skip) || self.is_button(TextName::Skip);
        let is_unknown = !takes_any_text(flow, name) && self.given.entities.is_empty() && cues.say(Cue::Unknown);
        is_optional && (is_left || is_unknown)
    }

    fn skip(&self, mut state: DialogueState, slot: String) -> Step {
        if let Some(task) = &mut state.task {
            task.skipped.insert(slot);
        }
        self.go_on(state, Vec::new())
    }

    /// A message in the middle of a flow that gives it nothing.
    pub(super) fn without_values(&self, state: DialogueState, task: &Task) -> Step {
        if self.is_aside(task) {
            let mut said = self.aside();
            said.extend(self.ask_again(&state));
            let mut step = self.say(state, self.decision.clone(), self.reason.clone(), said);
            if let Decision::Answer(id) = self.decision {
                step.state.topic = Some(id.clone());
            }
            return self.recorded(step);
        }
        if self.is_wish(task)
            && !self.tries_a_number(&state, task)
            && let Decision::Flow { intent, flow } = self.decision
        {
            if self.given.cues.say(Cue::Leave) {
                let slots = self.content.flows.get(flow).map(|flow| self.given.to_new_flow(flow)).unwrap_or_default();
                return self.switched(state, intent.clone(), slots.into_iter().collect());
            }
            return self.ask_for_switch(state, intent.clone(), flow);
        }
        if let Decision::Handoff { .. } = self.decision
            && self.is_confident()
        {
            return self.interrupted(state);
        }
        if self.given.cues.say(Cue::Unsolved) && !matches!(state.awaiting, Some(Awaiting::Slot(_))) {
            return self.offer_person(state, Vec::new());
        }
        self.does_not_fit(state)
    }

    /// Says whether the message holds something like the number that was asked for, which is none.
    fn tries_a_number(&self, state: &DialogueState, task: &Task) -> bool {
        let Some(Awaiting::Slot(awaited)) = &state.awaiting else { return false };
        let flow = self.content.flows.get(&task.flow);
        let slot = flow.and_then(|flow| flow.slots.iter().find(|slot| slot.name == *awaited));
        let is_number = |entity: &str| entity == ORDER_NUMBER || entity == CASE_NUMBER;
        let wants_number = slot.is_some_and(|slot| matches!(&slot.filler, SlotFiller::Entity(e) if is_number(e)));
        let mut parts = self.given.text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-');
        wants_number && parts.any(|part| part.bytes().filter(u8::is_ascii_digit).count() >= FEWEST_DIGITS)
    }

    pub(super) fn ask_for_switch(&self, mut state: DialogueState, intent: IntentName, flow: &str) -> Step {
        let slots = self.content.flows.get(flow).map(|flow| self.given.to_new_flow(flow)).unwrap_or_default();
        state.held_back = state.awaiting.take();
        state.awaiting = Some(Awaiting::Switch { intent: intent.clone(), slots: slots.into_iter().collect() });
        let mut step = self.say_in(state, vec![Said::YesOrNo(TextName::Switch)]);
        step.decision = Decision::Clarify(vec![Choice::Intent(intent.clone())]);
        step.facts.insert("wish".to_owned(), intent.0);
        step
    }

    pub(super) fn switched(&self, mut state: DialogueState, intent: IntentName, slots: BTreeMap<String, Held>) -> Step {
        state.task = None;
        let flow = match self.content.intent(&intent).map(|intent| &intent.does) {
            Some(Does::Flow(flow)) => flow.clone(),
            _ => return self.plain(state),
        };
        self.begin(state, intent, &flow, slots.into_iter().collect())
    }

    /// Counts an answer that does not fit; after some of them a person is offered.
    pub(super) fn does_not_fit(&self, mut state: DialogueState) -> Step {
        let Some(Awaiting::Slot(slot)) = state.awaiting.clone() else {
            let said = self.ask_again(&state).collect();
            return self.say_in(state, said);
        };
        let Some(task) = &mut state.task else { return self.plain(state) };
        let known = self.content.flows.get(&task.flow);
        let is_optional = known.is_some_and(|flow| flow.slots.iter().any(|one| one.name == slot && !one.required));
        let most = self.slot_tries(task, &slot);
        let tries = task.tries.entry(slot.clone()).or_default();
        *tries += 1;
        let invalid = Said::Invalid { flow: task.flow.clone(), slot: slot.clone() };
        if *tries >= most {
            *tries = 0;
            if is_optional {
                return self.skip(state, slot);
            }
            return self.offer_person(state, vec![invalid]);
        }
        self.say_in(state, vec![invalid])
    }

    pub(super) fn slot_tries(&self, task: &Task, slot: &str) -> u32 {
        let flow = self.content.flows.get(&task.flow);
        let slot = flow.and_then(|flow| flow.slots.iter().find(|known| known.name == slot));
        slot.map_or(1, |slot| slot.tries)
    }

    /// A question that an entry answers, or small talk.
    pub(super) fn is_aside(&self, task: &Task) -> bool {
        match self.decision {
            Decision::Answer(_) => match self.reason {
                Reason::Verbatim | Reason::Rule(_) => true,
                Reason::Confident => self.is_question(),
                _ => false,
            },
            // What is not ours: it says so, and asks again.
            Decision::Fallback => {
                matches!(self.reason, Reason::Confident | Reason::Verbatim) && self.given.cues.say(Cue::Question)
            }
            Decision::Smalltalk(_) => self.is_confident() && !self.awaits_text(task),
            _ => false,
        }
    }

    pub(super) fn awaits_text(&self, task: &Task) -> bool {
        TEXT_SLOTS.iter().any(|slot| self.awaits(task, slot))
    }

    /// Says whether a slot is the next one that is missing.
    pub(super) fn awaits(&self, task: &Task, name: &str) -> bool {
        let flow = self.content.flows.get(&task.flow);
        let next = flow.and_then(|flow| missing(flow, task));
        next.is_some_and(|slot| slot.name == name)
    }

    /// Another wish than the one that is under way.
    pub(super) fn is_wish(&self, task: &Task) -> bool {
        let Decision::Flow { intent, .. } = self.decision else { return false };
        let is_sure = match self.reason {
            Reason::Rule(_) => true,
            Reason::Verbatim => !self.awaits(task, "expected"),
            Reason::Confident => !self.awaits_text(task) || self.given.cues.say(Cue::Leave),
            _ => false,
        };
        *intent != task.intent && is_sure
    }

    pub(super) fn is_question(&self) -> bool {
        self.given.cues.say(Cue::Question) && self.is_confident() && matches!(self.decision, Decision::Answer(_))
    }

    pub(super) fn aside(&self) -> Vec<Said> {
        match self.decision {
            Decision::Answer(id) => vec![Said::Entry(id.clone())],
            _ => vec![Said::Decision],
        }
    }

    /// What asks again for what was asked for.
    pub(super) fn ask_again(&self, state: &DialogueState) -> impl Iterator<Item = Said> + use<> {
        let flow = state.task.as_ref().map(|task| task.flow.clone()).unwrap_or_default();
        let said = match &state.awaiting {
            Some(Awaiting::Slot(slot)) => Some(Said::Ask { flow, slot: slot.clone() }),
            Some(Awaiting::Confirmation) => Some(Said::Confirm(flow)),
            Some(Awaiting::Correction) => Some(Said::Text(TextName::WhatIsWrong)),
            Some(Awaiting::Solved) => Some(Said::YesOrNo(TextName::Solved)),
            Some(Awaiting::Person) => Some(Said::YesOrNo(TextName::OfferPerson)),
            // What a case asks has its own message, with its buttons.
            Some(Awaiting::Switch { .. } | Awaiting::Case(_) | Awaiting::Step) | None => None,
        };
        said.into_iter()
    }

    /// A flow's own turn.
    pub(super) fn say_in(&self, state: DialogueState, said: Vec<Said>) -> Step {
        let decision = match &state.task {
            Some(task) => Decision::Flow { intent: task.intent.clone(), flow: task.flow.clone() },
            None => Decision::Fallback,
        };
        self.say(state, decision, Reason::Dialogue, said)
    }

    /// Goes back to what was asked for before a person or another wish was.
    pub(super) fn go_back(&self, mut state: DialogueState, text: TextName) -> Step {
        state.awaiting = state.held_back.take();
        if state.walkthrough.is_some() {
            return self.back_to_step(state, text);
        }
        if let (Some(task), Some(Awaiting::Slot(slot))) = (&state.task, &state.awaiting)
            && !task.slots.contains_key(slot)
        {
            let said = std::iter::once(Said::Text(text)).chain(self.ask_again(&state)).collect();
            return self.say_in(state, said);
        }
        if state.task.is_some() {
            return self.go_on(state, vec![Said::Text(text)]);
        }
        self.say(state, Decision::Fallback, Reason::Dialogue, vec![Said::Text(text)])
    }

    /// Ends a flow without anything done.
    pub(super) fn end(&self, mut state: DialogueState, text: TextName) -> Step {
        let mut step = self.say_in(state.clone(), vec![Said::Text(text)]);
        leave(&mut state);
        step.state = state;
        step
    }

    pub(super) fn offer_person(&self, mut state: DialogueState, mut said: Vec<Said>) -> Step {
        state.held_back = state.awaiting.replace(Awaiting::Person).filter(|before| *before != Awaiting::Person);
        state.misses = 0;
        said.push(Said::YesOrNo(TextName::OfferPerson));
        if state.task.is_some() {
            return self.say_in(state, said);
        }
        let choices = vec![Choice::Intent(IntentName(HUMAN.to_owned()))];
        self.say(state, Decision::Clarify(choices), Reason::Dialogue, said)
    }

    /// To a person, who knows what was given: of the department whose flow was under way.
    pub(super) fn to_person(&self, mut state: DialogueState) -> Step {
        let person = any_person(self.content);
        let flow = state.task.as_ref().and_then(|task| self.content.flows.get(&task.flow));
        let department = flow.map_or(person.department.clone(), |flow| self.department_of(flow));
        let intent = IntentName(HUMAN.to_owned());
        let decision = Decision::Handoff { intent, target: HandoffTarget { department, ..person } };
        if state.walkthrough.is_some() {
            return self.to_person_at_step(state, (decision, Reason::Dialogue));
        }
        (state.task, state.awaiting) = (None, None);
        self.say(state, decision, Reason::Dialogue, vec![Said::Text(TextName::Handoff)])
    }

    /// The department that a flow ends with.
    pub(super) fn department_of(&self, flow: &Flow) -> String {
        let named = flow.then.as_ref().and_then(|end| end.department.clone());
        named.unwrap_or_else(|| any_person(self.content).department)
    }
}

/// What the numbers of orders and of cases are called, as slots and as entities.
const ORDER_NUMBER: &str = "order_number";
const CASE_NUMBER: &str = "case_number";

/// Digits of what may be meant as one.
const FEWEST_DIGITS: usize = 4;

/// Slots that any text fills.
const TEXT_SLOTS: [&str; 3] = ["description", "expected", "account_name"];

fn takes_any_text(flow: &Flow, slot: &str) -> bool {
    let slot = flow.slots.iter().find(|known| known.name == slot);
    let is_text =
        |filler: &SlotFiller| matches!(filler, SlotFiller::Entity(entity) if TEXT_SLOTS.contains(&entity.as_str()));
    slot.is_some_and(|slot| is_text(&slot.filler))
}
