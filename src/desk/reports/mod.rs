//! What cases and conversations tell when they are counted: complaints of a year, promises of a period, use of the service. Figures
//! alone, no numbers of cases, nobody's name; of what customers wrote only questions, masked, that several asked in the same words.
//! Pure: cases and events come in one by one, a report comes out.

pub mod complaints;
pub mod figures;
pub mod promises;
pub mod usage;
pub mod usage_count;
pub mod usage_course;

use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;

use crate::desk::case_steps::Assessment;
use crate::desk::promises::{CaseClock, Late};
use crate::knowledge::calendar::Calendar;
use crate::knowledge::intent::CaseKind;

/// As much of a case as reports need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportedCase {
    /// What it is about.
    pub kind: CaseKind,
    /// Who has it.
    pub department: String,
    /// Of a complaint: whom it is about (a value of the slot `reason`).
    pub reason: Option<String>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// How often it went to the next level.
    pub level: i64,
    /// What is promised, and what became of it.
    pub clock: CaseClock,
    /// How it was assessed.
    pub assessment: Option<Assessment>,
    /// The promises that departments broke on the way.
    pub broken: Vec<BrokenPromise>,
}

/// A promise that a department broke before the case was passed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenPromise {
    /// Which.
    pub late: Late,
    /// Whose.
    pub department: String,
}

/// What became of a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was kept.
    Kept,
    /// It was not.
    Broken,
    /// There is time left.
    Open,
    /// There was none, or the case ended before anything was due.
    Nothing,
}

impl ReportedCase {
    /// Says what became of a promise of whoever has the case now.
    pub fn outcome(&self, which: Late, now: Timestamp) -> Outcome {
        let clock = &self.clock;
        let (due, done_at) = match which {
            Late::FirstReply => (clock.promise.first_reply, clock.replied_at),
            Late::Resolve => (clock.promise.resolve, clock.ended_at),
        };
        // The clock stands still while the customer is asked, and nothing is owed after the end.
        let looked_at = [Some(now), clock.waiting_since, clock.ended_at].into_iter().flatten().min().unwrap_or(now);
        match (due, CaseClock::kept(due, done_at, looked_at)) {
            (None, _) => Outcome::Nothing,
            (Some(_), Some(true)) => Outcome::Kept,
            (Some(_), Some(false)) => Outcome::Broken,
            (Some(_), None) if clock.ended_at.is_some() => Outcome::Nothing,
            (Some(_), None) => Outcome::Open,
        }
    }

    /// Says what became of a promise to the customer, whoever made it: broken by one is broken.
    pub fn outcome_of_all(&self, which: Late, now: Timestamp) -> Outcome {
        if self.broken.iter().any(|broken| broken.late == which) { Outcome::Broken } else { self.outcome(which, now) }
    }
}

/// A time from its first instant until before its last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub until: Timestamp,
}

impl Period {
    /// Returns the days between two, both included, in the calendar's zone; `None` where the last lies before the first.
    pub fn of_days(calendar: &Calendar, first: Date, last: Date) -> Option<Self> {
        let zone = zone(calendar);
        let start = |day: Date| Some(day.to_zoned(zone.clone()).ok()?.timestamp());
        let period = Self { from: start(first)?, until: start(last.tomorrow().ok()?)? };
        (period.from < period.until).then_some(period)
    }

    /// Returns a year in the calendar's zone; `None` where it is none that a calendar holds.
    pub fn of_year(calendar: &Calendar, year: i16) -> Option<Self> {
        if !YEARS.contains(&year) {
            return None;
        }
        Self::of_days(calendar, date(year, 1, 1), date(year, 12, 31))
    }

    /// Says whether an instant lies in it.
    pub fn contains(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }
}

/// Years that somebody may have complained in.
const YEARS: std::ops::RangeInclusive<i16> = 1970..=9000;

/// Returns the zone in which days and years are told.
pub fn zone(calendar: &Calendar) -> TimeZone {
    TimeZone::get(&calendar.timezone).unwrap_or(TimeZone::UTC)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::promises::Promise;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_promise_is_kept_broken_open_or_nothing_is_owed() {
        use Outcome::{Broken, Kept, Nothing, Open};
        let clock = |replied: Option<i64>, waiting: Option<i64>, ended: Option<i64>| CaseClock {
            promise: Promise { first_reply: Some(at(10)), resolve: Some(at(100)) },
            replied_at: replied.map(at),
            waiting_since: waiting.map(at),
            ended_at: ended.map(at),
            is_noticed: false,
        };
        for (clock, now, expected) in [
            (clock(None, None, None), 5, (Open, Open)),
            (clock(None, None, None), 11, (Broken, Open)),
            (clock(Some(10), None, Some(100)), 999, (Kept, Kept)),
            (clock(Some(11), None, Some(101)), 999, (Broken, Broken)),
            (clock(Some(9), Some(50), None), 999, (Kept, Open)), // it waits for the customer
            (clock(Some(9), Some(150), None), 999, (Kept, Broken)), // it was late before
            (clock(None, None, Some(5)), 999, (Nothing, Kept)),  // withdrawn at once
            (clock(None, None, Some(50)), 999, (Broken, Kept)),
            (CaseClock::default(), 999, (Nothing, Nothing)),
        ] {
            let case = ReportedCase {
                kind: CaseKind::Refund,
                department: "refunds".to_owned(),
                reason: None,
                opened_at: at(0),
                level: 0,
                clock,
                assessment: None,
                broken: Vec::new(),
            };
            let outcomes = (case.outcome(Late::FirstReply, at(now)), case.outcome(Late::Resolve, at(now)));
            assert_eq!(outcomes, expected, "{clock:?}");
            let passed_on = BrokenPromise { late: Late::Resolve, department: "payments".to_owned() };
            let passed_on = ReportedCase { broken: vec![passed_on], ..case };
            assert_eq!(passed_on.outcome_of_all(Late::Resolve, at(now)), Broken);
            assert_eq!(passed_on.outcome_of_all(Late::FirstReply, at(now)), expected.0);
        }
    }

    #[test]
    fn a_year_is_one_of_the_calendars_zone() {
        let calendar = Calendar { timezone: "Asia/Shanghai".to_owned(), ..Calendar::default() };
        let year = Period::of_year(&calendar, 2026).unwrap();
        assert_eq!(year.from.to_string(), "2025-12-31T16:00:00Z");
        assert_eq!(year.until.to_string(), "2026-12-31T16:00:00Z");
        assert!(year.contains(year.from) && !year.contains(year.until));
        assert_eq!(Period::of_days(&calendar, date(2026, 3, 1), date(2026, 2, 28)), None);
        assert!(Period::of_days(&calendar, date(2026, 3, 1), date(2026, 3, 1)).is_some());
        assert_eq!(Period::of_year(&calendar, 0), None);
        assert_eq!(Period::of_year(&calendar, i16::MAX), None);
    }
}
