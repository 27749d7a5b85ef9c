//! `yingda schema` as a shell sees it.

use serde_json::Value;
use yingda::knowledge::schemas::SCHEMAS;

use crate::shop::Shop;

#[test]
fn schemas_are_listed_printed_and_written() {
    let shop = Shop::new();
    let kinds = shop.json(&["schema"]);
    assert_eq!(kinds.as_array().unwrap().len(), SCHEMAS.len());
    let listed = shop.does(&["schema"]).out;
    assert!(
        listed.lines().any(|line| line.starts_with("flow ") && line.ends_with(" intents/flows/<name>.yaml")),
        "{listed}"
    );
    assert_eq!(shop.does(&["schema", "flow"]).json()["title"], "Flow");
    shop.does(&["schema", "--write", ".schemas"]);
    for schema in SCHEMAS {
        assert_eq!(shop.read(&format!(".schemas/{}.json", schema.kind)), schema.text);
    }
    shop.does(&["check"]);
    for wrong in [
        &["schema", "entri"][..],
        &["schema", "entry", "--write", "x"],
        &["schema", "--write", "intents/smalltalk.greet.yaml"],
    ] {
        let ended = shop.run(wrong);
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{ended:?}");
    }
    assert!(shop.run(&["schema", "entri"]).err.contains("entry"));
}

#[test]
fn the_settings_that_are_printed_are_the_ones_in_the_documentation() {
    let shop = Shop::new();
    let printed = shop.json(&["schema", "--write", ".schemas"]);
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/SCHEMAS.md")).unwrap();
    let shown = page.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    assert_eq!(printed["settings"], serde_json::from_str::<Value>(shown).unwrap());
}
