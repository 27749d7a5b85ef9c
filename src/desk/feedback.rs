//! What a customer thinks of an answer, or of it all, and what that was about.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why an answer did not help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnhelpfulReason {
    /// It is not true.
    Wrong,
    /// Something is missing.
    Incomplete,
    /// It cannot be understood.
    Unclear,
    /// It was true once.
    Outdated,
    /// It answers something else.
    NotMyQuestion,
    /// Another one.
    Other,
}

impl UnhelpfulReason {
    /// All of them.
    pub const ALL: [UnhelpfulReason; 6] = [
        UnhelpfulReason::Wrong,
        UnhelpfulReason::Incomplete,
        UnhelpfulReason::Unclear,
        UnhelpfulReason::Outdated,
        UnhelpfulReason::NotMyQuestion,
        UnhelpfulReason::Other,
    ];

    /// Returns its name in the API and the store.
    pub fn name(self) -> &'static str {
        match self {
            UnhelpfulReason::Wrong => "wrong",
            UnhelpfulReason::Incomplete => "incomplete",
            UnhelpfulReason::Unclear => "unclear",
            UnhelpfulReason::Outdated => "outdated",
            UnhelpfulReason::NotMyQuestion => "not_my_question",
            UnhelpfulReason::Other => "other",
        }
    }

    /// Reads its name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }
}

/// Three dimensions, each from 1 to 5.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Ratings {
    /// How soon an answer came.
    #[schema(minimum = 1, maximum = 5)]
    pub response_time: Option<u8>,
    /// How they were treated.
    #[schema(minimum = 1, maximum = 5)]
    pub attitude: Option<u8>,
    /// How well it was solved.
    #[schema(minimum = 1, maximum = 5)]
    pub resolution: Option<u8>,
}

/// What a customer thinks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opinion {
    /// Whether it helped.
    pub helpful: Option<bool>,
    /// Why it did not.
    pub reason: Option<UnhelpfulReason>,
    /// From 1 to 5.
    pub ratings: Ratings,
    /// Whether they would use the service again.
    pub again: Option<bool>,
    /// In their own words, masked.
    pub comment: Option<String>,
}

/// What an opinion is about, as the message says that is meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Topic {
    /// The entry that was shown.
    pub entry: Option<String>,
    /// The intent that was understood.
    pub intent: Option<String>,
    /// What the bot decided (`answer`, `flow` …).
    pub decision: Option<String>,
    /// The content's revision.
    pub revision: Option<String>,
    /// The account of the agent who wrote it.
    pub agent: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_has_the_same_name_in_code_and_json() {
        for reason in UnhelpfulReason::ALL {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.name());
            assert_eq!(UnhelpfulReason::parse(reason.name()), Some(reason));
        }
        assert_eq!(UnhelpfulReason::parse("Wrong"), None);
    }
}
