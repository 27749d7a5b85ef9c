//! A known log of five conversations, every figure computed by hand.

use jiff::civil::date;

use super::*;
use crate::desk::feedback::Ratings;
use crate::desk::promises::{CaseClock, Promise};
use crate::knowledge::intent::CaseKind;

/// An instant of November 2026 in Shanghai, as `day hour:minute:second`.
fn at(text: &str) -> Timestamp {
    let (day, time) = text.split_once(' ').unwrap();
    format!("2026-11-{day}T{time}+08:00").parse().unwrap()
}

fn conversation(begun: &str, channel: &str, language: &str, department: &str, reason: &str) -> UsedConversation {
    let named = |name: &str| (!name.is_empty()).then(|| name.to_owned());
    UsedConversation {
        begun_at: at(begun),
        channel: channel.to_owned(),
        language: named(language),
        department: named(department),
        reason: named(reason),
    }
}

fn asked(text: &str) -> Happened {
    Happened::Asked(text.to_owned())
}

fn said(seq: i64, decision: &str, entry: Option<&str>, revision: &str) -> Happened {
    let (decision, entry) = (decision.to_owned(), entry.map(str::to_owned));
    Happened::Said { seq, decision, entry, revision: Some(revision.to_owned()) }
}

fn queued(department: &str, reason: &str) -> Happened {
    Happened::Queued { department: department.to_owned(), reason: reason.to_owned() }
}

fn wrote(seq: i64, agent: &str) -> Happened {
    Happened::Wrote { seq, agent: Some(agent.to_owned()) }
}

fn helpful(message: i64, helpful: bool) -> Happened {
    Happened::Rated(Rated { message: Some(message), helpful: Some(helpful), ..Rated::default() })
}

fn points(response_time: Option<u8>, attitude: Option<u8>, resolution: Option<u8>) -> Happened {
    let ratings = Ratings { response_time, attitude, resolution };
    Happened::Rated(Rated { ratings, again: attitude.map(|_| true), ..Rated::default() })
}

/// What nobody has an answer to.
const UNKNOWN: &str = "怎么飞上天";

/// The log: each conversation, with what happened in it.
fn log() -> Vec<(UsedConversation, Vec<(&'static str, Happened)>)> {
    vec![
        // The bot answers.
        (
            conversation("02 10:00:00", "web", "zh-CN", "", ""),
            vec![
                ("02 10:01:00", asked("退款多久到账")),
                ("02 10:01:00", said(2, "answer", Some("refund-time"), "r1")),
                ("02 10:02:00", helpful(2, true)),
                ("02 10:10:00", Happened::Ended),
            ],
        ),
        // It does not know; a person does. The last word about it all counts, with what it does not mention of the first.
        (
            conversation("02 11:00:00", "app", "zh-CN", "general", "refund.status"),
            vec![
                ("02 11:00:30", asked(UNKNOWN)),
                ("02 11:00:30", said(2, "fallback", None, "r1")),
                ("02 11:01:00", asked("转人工")),
                ("02 11:01:00", said(4, "handoff", None, "r1")),
                ("02 11:01:00", queued("general", "intent:handoff.human")),
                ("02 11:02:00", Happened::Taken),
                ("02 11:02:30", wrote(7, "li")),
                ("02 11:02:40", wrote(8, "li")),
                ("02 11:11:00", Happened::Ended),
                ("02 11:11:00", Happened::Ended),
                ("02 11:12:00", points(Some(4), Some(5), Some(3))),
                ("02 11:13:00", points(None, None, Some(2))),
            ],
        ),
        // A rule, twice; over midnight and over a publication; its agent writes nothing.
        (
            conversation("02 23:50:00", "web", "en", "risk", ""),
            vec![
                ("03 00:10:00", said(2, "answer", Some("refund-time"), "r2")),
                ("03 00:11:00", helpful(2, false)),
                ("03 00:20:00", queued("risk", "rule:fraud")),
                ("03 00:21:00", queued("risk", "rule:fraud")),
                ("03 00:25:00", Happened::Taken),
                ("03 00:30:00", Happened::Ended),
            ],
        ),
        // It ends in silence and is opened again; a supervisor takes it from the bot.
        (
            conversation("03 09:00:00", "web", "", "general", ""),
            vec![
                ("03 09:01:00", asked(&format!(" {UNKNOWN}"))),
                ("03 09:01:00", said(2, "fallback", None, "r2")),
                ("03 09:02:00", asked(UNKNOWN)),
                ("03 09:02:00", said(4, "fallback", None, "r2")),
                ("03 09:30:00", Happened::Ended),
                ("03 09:40:00", Happened::Returned),
                ("03 09:40:00", said(6, "smalltalk", None, "r2")),
                ("03 09:50:00", Happened::Taken),
                ("03 09:51:00", wrote(8, "wu")),
            ],
        ),
        // Begun before the period and ended after it; handed over twice.
        (
            conversation("01 23:00:00", "web", "zh-CN", "general", "other"),
            vec![
                ("01 23:01:00", said(1, "answer", Some("old"), "r1")),
                ("03 10:00:00", asked(UNKNOWN)),
                ("03 10:00:00", said(3, "clarify", None, "r2")),
                ("03 10:05:00", queued("general", "intent:complaint")),
                ("03 10:15:00", Happened::Taken),
                ("03 10:16:00", Happened::Returned),
                ("03 10:20:00", queued("general", "switched_off")),
                ("04 08:00:00", Happened::Ended),
            ],
        ),
    ]
}

fn calendar() -> Calendar {
    Calendar { timezone: "Asia/Shanghai".to_owned(), ..Calendar::default() }
}

fn report(by: By) -> UsageReport {
    let days = (date(2026, 11, 2), date(2026, 11, 3));
    let mut count = UsageCount::of_days(&calendar(), days, by, at("05 00:00:00")).unwrap();
    for (conversation, happened) in log() {
        count.begin(conversation);
        happened.into_iter().for_each(|(when, what)| count.add(at(when), what));
    }
    let promise = Promise { first_reply: Some(at("02 13:00:00")), resolve: Some(at("09 12:00:00")) };
    count.add_case(&ReportedCase {
        kind: CaseKind::Refund,
        department: "refunds".to_owned(),
        reason: None,
        opened_at: at("02 12:00:00"),
        level: 0,
        clock: CaseClock { promise, replied_at: Some(at("02 12:30:00")), ..CaseClock::default() },
        assessment: None,
        broken: Vec::new(),
    });
    count.finish(Vec::new())
}

fn group(report: &UsageReport, name: &str) -> Figures {
    let found = report.groups.iter().find(|group| group.name == name);
    found.unwrap_or_else(|| panic!("{name}: {report:?}")).figures.clone()
}

fn named(named: &[Named]) -> Vec<(&str, u64)> {
    named.iter().map(|named| (named.name.as_str(), named.part.n)).collect()
}

#[test]
fn every_figure_of_a_known_log_is_what_a_hand_count_says() {
    let report = report(By::Day);
    let all = &report.overall;
    assert_eq!((all.begun, all.ended, all.contained), (4, 3, Part::of(1, 3)));
    assert_eq!(all.handoffs, 5);
    let reasons = [("rule", 1), ("asked", 0), ("not_known", 1), ("intent", 1), ("switched_off", 1), ("taken_over", 1)];
    assert_eq!(named(&all.handoffs_by_reason), reasons);
    assert_eq!(named(&all.handoffs_by_department), [("general", 4), ("risk", 1)]);
    let decisions = [("answer", 2), ("clarify", 1), ("fallback", 3), ("flow", 0), ("handoff", 1), ("smalltalk", 1)];
    assert_eq!(named(&all.decisions), decisions);
    assert_eq!((all.decisions[0].part, all.answered), (Part::of(2, 8), Part::of(2, 6)));
    assert_eq!(named(&all.contact_reasons), [("refund.status", 1)]);
    assert_eq!((all.helpful, all.unhelpful, all.again), (Part::of(1, 2), Part::of(1, 2), Part::of(1, 1)));
    assert_eq!(
        (all.response_time, all.attitude, all.resolution),
        (Points::of(1, 4), Points::of(1, 5), Points::of(1, 2))
    );
    assert_eq!(all.wait_seconds, Seconds::of(&[60.0, 300.0, 600.0]));
    assert_eq!((all.wait_seconds.median, all.wait_seconds.ninety_percent), (Some(300.0), Some(600.0)));
    assert_eq!(all.first_reply_seconds, Seconds::of(&[90.0]));
    assert_eq!(all.resolution_seconds, Seconds::of(&[600.0, 600.0]));
    assert_eq!((all.promised_first_reply.kept, all.promised_resolution.open), (1, 1));
    let entry =
        EntryUse { entry: "refund-time".to_owned(), shown: 2, helpful: 1, unhelpful: 1, share_helpful: Some(0.5) };
    assert_eq!(report.entries, [entry]);
    // Asked twice by one customer it is one conversation; the space around it makes no other question of it.
    assert_eq!(report.misses, [Miss { text: UNKNOWN.to_owned(), n: 3 }]);
}

#[test]
fn what_happened_belongs_to_its_day_in_the_calendars_zone() {
    let report = report(By::Day);
    let shown: Vec<_> = report
        .groups
        .iter()
        .map(|Group { name, figures, .. }| {
            (name.as_str(), figures.begun, figures.ended, figures.contained.n, figures.handoffs)
        })
        .collect();
    assert_eq!(shown, [("2026-11-02", 3, 2, 1, 1), ("2026-11-03", 1, 1, 0, 4)]);
    assert_eq!(group(&report, "2026-11-02").promised_first_reply.kept, 1);
    assert_eq!(group(&report, "2026-11-03").wait_seconds, Seconds::of(&[300.0, 600.0]));
}

#[test]
fn figures_are_told_apart_by_what_is_asked_for() {
    let begun = |by: By| -> Vec<(String, u64, u64)> {
        let groups = report(by).groups;
        groups.into_iter().map(|Group { name, figures, .. }| (name, figures.begun, figures.handoffs)).collect()
    };
    let expected = |names: &[(&str, u64, u64)]| -> Vec<(String, u64, u64)> {
        names.iter().map(|(name, begun, handoffs)| ((*name).to_owned(), *begun, *handoffs)).collect()
    };
    assert_eq!(begun(By::Channel), expected(&[("web", 3, 4), ("app", 1, 1)]));
    assert_eq!(begun(By::Revision), expected(&[("r2", 2, 4), ("r1", 2, 1)]));
    let languages = report(By::Language);
    assert_eq!((group(&languages, NONE).begun, group(&languages, "en").handoffs), (1, 1));
    let departments = report(By::Department);
    assert_eq!((group(&departments, "general").handoffs, group(&departments, NONE).contained.n), (4, 1));
    assert_eq!(group(&departments, "refunds").promised_first_reply.kept, 1);
    let agents = report(By::Agent);
    assert_eq!(group(&agents, "li").attitude, Points::of(1, 5));
    assert_eq!(group(&agents, "li").first_reply_seconds, Seconds::of(&[90.0]));
    let entries = report(By::Entry);
    assert_eq!((entries.groups.len(), group(&entries, "refund-time").helpful), (1, Part::of(1, 2)));
}

#[test]
fn a_question_that_few_asked_is_not_told_and_nothing_is_a_report_too() {
    let days = (date(2026, 11, 2), date(2026, 11, 2));
    let mut count = UsageCount::of_days(&calendar(), days, By::Day, at("05 00:00:00")).unwrap();
    for (conversation, happened) in log().into_iter().take(3) {
        count.begin(conversation);
        happened.into_iter().for_each(|(when, what)| count.add(at(when), what));
    }
    assert_eq!(count.finish(Vec::new()).misses, []);
    let none = UsageCount::of_days(&calendar(), days, By::Channel, at("05 00:00:00")).unwrap().finish(Vec::new());
    assert_eq!((none.overall.contained.share, none.overall.wait_seconds.median, none.groups.len()), (None, None, 0));
}

#[test]
fn a_report_is_of_a_year_at_most() {
    let of = |first, last| UsageCount::of_days(&calendar(), (first, last), By::Day, at("05 00:00:00"));
    let year = of(date(2024, 1, 1), date(2024, 12, 31)).unwrap().finish(Vec::new());
    assert_eq!((year.groups.len(), year.groups[365].name.as_str()), (366, "2024-12-31"));
    assert!(of(date(2024, 1, 1), date(2025, 1, 1)).is_none() && of(date(2024, 1, 2), date(2024, 1, 1)).is_none());
}
