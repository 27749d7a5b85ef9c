//! What customers think of answers and agents, as those who read it see it; and their suggestions, which are recorded.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use yingda::people::account::Account;
use yingda::people::role::Role;
use yingda::store::cases;

use super::access::{Browser, account, add};
use super::conversations::{Customer, said};
use super::identity::{known_by_its_shop, token};
use super::{SAMPLE, TestApp};

const DESK: &str = "/api/v1/desk/feedback";
const SUMMARY: &str = "/api/v1/editor/feedback/summary";

fn start() -> TestApp {
    let app = TestApp::start();
    let of = |department: &str, account: Account| Account {
        departments: BTreeSet::from([department.to_owned()]),
        ..account
    };
    add(
        &app,
        &[
            account("lead", &[Role::Supervisor]),
            account("editor", &[Role::Editor]),
            of("refunds", account("agent", &[Role::Agent])),
            of("refunds", account("ofrefunds", &[Role::Supervisor])),
            of("risk", account("ofrisk", &[Role::Supervisor])),
        ],
    );
    app
}

fn rate(customer: &Customer<'_>, body: &Value) {
    let kept = customer.post("/feedback", body);
    assert_eq!(kept.status, 200, "{body}: {}", kept.text());
}

fn listed(browser: &Browser<'_>, query: &str) -> Vec<Value> {
    let page = browser.get(&format!("{DESK}{query}"));
    assert_eq!(page.status, 200, "{}", page.text());
    page.json()["data"].as_array().unwrap().clone()
}

#[test]
fn what_a_customer_thinks_of_an_answer_is_kept_once_with_what_it_was_about() {
    let app = start();
    let ann = Customer::begin(&app);
    ann.say("1", "退款多久到账？");
    ann.say("2", "转人工");
    rate(&ann, &json!({ "message_seq": 2, "helpful": true }));
    rate(&ann, &json!({ "message_seq": 2, "reason": "outdated", "comment": "卡号4111111111111111，不对\u{0}" }));
    let lead = Browser::sign_in(&app, "lead");
    let all = listed(&lead, "?entry=refund-arrival-time");
    assert_eq!(all.len(), 1, "{all:?}");
    let kept = &all[0];
    assert_eq!(kept["revision"], SAMPLE.assistant.revision());
    assert_eq!((&kept["message_seq"], &kept["decision"], &kept["agent"]), (&json!(2), &json!("answer"), &Value::Null));
    assert_eq!((&kept["helpful"], &kept["reason"]), (&json!(false), &json!("outdated")));
    assert!(kept["comment"].as_str().unwrap().ends_with("不对"));
    let events = ann.events();
    let ratings: Vec<&Value> = events.iter().filter(|event| event["type"] == "rating").collect();
    assert_eq!(ratings.len(), 2, "each word is an event");
    assert_eq!(ratings[1]["data"]["reason"], "outdated");
    // The third is the customer's own, the fifth that it waits.
    for wrong in [
        json!({ "message_seq": 3, "helpful": true }),
        json!({ "message_seq": 5, "helpful": true }),
        json!({ "message_seq": 0, "helpful": true }),
        json!({ "message_seq": 2, "helpful": true, "reason": "wrong" }),
        json!({ "message_seq": 2, "reason": "ugly" }),
        json!({ "reason": null }),
        json!({ "comment": "多".repeat(2_001) }),
    ] {
        assert_eq!(ann.post("/feedback", &wrong).problem(), "invalid_field", "{wrong}");
    }
    assert_eq!(listed(&lead, "").len(), 1);
    let kept = std::fs::read_dir(app.app.publisher().data()).unwrap().map(|file| file.unwrap().path());
    for file in kept.filter(|path| path.is_file()) {
        let bytes = std::fs::read(&file).unwrap();
        assert!(!bytes.windows(16).any(|window| window == b"4111111111111111"), "{}", file.display());
    }
    let in_store = std::fs::read(app.folder.path().join("yingda.db")).unwrap();
    let in_log = std::fs::read(app.folder.path().join("yingda.db-wal")).unwrap_or_default();
    for bytes in [in_store, in_log] {
        assert!(!bytes.windows(16).any(|window| window == b"4111111111111111"));
    }
}

#[test]
fn an_opinion_belongs_to_the_agent_who_wrote_and_is_seen_by_those_above_them() {
    let app = start();
    let ann = Customer::begin(&app);
    ann.say("1", "我要退款，订单 CG20261120000123，128元，商家还没发货");
    let done = said(&ann.say("2", "是的"));
    let number = done.split_once("RF-").map(|(_, rest)| format!("RF-{}", &rest[..15])).unwrap();
    let agent = Browser::sign_in(&app, "agent");
    let replied = agent.send("POST", &format!("/api/v1/desk/cases/{number}/reply"), &json!({ "text": "正在为您核实" }));
    assert_eq!(replied.status, 200, "{}", replied.text());
    let events = ann.events();
    let written = events.iter().find(|event| event["data"]["author"] == "agent").unwrap();
    rate(&ann, &json!({ "message_seq": written["seq"], "helpful": true }));
    let ratings = json!({ "response_time": 4, "attitude": 5, "resolution": 2 });
    rate(&ann, &json!({ "ratings": ratings, "again": true }));
    ann.post("/close", &json!({}));
    rate(&ann, &json!({ "comment": "还行" }));
    let bob = Customer::begin(&app);
    bob.say("1", "你好");
    rate(&bob, &json!({ "message_seq": 2, "helpful": false }));

    let lead = Browser::sign_in(&app, "lead");
    let of_agent = listed(&lead, "?agent=user_agent");
    assert_eq!(of_agent.len(), 2, "the message, and all of it: {of_agent:?}");
    assert_eq!((&of_agent[0]["message_seq"], &of_agent[0]["ratings"]), (&Value::Null, &ratings));
    assert_eq!((&of_agent[0]["comment"], &of_agent[0]["again"]), (&json!("还行"), &json!(true)));
    assert_eq!((listed(&lead, "").len(), listed(&Browser::sign_in(&app, "ofrefunds"), "").len()), (3, 3));
    let elsewhere = listed(&Browser::sign_in(&app, "ofrisk"), "");
    assert!(elsewhere.len() == 1 && elsewhere[0]["intent"] == "smalltalk.greet", "{elsewhere:?}");
    assert_eq!(agent.get(DESK).problem(), "not_allowed");

    let first = lead.get(&format!("{DESK}?limit=2")).json();
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = lead.get(&format!("{DESK}?limit=2&cursor={cursor}")).json();
    assert_eq!((second["data"].as_array().unwrap().len(), &second["next_cursor"]), (1, &Value::Null));
    assert_eq!(lead.get(&format!("{DESK}?cursor=x")).problem(), "invalid_field");
    assert_eq!(lead.get(&format!("{DESK}?from=x")).problem(), "invalid_field");
    assert_eq!(listed(&lead, "?until=2020-01-01T00:00:00Z").len(), 0);
}

#[test]
fn what_customers_think_is_summed_up_entry_by_entry_and_names_nobody() {
    let app = start();
    for (number, opinion) in [
        json!({ "message_seq": 2, "helpful": true }),
        json!({ "message_seq": 2, "helpful": false, "reason": "incomplete", "comment": "我是王小明" }),
        json!({ "message_seq": 2, "reason": "incomplete" }),
    ]
    .iter()
    .enumerate()
    {
        let customer = Customer::begin(&app);
        customer.say("1", "退款多久到账？");
        rate(&customer, opinion);
        rate(&customer, &json!({ "ratings": { "attitude": 3 + number }, "again": number > 0 }));
    }
    let editor = Browser::sign_in(&app, "editor");
    let summary = editor.get(SUMMARY);
    assert!(!summary.text().contains("王小明") && !summary.text().contains("conv_"), "{}", summary.text());
    let summary = summary.json();
    let overall = &summary["overall"];
    assert_eq!((&overall["n"], &overall["ratings"]["attitude"]), (&json!(6), &json!({ "n": 3, "mean": 4.0 })));
    assert_eq!(overall["ratings"]["resolution"], json!({ "n": 0, "mean": null }));
    assert_eq!(overall["again"], json!({ "n": 3, "share": 0.6667 }));
    let expected = json!([{
        "entry": "refund-arrival-time", "n": 3, "helpful": { "n": 3, "share": 0.3333 }, "reasons": { "incomplete": 2 },
    }]);
    assert_eq!(summary["entries"], expected);
    let before = editor.get(&format!("{SUMMARY}?until=2020-01-01T00:00:00Z")).json();
    assert_eq!((&before["overall"]["n"], &before["entries"]), (&json!(0), &json!([])));
    let backwards = format!("{SUMMARY}?from=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z");
    assert_eq!(editor.get(&backwards).problem(), "invalid_field");
    assert_eq!(Browser::sign_in(&app, "agent").get(SUMMARY).problem(), "not_allowed");
}

#[test]
fn suggestions_are_recorded_in_one_case_and_thanked_as_before() {
    let app = start();
    let ann = Customer::begin(&app);
    let thanked = ann.say("1", "我有个建议");
    assert_eq!(thanked["decision"], "smalltalk");
    assert_eq!(said(&thanked), said(&Customer::begin(&app).say("1", "我有个建议")), "the same words");
    assert!(said(&thanked).contains("产品团队") && !said(&thanked).contains("SG-"));
    ann.say("2", "建议增加指纹支付");
    ann.say("3", "你好");
    let of_ann = || {
        app.wait(async {
            let mut tx = app.app.store().read().await.unwrap();
            let all = cases::of_conversation(&mut *tx, &ann.id).await.unwrap();
            let mut shown = Vec::new();
            for case in all {
                let history = cases::history(&mut *tx, &case.number).await.unwrap();
                let history: Vec<(String, String)> = history.into_iter().map(|one| (one.what, one.text)).collect();
                shown.push((case.number, case.department, case.slots["description"].value.clone(), history));
            }
            shown
        })
    };
    let opened = of_ann();
    let [(number, department, description, history)] = opened.as_slice() else { panic!("{opened:?}") };
    assert!(number.starts_with("SG-"), "{number}");
    assert_eq!((department.as_str(), description.as_str()), ("general", "我有个建议"));
    assert_eq!((history.len(), history[0].0.as_str(), history[1].1.as_str()), (2, "opened", "建议增加指纹支付"));

    // Once it has ended, the next one is a case of its own; on the way to a refund it is heard as well.
    let withdrawn = app.post_with(&format!("/api/v1/cases/{number}/withdraw"), &ann.authorization(), b"");
    assert_eq!(withdrawn.status, 200, "{}", withdrawn.text());
    ann.say("4", "我要退款");
    let aside = ann.say("5", "提个意见，字体太小了");
    assert!(aside["decision"] == "smalltalk" && said(&aside).contains("产品团队"), "{aside}");
    assert_eq!(of_ann().len(), 2);
    ann.post("/handoff", &json!({}));
    ann.say("6", "建议优化搜索");
    assert_eq!(of_ann().len(), 2, "a person hears it now");
}

#[test]
fn the_suggestions_of_a_customer_who_is_known_are_one_open_case() {
    let app = TestApp::with(known_by_its_shop());
    for text in ["建议增加指纹支付", "建议优化搜索"] {
        Customer::begin_with(&app, &json!({ "identity": token("user-42") })).say("1", text);
    }
    let all =
        app.wait(async { cases::of_subject(&mut *app.app.store().read().await.unwrap(), "user-42").await.unwrap() });
    assert_eq!(all.len(), 1);
}
