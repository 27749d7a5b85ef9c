//! How one conversation goes, event by event: what each event means for a report, and when. Knows no period, no groups, no sums.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::desk::feedback::{Ratings, Topic};
use crate::desk::reports::usage::HandoffReason;
use crate::dialogue::decide::HUMAN;

/// A conversation, as far as reports tell conversations apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsedConversation {
    /// When it began.
    pub begun_at: Timestamp,
    /// The way in.
    pub channel: String,
    /// The language of the replies.
    pub language: Option<String>,
    /// The department that has or last had it.
    pub department: Option<String>,
    /// What it was about, as its agent said at the end.
    pub reason: Option<String>,
}

/// What happened in a conversation, as far as it is counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happened {
    /// The customer wrote this, masked.
    Asked(String),
    /// The bot said something.
    Said {
        /// The number of the message.
        seq: i64,
        /// What the bot decided (`answer`, `flow` …).
        decision: String,
        /// The entry that it showed.
        entry: Option<String>,
        /// The content's revision.
        revision: Option<String>,
    },
    /// An agent wrote.
    Wrote {
        /// The number of the message.
        seq: i64,
        /// The account.
        agent: Option<String>,
    },
    /// It waits for a person.
    Queued {
        /// Of which department.
        department: String,
        /// Why, as the event says: `rule:<id>`, `intent:<name>`, `asked`, `switched_off`, or how it came back to the queue.
        reason: String,
    },
    /// An agent took it.
    Taken,
    /// The bot has it, for the first time again.
    Returned,
    /// It ended.
    Ended,
    /// The customer said what they think.
    Rated(Rated),
}

/// What a customer thinks of a message, or of it all; a later word replaces what it mentions of an earlier one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rated {
    /// The message; all of it where there is none.
    pub message: Option<i64>,
    /// Whether it helped.
    pub helpful: Option<bool>,
    /// From 1 to 5.
    pub ratings: Ratings,
    /// Whether they would use the service again.
    pub again: Option<bool>,
}

/// What is counted.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// A conversation began.
    Begun,
    /// It ended, and was not opened again.
    Ended {
        /// No person was asked for.
        is_contained: bool,
        /// Seconds since the first hand-off.
        seconds: Option<f64>,
    },
    /// It was handed over.
    HandedOff(HandoffReason),
    /// The bot said something.
    Decided(String),
    /// The customer asked something that the bot did not know.
    Missed(String),
    /// It waited this long in a queue.
    Waited(f64),
    /// The agent's first words came this long after it had entered the queue.
    Replied(f64),
    /// The customer thinks this.
    Thought(Rated),
}

/// Where a fact belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// When it happened.
    pub at: Timestamp,
    /// The department that was asked for, where the fact has one of its own.
    pub department: Option<String>,
    /// The content's revision that was last heard.
    pub revision: Option<String>,
    /// The agent who wrote.
    pub agent: Option<String>,
    /// The entry that was shown.
    pub entry: Option<String>,
}

/// A conversation on its way.
#[derive(Clone, Debug)]
pub struct Course {
    begun_at: Timestamp,
    facts: Vec<(Place, Fact)>,
    stand: Stand,
    /// When a person was first asked for.
    handed_over_at: Option<Timestamp>,
    ended_at: Option<Timestamp>,
    first_revision: Option<String>,
    revision: Option<String>,
    agent: Option<String>,
    asked: Option<String>,
    decision: Option<String>,
    /// What each message is about, by its number.
    about: BTreeMap<i64, Topic>,
    opinions: BTreeMap<Option<i64>, (Place, Rated)>,
}

/// Who has it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Stand {
    Bot,
    Queue {
        since: Timestamp,
        department: String,
    },
    /// An agent; `came` is the wait that nobody has answered yet.
    Agent {
        came: Option<Came>,
        department: Option<String>,
    },
    Nobody,
}

/// How a conversation came to an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Came {
    queued_at: Timestamp,
    taken_at: Timestamp,
}

impl Course {
    /// Begins.
    pub fn begin(begun_at: Timestamp) -> Self {
        Self {
            begun_at,
            facts: Vec::new(),
            stand: Stand::Bot,
            handed_over_at: None,
            ended_at: None,
            first_revision: None,
            revision: None,
            agent: None,
            asked: None,
            decision: None,
            about: BTreeMap::new(),
            opinions: BTreeMap::new(),
        }
    }

    /// Goes on with what happened at an instant.
    pub fn go_on(&mut self, at: Timestamp, happened: Happened) {
        match happened {
            Happened::Asked(text) => self.asked = Some(text),
            Happened::Said { seq, decision, entry, revision } => self.said(at, seq, (decision, entry, revision)),
            Happened::Wrote { seq, agent } => self.wrote(at, seq, agent),
            Happened::Queued { department, reason } => self.queued(at, department, &reason),
            Happened::Taken => self.taken(at),
            Happened::Returned => {
                self.leave_agent();
                (self.stand, self.ended_at) = (Stand::Bot, None);
            }
            Happened::Ended => {
                self.leave_agent();
                self.ended_at.get_or_insert(at);
                self.stand = Stand::Nobody;
            }
            Happened::Rated(rated) => self.rated(at, rated),
        }
    }

    /// Ends the reading; returns what is counted, in no particular order.
    pub fn finish(mut self) -> Vec<(Place, Fact)> {
        self.leave_agent();
        let begun = Place { revision: self.first_revision.clone(), agent: None, ..self.place(self.begun_at) };
        self.facts.push((begun, Fact::Begun));
        if let Some(at) = self.ended_at {
            let seconds = self.handed_over_at.map(|since| seconds_between(since, at));
            let ended = Fact::Ended { is_contained: self.handed_over_at.is_none(), seconds };
            self.facts.push((self.place(at), ended));
        }
        let opinions = std::mem::take(&mut self.opinions);
        self.facts.extend(opinions.into_values().map(|(place, rated)| (place, Fact::Thought(rated))));
        self.facts
    }

    fn place(&self, at: Timestamp) -> Place {
        Place { at, department: None, revision: self.revision.clone(), agent: self.agent.clone(), entry: None }
    }

    fn note(&mut self, place: Place, fact: Fact) {
        self.facts.push((place, fact));
    }

    fn said(&mut self, at: Timestamp, seq: i64, (decision, entry, revision): (String, Option<String>, Option<String>)) {
        if revision.is_some() {
            self.first_revision = self.first_revision.take().or(revision.clone());
            self.revision = revision;
        }
        let place = Place { entry: entry.clone(), agent: None, ..self.place(at) };
        let asked = self.asked.take();
        if let Some(text) = asked.filter(|_| UNANSWERED.contains(&decision.as_str())) {
            self.note(place.clone(), Fact::Missed(text));
        }
        let topic = Topic { entry, revision: self.revision.clone(), ..Topic::default() };
        self.about.insert(seq, topic);
        // What a hand-off follows on is what was said before it.
        if decision != HANDOFF {
            self.decision = Some(decision.clone());
        }
        self.note(place, Fact::Decided(decision));
    }

    fn wrote(&mut self, at: Timestamp, seq: i64, agent: Option<String>) {
        self.agent = agent.or(self.agent.take());
        let topic = Topic { revision: self.revision.clone(), agent: self.agent.clone(), ..Topic::default() };
        self.about.insert(seq, topic);
        let Stand::Agent { came, department } = &mut self.stand else { return };
        let (came, department) = (came.take(), department.clone());
        if let Some(Came { queued_at, taken_at }) = came {
            let place = |at| Place { department: department.clone(), ..self.place(at) };
            let waited = (place(taken_at), Fact::Waited(seconds_between(queued_at, taken_at)));
            let replied = (place(at), Fact::Replied(seconds_between(queued_at, at)));
            self.facts.extend([waited, replied]);
        }
    }

    fn queued(&mut self, at: Timestamp, department: String, reason: &str) {
        let is_new = matches!(self.stand, Stand::Bot | Stand::Nobody);
        // Who waits already keeps their time.
        let since = if let Stand::Queue { since, .. } = self.stand { since } else { at };
        self.leave_agent();
        if is_new {
            let place = Place { department: Some(department.clone()), agent: None, ..self.place(at) };
            self.hand_over(place, reason_of(reason, self.decision.as_deref()));
        }
        self.stand = Stand::Queue { since, department };
    }

    fn taken(&mut self, at: Timestamp) {
        let (came, department) = match &self.stand {
            Stand::Queue { since, department } => {
                (Some(Came { queued_at: *since, taken_at: at }), Some(department.clone()))
            }
            Stand::Agent { department, .. } => (None, department.clone()),
            Stand::Bot | Stand::Nobody => {
                self.hand_over(Place { agent: None, ..self.place(at) }, HandoffReason::TakenOver);
                (None, None)
            }
        };
        self.leave_agent();
        self.stand = Stand::Agent { came, department };
    }

    fn hand_over(&mut self, place: Place, reason: HandoffReason) {
        self.handed_over_at.get_or_insert(place.at);
        self.note(place, Fact::HandedOff(reason));
    }

    /// Counts the wait before an agent who has written nothing.
    fn leave_agent(&mut self) {
        let Stand::Agent { came, department } = &mut self.stand else { return };
        let (came, department) = (came.take(), department.clone());
        if let Some(Came { queued_at, taken_at }) = came {
            let place = Place { department, agent: None, ..self.place(taken_at) };
            self.note(place, Fact::Waited(seconds_between(queued_at, taken_at)));
        }
    }

    fn rated(&mut self, at: Timestamp, rated: Rated) {
        let mut place = self.place(at);
        if let Some(seq) = rated.message {
            let Topic { entry, revision, agent, .. } = self.about.get(&seq).cloned().unwrap_or_default();
            (place.entry, place.revision, place.agent) = (entry, revision, agent);
        }
        let Rated { message, helpful, ratings, again } = rated;
        let (known, before) = self.opinions.entry(message).or_insert_with(|| (place.clone(), Rated::default()));
        *known = place;
        let was = before.ratings;
        *before = Rated {
            message,
            helpful: helpful.or(before.helpful),
            ratings: Ratings {
                response_time: ratings.response_time.or(was.response_time),
                attitude: ratings.attitude.or(was.attitude),
                resolution: ratings.resolution.or(was.resolution),
            },
            again: again.or(before.again),
        };
    }
}

/// What the bot says when it hands over.
const HANDOFF: &str = "handoff";

/// What the bot says when it does not know.
const UNANSWERED: [&str; 2] = ["fallback", "clarify"];

/// Tells why a conversation was handed over by what its event says, and by what the bot had said before.
fn reason_of(said: &str, before: Option<&str>) -> HandoffReason {
    let is_asked_for = said == "asked" || said.strip_prefix("intent:") == Some(HUMAN);
    match said {
        "switched_off" => HandoffReason::SwitchedOff,
        _ if said.starts_with("rule:") => HandoffReason::Rule,
        _ if is_asked_for && before.is_some_and(|before| UNANSWERED.contains(&before)) => HandoffReason::NotKnown,
        _ if is_asked_for => HandoffReason::Asked,
        _ => HandoffReason::Intent,
    }
}

fn seconds_between(from: Timestamp, until: Timestamp) -> f64 {
    until.duration_since(from).as_secs_f64().max(0.0)
}
