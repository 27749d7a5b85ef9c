//! What editors should know of an entry at an instant: when it is shown, whether somebody should read it again, what it lacks.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Zoned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::knowledge::content::Content;
use crate::knowledge::entry::{ActionTarget, Entry};
use crate::text::language::LanguageTag;

/// Something that is to be known of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// It is not shown yet.
    Upcoming,
    /// It is shown for a short time more.
    Expiring,
    /// It is shown no longer.
    Expired,
    /// The day to read it again is over.
    ReviewOverdue,
    /// It has fewer phrasings than help the bot.
    FewPhrasings,
    /// It tells a made-up value.
    Samples,
    /// A feature that is off keeps it from being shown.
    FeatureOff,
    /// A supervisor has switched it off; whoever knows the switches says so.
    SwitchedOff,
}

/// An entry expires soon when it has no longer than this.
const SOON: SignedDuration = SignedDuration::from_hours(24 * 30);

/// Ways to ask, below which one more is worth most.
pub const ENOUGH_PHRASINGS: usize = 3;

impl Entry {
    /// Returns what is to be known of it at an instant of the calendar.
    pub fn conditions(&self, content: &Content, here: &Zoned) -> BTreeSet<Condition> {
        let mut found = BTreeSet::new();
        let now = here.timestamp();
        if self.valid.from.is_some_and(|from| now < from) {
            found.insert(Condition::Upcoming);
        }
        if let Some(until) = self.valid.until {
            match until.duration_since(now) {
                left if !left.is_positive() => found.insert(Condition::Expired),
                left => left <= SOON && found.insert(Condition::Expiring),
            };
        }
        if self.texts.values().filter_map(|text| text.review_by).any(|day| day < here.date()) {
            found.insert(Condition::ReviewOverdue);
        }
        if self.n_phrasings() < ENOUGH_PHRASINGS {
            found.insert(Condition::FewPhrasings);
        }
        let is_sample = |name: &&str| content.variables.get(*name).is_some_and(|variable| variable.sample);
        if self.variables().iter().any(is_sample) {
            found.insert(Condition::Samples);
        }
        if self.requires.as_ref().is_some_and(|feature| !content.is_on(feature)) {
            found.insert(Condition::FeatureOff);
        }
        found
    }

    /// Says how many ways to ask it has in Chinese, which every entry has.
    pub fn n_phrasings(&self) -> usize {
        self.texts.get(&LanguageTag::zh_cn()).map_or(0, |text| text.phrasings().count())
    }

    /// Returns the names in braces of its answers and buttons.
    pub fn variables(&self) -> BTreeSet<&str> {
        let bodies = self.texts.values().map(|text| text.body.as_str());
        let targets = self.actions.iter().filter_map(|action| match &action.target {
            ActionTarget::Url(address) => Some(address.as_str()),
            ActionTarget::Phone(number) => Some(number.as_str()),
            ActionTarget::Intent(_) => None,
        });
        bodies.chain(targets).flat_map(names_in).collect()
    }
}

fn names_in(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("{{").filter_map(|(at, _)| {
        let inside = &text[at + 2..];
        inside.find("}}").map(|end| inside[..end].trim())
    })
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::knowledge::content::SourceFile;
    use crate::knowledge::{ReadOptions, read};

    #[test]
    fn an_entry_says_what_editors_should_know_of_it() {
        let file = |path: &str, text: &str| SourceFile { path: path.to_owned(), bytes: text.as_bytes().to_vec() };
        let entry = |id: &str, front: &str, body: &str| {
            file(&format!("knowledge-base/help/{id}.md"), &format!("---\nquestion: 怎么{id}？\n{front}---\n{body}\n"))
        };
        let (content, _) = read(
            vec![
                file(
                    "knowledge-base/variables.yaml",
                    "days: {value: '3', sample: true}\nfeature.card: {value: false}\n",
                ),
                entry("aa", "similar: [一, 二]\n", "{{days}} 天"),
                entry(
                    "bb",
                    "similar: [三, 四]\nvalid: {until: 2026-12-01T00:00:00+08:00}\nreview_by: 2026-11-20\n",
                    "好",
                ),
                entry("cc", "valid: {from: 2027-01-01T00:00:00+08:00}\nrequires: feature.card\n", "好"),
                entry("dd", "similar: [五, 六]\nvalid: {until: 2026-11-01T00:00:00+08:00}\n", "好"),
                entry("ee", "similar: [七, 八]\nreview_by: 2026-11-26\n", "好"),
            ],
            &ReadOptions::default(),
        );
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let here = jiff::civil::datetime(2026, 11, 26, 10, 0, 0, 0).to_zoned(zone).unwrap();
        let of = |at: usize| content.entries[at].conditions(&content, &here).into_iter().collect::<Vec<_>>();
        assert_eq!(of(0), [Condition::Samples]);
        assert_eq!(of(1), [Condition::Expiring, Condition::ReviewOverdue]);
        assert_eq!(of(2), [Condition::Upcoming, Condition::FewPhrasings, Condition::FeatureOff]);
        assert_eq!(of(3), [Condition::Expired]);
        assert_eq!(of(4), [], "the day itself is in time");
    }
}
