//! What is done so that a cause of complaints leads to no more of them: cause → action → owner → done.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::text::normalise::normalise;

/// Something that is to be done about a cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Improvement {
    /// Its id.
    pub id: String,
    /// The cause, in the words of assessments.
    pub cause: String,
    /// What is done about it.
    pub action: String,
    /// Who sees to it.
    pub owner: String,
    /// By which day.
    pub due_on: Option<Date>,
    /// When it was done; `None` while it is open.
    pub done_at: Option<Timestamp>,
    /// When it was begun.
    pub created_at: Timestamp,
    /// The account of whoever began it.
    pub created_by: String,
    /// What else is to be known; may be empty.
    pub note: String,
}

/// Folds a cause, so that two spellings of one are the same.
pub fn cause_key(cause: &str) -> String {
    let key = normalise(cause);
    if key.is_empty() { cause.trim().to_owned() } else { key }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_cause_are_one() {
        for (one, other) in [("退款超时", " 退款超時 "), ("Slow refund", "slow refund."), ("！", "！ ")] {
            assert_eq!(cause_key(one), cause_key(other));
        }
        assert_ne!(cause_key("退款超时"), cause_key("退款错误"));
    }
}
