//! What holds at any time, and what holds when everybody has finished.

use std::collections::BTreeSet;

use yingda::desk::case_steps::{CaseStep, has_ended};
use yingda::desk::owner::Owner;
use yingda::dialogue::effects::CaseStatus;
use yingda::knowledge::intent::CaseKind;

use super::world::{AGENTS, Conversation, Event, KeptCase, World};

/// Checks what holds at any time.
pub fn hold(world: &World) {
    for (id, conversation) in &world.store.conversations {
        is_gapless(*id, conversation);
        is_owned_by_one(*id, conversation);
        for client_id in conversation.turns.keys() {
            let is_it = |(_, event): &&(u64, Event)| matches!(event, Event::Visitor(name) if name == client_id);
            let n = conversation.events.iter().filter(is_it).count();
            assert_eq!(n, 1, "{id}: the message {client_id} is there {n} times");
        }
    }
    for (conversation, client_id) in &world.acknowledged {
        let kept = &world.store.conversations[conversation];
        assert!(kept.turns.contains_key(client_id), "{conversation}: {client_id} was acknowledged and is lost");
    }
    for kept in world.store.cases.values() {
        is_told(world, kept);
        has_gone_by_the_rules(kept);
    }
    for id in world.received.keys() {
        assert!(world.store.announced.contains(id), "{id} was delivered and never happened");
    }
    for id in &world.store.announced {
        let waits = world.store.outbox.contains_key(id);
        assert!(waits || world.received.contains_key(id), "{id} is neither delivered nor waiting");
    }
}

/// Checks what holds when nothing is under way any more.
pub fn hold_at_rest(world: &World) {
    assert!(world.store.outbox.is_empty());
    assert_eq!(world.received.keys().copied().collect::<BTreeSet<_>>(), world.store.announced);
    for kept in world.store.cases.values() {
        assert_eq!(kept.case.clock.late(world.now), None, "{} is late and nobody has noticed", kept.case.number);
    }
}

fn is_gapless(id: u64, conversation: &Conversation) {
    for (expected, (seq, _)) in (1..).zip(&conversation.events) {
        assert_eq!(*seq, expected, "{id}: a gap in the numbers");
    }
}

/// Goes through the events: the bot speaks while it has the conversation, an agent while they have it.
fn is_owned_by_one(id: u64, conversation: &Conversation) {
    let mut owner = Owner::Bot;
    for (seq, event) in &conversation.events {
        match event {
            Event::Owner(next) => {
                if let Owner::Agent { agent, place, .. } = next {
                    let (_, departments) = AGENTS.iter().find(|(name, _)| name == agent).unwrap();
                    assert!(
                        departments.contains(&place.department.as_str()),
                        "{id}: {agent} has one of {}",
                        place.department
                    );
                    assert!(matches!(owner, Owner::Queue(_)), "{id}: taken from {owner:?}");
                }
                owner = next.clone();
            }
            Event::Bot(_) => assert_eq!(owner, Owner::Bot, "{id}: the bot speaks at {seq}"),
            Event::Agent(agent) => assert!(owner.may_write(agent), "{id}: {agent} writes at {seq}, {owner:?} has it"),
            Event::Visitor(_) => assert_ne!(owner, Owner::Nobody, "{id}: a message at {seq} after the end"),
            Event::Case(_) => {}
        }
    }
    assert_eq!(owner, conversation.owner, "{id}: the events tell of another owner");
}

/// The conversation of a case is there, and tells of its opening.
fn is_told(world: &World, kept: &KeptCase) {
    let conversation = &world.store.conversations[&kept.case.conversation.parse().unwrap()];
    let told = conversation.events.iter().any(|(_, event)| *event == Event::Case(kept.case.number.clone()));
    assert!(told, "{} is in no conversation", kept.case.number);
}

/// What was done to a case says how it stands: no state is skipped, no money moves unconfirmed, nothing ends unanswered.
fn has_gone_by_the_rules(kept: &KeptCase) {
    let KeptCase { case, steps } = kept;
    let has = |wanted: CaseStep| steps.contains(&wanted);
    let before = |first: CaseStep, then: CaseStep| {
        let at = |step| steps.iter().position(|known| *known == step);
        at(then).is_none() || at(first).is_some_and(|first| Some(first) < at(then))
    };
    let number = &case.number;
    if case.kind == CaseKind::Refund {
        let confirmed = CaseStep::Answer { agrees: true };
        assert!(before(confirmed, CaseStep::Approve) && before(confirmed, CaseStep::Finish), "{number}: {steps:?}");
    }
    if case.kind == CaseKind::Complaint && [CaseStep::Approve, CaseStep::Reject, CaseStep::Close].into_iter().any(has) {
        assert!(case.assessment.is_some(), "{number}: decided unassessed");
    }
    if has(CaseStep::Close) {
        assert!(case.clock.replied_at.is_some(), "{number}: closed without a reply");
    }
    assert_eq!(case.clock.ended_at.is_some(), has_ended(case.status), "{number}");
    assert_eq!(case.clock.waiting_since.is_some(), case.status == CaseStatus::WaitingCustomer, "{number}");
    assert!(case.level <= 1, "{number}: nobody stands above the management");
    let expected = match steps.last() {
        None => CaseStatus::Open,
        Some(CaseStep::Close | CaseStep::Withdraw) => CaseStatus::Closed,
        Some(CaseStep::Approve) => CaseStatus::Approved,
        Some(CaseStep::Reject) => CaseStatus::Rejected,
        Some(CaseStep::Finish) => CaseStatus::Done,
        Some(CaseStep::Ask) => CaseStatus::WaitingCustomer,
        Some(CaseStep::TakeUp | CaseStep::Answer { .. }) => CaseStatus::InReview,
        Some(CaseStep::Append | CaseStep::Reply) => case.status,
    };
    assert_eq!(case.status, expected, "{number}: {steps:?}");
}
