//! Everything in one file, and back into an empty store.

use serde_json::json;

use crate::shop::{Ended, Shop, table};
use crate::store::places;

#[test]
fn a_backup_is_restored_into_an_empty_store_only() {
    for place in places() {
        let shop = Shop::at(place);
        shop.does(&["publish", "--note", "第一版"]);
        shop.write_versions("1");
        shop.does(&["publish"]);
        shop.write("rows.csv", &table(&[["pay-how", "pay", "", "怎么付款", "点付款。"]]));
        shop.does(&["import", "rows.csv", "--format", "csv"]);
        let backup = shop.json(&["backup", "all.backup"]);
        assert!(backup["n_rows"].as_u64().unwrap() > 10, "{backup}");
        let again = shop.run(&["backup", "all.backup"]);
        assert_eq!(again.code, Some(2), "{again:?}");
        assert!(again.err.contains("there already"), "{again:?}");

        for target in places() {
            let other = Shop::at(target);
            let file = shop.path("all.backup");
            let restored = other.json(&["restore", file.to_str().unwrap()]);
            assert_eq!(restored["n_rows"], backup["n_rows"]);
            assert_eq!((other.live(), other.answers()), (shop.live(), shop.answers()));
            let notes = |shop: &Shop| shop.json(&["revisions"])[1]["note"].clone();
            assert_eq!(notes(&other), json!("第一版"));
            let refused = other.run(&["restore", file.to_str().unwrap()]);
            assert_eq!(refused.code, Some(2), "{refused:?}");
            assert!(refused.err.contains("not empty"), "{refused:?}");
            other.does(&["publish", "--from", "draft"]);
            assert!(other.does(&["doctor"]).out.contains("each follows from the one before it"));
        }
    }
}

#[test]
fn a_file_that_is_no_backup_restores_nothing() {
    let shop = Shop::published();
    shop.does(&["backup", "all.backup"]);
    let bytes = std::fs::read(shop.path("all.backup")).unwrap();
    let empty = Shop::new();
    std::fs::write(empty.path("half.backup"), &bytes[..bytes.len() / 2]).unwrap();
    empty.write("text.backup", "nonsense");
    for file in ["half.backup", "text.backup"] {
        let refused = empty.run(&["restore", file]);
        assert_eq!(refused.code, Some(2), "{refused:?}");
        assert!(refused.err.contains(file), "{refused:?}");
        assert_eq!(empty.live(), "");
    }
    empty.does(&["publish"]);
}

#[test]
fn a_backup_that_cannot_be_written_leaves_nothing() {
    let shop = Shop::published();
    let refused: Ended = shop.run(&["backup", "nowhere/all.backup"]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(refused.err.contains("nowhere/all.backup"), "{refused:?}");
}
