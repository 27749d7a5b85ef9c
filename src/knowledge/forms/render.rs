//! Values as YAML, in the manner of the sample: what is short in one line, what is long on lines of its own.

use crate::knowledge::forms::value::Value;

/// Longer collections are written on several lines, in characters.
const LONGEST_LINE: usize = 110;

/// More levels than these are not written in one line.
const MOST_LEVELS: usize = 2;

/// How far what belongs to a key or an item is moved in.
pub(super) const INDENT: usize = 2;

/// Renders a value on the lines that it needs; all but the first are moved in.
pub(super) fn lines(value: &Value, indent: usize) -> String {
    let parts: Vec<String> = match value {
        Value::Map(pairs) if !fits_line(value) => pairs.iter().map(|(key, value)| pair(key, value, indent)).collect(),
        Value::List(items) if !fits_line(value) => items.iter().map(|value| item(value, indent)).collect(),
        Value::Text(text) if is_for_lines(text) => return literal(text, indent),
        _ => return line(value),
    };
    parts.join(&format!("\n{}", " ".repeat(indent)))
}

/// Renders a key with its value; all lines but the first are moved in.
pub(super) fn pair(key: &str, value: &Value, indent: usize) -> String {
    format!("{}:{}", scalar(key), behind_key(value, indent))
}

/// Renders what stands behind a key and its colon.
pub(super) fn behind_key(value: &Value, indent: usize) -> String {
    let indent = indent + INDENT;
    let is_here = fits_line(value) || matches!(value, Value::Text(_));
    let start = if is_here { " ".to_owned() } else { format!("\n{}", " ".repeat(indent)) };
    start + &lines(value, indent)
}

/// Renders an item of a list; all lines but the first are moved in.
pub(super) fn item(value: &Value, indent: usize) -> String {
    format!("- {}", lines(value, indent + INDENT))
}

fn fits_line(value: &Value) -> bool {
    match value {
        Value::Text(text) => !is_for_lines(text),
        Value::List(items) if items.is_empty() => true,
        Value::Map(pairs) if pairs.is_empty() => true,
        Value::List(_) | Value::Map(_) => {
            value.depth() <= MOST_LEVELS && !holds_lines(value) && line(value).chars().count() <= LONGEST_LINE
        }
        Value::Null | Value::Flag(_) | Value::Number(_) => true,
    }
}

/// Says whether a text with several lines is in it.
pub(super) fn holds_lines(value: &Value) -> bool {
    match value {
        Value::Text(text) => is_for_lines(text),
        Value::List(items) => items.iter().any(holds_lines),
        Value::Map(pairs) => pairs.iter().any(|(_, value)| holds_lines(value)),
        Value::Null | Value::Flag(_) | Value::Number(_) => false,
    }
}

/// Renders a value in one line.
pub(super) fn line(value: &Value) -> String {
    match value {
        Value::Null => "~".to_owned(),
        Value::Flag(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) => scalar(text),
        Value::List(items) => format!("[{}]", items.iter().map(line).collect::<Vec<_>>().join(", ")),
        Value::Map(pairs) => {
            let pairs = pairs.iter().map(|(key, value)| format!("{}: {}", scalar(key), line(value)));
            format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
        }
    }
}

fn scalar(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { quoted(text) }
}

/// Says whether a text can stand without quotes, for every tool that reads YAML.
fn is_plain(text: &str) -> bool {
    // What is a word to some tools.
    const WORDS: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let is_usual = |c: char| c.is_alphanumeric() || "_-./ ".contains(c);
    let is_instant = || text.parse::<jiff::Timestamp>().is_ok();
    text.starts_with(char::is_alphanumeric)
        && !text.ends_with(' ')
        && !text.contains("  ")
        && (text.chars().all(is_usual) || is_instant())
        && !WORDS.contains(&text.to_lowercase().as_str())
        && !is_number(text)
}

/// Says whether some tool could take a text for a number.
fn is_number(text: &str) -> bool {
    text.parse::<f64>().is_ok()
        || text.starts_with("0x")
        || text.starts_with("0o")
        || text.bytes().all(|b| b.is_ascii_digit() || b"_.".contains(&b))
}

fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            _ if is_unprintable(c) => out.push_str(&format!("\\U{:08x}", u32::from(c))),
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}

fn is_unprintable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// Says whether a text has several lines that can be written as such.
fn is_for_lines(text: &str) -> bool {
    let body = text.strip_suffix('\n').unwrap_or(text);
    body.contains('\n')
        && !body.ends_with('\n')
        && !body.starts_with([' ', '\n'])
        && body.split('\n').all(|line| !line.ends_with(' ') && !line.contains(is_unprintable))
}

/// Renders a text on lines of its own.
fn literal(text: &str, indent: usize) -> String {
    let (mark, body) = match text.strip_suffix('\n') {
        Some(body) => ("|", body),
        None => ("|-", text),
    };
    let margin = " ".repeat(indent);
    let body = body.split('\n').map(|line| if line.is_empty() { String::new() } else { format!("{margin}{line}") });
    format!("{mark}\n{}", body.collect::<Vec<_>>().join("\n"))
}
