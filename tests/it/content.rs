//! Every fault of the content is reported with its exact line and column, and never only the first.

use proptest::prelude::*;
use yingda::files;
use yingda::knowledge::content::SourceFile;
use yingda::knowledge::diagnostic::{CODES, Diagnostic, Severity};
use yingda::knowledge::{ReadOptions, read};

/// A small content without a fault, to which each case adds one.
const CLEAN: &[(&str, &str)] = &[
    ("knowledge-base/variables.yaml", "days: {value: \"3\"}\nfeature.balance: {value: true}\n"),
    ("knowledge-base/official-contacts.yaml", "domains: [cgpay.example]\nphones: [400-000-0000]\n"),
    ("knowledge-base/departments.yaml", "risk: {title: {zh-CN: 风控}}\n"),
    ("knowledge-base/refund/_category.yaml", "title: {zh-CN: 退款}\n"),
    (
        "knowledge-base/refund/apply.md",
        "---\nquestion: 怎么申请退款\nrequires: feature.balance\n---\n{{days}} 天内审核。\n",
    ),
    ("knowledge-base/refund/time.md", "---\nquestion: 退款多久到账\nsteps: guided\n---\n1. 很快。\n2. 等着。\n"),
    ("intents/refund.request.yaml", "examples: {zh-CN: [我要退款]}\ndoes: {flow: refund}\n"),
    ("intents/security.yaml", "examples: {zh-CN: [账户不安全]}\ndoes: {handoff: {department: risk}}\n"),
    ("intents/rules.yaml", "- {id: stolen, any: [盗刷], intent: security}\n"),
    (
        "intents/flows/refund.yaml",
        "opening: 好的\nslots:\n  - {name: reason, choices: [a, b], ask: 原因？}\nthen: {case: refund, reply: 已登记}\n",
    ),
];

fn file(path: &str, text: &str) -> SourceFile {
    SourceFile { path: path.to_owned(), bytes: text.as_bytes().to_vec() }
}

/// The clean content with one file put in place of another, or added.
fn with(path: &str, text: &str) -> Vec<SourceFile> {
    let mut files: Vec<SourceFile> =
        CLEAN.iter().filter(|(known, _)| *known != path).map(|(path, text)| file(path, text)).collect();
    files.push(file(path, text));
    files
}

fn faults(files: &[SourceFile]) -> Vec<Diagnostic> {
    read(files, &ReadOptions { at: "2026-11-23T02:00:00Z".parse().ok() }).1
}

#[test]
fn clean_content_has_no_fault() {
    let clean: Vec<SourceFile> = CLEAN.iter().map(|(path, text)| file(path, text)).collect();
    assert_eq!(faults(&clean), []);
}

/// code, file, its text, the line and column where the fault is reported.
const FAULTS: &[(&str, &str, &str, usize, usize)] = &[
    ("bad-yaml", "intents/rules.yaml", "- {id: stolen, any: [盗刷, intent: security}\n", 2, 1),
    (
        "bad-yaml",
        "knowledge-base/departments.yaml",
        "risk: {title: {zh-CN: 风控}}\nother: &a {title: x}\nthird: *a\n",
        2,
        8,
    ),
    ("missing-front-matter", "knowledge-base/refund/x.md", "question: 问\n", 1, 1),
    ("missing-front-matter", "knowledge-base/refund/x.md", "---\nquestion: 问\n", 1, 1),
    ("unexpected-file", "knowledge-base/notes.txt", "x\n", 1, 1),
    ("unexpected-file", "knowledge-base/questions/readme.md", "x\n", 1, 1),
    ("unknown-key", "knowledge-base/refund/x.md", "---\nquestion: 如何撤回\nsimlar: [a]\n---\n答。\n", 3, 1),
    (
        "unknown-key",
        "intents/flows/refund.yaml",
        "opening: 好\nslots:\n  - {name: reason, choises: [a], ask: 问？}\nthen: {reply: 好}\n",
        3,
        20,
    ),
    ("missing-key", "knowledge-base/refund/x.md", "---\nsimilar: [如何撤回]\n---\n答。\n", 2, 1),
    (
        "missing-key",
        "knowledge-base/refund/x.md",
        "---\nquestion: 如何撤回\nactions: [{label: 去}]\n---\n答。\n",
        3,
        11,
    ),
    (
        "missing-key",
        "knowledge-base/variables.yaml",
        "days: {value: \"3\"}\nfeature.balance: {value: true}\nx: {sample: true}\n",
        3,
        1,
    ),
    ("duplicate-key", "knowledge-base/refund/x.md", "---\nquestion: 如何撤回\nquestion: 撤回\n---\n答。\n", 3, 1),
    ("wrong-type", "knowledge-base/refund/x.md", "---\nquestion: 如何撤回\nsimilar: 撤回\n---\n答。\n", 3, 10),
    ("wrong-type", "knowledge-base/departments.yaml", "risk: 风控\n", 1, 7),
    ("bad-value", "knowledge-base/refund/x.md", "---\nquestion: 如何撤回\nreview_by: soon\n---\n答。\n", 3, 12),
    ("bad-value", "knowledge-base/refund/x.zh_CN.md", "---\nquestion: 如何撤回\n---\n答。\n", 1, 1),
    ("bad-value", "knowledge-base/departments.yaml", "risk: {title: {zh-CN: 风控}, resolve: 3 weeks}\n", 1, 37),
    ("bad-value", "knowledge-base/calendar.yaml", "timezone: Mars/Base\nhours: {chat: always}\n", 1, 11),
    ("bad-value", "knowledge-base/synonyms.txt", "# groups\n退款\n", 2, 1),
    ("bad-value", "knowledge-base/dictionary.txt", "退款进度 many\n", 1, 1),
    ("unknown-value", "knowledge-base/refund/x.md", "---\nquestion: 如何撤回\naudience: [buyers]\n---\n答。\n", 3, 12),
    (
        "unknown-value",
        "intents/security.yaml",
        "examples: {zh-CN: [账户不安全]}\ndoes: {handoff: {department: risk, priority: hihg}}\n",
        2,
        46,
    ),
    ("empty-text", "knowledge-base/refund/x.md", "---\nquestion: 如何撤回\nsimilar: [\"？？\"]\n---\n答。\n", 3, 11),
    ("empty-text", "knowledge-base/refund/x.md", "---\nquestion: 如何撤回\n---\n", 2, 1),
    ("duplicate-id", "knowledge-base/security/apply.md", "---\nquestion: 如何撤回\n---\n答。\n", 1, 1),
    (
        "duplicate-id",
        "intents/rules.yaml",
        "- {id: stolen, any: [盗刷], intent: security}\n- {id: stolen, any: [被盗], intent: security}\n",
        2,
        8,
    ),
    (
        "duplicate-phrasing",
        "knowledge-base/refund/x.md",
        "---\nquestion: 如何撤回\nsimilar: [退款　多久到賬？]\n---\n答。\n",
        3,
        11,
    ),
    (
        "duplicate-phrasing",
        "knowledge-base/refund/x.md",
        "---\nquestion: 如何撤回\nsimilar:\n  - 我要退款！\n---\n答。\n",
        4,
        5,
    ),
    (
        "repeated-phrasing",
        "knowledge-base/refund/x.md",
        "---\nquestion: 如何撤回\nsimilar: [如何撤回？]\n---\n答。\n",
        3,
        11,
    ),
    (
        "never-is-phrasing",
        "knowledge-base/refund/x.md",
        "---\nquestion: 如何撤回\nnever: [如何撤回]\n---\n答。\n",
        3,
        9,
    ),
    ("phrasing-caught-by-rule", "knowledge-base/refund/x.md", "---\nquestion: 卡被盗刷怎么办\n---\n答。\n", 2, 11),
    ("orphan-translation", "knowledge-base/refund/x.en.md", "---\nquestion: How\n---\nSo.\n", 1, 1),
    (
        "guided-without-steps",
        "knowledge-base/refund/x.md",
        "---\nquestion: 如何撤回\nsteps: guided\n---\n- 先等。\n- 再等。\n",
        3,
        8,
    ),
    (
        "guided-steps-differ",
        "knowledge-base/refund/time.en.md",
        "---\nquestion: How long does it take\n---\n1. Not long.\n",
        1,
        1,
    ),
    (
        "missing-variable",
        "knowledge-base/refund/x.md",
        "---\nquestion: 如何撤回\n---\n先等。\n等 {{dais}} 天。\n",
        5,
        3,
    ),
    (
        "missing-variable",
        "knowledge-base/refund/x.md",
        "---\nquestion: 如何撤回\nactions: [{label: 去, url: \"https://{{size}}/x\"}]\n---\n答。\n",
        3,
        36,
    ),
    (
        "unused-variable",
        "knowledge-base/variables.yaml",
        "days: {value: \"3\"}\nfeature.balance: {value: true}\nx: {value: y}\n",
        3,
        1,
    ),
    ("bad-template", "knowledge-base/refund/x.md", "---\nquestion: 如何撤回\n---\n等 {{days} 天。\n", 4, 3),
    ("broken-related", "knowledge-base/refund/x.md", "---\nquestion: 如何撤回\nrelated: [aply]\n---\n答。\n", 3, 11),
    ("broken-related", "knowledge-base/refund/x.md", "---\nquestion: 如何撤回\nrelated: [x]\n---\n答。\n", 3, 11),
    (
        "broken-requires",
        "knowledge-base/refund/x.md",
        "---\nquestion: 如何撤回\nrequires: feature.balanse\n---\n答。\n",
        3,
        11,
    ),
    ("broken-requires", "knowledge-base/refund/x.md", "---\nquestion: 如何撤回\nrequires: days\n---\n答。\n", 3, 11),
    (
        "broken-action",
        "knowledge-base/refund/x.md",
        "---\nquestion: 如何撤回\nactions: [{label: 退, intent: refund.requests}]\n---\n答。\n",
        3,
        30,
    ),
    (
        "action-label",
        "knowledge-base/refund/x.md",
        "---\nquestion: 如何撤回\nactions: [{label: 退, intent: refund.request}]\n---\n答。\n",
        3,
        19,
    ),
    ("broken-flow", "intents/refund.request.yaml", "examples: {zh-CN: [我要退款]}\ndoes: {flow: refunds}\n", 2, 14),
    (
        "broken-department",
        "intents/feedback.yaml",
        "examples: {zh-CN: [我有建议]}\ndoes: {reply: 谢谢, case: suggestion, department: genral}\n",
        2,
        49,
    ),
    (
        "missing-key",
        "intents/feedback.yaml",
        "examples: {zh-CN: [我有建议]}\ndoes: {reply: 谢谢, case: suggestion}\n",
        2,
        7,
    ),
    ("unused-flow", "intents/flows/other.yaml", "opening: 好\nthen: {reply: 好}\n", 1, 1),
    ("broken-intent", "intents/rules.yaml", "- {id: stolen, any: [盗刷], intent: securty}\n", 1, 35),
    (
        "broken-department",
        "intents/security.yaml",
        "examples: {zh-CN: [账户不安全]}\ndoes: {handoff: {department: rsk}}\n",
        2,
        30,
    ),
    (
        "broken-department",
        "knowledge-base/departments.yaml",
        "risk: {title: {zh-CN: 风控}, escalate_to: a}\na: {title: {zh-CN: 甲}, escalate_to: risk}\n",
        1,
        1,
    ),
    (
        "broken-slot",
        "intents/flows/refund.yaml",
        "opening: 好\nslots:\n  - {name: oder_number, entity: order_number, ask: 问？}\nthen: {reply: 好}\n",
        3,
        12,
    ),
    (
        "broken-slot",
        "intents/flows/refund.yaml",
        "opening: 好\nslots:\n  - {name: reason, choices: [a, b], ask: 问？}\neligible: [{when: {reason: [c]}, then: open}]\nthen: {reply: 好}\n",
        4,
        29,
    ),
    ("bad-pattern", "intents/rules.yaml", "- {id: stolen, pattern: \"盗(刷\", intent: security}\n", 1, 25),
    ("bad-pattern", "intents/rules.yaml", "- {id: stolen, pattern: \".*\", intent: security}\n", 1, 25),
    (
        "bad-validity",
        "knowledge-base/refund/x.md",
        "---\nquestion: 如何撤回\nvalid: {from: 2027-01-02T00:00:00+08:00, until: 2027-01-01T00:00:00+08:00}\n---\n答。\n",
        3,
        8,
    ),
    (
        "bad-validity",
        "knowledge-base/calendar.yaml",
        "timezone: Asia/Shanghai\nhours: {phone: [{days: mon-fri, from: \"18:00\", to: \"09:00\"}]}\n",
        2,
        17,
    ),
    (
        "overlapping-validity",
        "knowledge-base/calendar.yaml",
        "timezone: Asia/Shanghai\nhours: {chat: always}\nholidays: [{from: 2027-01-01, to: 2027-01-03, name: 元旦}, {from: 2027-01-03, to: 2027-01-04, name: 又}]\n",
        3,
        58,
    ),
    (
        "expired",
        "knowledge-base/refund/x.md",
        "---\nquestion: 如何撤回\nvalid: {until: 2026-01-01T00:00:00+08:00}\n---\n答。\n",
        3,
        8,
    ),
    (
        "review-overdue",
        "knowledge-base/refund/x.md",
        "---\nquestion: 如何撤回\nreview_by: 2026-05-01\n---\n答。\n",
        3,
        12,
    ),
    ("html-in-answer", "knowledge-base/refund/x.md", "---\nquestion: 如何撤回\n---\n好\n\n见 <b>这里</b>\n", 6, 3),
    (
        "phishing-request",
        "knowledge-base/refund/x.md",
        "---\nquestion: 如何撤回\n---\n请稍等。\n请把验证码发给我们。\n",
        5,
        3,
    ),
    (
        "phishing-request",
        "intents/security.yaml",
        "examples: {zh-CN: [账户不安全]}\ndoes: {handoff: {department: risk}, reply: {en: Please send us your password}}\n",
        2,
        56,
    ),
    ("phishing-contact", "knowledge-base/refund/x.md", "---\nquestion: 如何撤回\n---\n拨打 13800138000。\n", 4, 4),
    (
        "phishing-contact",
        "knowledge-base/variables.yaml",
        "days: {value: \"3\"}\nfeature.balance: {value: true, en: evil.com}\n",
        2,
        36,
    ),
    (
        "bad-json",
        "knowledge-base/questions/fit-a.jsonl",
        "{\"id\": \"1\", \"text\": \"问\", \"accept\": [\"apply\"]}\n{\"id\": 退}\n",
        2,
        8,
    ),
    (
        "missing-key",
        "knowledge-base/questions/fit-a.jsonl",
        "{\"id\": \"1\", \"text\": \"问\", \"accept\": []}\n",
        1,
        1,
    ),
    (
        "unknown-outcome",
        "knowledge-base/questions/fit-a.jsonl",
        "{\"id\": \"1\", \"text\": \"问\", \"accept\": [\"aply\"]}\n",
        1,
        1,
    ),
    (
        "unknown-outcome",
        "knowledge-base/questions/fit-a.jsonl",
        "{\"id\": \"1\", \"text\": \"问\", \"accept\": [\"intent:x\"]}\n",
        1,
        1,
    ),
    (
        "contradiction",
        "knowledge-base/questions/fit-a.jsonl",
        "{\"id\": \"1\", \"text\": \"问\", \"accept\": [\"apply\"], \"never\": [\"apply\"]}\n",
        1,
        1,
    ),
    ("synonym-twice", "knowledge-base/synonyms.txt", "退款, 退费\n退钱, 退款\n", 2, 5),
    ("word-twice", "knowledge-base/dictionary.txt", "退款进度\n退款進度\n", 2, 1),
    ("missing-category", "knowledge-base/other/x.md", "---\nquestion: 如何撤回\n---\n答。\n", 1, 1),
    (
        "bad-csv",
        "knowledge-base/sample-transactions.csv",
        "order_number,time,amount,status,cause,account_flags\nCG1,yesterday,1.00,paid,,\n",
        2,
        1,
    ),
];

#[test]
fn every_fault_has_its_line_and_column() {
    let mut wrong = String::new();
    for (code, path, text, line, column) in FAULTS {
        let found = faults(&with(path, text));
        let places: Vec<(&str, usize, usize)> = found
            .iter()
            .filter(|fault| fault.file == *path)
            .map(|fault| (fault.code, fault.line, fault.column))
            .collect();
        if !places.contains(&(code, *line, *column)) {
            wrong.push_str(&format!("{code} {line}:{column} in {path}: {places:?}\n{text}\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn bytes_that_are_no_text_are_named() {
    let mut files = with("knowledge-base/refund/x.md", "");
    let bytes = b"---\nquestion: \xE9\x80\x80\xFF\n---\nx\n".to_vec();
    files.push(SourceFile { path: "knowledge-base/refund/y.md".to_owned(), bytes });
    let places: Vec<_> = faults(&files)
        .into_iter()
        .filter(|fault| fault.code == "not-utf8")
        .map(|fault| (fault.line, fault.column))
        .collect();
    assert_eq!(places, [(2, 12)]);
}

#[test]
fn announcements_that_say_the_same_at_the_same_time() {
    let announcement = "---\ntitle: 维护\nkind: notice\nvalid: {from: 2026-11-01T00:00:00+08:00}\n---\n维护。\n";
    let mut files = with("knowledge-base/announcements/a.md", announcement);
    files.push(file("knowledge-base/announcements/b.md", announcement));
    let found = faults(&files);
    assert_eq!(
        found.iter().map(|fault| (fault.code, fault.file.as_str(), fault.line, fault.column)).collect::<Vec<_>>(),
        [("overlapping-validity", "knowledge-base/announcements/b.md", 4, 8)]
    );
    assert!(found[0].message.contains("knowledge-base/announcements/a.md:4:8"));
}

#[test]
fn every_code_has_a_case_and_a_line_in_the_manual() {
    let manual = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/CHECKS.md")).unwrap();
    for (code, severity, meaning) in CODES {
        let severity = if *severity == Severity::Error { "error" } else { "warning" };
        let line = format!("| `{code}` | {severity} | {meaning} |");
        assert!(manual.contains(&line), "docs/CHECKS.md lacks the line\n{line}");
        let tested = FAULTS.iter().any(|(known, ..)| known == code);
        assert!(tested || *code == "not-utf8", "no case for {code}");
    }
}

#[test]
fn all_faults_are_reported_and_both_places_are_named() {
    let found = faults(&with(
        "knowledge-base/refund/x.md",
        "---\nquestion: 退款多久到账\nsimlar: [a]\nrelated: [nobody]\n---\n{{nothing}}\n",
    ));
    let codes: Vec<&str> = found.iter().map(|fault| fault.code).collect();
    assert_eq!(codes, ["duplicate-phrasing", "unknown-key", "broken-related", "missing-variable"]);
    assert!(found[0].message.contains("knowledge-base/refund/time.md:2:11"), "{}", found[0].message);
    assert_eq!(found[1].hint.as_deref(), Some("did you mean \"similar\"?"));
    let rendered = found[1].render();
    assert!(rendered.starts_with("knowledge-base/refund/x.md:3:1: error[unknown-key]"), "{rendered}");
    assert!(rendered.contains("3 | simlar: [a]\n  | ^\n"), "{rendered}");
}

#[test]
fn checking_hangs_on_no_date_unless_asked() {
    let files = with(
        "knowledge-base/refund/x.md",
        "---\nquestion: 如何撤回\nreview_by: 2020-01-01\nvalid: {until: 2020-01-01T00:00:00Z}\n---\n答。\n",
    );
    assert_eq!(read(&files, &ReadOptions::default()).1, []);
    assert_eq!(faults(&files).len(), 2);
}

#[test]
fn the_shipped_content_has_no_fault() {
    let (content, found) = read(files::sample(), &ReadOptions::default());
    let shown: Vec<String> = found.iter().take(20).map(ToString::to_string).collect();
    assert_eq!(shown, Vec::<String>::new());
    assert!(content.entries.len() >= 87 && content.intents.len() >= 22);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), which in 0..13_usize) {
        let paths = [
            "knowledge-base/a/b.md", "knowledge-base/variables.yaml", "knowledge-base/synonyms.txt", "knowledge-base/dictionary.txt",
            "knowledge-base/calendar.yaml", "knowledge-base/questions/x.jsonl", "knowledge-base/sample-transactions.csv",
            "intents/x.yaml", "intents/rules.yaml", "intents/flows/x.yaml", "intents/texts.yaml", "intents/canned.yaml",
            "knowledge-base/surveys/x.yaml",
        ];
        let _ = read(&[SourceFile { path: paths[which].to_owned(), bytes }], &ReadOptions::default());
    }

    #[test]
    fn mutilated_files_are_read_without_a_panic(which in 0..10_usize, cut in 0..200_usize, put in "[\\[\\]{}:,\"'&*!|>%@`#\\- \\n退]{0,4}") {
        let (path, text) = CLEAN[which % CLEAN.len()];
        let chars: Vec<char> = text.chars().collect();
        let at = cut % (chars.len() + 1);
        let mutilated: String = chars[..at].iter().copied().chain(put.chars()).chain(chars[(at + 1).min(chars.len())..].iter().copied()).collect();
        let _ = faults(&with(path, &mutilated));
    }
}

#[test]
fn the_console_has_words_for_every_code() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("web/console");
    for name in ["texts-zh-checks.js", "texts-en-checks.js"] {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        let known = text.lines().filter_map(|line| line.trim_start().strip_prefix('\'')?.split_once("': '"));
        let known: Vec<&str> = known.map(|(code, _)| code).collect();
        let codes: Vec<&str> = CODES.iter().map(|(code, ..)| *code).collect();
        assert_eq!(known, codes, "{name}");
    }
}
