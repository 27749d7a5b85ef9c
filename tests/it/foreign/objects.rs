//! QnABot's JSON and Rasa's YAML.

use serde_json::json;
use yingda::exchange::{Foreign, packed};

use crate::foreign::{check, check_faults, entry, imported, with};

const QNA_BOT: &str = r#"{"qna": [
  {
    "qid": "pay.001", "type": "qna", "q": ["怎么付款", "如何付款\u563f"], "a": "扫码即可。😀 \ud83d\ude00", "t": "退款",
    "alt": {"markdown": "", "ssml": "<speak>扫码</speak>"},
    "r": {"title": "扫码即可", "subTitle": "", "imageUrl": "https://img.example/a.png", "url": "",
      "buttons": [
        {"text": "找人", "value": "转人工"},
        {"text": "打开帮助", "value": "https://help.cgpay.example/pay"},
        {"text": "打电话", "value": "tel:95000"},
        {"text": "怎么退", "value": "QID::refund.001"},
        {"text": "别的", "value": "没有人答的"}
      ]},
    "sa": [{"text": "", "value": "", "enableTranslation": false}], "tags": "", "_score": 1
  },
  {
    "qid": "refund.001", "q": ["怎么退款"], "a": "点退款。", "alt": {"markdown": "点<b>退款</b>。"},
    "l": "QNA:refund", "args": ["x"], "next": "quiz.1", "tags": "热门", "elicitResponse": {"responsebot_hook": "QNAYesNo"}
  },
  {"qid": "hello.001", "q": ["早上好啊"], "a": "您好 {{UserInfo.FirstName}}", "next": "pay.001"},
  {"qid": "quiz.1", "type": "quiz", "question": "几天？"}
]}"#;

#[test]
fn qnabot_has_cards_buttons_and_what_comes_next() {
    let actions = json!([
        { "label": "转人工", "intent": "handoff.agent" },
        { "label": "打开帮助", "url": "https://help.cgpay.example/pay" },
        { "label": "打电话", "phone": "95000" }
    ]);
    let pay = entry("pay-001", "refund", "怎么付款", &["如何付款嘿"], "扫码即可。😀 😀");
    let expected = [
        with(with(pay, "actions", actions), "related", json!(["refund-001"])),
        entry("refund-001", "imported", "怎么退款", &[], "点**退款**。"),
        with(
            entry("hello-001", "imported", "早上好啊", &[], "您好 {\\{UserInfo.FirstName}\\}"),
            "related",
            json!(["pay-001"]),
        ),
    ];
    let notes = [
        "2 alt.ssml: what is spoken (SSML) is left out",
        "2 r.imageUrl: the picture is left out",
        "2 r.buttons: the button \"别的\" is left out: nothing is called or asked \"没有人答的\"",
        "15 l: the Lambda hook is left out: the answer is what stands here",
        "15 args: the arguments of the Lambda hook are left out",
        "15 elicitResponse: the field is left out",
        "15 tags: the field is left out",
        "15 next: \"quiz.1\" is left out, so nothing leads to it",
        "19 a: the template ({{…}}) is shown as it stands: write the answer without it",
        "20 type: \"quiz.1\" is of the type \"quiz\" and is left out",
    ];
    check(Foreign::QnaBot, QNA_BOT.as_bytes(), &expected, &notes);
    let item = r#"{"qid":"a.1","q":["怎么付款"],"a":"扫码。"}"#;
    for bytes in [format!("[{item}]"), format!("{item}\n"), format!("\u{FEFF}{{\"qna\":[{item}]}}")] {
        check(Foreign::QnaBot, bytes.as_bytes(), &[entry("a-1", "imported", "怎么付款", &[], "扫码。")], &[]);
    }
}

#[test]
fn qnabot_names_line_and_field_of_each_fault() {
    check_faults(
        Foreign::QnaBot,
        &[
            (b"{\"qna\": [\n{]}", &["2 "]),
            (b"{\"qna\": 5}", &["1 "]),
            (b"{\"qna\": []}", &["1 "]),
            ("{\"qna\": [\n{\"q\":[\"问\"],\"a\":\"答\"}]}".as_bytes(), &["2 qid"]),
            (
                "[{\"qid\":\"a\",\"q\":[\"问\"],\"a\":\"答\"},\n{\"qid\":\"a\",\"q\":[\"问二\"],\"a\":\"答\"}]"
                    .as_bytes(),
                &["2 qid"],
            ),
            (
                "[{\"qid\":\"a\",\"q\":[],\"a\":\"答\"},\n{\"qid\":\"b\",\"q\":[\"问\"],\"a\":\" \"}]".as_bytes(),
                &["1 q", "2 a"],
            ),
            (
                "[{\"qid\":\"a\",\"q\":[\"问\"],\"a\":\"答\",\"r\":{\"buttons\":[{\"text\":\"x\",\"value\":\"\"}]}}]"
                    .as_bytes(),
                &["1 r.buttons"],
            ),
            ("[{\"qid\":\"a\",\"q\":[\"问\"],\"a\":\"答\",\"next\":\"x\"}]".as_bytes(), &["1 next"]),
            (
                "[{\"qid\":\"a\",\"q\":[\"问\"],\"a\":\"答\"},{\"qid\":\"b\",\"q\":[\"问？\"],\"a\":\"另\"}]"
                    .as_bytes(),
                &["1 a"],
            ),
            (b"\"x\"", &["1 qid", "1 q"]),
        ],
    );
}

const DOMAIN: &str = r#"version: "3.1"
intents: [faq, greet]
slots:
  order: {type: text}
responses:
  utter_faq/pay:
  - text: 扫码即可。
    image: https://img.example/a.png
    buttons:
    - title: 怎么退
      payload: /faq/refund
    - title: 转人工
      payload: '/ask_human{"reason": "x"}'
    - title: 官网
      payload: https://www.cgpay.example/
  - text: 用手机扫码。
  utter_faq/refund:
  - condition:
    - {type: slot, name: vip, value: true}
    text: 马上退。
  - text: |
      第一步：点退款。
      第二步：等 {days} 天。
  utter_hello:
  - text: 您好。
  utter_picture:
  - image: https://img.example/b.png
  utter_unused:
  - text: 没有人问。
"#;

const NLU: &str = r#"version: "3.1"
nlu:
- intent: faq/pay
  examples: |
    - 怎么[付款](action)
    - 用[微信]{"entity": "channel", "value": "wechat"}怎么付
- intent: faq/refund
  examples:
  - text: 怎么退款
    metadata: {sentiment: neutral}
- intent: greet
  examples: |
    - 早上好啊
- intent: picture
  examples: |
    - 给我看图
- intent: nothing
  examples: |
    - 随便说说
- synonym: 微信
  examples: |
    - wechat
rules:
- rule: hello
  steps:
  - intent: greet
  - action: utter_hello
stories:
- story: x
  steps: []
"#;

#[test]
fn rasa_has_intents_with_responses_in_one_file_or_several() {
    let refund = entry("faq-refund", "faq", "怎么退款", &[], "第一步：点退款。\n第二步：等 {days} 天。");
    let pay = entry("faq-pay", "faq", "怎么付款", &["用微信怎么付"], "扫码即可。");
    let actions = json!([
        { "label": "转人工", "intent": "handoff.agent" },
        { "label": "官网", "url": "https://www.cgpay.example/" }
    ]);
    let expected = [
        with(with(pay, "actions", actions), "related", json!(["faq-refund"])),
        refund,
        entry("greet", "imported", "早上好啊", &[], "您好。"),
    ];
    let notes = [
        "3 slots: \"slots\" is left out",
        "7 image: the picture is left out",
        "16 responses: only the first of several wordings is taken; not: 用手机扫码。",
        "18 responses: what is said only sometimes is left out: 马上退。",
        "21 text: the slot ({name}) is shown as it stands: write the answer without it",
        "26 responses: the response has no text for everybody and is left out",
        "27 image: the picture is left out",
        "28 responses: no intent leads to \"utter_unused\": it is left out",
        "47 intent: \"nothing\" has no response and is left out",
        "50 synonym: each synonym is left out",
        "58 stories: \"stories\" is left out",
    ];
    let one = format!("{DOMAIN}---\n{NLU}");
    check(Foreign::Rasa, one.as_bytes(), &expected, &notes);
    let archive = packed::pack(
        [
            ("bot/data/nlu.yml", NLU.as_bytes()),
            ("bot/domain.yml", DOMAIN.as_bytes()),
            ("bot/readme.md", b"x".as_slice()),
        ]
        .into_iter(),
    )
    .unwrap();
    let several = imported(Foreign::Rasa, &archive);
    assert_eq!(crate::foreign::documents(&several), expected);
    assert_eq!((several.documents[0].file.as_str(), several.documents[0].row), ("bot/data/nlu.yml", 3));
}

#[test]
fn rasa_names_line_and_key_of_each_fault() {
    check_faults(
        Foreign::Rasa,
        &[
            (b"version: 1\nnlu: [\n", &["3 "]),
            (b"- a\n", &["1 "]),
            (b"version: \"3.1\"\n", &["1 "]),
            ("nlu:\n- intent: a\n  examples: |\n    - 怎么付款\nresponses:\n  utter_a: []\n".as_bytes(), &["6 responses"]),
            ("nlu:\n- intent: a\nresponses:\n  utter_a:\n  - text: 答\n".as_bytes(), &["2 examples"]),
            ("nlu:\n- examples: |\n    - 怎么付款\n".as_bytes(), &["2 intent"]),
            (
                "nlu:\n- intent: a\n  examples: |\n    - 怎么付款\nresponses:\n  utter_a:\n  - text: 答\n    buttons:\n    - title: 按\n".as_bytes(),
                &["7 buttons"],
            ),
            ("responses:\n  utter_a:\n  - text: 答\n---\nresponses:\n  utter_a:\n  - text: 另\n".as_bytes(), &["6 responses"]),
            ("a: 1\n---\nnlu: &x [1]\n".as_bytes(), &["3 "]),
        ],
    );
}
