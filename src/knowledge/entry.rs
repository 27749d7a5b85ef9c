//! Entries, their categories, and announcements: the sentences that customers read.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::knowledge::content::Localised;
use crate::knowledge::intent::IntentName;
use crate::text::language_map::LanguageMap;

/// The name of an entry, unique over all categories: its file's name without `.md`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct EntryId(pub String);

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A folder of entries.
#[derive(Clone, Debug)]
pub struct Category {
    /// The folder's name.
    pub name: String,
    /// Its title per language.
    pub title: Localised,
    /// Its place among the categories.
    pub order: i64,
}

/// A curated answer with the questions it answers.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its name.
    pub id: EntryId,
    /// The folder it lies in.
    pub category: String,
    /// Its text per language; `zh-CN` (the entry's own file) is always there.
    pub texts: LanguageMap<EntryText>,
    /// What a reader of the answer may want next.
    pub related: Vec<EntryId>,
    /// What a reader can do at once.
    pub actions: Vec<Action>,
    /// The feature variable without which the entry is not indexed.
    pub requires: Option<String>,
    /// When it may be shown.
    pub valid: Validity,
    /// The channels it is for; empty for all.
    pub channels: Vec<String>,
    /// Whom it is for; empty for every customer.
    pub audience: Vec<Audience>,
    /// How a conversation shows the steps of its answer; all at once where `None`.
    pub steps: Option<StepsShown>,
    /// Its place among the questions that are offered before anything is typed; `None` when it is not.
    pub top: Option<u32>,
    /// The team that answers for it.
    pub owner: Option<String>,
}

/// What an entry says in one language.
#[derive(Clone, Debug)]
pub struct EntryText {
    /// The standard question.
    pub question: String,
    /// Other ways to ask it.
    pub similar: Vec<String>,
    /// Questions that must not get this answer.
    pub never: Vec<String>,
    /// When somebody should read it again.
    pub review_by: Option<Date>,
    /// The answer, Markdown with `{{name}}`.
    pub body: String,
}

impl EntryText {
    /// Returns the standard question and the similar ones, in the file's order.
    pub fn phrasings(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.question).chain(&self.similar)
    }
}

/// How a conversation shows the steps of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum StepsShown {
    /// One after the other: the next when the customer has done the one before.
    Guided,
}

/// The channels that an entry can be limited to.
pub const CHANNELS: [&str; 14] = [
    "web", "widget", "api", "email", "phone", "wechat", "wecom", "weibo", "dingtalk", "feishu", "line", "whatsapp",
    "telegram", "slack",
];

/// Whom an entry is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Audience {
    /// Somebody who pays.
    Buyer,
    /// Somebody who is paid.
    Merchant,
    /// The agent desk alone.
    Agent,
}

/// A button below an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// What the button says.
    pub label: String,
    /// What it does.
    pub target: ActionTarget,
}

/// What a button does; addresses and numbers may hold `{{name}}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActionTarget {
    /// Sends the label, which is an example of this intent.
    Intent(IntentName),
    /// Opens an address.
    Url(String),
    /// Calls a number.
    Phone(String),
}

/// From when (inclusive) until when (exclusive) something is shown; open where `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Validity {
    /// The first instant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub from: Option<Timestamp>,
    /// The first instant after the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
}

impl Validity {
    /// Says whether an instant lies within.
    pub fn contains(&self, instant: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= instant) && self.until.is_none_or(|until| instant < until)
    }
}

/// A policy note, promotion or notice.
#[derive(Clone, Debug)]
pub struct Announcement {
    /// Its file's name without `.md`.
    pub id: String,
    /// Its title per language.
    pub title: Localised,
    /// When it is shown.
    pub valid: Validity,
    /// What sort it is.
    pub kind: AnnouncementKind,
    /// Its text per language, Markdown.
    pub body: Localised,
}

/// What sort of announcement it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum AnnouncementKind {
    /// A payment policy; shown by `{{announcements.policy}}`.
    Policy,
    /// A promotion; shown by `{{announcements.promotion}}`.
    Promotion,
    /// Maintenance and the like.
    Notice,
    /// Something does not work right now.
    Outage,
}
