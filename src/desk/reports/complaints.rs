//! The complaints of a year: how many, of which types, which share was handled and how fast, what led to them and what is done
//! about that.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::case_steps::{Severity, Verdict};
use crate::desk::improvements::{Improvement, cause_key};
use crate::desk::promises::Late;
use crate::desk::reports::figures::{Hours, Named, Part};
use crate::desk::reports::promises::Promises;
use crate::desk::reports::{Period, ReportedCase, zone};
use crate::knowledge::calendar::Calendar;

/// In place of a name where there is none: no type was given, nobody has assessed it.
pub const NONE: &str = "none";

/// Months of a year.
const MONTHS: usize = 12;

/// The complaints of a year.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ComplaintReport {
    /// The year, in the calendar's zone.
    pub year: i16,
    /// The instant that "until now" and "open" mean.
    #[schema(value_type = String, format = DateTime)]
    pub as_of: Timestamp,
    /// The departments whose complaints are counted; empty for all.
    pub departments: Vec<String>,
    /// How many were recorded.
    pub recorded: u64,
    /// Whom they are about, the most frequent first.
    pub by_type: Vec<Named>,
    /// How bad what is complained about is.
    pub by_severity: Vec<Named>,
    /// What was decided.
    pub by_decision: Vec<Named>,
    /// How many were recorded in each month, from January on.
    pub by_month: Vec<u64>,
    /// How many were handled within the year.
    pub handled_in_year: Part,
    /// How many have been handled until now.
    pub handled: Part,
    /// How many are not handled yet.
    pub open: Part,
    /// How long it took from the opening to the end.
    pub handling_hours: Hours,
    /// What became of the promise of a first reply.
    pub first_reply: Promises,
    /// What became of the promise of an end.
    pub resolve: Promises,
    /// How many went to a higher level.
    pub escalated: Part,
    /// What led to them, the most frequent first, with what is done about it.
    pub causes: Vec<Cause>,
}

/// Something that led to complaints.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Cause {
    /// In the words of the assessments.
    pub cause: String,
    /// How many complaints it led to.
    #[serde(flatten)]
    pub part: Part,
    /// What is done about it.
    pub actions: Vec<Action>,
}

/// Something that is done about a cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ImprovementAction)]
pub struct Action {
    /// What.
    pub action: String,
    /// Who sees to it.
    pub owner: String,
    /// By which day.
    #[schema(value_type = Option<String>, format = Date)]
    pub due_on: Option<jiff::civil::Date>,
    /// When it was done; null while it is open.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub done_at: Option<Timestamp>,
}

/// Counts complaints, case by case.
#[derive(Clone, Debug)]
pub struct ComplaintCount {
    year: i16,
    period: Period,
    zone: TimeZone,
    now: Timestamp,
    n: u64,
    types: BTreeMap<String, u64>,
    severities: BTreeMap<&'static str, u64>,
    decisions: BTreeMap<&'static str, u64>,
    /// By key: as it was first written, and how many.
    causes: BTreeMap<String, (String, u64)>,
    months: [u64; MONTHS],
    n_handled_in_year: u64,
    hours: Vec<f64>,
    first_reply: Promises,
    resolve: Promises,
    n_escalated: u64,
}

impl ComplaintCount {
    /// Begins with a year; `None` where it is none that a calendar holds.
    pub fn of_year(calendar: &Calendar, year: i16, now: Timestamp) -> Option<Self> {
        Some(Self {
            year,
            period: Period::of_year(calendar, year)?,
            zone: zone(calendar),
            now,
            n: 0,
            types: BTreeMap::new(),
            severities: BTreeMap::new(),
            decisions: BTreeMap::new(),
            causes: BTreeMap::new(),
            months: [0; MONTHS],
            n_handled_in_year: 0,
            hours: Vec::new(),
            first_reply: Promises::default(),
            resolve: Promises::default(),
            n_escalated: 0,
        })
    }

    /// Returns when the complaints were opened that are to be counted.
    pub fn period(&self) -> Period {
        self.period
    }

    /// Counts a complaint.
    pub fn add(&mut self, case: &ReportedCase) {
        self.n += 1;
        *self.types.entry(case.reason.clone().unwrap_or_else(|| NONE.to_owned())).or_default() += 1;
        let month = case.opened_at.to_zoned(self.zone.clone()).month();
        self.months[usize::from(month.unsigned_abs()) - 1] += 1;
        let found = case.assessment.as_ref();
        *self.severities.entry(found.map_or(NONE, |found| severity_name(found.severity))).or_default() += 1;
        *self.decisions.entry(found.map_or(NONE, |found| verdict_name(found.decision))).or_default() += 1;
        if let Some(found) = found {
            let of_cause = self.causes.entry(cause_key(&found.cause));
            of_cause.or_insert_with(|| (found.cause.trim().to_owned(), 0)).1 += 1;
        }
        if let Some(ended_at) = case.clock.ended_at {
            self.n_handled_in_year += u64::from(ended_at < self.period.until);
            self.hours.push(hours_between(case.opened_at, ended_at));
        }
        self.first_reply.add(case.outcome_of_all(Late::FirstReply, self.now));
        self.resolve.add(case.outcome_of_all(Late::Resolve, self.now));
        self.n_escalated += u64::from(case.level > 0);
    }

    /// Ends, with what is done about the causes; an action for a cause without complaints is told where it is open, or was done
    /// in the year.
    pub fn finish(self, departments: Vec<String>, improvements: &[Improvement]) -> ComplaintReport {
        let n = self.n;
        let n_handled = self.hours.len() as u64;
        ComplaintReport {
            year: self.year,
            as_of: self.now,
            departments,
            recorded: n,
            by_type: most_frequent_first(self.types, n),
            by_severity: in_order(&SEVERITIES.map(severity_name), &self.severities, n),
            by_decision: in_order(&VERDICTS.map(verdict_name), &self.decisions, n),
            by_month: self.months.to_vec(),
            handled_in_year: Part::of(self.n_handled_in_year, n),
            handled: Part::of(n_handled, n),
            open: Part::of(n - n_handled, n),
            handling_hours: Hours::of(self.hours),
            first_reply: self.first_reply,
            resolve: self.resolve,
            escalated: Part::of(self.n_escalated, n),
            causes: causes(self.causes, improvements, self.period, n),
        }
    }
}

fn causes(
    mut counted: BTreeMap<String, (String, u64)>,
    improvements: &[Improvement],
    period: Period,
    n: u64,
) -> Vec<Cause> {
    let mut actions: BTreeMap<String, Vec<Action>> = BTreeMap::new();
    for improvement in improvements {
        let key = cause_key(&improvement.cause);
        let is_told = improvement.done_at.is_none_or(|done_at| period.contains(done_at));
        if !counted.contains_key(&key) && !is_told {
            continue;
        }
        counted.entry(key.clone()).or_insert_with(|| (improvement.cause.clone(), 0));
        let Improvement { action, owner, due_on, done_at, .. } = improvement.clone();
        actions.entry(key).or_default().push(Action { action, owner, due_on, done_at });
    }
    let cause = |(key, (cause, of_cause)): (String, (String, u64))| Cause {
        cause,
        part: Part::of(of_cause, n),
        actions: actions.remove(&key).unwrap_or_default(),
    };
    let mut causes: Vec<Cause> = counted.into_iter().map(cause).collect();
    causes.sort_by_key(|cause| std::cmp::Reverse(cause.part.n));
    causes
}

fn most_frequent_first(counted: BTreeMap<String, u64>, all: u64) -> Vec<Named> {
    let mut named: Vec<Named> = counted.into_iter().map(|(name, n)| Named { name, part: Part::of(n, all) }).collect();
    named.sort_by_key(|named| std::cmp::Reverse(named.part.n));
    named
}

/// All names in their order, at last what has none.
fn in_order(names: &[&'static str], counted: &BTreeMap<&'static str, u64>, all: u64) -> Vec<Named> {
    let named = |name: &&'static str| {
        let n = counted.get(name).copied().unwrap_or_default();
        Named { name: (*name).to_owned(), part: Part::of(n, all) }
    };
    names.iter().chain([&NONE]).map(named).collect()
}

fn hours_between(from: Timestamp, until: Timestamp) -> f64 {
    until.duration_since(from).as_secs_f64().max(0.0) / SECONDS_OF_AN_HOUR
}

const SECONDS_OF_AN_HOUR: f64 = 3600.0;

const SEVERITIES: [Severity; 3] = [Severity::Minor, Severity::Major, Severity::Critical];

fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Minor => "minor",
        Severity::Major => "major",
        Severity::Critical => "critical",
    }
}

const VERDICTS: [Verdict; 3] = [Verdict::Upheld, Verdict::PartlyUpheld, Verdict::NotUpheld];

fn verdict_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Upheld => "upheld",
        Verdict::PartlyUpheld => "partly_upheld",
        Verdict::NotUpheld => "not_upheld",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::case_steps::Assessment;
    use crate::desk::promises::{CaseClock, Promise};
    use crate::desk::reports::BrokenPromise;
    use crate::knowledge::intent::CaseKind;

    /// Opened; ended; type; severity, decision and cause; level; whether a promise was broken on the way.
    type Line<'l> = (&'l str, &'l str, &'l str, Option<(Severity, Verdict, &'l str)>, i64, bool);

    const NOW: &str = "2027-01-20T00:00:00+08:00";

    const CASES: &[Line<'_>] = {
        use Severity::{Critical, Major, Minor};
        use Verdict::{NotUpheld, PartlyUpheld, Upheld};
        &[
            // The first and the last instant of the year in Shanghai.
            (
                "2026-01-01T00:00:00+08:00",
                "2026-01-01T10:00:00+08:00",
                "merchant",
                Some((Minor, NotUpheld, "误解")),
                0,
                false,
            ),
            (
                "2026-12-31T23:00:00+08:00",
                "2027-01-01T23:00:00+08:00",
                "platform",
                Some((Major, Upheld, "退款超时")),
                0,
                false,
            ),
            ("2026-12-31T22:00:00+08:00", "", "", None, 0, false),
            (
                "2026-06-01T09:00:00+08:00",
                "2026-06-03T09:00:00+08:00",
                "platform",
                Some((Critical, PartlyUpheld, " 退款超時 ")),
                1,
                true,
            ),
        ]
    };

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn case(line: &Line<'_>) -> ReportedCase {
        let (opened_at, ended_at, reason, found, level, is_broken) = *line;
        let opened_at = at(opened_at);
        let ended_at = (!ended_at.is_empty()).then(|| at(ended_at));
        let assessment = |(severity, decision, cause): (Severity, Verdict, &str)| Assessment {
            severity,
            cause: cause.to_owned(),
            decision,
            by: "user_li".to_owned(),
            at: opened_at,
        };
        let due = |days: i64| Some(opened_at + jiff::SignedDuration::from_hours(24 * days));
        let broken = BrokenPromise { late: Late::FirstReply, department: "complaints".to_owned() };
        ReportedCase {
            kind: CaseKind::Complaint,
            department: "complaints".to_owned(),
            reason: (!reason.is_empty()).then(|| reason.to_owned()),
            opened_at,
            level,
            clock: CaseClock {
                promise: Promise { first_reply: due(1), resolve: due(60) },
                replied_at: ended_at,
                ended_at,
                ..CaseClock::default()
            },
            assessment: found.map(assessment),
            broken: if is_broken { vec![broken] } else { Vec::new() },
        }
    }

    fn count(cases: &[Line<'_>]) -> ComplaintCount {
        let calendar = Calendar { timezone: "Asia/Shanghai".to_owned(), ..Calendar::default() };
        let mut count = ComplaintCount::of_year(&calendar, 2026, at(NOW)).unwrap();
        for line in cases {
            let case = case(line);
            assert!(count.period().contains(case.opened_at));
            count.add(&case);
        }
        count
    }

    fn improvement(cause: &str, action: &str, done_at: Option<&str>) -> Improvement {
        Improvement {
            id: "improvement_1".to_owned(),
            cause: cause.to_owned(),
            action: action.to_owned(),
            owner: "小李".to_owned(),
            due_on: None,
            done_at: done_at.map(at),
            created_at: at("2026-02-01T00:00:00Z"),
            created_by: "user_li".to_owned(),
            note: String::new(),
        }
    }

    fn named(named: &[Named]) -> Vec<(&str, u64)> {
        named.iter().map(|named| (named.name.as_str(), named.part.n)).collect()
    }

    #[test]
    fn a_year_is_counted_as_the_regulator_asks() {
        let report = count(CASES).finish(Vec::new(), &[]);
        assert_eq!((report.year, report.recorded), (2026, 4));
        assert_eq!(named(&report.by_type), [("platform", 2), ("merchant", 1), (NONE, 1)]);
        assert_eq!(named(&report.by_severity), [("minor", 1), ("major", 1), ("critical", 1), (NONE, 1)]);
        assert_eq!(named(&report.by_decision), [("upheld", 1), ("partly_upheld", 1), ("not_upheld", 1), (NONE, 1)]);
        assert_eq!(report.by_month, [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 2]);
        assert_eq!((report.handled_in_year, report.handled), (Part::of(2, 4), Part::of(3, 4)));
        assert_eq!((report.open, report.escalated), (Part::of(1, 4), Part::of(1, 4)));
        let hours = Hours { n: 3, median: Some(24.0), ninety_percent: Some(48.0), longest: Some(48.0) };
        assert_eq!(report.handling_hours, hours);
        let first = report.first_reply;
        assert_eq!((first.kept, first.broken, first.open), (2, 2, 0), "one was passed on, one nobody has answered");
        assert_eq!((report.resolve.kept, report.resolve.open), (3, 1));
        let causes: Vec<_> = report.causes.iter().map(|cause| (cause.cause.as_str(), cause.part.n)).collect();
        assert_eq!(causes, [("退款超时", 2), ("误解", 1)]);
    }

    #[test]
    fn each_cause_has_what_is_done_about_it() {
        let improvements = [
            improvement("退款超時", "自动提醒", None),
            improvement("退款超时", "加人", Some("2025-03-01T00:00:00Z")),
            improvement("页面打不开", "换服务器", Some("2026-03-01T00:00:00Z")),
            improvement("去年的事", "已了结", Some("2025-03-01T00:00:00Z")),
        ];
        let report = count(CASES).finish(Vec::new(), &improvements);
        let causes: Vec<_> = report
            .causes
            .iter()
            .map(|cause| {
                let actions: Vec<&str> = cause.actions.iter().map(|action| action.action.as_str()).collect();
                (cause.cause.as_str(), cause.part.n, actions)
            })
            .collect();
        let expected =
            [("退款超时", 2, vec!["自动提醒", "加人"]), ("误解", 1, vec![]), ("页面打不开", 0, vec!["换服务器"])];
        assert_eq!(causes, expected);
    }

    #[test]
    fn a_year_without_complaints_has_no_shares_and_nobodys_name_is_told() {
        let report = count(&[]).finish(Vec::new(), &[]);
        assert_eq!((report.recorded, report.handled.share, report.first_reply.share_kept), (0, None, None));
        assert_eq!(report.handling_hours, Hours::default());
        let whole = serde_json::to_string(&count(CASES).finish(Vec::new(), &[])).unwrap();
        assert!(!whole.contains("user_li"), "{whole}");
    }
}
