//! Who has a conversation: the bot, the queue, one agent, or nobody any more. One owner at any time; each move is a rule.

use jiff::{SignedDuration, Timestamp};
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

/// What a conversation is about, as far as it matters who takes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct About {
    /// The language that the customer writes in (BCP 47).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The intent that it was handed over with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intent: Option<String>,
    /// The agent who knows the customer: the last one, whoever works on their case, or whom it was passed on to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefers: Option<String>,
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
    /// Where it stood when it came, 1 being next; 0 where that says nothing any more.
    #[serde(default)]
    pub number: u32,
    /// What it is about.
    #[serde(default)]
    pub about: About,
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
    /// An agent.
    Agent {
        /// The account.
        agent: String,
        /// Since when.
        since: Timestamp,
        /// The place that it had in the queue.
        place: Place,
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
        /// Where it will stand, 1 being next; 0 where that is not known.
        number: u32,
        /// What for.
        about: About,
    },
    /// An agent takes it.
    Claim {
        /// The account.
        agent: String,
    },
    /// A supervisor takes it, whoever has it.
    TakeOver {
        /// The account.
        agent: String,
        /// For which department, where it has none yet.
        department: String,
    },
    /// Its agent passes it on to a department, or to one of its people.
    Transfer {
        /// The department.
        department: String,
        /// Whom it is meant for first.
        to: Option<String>,
    },
    /// Its agent has gone without a word.
    Lapse,
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

    /// Returns the place that it has, or had before somebody took it.
    pub fn place(&self) -> Option<&Place> {
        match self {
            Owner::Queue(place) | Owner::Agent { place, .. } => Some(place),
            Owner::Bot | Owner::Nobody => None,
        }
    }

    /// Returns the account of the agent who has it.
    pub fn agent(&self) -> Option<&str> {
        match self {
            Owner::Agent { agent, .. } => Some(agent),
            Owner::Bot | Owner::Queue(_) | Owner::Nobody => None,
        }
    }

    /// Returns who has it after a move at an instant.
    ///
    /// # Errors
    /// Fails where the move cannot be made.
    pub fn after(&self, step: &Move, now: Timestamp) -> Result<Owner, NotMoved> {
        Ok(match (self, step) {
            (Owner::Nobody, Move::Reopen) => Owner::Bot,
            (Owner::Nobody, _) => return Err(NotMoved::Ended),
            (_, Move::Close) => Owner::Nobody,
            (_, Move::Reopen) => self.clone(),
            (Owner::Bot, Move::HandOff { department, priority, number, about }) => Owner::Queue(Place {
                department: department.clone(),
                priority: *priority,
                since: now,
                number: *number,
                about: about.clone(),
            }),
            // Who waits keeps their time; an emergency goes to where it belongs, before the others.
            (Owner::Queue(place), Move::HandOff { department, priority, about, .. }) if *priority < place.priority => {
                let about = About { prefers: None, ..about.clone() };
                let (department, since) = (department.clone(), place.since);
                Owner::Queue(Place { department, priority: *priority, since, number: 0, about })
            }
            (Owner::Queue(_) | Owner::Agent { .. }, Move::HandOff { .. }) => self.clone(),
            (Owner::Queue(place), Move::Claim { agent }) => taken(agent, place.clone(), now),
            (Owner::Agent { agent, .. }, Move::Claim { agent: other } | Move::TakeOver { agent: other, .. })
                if agent == other =>
            {
                self.clone()
            }
            (Owner::Agent { .. }, Move::Claim { .. }) => return Err(NotMoved::SomebodyElse),
            (Owner::Bot, Move::Claim { .. }) => return Err(NotMoved::NotWaiting),
            (Owner::Queue(place) | Owner::Agent { place, .. }, Move::TakeOver { agent, .. }) => {
                taken(agent, place.clone(), now)
            }
            (Owner::Bot, Move::TakeOver { agent, department }) => {
                let (department, about) = (department.clone(), About::default());
                taken(agent, Place { department, priority: Priority::Normal, since: now, number: 0, about }, now)
            }
            // Whoever was with a person already goes before those who have not been.
            (Owner::Agent { place, .. }, Move::Transfer { department, to }) => {
                passed_on(place, department, to, (place.priority.min(Priority::High), now))
            }
            (Owner::Queue(place), Move::Transfer { department, to }) => {
                passed_on(place, department, to, (place.priority, place.since))
            }
            (Owner::Agent { place, .. }, Move::Lapse) => {
                let about = About { prefers: None, ..place.about.clone() };
                Owner::Queue(Place { priority: place.priority.min(Priority::High), number: 0, about, ..place.clone() })
            }
            (Owner::Agent { .. } | Owner::Queue(_), Move::Return) => Owner::Bot,
            (Owner::Bot, Move::Transfer { .. } | Move::Return | Move::Lapse) | (Owner::Queue(_), Move::Lapse) => {
                return Err(NotMoved::NotWaiting);
            }
        })
    }
}

fn taken(agent: &str, place: Place, now: Timestamp) -> Owner {
    Owner::Agent { agent: agent.to_owned(), since: now, place }
}

fn passed_on(place: &Place, department: &str, to: &Option<String>, (priority, since): (Priority, Timestamp)) -> Owner {
    let about = About { prefers: to.clone(), ..place.about.clone() };
    Owner::Queue(Place { department: department.to_owned(), priority, since, number: 0, about })
}

/// How long the least urgent stand behind the others.
const LOW_FOR: SignedDuration = SignedDuration::from_mins(3);

impl Place {
    /// What the queue is sorted by at an instant: the most urgent first, of these whoever waits longest. What is least urgent is like
    /// the others once it has waited for a while, lest it wait for as long as others come.
    pub fn order(&self, now: Timestamp) -> (Priority, Timestamp) {
        let has_waited = now.duration_since(self.since) >= LOW_FOR;
        let priority = if self.priority == Priority::Low && has_waited { Priority::Normal } else { self.priority };
        (priority, self.since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second)
    }

    fn hand_off(department: &str, priority: Priority) -> Move {
        Move::HandOff { department: department.to_owned(), priority, number: 0, about: About::default() }
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
        let passed_on = mine.after(&Move::Transfer { department: "risk".to_owned(), to: None }, at(4)).unwrap();
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
        let about = About::default();
        let early =
            Place { department: "general".to_owned(), priority: Priority::Normal, since: at(0), number: 0, about };
        assert!(place.order(at(9)) < early.order(at(9)), "urgent before long");
        let low = Place { priority: Priority::Low, since: at(0), ..early.clone() };
        let normal = Place { since: at(100), ..early };
        assert!(normal.order(at(179)) < low.order(at(179)) && low.order(at(180)) < normal.order(at(180)));
    }

    #[test]
    fn whose_agent_has_gone_waits_again_before_those_who_came_later_and_a_supervisor_takes_any() {
        let queued = Owner::Bot.after(&hand_off("refunds", Priority::Normal), at(1)).unwrap();
        let mine = queued.after(&claim("ann"), at(2)).unwrap();
        let again = mine.after(&Move::Lapse, at(500)).unwrap();
        let place = again.place().unwrap();
        assert_eq!((place.priority, place.since, again.status()), (Priority::High, at(1), Status::Queued));
        assert_eq!(queued.after(&Move::Lapse, at(3)), Err(NotMoved::NotWaiting));
        let take = Move::TakeOver { agent: "sue".to_owned(), department: "general".to_owned() };
        for (owner, department) in [(Owner::Bot, "general"), (queued, "refunds"), (mine, "refunds")] {
            let taken = owner.after(&take, at(4)).unwrap();
            assert_eq!((taken.agent(), taken.place().unwrap().department.as_str()), (Some("sue"), department));
        }
    }

    #[test]
    fn what_was_passed_on_to_somebody_is_theirs_first() {
        let queued = Owner::Bot.after(&hand_off("refunds", Priority::Urgent), at(1)).unwrap();
        let step = Move::Transfer { department: "risk".to_owned(), to: Some("eve".to_owned()) };
        let passed_on = queued.after(&claim("ann"), at(2)).unwrap().after(&step, at(3)).unwrap();
        let place = passed_on.place().unwrap();
        assert_eq!(
            (place.about.prefers.as_deref(), place.priority, place.since),
            (Some("eve"), Priority::Urgent, at(3))
        );
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
