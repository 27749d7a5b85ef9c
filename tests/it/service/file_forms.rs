//! Files of the content as forms, over HTTP.

use serde_json::{Value, json};

use super::access::Browser;
use super::editors::shop;

const CALENDAR: &str = "knowledge-base/calendar.yaml";

fn form(browser: &Browser<'_>, body: &Value) -> Value {
    let reply = browser.send("POST", "/api/v1/editor/form", body);
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()
}

#[test]
fn a_file_is_read_as_a_form_and_a_form_written_into_its_text() {
    let (_folder, app) = shop();
    let li = Browser::sign_in(&app, "li");
    let text = "timezone: Asia/Shanghai # ours\nhours: {chat: always}\n";
    let read = form(&li, &json!({ "path": CALENDAR, "text": text }));
    assert_eq!(read["value"], json!({ "timezone": "Asia/Shanghai", "hours": { "chat": "always" } }));
    assert_eq!((&read["text"], &read["body"]), (&json!(text), &Value::Null));
    assert_eq!(read["schema"]["x-label"]["zh-CN"], "日历");
    let value = json!({ "timezone": "Asia/Shanghai", "hours": { "chat": [{ "days": "mon-fri", "from": "09:00", "to": "18:00" }] } });
    let written = form(&li, &json!({ "path": CALENDAR, "text": text, "value": value }));
    let lines = "timezone: Asia/Shanghai # ours\nhours: {chat: [{days: mon-fri, from: \"09:00\", to: \"18:00\"}]}\n";
    assert_eq!((&written["text"], &written["value"]), (&json!(lines), &value));
    let page = json!({ "path": "knowledge-base/announcements/a.md", "text": "---\ntitle: a\n---\n旧\n", "body": "新" });
    assert_eq!(form(&li, &page)["text"], "---\ntitle: a\n---\n新\n");
}

#[test]
fn fields_come_in_the_order_of_the_schema() {
    let (_folder, app) = shop();
    let li = Browser::sign_in(&app, "li");
    let reply = li.send("POST", "/api/v1/editor/form", &json!({ "path": "intents/rules.yaml", "text": "" }));
    let text = reply.text();
    let schema = text.split("\"properties\":").nth(1).unwrap();
    let places: Vec<usize> =
        ["id", "any", "pattern", "unless", "intent"].map(|name| schema.find(&format!("\"{name}\":")).unwrap()).into();
    assert!(places.is_sorted(), "{places:?}");
}

#[test]
fn what_cannot_be_a_form_is_said_with_its_field() {
    let (_folder, app) = shop();
    let li = Browser::sign_in(&app, "li");
    let refused = |body: Value| {
        let reply = li.send("POST", "/api/v1/editor/form", &body);
        assert_eq!(reply.status, 422, "{}", reply.text());
        let field = reply.json()["errors"][0].clone();
        (field["field"].as_str().unwrap().to_owned(), field["message"].as_str().unwrap().to_owned())
    };
    assert_eq!(refused(json!({ "path": "knowledge-base/refund/refund-time.md", "text": "" })).0, "path");
    assert_eq!(refused(json!({ "path": "../etc/passwd", "text": "" })).0, "path");
    let (field, message) = refused(json!({ "path": CALENDAR, "text": "a: 1\nb: [\n" }));
    assert_eq!((field.as_str(), message.starts_with("line ")), ("text", true), "{message}");
    let words = json!({ "path": "knowledge-base/synonyms.txt", "text": "", "value": [{ "words": ["a,b"] }] });
    assert_eq!(refused(words).0, "value");
    assert_eq!(refused(json!({ "path": CALENDAR, "text": "", "value": 1.5 })).0, "value");
    assert_eq!(refused(json!({ "path": CALENDAR, "text": "", "valeu": 1 })).0, "valeu");
}

#[test]
fn a_file_larger_than_a_question_may_be_is_saved_and_shown_as_a_form() {
    let (_folder, app) = shop();
    let li = Browser::sign_in(&app, "li");
    let text: String = (0..9_000).map(|n| format!("词{n}, 字{n}\n")).collect();
    assert!(text.len() > 2 * 65_536);
    let path = "/api/v1/editor/files?path=knowledge-base/synonyms.txt";
    let reply = li.send_with("PUT", path, "if-none-match: *\r\n", &json!({ "text": text }));
    assert_eq!(reply.status, 204, "{}", reply.text());
    let mut value = form(&li, &json!({ "path": "knowledge-base/synonyms.txt", "text": text }))["value"].clone();
    value[4_000]["words"][1] = "改".into();
    let written = form(&li, &json!({ "path": "knowledge-base/synonyms.txt", "text": text, "value": value }));
    assert_eq!(written["text"], text.replace("词4000, 字4000\n", "词4000, 改\n"));
}
