//! An editor who changes a line changes what that line is about, and hardly anything else: else no edit would pass the gate.

use jiff::Timestamp;
use yingda::assistant::turn::Message;
use yingda::evaluation::questions::accepts;
use yingda::files;
use yingda::knowledge::content::{LabelledQuestion, SourceFile};
use yingda::knowledge::{ReadOptions, read};
use yingda::snapshot::Snapshot;

/// A file of the sample, a line of it, and what stands in its place. An empty line: the file is new.
const EDITS: &[(&str, &str, &str)] = &[
    ("knowledge-base/refund/refund-progress.md", "  - 退款进度\n", "  - 退款进度\n  - 退款现在走到哪个环节了怎么看\n"),
    (
        "knowledge-base/contact/contact-phone.en.md",
        "  - \"phone support number\"\n",
        "  - \"phone support number\"\n  - what number can I call to speak with support\n",
    ),
    ("knowledge-base/account/account-verify.md", "  - \"认证通过要等审核吗\"\n", ""),
    (
        "knowledge-base/payment/payment-split.md",
        "",
        "---\nquestion: 怎么发起AA收款\nsimilar: [聚餐的钱怎么平摊, 几个人分摊一笔账]\n---\n打开首页的AA收款。\n",
    ),
];

/// Questions that may go from right to wrong, of more than two thousand: some always stand at the edge of a knife.
const MAX_REGRESSIONS: usize = 4;

/// How far the confidence of nine questions in ten may move at most. (Lines that were learned from in an order which hung on
/// their number moved it by 0.04.)
const MAX_MOVE: f64 = 0.005;

struct Answered {
    right: bool,
    confidence: f64,
}

fn edited(files: &[SourceFile], (path, line, instead): (&str, &str, &str)) -> Vec<SourceFile> {
    let mut files = files.to_vec();
    if line.is_empty() {
        files.push(SourceFile { path: path.to_owned(), bytes: instead.as_bytes().to_vec() });
        files.sort_by(|a, b| a.path.cmp(&b.path));
        return files;
    }
    let file = files.iter_mut().find(|file| file.path == path).unwrap();
    let text = std::str::from_utf8(&file.bytes).unwrap();
    assert!(text.contains(line), "{path}: {line}");
    file.bytes = text.replacen(line, instead, 1).into_bytes();
    files
}

fn compiled(files: &[SourceFile]) -> Snapshot {
    let (content, _) = read(files, &ReadOptions::default());
    Snapshot::compile(content, String::new()).unwrap()
}

fn ask_all(snapshot: &Snapshot, questions: &[LabelledQuestion]) -> Vec<Answered> {
    let now: Timestamp = "2026-11-23T10:00:00+08:00".parse().unwrap();
    let ask = |question: &LabelledQuestion| {
        let turn = snapshot.answer(&Message { limit: 1, ..Message::new(&question.text) }, now);
        Answered { right: accepts(&question.accept, &turn.outcome()), confidence: turn.confidence }
    };
    let (first, second) = questions.split_at(questions.len() / 2);
    std::thread::scope(|scope| {
        let others = scope.spawn(|| second.iter().map(ask).collect::<Vec<_>>());
        let mut all: Vec<Answered> = first.iter().map(ask).collect();
        all.extend(others.join().unwrap());
        all
    })
}

#[test]
fn small_edits_make_small_differences() {
    let files = files::sample();
    let before = compiled(&files);
    let questions: Vec<LabelledQuestion> = before.assistant.content().questions.values().flatten().cloned().collect();
    let was = ask_all(&before, &questions);
    for &edit in EDITS {
        let now = ask_all(&compiled(&edited(&files, edit)), &questions);
        let both = || questions.iter().zip(was.iter().zip(&now));
        let worse: Vec<&str> = both()
            .filter(|(_, (was, now))| was.right && !now.right)
            .map(|(question, _)| question.text.as_str())
            .collect();
        let mut moves: Vec<f64> = both().map(|(_, (was, now))| (was.confidence - now.confidence).abs()).collect();
        moves.sort_by(f64::total_cmp);
        let moved = moves[moves.len() * 9 / 10];
        println!("{}: {} got wrong {worse:?}; nine in ten moved by at most {moved:.4}", edit.0, worse.len());
        assert!(worse.len() <= MAX_REGRESSIONS, "{}: {worse:?}", edit.0);
        assert!(moved <= MAX_MOVE, "{}: {moved}", edit.0);
    }
}
