//! Customers who have signed in with the shop are known by its token: in chat, in their cases, once, and by no other word.

use std::io::BufRead;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use yingda::chat::messages::{Incoming, NotTaken, Origin, handle_message};
use yingda::config::Config;
use yingda::people::identity::IdentityKey;
use yingda::people::secret::ConversationToken;
use yingda::people::signature::hmac_sha256;
use yingda::store::conversations;

use super::conversations::{Customer, said};
use super::{TestApp, now, settings};

const OLD: &str = "the-old-secret-of-thirty-two-bytes";
const NEW: &str = "the-new-secret-of-thirty-two-bytes";

pub fn known_by_its_shop() -> Config {
    let mut config = settings();
    let keys = [format!("old:{OLD}"), format!("new:{NEW}")];
    config.identity.keys = keys.iter().map(|key| IdentityKey::parse(key).unwrap()).collect();
    config
}

fn signed(head: &Value, claims: &Value, secret: &str) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(head), part(claims));
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(hmac_sha256(secret.as_bytes(), &[signed.as_bytes()])))
}

fn claims(subject: &str) -> Value {
    let now = now().as_second();
    json!({ "sub": subject, "aud": "yingda", "iat": now, "exp": now + 600, "name": "王小明", "role": "buyer" })
}

/// A token of the shop's server for a customer.
pub fn token(subject: &str) -> String {
    signed(&json!({ "alg": "HS256", "kid": "new" }), &claims(subject), NEW)
}

fn known<'a>(app: &'a TestApp, subject: &str) -> Customer<'a> {
    Customer::begin_with(app, &json!({ "identity": token(subject) }))
}

/// Opens a case; returns its number.
fn opens_a_case(customer: &Customer<'_>) -> String {
    customer.say("r1", "我要退款，订单 CG20261120000123，128元");
    customer.say("r2", "商家还没发货");
    let done = said(&customer.say("r3", "是的"));
    done.split_once("RF-").map(|(_, rest)| format!("RF-{}", &rest[..15])).unwrap()
}

#[test]
fn a_known_customer_sees_their_cases_from_another_conversation() {
    let app = TestApp::with(known_by_its_shop());
    let (first, second) = (known(&app, "user-42"), known(&app, "user-42"));
    let number = opens_a_case(&first);
    let status_for =
        |customer: &Customer<'_>| app.get_with(&format!("/api/v1/cases/{number}"), &customer.authorization()).status;
    let asks = format!("查一下退款进度 {number}");
    assert_eq!((status_for(&first), status_for(&second)), (200, 200));
    assert!(said(&second.say("1", &asks)).contains("等待处理"));
    let again = said(&second.say("2", "我要退款，订单 CG20261120000123，128元，没发货"));
    assert!(again.contains(&number), "one case, not two: {again}");
    let headers = format!("content-type: application/json\r\n{}", second.authorization());
    let added =
        app.post_with(&format!("/api/v1/cases/{number}/append"), &headers, "{\"text\":\"还没收到\"}".as_bytes());
    assert_eq!(added.status, 200, "{}", added.text());

    for other in
        [Customer::begin(&app), known(&app, "user-43"), Customer::begin_with(&app, &json!({ "visitor": "user-42" }))]
    {
        assert_eq!(status_for(&other), 404, "nobody else does");
        assert!(!said(&other.say("1", &asks)).contains("等待处理"));
    }
}

#[test]
fn a_token_that_does_not_hold_is_refused_and_makes_nobody_anonymous() {
    let app = TestApp::with(known_by_its_shop());
    let seconds = now().as_second();
    let head = json!({ "alg": "HS256", "kid": "new" });
    let changed = |claim: &str, value: Value| {
        let mut claims = claims("user-42");
        claims[claim] = value;
        signed(&head, &claims, NEW)
    };
    let unsigned = signed(&json!({ "alg": "none" }), &claims("user-42"), NEW);
    let own = token("user-42");
    for (what, token) in [
        ("expired", changed("exp", json!(seconds - 120))),
        ("too long", changed("exp", json!(seconds + 7_200))),
        ("not yet", changed("nbf", json!(seconds + 300))),
        ("another audience", changed("aud", json!("another shop"))),
        ("no subject", changed("sub", json!(""))),
        ("forged", signed(&head, &claims("user-42"), OLD)),
        ("a key that is gone", signed(&json!({ "alg": "HS256", "kid": "older" }), &claims("user-42"), OLD)),
        ("alg none", unsigned.clone()),
        ("alg none, unsigned", format!("{}.", unsigned.rsplit_once('.').unwrap().0)),
        ("another algorithm", signed(&json!({ "alg": "HS512", "kid": "new" }), &claims("user-42"), NEW)),
        ("cut", own[..own.len() - 1].to_owned()),
        ("nothing", String::new()),
    ] {
        let refused = app.post("/api/v1/conversations", &json!({ "identity": token }));
        assert_eq!((refused.status, refused.problem().as_str()), (422, "invalid_field"), "{what}");
        assert_eq!(refused.json()["errors"][0]["field"], "identity", "{what}");
        let told = refused.text();
        assert!(!told.contains("key") && !told.contains("signature") && !told.contains("kid"), "{what}: {told}");
        let ann = Customer::begin(&app);
        assert_eq!(ann.post("/identity", &json!({ "identity": token })).status, 422, "{what}");
        assert_eq!(ann.get("/messages").status, 200, "its token is good still");
    }
    let nobody_is_known = TestApp::start();
    let refused = nobody_is_known.post("/api/v1/conversations", &json!({ "identity": token("user-42") }));
    assert_eq!(refused.json()["errors"][0]["field"], "identity");
}

#[test]
fn keys_change_one_after_the_other() {
    let app = TestApp::with(known_by_its_shop());
    let with = |kid: Option<&str>, secret: &str| {
        let token = signed(&json!({ "alg": "HS256", "kid": kid }), &claims("user-42"), secret);
        app.post("/api/v1/conversations", &json!({ "identity": token })).status
    };
    assert_eq!((with(Some("old"), OLD), with(Some("new"), NEW)), (201, 201));
    assert_eq!((with(None, OLD), with(None, NEW)), (201, 201));
    assert_eq!((with(Some("old"), NEW), with(Some("new"), OLD)), (422, 422));
}

#[test]
fn a_visitor_becomes_known_once_and_the_token_before_is_good_no_longer() {
    let app = TestApp::with(known_by_its_shop());
    let ann = Customer::begin(&app);
    let number = opens_a_case(&ann);
    let mut stream = ann.watch("").lines();
    assert!(stream.by_ref().any(|line| line.unwrap().contains(&number)));
    let identified = ann.post("/identity", &json!({ "identity": token("user-42") }));
    assert_eq!(identified.status, 200, "{}", identified.text());
    let identified = identified.json();
    let new_token = identified["token"].as_str().unwrap();
    let known_ann = Customer::of(&app, &ann.id, new_token);

    // The end of a body in chunks.
    assert!(stream.any(|line| line.unwrap() == "0"), "what watched with the token before ends");
    assert_eq!(ann.get("/messages").problem(), "not_found");
    assert_eq!(known_ann.get("/messages").status, 200);
    let elsewhere = known(&app, "user-42");
    let case = app.get_with(&format!("/api/v1/cases/{number}"), &elsewhere.authorization());
    assert_eq!(case.status, 200, "what was opened before is the known customer's too");

    let other = known_ann.post("/identity", &json!({ "identity": token("user-43") }));
    assert_eq!((other.status, other.problem().as_str()), (409, "conflict"));
    let again = known_ann.post("/identity", &json!({ "identity": token("user-42") }));
    assert_eq!((again.status, known_ann.get("/messages").status), (200, 404));
    let origin = Origin {
        conversation: ann.id.clone(),
        token: ConversationToken::parse(&ann.token).unwrap().digest().as_str().to_owned(),
        client_id: "late".to_owned(),
    };
    let late = Incoming { origin, text: format!("查一下退款进度 {number}") };
    let taken = app.wait(handle_message(&app.app, &late));
    assert!(matches!(taken, Err(NotTaken::OtherToken)), "what was under way with the token before tells nothing");
    let kept = app.wait(async {
        conversations::get(&mut *app.app.store().read().await.unwrap(), &ann.id).await.unwrap().unwrap()
    });
    assert_eq!(kept.subject.as_deref(), Some("user-42"));
    assert!(kept.identity.unwrap().contains("王小明") && !kept.context.contains("user-42"), "claims are apart");
}
