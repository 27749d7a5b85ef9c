//! Editing while customers ask: a good edit goes live whole, a broken one changes nothing, nobody sees half of either.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;
use tempfile::TempDir;
use yingda::artefacts;
use yingda::assistant::compile::Senses;
use yingda::publishing::{Publication, load, publish_folders};

use super::{TestApp, settings};

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
        let loaded = load(&config.content, &Default::default()).unwrap();
        assert_eq!(loaded.errors().count(), 0, "{:?}", loaded.diagnostics);
        let snapshot =
            artefacts::compile(loaded.content, loaded.revision, folder.path(), None, Senses::default()).unwrap();
        let app = TestApp::serving(config, Arc::new(snapshot));
        Self { folder, app }
    }

    fn edit(&self, path: &str, text: &str) {
        write(self.folder.path(), path, text);
    }

    fn publish(&self) -> Publication {
        publish_folders(&self.app.app, &self.data())
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
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
    assert_eq!(edited.publish(), Publication::Unchanged);
    edited.edit("kb/refund/refund-time.md", &version(1));
    let Publication::Published { revision } = edited.publish() else { panic!("not published") };
    assert_ne!(json!(revision), before);
    assert_eq!(edited.app.get("/readyz").json()["revision"], json!(revision));
    assert_eq!(edited.answer(), "第 1 版。");
}

#[test]
fn a_broken_edit_changes_nothing_and_is_reported_with_file_and_line() {
    let edited = Edited::start();
    let before = edited.app.get("/readyz").json();
    edited.edit("kb/refund/refund-time.md", "---\nquestion: 退款多久到账\nsimlar: [退款几天到]\n---\n坏的。\n");
    let Publication::Refused { errors } = edited.publish() else { panic!("not refused") };
    let places: Vec<(&str, usize, &str)> =
        errors.iter().map(|error| (error.file.as_str(), error.line, error.code)).collect();
    assert_eq!(places, [("knowledge-base/refund/refund-time.md", 3, "unknown-key")]);
    assert_eq!((edited.app.get("/readyz").json(), edited.answer().as_str()), (before, "第 0 版。"));
    // Mended, it goes live.
    edited.edit("kb/refund/refund-time.md", &version(2));
    assert!(matches!(edited.publish(), Publication::Published { .. }));
    assert_eq!(edited.answer(), "第 2 版。");
}

#[test]
fn folders_that_are_moved_away_do_not_bring_the_sample_in() {
    let edited = Edited::start();
    std::fs::rename(edited.folder.path().join("kb"), edited.folder.path().join("kb.away")).unwrap();
    std::fs::rename(edited.folder.path().join("in"), edited.folder.path().join("in.away")).unwrap();
    assert!(matches!(edited.publish(), Publication::Failed { .. }));
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
            assert!(matches!(edited.publish(), Publication::Published { .. }));
        }
        done.store(true, Ordering::Relaxed);
        customers.into_iter().map(|customer| customer.join().unwrap()).collect()
    });
    let pairs: HashSet<(String, String)> = seen.into_iter().flatten().collect();
    let revisions: HashSet<&String> = pairs.iter().map(|(revision, _)| revision).collect();
    assert!(revisions.len() > 3, "several were seen: {}", revisions.len());
    assert_eq!(revisions.len(), pairs.len(), "each revision with one answer: {pairs:?}");
}
