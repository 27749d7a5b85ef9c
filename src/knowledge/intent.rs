//! Intents, the rules above them, and the flows that ask for what is missing.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::knowledge::content::Localised;
use crate::knowledge::entry::EntryId;
use crate::text::language_map::LanguageMap;

/// The name of an intent, for instance `refund.request`: its file's name without `.yaml`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct IntentName(pub String);

impl fmt::Display for IntentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a customer wants, with examples and what is done about it.
#[derive(Clone, Debug)]
pub struct Intent {
    /// Its name.
    pub name: IntentName,
    /// What a choice says when the bot asks back; the first example where it is missing.
    pub title: Localised,
    /// Examples per language.
    pub examples: LanguageMap<Vec<String>>,
    /// What is done.
    pub does: Does,
}

/// What is done about an intent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Does {
    /// `does: {reply: …}`: a canned reply.
    Reply(Localised),
    /// `does: {reply: …, case: suggestion, department: …}`: a canned reply to what is recorded in a case.
    Record(RecordTarget, Localised),
    /// `does: {handoff: {department, priority, case?}, reply: …}`: to a person.
    Handoff(HandoffTarget, Localised),
    /// `does: {flow: name}`: asks for what is missing.
    Flow(String),
    /// `does: {search: true}`: the index answers.
    Search,
}

/// The case that a message is recorded in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordTarget {
    /// Its kind.
    pub case: CaseKind,
    /// Who reads it: a key of departments.yaml.
    pub department: String,
}

/// Where a hand-off goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandoffTarget {
    /// A key of departments.yaml.
    pub department: String,
    /// Its place in the queue.
    pub priority: Priority,
    /// The kind of case that is opened on the way.
    pub case: Option<CaseKind>,
}

/// How urgent a hand-off is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    /// Safety: before everything.
    Urgent,
    /// Before the ordinary.
    High,
    /// The ordinary.
    Normal,
    /// When there is time.
    Low,
}

impl Priority {
    /// All of them, the most urgent first.
    pub const ALL: [Priority; 4] = [Priority::Urgent, Priority::High, Priority::Normal, Priority::Low];

    /// Returns its name in files, the API and the store.
    pub fn name(self) -> &'static str {
        match self {
            Priority::Urgent => "urgent",
            Priority::High => "high",
            Priority::Normal => "normal",
            Priority::Low => "low",
        }
    }

    /// Reads its name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|priority| priority.name() == name)
    }
}

/// The kinds of cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum CaseKind {
    /// A payment that went wrong.
    Transaction,
    /// A refund request.
    Refund,
    /// An account matter.
    Account,
    /// A complaint.
    Complaint,
    /// A call-back.
    Callback,
    /// A merchant's matter.
    Merchant,
    /// A request about personal data.
    Privacy,
    /// A suggestion.
    Suggestion,
    /// A question that was left for a person while nobody was there.
    Inquiry,
}

impl CaseKind {
    /// All of them.
    pub const ALL: [CaseKind; 9] = [
        CaseKind::Transaction,
        CaseKind::Refund,
        CaseKind::Account,
        CaseKind::Complaint,
        CaseKind::Callback,
        CaseKind::Merchant,
        CaseKind::Privacy,
        CaseKind::Suggestion,
        CaseKind::Inquiry,
    ];

    /// Returns its name in files, the API and the store.
    pub fn name(self) -> &'static str {
        match self {
            CaseKind::Transaction => "transaction",
            CaseKind::Refund => "refund",
            CaseKind::Account => "account",
            CaseKind::Complaint => "complaint",
            CaseKind::Callback => "callback",
            CaseKind::Merchant => "merchant",
            CaseKind::Privacy => "privacy",
            CaseKind::Suggestion => "suggestion",
            CaseKind::Inquiry => "inquiry",
        }
    }

    /// Reads its name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Words or a pattern that lead to an intent whatever else is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name in explanations.
    pub id: String,
    /// What it looks for in the normalised text.
    pub matcher: RuleMatcher,
    /// Words (normalised) that keep it quiet.
    pub unless: Vec<String>,
    /// Where it leads.
    pub intent: IntentName,
}

/// What a rule looks for in the normalised text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleMatcher {
    /// Any of these words (normalised); Latin words match whole words, Han ones anywhere.
    Any(Vec<String>),
    /// A regular expression of the `regex` crate; it compiled when the content was read.
    Pattern(String),
}

/// A dialogue that asks for slots and then acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// Its file's name without `.yaml`.
    pub name: String,
    /// The sentence that acknowledges, first.
    pub opening: Localised,
    /// What it asks for, in order.
    pub slots: Vec<Slot>,
    /// The connector that is asked when the required slots are known.
    pub lookup: Option<String>,
    /// Causes that a look-up may name, with the entries that answer them.
    pub causes: BTreeMap<String, EntryId>,
    /// What is said instead where there is nothing left to do.
    pub settled: Option<Settled>,
    /// Conditions on slots, in order.
    pub eligible: Vec<EligibleRule>,
    /// What the customer confirms.
    pub confirm: Localised,
    /// What happens at the end.
    pub then: Option<FlowEnd>,
}

/// What a flow says where the record leaves nothing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// Statuses of the record, as the operator's system names them.
    pub statuses: Vec<String>,
    /// What the customer reads first.
    pub reply: Localised,
    /// The entry that answers what comes next.
    pub entry: EntryId,
}

/// One thing a flow asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// One of the contract's slot names.
    pub name: String,
    /// What fills it: an entity of that name, or one of a list.
    pub filler: SlotFiller,
    /// Whether the flow can do without.
    pub required: bool,
    /// Values of other slots with which it is asked for, once, though the flow can do without; always where empty, never where
    /// `None`.
    pub ask_optional: Option<BTreeMap<String, Vec<String>>>,
    /// The question.
    pub ask: Localised,
    /// What is said of an answer that does not fit.
    pub invalid: Localised,
    /// Answers that may fail before a person is offered.
    pub tries: u32,
}

/// What fills a slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SlotFiller {
    /// An entity found in the text; `description` and the like take the text itself.
    Entity(String),
    /// One of these values, with what a customer sees.
    Choices(Vec<Choice>),
}

/// One value of a slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The value that is kept.
    pub value: String,
    /// What a customer sees and says; the value itself where it is missing.
    pub label: Localised,
    /// Other ways to say it.
    pub phrases: LanguageMap<Vec<String>>,
}

/// One line of a flow's `eligible`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EligibleRule {
    /// Slot → values that it takes; empty for `otherwise`.
    pub when: BTreeMap<String, Vec<String>>,
    /// What follows.
    pub then: EligibleOutcome,
}

/// What a flow does with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EligibleOutcome {
    /// Goes on and opens the case.
    Open,
    /// Hands over to this department.
    Handoff {
        /// A key of departments.yaml.
        department: String,
    },
}

/// How a flow ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowEnd {
    /// The kind of case that is opened.
    pub case: Option<CaseKind>,
    /// The department that gets it.
    pub department: Option<String>,
    /// Whether a person takes over.
    pub handoff: bool,
    /// Whether what is held is added to the case that it names.
    pub append: bool,
    /// What the operator's system does for a customer who is known; for others people do it.
    pub act: Option<OperatorAct>,
    /// What the customer reads.
    pub reply: Localised,
}

/// Something that the operator's system does for a customer who is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperatorAct {
    /// Freezes the account.
    Freeze,
    /// Takes a refund request back.
    WithdrawRefund,
}

impl OperatorAct {
    /// Returns its name in files, requests and the audit.
    pub fn name(self) -> &'static str {
        match self {
            OperatorAct::Freeze => "freeze",
            OperatorAct::WithdrawRefund => "withdraw_refund",
        }
    }
}

/// The contract's names of slots and entities; `reason` is a slot whose values the flow lists itself.
pub const SLOT_NAMES: [&str; 12] = [
    "order_number",
    "amount",
    "time",
    "phone",
    "email",
    "account_name",
    "merchant_id",
    "case_number",
    "description",
    "expected",
    "url",
    "date",
];
