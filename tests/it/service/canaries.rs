//! Numbers that must not be kept are sent on every way in, and looked for wherever anything is kept, logged or handed out. The API's
//! document says which ways in there are, so that none is forgotten.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};
use yingda::http::access::{Access, rule};
use yingda::http::router;
use yingda::people::role::Role;
use yingda::store::backup;
use yingda::text::sensitive::mask;

use super::access::{Browser, PASSWORD, account, add};
use super::cases::{number_in, report, secret};
use super::conversations::{Customer, said};
use super::{Reply, TestApp, now, settings};

/// What is typed, and what must be found nowhere. Made up for this test; none belongs to anybody.
const CANARIES: [(&str, &str); 5] = [
    ("卡号6225881379462053", "6225881379462053"),
    ("身份证110105198703142574", "110105198703142574"),
    ("验证码58392067", "58392067"),
    ("密码是Zq7vHarbour9", "Zq7vHarbour9"),
    ("电话13970246813", "13970246813"),
];

/// The sample's survey.
const SURVEY: &str = "payment-habits";

/// Left to be called back: it is kept, sealed.
const CALL_BACK: &str = "13688880246";

/// Ways in that are left out, with the reason.
const LEFT_OUT: [(&str, &str); 8] = [
    ("/api/v1/editor/", "what editors write is public by nature"),
    ("/api/v1/auth/setup", "staff: a name and a password of their own"),
    ("/api/v1/auth/join", "staff: a password of their own"),
    ("/api/v1/auth/password", "staff: a password of their own"),
    ("/api/v1/auth/totp", "staff: codes of their own"),
    ("/api/v1/admin/users", "staff: names that administrators give"),
    ("/api/v1/admin/tokens", "programs: names that administrators give"),
    ("/api/v1/admin/audit", "reads only, and keeps nothing of the query"),
];

/// Bodies that are taken, so that each field can be tried by itself.
fn body_of(method: &str, path: &str) -> Option<Value> {
    let of_case = json!({ "text": "好" });
    Some(match (method, path.strip_prefix("/api/v1/")?) {
        ("POST", "ask") => json!({ "question": "你好" }),
        ("POST", "contacts/verify") => json!({ "text": "95188" }),
        ("POST", "conversations") => json!({}),
        ("POST", "conversations/{id}/messages") => json!({ "text": "你好", "client_id": "c" }),
        ("POST", "conversations/{id}/identity") => json!({ "identity": "x" }),
        ("POST", "conversations/{id}/feedback") => json!({ "helpful": false }),
        ("POST", "cases/{number}/append") => of_case,
        ("POST", "cases/{number}/confirm") => json!({ "agrees": true }),
        ("POST", "connectors/cases/{number}") => json!({ "status": "in_review" }),
        ("POST", "desk/cases") => json!({ "kind": "account", "department": "risk", "description": "x" }),
        ("PATCH", "desk/cases/{number}") => json!({ "status": "waiting_customer", "text": "?" }),
        ("POST", "desk/cases/{number}/confirmation") => json!({ "amount": "1 CNY", "account": "1234" }),
        ("POST", "desk/cases/{number}/reveal") => json!({}),
        ("POST", path) if path.starts_with("desk/cases/{number}/") => of_case,
        ("POST", "desk/conversations/{id}/reply") => json!({ "text": "好", "client_id": "c" }),
        ("POST", "desk/conversations/{id}/note") => of_case,
        ("POST", "desk/conversations/{id}/transfer") => json!({ "department": "general" }),
        ("POST", "desk/conversations/{id}/resolve") => json!({ "reason": "other" }),
        ("POST", "desk/proposals") => json!({ "kind": "phrasing", "text": "好" }),
        ("PUT", "desk/agents/{id}") => json!({ "capacity": 3 }),
        ("POST", "conversations/{id}/survey/{survey}") => json!({ "answers": {} }),
        ("POST", "desk/improvements") => json!({ "cause": "x", "action": "x", "owner": "x" }),
        ("PATCH", "desk/improvements/{id}") => json!({}),
        ("POST", "auth/login") => json!({ "name": "nobody", "password": "x" }),
        ("POST", "admin/blocks") => json!({ "kind": "visitor", "value": "v", "reason": "x" }),
        ("POST", "admin/webhooks") => json!({ "url": "https://hooks.example/a" }),
        ("PATCH", "admin/webhooks/{id}") => json!({}),
        ("POST", "admin/persons/export") => json!({ "case": "RF-20261123-0007-5" }),
        ("POST", "admin/persons/erase") => {
            json!({ "case": "RF-20261123-0007-5", "reason": "x", "password": PASSWORD })
        }
        ("PUT", "admin/persons/holds/{case}") => json!({ "reason": "x" }),
        _ => return None,
    })
}

/// What takes the log lines of this process.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Takes all lines, also those that nobody usually wants.
    fn start() -> Self {
        let log = Self::default();
        let writer = log.clone();
        let lines = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_ansi(false);
        // Where tests share a process, another one may be first: then its lines are those of the others.
        let _ = tracing::subscriber::set_global_default(lines.with_writer(move || writer.clone()).finish());
        log
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

/// A text field of the API: where it is, and whether in the query or (`/a/b`) in the body.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Field {
    Query(String),
    Body(String),
    Segment,
}

/// One operation with its text fields.
struct Operation {
    method: String,
    path: String,
    fields: BTreeSet<Field>,
}

/// Returns the operations that customers, agents, supervisors and the operator's system call.
fn operations() -> Vec<Operation> {
    let document = serde_json::to_value(router::document()).unwrap();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        if LEFT_OUT.iter().any(|(left_out, _)| path.starts_with(left_out)) {
            continue;
        }
        for (method, operation) in item.as_object().unwrap() {
            let mut fields = BTreeSet::new();
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let name = parameter["name"].as_str().unwrap().to_owned();
                match parameter["in"].as_str().unwrap() {
                    "query" => fields.insert(Field::Query(name)),
                    "path" => fields.insert(Field::Segment),
                    _ => false,
                };
            }
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            texts(&document, schema, String::new(), &mut fields);
            operations.push(Operation { method: method.to_uppercase(), path: path.clone(), fields });
        }
    }
    operations
}

/// Collects the fields of a schema that take any text.
fn texts(document: &Value, schema: &Value, at: String, fields: &mut BTreeSet<Field>) {
    if let Some(name) = schema["$ref"].as_str() {
        return texts(document, document.pointer(name.trim_start_matches('#')).unwrap(), at, fields);
    }
    for alternative in ["oneOf", "anyOf", "allOf"].iter().filter_map(|key| schema[*key].as_array()).flatten() {
        texts(document, alternative, at.clone(), fields);
    }
    let is =
        |kind: &str| schema["type"] == kind || schema["type"].as_array().is_some_and(|all| all.contains(&json!(kind)));
    let is_free = schema["enum"].is_null() && schema["format"] != "date-time";
    let properties = schema["properties"].as_object();
    if is("string") && is_free || is("object") && properties.is_none_or(|properties| properties.is_empty()) {
        fields.insert(Field::Body(at));
        return;
    }
    for (name, property) in properties.into_iter().flatten() {
        texts(document, property, format!("{at}/{name}"), fields);
    }
}

/// Whoever calls, with what there is to be called about.
struct Callers<'a> {
    app: &'a TestApp,
    customer: Customer<'a>,
    admin: Browser<'a>,
    /// The customer's case.
    number: String,
    /// A webhook.
    webhook: String,
}

impl Callers<'_> {
    /// A case of nobody's, on which any step can be taken.
    fn new_case(&self) -> String {
        let body = json!({ "kind": "account", "department": "risk", "description": "来电" });
        self.admin.send("POST", "/api/v1/desk/cases", &body).json()["number"].as_str().unwrap().to_owned()
    }

    fn call(&self, operation: &Operation, field: &Field, canary: &str) -> Reply {
        let Operation { method, path, .. } = operation;
        let (mut body, mut query, mut segment) = (body_of(method, path).unwrap_or_default(), String::new(), None);
        match field {
            Field::Query(name) => query = format!("?{name}={}", encoded(canary)),
            Field::Segment => segment = Some(encoded(canary)),
            Field::Body(at) => put(&mut body, at, canary),
        }
        // Taken once under its name; each of these is another one.
        for (of, name) in [("/messages", "client_id"), ("/blocks", "value")] {
            if path.ends_with(of) && !body.is_null() && *field != Field::Body(format!("/{name}")) {
                body[name] = now().as_nanosecond().to_string().into();
            }
        }
        let id = match (path.contains("webhooks"), path.contains("conversations")) {
            (true, _) => &self.webhook,
            (_, true) => &self.customer.id,
            _ => "nobody",
        };
        let number = if path.contains("/desk/") || path.contains("/connectors/") {
            self.new_case()
        } else {
            self.number.clone()
        };
        let mut concrete = path.clone();
        for (place, value) in
            [("{id}", id), ("{number}", &number), ("{case}", &number), ("{delivery}", "nobody"), ("{survey}", SURVEY)]
        {
            concrete = concrete.replace(place, segment.as_deref().unwrap_or(value));
        }
        let concrete = format!("{concrete}{query}");
        let has_body = !body.is_null();
        let headers = match rule(&method.parse().unwrap(), path).unwrap() {
            Access::Signed => return report(self.app, &number, &format!("m{}", now()), now(), &body),
            Access::Conversation => self.customer.authorization(),
            Access::Public => String::new(),
            Access::Needs(_) | Access::NeedsAny(_) | Access::SignedIn => {
                format!("cookie: {}\r\nx-csrf-token: {}\r\nif-match: *\r\n", self.admin.cookie, self.admin.csrf)
            }
        };
        super::access::call(self.app, method, &concrete, &headers, has_body.then_some(&body))
    }
}

fn put(body: &mut Value, at: &str, canary: &str) {
    let mut place = &mut *body;
    for name in at.split('/').skip(1) {
        place = &mut place[name];
    }
    *place = match at {
        "/context" => json!({ "page": [canary] }),
        "/answers" => json!({ "wish": canary }),
        _ => canary.into(),
    };
    // One change of a case at a time.
    let is_change = ["/assignee", "/department"].contains(&at) && body.get("text").is_some();
    if is_change || at.starts_with("/assessment") {
        let field = at.split('/').nth(1).unwrap();
        let mut value = body[field].clone();
        if field == "assessment" {
            value["severity"] = "major".into();
            value["decision"] = "upheld".into();
        }
        *body = json!({ field: value });
    }
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn unpacked(packed: &[u8]) -> String {
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed).read_to_string(&mut text).unwrap();
    text
}

#[test]
fn numbers_that_must_not_be_kept_are_found_nowhere_whatever_way_they_come_in() {
    let log = Log::start();
    let mut config = settings();
    config.operator.secret = Some(secret());
    let app = TestApp::with(config);
    add(&app, &[account("admin", &[Role::Admin])]);
    let admin = Browser::sign_in(&app, "admin");
    let webhook = admin.send("POST", "/api/v1/admin/webhooks", &json!({ "url": "https://hooks.example/a" }));
    let webhook = webhook.json()["webhook"]["id"].as_str().unwrap().to_owned();
    let customer = Customer::begin(&app);
    customer.say("c1", "请给我回电话");
    customer.say("c2", CALL_BACK);
    customer.say("c3", "下周三上午十点");
    let number = number_in(&said(&customer.say("c4", "好的")), "CB-");
    let callers = Callers { app: &app, customer, admin, number, webhook };

    let mut operations = operations();
    // Wrong passwords lock out whoever comes next.
    operations.sort_by_key(|operation| operation.path.contains("/auth/"));
    let mut n_taken = 0;
    for operation in &operations {
        let place = format!("{} {}", operation.method, operation.path);
        let has_text = operation.fields.iter().any(|field| matches!(field, Field::Body(_)));
        let is_known = body_of(&operation.method, &operation.path).is_some();
        assert!(is_known || !has_text, "{place} takes texts: body_of must say what it takes, or LEFT_OUT why not");
        for field in &operation.fields {
            // Ends what the next ones need; has a test of its own.
            if (place.ends_with("/erase") && *field == Field::Body("/password".to_owned()))
                || place.ends_with("/events")
            {
                continue;
            }
            for (typed, _) in CANARIES {
                let reply = callers.call(operation, field, typed);
                assert!(reply.status < 500, "{place} {field:?}: {} {}", reply.status, reply.text());
                n_taken += usize::from(reply.status < 300);
            }
        }
    }
    assert!(n_taken > 80, "only {n_taken} were taken");
    for (_, secret) in CANARIES {
        // A program names its requests; a code or a password that stands alone is a word like any other.
        let request_id = if mask(secret).found.is_empty() { "" } else { secret };
        let headers = format!(
            "x-request-id: {request_id}\r\nidempotency-key: begin-once-{secret}\r\nuser-agent: {secret}\r\n\
             accept-language: {secret}\r\n\
             content-type: application/json\r\n"
        );
        assert_eq!(app.post_with("/api/v1/conversations", &headers, b"{}").status, 201);
    }

    let exported = callers.admin.send("POST", "/api/v1/admin/persons/export", &json!({ "case": callers.number }));
    assert!(exported.text().contains(CALL_BACK), "it is the person's own");
    let mut database = std::fs::read(app.folder.path().join("yingda.db")).unwrap();
    database.extend(std::fs::read(app.folder.path().join("yingda.db-wal")).unwrap());
    let mut packed = Vec::new();
    app.wait(backup::write(app.app.store(), &mut packed)).unwrap();
    let backup = unpacked(&packed);
    assert!(backup.matches("139****6813").count() > 20, "what was sent has arrived, masked");
    assert!(backup.contains("conversation.message"), "webhooks are told");
    let content = callers.admin.get("/api/v1/editor/export?format=jsonl");
    assert_eq!(content.status, 200, "{}", content.text());
    let mut metrics = super::connect(app.metrics);
    metrics.write_all(b"GET /metrics HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").unwrap();
    let metrics = Reply::read(&mut metrics);
    assert!(metrics.text().contains("yingda_"));
    let without_call_back = exported.text().replace(CALL_BACK, "");
    let (database, lines) = (String::from_utf8_lossy(&database), log.text());
    let mut leaks = Vec::new();
    for (place, text) in [
        ("the database", &*database),
        ("the log", &lines),
        ("a backup", &backup),
        ("the content", &content.text()),
        ("the metrics", &metrics.text()),
        ("a person's export", &without_call_back),
    ] {
        for secret in CANARIES.map(|(_, secret)| secret).into_iter().chain([CALL_BACK]) {
            if let Some(at) = text.find(secret) {
                let from = text[..at].char_indices().rev().nth(150).map_or(0, |(from, _)| from);
                leaks.push(format!("{secret} is in {place}, after {:?}", &text[from..at]));
            }
        }
    }
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
}
