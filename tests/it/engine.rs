//! What a customer gets: the right answer, a question back, a flow, a person, or an honest "I don't know".

use std::sync::LazyLock;

use jiff::Timestamp;
use yingda::artefacts;
use yingda::assistant::compile::Senses;
use yingda::assistant::turn::{DecisionKind, Message, Turn};
use yingda::dialogue::decide::Decision;
use yingda::evaluation::questions::{accepts, judge};
use yingda::evaluation::sets::{content_of, leave_one_out};
use yingda::files;
use yingda::knowledge::{ReadOptions, read};
use yingda::retrieval::Gather;
use yingda::retrieval::gathering::{choose_terms, n_candidates};
use yingda::snapshot::{Snapshot, revision_of};
use yingda::text::language::LanguageTag;

use crate::generator;

static SAMPLE: LazyLock<Snapshot> = LazyLock::new(compile_sample);

fn compile_sample() -> Snapshot {
    let files = files::sample();
    let (content, _) = read(&files, &ReadOptions::default());
    Snapshot::compile(content, revision_of(&files)).unwrap()
}

fn now() -> Timestamp {
    "2026-11-23T10:00:00+08:00".parse().unwrap()
}

fn ask(text: &str) -> Turn {
    SAMPLE.answer(&Message { explain: true, ..Message::new(text) }, now())
}

fn ask_in(text: &str, language: &str) -> Turn {
    let language = LanguageTag::parse(language).unwrap();
    SAMPLE.answer(&Message { language: Some(&language), ..Message::new(text) }, now())
}

#[test]
fn every_stored_phrasing_and_example_returns_its_own() {
    let content = SAMPLE.assistant.content();
    let mut wrong = Vec::new();
    for entry in &content.entries {
        for phrasing in entry.texts.values().flat_map(|text| text.phrasings()) {
            let outcome = ask(phrasing).outcome();
            if outcome != entry.id.0 {
                wrong.push(format!("{phrasing}: {outcome}, not {}", entry.id));
            }
        }
    }
    for intent in &content.intents {
        for example in intent.examples.values().flatten() {
            let turn = ask(example);
            let own = match intent.name.0.as_str() {
                "faq" => turn.decision == DecisionKind::Answer,
                "out_of_scope" => turn.decision == DecisionKind::Fallback,
                name => turn.outcome() == format!("intent:{name}"),
            };
            if !own {
                wrong.push(format!("{example}: {}, not {}", turn.outcome(), intent.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_never_question_does_not_get_its_entry() {
    for entry in &SAMPLE.assistant.content().entries {
        for never in entry.texts.values().flat_map(|text| &text.never) {
            assert_ne!(ask(never).outcome(), entry.id.0, "{never}");
        }
    }
}

/// What is asked, and the outcomes that a support manager would call right.
const QUESTIONS: &[(&str, &[&str])] = &[
    ("退款一般几天能到我的卡里", &["refund-arrival-time"]),
    ("When will the refunded money arrive on my card?", &["refund-arrival-time"]),
    ("退款多久會入帳", &["refund-arrival-time"]),
    ("tuikuan duojiu daozhang", &["refund-arrival-time"]),
    ("怎么申请推款", &["refund-apply", "intent:refund.request"]),
    ("我的账户被冻结了", &["account-frozen", "intent:account.unfreeze"]),
    ("钱扣了商家说没收到", &["payment-deducted-not-received", "intent:transaction.problem"]),
    ("帮我把昨天那笔128块的退了", &["intent:refund.request"]),
    ("转人工", &["intent:handoff.human"]),
    ("你好", &["intent:smalltalk.greet"]),
    ("今天天气怎么样", &["fallback"]),
    ("怎么申请支付宝退款", &["fallback"]),
    ("asdfghjkl", &["fallback"]),
    ("", &["fallback"]),
    ("   ", &["fallback"]),
    ("😭😭😭", &["fallback"]),
];

#[test]
fn questions_get_what_a_manager_would_call_right() {
    let mut wrong = Vec::new();
    for (text, accept) in QUESTIONS {
        let accept: Vec<String> = accept.iter().map(|&outcome| outcome.to_owned()).collect();
        let turn = ask(text);
        if !accepts(&accept, &turn.outcome()) {
            wrong.push(format!("{text}: {} {:.2}", turn.outcome(), turn.confidence));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Rules stand above everything: what must reach a person does, in any wording that a rule knows.
#[test]
fn safety_comes_first() {
    for (text, intent, department) in [
        ("我的卡被盗刷了五千，顺便问下限额", "security.incident", "risk"),
        ("有一笔付款不是我操作的", "security.incident", "risk"),
        ("someone hacked my account", "security.incident", "risk"),
        ("我被骗了三万块", "security.incident", "risk"),
        ("錢被人轉走了", "security.incident", "risk"),
        ("I was scammed by a fake agent", "security.incident", "risk"),
        ("钱都没了我不想活了", "safety.distress", "general"),
        ("I want to kill myself", "safety.distress", "general"),
        ("我是派出所民警，需要调证", "authority.request", "legal"),
        ("再不解决我就打12315", "complaint.regulator", "management"),
    ] {
        let turn = ask(text);
        assert_eq!(turn.outcome(), format!("intent:{intent}"), "{text}");
        let handoff = turn.handoff.unwrap();
        assert_eq!(handoff.department, department, "{text}");
        assert!(handoff.reason.starts_with("rule:"), "{text}: {}", handoff.reason);
        assert!(!turn.reply.text.is_empty() && turn.confidence == 1.0);
    }
    for informational in ["怎么防止被骗", "12345678", "你们有央行的支付牌照吗"] {
        let turn = ask(informational);
        assert!(turn.handoff.is_none_or(|handoff| !handoff.reason.starts_with("rule:")), "{informational}");
    }
}

#[test]
fn a_flow_opens_with_its_first_missing_slot() {
    let turn = ask("我要退款");
    assert!(matches!(turn.what, Decision::Flow { .. }));
    assert!(turn.reply.text.contains("订单号"), "{}", turn.reply.text);
    let turn = ask("帮我查一下这笔交易怎么回事 CG20261120000012");
    assert_eq!(turn.outcome(), "intent:transaction.problem");
    assert!(!turn.reply.text.contains("CG 开头"), "the order number is known: {}", turn.reply.text);
}

#[test]
fn replies_are_in_the_customers_language_and_filled() {
    let english = ask("How do I request a refund?");
    assert_eq!(english.reply.language, "en");
    let taiwan = ask("怎麼更換綁定手機號");
    assert_eq!(taiwan.reply.language, "zh-TW");
    assert!(taiwan.reply.text.contains("號"), "{}", taiwan.reply.text);
    assert_eq!(ask_in("怎么更换绑定手机号", "en").reply.language, "en");
    assert_eq!(ask_in("怎么更换绑定手机号", "fr").reply.language, "en", "a language that we lack falls back");
    for entry in &SAMPLE.assistant.content().entries {
        for language in ["zh-CN", "zh-TW", "zh-HK", "en"] {
            let question = &entry.texts.values().next().unwrap().question;
            let reply = ask_in(question, language).reply;
            assert!(!reply.text.contains("{{") && !reply.text.is_empty(), "{} {language}: {}", entry.id, reply.text);
            assert!(!reply.html.contains("<script") && reply.html.starts_with('<'), "{}", reply.html);
            for quick in &reply.quick_replies {
                let outcome = ask(&quick.send);
                assert_eq!(outcome.confidence, 1.0, "{}: \"{}\" leads nowhere", entry.id, quick.send);
            }
        }
    }
}

#[test]
fn announcements_are_those_of_the_instant() {
    let shown = |at: &str| SAMPLE.answer(&Message::new("现在有什么优惠活动"), at.parse().unwrap()).reply.text;
    assert!(shown("2026-12-01T00:00:00Z").contains("冬季支付优惠"));
    let later = shown("2028-12-01T00:00:00Z");
    assert!(!later.contains("冬季支付优惠") && later.contains("目前没有"), "{later}");
}

#[test]
fn the_same_question_gets_the_same_bytes() {
    let again = compile_sample();
    assert_eq!(again.assistant.policies(), SAMPLE.assistant.policies());
    let questions = &SAMPLE.assistant.content().questions["held-sample.jsonl"];
    for question in questions.iter().step_by(5) {
        let message = Message { explain: true, ..Message::new(&question.text) };
        let (one, other) = (SAMPLE.answer(&message, now()), again.answer(&message, now()));
        assert_eq!(serde_json::to_string(&one).unwrap(), serde_json::to_string(&other).unwrap());
    }
}

#[test]
fn what_was_trained_before_changes_no_answer() {
    let data = tempfile::tempdir().unwrap();
    let files = files::sample();
    let compile = |previous| {
        let (content, _) = read(&files, &ReadOptions::default());
        artefacts::compile(content, revision_of(&files), data.path(), previous, Senses::default()).unwrap()
    };
    let trained = compile(None);
    let loaded = compile(None);
    let beside = compile(Some(&trained));
    for question in SAMPLE.assistant.content().questions.values().flatten().step_by(7) {
        let message = Message { explain: true, ..Message::new(&question.text) };
        let [first, others @ ..] = [&*SAMPLE, &trained, &loaded, &beside]
            .map(|snapshot| serde_json::to_string(&snapshot.answer(&message, now())).unwrap());
        assert!(others.iter().all(|other| *other == first), "{}", question.text);
    }
}

/// The floor of the gate. The figure itself is printed by `yingda eval questions`.
#[test]
fn held_out_questions_are_answered_as_labelled() {
    let questions = &SAMPLE.assistant.content().questions["held-sample.jsonl"];
    assert!(questions.len() >= 550);
    let report = judge(questions.iter().map(|question| (question, ask(&question.text))));
    assert!(report.accept_rate >= 0.90, "accepted {}", report.accept_rate);
}

/// What no answer may be, whichever list says so: a revision that does this is not published.
#[test]
fn no_labelled_question_gets_what_it_must_never_get() {
    for (file, questions) in &SAMPLE.assistant.content().questions {
        let report = judge(questions.iter().map(|question| (question, ask(&question.text))));
        let harmful: Vec<_> = report.failures.iter().filter(|failure| failure.never).collect();
        assert!(harmful.is_empty(), "{file}: {harmful:?}");
    }
}

#[test]
fn phrasings_are_found_without_themselves() {
    let report = leave_one_out(&SAMPLE.assistant);
    assert!(report.recall_at_1 >= 0.4 && report.recall_at_5 >= 0.75, "{report:?}");
}

#[test]
fn labelled_questions_are_enough_and_of_every_style() {
    let content = SAMPLE.assistant.content();
    let n = |begins: &str| -> usize {
        content
            .questions
            .iter()
            .filter(|(file, _)| file.starts_with(begins))
            .map(|(_, questions)| questions.len())
            .sum()
    };
    assert!(n("held-") >= 550, "{}", n("held-"));
    assert!(n("fit-") >= 550, "{}", n("fit-"));
    for style in
        ["colloquial", "terse", "formal", "typo", "homophone", "traditional", "english", "mixed", "pinyin", "story"]
    {
        let has = |begins: &str| {
            content
                .questions
                .iter()
                .filter(|(file, _)| file.starts_with(begins))
                .flat_map(|(_, all)| all)
                .any(|question| question.style.as_deref() == Some(style))
        };
        assert!(has("held-") && has("fit-"), "{style}");
    }
}

#[test]
fn nothing_that_is_typed_panics() {
    for text in [
        "\0\0退款\0".to_owned(),
        "\u{202E}退款\u{202D}\u{200F}".to_owned(),
        "退".repeat(10_000),
        "refund ".repeat(2_000),
        "😀".repeat(5_000),
        "1".repeat(10_000),
        "\u{FFFD}\u{FFFE}\u{10FFFF}".to_owned(),
        "a\u{300}".repeat(3_000),
        "{{support_phone}} <script>alert(1)</script>".to_owned(),
        "' OR 1=1 --".to_owned(),
    ] {
        let turn = ask(&text);
        assert!(!turn.reply.text.is_empty());
    }
}

#[test]
fn what_is_sensitive_never_shows_in_the_explanation() {
    let turn = ask("我的卡 4111111111111111 付不了，验证码 482913，手机 13800138000");
    let shown = serde_json::to_string(&turn).unwrap();
    for secret in ["4111111111111111", "482913", "13800138000"] {
        assert!(!shown.contains(secret), "{secret}");
    }
}

#[test]
fn the_explanation_says_what_decided() {
    let why = ask("退费要多久到帳").explanation.unwrap();
    assert_eq!(why.normalised, "退费要多久到账");
    assert!(why.synonyms.iter().any(|used| used.written == "退费" && used.stands_for == "退款"));
    assert!(why.words.iter().any(|word| word.word == "退款" && word.in_winner));
    assert_eq!(why.decided_by, "answer_bar");
    let winner = &why.candidates[0];
    let sum: f64 = winner.contributions.iter().map(|contribution| contribution.adds).sum();
    assert!((sum - winner.score).abs() < 0.01, "the contributions add up");
    assert_eq!(ask("我要退款").explanation.unwrap().decided_by, "verbatim");
}

/// Gathering under a budget finds what scoring everything finds, within half a point.
#[test]
fn the_postings_budget_loses_nothing_that_matters() {
    const ENTRIES: usize = 10_000;
    let (entries, generated) = generator::generate(ENTRIES);
    let many = Snapshot::compile(content_of(&entries, None), String::new()).unwrap();
    let held: Vec<String> =
        SAMPLE.assistant.content().questions["held-sample.jsonl"].iter().map(|line| line.text.clone()).collect();
    let some: Vec<String> = generated.into_iter().step_by(20).collect();
    for (snapshot, questions) in [(&*SAMPLE, held), (&many, some)] {
        let compiled = snapshot.assistant.compiled();
        let limit = n_candidates(compiled.forward.n_targets());
        let mut lost = 0;
        for question in &questions {
            let analysis = compiled.analyser.analyse(question);
            let all = compiled.forward.gather_terms(&analysis);
            let chosen =
                snapshot.index.candidates(&choose_terms(&analysis, all.clone(), compiled.forward.n_targets()), limit);
            let everything = snapshot.index.candidates(&all, limit);
            lost += usize::from(everything.first().is_some_and(|best| !chosen.contains(best)));
        }
        assert!(lost * 200 <= questions.len(), "{lost} of {}", questions.len());
    }
}
