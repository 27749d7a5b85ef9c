//! Faults that only a second look finds, each with its exact place, and what must not be taken for one.

use crate::knowledge::content::{Content, SourceFile};
use crate::knowledge::diagnostic::Diagnostic;
use crate::knowledge::{ReadOptions, read};
use crate::text::language::LanguageTag;

/// A small content without a fault, to which each case adds a file or puts one in place of another.
const CLEAN: &[(&str, &str)] = &[
    ("knowledge-base/variables.yaml", "days: {value: \"3\"}\nfeature.balance: {value: true}\n"),
    ("knowledge-base/official-contacts.yaml", "domains: [cgpay.example]\nphones: [400-000-0000]\n"),
    ("knowledge-base/departments.yaml", "risk: {title: {zh-CN: 风控}}\n"),
    ("knowledge-base/refund/_category.yaml", "title: {zh-CN: 退款}\n"),
    (
        "knowledge-base/refund/apply.md",
        "---\nquestion: 怎么申请退款\nrequires: feature.balance\n---\n{{days}} 天内审核。\n",
    ),
    ("knowledge-base/refund/time.md", "---\nquestion: 退款多久到账\n---\n很快。\n"),
    ("intents/refund.request.yaml", "examples: {zh-CN: [我要退款]}\ndoes: {flow: refund}\n"),
    ("intents/security.yaml", "examples: {zh-CN: [账户不安全]}\ndoes: {handoff: {department: risk}}\n"),
    ("intents/rules.yaml", "- {id: stolen, any: [盗刷], intent: security}\n"),
    (
        "intents/flows/refund.yaml",
        "opening: 好\nslots:\n  - {name: reason, choices: [a, b], ask: 原因？}\nthen: {case: refund, reply: 好}\n",
    ),
];

const X: &str = "knowledge-base/refund/x.md";

fn read_with(files: &[(&str, &str)]) -> (Content, Vec<Diagnostic>) {
    let others = CLEAN.iter().filter(|(path, _)| !files.iter().any(|(known, _)| known == path));
    let files: Vec<SourceFile> = others
        .chain(files)
        .map(|(path, text)| SourceFile { path: (*path).to_owned(), bytes: text.as_bytes().to_vec() })
        .collect();
    read(&files, &ReadOptions::default())
}

/// All faults as `code file:line:column`.
fn faults(files: &[(&str, &str)]) -> Vec<String> {
    let found = read_with(files).1;
    found.iter().map(|fault| format!("{} {}:{}:{}", fault.code, fault.file, fault.line, fault.column)).collect()
}

fn entry(body: &str) -> String {
    format!("---\nquestion: 如何撤回\n---\n{body}\n")
}

/// A file, its text, and all faults of the whole content.
const CASES: &[(&str, &str, &[&str])] = &[
    // one document a file; nothing that only follows from a fault is reported besides it
    ("intents/flows/refund.yaml", "opening: [好\n", &["bad-yaml intents/flows/refund.yaml:2:1"]),
    (
        "intents/security.yaml",
        "examples: {zh-CN: [账户不安全]}\ndoes: {handof: {department: risk}}\n",
        &["missing-key intents/security.yaml:2:7", "unknown-key intents/security.yaml:2:8"],
    ),
    (
        "knowledge-base/calendar.yaml",
        "timezone: Asia/Shanghai\nhours: {chat: always}\n---\nx: y\n",
        &["bad-yaml knowledge-base/calendar.yaml:3:1"],
    ),
    // front matter
    (X, "---\nquestion: 如何撤回\n---", &["empty-text knowledge-base/refund/x.md:2:1"]),
    (
        X,
        "\u{FEFF}---\r\nquestion: 如何撤回\r\n---\r\n{{dais}}\r\n",
        &["missing-variable knowledge-base/refund/x.md:4:1"],
    ),
    // what a flow asks for though it can do without, and what it says where nothing is left to do
    (
        "intents/flows/refund.yaml",
        "opening: 好的\nslots:\n  - {name: reason, choices: [a, b], required: true, ask: 原因？}\n  - {name: phone, entity: phone, ask_optional: {reson: [a]}, ask: 电话？}\nsettled: {statuses: [refunded], reply: 已退, entry: tmie}\nthen: {reply: 好}\n",
        &["broken-slot intents/flows/refund.yaml:4:49", "broken-related intents/flows/refund.yaml:5:51"],
    ),
    (
        "intents/flows/refund.yaml",
        "opening: 好的\nslots:\n  - {name: reason, choices: [a, b], required: true, ask: 原因？}\n  - {name: phone, entity: phone, ask_optional: {reason: [c]}, ask: 电话？}\nthen: {reply: 好}\n",
        &["broken-slot intents/flows/refund.yaml:4:58"],
    ),
    // translations
    (
        "knowledge-base/refund/time.zh-CN.md",
        "---\nquestion: 换\n---\n换。\n",
        &["orphan-translation knowledge-base/refund/time.zh-CN.md:1:1"],
    ),
    (
        "knowledge-base/other/time.en.md",
        "---\nquestion: How\n---\nSo.\n",
        &["orphan-translation knowledge-base/other/time.en.md:1:1"],
    ),
    (
        "knowledge-base/refund/time.en.md",
        "---\nquestion: How\nrelated: [apply]\n---\nSo.\n",
        &["unknown-key knowledge-base/refund/time.en.md:3:1"],
    ),
    // the place within quoted, folded and literal texts
    (
        "intents/flows/refund.yaml",
        "opening: |\n  好\n  请 {{dais}} 天\nthen: {reply: 好}\n",
        &["missing-variable intents/flows/refund.yaml:3:5"],
    ),
    (
        "intents/flows/refund.yaml",
        "opening: >\n  好\n  请 {{dais}} 天\nthen: {reply: 好}\n",
        &["missing-variable intents/flows/refund.yaml:3:5"],
    ),
    (
        "intents/flows/refund.yaml",
        "opening: \"他\\\"说\\\" {{dais}}\"\nthen: {reply: 'it''s {{dais}}'}\n",
        &["missing-variable intents/flows/refund.yaml:1:18", "missing-variable intents/flows/refund.yaml:2:22"],
    ),
    // rules, phrasings
    ("intents/rules.yaml", "- {id: stolen, any: [], intent: security}\n", &["missing-key intents/rules.yaml:1:21"]),
    ("intents/canned.yaml", "- {id: Hi, title: 问候, text: 您好}\n", &["bad-value intents/canned.yaml:1:8"]),
    (
        "intents/canned.yaml",
        "- {id: hi, title: 问候, text: 您好}\n- {id: hi, title: 问候, text: 您好}\n",
        &["duplicate-id intents/canned.yaml:2:8"],
    ),
    (X, "---\nquestion: 如何撤回\nnever: [？]\n---\n答。\n", &["empty-text knowledge-base/refund/x.md:3:9"]),
    // variables
    (
        "knowledge-base/variables.yaml",
        "days: {value: \"{{x}}\"}\nfeature.balance: {value: true}\n",
        &["bad-template knowledge-base/variables.yaml:1:15"],
    ),
    // lists
    (
        "knowledge-base/empty/_category.yaml",
        "title: 空\n",
        &["missing-category knowledge-base/empty/_category.yaml:1:1"],
    ),
    ("knowledge-base/synonyms.txt", "甲 =>\n", &["empty-text knowledge-base/synonyms.txt:1:1"]),
    ("knowledge-base/synonyms.txt", "退款，退费\n", &["bad-value knowledge-base/synonyms.txt:1:1"]),
    ("knowledge-base/dictionary.txt", "退款进度 3 n x\n", &["bad-value knowledge-base/dictionary.txt:1:1"]),
    (
        "knowledge-base/official-contacts.yaml",
        "domains: [cn, \"https://a.b\"]\nphones: [abc]\nemails: [x]\n",
        &[
            "bad-value knowledge-base/official-contacts.yaml:1:11",
            "bad-value knowledge-base/official-contacts.yaml:1:15",
            "bad-value knowledge-base/official-contacts.yaml:2:10",
            "bad-value knowledge-base/official-contacts.yaml:3:10",
        ],
    ),
    (
        "knowledge-base/sample-transactions.csv",
        "order_number,time,amount,status,cause,account_flags\nCG1,2026-11-01T00:00:00Z,1.00,payed,,\nCG2,2026-11-01T00:00:00Z,1.00,paid,,\nCG2,2026-11-01T00:00:00Z,1.00,paid,,\n",
        &[
            "bad-csv knowledge-base/sample-transactions.csv:2:1",
            "duplicate-id knowledge-base/sample-transactions.csv:4:1",
        ],
    ),
    // what a customer reads is what is searched
    (
        X,
        "---\nquestion: 如何撤回\nactions: [{label: 把验证码发给我们, url: \"https://cgpay.example\"}]\n---\n答。\n",
        &["phishing-request knowledge-base/refund/x.md:3:20"],
    ),
    (
        "knowledge-base/refund/time.zh-TW.md",
        "---\nquestion: 多久\n---\n請把驗證碼發給我們。\n",
        &["phishing-request knowledge-base/refund/time.zh-TW.md:4:3"],
    ),
];

#[test]
fn each_fault_is_reported_once_with_its_place() {
    for (path, text, expected) in CASES {
        assert_eq!(faults(&[(path, text)]), *expected, "{path}\n{text}");
    }
}

#[test]
fn what_markdown_hides_is_found_where_it_is_written() {
    for (body, place) in [
        ("请把验**证**码发给我们。", "phishing-request knowledge-base/refund/x.md:4:3"),
        ("好。\n\n请把验&#35777;码发给我们。", "phishing-request knowledge-base/refund/x.md:6:3"),
        ("请把验证码\n发给我们。", "phishing-request knowledge-base/refund/x.md:4:3"),
        ("请提供以下信息：\n\n- 姓名\n- 支付密码", "phishing-request knowledge-base/refund/x.md:4:2"),
        ("[官网](https://evil.dev/x)", "phishing-contact knowledge-base/refund/x.md:4:6"),
        ("联系电话13800138000。", "phishing-contact knowledge-base/refund/x.md:4:5"),
    ] {
        assert_eq!(faults(&[(X, &entry(body))]), [place], "{body}");
    }
}

#[test]
fn values_are_put_in_before_a_text_is_searched() {
    let variables = "days: {value: \"3\"}\nfeature.balance: {value: true}\na: {value: 验证}\nb: {value: \"138\"}\nc: {value: \"00138000\"}\n";
    let found = faults(&[
        ("knowledge-base/variables.yaml", variables),
        (X, &entry("请把{{a}}码发给我们。\n\n联系 {{b}}{{c}}")),
    ]);
    assert_eq!(
        found,
        ["phishing-request knowledge-base/refund/x.md:4:3", "phishing-contact knowledge-base/refund/x.md:6:4"]
    );
    let variables = "days: {value: \"13800138000\", kind: phone}\nfeature.balance: {value: true}\n";
    assert_eq!(
        faults(&[("knowledge-base/variables.yaml", variables)]),
        ["phishing-contact knowledge-base/variables.yaml:1:15"]
    );
}

#[test]
fn a_one_way_synonym_may_mean_several() {
    let (content, found) = read_with(&[("knowledge-base/synonyms.txt", "甲, 子 => 乙, 丙\n")]);
    assert_eq!(found, []);
    let groups: Vec<(String, Option<&str>)> =
        content.synonyms.iter().map(|group| (group.words.join(" "), group.means.as_deref())).collect();
    assert_eq!(groups, [("甲 子".to_owned(), Some("乙")), ("甲 子".to_owned(), Some("丙"))]);
}

#[test]
fn a_translation_never_takes_the_place_of_the_entrys_own_text() {
    let (content, _) = read_with(&[("knowledge-base/refund/time.zh-CN.md", "---\nquestion: 换\n---\n换。\n")]);
    let entry = content.entries.iter().find(|entry| entry.id.0 == "time").unwrap();
    assert_eq!(entry.texts.get(&LanguageTag::zh_cn()).unwrap().body, "很快。");
}

#[test]
fn a_rule_that_catches_a_phrasing_is_named_with_its_place() {
    let (_, found) = read_with(&[(X, "---\nquestion: 卡被盗刷怎么办\n---\n答。\n")]);
    assert_eq!(found.len(), 1);
    assert!(
        found[0].message.ends_with("the rule \"stolen\" leads this to the intent \"security\": intents/rules.yaml:1:8"),
        "{}",
        found[0].message
    );
}

#[test]
fn the_mark_stands_below_the_place_of_a_long_line() {
    let many: Vec<String> = (0..60).map(|number| format!("第{number}个")).collect();
    let text = format!(
        "examples: {{zh-CN: [{}, 我要退款, {}]}}\ndoes: {{handoff: {{department: risk}}}}\n",
        many.join(", "),
        "尾".repeat(200)
    );
    let (_, found) = read_with(&[("intents/security.yaml", &text)]);
    let shown: String = found[0].excerpt.chars().skip(found[0].mark).take(4).collect();
    assert_eq!(shown, "我要退款");
    assert!(
        found[0].excerpt.starts_with('…') && found[0].excerpt.ends_with('…') && found[0].excerpt.chars().count() <= 162
    );
}
