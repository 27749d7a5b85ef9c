//! Edits of a small knowledge base, and the ones that are named for what they break.

use crate::assistant::turn::Message;
use crate::evaluation::gate::{Gate, judge};
use crate::evaluation::gate_fixture::{
    BEFORE, GREET, QUESTIONS, RULES, Revision, SYNONYMS, TIME, VARIABLES, WITHDRAW, judged, judged_as, now,
};
use crate::evaluation::verdict::{GateReport, Regression};

use super::*;

/// The regressions of a report: the line's id, the new outcome, the file and the reason.
fn named(report: &GateReport) -> Vec<(&str, &str, &str, &str)> {
    let regressions = report.regressions.iter();
    let none = ("", "");
    regressions
        .map(|Regression { id, now, caused_by, .. }| {
            let (path, why) = caused_by.as_ref().map_or(none, |Cause { path, why }| (path.as_str(), why.as_str()));
            (id.as_str(), now.as_str(), path, why)
        })
        .collect()
}

#[test]
fn a_synonym_group_that_pulls_questions_away_is_named() {
    // Where the question's own word is replaced, and where that of the phrasing is.
    for group in ["退款, 退费, 提现", "提现, 退款, 退费"] {
        let report = judged(&[(SYNONYMS, &format!("咋, 怎么\n{group}\n"))]);
        let why = format!("\"{group}\" mean the same now");
        assert_eq!(named(&report), [("q3", "refund-apply", SYNONYMS, why.as_str())], "{}", report.render());
        assert!(!report.passed && report.can_be_forced);
    }
}

#[test]
fn a_rule_that_catches_a_labelled_question_is_named() {
    let rules = "- {id: stolen, any: [被盗刷], intent: security.incident}\n- {id: hi, any: [几天能到账], intent: smalltalk.greet}\n";
    let report = judged(&[(RULES, rules)]);
    let why = "the new rule \"hi\" catches this and leads it to intent:smalltalk.greet";
    assert_eq!(named(&report), [("q2", "intent:smalltalk.greet", RULES, why)], "{}", report.render());
    let rules = "- {id: thief, any: [小偷], intent: security.incident}\n";
    let report = judged(&[(RULES, rules), (GREET, "examples: {zh-CN: [你好, 卡被盗刷怎么办]}\ndoes: {reply: 您好}\n")]);
    let why = "the rule \"stolen\", which led this to intent:security.incident, is gone";
    assert_eq!(named(&report), [("q4", "intent:smalltalk.greet", RULES, why)], "{}", report.render());
}

#[test]
fn what_cannot_be_reached_any_more_is_named() {
    let cause_of = |edits: &[(&str, &str)], id: &str| {
        // Labelled questions that name what is gone are an error of their own.
        let report = judged_as(edits, |_, gate| judge(&Gate { diagnostics: &[], ..gate }, &|_| {}));
        let regression = report.regressions.iter().find(|regression| regression.id == id);
        let cause = regression
            .and_then(|regression| regression.caused_by.clone())
            .unwrap_or_else(|| panic!("{}", report.render()));
        (cause.path, cause.why)
    };
    let off = "feature.balance: {value: false}\nfeature.fund: {value: false}\n";
    let greet = (GREET, "examples: {zh-CN: [你好, 哈喽]}\ndoes: {reply: 您好}\n");
    for (edit, id, path, why) in [
        ((TIME, ""), "q2", TIME, "the entry \"refund-time\" was removed"),
        (
            (VARIABLES, off),
            "q3",
            VARIABLES,
            "\"feature.balance\" is off, which the entry \"balance-withdraw\" requires",
        ),
        (
            (TIME, "---\nquestion: 退款多久到账\nsimilar: [退款几天能到]\naudience: [agent]\n---\n\n三天。\n"),
            "q2",
            TIME,
            "the entry \"refund-time\" is not shown any more: its `valid`, `channels` or `audience` changed",
        ),
        (
            (WITHDRAW, "---\nquestion: 余额怎么提现\nrequires: feature.fund\n---\n\n点提现。\n"),
            "q3",
            WITHDRAW,
            "the entry \"balance-withdraw\" requires \"feature.fund\", which is off",
        ),
    ] {
        assert_eq!(cause_of(&[edit, greet], id), (path.to_owned(), why.to_owned()));
    }
}

#[test]
fn phrasings_that_came_and_went_are_named() {
    let withdraw = "---\nquestion: 余额怎么提现\nsimilar: [提现到银行卡要怎么操作, 退款要怎么操作]\nrequires: feature.balance\n---\n\n点提现。\n";
    let greet = (GREET, "examples: {zh-CN: [你好, 哈喽]}\ndoes: {reply: 您好}\n");
    let report = judged(&[(WITHDRAW, withdraw), greet]);
    let why = "this very question was added to the entry \"balance-withdraw\"";
    assert_eq!(named(&report), [("q1", "balance-withdraw", WITHDRAW, why)], "{}", report.render());
    let time = "---\nquestion: 退款进度在哪看\nnever: [退费几天能到账]\n---\n\n三天。\n";
    let report = judged(&[(TIME, time), greet]);
    let (id, _, path, why) = named(&report)[0];
    assert_eq!((id, path), ("q2", TIME), "{}", report.render());
    assert_eq!(why, "this very question stands in `never` of the entry \"refund-time\" now");
    let report = judged(&[(TIME, "---\nquestion: 转账手续费是多少\n---\n\n三天。\n"), greet]);
    let (id, _, path, why) = named(&report)[0];
    assert_eq!((id, path), ("q2", TIME), "{}", report.render());
    assert!(why.ends_with("was taken away from the entry \"refund-time\""), "{why}");
}

/// The cause of what becomes of a question that is labelled with what it gets on the live revision.
fn cause_of(text: &str, edits: &[(&str, &str)]) -> Option<(String, String)> {
    cause_as(text, edits, |new, message| new.answer(message, now()))
}

fn cause_as(
    text: &str,
    edits: &[(&str, &str)],
    answer: impl Fn(&Revision, &Message<'_>) -> Turn + Sync,
) -> Option<(String, String)> {
    let was = BEFORE.answer(&Message::new(text), now()).outcome();
    let line = format!("{{\"id\": \"it\", \"text\": \"{text}\", \"accept\": [\"{was}\"]}}\n");
    let edits: Vec<(&str, &str)> = edits.iter().copied().chain([(QUESTIONS, line.as_str())]).collect();
    let report =
        judged_as(&edits, |new, gate| judge(&Gate { new: &|message, _| answer(new, message), ..gate }, &|_| {}));
    let [regression] = &report.regressions[..] else { panic!("{}", report.render()) };
    regression.caused_by.clone().map(|Cause { path, why }| (path, why))
}

#[test]
fn what_came_in_and_what_is_done_is_named() {
    let on = "feature.balance: {value: true}\nfeature.fund: {value: true}\n";
    let added = "knowledge-base/balance/balance-speed.md";
    let cause = |path: &str, why: &str| Some((path.to_owned(), why.to_owned()));
    let brought = cause(VARIABLES, "\"feature.fund\" is on, which brings in the entry \"balance-later\"");
    assert_eq!(cause_of("余额理财怎么开通", &[(VARIABLES, on)]), brought);
    let edit = (added, "---\nquestion: 提现要等多久\n---\n\n两小时。\n");
    assert_eq!(cause_of("提现还要等多久", &[edit]), cause(added, "the entry \"balance-speed\" is new"));
    let edit = (GREET, "examples: {zh-CN: [你好, 哈喽, 在吗]}\ndoes: {search: true}\n");
    let done = cause(GREET, "what is done about the intent \"smalltalk.greet\" changed");
    assert_eq!(cause_of("哈喽", &[edit]), done);
}

/// An engine that takes any question for another one, whatever was edited.
#[test]
fn the_last_guess_is_the_only_edit_that_can_matter() {
    let other = |new: &Revision, message: &Message<'_>| new.answer(&Message { text: "哈喽", ..*message }, now());
    let told = |edits: &[(&str, &str)]| cause_as("退款几天能到", edits, other);
    let word = ("knowledge-base/dictionary.txt", "哈喽 10\n");
    let kept = Some((word.0.to_owned(), "\"哈喽\" is one word now".to_owned()));
    assert_eq!(told(&[word]), kept);
    let notice = ("knowledge-base/announcements/x.md", "---\ntitle: 新\nkind: notice\n---\n\n好。\n");
    let fit =
        ("knowledge-base/questions/fit-x.jsonl", "{\"id\": \"f\", \"text\": \"早\", \"accept\": [\"fallback\"]}\n");
    let only = Some((fit.0.to_owned(), "no other edit can change an answer".to_owned()));
    assert_eq!(told(&[fit, notice]), only);
    let body = (TIME, "---\nquestion: 退款多久到账\nsimilar: [退款几天能到]\nnever: [转账多久到账]\n---\n\n五天。\n");
    assert_eq!(told(&[fit, notice, body]), None);
}
