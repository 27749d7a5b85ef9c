//! Who has a conversation: the bot, the queue, one agent, or nobody any more. One owner at any time; each move is a rule.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

use crate::knowledge::intent::Priority;

/// Who owns a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// The bot answers.
    Bot,
    /// It waits for a person.
    Queued,
    /// A person answers.
    Agent,
    /// It has ended.
    Closed,
}

impl Status {
    /// Returns its name in the API and the store.
    pub fn name(self) -> &'static str {
        match self {
            Status::Bot => "bot",
            Status::Queued => "queued",
            Status::Agent => "agent",
            Status::Closed => "closed",
        }
    }
}

/// A place in the queue: of which department, how urgent, since when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The department.
    pub department: String,
    /// How urgent it is.
    pub priority: Priority,
    /// Since when it waits.
    pub since: Timestamp,
}

/// Who has a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// The bot.
    #[default]
    Bot,
    /// Nobody yet: it waits in a queue.
    Queue(Place),
    /// An agent, and the department it came to them by.
    Agent {
        /// The account.
        agent: String,
        /// The department.
        department: String,
    },
    /// Nobody any more.
    Nobody,
}

/// What is done with a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move {
    /// The bot, a rule or the customer wants a person.
    HandOff {
        /// Of which department.
        department: String,
        /// How urgently.
        priority: Priority,
    },
    /// An agent takes it.
    Claim {
        /// The account.
        agent: String,
    },
    /// Its agent passes it on to a department.
    Transfer {
        /// The department.
        department: String,
    },
    /// Its agent gives it back to the bot.
    Return,
    /// It ends.
    Close,
    /// The customer writes again, soon after silence has ended it.
    Reopen,
}

/// Why a conversation was not moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NotMoved {
    /// It has ended.
    #[error("the conversation has ended")]
    Ended,
    /// Somebody else has it.
    #[error("somebody else has the conversation")]
    SomebodyElse,
    /// It does not wait for a person.
    #[error("the conversation does not wait for a person")]
    NotWaiting,
}

impl Owner {
    /// Says how the conversation stands with it.
    pub fn status(&self) -> Status {
        match self {
            Owner::Bot => Status::Bot,
            Owner::Queue(_) => Status::Queued,
            Owner::Agent { .. } => Status::Agent,
            Owner::Nobody => Status::Closed,
        }
    }

    /// Says whether an agent may write: it is theirs now, whoever had it when the reply was begun.
    pub fn may_write(&self, account: &str) -> bool {
        matches!(self, Owner::Agent { agent, .. } if agent == account)
    }

    /// Returns who has it after a move at an instant.
    ///
    /// # Errors
    /// Fails where the move cannot be made.
    pub fn after(&self, step: &Move, now: Timestamp) -> Result<Owner, NotMoved> {
        let queue = |department: &str, priority, since| {
            Owner::Queue(Place { department: department.to_owned(), priority, since })
        };
        Ok(match (self, step) {
            (Owner::Nobody, Move::Reopen) => Owner::Bot,
            (Owner::Nobody, _) => return Err(NotMoved::Ended),
            (_, Move::Close) => Owner::Nobody,
            (_, Move::Reopen) => self.clone(),
            (Owner::Bot, Move::HandOff { department, priority }) => queue(department, *priority, now),
            // Who waits keeps their time; an emergency goes to where it belongs, before the others.
            (Owner::Queue(place), Move::HandOff { department, priority }) if *priority < place.priority => {
                queue(department, *priority, place.since)
            }
            (Owner::Queue(_) | Owner::Agent { .. }, Move::HandOff { .. }) => self.clone(),
            (Owner::Queue(place), Move::Claim { agent }) => {
                Owner::Agent { agent: agent.clone(), department: place.department.clone() }
            }
            (Owner::Agent { agent, .. }, Move::Claim { agent: other }) if agent == other => self.clone(),
            (Owner::Agent { .. }, Move::Claim { .. }) => return Err(NotMoved::SomebodyElse),
            (Owner::Bot, Move::Claim { .. }) => return Err(NotMoved::NotWaiting),
            (Owner::Agent { .. }, Move::Transfer { department }) => queue(department, Priority::High, now),
            (Owner::Queue(place), Move::Transfer { department }) => queue(department, place.priority, place.since),
            (Owner::Agent { .. } | Owner::Queue(_), Move::Return) => Owner::Bot,
            (Owner::Bot, Move::Transfer { .. } | Move::Return) => return Err(NotMoved::NotWaiting),
        })
    }
}

impl Place {
    /// What the queue is sorted by: the most urgent first, of these whoever waits longest.
    pub fn order(&self) -> (Priority, Timestamp) {
        (self.priority, self.since)
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second)
    }

    fn hand_off(department: &str, priority: Priority) -> Move {
        Move::HandOff { department: department.to_owned(), priority }
    }

    fn claim(agent: &str) -> Move {
        Move::Claim { agent: agent.to_owned() }
    }

    #[test]
    fn a_conversation_goes_from_the_bot_to_an_agent_and_back() {
        let queued = Owner::Bot.after(&hand_off("refunds", Priority::Normal), at(1)).unwrap();
        assert_eq!(queued.status(), Status::Queued);
        let mine = queued.after(&claim("ann"), at(2)).unwrap();
        assert!(mine.may_write("ann") && !mine.may_write("bob"));
        assert_eq!(mine.after(&claim("bob"), at(3)), Err(NotMoved::SomebodyElse));
        assert_eq!(mine.after(&hand_off("risk", Priority::Urgent), at(3)), Ok(mine.clone()), "they are with a person");
        let passed_on = mine.after(&Move::Transfer { department: "risk".to_owned() }, at(4)).unwrap();
        assert!(!passed_on.may_write("ann"), "a reply begun before is refused");
        assert_eq!(passed_on.after(&Move::Return, at(5)), Ok(Owner::Bot));
        assert_eq!(Owner::Bot.after(&claim("ann"), at(5)), Err(NotMoved::NotWaiting));
    }

    #[test]
    fn an_emergency_jumps_the_queue_and_keeps_the_time_waited() {
        let queued = Owner::Bot.after(&hand_off("refunds", Priority::Normal), at(1)).unwrap();
        let Owner::Queue(place) = queued.after(&hand_off("risk", Priority::Urgent), at(9)).unwrap() else {
            panic!("it waits")
        };
        assert_eq!((place.department.as_str(), place.since), ("risk", at(1)));
        assert_eq!(queued.after(&hand_off("general", Priority::Low), at(9)), Ok(queued));
        let early = Place { department: "general".to_owned(), priority: Priority::Normal, since: at(0) };
        assert!(place.order() < early.order(), "urgent before long");
    }

    #[test]
    fn what_has_ended_is_only_opened_again() {
        for step in [hand_off("risk", Priority::Urgent), claim("ann"), Move::Return, Move::Close] {
            assert_eq!(Owner::Nobody.after(&step, at(1)), Err(NotMoved::Ended));
        }
        assert_eq!(Owner::Nobody.after(&Move::Reopen, at(1)), Ok(Owner::Bot));
        assert_eq!(Owner::Bot.after(&Move::Close, at(1)), Ok(Owner::Nobody));
    }
}
