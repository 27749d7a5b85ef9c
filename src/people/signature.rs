//! Signatures between programs that share a secret: HMAC-SHA256 over `id.timestamp.body`, as Standard Webhooks has it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// How far the clocks of the two may differ, and how long a signed message may be under way.
pub const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// What a secret begins with.
const PREFIX: &str = "whsec_";

/// Bytes of a secret, at least and at most.
const BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// What each signature begins with.
const VERSION: &str = "v1,";

/// A secret that two programs share. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningSecret(Vec<u8>);

impl std::fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningSecret(…)")
    }
}

/// What a signed message says of itself, as its headers `webhook-id`, `webhook-timestamp` and `webhook-signature` have it.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'s> {
    /// Its name, the same over all attempts.
    pub id: &'s str,
    /// When it was sent, in seconds since 1970.
    pub timestamp: &'s str,
    /// Signatures, with spaces between them.
    pub signatures: &'s str,
}

impl SigningSecret {
    /// Makes a secret of random bytes.
    pub fn new(random: [u8; 32]) -> Self {
        Self(random.to_vec())
    }

    /// Reads a secret (`whsec_` and 24 to 64 bytes as base64); `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text.trim().strip_prefix(PREFIX)?).ok()?;
        BYTES.contains(&bytes.len()).then_some(Self(bytes))
    }

    /// Returns the secret itself, for the one answer that hands it out and for what seals it.
    pub fn expose(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }

    /// Signs a message that is sent at an instant.
    pub fn sign(&self, id: &str, at: Timestamp, body: &[u8]) -> String {
        let timestamp = at.as_second().to_string();
        let parts = [id.as_bytes(), b".", timestamp.as_bytes(), b".", body];
        format!("{VERSION}{}", STANDARD.encode(hmac_sha256(&self.0, &parts)))
    }

    /// Says whether a message was signed with this secret, and lately.
    pub fn verifies(&self, signed: Signed<'_>, body: &[u8], now: Timestamp) -> bool {
        let at = signed.timestamp.parse::<i64>().ok().and_then(|second| Timestamp::from_second(second).ok());
        let Some(at) = at.filter(|at| now.duration_since(*at).abs() <= TOLERANCE) else { return false };
        let expected = self.sign(signed.id, at, body);
        signed.signatures.split(' ').any(|signature| bool::from(signature.as_bytes().ct_eq(expected.as_bytes())))
    }
}

/// HMAC-SHA256 over the parts, one after the other.
pub fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("HMAC takes a key of any length");
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    const BODY: &str = r#"{"type":"conversation.handed_off","timestamp":"2023-11-14T22:13:20Z","data":{"id":"c1"}}"#;

    /// Computed apart from this code (Standard Webhooks 1.0).
    const SIGNATURE: &str = "v1,XdXjj+mPanYcr9R2xabzIvHn6nGdotVthZx412mbDmI=";

    #[test]
    fn a_message_is_signed_as_others_sign_it() {
        let secret = SigningSecret::parse(SECRET).unwrap();
        let at = Timestamp::from_second(1_700_000_000).unwrap();
        assert_eq!(secret.sign("msg_demo1", at, BODY.as_bytes()), SIGNATURE);
        assert_eq!(secret.expose(), SECRET);
    }

    #[test]
    fn nothing_else_verifies() {
        let secret = SigningSecret::parse(SECRET).unwrap();
        let now = Timestamp::from_second(1_700_000_100).unwrap();
        let signed = Signed { id: "msg_demo1", timestamp: "1700000000", signatures: SIGNATURE };
        assert!(secret.verifies(signed, BODY.as_bytes(), now));
        let two = format!("v1,AAAA {SIGNATURE}");
        assert!(secret.verifies(Signed { signatures: &two, ..signed }, BODY.as_bytes(), now), "one of several");
        let late = now + SignedDuration::from_mins(10);
        let other = SigningSecret::new([7; 32]);
        assert!(!secret.verifies(signed, BODY.as_bytes(), late), "long under way");
        assert!(!secret.verifies(signed, b"{}", now), "another body");
        assert!(!secret.verifies(Signed { id: "msg_demo2", ..signed }, BODY.as_bytes(), now), "another name");
        assert!(!secret.verifies(Signed { timestamp: "1700000001", ..signed }, BODY.as_bytes(), now), "another time");
        assert!(!secret.verifies(Signed { timestamp: "soon", ..signed }, BODY.as_bytes(), now));
        assert!(!other.verifies(signed, BODY.as_bytes(), now), "another secret");
        for none in ["", "whsec_", "whsec_AAAA", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="] {
            assert_eq!(SigningSecret::parse(none), None, "{none}");
        }
        assert_eq!(format!("{secret:?}"), "SigningSecret(…)");
    }
}
