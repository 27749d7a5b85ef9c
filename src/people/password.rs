//! Is this the password? Hashing and checking by argon2id; whether a password is a good one is `weakness`'s question.

use std::fmt;

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

/// A password as it was typed, in NFKC: input methods write the same characters in different ways. `Debug` hides it.
#[derive(Clone, Deserialize)]
#[serde(from = "String")]
pub struct Password(String);

impl Password {
    /// Takes what was typed.
    pub fn new(typed: &str) -> Self {
        Self(typed.nfkc().collect())
    }

    pub(super) fn text(&self) -> &str {
        &self.0
    }
}

impl From<String> for Password {
    fn from(typed: String) -> Self {
        Self::new(&typed)
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(hidden)")
    }
}

/// What is kept of a password: a PHC string. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Takes a PHC string that was kept; one that is none matches no password.
    pub fn from_stored(phc: String) -> Self {
        Self(phc)
    }

    /// Returns the PHC string to keep.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(hidden)")
    }
}

// OWASP ASVS 5.0, appendix C: with two passes at least 19,456 KiB.
const MEMORY_KIB: u32 = 19_456;
const N_PASSES: u32 = 2;
const N_LANES: u32 = 1;

/// A hash that belongs to nobody, with the parameters of all others; no password is known for an output of zeros.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Hashes a password; takes some ten milliseconds of one core, as it should.
pub fn hash(password: &Password, salt: &[u8; 16]) -> PasswordHash {
    let hashed = argon2().hash_password_with_salt(password.0.as_bytes(), salt);
    PasswordHash(hashed.expect("salt and output have lengths that argon2 takes").to_string())
}

/// Says whether it is the password of a hash; as slow as hashing, with the hash's own parameters.
pub fn verify(password: &Password, hash: &PasswordHash) -> bool {
    argon2().verify_password(password.0.as_bytes(), hash.as_str()).is_ok()
}

/// Does the work of `verify` for a name that nobody has, so that time does not tell which names exist; always false.
pub fn verify_nobody(password: &Password) -> bool {
    verify(password, &PasswordHash(NOBODY.to_owned()))
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, N_PASSES, N_LANES, None);
    let params = params.expect("a test hashes with these constants");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use argon2::PasswordHash as Phc;

    use super::*;

    #[test]
    fn the_password_matches_and_no_other_does() {
        let hashed = hash(&Password::new("长 满青苔的 ４２ 级台阶"), b"0123456789abcdef");
        assert!(hashed.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hashed.as_str());
        for (typed, expected) in [
            ("长 满青苔的 ４２ 级台阶", true),
            ("长 满青苔的 42 级台阶", true), // half width
            ("长 满青苔的 42 级台阶 ", false),
            ("", false),
        ] {
            assert_eq!(verify(&Password::new(typed), &hashed), expected, "{typed}");
        }
    }

    #[test]
    fn another_salt_gives_another_hash() {
        let password = Password::new("moss on forty-two steps");
        assert_ne!(hash(&password, &[1; 16]), hash(&password, &[2; 16]));
    }

    #[test]
    fn a_hash_that_is_none_matches_nothing() {
        for stored in ["", "plain", "$argon2id$v=19$m=19456,t=2,p=1$AAAA", "$2b$12$abcdefghijklmnopqrstuv"] {
            let stored = PasswordHash::from_stored(stored.to_owned());
            assert!(!verify(&Password::new(stored.as_str()), &stored));
        }
    }

    #[test]
    fn an_unknown_name_costs_what_a_known_one_costs() {
        let known = hash(&Password::new("moss on forty-two steps"), &[7; 16]);
        let (known, nobody) = (Phc::new(known.as_str()).unwrap(), Phc::new(NOBODY).unwrap());
        assert_eq!(nobody.algorithm, known.algorithm);
        assert_eq!(nobody.version, known.version);
        assert_eq!(nobody.params, known.params);
        assert_eq!(nobody.salt.unwrap().len(), known.salt.unwrap().len());
        assert_eq!(nobody.hash.unwrap().len(), known.hash.unwrap().len());
        assert!(!verify_nobody(&Password::new("moss on forty-two steps")));
    }

    #[test]
    fn debug_shows_neither_password_nor_hash() {
        let password = Password::new("moss on forty-two steps");
        let shown = format!("{password:?} {:?}", PasswordHash::from_stored(NOBODY.to_owned()));
        assert_eq!(shown, "Password(hidden) PasswordHash(hidden)");
    }
}
