//! What is kept of a customer is shown, handed out and erased, by whoever may, with a line in the audit; holds stand before it.

use serde_json::{Value, json};
use yingda::people::role::Role;

use super::TestApp;
use super::access::{Browser, PASSWORD, account, add};
use super::cases::{number_in, refund};
use super::conversations::{Customer, said};
use super::identity::{known_by_its_shop, token};

const EXPORT: &str = "/api/v1/admin/persons/export";
const ERASE: &str = "/api/v1/admin/persons/erase";

fn start() -> TestApp {
    let app = TestApp::with(known_by_its_shop());
    add(&app, &[account("admin", &[Role::Admin])]);
    app
}

fn known<'a>(app: &'a TestApp, subject: &str) -> Customer<'a> {
    Customer::begin_with(app, &json!({ "identity": token(subject), "visitor": "访客-松鼠" }))
}

/// Asks to be called back; returns the case's number.
fn call_back(customer: &Customer<'_>, phone: &str) -> String {
    customer.say("c1", "请给我回电话");
    customer.say("c2", phone);
    customer.say("c3", "下周三上午十点");
    number_in(&said(&customer.say("c4", "好的")), "CB-")
}

fn withdraw(customer: &Customer<'_>, number: &str) {
    let path = format!("/api/v1/cases/{number}/withdraw");
    assert_eq!(customer.app.post_with(&path, &customer.authorization(), b"").status, 200);
}

/// The embedded database's file and log.
fn files(app: &TestApp) -> Vec<u8> {
    let mut bytes = std::fs::read(app.folder.path().join("yingda.db")).unwrap();
    bytes.extend(std::fs::read(app.folder.path().join("yingda.db-wal")).unwrap_or_default());
    bytes
}

fn holds_text(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn a_customer_is_found_by_subject_conversation_or_case_and_handed_out_whole() {
    let app = start();
    let admin = Browser::sign_in(&app, "admin");
    let (first, second) = (known(&app, "user-42"), known(&app, "user-42"));
    let number = call_back(&first, "13800138000");
    second.say("1", "会员等级在哪里看得到");
    second.post("/feedback", &json!({ "helpful": false, "comment": "没看懂" }));
    let stranger = Customer::begin(&app);
    stranger.say("1", "陌生人的话");
    for query in ["subject=user-42".to_owned(), format!("conversation={}", second.id), format!("case={number}")] {
        let found = admin.get(&format!("/api/v1/admin/persons?{query}"));
        assert_eq!(found.status, 200, "{query}: {}", found.text());
        let found = found.json();
        assert_eq!((&found["subject"], &found["n_feedback"]), (&json!("user-42"), &json!(1)), "{query}");
        assert_eq!(found["conversations"].as_array().unwrap().len(), 2, "{query}");
        assert_eq!(found["cases"][0]["number"], number, "{query}");
    }
    let whole = admin.send("POST", EXPORT, &json!({ "case": number }));
    assert_eq!(whole.header("content-type"), Some("application/json"));
    let (text, json) = (whole.text(), whole.json());
    assert_eq!(json["cases"][0]["slots"]["phone"], "13800138000", "what is sealed is theirs");
    assert_eq!(json["cases"][0]["history"][0]["by"], "customer");
    assert_eq!(json["conversations"][0]["identity"]["name"], "王小明");
    for part in ["会员等级在哪里看得到", "没看懂", "访客-松鼠", "下周三"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("陌生人") && !text.contains("\"sealed\"") && !text.contains("token"), "{text}");
    let readable = admin.send_with("POST", EXPORT, "accept: text/markdown\r\n", &json!({ "subject": "user-42" }));
    assert!(readable.header("content-type").unwrap().starts_with("text/markdown"));
    assert!(readable.text().contains("> 会员等级在哪里看得到") && readable.text().contains("13800138000"));
    let asked = admin.send("POST", &format!("{EXPORT}?format=markdown"), &json!({ "conversation": stranger.id }));
    assert!(asked.text().contains("> 陌生人的话") && !asked.text().contains("user-42"), "{}", asked.text());

    let audit = admin.get("/api/v1/admin/audit?action=person.exported").text();
    assert_eq!(audit.matches("\"action\":\"person.exported\"").count(), 3);
    assert!(audit.contains(&number) && !audit.contains("user-42") && !audit.contains("13800138000"), "{audit}");
    assert_eq!(admin.get("/api/v1/admin/persons?subject=nobody").problem(), "not_found");
    assert_eq!(admin.send("POST", EXPORT, &json!({ "subject": "nobody" })).problem(), "not_found");
    for wrong in ["", "?subject=a&case=b", "?subject=", "?subject=a%00", "?name=a"] {
        assert_eq!(admin.get(&format!("/api/v1/admin/persons{wrong}")).problem(), "invalid_field", "{wrong}");
    }
}

#[test]
fn nothing_of_an_erased_customer_is_left_but_the_numbers_of_their_cases() {
    let app = start();
    let admin = Browser::sign_in(&app, "admin");
    let webhook = json!({ "url": "https://hooks.example/a" });
    assert_eq!(admin.send("POST", "/api/v1/admin/webhooks", &webhook).status, 201);
    let (ann, bob) = (known(&app, "user-erdbeere"), Customer::begin(&app));
    let number = refund(&ann);
    ann.say("5", "独一无二的句子：海豚会弹琴");
    ann.post("/feedback", &json!({ "comment": "我家住在彩虹桥" }));
    bob.say("1", "鲍勃的句子还在");
    let path = |step: &str| format!("/api/v1/desk/cases/{number}{step}");
    admin.send("POST", &path("/note"), &json!({ "text": "她很着急，像热锅蚂蚁" }));
    admin.send("POST", &path("/confirmation"), &json!({ "amount": "128 CNY", "account": "尾号 1234 青蛙银行" }));

    let request = |more: Value| {
        let mut body = json!({ "subject": "user-erdbeere", "reason": "本人要求", "password": PASSWORD });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        admin.send("POST", ERASE, &body)
    };
    let open = request(json!({}));
    assert_eq!(open.problem(), "conflict");
    assert!(open.text().contains(&format!("still open: {number}")), "{}", open.text());
    withdraw(&ann, &number);
    let hold = format!("/api/v1/admin/persons/holds/{number}");
    let held = admin.send("PUT", &hold, &json!({ "reason": "法院来函，电话13800138000" }));
    assert!(held.status == 200 && !held.text().contains("13800138000"), "{}", held.text());
    assert_eq!(admin.get("/api/v1/admin/persons/holds").json()["data"][0]["case"], number);
    assert!(request(json!({})).text().contains(&format!("on hold: {number}")));
    assert!(ann.get("/messages").text().contains("海豚"), "nothing was erased");
    assert_eq!(admin.send("DELETE", &hold, &Value::Null).status, 204);
    assert_eq!(admin.send("DELETE", &hold, &Value::Null).problem(), "not_found");
    assert_eq!(request(json!({ "password": "wrong password 1" })).problem(), "wrong_proof");
    assert_eq!(request(json!({ "password": null })).problem(), "invalid_field");
    assert_eq!(request(json!({ "case": number })).problem(), "invalid_field", "who is meant?");

    let of_hers = [
        "user-erdbeere",
        "海豚会弹琴",
        "彩虹桥",
        "热锅蚂蚁",
        "青蛙银行",
        "访客-松鼠",
        "王小明",
        "CG20261120000123",
        &ann.id,
    ];
    let before = files(&app);
    let missing: Vec<_> = of_hers.iter().filter(|text| !holds_text(&before, text)).collect();
    assert!(missing.is_empty(), "the search finds what is there: {missing:?}");
    let erased = request(json!({}));
    assert_eq!(erased.status, 200, "{}", erased.text());
    assert_eq!(erased.json(), json!({ "conversations": 1, "cases": 1, "is_scrubbed": true }));
    let after = files(&app);
    let left: Vec<_> = of_hers.iter().filter(|text| holds_text(&after, text)).collect();
    // The sample knowledge base has an order of this number.
    assert!(left.iter().all(|text| **text == "CG20261120000123"), "{left:?}");
    assert!(holds_text(&after, "鲍勃的句子还在"));

    assert_eq!(ann.get("/messages").problem(), "not_found");
    assert_eq!(app.get_with(&format!("/api/v1/cases/{number}"), &ann.authorization()).problem(), "not_found");
    let case = admin.get(&path("")).json();
    assert_eq!((&case["status"], &case["slots"], &case["conversation"]), (&json!("closed"), &json!({}), &json!("")));
    assert!(case["history"].as_array().unwrap().iter().all(|step| step["text"] == ""), "{case}");
    assert_eq!(case["order_number"], Value::Null);
    assert_eq!(request(json!({})).problem(), "not_found", "there is nobody any more");
    let audit = admin.get("/api/v1/admin/audit").text();
    assert!(audit.contains("person.erased") && audit.contains("本人要求") && audit.contains("case.held"), "{audit}");
    assert!(!audit.contains("user-erdbeere") && audit.contains("subject:"), "{audit}");
}

#[test]
fn who_is_known_finds_a_case_also_when_the_conversation_that_opened_it_is_forgotten() {
    let app = start();
    let ann = known(&app, "user-42");
    let number = refund(&ann);
    app.wait(async {
        let mut tx = app.app.store().write().await.unwrap();
        let sql = "DELETE FROM conversations WHERE id = $1";
        tx.execute(sql, &[ann.id.as_str().into()]).await.unwrap();
        tx.commit().await.unwrap();
    });
    let later = known(&app, "user-42");
    let case = format!("/api/v1/cases/{number}");
    assert_eq!(app.get_with(&case, &later.authorization()).status, 200);
    assert!(said(&later.say("1", &format!("查一下退款进度 {number}"))).contains("等待处理"));
    for other in [known(&app, "user-43"), Customer::begin(&app)] {
        assert_eq!(app.get_with(&case, &other.authorization()).problem(), "not_found");
    }
}
