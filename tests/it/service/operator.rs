//! The operator's own system is asked for orders, signed; when it does not answer, people look, and the customer notices nothing else.

use std::io::Write;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::{Value, json};
use yingda::people::signature::SigningSecret;

use super::conversations::{Customer, said};
use super::identity::{known_by_its_shop, token};
use super::receiver::Request;
use super::{TestApp, now};

fn secret() -> SigningSecret {
    SigningSecret::new([9; 32])
}

/// A system that knows one order, and fails as often as it is told to.
struct Orders {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<(String, Value)>>>,
    failures: Arc<AtomicUsize>,
}

impl Orders {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (asked, failures) = (Arc::default(), Arc::new(AtomicUsize::new(0)));
        let (heard, failing) = (Arc::clone(&asked), Arc::clone(&failures));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                answer(stream, &heard, &failing);
            }
        });
        Self { address, asked, failures }
    }

    fn app(&self) -> TestApp {
        let mut config = known_by_its_shop();
        config.operator.url = format!("http://{}/yingda/", self.address);
        config.operator.secret = Some(secret());
        config.operator.tries = 2;
        TestApp::with(config)
    }

    fn asked(&self) -> Vec<(String, Value)> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

fn answer(mut stream: TcpStream, asked: &Mutex<Vec<(String, Value)>>, failures: &AtomicUsize) {
    let Some(got) = Request::read(&stream) else { return };
    let (path, request, is_signed) = (got.path.clone(), got.json(), got.is_signed_with(&secret().expose(), now()));
    asked.lock().unwrap().push((path.clone(), request.clone()));
    let fails = failures.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
    let order = json!({
        "order_number": "CG20261122777701", "time": "2026-11-22T15:04:05+08:00", "amount": "66.60",
        "status": "failed", "cause": "card_expired",
    });
    let (status, reply) = match path.as_str() {
        _ if !is_signed => ("401 Unauthorized", json!({})),
        _ if fails => ("503 Service Unavailable", json!({})),
        "/yingda/orders/find" if request["order_number"] == order["order_number"] => {
            ("200 OK", json!({ "orders": [order] }))
        }
        "/yingda/orders/find" => ("200 OK", json!({ "orders": [] })),
        "/yingda/orders/last" => ("200 OK", json!({ "orders": [order] })),
        "/yingda/accounts/flags" => ("200 OK", json!({ "flags": [] })),
        "/yingda/acts" => ("200 OK", json!({ "done": true })),
        _ => ("404 Not Found", json!({})),
    };
    let reply = reply.to_string();
    let _ = write!(stream, "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{reply}", reply.len());
}

const PROBLEM: &str = "付款失败了，帮我查一下，单号CG20261122777701，11月22日下午3点，66.6元";

#[test]
fn an_order_is_looked_up_and_its_cause_explained() {
    let orders = Orders::start();
    let app = orders.app();
    let ann = Customer::begin(&app);
    ann.say("1", PROBLEM);
    let answered = ann.say("2", "我点了付款，提示失败");
    assert!(said(&answered).contains("这样解决您的问题了吗"), "{answered}");
    let asked = orders.asked();
    assert_eq!(asked, [("/yingda/orders/find".to_owned(), json!({ "order_number": "CG20261122777701" }))]);
    assert!(!format!("{asked:?}").contains("66.6"), "what the customer says stays here");
}

#[test]
fn what_does_not_agree_with_the_record_is_told_nothing() {
    let orders = Orders::start();
    let app = orders.app();
    let ann = Customer::begin(&app);
    ann.say("1", "付款失败了，帮我查一下，单号CG20261122777701，11月22日下午3点，99元");
    let answered = said(&ann.say("2", "我点了付款，提示失败"));
    assert!(answered.contains("对不上") && !answered.contains("66.6"), "{answered}");
}

#[test]
fn one_failure_is_asked_again_and_two_leave_it_to_people() {
    let orders = Orders::start();
    let app = orders.app();
    let ann = Customer::begin(&app);
    orders.failures.store(1, Ordering::SeqCst);
    ann.say("1", PROBLEM);
    assert!(said(&ann.say("2", "提示失败了")).contains("这样解决您的问题了吗"), "the second try answers");
    assert_eq!(orders.asked().len(), 2);
    let bob = Customer::begin(&app);
    orders.failures.store(usize::MAX, Ordering::SeqCst);
    bob.say("1", PROBLEM);
    let confirm = said(&bob.say("2", "提示失败了"));
    assert!(confirm.contains("请确认"), "people look: {confirm}");
    let recorded = said(&bob.say("3", "对的"));
    assert!(recorded.contains("TX-") && recorded.contains("前先回复您") && !recorded.contains("{{"), "{recorded}");
    assert_eq!(orders.asked().len(), 2, "not more than twice");
}

#[test]
fn a_system_that_is_gone_is_left_alone_for_a_while() {
    let orders = Orders::start();
    let app = orders.app();
    orders.failures.store(usize::MAX, Ordering::SeqCst);
    for round in 0..6 {
        let ann = Customer::begin(&app);
        ann.say("1", PROBLEM);
        assert!(said(&ann.say("2", "提示失败了")).contains("请确认"), "{round}");
    }
    assert_eq!(orders.asked().len(), 5, "five failures in a row, and nobody is asked any more");
}

/// A customer whom the shop's server vouches for.
fn known<'a>(app: &'a TestApp) -> Customer<'a> {
    Customer::begin_with(app, &json!({ "identity": token("user-42") }))
}

#[test]
fn a_customer_who_is_known_chooses_among_their_last_orders() {
    let orders = Orders::start();
    let app = orders.app();
    let ann = known(&app);
    let asked = ann.say("1", "付款失败了，帮我查一下");
    let offered = &asked["replies"][0]["quick_replies"][0];
    assert_eq!(offered["send"], "CG20261122777701", "{asked}");
    assert!(offered["label"].as_str().unwrap().contains("66.60 元"), "{offered}");
    let next = said(&ann.say("2", "CG20261122777701"));
    assert!(next.contains("步骤"), "time and amount are not asked for: {next}");
    let bob = Customer::begin(&app);
    let asked = bob.say("1", "付款失败了，帮我查一下");
    assert!(!asked.to_string().contains("CG20261122777701"), "nobody else sees them: {asked}");
}

#[test]
fn an_account_is_frozen_for_whoever_is_known_once_they_confirm_and_by_people_for_others() {
    let orders = Orders::start();
    let app = orders.app();
    let ann = known(&app);
    assert!(said(&ann.say("1", "立即冻结我的账户")).contains("确认冻结吗"));
    assert!(orders.asked().iter().all(|(path, _)| path != "/yingda/acts"), "not before");
    let frozen = ann.say("2", "确认");
    assert!(said(&frozen).contains("账户已冻结"), "{frozen}");
    let acts: Vec<Value> =
        orders.asked().into_iter().filter(|(path, _)| path == "/yingda/acts").map(|(_, act)| act).collect();
    assert_eq!((acts.len(), &acts[0]["act"], &acts[0]["subject"]), (1, &json!("freeze"), &json!("user-42")));
    let again = ann.post("/messages", &json!({ "text": "确认", "client_id": "2" }));
    assert_eq!((again.status, again.json()), (200, frozen), "and only once");
    assert!(orders.asked().is_empty());
    let bob = Customer::begin(&app);
    bob.say("1", "立即冻结我的账户");
    let handed = bob.say("2", "确认");
    assert_eq!(handed["status"], "queued", "{handed}");
    assert!(said(&handed).contains("AC-") && orders.asked().is_empty(), "{handed}");
    let audited = app.wait(async {
        let mut tx = app.app.store().read().await.unwrap();
        let sql = "SELECT event FROM audit WHERE action = 'operator.acted'";
        let lines = tx.rows(sql, &[]).await.unwrap();
        lines.iter().map(|row| row.text(0).unwrap()).collect::<Vec<_>>()
    });
    assert!(audited.len() == 1 && audited[0].contains("\"done\"") && !audited[0].contains("user-42"), "{audited:?}");
}

#[test]
fn a_refund_is_taken_back_there_before_it_is_here() {
    let orders = Orders::start();
    let app = orders.app();
    let ann = known(&app);
    ann.say("1", "我要退款，订单 CG20261122777701，66.6元，商家还没发货");
    let done = said(&ann.say("2", "是的"));
    let (_, number) = done.split_once("RF-").unwrap_or_else(|| panic!("{done}"));
    let number = format!("RF-{}", &number[..15]);
    orders.asked();
    let withdrawn = app.post_with(&format!("/api/v1/cases/{number}/withdraw"), &ann.authorization(), b"");
    assert_eq!((withdrawn.status, &withdrawn.json()["status"]), (200, &json!("closed")), "{}", withdrawn.text());
    let asked = orders.asked();
    assert_eq!((&asked[0].1["act"], &asked[0].1["case_number"]), (&json!("withdraw_refund"), &json!(number)));
}
