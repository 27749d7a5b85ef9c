//! What there is one of per language. There are few languages, so this is a sorted list: the smallest node of a B-tree has
//! room for eleven.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::text::language::LanguageTag;

/// One value per language, in the order of the tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LanguageMap<T>(Vec<(LanguageTag, T)>);

impl<T> LanguageMap<T> {
    /// Makes an empty map.
    pub fn new() -> Self {
        Self(Vec::new())
    }

    /// Puts a value in; returns the one that it replaces.
    pub fn insert(&mut self, language: LanguageTag, value: T) -> Option<T> {
        match self.place(&language) {
            Ok(at) => Some(std::mem::replace(&mut self.0[at].1, value)),
            Err(at) => {
                self.0.reserve_exact(1);
                self.0.insert(at, (language, value));
                None
            }
        }
    }

    /// Returns the value of a language.
    pub fn get(&self, language: &LanguageTag) -> Option<&T> {
        self.place(language).ok().map(|at| &self.0[at].1)
    }

    /// Says whether there is a value for a language.
    pub fn contains_key(&self, language: &LanguageTag) -> bool {
        self.place(language).is_ok()
    }

    /// Returns the languages in order.
    pub fn keys(&self) -> impl Iterator<Item = &LanguageTag> {
        self.0.iter().map(|(language, _)| language)
    }

    /// Returns the values in the order of their languages.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.0.iter().map(|(_, value)| value)
    }

    /// Returns the values in the order of their languages, to change them.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.0.iter_mut().map(|(_, value)| value)
    }

    /// Returns languages with their values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&LanguageTag, &T)> {
        self.0.iter().map(|(language, value)| (language, value))
    }

    /// Says whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the value of a language; a default one is put in where there is none.
    pub fn get_or_default(&mut self, language: LanguageTag) -> &mut T
    where
        T: Default,
    {
        let at = self.place(&language).unwrap_or_else(|at| {
            self.0.insert(at, (language, T::default()));
            at
        });
        &mut self.0[at].1
    }

    fn place(&self, language: &LanguageTag) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| known.cmp(language))
    }
}

impl<T> Default for LanguageMap<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Extend<(LanguageTag, T)> for LanguageMap<T> {
    fn extend<I: IntoIterator<Item = (LanguageTag, T)>>(&mut self, values: I) {
        for (language, value) in values {
            self.insert(language, value);
        }
    }
}

impl<T> FromIterator<(LanguageTag, T)> for LanguageMap<T> {
    fn from_iter<I: IntoIterator<Item = (LanguageTag, T)>>(values: I) -> Self {
        let mut map = Self::new();
        map.extend(values);
        map
    }
}

impl<T, const N: usize> From<[(LanguageTag, T); N]> for LanguageMap<T> {
    fn from(values: [(LanguageTag, T); N]) -> Self {
        Self::from_iter(values)
    }
}

impl<T> IntoIterator for LanguageMap<T> {
    type Item = (LanguageTag, T);
    type IntoIter = std::vec::IntoIter<(LanguageTag, T)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<T: Serialize> Serialize for LanguageMap<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for LanguageMap<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(BTreeMap::<LanguageTag, T>::deserialize(deserializer)?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_one_value_per_language_in_order() {
        let mut map = LanguageMap::from([(LanguageTag::zh_cn(), "退款"), (LanguageTag::en(), "refund")]);
        assert_eq!(map.insert(LanguageTag::zh_cn(), "退钱"), Some("退款"));
        map.extend([(LanguageTag::zh_tw(), "退款")]);
        let shown: Vec<(&str, &str)> = map.iter().map(|(language, text)| (language.as_str(), *text)).collect();
        assert_eq!(shown, [("en", "refund"), ("zh-CN", "退钱"), ("zh-TW", "退款")]);
        assert!(map.keys().map(LanguageTag::as_str).eq(["en", "zh-CN", "zh-TW"]));
        assert!(map.values().eq(&["refund", "退钱", "退款"]));
        assert_eq!(map.get(&LanguageTag::en()), Some(&"refund"));
        let japanese = LanguageTag::parse("ja").unwrap();
        assert!(!map.contains_key(&japanese) && map.get(&japanese).is_none());
        assert_eq!(*map.get_or_default(japanese), "");
        assert!(!map.is_empty() && LanguageMap::<u8>::new().is_empty());
        assert_eq!(map.clone().into_iter().collect::<LanguageMap<_>>(), map);
    }

    #[test]
    fn is_an_object_in_json() {
        let json = r#"{"en":"refund","zh-CN":"退款"}"#;
        let map: LanguageMap<String> = serde_json::from_str(json).unwrap();
        assert_eq!(map.get(&LanguageTag::zh_cn()).map(String::as_str), Some("退款"));
        assert_eq!(serde_json::to_string(&map).unwrap(), json);
        assert!(serde_json::from_str::<LanguageMap<String>>(r#"{"no language!": "x"}"#).is_err());
    }
}
