//! What customers get while something is switched off or pinned: answers, lists, notices, explanations.

use jiff::Timestamp;

use crate::assistant::Assistant;
use crate::assistant::compile::{Known, Senses, compile};
use crate::assistant::turn::{DecisionKind, Message, Turn};
use crate::dialogue::switches::{Off, Switches};
use crate::knowledge::content::SourceFile;
use crate::knowledge::entry::{Entry, EntryId};
use crate::knowledge::{ReadOptions, read};
use crate::retrieval::policy::ShippedPolicies;
use crate::retrieval::{Gather, GatherTerm, Target};
use crate::text::language::LanguageTag;

const FILES: &[(&str, &str)] = &[
    ("knowledge-base/departments.yaml", "general: {title: 综合}\nrefunds: {title: 退款}\nrisk: {title: 风控}\n"),
    ("knowledge-base/variables.yaml", "minutes: {value: \"3*0\"}\n"),
    ("knowledge-base/pay/_category.yaml", "title: 付款\n"),
    (
        "knowledge-base/pay/pay-failed.md",
        "---\nquestion: 付款失败怎么办\nsimilar: [付款不成功]\nrelated: [pay-limit]\ntop: 1\n---\n请稍后再试。\n",
    ),
    ("knowledge-base/pay/pay-failed.en.md", "---\nquestion: My payment failed\n---\nPlease try again later.\n"),
    (
        "knowledge-base/pay/pay-limit.md",
        "---\nquestion: 付款限额是多少\nrelated: [pay-failed, pay-slow]\ntop: 2\n---\n每天一万元。\n",
    ),
    ("knowledge-base/pay/pay-slow.md", "---\nquestion: 付款为什么这么慢\n---\n最多 {{minutes}} 分钟。\n"),
    (
        "intents/handoff.human.yaml",
        "examples: {zh-CN: [我要人工]}\ndoes: {handoff: {department: general}, reply: {zh-CN: 好的。}}\n",
    ),
    ("intents/refund.request.yaml", "examples: {zh-CN: [我要退款]}\ndoes: {flow: refund}\n"),
    (
        "intents/security.incident.yaml",
        "examples: {zh-CN: [卡里的钱不见了]}\ndoes: {handoff: {department: risk, priority: urgent}, reply: {zh-CN: 请先冻结。}}\n",
    ),
    ("intents/rules.yaml", "- {id: stolen, any: [盗刷], intent: security.incident}\n"),
    ("intents/flows/refund.yaml", "opening: {zh-CN: 好}\nthen: {department: refunds, reply: {zh-CN: 好}}\n"),
    ("intents/texts.yaml", "switched_off: {zh-CN: 请等同事。, en: Please wait.}\n"),
];

/// Gathers everything there is for a text with something to read in it.
struct Everything(Target);

impl Gather for Everything {
    fn candidates(&self, terms: &[GatherTerm], _limit: usize) -> Vec<Target> {
        if terms.is_empty() { Vec::new() } else { (0..self.0).collect() }
    }
}

struct Desk {
    assistant: Assistant,
    index: Everything,
}

impl Desk {
    fn open() -> Self {
        let file =
            |(path, text): &(&str, &str)| SourceFile { path: (*path).to_owned(), bytes: text.as_bytes().to_vec() };
        let (content, faults) = read(FILES.iter().map(file).collect::<Vec<_>>(), &ReadOptions::default());
        assert_eq!(faults, []);
        let compiled = compile(&content, &Senses::none(), Known::default());
        let index = Everything(compiled.goals.len() as Target);
        let policies = ShippedPolicies::load().policies(true, false);
        Self { assistant: Assistant::new(content, compiled, policies, "r1".to_owned()), index }
    }

    fn ask(&self, text: &str, language: &str, switches: &Switches, now: Timestamp) -> Turn {
        let language = LanguageTag::parse(language);
        let message = Message { language: language.as_ref(), explain: true, switches, ..Message::new(text) };
        self.assistant.answer(&message, &self.index, now)
    }

    fn ask_now(&self, text: &str, switches: &Switches) -> Turn {
        self.ask(text, "zh-CN", switches, now())
    }
}

fn now() -> Timestamp {
    "2026-11-23T10:00:00+08:00".parse().unwrap()
}

fn entry_off(id: &str) -> Switches {
    Switches { entries_off: [EntryId(id.to_owned())].into(), ..Switches::default() }
}

fn notices(json: &str) -> Switches {
    serde_json::from_str(&format!("{{\"notices\": {json}}}")).unwrap()
}

fn reason(turn: &Turn) -> (&str, &str) {
    let handoff = turn.handoff.as_ref().unwrap();
    (handoff.department.as_str(), handoff.reason.as_str())
}

#[test]
fn an_entry_that_is_off_is_nowhere_and_a_person_answers_instead() {
    let desk = Desk::open();
    let off = entry_off("pay-failed");
    let turn = desk.ask_now("付款失败怎么办？", &off);
    assert_eq!((turn.decision, turn.entry.as_ref()), (DecisionKind::Handoff, None));
    assert_eq!(turn.outcome(), "intent:handoff.human");
    assert_eq!((reason(&turn), turn.reply.text.as_str()), (("general", "switched_off"), "请等同事。"));
    assert_eq!(desk.ask("My payment failed", "en", &off, now()).reply.text, "Please wait.");
    let why = turn.explanation.unwrap();
    assert_eq!(
        (why.decided_by.as_str(), why.switched_off),
        ("switched_off:entry:pay-failed", vec!["entry:pay-failed".to_owned()])
    );

    let neighbour = desk.ask_now("付款限额是多少", &off);
    assert_eq!(neighbour.outcome(), "pay-limit");
    assert!(neighbour.candidates.iter().all(|candidate| candidate.entry.0 != "pay-failed"));
    let below: Vec<&str> = neighbour.reply.quick_replies.iter().map(|reply| reply.send.as_str()).collect();
    assert_eq!(below, ["付款为什么这么慢"]);
    assert_eq!(desk.ask_now("付款限额是多少", Switches::NONE).reply.quick_replies.len(), 2);
}

#[test]
fn lists_leave_out_what_is_off() {
    let desk = Desk::open();
    let ids = |entries: Vec<&Entry>| entries.into_iter().map(|entry| entry.id.0.clone()).collect::<Vec<_>>();
    let chinese = LanguageTag::zh_cn();
    let lists = |switches: &Switches| {
        let message = |text| Message { switches, ..Message::new(text) };
        let suggested = |text| ids(desk.assistant.suggest(&message(text), &chinese, &desk.index, now()));
        let found = |enough| ids(desk.assistant.search(&message("付款失败"), &desk.index, now(), enough, |_| true));
        let listed = ids(desk.assistant.visible_entries(&message(""), now()).collect());
        let one = desk.assistant.visible_entry(&EntryId("pay-failed".to_owned()), &message(""), now());
        [suggested(""), suggested("付款"), found(1), found(9), listed, ids(one.into_iter().collect())]
    };
    let has_it = |list: &Vec<String>| list.iter().any(|id| id == "pay-failed");
    assert!(lists(Switches::NONE).iter().all(has_it));
    let off = lists(&entry_off("pay-failed"));
    assert!(!off.iter().any(has_it), "{off:?}");
    assert_eq!(off[0], ["pay-limit"]);
}

#[test]
fn while_the_bot_is_off_a_person_answers_everything_and_emergencies_stay() {
    let desk = Desk::open();
    let bot_off = Some(Off { by: "li".to_owned(), since: now(), note: None });
    let off = Switches { bot_off, ..Switches::default() };
    for text in ["付款失败怎么办", "付款限额是多少", "我要人工", "   ", "今天天气怎么样"] {
        let turn = desk.ask_now(text, &off);
        assert_eq!(turn.decision, DecisionKind::Handoff, "{text}");
        assert_eq!((reason(&turn), turn.reply.text.as_str()), (("general", "switched_off"), "请等同事。"), "{text}");
        assert_eq!(turn.explanation.unwrap().decided_by, "switched_off:bot", "{text}");
    }
    assert_eq!(reason(&desk.ask_now("我要退款", &off)), ("refunds", "switched_off"));
    let stolen = desk.ask_now("我的卡被盗刷", &off);
    assert_eq!((reason(&stolen), stolen.reply.text.as_str()), (("risk", "rule:stolen"), "请先冻结。"));
}

#[test]
fn a_flow_that_is_off_is_not_opened() {
    let desk = Desk::open();
    let off = Switches { flows_off: ["refund".to_owned()].into(), ..Switches::default() };
    let turn = desk.ask_now("我要退款", &off);
    assert_eq!((turn.outcome().as_str(), reason(&turn)), ("intent:refund.request", ("refunds", "switched_off")));
    assert_eq!(turn.explanation.unwrap().decided_by, "switched_off:flow:refund");
}

/// The question's language, the notice's texts, and how the answer begins.
const NOTICES: &[(&str, &str, &str)] = &[
    ("zh-CN", r#"{"zh-CN": "**故障**，约 {{minutes}} 分钟。", "en": "Down."}"#, "故障，约 3*0 分钟。\n\n请稍后再试。"),
    ("zh-TW", r#"{"zh-CN": "支付系统维护。"}"#, "支付系統維護。\n\n請稍後再試。"),
    ("en", r#"{"zh-CN": "故障。", "en": "Down for {{minutes}} minutes."}"#, "Down for 3*0 minutes.\n\nPlease try"),
    ("en", r#"{"zh-CN": "故障。"}"#, "故障。\n\nPlease try again later."),
    // There is no French answer, so the French notice does not fit.
    ("fr", r#"{"zh-CN": "故障。", "en": "Down.", "fr": "En panne."}"#, "Down.\n\nPlease try again later."),
];

#[test]
fn a_notice_stands_before_its_answers_in_their_language() {
    let desk = Desk::open();
    for (language, text, begins) in NOTICES {
        let pinned = notices(&format!(
            r#"[{{"id": "outage", "entries": ["pay-failed"], "text": {text}, "until": "2026-11-23T12:00:00+08:00"}}]"#
        ));
        let turn = desk.ask("付款失败怎么办", language, &pinned, now());
        assert!(turn.reply.text.starts_with(begins), "{language}: {}", turn.reply.text);
        assert_eq!(turn.explanation.unwrap().notices, ["outage"]);
        // Over, or of another entry: not a byte of it.
        let late = "2026-11-23T12:00:00+08:00".parse().unwrap();
        for (question, instant) in [("付款失败怎么办", late), ("付款限额是多少", now())] {
            let plain = desk.ask(question, language, Switches::NONE, instant);
            assert_eq!(desk.ask(question, language, &pinned, instant), plain, "{language} {question}");
        }
    }
}

#[test]
fn a_notice_of_no_entry_stands_before_every_answer_and_nothing_else() {
    let desk = Desk::open();
    let pinned = notices(
        r#"[{"id": "outage", "entries": ["pay-failed"], "text": {"zh-CN": "<b>故障</b>"}, "until": "2027-01-01T00:00:00Z"},
            {"id": "move", "text": {"zh-CN": "见[官网](https://cgpay.example)、[点](javascript:x)。"}, "until": "2027-01-01T00:00:00Z"}]"#,
    );
    let failed = desk.ask_now("付款失败怎么办", &pinned);
    assert_eq!(
        failed.reply.html,
        "<p>&lt;b&gt;故障&lt;/b&gt;</p>\n<p>见<a href=\"https://cgpay.example\">官网</a>、点。</p>\n<p>请稍后再试。</p>"
    );
    assert_eq!(failed.explanation.unwrap().notices, ["outage", "move"]);
    let limit = desk.ask_now("付款限额是多少", &pinned);
    assert!(limit.reply.text.starts_with("见官网"), "{}", limit.reply.text);
    for text in ["我要退款", "我要人工", "   "] {
        assert_eq!(desk.ask_now(text, &pinned), desk.ask_now(text, Switches::NONE), "{text}");
    }
}

#[test]
fn switches_that_concern_nothing_change_not_a_byte() {
    let desk = Desk::open();
    let off = Switches {
        entries_off: [EntryId("gone".to_owned())].into(),
        flows_off: ["gone".to_owned()].into(),
        ..notices(r#"[{"id": "old", "text": {"zh-CN": "旧。"}, "until": "2026-11-23T02:00:00Z"}]"#)
    };
    let bytes = |text: &str, switches: &Switches| serde_json::to_string(&desk.ask_now(text, switches)).unwrap();
    for text in ["付款失败怎么办", "付款", "我要退款", "我的卡被盗刷", "   "] {
        let plain = bytes(text, Switches::NONE);
        assert_eq!(bytes(text, &off), plain, "{text}");
        assert!(!plain.contains("switched_off") && !plain.contains("notices"), "{plain}");
        let heeded = entry_off("pay-failed");
        assert_eq!(bytes(text, &heeded), bytes(text, &heeded.clone()), "{text}");
    }
}
