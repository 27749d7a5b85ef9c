//! Evidence and what is decided on it: with everything on, and with switches.

use std::collections::BTreeMap;

use super::*;
use crate::dialogue::switches::Off;
use crate::knowledge::content::Localised;
use crate::knowledge::intent::{Flow, FlowEnd};
use crate::knowledge::operator::Department;
use crate::retrieval::policy::ShippedPolicies;
use crate::text::language_map::LanguageMap;

fn intent(name: &str, does: Does) -> Intent {
    Intent { name: IntentName(name.to_owned()), title: Localised::default(), examples: LanguageMap::new(), does }
}

fn to_a_person() -> Does {
    Does::Handoff(to("general", Priority::Normal), Localised::default())
}

fn to(department: &str, priority: Priority) -> HandoffTarget {
    HandoffTarget { department: department.to_owned(), priority, case: None }
}

/// Evidence of an empty text.
fn nothing<'c>(switches: &'c Switches, content: &'c Content) -> Evidence<'c> {
    Evidence { rule: None, verbatim: None, ranked: Vec::new(), confidence: 0.0, switches, content }
}

#[test]
fn the_bars_part_answering_asking_back_and_admitting() {
    let policy = Policy { answer_bar: 0.6, clarify_bar: 0.3, ..ShippedPolicies::load().with_intents.lexical };
    let ids: Vec<EntryId> = ["a", "b", "c", "d", "e"].map(|id| EntryId(id.to_owned())).into();
    let human = intent("handoff.human", to_a_person());
    let greet = intent("smalltalk.greet", Does::Reply(Localised::default()));
    let not_ours = intent(OUT_OF_SCOPE, Does::Reply(Localised::default()));
    let content = Content::default();
    let decided = |ranked: &[Subject<'_>], confidence: f64| {
        decide(&Evidence { ranked: ranked.to_vec(), confidence, ..nothing(Switches::NONE, &content) }, &policy)
    };
    let entries: Vec<Subject<'_>> = ids.iter().map(Subject::Entry).collect();

    assert_eq!(decided(&entries, 0.6), (Decision::Answer(ids[0].clone()), Reason::Confident));
    let (asked, reason) = decided(&entries, 0.59);
    assert_eq!(asked, Decision::Clarify(ids[..4].iter().cloned().map(Choice::Entry).collect()));
    assert_eq!(reason, Reason::Unsure);
    assert_eq!(decided(&entries, 0.29), (Decision::Fallback, Reason::Unknown));
    assert_eq!(decided(&[], 0.9), (Decision::Fallback, Reason::Empty));

    // What is only said, or is not ours, is no choice; a person is one.
    let mixed = [Subject::Intent(&not_ours), Subject::Intent(&greet), entries[0], Subject::Intent(&human)];
    let choices = vec![Choice::Entry(ids[0].clone()), Choice::Intent(human.name.clone())];
    assert_eq!(decided(&mixed, 0.4).0, Decision::Clarify(choices));
    assert_eq!(decided(&mixed[..3], 0.4).0, Decision::Fallback, "one choice is none");
    assert_eq!(decided(&mixed, 0.9), (Decision::Fallback, Reason::Confident));
}

#[test]
fn a_rule_stands_above_what_is_stored_word_for_word() {
    let policy = ShippedPolicies::load().with_intents.lexical;
    let human = intent("handoff.human", to_a_person());
    let id = EntryId("a".to_owned());
    let content = Content::default();
    let evidence = Evidence {
        rule: Some(("stolen", &human)),
        verbatim: Some(Subject::Entry(&id)),
        ranked: vec![Subject::Entry(&id)],
        confidence: 1.0,
        ..nothing(Switches::NONE, &content)
    };
    let (decision, reason) = decide(&evidence, &policy);
    assert!(matches!(decision, Decision::Handoff { .. }));
    assert_eq!(reason, Reason::Rule("stolen".to_owned()));
    let (decision, reason) = decide(&Evidence { rule: None, ..evidence }, &policy);
    assert_eq!((decision, reason), (Decision::Answer(id.clone()), Reason::Verbatim));
}

/// Three entries, and an intent of each kind; the flow of `callback` names no department.
fn content() -> Content {
    let hands_over = |department, priority| Does::Handoff(to(department, priority), Localised::default());
    let end = |department: &str| FlowEnd {
        case: None,
        department: Some(department.to_owned()).filter(|name| !name.is_empty()),
        handoff: false,
        append: false,
        act: None,
        reply: Localised::default(),
    };
    let flow = |(name, department): (&str, &str)| {
        let flow = Flow {
            name: name.to_owned(),
            opening: Localised::default(),
            slots: Vec::new(),
            lookup: None,
            causes: BTreeMap::new(),
            settled: None,
            eligible: Vec::new(),
            confirm: Localised::default(),
            then: Some(end(department)),
        };
        (name.to_owned(), flow)
    };
    Content {
        intents: vec![
            intent("callback", Does::Flow("callback".to_owned())),
            intent("distress", hands_over("general", Priority::Urgent)),
            intent("faq", Does::Search),
            intent("greet", Does::Reply(Localised::default())),
            intent(HUMAN, hands_over("general", Priority::Low)),
            intent(OUT_OF_SCOPE, Does::Reply(Localised::default())),
            intent("refund", Does::Flow("refund".to_owned())),
        ],
        flows: [("callback", ""), ("refund", "refunds")].map(flow).into(),
        ..Content::default()
    }
}

/// Switches as a line of data: `bot`, `entry:<id>`, `flow:<name>`.
fn switches(off: &[&str]) -> Switches {
    let mut switches = Switches::default();
    for name in off {
        match name.split_once(':') {
            Some(("entry", id)) => switches.entries_off.extend([EntryId(id.to_owned())]),
            Some((_, flow)) => switches.flows_off.extend([flow.to_owned()]),
            None => {
                switches.bot_off = Some(Off { by: "li".to_owned(), since: jiff::Timestamp::UNIX_EPOCH, note: None })
            }
        }
    }
    switches
}

/// What is decided and why, in a line.
fn line((decision, reason): (Decision, Reason)) -> String {
    let decision = match decision {
        Decision::Answer(id) => format!("answer {id}"),
        Decision::Clarify(choices) => choices.iter().fold("clarify".to_owned(), |line, choice| match choice {
            Choice::Entry(id) => format!("{line} {id}"),
            Choice::Intent(name) => format!("{line} {name}"),
        }),
        Decision::Flow { flow, .. } => format!("flow {flow}"),
        Decision::Handoff { intent, target } => {
            format!("handoff {intent} {} {:?}", target.department, target.priority).to_lowercase()
        }
        Decision::Smalltalk(intent) => format!("smalltalk {intent}"),
        Decision::Fallback => "fallback".to_owned(),
    };
    match reason {
        Reason::SwitchedOff(switch) => format!("{decision}, off {switch}"),
        Reason::Rule(_)
        | Reason::Verbatim
        | Reason::Confident
        | Reason::Unsure
        | Reason::Unknown
        | Reason::Empty
        | Reason::Dialogue => decision,
    }
}

/// What is off; how the text was understood (`rule`, `verbatim`, else how sure) and as what; what is decided.
const SWITCHED: &[(&[&str], &str, &[&str], &str)] = &[
    // The whole bot: everything to a person, of the department that it concerns; an emergency as ever, however it was recognised.
    (&["bot"], "0.9", &[], "handoff handoff.human general low, off bot"),
    (&["bot"], "0.9", &["a"], "handoff handoff.human general low, off bot"),
    (&["bot"], "0.4", &["a", "b"], "handoff handoff.human general low, off bot"),
    (&["bot"], "0.1", &["a"], "handoff handoff.human general low, off bot"),
    (&["bot"], "verbatim", &["greet"], "handoff handoff.human general low, off bot"),
    (&["bot"], "0.9", &["out_of_scope"], "handoff handoff.human general low, off bot"),
    (&["bot"], "verbatim", &["refund"], "handoff refund refunds low, off bot"),
    (&["bot"], "0.9", &["distress"], "handoff distress general urgent"),
    (&["bot"], "rule", &["distress"], "handoff distress general urgent"),
    (&["bot"], "rule", &["refund"], "handoff refund refunds low, off bot"),
    (&["bot", "entry:a"], "verbatim", &["a"], "handoff handoff.human general low, off bot"),
    // An entry: a person instead of it, never the second best.
    (&["entry:a"], "verbatim", &["a", "b"], "handoff handoff.human general low, off entry:a"),
    (&["entry:a"], "0.9", &["a", "b"], "handoff handoff.human general low, off entry:a"),
    (&["entry:a"], "0.9", &["b", "a"], "answer b"),
    (&["entry:a"], "verbatim", &["faq", "a", "b"], "handoff handoff.human general low, off entry:a"),
    (&["entry:a"], "rule", &["faq", "b", "a"], "answer b"),
    (&["entry:a"], "0.4", &["a", "b", "c"], "clarify b c"),
    (&["entry:a"], "0.4", &["a", "b"], "clarify b"),
    (&["entry:a"], "0.4", &["a", "greet"], "fallback"),
    (&["entry:a"], "0.4", &["b", "greet"], "fallback"),
    (&["entry:a", "entry:b"], "0.4", &["a", "b"], "fallback"),
    (&["entry:a"], "0.1", &["a"], "fallback"),
    // A flow: its department; who picks it among choices gets there too.
    (&["flow:refund"], "verbatim", &["refund"], "handoff refund refunds low, off flow:refund"),
    (&["flow:refund"], "rule", &["refund"], "handoff refund refunds low, off flow:refund"),
    (&["flow:refund"], "0.9", &["callback"], "flow callback"),
    (&["flow:callback"], "0.9", &["callback"], "handoff callback general low, off flow:callback"),
    (&["flow:refund"], "0.4", &["refund", "a"], "clarify refund a"),
    // What the revision lacks.
    (&["entry:gone", "flow:gone"], "0.9", &["a"], "answer a"),
    (&["entry:gone", "flow:gone"], "0.9", &["refund"], "flow refund"),
];

#[test]
fn what_is_switched_off_goes_to_a_person() {
    let policy = Policy { answer_bar: 0.6, clarify_bar: 0.3, ..ShippedPolicies::load().with_intents.lexical };
    let content = content();
    let ids = ["a", "b", "c"].map(|id| EntryId(id.to_owned()));
    let subject = |name: &&str| match ids.iter().find(|id| id.0 == *name) {
        Some(id) => Subject::Entry(id),
        None => Subject::Intent(content.intents.iter().find(|intent| intent.name.0 == *name).unwrap()),
    };
    for &(off, understood, subjects, decided) in SWITCHED {
        let switches = switches(off);
        let mut evidence = nothing(&switches, &content);
        evidence.ranked = subjects.iter().map(subject).collect();
        match (understood, evidence.ranked.first()) {
            ("rule", Some(&Subject::Intent(intent))) => evidence.rule = Some(("a-rule", intent)),
            ("verbatim", first) => evidence.verbatim = first.copied(),
            (sure, _) => evidence.confidence = sure.parse().unwrap(),
        }
        assert_eq!(line(decide(&evidence, &policy)), decided, "{off:?} {understood} {subjects:?}");
    }
}

#[test]
fn a_person_is_found_where_no_intent_names_one() {
    let policy = ShippedPolicies::load().with_intents.lexical;
    let department = |name: &str| {
        let nobody = Department {
            title: Localised::default(),
            first_reply: None,
            resolve: None,
            escalate_to: None,
            hours: None,
            overflow: None,
        };
        (name.to_owned(), nobody)
    };
    let switches = switches(&["bot"]);
    for (departments, chosen) in
        [(&["complaints", "general"][..], "general"), (&["payments", "risk"], "payments"), (&[], "general")]
    {
        let departments = departments.iter().map(|name| department(name)).collect();
        let content = Content { departments, ..Content::default() };
        let decided = line(decide(&nothing(&switches, &content), &policy));
        assert_eq!(decided, format!("handoff handoff.human {chosen} normal, off bot"));
    }
}
