//! Language tags, and which language a message is written in. Knows nothing of what content there is.

use std::borrow::Cow;
use std::fmt;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::text::normalise::is_traditional;
use crate::text::script::{is_han, is_hangul, is_kana, is_latin};

/// A well-formed BCP 47 language tag in canonical case, for instance `zh-CN`, `zh-TW`, `en`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LanguageTag(Box<str>);

impl LanguageTag {
    /// Parses a tag; `None` when it is not well-formed (RFC 5646, without grandfathered tags).
    pub fn parse(tag: &str) -> Option<Self> {
        let mut subtags = tag.split('-');
        let language = subtags.next()?;
        if !(2..=3).contains(&language.len()) || !language.bytes().all(|b| b.is_ascii_alphabetic()) {
            return None;
        }
        let mut canonical = language.to_ascii_lowercase();
        for subtag in subtags {
            if subtag.is_empty() || subtag.len() > 8 || !subtag.bytes().all(|b| b.is_ascii_alphanumeric()) {
                return None;
            }
            canonical.push('-');
            match subtag.len() {
                2 => canonical.push_str(&subtag.to_ascii_uppercase()),
                4 => canonical.extend(
                    subtag
                        .chars()
                        .enumerate()
                        .map(|(i, c)| if i == 0 { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }),
                ),
                _ => canonical.push_str(&subtag.to_ascii_lowercase()),
            }
        }
        Some(Self(canonical.into()))
    }

    /// Simplified Chinese, the language of an entry's own file.
    pub fn zh_cn() -> Self {
        Self("zh-CN".into())
    }

    /// Traditional Chinese as in Taiwan.
    pub fn zh_tw() -> Self {
        Self("zh-TW".into())
    }

    /// English.
    pub fn en() -> Self {
        Self("en".into())
    }

    /// Returns the tag's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the primary language, for instance `zh` of `zh-TW`.
    pub fn primary(&self) -> &str {
        self.0.split('-').next().unwrap_or(&self.0)
    }

    /// Says whether the tag asks for Chinese in traditional script (zh-TW, zh-HK, zh-MO, zh-Hant).
    pub fn is_traditional_chinese(&self) -> bool {
        self.primary() == "zh" && self.0.split('-').any(|subtag| matches!(subtag, "TW" | "HK" | "MO" | "Hant"))
    }
}

impl fmt::Display for LanguageTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for LanguageTag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let tag = <Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&tag)
            .ok_or_else(|| D::Error::custom(format!("{tag:?} is no language tag; examples: zh-CN, zh-TW, en")))
    }
}

impl Serialize for LanguageTag {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// Letters from which on a statistical guess between languages of the Latin script is worth more than "English".
const ENOUGH_LATIN_LETTERS: usize = 24;

/// Tells the language of a message by its script, and long texts in Latin script by their letters.
///
/// Chinese wins wherever a Han character stands without kana ("my card 被拒了"); `None` when there is no letter at all.
pub fn detect(text: &str) -> Option<LanguageTag> {
    let count = |is: fn(char) -> bool| text.chars().filter(|&c| is(c)).count();
    let tag = |language: &str| LanguageTag::parse(language);
    if count(is_kana) > 0 {
        return tag("ja");
    }
    if count(is_han) > 0 {
        return Some(if is_traditional(text) { LanguageTag::zh_tw() } else { LanguageTag::zh_cn() });
    }
    if count(is_hangul) > 0 {
        return tag("ko");
    }
    let latin = count(is_latin);
    if latin > 0 {
        return if latin < ENOUGH_LATIN_LETTERS { Some(LanguageTag::en()) } else { tag(latin_language(text)) };
    }
    let other = text.chars().find(|c| c.is_alphabetic())?;
    tag(match u32::from(other) {
        0x0400..=0x052F => "ru",
        0x0600..=0x06FF => "ar",
        0x0E00..=0x0E7F => "th",
        0x0900..=0x097F => "hi",
        0x0370..=0x03FF => "el",
        0x0590..=0x05FF => "he",
        _ => "und",
    })
}

fn latin_language(text: &str) -> &'static str {
    use whichlang::Lang;
    match whichlang::detect_language(text) {
        Lang::Fra => "fr",
        Lang::Deu => "de",
        Lang::Spa => "es",
        Lang::Por => "pt",
        Lang::Ita => "it",
        Lang::Nld => "nl",
        Lang::Swe => "sv",
        Lang::Tur => "tr",
        Lang::Vie => "vi",
        _ => "en",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn detection_holds_on_three_characters() {
        for (text, language) in [
            ("退款吗", Some("zh-CN")),
            ("退款嗎", Some("zh-TW")),
            ("ok?", Some("en")),
            ("my card 被拒了", Some("zh-CN")),
            ("返金は", Some("ja")),
            ("환불요", Some("ko")),
            ("где", Some("ru")),
            ("refund please", Some("en")),
            ("Wo bleibt meine Rückerstattung, ich warte seit Wochen", Some("de")),
            ("123 ？！", None),
            ("", None),
        ] {
            assert_eq!(detect(text).as_ref().map(LanguageTag::as_str), language, "{text:?}");
        }
    }

    #[test]
    fn tags_are_checked_and_canonical() {
        assert_eq!(LanguageTag::parse("ZH-tw").unwrap().as_str(), "zh-TW");
        assert_eq!(LanguageTag::parse("zh-hant-HK").unwrap().as_str(), "zh-Hant-HK");
        for nonsense in ["", "x", "中文", "en-", "en--US", "english-language-of-the-moon", "zh_CN"] {
            assert!(LanguageTag::parse(nonsense).is_none(), "{nonsense:?}");
        }
    }
}
