//! JSON of other systems: where its parts stand, and what they hold, without a shape that must be kept.

use serde_json::Value;
use serde_json::value::RawValue;

use crate::exchange::jsonl::message;

/// Tells the lines of parts that follow one another in a text.
pub(super) struct Lines<'t> {
    text: &'t str,
    at: usize,
    line: usize,
}

impl<'t> Lines<'t> {
    /// Begins at the first line.
    pub(super) fn of(text: &'t str) -> Self {
        Self { text, at: 0, line: 1 }
    }

    /// Returns the line that a part begins on, which stands behind those asked for before.
    pub(super) fn line(&mut self, part: &str) -> usize {
        let start = (part.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        let passed = self.text.as_bytes().get(self.at..start).unwrap_or_default();
        self.line += passed.iter().filter(|&&b| b == b'\n').count();
        self.at = self.at.max(start.min(self.text.len()));
        self.line
    }
}

/// Reads a part that begins on a line; what is wrong comes with its own line.
pub(super) fn parse(part: &RawValue, line: usize) -> Result<Value, (usize, String)> {
    serde_json::from_str(part.get()).map_err(|error| (line + error.line().max(1) - 1, message(&error)))
}

/// Returns the text of a field; empty where there is none.
pub(super) fn text<'v>(value: &'v Value, path: &str) -> &'v str {
    at(value, path).and_then(Value::as_str).unwrap_or_default().trim()
}

/// Returns the items of a list; none where there is no list.
pub(super) fn items<'v>(value: &'v Value, path: &str) -> &'v [Value] {
    at(value, path).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Returns a field by its path (`alt.markdown`).
pub(super) fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').try_fold(value, |value, key| value.get(key))
}

/// Says whether a value holds nothing: no text but white space, no number but zero, nothing that is true.
pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Bool(true) => false,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.iter().all(is_empty),
        Value::Object(fields) => fields.values().all(is_empty),
    }
}
