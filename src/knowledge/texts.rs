//! The few sentences that belong to no entry and no intent (`intents/texts.yaml`), with what is said without that file.

use std::collections::BTreeMap;

use crate::knowledge::content::Localised;
use crate::text::language::LanguageTag;

/// Which sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TextName {
    /// Above the choices of a question back.
    Clarify,
    /// When nothing was understood.
    Fallback,
    /// In place of announcements when none is valid.
    NoAnnouncements,
    /// Before a hand-off that has no reply of its own.
    Handoff,
}

impl TextName {
    /// All names with their keys in the file.
    pub const ALL: [(TextName, &'static str); 4] = [
        (TextName::Clarify, "clarify"),
        (TextName::Fallback, "fallback"),
        (TextName::NoAnnouncements, "no_announcements"),
        (TextName::Handoff, "handoff"),
    ];

    fn built_in(self) -> [(LanguageTag, &'static str); 2] {
        let (chinese, english) = match self {
            TextName::Clarify => ("请问您想了解的是下面哪一个？", "Which of these do you mean?"),
            TextName::Fallback => (
                "抱歉，这个问题我还不会回答。您可以换一种说法再问一次，或者回复「转人工」。",
                "Sorry, I have no answer to that. Please put it another way, or reply \"talk to a person\".",
            ),
            TextName::NoAnnouncements => ("目前没有新的公告。", "There is no announcement at the moment."),
            TextName::Handoff => {
                ("正在为您转接人工客服，请稍候。", "I am passing you on to a colleague, one moment please.")
            }
        };
        [(LanguageTag::zh_cn(), chinese), (LanguageTag::en(), english)]
    }
}

/// The sentences, each in every language there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Texts(BTreeMap<TextName, Localised>);

impl Texts {
    /// Replaces a sentence.
    pub fn set(&mut self, name: TextName, text: Localised) {
        self.0.insert(name, text);
    }

    /// Returns a sentence.
    pub fn get(&self, name: TextName) -> &Localised {
        &self.0[&name]
    }
}

impl Default for Texts {
    fn default() -> Self {
        let built_in = |(name, _): (TextName, &str)| {
            (name, name.built_in().into_iter().map(|(language, text)| (language, text.to_owned())).collect())
        };
        Self(TextName::ALL.into_iter().map(built_in).collect())
    }
}
