//! The schemas of editors' files and the reader say the same, and the command hands the schemas out.

mod commands;
mod document;
mod full;
mod places;
mod shapes;
mod validator;

use serde_json::Value;
use yingda::files;
use yingda::knowledge::schemas::SCHEMAS;

use validator::is_valid;

/// The schema of a kind.
fn schema(kind: &str) -> Value {
    let schema = SCHEMAS.iter().find(|schema| schema.kind == kind).unwrap_or_else(|| panic!("no schema {kind}"));
    serde_json::from_str(schema.text).unwrap()
}

/// The kind of a file and its documents; nothing for files that are lists of words.
fn documents(path: &str, text: &str) -> Option<(&'static str, Vec<Value>)> {
    let is_translation = path.rsplit('/').next().unwrap().matches('.').count() > 1;
    let parts: Vec<&str> = path.split('/').collect();
    let kind = match parts.as_slice() {
        ["knowledge-base", "synonyms.txt" | "dictionary.txt"] => return None,
        ["knowledge-base", "sample-transactions.csv"] => return Some(("sample-transaction", rows(text))),
        ["knowledge-base", "questions", _] => {
            return Some(("question", text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()));
        }
        ["knowledge-base", "announcements", _] if is_translation => "announcement-translation",
        ["knowledge-base", "announcements", _] => "announcement",
        ["knowledge-base", "surveys", _] => "survey",
        ["knowledge-base", _, "_category.yaml"] => "category",
        ["knowledge-base", _, _] if is_translation => "entry-translation",
        ["knowledge-base", _, _] => "entry",
        ["intents", "flows", _] => "flow",
        ["intents", "rules.yaml" | "texts.yaml" | "canned.yaml"] | ["knowledge-base", _] => {
            let stem = parts[1].trim_end_matches(".yaml");
            SCHEMAS.iter().find(|schema| schema.kind == stem).unwrap_or_else(|| panic!("{path}: no schema")).kind
        }
        ["intents", _] => "intent",
        _ => panic!("{path}: what is this?"),
    };
    let document = if path.ends_with(".md") { document::of_front_matter(text) } else { document::of_yaml(text) };
    Some((kind, vec![document]))
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
            let (first, of) = shared.entry(name.clone()).or_insert_with(|| (definition.clone(), kind));
            assert!(first == definition || local.contains(&name.as_str()), "{name} differs between {of} and {kind}");
        }
    }
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schemas");
    assert_eq!(
        std::fs::read_dir(folder).unwrap().count(),
        SCHEMAS.len(),
        "each file in docs/schemas is listed in the binary"
    );
}
