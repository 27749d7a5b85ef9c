//! What a department promises about a case, and what becomes of the promise: by when, kept or broken, to whom it goes then.

use jiff::Timestamp;

use crate::desk::working_time::{after, between};
use crate::knowledge::calendar::Calendar;
use crate::knowledge::content::Content;
use crate::knowledge::operator::{Department, WorkingTime};

/// The way in whose hours a department keeps that names none.
const USUAL_HOURS: &str = "email";

/// By when a department promises what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Promise {
    /// The first reply.
    pub first_reply: Option<Timestamp>,
    /// The end.
    pub resolve: Option<Timestamp>,
}

/// What the clock of a case shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CaseClock {
    /// What its department promises.
    pub promise: Promise,
    /// When somebody first replied.
    pub replied_at: Option<Timestamp>,
    /// Since when it waits for the customer: the clock stands still.
    pub waiting_since: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Whether it has been noticed that this department is late.
    pub is_noticed: bool,
}

/// Which promise was broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Late {
    /// Nobody has replied.
    FirstReply,
    /// It has not ended.
    Resolve,
}

impl Late {
    /// Returns its name in the history.
    pub fn name(self) -> &'static str {
        match self {
            Late::FirstReply => "late_first_reply",
            Late::Resolve => "late_resolve",
        }
    }

    /// Reads its name.
    pub fn parse(name: &str) -> Option<Self> {
        [Late::FirstReply, Late::Resolve].into_iter().find(|late| late.name() == name)
    }
}

impl CaseClock {
    /// Returns the next instant at which the clock has to be looked at; `None` where nothing can become late.
    pub fn next_look(&self) -> Option<Timestamp> {
        if self.ended_at.is_some() || self.is_noticed {
            return None;
        }
        let first_reply = self.promise.first_reply.filter(|_| self.replied_at.is_none());
        let resolve = self.promise.resolve.filter(|_| self.waiting_since.is_none());
        [first_reply, resolve].into_iter().flatten().min()
    }

    /// Returns what is late at an instant.
    pub fn late(&self, now: Timestamp) -> Option<Late> {
        let due = self.next_look().filter(|due| *due < now)?;
        let is_reply = self.replied_at.is_none() && self.promise.first_reply == Some(due);
        Some(if is_reply { Late::FirstReply } else { Late::Resolve })
    }

    /// Says whether a promise was kept; `None` while that is open, or nothing was promised.
    pub fn kept(due: Option<Timestamp>, at: Option<Timestamp>, now: Timestamp) -> Option<bool> {
        let due = due?;
        match at {
            Some(at) => Some(at <= due),
            None if now > due => Some(false),
            None => None,
        }
    }
}

/// Returns what a department promises about something that comes now.
pub fn promise(content: &Content, department: &str, now: Timestamp) -> Promise {
    let Some(known) = content.departments.get(department) else { return Promise::default() };
    let due = |time: Option<WorkingTime>| time.map(|time| after(&content.calendar, hours(known), now, time));
    Promise { first_reply: due(known.first_reply), resolve: due(known.resolve) }
}

/// Returns the promise of a case that goes on after it waited for its customer: with as much time as was left.
pub fn resumed(content: &Content, department: &str, clock: &CaseClock, now: Timestamp) -> Promise {
    let (Some(since), Some(due)) = (clock.waiting_since, clock.promise.resolve) else { return clock.promise };
    let Some(known) = content.departments.get(department) else { return clock.promise };
    let calendar: &Calendar = &content.calendar;
    let left = between(calendar, hours(known), since, due).as_mins().max(1);
    let resolve = after(calendar, hours(known), now, WorkingTime::Minutes(left));
    Promise { resolve: Some(resolve), ..clock.promise }
}

/// Returns the department that a late case goes to, where there is another one.
pub fn next_level<'c>(content: &'c Content, department: &str) -> Option<&'c str> {
    let next = content.departments.get(department)?.escalate_to.as_deref()?;
    (next != department && content.departments.contains_key(next)).then_some(next)
}

/// Returns the way in whose hours a department keeps.
pub fn hours_of<'c>(content: &'c Content, department: &str) -> &'c str {
    content.departments.get(department).map_or(USUAL_HOURS, hours)
}

fn hours(department: &Department) -> &str {
    department.hours.as_deref().unwrap_or(USUAL_HOURS)
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute)
    }

    fn clock() -> CaseClock {
        CaseClock { promise: Promise { first_reply: Some(at(10)), resolve: Some(at(100)) }, ..CaseClock::default() }
    }

    #[test]
    fn a_case_is_late_when_nobody_has_replied_or_it_has_not_ended() {
        assert_eq!(clock().late(at(10)), None, "the last moment is in time");
        assert_eq!(clock().late(at(11)), Some(Late::FirstReply));
        let replied = CaseClock { replied_at: Some(at(5)), ..clock() };
        assert_eq!((replied.next_look(), replied.late(at(50))), (Some(at(100)), None));
        assert_eq!(replied.late(at(101)), Some(Late::Resolve));
        let waits = CaseClock { waiting_since: Some(at(20)), ..replied };
        assert_eq!((waits.next_look(), waits.late(at(500))), (None, None), "the clock stands still");
        let ended = CaseClock { ended_at: Some(at(90)), ..replied };
        assert_eq!(ended.late(at(500)), None);
        let noticed = CaseClock { is_noticed: true, ..clock() };
        assert_eq!(noticed.late(at(500)), None, "once for each level");
    }

    #[test]
    fn a_promise_is_kept_broken_or_open() {
        assert_eq!(CaseClock::kept(Some(at(10)), Some(at(10)), at(99)), Some(true));
        assert_eq!(CaseClock::kept(Some(at(10)), Some(at(11)), at(99)), Some(false));
        assert_eq!(CaseClock::kept(Some(at(10)), None, at(9)), None);
        assert_eq!(CaseClock::kept(Some(at(10)), None, at(11)), Some(false));
        assert_eq!(CaseClock::kept(None, None, at(11)), None);
    }

    #[test]
    fn a_case_that_waited_for_its_customer_has_as_much_time_as_was_left() {
        let mut content = Content::default();
        content.calendar.timezone = "UTC".to_owned();
        let department = Department {
            title: Default::default(),
            first_reply: None,
            resolve: Some(WorkingTime::Minutes(100)),
            escalate_to: Some("bosses".to_owned()),
            hours: None,
            overflow: None,
        };
        content.departments.insert("refunds".to_owned(), department);
        let waits = CaseClock { waiting_since: Some(at(40)), ..clock() };
        assert_eq!(resumed(&content, "refunds", &waits, at(1_000)).resolve, Some(at(1_060)));
        assert_eq!(promise(&content, "refunds", at(7)).resolve, Some(at(107)));
        assert_eq!(promise(&content, "nobody", at(7)), Promise::default());
        assert_eq!(next_level(&content, "refunds"), None, "there is no such department");
    }
}
