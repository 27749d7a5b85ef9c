//! Who is blocked may not write, at once and on every replica; reading goes on, and the audit tells who blocked whom.

use serde_json::{Value, json};
use yingda::people::role::Role;
use yingda::publishing::follow;

use super::access::{Browser, account, add};
use super::conversations::Customer;
use super::identity::{known_by_its_shop, token};
use super::{Reply, TestApp, now};

const BLOCKS: &str = "/api/v1/admin/blocks";

/// A service that has a supervisor.
fn supervised() -> TestApp {
    let app = TestApp::with(known_by_its_shop());
    add(&app, &[account("li", &[Role::Supervisor])]);
    app
}

fn block(li: &Browser<'_>, kind: &str, value: &str) -> Value {
    let set = li.send("POST", BLOCKS, &json!({ "kind": kind, "value": value, "reason": "骚扰" }));
    assert_eq!(set.status, 201, "{}", set.text());
    set.json()
}

fn lift(li: &Browser<'_>, block: &Value) -> u16 {
    li.send("DELETE", &format!("{BLOCKS}/{}", block["id"].as_str().unwrap()), &json!({})).status
}

fn is_blocked(reply: &Reply) -> bool {
    let is_blocked = reply.status == 403;
    assert!(!is_blocked || reply.problem() == "blocked", "{}", reply.text());
    is_blocked
}

fn message(customer: &Customer<'_>, client_id: &str) -> Reply {
    customer.post("/messages", &json!({ "text": "你好", "client_id": client_id }))
}

#[test]
fn whoever_is_blocked_cannot_write_and_can_read() {
    let app = supervised();
    let li = Browser::sign_in(&app, "li");
    let visitor = json!({ "visitor": "v-1" });
    let known = json!({ "identity": token("user-42") });
    for (number, (kind, body)) in [
        ("address", &json!({})),
        ("network", &json!({})),
        ("visitor", &visitor),
        ("subject", &known),
        ("conversation", &json!({})),
    ]
    .into_iter()
    .enumerate()
    {
        let ann = Customer::begin_with(&app, body);
        assert_eq!(message(&ann, "before").status, 201);
        let value = match kind {
            "address" => "127.0.0.1",
            "network" => "127.0.0.0/24",
            "visitor" => "v-1",
            "subject" => "user-42",
            _ => &ann.id,
        };
        let set = block(&li, kind, value);
        assert_eq!((&set["kind"], &set["value"], &set["until"]), (&json!(kind), &json!(value), &Value::Null));
        assert!(is_blocked(&message(&ann, "after")), "{kind}");
        for rest in ["/handoff", "/feedback", "/identity"] {
            let body = json!({ "helpful": true });
            assert!(is_blocked(&ann.post(rest, &body)), "{kind} {rest}");
        }
        assert_eq!(is_blocked(&app.post("/api/v1/conversations", body)), kind != "conversation", "{kind}");
        for rest in ["/messages", "/events", "/transcript"] {
            assert_eq!(ann.get(rest).status, 200, "{kind} {rest}");
        }
        let is_about_all = matches!(kind, "address" | "network");
        assert_eq!(
            is_blocked(&app.post("/api/v1/conversations", &json!({ "visitor": "v-2" }))),
            is_about_all,
            "{kind}"
        );
        assert_eq!(li.get(BLOCKS).json()["data"], json!([set]));
        assert_eq!(app.app.metrics().blocks.get(), 1);
        assert_eq!((lift(&li, &set), lift(&li, &set)), (204, 404), "{kind} {number}");
        assert_eq!(message(&ann, "lifted").status, 201, "{kind}");
        assert_eq!(ann.post("/close", &json!({})).status, 200);
    }
    assert!(app.app.metrics().encode().contains(r#"yingda_http_requests_refused_total{reason="blocked"}"#));
    add(&app, &[account("auditor", &[Role::Auditor])]);
    let lines = Browser::sign_in(&app, "auditor").get("/api/v1/admin/audit").text();
    for action in ["block.added", "block.removed"] {
        assert_eq!(lines.matches(&format!("\"{action}\"")).count(), 5, "{lines}");
    }
    assert!(lines.contains("127.0.0.0/24") && lines.contains("骚扰"), "{lines}");
}

#[test]
fn a_customer_who_is_blocked_does_not_become_somebody_else_by_being_known() {
    let app = supervised();
    let li = Browser::sign_in(&app, "li");
    block(&li, "subject", "user-42");
    let ann = Customer::begin(&app);
    assert!(is_blocked(&ann.post("/identity", &json!({ "identity": token("user-42") }))));
    assert_eq!(ann.post("/identity", &json!({ "identity": token("user-43") })).status, 200);
}

#[test]
fn another_replica_hears_of_a_block_when_it_next_looks() {
    let app = supervised();
    let other = app.beside();
    let li = Browser::sign_in(&app, "li");
    let set = block(&li, "network", "127.0.0.0/8");
    other.wait(follow::look_once(&other.app)).unwrap();
    assert!(is_blocked(&other.post("/api/v1/conversations", &json!({}))));
    assert_eq!(lift(&li, &set), 204);
    other.wait(follow::look_once(&other.app)).unwrap();
    assert_eq!(other.post("/api/v1/conversations", &json!({})).status, 201);
}

#[test]
fn a_block_ends_by_itself_and_is_forgotten() {
    let app = supervised();
    let li = Browser::sign_in(&app, "li");
    let soon = now() + jiff::SignedDuration::from_mins(10);
    let body = json!({ "kind": "visitor", "value": "v-1", "reason": "打扰", "until": soon });
    assert_eq!(li.send("POST", BLOCKS, &body).status, 201);
    assert_eq!(li.send("POST", BLOCKS, &body).problem(), "conflict", "it is blocked already");
    let visitor = json!({ "visitor": "v-1" });
    assert!(is_blocked(&app.post("/api/v1/conversations", &visitor)));
    app.wait(async {
        let mut tx = app.app.store().write().await.unwrap();
        tx.execute("UPDATE blocks SET expires_at = 1000", &[]).await.unwrap();
        tx.execute("UPDATE serials SET value = value + 1", &[]).await.unwrap();
        tx.commit().await.unwrap();
        follow::look_once(&app.app).await.unwrap();
    });
    assert_eq!(app.post("/api/v1/conversations", &visitor).status, 201);
    assert_eq!(li.get(BLOCKS).json()["data"], json!([]));
    assert_eq!(li.send("POST", BLOCKS, &body).status, 201, "the one that has ended is in nobody's way");
}

#[test]
fn what_cannot_be_blocked_is_named() {
    let app = supervised();
    let li = Browser::sign_in(&app, "li");
    for (changes, field) in [
        (json!({ "kind": "address", "value": "here" }), "value"),
        (json!({ "kind": "network", "value": "10.0.0.0/33" }), "value"),
        (json!({ "kind": "network", "value": "0.0.0.0/0" }), "value"),
        (json!({ "kind": "network", "value": "::/0" }), "value"),
        (json!({ "kind": "visitor", "value": "" }), "value"),
        (json!({ "kind": "conversation", "value": "a/b" }), "value"),
        (json!({ "kind": "planet" }), "kind"),
        (json!({ "reason": "" }), "reason"),
        (json!({ "until": "2001-01-01T00:00:00Z" }), "until"),
    ] {
        let mut body = json!({ "kind": "address", "value": "203.0.113.9", "reason": "x" });
        changes.as_object().unwrap().iter().for_each(|(key, value)| body[key] = value.clone());
        let refused = li.send("POST", BLOCKS, &body);
        assert_eq!(refused.json()["errors"][0]["field"], field, "{body}: {}", refused.text());
    }
    assert_eq!(block(&li, "address", "2001:db8:1:2:3::4")["value"], "2001:db8:1:2::");
    assert_eq!(block(&li, "network", "203.0.113.77/24")["value"], "203.0.113.0/24");
    assert_eq!(block(&li, "visitor", "13800138000")["value"].as_str().unwrap().find("13800138000"), None);
}
