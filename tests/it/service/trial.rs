//! Editors look before they publish: all entries at a glance, a preview, what a phrasing also matches, the draft beside what is live,
//! and what was said at another time.

use serde_json::{Value, json};

use super::access::Browser;
use super::editors::{begin, edit, publish, put, shop};

fn post(browser: &Browser<'_>, path: &str, body: &Value) -> Value {
    let reply = browser.send("POST", &format!("/api/v1/editor/{path}"), body);
    assert_eq!(reply.status, 200, "{path}: {}", reply.text());
    reply.json()
}

#[test]
fn entries_are_listed_with_what_a_change_set_does_to_them() {
    let (_folder, app) = shop();
    let li = Browser::sign_in(&app, "li");
    let set = begin(&li, "改退款");
    edit(&li, "refund-time", &set, "四天。");
    let new = json!({ "id": "refund-fee", "category": "refund", "valid": { "until": "2020-01-01T00:00:00Z" },
                      "texts": { "zh-CN": { "question": "退款收费吗", "body": "不收费。" } } });
    let made = put(&li, &format!("/api/v1/editor/entries/refund-fee?set={set}"), "if-none-match: *", &new);
    assert_eq!(made.status, 200, "{}", made.text());
    let how = format!("/api/v1/editor/entries/refund-how?set={set}");
    let tag = li.get(&how).header("etag").unwrap().to_owned();
    assert_eq!(li.send_with("DELETE", &how, &format!("if-match: {tag}\r\n"), &json!({})).status, 204);
    let list = |query: &str| li.get(&format!("/api/v1/editor/entries?set={set}{query}")).json();
    let all = list("");
    let states: Vec<Value> =
        all["data"].as_array().unwrap().iter().map(|card| json!([card["id"], card["state"]])).collect();
    assert_eq!(json!(states), json!([["refund-fee", "new"], ["refund-how", "removed"], ["refund-time", "changed"]]));
    assert_eq!(all["data"][0]["flags"], json!(["expired", "few_phrasings"]));
    assert_eq!(
        (&all["counts"]["all"], &all["counts"]["expired"], &all["counts"]["changed"]),
        (&json!(3), &json!(1), &json!(1))
    );
    let ids = |page: &Value| page["data"].as_array().unwrap().iter().map(|card| card["id"].clone()).collect::<Vec<_>>();
    assert_eq!(ids(&list("&state=expired")), ["refund-fee"]);
    assert_eq!(ids(&list("&q=%E5%A4%9A%E4%B9%85")), ["refund-time"]);
    let first = list("&limit=2");
    assert_eq!((ids(&first).len(), first["next_cursor"].as_str()), (2, Some("2")));
    assert_eq!(ids(&list("&limit=2&cursor=2")), ["refund-time"]);
    let live = Browser::sign_in(&app, "wang").get("/api/v1/editor/entries").json();
    assert_eq!((ids(&live).len(), &live["data"][0]["state"]), (2, &json!("live")), "others see what is live");
    let categories = li.get(&format!("/api/v1/editor/categories?set={set}")).json();
    assert_eq!(categories["data"][0]["title"]["en"], "Refunds");
}

#[test]
fn an_entry_is_seen_as_customers_will_see_it() {
    let (_folder, app) = shop();
    let li = Browser::sign_in(&app, "li");
    let mut entry = li.get("/api/v1/editor/entries/refund-time").json()["entry"].clone();
    entry["texts"]["zh-CN"]["body"] = "**五天**内。".into();
    entry["channels"] = json!(["email"]);
    entry["audience"] = json!(["merchant"]);
    entry["valid"] = json!({ "from": "2030-01-01T00:00:00Z", "until": "2031-01-01T00:00:00Z" });
    let seen = post(&li, "preview", &json!({ "entry": entry }));
    assert_eq!((&seen["is_shown"], &seen["why"]), (&json!(false), &json!(["not_yet", "other_channel"])));
    assert_eq!(seen["reply"]["html"], "<p><strong>五天</strong>内。</p>");
    let as_buyer = json!({ "entry": entry, "channel": "email", "audience": "buyer", "at": "2031-01-01T00:00:00Z" });
    assert_eq!(post(&li, "preview", &as_buyer)["why"], json!(["expired", "other_audience"]));
    let then = json!({ "entry": entry, "channel": "email", "audience": "merchant", "at": "2030-06-01T00:00:00Z", "language": "en" });
    let seen = post(&li, "preview", &then);
    assert_eq!((&seen["is_shown"], &seen["reply"]["text"]), (&json!(true), &json!("Three days.")));
    assert_eq!(post(&li, "preview", &json!({ "id": "refund-how" }))["reply"]["text"], "点退款。");
    let refused = |body: Value| li.send("POST", "/api/v1/editor/preview", &body);
    assert_eq!(refused(json!({ "id": "nowhere" })).status, 404);
    assert_eq!(refused(json!({})).problem(), "invalid_field");
    entry["texts"]["zh-CN"]["question"] = "".into();
    assert_eq!(refused(json!({ "entry": entry })).problem(), "invalid_field");
    assert!(app.ask("退款几天到")["reply"]["text"].as_str().unwrap().contains("三天"), "nothing of it is kept");
}

#[test]
fn a_phrasing_says_what_it_also_matches() {
    let (_folder, app) = shop();
    let li = Browser::sign_in(&app, "li");
    let found = post(&li, "nearest", &json!({ "text": "退款几天到？" }));
    assert_eq!(found["stored_as"], json!({ "entry": "refund-time" }));
    let found = post(&li, "nearest", &json!({ "text": "您好" }));
    assert_eq!(found["stored_as"], json!({ "intent": "smalltalk.greet" }));
    let found = post(&li, "nearest", &json!({ "text": "退款多少天能到" }));
    assert_eq!((&found["stored_as"], &found["nearest"][0]["entry"]), (&Value::Null, &json!("refund-time")));
}

#[test]
fn a_draft_answers_beside_what_is_live_and_the_past_can_be_asked() {
    let (_folder, app) = shop();
    let li = Browser::sign_in(&app, "li");
    let before = jiff::Timestamp::now();
    let bench = |body: &Value| post(&li, "bench", body);
    assert_eq!(bench(&json!({ "question": "退款几天到" }))["draft"], Value::Null, "there is no change set");
    let set = begin(&li, "改退款");
    edit(&li, "refund-time", &set, "四天。");
    let both = bench(&json!({ "question": "退款几天到", "set": set }));
    assert_eq!((&both["live"]["reply"]["text"], &both["draft"]["reply"]["text"]), (&json!("三天。"), &json!("四天。")));
    assert!(both["draft"]["explanation"]["words"].is_array(), "{both}");
    let path = "/api/v1/editor/files?path=knowledge-base%2Frefund%2Fbroken.md";
    let path = format!("{path}&set={set}");
    assert_eq!(put(&li, &path, "if-none-match: *", &json!({ "text": "---\nquestion: [\n---\n" })).status, 204);
    let broken = bench(&json!({ "question": "退款几天到", "set": set }));
    assert!(
        broken["draft"].is_null() && broken["faults"].as_array().is_some_and(|faults| !faults.is_empty()),
        "{broken}"
    );
    let reverted = li.send(
        "POST",
        &format!("/api/v1/editor/sets/{set}/revert"),
        &json!({ "path": "knowledge-base/refund/broken.md" }),
    );
    assert_eq!(reverted.status, 204, "{}", reverted.text());
    assert_eq!(publish(&li, &json!({ "set": set, "note": "四天" }))["outcome"], "published");
    let replay = |at: String| li.send("POST", "/api/v1/editor/replay", &json!({ "question": "退款几天到", "at": at }));
    assert_eq!(replay(before.to_string()).json()["turn"]["reply"]["text"], "三天。");
    assert_eq!(replay(jiff::Timestamp::now().to_string()).json()["turn"]["reply"]["text"], "四天。");
    assert_eq!(replay("2020-01-01T00:00:00Z".to_owned()).status, 404);
    assert_eq!(replay("yesterday".to_owned()).status, 422);
}
