//! Who takes which conversation that waits: by department, urgency, language, skill and acquaintance; what is nobody's first
//! choice goes to anybody of the department after a while.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::desk::owner::{About, Place};
use crate::knowledge::intent::Priority;

/// What an agent is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AgentState {
    /// Takes conversations.
    Available,
    /// Takes none for a while.
    Pause,
    /// Writes up what was done, and takes none meanwhile.
    WrapUp,
    /// Is not there.
    #[default]
    Offline,
}

impl AgentState {
    /// Returns its name in the API and the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::Pause => "pause",
            Self::WrapUp => "wrap_up",
            Self::Offline => "offline",
        }
    }

    /// Reads a name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Available, Self::Pause, Self::WrapUp, Self::Offline].into_iter().find(|state| state.name() == name)
    }
}

/// What an agent can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skills {
    /// Conversations at once.
    pub capacity: u32,
    /// Languages (BCP 47); any where none is named.
    pub languages: BTreeSet<String>,
    /// Intents, or the first part of their names (`refund`, `merchant.problem`); any where none is named.
    pub intents: BTreeSet<String>,
}

/// Conversations at once, where nobody has said how many.
pub const USUAL_CAPACITY: u32 = 5;

impl Default for Skills {
    fn default() -> Self {
        Self { capacity: USUAL_CAPACITY, languages: BTreeSet::new(), intents: BTreeSet::new() }
    }
}

/// An agent at work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    /// The account.
    pub account: String,
    /// The departments; empty for all.
    pub departments: BTreeSet<String>,
    /// What they can do.
    pub skills: Skills,
    /// What they are doing.
    pub state: AgentState,
    /// Conversations that they have.
    pub n_open: u32,
}

impl Agent {
    /// Says whether they take one more.
    pub fn is_free(&self) -> bool {
        self.state == AgentState::Available && self.n_open < self.skills.capacity
    }

    /// Says whether they work for a department.
    pub fn works_for(&self, department: &str) -> bool {
        self.departments.is_empty() || self.departments.contains(department)
    }

    /// Says whether it is what they are there for.
    pub fn suits(&self, about: &About) -> bool {
        let (languages, intents) = (&self.skills.languages, &self.skills.intents);
        let speaks = about.language.as_ref().is_none_or(|language| {
            languages.is_empty() || languages.iter().any(|known| primary(known) == primary(language))
        });
        let knows = about.intent.as_ref().is_none_or(|intent| {
            let covers = |known: &String| intent == known || intent.starts_with(&format!("{known}."));
            intents.is_empty() || intents.iter().any(covers)
        });
        speaks && knows
    }
}

fn primary(language: &str) -> &str {
    language.split('-').next().unwrap_or_default()
}

/// A conversation that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Its id.
    pub conversation: String,
    /// Its place.
    pub place: Place,
}

/// How long a conversation is kept for the agent who knows its customer, while that agent is free.
const KEPT_FOR: SignedDuration = SignedDuration::from_secs(60);

/// How long one waits for somebody whom it suits.
const SUITED_FOR: SignedDuration = SignedDuration::from_secs(120);

/// Returns the conversation that an agent takes next; `agents` are all who are at work.
pub fn next<'w>(
    agent: &Agent,
    agents: &[Agent],
    waiting: impl IntoIterator<Item = &'w Waiting>,
    now: Timestamp,
) -> Option<&'w Waiting> {
    if !agent.is_free() {
        return None;
    }
    let may_take = |waiting: &&Waiting| {
        let Place { department, since, about, .. } = &waiting.place;
        let waited = now.duration_since(*since);
        let is_anothers = about.prefers.as_ref().is_some_and(|known| {
            *known != agent.account
                && waited < KEPT_FOR
                && agents.iter().any(|other| other.account == *known && other.is_free() && other.works_for(department))
        });
        agent.works_for(department) && !is_anothers && (agent.suits(about) || waited >= SUITED_FOR)
    };
    let order = |waiting: &&Waiting| {
        let is_known = waiting.place.about.prefers.as_deref() == Some(agent.account.as_str());
        let (priority, since) = waiting.place.order(now);
        (priority, !is_known, since, waiting.conversation.clone())
    };
    waiting.into_iter().filter(may_take).min_by_key(order)
}

/// Says how many of a department stand before a place, and itself: 1 is next.
pub fn place_among<'p>(place: &Place, waiting: impl IntoIterator<Item = &'p Place>, now: Timestamp) -> usize {
    let is_before = |other: &&Place| other.department == place.department && other.order(now) < place.order(now);
    1 + waiting.into_iter().filter(is_before).count()
}

/// Those whose waits tell how long others will wait: the last ones of a kind, and of these the ones who stood nearest. Fewer than a
/// few tell nothing.
pub const REMEMBERED: usize = 60;
const NEAREST: usize = 12;
const FEWEST: usize = 3;

/// Who is compared with whom: of a department, as urgent, in the same language.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind {
    /// The department.
    pub department: String,
    /// How urgent it is.
    pub priority: Priority,
    /// The language, without its region; empty where it is not known.
    pub language: String,
}

impl Kind {
    /// Returns the kind of a place.
    pub fn of(place: &Place) -> Self {
        let language = place.about.language.as_deref().map(primary).unwrap_or_default().to_owned();
        Self { department: place.department.clone(), priority: place.priority, language }
    }
}

/// Somebody who has been taken from a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Served {
    /// Where they stood when they came; 1 is next.
    pub place: u32,
    /// How long they have waited.
    pub waited: SignedDuration,
}

/// Returns how long whoever comes will wait: not at all while somebody is free for them, else as long, for each place, as those of
/// their kind who stood about there, being overtaken by the urgent and all.
pub fn expected_wait(place: usize, served: &[Served], n_free: u32) -> Option<SignedDuration> {
    let place = u32::try_from(place).ok()?;
    if place <= n_free {
        return Some(SignedDuration::ZERO);
    }
    let mut nearest: Vec<&Served> = served.iter().rev().take(REMEMBERED).collect();
    nearest.sort_by_key(|served| served.place.abs_diff(place));
    nearest.truncate(NEAREST);
    let places = i32::try_from(nearest.iter().map(|served| u64::from(served.place)).sum::<u64>()).ok()?;
    if nearest.len() < FEWEST || places == 0 {
        return None;
    }
    let waited = nearest.iter().fold(SignedDuration::ZERO, |sum, served| sum + served.waited);
    Some(
        SignedDuration::try_from_secs_f64(waited.as_secs_f64() * f64::from(place) / f64::from(places))
            .unwrap_or_default(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second)
    }

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn agent(account: &str, departments: &[&str]) -> Agent {
        Agent {
            account: account.to_owned(),
            departments: set(departments),
            skills: Skills::default(),
            state: AgentState::Available,
            n_open: 0,
        }
    }

    fn waiting(id: &str, department: &str, priority: Priority, since: i64) -> Waiting {
        let place =
            Place { department: department.to_owned(), priority, since: at(since), number: 0, about: About::default() };
        Waiting { conversation: id.to_owned(), place }
    }

    fn taken(agent: &Agent, agents: &[Agent], waiting: &[Waiting], now: i64) -> Option<String> {
        next(agent, agents, waiting, at(now)).map(|next| next.conversation.clone())
    }

    #[test]
    fn the_most_urgent_is_taken_and_of_these_whoever_waits_longest() {
        let ann = agent("ann", &["refunds"]);
        let queue = [
            waiting("late", "refunds", Priority::Normal, 5),
            waiting("early", "refunds", Priority::Normal, 1),
            waiting("urgent", "refunds", Priority::Urgent, 9),
            waiting("elsewhere", "risk", Priority::Urgent, 0),
        ];
        assert_eq!(taken(&ann, &[], &queue, 10).as_deref(), Some("urgent"));
        assert_eq!(taken(&ann, &[], &queue[..2], 10).as_deref(), Some("early"));
        assert_eq!(taken(&ann, &[], &queue[3..], 10), None);
        let busy = Agent { n_open: USUAL_CAPACITY, ..ann.clone() };
        let away = Agent { state: AgentState::Pause, ..ann };
        assert_eq!((taken(&busy, &[], &queue, 10), taken(&away, &[], &queue, 10)), (None, None));
    }

    #[test]
    fn whom_the_customer_knows_is_waited_for_while_they_are_free() {
        let (ann, bob) = (agent("ann", &[]), agent("bob", &[]));
        let mut known = waiting("known", "refunds", Priority::Normal, 0);
        known.place.about.prefers = Some("ann".to_owned());
        let queue = [waiting("early", "refunds", Priority::Normal, -9), known];
        assert_eq!(taken(&ann, std::slice::from_ref(&ann), &queue, 10).as_deref(), Some("known"));
        assert_eq!(taken(&bob, std::slice::from_ref(&ann), &queue[1..], 10), None);
        assert_eq!(taken(&bob, std::slice::from_ref(&ann), &queue[1..], 60).as_deref(), Some("known"));
        let busy = Agent { n_open: 9, ..ann };
        assert_eq!(taken(&bob, &[busy], &queue[1..], 10).as_deref(), Some("known"));
    }

    #[test]
    fn language_and_skill_decide_at_first() {
        let mut english = waiting("english", "refunds", Priority::Normal, 0);
        english.place.about =
            About { language: Some("en-GB".to_owned()), intent: Some("refund.status".to_owned()), prefers: None };
        let skilled = |languages: &[&str], intents: &[&str]| Agent {
            skills: Skills { languages: set(languages), intents: set(intents), ..Skills::default() },
            ..agent("ann", &[])
        };
        for (languages, intents, suits) in [
            (&["zh-CN"][..], &[][..], false),
            (&["zh-CN", "en"], &["refund"], true),
            (&[], &["refund.status"], true),
            (&[], &["refund.stat"], false),
            (&[], &["merchant"], false),
        ] {
            let ann = skilled(languages, intents);
            let queue = [english.clone()];
            assert_eq!(taken(&ann, &[], &queue, 119).is_some(), suits, "{languages:?} {intents:?}");
            assert!(taken(&ann, &[], &queue, 120).is_some(), "nobody is forgotten");
        }
    }

    #[test]
    fn a_wait_is_told_from_how_fast_the_queue_moves() {
        let served = |place, seconds| Served { place, waited: SignedDuration::from_secs(seconds) };
        let waits = [served(1, 20), served(4, 130), served(5, 150)];
        assert_eq!(expected_wait(4, &waits, 0), Some(SignedDuration::from_secs(120)));
        assert_eq!(expected_wait(2, &waits, 2), Some(SignedDuration::ZERO));
        assert_eq!((expected_wait(3, &waits[..2], 2), expected_wait(3, &[served(0, 9); 9], 0)), (None, None));
        let uneven: Vec<Served> = (1..=40).map(|place| served(place, if place > 20 { 400 } else { 10 })).collect();
        assert!(
            expected_wait(6, &uneven, 0).unwrap() < SignedDuration::from_secs(20),
            "who stood elsewhere tells little"
        );
        let places = [waiting("a", "x", Priority::High, 5).place, waiting("b", "x", Priority::Normal, 1).place];
        assert_eq!((place_among(&places[0], &places, at(9)), place_among(&places[1], &places, at(9))), (1, 2));
    }
}
