//! A case from its opening to its end, as its customer, the agents and the operator's own system see it.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use yingda::chat::clocks::look_at_clocks;
use yingda::people::account::Account;
use yingda::people::role::Role;
use yingda::people::signature::SigningSecret;

use super::access::{Browser, account, add};
use super::conversations::{Customer, said};
use super::{Reply, TestApp, now, settings};

pub fn secret() -> SigningSecret {
    SigningSecret::new([7; 32])
}

fn start() -> TestApp {
    let mut config = settings();
    config.operator.secret = Some(secret());
    let app = TestApp::with(config);
    let in_risk = Account { departments: BTreeSet::from(["risk".to_owned()]), ..account("risky", &[Role::Agent]) };
    add(&app, &[account("agent", &[Role::Agent]), account("senior", &[Role::Senior]), in_risk]);
    app
}

/// Has a customer ask for a refund; returns the case's number.
pub fn refund(customer: &Customer<'_>) -> String {
    customer.say("1", "我要退款，订单 CG20261120000123，128元，商家还没发货");
    let done = said(&customer.say("2", "是的"));
    number_in(&done, "RF-")
}

pub fn number_in(text: &str, prefix: &str) -> String {
    let (_, rest) = text.split_once(prefix).unwrap_or_else(|| panic!("{text}"));
    format!("{prefix}{}", &rest[..15])
}

/// A report of the operator's own system.
pub fn report(app: &TestApp, number: &str, id: &str, at: Timestamp, body: &Value) -> Reply {
    let body = body.to_string();
    let signature = secret().sign(id, at, body.as_bytes());
    let headers = format!(
        "content-type: application/json\r\nwebhook-id: {id}\r\nwebhook-timestamp: {}\r\nwebhook-signature: {signature}\r\n",
        at.as_second()
    );
    app.post_with(&format!("/api/v1/connectors/cases/{number}"), &headers, body.as_bytes())
}

fn path(number: &str, rest: &str) -> String {
    format!("/api/v1/desk/cases/{number}{rest}")
}

fn messages(customer: &Customer<'_>) -> Vec<(String, String)> {
    let events = customer.events();
    let messages = events.iter().filter(|event| event["type"] == "message").map(|event| &event["data"]);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    messages.map(|message| (text(&message["author"]), text(&message["text"]))).collect()
}

#[test]
fn a_refund_is_confirmed_by_its_customer_before_money_moves_and_every_step_is_told() {
    let app = start();
    let ann = Customer::begin(&app);
    let number = refund(&ann);
    let (agent, senior) = (Browser::sign_in(&app, "agent"), Browser::sign_in(&app, "senior"));
    let taken_up = agent.send("PATCH", &path(&number, ""), &json!({ "status": "in_review" }));
    assert_eq!(taken_up.json()["assignee"], "user_agent", "{}", taken_up.text());
    let early = senior.send("PATCH", &path(&number, ""), &json!({ "status": "approved" }));
    assert_eq!(early.problem(), "conflict", "{}", early.text());
    let terms = json!({ "amount": "128 CNY", "account": "尾号 1234 的储蓄卡" });
    assert_eq!(agent.send("POST", &path(&number, "/confirmation"), &terms).json()["status"], "waiting_customer");
    let asked = messages(&ann).pop().unwrap();
    assert!(asked.0 == "system" && asked.1.contains("128.00 元") && asked.1.contains("1234"), "{asked:?}");
    let answered = ann.say("3", "确认");
    assert!(said(&answered).contains(&number), "{answered}");
    assert_eq!(
        agent.send("PATCH", &path(&number, ""), &json!({ "status": "approved" })).problem(),
        "not_allowed",
        "refunds are approved by somebody senior"
    );
    assert_eq!(senior.send("PATCH", &path(&number, ""), &json!({ "status": "approved" })).json()["status"], "approved");
    let returned = report(&app, &number, "msg_1", now(), &json!({ "status": "returned", "text": "批次 77" }));
    assert_eq!((returned.status, &returned.json()["status"]), (200, &json!("done")), "{}", returned.text());
    let n_events = ann.events().len();
    assert_eq!(report(&app, &number, "msg_1", now(), &json!({ "status": "returned" })).status, 200, "taken before");
    assert_eq!(ann.events().len(), n_events, "and nothing happens twice");
    assert_eq!(agent.send("PATCH", &path(&number, ""), &json!({ "status": "closed" })).json()["status"], "closed");

    let told: Vec<String> =
        messages(&ann).into_iter().filter(|(author, _)| author == "system").map(|(_, t)| t).collect();
    for status in ["审核中", "已通过", "已办结", "已关闭"] {
        assert!(told.iter().any(|text| text.contains(status)), "{status}: {told:?}");
    }
    let whole = agent.get(&path(&number, "")).json();
    let what: Vec<&str> =
        whole["history"].as_array().unwrap().iter().map(|one| one["what"].as_str().unwrap()).collect();
    assert_eq!(what, ["opened", "taken_up", "asked_to_confirm", "confirmed", "approved", "finished", "closed"]);
    assert_eq!((&whole["confirmation"]["agrees"], &whole["first_reply"]["kept"]), (&json!(true), &json!(true)));
    let seqs: Vec<i64> = ann.events().iter().map(|event| event["seq"].as_i64().unwrap()).collect();
    assert_eq!(seqs, (1..=seqs.len() as i64).collect::<Vec<_>>());
}

#[test]
fn a_customer_who_does_not_agree_is_looked_at_again() {
    let app = start();
    let ann = Customer::begin(&app);
    let number = refund(&ann);
    let agent = Browser::sign_in(&app, "agent");
    agent.send("POST", &path(&number, "/confirmation"), &json!({ "amount": "128 CNY", "account": "尾号 1234" }));
    let headers = format!("content-type: application/json\r\n{}", ann.authorization());
    let confirm = format!("/api/v1/cases/{number}/confirm");
    let declined = app.post_with(&confirm, &headers, b"{\"agrees\":false}");
    assert_eq!(
        (&declined.json()["status"], &declined.json()["confirmation"]["agrees"]),
        (&json!("in_review"), &json!(false))
    );
    assert!(messages(&ann).pop().unwrap().1.contains("哪里不对"));
    let senior = Browser::sign_in(&app, "senior");
    assert_eq!(senior.send("PATCH", &path(&number, ""), &json!({ "status": "approved" })).problem(), "conflict");
    // A body is not needed to agree.
    agent.send("POST", &path(&number, "/confirmation"), &json!({ "amount": "128 CNY", "account": "尾号 5678" }));
    assert_eq!(app.post_with(&confirm, &ann.authorization(), b"").json()["confirmation"]["agrees"], true);
}

#[test]
fn no_case_closes_without_a_reply_and_no_complaint_without_an_assessment() {
    let app = start();
    let ann = Customer::begin(&app);
    let said = said(&ann.say("1", "我要向12315举报你们"));
    let number = number_in(&said, "CP-");
    let agent = Browser::sign_in(&app, "agent");
    let shown = agent.get(&path(&number, "")).json();
    assert_eq!((&shown["department"], &shown["priority"]), (&json!("management"), &json!("high")), "{shown}");
    ann.say("2", "12315 我真的要打了");
    let of_kind = agent.get("/api/v1/desk/cases?kind=complaint").json();
    assert_eq!(of_kind["data"].as_array().unwrap().len(), 1, "the same complaint");

    let close = json!({ "status": "closed" });
    let patch = |body: &Value| agent.send("PATCH", &path(&number, ""), body);
    assert!(patch(&close).text().contains("assessed"));
    let assessment = json!({ "severity": "major", "cause": "退款超时", "decision": "upheld" });
    assert_eq!(patch(&json!({ "assessment": assessment })).json()["assessment"]["by"], "user_agent");
    assert!(patch(&close).text().contains("no reply"));
    let reply = agent.send("POST", &path(&number, "/reply"), &json!({ "text": "已核实，打 13800138000 联系您" }));
    assert_eq!(reply.status, 200, "{}", reply.text());
    let (author, text) = messages(&ann).pop().unwrap();
    assert!(author == "agent" && !text.contains("13800138000"), "{text}");
    assert_eq!(patch(&close).json()["status"], "closed");
    assert_eq!(agent.send("POST", &path(&number, "/reply"), &json!({ "text": "x" })).problem(), "conflict");
    for wrong in [json!({}), json!({ "status": "open" }), json!({ "status": "rejected" }), json!({ "text": "x" })] {
        assert_eq!(patch(&wrong).problem(), "invalid_field", "{wrong}");
    }
    assert_eq!(patch(&json!({ "department": "nowhere" })).problem(), "invalid_field");
}

#[test]
fn a_case_that_is_late_goes_to_the_next_level_and_its_customer_is_told() {
    let app = start();
    let ann = Customer::begin(&app);
    let number = refund(&ann);
    let agent = Browser::sign_in(&app, "agent");
    assert_eq!(app.wait(look_at_clocks(&app.app, now())).unwrap(), 0);
    let later = now() + SignedDuration::from_hours(24 * 30);
    assert_eq!(app.wait(look_at_clocks(&app.app, later)).unwrap(), 1);
    assert_eq!(app.wait(look_at_clocks(&app.app, later)).unwrap(), 0, "once");
    let shown = agent.get(&path(&number, "")).json();
    assert_eq!((&shown["department"], &shown["level"]), (&json!("management"), &json!(1)));
    assert_eq!(shown["history"][1]["what"], "late_first_reply");
    let (author, text) = messages(&ann).pop().unwrap();
    assert!(author == "system" && text.contains("管理层") && text.contains("月") && !text.contains("{{"), "{text}");
    assert_eq!(agent.get("/api/v1/desk/cases?late=true").json()["data"].as_array().unwrap().len(), 1);
    let up = agent.send("POST", &path(&number, "/escalate"), &json!({ "text": "急" }));
    assert_eq!(up.problem(), "conflict", "nobody stands above them");
}

#[test]
fn agents_see_the_cases_of_their_departments_and_who_looks_at_a_number_is_written_down() {
    let app = start();
    let ann = Customer::begin(&app);
    ann.say("1", "请给我回电话");
    ann.say("2", "13800138000");
    ann.say("3", "下周三上午十点");
    let done = said(&ann.say("4", "好的"));
    let number = number_in(&done, "CB-");
    let agent = Browser::sign_in(&app, "agent");
    let shown = agent.get(&path(&number, "")).json();
    assert_eq!((&shown["slots"]["phone"], &shown["sealed"]), (&json!("138****8000"), &json!(["phone"])), "{shown}");
    let revealed = agent.send("POST", &path(&number, "/reveal"), &json!({ "reason": "回电，他说是13900139000" }));
    assert_eq!(revealed.json()["values"]["phone"], "13800138000");
    let history = agent.get(&path(&number, "")).json()["history"].clone();
    assert_eq!(
        (&history[1]["what"], &history[1]["text"]),
        (&json!("revealed"), &json!("phone · 回电，他说是139****9000"))
    );

    let risky = Browser::sign_in(&app, "risky");
    assert_eq!(risky.get(&path(&number, "")).problem(), "not_found");
    assert_eq!(risky.send("POST", &path(&number, "/reveal"), &json!({})).problem(), "not_found");
    assert_eq!(risky.get("/api/v1/desk/cases").json()["data"], json!([]));
    let own = json!({ "kind": "account", "department": "risk", "description": "来电：账户被盗，卡号4111111111111111" });
    let opened = risky.send("POST", "/api/v1/desk/cases", &own);
    assert_eq!(opened.status, 201, "{}", opened.text());
    assert!(!opened.text().contains("4111111111111111"));
    let elsewhere = json!({ "kind": "account", "department": "legal", "description": "x" });
    assert_eq!(risky.send("POST", "/api/v1/desk/cases", &elsewhere).problem(), "invalid_field");
    assert_eq!(risky.get("/api/v1/desk/cases").json()["data"].as_array().unwrap().len(), 1);
    let first = agent.get("/api/v1/desk/cases?limit=1").json();
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = agent.get(&format!("/api/v1/desk/cases?limit=1&cursor={cursor}")).json();
    assert_ne!(first["data"][0]["number"], second["data"][0]["number"]);
    assert_eq!(agent.get("/api/v1/desk/cases?cursor=nonsense").problem(), "invalid_field");
}

#[test]
fn only_the_operators_system_reports_and_only_what_can_be() {
    let app = start();
    let ann = Customer::begin(&app);
    let number = refund(&ann);
    let body = json!({ "status": "in_review" });
    let late = now() - SignedDuration::from_mins(10);
    assert_eq!(report(&app, &number, "m1", late, &body).problem(), "not_signed_in", "long under way");
    let unsigned = app.post(&format!("/api/v1/connectors/cases/{number}"), &body);
    assert_eq!(unsigned.problem(), "not_signed_in");
    assert_eq!(
        report(&app, &number, "m2", now(), &json!({ "status": "returned" })).problem(),
        "conflict",
        "unconfirmed"
    );
    assert_eq!(report(&app, &number, "m3", now(), &json!({ "status": "lost" })).problem(), "invalid_field");
    assert_eq!(report(&app, "RF-20261123-0007-5", "m4", now(), &body).problem(), "not_found");
    assert_eq!(report(&app, &number, "m5", now(), &body).json()["status"], "in_review");
}

#[test]
fn what_cannot_be_read_of_one_conversation_keeps_no_case_waiting() {
    let app = start();
    let (ann, bob) = (Customer::begin(&app), Customer::begin(&app));
    let numbers = [refund(&ann), refund(&bob)];
    app.wait(async {
        let mut tx = app.app.store().write().await.unwrap();
        let sql = "UPDATE conversations SET state = 'nonsense' WHERE id = $1";
        tx.execute(sql, &[ann.id.as_str().into()]).await.unwrap();
        tx.commit().await.unwrap();
    });
    let later = now() + SignedDuration::from_hours(24 * 30);
    assert_eq!(app.wait(look_at_clocks(&app.app, later)).unwrap(), 2);
    for (customer, number) in [&ann, &bob].into_iter().zip(numbers) {
        let (author, text) = messages(customer).pop().unwrap();
        assert!(author == "system" && text.contains(&number), "{text}");
    }
}

#[test]
fn the_question_of_a_case_is_the_one_that_the_next_yes_answers() {
    let app = start();
    let ann = Customer::begin(&app);
    let number = refund(&ann);
    // A person was offered, and nobody has said yes or no to that.
    ann.say("3", "没解决");
    let agent = Browser::sign_in(&app, "agent");
    let terms = json!({ "amount": "128 CNY", "account": "尾号 1234" });
    agent.send("POST", &path(&number, "/confirmation"), &terms);
    let answered = ann.say("4", "确认");
    assert_eq!(answered["status"], "bot", "{answered}");
    assert_eq!(agent.get(&path(&number, "")).json()["confirmation"]["agrees"], true);
}
