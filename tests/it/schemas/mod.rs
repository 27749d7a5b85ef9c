//! The schemas of editors' files and the reader say the same, and the command hands the schemas out.

mod commands;
mod document;
mod full;
mod places;
mod shapes;
mod validator;

use serde_json::Value;
use yingda::files;
use yingda::knowledge::schemas::{SCHEMAS, of_path};

use validator::{LABELS, is_valid};

/// The schema of a kind.
fn schema(kind: &str) -> Value {
    let schema = SCHEMAS.iter().find(|schema| schema.kind == kind).unwrap_or_else(|| panic!("no schema {kind}"));
    serde_json::from_str(schema.text).unwrap()
}

/// The kind of a file and its documents; nothing for files that are lists of words.
fn documents(path: &str, text: &str) -> Option<(&'static str, Vec<Value>)> {
    if matches!(path, "knowledge-base/synonyms.txt" | "knowledge-base/dictionary.txt") {
        return None;
    }
    let kind = of_path(path).unwrap_or_else(|| panic!("{path}: no schema")).kind;
    let documents = match path.rsplit_once('.').unwrap().1 {
        "csv" => rows(text),
        "jsonl" => text.lines().map(|line| serde_json::from_str(line).unwrap()).collect(),
        "md" => vec![document::of_front_matter(text)],
        _ => vec![document::of_yaml(text)],
    };
    Some((kind, documents))
}

/// The lines of a table, each by the names of its columns.
fn rows(text: &str) -> Vec<Value> {
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let header = table.headers().unwrap().clone();
    let row = |record: csv::StringRecord| -> Value {
        header.iter().zip(&record).map(|(name, cell)| (name.to_owned(), Value::from(cell))).collect()
    };
    table.records().map(|record| row(record.unwrap())).collect()
}

#[test]
fn every_file_of_the_sample_has_the_shape_of_its_schema() {
    let mut kinds = std::collections::BTreeSet::new();
    for file in files::sample() {
        let text = String::from_utf8(file.bytes).unwrap();
        let Some((kind, documents)) = documents(&file.path, &text) else { continue };
        kinds.insert(kind);
        let schema = schema(kind);
        for document in documents {
            assert!(is_valid(&schema, &document), "{} is no {kind}: {document}", file.path);
        }
    }
    assert_eq!(kinds.len(), SCHEMAS.len(), "the sample holds a file of each kind: {kinds:?}");
}

fn without_labels(schema: &Value) -> Value {
    match schema {
        Value::Object(keywords) => {
            let keywords = keywords.iter().filter(|(keyword, _)| !LABELS.contains(&keyword.as_str()));
            keywords.map(|(keyword, value)| (keyword.clone(), without_labels(value))).collect()
        }
        Value::Array(items) => items.iter().map(without_labels).collect(),
        other => other.clone(),
    }
}

/// Kinds that the console shows no form of.
const WITHOUT_FORM: [&str; 4] = ["entry", "entry-translation", "question", "sample-transaction"];

#[test]
fn forms_have_words_in_both_languages() {
    for kind in SCHEMAS.map(|schema| schema.kind).into_iter().filter(|kind| !WITHOUT_FORM.contains(kind)) {
        let schema = schema(kind);
        let is_said = |label: &Value| ["zh-CN", "en"].iter().all(|language| label[language].is_string());
        let mut unsaid = Vec::new();
        places::properties(&schema, &mut |name, property| {
            unsaid.extend((!is_said(&property["x-label"])).then(|| name.to_owned()));
            // Of days of the week a form shows single ones.
            let words = property["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
            let words = words.filter(|word| !["true", "false"].contains(word));
            unsaid.extend(words.filter(|word| !is_said(&property["x-values"][word])).map(str::to_owned));
            let is_list = property["type"] == "array" || property.get("x-key").is_some();
            unsaid.extend((is_list && !is_said(&property["x-item"])).then(|| format!("one of {name}")));
        });
        assert_eq!(unsaid, [""; 0], "{kind}: what are these called?");
        assert!(is_said(&schema["x-label"]), "{kind}");
    }
}

#[test]
fn the_schemas_are_documented_and_share_their_definitions() {
    let mut shared: std::collections::BTreeMap<String, (Value, &str)> = Default::default();
    let local =
        ["question", "days", "window", "action", "slot", "rule", "reply", "variable", "department", "conditions"];
    for kind in SCHEMAS.map(|schema| schema.kind) {
        let schema = schema(kind);
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", "{kind}");
        assert!(schema["title"].is_string() && schema["description"].is_string(), "{kind}");
        let mut undescribed = Vec::new();
        places::properties(&schema, &mut |name, property| {
            let referred = property["$ref"].as_str().map(|reference| validator::resolve(&schema, reference));
            let described =
                property["description"].is_string() || referred.is_some_and(|to| to["description"].is_string());
            undescribed.extend((!described).then(|| name.to_owned()));
        });
        assert_eq!(undescribed, [""; 0], "{kind}: what do these mean?");
        for (name, definition) in schema["$defs"].as_object().into_iter().flatten() {
            let definition = without_labels(definition);
            let (first, of) = shared.entry(name.clone()).or_insert_with(|| (definition.clone(), kind));
            assert!(*first == definition || local.contains(&name.as_str()), "{name} differs between {of} and {kind}");
        }
    }
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schemas");
    assert_eq!(
        std::fs::read_dir(folder).unwrap().count(),
        SCHEMAS.len(),
        "each file in docs/schemas is listed in the binary"
    );
}
