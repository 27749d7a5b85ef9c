//! A hand-over as the desk stands: to whom it goes where a queue is full, and what its customer is told about the wait.

use jiff::{SignedDuration, Zoned};

use super::{local_minute, tell};
use crate::assistant::Assistant;
use crate::desk::board::Board;
use crate::desk::hours::{is_open, service_status};
use crate::desk::owner::{About, Place};
use crate::desk::promises;
use crate::dialogue::conversing::{Said, Step};
use crate::dialogue::decide::Decision;
use crate::dialogue::effects::Act;
use crate::knowledge::intent::{HandoffTarget, Priority};
use crate::knowledge::operator::OverflowTo;
use crate::knowledge::texts::TextName;

/// A shorter wait is not worth a word.
const WORTH_TELLING: SignedDuration = SignedDuration::from_mins(1);

impl Assistant {
    /// Has a hand-over go to another department where the queue is too long; in an emergency nothing is moved.
    pub(super) fn relieve(&self, step: &mut Step, board: &Board, here: &Zoned) {
        let Decision::Handoff { target, .. } = &mut step.decision else { return };
        if target.priority == Priority::Urgent || !board.is_staffed {
            return;
        }
        let known = self.content.departments.get(&target.department).and_then(|known| known.overflow.as_ref());
        let Some(overflow) = known else { return };
        let standing = board.standing(&place(target, here), here.timestamp());
        let is_long = overflow.waiting.is_some_and(|most| board.n_waiting(&target.department) >= most as usize);
        let most = overflow.minutes.map(|minutes| SignedDuration::from_mins(minutes.into()));
        let is_slow = most.is_some_and(|most| standing.expected.is_some_and(|expected| expected > most));
        if !is_long && !is_slow {
            return;
        }
        match &overflow.to {
            OverflowTo::Department(department) => target.department.clone_from(department),
            OverflowTo::Callback => step.said.push(Said::Text(TextName::OfferCallback)),
        }
    }

    /// Says before a person takes over that nobody works now, how long it will take, or that it is a busy hour; in an emergency
    /// nobody reads of that.
    pub(super) fn say_when_it_takes_longer(&self, step: &mut Step, board: &Board, here: &Zoned) {
        let Decision::Handoff { target, .. } = &step.decision else { return };
        let has_case = step.acts.iter().any(|act| matches!(act, Act::Open { .. }));
        if target.priority == Priority::Urgent || has_case {
            return;
        }
        let (department, calendar) = (target.department.clone(), &self.content.calendar);
        let is_closed = !is_open(calendar, promises::hours_of(&self.content, &department), here);
        if is_closed || board.is_staffed && board.n_on_duty(&department) == 0 {
            tell(promises::promise(&self.content, &department, here.timestamp()), step, here);
            step.said.push(Said::Text(if is_closed { TextName::OutOfHours } else { TextName::NobodyNow }));
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
        let status = service_status(calendar, here.timestamp());
        if let Some(quieter) = status.peak_changes_at.filter(|_| status.is_peak) {
            step.facts.insert("quieter_at".to_owned(), local_minute(&quieter));
            step.said.push(Said::Text(TextName::Peak));
        }
    }
}

fn place(target: &HandoffTarget, here: &Zoned) -> Place {
    let HandoffTarget { department, priority, .. } = target;
    let (department, since) = (department.clone(), here.timestamp());
    Place { department, priority: *priority, since, number: 0, about: About::default() }
}
