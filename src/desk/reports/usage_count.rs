//! Counts how the service is used: conversations go in one by one, event by event, cases too; a report comes out. Holds sums, never
//! the events.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::desk::promises::Late;
use crate::desk::reports::complaints::NONE;
use crate::desk::reports::figures::{Named, Part, Points, Seconds};
use crate::desk::reports::promises::{PromiseCount, Promises};
use crate::desk::reports::usage::{By, EntryUse, Figures, Group, HandoffReason, Miss, UsageReport};
use crate::desk::reports::usage_course::{Course, Fact, Happened, Place, Rated, UsedConversation};
use crate::desk::reports::{Period, ReportedCase, zone};
use crate::knowledge::calendar::Calendar;

/// Days that a report is about at most: a leap year.
pub const MOST_DAYS: i32 = 366;

/// Entries and questions that are told by name.
const MOST_NAMED: usize = 20;

/// A question that fewer customers asked is not told: whoever asked it must not be known by it.
const FEWEST_ASKED: u64 = 3;

/// Different questions that are held; of more, those that come later are left out.
const MOST_QUESTIONS: usize = 20_000;

/// Counts how the service was used in a period.
#[derive(Clone, Debug)]
pub struct UsageCount {
    days: (Date, Date),
    period: Period,
    zone: TimeZone,
    by: By,
    now: Timestamp,
    /// The conversation that is read.
    open: Option<(UsedConversation, Course)>,
    overall: Sums,
    groups: BTreeMap<String, Sums>,
    entries: BTreeMap<String, EntryUse>,
    misses: BTreeMap<String, u64>,
    by_department: PromiseCount,
}

impl UsageCount {
    /// Begins with the days between two, both included; `None` where these are none, or more than [`MOST_DAYS`].
    pub fn of_days(calendar: &Calendar, days: (Date, Date), by: By, now: Timestamp) -> Option<Self> {
        let (first, last) = days;
        let period = Period::of_days(calendar, first, last)?;
        if first.until(last).ok()?.get_days() >= MOST_DAYS {
            return None;
        }
        // A day on which nothing happened is told as well.
        let told =
            if by == By::Day { first.series(1.day()).take_while(|day| *day <= last).collect() } else { Vec::new() };
        Some(Self {
            days,
            period,
            zone: zone(calendar),
            by,
            now,
            open: None,
            overall: Sums::default(),
            groups: told.into_iter().map(|day: Date| (day.to_string(), Sums::default())).collect(),
            entries: BTreeMap::new(),
            misses: BTreeMap::new(),
            by_department: PromiseCount::new(now),
        })
    }

    /// Returns when that happened which is counted.
    pub fn period(&self) -> Period {
        self.period
    }

    /// Goes on to the next conversation.
    pub fn begin(&mut self, conversation: UsedConversation) {
        self.end();
        let course = Course::begin(conversation.begun_at);
        self.open = Some((conversation, course));
    }

    /// Goes on with what happened in that conversation; what happened after the period is left out.
    pub fn add(&mut self, at: Timestamp, happened: Happened) {
        if let Some((_, course)) = &mut self.open
            && at < self.period.until
        {
            course.go_on(at, happened);
        }
    }

    /// Counts a case.
    pub fn add_case(&mut self, case: &ReportedCase) {
        self.by_department.add(case);
        let [first_reply, resolve] = [Late::FirstReply, Late::Resolve].map(|late| case.outcome_of_all(late, self.now));
        let add = |sums: &mut Sums| {
            sums.first_reply.add(first_reply);
            sums.resolve.add(resolve);
        };
        add(&mut self.overall);
        if self.by == By::Day {
            add(self.groups.entry(self.day(case.opened_at)).or_default());
        }
    }

    fn day(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).date().to_string()
    }

    /// Counts what the open conversation has come to.
    fn end(&mut self) {
        let Some((conversation, course)) = self.open.take() else { return };
        let mut missed = BTreeSet::new();
        for (place, fact) in course.finish() {
            if !self.period.contains(place.at) {
                continue;
            }
            let department = || place.department.clone().or_else(|| conversation.department.clone());
            let add = |sums: &mut Sums| sums.add(&fact, (department().as_deref(), conversation.reason.as_deref()));
            add(&mut self.overall);
            if let Some(name) = self.group(&conversation, &place) {
                add(self.groups.entry(name).or_default());
            }
            self.note_entry(&place, &fact);
            if let Fact::Missed(text) = fact {
                missed.insert(text.trim().to_owned());
            }
        }
        for text in missed {
            if self.misses.len() < MOST_QUESTIONS || self.misses.contains_key(&text) {
                *self.misses.entry(text).or_default() += 1;
            }
        }
    }

    /// The name of the group that a fact belongs to; `None` where it belongs to none.
    fn group(&self, conversation: &UsedConversation, place: &Place) -> Option<String> {
        let or_none = |name: Option<&String>| Some(name.cloned().unwrap_or_else(|| NONE.to_owned()));
        match self.by {
            By::Day => Some(self.day(place.at)),
            By::Channel => Some(conversation.channel.clone()),
            By::Language => or_none(conversation.language.as_ref()),
            By::Revision => or_none(place.revision.as_ref()),
            By::Department => or_none(place.department.as_ref().or(conversation.department.as_ref())),
            By::Agent => place.agent.clone(),
            By::Entry => place.entry.clone(),
        }
    }

    fn note_entry(&mut self, place: &Place, fact: &Fact) {
        let Some(entry) = &place.entry else { return };
        let (shown, helpful) = match fact {
            Fact::Decided(_) => (1, None),
            Fact::Thought(Rated { helpful: Some(helpful), .. }) => (0, Some(*helpful)),
            _ => return,
        };
        let of_entry = self.entries.entry(entry.clone()).or_default();
        of_entry.shown += shown;
        of_entry.helpful += u64::from(helpful == Some(true));
        of_entry.unhelpful += u64::from(helpful == Some(false));
    }

    /// Ends.
    pub fn finish(mut self, departments: Vec<String>) -> UsageReport {
        self.end();
        if self.by == By::Department {
            for of in self.by_department.finish() {
                let sums = self.groups.entry(of.department).or_default();
                (sums.first_reply, sums.resolve) = (of.first_reply, of.resolve);
            }
        }
        let mut groups: Vec<(u64, Group)> = self
            .groups
            .into_iter()
            .map(|(name, sums)| (sums.use_of_all(), Group { name, display_name: None, figures: sums.figures() }))
            .collect();
        if self.by != By::Day {
            groups.sort_by_key(|(n, _)| std::cmp::Reverse(*n));
        }
        let (from, until) = self.days;
        UsageReport {
            from,
            until,
            departments,
            overall: self.overall.figures(),
            entries: most_shown(self.entries),
            misses: most_asked(self.misses),
            by: self.by,
            groups: groups.into_iter().map(|(_, group)| group).collect(),
        }
    }
}

fn most_shown(entries: BTreeMap<String, EntryUse>) -> Vec<EntryUse> {
    let named = |(entry, of): (String, EntryUse)| {
        let share_helpful = Part::of(of.helpful, of.helpful + of.unhelpful).share;
        EntryUse { entry, share_helpful, ..of }
    };
    let mut entries: Vec<EntryUse> = entries.into_iter().map(named).collect();
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.shown));
    entries.truncate(MOST_NAMED);
    entries
}

fn most_asked(misses: BTreeMap<String, u64>) -> Vec<Miss> {
    let several = misses.into_iter().filter(|(_, n)| *n >= FEWEST_ASKED);
    let mut misses: Vec<Miss> = several.map(|(text, n)| Miss { text, n }).collect();
    misses.sort_by_key(|miss| std::cmp::Reverse(miss.n));
    misses.truncate(MOST_NAMED);
    misses
}

/// What the bot says, in the order of reports.
const DECISIONS: [&str; 6] = ["answer", "clarify", "fallback", "flow", "handoff", "smalltalk"];

/// What of it is said to a question that is no wish for an act or a person.
const TO_QUESTIONS: [&str; 3] = ["answer", "clarify", "fallback"];

/// What has been counted.
#[derive(Clone, Debug, Default)]
struct Sums {
    n_begun: u64,
    n_ended: u64,
    n_contained: u64,
    handoffs: BTreeMap<HandoffReason, u64>,
    handoff_departments: BTreeMap<String, u64>,
    decisions: BTreeMap<String, u64>,
    contact_reasons: BTreeMap<String, u64>,
    /// How many said so, and how many of them yes; or what their points add up to.
    helpful: (u64, u64),
    points: [(u64, u64); 3],
    again: (u64, u64),
    waits: Vec<f64>,
    replies: Vec<f64>,
    resolutions: Vec<f64>,
    first_reply: Promises,
    resolve: Promises,
}

impl Sums {
    /// Counts a fact of a department, in a conversation that was about something.
    fn add(&mut self, fact: &Fact, (department, reason): (Option<&str>, Option<&str>)) {
        match fact {
            Fact::Begun => self.n_begun += 1,
            Fact::Ended { is_contained, seconds } => {
                self.n_ended += 1;
                self.n_contained += u64::from(*is_contained);
                self.resolutions.extend(seconds);
                if let Some(reason) = reason {
                    *self.contact_reasons.entry(reason.to_owned()).or_default() += 1;
                }
            }
            Fact::HandedOff(reason) => {
                *self.handoffs.entry(*reason).or_default() += 1;
                *self.handoff_departments.entry(department.unwrap_or(NONE).to_owned()).or_default() += 1;
            }
            Fact::Decided(decision) => *self.decisions.entry(decision.clone()).or_default() += 1,
            Fact::Missed(_) => {}
            Fact::Waited(seconds) => self.waits.push(*seconds),
            Fact::Replied(seconds) => self.replies.push(*seconds),
            Fact::Thought(rated) => self.add_opinion(rated),
        }
    }

    fn add_opinion(&mut self, rated: &Rated) {
        let yes_or_no = |of: &mut (u64, u64), said: Option<bool>| {
            of.0 += u64::from(said.is_some());
            of.1 += u64::from(said == Some(true));
        };
        yes_or_no(&mut self.helpful, rated.helpful);
        yes_or_no(&mut self.again, rated.again);
        let given = [rated.ratings.response_time, rated.ratings.attitude, rated.ratings.resolution];
        for ((n, sum), points) in self.points.iter_mut().zip(given) {
            *n += u64::from(points.is_some());
            *sum += u64::from(points.unwrap_or_default());
        }
    }

    /// What groups are sorted by.
    fn use_of_all(&self) -> u64 {
        let n_said: u64 = self.decisions.values().sum();
        let n_handoffs: u64 = self.handoffs.values().sum();
        self.n_begun + self.n_ended + n_said + n_handoffs + self.helpful.0 + self.again.0 + self.waits.len() as u64
    }

    fn figures(&self) -> Figures {
        let handoffs = self.handoffs.values().sum();
        let by_reason = HandoffReason::ALL.map(|reason| (reason.name(), self.handoffs.get(&reason).copied()));
        let decided = |name: &str| self.decisions.get(name).copied();
        let n_decided = self.decisions.values().sum();
        let n_to_questions = TO_QUESTIONS.iter().filter_map(|name| decided(name)).sum();
        let (n_helpful, helpful) = self.helpful;
        let [response_time, attitude, resolution] = self.points.map(|(n, sum)| Points::of(n, sum));
        Figures {
            begun: self.n_begun,
            ended: self.n_ended,
            contained: Part::of(self.n_contained, self.n_ended),
            handoffs,
            handoffs_by_reason: in_order(&by_reason, handoffs),
            handoffs_by_department: most_frequent_first(&self.handoff_departments, handoffs),
            decisions: in_order(&DECISIONS.map(|name| (name, decided(name))), n_decided),
            answered: Part::of(decided("answer").unwrap_or_default(), n_to_questions),
            contact_reasons: most_frequent_first(&self.contact_reasons, self.n_ended),
            helpful: Part::of(helpful, n_helpful),
            unhelpful: Part::of(n_helpful - helpful, n_helpful),
            response_time,
            attitude,
            resolution,
            again: Part::of(self.again.1, self.again.0),
            wait_seconds: Seconds::of(&self.waits),
            first_reply_seconds: Seconds::of(&self.replies),
            resolution_seconds: Seconds::of(&self.resolutions),
            promised_first_reply: self.first_reply,
            promised_resolution: self.resolve,
        }
    }
}

fn in_order(counted: &[(&str, Option<u64>)], all: u64) -> Vec<Named> {
    let named = |(name, n): &(&str, Option<u64>)| Named {
        name: (*name).to_owned(),
        part: Part::of(n.unwrap_or_default(), all),
    };
    counted.iter().map(named).collect()
}

fn most_frequent_first(counted: &BTreeMap<String, u64>, all: u64) -> Vec<Named> {
    let mut named: Vec<Named> =
        counted.iter().map(|(name, n)| Named { name: name.clone(), part: Part::of(*n, all) }).collect();
    named.sort_by_key(|named| std::cmp::Reverse(named.part.n));
    named
}

#[cfg(test)]
#[path = "usage_tests.rs"]
mod tests;
