//! A hand-over as the desk stands: to whom it goes where a queue is full, what is left where nobody is there, and what its customer
//! is told about the wait.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Zoned};

use super::{local_minute, tell};
use crate::assistant::Assistant;
use crate::desk::board::Board;
use crate::desk::case::promise_about;
use crate::desk::hours::service_status;
use crate::desk::owner::{About, Place};
use crate::desk::promises::Promise;
use crate::dialogue::conversing::{Said, Step};
use crate::dialogue::decide::Decision;
use crate::dialogue::effects::{Act, CaseDraft, Effect, Inquiry, Known};
use crate::dialogue::state::Held;
use crate::knowledge::intent::{CaseKind, HandoffTarget, IntentName, Priority};
use crate::knowledge::operator::OverflowTo;
use crate::knowledge::texts::TextName;

/// A shorter wait is not worth a word.
const WORTH_TELLING: SignedDuration = SignedDuration::from_mins(1);

impl Assistant {
    /// Says what becomes of a hand-over whose queue is too long; in an emergency nothing is moved.
    fn overflow(&self, target: &HandoffTarget, board: &Board, here: &Zoned) -> Option<&OverflowTo> {
        if target.priority == Priority::Urgent || !board.is_staffed {
            return None;
        }
        let overflow = self.content.departments.get(&target.department)?.overflow.as_ref()?;
        let standing = board.standing(&place(target, here), here.timestamp());
        let is_long = overflow.waiting.is_some_and(|most| board.n_waiting(&target.department) >= most as usize);
        let most = overflow.minutes.map(|minutes| SignedDuration::from_mins(minutes.into()));
        let is_slow = most.is_some_and(|most| standing.expected.is_some_and(|expected| expected > most));
        (is_long || is_slow).then_some(&overflow.to)
    }

    /// Has a hand-over go to another department where the queue is too long, or offers a call-back.
    pub(super) fn relieve(&self, step: &mut Step, board: &Board, here: &Zoned) {
        let Decision::Handoff { target, .. } = &mut step.decision else { return };
        match self.overflow(target, board, here) {
            Some(OverflowTo::Department(department)) => target.department.clone_from(department),
            Some(OverflowTo::Callback) => step.said.push(Said::Text(TextName::OfferCallback)),
            // What is left is recorded further on.
            Some(OverflowTo::Message) | None => {}
        }
    }

    /// What somebody is told who leaves a message: that nobody is there, or too many wait.
    pub fn why_to_leave(&self, target: &HandoffTarget, board: &Board, here: &Zoned) -> Option<TextName> {
        board.absence(&self.content, &target.department, here).or_else(|| {
            let is_crowded = self.overflow(target, board, here) == Some(&OverflowTo::Message);
            is_crowded.then_some(TextName::Crowded)
        })
    }

    /// Leaves what was asked as a case where nobody takes it over soon, and says by when somebody does; asks for the case that it is
    /// first. In an emergency nobody reads of that, and what has a case already needs no other.
    pub(super) fn leave_for_later(
        &self,
        step: &mut Step,
        (board, known): (&Board, &Known),
        text: &str,
        here: &Zoned,
    ) -> Option<Effect> {
        let Decision::Handoff { target, intent } = &step.decision else { return None };
        if is_settled(step, target) {
            return None;
        }
        let why = self.why_to_leave(target, board, here)?;
        let Some(inquiry) = &known.inquiry else { return Some(Effect::Inquiry) };
        let (number, promise) = match inquiry {
            Inquiry::New(number) => {
                let draft = inquiry_about(&target.department, intent.clone(), text, target.priority);
                let promise = promise_about(&draft, &self.content, here.timestamp());
                step.acts.push(Act::Open { number: number.clone(), draft });
                (number, promise)
            }
            Inquiry::Open { number, first_reply } => {
                (number, Promise { first_reply: *first_reply, ..Promise::default() })
            }
        };
        step.facts.insert("case_number".to_owned(), number.clone());
        tell(promise, step, here);
        step.said.push(Said::Text(why));
        None
    }

    /// Says before a person takes over how long it will take, or that it is a busy hour; in an emergency nobody reads of that.
    pub(super) fn say_when_it_takes_longer(&self, step: &mut Step, board: &Board, here: &Zoned) {
        let Decision::Handoff { target, .. } = &step.decision else { return };
        if is_settled(step, target) || self.why_to_leave(target, board, here).is_some() {
            return;
        }
        let standing = board.standing(&place(target, here), here.timestamp());
        if let Some(expected) = standing.expected.filter(|expected| board.is_staffed && *expected >= WORTH_TELLING) {
            let minutes = expected.as_secs().unsigned_abs().div_ceil(60);
            step.facts.insert("queue_place".to_owned(), standing.place.to_string());
            step.facts.insert("wait_minutes".to_owned(), minutes.to_string());
            step.said.push(Said::Text(TextName::QueuePlace));
            return;
        }
        let status = service_status(&self.content.calendar, here.timestamp());
        if let Some(quieter) = status.peak_changes_at.filter(|_| status.is_peak) {
            step.facts.insert("quieter_at".to_owned(), local_minute(&quieter));
            step.said.push(Said::Text(TextName::Peak));
        }
    }
}

/// Says whether nothing is left to say about the wait.
fn is_settled(step: &Step, target: &HandoffTarget) -> bool {
    target.priority == Priority::Urgent || step.acts.iter().any(|act| matches!(act, Act::Open { .. }))
}

/// What is left for a person, in the words of whoever leaves it (masked).
pub fn inquiry_about(department: &str, intent: IntentName, text: &str, priority: Priority) -> CaseDraft {
    let said = Some(text.trim()).filter(|text| !text.is_empty());
    let slots: BTreeMap<String, Held> =
        said.map(|text| ("description".to_owned(), Held::plain(text))).into_iter().collect();
    CaseDraft { kind: CaseKind::Inquiry, department: department.to_owned(), intent, slots, priority }
}

fn place(target: &HandoffTarget, here: &Zoned) -> Place {
    let HandoffTarget { department, priority, .. } = target;
    let (department, since) = (department.clone(), here.timestamp());
    Place { department, priority: *priority, since, number: 0, about: About::default() }
}
