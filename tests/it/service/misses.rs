//! What the bot missed reaches editors, put together: a question of `/ask` or a conversation, one whose answer did not help, one after
//! which a person was asked for; a click makes phrasings of it.

use serde_json::{Value, json};

use super::access::Browser;
use super::conversations::Customer;
use super::editors::{eventually, publish, shop};

#[test]
fn what_was_missed_becomes_phrasings_of_an_entry() {
    let (_folder, app) = shop();
    app.wait(async { app.app.keep_questions() });
    for text in ["能帮我开一张发票吗", "能帮我开一张发票吗", "能帮我开一张发票吗", "能不能帮我开张发票"] {
        let said = app.ask(text);
        assert!(["clarify", "fallback"].contains(&said["decision"].as_str().unwrap()), "{text}: {said}");
    }
    let customer = Customer::begin(&app);
    customer.say("1", "退款几天到");
    customer.post("/feedback", &json!({ "message_seq": 2, "helpful": false }));
    let other = Customer::begin(&app);
    other.say("1", "月球上能付款吗");
    other.post("/handoff", &json!({}));

    let li = Browser::sign_in(&app, "li");
    let groups = || li.get("/api/v1/editor/misses").json();
    let texts = |page: &Value| -> Vec<Value> {
        let groups = page["data"].as_array().unwrap().iter();
        groups.flat_map(|group| group["questions"].as_array().unwrap()).map(|asked| asked["text"].clone()).collect()
    };
    eventually(|| {
        app.wait(app.app.misses().forget_all());
        texts(&groups()).len() == 4 && groups()["data"].to_string().contains("\"handed_off\":1")
    });
    let page = groups();
    assert_eq!((&page["n_questions"], &page["next_cursor"]), (&json!(4), &Value::Null), "{page}");
    let first = &page["data"][0];
    assert_eq!(
        (&first["is_conflict"], &first["kinds"]["unhelpful"]),
        (&json!(true), &json!(1)),
        "conflicts first: {page}"
    );
    let of = |text: &str| {
        let holds = |group: &&Value| group["questions"].to_string().contains(text);
        page["data"].as_array().unwrap().iter().find(holds).unwrap().clone()
    };
    let money = of("能帮我开一张发票吗");
    assert_eq!(texts(&json!({ "data": [money] })), ["能帮我开一张发票吗", "能不能帮我开张发票"], "they are one group");
    assert_eq!(money["n"], 4);
    assert_eq!(of("月球")["kinds"]["handed_off"], 1);

    let attach = |texts: Value, entry: &str| {
        let body = json!({ "texts": texts, "entry": entry, "language": "zh-CN", "label": true });
        li.send("POST", "/api/v1/editor/misses/attach", &body)
    };
    let texts_to_add = json!(["能帮我开一张发票吗", "能不能帮我开张发票", "退款几天到", "你好"]);
    let done = attach(texts_to_add, "refund-time");
    assert_eq!(done.status, 200, "{}", done.text());
    let done = done.json();
    assert_eq!(done["added"], json!(["能帮我开一张发票吗", "能不能帮我开张发票"]));
    let why: Vec<&str> = done["skipped"].as_array().unwrap().iter().map(|one| one["why"].as_str().unwrap()).collect();
    assert_eq!(why, ["is one of its phrasings already", "is a phrasing of intent:smalltalk.greet"]);
    assert_eq!(attach(json!(["x"]), "nowhere").status, 404);
    assert_eq!(attach(json!([]), "refund-time").problem(), "invalid_field");
    assert_eq!(texts(&groups()), ["月球上能付款吗"], "what is dealt with is not shown");
    let aside = json!({ "texts": ["月球上能付款吗"], "language": "zh-CN" });
    assert_eq!(li.send("POST", "/api/v1/editor/misses/dismiss", &aside).status, 204);
    assert_eq!(groups()["n_groups"], 0);

    let set = done["set"].as_str().unwrap();
    let labels =
        li.get(&format!("/api/v1/editor/files?path=knowledge-base%2Fquestions%2Flearned.jsonl&set={set}")).json();
    assert_eq!(labels["text"].as_str().unwrap().lines().count(), 2, "the gate holds them: {labels}");
    assert_eq!(publish(&li, &json!({ "set": set, "note": "学到的问法" }))["outcome"], "published");
    assert_eq!(app.ask("能帮我开一张发票吗")["entry"], "refund-time");

    let weak = li.get("/api/v1/editor/weak").json();
    assert_eq!(weak["few"][0], json!({ "entry": "refund-how", "question": "怎么申请退款", "n_phrasings": 1 }));
}
