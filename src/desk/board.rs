//! The desk at an instant: who is at work, who waits, how fast each queue moves.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, Zoned};

use crate::desk::hours::is_open;
use crate::desk::owner::Place;
use crate::desk::promises::hours_of;
use crate::desk::routing::{Agent, AgentState, Kind, Served, Waiting, expected_wait, next, place_among};
use crate::knowledge::content::Content;
use crate::knowledge::texts::TextName;

/// The desk at an instant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Board {
    /// Whether agents work here at all: an operator may have them elsewhere.
    pub is_staffed: bool,
    /// Those who are at work.
    pub agents: Vec<Agent>,
    /// The conversations that wait.
    pub waiting: Vec<Waiting>,
    /// Those who were taken lately, the earliest first.
    pub served: BTreeMap<Kind, Vec<Served>>,
}

/// Where somebody stands in a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// 1 is next.
    pub place: usize,
    /// How long it will take, where that is known.
    pub expected: Option<SignedDuration>,
}

impl Board {
    /// Says how many of a department are at work, whether they take somebody now or later.
    pub fn n_on_duty(&self, department: &str) -> usize {
        let is_there = |agent: &&Agent| agent.state != AgentState::Offline && agent.works_for(department);
        self.agents.iter().filter(is_there).count()
    }

    /// What somebody is told whom nobody of a department can help now: that it keeps other hours, or that nobody is at work.
    pub fn absence(&self, content: &Content, department: &str, here: &Zoned) -> Option<TextName> {
        if !is_open(&content.calendar, hours_of(content, department), here) {
            return Some(TextName::OutOfHours);
        }
        (self.is_staffed && self.n_on_duty(department) == 0).then_some(TextName::NobodyNow)
    }

    /// Says how many wait for a department.
    pub fn n_waiting(&self, department: &str) -> usize {
        self.waiting.iter().filter(|waiting| waiting.place.department == department).count()
    }

    /// Returns where a place stands.
    pub fn standing(&self, place: &Place, now: Timestamp) -> Standing {
        let number = place_among(place, self.waiting.iter().map(|waiting| &waiting.place), now);
        let free = |agent: &Agent| {
            let is_theirs = agent.is_free() && agent.works_for(&place.department) && agent.suits(&place.about);
            if is_theirs { agent.skills.capacity - agent.n_open } else { 0 }
        };
        let n_free = self.agents.iter().map(free).sum();
        let served = self.served.get(&Kind::of(place)).map_or(&[][..], Vec::as_slice);
        Standing { place: number, expected: expected_wait(number, served, n_free) }
    }

    /// Returns the conversation that an agent takes next.
    pub fn next_for(&self, account: &str, now: Timestamp) -> Option<&Waiting> {
        let agent = self.agents.iter().find(|agent| agent.account == account)?;
        next(agent, &self.agents, &self.waiting, now)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::desk::owner::About;
    use crate::desk::routing::Skills;
    use crate::knowledge::intent::Priority;

    #[test]
    fn who_comes_is_told_a_place_and_a_wait() {
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(1);
        let place = |priority, seconds: i64| Place {
            department: "refunds".to_owned(),
            priority,
            since: now - SignedDuration::from_secs(seconds),
            number: 0,
            about: About::default(),
        };
        let waiting = |id: &str, place| Waiting { conversation: id.to_owned(), place };
        let agent = |n_open, state| Agent {
            account: "ann".to_owned(),
            departments: BTreeSet::new(),
            skills: Skills { capacity: 2, ..Skills::default() },
            state,
            n_open,
        };
        let mut board = Board {
            is_staffed: true,
            agents: vec![agent(2, AgentState::Available)],
            waiting: vec![waiting("a", place(Priority::Normal, 50)), waiting("b", place(Priority::Normal, 20))],
            served: BTreeMap::from([(
                Kind::of(&place(Priority::Normal, 0)),
                vec![Served { place: 2, waited: SignedDuration::from_secs(80) }; 3],
            )]),
        };
        let new = place(Priority::Normal, 0);
        assert_eq!(board.standing(&new, now), Standing { place: 3, expected: Some(SignedDuration::from_secs(120)) });
        assert_eq!(board.standing(&place(Priority::Urgent, 0), now).place, 1);
        assert_eq!((board.n_on_duty("refunds"), board.n_waiting("refunds"), board.n_waiting("risk")), (1, 2, 0));
        assert_eq!(board.next_for("ann", now), None);
        board.agents = vec![agent(1, AgentState::Available)];
        assert_eq!(board.next_for("ann", now).unwrap().conversation, "a");
        assert_eq!(board.standing(&board.waiting[0].place, now).expected, Some(SignedDuration::ZERO));
        board.agents = vec![agent(0, AgentState::Offline)];
        assert_eq!(board.n_on_duty("refunds"), 0);
    }
}
