//! Closed sets of words: enums whose values have names that clients, scopes and stored lines rely on.

use thiserror::Error;

/// A name that is none of the set.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("unknown name {name:?}; it is one of {}", .known.join(", "))]
pub struct UnknownName {
    /// What was given.
    pub name: String,
    /// The names there are.
    pub known: Vec<&'static str>,
}

/// Makes an enum whose variants are written beside their names, so that the two cannot drift apart. The name is what
/// `name`, `Display`, `FromStr` and serde use.
macro_rules! named {
    (
        $(#[$about:meta])*
        pub enum $set:ident {
            $($(#[$about_one:meta])* $variant:ident = $name:tt,)+
        }
    ) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        pub enum $set {
            $($(#[$about_one])* #[serde(rename = $name)] $variant,)+
        }

        impl $set {
            /// All of the set, in its order.
            pub const ALL: &'static [$set] = &[$($set::$variant),+];

            /// Returns the name that is written and read.
            pub fn name(self) -> &'static str {
                match self {
                    $($set::$variant => $name,)+
                }
            }
        }

        impl std::fmt::Display for $set {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }

        impl std::str::FromStr for $set {
            type Err = $crate::people::named::UnknownName;

            fn from_str(name: &str) -> Result<Self, Self::Err> {
                let known = || $set::ALL.iter().copied();
                known().find(|known| known.name() == name).ok_or_else(|| $crate::people::named::UnknownName {
                    name: name.to_owned(),
                    known: known().map($set::name).collect(),
                })
            }
        }
    };
}

pub(crate) use named;
