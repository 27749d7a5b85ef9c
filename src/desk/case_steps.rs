//! What may become of a case: which step leads from which state to which, and what must have happened before.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

use crate::dialogue::effects::CaseStatus;
use crate::knowledge::intent::CaseKind;

/// Something that is done about a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaseStep {
    /// The customer says yes or no to what is asked: the sum, the account.
    Answer {
        /// Which.
        agrees: bool,
    },
    /// The customer takes the request back.
    Withdraw,
    /// The customer adds something.
    Append,
    /// Somebody begins to work on it.
    TakeUp,
    /// Somebody replies to the customer.
    Reply,
    /// Somebody asks the customer for something.
    Ask,
    /// It is decided for the customer.
    Approve,
    /// It is decided against the customer.
    Reject,
    /// What was decided is done: the money is back, the account is open.
    Finish,
    /// It ends.
    Close,
}

impl CaseStep {
    /// Returns its name in the history.
    pub fn name(self) -> &'static str {
        match self {
            CaseStep::Answer { agrees: true } => "confirmed",
            CaseStep::Answer { agrees: false } => "declined",
            CaseStep::Withdraw => "withdrawn",
            CaseStep::Append => "added",
            CaseStep::TakeUp => "taken_up",
            CaseStep::Reply => "replied",
            CaseStep::Ask => "asked",
            CaseStep::Approve => "approved",
            CaseStep::Reject => "rejected",
            CaseStep::Finish => "finished",
            CaseStep::Close => "closed",
        }
    }
}

/// What a step hangs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaseFacts {
    /// What it is about.
    pub kind: CaseKind,
    /// How it stands.
    pub status: CaseStatus,
    /// Whether the customer has had a reply that is recorded.
    pub is_replied: bool,
    /// Whether the customer has agreed to the sum and the account.
    pub is_confirmed: bool,
    /// Whether somebody has assessed it.
    pub is_assessed: bool,
}

/// Why a step cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum StepRefused {
    /// It does not follow on how the case stands.
    #[error("the case is {}", .0.name())]
    NotNow(CaseStatus),
    /// Money moves only after the customer has agreed.
    #[error("the customer has not confirmed the sum and the account")]
    NotConfirmed,
    /// A complaint is decided by an assessment.
    #[error("the complaint has not been assessed")]
    NotAssessed,
    /// No case ends without a reply.
    #[error("the customer has had no reply yet")]
    NotReplied,
}

impl CaseFacts {
    /// Returns the state that a step leads to.
    ///
    /// # Errors
    /// Fails where the step cannot be taken, and says why.
    pub fn after(&self, step: CaseStep) -> Result<CaseStatus, StepRefused> {
        use CaseStatus::{Approved, Closed, Done, InReview, Open, Rejected, WaitingCustomer};
        let status = match (step, self.status) {
            // What was withdrawn, or has ended, is over.
            (CaseStep::Reply, Closed) => return Err(StepRefused::NotNow(self.status)),
            (CaseStep::Reply, status) => status,
            (CaseStep::Answer { .. }, WaitingCustomer) => InReview,
            (CaseStep::Withdraw, Open | WaitingCustomer | InReview) => Closed,
            // An appeal, or what was asked for: somebody looks again.
            (CaseStep::Append, WaitingCustomer | Rejected) => InReview,
            (CaseStep::Append, Open | InReview | Approved) => self.status,
            (CaseStep::TakeUp, Open | WaitingCustomer) => InReview,
            (CaseStep::Ask, Open | InReview) => WaitingCustomer,
            (CaseStep::Approve, InReview) => Approved,
            (CaseStep::Reject, Open | InReview) => Rejected,
            (CaseStep::Finish, Approved) => Done,
            (CaseStep::Finish, InReview) if !moves_money(self.kind) || self.is_confirmed => Done,
            (CaseStep::Close, Open | InReview | WaitingCustomer | Rejected | Done) => Closed,
            (_, status) => return Err(StepRefused::NotNow(status)),
        };
        let decides = matches!(step, CaseStep::Approve | CaseStep::Reject | CaseStep::Finish | CaseStep::Close);
        if decides && self.kind == CaseKind::Complaint && !self.is_assessed {
            return Err(StepRefused::NotAssessed);
        }
        if step == CaseStep::Approve && moves_money(self.kind) && !self.is_confirmed {
            return Err(StepRefused::NotConfirmed);
        }
        if step == CaseStep::Close && !self.is_replied {
            return Err(StepRefused::NotReplied);
        }
        Ok(status)
    }
}

/// Says whether a case has come to its end, so that its clock stops.
pub fn has_ended(status: CaseStatus) -> bool {
    matches!(status, CaseStatus::Rejected | CaseStatus::Done | CaseStatus::Closed)
}

/// Says whether money moves when a case of this kind is approved.
fn moves_money(kind: CaseKind) -> bool {
    kind == CaseKind::Refund
}

/// What the customer is asked to agree to before money moves, and what they said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Confirmation {
    /// The sum (`128.5 CNY`).
    pub amount: String,
    /// Where it goes, as much of it as may be shown.
    pub account: String,
    /// When it was asked.
    #[schema(value_type = String, format = DateTime)]
    pub asked_at: Timestamp,
    /// Yes or no.
    pub agrees: Option<bool>,
    /// When that was said.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub answered_at: Option<Timestamp>,
}

/// How bad what is complained about is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// A nuisance.
    Minor,
    /// Somebody was harmed or put off.
    Major,
    /// Money, data or safety of many.
    Critical,
}

/// What a complaint was found to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The customer is right.
    Upheld,
    /// The customer is right in part.
    PartlyUpheld,
    /// The customer is not.
    NotUpheld,
}

/// How a complaint was assessed, and by whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Assessment {
    /// How bad it is.
    pub severity: Severity,
    /// What led to it, in a word or two that reports group by.
    pub cause: String,
    /// What was decided.
    pub decision: Verdict,
    /// The account of whoever assessed it.
    pub by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEPS: [CaseStep; 11] = [
        CaseStep::Answer { agrees: true },
        CaseStep::Answer { agrees: false },
        CaseStep::Withdraw,
        CaseStep::Append,
        CaseStep::TakeUp,
        CaseStep::Reply,
        CaseStep::Ask,
        CaseStep::Approve,
        CaseStep::Reject,
        CaseStep::Finish,
        CaseStep::Close,
    ];

    fn case(kind: CaseKind, status: CaseStatus) -> CaseFacts {
        CaseFacts { kind, status, is_replied: true, is_confirmed: true, is_assessed: true }
    }

    #[test]
    fn what_is_over_stays_over() {
        for step in STEPS {
            let refused = case(CaseKind::Refund, CaseStatus::Closed).after(step);
            assert_eq!(refused, Err(StepRefused::NotNow(CaseStatus::Closed)), "{step:?}");
        }
    }

    #[test]
    fn a_refund_goes_its_way() {
        use CaseStatus::{Approved, Closed, Done, InReview, Open, Rejected, WaitingCustomer};
        for (from, step, to) in [
            (Open, CaseStep::TakeUp, InReview),
            (InReview, CaseStep::Ask, WaitingCustomer),
            (WaitingCustomer, CaseStep::Answer { agrees: true }, InReview),
            (InReview, CaseStep::Approve, Approved),
            (Approved, CaseStep::Finish, Done),
            (Done, CaseStep::Close, Closed),
            (InReview, CaseStep::Reject, Rejected),
            (Rejected, CaseStep::Append, InReview),
            (Open, CaseStep::Withdraw, Closed),
            (Approved, CaseStep::Append, Approved),
        ] {
            assert_eq!(case(CaseKind::Refund, from).after(step), Ok(to), "{step:?}");
        }
        let refused = |status, step| case(CaseKind::Refund, status).after(step) == Err(StepRefused::NotNow(status));
        assert!(refused(Approved, CaseStep::Withdraw), "money may be on its way");
        assert!(refused(Open, CaseStep::Answer { agrees: true }), "nothing was asked");
        assert!(refused(Done, CaseStep::Append) && refused(Approved, CaseStep::Close));
    }

    #[test]
    fn no_money_moves_that_the_customer_has_not_confirmed() {
        let unconfirmed = CaseFacts { is_confirmed: false, ..case(CaseKind::Refund, CaseStatus::InReview) };
        assert_eq!(unconfirmed.after(CaseStep::Approve), Err(StepRefused::NotConfirmed));
        assert!(unconfirmed.after(CaseStep::Finish).is_err(), "nor is it said to be done");
        let account = CaseFacts { kind: CaseKind::Account, ..unconfirmed };
        assert_eq!(account.after(CaseStep::Approve), Ok(CaseStatus::Approved));
    }

    #[test]
    fn no_complaint_is_decided_unassessed_and_no_case_closes_without_a_reply() {
        for status in CaseStatus::ALL {
            let unassessed = CaseFacts { is_assessed: false, ..case(CaseKind::Complaint, status) };
            for step in [CaseStep::Approve, CaseStep::Reject, CaseStep::Finish, CaseStep::Close] {
                assert!(unassessed.after(step).is_err(), "{status:?} {step:?}");
            }
            let unreplied = CaseFacts { is_replied: false, ..case(CaseKind::Transaction, status) };
            assert!(unreplied.after(CaseStep::Close).is_err(), "{status:?}");
        }
    }
}
