//! Who a customer is, as the shop's own server says by a signed token: a JWT (RFC 7519) with HMAC-SHA256, and no other
//! algorithm. Knows no request and no store.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use crate::knowledge::entry::Audience;
use crate::people::signature::hmac_sha256;

/// How far the clocks of the two servers may differ.
pub const LEEWAY: SignedDuration = SignedDuration::from_secs(60);

/// How long a token may be good for.
pub const LONGEST_LIFE: SignedDuration = SignedDuration::from_hours(1);

/// The longest subject, in characters.
pub const LONGEST_SUBJECT: usize = 200;

/// The longest name and the longest account, in characters.
const LONGEST_CLAIM: usize = 200;

/// The longest token, in bytes; real ones have a few hundred.
const LONGEST_TOKEN: usize = 4_096;

/// Bytes of a secret at least: as many as the hash has (RFC 7518, 3.2).
const SHORTEST_SECRET: usize = 32;

/// The longest name of a key.
const LONGEST_KEY_ID: usize = 64;

/// The one algorithm.
const ALGORITHM: &str = "HS256";

/// A key that the shop's server signs with. `Debug` hides its secret.
#[derive(Clone, PartialEq, Eq)]
pub struct IdentityKey {
    id: String,
    secret: Vec<u8>,
}

impl std::fmt::Debug for IdentityKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "IdentityKey({}, …)", self.id)
    }
}

impl IdentityKey {
    /// Reads `name:secret`, with at least 32 bytes of secret; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let (id, secret) = text.trim().split_once(':')?;
        let is_name = (1..=LONGEST_KEY_ID).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic());
        (is_name && secret.len() >= SHORTEST_SECRET)
            .then(|| Self { id: id.to_owned(), secret: secret.as_bytes().to_vec() })
    }

    /// Returns the name by which tokens choose it (`kid`).
    pub fn id(&self) -> &str {
        &self.id
    }
}

/// What sort of customer somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CustomerRole {
    /// Somebody who pays.
    Buyer,
    /// Somebody who is paid.
    Merchant,
}

impl CustomerRole {
    /// Returns the audience of entries that it is.
    pub fn audience(self) -> Audience {
        match self {
            CustomerRole::Buyer => Audience::Buyer,
            CustomerRole::Merchant => Audience::Merchant,
        }
    }
}

/// Who a customer is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The shop's own name of the customer, the same in all of their conversations.
    pub subject: String,
    /// What the customer is called.
    pub name: Option<String>,
    /// Whether they pay or are paid.
    pub role: Option<CustomerRole>,
    /// Their account with the shop.
    pub account: Option<String>,
}

/// Why a token is no identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It is no JWT.
    #[error("it is no token")]
    Malformed,
    /// It is signed otherwise, or not at all.
    #[error("its algorithm is not HS256")]
    Algorithm,
    /// It asks for something that must be understood and is not (`crit`).
    #[error("its head has critical parts")]
    Critical,
    /// No key has its name.
    #[error("its key is not known")]
    UnknownKey,
    /// It was not signed with the key.
    #[error("its signature does not hold")]
    Signature,
    /// It was made for somebody else.
    #[error("its audience is another")]
    Audience,
    /// It is good no longer.
    #[error("it has expired")]
    Expired,
    /// It is not good yet.
    #[error("it is not valid yet")]
    NotYet,
    /// It would be good for too long.
    #[error("it is good for more than an hour")]
    TooLong,
    /// It says something that cannot be.
    #[error("its {0} cannot be")]
    Claim(&'static str),
}

impl Fault {
    /// Says whether a new token of the same server would do.
    pub fn is_of_time(self) -> bool {
        matches!(self, Fault::Expired | Fault::NotYet)
    }
}

#[derive(Deserialize)]
struct Head {
    alg: String,
    kid: Option<String>,
    crit: Option<IgnoredAny>,
}

/// Times are seconds since 1970, and may have fractions.
#[derive(Deserialize)]
struct Claims {
    sub: Option<String>,
    aud: Option<Recipients>,
    exp: Option<f64>,
    iat: Option<f64>,
    nbf: Option<f64>,
    name: Option<String>,
    role: Option<CustomerRole>,
    account: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Recipients {
    One(String),
    Several(Vec<String>),
}

/// Returns who a token says that a customer is.
///
/// A token that names its key (`kid`) must be signed with that one; without a name any of the keys may have signed it.
///
/// # Errors
/// Fails as [`Fault`] says; the signature is looked at before anything that the token says.
pub fn verify(token: &str, keys: &[IdentityKey], audience: &str, now: Timestamp) -> Result<Identity, Fault> {
    if token.len() > LONGEST_TOKEN {
        return Err(Fault::Malformed);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(Fault::Malformed)?;
    let (head, claims) = signed.split_once('.').ok_or(Fault::Malformed)?;
    let head: Head = part(head)?;
    if head.alg != ALGORITHM {
        return Err(Fault::Algorithm);
    }
    if head.crit.is_some() {
        return Err(Fault::Critical);
    }
    check_signature(signed, signature, head.kid.as_deref(), keys)?;
    let claims: Claims = part(claims)?;
    check_times(&claims, now)?;
    let is_for = match &claims.aud {
        Some(Recipients::One(one)) => one == audience,
        Some(Recipients::Several(all)) => all.iter().any(|one| one == audience),
        None => false,
    };
    if !is_for {
        return Err(Fault::Audience);
    }
    let subject = claims.sub.filter(|subject| is_plain(subject, LONGEST_SUBJECT)).ok_or(Fault::Claim("sub"))?;
    for (what, claim) in [("name", &claims.name), ("account", &claims.account)] {
        if claim.as_ref().is_some_and(|claim| !is_plain(claim, LONGEST_CLAIM)) {
            return Err(Fault::Claim(what));
        }
    }
    Ok(Identity { subject, name: claims.name, role: claims.role, account: claims.account })
}

fn part<T: DeserializeOwned>(encoded: &str) -> Result<T, Fault> {
    let bytes = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| Fault::Malformed)?;
    serde_json::from_slice(&bytes).map_err(|_| Fault::Malformed)
}

fn check_signature(signed: &str, signature: &str, key: Option<&str>, keys: &[IdentityKey]) -> Result<(), Fault> {
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| Fault::Malformed)?;
    let may_have = |known: &&IdentityKey| key.is_none_or(|key| known.id == key);
    let mut n_tried = 0;
    let mut holds = false;
    for key in keys.iter().filter(may_have) {
        n_tried += 1;
        // In a time that hangs on nothing secret.
        holds |= bool::from(hmac_sha256(&key.secret, &[signed.as_bytes()]).as_slice().ct_eq(&signature));
    }
    match (holds, n_tried) {
        (true, _) => Ok(()),
        (false, 0) => Err(Fault::UnknownKey),
        (false, _) => Err(Fault::Signature),
    }
}

fn check_times(claims: &Claims, now: Timestamp) -> Result<(), Fault> {
    let now = now.as_millisecond() as f64 / 1_000.0;
    let (leeway, longest) = (LEEWAY.as_secs_f64(), LONGEST_LIFE.as_secs_f64());
    let end = claims.exp.ok_or(Fault::Claim("exp"))?;
    let begins = |at: Option<f64>| at.is_some_and(|at| at > now + leeway);
    if begins(claims.nbf) || begins(claims.iat) {
        return Err(Fault::NotYet);
    }
    if end <= now - leeway {
        return Err(Fault::Expired);
    }
    if end > now + longest + leeway || claims.iat.is_some_and(|made| end > made + longest) {
        return Err(Fault::TooLong);
    }
    Ok(())
}

/// Something on one line, neither empty nor too long.
fn is_plain(text: &str, most_chars: usize) -> bool {
    !text.trim().is_empty()
        && !text.chars().any(|c| c.is_control() || is_invisible(c))
        && text.chars().nth(most_chars).is_none()
}

/// What turns the direction of writing, or takes no room: names with it look like other names.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
#[path = "identity_tests.rs"]
mod tests;
