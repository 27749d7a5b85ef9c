//! A day at a large desk: 300 agents, 2,400 open conversations. Nobody is lost or served twice, the urgent go first, and what
//! people are told about their wait comes true on the whole. `YINGDA_SEED` repeats a run.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};
use yingda::desk::owner::{About, Move, Owner, Place};
use yingda::desk::routing::{Agent, AgentState, Kind, Served, Skills, Waiting, expected_wait, next, place_among};
use yingda::knowledge::intent::Priority;

const N_AGENTS: usize = 300;
const CAPACITY: u32 = 8;
const N_OPEN: usize = 2_400;

/// Departments, each with its share of the work and how long one conversation takes, in seconds.
const DEPARTMENTS: [(&str, f64, f64); 4] =
    [("general", 0.4, 480.0), ("payments", 0.25, 600.0), ("refunds", 0.25, 720.0), ("risk", 0.1, 900.0)];

/// What is told and what is had may be so many seconds apart, or by this part.
const SECONDS_OFF: f64 = 5.0;
const PART_OFF: std::ops::RangeInclusive<f64> = 0.7..=1.3;

/// Without `YINGDA_SEED`.
const SEEDS: [u64; 3] = [1, 10, 100];

/// Seconds of the day that are simulated, and those of them in which the desk fills.
const SECONDS: i64 = 3 * 3600;
const WARM_UP: i64 = 1_800;

/// Since when somebody waits, how many stood before them, and what they were told.
struct Told {
    place: usize,
    expected: SignedDuration,
    had: Option<SignedDuration>,
}

struct Conversation {
    owner: Owner,
    ends_at: Option<Timestamp>,
    told: Option<Told>,
    /// Where it stood when it came; 0 where that says nothing any more.
    place: u32,
    n_taken: usize,
    n_lapsed: usize,
}

struct Desk {
    rng: Rng,
    now: Timestamp,
    agents: Vec<Agent>,
    back_at: BTreeMap<usize, Timestamp>,
    conversations: Vec<Conversation>,
    open: BTreeSet<usize>,
    waiting: Vec<Waiting>,
    served: BTreeMap<Kind, Vec<Served>>,
    most_open: usize,
}

fn exponential(rng: &mut Rng, mean: f64) -> SignedDuration {
    SignedDuration::from_secs_f64(-mean * (1.0 - rng.f64()).ln())
}

impl Desk {
    fn new(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let agents = (0..N_AGENTS).map(|number| {
            let mut departments = BTreeSet::new();
            while departments.is_empty() {
                departments
                    .extend(DEPARTMENTS.iter().filter(|_| rng.u32(..2) == 0).map(|(name, ..)| (*name).to_owned()));
            }
            let languages: &[&str] = if number % 4 == 0 { &["zh-CN", "en"] } else { &["zh-CN"] };
            let languages = languages.iter().map(|language| (*language).to_owned()).collect();
            let skills = Skills { capacity: CAPACITY, languages, intents: BTreeSet::new() };
            Agent { account: format!("a{number}"), departments, skills, state: AgentState::Available, n_open: 0 }
        });
        let agents = agents.collect();
        Self {
            rng,
            now: Timestamp::UNIX_EPOCH,
            agents,
            back_at: BTreeMap::new(),
            conversations: Vec::new(),
            open: BTreeSet::new(),
            waiting: Vec::new(),
            served: BTreeMap::new(),
            most_open: 0,
        }
    }

    fn arrive(&mut self) {
        let mut lot = self.rng.f64();
        let found = DEPARTMENTS.iter().find(|(_, share, _)| {
            lot -= share;
            lot <= 0.0
        });
        let department = found.unwrap_or(&DEPARTMENTS[0]).0.to_owned();
        let priority = match self.rng.u32(..100) {
            0..2 => Priority::Urgent,
            2..10 => Priority::High,
            10..95 => Priority::Normal,
            _ => Priority::Low,
        };
        let language = if self.rng.u32(..10) == 0 { "en" } else { "zh-CN" };
        let known = (self.rng.u32(..10) == 0).then(|| format!("a{}", self.rng.usize(..N_AGENTS)));
        let about = About { language: Some(language.to_owned()), intent: None, prefers: known };
        let owner = Owner::Bot.after(&Move::HandOff { department, priority, number: 0, about }, self.now).unwrap();
        let id = self.conversations.len();
        self.conversations.push(Conversation { owner, ends_at: None, told: None, place: 0, n_taken: 0, n_lapsed: 0 });
        self.open.insert(id);
        self.enqueue(id);
    }

    fn enqueue(&mut self, id: usize) {
        let place = self.conversations[id].owner.place().unwrap().clone();
        let number = place_among(&place, self.waiting.iter().map(|waiting| &waiting.place), self.now);
        let served = self.served.get(&Kind::of(&place)).map_or(&[][..], Vec::as_slice);
        let free = self
            .agents
            .iter()
            .filter(|agent| agent.is_free() && agent.works_for(&place.department) && agent.suits(&place.about));
        let n_free = free.map(|agent| agent.skills.capacity - agent.n_open).sum();
        if let Some(expected) = expected_wait(number, served, n_free)
            && self.conversations[id].n_lapsed == 0
            && self.now.as_second() > WARM_UP
        {
            self.conversations[id].told = Some(Told { place: number, expected, had: None });
        }
        self.conversations[id].place = if self.conversations[id].n_lapsed == 0 { number as u32 } else { 0 };
        self.waiting.push(Waiting { conversation: format!("{id:06}"), place });
    }

    /// Every agent who is free takes who is next for them.
    fn take(&mut self) {
        let mut turn: Vec<usize> = (0..N_AGENTS).filter(|agent| self.agents[*agent].is_free()).collect();
        self.rng.shuffle(&mut turn);
        for number in turn {
            let agent = &self.agents[number];
            let Some(found) = next(agent, &self.agents, &self.waiting, self.now) else { continue };
            let (id, department) = (found.conversation.clone(), found.place.department.clone());
            self.check_order(number, &id);
            self.waiting.retain(|waiting| waiting.conversation != id);
            let id: usize = id.parse().unwrap();
            let kept = &mut self.conversations[id];
            let account = self.agents[number].account.clone();
            kept.owner = kept.owner.after(&Move::Claim { agent: account }, self.now).expect("nobody is served twice");
            kept.n_taken += 1;
            let mean = DEPARTMENTS.iter().find(|(name, ..)| *name == department).unwrap().2;
            kept.ends_at = Some(self.now + exponential(&mut self.rng, mean));
            if let Some(told) = kept.told.as_mut().filter(|told| told.had.is_none()) {
                told.had = Some(self.now.duration_since(kept.owner.place().unwrap().since));
            }
            self.agents[number].n_open += 1;
            let kept = &self.conversations[id];
            let place = kept.owner.place().unwrap();
            if kept.place > 0 {
                let waited = self.now.duration_since(place.since);
                let served = self.served.entry(Kind::of(place)).or_default();
                served.push(Served { place: kept.place, waited });
            }
        }
    }

    /// Nobody more urgent is left waiting whom this agent would suit.
    fn check_order(&self, agent: usize, taken: &str) {
        let agent = &self.agents[agent];
        let found = self.waiting.iter().find(|waiting| waiting.conversation == taken).unwrap();
        for other in &self.waiting {
            let Place { department, about, .. } = &other.place;
            let suits = about.language.as_deref() == Some("zh-CN") && about.prefers.is_none();
            let is_more_urgent = other.place.order(self.now).0 < found.place.order(self.now).0;
            assert!(!(agent.works_for(department) && suits && is_more_urgent), "{other:?} was passed over");
        }
    }

    fn finish(&mut self) {
        let over: Vec<usize> = self
            .open
            .iter()
            .copied()
            .filter(|id| self.conversations[*id].ends_at.is_some_and(|at| at <= self.now))
            .collect();
        for id in over {
            let kept = &mut self.conversations[id];
            let account = kept.owner.agent().unwrap().to_owned();
            kept.owner = kept.owner.after(&Move::Close, self.now).unwrap();
            kept.ends_at = None;
            self.open.remove(&id);
            self.agent(&account).n_open -= 1;
        }
    }

    fn agent(&mut self, account: &str) -> &mut Agent {
        let number: usize = account[1..].parse().unwrap();
        &mut self.agents[number]
    }

    /// Now and then an agent takes a pause; sometimes one is gone without a word, and what they had waits again.
    fn come_and_go(&mut self) {
        let back: Vec<usize> =
            self.back_at.iter().filter(|(_, at)| **at <= self.now).map(|(agent, _)| *agent).collect();
        for number in back {
            self.back_at.remove(&number);
            self.agents[number].state = AgentState::Available;
        }
        let number = self.rng.usize(..N_AGENTS);
        if self.agents[number].state != AgentState::Available || self.rng.u32(..8) != 0 {
            return;
        }
        self.back_at.insert(number, self.now + exponential(&mut self.rng, 400.0));
        self.agents[number].state = AgentState::Pause;
        if self.rng.u32(..10) != 0 {
            return;
        }
        self.agents[number].state = AgentState::Offline;
        let account = self.agents[number].account.clone();
        let theirs: Vec<usize> =
            self.open.iter().copied().filter(|id| self.conversations[*id].owner.agent() == Some(&account)).collect();
        for id in theirs {
            let kept = &mut self.conversations[id];
            kept.owner = kept.owner.after(&Move::Lapse, self.now).unwrap();
            (kept.ends_at, kept.n_lapsed) = (None, kept.n_lapsed + 1);
            self.agents[number].n_open -= 1;
            self.enqueue(id);
        }
    }

    fn check(&self) {
        let waiting: BTreeSet<usize> =
            self.waiting.iter().map(|waiting| waiting.conversation.parse().unwrap()).collect();
        assert_eq!(waiting.len(), self.waiting.len(), "somebody waits twice");
        let mut open_of: BTreeMap<&str, u32> = BTreeMap::new();
        for id in &self.open {
            match &self.conversations[*id].owner {
                Owner::Queue(_) => assert!(waiting.contains(id), "{id} is lost"),
                Owner::Agent { agent, .. } => *open_of.entry(agent).or_default() += 1,
                owner => panic!("{id}: {owner:?}"),
            }
        }
        for agent in &self.agents {
            assert_eq!(open_of.get(agent.account.as_str()).copied().unwrap_or_default(), agent.n_open);
            assert!(agent.n_open <= agent.skills.capacity, "{} has too many", agent.account);
        }
    }
}

#[test]
fn at_a_large_desk_nobody_is_lost_and_the_wait_that_is_told_comes_true() {
    let given = super::number("YINGDA_SEED");
    for seed in given.map_or(SEEDS.to_vec(), |seed| vec![seed]) {
        println!("YINGDA_SEED={seed}");
        for Part { first, last, expected, had } in a_day(seed) {
            println!(
                "places {first:3} to {last:3}: told {expected:6.1} s, had {had:6.1} s, ratio {:.2}",
                expected / had
            );
            let is_right = (expected - had).abs() <= SECONDS_OFF || PART_OFF.contains(&(expected / had));
            assert!(is_right, "places {first} to {last}: told {expected:.1} s, had {had:.1} s");
        }
    }
}

/// A tenth of those who were told, by place: what they were told and what they had, on average.
struct Part {
    first: usize,
    last: usize,
    expected: f64,
    had: f64,
}

fn a_day(seed: u64) -> Vec<Part> {
    let mut desk = Desk::new(seed);
    // As many as the desk can just not do, a little more and less as the day goes on.
    let mean_length: f64 = DEPARTMENTS.iter().map(|(_, share, length)| share * length).sum();
    let capacity = N_AGENTS as f64 * f64::from(CAPACITY) * 0.93 / mean_length;
    for second in 0..SECONDS {
        desk.now = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second);
        let rate = capacity * (1.0 + 0.12 * (second as f64 / 1_500.0).sin());
        let mut arriving = exponential(&mut desk.rng, 1.0 / rate).as_secs_f64();
        while arriving < 1.0 {
            desk.arrive();
            arriving += exponential(&mut desk.rng, 1.0 / rate).as_secs_f64();
        }
        desk.finish();
        desk.come_and_go();
        desk.take();
        desk.most_open = desk.most_open.max(desk.open.len());
        if second % 60 == 0 {
            desk.check();
        }
    }
    assert!(desk.most_open >= N_OPEN, "{} open at most", desk.most_open);
    let mut told: Vec<&Told> = desk.conversations.iter().filter_map(|kept| kept.told.as_ref()).collect();
    told.retain(|told| told.had.is_some());
    told.sort_by_key(|told| told.place);
    assert!(told.len() > 5_000, "{} were told", told.len());
    let part = |decile: usize| {
        let part = &told[told.len() * decile / 10..told.len() * (decile + 1) / 10];
        let mean =
            |seconds: &dyn Fn(&Told) -> f64| part.iter().map(|told| seconds(told)).sum::<f64>() / part.len() as f64;
        Part {
            first: part[0].place,
            last: part[part.len() - 1].place,
            expected: mean(&|told| told.expected.as_secs_f64()),
            had: mean(&|told| told.had.unwrap().as_secs_f64()),
        }
    };
    (0..10).map(part).collect()
}
