//! Which of a text's languages a customer gets, and Chinese in traditional script where nobody wrote it so.

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;
use once_cell::sync::Lazy;

use crate::text::language::LanguageTag;
use crate::text::language_map::LanguageMap;

/// Picks the text of a language: its own; for traditional Chinese the simplified one, to be converted (`true`); another
/// region of the language; English for who reads no Chinese; at last Chinese.
pub(crate) fn pick<'t, T>(texts: &'t LanguageMap<T>, wanted: &LanguageTag) -> (Option<&'t T>, bool) {
    if let Some(text) = texts.get(wanted) {
        return (Some(text), false);
    }
    let language = fallback_language(texts, wanted);
    let convert = wanted.is_traditional_chinese() && language == Some(&LanguageTag::zh_cn());
    (language.and_then(|language| texts.get(language)), convert)
}

/// Returns the language that stands in for one that there is no text in.
pub(crate) fn fallback_language<'t, T>(texts: &'t LanguageMap<T>, wanted: &LanguageTag) -> Option<&'t LanguageTag> {
    let of_primary = |primary: &str| texts.keys().find(|language| language.primary() == primary);
    let chinese = || texts.keys().find(|language| **language == LanguageTag::zh_cn());
    if wanted.primary() == "zh" {
        return chinese().or_else(|| of_primary("zh")).or_else(|| texts.keys().next());
    }
    of_primary(wanted.primary()).or_else(|| of_primary("en")).or_else(chinese).or_else(|| texts.keys().next())
}

/// Script alone, no words: the table of words turns 审核通过 into 稽核透過 and 注销 into 登出, which mean something else here.
static TO_TAIWAN: Lazy<Option<OpenCC>> = Lazy::new(|| OpenCC::from_config(BuiltinConfig::S2tw).ok());
static TO_HONG_KONG: Lazy<Option<OpenCC>> = Lazy::new(|| OpenCC::from_config(BuiltinConfig::S2hk).ok());

/// Writes simplified Chinese in the traditional script of a language.
pub(crate) fn to_traditional(text: &str, language: &LanguageTag) -> String {
    let hong_kong = language.as_str().ends_with("-HK") || language.as_str().ends_with("-MO");
    let converter = if hong_kong { &TO_HONG_KONG } else { &TO_TAIWAN };
    converter.as_ref().map_or_else(|| text.to_owned(), |converter| converter.convert(text))
}
