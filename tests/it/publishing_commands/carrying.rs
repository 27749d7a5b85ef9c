//! What goes out comes in, in every format, and is the same.

use serde_json::{Value, json};

use crate::shop::{Shop, how, time};

/// Entries of all sorts, in two languages.
fn varied() -> Shop {
    let shop = Shop::new();
    shop.write(
        "knowledge-base/pay/pay-how.md",
        "---\nquestion: 怎么付款？\nsimilar: [\"付款: 怎么弄\", 如何付钱]\nnever: [怎么付款给支付宝]\nrelated: [refund-time]\n\
         valid: {until: 2030-01-01T00:00:00+08:00}\nchannels: [web, email]\naudience: [buyer]\nowner: 支付组\n\
         review_by: 2030-05-01\n---\n# 一\n\n- 点“付款”，\"确认\"\n- 等, 好了\n",
    );
    shop.write("knowledge-base/pay/pay-how.en.md", "---\nquestion: How do I pay?\n---\nPress *Pay*.\n");
    shop.write("knowledge-base/pay/_category.yaml", "title: {zh-CN: 付款}\norder: 2\n");
    shop.does(&["publish"]);
    shop
}

#[test]
fn entries_come_back_unchanged_from_each_format() {
    let shop = varied();
    for format in ["csv", "xlsx", "jsonl"] {
        let file = format!("all.{format}");
        let exported = shop.json(&["export", "--format", format, "--out", &file]);
        assert_eq!((&exported["entries"], &exported["revision"]), (&json!(3), &json!(shop.live())));
        let report = shop.json(&["import", &file, "--format", format]);
        assert_eq!((&report["entries"], &report["phrasings"]), (&json!(3), &json!(8)), "{report}");
        assert_eq!(
            (&report["unchanged"], &report["files"], &report["change_set"]),
            (&json!(3), &json!(0), &Value::Null)
        );
        let first = std::fs::read(shop.path(&file)).unwrap();
        shop.does(&["export", "--format", format, "--out", &file]);
        assert!(std::fs::read(shop.path(&file)).unwrap() == first, "{format}: the same bytes again");
    }
}

#[test]
fn edits_made_in_a_spreadsheet_touch_only_what_they_change() {
    let shop = varied();
    for format in ["csv", "jsonl"] {
        let file = format!("all.{format}");
        shop.does(&["export", "--format", format, "--out", &file]);
        let edited = shop.read(&file).replace("Press *Pay*.", "Press Pay.");
        shop.write(&file, &edited);
        let report = shop.json(&["import", &file, "--format", format, "--dry-run"]);
        assert_eq!((&report["updated"], &report["unchanged"], &report["files"]), (&json!(1), &json!(2), &json!(1)));
    }
    let imported = shop.json(&["import", "all.csv", "--format", "csv"]);
    let change = format!("draft:{}", imported["change_set"].as_str().unwrap());
    let changes = shop.json(&["diff", "live", &change])["changes"].as_array().unwrap().len();
    assert_eq!(changes, 1, "the Chinese file stays as its editor wrote it");
}

#[test]
fn anybodys_table_adds_to_what_is_there() {
    let shop = varied();
    shop.write("faq.csv", "编号,标准问,其他问法,回复\n1,怎么付款？,哪里付款,按一下。\n2,怎么开发票,,点开票。\n");
    let arguments = ["import", "faq.csv", "--format", "table", "--map", "question=标准问,similar=其他问法,answer=回复"];
    let report = shop.json(&arguments);
    assert_eq!((&report["created"], &report["updated"]), (&json!(1), &json!(1)), "{report}");
    assert_eq!(shop.json(&["publish", "--from", "draft"])["outcome"], "published");
    assert_eq!(shop.answers().len(), 4);
    let again = shop.json(&[&arguments[..], &["--dry-run"]].concat());
    assert_eq!((&again["unchanged"], &again["files"]), (&json!(2), &json!(0)), "{again}");
    let broken = shop.run(&["import", "faq.csv", "--format", "table", "--map", "question=没有这列"]);
    assert_eq!(broken.code, Some(1), "{broken:?}");
}

#[test]
fn another_systems_knowledge_comes_in_and_what_is_left_out_is_said() {
    let shop = varied();
    let items = "{\"qna\":[\n{\"qid\":\"pay.001\",\"q\":[\"怎么付款\",\"如何转账\"],\"a\":\"扫码。\"},\n\
                 {\"qid\":\"invoice.001\",\"q\":[\"怎么开发票\"],\"a\":\"点<b>开票</b>。\",\"alt\":{\"ssml\":\"<speak/>\"},\
                 \"r\":{\"title\":\"付款\",\"buttons\":[{\"text\":\"付款\",\"value\":\"QID::pay.001\"}]}}\n]}";
    shop.write("bot.json", items);
    let arguments = ["import", "bot.json", "--format", "qnabot"];
    let report = shop.json(&arguments);
    assert_eq!(
        (&report["created"], &report["updated"], &report["faults"]),
        (&json!(1), &json!(1), &json!([])),
        "{report}"
    );
    let note = json!({ "row": 3, "column": "alt.ssml", "message": "what is spoken (SSML) is left out" });
    assert_eq!(report["notes"], json!([note]));
    assert_eq!(shop.json(&["publish", "--from", "draft"])["outcome"], "published");
    let again = shop.run(&arguments);
    assert!(again.out.contains("note: 3 alt.ssml: ") && again.out.contains("2 unchanged"), "{again:?}");

    shop.write("bot.json", &items.replace("扫码。", ""));
    let broken = shop.run(&arguments);
    assert_eq!(broken.code, Some(1), "{broken:?}");
    assert!(
        broken.out.contains("2 a: the answer is missing") && broken.out.contains("nothing is imported"),
        "{broken:?}"
    );
    let unknown = shop.run(&["import", "bot.json", "--format", "word"]);
    assert!(unknown.err.contains("folder, csv") && unknown.err.contains("dialogflow, rasa"), "{unknown:?}");
}

#[test]
fn a_folder_goes_out_and_is_published_unchanged() {
    let shop = varied();
    let live = shop.live();
    let exported = shop.json(&["export", "--format", "folder", "--out", "out"]);
    assert_eq!((&exported["written"], &exported["removed"]), (&json!(9), &json!(0)), "{exported}");
    let path = "knowledge-base/pay/pay-how.md";
    assert_eq!(shop.read(path), shop.read(&format!("out/{path}")), "byte for byte");
    assert_eq!(shop.read("out/knowledge-base/.yingda-base").trim(), live);
    let folders = ["--knowledge", "out/knowledge-base", "--intents", "out/intents"];
    assert_eq!(shop.json(&[&["publish"][..], &folders].concat())["outcome"], "unchanged");
    let report = shop.json(&["import", "out", "--format", "folder"]);
    assert_eq!((&report["unchanged"], &report["files"], &report["change_set"]), (&json!(3), &json!(0), &Value::Null));

    // A later export brings only what differs, and takes away what has gone.
    std::fs::remove_file(shop.path("knowledge-base/refund/refund-time.en.md")).unwrap();
    shop.write("knowledge-base/refund/refund-time.md", &time("1"));
    shop.does(&["publish"]);
    let exported = shop.json(&["export", "--format", "folder", "--out", "out"]);
    assert_eq!((&exported["written"], &exported["removed"]), (&json!(1), &json!(1)), "{exported}");
    assert_eq!(shop.json(&[&["publish"][..], &folders].concat())["outcome"], "unchanged");
}

#[test]
fn a_folder_comes_in_as_a_draft_over_what_went_live_since() {
    let shop = varied();
    shop.does(&["export", "--format", "folder", "--out", "out"]);
    // Somebody else publishes one thing, while another is edited in the folder and a third is taken out.
    shop.write("knowledge-base/refund/refund-time.md", &time("1"));
    shop.does(&["publish"]);
    shop.write("out/knowledge-base/refund/refund-how.md", &how("2"));
    for gone in ["out/knowledge-base/pay/pay-how.md", "out/knowledge-base/pay/pay-how.en.md"] {
        std::fs::remove_file(shop.path(gone)).unwrap();
    }
    let report = shop.json(&["import", "out", "--format", "folder"]);
    assert_eq!(
        (&report["updated"], &report["removed"], &report["files"]),
        (&json!(1), &json!(1), &json!(3)),
        "{report}"
    );
    shop.does(&["publish", "--from", "draft"]);
    assert_eq!(shop.answers(), ["第 2 版。", "第 1 版。"], "both edits are there");

    // The same thing edited on both sides is a conflict.
    shop.write("out/knowledge-base/refund/refund-time.md", &time("3"));
    shop.does(&["import", "out", "--format", "folder"]);
    let refused = shop.run(&["publish", "--from", "draft", "--json"]);
    assert_eq!((refused.code, &refused.json()["outcome"]), (Some(1), &json!("conflicting")), "{refused:?}");

    shop.write("out/intents/smalltalk.greet.yaml", "examples: {zh-CN: [你好]}\ndoes: {flow: nowhere}\n");
    let faulty = shop.run(&["import", "out", "--format", "folder", "--json"]);
    assert_eq!(faulty.code, Some(1), "{faulty:?}");
    let fault = &faulty.json()["faults"][0];
    assert_eq!((&fault["row"], &fault["column"]), (&json!(2), &json!("does")), "{fault}");
    assert!(fault["message"].as_str().unwrap().starts_with("intents/smalltalk.greet.yaml: "), "{fault}");
}

#[test]
fn the_sample_goes_round_before_anything_is_published() {
    let shop = Shop::new();
    let empty = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let mut command = shop.command(arguments);
        crate::shop::Ended::from(command.current_dir(empty.path()).output().unwrap())
    };
    for format in ["csv", "xlsx", "jsonl"] {
        let exported = run(&["export", "--format", format, "--out", "all", "--json"]);
        assert_eq!((exported.code, &exported.json()["entries"]), (Some(0), &json!(87)), "{exported:?}");
        let report = run(&["import", "all", "--format", format, "--dry-run", "--json"]).json();
        assert_eq!((&report["unchanged"], &report["faults"]), (&json!(87), &json!([])), "{format}");
    }
    let exported = run(&["export", "--format", "folder", "--out", "."]);
    assert_eq!(exported.code, Some(2), "the folder holds the files just written: {exported:?}");
    let exported = run(&["export", "--format", "folder", "--out", "out", "--json"]);
    assert_eq!(exported.json()["revision"], Value::Null);
    let sample = yingda::files::sample();
    for file in &sample {
        assert!(std::fs::read(empty.path().join("out").join(&file.path)).unwrap() == file.bytes, "{}", file.path);
    }
}
