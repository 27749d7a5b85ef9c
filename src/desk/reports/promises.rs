//! Which promises departments kept. A broken promise is its department's also after the case was passed on.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::promises::Late;
use crate::desk::reports::figures::Part;
use crate::desk::reports::{Outcome, ReportedCase};

/// What became of promises of one sort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct Promises {
    /// Kept.
    pub kept: u64,
    /// Broken.
    pub broken: u64,
    /// There is time left.
    pub open: u64,
    /// The share that was kept of those that are not open, 0 to 1; null where there is none.
    pub share_kept: Option<f64>,
}

impl Promises {
    /// Counts one more.
    pub fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Kept => self.kept += 1,
            Outcome::Broken => self.broken += 1,
            Outcome::Open => self.open += 1,
            Outcome::Nothing => {}
        }
        self.share_kept = Part::of(self.kept, self.kept + self.broken).share;
    }
}

/// What became of a department's promises.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct DepartmentPromises {
    /// The department's key.
    pub department: String,
    /// Cases that it has, or had and was late with.
    pub n: u64,
    /// The first reply.
    pub first_reply: Promises,
    /// The end.
    pub resolve: Promises,
}

/// Counts promises, case by case.
#[derive(Clone, Debug)]
pub struct PromiseCount {
    now: Timestamp,
    departments: BTreeMap<String, DepartmentPromises>,
}

impl PromiseCount {
    /// Begins; what is still open hangs on the instant.
    pub fn new(now: Timestamp) -> Self {
        Self { now, departments: BTreeMap::new() }
    }

    /// Counts a case.
    pub fn add(&mut self, case: &ReportedCase) {
        let now = self.now;
        let is_broken = |department: &str, late| {
            case.broken.iter().any(|broken| broken.department == department && broken.late == late)
        };
        let own = |late| if is_broken(&case.department, late) { Outcome::Broken } else { case.outcome(late, now) };
        self.count(&case.department, own(Late::FirstReply), own(Late::Resolve));
        let mut others: Vec<&str> = case.broken.iter().map(|broken| broken.department.as_str()).collect();
        others.retain(|department| *department != case.department);
        others.sort_unstable();
        others.dedup();
        for department in others {
            let broken = |late| if is_broken(department, late) { Outcome::Broken } else { Outcome::Nothing };
            self.count(department, broken(Late::FirstReply), broken(Late::Resolve));
        }
    }

    fn count(&mut self, department: &str, first_reply: Outcome, resolve: Outcome) {
        let of_department = self.departments.entry(department.to_owned()).or_insert_with(|| DepartmentPromises {
            department: department.to_owned(),
            ..DepartmentPromises::default()
        });
        of_department.n += 1;
        of_department.first_reply.add(first_reply);
        of_department.resolve.add(resolve);
    }

    /// Ends, with the departments in the order of their keys.
    pub fn finish(self) -> Vec<DepartmentPromises> {
        self.departments.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::promises::{CaseClock, Promise};
    use crate::desk::reports::BrokenPromise;
    use crate::knowledge::intent::CaseKind;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn case(department: &str, replied: Option<i64>, ended: Option<i64>, broken: &[(Late, &str)]) -> ReportedCase {
        let promise = Promise { first_reply: Some(at(10)), resolve: Some(at(100)) };
        let (replied_at, ended_at) = (replied.map(at), ended.map(at));
        let broken =
            broken.iter().map(|(late, department)| BrokenPromise { late: *late, department: (*department).to_owned() });
        ReportedCase {
            kind: CaseKind::Refund,
            department: department.to_owned(),
            reason: None,
            opened_at: at(0),
            level: 0,
            clock: CaseClock { promise, replied_at, ended_at, ..CaseClock::default() },
            assessment: None,
            broken: broken.collect(),
        }
    }

    #[test]
    fn each_department_answers_for_its_own_promises() {
        let mut count = PromiseCount::new(at(20));
        for case in [
            case("refunds", Some(5), Some(15), &[]),
            case("refunds", Some(15), None, &[]),
            // Late in refunds, then in time in management.
            case("management", Some(5), Some(15), &[(Late::FirstReply, "refunds")]),
            // Nobody stands above: noticed, and late by its own clock, and one case.
            case("management", None, None, &[(Late::FirstReply, "management")]),
        ] {
            count.add(&case);
        }
        let shown = |promises: Promises| (promises.kept, promises.broken, promises.open, promises.share_kept);
        let found: Vec<_> = count
            .finish()
            .into_iter()
            .map(|of| (of.department, of.n, shown(of.first_reply), shown(of.resolve)))
            .collect();
        let expected = [
            ("management".to_owned(), 2, (1, 1, 0, Some(0.5)), (1, 0, 1, Some(1.0))),
            ("refunds".to_owned(), 3, (1, 2, 0, Some(0.3333)), (1, 0, 1, Some(1.0))),
        ];
        assert_eq!(found, expected);
    }
}
