//! What is an identity and what is none.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const OLD: &str = "0123456789abcdef0123456789abcdef";
const NEW: &str = "ffffffffffffffffffffffffffffffff";

/// Computed apart from this code.
const TOKEN: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ1c2VyLTQyIiwiYXVkIjoid2lkZ2V0IiwiaWF0IjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDB9.kN-Ul9XRKwHBVVSKf6zV7UD4fM1Z14YfR9BbnKsF0dA";

fn keys() -> Vec<IdentityKey> {
    [format!("old:{OLD}"), format!("new:{NEW}")].iter().map(|key| IdentityKey::parse(key).unwrap()).collect()
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).unwrap()
}

fn signed(head: &Value, claims: &Value, secret: &str) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(head), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(hmac_sha256(secret.as_bytes(), &[signed.as_bytes()]));
    format!("{signed}.{signature}")
}

fn claims(changes: Value) -> Value {
    let mut claims = json!({ "sub": "user-42", "aud": "widget", "iat": 1_700_000_000, "exp": 1_700_000_600 });
    for (claim, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(claims.as_object_mut().unwrap().remove(claim)),
            value => claims[claim] = value.clone(),
        }
    }
    claims
}

fn verified(token: &str, now: i64) -> Result<Identity, Fault> {
    verify(token, &keys(), "widget", at(now))
}

#[test]
fn a_token_is_read_as_others_sign_it() {
    assert_eq!(verified(TOKEN, 10).unwrap().subject, "user-42");
    assert_eq!(verified(TOKEN, 3_659).unwrap().subject, "user-42", "clocks differ");
    assert_eq!(verified(TOKEN, 3_660), Err(Fault::Expired));
    assert_eq!(verify(TOKEN, &keys(), "yingda", at(10)), Err(Fault::Audience));
    assert_eq!(verify(TOKEN, &[], "widget", at(10)), Err(Fault::UnknownKey));
    let head = json!({ "alg": "HS256", "kid": "new" });
    let all = claims(
        json!({ "name": "王小明", "role": "merchant", "account": "m-7", "jti": "1", "shop": {}, "aud": ["x", "widget"] }),
    );
    let identity = verified(&signed(&head, &all, NEW), 0).unwrap();
    assert_eq!(identity.name.as_deref(), Some("王小明"));
    assert_eq!((identity.role, identity.account.as_deref()), (Some(CustomerRole::Merchant), Some("m-7")));
}

#[test]
fn the_name_of_a_key_chooses_it() {
    let with = |kid: Value, secret: &str| {
        verified(&signed(&json!({ "alg": "HS256", "kid": kid }), &claims(json!({})), secret), 0).map(|_| ())
    };
    assert_eq!(with(json!("old"), OLD), Ok(()));
    assert_eq!(with(json!("new"), NEW), Ok(()));
    assert_eq!(with(json!(null), NEW), Ok(()), "without a name any of them");
    assert_eq!(with(json!("old"), NEW), Err(Fault::Signature));
    assert_eq!(with(json!("gone"), OLD), Err(Fault::UnknownKey));
    assert_eq!(with(json!(null), "00000000000000000000000000000000"), Err(Fault::Signature));
}

#[test]
fn what_is_signed_otherwise_is_no_identity() {
    let heads = [
        (json!({ "alg": "none" }), Fault::Algorithm),
        (json!({ "alg": "None" }), Fault::Algorithm),
        (json!({ "alg": "hs256" }), Fault::Algorithm),
        (json!({ "alg": "HS512" }), Fault::Algorithm),
        (json!({ "alg": "RS256" }), Fault::Algorithm),
        (json!({ "alg": "HS256", "crit": ["b64"], "b64": false }), Fault::Critical),
        (json!({ "kid": "old" }), Fault::Malformed),
        (json!("HS256"), Fault::Malformed),
    ];
    for (head, fault) in heads {
        assert_eq!(verified(&signed(&head, &claims(json!({})), OLD), 0), Err(fault), "{head}");
    }
    let (signed, signature) = TOKEN.rsplit_once('.').unwrap();
    let forged = TOKEN.replacen("eyJzdWIiOiJ1c2VyLTQy", "eyJzdWIiOiJ1c2VyLTQz", 1);
    let longer = format!("{TOKEN}AA");
    let unsigned = format!("{signed}.");
    for (token, fault) in [
        (forged.as_str(), Fault::Signature),
        (unsigned.as_str(), Fault::Signature),
        (longer.as_str(), Fault::Malformed),
        ("", Fault::Malformed),
        ("..", Fault::Malformed),
        (signed, Fault::Malformed),
        (signature, Fault::Malformed),
        (&format!("{TOKEN}.{signature}"), Fault::Signature),
        (&format!(" {TOKEN}"), Fault::Malformed),
        (&format!("{TOKEN}="), Fault::Malformed),
        (&"a".repeat(LONGEST_TOKEN + 1), Fault::Malformed),
    ] {
        assert_eq!(verified(token, 0), Err(fault), "{token:.60}");
    }
}

#[test]
fn what_a_token_says_must_hold() {
    let head = json!({ "alg": "HS256" });
    for (changes, expected) in [
        (json!({}), Ok(())),
        (json!({ "iat": null }), Ok(())),
        (json!({ "exp": 1_700_003_600 }), Ok(())),
        (json!({ "exp": 1_700_000_600.5, "nbf": 1_700_000_060 }), Ok(())),
        (json!({ "exp": null }), Err(Fault::Claim("exp"))),
        (json!({ "exp": "1700000600" }), Err(Fault::Malformed)),
        (json!({ "exp": 1_699_999_940 }), Err(Fault::Expired)),
        (json!({ "exp": 1_699_999_941 }), Ok(())),
        (json!({ "exp": 1_700_003_601 }), Err(Fault::TooLong)),
        (json!({ "iat": null, "exp": 1_700_003_661 }), Err(Fault::TooLong)),
        (json!({ "iat": 1_699_990_000 }), Err(Fault::TooLong)),
        (json!({ "iat": 1_700_000_061 }), Err(Fault::NotYet)),
        (json!({ "nbf": 1_700_000_061 }), Err(Fault::NotYet)),
        (json!({ "aud": null }), Err(Fault::Audience)),
        (json!({ "aud": "Widget" }), Err(Fault::Audience)),
        (json!({ "aud": [] }), Err(Fault::Audience)),
        (json!({ "aud": { "widget": true } }), Err(Fault::Malformed)),
        (json!({ "sub": null }), Err(Fault::Claim("sub"))),
        (json!({ "sub": "" }), Err(Fault::Claim("sub"))),
        (json!({ "sub": " " }), Err(Fault::Claim("sub"))),
        (json!({ "sub": 42 }), Err(Fault::Malformed)),
        (json!({ "sub": "a\u{0}b" }), Err(Fault::Claim("sub"))),
        (json!({ "sub": "客".repeat(LONGEST_SUBJECT) }), Ok(())),
        (json!({ "sub": "客".repeat(LONGEST_SUBJECT + 1) }), Err(Fault::Claim("sub"))),
        (json!({ "name": "a\u{202E}b" }), Err(Fault::Claim("name"))),
        (json!({ "account": "\n" }), Err(Fault::Claim("account"))),
        (json!({ "role": "agent" }), Err(Fault::Malformed)),
    ] {
        let token = signed(&head, &claims(changes.clone()), OLD);
        assert_eq!(verified(&token, 0).map(|_| ()), expected, "{changes}");
    }
}

#[test]
fn a_key_has_a_name_and_a_long_secret_that_nobody_sees() {
    for none in
        ["", OLD, ":", &format!(":{OLD}"), "a:short", &format!("a b:{OLD}"), &format!("{}:{OLD}", "k".repeat(65))]
    {
        assert_eq!(IdentityKey::parse(none), None, "{none}");
    }
    let key = IdentityKey::parse(&format!("2026-11:{OLD}:more")).unwrap();
    assert_eq!((key.id(), format!("{key:?}")), ("2026-11", "IdentityKey(2026-11, …)".to_owned()));
}

proptest! {
    #[test]
    fn any_text_is_verified_or_refused(token in "\\PC{0,80}|[A-Za-z0-9_-]{0,40}\\.[A-Za-z0-9_-]{0,40}\\.[A-Za-z0-9_-]{0,44}") {
        prop_assert!(verified(&token, 0).is_err());
    }

    #[test]
    fn a_slip_anywhere_is_noticed(at in 0..TOKEN.len(), typed in "[A-Za-z0-9_-]") {
        let mut slipped = TOKEN.to_owned();
        slipped.replace_range(at..=at, &typed);
        prop_assert_eq!(verified(&slipped, 0).is_ok(), slipped == TOKEN);
    }
}
