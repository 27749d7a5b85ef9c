//! The name that somebody signs in with, folded so that one person has one name however it is typed.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

/// A login: 2 to 64 of `a-z 0-9 . _ @ -`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct AccountName(String);

/// A name that nobody can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("an account's name has 2 to 64 characters, each a letter a-z, a digit, or one of . _ @ -")]
pub struct InvalidAccountName;

const SHORTEST: usize = 2;
const LONGEST: usize = 64;

impl AccountName {
    /// Folds a typed name and checks it.
    pub fn parse(typed: &str) -> Result<Self, InvalidAccountName> {
        let folded = fold(typed);
        let is_allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._@-".contains(&b);
        if !(SHORTEST..=LONGEST).contains(&folded.len()) || !folded.bytes().all(is_allowed) {
            return Err(InvalidAccountName);
        }
        Ok(Self(folded))
    }

    /// Returns the folded name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Folds what was typed for a name, whether it is one or not: full width, case, white space around it.
pub fn fold(typed: &str) -> String {
    typed.nfkc().collect::<String>().trim().to_lowercase()
}

impl fmt::Display for AccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for AccountName {
    type Err = InvalidAccountName;

    fn from_str(typed: &str) -> Result<Self, InvalidAccountName> {
        Self::parse(typed)
    }
}

impl TryFrom<String> for AccountName {
    type Error = InvalidAccountName;

    fn try_from(typed: String) -> Result<Self, InvalidAccountName> {
        Self::parse(&typed)
    }
}

impl From<AccountName> for String {
    fn from(name: AccountName) -> Self {
        name.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_person_has_one_name_however_it_is_typed() {
        for (typed, expected) in [
            ("li.wei", Some("li.wei")),
            ("  Li.Wei ", Some("li.wei")),
            ("ＬＩ．ＷＥＩ", Some("li.wei")),
            ("li_wei-2@shop.example", Some("li_wei-2@shop.example")),
            ("ab", Some("ab")),
            ("a", None),
            ("", None),
            ("li wei", None),
            ("李伟", None),
            ("li:wei", None),
            ("lі.wei", None), // Cyrillic і
            ("li\u{200B}wei", None),
            ("li\nwei", None),
        ] {
            assert_eq!(AccountName::parse(typed).ok().as_ref().map(AccountName::as_str), expected, "{typed:?}");
        }
        assert!(AccountName::parse(&"a".repeat(64)).is_ok());
        assert!(AccountName::parse(&"a".repeat(65)).is_err());
    }

    #[test]
    fn json_holds_no_name_that_nobody_can_have() {
        assert_eq!(serde_json::from_str::<AccountName>("\"LiWei\"").unwrap().as_str(), "liwei");
        assert!(serde_json::from_str::<AccountName>("\"li wei\"").is_err());
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(typed in "\\PC{0,20}|[ A-Za-z.@Ａ-Ｚ]{0,20}") {
            if let Ok(name) = AccountName::parse(&typed) {
                prop_assert_eq!(AccountName::parse(name.as_str()), Ok(name));
            }
        }
    }
}
