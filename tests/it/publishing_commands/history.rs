//! The folders go live, and back.

use serde_json::json;

use crate::shop::{Shop, how, time};

#[test]
fn an_edit_goes_live_and_back_and_all_is_listed() {
    let shop = Shop::new();
    assert_eq!(shop.json(&["revisions"]), json!([]));
    let first = shop.json(&["publish", "--note", "第一版"]);
    assert_eq!(first["outcome"], "published");
    let first = first["revision"].as_str().unwrap().to_owned();
    assert_eq!(shop.json(&["publish"])["outcome"], "unchanged");

    shop.write("knowledge-base/refund/refund-time.md", &time("1"));
    let tried = shop.json(&["publish", "--dry-run"]);
    assert_eq!((&tried["outcome"], shop.live()), (&json!("ready"), first.clone()));
    let said = shop.does(&["publish", "--note", "改了时间"]).out;
    assert!(said.contains("第 1 版") && said.contains("The gate is passed."), "{said}");
    let second = shop.live();
    assert_ne!(second, first);

    let difference = shop.does(&["diff", &first, "live"]).out;
    assert!(difference.contains("- 第 0 版。") && difference.contains("+ 第 1 版。"), "{difference}");
    assert_eq!(shop.does(&["diff", "folder", &second]).out, "the same\n");
    let change = &shop.json(&["diff", &first, &second])["changes"][0];
    assert_eq!((&change["subject"]["id"], &change["kind"]), (&json!("refund-time"), &json!("changed")));

    let back = shop.json(&["rollback", &first, "--note", "doch nicht"]);
    assert_eq!(back, json!({"outcome": "rolled_back", "revision": first, "seq": 3}));
    assert_eq!(shop.json(&["rollback", &first])["outcome"], "unchanged");
    let listed = shop.json(&["revisions"]);
    let listed = listed.as_array().unwrap();
    let field = |key: &str| listed.iter().map(|revision| revision[key].clone()).collect::<Vec<_>>();
    assert_eq!(field("id"), [json!(first), json!(second)], "what went live last is first");
    assert_eq!(field("note"), [json!("doch nicht"), json!("改了时间")]);
    assert_eq!((field("live"), field("forced")), (vec![json!(true), json!(false)], vec![json!(false), json!(false)]));
    assert_eq!(field("n_entries"), [json!(2), json!(2)]);
    for key in ["created_at", "published_at", "actor", "engine"] {
        assert!(listed.iter().all(|revision| revision[key].as_str().is_some_and(|text| !text.is_empty())), "{key}");
    }
    assert!(shop.does(&["revisions"]).out.contains("doch nicht"));
    assert!(shop.does(&["doctor"]).out.contains("`yingda diff live folder`"), "the folders hold what was taken back");
}

#[test]
fn a_broken_edit_ends_with_1_and_a_report_and_changes_nothing() {
    let shop = Shop::published();
    let live = shop.live();
    shop.write("knowledge-base/refund/refund-how.md", "---\nquestion: 怎么申请退款\nsimlar: [x]\n---\n坏的。\n");
    let refused = shop.run(&["publish", "--json"]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    let outcome = refused.json();
    assert_eq!((&outcome["outcome"], &outcome["report"]["can_be_forced"]), (&json!("refused"), &json!(false)));
    let error = &outcome["report"]["checked"]["errors"][0];
    assert_eq!((&error["code"], &error["line"]), (&json!("unknown-key"), &json!(3)));
    assert_eq!(shop.live(), live);
    let forced = shop.run(&["publish", "--force", "--note", "trotzdem"]);
    assert_eq!((forced.code, shop.live()), (Some(1), live), "{forced:?}");
}

#[test]
fn a_regression_is_forced_only_with_a_note() {
    let shop = Shop::published();
    shop.write("knowledge-base/refund/refund-time.md", "---\nquestion: 退款多久到账\n---\n第 1 版。\n");
    let taken = how("1").replace("---\n第", "similar: [退款几天到]\n---\n第");
    shop.write("knowledge-base/refund/refund-how.md", &taken);
    let refused = shop.run(&["publish", "--json"]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert_eq!(refused.json()["report"]["regressions"][0]["id"], "own-1");
    for arguments in [&["publish", "--force"][..], &["publish", "--force", "--note", " "]] {
        let ended = shop.run(arguments);
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(ended.err.contains("note"), "{ended:?}");
    }
    let forced = shop.json(&["publish", "--force", "--note", "die Frage zieht um"]);
    assert_eq!((&forced["outcome"], &forced["forced"]), (&json!("published"), &json!(true)));
    assert_eq!(shop.json(&["revisions"])[0]["forced"], true);
}

#[test]
fn a_folder_that_started_from_another_revision_is_refused_with_the_difference() {
    let (shop, colleague) = (Shop::published(), Shop::new());
    // A colleague's copy of the folder, on the same store.
    let command = |arguments: &[&str]| {
        let mut command = shop.command(arguments);
        command.current_dir(colleague.folder());
        crate::shop::Ended::from(command.output().unwrap())
    };
    let same = command(&["publish", "--json"]);
    assert_eq!(same.json()["outcome"], "unchanged", "{same:?}");
    shop.write("knowledge-base/refund/refund-time.md", &time("1"));
    shop.does(&["publish"]);
    let live = shop.live();
    colleague.write("knowledge-base/refund/refund-how.md", &how("2"));
    let refused = command(&["publish"]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.out.contains("- 第 1 版。") && refused.out.contains("+ 第 2 版。"), "{refused:?}");
    assert!(refused.out.contains(&format!("--base {live}")), "{refused:?}");
    let wrong = command(&["publish", "--base", "000000000000", "--json"]);
    assert_eq!((wrong.code, &wrong.json()["outcome"]), (Some(1), &json!("diverged")));
    let meant = command(&["publish", "--base", &live, "--json"]);
    assert_eq!((meant.code, &meant.json()["outcome"]), (Some(0), &json!("published")), "{meant:?}");
    assert_eq!(shop.answers(), ["第 2 版。", "第 0 版。"]);
}

#[test]
fn wrong_use_ends_with_2_and_says_why() {
    let shop = Shop::published();
    for (arguments, says) in [
        (&["publish", "--from", "nowhere"][..], "nowhere"),
        (&["publish", "--set", "set-1"], "--from draft"),
        (&["publish", "--from", "draft", "--base", "x"], "--from folder"),
        (&["publish", "--from", "draft"], "no change set is open"),
        (&["publish", "--from", "draft", "--set", "set-1"], "set-1"),
        (&["rollback", "000000000000"], "000000000000"),
        (&["rollback"], "REV"),
        (&["diff", "live"], "<B>"),
        (&["diff", "live", "draft:set-1"], "set-1"),
        (&["diff", "live", "r1"], "r1"),
        (&["import", "a.csv"], "--format"),
        (&["import", "a.csv", "--format", "word"], "no format"),
        (&["import", "nowhere.csv", "--format", "csv"], "nowhere.csv"),
        (&["import", "nowhere", "--format", "folder"], "nowhere"),
        (&["import", "intents/smalltalk.greet.yaml", "--format", "csv", "--map", "question=问"], "--format table"),
        (&["import", "intents/smalltalk.greet.yaml", "--format", "table", "--map", "问"], "maps nothing"),
        (&["export", "--format", "csv"], "--out"),
        (&["export", "--format", "table", "--out", "a.csv"], "only read"),
        (&["export", "--format", "csv", "--out", "a.csv", "--set", "set-1"], "--draft"),
        (&["export", "--format", "csv", "--out", "nowhere/a.csv"], "nowhere/a.csv"),
        (&["export", "--format", "folder", "--out", "intents"], "something else"),
        (&["restore", "nowhere.gz"], "nowhere.gz"),
    ] {
        let ended = shop.run(arguments);
        assert_eq!(ended.code, Some(2), "{arguments:?}: {ended:?}");
        assert!(ended.err.contains(says), "{arguments:?}: {ended:?}");
        assert!(ended.out.is_empty(), "{arguments:?}: {ended:?}");
    }
}

#[test]
fn the_same_revision_is_judged_again_for_another_version() {
    let shop = Shop::published();
    let again = shop.json(&["publish", "--from", "live", "--note", "neue Version"]);
    assert_eq!((&again["outcome"], &again["seq"]), (&json!("published"), &json!(2)));
    assert_eq!(shop.json(&["revisions"])[0]["note"], "neue Version");
}

#[test]
fn what_was_kept_long_enough_is_forgotten() {
    let shop = Shop::published();
    for version in ["1", "2", "3"] {
        shop.write_versions(version);
        shop.does(&["publish"]);
    }
    assert_eq!(shop.json(&["retention"])["revisions"], 0, "all are young");
    let mut command = shop.command(&["retention", "--json"]);
    command.env("YINGDA_RETENTION_REVISIONS_DAYS", "0").env("YINGDA_RETENTION_REVISIONS", "2");
    let taken = crate::shop::Ended::from(command.output().unwrap()).json();
    assert_eq!(taken["revisions"], 2, "{taken}");
    assert_eq!(shop.json(&["revisions"]).as_array().unwrap().len(), 2);
    assert_eq!(shop.answers(), ["第 3 版。", "第 3 版。"]);
    assert!(shop.does(&["doctor"]).out.contains("each follows from the one before it"));
}

#[test]
fn doctor_sees_a_store_that_is_damaged_and_leaves_none_behind() {
    let shop = Shop::new();
    assert!(shop.does(&["doctor"]).out.contains("store: none yet"));
    assert!(!shop.path("yingda.db").exists());
    shop.does(&["publish"]);
    let findings = shop.json(&["doctor"]);
    let messages: String = findings.as_array().unwrap().iter().map(|finding| finding["message"].to_string()).collect();
    for part in ["read and written", "live: revision", "no change set is open", "audit: 1 line(s)"] {
        assert!(messages.contains(part), "{part}: {messages}");
    }
    shop.write("yingda.db", "this is no database, whatever its name says, and it is long enough to be looked at");
    std::fs::remove_file(shop.path("yingda.db-wal")).ok();
    let damaged = shop.run(&["doctor"]);
    assert_eq!(damaged.code, Some(1), "{damaged:?}");
    assert!(damaged.out.contains("is damaged"), "{damaged:?}");
}
