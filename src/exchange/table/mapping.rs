//! Which heading of a foreign table stands for what, as the person who imports it says.

use std::str::FromStr;

/// What a column of a foreign table says of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    Question,
    Similar,
    Answer,
    Category,
    Never,
    Channels,
    ValidFrom,
    ValidUntil,
    Related,
}

impl Field {
    /// All fields.
    pub(crate) const ALL: [Self; 9] = [
        Self::Question,
        Self::Similar,
        Self::Answer,
        Self::Category,
        Self::Never,
        Self::Channels,
        Self::ValidFrom,
        Self::ValidUntil,
        Self::Related,
    ];

    /// Returns the name that a mapping has for it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Question => "question",
            Self::Similar => "similar",
            Self::Answer => "answer",
            Self::Category => "category",
            Self::Never => "never",
            Self::Channels => "channels",
            Self::ValidFrom => "valid_from",
            Self::ValidUntil => "valid_until",
            Self::Related => "related",
        }
    }
}

/// Headings by field, in the order in which they were named; a field may have several.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping(Vec<(Field, String)>);

/// A mapping that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{part}\" maps nothing; write for instance question=标准问,answer=答案内容, with fields among {fields}")]
pub struct BadMapping {
    part: String,
    fields: String,
}

impl FromStr for Mapping {
    type Err = BadMapping;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split([',', '，']).map(str::trim).filter(|part| !part.is_empty());
        let pairs = parts.map(|part| pair(part).ok_or_else(|| bad(part)));
        pairs.collect::<Result<_, _>>().map(Self)
    }
}

fn pair(part: &str) -> Option<(Field, String)> {
    let (name, heading) = part.split_once('=')?;
    let field = Field::ALL.into_iter().find(|field| field.name() == name.trim())?;
    let heading = heading.trim();
    (!heading.is_empty()).then(|| (field, heading.to_owned()))
}

fn bad(part: &str) -> BadMapping {
    BadMapping { part: part.to_owned(), fields: Field::ALL.map(Field::name).join(", ") }
}

impl Mapping {
    /// Returns the field that a heading was given.
    pub(crate) fn field_of(&self, heading: &str) -> Option<Field> {
        self.0.iter().find(|(_, known)| known == heading.trim()).map(|&(field, _)| field)
    }

    /// Says whether a field was given a heading.
    pub(crate) fn names(&self, field: Field) -> bool {
        self.0.iter().any(|&(known, _)| known == field)
    }

    /// Returns the headings.
    pub(crate) fn headings(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(_, heading)| heading.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_is_read_or_refused() {
        let mapping: Mapping = "question=标准问, answer=答案内容，similar=问法一,similar=问法二".parse().unwrap();
        assert_eq!(mapping.field_of(" 问法二 "), Some(Field::Similar));
        assert_eq!(mapping.field_of("答案"), None);
        assert!(mapping.names(Field::Answer) && !mapping.names(Field::Category));
        assert_eq!("".parse::<Mapping>(), Ok(Mapping::default()));
        for bad in ["标准问", "q=标准问", "question=", "question"] {
            assert!(bad.parse::<Mapping>().is_err(), "{bad}");
        }
    }
}
