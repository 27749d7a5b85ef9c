//! Codes on paper for whoever has lost the authenticator: ten, each good once, kept as digests.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

use crate::people::secret::Digest;

/// A recovery code: six groups of four characters. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

/// How many somebody gets at a time.
pub const N_RECOVERY_CODES: usize = 10;

/// Random bytes of a code. From 112 bits on a plain digest is enough to keep (OWASP ASVS 5.0, 6.5.2).
pub const RECOVERY_BYTES: usize = 15;

/// Crockford's base32: no letter that looks like another character.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

const BITS_A_CHARACTER: usize = 5;
const N_CHARS: usize = RECOVERY_BYTES * 8 / BITS_A_CHARACTER;
const GROUP_CHARS: usize = 4;

const DOMAIN: &str = "yingda recovery code";

impl RecoveryCode {
    /// Makes a code of random bytes.
    pub fn new(random: [u8; RECOVERY_BYTES]) -> Self {
        let bits = random.iter().fold(0_u128, |bits, &byte| bits << 8 | u128::from(byte));
        let character = |n: usize| char::from(ALPHABET[(bits >> (BITS_A_CHARACTER * n)) as usize % ALPHABET.len()]);
        Self((0..N_CHARS).rev().map(character).collect())
    }

    /// Takes a code as it is typed: hyphens or none, any case, `o` for 0 and `l` for 1; `None` when it is none.
    pub fn parse(typed: &str) -> Option<Self> {
        let kept = typed.nfkc().flat_map(char::to_lowercase).filter(|c| !c.is_whitespace() && *c != '-');
        let folded = kept.map(|c| match c {
            'o' => '0',
            'i' | 'l' => '1',
            c => c,
        });
        let code: String = folded.take(N_CHARS + 1).collect();
        (code.len() == N_CHARS && code.bytes().all(|b| ALPHABET.contains(&b))).then_some(Self(code))
    }

    /// Returns the code in groups, for the one page that shows it.
    pub fn expose(&self) -> String {
        let groups = self.0.as_bytes().chunks(GROUP_CHARS).map(String::from_utf8_lossy);
        groups.collect::<Vec<_>>().join("-")
    }

    /// Returns what is kept of it.
    pub fn digest(&self) -> Digest {
        Digest::of(DOMAIN, &self.0)
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(hidden)")
    }
}

/// Returns which of the kept digests belongs to a typed code; it is to be struck out, as each code is good once.
pub fn find_recovery_code(typed: &str, kept: &[Digest]) -> Option<usize> {
    let digest = RecoveryCode::parse(typed)?.digest();
    kept.iter().position(|one| *one == digest)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_code_is_found_as_it_is_typed() {
        let codes: Vec<RecoveryCode> = (0..10).map(|n| RecoveryCode::new([n; RECOVERY_BYTES])).collect();
        let kept: Vec<Digest> = codes.iter().map(RecoveryCode::digest).collect();
        assert_eq!(codes[0].expose(), "0000-0000-0000-0000-0000-0000");
        for (typed, expected) in [
            ("0000-0000-0000-0000-0000-0000", Some(0)),
            ("oooo oooo oooo OOOO OOOO OOOO", Some(0)),
            ("００００００００００００００００００００００００", Some(0)),
            ("0000-0000-0000-0000-0000-000", None),
            ("0000-0000-0000-0000-0000-00000", None),
            ("u000-0000-0000-0000-0000-0000", None),
            ("zzzz-zzzz-zzzz-zzzz-zzzz-zzzz", None),
            ("", None),
            (&codes[7].expose().to_uppercase(), Some(7)),
        ] {
            assert_eq!(find_recovery_code(typed, &kept), expected, "{typed}");
        }
    }

    #[test]
    fn debug_hides_the_code() {
        assert_eq!(format!("{:?}", RecoveryCode::new([1; RECOVERY_BYTES])), "RecoveryCode(hidden)");
    }

    proptest! {
        #[test]
        fn every_bit_counts(random in any::<[u8; RECOVERY_BYTES]>(), byte in 0..RECOVERY_BYTES, bit in 0..8_u32) {
            let code = RecoveryCode::new(random);
            prop_assert_eq!(RecoveryCode::parse(&code.expose()), Some(code.clone()));
            let mut other = random;
            other[byte] ^= 1_u8 << bit;
            prop_assert_ne!(RecoveryCode::new(other).digest(), code.digest());
        }

        #[test]
        fn any_text_is_parsed_or_refused(typed in "\\PC{0,40}") {
            let _ = RecoveryCode::parse(&typed);
        }
    }
}
