//! What the gate says to edits of a small knowledge base.

use crate::evaluation::gate_fixture::{BEFORE, GREET, QUESTIONS, RULES, TIME, WITHDRAW, gate_of, judged, judged_as};
use crate::evaluation::verdict::Fault;
use crate::knowledge::diagnostic::Severity;

use super::*;

#[test]
fn the_first_revision_passes_on_its_own() {
    let report = judge(&gate_of(&BEFORE, &|message, now| BEFORE.answer(message, now)), &|_| {});
    assert!(report.passed && !report.can_be_forced, "{}", report.render());
    assert_eq!(report.verbatim.n, 17, "what a switch hides is not asked");
    assert_eq!((report.never.n, report.labelled.n, report.labelled.accepted), (2, 4, 4));
    assert_eq!(report.changed_recent, ChangedAnswers::default());
}

#[test]
fn an_honest_edit_passes() {
    let text = "---\nquestion: 退款多久到账\nsimilar: [退款几天能到, 退的钱什么时候到]\nnever: [转账多久到账]\n---\n\n五天。\n";
    let report =
        judged(&[(TIME, text), ("knowledge-base/announcements/x.md", "---\ntitle: 新\nkind: notice\n---\n\n好。\n")]);
    assert!(report.passed, "{}", report.render());
    assert_eq!(report.regressions, []);
}

#[test]
fn what_does_harm_cannot_be_forced() {
    let withdraw = "---\nquestion: 余额怎么提现\nsimilar: [提现到银行卡要怎么操作, 卡被盗刷怎么办]\nrequires: feature.balance\n---\n\n点提现。\n";
    let report = judged(&[(WITHDRAW, withdraw), (RULES, "")]);
    let harmed =
        Harmed { id: "q4".to_owned(), text: "卡被盗刷怎么办".to_owned(), now: "balance-withdraw".to_owned() };
    assert_eq!((report.never.n_failures, &report.never.failures[..]), (1, &[harmed][..]), "{}", report.render());
    assert!(!report.passed && !report.can_be_forced);
    // An engine that does not heed an entry's `never` is found out.
    let careless = |message: &Message<'_>, now| match message.text {
        "转账多久到账" => BEFORE.answer(&Message::new("退款多久到账"), now),
        _ => BEFORE.answer(message, now),
    };
    let report = judge(&gate_of(&BEFORE, &careless), &|_| {});
    assert_eq!((report.never.n_failures, report.never.failures[0].id.as_str()), (1, "refund-time"));
    assert!(!report.passed && !report.can_be_forced);
}

#[test]
fn a_stored_question_that_is_misled_cannot_be_forced() {
    let careless = |message: &Message<'_>, now| match message.text {
        "在吗" => BEFORE.answer(&Message::new("退款多久到账"), now),
        _ => BEFORE.answer(message, now),
    };
    let report = judge(&gate_of(&BEFORE, &careless), &|_| {});
    let misled =
        Misled { text: "在吗".to_owned(), own: "intent:smalltalk.greet".to_owned(), now: "refund-time".to_owned() };
    assert_eq!((report.verbatim.n_failures, &report.verbatim.failures[..]), (1, &[misled][..]));
    assert!(!report.passed && !report.can_be_forced);
}

#[test]
fn errors_are_listed_and_nothing_is_asked() {
    let report = judged_as(&[(TIME, "")], |_, gate| {
        let nobody = |_: &Message<'_>, _| -> Turn { panic!("asked") };
        judge(&Gate { new: &nobody, ..gate }, &|_| {})
    });
    assert_eq!((report.checked.n_errors, report.labelled.n), (1, 0));
    let Fault { code, file, line, .. } = &report.checked.errors[0];
    assert_eq!((code.as_str(), file.as_str(), *line), ("unknown-outcome", QUESTIONS, 2));
    assert!(!report.passed && !report.can_be_forced);
    assert!(report.render().starts_with("FAILED check: 1 error"), "{}", report.render());
    assert!(BEFORE.diagnostics.iter().all(|diagnostic| diagnostic.severity == Severity::Warning));
    assert_eq!(GateReport::of_errors(&BEFORE.diagnostics), None);
}

#[test]
fn a_share_below_the_floor_can_be_forced() {
    let questions = "{\"id\": \"q1\", \"text\": \"退款要怎么操作\", \"accept\": [\"refund-apply\"]}\n\
                     {\"id\": \"q2\", \"text\": \"你好\", \"accept\": [\"refund-time\"]}\n";
    let report = judged(&[(QUESTIONS, questions)]);
    assert_eq!((report.labelled.share, report.regressions.len()), (0.5, 0));
    assert!(!report.passed && report.can_be_forced);
    let lower = judged_as(&[(QUESTIONS, questions)], |_, gate| judge(&Gate { floor: 0.5, ..gate }, &|_| {}));
    assert!(lower.passed, "{}", lower.render());
    let nothing = judged(&[(QUESTIONS, "")]);
    assert!(nothing.passed && nothing.labelled.share == 1.0);
}

#[test]
fn what_changes_for_recent_questions_is_shown_and_not_judged() {
    let asked = |text: &str, n| RecentQuestion { text: text.to_owned(), language: None, channel: "app".to_owned(), n };
    let recent = [asked("在吗", 3), asked("退款多久到账", 7), asked("哈喽", 9)];
    let greet = (GREET, "examples: {zh-CN: [你好]}\ndoes: {reply: 您好}\n");
    let mood = ("intents/smalltalk.mood.yaml", "examples: {zh-CN: [在吗, 哈喽]}\ndoes: {reply: 在的}\n");
    let report = judged_as(&[greet, mood], |_, gate| judge(&Gate { recent: &recent, ..gate }, &|_| {}));
    let changed = &report.changed_recent;
    assert_eq!((changed.n, changed.changed), (3, 2));
    let shown: Vec<(&str, usize, &str)> =
        changed.examples.iter().map(|change| (change.text.as_str(), change.n, change.now.as_str())).collect();
    assert_eq!(shown, [("哈喽", 9, "intent:smalltalk.mood"), ("在吗", 3, "intent:smalltalk.mood")]);
    assert!(report.passed, "{}", report.render());
}

#[test]
fn the_report_survives_json_and_reads_well() {
    let rules = "- {id: stolen, any: [被盗刷], intent: security.incident}\n- {id: hi, any: [几天能到账], intent: smalltalk.greet}\n";
    let report = judged(&[(RULES, rules)]);
    let json = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<GateReport>(&json).unwrap(), report);
    let expected = "\
ok     check: no error
ok     stored questions, word for word: all 17 get their own answer
ok     answers that must never be given: none of 2 is
FAILED labelled questions: 1 was right and is wrong now
    \"退费几天能到账\" (q2): refund-time → intent:smalltalk.greet
        by intents/rules.yaml: the new rule \"hi\" catches this and leads it to intent:smalltalk.greet
FAILED labelled questions that are right: 3 of 4, 75.00 %; at least 90.00 %
       recent questions: 0 of 0 get another answer
The gate is not passed. It can be forced, with a note that says why.
";
    assert_eq!(report.render(), expected);
}

#[test]
fn progress_ends_with_all_that_was_asked() {
    let most = std::sync::Mutex::new((0, 0));
    let note = |progress: Progress| {
        let mut most = most.lock().unwrap();
        *most = (most.0.max(progress.n_asked), progress.n);
    };
    judge(&gate_of(&BEFORE, &|message, now| BEFORE.answer(message, now)), &note);
    assert_eq!(*most.lock().unwrap(), (22, 22));
}
