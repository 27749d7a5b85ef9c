//! What may become of a case: which step leads from which state to which.

use crate::dialogue::effects::CaseStatus;

/// What a customer does about a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CustomerStep {
    /// Agrees to what is asked: the account, the sum.
    Confirm,
    /// Takes the request back.
    Withdraw,
    /// Adds something.
    Append,
}

impl CustomerStep {
    /// Returns its name in the history.
    pub fn name(self) -> &'static str {
        match self {
            CustomerStep::Confirm => "confirmed",
            CustomerStep::Withdraw => "withdrawn",
            CustomerStep::Append => "added",
        }
    }

    /// Returns the state that it leads to; `None` where it cannot be taken.
    pub fn from(self, status: CaseStatus) -> Option<CaseStatus> {
        use CaseStatus::{Approved, Closed, Done, InReview, Open, Rejected, WaitingCustomer};
        match (self, status) {
            (CustomerStep::Confirm, WaitingCustomer) => Some(InReview),
            (CustomerStep::Withdraw, Open | WaitingCustomer | InReview) => Some(Closed),
            // What was decided can be appealed against, what was withdrawn is over.
            (CustomerStep::Append, Closed | Done) => None,
            (CustomerStep::Append, WaitingCustomer) => Some(InReview),
            (CustomerStep::Append, Open | InReview | Approved | Rejected) => Some(status),
            (CustomerStep::Confirm | CustomerStep::Withdraw, _) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_stays_over() {
        for step in [CustomerStep::Confirm, CustomerStep::Withdraw, CustomerStep::Append] {
            assert_eq!(step.from(CaseStatus::Closed), None, "{step:?}");
        }
        assert_eq!(CustomerStep::Confirm.from(CaseStatus::WaitingCustomer), Some(CaseStatus::InReview));
        assert_eq!(CustomerStep::Confirm.from(CaseStatus::Open), None);
        assert_eq!(CustomerStep::Withdraw.from(CaseStatus::Approved), None, "money may be on its way");
        assert_eq!(CustomerStep::Append.from(CaseStatus::Rejected), Some(CaseStatus::Rejected));
    }
}
