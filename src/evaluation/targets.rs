//! What an outcome names in one content, with the file that holds it.

use std::fmt;

use crate::dialogue::decide::OUT_OF_SCOPE;
use crate::knowledge::content::Content;
use crate::knowledge::entry::{Entry, EntryId};
use crate::knowledge::intent::{Intent, IntentName};
use crate::text::language::LanguageTag;
use crate::text::normalise::normalise;

/// An entry or an intent of one content.
#[derive(Clone, Copy)]
pub(crate) enum Target<'c> {
    /// What answers.
    Entry(&'c Entry),
    /// What is wanted.
    Intent(&'c Intent),
}

impl<'c> Target<'c> {
    /// Returns what an outcome names; `fallback` names the intent of what is not ours, `clarify` names nothing.
    pub(crate) fn of(content: &'c Content, outcome: &str) -> Option<Self> {
        let intent = match outcome {
            "fallback" => Some(OUT_OF_SCOPE),
            _ => outcome.strip_prefix("intent:"),
        };
        match intent {
            Some(name) => content.intent(&IntentName(name.to_owned())).map(Self::Intent),
            None => content.entry(&EntryId(outcome.to_owned())).map(Self::Entry),
        }
    }

    /// Returns its outcome.
    pub(crate) fn outcome(&self) -> String {
        match self {
            Self::Entry(entry) => entry.id.0.clone(),
            Self::Intent(intent) => format!("intent:{}", intent.name),
        }
    }

    /// Returns its own file.
    pub(crate) fn path(&self) -> String {
        self.path_in(&LanguageTag::zh_cn())
    }

    /// Returns the file that holds its phrasings in a language.
    pub(crate) fn path_in(&self, language: &LanguageTag) -> String {
        match self {
            Self::Entry(entry) if *language == LanguageTag::zh_cn() => {
                format!("knowledge-base/{}/{}.md", entry.category, entry.id)
            }
            Self::Entry(entry) => format!("knowledge-base/{}/{}.{language}.md", entry.category, entry.id),
            Self::Intent(intent) => format!("intents/{}.yaml", intent.name),
        }
    }

    /// Returns the language in which it holds a normalised text word for word.
    pub(crate) fn language_of(&self, normalised: &str) -> Option<&'c LanguageTag> {
        self.phrasings()
            .into_iter()
            .find(|(_, phrasing)| normalise(phrasing) == normalised)
            .map(|(language, _)| language)
    }

    /// Returns the phrasings that another state of it does not have.
    pub(crate) fn lacking_in(&self, other: &Target<'_>) -> Vec<(&'c LanguageTag, &'c str)> {
        let there: Vec<String> = other.phrasings().into_iter().map(|(_, phrasing)| normalise(phrasing)).collect();
        self.phrasings().into_iter().filter(|(_, phrasing)| !there.contains(&normalise(phrasing))).collect()
    }

    /// Says whether another state of it does the same; what an entry does is in its text.
    pub(crate) fn does_the_same(&self, other: &Target<'_>) -> bool {
        match (self, other) {
            (Self::Intent(one), Target::Intent(other)) => one.does == other.does,
            _ => true,
        }
    }

    fn phrasings(&self) -> Vec<(&'c LanguageTag, &'c str)> {
        match *self {
            Self::Entry(entry) => {
                let texts = entry.texts.iter();
                texts.flat_map(|(tag, text)| text.phrasings().map(move |text| (tag, text.as_str()))).collect()
            }
            Self::Intent(intent) => {
                let examples = intent.examples.iter();
                examples.flat_map(|(tag, texts)| texts.iter().map(move |text| (tag, text.as_str()))).collect()
            }
        }
    }
}

impl fmt::Display for Target<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entry(entry) => write!(f, "the entry \"{}\"", entry.id),
            Self::Intent(intent) => write!(f, "the intent \"{}\"", intent.name),
        }
    }
}
