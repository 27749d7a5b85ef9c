//! What one visitor may do: begin the same conversation twice and get it once, and neither begin, say nor watch without end.

use std::collections::BTreeSet;
use std::io::BufRead;

use jiff::SignedDuration;
use serde_json::{Value, json};
use yingda::store::retention::{self, Keep};

use super::conversations::Customer;
use super::identity::{known_by_its_shop, token};
use super::{PATIENCE, Reply, TestApp, now, settings};

fn begin_as(app: &TestApp, key: &str, body: &Value) -> Reply {
    let headers = format!("content-type: application/json\r\nidempotency-key: {key}\r\n");
    app.post_with("/api/v1/conversations", &headers, body.to_string().as_bytes())
}

const KEY: &str = "5f1c0d2e-95a7-4f0b-9d1e";

#[test]
fn a_request_that_is_sent_again_begins_one_conversation() {
    let app = TestApp::with(known_by_its_shop());
    let body = json!({ "visitor": "v-1", "language": "zh-CN" });
    let replies: Vec<Reply> = std::thread::scope(|scope| {
        let sent: Vec<_> = (0..8).map(|_| scope.spawn(|| begin_as(&app, KEY, &body))).collect();
        sent.into_iter().map(|sent| sent.join().unwrap()).collect()
    });
    assert!(replies.iter().all(|reply| reply.status == 201), "{replies:?}");
    let bodies: BTreeSet<String> = replies.iter().map(Reply::text).collect();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    let begun = replies[0].json();
    let text = |key: &str| begun[key].as_str().unwrap();
    let ann = Customer::of(&app, text("id"), text("token"));
    ann.say("1", "你好");

    let other = begin_as(&app, KEY, &json!({ "visitor": "v-2", "language": "zh-CN" }));
    assert_eq!(other.problem(), "conflict");
    for short in ["", "0123456789abcde"] {
        assert_eq!(begin_as(&app, short, &body).json()["errors"][0]["field"], "idempotency-key");
    }
    assert_ne!(begin_as(&app, "another-key-of-its-own", &body).json()["id"], begun["id"]);
    assert_eq!(begin_as(&app, KEY, &body).json()["id"], begun["id"], "still");

    // Whoever has the name alone gets nothing after the visitor is known: that token is good no longer.
    assert_eq!(ann.post("/identity", &json!({ "identity": token("user-42") })).status, 200);
    assert_ne!(begin_as(&app, KEY, &body).json()["id"], begun["id"]);
}

#[test]
fn the_name_of_a_request_and_its_token_are_kept_by_digest_and_seal_for_a_day() {
    let app = TestApp::start();
    let begun = begin_as(&app, KEY, &json!({})).json();
    let kept = |app: &TestApp| {
        app.wait(async {
            let mut tx = app.app.store().read().await.unwrap();
            format!("{:?}", tx.rows("SELECT name, hash, sealed FROM idempotency", &[]).await.unwrap())
        })
    };
    let row = kept(&app);
    assert!(!row.contains(KEY) && !row.contains(begun["token"].as_str().unwrap()), "{row}");
    let long = SignedDuration::from_hours(1_000);
    let keep = Keep {
        questions: long,
        revisions: long,
        n_revisions: 10,
        change_sets: long,
        conversations: long,
        cases: long,
        deliveries: long,
        feedback: long,
    };
    let forget_at = |hours: i64| {
        app.wait(async {
            let mut tx = app.app.store().write().await.unwrap();
            retention::run(&mut *tx, &keep, now() + SignedDuration::from_hours(hours)).await.unwrap();
            tx.commit().await.unwrap();
        });
    };
    forget_at(23);
    assert_eq!(kept(&app), row);
    forget_at(25);
    assert_eq!(kept(&app), "[]");
    assert_ne!(begin_as(&app, KEY, &json!({})).json()["id"], begun["id"]);
}

/// The seconds after which a refused visitor may come again.
fn refused(reply: &Reply) -> u64 {
    assert_eq!((reply.status, reply.problem().as_str()), (429, "too_many_requests"), "{}", reply.text());
    reply.header("retry-after").unwrap().parse().unwrap()
}

#[test]
fn a_client_begins_only_so_many_conversations_an_hour() {
    let mut config = settings();
    config.limits.conversations_per_hour = 2;
    config.server.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    let app = TestApp::with(config);
    let begin = |address: &str| {
        let headers = format!("content-type: application/json\r\nx-forwarded-for: {address}\r\n");
        app.post_with("/api/v1/conversations", &headers, b"{}")
    };
    assert_eq!((begin("2001:db8::1").status, begin("2001:db8::2").status), (201, 201));
    let seconds = refused(&begin("2001:db8::3"));
    assert!((60..=1_801).contains(&seconds), "one in half an hour: {seconds}");
    assert_eq!(begin("2001:db8:0:1::1").status, 201, "the next /64 is another client");
    let metrics = app.app.metrics().encode();
    assert!(metrics.contains(r#"yingda_http_requests_refused_total{reason="conversations"} 1"#), "{metrics}");
}

#[test]
fn a_conversation_takes_only_so_many_messages_a_minute() {
    let mut config = settings();
    config.limits.messages_per_minute = 2;
    let app = TestApp::with(config);
    let (ann, bob) = (Customer::begin(&app), Customer::begin(&app));
    ann.say("1", "你好");
    ann.say("2", "你好");
    let again = ann.post("/messages", &json!({ "text": "你好", "client_id": "3" }));
    assert!((1..=31).contains(&refused(&again)));
    bob.say("1", "你好");
    assert_eq!(ann.events().len(), 4, "what is refused is not kept");
}

#[test]
fn a_conversation_has_only_so_many_streams() {
    let mut config = settings();
    config.limits.streams_per_conversation = 2;
    let app = TestApp::with(config);
    let ann = Customer::begin(&app);
    let status = |stream: &mut dyn BufRead| {
        let mut line = String::new();
        stream.read_line(&mut line).unwrap();
        line.split(' ').nth(1).unwrap().parse::<u16>().unwrap()
    };
    let (mut first, mut second) = (ann.watch(""), ann.watch(""));
    assert_eq!((status(&mut first), status(&mut second)), (200, 200));
    let mut third = ann.watch("connection: close\r\n");
    assert_eq!(status(&mut third), 429);
    assert!(third.lines().map_while(Result::ok).any(|line| line.to_lowercase().starts_with("retry-after: ")));
    assert_eq!(ann.get("/events").status, 200, "a page is no stream");
    drop(first);
    let started = std::time::Instant::now();
    while status(&mut ann.watch("connection: close\r\n")) != 200 {
        assert!(started.elapsed() < PATIENCE, "one that has ended is counted no more");
        ann.say(&format!("{:?}", started.elapsed()), "你好");
    }
}
