//! What a message gives to a flow: values for its slots, the awaited one first of all, and any others it names.

use once_cell::sync::Lazy;
use regex::Regex;

use crate::dialogue::cues::{Cue, Cues};
use crate::dialogue::state::Held;
use crate::knowledge::intent::{Choice, Flow, Slot, SlotFiller};
use crate::nlu::entities::{Entity, EntityKind};
use crate::text::normalise::normalise;
use crate::text::sensitive::SensitiveKind;

/// Something that was taken out of a message, which only a slot may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// What it is.
    pub kind: SensitiveKind,
    /// As much of it as may be shown.
    pub shown: String,
    /// It, sealed.
    pub sealed: String,
}

/// A message as flows read it.
#[derive(Clone, Debug)]
pub struct Given<'m> {
    /// The masked text.
    pub text: &'m str,
    /// The same, as it is compared.
    pub normalised: &'m str,
    /// What small words say in it.
    pub cues: &'m Cues,
    /// What it names.
    pub entities: &'m [Entity],
    /// What it named, before that was taken out.
    pub secrets: &'m [Secret],
    /// What it names when it is read as a sum or a time and nothing else.
    pub bare: &'m Bare,
}

/// Readings of a text that hold only where they are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bare {
    /// "128" as a sum of money: the whole message, or the one number in it that belongs to nothing else.
    pub amount: Option<String>,
    /// Whether the text speaks of the sum.
    pub names_amount: bool,
    /// The contact that is to be checked, masked.
    pub contact: Option<String>,
}

/// Characters of a story: a message of that many tells what has happened.
const STORY: usize = 18;

/// Words of one.
const STORY_WORDS: usize = 14;

/// The longest name of an account that a whole message can be.
const LONGEST_NAME: usize = 24;

/// Characters of a message that puts a value right, and tells nothing.
const SHORT: usize = 30;

/// The slot that a telephone number or mailbox fills as the name of an account.
const ACCOUNT: &str = "account_name";

static SAYS_ACCOUNT: Lazy<Regex> =
    Lazy::new(|| Regex::new(r"(?i)账户|账号|帐户|帐号|\baccount\b").expect("a test compiles the pattern"));
static SAYS_PHONE: Lazy<Regex> = Lazy::new(|| {
    Regex::new(r"(?i)电话|手机|联系方式|打给我|\b(?:phone|mobile|number|call)\b").expect("a test compiles the pattern")
});

static BARE_MERCHANT: Lazy<Regex> =
    Lazy::new(|| Regex::new(r"[a-z]{0,3}[0-9]{6,15}").expect("a test compiles the pattern"));

/// A wish in a longer text: 希望…, 要求…, I want ….
static WISH: Lazy<Regex> = Lazy::new(|| {
    Regex::new(r"(?i)(?:希望|要求|诉求是|诉求|期望|i want|i expect|i would like|i'd like|please)[^。！!.\n]{2,200}")
        .expect("a test compiles the pattern")
});

impl Given<'_> {
    /// Returns the values for a flow that is under way; `awaited` is the slot that was asked for.
    pub fn to_flow(&self, flow: &Flow, awaited: Option<&str>) -> Vec<(String, Held)> {
        let value = |slot: &Slot| {
            let is_awaited = awaited == Some(slot.name.as_str());
            Some((slot.name.clone(), self.to_slot(flow, slot, is_awaited)?))
        };
        let mut values: Vec<(String, Held)> = flow.slots.iter().filter_map(value).collect();
        if values.iter().any(|(slot, _)| awaited != Some(slot.as_str())) {
            // What fills another slot is no name of an account, and what puts another one right no story.
            let is_put_right = self.cues.say(Cue::Correction) && self.text.chars().count() <= SHORT;
            values.retain(|(slot, held)| match slot.as_str() {
                ACCOUNT => held.sealed.is_some(),
                "description" | "expected" => !is_put_right,
                _ => true,
            });
        }
        values
    }

    /// Returns the values of the message that starts a flow: a whole story is told once.
    pub fn to_new_flow(&self, flow: &Flow) -> Vec<(String, Held)> {
        let mut values = self.to_flow(flow, None);
        let is_story = self.is_story();
        for slot in flow.slots.iter().filter(|_| is_story) {
            let SlotFiller::Entity(entity) = &slot.filler else { continue };
            let told = match entity.as_str() {
                "description" => Some(self.text.trim().to_owned()),
                "expected" => self.wish(),
                _ => None,
            };
            if let Some(told) = told {
                values.push((slot.name.clone(), Held::plain(told)));
            }
        }
        values
    }

    /// Says whether it tells what has happened, besides what it names.
    fn is_story(&self) -> bool {
        let mut rest = self.text.to_owned();
        for entity in self.entities.iter().rev() {
            rest.replace_range(entity.span.clone(), " ");
        }
        let han = rest.chars().filter(|c| c.is_alphabetic() && !c.is_ascii()).count();
        let words = rest.split_whitespace().filter(|word| word.chars().all(|c| !c.is_ascii_digit())).count();
        han >= STORY || (han == 0 && words >= STORY_WORDS)
    }

    fn wish(&self) -> Option<String> {
        let wish = WISH.find(self.text).map(|wish| wish.as_str().trim().to_owned())?;
        let is_of_flow = ["投诉", "complain", "举报"].iter().any(|word| wish.contains(word));
        (!is_of_flow).then_some(wish)
    }

    fn to_slot(&self, flow: &Flow, slot: &Slot, is_awaited: bool) -> Option<Held> {
        let entity = match &slot.filler {
            SlotFiller::Choices(choices) => return self.choice(choices, is_awaited).map(Held::plain),
            SlotFiller::Entity(entity) => entity.as_str(),
        };
        let of = |kind: EntityKind| self.entities.iter().rev().find(|entity| entity.kind == kind);
        let plain = |entity: &Entity| Held::plain(entity.value.clone());
        let whole = || {
            let text = self.text.trim();
            (is_awaited && !text.is_empty()).then(|| Held::plain(text))
        };
        match entity {
            "order_number" => of(EntityKind::OrderNumber).map(plain),
            "case_number" => of(EntityKind::CaseNumber)
                .or_else(|| of(EntityKind::OrderNumber).filter(|_| is_awaited || flow.lookup.is_some()))
                .map(plain),
            "amount" => of(EntityKind::Amount)
                .map(plain)
                .or_else(|| self.bare.amount.clone().filter(|_| is_awaited || self.bare.names_amount).map(Held::plain)),
            "time" => of(EntityKind::Time).or_else(|| of(EntityKind::Date)).map(plain),
            "date" => of(EntityKind::Date).map(plain).or_else(|| {
                of(EntityKind::Time).map(|time| Held::plain(time.value.split('T').next().unwrap_or_default()))
            }),
            "merchant_id" => of(EntityKind::MerchantId).map(plain).or_else(|| {
                let may_be = is_awaited || self.cues.say(Cue::Correction) && self.entities.is_empty();
                let found = BARE_MERCHANT.find(self.normalised).filter(|_| may_be);
                found.map(|found| Held::plain(found.as_str()))
            }),
            "phone" => self
                .secret(SensitiveKind::Phone)
                .or_else(|| of(EntityKind::Phone).map(plain))
                .filter(|_| is_awaited || !self.names_account_by_phone(flow)),
            "email" => self.secret(SensitiveKind::Email).or_else(|| of(EntityKind::Email).map(plain)),
            ACCOUNT => {
                let named = is_awaited || SAYS_ACCOUNT.is_match(self.text);
                let mailbox = self.secret(SensitiveKind::Email).filter(|_| named);
                let phone = || {
                    let is_phone = SAYS_PHONE.is_match(self.text) && !SAYS_ACCOUNT.is_match(self.text);
                    self.secret(SensitiveKind::Phone).filter(|_| named && !is_phone)
                };
                mailbox.or_else(phone).or_else(|| whole().filter(|held| self.is_name(&held.value)))
            }
            "url" => self.bare.contact.clone().map(Held::plain),
            "description" => whole(),
            "expected" => whole(),
            _ => None,
        }
    }

    fn is_name(&self, text: &str) -> bool {
        let says = |cue| self.cues.say(cue);
        let is_said = says(Cue::Question) || says(Cue::Unknown) || says(Cue::Correction) || says(Cue::No);
        text.chars().count() <= LONGEST_NAME && text.split_whitespace().count() <= 2 && !is_said
    }

    /// Whether the one telephone number of the text is the name of an account.
    fn names_account_by_phone(&self, flow: &Flow) -> bool {
        let has_account = flow.slots.iter().any(|slot| slot.name == ACCOUNT);
        let n_phones = self.secrets.iter().filter(|secret| secret.kind == SensitiveKind::Phone).count();
        let has_mailbox = self.secrets.iter().any(|secret| secret.kind == SensitiveKind::Email);
        has_account && n_phones < 2 && !has_mailbox && !SAYS_PHONE.is_match(self.text)
    }

    fn secret(&self, kind: SensitiveKind) -> Option<Held> {
        let secret = self.secrets.iter().rev().find(|secret| secret.kind == kind)?;
        Some(Held { value: secret.shown.clone(), sealed: Some(secret.sealed.clone()) })
    }

    /// Returns the choice that the text names: the longest of its ways to be said, or its place in the list.
    fn choice(&self, choices: &[Choice], is_awaited: bool) -> Option<String> {
        let ways = choices.iter().flat_map(|choice| {
            let said = choice.label.values().chain(choice.phrases.values().flatten());
            said.map(move |said| (choice, normalise(said)))
        });
        let named = ways.filter(|(_, way)| !way.is_empty() && holds(self.normalised, way));
        // Of two that are as long the first.
        let longest = named.reduce(|a, b| if b.1.chars().count() > a.1.chars().count() { b } else { a });
        let longest = longest.map(|(choice, _)| choice.value.clone());
        longest.or_else(|| self.by_place(choices.len()).filter(|_| is_awaited).map(|at| choices[at].value.clone()))
    }

    fn by_place(&self, n: usize) -> Option<usize> {
        const PLACES: [&[&str]; 6] = [
            &["1", "一", "第一个", "第1个", "1号", "first", "the first", "the first one"],
            &["2", "二", "第二个", "第2个", "2号", "second", "the second", "the second one"],
            &["3", "三", "第三个", "第3个", "3号", "third", "the third", "the third one"],
            &["4", "四", "第四个", "第4个", "4号", "fourth", "the fourth", "the fourth one"],
            &["5", "五", "第五个", "第5个", "5号", "fifth", "the fifth", "the fifth one"],
            &["6", "六", "第六个", "第6个", "6号", "sixth", "the sixth", "the sixth one"],
        ];
        PLACES.iter().take(n).position(|names| names.contains(&self.normalised))
    }
}

/// Says whether a normalised text holds a way of saying something: Han anywhere, other words as whole words.
fn holds(text: &str, way: &str) -> bool {
    let is_word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    text.match_indices(way).any(|(at, found)| {
        let joins_before = is_word(found.chars().next()) && is_word(text[..at].chars().next_back());
        let joins_after = is_word(found.chars().next_back()) && is_word(text[at + found.len()..].chars().next());
        let is_denied = ["不是", "不想", "not", "not to"].iter().any(|no| text[..at].trim_end().ends_with(no));
        !joins_before && !joins_after && !is_denied
    })
}
