//! A file's value as forms show it: JSON whose keys keep their order.

use std::fmt;

use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Deserializer, Serialize};

use crate::knowledge::yaml::{Node, Style, Value as Written};

/// What a file holds.
#[derive(Clone, Debug)]
pub enum Value {
    /// Nothing is written.
    Null,
    /// `true` or `false`, without quotes.
    Flag(bool),
    /// A whole number, without quotes.
    Number(i64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// Keys with their values, in their order, which means nothing; no key stands twice.
    Map(Vec<(String, Value)>),
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Flag(a), Self::Flag(b)) => a == b,
            (Self::Number(a), Self::Number(b)) => a == b,
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::List(a), Self::List(b)) => a == b,
            (Self::Map(a), Self::Map(b)) => {
                a.len() == b.len() && a.iter().all(|(key, value)| other.get(key) == Some(value))
            }
            _ => false,
        }
    }
}

/// Longer ones are texts: a browser would not tell them apart.
const MOST_DIGITS: usize = 15;

impl Value {
    /// What a node means. Of a key that stands twice, which the check reports, the first counts.
    pub(super) fn of(node: &Node) -> Self {
        match &node.value {
            Written::Scalar(text) if node.style == Style::Plain => Self::of_plain(text),
            Written::Scalar(text) => Self::Text(text.clone()),
            Written::List(items) => Self::List(items.iter().map(Self::of).collect()),
            Written::Map(pairs) => {
                let mut map: Vec<(String, Self)> = Vec::new();
                for (key, value) in pairs {
                    let key = key.scalar().unwrap_or_default();
                    if map.iter().all(|(other, _)| other != key) {
                        map.push((key.to_owned(), Self::of(value)));
                    }
                }
                Self::Map(map)
            }
        }
    }

    /// What a scalar without quotes means.
    pub(super) fn of_plain(text: &str) -> Self {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let is_number = digits == "0" && digits == text
            || (1..=MOST_DIGITS).contains(&digits.len())
                && digits.bytes().all(|b| b.is_ascii_digit())
                && !digits.starts_with('0');
        match text {
            "" | "~" => Self::Null,
            "true" => Self::Flag(true),
            "false" => Self::Flag(false),
            _ if is_number => text.parse().map_or_else(|_| Self::Text(text.to_owned()), Self::Number),
            _ => Self::Text(text.to_owned()),
        }
    }

    /// The value under a key.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(pairs) => pairs.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text that stands under a key.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_text()
    }

    /// The texts of the list that stands under a key; nothing where something else is among them.
    pub(super) fn texts(&self, key: &str) -> Option<Vec<&str>> {
        match self.get(key)? {
            Self::List(items) => items.iter().map(Self::as_text).collect(),
            _ => None,
        }
    }

    /// How many levels of lists and mappings it has.
    pub(super) fn depth(&self) -> usize {
        match self {
            Self::List(items) => 1 + items.iter().map(Self::depth).max().unwrap_or(0),
            Self::Map(pairs) => 1 + pairs.iter().map(|(_, value)| value.depth()).max().unwrap_or(0),
            _ => 0,
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Number(number) => serializer.serialize_i64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => serializer.collect_seq(items),
            Self::Map(pairs) => {
                let mut map = serializer.serialize_map(Some(pairs.len()))?;
                for (key, value) in pairs {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OfJson)
    }
}

struct OfJson;

impl<'de> Visitor<'de> for OfJson {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a whole number, true, false, null, a list or an object")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Flag(flag))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(match Value::of_plain(&number.to_string()) {
            Value::Text(_) => return Err(E::custom("a number of at most 15 digits is expected")),
            value => value,
        })
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        self.visit_i64(i64::try_from(number).unwrap_or(i64::MAX))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Value, E> {
        Ok(Value::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut pairs: A) -> Result<Value, A::Error> {
        let mut map: Vec<(String, Value)> = Vec::new();
        while let Some((key, value)) = pairs.next_entry::<String, Value>()? {
            if map.iter().any(|(other, _)| *other == key) {
                return Err(A::Error::custom(format!("{key:?} stands twice")));
            }
            map.push((key, value));
        }
        Ok(Value::Map(map))
    }
}
