//! Webhooks as their receivers and administrators see them: what happens arrives, signed, at least once, and nowhere else.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{Receiver as Channel, Sender, channel};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use yingda::config::outbound::AllowedHost;
use yingda::people::credential::KeptToken;
use yingda::people::role::Permission;
use yingda::people::secret::ApiToken;
use yingda::people::signature::{Signed, SigningSecret};
use yingda::store::outbox;
use yingda::store::people::tokens;
use yingda::webhooks::worker::{Worker, follow};

use super::access::call;
use super::conversations::Customer;
use super::{PATIENCE, Reply, TestApp, now, settings};

const CARD: &str = "4111111111111111";

/// What a receiver got.
#[derive(Clone, Debug)]
struct Request {
    headers: BTreeMap<String, String>,
    body: String,
}

impl Request {
    fn id(&self) -> &str {
        &self.headers["webhook-id"]
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    fn is_signed_with(&self, secret: &str, at: Timestamp) -> bool {
        let signed = Signed {
            id: self.id(),
            timestamp: &self.headers["webhook-timestamp"],
            signatures: &self.headers["webhook-signature"],
        };
        SigningSecret::parse(secret).unwrap().verifies(signed, self.body.as_bytes(), at)
    }
}

/// How a receiver answers: a status line with further headers; where it is empty, nothing until that changes.
type Answer = Arc<(Mutex<&'static str>, Condvar)>;

const OK: &str = "200 OK";
const BROKEN: &str = "500 Internal Server Error";
const SILENT: &str = "";

/// One of the operator's other systems.
struct Receiver {
    address: SocketAddr,
    answer: Answer,
    got: Channel<Request>,
}

impl Receiver {
    fn start(answer: &'static str) -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").unwrap(), answer)
    }

    fn on(listener: TcpListener, answer: &'static str) -> Self {
        let (address, answer) = (listener.local_addr().unwrap(), Arc::new((Mutex::new(answer), Condvar::new())));
        let (sender, got) = channel();
        let told = Arc::clone(&answer);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (told, sender) = (Arc::clone(&told), sender.clone());
                thread::spawn(move || receive(stream, &told, &sender));
            }
        });
        Self { address, answer, got }
    }

    fn answer(&self, answer: &'static str) {
        *self.answer.0.lock().unwrap() = answer;
        self.answer.1.notify_all();
    }

    fn url(&self) -> String {
        format!("http://{}/hooks?key=moss", self.address)
    }

    fn all(&self) -> Vec<Request> {
        self.got.try_iter().collect()
    }
}

fn receive(stream: TcpStream, answer: &Answer, got: &Sender<Request>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut stream = stream;
    let (mut headers, mut first) = (BTreeMap::new(), String::new());
    if reader.read_line(&mut first).unwrap_or(0) == 0 {
        return;
    }
    assert!(first.starts_with("POST "), "{first}");
    for line in reader.by_ref().lines().map_while(Result::ok).take_while(|line| !line.is_empty()) {
        let (name, value) = line.split_once(": ").unwrap();
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let mut body = vec![0; headers["content-length"].parse().unwrap()];
    reader.read_exact(&mut body).unwrap();
    let (answer, changed) = &**answer;
    let silent = answer.lock().unwrap();
    if got.send(Request { headers, body: String::from_utf8(body).unwrap() }).is_ok() {
        let answer = *changed.wait_while(silent, |answer| *answer == SILENT).unwrap();
        let _ = write!(stream, "HTTP/1.1 {answer}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    }
}

/// A service with an administrator's program and a worker, whose clock can be put on.
struct Desk {
    app: TestApp,
    worker: RefCell<Worker>,
    later: Arc<AtomicI64>,
    authorization: String,
}

impl Desk {
    fn start() -> Self {
        Self::with(&["127.0.0.1"], 30)
    }

    fn with(allowed: &[&str], seconds: u64) -> Self {
        let mut config = settings();
        config.connectors.allowed_hosts = allowed.iter().map(|host| AllowedHost::of(host)).collect();
        config.connectors.webhook_seconds = seconds;
        let app = TestApp::with(config);
        let (secret, later) = (ApiToken::new([7; 32]), Arc::new(AtomicI64::new(0)));
        let token = KeptToken {
            id: "token_1".to_owned(),
            name: "program".to_owned(),
            scopes: [Permission::SystemManage, Permission::AuditRead].into(),
            departments: Default::default(),
            created_by: "user_ann".to_owned(),
            created_at: now(),
            expires_at: None,
            revoked_at: None,
            used_at: None,
        };
        app.wait(async {
            let mut tx = app.app.store().write().await.unwrap();
            tokens::add(&mut *tx, &secret.digest(), &token).await.unwrap();
            tx.commit().await.unwrap();
        });
        let put_on = Arc::clone(&later);
        let clock = move || now() + SignedDuration::from_secs(put_on.load(Ordering::SeqCst));
        let worker = RefCell::new(Worker::new(app.app.clone(), clock).unwrap());
        Self { app, worker, later, authorization: format!("authorization: Bearer {}\r\n", secret.expose()) }
    }

    fn send_with(&self, method: &str, path: &str, headers: &str, body: &Value) -> Reply {
        let headers = format!("{}{headers}", self.authorization);
        let body = (!body.is_null()).then_some(body);
        call(&self.app, method, &format!("/api/v1/admin/{path}"), &headers, body)
    }

    fn send(&self, method: &str, path: &str, body: &Value) -> Reply {
        self.send_with(method, path, "", body)
    }

    fn get(&self, path: &str) -> Value {
        let reply = self.send("GET", path, &Value::Null);
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()
    }

    /// Makes a webhook; returns its id and secret.
    fn add(&self, url: &str, events: &[&str]) -> (String, String) {
        let reply = self.send("POST", "webhooks", &json!({ "url": url, "events": events }));
        assert_eq!(reply.status, 201, "{}", reply.text());
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (text(&reply.json()["webhook"]["id"]), text(&reply.json()["secret"]))
    }

    fn ping(&self, webhook: &str) -> String {
        let reply = self.send("POST", &format!("webhooks/{webhook}/test"), &Value::Null);
        assert_eq!(reply.status, 202, "{}", reply.text());
        reply.json()["id"].as_str().unwrap().to_owned()
    }

    fn deliveries(&self, webhook: &str) -> Vec<Value> {
        self.get(&format!("webhooks/{webhook}/deliveries"))["data"].as_array().unwrap().clone()
    }

    fn now(&self) -> Timestamp {
        now() + SignedDuration::from_secs(self.later.load(Ordering::SeqCst))
    }

    /// Puts the worker's clock on.
    fn wait_for(&self, seconds: i64) {
        self.later.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Delivers all that is due; returns how many attempts that were.
    fn deliver(&self) -> usize {
        let worker = &mut *self.worker.borrow_mut();
        self.app.wait(async {
            let mut n_attempts = 0;
            loop {
                let n_begun = worker.begin_due().await.unwrap();
                worker.finish().await;
                n_attempts += n_begun;
                if n_begun == 0 {
                    return n_attempts;
                }
            }
        })
    }

    fn audit(&self) -> Vec<Value> {
        self.get("audit?action=webhook.changed")["data"].as_array().unwrap().clone()
    }
}

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
