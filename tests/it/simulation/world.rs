//! What there is in the simulation, and what can happen in it.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};
use yingda::desk::case::Case;
use yingda::desk::case_steps::{Assessment, CaseStep, Severity, Verdict};
use yingda::desk::owner::{About, Move, Owner, Status};
use yingda::dialogue::effects::CaseDraft;
use yingda::dialogue::state::Held;
use yingda::knowledge::content::Content;
use yingda::knowledge::intent::{CaseKind, IntentName, Priority};
use yingda::knowledge::operator::{Department, WorkingTime};

pub const DEPARTMENTS: [&str; 4] = ["general", "refunds", "risk", "management"];

/// Each agent with the departments that they work for.
pub const AGENTS: [(&str, &[&str]); 4] = [
    ("ann", &["general", "refunds"]),
    ("bob", &["refunds"]),
    ("eve", &["risk"]),
    ("kim", &["general", "refunds", "risk", "management"]),
];

/// What happened in a conversation.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A visitor's message, by the client's name of it.
    Visitor(String),
    /// What the bot says to it.
    Bot(String),
    /// What an agent says.
    Agent(String),
    /// Another owner.
    Owner(Owner),
    /// A case was opened, or stands otherwise.
    Case(String),
}

#[derive(Clone, Debug, Default)]
pub struct Conversation {
    pub version: u64,
    pub owner: Owner,
    pub events: Vec<(u64, Event)>,
    /// What each message of a client came to: the number of its event.
    pub turns: BTreeMap<String, u64>,
}

/// A case with all that was done to it.
#[derive(Clone, Debug)]
pub struct KeptCase {
    pub case: Case,
    pub steps: Vec<CaseStep>,
}

/// Something to be delivered.
#[derive(Clone, Debug)]
pub struct Item {
    pub id: u64,
    pub claimed_until: Timestamp,
    pub due: Timestamp,
}

/// What is committed: the truth.
#[derive(Clone, Debug, Default)]
pub struct Store {
    pub conversations: BTreeMap<u64, Conversation>,
    pub cases: BTreeMap<String, KeptCase>,
    pub outbox: BTreeMap<u64, Item>,
    pub announced: BTreeSet<u64>,
}

/// Something that a replica has read and thought through, and has not committed yet.
enum Pending {
    Message { conversation: u64, client_id: String, version: u64, next: Conversation, opens: Option<Case> },
    Desk { conversation: u64, version: u64, next: Conversation },
    Reply { conversation: u64, agent: &'static str },
    Case { number: String, version: i64, next: KeptCase },
    Delivery { id: u64 },
}

#[derive(Debug, Default)]
pub struct Counts {
    pub acknowledged: usize,
    pub repeated: usize,
    pub conflicts: usize,
    pub crashes: usize,
    pub claims: usize,
    pub refused_replies: usize,
    pub late: usize,
    pub delivered: usize,
}

pub struct World {
    rng: Rng,
    pub content: Content,
    pub now: Timestamp,
    pub store: Store,
    /// What each of two replicas has in hand, and how far its clock is off.
    replicas: [(Vec<Pending>, SignedDuration); 2],
    /// Messages that clients have sent and not been told about.
    unacknowledged: BTreeSet<(u64, String)>,
    pub acknowledged: BTreeSet<(u64, String)>,
    pub received: BTreeMap<u64, usize>,
    next_id: u64,
    pub counts: Counts,
}

const LEASE: SignedDuration = SignedDuration::from_secs(60);

fn content() -> Content {
    let mut content = Content::default();
    content.calendar.timezone = "Asia/Shanghai".to_owned();
    for (at, name) in DEPARTMENTS.into_iter().enumerate() {
        let department = Department {
            title: Default::default(),
            first_reply: Some(WorkingTime::Minutes(30 + 60 * at as i64)),
            resolve: Some(WorkingTime::Days(1 + at as i64)),
            escalate_to: (name != "management").then(|| "management".to_owned()),
            hours: Some("chat".to_owned()),
            overflow: None,
        };
        content.departments.insert(name.to_owned(), department);
    }
    content
}

impl World {
    pub fn new(seed: u64) -> Self {
        Self {
            rng: Rng::with_seed(seed),
            content: content(),
            now: Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 20_000),
            store: Store::default(),
            replicas: [(Vec::new(), SignedDuration::ZERO), (Vec::new(), SignedDuration::ZERO)],
            unacknowledged: BTreeSet::new(),
            acknowledged: BTreeSet::new(),
            received: BTreeMap::new(),
            next_id: 0,
            counts: Counts::default(),
        }
    }

    fn id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    /// One thing happens.
    pub fn step(&mut self) {
        let replica = self.rng.usize(..2);
        let now = self.now + self.replicas[replica].1;
        match self.rng.u32(..100) {
            0..8 => self.send_new(),
            8..38 => self.read_message(replica, now),
            38..44 => self.read_desk(replica, now),
            44..50 => self.begin_reply(replica),
            50..57 => self.read_case(replica, now),
            57..60 => self.look_at_clocks(replica, now),
            60..66 => self.claim_deliveries(replica, now),
            66..95 => self.commit_one(replica, now),
            95..97 => self.crash(replica),
            _ => self.move_clocks(replica),
        }
    }

    /// A visitor writes, in an old conversation or a new one.
    fn send_new(&mut self) {
        let known = self.store.conversations.len() as u64;
        let is_new = known == 0 || self.rng.u32(..10) == 0;
        let conversation = if is_new { known } else { self.rng.u64(..known) };
        self.store.conversations.entry(conversation).or_default();
        let client_id = format!("m{}", self.id());
        self.unacknowledged.insert((conversation, client_id));
    }

    /// A message reaches a replica: perhaps for the second time, while the first is still in hand somewhere.
    fn read_message(&mut self, replica: usize, now: Timestamp) {
        let n_waiting = self.unacknowledged.len();
        if n_waiting == 0 {
            return;
        }
        let (conversation, client_id) =
            self.unacknowledged.iter().nth(self.rng.usize(..n_waiting.min(20))).cloned().unwrap();
        let kept = &self.store.conversations[&conversation];
        if kept.turns.contains_key(&client_id) {
            // Committed before, and the word of it was lost: the first result is returned.
            self.counts.repeated += 1;
            return self.acknowledge(conversation, client_id);
        }
        if kept.owner == Owner::Nobody && self.rng.bool() {
            // Ended for good.
            self.unacknowledged.remove(&(conversation, client_id));
            return;
        }
        let version = kept.version;
        let mut next = kept.clone();
        if next.owner == Owner::Nobody {
            give(&mut next, &Move::Reopen, now);
        }
        let seq = add(&mut next, Event::Visitor(client_id.clone()));
        next.turns.insert(client_id.clone(), seq);
        let mut opens = None;
        if next.owner == Owner::Bot {
            add(&mut next, Event::Bot(client_id.clone()));
            if self.rng.u32(..6) == 0 {
                let (department, priority) = (self.department(), self.priority());
                if self.rng.bool() {
                    let case = self.draft(conversation, &department, priority, now);
                    add(&mut next, Event::Case(case.number.clone()));
                    opens = Some(case);
                }
                give(&mut next, &Move::HandOff { department, priority, number: 0, about: About::default() }, now);
            }
        } else if self.rng.u32(..8) == 0 {
            // A rule is heard in the queue too.
            let (department, about) = ("risk".to_owned(), About::default());
            give(&mut next, &Move::HandOff { department, priority: Priority::Urgent, number: 0, about }, now);
        }
        self.replicas[replica].0.push(Pending::Message { conversation, client_id, version, next, opens });
    }

    fn draft(&mut self, conversation: u64, department: &str, priority: Priority, now: Timestamp) -> Case {
        let kind = CaseKind::ALL[self.rng.usize(..CaseKind::ALL.len())];
        let slots = BTreeMap::from([("description".to_owned(), Held::plain("x"))]);
        let (intent, department) = (IntentName("x".to_owned()), department.to_owned());
        let draft = CaseDraft { kind, department, intent, slots, priority };
        let number = format!("X-{}", self.id());
        Case::open(&number, &draft, &conversation.to_string(), &self.content, now)
    }

    fn department(&mut self) -> String {
        DEPARTMENTS[self.rng.usize(..3)].to_owned()
    }

    fn priority(&mut self) -> Priority {
        Priority::ALL[self.rng.usize(..4)]
    }

    /// An agent takes who is next in their queue, or does something about a conversation of theirs.
    fn read_desk(&mut self, replica: usize, now: Timestamp) {
        let (agent, departments) = AGENTS[self.rng.usize(..AGENTS.len())];
        let own = |kept: &&u64| self.store.conversations[*kept].owner.may_write(agent);
        let owned: Vec<u64> = self.store.conversations.keys().filter(own).copied().collect();
        let (conversation, step) = if owned.len() < 3 {
            let Some(next) = self.next_in_queue(departments) else { return };
            (next, Move::Claim { agent: agent.to_owned() })
        } else {
            let step = match self.rng.u32(..4) {
                0 => Move::Transfer { department: self.department(), to: None },
                1 => Move::Return,
                _ => Move::Close,
            };
            (owned[self.rng.usize(..owned.len())], step)
        };
        let kept = &self.store.conversations[&conversation];
        let mut next = kept.clone();
        let version = kept.version;
        give(&mut next, &step, now);
        self.replicas[replica].0.push(Pending::Desk { conversation, version, next });
    }

    /// The most urgent of the departments, of these whoever waits longest.
    fn next_in_queue(&self, departments: &[&str]) -> Option<u64> {
        let waiting = self.store.conversations.iter().filter_map(|(id, kept)| match &kept.owner {
            Owner::Queue(place) if departments.contains(&place.department.as_str()) => {
                Some((place.order(self.now), *id))
            }
            _ => None,
        });
        waiting.min().map(|(_, id)| id)
    }

    /// An agent begins a reply to a conversation that they have right now.
    fn begin_reply(&mut self, replica: usize) {
        let (agent, _) = AGENTS[self.rng.usize(..AGENTS.len())];
        let own = self.store.conversations.iter().filter(|(_, kept)| kept.owner.may_write(agent)).map(|(id, _)| *id);
        let own: Vec<u64> = own.collect();
        if !own.is_empty() {
            let conversation = own[self.rng.usize(..own.len())];
            self.replicas[replica].0.push(Pending::Reply { conversation, agent });
        }
    }

    /// Somebody takes a step about a case; what the rules refuse does not happen.
    fn read_case(&mut self, replica: usize, now: Timestamp) {
        let n_cases = self.store.cases.len();
        if n_cases == 0 {
            return;
        }
        let kept = self.store.cases.values().nth(self.rng.usize(..n_cases)).unwrap();
        let (version, mut next) = (kept.case.version, kept.clone());
        let steps = [
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
        let done = match self.rng.usize(..steps.len() + 2) {
            at if at < steps.len() => next.case.step(steps[at], &self.content, now).map(|()| steps[at]),
            at if at == steps.len() => {
                next.case.ask_to_confirm("1 CNY", "1234", &self.content, now).map(|()| CaseStep::Ask)
            }
            _ => {
                let (by, cause) = ("ann".to_owned(), "x".to_owned());
                let (severity, decision) = (Severity::Minor, Verdict::Upheld);
                next.case.assessment = Some(Assessment { severity, cause, decision, by, at: now });
                self.replicas[replica].0.push(Pending::Case { number: next.case.number.clone(), version, next });
                return;
            }
        };
        if let Ok(step) = done {
            next.steps.push(step);
            self.replicas[replica].0.push(Pending::Case { number: next.case.number.clone(), version, next });
        }
    }

    fn look_at_clocks(&mut self, replica: usize, now: Timestamp) {
        for kept in self.store.cases.values().take(50) {
            let (version, mut next) = (kept.case.version, kept.clone());
            if next.case.look(&self.content, now).is_some() {
                let number = next.case.number.clone();
                self.replicas[replica].0.push(Pending::Case { number, version, next });
            }
        }
    }

    fn claim_deliveries(&mut self, replica: usize, now: Timestamp) {
        let due = self.store.outbox.values_mut().filter(|item| item.due <= now && item.claimed_until <= now).take(3);
        for item in due {
            item.claimed_until = now + LEASE;
            self.replicas[replica].0.push(Pending::Delivery { id: item.id });
        }
    }

    /// One thing that a replica has in hand is committed, in no order; then whoever asked may hear of it, or not.
    fn commit_one(&mut self, replica: usize, now: Timestamp) {
        let n_pending = self.replicas[replica].0.len();
        if n_pending == 0 {
            return;
        }
        let pending = self.replicas[replica].0.swap_remove(self.rng.usize(..n_pending));
        match pending {
            Pending::Message { conversation, client_id, version, next, opens } => {
                if self.commit_conversation(conversation, version, next) {
                    if let Some(case) = opens {
                        let number = case.number.clone();
                        self.store.cases.insert(number, KeptCase { case, steps: Vec::new() });
                    }
                    if self.rng.u32(..5) > 0 {
                        self.acknowledge(conversation, client_id);
                    }
                }
            }
            Pending::Desk { conversation, version, next } => {
                let is_claim = next.owner.status() == Status::Agent;
                if self.commit_conversation(conversation, version, next) && is_claim {
                    self.counts.claims += 1;
                }
            }
            // Who owns it is looked at when the reply is written, not when it was begun.
            Pending::Reply { conversation, agent } => {
                let kept = self.store.conversations.get_mut(&conversation).unwrap();
                if kept.owner.may_write(agent) {
                    add(kept, Event::Agent(agent.to_owned()));
                    kept.version += 1;
                    self.announce();
                } else {
                    self.counts.refused_replies += 1;
                }
            }
            Pending::Case { number, version, mut next } => {
                let kept = self.store.cases.get_mut(&number).unwrap();
                if kept.case.version != version {
                    self.counts.conflicts += 1;
                    return;
                }
                self.counts.late += usize::from(next.case.late_at != kept.case.late_at);
                next.case.version += 1;
                let conversation = next.case.conversation.parse().unwrap();
                *kept = next;
                let conversation = self.store.conversations.get_mut(&conversation).unwrap();
                add(conversation, Event::Case(number));
                conversation.version += 1;
                self.announce();
            }
            Pending::Delivery { id } => self.deliver(id, now),
        }
    }

    fn commit_conversation(&mut self, id: u64, version: u64, mut next: Conversation) -> bool {
        let kept = self.store.conversations.get_mut(&id).unwrap();
        if kept.version != version {
            self.counts.conflicts += 1;
            return false;
        }
        next.version += 1;
        *kept = next;
        self.announce();
        true
    }

    /// In the same transaction as what it tells of.
    fn announce(&mut self) {
        let id = self.id();
        let never = Timestamp::UNIX_EPOCH;
        self.store.outbox.insert(id, Item { id, claimed_until: never, due: self.now });
        self.store.announced.insert(id);
    }

    fn deliver(&mut self, id: u64, now: Timestamp) {
        // The claim may have run out, and another has delivered it already.
        if !self.store.outbox.contains_key(&id) {
            return;
        }
        if self.rng.u32(..4) == 0 {
            // The receiver does not answer: later.
            let item = self.store.outbox.get_mut(&id).unwrap();
            (item.due, item.claimed_until) = (now + SignedDuration::from_mins(5), Timestamp::UNIX_EPOCH);
            return;
        }
        *self.received.entry(id).or_default() += 1;
        self.counts.delivered += 1;
        if self.rng.u32(..10) > 0 {
            self.store.outbox.remove(&id);
        }
    }

    fn acknowledge(&mut self, conversation: u64, client_id: String) {
        self.unacknowledged.remove(&(conversation, client_id.clone()));
        self.acknowledged.insert((conversation, client_id));
        self.counts.acknowledged += 1;
    }

    /// What was in hand is gone; what was committed stays.
    fn crash(&mut self, replica: usize) {
        self.counts.crashes += 1;
        self.replicas[replica].0.clear();
    }

    fn move_clocks(&mut self, replica: usize) {
        let minutes = if self.rng.u32(..20) == 0 { self.rng.i64(0..3 * 24 * 60) } else { self.rng.i64(0..10) };
        self.now += SignedDuration::from_mins(minutes);
        self.replicas[replica].1 = SignedDuration::from_secs(self.rng.i64(-300..=300));
    }

    /// Everybody finishes: clients send again until they are told, the outbox is emptied, clocks are looked at.
    pub fn settle(&mut self) {
        for replica in [0, 1] {
            self.crash(replica);
            self.replicas[replica].1 = SignedDuration::ZERO;
        }
        while !self.unacknowledged.is_empty() {
            self.read_message(0, self.now);
            self.commit_one(0, self.now);
        }
        while !self.store.outbox.is_empty() {
            self.now += SignedDuration::from_mins(6);
            self.claim_deliveries(1, self.now);
            while !self.replicas[1].0.is_empty() {
                self.commit_one(1, self.now);
            }
        }
        for kept in self.store.cases.values_mut() {
            while kept.case.look(&self.content, self.now).is_some() {}
        }
    }
}

fn add(conversation: &mut Conversation, event: Event) -> u64 {
    let seq = conversation.events.len() as u64 + 1;
    conversation.events.push((seq, event));
    seq
}

/// Gives a conversation to whoever the rules say, where that is another one.
fn give(conversation: &mut Conversation, step: &Move, now: Timestamp) {
    if let Ok(owner) = conversation.owner.after(step, now)
        && owner != conversation.owner
    {
        conversation.owner = owner.clone();
        add(conversation, Event::Owner(owner));
    }
}
