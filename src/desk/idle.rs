//! What becomes of a conversation in which the customer says nothing any more. Knows no clock and no store.

use jiff::SignedDuration;

use crate::dialogue::state::DialogueState;

/// Whose turn it is while a customer is silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// The bot has said what it had to say.
    Bot,
    /// The bot has asked for something that a request needs: who looks for an order's number needs time.
    Request,
    /// It waits for a person, or is with one.
    Person,
}

impl Waiting {
    /// Returns what a conversation with the bot waits for.
    pub fn of_bot(state: &DialogueState) -> Self {
        if state.task.is_some() && state.awaiting.is_some() { Self::Request } else { Self::Bot }
    }
}

/// After how long a silent conversation ends; a zero never ends one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdleLimits {
    /// With the bot.
    pub bot: SignedDuration,
    /// With the bot, which waits for what a request needs.
    pub request: SignedDuration,
    /// In the queue, or with an agent.
    pub person: SignedDuration,
    /// After the end, how long a message opens it again; zero for not at all.
    pub reopen: SignedDuration,
}

impl IdleLimits {
    /// Says whether a conversation has been silent for long enough to end.
    pub fn ends(&self, waiting: Waiting, silence: SignedDuration) -> bool {
        let limit = match waiting {
            Waiting::Bot => self.bot,
            Waiting::Request => self.request,
            Waiting::Person => self.person,
        };
        !limit.is_zero() && silence >= limit
    }

    /// Says whether a message opens a conversation again that ended so long ago for its silence.
    pub fn reopens(&self, since_end: SignedDuration) -> bool {
        !self.reopen.is_zero() && since_end <= self.reopen
    }

    /// Returns the shortest silence that can end a conversation; `None` where none does.
    pub fn shortest(&self) -> Option<SignedDuration> {
        [self.bot, self.request, self.person].into_iter().filter(|limit| !limit.is_zero()).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::state::{Awaiting, Task};
    use crate::knowledge::intent::IntentName;

    fn limits(bot: i64, request: i64, person: i64) -> IdleLimits {
        let minutes = SignedDuration::from_mins;
        IdleLimits { bot: minutes(bot), request: minutes(request), person: minutes(person), reopen: minutes(1440) }
    }

    #[test]
    fn who_is_silent_for_long_enough_is_let_go() {
        use Waiting::{Bot, Person, Request};
        let usual = limits(30, 1440, 2880);
        for (limits, waiting, minutes, expected) in [
            (usual, Bot, 29, false),
            (usual, Bot, 30, true),
            (usual, Bot, -5, false),
            (usual, Request, 30, false),
            (usual, Request, 1439, false),
            (usual, Request, 1440, true),
            (usual, Person, 1440, false),
            (usual, Person, 2880, true),
            (limits(0, 10, 10), Bot, 1_000_000, false),
            (limits(10, 0, 10), Request, 1_000_000, false),
            (limits(10, 10, 0), Person, 1_000_000, false),
        ] {
            let ends = limits.ends(waiting, SignedDuration::from_mins(minutes));
            assert_eq!(ends, expected, "{waiting:?} {minutes}");
        }
        assert_eq!(usual.shortest(), Some(SignedDuration::from_mins(30)));
        assert_eq!(limits(0, 20, 10).shortest(), Some(SignedDuration::from_mins(10)));
        assert_eq!(limits(0, 0, 0).shortest(), None);
    }

    #[test]
    fn whoever_comes_back_in_time_goes_on() {
        for (hours, since_hours, expected) in
            [(24, 0, true), (24, 24, true), (24, 25, false), (0, 0, false), (24, -1, true)]
        {
            let limits = IdleLimits { reopen: SignedDuration::from_hours(hours), ..limits(1, 1, 1) };
            assert_eq!(limits.reopens(SignedDuration::from_hours(since_hours)), expected, "{hours} {since_hours}");
        }
    }

    #[test]
    fn only_a_question_of_a_flow_is_waited_for() {
        let task = Some(Task::new(IntentName("refund.request".to_owned()), "refund"));
        let asked = Some(Awaiting::Slot("order_number".to_owned()));
        for (task, awaiting, expected) in [
            (None, None, Waiting::Bot),
            (None, Some(Awaiting::Person), Waiting::Bot),
            (task.clone(), None, Waiting::Bot),
            (task.clone(), asked, Waiting::Request),
            (task, Some(Awaiting::Confirmation), Waiting::Request),
        ] {
            let state = DialogueState { task, awaiting, ..DialogueState::default() };
            assert_eq!(Waiting::of_bot(&state), expected, "{state:?}");
        }
    }
}
