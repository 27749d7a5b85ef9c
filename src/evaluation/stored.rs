//! What editors stored word for word, with the way to ask it so that its owner is visible.

use jiff::{SignedDuration, Timestamp};

use crate::assistant::turn::{DecisionKind, Message, Turn};
use crate::evaluation::questions::accepts;
use crate::knowledge::content::Content;
use crate::knowledge::entry::{Audience, Entry, Validity};
use crate::knowledge::intent::Does;
use crate::text::language::LanguageTag;

/// The way in where an entry names none.
const CHANNEL: &str = "web";

/// A stored text and how it is asked.
pub(crate) struct Stored<'c> {
    /// What is asked.
    pub(crate) text: &'c str,
    /// Its language.
    pub(crate) language: &'c LanguageTag,
    /// The outcome that it belongs to; of a question that must not get it, the outcome that it must not get.
    pub(crate) owner: String,
    /// When, by which way and by whom the owner is seen.
    seen: Seen<'c>,
    /// Whether the owner leaves the answer to the index.
    by_index: bool,
}

/// When, by which way and by whom something is seen.
#[derive(Clone, Copy)]
struct Seen<'c> {
    at: Timestamp,
    channel: &'c str,
    audience: Option<Audience>,
}

impl Stored<'_> {
    /// Asks word for word.
    pub(crate) fn ask(&self, answer: &(dyn Fn(&Message<'_>, Timestamp) -> Turn + Sync)) -> Turn {
        let Seen { at, channel, audience } = self.seen;
        let message = Message { language: Some(self.language), channel, audience, limit: 1, ..Message::new(self.text) };
        answer(&message, at)
    }

    /// Says whether a turn is what the text belongs to. Where the index answers, that is whatever the index has.
    pub(crate) fn is_own(&self, turn: &Turn) -> bool {
        let of_index = matches!(turn.decision, DecisionKind::Answer | DecisionKind::Fallback);
        (self.by_index && of_index) || accepts(std::slice::from_ref(&self.owner), &turn.outcome())
    }
}

/// Returns every phrasing and example of what is compiled, in the content's order.
pub(crate) fn phrasings(content: &Content, now: Timestamp) -> Vec<Stored<'_>> {
    let of_entries = shown_entries(content).flat_map(move |entry| {
        entry.texts.iter().flat_map(move |(language, text)| {
            text.phrasings().map(move |phrasing| of_entry(entry, language, phrasing, now))
        })
    });
    let of_intents = content.intents.iter().flat_map(move |intent| {
        let examples = intent.examples.iter();
        let examples = examples.flat_map(|(language, texts)| texts.iter().map(move |text| (language, text)));
        examples.map(move |(language, text)| Stored {
            text,
            language,
            owner: format!("intent:{}", intent.name),
            seen: Seen { at: now, channel: CHANNEL, audience: None },
            by_index: intent.does == Does::Search,
        })
    });
    of_entries.chain(of_intents).collect()
}

/// Returns every question that must not get its entry, in the content's order.
pub(crate) fn nevers(content: &Content, now: Timestamp) -> Vec<Stored<'_>> {
    let of_entries = shown_entries(content).flat_map(move |entry| {
        entry
            .texts
            .iter()
            .flat_map(move |(language, text)| text.never.iter().map(move |never| of_entry(entry, language, never, now)))
    });
    of_entries.collect()
}

/// Says whether a customer of the web site, of whom nothing else is known, gets to see an entry.
pub(crate) fn is_seen_on_the_web(content: &Content, entry: &Entry, now: Timestamp) -> bool {
    is_compiled(content, entry)
        && entry.valid.contains(now)
        && entry.audience != [Audience::Agent]
        && (entry.channels.is_empty() || entry.channels.iter().any(|channel| channel == CHANNEL))
}

fn shown_entries(content: &Content) -> impl Iterator<Item = &Entry> {
    content.entries.iter().filter(|entry| is_compiled(content, entry))
}

fn is_compiled(content: &Content, entry: &Entry) -> bool {
    entry.requires.as_ref().is_none_or(|feature| content.is_on(feature))
}

fn of_entry<'c>(entry: &'c Entry, language: &'c LanguageTag, text: &'c str, now: Timestamp) -> Stored<'c> {
    let seen = Seen {
        at: instant_within(entry.valid, now),
        channel: entry.channels.first().map_or(CHANNEL, String::as_str),
        audience: entry.audience.first().copied(),
    };
    Stored { text, language, owner: entry.id.0.clone(), seen, by_index: false }
}

/// Returns now where that lies within, else the nearest instant that does.
fn instant_within(valid: Validity, now: Timestamp) -> Timestamp {
    let begun = valid.from.map_or(now, |from| from.max(now));
    let Some(until) = valid.until.filter(|&until| until <= begun) else { return begun };
    until.checked_sub(SignedDuration::from_nanos(1)).unwrap_or(until)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_instant_within_is_chosen() {
        let time = |text: &str| -> Timestamp { text.parse().unwrap() };
        let (early, now, late) =
            (time("2026-01-01T00:00:00Z"), time("2026-11-23T02:00:00Z"), time("2027-01-01T00:00:00Z"));
        let just_before = time("2025-12-31T23:59:59.999999999Z");
        for (from, until, chosen) in [
            (None, None, now),
            (Some(early), Some(late), now),
            (Some(now), None, now),
            (Some(late), None, late),
            (None, Some(early), just_before),
        ] {
            let valid = Validity { from, until };
            assert_eq!(instant_within(valid, now), chosen, "{valid:?}");
            assert!(valid.contains(chosen));
        }
    }
}
