//! A JSON schema applied to a document: the keywords that our schemas use, as draft 2020-12 defines them, beside labels of forms;
//! any other is a fault of the test.

use regex::Regex;
use serde_json::{Map, Value};

/// Says whether a document has the shape that a schema asks for.
pub fn is_valid(schema: &Value, document: &Value) -> bool {
    Validator { root: schema }.holds(schema, document)
}

/// What says how a form shows something.
pub const LABELS: [&str; 5] = ["x-label", "x-hint", "x-values", "x-key", "x-item"];

struct Validator<'s> {
    root: &'s Value,
}

impl Validator<'_> {
    fn holds(&self, schema: &Value, value: &Value) -> bool {
        let Value::Object(keywords) = schema else { return schema.as_bool().unwrap() };
        keywords.iter().all(|(keyword, wants)| self.keyword_holds(keywords, keyword, wants, value))
    }

    fn keyword_holds(&self, beside: &Map<String, Value>, keyword: &str, wants: &Value, value: &Value) -> bool {
        let all = |wants: &Value| wants.as_array().unwrap().iter().filter(|schema| self.holds(schema, value)).count();
        let n_wanted = || wants.as_u64().unwrap() as usize;
        match keyword {
            "$schema" | "$defs" | "title" | "description" => true,
            "$ref" => self.holds(resolve(self.root, wants.as_str().unwrap()), value),
            "type" => match wants {
                Value::Array(names) => names.iter().any(|name| is_of_type(name.as_str().unwrap(), value)),
                name => is_of_type(name.as_str().unwrap(), value),
            },
            "enum" => wants.as_array().unwrap().contains(value),
            "const" => wants == value,
            "pattern" => value.as_str().is_none_or(|text| matches(wants.as_str().unwrap(), text)),
            "minimum" => value.as_f64().is_none_or(|number| number >= wants.as_f64().unwrap()),
            "maximum" => value.as_f64().is_none_or(|number| number <= wants.as_f64().unwrap()),
            "minItems" => value.as_array().is_none_or(|items| items.len() >= n_wanted()),
            "items" => value.as_array().is_none_or(|items| items.iter().all(|item| self.holds(wants, item))),
            "required" => value.as_object().is_none_or(|object| {
                wants.as_array().unwrap().iter().all(|name| object.contains_key(name.as_str().unwrap()))
            }),
            "properties" => value.as_object().is_none_or(|object| {
                let known = wants.as_object().unwrap();
                object.iter().all(|(name, value)| known.get(name).is_none_or(|schema| self.holds(schema, value)))
            }),
            "patternProperties" => value.as_object().is_none_or(|object| {
                let patterns = wants.as_object().unwrap();
                let holds = |name: &str, value: &Value| {
                    patterns.iter().all(|(pattern, schema)| !matches(pattern, name) || self.holds(schema, value))
                };
                object.iter().all(|(name, value)| holds(name, value))
            }),
            "additionalProperties" => value.as_object().is_none_or(|object| {
                object.iter().all(|(name, value)| is_known(beside, name) || self.holds(wants, value))
            }),
            "propertyNames" => value
                .as_object()
                .is_none_or(|object| object.keys().all(|name| self.holds(wants, &Value::String(name.clone())))),
            "anyOf" => all(wants) > 0,
            "oneOf" => all(wants) == 1,
            "allOf" => all(wants) == wants.as_array().unwrap().len(),
            "if" => !self.holds(wants, value) || self.holds(&beside["then"], value),
            "then" => beside.contains_key("if"),
            label if LABELS.contains(&label) => true,
            other => panic!("the schemas use a keyword that this validator does not know: {other}"),
        }
    }
}

/// Returns what a reference within a schema leads to.
pub fn resolve<'s>(root: &'s Value, reference: &str) -> &'s Value {
    root.pointer(reference.strip_prefix('#').unwrap()).unwrap_or_else(|| panic!("{reference} leads nowhere"))
}

fn is_of_type(name: &str, value: &Value) -> bool {
    match name {
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("there is no type {other}"),
    }
}

fn matches(pattern: &str, text: &str) -> bool {
    Regex::new(pattern).unwrap().is_match(text)
}

/// Says whether a name is one of `properties`, or fits one of `patternProperties`.
fn is_known(beside: &Map<String, Value>, name: &str) -> bool {
    let names = |keyword: &str| beside.get(keyword).and_then(Value::as_object);
    names("properties").is_some_and(|known| known.contains_key(name))
        || names("patternProperties").is_some_and(|patterns| patterns.keys().any(|pattern| matches(pattern, name)))
}
