//! Whole conversations with the sample content, as they are written in `tests/dialogues/`.

use std::path::Path;

use jiff::Timestamp;
use once_cell::sync::Lazy;
use yingda::assistant::turn::Message;
use yingda::chat::rehearsal::Rehearsal;
use yingda::dialogue::switches::{Off, Switches};
use yingda::evaluation::dialogue_text::parse;
use yingda::evaluation::dialogues::{DialogueFailure, LabelledDialogue, judge};
use yingda::files;
use yingda::knowledge::{ReadOptions, read};
use yingda::snapshot::Snapshot;

/// Fewer would not look into every corner.
const FEWEST: usize = 70;

static SAMPLE: Lazy<Snapshot> = Lazy::new(|| {
    let (content, _) = read(files::sample(), &ReadOptions::default());
    Snapshot::compile(content, String::new()).unwrap()
});

fn written() -> Vec<LabelledDialogue> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dialogues");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files.iter().flat_map(|file| parse(&std::fs::read_to_string(file).unwrap()).unwrap()).collect()
}

fn hold(dialogue: &LabelledDialogue) -> Option<DialogueFailure> {
    let now = dialogue.at.unwrap_or_else(|| "2026-11-23T10:00:00+08:00".parse().unwrap());
    let mut conversation = Rehearsal::default();
    judge(dialogue, |turn| conversation.say(&SAMPLE, &Message::new(&turn.user), now))
}

#[test]
fn conversations_go_as_they_are_written() {
    let dialogues = written();
    assert!(dialogues.len() >= FEWEST, "{} dialogues", dialogues.len());
    let failures: Vec<DialogueFailure> = dialogues.iter().filter_map(hold).collect();
    let told = |failure: &DialogueFailure| {
        let DialogueFailure { id, turn, user, reply, missed, .. } = failure;
        format!("{id}, turn {turn}: {missed}\n  > {user}\n  {reply}\n")
    };
    assert!(failures.is_empty(), "{}", failures.iter().map(told).collect::<String>());
}

#[test]
fn while_the_bot_is_off_a_person_has_it_whatever_was_asked_for() {
    let now: Timestamp = "2026-11-23T10:00:00+08:00".parse().unwrap();
    let off = Switches { bot_off: Some(Off { by: "li".to_owned(), since: now, note: None }), ..Switches::default() };
    for (before, text) in
        [(&["怎么联系你们", "没解决"][..], "不用"), (&["怎么联系你们"], "没解决"), (&["我要退款"], "CG20261101000001")]
    {
        let mut conversation = Rehearsal::default();
        for text in before {
            conversation.say(&SAMPLE, &Message::new(text), now);
        }
        let turn = conversation.say(&SAMPLE, &Message { switches: &off, ..Message::new(text) }, now);
        assert_eq!(turn.turn.handoff.as_ref().map(|handoff| handoff.reason.as_str()), Some("switched_off"), "{text}");
        assert!(turn.state.task.is_none() && turn.state.awaiting.is_none(), "{text}");
    }
}

#[test]
fn what_is_remembered_can_be_kept_and_holds_no_secret() {
    let now = "2026-11-23T10:00:00+08:00".parse().unwrap();
    let mut conversation = Rehearsal::default();
    for text in [
        "我要投诉商家",
        "11月20日买的手机是坏的，我的卡号是4111 1111 1111 1111，密码是hunter22",
        "退钱并道歉",
        "我的电话13800138000",
    ] {
        let before = conversation.state.clone();
        let kept = serde_json::to_string(&before).unwrap();
        assert_eq!(serde_json::from_str::<yingda::dialogue::state::DialogueState>(&kept).unwrap(), before);
        conversation.say(&SAMPLE, &Message::new(text), now);
    }
    let kept = serde_json::to_string(&conversation.state).unwrap();
    assert!(kept.contains("138****8000"), "{kept}");
    for secret in ["13800138000", "4111111111111111", "4111 1111", "hunter22"] {
        assert!(!kept.contains(secret), "{kept}");
    }
}
