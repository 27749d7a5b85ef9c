//! An agent of Dialogflow ES as its zip archive: `intents/NAME.json` with the answers, `intents/NAME_usersays_LANGUAGE.json`
//! with the phrasings.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::exchange::foreign::entry::{Button, ForeignEntry, Place, Reading};
use crate::exchange::foreign::json::{at, is_empty, items, text};
use crate::exchange::jsonl::message;
use crate::exchange::packed;
use crate::knowledge::content::SourceFile;
use crate::text::language::LanguageTag;

/// What the format calls a field of ours.
pub(super) fn heading(field: &str) -> &str {
    match field {
        "question" | "similar" => "usersays",
        "answer" => "responses.messages",
        "buttons" | "actions" | "related" => "responses.messages",
        "id" => "name",
        other => other,
    }
}

const PHRASINGS: &str = "_usersays_";

/// The files of an intent.
#[derive(Default)]
struct Files<'f> {
    intent: Option<&'f SourceFile>,
    /// Phrasings by the language in the file's name.
    phrasings: Vec<(&'f str, &'f SourceFile)>,
}

/// Reads all intents of an archive.
pub(super) fn read(bytes: &[u8]) -> Reading {
    let files = match packed::unpack(bytes) {
        Ok(files) => files,
        Err(why) => return Reading::unreadable(1, "", why),
    };
    let mut reading = Reading::default();
    let mut intents: BTreeMap<&str, Files<'_>> = BTreeMap::new();
    for file in &files {
        let Some((folder, name)) = member(&file.path) else { continue };
        if matches!(name, "agent" | "package") {
            continue;
        }
        if folder != "intents" {
            let place = Place { row: 1, file: format!("{folder}/") };
            reading.note_once(&place, "", format!("the folder \"{folder}\" is left out"));
            continue;
        }
        match name.rsplit_once(PHRASINGS) {
            Some((intent, language)) => intents.entry(intent).or_default().phrasings.push((language, file)),
            None => intents.entry(name).or_default().intent = Some(file),
        }
    }
    if intents.is_empty() {
        return Reading::unreadable(1, "", "the archive holds no file below intents/");
    }
    for files in intents.into_values() {
        intent(&files, &mut reading);
    }
    reading
}

/// Returns the last folder and the name of a file of JSON in a folder.
fn member(path: &str) -> Option<(&str, &str)> {
    let (folders, name) = path.strip_suffix(".json")?.rsplit_once('/')?;
    Some((folders.rsplit('/').next().unwrap_or(folders), name))
}

/// Reads a file of JSON, or says what is wrong with it.
fn parsed(file: &SourceFile, reading: &mut Reading) -> Option<Value> {
    let bytes = file.bytes.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(&file.bytes);
    match serde_json::from_slice(bytes) {
        Ok(value) => Some(value),
        Err(error) => {
            let place = Place { row: error.line().max(1), file: file.path.clone() };
            reading.fault(&place, "", message(&error));
            None
        }
    }
}

fn intent(files: &Files<'_>, reading: &mut Reading) {
    let Some(file) = files.intent else {
        for (_, file) in &files.phrasings {
            let place = Place { row: 1, file: file.path.clone() };
            reading.fault(&place, "", "the file of the intent that is asked so is missing");
        }
        return;
    };
    let n_faults = reading.faults.len();
    let place = Place { row: 1, file: file.path.clone() };
    let Some(intent) = parsed(file, reading) else { return };
    let name = text(&intent, "name");
    if name.is_empty() {
        reading.fault(&place, "name", "the name is missing");
    }
    if let Some((field, why)) = reason_to_leave_out(&intent) {
        reading.note(&place, field, why);
        reading.left_out.push(name.to_owned());
        return;
    }
    let mut entry = ForeignEntry::at(place.clone());
    entry.name = name.to_owned();
    entry.own_ids = vec![name.to_owned()];
    for (language, file) in &files.phrasings {
        ask(&mut entry, language, file, reading);
    }
    if entry.texts.values().all(|text| text.question.is_empty()) {
        let message = "no phrasing leads here (it is started by an event, or is empty): this is left out";
        reading.note(&place, "", message);
        reading.left_out.push(name.to_owned());
        return;
    }
    say(&mut entry, &intent, reading);
    for (field, what) in [
        ("webhookUsed", "the webhook is left out: the answer is what stands here"),
        ("conditionalResponses", "answers under conditions are left out"),
        ("responses.affectedContexts", "the contexts that it sets are left out"),
    ] {
        let value = match field.strip_prefix("responses.") {
            Some(inner) => items(&intent, "responses").first().and_then(|response| at(response, inner)),
            None => at(&intent, field),
        };
        if value.is_some_and(|value| !is_empty(value)) {
            reading.note(&place, field, what);
        }
    }
    for (language, text) in &entry.texts {
        if text.question.is_empty() {
            reading.note(&place, "usersays", format!("the answer in {language} has no phrasing and is left out"));
        } else if text.answer.is_empty() {
            let message = format!("there is no answer in {language}, so its phrasings are left out");
            reading.note(&place, "responses.messages", message);
        }
    }
    entry.texts.retain(|_, text| !text.question.is_empty() && !text.answer.is_empty());
    if entry.texts.is_empty() {
        reading.left_out.push(name.to_owned());
    } else {
        reading.add(entry, "responses.messages", n_faults);
    }
}

/// Says why an intent is no question with an answer, where it is none.
fn reason_to_leave_out(intent: &Value) -> Option<(&'static str, String)> {
    let flag = |name: &str| at(intent, name).is_some_and(|value| !is_empty(value));
    if flag("fallbackIntent") {
        return Some(("fallbackIntent", "what is said when nothing is understood is left out".to_owned()));
    }
    if at(intent, "priority").and_then(Value::as_i64).is_some_and(|priority| priority < 0) {
        return Some(("priority", "the intent is switched off and left out".to_owned()));
    }
    if flag("contexts") {
        return Some(("contexts", "this is answered only after another intent and is left out".to_owned()));
    }
    let parameters = items(intent, "responses").iter().flat_map(|response| items(response, "parameters"));
    let asked_for: Vec<&str> = parameters
        .filter(|parameter| at(parameter, "required").is_some_and(|value| !is_empty(value)))
        .map(|parameter| text(parameter, "name"))
        .collect();
    if asked_for.is_empty() {
        return None;
    }
    let message = format!("the intent asks for {} and is left out: that takes a flow", asked_for.join(", "));
    Some(("responses.parameters", message))
}

/// Takes the phrasings of one language.
fn ask(entry: &mut ForeignEntry, language: &str, file: &SourceFile, reading: &mut Reading) {
    let place = Place { row: 1, file: file.path.clone() };
    let Some(tag) = LanguageTag::parse(language) else {
        return reading.fault(&place, "", format!("\"{language}\" in the file's name is no language"));
    };
    let Some(phrasings) = parsed(file, reading) else { return };
    let Some(phrasings) = phrasings.as_array() else {
        return reading.fault(&place, "", "the file holds no list of phrasings");
    };
    let mut asked = Vec::new();
    for phrasing in phrasings {
        let said: String = items(phrasing, "data").iter().filter_map(|part| part.get("text")?.as_str()).collect();
        if at(phrasing, "isTemplate").is_some_and(|value| !is_empty(value)) {
            reading.note(&place, "isTemplate", format!("the template \"{}\" is left out", said.trim()));
        } else {
            asked.push(said);
        }
    }
    entry.texts.entry(tag).or_default().ask(asked);
}

/// Takes the answers of all languages, and their buttons.
fn say(entry: &mut ForeignEntry, intent: &Value, reading: &mut Reading) {
    let place = entry.place.clone();
    let messages = items(intent, "responses").iter().flat_map(|response| items(response, "messages"));
    for message in messages {
        let platform = text(message, "platform");
        if !matches!(platform, "" | "PLATFORM_UNSPECIFIED") {
            reading.note_once(&place, "responses.messages", format!("what is said only on {platform} is left out"));
            continue;
        }
        let Some(language) = language(message, entry) else {
            reading.fault(&place, "responses.messages", format!("\"{}\" is no language", text(message, "lang")));
            continue;
        };
        let (said, buttons) = said(message, &place, reading);
        let answer = &mut entry.texts.entry(language).or_default().answer;
        for part in said.iter().filter(|part| !part.is_empty()) {
            answer.push_str(if answer.is_empty() { "" } else { "\n\n" });
            answer.push_str(part);
        }
        entry.buttons.extend(buttons);
    }
    let placeholders = ["$", "#"];
    let holds = |answer: &str| {
        answer.split_whitespace().any(|word| {
            let behind = placeholders.iter().find_map(|sign| word.split_once(sign));
            behind.is_some_and(|(_, name)| name.starts_with(|c: char| c.is_ascii_lowercase()))
        })
    };
    if entry.texts.values().any(|text| holds(&text.answer)) {
        let message = "the parameter ($name) is shown as it stands: write the answer without it";
        reading.note(&place, "responses.messages", message);
    }
}

/// Returns the language of a message; where it names none, the only one that is asked in.
fn language(message: &Value, entry: &ForeignEntry) -> Option<LanguageTag> {
    match (text(message, "lang"), entry.texts.len()) {
        ("", 1) => entry.texts.keys().next().cloned(),
        ("", _) => Some(LanguageTag::zh_cn()),
        (language, _) => LanguageTag::parse(language),
    }
}

/// Returns what a message says, and its buttons.
fn said<'v>(message: &'v Value, place: &Place, reading: &mut Reading) -> (Vec<&'v str>, Vec<Button>) {
    let field = "responses.messages";
    let kind = at(message, "type").map(|kind| kind.as_str().map_or_else(|| kind.to_string(), str::to_owned));
    if !text(message, "imageUrl").is_empty() {
        reading.note(place, field, "the picture is left out");
    }
    match kind.as_deref().unwrap_or("0") {
        "0" => {
            let said = match at(message, "speech") {
                Some(Value::Array(texts)) => texts.iter().filter_map(Value::as_str).map(str::trim).collect(),
                Some(Value::String(text)) => vec![text.trim()],
                _ => Vec::new(),
            };
            if said.len() > 1 {
                let others = said[1..].join(" | ");
                reading.note(place, field, format!("only the first of several wordings is taken; not: {others}"));
            }
            (said.into_iter().take(1).collect(), Vec::new())
        }
        "1" => {
            let button = |button: &Value| button_of(text(button, "text"), text(button, "postback"));
            let buttons = items(message, "buttons").iter().filter_map(button).collect();
            (vec![text(message, "title"), text(message, "subtitle")], buttons)
        }
        "2" => {
            let replies = items(message, "replies").iter().filter_map(Value::as_str);
            (vec![text(message, "title")], replies.filter_map(|reply| button_of(reply, reply)).collect())
        }
        "3" => (Vec::new(), Vec::new()),
        other => {
            reading.note(place, field, format!("a message of the type {other} (custom payload) is left out"));
            (Vec::new(), Vec::new())
        }
    }
}

/// Makes a button; one without a value sends what it says.
fn button_of(label: &str, value: &str) -> Option<Button> {
    let value = if value.is_empty() { label } else { value };
    (!label.is_empty()).then(|| Button { label: label.to_owned(), value: value.to_owned() })
}
