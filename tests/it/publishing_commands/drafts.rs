//! Imports become change sets; change sets go live, or stand in each other's way.

use serde_json::{Value, json};

use crate::shop::{Shop, table};

/// Imports a table of ours; returns the change set.
fn import(shop: &Shop, rows: &[[&str; 5]]) -> String {
    shop.write("rows.csv", &table(rows));
    let report = shop.json(&["import", "rows.csv", "--format", "csv"]);
    report["change_set"].as_str().unwrap().to_owned()
}

const TIME_1: [&str; 5] = ["refund-time", "refund", "", "退款多久到账", "一天。"];
const TIME_2: [&str; 5] = ["refund-time", "refund", "", "退款多久到账", "两天。"];
const NEW: [&str; 5] = ["pay-how", "pay", "", "怎么付款", "点付款。"];

#[test]
fn an_import_is_a_draft_until_it_is_published() {
    let shop = Shop::published();
    shop.write("rows.csv", &table(&[TIME_1, NEW]));
    let tried = shop.json(&["import", "rows.csv", "--format", "csv", "--dry-run"]);
    let expected = json!({
        "entries": 2, "phrasings": 2, "created": 1, "updated": 1, "unchanged": 0, "removed": 0, "files": 3, "faults": [],
        "notes": [], "change_set": null,
    });
    assert_eq!(tried, expected);
    assert!(shop.does(&["doctor"]).out.contains("no change set is open"));

    let report = shop.json(&["import", "rows.csv", "--format", "csv"]);
    let set = report["change_set"].as_str().unwrap();
    assert_eq!(shop.answers(), ["第 0 版。", "第 0 版。"], "a draft answers nobody");
    let difference = shop.does(&["diff", "live", &format!("draft:{set}")]).out;
    // The row holds no translation, so there is none any more.
    for part in ["+ knowledge-base/pay/pay-how.md", "- knowledge-base/refund/refund-time.en.md", "+ 一天。"] {
        assert!(difference.contains(part), "{part}: {difference}");
    }
    let doctor = shop.does(&["doctor"]).out;
    assert!(doctor.contains(&format!("{set} (import rows.csv)")), "{doctor}");
    // The labelled question is no longer one of its phrasings, and is right nevertheless.
    let published = shop.json(&["publish", "--from", "draft"]);
    assert_eq!(published["outcome"], "published", "{published}");
    assert_eq!(shop.answers(), ["点付款。", "第 0 版。", "一天。"]);
    assert!(shop.does(&["doctor"]).out.contains("no change set is open"));
    let again = shop.run(&["publish", "--from", "draft", "--set", set]);
    assert_eq!(again.code, Some(2), "{again:?}");
    assert!(again.err.contains("published already"), "{again:?}");
}

#[test]
fn imports_into_one_change_set_lie_over_one_another() {
    let shop = Shop::published();
    let set = import(&shop, &[NEW]);
    shop.write("rows.csv", &table(&[["pay-how", "pay", "", "怎么付款", "再点一次。"], TIME_1]));
    let report = shop.json(&["import", "rows.csv", "--format", "csv", "--set", &set]);
    assert_eq!((&report["created"], &report["updated"], &report["change_set"]), (&json!(0), &json!(2), &json!(set)));
    let report = shop.json(&["import", "rows.csv", "--format", "csv", "--set", &set]);
    assert_eq!((&report["unchanged"], &report["files"], &report["change_set"]), (&json!(2), &json!(0), &json!(set)));
    shop.does(&["export", "--format", "jsonl", "--out", "draft.jsonl", "--draft"]);
    assert!(shop.read("draft.jsonl").contains("再点一次。"));
    shop.does(&["publish", "--from", "draft"]);
    assert_eq!(shop.answers(), ["再点一次。", "第 0 版。", "一天。"]);
}

#[test]
fn two_change_sets_that_edit_the_same_are_in_conflict() {
    let shop = Shop::published();
    let (first, second) = (import(&shop, &[TIME_1]), import(&shop, &[TIME_2]));
    let several = shop.run(&["publish", "--from", "draft"]);
    assert_eq!(several.code, Some(2), "{several:?}");
    assert!(several.err.contains(&first) && several.err.contains(&second), "{several:?}");
    shop.does(&["publish", "--from", "draft", "--set", &first]);
    let live = shop.live();
    let refused = shop.run(&["publish", "--from", "draft", "--set", &second]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.out.contains("refund-time") && refused.out.contains("一天。"), "{refused:?}");
    let outcome = shop.run(&["publish", "--from", "draft", "--set", &second, "--json"]).json();
    assert_eq!(outcome["outcome"], "conflicting");
    let conflicts = outcome["conflicts"].as_array().unwrap();
    let of_own = |conflict: &&Value| conflict["path"] == "knowledge-base/refund/refund-time.md";
    let conflict = conflicts.iter().find(of_own).unwrap();
    assert!(conflict["live"].as_str().unwrap().contains("一天。"));
    assert!(conflict["draft"].as_str().unwrap().contains("两天。"));
    let carried_away = shop.run(&["export", "--format", "folder", "--out", "out", "--draft", "--set", &second]);
    assert_eq!(carried_away.code, Some(2), "{carried_away:?}");
    assert_eq!((shop.live(), shop.answers()[1].as_str()), (live, "一天。"));
}

/// What a row breaks is said of the row, whoever finds it: the format, or the check of all content.
#[test]
fn an_import_with_a_fault_imports_nothing_and_names_row_and_column() {
    let shop = Shop::published();
    let rows = [
        NEW,
        ["pay-no-answer", "pay", "", "付款没有答案", ""],
        ["pay-double", "pay", "", "退款几天到", "x"],
        ["pay-variable", "pay", "", "付款电话", "打 {{no_such_variable}}"],
        ["account/../x", "pay", "", "路径", "x"],
        ["pay-html", "pay", "", "付款页面", "<script>x</script>"],
    ];
    shop.write("rows.csv", &table(&rows));
    for arguments in [
        &["import", "rows.csv", "--format", "csv", "--json"][..],
        &["import", "rows.csv", "--format", "csv", "--dry-run", "--json"],
    ] {
        let refused = shop.run(arguments);
        assert_eq!(refused.code, Some(1), "{refused:?}");
        let report = refused.json();
        let faults = report["faults"].as_array().unwrap();
        let places: Vec<(u64, &str)> =
            faults.iter().map(|fault| (fault["row"].as_u64().unwrap(), fault["column"].as_str().unwrap())).collect();
        assert_eq!(places, [(3, "answer"), (4, ""), (5, "answer"), (6, "id"), (7, "answer")], "{report}");
        assert!(faults[1]["message"].as_str().unwrap().contains("refund-time"), "{report}");
        assert_eq!((&report["created"], &report["change_set"]), (&json!(0), &Value::Null));
    }
    let said = shop.run(&["import", "rows.csv", "--format", "csv"]);
    assert!(said.out.contains("5 answer: ") && said.out.contains("nothing is imported: 5 fault(s)"), "{said:?}");
    assert!(shop.does(&["doctor"]).out.contains("no change set is open"));
}

#[test]
fn an_error_that_was_there_before_is_nobodys_fault() {
    let shop = Shop::published();
    let set = import(&shop, &[NEW]);
    // Somebody breaks an entry in the draft by other means.
    shop.with_store(async |store| {
        let live = yingda::store::revisions::live(&mut *store.read().await.unwrap()).await.unwrap().unwrap().revision;
        let mut tx = store.write().await.unwrap();
        let path = "knowledge-base/refund/refund-how.md";
        let broken = "---\nquestion: 怎么申请退款\nsimlar: [x]\n---\n坏的。\n".as_bytes();
        let now = yingda::clock::now();
        yingda::store::drafts::edit(&mut *tx, &set, path, Some(broken), &live, "li", now).await.unwrap();
        tx.commit().await.unwrap();
    });
    shop.write("rows.csv", &table(&[TIME_1]));
    let report = shop.json(&["import", "rows.csv", "--format", "csv", "--set", &set]);
    assert_eq!((&report["faults"], &report["updated"]), (&json!([]), &json!(1)));
    let refused = shop.run(&["export", "--format", "csv", "--out", "a.csv", "--draft"]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(refused.err.contains("refund-how.md:3:1"), "{refused:?}");
    assert_eq!(shop.run(&["publish", "--from", "draft"]).code, Some(1));
}
