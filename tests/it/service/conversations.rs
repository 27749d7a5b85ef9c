//! Customers talk over the API: what is acknowledged is kept once, whoever watches sees all of it, nobody sees another's.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

use serde_json::{Value, json};
use yingda::desk::owner::Owner;
use yingda::knowledge::intent::Priority;
use yingda::store::{cases, conversations};

use super::{Reply, TestApp};

/// A customer with a conversation.
pub struct Customer<'a> {
    pub app: &'a TestApp,
    pub id: String,
    pub token: String,
}

impl<'a> Customer<'a> {
    pub fn begin(app: &'a TestApp) -> Self {
        Self::begin_with(app, &json!({}))
    }

    pub fn begin_with(app: &'a TestApp, body: &Value) -> Self {
        let begun = app.post("/api/v1/conversations", body);
        assert_eq!(begun.status, 201, "{}", begun.text());
        let begun = begun.json();
        assert_eq!((&begun["status"], &begun["messages"]), (&json!("bot"), &json!([])));
        let text = |key: &str| begun[key].as_str().unwrap().to_owned();
        Self { app, id: text("id"), token: text("token") }
    }

    /// Whoever has a conversation's token.
    pub fn of(app: &'a TestApp, id: &str, token: &str) -> Self {
        Self { app, id: id.to_owned(), token: token.to_owned() }
    }

    pub fn path(&self, rest: &str) -> String {
        format!("/api/v1/conversations/{}{rest}", self.id)
    }

    pub fn authorization(&self) -> String {
        format!("authorization: Bearer {}\r\n", self.token)
    }

    pub fn post(&self, rest: &str, body: &Value) -> Reply {
        let headers = format!("content-type: application/json\r\n{}", self.authorization());
        self.app.post_with(&self.path(rest), &headers, body.to_string().as_bytes())
    }

    pub fn get(&self, rest: &str) -> Reply {
        self.app.get_with(&self.path(rest), &self.authorization())
    }

    pub fn say(&self, client_id: &str, text: &str) -> Value {
        let reply = self.post("/messages", &json!({ "text": text, "client_id": client_id }));
        assert_eq!(reply.status, 201, "{text}: {}", reply.text());
        reply.json()
    }

    /// Opens the stream of events.
    pub fn watch(&self, headers: &str) -> BufReader<TcpStream> {
        let mut stream = self.app.connect();
        let head = format!(
            "GET {} HTTP/1.1\r\nhost: test\r\naccept: text/event-stream\r\n{}{headers}\r\n",
            self.path("/events"),
            self.authorization()
        );
        stream.write_all(head.as_bytes()).unwrap();
        BufReader::new(stream)
    }

    pub fn events(&self) -> Vec<Value> {
        self.get("/events").json()["data"].as_array().unwrap().clone()
    }
}

pub fn said(answered: &Value) -> String {
    answered["replies"][0]["text"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_refund_is_asked_for_recorded_and_looked_up_by_whoever_opened_it() {
    let app = TestApp::start();
    let ann = Customer::begin(&app);
    let first = ann.say("1", "我要退款，订单 CG20261120000123，128元");
    assert_eq!((&first["decision"], &first["status"]), (&json!("flow"), &json!("bot")));
    assert_eq!(first["message"]["author"], "visitor");
    assert!(said(&ann.say("2", "商家还没发货")).contains("CG20261120000123"));
    let done = said(&ann.say("3", "是的"));
    let number = done.split_once("RF-").map(|(_, rest)| format!("RF-{}", &rest[..15])).unwrap();
    assert!(done.contains(&number), "{done}");
    let case = app.get_with(&format!("/api/v1/cases/{number}"), &ann.authorization());
    assert_eq!((case.status, &case.json()["kind"]), (200, &json!("refund")), "{}", case.text());
    assert!(said(&ann.say("4", &format!("查一下退款进度 {number}"))).contains("等待处理"));
    assert!(
        said(&ann.say("5", "我要退款，订单 CG20261120000123，128元，没发货")).contains(&number),
        "one case, not two"
    );

    let about = |customer: &Customer<'_>, step: &str, body: &Value| {
        let headers = format!("content-type: application/json\r\n{}", customer.authorization());
        app.post_with(&format!("/api/v1/cases/{number}/{step}"), &headers, body.to_string().as_bytes())
    };
    assert_eq!(about(&ann, "append", &json!({ "text": "卡号4111111111111111" })).json()["status"], "open");
    assert_eq!(about(&ann, "confirm", &json!({})).problem(), "conflict", "nothing waits for it");
    let bob = Customer::begin(&app);
    assert_eq!(about(&bob, "withdraw", &json!({})).problem(), "not_found");
    assert_eq!(app.get_with(&format!("/api/v1/cases/{number}"), &bob.authorization()).problem(), "not_found");
    assert!(!said(&bob.say("1", &format!("查一下退款进度 {number}"))).contains("等待处理"));
    let events = ann.events();
    let seqs: Vec<i64> = events.iter().map(|event| event["seq"].as_i64().unwrap()).collect();
    assert_eq!(seqs, (1..=seqs.len() as i64).collect::<Vec<_>>());
    assert_eq!(events.iter().filter(|event| event["type"] == "case").count(), 2, "opened, and something added");
    assert_eq!(about(&ann, "withdraw", &json!({})).json()["status"], "closed");
    assert_eq!(about(&ann, "append", &json!({ "text": "x" })).problem(), "conflict");
    assert!(said(&ann.say("6", "我要退款，订单 CG20261120000123，128元，没发货")).contains("提交吗"), "a new one then");
}

#[test]
fn what_is_sent_again_happens_once() {
    let app = TestApp::start();
    let ann = Customer::begin(&app);
    let body = json!({ "text": "退款多久到账？", "client_id": "a" });
    let first = ann.post("/messages", &body);
    let again = ann.post("/messages", &body);
    assert_eq!((first.status, again.status), (201, 200));
    assert_eq!(first.body, again.body);
    assert_eq!(ann.post("/messages", &json!({ "text": "别的", "client_id": "a" })).problem(), "invalid_field");
    std::thread::scope(|scope| {
        let sent: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| ann.post("/messages", &json!({ "text": "你好", "client_id": "b" }))))
            .collect();
        let replies: Vec<Reply> = sent.into_iter().map(|sent| sent.join().unwrap()).collect();
        assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 1, "{replies:?}");
        assert!(replies.iter().all(|reply| reply.body == replies[0].body), "{replies:?}");
    });
    assert_eq!(ann.events().len(), 4);
    let page = ann.get("/messages?after=1&limit=2").json();
    assert_eq!((page["data"].as_array().unwrap().len(), &page["next_cursor"]), (2, &json!("3")));
}

#[test]
fn messages_that_come_at_once_stand_one_after_the_other() {
    let app = TestApp::start();
    let ann = Customer::begin(&app);
    std::thread::scope(|scope| {
        for n in 0..4 {
            let ann = &ann;
            scope.spawn(move || ann.post("/messages", &json!({ "text": "你好", "client_id": n.to_string() })));
        }
    });
    let events = ann.events();
    let of_visitor = events.iter().filter(|event| event["data"]["author"] == "visitor").count();
    assert_eq!((events.len(), of_visitor), (8, 4));
    for (n, event) in events.iter().enumerate() {
        let author = if n % 2 == 0 { "visitor" } else { "bot" };
        assert_eq!((&event["seq"], &event["data"]["author"]), (&json!(n + 1), &json!(author)));
    }
}

#[test]
fn nobody_sees_anothers() {
    let app = TestApp::start();
    let (ann, bob) = (Customer::begin(&app), Customer::begin(&app));
    ann.say("1", "你好");
    for rest in ["/messages", "/events", "/transcript"] {
        assert_eq!(app.get(&ann.path(rest)).problem(), "not_signed_in", "{rest}");
        assert_eq!(app.get_with(&ann.path(rest), &bob.authorization()).problem(), "not_found", "{rest}");
        assert_eq!(app.get_with(&ann.path(rest), "authorization: Bearer x\r\n").problem(), "not_signed_in");
    }
    let nobody = "/api/v1/conversations/conv_0/messages";
    assert_eq!(app.get_with(nobody, &bob.authorization()).problem(), "not_found");
    for rest in ["/messages", "/handoff", "/feedback", "/close"] {
        let headers = format!("content-type: application/json\r\n{}", bob.authorization());
        let body = json!({ "text": "x", "client_id": "x", "helpful": true }).to_string();
        let status = app.post_with(&ann.path(rest), &headers, body.as_bytes()).status;
        assert!(matches!(status, 404 | 422), "{rest}: {status}");
    }
}

#[test]
fn a_person_is_asked_for_rated_and_the_end_is_the_end() {
    let app = TestApp::start();
    let ann = Customer::begin(&app);
    let handed = ann.say("1", "转人工");
    assert_eq!((&handed["decision"], &handed["status"]), (&json!("handoff"), &json!("queued")));
    let waiting = ann.say("2", "退款多久到账？");
    assert_eq!((&waiting["replies"], &waiting["decision"]), (&json!([]), &Value::Null), "a person answers");
    let urgent = ann.say("3", "我的钱被盗刷了");
    assert_eq!(urgent["replies"].as_array().unwrap().len(), 1, "a rule is heard all the same");
    let merchant = "商户号10002345，11月20日的结算款到现在都没有到账，后台显示结算失败，请尽快帮我处理";
    assert_eq!(ann.say("m", merchant)["replies"], json!([]), "and nothing is recorded that nobody was told of");
    assert_eq!(ann.post("/handoff", &json!({})).json()["status"], "queued");
    let rating = json!({ "message_seq": 2, "helpful": false, "ratings": { "response_time": 5, "attitude": 4, "resolution": 1 },
        "again": true, "comment": "我的电话是13800138000" });
    assert_eq!(ann.post("/feedback", &rating).status, 200);
    for wrong in [json!({}), json!({ "message_seq": 99, "helpful": true }), json!({ "ratings": { "attitude": 6 } })] {
        assert_eq!(ann.post("/feedback", &wrong).problem(), "invalid_field", "{wrong}");
    }
    assert_eq!(ann.post("/close", &json!({})).json()["status"], "closed");
    assert_eq!(ann.post("/close", &json!({})).problem(), "conflict");
    assert_eq!(ann.post("/messages", &json!({ "text": "喂", "client_id": "4" })).problem(), "conflict");
    assert_eq!(ann.post("/feedback", &json!({ "again": false })).status, 200, "also afterwards");
    let kinds: Vec<String> = ann.events().iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect();
    let expected = [
        "message", "message", "status", "owner", "message", "message", "message", "owner", "message", "rating",
        "status", "rating",
    ];
    assert_eq!(kinds, expected);
    assert_eq!(ann.events()[7]["data"]["handoff"]["priority"], "urgent", "it jumps the queue");
    let transcript = ann.get("/transcript");
    assert!(transcript.text().contains("退款多久到账") && transcript.header("content-disposition").is_some());
}

/// Reads events of a stream until one says something.
fn read_until(reader: &mut impl BufRead, wanted: &str) -> Vec<(i64, String)> {
    let mut events = Vec::new();
    let (mut id, mut kind) = (0, String::new());
    for line in reader.lines() {
        let line = line.unwrap();
        if let Some(seq) = line.strip_prefix("id: ") {
            id = seq.parse().unwrap();
        } else if let Some(name) = line.strip_prefix("event: ") {
            kind = name.to_owned();
        } else if let Some(data) = line.strip_prefix("data: ") {
            events.push((id, kind.clone()));
            if data.contains(wanted) {
                return events;
            }
        }
    }
    panic!("{wanted} is not told: {events:?}");
}

#[test]
fn whoever_watches_sees_everything_once_and_goes_on_where_they_were() {
    let app = TestApp::start();
    let ann = Customer::begin(&app);
    ann.say("1", "你好");
    let watch = |extra: &str| ann.watch(extra);
    let mut first = watch("");
    assert_eq!(read_until(&mut first, "\"author\":\"bot\"").len(), 2);
    ann.say("2", "怎么申请退款？");
    let told = read_until(&mut first, "refund-apply");
    assert_eq!(told.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(), [3, 4]);
    drop(first);
    ann.say("3", "转人工");
    let rest = read_until(&mut watch("last-event-id: 4\r\n"), "\"queue\"");
    assert_eq!(rest.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(), [5, 6, 7, 8]);
}

#[test]
fn a_stream_that_is_cut_again_and_again_ends_with_exactly_what_happened() {
    const MESSAGES: usize = 40;
    let app = TestApp::start();
    let ann = Customer::begin(&app);
    let mut rng = fastrand::Rng::with_seed(20_261_126);
    let seen = std::thread::scope(|scope| {
        scope.spawn(|| {
            for n in 0..MESSAGES {
                ann.say(&n.to_string(), ["你好", "退款多久到账？", "谢谢"][n % 3]);
            }
        });
        let mut seen: Vec<i64> = Vec::new();
        while seen.len() < 2 * MESSAGES {
            let last = seen.last().copied().unwrap_or_default();
            let mut lines = ann.watch(&format!("last-event-id: {last}\r\n")).lines();
            // Cut in the middle of an event, or between two, after a few lines.
            for _ in 0..rng.usize(8..40) {
                let Some(Ok(line)) = lines.next() else { break };
                if let Some(data) = line.strip_prefix("data: ") {
                    let event: Value = serde_json::from_str(data).unwrap();
                    seen.push(event["seq"].as_i64().unwrap());
                }
                if seen.len() == 2 * MESSAGES {
                    break;
                }
            }
        }
        seen
    });
    assert_eq!(seen, (1..=2 * MESSAGES as i64).collect::<Vec<_>>());
    assert_eq!(ann.events().len(), 2 * MESSAGES);
}

#[test]
fn secrets_are_found_nowhere_and_a_call_back_number_only_sealed() {
    let app = TestApp::start();
    let ann = Customer::begin(&app);
    const CANARIES: [&str; 5] = ["13800138000", "4111111111111111", "34052419800101001X", "hunter22", "903251"];
    ann.say("1", "请给我回电话");
    ann.say(
        "2",
        "我的手机号是13800138000，卡号4111111111111111，身份证34052419800101001X，密码是hunter22，验证码903251",
    );
    ann.say("13800138000", "下周三上午十点");
    ann.say("4", "好的");
    ann.post("/feedback", &json!({ "comment": "打我13800138000" }));
    let begun = app
        .post("/api/v1/conversations", &json!({ "visitor": "13800138000", "context": { "card": "4111111111111111" } }));
    assert_eq!(begun.status, 201);
    let everything = app.wait(async {
        let mut tx = app.app.store().read().await.unwrap();
        let mut all = String::new();
        for id in [ann.id.as_str(), begun.json()["id"].as_str().unwrap()] {
            all.push_str(&format!("{:?}", conversations::get(&mut *tx, id).await.unwrap()));
            all.push_str(&format!("{:?}", conversations::events(&mut *tx, id, 0, 100).await.unwrap()));
        }
        let opened = cases::of_conversation(&mut *tx, &ann.id).await.unwrap();
        assert_eq!(opened.len(), 1);
        let sealed = opened[0].slots["phone"].sealed.clone().unwrap();
        assert_eq!(app.app.sealer().unseal(&sealed).as_deref(), Some("13800138000"));
        all + &format!("{opened:?}")
    });
    let files = std::fs::read_dir(app.app.publisher().data()).unwrap().map(|file| file.unwrap().path());
    let kept: Vec<Vec<u8>> = files.filter(|path| path.is_file()).map(|path| std::fs::read(path).unwrap()).collect();
    assert!(!kept.is_empty());
    for canary in CANARIES {
        assert!(!everything.contains(canary), "{canary}");
        let is_in = |bytes: &Vec<u8>| bytes.windows(canary.len()).any(|window| window == canary.as_bytes());
        assert!(!kept.iter().any(is_in), "{canary} is in a file");
    }
}

#[test]
fn who_waits_has_a_place_and_an_emergency_jumps_the_queue_with_the_time_waited() {
    let app = TestApp::start();
    let ann = Customer::begin(&app);
    let place = || {
        let kept = app.wait(async {
            let mut tx = app.app.store().read().await.unwrap();
            conversations::get(&mut *tx, &ann.id).await.unwrap().unwrap()
        });
        match kept.owner {
            Owner::Queue(place) => place,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(ann.post("/handoff", &json!({})).json()["status"], "queued");
    let first = place();
    assert_eq!((first.department.as_str(), first.priority), ("general", Priority::Normal));
    ann.say("1", "你好");
    assert_eq!(place(), first, "who writes on keeps the place");
    ann.say("2", "我的卡被盗刷了");
    let urgent = place();
    assert_eq!((urgent.department.as_str(), urgent.priority), ("risk", Priority::Urgent));
    assert_eq!(urgent.since, first.since);
    ann.say("3", "真的被盗刷了");
    let owners = ann.events().into_iter().filter(|event| event["type"] == "owner");
    let departments: Vec<String> =
        owners.map(|event| event["data"]["handoff"]["department"].as_str().unwrap().to_owned()).collect();
    assert_eq!(departments, ["general", "risk"], "told when it changes, and only then");
}
