//! Who reads a help page: in which language, what the address asks for, and what the browser has of it already.
//!
//! Unlike the API's, these addresses take parameters that nobody knows: links are shared with some added.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Query};
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT_LANGUAGE, IF_NONE_MATCH};
use axum::http::request::Parts;

use crate::text::language::LanguageTag;

/// A request for a help page.
#[derive(Debug)]
pub struct Reader {
    /// The language of the page: `zh-CN`, `zh-TW` or `en`.
    pub language: LanguageTag,
    /// Whether the address says so, and the links go on saying so.
    pub has_chosen: bool,
    /// The tags of what the browser has.
    pub known: String,
    parameters: Vec<(String, String)>,
}

impl<S: Sync> FromRequestParts<S> for Reader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let parameters =
            Query::<Vec<(String, String)>>::try_from_uri(&parts.uri).map_or_else(|_| Vec::new(), |query| query.0);
        let header =
            |name| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        Ok(Self::new(parameters, &parts.headers, header(IF_NONE_MATCH)))
    }
}

impl Reader {
    fn new(parameters: Vec<(String, String)>, headers: &HeaderMap, known: String) -> Self {
        let named = parameters.iter().find(|(name, _)| name == "language").map(|(_, value)| value.as_str());
        let chosen = named.and_then(LanguageTag::parse).as_ref().and_then(ours);
        let has_chosen = chosen.is_some();
        let language = chosen.unwrap_or_else(|| of_browser(headers));
        Self { language, has_chosen, known, parameters }
    }

    /// Returns a parameter without the space around it; empty where there is none.
    pub fn parameter(&self, name: &str) -> &str {
        self.parameters.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.trim())
    }

    /// Returns the address of another page in the language that was chosen.
    pub fn address(&self, path: &str) -> String {
        if self.has_chosen { in_language(path, self.language.as_str()) } else { path.to_owned() }
    }
}

/// The languages of the pages, with their own names.
pub const LANGUAGES: [(&str, &str); 3] = [("zh-CN", "简体中文"), ("zh-TW", "繁體中文"), ("en", "English")];

/// Returns the address of a page in a language.
pub fn in_language(path: &str, language: &str) -> String {
    format!("{path}?language={language}")
}

/// The language of ours that a tag means; `None` for any other language.
fn ours(tag: &LanguageTag) -> Option<LanguageTag> {
    match tag.primary() {
        "zh" if tag.is_traditional_chinese() => Some(LanguageTag::zh_tw()),
        "zh" => Some(LanguageTag::zh_cn()),
        "en" => Some(LanguageTag::en()),
        _ => None,
    }
}

/// Returns the language of ours that a browser asks for; Chinese where it asks for none.
pub fn of_browser(headers: &HeaderMap) -> LanguageTag {
    let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    accepted.map_or_else(LanguageTag::zh_cn, best_accepted)
}

/// The best of what `Accept-Language` names (RFC 9110): the first of ours by preference, English for who reads others only.
fn best_accepted(header: &str) -> LanguageTag {
    let mut wanted: Vec<(f32, LanguageTag)> = header.split(',').filter_map(weighted).collect();
    wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
    let first = wanted.iter().find_map(|(_, tag)| ours(tag));
    first.unwrap_or_else(|| if wanted.is_empty() { LanguageTag::zh_cn() } else { LanguageTag::en() })
}

fn weighted(part: &str) -> Option<(f32, LanguageTag)> {
    let (tag, weight) = part.split_once(';').unwrap_or((part, "q=1"));
    let weight = weight.trim().strip_prefix("q=")?.parse().ok().filter(|weight| *weight > 0.0)?;
    Some((weight, LanguageTag::parse(tag.trim())?))
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue};

    use super::*;

    #[test]
    fn the_address_goes_before_the_browser() {
        for (named, accepted, language) in [
            ("", "", "zh-CN"),
            ("", "*", "zh-CN"),
            ("", "en-GB,en;q=0.9,zh;q=0.8", "en"),
            ("", "fr;q=0.9, zh-Hant-HK;q=0.8, en;q=0.5", "zh-TW"),
            ("", "en;q=0.2, zh;q=0.7", "zh-CN"),
            ("", "en;q=0, zh", "zh-CN"),
            ("", "de,fr", "en"),
            ("en", "zh-CN", "en"),
            ("zh-HK", "en", "zh-TW"),
            ("ZH", "en", "zh-CN"),
            ("_", "en", "en"),
            ("de", "zh-TW", "zh-TW"),
        ] {
            let mut headers = HeaderMap::new();
            if !accepted.is_empty() {
                headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static(accepted));
            }
            let parameters = vec![("q".to_owned(), " a ".to_owned()), ("language".to_owned(), named.to_owned())];
            let reader = Reader::new(parameters, &headers, String::new());
            assert_eq!(reader.language.as_str(), language, "{named:?} {accepted:?}");
            assert_eq!((reader.parameter("q"), reader.parameter("contact")), ("a", ""));
            let goes_on = reader.address("/help") == format!("/help?language={language}");
            assert_eq!(goes_on, reader.has_chosen, "{named:?}");
        }
    }
}
