//! What supervisors have switched off or pinned since the revision was published, as values that a decision heeds. Knows
//! neither who may switch nor where switches are kept.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::knowledge::content::Localised;
use crate::knowledge::entry::EntryId;
use crate::text::language::LanguageTag;

/// What is switched off and what is pinned, whatever the revision; an id that the live one lacks does no harm.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Switches {
    /// That the whole bot is off, and everything goes to a person.
    pub bot_off: Option<Off>,
    /// Entries that nobody is shown.
    pub entries_off: BTreeSet<EntryId>,
    /// Flows that are not started, by their names.
    pub flows_off: BTreeSet<String>,
    /// What stands before answers, in this order.
    pub notices: Vec<Notice>,
}

/// Who switched the bot off, when and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Off {
    /// Who.
    pub by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// Why, for colleagues; customers never read it.
    pub note: Option<String>,
}

/// A text that stands before answers for a while, for instance during an outage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Notice {
    /// Its name in explanations.
    pub id: String,
    /// The entries whose answers it stands before; empty for every answer.
    #[serde(default)]
    pub entries: Vec<EntryId>,
    /// What it says per language, Markdown with `{{name}}`; `zh-CN` is always there.
    #[serde(deserialize_with = "with_chinese")]
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    pub text: Localised,
    /// The first instant at which it is not shown any more.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
}

/// The switch that kept a message from what it would have led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SwitchedOff {
    /// The whole bot's.
    Bot,
    /// This entry's.
    Entry(EntryId),
    /// The flow's of this name.
    Flow(String),
}

impl Switches {
    /// Nothing is switched off, nothing is pinned.
    pub const NONE: &'static Self =
        &Self { bot_off: None, entries_off: BTreeSet::new(), flows_off: BTreeSet::new(), notices: Vec::new() };

    /// Says whether nobody is shown an entry.
    pub fn hides(&self, entry: &EntryId) -> bool {
        self.entries_off.contains(entry)
    }

    /// Returns the notices that stand before an entry's answer at an instant, in their order.
    pub fn notices_before(&self, entry: &EntryId, now: Timestamp) -> impl Iterator<Item = &Notice> {
        let concerns = |notice: &Notice| notice.entries.is_empty() || notice.entries.contains(entry);
        self.notices.iter().filter(move |notice| now < notice.until && concerns(notice))
    }
}

impl fmt::Display for SwitchedOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SwitchedOff::Bot => f.write_str("bot"),
            SwitchedOff::Entry(id) => write!(f, "entry:{id}"),
            SwitchedOff::Flow(name) => write!(f, "flow:{name}"),
        }
    }
}

fn with_chinese<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Localised, D::Error> {
    let text = Localised::deserialize(deserializer)?;
    if text.get(&LanguageTag::zh_cn()).is_none_or(|chinese| chinese.trim().is_empty()) {
        return Err(D::Error::custom("a notice needs a text in zh-CN"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(instant: &str) -> Timestamp {
        instant.parse().unwrap()
    }

    const ALL: &str = r#"{
        "bot_off": {"by": "li", "since": "2026-11-23T02:00:00Z", "note": "误答"},
        "entries_off": ["pay-failed"],
        "flows_off": ["refund"],
        "notices": [
            {"id": "outage", "entries": ["pay-failed"], "text": {"en": "Down.", "zh-CN": "故障。"}, "until": "2026-11-23T04:00:00Z"},
            {"id": "strike", "entries": [], "text": {"zh-CN": "罢工。"}, "until": "2026-11-24T00:00:00Z"}
        ]
    }"#;

    #[test]
    fn what_is_written_is_read_again() {
        let switches: Switches = serde_json::from_str(ALL).unwrap();
        assert_eq!(serde_json::to_value(&switches).unwrap(), serde_json::from_str::<serde_json::Value>(ALL).unwrap());
        assert_eq!(serde_json::from_str::<Switches>("{}").unwrap(), Switches::default());
        assert_eq!(*Switches::NONE, Switches::default());
    }

    #[test]
    fn a_notice_without_chinese_is_refused() {
        for text in [r#"{"en": "Down."}"#, r#"{"zh-CN": " "}"#, "{}", r#"{"zh-CN": "故障。", "no language!": "x"}"#]
        {
            let notice = format!(r#"{{"id": "outage", "text": {text}, "until": "2026-11-23T04:00:00Z"}}"#);
            assert!(serde_json::from_str::<Notice>(&notice).is_err(), "{text}");
        }
    }

    #[test]
    fn a_notice_stands_before_its_entries_until_it_ends() {
        let switches: Switches = serde_json::from_str(ALL).unwrap();
        for (entry, now, shown) in [
            ("pay-failed", "2026-11-23T03:59:59Z", &["outage", "strike"][..]),
            ("pay-failed", "2026-11-23T04:00:00Z", &["strike"]),
            ("refund-time", "2026-11-23T03:00:00Z", &["strike"]),
            ("no-such-entry", "2026-11-24T00:00:00Z", &[]),
        ] {
            let id = EntryId(entry.to_owned());
            let found = switches.notices_before(&id, at(now));
            assert_eq!(found.map(|notice| notice.id.as_str()).collect::<Vec<_>>(), shown, "{entry} {now}");
        }
    }

    #[test]
    fn a_switch_is_named() {
        assert_eq!(SwitchedOff::Bot.to_string(), "bot");
        assert_eq!(SwitchedOff::Entry(EntryId("pay-failed".to_owned())).to_string(), "entry:pay-failed");
        assert_eq!(SwitchedOff::Flow("refund".to_owned()).to_string(), "flow:refund");
    }
}
