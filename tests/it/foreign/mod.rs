//! Files of other systems, made after their published formats: what becomes of them, and what is wrong with them.

mod archives;
mod markdown;
mod objects;
mod tables;

use serde_json::{Value, json};
use yingda::exchange::{Foreign, Format, Imported, Mapping, files_of, import};
use yingda::knowledge::content::{Content, SourceFile};
use yingda::knowledge::{ReadOptions, read};

const KNOWN: [(&str, &str); 4] = [
    ("knowledge-base/refund/_category.yaml", "title: {zh-CN: 退款, en: Refunds}\norder: 4\n"),
    (
        "knowledge-base/refund/refund-apply.md",
        "---\nquestion: 怎么申请退款？\nsimilar: [退钱怎么弄]\nowner: 退款组\n---\n旧答案\n",
    ),
    ("knowledge-base/refund/refund-apply.en.md", "---\nquestion: How do I get a refund?\n---\nSo.\n"),
    ("intents/handoff.agent.yaml", "examples: {zh-CN: [转人工, 找客服]}\ndoes: {reply: {zh-CN: 好的。}}\n"),
];

fn known() -> Vec<SourceFile> {
    KNOWN.map(|(path, text)| SourceFile { path: path.to_owned(), bytes: text.as_bytes().to_vec() }).to_vec()
}

fn content(files: Vec<SourceFile>) -> Content {
    read(files, &ReadOptions::default()).0
}

fn imported(format: Foreign, bytes: &[u8]) -> Imported {
    import(Format::Foreign(format), bytes, &content(known()), &Mapping::default())
}

fn documents(imported: &Imported) -> Vec<Value> {
    imported.documents.iter().map(|placed| serde_json::to_value(&placed.document).unwrap()).collect()
}

/// Holds an import to its documents and notes (`row column: message`), and to changing nothing the second time.
fn check(format: Foreign, bytes: &[u8], expected: &[Value], notes: &[&str]) {
    let first = imported(format, bytes);
    assert_eq!(first.faults, []);
    let found = documents(&first);
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(found, expected, "\n{found:#}");
    }
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    let said: Vec<String> =
        first.notes.iter().map(|note| format!("{} {}: {}", note.row, note.column, note.message)).collect();
    assert_eq!(said, notes);

    let mut files = known();
    for placed in &first.documents {
        let written = files_of(&placed.document);
        files.retain(|file| written.iter().all(|new| new.path != file.path));
        files.extend(written);
    }
    files.extend(first.categories);
    let second = import(Format::Foreign(format), bytes, &content(files), &Mapping::default());
    assert_eq!((documents(&second), &second.faults), (found, &vec![]), "the second time");
    assert!(second.categories.is_empty());
}

/// Holds files to their faults (`row column`).
fn check_faults(format: Foreign, cases: &[(&[u8], &[&str])]) {
    for (bytes, expected) in cases {
        let imported = imported(format, bytes);
        let faults: Vec<String> =
            imported.faults.iter().map(|fault| format!("{} {}", fault.row, fault.column)).collect();
        assert_eq!(faults, *expected, "{}\n{:?}", String::from_utf8_lossy(bytes), imported.faults);
    }
}

/// A new entry in a category, with its question, phrasings and answer.
fn entry(id: &str, category: &str, question: &str, similar: &[&str], body: &str) -> Value {
    let mut text = json!({ "question": question, "body": body });
    if !similar.is_empty() {
        text["similar"] = json!(similar);
    }
    json!({ "id": id, "category": category, "texts": { "zh-CN": text } })
}

fn with(mut entry: Value, key: &str, value: Value) -> Value {
    entry[key] = value;
    entry
}

/// A workbook with these rows.
fn workbook(rows: &[&[&str]]) -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let page = workbook.add_worksheet();
    for (at, row) in (0..).zip(rows) {
        page.write_row(at, 0, row.iter().copied()).unwrap();
    }
    workbook.save_to_buffer().unwrap()
}

#[test]
fn what_is_not_a_file_of_the_system_is_refused_and_nothing_panics() {
    let zip = yingda::exchange::packed::pack([("intents/a.json", b"{".as_slice())].into_iter()).unwrap();
    let deep = "[".repeat(100_000);
    for format in Format::ALL.into_iter().filter(|format| matches!(format, Format::Foreign(_))) {
        for bytes in [
            b"".as_slice(),
            b"\xFF\xFE\xFD",
            b"{}",
            b"a\tb\n1\t2\n",
            b"---\n- [",
            b"PK\x03\x04x",
            &zip,
            deep.as_bytes(),
        ] {
            let imported = import(format, bytes, &content(known()), &Mapping::default());
            assert!(!imported.faults.is_empty() && imported.documents.is_empty(), "{format} {bytes:?}");
        }
    }
}

#[test]
fn a_bomb_is_not_unpacked() {
    let zeros = vec![b' '; 210 << 20];
    let bomb = yingda::exchange::packed::pack([("intents/a.json", zeros.as_slice())].into_iter()).unwrap();
    for format in [Foreign::Dialogflow, Foreign::Rasa] {
        let faults = imported(format, &bomb).faults;
        assert!(faults[0].message.contains("200 MB"), "{faults:?}");
    }
}

#[test]
fn an_entry_that_is_asked_so_already_gets_more() {
    let csv = "question,answer\n怎么申请退款,在订单页点退款。\n";
    let mut expected = entry("refund-apply", "refund", "怎么申请退款", &["退钱怎么弄"], "在订单页点退款。");
    expected["texts"]["en"] = json!({ "question": "How do I get a refund?", "body": "So." });
    expected["owner"] = json!("退款组");
    check(Foreign::Dify, csv.as_bytes(), &[expected], &[]);
}

#[test]
fn a_name_of_the_other_system_finds_its_entry_after_the_question_has_changed() {
    let json = r#"{"qna":[{"qid":"refund-apply","q":["退款在哪里申请"],"a":"在订单页。"}]}"#;
    let found = documents(&imported(Foreign::QnaBot, json.as_bytes()));
    let own = &found[0]["texts"]["zh-CN"];
    assert_eq!((&found[0]["id"], &own["question"]), (&json!("refund-apply"), &json!("退款在哪里申请")));
    assert_eq!(own["similar"], json!(["怎么申请退款？", "退钱怎么弄"]));
}
