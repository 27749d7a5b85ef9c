//! Files of lines as lists: synonyms and the dictionary. Comments, empty lines and what is not changed stay.

use crate::knowledge::forms::align::{Step, steps};
use crate::knowledge::forms::value::Value;

/// How the lines of a file are read and written.
#[derive(Clone, Copy)]
pub(super) struct Format {
    read: fn(&str) -> Value,
    /// Nothing for what no line says.
    write: fn(&Value) -> Option<String>,
}

/// `退款, 退费` and `a => b, c`.
pub(super) const SYNONYMS: Format = Format { read: group, write: group_line };

/// `word [frequency [tag]]`.
pub(super) const DICTIONARY: Format = Format { read: word, write: word_line };

/// What begins a comment.
const COMMENT: char = '#';

const ONE_WAY: &str = "=>";

/// What a line says, and the comment behind it.
fn halves(line: &str) -> (&str, &str) {
    let (said, comment) = line.split_at(line.find(COMMENT).unwrap_or(line.len()));
    (said.trim(), comment)
}

/// The file as a list.
pub(super) fn read(text: &str, format: Format) -> Value {
    let said = text.lines().map(|line| halves(line).0).filter(|said| !said.is_empty());
    Value::List(said.map(format.read).collect())
}

/// Returns the text with the list in it; nothing where its lines cannot say that.
pub(super) fn rewrite(text: &str, wanted: &Value, format: Format) -> Option<String> {
    let Value::List(wanted_items) = wanted else { return None };
    let mut lines: Vec<Option<String>> = text.lines().map(|line| Some(line.to_owned())).collect();
    let (mut there, mut places) = (Vec::new(), Vec::new());
    for (at, line) in text.lines().enumerate() {
        let (said, _) = halves(line);
        if !said.is_empty() {
            there.push((format.read)(said));
            places.push(at);
        }
    }
    // What is put in stands behind the line before it; before all others, behind the comments that the file begins with.
    let mut behind: Vec<Vec<String>> = vec![Vec::new(); lines.len()];
    let mut first = Vec::new();
    let mut last = None;
    for step in steps(&there, wanted_items) {
        match step {
            Step::Keep(at) => last = Some(places[at]),
            Step::Change(at, value) => {
                let line = lines[places[at]].take().unwrap_or_default();
                let (_, comment) = halves(&line);
                let gap = if comment.is_empty() { "" } else { "  " };
                lines[places[at]] = Some(format!("{}{gap}{comment}", (format.write)(value)?));
                last = Some(places[at]);
            }
            Step::Take(at) => lines[places[at]] = None,
            Step::Put(value) => match last {
                Some(line) => behind[line].push((format.write)(value)?),
                None => first.push((format.write)(value)?),
            },
        }
    }
    let head = places.first().copied().unwrap_or(lines.len());
    let mut out = Vec::new();
    for (at, (line, behind)) in lines.into_iter().zip(behind).enumerate() {
        if at == head {
            out.append(&mut first);
        }
        out.extend(line.into_iter().chain(behind));
    }
    out.append(&mut first);
    let text: String = out.into_iter().map(|line| line + "\n").collect();
    (read(&text, format) == *wanted).then_some(text)
}

fn words(text: &str) -> Value {
    let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
    Value::List(words.map(|word| Value::Text(word.to_owned())).collect())
}

fn group(line: &str) -> Value {
    let (from, to) = match line.split_once(ONE_WAY) {
        Some((from, to)) => (from, Some(to)),
        None => (line, None),
    };
    let one_way = to.map(|to| ("means".to_owned(), words(to)));
    Value::Map([("words".to_owned(), words(from))].into_iter().chain(one_way).collect())
}

fn group_line(group: &Value) -> Option<String> {
    let words = group.texts("words")?.join(", ");
    match group.get("means") {
        None => Some(words),
        Some(_) => Some(format!("{words} {ONE_WAY} {}", group.texts("means")?.join(", "))),
    }
}

fn word(line: &str) -> Value {
    let mut parts = line.splitn(3, char::is_whitespace).map(str::trim);
    let text = |text: &str| Value::Text(text.to_owned());
    let mut map = vec![("word".to_owned(), text(parts.next().unwrap_or_default()))];
    map.extend(parts.next().map(|frequency| ("frequency".to_owned(), Value::of_plain(frequency))));
    map.extend(parts.next().map(|tag| ("tag".to_owned(), text(tag))));
    Value::Map(map)
}

fn word_line(word: &Value) -> Option<String> {
    let mut line = word.text("word")?.to_owned();
    match word.get("frequency") {
        Some(Value::Number(frequency)) => line.push_str(&format!(" {frequency}")),
        Some(Value::Text(frequency)) => line.push_str(&format!(" {frequency}")),
        None if word.get("tag").is_none() => return Some(line),
        _ => return None,
    }
    match word.get("tag") {
        Some(_) => Some(format!("{line} {}", word.text("tag")?)),
        None => Some(line),
    }
}
