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
    /// Before a hand-off of what a supervisor has switched off.
    SwitchedOff,
    /// To whoever asks about a contact that is on the official list.
    ContactListed,
    /// To whoever asks about a contact that is not.
    ContactNotListed,
    /// To whoever asks about a contact that only looks like one of the list.
    ContactLookAlike,
}

impl TextName {
    /// All names with their keys in the file.
    pub const ALL: [(TextName, &'static str); 8] = [
        (TextName::Clarify, "clarify"),
        (TextName::Fallback, "fallback"),
        (TextName::NoAnnouncements, "no_announcements"),
        (TextName::Handoff, "handoff"),
        (TextName::SwitchedOff, "switched_off"),
        (TextName::ContactListed, "contact_listed"),
        (TextName::ContactNotListed, "contact_not_listed"),
        (TextName::ContactLookAlike, "contact_look_alike"),
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
            TextName::SwitchedOff => (
                "这个问题暂时由人工客服为您解答，正在转接，请稍候。",
                "A colleague is answering this at the moment; I am passing you on, one moment please.",
            ),
            TextName::ContactListed => (
                "它在我们公布的官方联系方式名单上。来电号码和发件人都可以伪造：如果是对方找您，请先挂断，再由您自己拨打。",
                "It is on our list of official contacts. Numbers and senders can be faked: if they contacted you, hang up and dial yourself.",
            ),
            TextName::ContactNotListed => (
                "它不在我们公布的官方联系方式名单上。请不要付款，也不要透露任何验证信息。",
                "It is not on our list of official contacts. Do not pay and do not give any codes.",
            ),
            TextName::ContactLookAlike => (
                "请小心：它和我们的官方联系方式很像，但不是同一个。请不要打开、回拨或付款。",
                "Careful: it resembles one of our official contacts but is not the same. Do not open it, call it or pay.",
            ),
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
