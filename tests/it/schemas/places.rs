//! The places in a document and in a schema: changing one, and what a schema knows there.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::schemas::validator::{is_valid, resolve};

/// What stands nowhere in our content: no key, no word, no number, no time.
pub const NONSENSE: &str = "☃☃☃";

/// A document with one thing changed.
pub struct Changed {
    /// What was done, and where.
    pub what: String,
    /// The pointer to the place.
    pub place: String,
    /// How it was changed.
    pub change: Change,
    /// The document.
    pub document: Value,
}

/// A change to a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    Removed,
    KeyAdded,
    Replaced,
}

/// Changes a document in every way, one at a time: each key taken away, a key put in each mapping, and in place of each value a
/// word, a number, a list, a mapping.
pub fn changes(document: &Value) -> Vec<Changed> {
    let mut all = Vec::new();
    for place in pointers(document) {
        let changed = |what: String, change, document| Changed {
            what: format!("{place}: {what}"),
            place: place.clone(),
            change,
            document,
        };
        for value in [json!(NONSENSE), json!(7), json!(["x"]), json!({"x": "x"})] {
            let mut other = document.clone();
            *other.pointer_mut(&place).unwrap() = value.clone();
            all.push(changed(format!("replaced by {value}"), Change::Replaced, other));
        }
        let Some(object) = document.pointer(&place).and_then(Value::as_object) else { continue };
        for key in object.keys() {
            let mut other = document.clone();
            other.pointer_mut(&place).unwrap().as_object_mut().unwrap().remove(key);
            all.push(changed(format!("without {key:?}"), Change::Removed, other));
        }
        let mut other = document.clone();
        other.pointer_mut(&place).unwrap()[NONSENSE] = json!(["x"]);
        all.push(changed("with an unknown key".to_owned(), Change::KeyAdded, other));
    }
    all
}

/// The pointers to all places in a document.
fn pointers(document: &Value) -> Vec<String> {
    let mut all = vec![String::new()];
    let children: Vec<(String, &Value)> = match document {
        Value::Object(object) => object.iter().map(|(key, value)| (escaped(key), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(at, value)| (at.to_string(), value)).collect(),
        _ => Vec::new(),
    };
    for (key, value) in children {
        all.extend(pointers(value).into_iter().map(|below| format!("/{key}{below}")));
    }
    all
}

fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// What a schema says of a place in a document that it holds of.
pub fn schema_at<'s>(root: &'s Value, document: &Value, place: &str) -> &'s Value {
    let mut schema = settled(root, root, document);
    let mut value = document;
    for key in place.split('/').skip(1) {
        let (next, below) = match value {
            Value::Array(items) => (&items[key.parse::<usize>().unwrap()], &schema["items"]),
            _ => (&value[key], property(schema, key)),
        };
        value = next;
        schema = settled(root, below, value);
    }
    schema
}

/// The schema of a key of a mapping.
fn property<'s>(schema: &'s Value, key: &str) -> &'s Value {
    let named = schema.get("properties").and_then(|known| known.get(key));
    // Patterns are of language tags only; each schema has one at most.
    let by_pattern = || schema.get("patternProperties").and_then(Value::as_object).and_then(|all| all.values().next());
    named.or_else(by_pattern).unwrap_or(&schema["additionalProperties"])
}

/// Follows references, and of alternatives the one that holds.
fn settled<'s>(root: &'s Value, schema: &'s Value, value: &Value) -> &'s Value {
    if let Some(reference) = schema["$ref"].as_str() {
        return settled(root, resolve(root, reference), value);
    }
    match schema["anyOf"].as_array() {
        Some(alternatives) if !schema["properties"].is_object() => {
            let holds = |alternative: &&Value| {
                let mut alone = (*alternative).clone();
                alone["$defs"] = root["$defs"].clone();
                is_valid(&alone, value)
            };
            settled(root, alternatives.iter().find(holds).unwrap(), value)
        }
        _ => schema,
    }
}

/// The keys that a schema names for a mapping which holds no others.
pub fn closed_keys(schema: &Value) -> Option<BTreeSet<String>> {
    let is_closed = schema["additionalProperties"] == false;
    let keys = schema["properties"].as_object()?;
    is_closed.then(|| keys.keys().cloned().collect())
}

/// The words that a schema lists for a value.
pub fn listed_words(schema: &Value) -> Option<BTreeSet<String>> {
    let words = schema["enum"].as_array()?;
    Some(words.iter().map(|word| word.as_str().map_or_else(|| word.to_string(), str::to_owned)).collect())
}

/// Visits every named property in a schema, at any depth.
pub fn properties(schema: &Value, visit: &mut impl FnMut(&str, &Value)) {
    match schema {
        Value::Object(keywords) => {
            // `if` only looks at properties that are described elsewhere.
            for (keyword, below) in keywords.iter().filter(|(keyword, _)| !["if", "then"].contains(&keyword.as_str())) {
                if keyword == "properties" {
                    below.as_object().unwrap().iter().for_each(|(name, property)| {
                        visit(name, property);
                        properties(property, visit);
                    });
                } else {
                    properties(below, visit);
                }
            }
        }
        Value::Array(all) => all.iter().for_each(|one| properties(one, visit)),
        _ => {}
    }
}
