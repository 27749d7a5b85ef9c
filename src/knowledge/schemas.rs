//! The JSON schemas of the files that editors write, for their tools. They say what shape a file has; what names what, and what
//! is said twice, only the reader sees.

/// A kind of file with its schema.
#[derive(Clone, Copy, Debug)]
pub struct FileSchema {
    /// Its name on the command line and, with `.json`, as a file.
    pub kind: &'static str,
    /// Where such files lie.
    pub path: &'static str,
    /// What matches these files and no others where `*` is any text, for tools that map YAML files to schemas so; empty for what
    /// is no YAML file.
    pub globs: &'static [&'static str],
    /// The schema, JSON.
    pub text: &'static str,
}

macro_rules! schema {
    ($kind:literal, $path:literal, $globs:expr) => {
        FileSchema {
            kind: $kind,
            path: $path,
            globs: $globs,
            text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/schemas/", $kind, ".json")),
        }
    };
}

/// All kinds, in the order of the folders.
pub const SCHEMAS: [FileSchema; 17] = [
    schema!("entry", "knowledge-base/<category>/<id>.md", &[]),
    schema!("entry-translation", "knowledge-base/<category>/<id>.<language>.md", &[]),
    schema!("category", "knowledge-base/<category>/_category.yaml", &["knowledge-base/*/_category.yaml"]),
    schema!("announcement", "knowledge-base/announcements/<id>.md", &[]),
    schema!("announcement-translation", "knowledge-base/announcements/<id>.<language>.md", &[]),
    schema!("survey", "knowledge-base/surveys/<id>.yaml", &["knowledge-base/surveys/*.yaml"]),
    schema!("question", "knowledge-base/questions/<name>.jsonl", &[]),
    schema!("variables", "knowledge-base/variables.yaml", &["knowledge-base/variables.yaml"]),
    schema!("calendar", "knowledge-base/calendar.yaml", &["knowledge-base/calendar.yaml"]),
    schema!("official-contacts", "knowledge-base/official-contacts.yaml", &["knowledge-base/official-contacts.yaml"]),
    schema!("departments", "knowledge-base/departments.yaml", &["knowledge-base/departments.yaml"]),
    schema!("sample-transaction", "knowledge-base/sample-transactions.csv", &[]),
    // A name without a dot cannot be told from rules.yaml and its like by such a pattern.
    schema!("intent", "intents/<name>.yaml", &["intents/*.*.yaml"]),
    schema!("rules", "intents/rules.yaml", &["intents/rules.yaml"]),
    schema!("texts", "intents/texts.yaml", &["intents/texts.yaml"]),
    schema!("canned", "intents/canned.yaml", &["intents/canned.yaml"]),
    schema!("flow", "intents/flows/<name>.yaml", &["intents/flows/*.yaml"]),
];

/// The kind of a file of the content; nothing for lists of words.
pub fn of_path(path: &str) -> Option<&'static FileSchema> {
    let parts: Vec<&str> = path.split('/').collect();
    let (stem, is_translation) = match parts.last()?.split('.').collect::<Vec<_>>().as_slice() {
        [stem, "md"] => (*stem, false),
        [stem, _, "md"] => (*stem, true),
        [stem, .., "yaml" | "csv" | "jsonl"] => (*stem, false),
        _ => return None,
    };
    let kind = match parts.as_slice() {
        ["knowledge-base", "questions", _] => "question",
        ["knowledge-base", "announcements", _] if is_translation => "announcement-translation",
        ["knowledge-base", "announcements", _] => "announcement",
        ["knowledge-base", "surveys", _] => "survey",
        ["knowledge-base", "sample-transactions.csv"] => "sample-transaction",
        ["knowledge-base", _, "_category.yaml"] => "category",
        ["knowledge-base", _, name] if name.ends_with(".md") && is_translation => "entry-translation",
        ["knowledge-base", _, name] if name.ends_with(".md") => "entry",
        ["knowledge-base", "variables.yaml" | "calendar.yaml" | "official-contacts.yaml" | "departments.yaml"] => stem,
        ["intents", "flows", _] => "flow",
        ["intents", "rules.yaml" | "texts.yaml" | "canned.yaml"] => stem,
        ["intents", name] if name.ends_with(".yaml") => "intent",
        _ => return None,
    };
    SCHEMAS.iter().find(|schema| schema.kind == kind)
}
