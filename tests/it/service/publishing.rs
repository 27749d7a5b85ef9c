//! Editing while customers ask: a good edit goes live whole, a broken one changes nothing, nobody sees half of either.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;
use yingda::publishing::follow::follow;
use yingda::publishing::outcome::Outcome;
use yingda::publishing::proposal::Source;
use yingda::publishing::publish::{Rollback, Wish};

use super::{PATIENCE, TestApp, settings, wish};

/// A small content in a folder of its own, and a service on it.
struct Edited {
    folder: TempDir,
    app: TestApp,
}

impl Edited {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let edited = |path: &str, text: &str| write(folder.path(), path, text);
        edited("kb/refund/_category.yaml", "title: {zh-CN: 退款, en: Refunds}\n");
        edited("kb/refund/refund-time.md", "---\nquestion: 退款多久到账\nsimilar: [退款几天到]\n---\n第 0 版。\n");
        edited("kb/refund/refund-how.md", "---\nquestion: 怎么申请退款\n---\n第 0 版。\n");
        edited("in/smalltalk.greet.yaml", "examples: {zh-CN: [你好, 您好]}\ndoes: {reply: {zh-CN: 您好。}}\n");
        let mut config = settings();
        config.content.knowledge = folder.path().join("kb");
        config.content.intents = folder.path().join("in");
        let app = TestApp::of_folders(config, &folder.path().join("data"));
        Self { folder, app }
    }

    fn edit(&self, path: &str, text: &str) {
        write(self.folder.path(), path, text);
    }

    fn publish(&self) -> Outcome {
        self.app.wait(self.app.app.publish(&wish())).unwrap()
    }

    fn answer(&self) -> String {
        self.app.ask("退款多久到账")["reply"]["text"].as_str().unwrap().to_owned()
    }
}

fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn version(n: usize) -> String {
    format!("---\nquestion: 退款多久到账\nsimilar: [退款几天到]\n---\n第 {n} 版。\n")
}

#[test]
fn a_good_edit_goes_live() {
    let edited = Edited::start();
    let before = edited.app.get("/readyz").json()["revision"].clone();
    assert_eq!(edited.publish(), Outcome::Unchanged { revision: before.as_str().unwrap().to_owned() });
    edited.edit("kb/refund/refund-time.md", &version(1));
    let Outcome::Published { revision, .. } = edited.publish() else { panic!("not published") };
    assert_ne!(json!(revision), before);
    assert_eq!(edited.app.get("/readyz").json()["revision"], json!(revision));
    assert_eq!(edited.answer(), "第 1 版。");
}

#[test]
fn a_broken_edit_changes_nothing_and_is_reported_with_file_and_line() {
    let edited = Edited::start();
    let before = edited.app.get("/readyz").json();
    edited.edit("kb/refund/refund-time.md", "---\nquestion: 退款多久到账\nsimlar: [退款几天到]\n---\n坏的。\n");
    let Outcome::Refused { report, .. } = edited.publish() else { panic!("not refused") };
    assert!(!report.can_be_forced);
    let errors = &report.checked.errors;
    let places: Vec<(&str, usize, &str)> =
        errors.iter().map(|error| (error.file.as_str(), error.line, error.code.as_str())).collect();
    assert_eq!(places, [("knowledge-base/refund/refund-time.md", 3, "unknown-key")]);
    assert_eq!((edited.app.get("/readyz").json(), edited.answer().as_str()), (before, "第 0 版。"));
    // Mended, it goes live.
    edited.edit("kb/refund/refund-time.md", &version(2));
    assert!(matches!(edited.publish(), Outcome::Published { .. }));
    assert_eq!(edited.answer(), "第 2 版。");
}

#[test]
fn folders_that_are_moved_away_do_not_bring_the_sample_in() {
    let edited = Edited::start();
    std::fs::rename(edited.folder.path().join("kb"), edited.folder.path().join("kb.away")).unwrap();
    std::fs::rename(edited.folder.path().join("in"), edited.folder.path().join("in.away")).unwrap();
    assert!(edited.app.wait(edited.app.app.publish(&wish())).is_err());
    assert_eq!(edited.answer(), "第 0 版。");
}

#[test]
fn a_list_goes_on_on_the_revision_it_was_begun_on() {
    let edited = Edited::start();
    let first = edited.app.get("/api/v1/entries?limit=1").json();
    let cursor = first["next_cursor"].as_str().unwrap().to_owned();
    let further = format!("/api/v1/entries?limit=1&cursor={cursor}");
    edited.edit("kb/refund/refund-time.md", &version(1));
    edited.publish();
    let second = edited.app.get(&further).json();
    assert_eq!(second["revision"], first["revision"]);
    assert_eq!(second["data"][0]["excerpt"], "第 0 版。");
    // The one before the previous one is gone.
    edited.edit("kb/refund/refund-time.md", &version(2));
    edited.publish();
    assert_eq!(edited.app.get(&further).problem(), "cursor_expired");
}

#[test]
fn customers_who_ask_meanwhile_see_one_revision_or_the_other() {
    const PUBLICATIONS: usize = 30;
    let edited = Edited::start();
    let done = AtomicBool::new(false);
    let seen: Vec<HashSet<(String, String)>> = std::thread::scope(|scope| {
        let customers: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    let mut seen = HashSet::new();
                    while !done.load(Ordering::Relaxed) {
                        let turn = edited.app.ask("退款几天到");
                        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
                        seen.insert((text(&turn["revision"]), text(&turn["reply"]["text"])));
                    }
                    seen
                })
            })
            .collect();
        for n in 1..=PUBLICATIONS {
            edited.edit("kb/refund/refund-time.md", &version(n));
            assert!(matches!(edited.publish(), Outcome::Published { .. }));
        }
        done.store(true, Ordering::Relaxed);
        customers.into_iter().map(|customer| customer.join().unwrap()).collect()
    });
    let pairs: HashSet<(String, String)> = seen.into_iter().flatten().collect();
    let revisions: HashSet<&String> = pairs.iter().map(|(revision, _)| revision).collect();
    assert!(revisions.len() > 3, "several were seen: {}", revisions.len());
    assert_eq!(revisions.len(), pairs.len(), "each revision with one answer: {pairs:?}");
}

/// Two processes on one store: one publishes and goes back, both answer all the while, and neither answers with what was
/// never live.
#[test]
fn replicas_under_load_follow_a_hundred_publications_without_a_failed_or_mixed_answer() {
    const TIMES: usize = 50;
    const CUSTOMERS: u64 = 2;
    /// Between two questions of a customer: all of them together ask 500 times a second.
    const PAUSE: Duration = Duration::from_millis(1_000 * 2 * CUSTOMERS / 500);
    let edited = Edited::start();
    let config = edited.app.app.config().clone();
    let other = TestApp::of_folders(config, &edited.folder.path().join("data"));
    for app in [&edited.app, &other] {
        drop(app.wait(async { Some(tokio::spawn(follow(app.app.clone()))) }));
    }
    let done = AtomicBool::new(false);
    let (seen, published) = std::thread::scope(|scope| {
        let replicas = [&edited.app, &other].into_iter();
        let customers: Vec<_> = replicas
            .flat_map(|app| (0..CUSTOMERS).map(move |_| app))
            .map(|app| {
                let done = &done;
                scope.spawn(move || {
                    let mut seen: HashMap<(String, String), usize> = HashMap::new();
                    let mut next = Instant::now();
                    while !done.load(Ordering::Relaxed) {
                        let turn = app.ask("退款几天到");
                        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
                        *seen.entry((text(&turn["revision"]), text(&turn["reply"]["text"]))).or_default() += 1;
                        next = (next + PAUSE).max(Instant::now());
                        std::thread::park_timeout(next - Instant::now());
                    }
                    seen
                })
            })
            .collect();
        let app = &edited.app;
        let mut published: HashMap<String, String> = HashMap::new();
        let mut live = app.app.live().current().assistant.revision().to_owned();
        published.insert(live.clone(), "第 0 版。".to_owned());
        for n in 1..=TIMES {
            edited.edit("kb/refund/refund-time.md", &version(n));
            let wish = Wish { source: Source::Folder { base: Some(live.clone()) }, ..wish() };
            let Outcome::Published { revision, .. } = app.wait(app.app.publish(&wish)).unwrap() else { panic!() };
            published.insert(revision, format!("第 {n} 版。"));
            let back = Rollback { revision: live.clone(), actor: wish.actor, address: None, note: String::new() };
            let began = Instant::now();
            // The other replica may still be compiling: it has to answer with one or the other.
            let Outcome::RolledBack { revision, .. } = app.wait(app.app.roll_back(&back)).unwrap() else { panic!() };
            assert!(began.elapsed() < Duration::from_secs(1), "back within a second");
            live = revision;
        }
        let caught_up = || other.app.live().seq() == app.app.live().seq();
        let began = Instant::now();
        while !caught_up() {
            assert!(began.elapsed() < PATIENCE, "the other replica follows");
            std::thread::yield_now();
        }
        done.store(true, Ordering::Relaxed);
        let seen: Vec<_> = customers.into_iter().map(|customer| customer.join().unwrap()).collect();
        (seen, published)
    });
    let mut n_answers = 0;
    for ((revision, text), n) in seen.into_iter().flatten() {
        assert_eq!(published.get(&revision), Some(&text), "an answer of that revision");
        n_answers += n;
    }
    assert!(n_answers > 200, "{n_answers} answers");
    assert_eq!(edited.app.app.live().seq(), 1 + 2 * TIMES as i64);
}
