//! What supervisors switch off or pin is heeded at once, by every operation, on the revision that is live.

use serde_json::{Value, json};
use yingda::dialogue::switches::Switches;

use super::TestApp;

fn switched(app: &TestApp, switches: Value) {
    app.app.set_switches(serde_json::from_value::<Switches>(switches).unwrap());
}

fn ids(page: &Value, key: &str) -> Vec<String> {
    page["data"].as_array().unwrap().iter().map(|item| item[key].as_str().unwrap().to_owned()).collect()
}

#[test]
fn an_entry_that_is_off_is_shown_by_no_operation() {
    let app = TestApp::start();
    let revision = app.get("/readyz").json()["revision"].clone();
    let top = ids(&app.get("/api/v1/suggest?limit=20").json(), "entry");
    let off = top[0].as_str();
    let entry = app.get(&format!("/api/v1/entries/{off}")).json();
    let (question, category) = (entry["question"].as_str().unwrap(), entry["category"].as_str().unwrap());
    let n_entries = |app: &TestApp| {
        let categories = app.get("/api/v1/categories").json();
        let all = categories["data"].as_array().unwrap().clone();
        all.iter().find(|one| one["name"] == category).unwrap()["n_entries"].as_u64().unwrap()
    };
    let n_before = n_entries(&app);

    switched(&app, json!({"entries_off": [off]}));
    let turn = app.ask(question);
    assert_eq!((&turn["decision"], &turn["entry"]), (&json!("handoff"), &Value::Null));
    assert_eq!(turn["handoff"], json!({"department": "general", "reason": "switched_off", "priority": "normal"}));
    assert!(ids(&json!({"data": turn["candidates"]}), "entry").iter().all(|id| id != off), "{turn}");
    assert_eq!(app.get(&format!("/api/v1/entries/{off}")).problem(), "not_found");
    assert_eq!(ids(&app.get("/api/v1/suggest?limit=20").json(), "entry"), top[1..]);
    for path in [
        format!("/api/v1/entries?category={category}&limit=100"),
        format!("/api/v1/search?q={}&limit=100", percent(question)),
        format!("/api/v1/suggest?q={}&limit=20", percent(question)),
    ] {
        let found = ids(&app.get(&path).json(), "entry");
        assert!(!found.is_empty() && found.iter().all(|id| id != off), "{path}: {found:?}");
    }
    assert_eq!(n_entries(&app), n_before - 1);
    for other in &top[1..] {
        let page = app.get(&format!("/api/v1/entries/{other}")).json();
        let related = ids(&json!({"data": page["related"]}), "entry");
        assert!(related.iter().all(|id| id != off), "{page}");
        let below = page["quick_replies"].as_array().unwrap();
        assert!(below.iter().all(|reply| reply["send"] != question), "{page}");
    }
    assert_eq!(app.get("/readyz").json()["revision"], revision, "no revision was published");

    switched(&app, json!({}));
    assert_eq!(app.ask(question)["entry"], off);
}

#[test]
fn while_the_bot_is_off_everything_goes_to_a_person() {
    let app = TestApp::start();
    switched(&app, json!({"bot_off": {"by": "li", "since": "2026-11-23T02:00:00Z"}}));
    for question in ["退款多久到账？", "你好", "今天天气怎么样", "   "] {
        let turn = app.ask(question);
        assert_eq!((&turn["decision"], &turn["handoff"]["reason"]), (&json!("handoff"), &json!("switched_off")));
    }
    let english = app.post("/api/v1/ask", &json!({"question": "hello", "language": "en"})).json();
    assert_eq!(english["reply"]["language"], "en");
    let stolen = app.ask("我的卡被盗刷了");
    assert_eq!(stolen["handoff"], json!({"department": "risk", "reason": "rule:stolen", "priority": "urgent"}));
    // Who looks answers up by themselves still can.
    assert_eq!(app.get("/api/v1/entries/refund-apply").status, 200);
}

#[test]
fn a_flow_that_is_off_goes_to_its_department() {
    let app = TestApp::start();
    switched(&app, json!({"flows_off": ["refund"]}));
    let turn = app.ask("我要退款");
    assert_eq!((&turn["decision"], &turn["intent"]), (&json!("handoff"), &json!("refund.request")));
    assert_eq!(turn["handoff"]["department"], "refunds");
}

#[test]
fn a_notice_stands_before_its_answer_wherever_that_is_shown_whole() {
    let app = TestApp::start();
    let notice = |until: &str| {
        json!({"notices": [{
            "id": "outage",
            "entries": ["refund-arrival-time"],
            "text": {"zh-CN": "**银行系统维护**，退款会晚到。", "en": "Banks are **under maintenance**."},
            "until": until,
        }]})
    };
    switched(&app, notice("2999-01-01T00:00:00Z"));
    let turn = app.post("/api/v1/ask", &json!({"question": "退款多久到账？", "explain": true})).json();
    assert!(turn["reply"]["text"].as_str().unwrap().starts_with("银行系统维护，退款会晚到。\n\n"), "{turn}");
    assert!(turn["reply"]["html"].as_str().unwrap().starts_with("<p><strong>银行系统维护</strong>"), "{turn}");
    assert_eq!(turn["explanation"]["notices"], json!(["outage"]));
    let page = app.get("/api/v1/entries/refund-arrival-time?language=en").json();
    assert!(page["text"].as_str().unwrap().starts_with("Banks are under maintenance.\n\n"), "{page}");
    let listed = app.get("/api/v1/search?q=%E9%80%80%E6%AC%BE%E5%A4%9A%E4%B9%85%E5%88%B0%E8%B4%A6").text(); // 退款多久到账
    assert!(listed.contains("refund-arrival-time") && !listed.contains("银行系统维护"), "{listed}");
    let other = app.ask("怎么申请退款？");
    assert!(!other["reply"]["text"].as_str().unwrap().contains("银行系统维护"));

    switched(&app, notice("2001-01-01T00:00:00Z"));
    assert!(!app.ask("退款多久到账？")["reply"]["text"].as_str().unwrap().contains("银行系统维护"));
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
