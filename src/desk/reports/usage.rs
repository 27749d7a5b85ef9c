//! What a report of the service's use says: how many conversations there were, what the bot said, who was handed over and why, what
//! customers think, how long they waited. Knows no counting.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::desk::reports::figures::{Named, Part, Points, Seconds};
use crate::desk::reports::promises::Promises;

/// What figures are told apart by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = UsageBy)]
pub enum By {
    /// The day, in the calendar's zone.
    #[default]
    Day,
    /// The way in.
    Channel,
    /// The language of the replies.
    Language,
    /// The content's revision that was live.
    Revision,
    /// The department that has, or last had, the conversation.
    Department,
    /// The account of the agent who wrote.
    Agent,
    /// The entry that was shown.
    Entry,
}

impl By {
    /// All of them.
    pub const ALL: [By; 7] = [By::Day, By::Channel, By::Language, By::Revision, By::Department, By::Agent, By::Entry];

    /// Returns its name in the API.
    pub fn name(self) -> &'static str {
        match self {
            By::Day => "day",
            By::Channel => "channel",
            By::Language => "language",
            By::Revision => "revision",
            By::Department => "department",
            By::Agent => "agent",
            By::Entry => "entry",
        }
    }
}

/// Why a conversation was handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HandoffReason {
    /// An editor's rule says so.
    Rule,
    /// The customer asked for a person.
    Asked,
    /// The customer asked for a person as the bot had just not known what to answer.
    NotKnown,
    /// What the customer wants is a person's work.
    Intent,
    /// A supervisor has switched the answer, or the bot, off.
    SwitchedOff,
    /// A supervisor took the conversation from the bot.
    TakenOver,
}

impl HandoffReason {
    /// All of them.
    pub const ALL: [HandoffReason; 6] = [
        HandoffReason::Rule,
        HandoffReason::Asked,
        HandoffReason::NotKnown,
        HandoffReason::Intent,
        HandoffReason::SwitchedOff,
        HandoffReason::TakenOver,
    ];

    /// Returns its name in the API.
    pub fn name(self) -> &'static str {
        match self {
            HandoffReason::Rule => "rule",
            HandoffReason::Asked => "asked",
            HandoffReason::NotKnown => "not_known",
            HandoffReason::Intent => "intent",
            HandoffReason::SwitchedOff => "switched_off",
            HandoffReason::TakenOver => "taken_over",
        }
    }
}

/// Figures of a period, or of a part of what happened in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
#[schema(as = UsageFigures)]
pub struct Figures {
    /// Conversations that began.
    pub begun: u64,
    /// Conversations that ended, and were not opened again in the period.
    pub ended: u64,
    /// Those of them that were never handed over.
    pub contained: Part,
    /// How often a conversation was handed over from the bot to people.
    pub handoffs: u64,
    /// Why: `rule`, `asked`, `not_known`, `intent`, `switched_off`, `taken_over`.
    pub handoffs_by_reason: Vec<Named>,
    /// To which department, the most frequent first.
    pub handoffs_by_department: Vec<Named>,
    /// What the bot said, message by message: `answer`, `clarify`, `fallback`, `flow`, `handoff`, `smalltalk`.
    pub decisions: Vec<Named>,
    /// Answers, of all questions that the bot answered, asked back or did not know.
    pub answered: Part,
    /// What conversations were about that ended, as their agents say, the most frequent first.
    pub contact_reasons: Vec<Named>,
    /// Messages that customers found helpful, of those that they judged.
    pub helpful: Part,
    /// Messages that they did not find helpful.
    pub unhelpful: Part,
    /// What customers think of how soon an answer came.
    pub response_time: Points,
    /// What they think of how they were treated.
    pub attitude: Points,
    /// What they think of how well it was solved.
    pub resolution: Points,
    /// Who would use the service again, of those who said so or the contrary.
    pub again: Part,
    /// From entering a queue until an agent took the conversation, each time.
    pub wait_seconds: Seconds,
    /// From entering a queue until the agent first wrote.
    pub first_reply_seconds: Seconds,
    /// From the first hand-off to the end.
    pub resolution_seconds: Seconds,
    /// What became of the promise of a first reply, of cases that were opened; by day and department only.
    pub promised_first_reply: Promises,
    /// What became of the promise of an end, of these cases.
    pub promised_resolution: Promises,
}

/// An entry, by how often it was shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
#[schema(as = UsedEntry)]
pub struct EntryUse {
    /// Which.
    pub entry: String,
    /// Messages that showed it.
    pub shown: u64,
    /// Messages that helped.
    pub helpful: u64,
    /// Messages that did not.
    pub unhelpful: u64,
    /// The share of those that helped, of those that were judged; null where none was.
    pub share_helpful: Option<f64>,
}

/// A question without an answer, that several customers asked in the same words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = UsageMiss)]
pub struct Miss {
    /// The question, masked.
    pub text: String,
    /// Conversations in which it was asked.
    pub n: u64,
}

/// The figures of a day, a channel, a language …
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = UsageGroup)]
pub struct Group {
    /// Which; `none` for what belongs to none of them.
    pub name: String,
    /// What people call it, where it is an agent who is known; null otherwise.
    pub display_name: Option<String>,
    /// Its figures.
    #[serde(flatten)]
    pub figures: Figures,
}

/// How the service was used in a period.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct UsageReport {
    /// The first day, in the calendar's zone.
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// The last day, which counts.
    #[schema(value_type = String, format = Date)]
    pub until: Date,
    /// The departments whose conversations are counted, besides those that no department has had; empty for all.
    pub departments: Vec<String>,
    /// All of it.
    pub overall: Figures,
    /// The entries that were shown most often, at most 20.
    pub entries: Vec<EntryUse>,
    /// The questions without an answer that most customers asked, at most 20; none that fewer than three asked.
    pub misses: Vec<Miss>,
    /// What the groups are told apart by.
    pub by: By,
    /// Days in their order, everything else with the most use first.
    pub groups: Vec<Group>,
}
