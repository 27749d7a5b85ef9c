//! What a flow does next: asks for what is missing, looks up, has it confirmed, ends.

use std::collections::BTreeMap;

use super::{Conversing, Said, Step, facts_of, leave};
use crate::dialogue::decide::{Decision, Reason};
use crate::dialogue::effects::{Act, CaseDraft, CaseLookup, Effect, TransactionLookup};
use crate::dialogue::state::{Awaiting, DialogueState, Held, Task};
use crate::knowledge::entry::EntryId;
use crate::knowledge::intent::{EligibleOutcome, Flow, HandoffTarget, Priority, Slot};
use crate::knowledge::texts::TextName;

/// Look-ups that find something else than the customer said, before a person takes over.
const MOST_MISMATCHES: u32 = 3;

impl Conversing<'_> {
    /// Goes on with a flow: asks for what is missing, looks up, has it confirmed, ends it.
    pub(super) fn go_on(&self, mut state: DialogueState, mut said: Vec<Said>) -> Step {
        state.awaiting = None;
        let Some(task) = state.task.clone() else { return self.plain(state) };
        let Some(flow) = self.content.flows.get(&task.flow) else { return self.plain(state) };
        if let Some(slot) = missing(flow, &task).filter(|slot| slot.required) {
            if self.known.is_verified && is_of_orders(flow, slot) {
                return self.with_last_orders(state, flow, slot, said);
            }
            return self.ask_for(state, flow, slot, said);
        }
        if let Some(EligibleOutcome::Handoff { department }) = outcome_of(flow, &task) {
            return self.hand_over(state, &task, department, Priority::Normal, TextName::Handoff);
        }
        if !task.is_matched
            && let Some(step) = self.looked_up(&mut state, flow, &mut said)
        {
            return step;
        }
        let Some(task) = state.task.clone() else { return self.plain(state) };
        if let Some(step) = self.of_open_case(&state, flow, &task) {
            return step;
        }
        let entry = task.found.as_ref().and_then(|found| flow.causes.get(&found.cause)).filter(|_| !task.is_shown);
        if let Some(entry) = entry.filter(|entry| self.content.entry(entry).is_some()) {
            said.extend([Said::Entry(entry.clone()), Said::YesOrNo(TextName::Solved)]);
            state.topic = Some(entry.clone());
            state.awaiting = Some(Awaiting::Solved);
            if let Some(task) = &mut state.task {
                // It agrees with the record: there is nothing to confirm.
                (task.is_shown, task.is_confirmed) = (true, true);
            }
            return self.say_in(state, said);
        }
        if let Some(slot) = missing(flow, &task) {
            return self.ask_for(state, flow, slot, said);
        }
        if !flow.confirm.is_empty() && !task.is_confirmed {
            said.push(Said::Confirm(flow.name.clone()));
            state.awaiting = Some(Awaiting::Confirmation);
            return self.say_in(state, said);
        }
        self.finish(state, flow, &task, said)
    }

    /// Offers a customer who is known their last orders; of the one that is meant time and amount need not be asked for.
    fn with_last_orders(&self, mut state: DialogueState, flow: &Flow, slot: &Slot, said: Vec<Said>) -> Step {
        let Some(orders) = &self.known.last_orders else { return self.needing(state, Effect::LastOrders) };
        let number = state.task.as_ref().and_then(|task| task.slots.get("order_number"));
        let meant = number.and_then(|number| orders.iter().find(|order| order.order_number == number.value));
        if let (Some(order), Some(task)) = (meant, &mut state.task) {
            let known = [("amount", &order.amount), ("time", &order.time)];
            let known = known.into_iter().filter(|(name, _)| flow.slots.iter().any(|slot| slot.name == *name));
            task.hold(known.map(|(name, value)| (name.to_owned(), Held::plain(value.clone()))).collect());
            return self.go_on(state, said);
        }
        let mut step = self.ask_for(state, flow, slot, said);
        if slot.name == "order_number" && !orders.is_empty() {
            step.said.push(Said::LastOrders(orders.clone()));
        }
        step
    }

    fn ask_for(&self, mut state: DialogueState, flow: &Flow, slot: &Slot, mut said: Vec<Said>) -> Step {
        said.push(Said::Ask { flow: flow.name.clone(), slot: slot.name.clone() });
        state.awaiting = Some(Awaiting::Slot(slot.name.clone()));
        self.say_in(state, said)
    }

    /// Does a flow's look-up; `None` where it stands in nobody's way.
    pub(super) fn looked_up(&self, state: &mut DialogueState, flow: &Flow, said: &mut Vec<Said>) -> Option<Step> {
        let slots = state.task.as_ref()?.slots.clone();
        let held = |slot: &str| slots.get(slot).map(|held| held.value.clone());
        let task = state.task.as_mut()?;
        match flow.lookup.as_deref()? {
            // Nothing is told or done before number and amount agree, and the time where the flow asks for it.
            "transaction" => match &self.known.transaction {
                None => {
                    let (order_number, amount) = (held("order_number")?, held("amount")?);
                    let time = if asks_for_time(flow) { Some(held("time")?) } else { None };
                    Some(self.needing(state.clone(), Effect::Transaction { order_number, amount, time }))
                }
                Some(TransactionLookup::Mismatch) => {
                    task.mismatches += 1;
                    if task.mismatches >= MOST_MISMATCHES {
                        let (task, department) = (task.clone(), self.department_of(flow));
                        let (priority, text) = (Priority::Normal, TextName::Handoff);
                        return Some(self.hand_over(state.clone(), &task, department, priority, text));
                    }
                    state.awaiting = Some(Awaiting::Correction);
                    let mismatch = if asks_for_time(flow) { TextName::Mismatch } else { TextName::MismatchUntimed };
                    said.push(Said::Text(mismatch));
                    Some(self.say_in(state.clone(), std::mem::take(said)))
                }
                Some(TransactionLookup::Found(found)) => {
                    task.is_matched = true;
                    task.found = Some(found.clone());
                    if found.account_flags.is_empty() {
                        let settled = flow.settled.as_ref();
                        let settled = settled.filter(|settled| settled.statuses.contains(&found.status));
                        return settled.map(|settled| self.settled(state.clone(), flow, &settled.entry));
                    }
                    let task = task.clone();
                    Some(self.hand_over(state.clone(), &task, RISK.to_owned(), Priority::High, TextName::RiskControl))
                }
                Some(TransactionLookup::Unknown) => {
                    task.is_matched = true;
                    None
                }
            },
            "case" => match &self.known.case {
                None => Some(self.needing(state.clone(), Effect::Case { key: held("case_number")? })),
                Some(CaseLookup::NotFound) => Some(self.case_unknown(state.clone())),
                Some(CaseLookup::Found { number, status }) => {
                    let mut step = self.end(state.clone(), TextName::CaseProgress);
                    step.facts.insert("case_number".to_owned(), number.clone());
                    step.facts.insert("case_status".to_owned(), status.name().to_owned());
                    Some(step)
                }
            },
            _ => None,
        }
    }

    /// Two cases of a kind about the same order are one: tells of the one that is open.
    pub(super) fn of_open_case(&self, state: &DialogueState, flow: &Flow, task: &Task) -> Option<Step> {
        let kind = flow.then.as_ref()?.case?;
        let order_number = Some(task.slots.get("order_number")?.value.clone());
        match &self.known.open_case {
            None => Some(self.needing(state.clone(), Effect::OpenCase { kind, order_number })),
            Some(None) => None,
            Some(Some(number)) => {
                let mut step = self.end(state.clone(), TextName::CaseExists);
                step.facts.insert("case_number".to_owned(), number.clone());
                Some(step)
            }
        }
    }

    /// Tells that there is nothing left to do, and leaves the flow.
    fn settled(&self, state: DialogueState, flow: &Flow, entry: &EntryId) -> Step {
        let said = vec![Said::Settled(flow.name.clone()), Said::Entry(entry.clone()), Said::YesOrNo(TextName::Solved)];
        let mut step = self.say_in(state, said);
        leave(&mut step.state);
        (step.state.topic, step.state.awaiting) = (Some(entry.clone()), Some(Awaiting::Solved));
        step
    }

    pub(super) fn case_unknown(&self, mut state: DialogueState) -> Step {
        let Some(task) = &mut state.task else { return self.plain(state) };
        task.slots.remove("case_number");
        let tries = task.tries.entry("case_number".to_owned()).or_default();
        *tries += 1;
        let is_last = *tries >= MOST_MISMATCHES;
        state.awaiting = Some(Awaiting::Slot("case_number".to_owned()));
        let said = vec![Said::Text(TextName::CaseUnknown)];
        if is_last { self.offer_person(state, said) } else { self.say_in(state, said) }
    }

    pub(super) fn needing(&self, state: DialogueState, effect: Effect) -> Step {
        let mut step = self.say_in(state, Vec::new());
        step.needs = Some(effect);
        step
    }

    /// Hands a flow over to people, with a case of its kind where it opens one.
    pub(super) fn hand_over(
        &self,
        mut state: DialogueState,
        task: &Task,
        department: String,
        priority: Priority,
        text: TextName,
    ) -> Step {
        let case = self.content.flows.get(&task.flow).and_then(|flow| flow.then.as_ref()?.case);
        let draft = case.map(|kind| CaseDraft {
            kind,
            department: department.clone(),
            intent: task.intent.clone(),
            slots: task.slots.clone(),
            priority,
        });
        let target = HandoffTarget { department, priority, case };
        let decision = Decision::Handoff { intent: task.intent.clone(), target };
        (state.task, state.awaiting) = (None, None);
        let mut step = self.say(state, decision, Reason::Dialogue, vec![Said::Text(text)]);
        step.facts = facts_of(task);
        match draft {
            Some(draft) => self.with_case(step, draft),
            None => step,
        }
    }

    /// Opens a case beside what a step says, so that nothing hangs on a conversation alone; one that is open already stays the one.
    pub(super) fn with_case(&self, mut step: Step, draft: CaseDraft) -> Step {
        let order_number = draft.slots.get("order_number").map(|held| held.value.clone());
        match (&self.known.open_case, &self.known.opened) {
            (None, _) => step.needs = Some(Effect::OpenCase { kind: draft.kind, order_number }),
            (Some(Some(_)), _) => {}
            (Some(None), None) => step.needs = Some(Effect::Open(draft)),
            (Some(None), Some(number)) => {
                step.facts.insert("case_number".to_owned(), number.clone());
                step.acts.push(Act::Open { number: number.clone(), draft });
                step.said.push(Said::Text(TextName::CaseOpened));
            }
        }
        step
    }

    /// Opens a case without a word, or adds to the one that is open.
    pub(super) fn with_record(&self, mut step: Step, draft: CaseDraft) -> Step {
        let (number, act) = match (&self.known.open_case, &self.known.opened) {
            (None, _) => {
                step.needs = Some(Effect::OpenCase { kind: draft.kind, order_number: None });
                return step;
            }
            (Some(Some(number)), _) => {
                let text = draft.slots.get("description").map(|held| held.value.clone()).unwrap_or_default();
                (number, Act::Append { number: number.clone(), text })
            }
            (Some(None), None) => {
                step.needs = Some(Effect::Open(draft));
                return step;
            }
            (Some(None), Some(number)) => (number, Act::Open { number: number.clone(), draft }),
        };
        step.facts.insert("case_number".to_owned(), number.clone());
        step.acts.push(act);
        step
    }

    pub(super) fn finish(&self, state: DialogueState, flow: &Flow, task: &Task, mut said: Vec<Said>) -> Step {
        let mut ended = state.clone();
        leave(&mut ended);
        let mut step = self.say_in(state.clone(), Vec::new());
        step.state = ended;
        let Some(end) = &flow.then else { return step };
        if let Some(act) = end.act {
            match self.known.operated {
                _ if !self.known.is_verified => {}
                None => return self.needing(state, Effect::Operate(act)),
                Some(true) => {
                    said.push(Said::Done(flow.name.clone()));
                    step.said = said;
                    return step;
                }
                Some(false) => {}
            }
            // Of whoever is not known, and where the system does not do it, people take care at once.
            return self.hand_over(state, task, self.department_of(flow), Priority::High, TextName::Handoff);
        }
        let department = self.department_of(flow);
        if end.handoff {
            let target = HandoffTarget { department: department.clone(), priority: Priority::Normal, case: None };
            step.decision = Decision::Handoff { intent: task.intent.clone(), target };
        }
        if let Some(kind) = end.case {
            let (intent, slots) = (task.intent.clone(), task.slots.clone());
            let draft = CaseDraft { kind, department, intent, slots, priority: Priority::Normal };
            match &self.known.opened {
                None => return self.needing(state, Effect::Open(draft)),
                Some(number) => {
                    step.facts.insert("case_number".to_owned(), number.clone());
                    step.acts.push(Act::Open { number: number.clone(), draft });
                }
            }
        } else if let (true, Some(number)) = (end.append, task.slots.get("case_number")) {
            match self.known.appended {
                None => return self.needing(state, Effect::Append { case_number: number.value.clone() }),
                Some(false) => return self.case_unknown(state),
                Some(true) => {
                    let text = task.slots.get("description").map(|held| held.value.clone()).unwrap_or_default();
                    step.acts.push(Act::Append { number: number.value.clone(), text });
                }
            }
        }
        said.push(Said::Done(flow.name.clone()));
        step.said = said;
        step
    }
}

/// Says whether an order is meant by a slot of a flow that looks one up.
fn is_of_orders(flow: &Flow, slot: &Slot) -> bool {
    flow.lookup.as_deref() == Some("transaction") && ["order_number", "amount", "time"].contains(&slot.name.as_str())
}

/// The department that accounts with something wrong go to.
const RISK: &str = "risk";

/// The slot that is asked for next: what the flow needs first, then what it asks for once.
pub(super) fn missing<'f>(flow: &'f Flow, task: &Task) -> Option<&'f Slot> {
    let is_open = |slot: &&Slot| !task.slots.contains_key(&slot.name);
    let is_asked = |slot: &&Slot| {
        let when = slot.ask_optional.as_ref().filter(|_| !task.skipped.contains(&slot.name));
        when.is_some_and(|when| holds_all(task, when))
    };
    let mut needed = flow.slots.iter().filter(|slot| slot.required).filter(is_open);
    let mut others = flow.slots.iter().filter(|slot| !slot.required).filter(is_open).filter(is_asked);
    needed.next().or_else(|| others.next())
}

fn asks_for_time(flow: &Flow) -> bool {
    flow.slots.iter().any(|slot| slot.name == "time")
}

/// Returns what the flow does with what is held; `None` where it has no conditions.
fn outcome_of(flow: &Flow, task: &Task) -> Option<EligibleOutcome> {
    flow.eligible.iter().find(|rule| holds_all(task, &rule.when)).map(|rule| rule.then.clone())
}

fn holds_all(task: &Task, when: &BTreeMap<String, Vec<String>>) -> bool {
    when.iter().all(|(slot, values)| task.slots.get(slot).is_some_and(|held| values.contains(&held.value)))
}
