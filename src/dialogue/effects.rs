//! What a conversation needs from outside, and what came of it. The shell does it, between two calls of the core.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::dialogue::state::{Found, Held};
use crate::knowledge::intent::{CaseKind, IntentName, OperatorAct, Priority};

/// Something that has to be looked up or reserved before the reply can be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Whether an order is known, and as the customer says.
    Transaction {
        /// Its number.
        order_number: String,
        /// What was paid (`128.5 CNY`).
        amount: String,
        /// When (`2026-11-22T15:00` or a date), where the flow asks for that.
        time: Option<String>,
    },
    /// The last orders of a customer who is known.
    LastOrders,
    /// Something that the operator's system does for a customer who is known.
    Operate(OperatorAct),
    /// How a case stands.
    Case {
        /// Its number, or that of its order.
        key: String,
    },
    /// The case of a kind that is open: for an order, or in this conversation.
    OpenCase {
        /// The kind.
        kind: CaseKind,
        /// The order.
        order_number: Option<String>,
    },
    /// A number for a case that is opened with this turn.
    Open(CaseDraft),
    /// The case of what was left in this conversation for a person, while nobody is there.
    Inquiry,
    /// Something for a case.
    Append {
        /// Its number.
        case_number: String,
    },
}

/// A case that is to be opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseDraft {
    /// What it is about.
    pub kind: CaseKind,
    /// Who works on it.
    pub department: String,
    /// What the customer wanted.
    pub intent: IntentName,
    /// What was given, by slot.
    pub slots: BTreeMap<String, Held>,
    /// Its place among others.
    pub priority: Priority,
}

/// One of a customer's last orders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderChoice {
    /// Its number.
    pub order_number: String,
    /// What was paid (`128.5 CNY`).
    pub amount: String,
    /// When (`2026-11-22T15:00`).
    pub time: String,
}

/// What has been found out for this turn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Whether the shop's server says who the customer is.
    pub is_verified: bool,
    /// The customer's last orders, the newest first; only of one who is verified.
    pub last_orders: Option<Vec<OrderChoice>>,
    /// Whether the operator's system has done what was asked of it.
    pub operated: Option<bool>,
    /// About the order.
    pub transaction: Option<TransactionLookup>,
    /// About the case.
    pub case: Option<CaseLookup>,
    /// The number of the case that is open for the order already.
    pub open_case: Option<Option<String>>,
    /// The number of the case that is opened.
    pub opened: Option<String>,
    /// Whether there is a case that something can be added to.
    pub appended: Option<bool>,
    /// The case of what is left for a person.
    pub inquiry: Option<Inquiry>,
}

/// The case of what is left for a person while nobody is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inquiry {
    /// None is open: it gets this number.
    New(String),
    /// It is open already.
    Open {
        /// Its number.
        number: String,
        /// By when a reply was promised.
        first_reply: Option<Timestamp>,
    },
}

/// What a look-up of an order came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransactionLookup {
    /// It is as the customer says.
    Found(Found),
    /// There is one, but it is not as the customer says.
    Mismatch,
    /// Whoever was asked knows nothing of it, or did not answer: people have to look.
    Unknown,
}

/// What a look-up of a case came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CaseLookup {
    /// It stands so.
    Found {
        /// Its number.
        number: String,
        /// How it stands.
        status: CaseStatus,
    },
    /// There is none that this customer may see.
    NotFound,
}

/// How a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CaseStatus {
    /// It waits for somebody to take it up.
    Open,
    /// It waits for the customer.
    WaitingCustomer,
    /// Somebody works on it.
    InReview,
    /// It was decided for the customer.
    Approved,
    /// It was decided against the customer.
    Rejected,
    /// What was decided is done.
    Done,
    /// It has ended.
    Closed,
}

impl CaseStatus {
    /// All of them, in the order of a case's life.
    pub const ALL: [CaseStatus; 7] = [
        CaseStatus::Open,
        CaseStatus::WaitingCustomer,
        CaseStatus::InReview,
        CaseStatus::Approved,
        CaseStatus::Rejected,
        CaseStatus::Done,
        CaseStatus::Closed,
    ];

    /// Reads its name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }

    /// Returns its name in the API and the store.
    pub fn name(self) -> &'static str {
        match self {
            CaseStatus::Open => "open",
            CaseStatus::WaitingCustomer => "waiting_customer",
            CaseStatus::InReview => "in_review",
            CaseStatus::Approved => "approved",
            CaseStatus::Rejected => "rejected",
            CaseStatus::Done => "done",
            CaseStatus::Closed => "closed",
        }
    }
}

/// Something that is done with the turn, in one transaction with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Act {
    /// Opens a case.
    Open {
        /// Its number.
        number: String,
        /// The case.
        draft: CaseDraft,
    },
    /// Adds a text to a case.
    Append {
        /// Its number.
        number: String,
        /// The masked text.
        text: String,
    },
    /// Answers what a case asks: yes or no.
    Answer {
        /// Its number.
        number: String,
        /// Which.
        agrees: bool,
    },
}
