//! Webhooks as their receivers and administrators see them: what happens arrives, signed, at least once, and nowhere else.

mod desk;

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::SignedDuration;
use serde_json::{Value, json};
use yingda::store::outbox;
use yingda::webhooks::worker::follow;

use self::desk::Desk;
use super::conversations::Customer;
use super::receiver::{BROKEN, OK, Receiver, Request, SILENT};
use super::{PATIENCE, now};

const CARD: &str = "4111111111111111";

#[test]
fn what_happens_arrives_signed_and_says_nothing_that_must_not_leave() {
    let (desk, receiver) = (Desk::start(), Receiver::start(OK));
    let (id, secret) = desk.add(&receiver.url(), &[]);
    let ann = Customer::begin(&desk.app);
    let mut number = String::new();
    for (client_id, text) in [
        ("1", "我要退款，订单 CG20261120000123，128元"),
        ("2", "商家还没发货"),
        ("3", "是的"),
        ("4", &format!("卡号{CARD}")),
    ] {
        let said = ann.say(client_id, text)["replies"][0]["text"].as_str().unwrap_or_default().to_owned();
        if let Some((_, rest)) = said.split_once("RF-") {
            number = format!("RF-{}", &rest[..15]);
        }
    }
    let headers = format!("content-type: application/json\r\nauthorization: Bearer {}\r\n", ann.token);
    let append = format!("/api/v1/cases/{number}/append");
    let added = json!({ "text": format!("卡号{CARD}") }).to_string();
    assert_eq!(desk.app.post_with(&append, &headers, added.as_bytes()).status, 200);
    for (path, body) in [
        ("/handoff", json!({})),
        ("/feedback", json!({ "helpful": true, "comment": format!("好 {CARD}") })),
        ("/close", json!({})),
    ] {
        assert_eq!(ann.post(path, &body).status, 200);
    }
    desk.deliver();
    let got = receiver.all();
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for request in &got {
        assert!(request.is_signed_with(&secret, desk.now()), "{request:?}");
        assert_eq!(request.headers["content-type"], "application/json");
        let body = request.json();
        assert_eq!(body.as_object().unwrap().keys().collect::<Vec<_>>(), ["data", "timestamp", "type"]);
        *kinds.entry(body["type"].as_str().unwrap().to_owned()).or_default() += 1;
        let about = if body["data"]["number"].is_null() { &body["data"]["id"] } else { &body["data"]["conversation"] };
        assert_eq!(about, ann.id.as_str());
        for secret in [CARD, &ann.token, "client_id", "html"] {
            assert!(!request.body.contains(secret), "{}", request.body);
        }
    }
    let kinds: Vec<(&str, usize)> = kinds.iter().map(|(kind, n)| (kind.as_str(), *n)).collect();
    let expected = [
        ("case.opened", 1),
        ("case.updated", 1),
        ("conversation.closed", 1),
        ("conversation.handed_off", 1),
        ("conversation.message", 8),
        ("conversation.rated", 1),
        ("conversation.started", 1),
    ];
    assert_eq!(kinds, expected);
    let of = |kind: &str| got.iter().map(Request::json).find(|body| body["type"] == kind).unwrap()["data"].clone();
    assert_eq!(
        of("case.opened"),
        json!({ "number": number, "kind": "refund", "status": "open", "step": "opened", "conversation": ann.id })
    );
    assert_eq!(of("conversation.handed_off")["reason"], "asked");
    let ids: std::collections::BTreeSet<&str> = got.iter().map(Request::id).collect();
    assert_eq!(ids.len(), got.len());
    let listed = desk.deliveries(&id);
    assert!(listed.len() == 14 && listed.iter().all(|one| one["state"] == "delivered" && one["status"] == 200));
    assert_eq!(desk.deliver(), 0, "nothing twice");
    let text = desk.app.app.metrics().encode();
    assert!(text.contains("yingda_webhook_deliveries_total{outcome=\"delivered\"} 14"), "{text}");
    // The secret was shown once; the audit knows the host alone.
    for shown in [desk.get("webhooks"), desk.get(&format!("webhooks/{id}")), json!(desk.audit())] {
        assert!(!shown.to_string().contains(&secret) && !shown.to_string().contains("whsec_"), "{shown}");
    }
    assert!(!json!(desk.audit()).to_string().contains("moss"));
}

#[test]
fn an_endpoint_is_told_of_what_it_wants_and_others_of_the_rest() {
    let (desk, closed, all) = (Desk::start(), Receiver::start(OK), Receiver::start(OK));
    desk.add(&closed.url(), &["conversation.closed"]);
    desk.add(&all.url(), &[]);
    let ann = Customer::begin(&desk.app);
    ann.say("1", "你好");
    ann.post("/close", &json!({}));
    desk.deliver();
    let (closed, all) = (closed.all(), all.all());
    assert_eq!((closed.len(), all.len()), (1, 4));
    let same = all.iter().find(|request| request.json()["type"] == "conversation.closed").unwrap();
    assert_eq!((closed[0].id(), &closed[0].body), (same.id(), &same.body), "one event, one name");
}

#[test]
fn what_fails_is_tried_again_under_the_same_name() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = nobody.local_addr().unwrap();
    drop(nobody);
    let desk = Desk::start();
    let (id, secret) = desk.add(&format!("http://{address}/"), &[]);
    desk.ping(&id);
    assert_eq!(desk.deliver(), 1);
    let failed = &desk.deliveries(&id)[0];
    assert_eq!(
        (&failed["state"], &failed["status"], &failed["n_attempts"]),
        (&json!("waiting"), &json!(null), &json!(1))
    );
    assert!(failed["error"].as_str().unwrap().to_lowercase().contains("refused"), "{failed}");
    let receiver = Receiver::on(TcpListener::bind(address).unwrap(), BROKEN);
    assert_eq!(desk.deliver(), 0, "not yet");
    desk.wait_for(7);
    assert_eq!(desk.deliver(), 1);
    assert_eq!(desk.deliveries(&id)[0]["status"], 500);
    let path = format!("webhooks/{id}/deliveries?failed=true");
    assert_eq!(desk.get(&path)["data"].as_array().unwrap().len(), 1);
    assert!(!desk.get(&format!("webhooks/{id}"))["failing_since"].is_null());
    receiver.answer(OK);
    desk.wait_for(80);
    assert_eq!(desk.deliver(), 1);
    let got = receiver.all();
    assert_eq!((got.len(), got[0].id(), &got[0].body), (2, got[1].id(), &got[1].body));
    assert!(got[1].is_signed_with(&secret, desk.now()), "with the time of this attempt");
    let delivered = &desk.deliveries(&id)[0];
    assert_eq!((&delivered["state"], &delivered["n_attempts"]), (&json!("delivered"), &json!(3)));
    assert!(desk.get(&format!("webhooks/{id}"))["failing_since"].is_null());
    assert!(desk.get(&path)["data"].as_array().unwrap().is_empty());
}

#[test]
fn what_keeps_failing_lies_aside_and_can_be_sent_again() {
    let (desk, receiver) = (Desk::start(), Receiver::start(BROKEN));
    let (id, _) = desk.add(&receiver.url(), &[]);
    let delivery = desk.ping(&id);
    let replay = |desk: &Desk| desk.send("POST", &format!("webhooks/deliveries/{delivery}/replay"), &Value::Null);
    assert_eq!(replay(&desk).problem(), "conflict", "it waits");
    for _ in 0..10 {
        assert_eq!(desk.deliver(), 1);
        desk.wait_for(45_100);
    }
    assert_eq!(desk.deliver(), 0);
    let dead = desk.deliveries(&id)[0].clone();
    assert_eq!((&dead["state"], &dead["n_attempts"]), (&json!("dead"), &json!(10)));
    receiver.answer(OK);
    // Once after it was laid aside, once after it was delivered.
    for _ in 0..2 {
        assert_eq!(replay(&desk).status, 202);
        assert_eq!(desk.deliver(), 1);
        assert_eq!(desk.deliveries(&id)[0]["state"], "delivered");
    }
    let got = receiver.all();
    assert!(got.len() == 12 && got.iter().all(|request| request.id() == got[0].id()), "{}", got.len());
    assert_eq!(desk.send("POST", "webhooks/deliveries/event_1_webhook_1/replay", &Value::Null).problem(), "not_found");
}

#[test]
fn whoever_says_when_to_come_again_is_left_alone_until_then() {
    let (desk, receiver) = (Desk::start(), Receiver::start("429 Too Many Requests\r\nretry-after: 600"));
    let (id, _) = desk.add(&receiver.url(), &[]);
    desk.ping(&id);
    assert_eq!(desk.deliver(), 1);
    desk.ping(&id);
    receiver.answer(OK);
    desk.wait_for(590);
    assert_eq!(desk.deliver(), 0, "nor anything else");
    desk.wait_for(20);
    assert_eq!(desk.deliver(), 2);
}

#[test]
fn an_endpoint_that_is_gone_is_sent_nothing_more() {
    let (desk, receiver) = (Desk::start(), Receiver::start("410 Gone"));
    let (id, _) = desk.add(&receiver.url(), &[]);
    let delivery = desk.ping(&id);
    assert_eq!(desk.deliver(), 1);
    let webhook = desk.get(&format!("webhooks/{id}"));
    assert_eq!((&webhook["status"], &webhook["disabled_reason"]), (&json!("disabled"), &json!("it answered 410 Gone")));
    assert_eq!(desk.deliveries(&id)[0]["state"], "dead");
    let line = &desk.audit()[0];
    assert_eq!((&line["actor"], &line["after"]["status"]), (&json!("webhooks"), &json!("disabled")));
    Customer::begin(&desk.app);
    assert_eq!(desk.deliveries(&id).len(), 1, "nothing is noted for it");
    for path in [format!("webhooks/{id}/test"), format!("webhooks/deliveries/{delivery}/replay")] {
        assert_eq!(desk.send("POST", &path, &Value::Null).problem(), "conflict");
    }
    receiver.answer(OK);
    let change = |version: &str| {
        let headers = format!("if-match: {version}\r\n");
        desk.send_with("PATCH", &format!("webhooks/{id}"), &headers, &json!({ "status": "active" }))
    };
    assert_eq!(change("\"1\"").problem(), "changed");
    assert_eq!(desk.send("PATCH", &format!("webhooks/{id}"), &json!({})).problem(), "precondition_required");
    let changed = change(&format!("\"{}\"", webhook["version"]));
    assert_eq!((changed.status, &changed.json()["status"]), (200, &json!("active")), "{}", changed.text());
    assert_eq!(desk.send("POST", &format!("webhooks/deliveries/{delivery}/replay"), &Value::Null).status, 202);
    assert_eq!(desk.deliver(), 1);
    assert_eq!(desk.deliveries(&id)[0]["state"], "delivered");
}

#[test]
fn an_endpoint_that_fails_for_five_days_is_disabled() {
    let (desk, receiver) = (Desk::start(), Receiver::start(BROKEN));
    let (id, _) = desk.add(&receiver.url(), &[]);
    for days in [0, 4, 5] {
        desk.later.store(days * 86_400 + 60 * days, Ordering::SeqCst);
        desk.ping(&id);
        assert_eq!(desk.get(&format!("webhooks/{id}"))["status"], "active", "{days}");
        assert!(desk.deliver() > 0);
    }
    assert_eq!(desk.get(&format!("webhooks/{id}"))["status"], "disabled");
    assert!(desk.deliveries(&id).iter().all(|one| one["state"] == "dead"));
    let reason = desk.audit()[0]["after"]["reason"].clone();
    assert_eq!(reason, "every attempt of five days has failed");
}

#[test]
fn the_secret_before_signs_too_for_a_day() {
    let (desk, receiver) = (Desk::start(), Receiver::start(OK));
    let (id, old) = desk.add(&receiver.url(), &[]);
    let rotated = desk.send("POST", &format!("webhooks/{id}/secret"), &Value::Null);
    assert_eq!((rotated.status, rotated.json()["webhook"]["old_secret_until"].is_null()), (200, false));
    let new = rotated.json()["secret"].as_str().unwrap().to_owned();
    assert_ne!(new, old);
    desk.ping(&id);
    desk.deliver();
    desk.wait_for(86_410);
    desk.ping(&id);
    desk.deliver();
    let got = receiver.all();
    let days = [desk.now() - SignedDuration::from_secs(86_410), desk.now()];
    let signed = |at: usize, secret: &str| got[at].is_signed_with(secret, days[at]);
    assert_eq!((signed(0, &old), signed(0, &new)), (true, true));
    assert_eq!((signed(1, &old), signed(1, &new)), (false, true));
    assert_eq!(got[0].headers["webhook-signature"].split(' ').count(), 2);
}

#[test]
fn what_leads_to_this_machine_is_not_called() {
    let receiver = Receiver::start(OK);
    let desk = Desk::with(&[], 30);
    for url in [&receiver.url(), &format!("http://localhost:{}/", receiver.address.port()), "https://[::1]/"] {
        let refused = desk.send("POST", "webhooks", &json!({ "url": url }));
        assert_eq!(
            (refused.problem().as_str(), &refused.json()["errors"][0]["field"]),
            ("invalid_field", &json!("url"))
        );
    }
    // Where a name leads shows when it is looked up.
    let (id, _) = desk.add(&format!("https://localhost:{}/", receiver.address.port()), &[]);
    desk.ping(&id);
    assert_eq!(desk.deliver(), 1);
    let failed = desk.deliveries(&id)[0].clone();
    assert!(failed["error"].as_str().unwrap().contains("is no public address"), "{failed}");
    assert!(receiver.all().is_empty());
    // By name it may be allowed.
    let desk = Desk::with(&["LOCALHOST"], 30);
    let (id, _) = desk.add(&format!("http://localhost:{}/", receiver.address.port()), &[]);
    desk.ping(&id);
    desk.deliver();
    assert_eq!(desk.deliveries(&id)[0]["state"], "delivered");
    assert_eq!(receiver.all().len(), 1);
}

#[test]
fn no_redirect_is_followed() {
    let (desk, inner) = (Desk::start(), Receiver::start(OK));
    let location = format!("302 Found\r\nlocation: http://{}/", inner.address);
    let receiver = Receiver::start(location.leak());
    let (id, _) = desk.add(&receiver.url(), &[]);
    desk.ping(&id);
    assert_eq!(desk.deliver(), 1);
    assert_eq!(desk.deliveries(&id)[0]["error"], "status 302: redirects are not followed");
    assert!(receiver.all().len() == 1 && inner.all().is_empty());
}

#[test]
fn one_that_never_answers_holds_up_no_other() {
    const N: usize = 10;
    let (desk, silent, good) = (Desk::start(), Receiver::start(SILENT), Receiver::start(OK));
    let (slow, _) = desk.add(&silent.url(), &[]);
    let (fast, _) = desk.add(&good.url(), &[]);
    for _ in 0..N {
        desk.ping(&slow);
        desk.ping(&fast);
    }
    let (mut n_good, mut n_begun) = (0, 0);
    while n_good < N {
        n_begun += desk.app.wait(desk.worker.borrow_mut().begin_due()).unwrap();
        n_good += usize::from(good.got.recv_timeout(Duration::from_millis(20)).is_ok());
        assert!(n_begun <= N + 4, "the silent one has four places");
    }
    assert!(silent.got.recv_timeout(PATIENCE).is_ok(), "and is waited for");
}

#[test]
fn an_answer_that_does_not_come_in_time_is_none() {
    let (desk, silent) = (Desk::with(&["127.0.0.0/8"], 1), Receiver::start(SILENT));
    let (id, _) = desk.add(&silent.url(), &[]);
    desk.ping(&id);
    assert_eq!(desk.deliver(), 1);
    assert_eq!(desk.deliveries(&id)[0]["error"], "no answer within 1000 ms");
}

#[test]
fn what_a_process_that_was_killed_had_claimed_is_delivered_by_another() {
    let (desk, receiver) = (Desk::start(), Receiver::start(OK));
    let (id, _) = desk.add(&receiver.url(), &["conversation.started"]);
    Customer::begin(&desk.app);
    desk.app.wait(async {
        let store = desk.app.app.store();
        let mut tx = store.write().await.unwrap();
        let lease = SignedDuration::from_secs(60);
        let topic = format!("webhook:{id}");
        let claimed = outbox::claim(&mut *tx, store.engine(), &topic, "killed", 9, now(), lease).await.unwrap();
        assert_eq!(claimed.len(), 1);
        tx.commit().await.unwrap();
    });
    assert_eq!(desk.deliver(), 0);
    desk.wait_for(61);
    assert_eq!(desk.deliver(), 1);
    assert_eq!(receiver.all().len(), 1);
    assert_eq!(desk.deliveries(&id)[0]["state"], "delivered");
}

#[test]
fn the_service_delivers_by_itself_and_finishes_at_its_end() {
    let (desk, receiver) = (Desk::start(), Receiver::start(OK));
    let following = desk.app.runtime.as_ref().unwrap().spawn(follow(desk.app.app.clone()));
    let (id, _) = desk.add(&receiver.url(), &[]);
    // What is said in a conversation wakes it, after the commit.
    let ann = Customer::begin(&desk.app);
    ann.say("1", "你好");
    (0..3).for_each(|_| drop(receiver.got.recv_timeout(PATIENCE).unwrap()));
    receiver.answer(SILENT);
    desk.ping(&id);
    receiver.got.recv_timeout(PATIENCE).unwrap();
    desk.app.app.end();
    receiver.answer(OK);
    desk.app.wait(async { tokio::time::timeout(PATIENCE, following).await.unwrap().unwrap() });
    let states: Vec<Value> = desk.deliveries(&id).iter().map(|one| one["state"].clone()).collect();
    assert_eq!(states, ["delivered"; 4]);
}

#[test]
fn what_cannot_be_is_refused_and_what_is_taken_away_is_gone() {
    let (desk, receiver) = (Desk::start(), Receiver::start(BROKEN));
    for (body, field) in [
        (json!({ "url": "ftp://a.example/" }), "url"),
        (json!({ "url": "https://ann:moss@a.example/" }), "url"),
        (json!({ "url": "https://a.example/", "events": ["conversation.ended"] }), "events[0]"),
        (json!({ "url": "https://a.example/", "description": "a\nb" }), "description"),
        (json!({ "url": "https://a.example/", "secret": "whsec_x" }), "secret"),
        (json!({}), "url"),
    ] {
        let refused = desk.send("POST", "webhooks", &body);
        assert_eq!(
            (refused.problem().as_str(), &refused.json()["errors"][0]["field"]),
            ("invalid_field", &json!(field))
        );
    }
    let (id, _) = desk.add(&receiver.url(), &[]);
    let pings: Vec<String> = (0..5).map(|_| desk.ping(&id)).collect();
    let page = |cursor: &str| desk.get(&format!("webhooks/{id}/deliveries?limit=3{cursor}"));
    let first = page("");
    let second = page(&format!("&cursor={}", first["next_cursor"].as_str().unwrap()));
    let mut seen: Vec<&str> = Vec::new();
    for one in first["data"].as_array().unwrap().iter().chain(second["data"].as_array().unwrap()) {
        seen.push(one["id"].as_str().unwrap());
    }
    seen.sort_unstable();
    let mut pings: Vec<&str> = pings.iter().map(String::as_str).collect();
    pings.sort_unstable();
    assert_eq!((seen, second["next_cursor"].is_null()), (pings, true));
    let odd = desk.send("GET", &format!("webhooks/{id}/deliveries?cursor=x"), &Value::Null);
    assert_eq!(odd.problem(), "invalid_field");
    desk.deliver();
    assert_eq!(desk.send("DELETE", &format!("webhooks/{id}"), &Value::Null).status, 204);
    for (method, path) in [("GET", ""), ("DELETE", ""), ("GET", "/deliveries"), ("POST", "/test"), ("POST", "/secret")]
    {
        assert_eq!(desk.send(method, &format!("webhooks/{id}{path}"), &Value::Null).problem(), "not_found");
    }
    desk.wait_for(100);
    assert_eq!(desk.deliver(), 0);
}
