//! A case from its opening to its end: what each step makes of it, and what its clock does. Pure: the store keeps it, the time
//! comes in.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::desk::case_steps::{Assessment, CaseFacts, CaseStep, Confirmation, StepRefused, has_ended};
use crate::desk::promises::{CaseClock, Late, Promise, next_level, promise, resumed};
use crate::dialogue::effects::{CaseDraft, CaseStatus};
use crate::dialogue::state::Held;
use crate::knowledge::content::Content;
use crate::knowledge::intent::{CaseKind, Priority};

/// A case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Its number.
    pub number: String,
    /// What it is about.
    pub kind: CaseKind,
    /// How it stands.
    pub status: CaseStatus,
    /// Who works on it.
    pub department: String,
    /// The conversation that opened it; empty where none did, or its customer was erased.
    pub conversation: String,
    /// Whose it is, where the shop vouches for them; the store knows it.
    pub subject: Option<String>,
    /// Its order.
    pub order_number: Option<String>,
    /// What was given, by slot; secrets are sealed.
    pub slots: BTreeMap<String, Held>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When something last happened.
    pub updated_at: Timestamp,
    /// Counts its changes.
    pub version: i64,
    /// Its place among others.
    pub priority: Priority,
    /// How often it went to the next level.
    pub level: i64,
    /// The account of whoever works on it.
    pub assignee: Option<String>,
    /// What is promised, and what became of it.
    pub clock: CaseClock,
    /// When a promise was first broken.
    pub late_at: Option<Timestamp>,
    /// What the customer is asked to agree to.
    pub confirmation: Option<Confirmation>,
    /// How it was assessed.
    pub assessment: Option<Assessment>,
}

/// What a clock says of a case that is late.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overdue {
    /// Which promise was broken.
    pub late: Late,
    /// The department that has it from now on, where there is a next level.
    pub to: Option<String>,
}

impl Case {
    /// Opens a case, with the promise of its department.
    pub fn open(number: &str, draft: &CaseDraft, conversation: &str, content: &Content, now: Timestamp) -> Self {
        Self {
            number: number.to_owned(),
            kind: draft.kind,
            status: CaseStatus::Open,
            department: draft.department.clone(),
            conversation: conversation.to_owned(),
            subject: None,
            order_number: draft.slots.get("order_number").map(|held| held.value.clone()),
            slots: draft.slots.clone(),
            opened_at: now,
            updated_at: now,
            version: 0,
            priority: draft.priority,
            level: 0,
            assignee: None,
            clock: CaseClock { promise: promise_about(draft, content, now), ..CaseClock::default() },
            late_at: None,
            confirmation: None,
            assessment: None,
        }
    }

    /// Returns what its next step hangs on.
    pub fn facts(&self) -> CaseFacts {
        CaseFacts {
            kind: self.kind,
            status: self.status,
            is_replied: self.clock.replied_at.is_some(),
            is_confirmed: self.confirmation.as_ref().is_some_and(|asked| asked.agrees == Some(true)),
            is_assessed: self.assessment.is_some(),
        }
    }

    /// Takes a step.
    ///
    /// # Errors
    /// Fails where it cannot be taken; nothing has changed then.
    pub fn step(&mut self, step: CaseStep, content: &Content, now: Timestamp) -> Result<(), StepRefused> {
        let status = self.facts().after(step)?;
        let goes_on = self.clock.ended_at.is_some() && !has_ended(status);
        if goes_on {
            // An appeal: promised anew.
            self.clock = CaseClock { promise: promise(content, &self.department, now), ..CaseClock::default() };
        } else if self.clock.waiting_since.is_some() && status != CaseStatus::WaitingCustomer {
            self.clock.promise = resumed(content, &self.department, &self.clock, now);
            self.clock.waiting_since = None;
        }
        match step {
            CaseStep::Answer { agrees } => {
                if let Some(asked) = &mut self.confirmation {
                    (asked.agrees, asked.answered_at) = (Some(agrees), Some(now));
                }
            }
            CaseStep::Ask => {
                self.clock.waiting_since = Some(now);
                self.clock.replied_at.get_or_insert(now);
            }
            CaseStep::Reply | CaseStep::Reject => {
                self.clock.replied_at.get_or_insert(now);
            }
            CaseStep::Withdraw
            | CaseStep::Append
            | CaseStep::TakeUp
            | CaseStep::Approve
            | CaseStep::Finish
            | CaseStep::Close => {}
        }
        if has_ended(status) {
            self.clock.ended_at.get_or_insert(now);
        }
        self.status = status;
        Ok(())
    }

    /// Asks the customer to agree to a sum and an account; an earlier answer holds no longer.
    ///
    /// # Errors
    /// Fails as a question does that cannot be asked now.
    pub fn ask_to_confirm(
        &mut self,
        amount: &str,
        account: &str,
        content: &Content,
        now: Timestamp,
    ) -> Result<(), StepRefused> {
        self.step(CaseStep::Ask, content, now)?;
        let (amount, account) = (amount.to_owned(), account.to_owned());
        self.confirmation = Some(Confirmation { amount, account, asked_at: now, agrees: None, answered_at: None });
        Ok(())
    }

    /// Passes it on to another department, which promises anew; nobody there has taken it up.
    pub fn move_to(&mut self, department: &str, content: &Content, now: Timestamp) {
        let replied_at = self.clock.replied_at;
        let mut promise = promise(content, department, now);
        if replied_at.is_some() {
            promise.first_reply = self.clock.promise.first_reply;
        }
        self.clock = CaseClock { promise, is_noticed: false, ..self.clock };
        department.clone_into(&mut self.department);
        self.assignee = None;
    }

    /// Passes it on to the next level; returns which, `None` where there is none.
    pub fn escalate(&mut self, content: &Content, now: Timestamp) -> Option<String> {
        let next = next_level(content, &self.department)?.to_owned();
        self.move_to(&next, content, now);
        self.level += 1;
        Some(next)
    }

    /// Looks at its clock: a case that is late goes to the next level, once for each.
    pub fn look(&mut self, content: &Content, now: Timestamp) -> Option<Overdue> {
        let late = self.clock.late(now)?;
        self.late_at.get_or_insert(now);
        let to = self.escalate(content, now);
        if to.is_none() {
            self.clock.is_noticed = true;
        }
        Some(Overdue { late, to })
    }
}

/// How long after the time that a customer wants to be called a call is still in time.
const CALL_WITHIN: SignedDuration = SignedDuration::from_mins(30);

/// Returns what is promised about something new: what its department promises; a call at its time; nothing about a suggestion, which
/// waits for nobody.
pub fn promise_about(draft: &CaseDraft, content: &Content, now: Timestamp) -> Promise {
    let usual = promise(content, &draft.department, now);
    match draft.kind {
        CaseKind::Suggestion => Promise::default(),
        CaseKind::Callback => {
            let call = call_time(draft, content).map(|at| at + CALL_WITHIN);
            let not_before = |due: Option<Timestamp>| due.max(call);
            Promise { first_reply: not_before(usual.first_reply), resolve: not_before(usual.resolve) }
        }
        CaseKind::Transaction
        | CaseKind::Refund
        | CaseKind::Account
        | CaseKind::Complaint
        | CaseKind::Merchant
        | CaseKind::Privacy
        | CaseKind::Inquiry => usual,
    }
}

/// When a customer wants to be called, where that is a time of a day.
fn call_time(draft: &CaseDraft, content: &Content) -> Option<Timestamp> {
    let time: DateTime = draft.slots.get("time")?.value.parse().ok()?;
    let zone = TimeZone::get(&content.calendar.timezone).unwrap_or(TimeZone::UTC);
    time.to_zoned(zone).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::intent::IntentName;
    use crate::knowledge::operator::{Department, WorkingTime};

    fn at(minute: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute)
    }

    /// Refunds promise a reply within 10 minutes and an end within 100; bosses twice that.
    fn content() -> Content {
        let mut content = Content::default();
        content.calendar.timezone = "UTC".to_owned();
        for (name, factor, escalate_to) in [("refunds", 1, Some("bosses")), ("bosses", 2, None)] {
            let department = Department {
                title: Default::default(),
                first_reply: Some(WorkingTime::Minutes(10 * factor)),
                resolve: Some(WorkingTime::Minutes(100 * factor)),
                escalate_to: escalate_to.map(str::to_owned),
                hours: None,
                overflow: None,
            };
            content.departments.insert(name.to_owned(), department);
        }
        content
    }

    fn opened(kind: CaseKind) -> Case {
        let intent = IntentName("refund.request".to_owned());
        let (department, priority) = ("refunds".to_owned(), Priority::Normal);
        let draft = CaseDraft { kind, department, intent, slots: BTreeMap::new(), priority };
        Case::open("RF-1", &draft, "conv_1", &content(), at(0))
    }

    #[test]
    fn a_refund_is_confirmed_before_it_is_approved() {
        let (mut case, content) = (opened(CaseKind::Refund), content());
        case.step(CaseStep::TakeUp, &content, at(1)).unwrap();
        assert_eq!(case.step(CaseStep::Approve, &content, at(2)), Err(StepRefused::NotConfirmed));
        case.ask_to_confirm("128 CNY", "尾号 1234", &content, at(2)).unwrap();
        assert_eq!((case.status, case.clock.replied_at), (CaseStatus::WaitingCustomer, Some(at(2))));
        case.step(CaseStep::Answer { agrees: false }, &content, at(3)).unwrap();
        assert_eq!(case.step(CaseStep::Approve, &content, at(4)), Err(StepRefused::NotConfirmed));
        case.ask_to_confirm("128 CNY", "尾号 5678", &content, at(5)).unwrap();
        assert_eq!(case.confirmation.as_ref().unwrap().agrees, None, "the earlier answer is gone");
        case.step(CaseStep::Answer { agrees: true }, &content, at(6)).unwrap();
        case.step(CaseStep::Approve, &content, at(7)).unwrap();
        case.step(CaseStep::Finish, &content, at(8)).unwrap();
        assert_eq!((case.status, case.clock.ended_at), (CaseStatus::Done, Some(at(8))));
    }

    #[test]
    fn a_call_is_promised_for_its_time_and_a_suggestion_for_none() {
        let mut draft = CaseDraft {
            kind: CaseKind::Callback,
            department: "refunds".to_owned(),
            intent: IntentName("callback.request".to_owned()),
            slots: BTreeMap::from([("time".to_owned(), Held::plain("1970-01-02T10:00"))]),
            priority: Priority::Normal,
        };
        let called = promise_about(&draft, &content(), at(0));
        assert_eq!(called, Promise { first_reply: Some(at(34 * 60 + 30)), resolve: Some(at(34 * 60 + 30)) });
        draft.slots.clear();
        assert_eq!(promise_about(&draft, &content(), at(0)).first_reply, Some(at(10)), "as soon as others");
        draft.kind = CaseKind::Suggestion;
        assert_eq!(promise_about(&draft, &content(), at(0)), Promise::default());
    }

    #[test]
    fn a_late_case_goes_up_once_for_each_level() {
        let (mut case, content) = (opened(CaseKind::Refund), content());
        assert_eq!(case.look(&content, at(10)), None);
        let overdue = case.look(&content, at(11)).unwrap();
        assert_eq!(overdue, Overdue { late: Late::FirstReply, to: Some("bosses".to_owned()) });
        assert_eq!((case.level, case.late_at, case.department.as_str()), (1, Some(at(11)), "bosses"));
        assert_eq!(case.clock.promise.first_reply, Some(at(31)), "promised anew");
        assert_eq!(case.look(&content, at(12)), None);
        let overdue = case.look(&content, at(32)).unwrap();
        assert_eq!((overdue.to, case.look(&content, at(9_999))), (None, None), "nobody stands above them");
        assert_eq!(case.late_at, Some(at(11)), "when it was first late");
    }

    #[test]
    fn the_clock_stands_still_while_the_customer_is_asked() {
        let (mut case, content) = (opened(CaseKind::Transaction), content());
        case.step(CaseStep::Ask, &content, at(40)).unwrap();
        assert_eq!(case.look(&content, at(5_000)), None);
        case.step(CaseStep::Append, &content, at(6_000)).unwrap();
        assert_eq!((case.status, case.clock.promise.resolve), (CaseStatus::InReview, Some(at(6_060))));
    }

    #[test]
    fn an_appeal_is_promised_anew() {
        let (mut case, content) = (opened(CaseKind::Transaction), content());
        case.step(CaseStep::Reject, &content, at(5)).unwrap();
        assert!(case.clock.ended_at.is_some() && case.clock.replied_at.is_some());
        case.step(CaseStep::Append, &content, at(50)).unwrap();
        assert_eq!((case.status, case.clock.ended_at), (CaseStatus::InReview, None));
        assert_eq!(case.clock.promise.first_reply, Some(at(60)));
    }
}
