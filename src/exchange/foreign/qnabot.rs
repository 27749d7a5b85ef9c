//! QnABot on AWS: the JSON of its content designer, or the workbook that it imports.

use rustc_hash::FxHashMap;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::exchange::foreign::columns::{Columns, cell};
use crate::exchange::foreign::entry::{Button, ForeignEntry, Place, Reading};
use crate::exchange::foreign::json::{Lines, at, is_empty, items, parse, text};
use crate::exchange::jsonl::message;
use crate::exchange::sheet::Row;

/// Fields that are read, or that say nothing to a customer.
const KNOWN: [&str; 12] = ["qid", "q", "a", "t", "alt", "r", "type", "next", "l", "args", "_score", "selected"];

/// Names of columns for fields, beside the fields' own.
const COLUMNS: [(&str, &str); 8] = [
    ("question", "q"),
    ("answer", "a"),
    ("topic", "t"),
    ("markdown", "alt.markdown"),
    ("ssml", "alt.ssml"),
    ("cardtitle", "r.title"),
    ("cardsubtitle", "r.subTitle"),
    ("imageurl", "r.imageUrl"),
];

/// What an item of the JSON calls a field of ours.
pub(super) fn heading(field: &str) -> &str {
    match field {
        "question" | "similar" => "q",
        "answer" => "a",
        "category" => "t",
        "related" => "next",
        "buttons" | "actions" => "r.buttons",
        "id" => "qid",
        other => other,
    }
}

/// What a workbook calls a field of ours.
pub(super) fn column(field: &str) -> &str {
    match field {
        "question" | "similar" => "question1",
        "category" => "topic",
        "related" => "next",
        "buttons" | "actions" => "buttonvalue1",
        "id" => "qid",
        other => other,
    }
}

#[derive(Deserialize)]
struct File<'t> {
    #[serde(borrow)]
    qna: Vec<&'t RawValue>,
}

/// Reads `{"qna": […]}`, a list of items, or one item a line.
pub(super) fn read(bytes: &[u8]) -> Reading {
    let Ok(file) = std::str::from_utf8(bytes) else {
        return Reading::unreadable(1, "", "the file is not UTF-8");
    };
    let file = file.trim_start_matches('\u{FEFF}');
    let items = match parts(file) {
        Ok(items) => items,
        Err(error) => return Reading::unreadable(error.line().max(1), "", message(&error)),
    };
    let mut reading = Reading::default();
    let mut seen = FxHashMap::default();
    let mut lines = Lines::of(file);
    for item in items {
        let line = lines.line(item.get());
        match parse(item, line) {
            Ok(value) => take(&value, Place::row(line), &mut seen, &mut reading, heading),
            Err((line, message)) => reading.fault(&Place::row(line), "", message),
        }
    }
    reading
}

fn parts(file: &str) -> Result<Vec<&RawValue>, serde_json::Error> {
    if file.trim_start().starts_with('[') {
        return serde_json::from_str(file);
    }
    let documents: Vec<&RawValue> = serde_json::Deserializer::from_str(file).into_iter().collect::<Result<_, _>>()?;
    let is_whole = |document: &&RawValue| {
        serde_json::from_str::<Map<String, Value>>(document.get()).is_ok_and(|fields| fields.contains_key("qna"))
    };
    match documents[..] {
        [one] if is_whole(&one) => serde_json::from_str::<File<'_>>(file).map(|file| file.qna),
        _ => Ok(documents),
    }
}

/// Reads the rows of a workbook, as items with the same fields.
pub(super) fn read_rows(rows: &[Row]) -> Reading {
    let Some(columns) = Columns::of(rows) else { return Reading::unreadable(1, "", "the file is empty") };
    if columns.find(|heading| heading == "qid").is_none() {
        return Reading::unreadable(columns.place().row, "qid", "the column is missing");
    }
    let mut reading = Reading::default();
    let mut seen = FxHashMap::default();
    for row in columns.rows(&mut reading) {
        let n_faults = reading.faults.len();
        let place = Place::row(row.number);
        let item = item(&columns, row, &place, &mut reading);
        take(&item, place, &mut seen, &mut reading, column);
        if let Some(last) = reading.entries.last_mut().filter(|last| last.place.row == row.number) {
            last.is_faulty |= reading.faults.len() > n_faults;
        }
    }
    reading
}

/// Makes an item of a row.
fn item(columns: &Columns<'_>, row: &Row, place: &Place, reading: &mut Reading) -> Value {
    let named = |name: &str| cell(row, columns.find(|heading| heading.eq_ignore_ascii_case(name)));
    let mut item = Value::Object(Map::new());
    let mut questions: Vec<Value> = Vec::new();
    if !named("q").is_empty() {
        questions.push(named("q").into());
    }
    let numbered = (1..).map(|number| named(&format!("question{number}"))).take_while(|cell| !cell.is_empty());
    questions.extend(numbered.map(|question| Value::from(question.replace(['\r', '\n'], " "))));
    let mut n_read = questions.len() - usize::from(!named("q").is_empty());
    let mut buttons = Vec::new();
    for (at, heading) in columns.headings() {
        let value = cell(row, Some(at));
        let lower = heading.to_ascii_lowercase();
        if value.is_empty() || lower == "q" {
            continue;
        }
        if numbered_as(&lower, "question") {
            // The other system stops at the first gap.
            if n_read == 0 {
                reading.note(place, heading, "a question behind an empty one is left out");
            }
            n_read = n_read.saturating_sub(1);
        } else if let Some(number) = lower.strip_prefix("displaytext").or_else(|| lower.strip_prefix("buttonvalue")) {
            let (label_name, value_name) = (format!("displaytext{number}"), format!("buttonvalue{number}"));
            let (label, value) = (named(&label_name), named(&value_name));
            if label.is_empty() || value.is_empty() {
                let missing = if label.is_empty() { label_name } else { value_name };
                reading.fault(place, &missing, "a button has both, a text and a value");
            } else if lower.starts_with("displaytext") {
                buttons.push(serde_json::json!({"text": label, "value": value}));
            }
        } else {
            let folded = if lower == "cardimageurl" { "imageurl" } else { lower.as_str() };
            let known = COLUMNS.into_iter().find(|(name, _)| *name == folded);
            set(&mut item, known.map_or(heading, |(_, path)| path), value.into());
        }
    }
    set(&mut item, "q", questions.into());
    if !buttons.is_empty() {
        set(&mut item, "r.buttons", buttons.into());
    }
    item
}

fn numbered_as(heading: &str, name: &str) -> bool {
    heading.strip_prefix(name).is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

/// Puts a value where a path with dots leads; what stands in the way is replaced.
fn set(value: &mut Value, path: &str, to: Value) {
    let (key, rest) = path.split_once('.').map_or((path, None), |(key, rest)| (key, Some(rest)));
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    let Some(fields) = value.as_object_mut() else { return };
    match rest {
        None => {
            fields.insert(key.to_owned(), to);
        }
        Some(rest) => set(fields.entry(key).or_insert(Value::Null), rest, to),
    }
}

/// Takes an item in, or says what is wrong with it; `named` returns what the file calls a field of ours.
fn take(
    item: &Value,
    place: Place,
    seen: &mut FxHashMap<String, usize>,
    reading: &mut Reading,
    named: fn(&str) -> &str,
) {
    let n_faults = reading.faults.len();
    let qid = text(item, "qid");
    let kind = text(item, "type");
    if !matches!(kind, "" | "qna") {
        reading.note(&place, "type", format!("\"{qid}\" is of the type \"{kind}\" and is left out"));
        reading.left_out.push(qid.to_owned());
        return;
    }
    if qid.is_empty() || qid.contains(char::is_whitespace) {
        reading.fault(&place, "qid", "an item has an id without spaces");
    } else if let Some(first) = seen.insert(qid.to_owned(), place.row) {
        reading.fault(&place, "qid", format!("the id \"{qid}\" stands in row {first} already"));
    }
    let questions: Vec<String> = items(item, "q").iter().filter_map(Value::as_str).map(str::to_owned).collect();
    if questions.iter().all(|question| question.trim().is_empty()) {
        reading.fault(&place, named("question"), "the question is missing");
    }
    let mut entry = ForeignEntry::at(place.clone());
    entry.name = qid.to_owned();
    entry.own_ids = vec![qid.to_owned()];
    entry.category = text(item, "t").to_owned();
    entry.own_text().ask(questions);
    entry.own_text().answer = answer(item);
    entry.buttons = buttons(item, &place, reading);
    if !text(item, "next").is_empty() {
        entry.related.push((place.row, text(item, "next").to_owned()));
    }
    leave_out(item, &place, reading);
    if !entry.question().is_empty() {
        reading.add(entry, named("answer"), n_faults);
    }
}

/// Returns the Markdown answer, else the plain one, and below it what the card says.
fn answer(item: &Value) -> String {
    let markdown = text(item, "alt.markdown");
    let answer = if markdown.is_empty() { text(item, "a") } else { markdown };
    if answer.is_empty() {
        return String::new();
    }
    let card = [text(item, "r.title"), text(item, "r.subTitle")];
    let parts = card.into_iter().filter(|part| !part.is_empty() && !answer.contains(part));
    std::iter::once(answer).chain(parts).collect::<Vec<_>>().join("\n\n")
}

fn buttons(item: &Value, place: &Place, reading: &mut Reading) -> Vec<Button> {
    let mut buttons = Vec::new();
    for button in items(item, "r.buttons") {
        match (text(button, "text"), text(button, "value")) {
            ("", "") => {}
            ("", _) | (_, "") => reading.fault(place, "r.buttons", "a button has both, a text and a value"),
            (label, value) => {
                let value = value.strip_prefix("QID::").unwrap_or(value);
                buttons.push(Button { label: label.to_owned(), value: value.to_owned() });
            }
        }
    }
    if !text(item, "r.url").is_empty() {
        let title = Some(text(item, "r.title")).filter(|title| !title.is_empty());
        let value = text(item, "r.url").to_owned();
        buttons.push(Button { label: title.unwrap_or(&value).to_owned(), value });
    }
    buttons
}

/// Notes what the item has that an entry has not.
fn leave_out(item: &Value, place: &Place, reading: &mut Reading) {
    for (path, what) in [
        ("alt.ssml", "what is spoken (SSML) is left out"),
        ("r.imageUrl", "the picture is left out"),
        ("l", "the Lambda hook is left out: the answer is what stands here"),
        ("args", "the arguments of the Lambda hook are left out"),
    ] {
        if at(item, path).is_some_and(|value| !is_empty(value)) {
            reading.note(place, path, what);
        }
    }
    if ["a", "alt.markdown"].into_iter().any(|path| text(item, path).contains("{{")) {
        reading.note(place, "a", "the template ({{…}}) is shown as it stands: write the answer without it");
    }
    let Some(fields) = item.as_object() else { return };
    for (name, _) in fields.iter().filter(|(name, value)| !KNOWN.contains(&name.as_str()) && !is_empty(value)) {
        reading.note(place, name, "the field is left out");
    }
}
