//! The service is killed at any moment while customers talk: what was acknowledged is there, once, with its reply, in order.
//!
//! The same where PostgreSQL is stopped under it and started again. `YINGDA_CRASHES` and `YINGDA_OUTAGES` say how many times.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use fastrand::Rng;
use serde_json::{Value, json};
use yingda::store::webhooks::{self, Webhook};
use yingda::store::{cases, conversations};

use crate::service::process::Process;
use crate::shop::Shop;
use crate::store::webhooks::webhook;
use crate::store::{Place, places, runtime};

const CRASHES: usize = 8;
const OUTAGES: usize = 3;
const CUSTOMERS: usize = 20;

fn n_times(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(usual)
}

fn n_crashes() -> usize {
    n_times("YINGDA_CRASHES", CRASHES)
}

/// A shop whose bot records refunds.
fn talkative(place: crate::store::Place) -> Shop {
    let shop = Shop::at(place);
    shop.write(
        "yingda.toml",
        "[limits]\nrequests_per_second = 0\nconversations_per_hour = 0\nmessages_per_minute = 0\n",
    );
    shop.write("knowledge-base/departments.yaml", "refunds: {title: 退款}\n");
    shop.write("intents/refund.request.yaml", "examples: {zh-CN: [我要退款]}\ndoes: {flow: refund}\n");
    shop.write(
        "intents/flows/refund.yaml",
        "opening: {zh-CN: 好的。}\nslots:\n  - {name: order_number, entity: order_number, required: true, ask: {zh-CN: 订单号？}}\n\
         then: {case: refund, department: refunds, reply: {zh-CN: \"编号 {{case_number}}。\"}}\n",
    );
    shop.does(&["publish"]);
    shop.with_store(async |store| {
        let mut tx = store.write().await.unwrap();
        // Nothing gets through to it, so what is noted for it stays.
        let unreachable = Webhook { url: "https://127.0.0.1/".to_owned(), ..webhook("webhook_1", &[]) };
        webhooks::add(&mut *tx, &unreachable).await.unwrap();
        tx.commit().await.unwrap();
    });
    shop
}

/// What a customer knows of its conversation.
#[derive(Default)]
struct Conversation {
    id: String,
    token: String,
    /// What was acknowledged, by `client_id`: the result, as it was sent.
    acknowledged: BTreeMap<String, Value>,
    /// A message that may or may not have been taken.
    open: Option<(String, String)>,
    n_sent: usize,
}

/// Sends a request; `None` where no whole answer came.
fn send(address: SocketAddr, path: &str, token: &str, body: &Value) -> Option<(u16, Value)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    let body = body.to_string();
    let authorization = if token.is_empty() { String::new() } else { format!("authorization: Bearer {token}\r\n") };
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-type: application/json\r\n{authorization}content-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let answer = String::from_utf8(answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    Some((head.split(' ').nth(1)?.parse().ok()?, serde_json::from_str(body).ok()?))
}

impl Conversation {
    /// Says one thing more, or again what may not have been heard.
    fn go_on(&mut self, address: SocketAddr, number: usize) {
        if self.id.is_empty() {
            let Some((201, begun)) = send(address, "/api/v1/conversations", "", &json!({})) else { return };
            let text = |key: &str| begun[key].as_str().unwrap().to_owned();
            (self.id, self.token) = (text("id"), text("token"));
        }
        let (client_id, text) = self.open.take().unwrap_or_else(|| {
            self.n_sent += 1;
            let text = match self.n_sent % 3 {
                1 => "我要退款".to_owned(),
                2 => format!("CG2026{number:04}{:06}", self.n_sent),
                _ => "你好".to_owned(),
            };
            (format!("m{}", self.n_sent), text)
        });
        let path = format!("/api/v1/conversations/{}/messages", self.id);
        let body = json!({ "text": text, "client_id": client_id });
        match send(address, &path, &self.token, &body) {
            Some((200 | 201, result)) => drop(self.acknowledged.insert(client_id, result)),
            Some((status, problem)) if status < 500 && status != 429 => panic!("{status}: {problem}"),
            Some(_) | None => self.open = Some((client_id, text)),
        }
    }

    /// Compares with what is stored; returns how many messages there are.
    fn check(&self, shop: &Shop) -> usize {
        shop.with_store(async |store| {
            let mut tx = store.read().await.unwrap();
            if self.id.is_empty() {
                return 0;
            }
            let kept = conversations::get(&mut *tx, &self.id).await.unwrap().unwrap();
            let events = conversations::events(&mut *tx, &self.id, 0, i64::MAX).await.unwrap();
            let seqs: Vec<i64> = events.iter().map(|event| event.seq).collect();
            assert_eq!(seqs, (1..=kept.last_seq).collect::<Vec<_>>(), "without gaps");
            let told: Vec<Value> = events.iter().map(|event| serde_json::from_str(&event.data).unwrap()).collect();
            for (client_id, result) in &self.acknowledged {
                let same = told.iter().filter(|data| data["client_id"] == client_id.as_str()).count();
                assert_eq!(same, 1, "{client_id} once");
                for message in [&result["message"], &result["replies"][0]] {
                    let at = message["seq"].as_i64().unwrap() as usize - 1;
                    assert_eq!(&told[at], message, "as it was acknowledged");
                }
            }
            let sql = "SELECT type FROM webhook_deliveries WHERE subject = $1";
            let noted = tx.rows(sql, &[self.id.as_str().into()]).await.unwrap();
            assert_eq!(noted.len(), events.len() + 1, "all of it is noted for the webhook, and that it began");
            let opened = cases::of_conversation(&mut *tx, &self.id).await.unwrap();
            let announced = events.iter().filter(|event| event.kind == "case").count();
            assert_eq!(opened.len(), announced, "no case without its conversation, and none twice");
            self.acknowledged.len()
        })
    }
}

#[test]
fn nothing_that_was_acknowledged_is_lost_or_doubled() {
    for place in places() {
        let shop = talkative(place);
        let mut rng = Rng::with_seed(20_261_126);
        let customers = customers();
        for _ in 0..n_crashes() {
            let process = Process::of_shop(&shop, &["--metrics", "off"]);
            let delay = Duration::from_millis(rng.u64(20..400));
            while_they_talk(&customers, process.address(), || {
                // The delay is what is tried here.
                std::thread::sleep(delay);
                process.kill();
            });
        }
        let process = Process::of_shop(&shop, &["--metrics", "off"]);
        let n_messages = all_is_there(&customers, process, &shop);
        eprintln!("{n_messages} messages were acknowledged over {} kills", n_crashes());
    }
}

/// A PostgreSQL of its own, which can be stopped.
struct Server {
    process: Child,
    control: String,
    url: String,
}

impl Server {
    fn start() -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/with-postgres");
        let says = "echo $YINGDA_TEST_POSTGRES; echo $YINGDA_TEST_POSTGRES_CONTROL; read -r _";
        let mut process = Command::new(script)
            .args(["bash", "-c", says])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines().map(Result::unwrap);
        let (url, control) = (lines.next().unwrap(), lines.next().unwrap());
        Self { process, control, url }
    }

    fn control(&self, arguments: &[&str]) {
        let ended = Command::new(&self.control).args(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success(), "{arguments:?}: {said}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It ends when nobody is there to say anything more, and takes its folder with it.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

#[test]
fn nothing_is_lost_or_doubled_while_postgresql_comes_and_goes() {
    if std::env::var("YINGDA_TEST_POSTGRES").is_err() {
        eprintln!("not tried: scripts/with-postgres runs tests with a PostgreSQL");
        return;
    }
    let server = Server::start();
    let shop = talkative(runtime().block_on(Place::on_server(&server.url)));
    let process = Process::of_shop(&shop, &["--metrics", "off"]);
    let mut rng = Rng::with_seed(20_261_127);
    let (customers, n_outages) = (customers(), n_times("YINGDA_OUTAGES", OUTAGES));
    while_they_talk(&customers, process.address(), || {
        for _ in 0..n_outages {
            // The delays are what is tried here.
            std::thread::sleep(Duration::from_millis(rng.u64(100..600)));
            server.control(&["stop", "-m", if rng.bool() { "immediate" } else { "fast" }]);
            std::thread::sleep(Duration::from_millis(rng.u64(0..300)));
            server.control(&["start"]);
        }
    });
    let n_messages = all_is_there(&customers, process, &shop);
    eprintln!("{n_messages} messages were acknowledged over {n_outages} outages");
    drop(shop);
}

fn customers() -> Vec<Mutex<Conversation>> {
    (0..CUSTOMERS).map(|_| Mutex::default()).collect()
}

/// Has all customers talk until something is done.
fn while_they_talk(customers: &[Mutex<Conversation>], address: SocketAddr, act: impl FnOnce()) {
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for (number, conversation) in customers.iter().enumerate() {
            let is_over = &is_over;
            scope.spawn(move || {
                while !is_over.load(Ordering::Relaxed) {
                    conversation.lock().unwrap().go_on(address, number);
                }
            });
        }
        act();
        is_over.store(true, Ordering::Relaxed);
    });
}

/// Says again what may not have been heard, and looks whether all is there once; returns how many messages that is.
fn all_is_there(customers: &[Mutex<Conversation>], process: Process, shop: &Shop) -> usize {
    for (number, conversation) in customers.iter().enumerate() {
        let mut conversation = conversation.lock().unwrap();
        conversation.go_on(process.address(), number);
        assert!(conversation.open.is_none(), "what was not heard is said again, and heard");
    }
    process.end_and_hear();
    let n_messages = customers.iter().map(|conversation| conversation.lock().unwrap().check(shop)).sum();
    assert!(n_messages >= CUSTOMERS * 2, "{n_messages}");
    n_messages
}
