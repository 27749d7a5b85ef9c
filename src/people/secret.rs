//! The shape of secrets that the service hands out, and what is kept of them: a digest, never the secret.

use std::fmt;
use std::marker::PhantomData;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;

/// What a secret is for: its visible prefix, and the domain that keeps its digests apart from all others.
pub trait SecretKind {
    /// What it begins with, so that scanners of source code and logs find it.
    const PREFIX: &'static str;
    /// What its digests are derived for.
    const DOMAIN: &'static str;
}

/// A browser's signed-in session.
pub enum Session {}

/// A program's access.
pub enum Api {}

/// An invitation, a reset of a password, or the first set-up; good for one use.
pub enum Link {}

/// A customer's conversation.
pub enum Conversation {}

impl SecretKind for Conversation {
    const PREFIX: &'static str = "yc_";
    const DOMAIN: &'static str = "yingda conversation";
}

impl SecretKind for Session {
    const PREFIX: &'static str = "ys_";
    const DOMAIN: &'static str = "yingda session";
}

impl SecretKind for Api {
    const PREFIX: &'static str = "yd_";
    const DOMAIN: &'static str = "yingda api token";
}

impl SecretKind for Link {
    const PREFIX: &'static str = "yl_";
    const DOMAIN: &'static str = "yingda link";
}

/// A secret: prefix, 256 random bits in 43 characters of base64url, and 6 characters of a checksum. `Debug` hides it.
pub struct Secret<K> {
    text: String,
    kind: PhantomData<K>,
}

/// The secret in a session's cookie.
pub type SessionToken = Secret<Session>;
/// The secret in a program's `Authorization`.
pub type ApiToken = Secret<Api>;
/// The secret that a customer's conversation is reached by.
pub type ConversationToken = Secret<Conversation>;
/// The secret in a one-time link.
pub type LinkToken = Secret<Link>;

const N_BYTES: usize = 32;
const BODY_CHARS: usize = 43;

impl<K: SecretKind> Secret<K> {
    /// Makes a secret of random bytes.
    pub fn new(random: [u8; N_BYTES]) -> Self {
        let body = format!("{}{}", K::PREFIX, URL_SAFE_NO_PAD.encode(random));
        Self { text: format!("{body}{}", checksum(&body)), kind: PhantomData }
    }

    /// Takes a secret as it was sent; `None` for what was never handed out: another kind, or a slip in typing.
    pub fn parse(sent: &str) -> Option<Self> {
        let (body, sum) = sent.split_at_checked(K::PREFIX.len() + BODY_CHARS)?;
        let random = URL_SAFE_NO_PAD.decode(body.strip_prefix(K::PREFIX)?).ok()?;
        let holds = random.len() == N_BYTES && checksum(body) == sum;
        holds.then(|| Self { text: sent.to_owned(), kind: PhantomData })
    }

    /// Returns the secret itself, for the one answer that hands it out.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// Returns what is kept of it.
    pub fn digest(&self) -> Digest {
        Digest::of(K::DOMAIN, &self.text)
    }
}

impl<K: SecretKind> fmt::Debug for Secret<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({}…)", K::PREFIX)
    }
}

/// Six characters by which a slip is noticed: CRC-32 sees every change within four neighbouring characters.
fn checksum(body: &str) -> String {
    URL_SAFE_NO_PAD.encode(crc32fast::hash(body.as_bytes()).to_be_bytes())
}

/// Says whether a word is a secret of any kind, so that it can be kept out of what is written down.
pub fn is_secret(word: &str) -> bool {
    SessionToken::parse(word).is_some() || ApiToken::parse(word).is_some() || LinkToken::parse(word).is_some()
}

/// SHA-256 of a secret in its domain, in hexadecimal. Compared in constant time; `Debug` shows its beginning.
#[derive(Clone)]
pub struct Digest(String);

impl Digest {
    /// Digests a secret for one purpose; the same secret has another digest for another purpose.
    pub fn of(domain: &str, secret: &str) -> Self {
        Self(hash_in(domain, secret).iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Takes a digest that was kept; `None` for anything but 64 lower-case hexadecimal digits.
    pub fn parse(stored: &str) -> Option<Self> {
        let is_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        (stored.len() == 2 * N_BYTES && stored.bytes().all(is_hex)).then(|| Self(stored.to_owned()))
    }

    /// Returns the hexadecimal digits to keep.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PartialEq for Digest {
    fn eq(&self, other: &Self) -> bool {
        same(&self.0, &other.0)
    }
}

impl Eq for Digest {}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({}…)", self.0.get(..8).unwrap_or_default())
    }
}

const CSRF_DOMAIN: &str = "yingda csrf";

/// Returns what a page of this session sends back with every change. Neither the session's secret nor its digest
/// follows from it, nor it from what is kept.
pub fn csrf_token(session: &SessionToken) -> String {
    URL_SAFE_NO_PAD.encode(hash_in(CSRF_DOMAIN, &session.text))
}

/// Says whether a change was sent by a page of this session.
pub fn is_csrf_token(session: &SessionToken, sent: &str) -> bool {
    same(&csrf_token(session), sent)
}

// No domain holds a NUL, so no domain and secret run into another pair.
fn hash_in(domain: &str, secret: &str) -> [u8; N_BYTES] {
    Sha256::new().chain_update(domain).chain_update([0]).chain_update(secret).finalize().into()
}

/// Compares in a time that hangs on the lengths alone.
fn same(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_api_token_has_the_documented_shape() {
        let token = ApiToken::new([0; 32]);
        assert_eq!(token.expose().len(), 3 + 43 + 6);
        assert!(token.expose().starts_with("yd_AAAAAAAA"));
        assert_eq!(token.digest().as_str().len(), 64);
    }

    #[test]
    fn kinds_do_not_stand_in_for_one_another() {
        let (session, link) = (SessionToken::new([1; 32]), LinkToken::new([1; 32]));
        assert!(ApiToken::parse(session.expose()).is_none());
        assert!(SessionToken::parse(link.expose()).is_none());
        assert_ne!(Digest::of(Session::DOMAIN, "x"), Digest::of(Link::DOMAIN, "x"));
        assert!(is_secret(session.expose()) && is_secret(link.expose()) && !is_secret("yd_short"));
    }

    #[test]
    fn what_was_never_handed_out_is_no_token() {
        let token = ApiToken::new([9; 32]).expose().to_owned();
        for sent in ["", "yd_", "令牌", &token[1..], &format!("{token}A"), &format!(" {token}"), &token.to_lowercase()]
        {
            assert!(ApiToken::parse(sent).is_none(), "{sent}");
        }
    }

    #[test]
    fn a_stored_digest_is_hexadecimal() {
        let digest = Digest::of("a", "b");
        assert_eq!(Digest::parse(digest.as_str()), Some(digest.clone()));
        for stored in ["", "abc", &digest.as_str().to_uppercase(), &"g".repeat(64)] {
            assert_eq!(Digest::parse(stored), None, "{stored}");
        }
    }

    #[test]
    fn the_csrf_token_belongs_to_one_session() {
        let (one, other) = (SessionToken::new([1; 32]), SessionToken::new([2; 32]));
        assert!(is_csrf_token(&one, &csrf_token(&one)));
        assert!(!is_csrf_token(&other, &csrf_token(&one)));
        assert!(!is_csrf_token(&one, ""));
        let digest_bytes = hash_in(Session::DOMAIN, one.expose());
        assert_ne!(csrf_token(&one), URL_SAFE_NO_PAD.encode(digest_bytes), "what is kept does not tell it");
    }

    proptest! {
        #[test]
        fn a_token_comes_back_as_it_was_and_its_debug_hides_it(random in any::<[u8; 32]>()) {
            let token = ApiToken::new(random);
            let sent = ApiToken::parse(token.expose()).unwrap();
            prop_assert_eq!(sent.digest(), token.digest());
            let shown = format!("{token:?}");
            prop_assert!(!shown.contains(&token.expose()[3..9]));
        }

        #[test]
        fn a_slip_in_typing_is_noticed(random in any::<[u8; 32]>(), at in 0_usize..52, typed in "[A-Za-z0-9_-]") {
            let token = ApiToken::new(random).expose().to_owned();
            let mut slipped = token.clone();
            slipped.replace_range(at..=at, &typed);
            prop_assert_eq!(ApiToken::parse(&slipped).is_some(), slipped == token);
            let mut swapped = token.clone().into_bytes();
            swapped.swap(at, (at + 1).min(51));
            let swapped = String::from_utf8(swapped).unwrap();
            prop_assert_eq!(ApiToken::parse(&swapped).is_some(), swapped == token);
        }

        #[test]
        fn any_text_is_parsed_or_refused(sent in "\\PC{0,80}|yd_[A-Za-z0-9_-]{49}") {
            let _ = (ApiToken::parse(&sent), SessionToken::parse(&sent), Digest::parse(&sent));
        }
    }
}
