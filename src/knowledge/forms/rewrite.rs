//! Writes a value into a YAML text so that what it does not change stays as somebody wrote it, comments and all.

use std::ops::Range;

use crate::knowledge::forms::align::{Step, steps};
use crate::knowledge::forms::render::{INDENT, behind_key, holds_lines, item, line, lines, pair};
use crate::knowledge::forms::value::Value;
use crate::knowledge::yaml::{Node, Style, Value as Written, YamlFault, parse};

/// Returns the text with the value in it; nothing where the value cannot be written as YAML.
///
/// # Errors
/// Fails when the text is no YAML.
pub(super) fn rewrite(text: &str, value: &Value) -> Result<Option<String>, YamlFault> {
    let node = parse(text, 0, 1)?;
    if Value::of(&node) == *value {
        return Ok(Some(text.to_owned()));
    }
    let mut edits = Edits { text, offsets: offsets(text), edits: Vec::new() };
    edits.change(&node, value, Within::Root);
    let patched = edits.applied();
    let holds = |text: &String| parse(text, 0, 1).is_ok_and(|node| Value::of(&node) == *value);
    Ok(Some(patched).filter(holds).or_else(|| Some(anew(text, value)).filter(holds)))
}

/// The byte at which each character begins, and the end.
fn offsets(text: &str) -> Vec<usize> {
    text.char_indices().map(|(at, _)| at).chain([text.len()]).collect()
}

/// The value on its own; of the text, only the comments that it begins with stay.
fn anew(text: &str, value: &Value) -> String {
    let head = text.split_inclusive('\n').take_while(|line| line.trim().is_empty() || line.starts_with('#'));
    let head: String = head.collect();
    format!("{}{}\n", head.trim_start(), lines(value, 0))
}

/// What a node stands in.
#[derive(Clone, Copy)]
enum Within<'n> {
    Root,
    /// `[ ]` or `{ }`.
    Flow,
    /// Behind a key.
    Pair(&'n Node),
    /// In a list with one item a line, at a column.
    Item(usize),
}

struct Edits<'t> {
    text: &'t str,
    offsets: Vec<usize>,
    edits: Vec<(Range<usize>, String)>,
}

impl Edits<'_> {
    fn applied(mut self) -> String {
        // From the end; what is put in stands before what is taken out at the same place.
        self.edits.sort_by_key(|(range, _)| (range.start, range.end));
        let mut out = self.text.to_owned();
        for (range, text) in self.edits.iter().rev() {
            if range.end <= out.len() && out.is_char_boundary(range.start) && out.is_char_boundary(range.end) {
                out.replace_range(range.clone(), text);
            }
        }
        out
    }

    /// Makes a node mean a value.
    fn change(&mut self, node: &Node, value: &Value, within: Within<'_>) {
        if Value::of(node) == *value {
            return;
        }
        // What gets several lines leaves its one line.
        if node.style == Style::Flow && !matches!(within, Within::Flow) && holds_lines(value) {
            return self.replace(node, value, within);
        }
        match (&node.value, value) {
            (Written::Map(pairs), Value::Map(wanted)) if Self::is_worth_it(node.style, pairs.len(), wanted.len()) => {
                self.change_map(node, pairs, wanted, within);
            }
            (Written::List(items), Value::List(wanted)) if Self::is_worth_it(node.style, items.len(), wanted.len()) => {
                self.change_list(node, items, wanted, within);
            }
            _ => self.replace(node, value, within),
        }
    }

    /// What stands in one line is written anew where things come or go.
    fn is_worth_it(style: Style, n: usize, n_wanted: usize) -> bool {
        n > 0 && n_wanted > 0 && (style == Style::Block || n == n_wanted)
    }

    fn change_map(&mut self, node: &Node, pairs: &[(Node, Node)], wanted: &[(String, Value)], within: Within<'_>) {
        let named = |key: &Node| wanted.iter().find(|(name, _)| key.scalar() == Some(name)).map(|(_, value)| value);
        let is_there = |name: &str| pairs.iter().any(|(key, _)| key.scalar() == Some(name));
        let Some(last) = pairs.iter().rev().find(|(key, _)| named(key).is_some()) else {
            return self.replace(node, &value_of(wanted), within);
        };
        if node.style == Style::Flow && wanted.iter().any(|(name, _)| !is_there(name)) {
            return self.replace(node, &value_of(wanted), within);
        }
        for (at, (key, value)) in pairs.iter().enumerate() {
            match named(key) {
                Some(wanted) => {
                    let within = if node.style == Style::Flow { Within::Flow } else { Within::Pair(key) };
                    self.change(value, wanted, within);
                }
                // The first key of an item stands behind the item's dash: the next one takes its place.
                None if !self.is_first_of_line(key) => match pairs.get(at + 1) {
                    Some((next, _)) => self.put(self.start(key)..self.start(next), String::new()),
                    None => return self.replace(node, &value_of(wanted), within),
                },
                None => self.take_lines(self.start(key), self.end(value)),
            }
        }
        let column = pairs[0].0.place.column - 1;
        for (name, value) in wanted.iter().filter(|(name, _)| !is_there(name)) {
            let end = self.line_end(self.end(&last.1));
            self.put(end..end, format!("\n{}{}", " ".repeat(column), pair(name, value, column)));
        }
    }

    fn change_list(&mut self, node: &Node, items: &[Node], wanted: &[Value], within: Within<'_>) {
        if node.style == Style::Flow {
            for (item, value) in items.iter().zip(wanted) {
                self.change(item, value, Within::Flow);
            }
            return;
        }
        let dashes: Vec<usize> = items.iter().map(|item| self.dash_of(item)).collect();
        let column = dashes[0] - self.line_start(dashes[0]);
        if dashes.iter().any(|&dash| !self.text[self.line_start(dash)..dash].trim().is_empty()) {
            return self.replace(node, &Value::List(wanted.to_vec()), within);
        }
        let margin = " ".repeat(column);
        let mut last_kept = None;
        let there: Vec<Value> = items.iter().map(Value::of).collect();
        for step in steps(&there, wanted) {
            match step {
                Step::Keep(at) => last_kept = Some(at),
                Step::Change(at, value) => {
                    self.change(&items[at], value, Within::Item(column));
                    last_kept = Some(at);
                }
                Step::Take(at) => self.take_lines(dashes[at], self.end(&items[at])),
                Step::Put(value) => match last_kept {
                    Some(at) => {
                        let end = self.line_end(self.end(&items[at]));
                        self.put(end..end, format!("\n{margin}{}", item(value, column)));
                    }
                    None => {
                        let start = self.line_start(dashes[0]);
                        self.put(start..start, format!("{margin}{}\n", item(value, column)));
                    }
                },
            }
        }
    }

    fn replace(&mut self, node: &Node, value: &Value, within: Within<'_>) {
        match within {
            Within::Root => self.put(0..self.text.len(), anew(self.text, value)),
            Within::Flow => self.put(self.start(node)..self.end(node), line(value)),
            Within::Item(column) => self.put(self.start(node)..self.end(node), lines(value, column + INDENT)),
            Within::Pair(key) => {
                let key_end = self.end(key);
                let colon = self.text[key_end..].find(':').map_or(key_end, |at| key_end + at + 1);
                self.put(colon..self.end(node).max(colon), behind_key(value, key.place.column - 1));
            }
        }
    }

    fn put(&mut self, range: Range<usize>, text: String) {
        self.edits.push((range, text));
    }

    fn take_lines(&mut self, from: usize, to: usize) {
        let after = (self.line_end(to) + 1).min(self.text.len());
        self.put(self.line_start(from)..after, String::new());
    }

    fn start(&self, node: &Node) -> usize {
        self.offsets.get(node.range.start).copied().unwrap_or(self.text.len())
    }

    /// Where a node ends, without the lines behind it.
    fn end(&self, node: &Node) -> usize {
        let end = self.offsets.get(node.range.end).copied().unwrap_or(self.text.len());
        let start = self.start(node).min(end);
        start + self.text[start..end].trim_end().len()
    }

    fn line_start(&self, at: usize) -> usize {
        self.text[..at].rfind('\n').map_or(0, |at| at + 1)
    }

    fn line_end(&self, at: usize) -> usize {
        self.text[at..].find('\n').map_or(self.text.len(), |length| at + length)
    }

    fn is_first_of_line(&self, node: &Node) -> bool {
        let start = self.start(node);
        self.text[self.line_start(start)..start].trim().is_empty()
    }

    /// Where the dash of an item stands.
    fn dash_of(&self, item: &Node) -> usize {
        self.text[..self.start(item)].rfind('-').unwrap_or(0)
    }
}

fn value_of(pairs: &[(String, Value)]) -> Value {
    Value::Map(pairs.to_vec())
}
