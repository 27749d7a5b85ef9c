//! Agents of Dialogflow ES.

use serde_json::json;
use yingda::exchange::{Foreign, packed};

use crate::foreign::{check, check_faults, entry, with};

fn agent(files: &[(&str, &str)]) -> Vec<u8> {
    packed::pack(files.iter().map(|(path, text)| (*path, text.as_bytes()))).unwrap()
}

const PAY: &str = r#"{
  "id": "5f0c0f4e-1111-4222-8333-000000000001", "name": "pay.how", "auto": true, "contexts": [],
  "responses": [{
    "resetContexts": false, "action": "", "affectedContexts": [{"name": "paying", "parameters": {}, "lifespan": 5}], "parameters": [],
    "messages": [
      {"type": "0", "lang": "zh-cn", "condition": "", "speech": ["扫码即可。", "用手机扫码。"]},
      {"type": 0, "lang": "zh-cn", "speech": "也可以<br>刷卡。"},
      {"type": "0", "lang": "en", "speech": ["Scan the code."]},
      {"type": "1", "lang": "zh-cn", "title": "付款帮助", "subtitle": "看一看", "imageUrl": "https://img.example/a.png",
        "buttons": [{"text": "打开", "postback": "https://help.cgpay.example/pay"}, {"text": "转人工", "postback": ""}]},
      {"type": "2", "lang": "zh-cn", "title": "还想问：", "replies": ["怎么退款", "没有人答的"]},
      {"type": "4", "lang": "zh-cn", "payload": {"richContent": []}},
      {"type": "simple_response", "platform": "google", "lang": "zh-cn", "textToSpeech": "扫码"}
    ],
    "speech": []
  }],
  "priority": 500000, "webhookUsed": true, "webhookForSlotFilling": false, "fallbackIntent": false, "events": []
}"#;

const PAY_ZH: &str = r#"[
  {"id": "1", "data": [{"text": "怎么", "userDefined": false}, {"text": "付款 ", "alias": "a", "meta": "@action", "userDefined": true}], "isTemplate": false, "count": 0},
  {"id": "2", "data": [{"text": "如何付款"}], "isTemplate": false, "count": 0},
  {"id": "3", "data": [{"text": "付 @sys.number 元"}], "isTemplate": true, "count": 0}
]"#;

fn simple(name: &str, fields: &str, answer: &str) -> String {
    format!(
        r#"{{"name": "{name}", "contexts": [], "responses": [{{"parameters": [], "messages": [{{"type": "0", "lang": "zh-cn", "speech": ["{answer}"]}}]}}]{fields}}}"#
    )
}

fn asked(question: &str) -> String {
    format!(r#"[{{"data": [{{"text": "{question}"}}], "isTemplate": false}}]"#)
}

#[test]
fn an_agent_has_answers_phrasings_cards_and_replies() {
    let refund = simple("退款", "", "等 $days 天。");
    let order = r#"{"name": "order", "contexts": [], "responses": [{"parameters": [{"name": "order_number", "required": true, "prompts": [{"lang": "zh-cn", "value": "单号？"}]}], "messages": []}]}"#;
    let english =
        r#"{"name": "english", "responses": [{"messages": [{"type": "0", "lang": "en", "speech": "Yes."}]}]}"#;
    let files = [
        ("agent.json", "{}".to_owned()),
        ("package.json", r#"{"version": "1.0.0"}"#.to_owned()),
        ("entities/action.json", "{}".to_owned()),
        ("intents/pay.how.json", PAY.to_owned()),
        ("intents/pay.how_usersays_zh-cn.json", PAY_ZH.to_owned()),
        ("intents/pay.how_usersays_en.json", asked("How do I pay?")),
        ("intents/退款.json", refund),
        ("intents/退款_usersays_zh-cn.json", asked("怎么退款")),
        ("intents/order.json", order.to_owned()),
        ("intents/order_usersays_zh-cn.json", asked("查订单")),
        ("intents/fallback.json", simple("fallback", r#", "fallbackIntent": true"#, "没听懂。")),
        ("intents/off.json", simple("off", r#", "priority": -1"#, "停用。")),
        ("intents/off_usersays_zh-cn.json", asked("停用的")),
        ("intents/yes.json", simple("yes", "", "好。").replace(r#""contexts": []"#, r#""contexts": ["paying"]"#)),
        ("intents/yes_usersays_zh-cn.json", asked("是的")),
        ("intents/welcome.json", simple("welcome", r#", "events": [{"name": "WELCOME"}]"#, "欢迎。")),
        ("intents/english.json", english.to_owned()),
        ("intents/english_usersays_en.json", asked("Is it open?")),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let mut pay = entry(
        "pay-how",
        "imported",
        "怎么付款",
        &["如何付款"],
        "扫码即可。\n\n也可以  \n刷卡。\n\n付款帮助\n\n看一看\n\n还想问：",
    );
    pay["texts"]["en"] = json!({ "question": "How do I pay?", "body": "Scan the code." });
    let actions = json!([
        { "label": "打开", "url": "https://help.cgpay.example/pay" },
        { "label": "转人工", "intent": "handoff.agent" }
    ]);
    let expected = [
        with(with(pay, "actions", actions), "related", json!(["tui-kuan"])),
        entry("tui-kuan", "imported", "怎么退款", &[], "等 $days 天。"),
    ];
    let field = "intents/pay.how.json responses.messages";
    let notes = [
        "1 entities/: the folder \"entities\" is left out".to_owned(),
        "1 intents/fallback.json fallbackIntent: what is said when nothing is understood is left out".to_owned(),
        "1 intents/off.json priority: the intent is switched off and left out".to_owned(),
        "1 intents/order.json responses.parameters: the intent asks for order_number and is left out: that takes a flow"
            .to_owned(),
        "1 intents/pay.how_usersays_zh-cn.json isTemplate: the template \"付 @sys.number 元\" is left out".to_owned(),
        format!("1 {field}: only the first of several wordings is taken; not: 用手机扫码。"),
        format!("1 {field}: the picture is left out"),
        format!("1 {field}: a message of the type 4 (custom payload) is left out"),
        format!("1 {field}: what is said only on google is left out"),
        "1 intents/pay.how.json webhookUsed: the webhook is left out: the answer is what stands here".to_owned(),
        "1 intents/pay.how.json responses.affectedContexts: the contexts that it sets are left out".to_owned(),
        "1 intents/welcome.json: no phrasing leads here (it is started by an event, or is empty): this is left out".to_owned(),
        "1 intents/yes.json contexts: this is answered only after another intent and is left out".to_owned(),
        "1 intents/退款.json responses.messages: the parameter ($name) is shown as it stands: write the answer without it"
            .to_owned(),
        "1 intents/english.json: there is no text in zh-CN, only in en; this is left out".to_owned(),
        format!("1 {field}: the button \"没有人答的\" is left out: nothing is called or asked \"没有人答的\""),
    ];
    let notes: Vec<&str> = notes.iter().map(String::as_str).collect();
    check(Foreign::Dialogflow, &agent(&files), &expected, &notes);
    let inside: Vec<(String, &str)> = files.iter().map(|(path, text)| (format!("my-agent/{path}"), *text)).collect();
    let inside: Vec<(&str, &str)> = inside.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    let imported = crate::foreign::imported(Foreign::Dialogflow, &agent(&inside));
    assert_eq!(crate::foreign::documents(&imported), expected);
}

#[test]
fn an_agent_names_file_and_field_of_each_fault() {
    let good = simple("pay", "", "扫码。");
    check_faults(
        Foreign::Dialogflow,
        &[
            (&agent(&[("agent.json", "{}")]), &["1 "]),
            (&agent(&[("intents/pay.json", "{\n]")]), &["2 intents/pay.json"]),
            (
                &agent(&[("intents/pay.json", &good), ("intents/pay_usersays_zh-cn.json", "{}")]),
                &["1 intents/pay_usersays_zh-cn.json"],
            ),
            (
                &agent(&[("intents/pay.json", &good), ("intents/pay_usersays_中文.json", "[]")]),
                &["1 intents/pay_usersays_中文.json"],
            ),
            (&agent(&[("intents/pay_usersays_zh-cn.json", "[]")]), &["1 intents/pay_usersays_zh-cn.json"]),
            (
                &agent(&[
                    ("intents/pay.json", &good.replace("\"pay\"", "\"\"")),
                    ("intents/pay_usersays_zh-cn.json", &asked("怎么付款")),
                ]),
                &["1 intents/pay.json name"],
            ),
            (
                &agent(&[
                    ("intents/a.json", &simple("a", "", "甲。")),
                    ("intents/a_usersays_zh-cn.json", &asked("怎么付款")),
                    ("intents/b.json", &simple("b", "", "乙。")),
                    ("intents/b_usersays_zh-cn.json", &asked("怎么付款？")),
                ]),
                &["1 intents/b.json responses.messages"],
            ),
            (
                &agent(&[
                    ("intents/a.json", &simple("a", "", "甲。").replace("zh-cn", "中文")),
                    ("intents/a_usersays_zh-cn.json", &asked("怎么付款")),
                ]),
                &["1 intents/a.json responses.messages"],
            ),
        ],
    );
}
