//! The reader takes what its schema takes and refuses what it refuses, whatever is changed about a file that is right; both know
//! the same keys and words.

use std::collections::BTreeSet;

use serde_json::Value;
use yingda::knowledge::content::SourceFile;
use yingda::knowledge::diagnostic::{Diagnostic, Severity};
use yingda::knowledge::schemas::SCHEMAS;
use yingda::knowledge::texts::TextName;
use yingda::knowledge::{ReadOptions, read};

use crate::schemas::full::{self, Full};
use crate::schemas::places::{self, Change, NONSENSE, changes, closed_keys, listed_words, schema_at};
use crate::schemas::schema;
use crate::schemas::validator::is_valid;

/// Codes of faults in the shape of a file; the others are about what is said in it.
const SHAPE: [&str; 7] =
    ["bad-yaml", "bad-json", "unknown-key", "missing-key", "wrong-type", "bad-value", "unknown-value"];

/// The errors in one file when its document is another.
fn errors(all: &[Full], at: usize, document: &Value) -> Vec<Diagnostic> {
    let text_of = |(i, full): (usize, &Full)| full.text_with(if i == at { document } else { &full.document });
    let files: Vec<SourceFile> = all
        .iter()
        .enumerate()
        .map(|one| SourceFile { path: one.1.path.to_owned(), bytes: text_of(one).into_bytes() })
        .collect();
    let found = read(files, &ReadOptions::default()).1;
    found.into_iter().filter(|fault| fault.severity == Severity::Error && fault.file == all[at].path).collect()
}

fn is_of_shape(fault: &Diagnostic) -> bool {
    SHAPE.contains(&fault.code) || fault.message.starts_with("unknown slot")
}

/// The words that a hint lists.
fn listed(fault: &Diagnostic) -> Option<BTreeSet<String>> {
    let words = fault.hint.as_ref()?.strip_prefix("one of ")?.split(", ");
    Some(words.filter(|word| *word != "a language tag").map(str::to_owned).collect())
}

#[test]
fn the_full_files_have_no_fault_and_hold_every_key() {
    let all = full::all();
    for (at, full) in all.iter().enumerate() {
        assert_eq!(errors(&all, at, &full.document), [], "{}", full.path);
        assert!(is_valid(&schema(full.kind), &full.document), "{}", full.path);
    }
    for kind in SCHEMAS.map(|schema| schema.kind).iter().filter(|kind| **kind != "sample-transaction") {
        let texts: String =
            all.iter().filter(|full| full.kind == *kind).map(|full| full.document.to_string()).collect();
        places::properties(&schema(kind), &mut |name, _| {
            assert!(texts.contains(&format!("\"{name}\":")), "{kind}: {name}")
        });
    }
}

/// Changes each file of one kind after the other.
fn schema_and_reader_agree(kinds: &[&str]) {
    let all = full::all();
    let (mut n_keys, mut n_words) = (0, 0);
    for (at, full) in all.iter().enumerate().filter(|(_, full)| kinds.contains(&full.kind)) {
        let schema = schema(full.kind);
        for changed in changes(&full.document) {
            let found = errors(&all, at, &changed.document);
            let where_ = format!("{} {}: {found:#?}", full.path, changed.what);
            if is_valid(&schema, &changed.document) {
                assert!(!found.iter().any(is_of_shape), "the reader refuses what the schema takes: {where_}");
                continue;
            }
            assert!(!found.is_empty(), "the reader takes what the schema refuses: {where_}");
            let here = schema_at(&schema, &full.document, &changed.place);
            let told = found.iter().find_map(listed).filter(|words| !words.contains("…"));
            let (known, n) = match changed.change {
                Change::KeyAdded => (closed_keys(here), &mut n_keys),
                Change::Replaced if changed.document.pointer(&changed.place).is_some_and(|new| new == NONSENSE) => {
                    (listed_words(here), &mut n_words)
                }
                Change::Replaced | Change::Removed => continue,
            };
            if let (Some(known), Some(told)) = (known, told) {
                assert_eq!(known, told, "the schema on the left, the reader on the right: {where_}");
                *n += 1;
            }
        }
    }
    assert!(n_keys > 0 || kinds.contains(&"question"), "no keys were compared");
    assert!(n_words > 0 || !kinds.contains(&"entry"), "no words were compared");
}

#[test]
fn entries_and_announcements_are_read_as_their_schemas_say() {
    let translated = ["entry-translation", "announcement-translation"];
    schema_and_reader_agree(&[&["entry", "announcement", "category"][..], &translated].concat());
}

#[test]
fn surveys_and_questions_are_read_as_their_schemas_say() {
    schema_and_reader_agree(&["survey"]);
    schema_and_reader_agree(&["question"]);
}

#[test]
fn what_the_operator_sets_is_read_as_its_schemas_say() {
    schema_and_reader_agree(&["variables", "calendar", "official-contacts", "departments"]);
}

#[test]
fn intents_and_rules_are_read_as_their_schemas_say() {
    schema_and_reader_agree(&["intent", "rules", "canned"]);
}

#[test]
fn flows_are_read_as_their_schema_says() {
    schema_and_reader_agree(&["flow"]);
}

#[test]
fn texts_are_read_as_their_schema_says() {
    let keys = closed_keys(&schema("texts")).unwrap();
    assert_eq!(keys, TextName::ALL.iter().map(|(_, key)| (*key).to_owned()).collect());
    let mut all = full::all();
    let at = all.iter().position(|full| full.kind == "texts").unwrap();
    // Each is read as the others are; a few keep this short.
    all[at]
        .document
        .as_object_mut()
        .unwrap()
        .retain(|key, _| ["clarify", "step", "form_title"].contains(&key.as_str()));
    for changed in changes(&all[at].document) {
        let found = errors(&all, at, &changed.document);
        assert_eq!(is_valid(&schema("texts"), &changed.document), found.is_empty(), "{}: {found:#?}", changed.what);
    }
}

#[test]
fn sample_transactions_are_read_as_their_schema_says() {
    const PATH: &str = "knowledge-base/sample-transactions.csv";
    const HEADER: &str = "order_number,time,amount,status,cause,account_flags";
    let faults =
        |text: &str| read(&[SourceFile { path: PATH.to_owned(), bytes: text.into() }][..], &ReadOptions::default()).1;
    let known = schema("sample-transaction");
    let columns: BTreeSet<String> = HEADER.split(',').map(str::to_owned).collect();
    assert_eq!(closed_keys(&known).unwrap(), columns);
    assert_eq!(faults(&format!("{HEADER}\nCG1,2026-11-01T08:00:00+08:00,1.00,paid,,\n")), []);
    let wrong = faults(&format!("{HEADER}\nCG1,2026-11-01T08:00:00+08:00,1.00,{NONSENSE},,\n"));
    assert_eq!(listed_words(&known["properties"]["status"]), listed(&wrong[0]));
    for line in ["CG1,soon,1.00,paid,,", "CG1,2026-11-01T08:00:00+08:00,much,paid,,"] {
        let text = format!("{HEADER}\n{line}\n");
        assert_eq!(faults(&text)[0].code, "bad-csv");
        assert!(super::rows(&text).iter().all(|row| !is_valid(&known, row)), "{line}");
    }
}
