//! One document of each kind with every key that its schema knows, in a content without a fault; here new keys are added.

use serde_json::{Value, json};

/// A file of the content that holds every key of its kind.
pub struct Full {
    pub kind: &'static str,
    pub path: &'static str,
    pub document: Value,
}

/// What stands below the front matter.
const BODY: &str = "1. 打开。\n2. 等着。\n";

impl Full {
    /// The file's text with another document in its place; JSON is YAML.
    pub fn text_with(&self, document: &Value) -> String {
        let json = serde_json::to_string_pretty(document).unwrap();
        if self.path.ends_with(".md") {
            format!("---\n{json}\n---\n{BODY}")
        } else if self.path.ends_with(".jsonl") {
            format!("{document}\n")
        } else {
            json
        }
    }
}

/// The kinds whose files are one document, and together a content.
pub fn all() -> Vec<Full> {
    let full = |kind, path, document| Full { kind, path, document };
    let window = json!({"days": ["mon-fri", "sat"], "from": "09:00", "to": "18:00"});
    vec![
        full("entry", "knowledge-base/refund/apply.md", entry()),
        full("entry", "knowledge-base/refund/plain.md", json!({"question": "怎么撤回"})),
        full(
            "entry-translation",
            "knowledge-base/refund/apply.en.md",
            json!({"question": "How do I apply?", "similar": ["apply how"], "never": ["never mind"], "review_by": "2027-05-01"}),
        ),
        full(
            "category",
            "knowledge-base/refund/_category.yaml",
            json!({"title": {"zh-CN": "退款", "en": "Refunds"}, "order": 2}),
        ),
        full(
            "announcement",
            "knowledge-base/announcements/note.md",
            json!({"title": {"zh-CN": "通知"}, "kind": "notice", "valid": validity()}),
        ),
        full("announcement-translation", "knowledge-base/announcements/note.en.md", json!({"title": "A note"})),
        full("survey", "knowledge-base/surveys/habits.yaml", survey()),
        full(
            "question",
            "knowledge-base/questions/own.jsonl",
            json!({"id": "own-1", "text": "要怎么办", "lang": "zh-CN", "accept": ["apply"], "never": ["fallback"], "style": "terse"}),
        ),
        full(
            "variables",
            "knowledge-base/variables.yaml",
            json!({"days": {"value": "3", "en": "three", "zh-TW": "三", "kind": "text", "sample": true}, "feature.x": {"value": true}}),
        ),
        full(
            "calendar",
            "knowledge-base/calendar.yaml",
            json!({
                "timezone": "Asia/Shanghai",
                "hours": {"chat": "always", "phone": [window], "email": [{"days": "every", "from": "00:00", "to": "24:00"}]},
                "peak": [window],
                "holidays": [{"from": "2027-01-01", "to": "2027-01-03", "name": "元旦", "sample": true}],
                "workdays": ["2027-02-06"],
            }),
        ),
        full(
            "official-contacts",
            "knowledge-base/official-contacts.yaml",
            json!({
                "domains": ["cgpay.example"], "phones": ["400-000-0000"], "emails": ["service@cgpay.example"],
                "wechat": ["CGPay"], "apps": ["CGPay App"],
            }),
        ),
        full("departments", "knowledge-base/departments.yaml", departments()),
        full("intent", "intents/refund.request.yaml", intent(json!({"flow": "refund"}), "我要退款")),
        full("intent", "intents/greet.yaml", intent(json!({"reply": {"zh-CN": "您好"}}), "你好")),
        full(
            "intent",
            "intents/suggest.yaml",
            intent(json!({"reply": {"zh-CN": "谢谢"}, "case": "suggestion", "department": "general"}), "我有建议"),
        ),
        full(
            "intent",
            "intents/human.yaml",
            intent(
                json!({"handoff": {"department": "general", "priority": "high", "case": "inquiry"}, "reply": {"zh-CN": "好的"}}),
                "转人工",
            ),
        ),
        full("intent", "intents/faq.yaml", intent(json!({"search": true}), "我想问问")),
        full(
            "rules",
            "intents/rules.yaml",
            json!([
                {"id": "stolen", "any": ["盗刷"], "unless": ["防止"], "intent": "human"},
                {"id": "despair", "pattern": "轻生", "intent": "human"},
            ]),
        ),
        full("texts", "intents/texts.yaml", texts()),
        full(
            "canned",
            "intents/canned.yaml",
            json!([{"id": "greet", "title": {"zh-CN": "问候"}, "text": {"zh-CN": "您好，我来帮您。"}}]),
        ),
        full("flow", "intents/flows/refund.yaml", flow()),
    ]
}

fn validity() -> Value {
    json!({"from": "2026-01-01T00:00:00+08:00", "until": "2029-01-01T00:00:00Z"})
}

fn entry() -> Value {
    json!({
        "question": "怎么申请",
        "similar": ["如何申请"],
        "never": ["怎么申请贷款"],
        "related": ["plain"],
        "actions": [
            {"label": "我要退款", "intent": "refund.request"},
            {"label": "打开", "url": "https://cgpay.example/x"},
            {"label": "打电话", "phone": "400-000-0000"},
        ],
        "requires": "feature.x",
        "valid": validity(),
        "channels": ["web", "email"],
        "audience": ["buyer", "agent"],
        "steps": "guided",
        "top": 3,
        "owner": "payments",
        "review_by": "2027-05-01",
    })
}

fn survey() -> Value {
    let option = |value: &str| json!({"value": value, "label": {"zh-CN": value}});
    json!({
        "title": {"zh-CN": "小调查"},
        "audience": ["buyer"],
        "valid": validity(),
        "at_most_every_days": 90,
        "questions": [
            {"id": "where", "kind": "single", "text": {"zh-CN": "哪里？"}, "options": [option("a"), option("b")]},
            {"id": "wish", "kind": "text", "text": "什么？"},
        ],
    })
}

fn departments() -> Value {
    json!({
        "general": {
            "title": {"zh-CN": "综合"},
            "first_reply": "10m",
            "resolve": "3d",
            "escalate_to": "management",
            "hours": "chat",
            "overflow": {"waiting": 20, "minutes": 10, "to": "callback"},
        },
        "management": {"title": {"zh-CN": "管理层"}, "overflow": {"waiting": 20, "to": "general"}},
    })
}

fn intent(does: Value, example: &str) -> Value {
    json!({"title": {"zh-CN": example}, "examples": {"zh-CN": [example]}, "does": does})
}

fn texts() -> Value {
    let names = yingda::knowledge::texts::TextName::ALL;
    Value::Object(
        names.into_iter().map(|(_, key)| (key.to_owned(), json!({"zh-CN": "好的", "en": "All right"}))).collect(),
    )
}

fn flow() -> Value {
    json!({
        "opening": {"zh-CN": "好的"},
        "slots": [
            {
                "name": "reason", "choices": ["a", "b"], "labels": {"a": {"zh-CN": "甲"}},
                "phrases": {"a": {"zh-CN": ["甲类"]}}, "required": true, "ask": {"zh-CN": "原因？"},
            },
            {
                "name": "order_number", "entity": "order_number", "ask_optional": {"reason": ["a"]},
                "ask": "订单号？", "invalid": {"zh-CN": "不完整"}, "tries": 3,
            },
            {"name": "description", "entity": "description", "ask_optional": true, "ask": "还有吗？"},
        ],
        "lookup": "transaction",
        "causes": {"limit": "apply"},
        "settled": {"statuses": ["refunded"], "reply": {"zh-CN": "已退"}, "entry": "plain"},
        "eligible": [
            {"when": {"reason": ["a"]}, "then": "open"},
            {"when": {"reason": ["b"]}, "then": "handoff", "department": "general"},
            {"otherwise": "handoff", "department": "general"},
        ],
        "confirm": {"zh-CN": "提交吗？"},
        "then": {
            "case": "refund", "department": "general", "handoff": "management", "append": false, "act": "withdraw_refund",
            "reply": {"zh-CN": "已登记"},
        },
    })
}
