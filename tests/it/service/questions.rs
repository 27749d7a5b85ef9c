//! What the API answers to those who use it as it is meant.

use serde_json::{Value, json};

use super::TestApp;

#[test]
fn a_question_gets_its_answer_in_the_shape_of_the_contract() {
    let app = TestApp::start();
    let turn = app.ask("退款多久到账？");
    let mut keys: Vec<&str> = turn.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["candidates", "confidence", "decision", "entry", "handoff", "intent", "reply", "revision"]);
    assert_eq!((&turn["decision"], &turn["entry"]), (&json!("answer"), &json!("refund-arrival-time")));
    for key in ["text", "html", "language", "quick_replies", "links"] {
        assert!(turn["reply"].get(key).is_some(), "{key}");
    }
    let person = app.ask("转人工");
    assert_eq!(person["decision"], "handoff");
    assert_eq!(person["intent"], "intent:handoff.human".trim_start_matches("intent:"));
    assert_eq!(person["handoff"]["department"], "general");
    for (question, decision) in
        [("你好", "smalltalk"), ("我要退款", "flow"), ("今天天气怎么样", "fallback"), ("   ", "fallback")]
    {
        assert_eq!(app.ask(question)["decision"], decision, "{question}");
    }
}

#[test]
fn the_fields_of_a_request_are_heeded() {
    let app = TestApp::start();
    let ask = |body: Value| app.post("/api/v1/ask", &body).json();
    let english = ask(json!({"question": "退款多久到账？", "language": "en"}));
    assert_eq!((&english["entry"], &english["reply"]["language"]), (&json!("refund-arrival-time"), &json!("en")));
    let lacking = ask(json!({"question": "退款多久到账？", "language": "fr"}));
    assert_eq!(lacking["reply"]["language"], "en", "a language that we lack falls back");
    let taiwan = ask(json!({"question": "退款多久到账？", "language": "zh-TW"}));
    assert_eq!(taiwan["reply"]["language"], "zh-TW");
    assert!(taiwan["reply"]["text"].as_str().unwrap().contains("審核通過"), "the script is converted, no words");
    let one = ask(json!({"question": "退款要几天才能回到卡上", "limit": 1}));
    assert_eq!(one["candidates"].as_array().unwrap().len(), 1);
    let why = ask(json!({"question": "退费要多久", "explain": true, "channel": "email", "audience": "buyer"}));
    let explanation = &why["explanation"];
    for key in ["normalised", "words", "synonyms", "candidates", "thresholds", "decided_by"] {
        assert!(explanation.get(key).is_some(), "{key}");
    }
    assert_eq!(explanation["synonyms"][0], json!({"written": "退费", "stands_for": "退款"}));
}

#[test]
fn the_same_request_gets_the_same_bytes() {
    let app = TestApp::start();
    let body = json!({"question": "钱扣了但是订单没付款", "explain": true});
    assert_eq!(app.post("/api/v1/ask", &body).body, app.post("/api/v1/ask", &body).body);
}

#[test]
fn suggestions_begin_with_what_is_typed() {
    let app = TestApp::start();
    let questions = |query: &str| -> Vec<String> {
        let page = app.get(&format!("/api/v1/suggest?{query}")).json();
        page["data"].as_array().unwrap().iter().map(|item| item["question"].as_str().unwrap().to_owned()).collect()
    };
    let top = questions("limit=6");
    assert_eq!(top.len(), 6, "the editors' top questions");
    let typed = questions("q=%E9%80%80&limit=6"); // 退
    assert_eq!(typed.len(), 6);
    assert!(typed[0].starts_with('退') && typed.iter().all(|question| question.contains('退')), "{typed:?}");
    let english = questions("q=refu&language=en");
    assert!(english[0].to_lowercase().contains("refu"), "{english:?}");
    assert_eq!(questions("q=%F0%9F%98%AD"), top[..5], "nothing to read in it");
    // What is suggested can be sent as it stands.
    for question in typed.iter().chain(&top) {
        assert_eq!(app.ask(question)["confidence"], 1.0, "{question}");
    }
}

#[test]
fn a_search_goes_on_page_by_page_and_finds_each_entry_once() {
    let app = TestApp::start();
    let mut seen: Vec<String> = Vec::new();
    let mut path = "/api/v1/search?q=%E9%80%80%E6%AC%BE&limit=7".to_owned(); // 退款
    loop {
        let page = app.get(&path).json();
        seen.extend(page["data"].as_array().unwrap().iter().map(|item| item["entry"].as_str().unwrap().to_owned()));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/api/v1/search?q=%E9%80%80%E6%AC%BE&limit=7&cursor={cursor}");
    }
    let mut distinct = seen.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), seen.len(), "{seen:?}");
    assert!(seen.len() > 20, "{}", seen.len());
    let merchant = app.get("/api/v1/search?q=refund&category=merchant&language=en").json();
    let found = merchant["data"].as_array().unwrap();
    assert!(!found.is_empty() && found.iter().all(|entry| entry["category"] == "merchant"), "{merchant}");
    assert_eq!(found[0]["entry"], "merchant-refund");
}

#[test]
fn entries_are_listed_by_category_and_shown_whole() {
    let app = TestApp::start();
    let categories = app.get("/api/v1/categories").json();
    let n: u64 =
        categories["data"].as_array().unwrap().iter().map(|category| category["n_entries"].as_u64().unwrap()).sum();
    let mut listed = 0;
    let mut path = "/api/v1/entries?limit=50".to_owned();
    loop {
        let page = app.get(&path).json();
        listed += page["data"].as_array().unwrap().len() as u64;
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/api/v1/entries?limit=50&cursor={cursor}");
    }
    assert_eq!(listed, n);
    let entry = app.get("/api/v1/entries/refund-apply?language=en").json();
    assert_eq!(
        (&entry["id"], &entry["category"], &entry["language"]),
        (&json!("refund-apply"), &json!("refund"), &json!("en"))
    );
    assert!(entry["html"].as_str().unwrap().contains("<ol>") && !entry["related"].as_array().unwrap().is_empty());
    assert_eq!(app.get("/api/v1/entries/no-such-entry").problem(), "not_found");
}

#[test]
fn announcements_and_hours_are_those_of_now() {
    let app = TestApp::start();
    let announcements = app.get("/api/v1/announcements?language=en");
    assert_eq!(announcements.status, 200);
    let status = app.get("/api/v1/status").json();
    assert_eq!(status["timezone"], "Asia/Shanghai");
    assert_eq!(status["channels"]["chat"], json!({"open": true, "always": true, "closes_at": null, "opens_at": null}));
    let phone = &status["channels"]["phone"];
    assert_ne!(phone["opens_at"].is_null(), phone["closes_at"].is_null(), "it opens, or it closes: {phone}");
}

#[test]
fn contacts_are_looked_up_and_no_advice_promises_anything() {
    let app = TestApp::start();
    for language in ["zh-CN", "zh-TW", "en"] {
        for (contact, verdict) in [
            ("400-000-0000", "listed"),
            ("400-000-0001", "look_alike"),
            ("https://cgpay.example.evil.cn/refund", "look_alike"),
            ("13800138000", "not_listed"),
            ("\u{0}", "not_listed"),
        ] {
            let reply = app.post("/api/v1/contacts/verify", &json!({"contact": contact, "language": language})).json();
            assert_eq!(reply["verdict"], verdict, "{contact}");
            assert_eq!(reply["language"], language);
            let advice = reply["advice"].as_str().unwrap().to_lowercase();
            assert!(!advice.is_empty());
            for promise in ["安全", "放心", "可信", "safe", "trust", "secure"] {
                assert!(!advice.contains(promise), "{advice}");
            }
        }
    }
}

#[test]
fn what_is_sensitive_is_not_sent_back() {
    let app = TestApp::start();
    let body = json!({"question": "卡号 4111111111111111 验证码 482913 手机 13800138000 被扣款", "explain": true});
    let text = app.post("/api/v1/ask", &body).text();
    for secret in ["4111111111111111", "482913", "13800138000"] {
        assert!(!text.contains(secret), "{secret}");
    }
}
