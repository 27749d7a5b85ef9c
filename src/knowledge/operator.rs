//! What the operator sets: facts, official contacts, departments, surveys, transactions to try flows with.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;

use crate::knowledge::content::Localised;
use crate::knowledge::entry::{Audience, Validity};
use crate::text::language::LanguageTag;

/// A fact that answers use as `{{name}}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// The value where a language has none of its own.
    pub value: VariableValue,
    /// Values of single languages.
    pub localised: Localised,
    /// What the value is, for the phishing lint and for links.
    pub kind: VariableKind,
    /// Whether it is a made-up value that the operator must replace.
    pub sample: bool,
}

impl Variable {
    /// Returns the text for a language; `None` for a switch.
    pub fn text(&self, language: &LanguageTag) -> Option<&str> {
        if let Some(text) = self.localised.get(language) {
            return Some(text);
        }
        match &self.value {
            VariableValue::Text(text) => Some(text),
            VariableValue::Switch(_) => None,
        }
    }
}

/// The value of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VariableValue {
    /// Shown in answers.
    Text(String),
    /// `true` or `false`: what `requires` asks for.
    Switch(bool),
}

/// What a variable's value is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VariableKind {
    /// Anything.
    #[default]
    Text,
    /// A telephone number.
    Phone,
    /// A mailbox.
    Email,
    /// An address of a page.
    Url,
    /// A domain.
    Domain,
}

/// What belongs to the operator: the only addresses and numbers that an answer may name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contacts {
    /// Registrable domains; their sub-domains belong too.
    pub domains: Vec<String>,
    /// Telephone numbers as written.
    pub phones: Vec<String>,
    /// Mailboxes.
    pub emails: Vec<String>,
    /// WeChat accounts.
    pub wechat: Vec<String>,
    /// Applications.
    pub apps: Vec<String>,
}

impl Contacts {
    /// Says whether a host (lower case) is a listed domain or lies below one.
    pub fn has_domain(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.');
        let is_name = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'));
        self.domains.iter().map(|known| known.to_lowercase()).any(|known| {
            let below = host.strip_suffix(&known).and_then(|below| below.strip_suffix('.'));
            host == known || below.is_some_and(|below| !below.is_empty() && is_name(below))
        })
    }

    /// Says whether a mailbox is listed.
    pub fn has_email(&self, email: &str) -> bool {
        self.emails.iter().any(|known| known.eq_ignore_ascii_case(email))
    }

    /// Says whether a telephone number is listed, with or without the country's code.
    pub fn has_phone(&self, phone: &str) -> bool {
        let digits = national_digits(phone);
        self.phones.iter().any(|known| national_digits(known) == digits)
    }

    /// Says whether an account (of WeChat) or an application of this name is listed.
    pub fn has_account(&self, name: &str) -> bool {
        self.wechat.iter().chain(&self.apps).any(|known| known.eq_ignore_ascii_case(name))
    }
}

/// Digits that a national number has at least behind the country code.
const SHORTEST_NATIONAL: usize = 9;

/// Returns the digits of a number without the country code of China and the zero before an area code.
pub fn national_digits(phone: &str) -> String {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.strip_prefix("00").unwrap_or(&digits);
    let national = digits.strip_prefix("86").filter(|rest| rest.len() >= SHORTEST_NATIONAL).unwrap_or(digits);
    national.strip_prefix('0').filter(|rest| rest.len() >= SHORTEST_NATIONAL).unwrap_or(national).to_owned()
}

/// Time that passes only while somebody works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkingTime {
    /// Minutes of working hours (`10m`, `24h`).
    Minutes(i64),
    /// Working days: the same time of a later one (`3d`).
    Days(i64),
}

/// A desk that cases and conversations go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Department {
    /// Its title per language.
    pub title: Localised,
    /// Promise: the first reply.
    pub first_reply: Option<WorkingTime>,
    /// Promise: the end.
    pub resolve: Option<WorkingTime>,
    /// The way in whose hours it works in; those of mail where none is named.
    pub hours: Option<String>,
    /// The department that an overdue case goes to.
    pub escalate_to: Option<String>,
    /// What is done where its queue is too long.
    pub overflow: Option<Overflow>,
}

/// What is done where a queue is too long, by either measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overflow {
    /// Conversations that wait.
    pub waiting: Option<u32>,
    /// Minutes that the next one would wait.
    pub minutes: Option<u32>,
    /// What is done.
    pub to: OverflowTo,
}

/// Where a conversation goes whose queue is too long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OverflowTo {
    /// Into the queue of another department.
    Department(String),
    /// Nowhere: it waits, and its customer is offered a call-back.
    Callback,
    /// Nowhere: it waits, and is recorded as a case with a promise, so that its customer need not.
    Message,
}

/// A survey of habits and needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survey {
    /// Its file's name without `.yaml`.
    pub id: String,
    /// Its title per language.
    pub title: Localised,
    /// Whom it is for.
    pub audience: Vec<Audience>,
    /// When it is held.
    pub valid: Validity,
    /// Days before the same person is asked again.
    pub at_most_every_days: Option<u32>,
    /// What is asked.
    pub questions: Vec<SurveyQuestion>,
}

/// One question of a survey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SurveyQuestion {
    /// Its name in results.
    pub id: String,
    /// How it is answered.
    pub kind: SurveyQuestionKind,
    /// What is asked.
    pub text: Localised,
    /// Value and label of each option; empty for `scale` and `text`.
    pub options: Vec<(String, Localised)>,
}

/// How a survey's question is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum SurveyQuestionKind {
    /// One option.
    Single,
    /// Any number of options.
    Multiple,
    /// 1 to 5.
    Scale,
    /// Words.
    Text,
}

/// A made-up transaction for trying flows and dialogues.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleTransaction {
    /// `CG` and 14 digits in the sample.
    pub order_number: String,
    /// When it was paid.
    pub time: Timestamp,
    /// In yuan.
    pub amount: Decimal,
    /// `paid`, `failed`, `pending`, `refunded` or `refunding`.
    pub status: String,
    /// Why it failed; empty when it did not.
    pub cause: String,
    /// `frozen`, `unusual_activity`; empty when there is nothing.
    pub account_flags: Vec<String>,
}
