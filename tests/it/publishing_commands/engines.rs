//! What is live was judged by another version of yingda: it is judged anew before it is served.

use jiff::Timestamp;
use serde_json::json;
use yingda::knowledge::content::SourceFile;
use yingda::store::revisions::{self, Kind, Publication};

use crate::service::process::Process;
use crate::shop::Shop;

/// Makes a revision live as another version of yingda has left it, with the ids of questions that it answered wrongly.
fn leave(shop: &Shop, revision: &str, files: &[SourceFile], wrong: &[&str]) {
    let now: Timestamp = "2026-11-23T10:00:00+08:00".parse().unwrap();
    let report = json!({
        "passed": true, "can_be_forced": false,
        "checked": {"n_errors": 0, "errors": []},
        "verbatim": {"n": 4, "n_failures": 0, "failures": []},
        "never": {"n": 0, "n_failures": 0, "failures": []},
        "labelled": {"n": 1, "accepted": 1 - wrong.len(), "share": 1.0, "floor": 0.9, "wrong": wrong},
        "regressions": [], "improvements": 0,
        "changed_recent": {"n": 0, "changed": 0, "examples": []},
    });
    shop.with_store(async |store| {
        let mut tx = store.write().await.unwrap();
        revisions::put(&mut *tx, revision, files, 2, now).await.unwrap();
        let seq = revisions::live(&mut *tx).await.unwrap().map_or(0, |live| live.seq);
        let publication = Publication {
            seq: seq + 1,
            revision: revision.to_owned(),
            kind: Kind::Publish,
            at: now,
            actor: "a".to_owned(),
            note: String::new(),
            forced: false,
            engine: "another".to_owned(),
        };
        revisions::publish(&mut *tx, seq, &publication, Some(&report.to_string())).await.unwrap();
        tx.commit().await.unwrap();
    });
}

/// How `serve` ends that serves nothing.
fn refusal(shop: &Shop) -> String {
    let ended = shop.run(&["serve", "--listen", "127.0.0.1:0", "--metrics", "off"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    ended.err
}

fn serves(shop: &Shop) {
    let process = Process::of_shop(shop, &["--metrics", "off"]);
    assert_eq!(process.ask("退款多久到账").json()["entry"], "refund-time");
}

fn engines(shop: &Shop) -> Vec<(String, bool)> {
    let publications =
        shop.with_store(async |store| revisions::publications(&mut *store.read().await.unwrap(), 0).await.unwrap());
    publications.into_iter().map(|publication| (publication.kind.name().to_owned(), publication.forced)).collect()
}

#[test]
fn what_is_fit_for_this_version_too_is_judged_once_and_served() {
    let shop = Shop::published();
    leave(&shop, &shop.live(), &[], &[]);
    serves(&shop);
    serves(&shop);
    let done = [("publish".to_owned(), false), ("publish".to_owned(), false), ("engine".to_owned(), false)];
    assert_eq!(engines(&shop), done, "the second start finds its own judgement");
}

#[test]
fn what_the_other_version_had_right_and_this_one_has_not_is_served_only_when_somebody_says_so() {
    let shop = Shop::new();
    // A label that nothing here leads to: another version had it right.
    let label = "{\"id\":\"own-2\",\"text\":\"退款多久到账\",\"lang\":\"zh-CN\",\"accept\":[\"refund-how\"]}\n";
    shop.write("knowledge-base/questions/more.jsonl", label);
    shop.does(&["publish", "--force", "--note", "a beginning"]);
    let live = shop.live();
    leave(&shop, &live, &[], &[]);
    let said = refusal(&shop);
    assert!(said.contains("own-2") && said.contains("--from live --force"), "{said}");
    assert_eq!(shop.run(&["publish", "--from", "live"]).code, Some(1));
    shop.does(&["publish", "--from", "live", "--force", "--note", "we know"]);
    serves(&shop);
    assert_eq!(engines(&shop).last(), Some(&("engine".to_owned(), true)));

    let shop = Shop::new();
    shop.write("knowledge-base/questions/more.jsonl", label);
    shop.does(&["publish", "--force", "--note", "a beginning"]);
    leave(&shop, &shop.live(), &[], &["own-2"]);
    assert!(refusal(&shop).contains("at least 90.00 %"), "no regression, but too little is right");
}

#[test]
fn what_this_version_finds_errors_in_is_taken_out_mended_and_published() {
    let shop = Shop::published();
    let before = shop.live();
    let file = |path: &str| SourceFile { path: path.to_owned(), bytes: shop.read(path).into_bytes() };
    let mut files = vec![
        file("intents/smalltalk.greet.yaml"),
        file("knowledge-base/questions/own.jsonl"),
        file("knowledge-base/refund/_category.yaml"),
        file("knowledge-base/refund/refund-time.md"),
    ];
    files[3].bytes = "---\nquestion: 退款多久到账\nsimilar: [退款几天到]\nbefore: 1\n---\n三天。\n".into();
    leave(&shop, "0123456789ab", &files, &[]);
    let said = refusal(&shop);
    for part in ["knowledge-base/refund/refund-time.md:4", "unknown-key", "export --format folder", "publish"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let forced = shop.run(&["publish", "--from", "live", "--force", "--note", "x"]);
    assert_eq!(forced.code, Some(1), "{forced:?}");

    for folder in ["knowledge-base", "intents"] {
        std::fs::remove_dir_all(shop.path(folder)).unwrap();
    }
    shop.does(&["export", "--format", "folder", "--out", "out"]);
    for folder in ["knowledge-base", "intents"] {
        std::fs::rename(shop.path(&format!("out/{folder}")), shop.path(folder)).unwrap();
    }
    let text = shop.read("knowledge-base/refund/refund-time.md").replace("before: 1\n", "");
    shop.write("knowledge-base/refund/refund-time.md", &text.replace("三天", "四天"));
    let published = shop.json(&["publish"]);
    assert_eq!((&published["outcome"], &published["seq"]), (&json!("published"), &json!(3)), "{published}");
    serves(&shop);
    assert_eq!(shop.answers(), ["四天。"]);
    let back = shop.json(&["rollback", &before]);
    assert_eq!(back["outcome"], "rolled_back", "its own judgement on the one before still holds");
}

#[test]
fn a_mended_draft_is_a_way_out_too_and_keeps_what_was_right() {
    let shop = Shop::published();
    let file = |path: &str| SourceFile { path: path.to_owned(), bytes: shop.read(path).into_bytes() };
    let mut files = vec![file("intents/smalltalk.greet.yaml"), file("knowledge-base/questions/own.jsonl")];
    let broken = "---\nquestion: 退款多久到账\nbefore: 1\n---\n三天。\n";
    files.push(SourceFile { path: "knowledge-base/refund/refund-time.md".to_owned(), bytes: broken.into() });
    leave(&shop, "0123456789ab", &files, &[]);
    shop.write("mended/intents/smalltalk.greet.yaml", &shop.read("intents/smalltalk.greet.yaml"));
    shop.write(
        "mended/knowledge-base/questions/own.jsonl",
        &shop.read("knowledge-base/questions/own.jsonl").replace("refund-time", "intent:smalltalk.greet"),
    );
    shop.write("mended/knowledge-base/refund/refund-time.md", &broken.replace("before: 1\n", ""));
    let set = shop.json(&["import", "mended", "--format", "folder"]);
    let set = set["change_set"].as_str().unwrap();
    let refused = shop.run(&["publish", "--from", "draft", "--set", set, "--json"]);
    assert_eq!(refused.json()["report"]["regressions"][0]["id"], "own-1", "as the report of the live one has it");
    shop.does(&["publish", "--from", "draft", "--set", set, "--force", "--note", "the label was wrong"]);
    serves(&shop);
}
