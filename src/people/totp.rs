//! Is this the code that the authenticator shows now? RFC 6238 with SHA-1, six digits and 30 seconds, as all of them do.

use std::fmt;

use jiff::Timestamp;
use totp_rs::{Builder, Totp};
use unicode_normalization::UnicodeNormalization;

use crate::people::account_name::AccountName;

/// The secret that an authenticator shares with the service. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret([u8; 20]);

/// Seconds that a code is shown, and the number of each such step since 1970.
const STEP_SECONDS: u64 = 30;

const N_DIGITS: usize = 6;

/// A clock that is one step late or early still counts (RFC 6238, section 5.2).
const STEPS_ASIDE: u64 = 1;

const ISSUER: &str = "yingda";

impl TotpSecret {
    /// Makes a secret of random bytes, or takes one that was kept.
    pub fn new(bytes: [u8; 20]) -> Self {
        Self(bytes)
    }

    /// Returns the bytes to keep, sealed.
    pub fn as_bytes(&self) -> &[u8; 20] {
        &self.0
    }

    /// Returns the secret in base32, for whoever types it instead of scanning it.
    pub fn to_base32(&self) -> String {
        self.for_account("").secret().to_base32()
    }

    /// Returns the `otpauth://` address that an authenticator scans.
    pub fn uri(&self, account: &AccountName) -> String {
        self.for_account(account.as_str()).to_url().expect("an account's name is not empty and holds no colon")
    }

    /// Returns the step whose code this is, to be kept as `last_step`: each step counts once, and none before the last.
    ///
    /// Takes digits as people type them: in groups, in full width.
    pub fn check(&self, code: &str, now: Timestamp, last_step: Option<u64>) -> Option<u64> {
        let digits: String = code.nfkc().filter(|c| !c.is_whitespace() && *c != '-').take(N_DIGITS + 1).collect();
        let totp = self.for_account("");
        let step = u64::try_from(now.as_second()).ok()? / STEP_SECONDS;
        let steps = step.saturating_sub(STEPS_ASIDE)..=step + STEPS_ASIDE;
        let mut unused = steps.filter(|&step| last_step.is_none_or(|last| step > last));
        unused.find(|step| totp.check(&digits, step * STEP_SECONDS).is_some())
    }

    // Without a skew of its own: which step a code belongs to is decided here, as each counts once.
    fn for_account(&self, account: &str) -> Totp {
        let builder = Builder::new().with_secret(self.0).with_step_duration(STEP_SECONDS).with_skew(0);
        builder.with_issuer(Some(ISSUER)).with_account_name(account).build_noncompliant()
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The secret of the RFC's appendix B.
    const KEY: [u8; 20] = *b"12345678901234567890";

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn agrees_with_the_rfc() {
        for (second, eight_digits) in [
            (59, "94287082"),
            (1111111109, "07081804"),
            (1111111111, "14050471"),
            (1234567890, "89005924"),
            (2000000000, "69279037"),
            (20000000000, "65353130"),
        ] {
            let totp = Builder::new().with_secret(KEY).with_digits(8).build().unwrap();
            assert_eq!(totp.generate(second).to_string(), eight_digits);
            let step = TotpSecret::new(KEY).check(&eight_digits[2..], at(second as i64), None);
            assert_eq!(step, Some(second / 30), "{second}");
        }
    }

    #[test]
    fn a_code_is_taken_as_it_is_typed_and_nothing_else() {
        for (typed, expected) in [
            ("287082", Some(1)),
            (" 287 082 ", Some(1)),
            ("287-082", Some(1)),
            ("２８７０８２", Some(1)),
            ("２８７　０８２", Some(1)),
            ("94287082", None),
            ("28708", None),
            ("2870821", None),
            ("287083", None),
            ("+28708", None),
            ("٢٨٧٠٨٢", None),
            ("", None),
        ] {
            assert_eq!(TotpSecret::new(KEY).check(typed, at(59), None), expected, "{typed:?}");
        }
    }

    #[test]
    fn a_code_counts_one_step_aside_and_once() {
        for (second, last_step, expected) in [
            (-1, None, None),
            (0, None, Some(1)),
            (30, None, Some(1)),
            (89, None, Some(1)),
            (90, None, None),
            (59, Some(0), Some(1)),
            (59, Some(1), None),
            (59, Some(2), None),
        ] {
            let step = TotpSecret::new(KEY).check("287082", at(second), last_step);
            assert_eq!(step, expected, "at {second} after {last_step:?}");
        }
    }

    #[test]
    fn the_address_is_what_authenticators_read() {
        let account = AccountName::parse("li.wei@shop.example").unwrap();
        let uri = TotpSecret::new(KEY).uri(&account);
        assert!(uri.starts_with("otpauth://totp/yingda:li"), "{uri}");
        assert!(uri.contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), "{uri}");
        assert!(uri.contains("issuer=yingda"), "{uri}");
        assert_eq!(TotpSecret::new(KEY).to_base32(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }

    #[test]
    fn debug_hides_the_secret() {
        assert_eq!(format!("{:?}", TotpSecret::new(KEY)), "TotpSecret(hidden)");
    }

    proptest! {
        #[test]
        fn any_text_at_any_time_is_taken_or_refused(typed in "\\PC{0,20}", second in -1_000_000_000_i64..100_000_000_000) {
            let _ = TotpSecret::new(KEY).check(&typed, at(second), None);
        }

        #[test]
        fn every_name_makes_an_address(name in "[a-z0-9._@-]{2,64}") {
            let uri = TotpSecret::new(KEY).uri(&AccountName::parse(&name).unwrap());
            prop_assert!(Totp::from_url(&uri).is_ok(), "{}", uri);
        }
    }
}
