//! Rasa's domain and training data as YAML: one file of several documents, or a zip archive of files.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use crate::exchange::foreign::entry::{Button, ForeignEntry, Place, Reading};
use crate::exchange::{archive, packed};
use crate::knowledge::content::SourceFile;
use crate::knowledge::yaml::{self, Node, Value};

/// What the format calls a field of ours.
pub(super) fn heading(field: &str) -> &str {
    match field {
        "question" | "similar" => "examples",
        "answer" => "responses",
        "buttons" | "actions" | "related" => "buttons",
        "id" | "category" => "intent",
        other => other,
    }
}

/// Top-level keys that hold nothing to take and nothing to miss.
const SILENT: [&str; 5] = ["version", "intents", "session_config", "actions", "config"];

/// The parts of all files that belong together.
#[derive(Default)]
struct Parts {
    /// Intents with their phrasings, in the order in which they are found.
    intents: Vec<(String, Place, Vec<String>)>,
    /// The place among them of each.
    at: FxHashMap<String, usize>,
    /// Responses by name.
    responses: BTreeMap<String, (Place, Vec<Node>)>,
    /// The response that a rule gives to an intent.
    rules: BTreeMap<String, String>,
}

/// Reads a file, or the files of an archive.
pub(super) fn read(bytes: &[u8]) -> Reading {
    let is_archive = bytes.starts_with(archive::MAGIC);
    let files = if is_archive {
        match packed::unpack(bytes) {
            Ok(files) => files,
            Err(why) => return Reading::unreadable(1, "", why),
        }
    } else {
        vec![SourceFile { path: String::new(), bytes: bytes.to_vec() }]
    };
    let mut reading = Reading::default();
    let mut parts = Parts::default();
    let is_yaml = |path: &str| path.ends_with(".yml") || path.ends_with(".yaml");
    for file in files.iter().filter(|file| !is_archive || is_yaml(&file.path)) {
        let Ok(text) = std::str::from_utf8(&file.bytes) else {
            reading.fault(&Place { row: 1, file: file.path.clone() }, "", "the file is not UTF-8");
            continue;
        };
        for (first_line, document) in documents(text.trim_start_matches('\u{FEFF}')) {
            match yaml::parse(document, 0, first_line) {
                Ok(node) => parts.take(&node, &file.path, &mut reading),
                Err(fault) => {
                    let place = Place { row: fault.place.line, file: file.path.clone() };
                    reading.fault(&place, "", fault.message);
                }
            }
        }
    }
    parts.entries(&mut reading);
    reading
}

/// Cuts a text at the lines that begin a document; each comes with its first line.
fn documents(text: &str) -> Vec<(usize, &str)> {
    let mut documents = Vec::new();
    let (mut start, mut first_line, mut at) = (0, 1, 0);
    for (line, content) in text.split_inclusive('\n').enumerate() {
        let is_mark = |mark: &str| {
            let behind = content.strip_prefix(mark).map(str::trim);
            behind.is_some_and(|behind| behind.is_empty() || behind.starts_with('#'))
        };
        if is_mark("---") || is_mark("...") {
            documents.push((first_line, &text[start..at]));
            (start, first_line) = (at + content.len(), line + 2);
        }
        at += content.len();
    }
    documents.push((first_line, &text[start..]));
    documents
}

fn pairs(node: &Node) -> &[(Node, Node)] {
    match &node.value {
        Value::Map(pairs) => pairs,
        Value::Scalar(_) | Value::List(_) => &[],
    }
}

fn items(node: &Node) -> &[Node] {
    match &node.value {
        Value::List(items) => items,
        Value::Scalar(_) | Value::Map(_) => &[],
    }
}

fn field<'n>(node: &'n Node, name: &str) -> Option<&'n Node> {
    pairs(node).iter().find(|(key, _)| key.scalar() == Some(name)).map(|(_, value)| value)
}

fn text<'n>(node: &'n Node, name: &str) -> &'n str {
    field(node, name).and_then(Node::scalar).unwrap_or_default().trim()
}

impl Parts {
    /// Takes one document apart.
    fn take(&mut self, document: &Node, file: &str, reading: &mut Reading) {
        let place = |node: &Node| Place { row: node.place.line, file: file.to_owned() };
        if !matches!(document.value, Value::Map(_)) && !document.is_empty() {
            return reading.fault(
                &place(document),
                "",
                format!("{} stands where keys are expected", document.describe()),
            );
        }
        for (key, value) in pairs(document) {
            let name = key.scalar().unwrap_or_default();
            match name {
                "nlu" => items(value).iter().for_each(|item| self.understand(item, place(item), reading)),
                "responses" => {
                    for (name, variations) in pairs(value) {
                        let variations_place = place(name);
                        let name = name.scalar().unwrap_or_default().to_owned();
                        let variations = items(variations).to_vec();
                        if self.responses.insert(name, (variations_place.clone(), variations)).is_some() {
                            reading.fault(&variations_place, "responses", "the response stands twice");
                        }
                    }
                }
                "rules" => items(value).iter().for_each(|rule| self.follow(rule)),
                name if SILENT.contains(&name) || value.is_empty() => {}
                name => reading.note_once(&place(key), name, format!("\"{name}\" is left out")),
            }
        }
    }

    /// Takes an item of `nlu`.
    fn understand(&mut self, item: &Node, place: Place, reading: &mut Reading) {
        let intent = text(item, "intent");
        if intent.is_empty() {
            let kind = pairs(item).first().and_then(|(key, _)| key.scalar()).unwrap_or("item").to_owned();
            return match kind.as_str() {
                "synonym" | "regex" | "lookup" => reading.note_once(&place, &kind, format!("each {kind} is left out")),
                _ => reading.fault(&place, "intent", "the name of the intent is missing"),
            };
        }
        let examples = match field(item, "examples").map(|node| &node.value) {
            Some(Value::Scalar(block)) => {
                let lines = block.lines().map(str::trim).filter(|line| !line.is_empty());
                lines.map(|line| line.strip_prefix(['-', '*', '+']).unwrap_or(line).trim().to_owned()).collect()
            }
            Some(Value::List(items)) => items.iter().map(|item| text(item, "text").to_owned()).collect(),
            Some(Value::Map(_)) | None => Vec::new(),
        };
        let examples: Vec<String> = examples.iter().map(|example: &String| unmarked(example)).collect();
        if examples.iter().all(|example| example.trim().is_empty()) {
            reading.fault(&place, "examples", format!("the intent \"{intent}\" has no example"));
        }
        match self.at.get(intent) {
            Some(&at) => self.intents[at].2.extend(examples),
            None => {
                self.at.insert(intent.to_owned(), self.intents.len());
                self.intents.push((intent.to_owned(), place, examples));
            }
        }
    }

    /// Takes a rule that answers an intent with one response.
    fn follow(&mut self, rule: &Node) {
        let Some(steps) = field(rule, "steps") else { return };
        if let [asked, said] = items(steps)
            && let (intent, action) = (text(asked, "intent"), text(said, "action"))
            && !intent.is_empty()
            && action.starts_with("utter_")
        {
            self.rules.entry(intent.to_owned()).or_insert_with(|| action.to_owned());
        }
    }

    /// Makes an entry of each intent that has a response.
    fn entries(self, reading: &mut Reading) {
        let Self { intents, responses, rules, .. } = self;
        let mut used: BTreeSet<String> = BTreeSet::new();
        for (intent, place, examples) in intents {
            let own = format!("utter_{intent}");
            let name = rules.get(&intent).filter(|name| responses.contains_key(*name)).unwrap_or(&own);
            let Some((response_place, variations)) = responses.get(name) else {
                reading.note(&place, "intent", format!("\"{intent}\" has no response and is left out"));
                reading.left_out.push(intent);
                continue;
            };
            used.insert(name.clone());
            let n_faults = reading.faults.len();
            let mut entry = ForeignEntry::at(place);
            entry.category = intent.split_once('/').map_or("", |(category, _)| category).to_owned();
            entry.name.clone_from(&intent);
            entry.own_ids = vec![intent];
            entry.own_text().ask(examples);
            respond(&mut entry, response_place, variations, reading);
            if entry.own_text().answer.is_empty() {
                if !variations.is_empty() {
                    let message = "the response has no text for everybody and is left out";
                    reading.note(response_place, "responses", message);
                }
                reading.left_out.append(&mut entry.own_ids);
            } else if !entry.question().is_empty() {
                reading.add(entry, "responses", n_faults);
            }
        }
        for (name, (place, _)) in responses.iter().filter(|(name, _)| !used.contains(*name)) {
            reading.note(place, "responses", format!("no intent leads to \"{name}\": it is left out"));
        }
    }
}

/// Takes the first wording that is for everybody, and its buttons.
fn respond(entry: &mut ForeignEntry, place: &Place, variations: &[Node], reading: &mut Reading) {
    for variation in variations {
        let place = Place { row: variation.place.line, ..place.clone() };
        let said = text(variation, "text");
        if ["channel", "condition"].into_iter().any(|name| field(variation, name).is_some()) {
            reading.note(&place, "responses", format!("what is said only sometimes is left out: {said}"));
            continue;
        }
        if !entry.own_text().answer.is_empty() {
            reading.note(&place, "responses", format!("only the first of several wordings is taken; not: {said}"));
            continue;
        }
        said.clone_into(&mut entry.own_text().answer);
        for (name, what) in
            [("image", "the picture"), ("custom", "the custom payload"), ("attachment", "the attachment")]
        {
            if field(variation, name).is_some() {
                reading.note(&place, name, format!("{what} is left out"));
            }
        }
        if said.contains('{') {
            reading.note(&place, "text", "the slot ({name}) is shown as it stands: write the answer without it");
        }
        for button in field(variation, "buttons").map(items).unwrap_or_default() {
            let payload = Some(text(button, "payload")).filter(|payload| !payload.is_empty());
            match (text(button, "title"), payload.unwrap_or_else(|| text(button, "url"))) {
                ("", _) | (_, "") => reading.fault(&place, "buttons", "a button has both, a title and a payload"),
                (label, payload) => {
                    let value = payload
                        .strip_prefix('/')
                        .map_or(payload, |intent| intent.split('{').next().unwrap_or(intent).trim());
                    entry.buttons.push(Button { label: label.to_owned(), value: value.to_owned() });
                }
            }
        }
    }
    if variations.is_empty() {
        reading.fault(place, "responses", "the answer is missing");
    }
}

/// Takes the marks of entities off: `[三天](time)` and `[三天]{"entity": "time"}` are 三天.
fn unmarked(example: &str) -> String {
    let mut out = String::with_capacity(example.len());
    let mut rest = example;
    while let Some((before, behind)) = rest.split_once('[') {
        out.push_str(before);
        let marked = behind.split_once(']').and_then(|(words, behind)| {
            let close = match behind.chars().next()? {
                '(' => ')',
                '{' => '}',
                _ => return None,
            };
            Some((words, behind.split_once(close)?.1))
        });
        match marked {
            Some((words, behind)) => {
                out.push_str(words);
                rest = behind;
            }
            None => {
                out.push('[');
                rest = behind;
            }
        }
    }
    out + rest
}
