//! What the operator sets: variables, official contacts, departments, surveys, sample transactions.

use crate::knowledge::content::Content;
use crate::knowledge::entry::Audience;
use crate::knowledge::operator::{
    Department, Overflow, OverflowTo, SampleTransaction, Survey, SurveyQuestion, SurveyQuestionKind, Variable,
    VariableKind, VariableValue, WorkingTime,
};
use crate::knowledge::read::entries::validity;
use crate::knowledge::reader::{Kind, Reader, did_you_mean, listed};
use crate::knowledge::source::Place;
use crate::knowledge::yaml::Node;

/// Digits of the shortest telephone number.
const SHORTEST_PHONE: usize = 3;

/// What a sample transaction can be.
const STATUSES: [&str; 5] = ["paid", "failed", "pending", "refunded", "refunding"];

/// The ways in that a department may keep the hours of.
const WAYS_IN: [(&str, &str); 3] = [("chat", "chat"), ("phone", "phone"), ("email", "email")];

const VARIABLE_KINDS: [(&str, VariableKind); 5] = [
    ("text", VariableKind::Text),
    ("phone", VariableKind::Phone),
    ("email", VariableKind::Email),
    ("url", VariableKind::Url),
    ("domain", VariableKind::Domain),
];

pub(super) fn variables(reader: &mut Reader, content: &mut Content, file: usize) -> Option<()> {
    let text = reader.sources[file].text.clone();
    let node = reader.yaml(file, &text, 1)?;
    for (name, place, value) in reader.named(&node) {
        if let Some(variable) = variable(reader, value, place) {
            if variable.value == VariableValue::Switch(true) || variable.value == VariableValue::Switch(false) {
                reader.notes.defined.insert((Kind::Switch, name.to_owned()), place);
            }
            reader.notes.variables.push((name.to_owned(), place));
            content.variables.insert(name.to_owned(), variable);
        }
    }
    Some(())
}

/// Reads `{value, kind, sample, <language>: …}`; every key beside the three is a language.
fn variable(reader: &mut Reader, node: &Node, place: Place) -> Option<Variable> {
    let mut variable = Variable {
        value: VariableValue::Text(String::new()),
        localised: Default::default(),
        kind: VariableKind::Text,
        sample: false,
    };
    let mut has_value = false;
    for (key, key_place, value) in reader.named(node) {
        match key {
            "value" => {
                let text = reader.text(value)?;
                has_value = !text.is_empty();
                if text.contains("{{") {
                    reader.report("bad-template", value.place, "a value is put in as it is; it holds no other", None);
                }
                variable.value = match text {
                    "true" if !value.is_quoted() => VariableValue::Switch(true),
                    "false" if !value.is_quoted() => VariableValue::Switch(false),
                    _ => VariableValue::Text(text.to_owned()),
                };
                reader.notes.values.push((text.to_owned(), value.place));
            }
            "kind" => variable.kind = reader.one_of(value, &VARIABLE_KINDS).unwrap_or_default(),
            "sample" => variable.sample = reader.flag(value).unwrap_or_default(),
            _ if key.len() == 2 || key.contains('-') => {
                let Some(language) = reader.language(key, key_place) else { continue };
                let text = reader.text(value)?;
                reader.notes.values.push((text.to_owned(), value.place));
                variable.localised.insert(language, text.to_owned());
            }
            _ => {
                let hint = did_you_mean(key, &["value", "kind", "sample"])
                    .or_else(|| Some(listed(&["value", "kind", "sample", "a language tag"])));
                reader.report("unknown-key", key_place, format!("unknown key \"{key}\""), hint);
            }
        }
    }
    if !has_value {
        reader.report("missing-key", place, "the key \"value\" is missing", None);
        return None;
    }
    Some(variable)
}

pub(super) fn contacts(reader: &mut Reader, content: &mut Content, file: usize) -> Option<()> {
    let text = reader.sources[file].text.clone();
    let node = reader.yaml(file, &text, 1)?;
    let fields = reader.fields(&node, &["domains", "phones", "emails", "wechat", "apps"], &[]);
    let mut list = |name: &str| -> Vec<String> {
        let texts = fields.get(name).map(|node| reader.texts(node)).unwrap_or_default();
        let checked = texts.into_iter().filter(|(text, place)| {
            let fault = contact_fault(name, text);
            if let Some(what) = fault {
                reader.report("bad-value", *place, format!("\"{text}\" is no {what}"), None);
            }
            fault.is_none()
        });
        checked.map(|(text, _)| text).collect()
    };
    let contacts = &mut content.contacts;
    (contacts.domains, contacts.phones, contacts.emails) = (list("domains"), list("phones"), list("emails"));
    (contacts.wechat, contacts.apps) = (list("wechat"), list("apps"));
    Some(())
}

/// Says what an official contact is not. A domain of one label (`cn`) would make strangers official.
fn contact_fault(list: &str, text: &str) -> Option<&'static str> {
    let is_domain = |text: &str| {
        let labels: Vec<&str> = text.split('.').collect();
        let is_label = |label: &&str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
        labels.len() >= 2 && labels.iter().all(is_label)
    };
    let good = match list {
        "domains" => is_domain(text),
        "emails" => text.split_once('@').is_some_and(|(name, domain)| !name.is_empty() && is_domain(domain)),
        "phones" => text.chars().filter(char::is_ascii_digit).count() >= SHORTEST_PHONE,
        _ => !text.trim().is_empty(),
    };
    let what = match list {
        "domains" => "domain like cgpay.example",
        "emails" => "mailbox",
        "phones" => "telephone number",
        _ => "name",
    };
    (!good).then_some(what)
}

pub(super) fn departments(reader: &mut Reader, content: &mut Content, file: usize) -> Option<()> {
    let text = reader.sources[file].text.clone();
    let node = reader.yaml(file, &text, 1)?;
    for (name, place, value) in reader.named(&node) {
        let fields =
            reader.fields(value, &["title", "first_reply", "resolve", "escalate_to", "hours", "overflow"], &["title"]);
        let title = fields.get("title").map(|node| reader.localised(node, false, false)).unwrap_or_default();
        let mut promise = |name: &str| fields.get(name).and_then(|node| working_time(reader, node));
        let (first_reply, resolve) = (promise("first_reply"), promise("resolve"));
        let escalate_to = fields.get("escalate_to").and_then(|node| {
            let to = reader.text(node)?.to_owned();
            reader.refer(Kind::Department, &to, node.place, "broken-department");
            Some(to)
        });
        let hours = fields.get("hours").and_then(|node| reader.one_of(node, &WAYS_IN)).map(str::to_owned);
        let overflow = fields.get("overflow").and_then(|node| overflow(reader, node));
        reader.define(Kind::Department, name, place);
        let department = Department { title, first_reply, resolve, escalate_to, hours, overflow };
        content.departments.insert(name.to_owned(), department);
    }
    Some(())
}

/// What a department calls a call-back, in place of another one's name, …
const CALLBACK: &str = "callback";

/// … and a message that is left.
const MESSAGE: &str = "message";

/// Reads `{waiting: 20, minutes: 10, to: general}`.
fn overflow(reader: &mut Reader, node: &Node) -> Option<Overflow> {
    let fields = reader.fields(node, &["waiting", "minutes", "to"], &["to"]);
    let mut count = |name: &str| {
        let node = fields.get(name)?;
        let text = reader.text(node)?;
        let count = text.parse().ok().filter(|count| (1..=10_000).contains(count));
        if count.is_none() {
            reader.report("bad-value", node.place, "a whole number from 1 to 10000 is needed".to_owned(), None);
        }
        count
    };
    let (waiting, minutes) = (count("waiting"), count("minutes"));
    if waiting.is_none() && minutes.is_none() {
        let hint = Some("say `waiting`, `minutes`, or both".to_owned());
        reader.report("bad-value", node.place, "it is not said when the queue is too long".to_owned(), hint);
    }
    let node = fields.get("to")?;
    let to = reader.text(node)?.to_owned();
    let to = match to.as_str() {
        CALLBACK => OverflowTo::Callback,
        MESSAGE => OverflowTo::Message,
        _ => {
            reader.refer(Kind::Department, &to, node.place, "broken-department");
            OverflowTo::Department(to)
        }
    };
    Some(Overflow { waiting, minutes, to })
}

/// Reads `10m`, `24h`, `3d`.
fn working_time(reader: &mut Reader, node: &Node) -> Option<WorkingTime> {
    let text = reader.text(node)?;
    let parsed = text.split_at_checked(text.len().saturating_sub(1)).and_then(|(number, unit)| {
        let number: i64 = number.parse().ok().filter(|number| (1..=10_000).contains(number))?;
        match unit {
            "m" => Some(WorkingTime::Minutes(number)),
            "h" => Some(WorkingTime::Minutes(number * 60)),
            "d" => Some(WorkingTime::Days(number)),
            _ => None,
        }
    });
    if parsed.is_none() {
        reader.report(
            "bad-value",
            node.place,
            format!("\"{text}\" is no duration"),
            Some("for instance 10m, 24h, 3d".to_owned()),
        );
    }
    parsed
}

pub(super) fn survey(reader: &mut Reader, content: &mut Content, file: usize, name: &str) -> Option<()> {
    const AUDIENCES: [(&str, Audience); 2] = [("buyer", Audience::Buyer), ("merchant", Audience::Merchant)];
    let id = name.strip_suffix(".yaml").unwrap_or(name).to_owned();
    let text = reader.sources[file].text.clone();
    let node = reader.yaml(file, &text, 1)?;
    let known = ["title", "audience", "valid", "at_most_every_days", "questions"];
    let fields = reader.fields(&node, &known, &["title", "questions"]);
    let title = fields.get("title").map(|node| reader.localised(node, false, false)).unwrap_or_default();
    let audience = fields.get("audience").map(|node| reader.items(node).to_vec()).unwrap_or_default();
    let audience = audience.iter().filter_map(|item| reader.one_of(item, &AUDIENCES)).collect();
    let valid = fields.get("valid").map(|node| validity(reader, node, &id)).unwrap_or_default();
    let at_most_every_days = fields.get("at_most_every_days").and_then(|node| reader.parsed(node, "whole number"));
    let mut questions: Vec<SurveyQuestion> = Vec::new();
    for item in fields.get("questions").map(|node| reader.items(node).to_vec()).unwrap_or_default() {
        if let Some(question) = survey_question(reader, &item) {
            if questions.iter().any(|known| known.id == question.id) {
                reader.report(
                    "duplicate-id",
                    item.place,
                    format!("the question \"{}\" stands twice", question.id),
                    None,
                );
            }
            questions.push(question);
        }
    }
    content.surveys.push(Survey { id, title, audience, valid, at_most_every_days, questions });
    Some(())
}

fn survey_question(reader: &mut Reader, node: &Node) -> Option<SurveyQuestion> {
    const KINDS: [(&str, SurveyQuestionKind); 4] = [
        ("single", SurveyQuestionKind::Single),
        ("multiple", SurveyQuestionKind::Multiple),
        ("scale", SurveyQuestionKind::Scale),
        ("text", SurveyQuestionKind::Text),
    ];
    let fields = reader.fields(node, &["id", "kind", "text", "options"], &["id", "kind", "text"]);
    let id = fields.get("id").and_then(|node| reader.text(node))?.to_owned();
    let kind = fields.get("kind").and_then(|node| reader.one_of(node, &KINDS))?;
    let text = fields.get("text").map(|node| reader.localised(node, false, false)).unwrap_or_default();
    let mut options = Vec::new();
    for option in fields.get("options").map(|node| reader.items(node).to_vec()).unwrap_or_default() {
        let of_option = reader.fields(&option, &["value", "label"], &["value", "label"]);
        let Some(value) = of_option.get("value").and_then(|node| reader.text(node)) else { continue };
        let label = of_option.get("label").map(|node| reader.localised(node, false, false)).unwrap_or_default();
        options.push((value.to_owned(), label));
    }
    let needs_options = matches!(kind, SurveyQuestionKind::Single | SurveyQuestionKind::Multiple);
    if needs_options && options.len() < 2 {
        reader.report("missing-key", node.place, "a question of choice needs two \"options\" or more", None);
    }
    Some(SurveyQuestion { id, kind, text, options })
}

pub(super) fn sample_transactions(reader: &mut Reader, content: &mut Content, file: usize) -> Option<()> {
    const HEADER: [&str; 6] = ["order_number", "time", "amount", "status", "cause", "account_flags"];
    let text = reader.sources[file].text.clone();
    let mut lines = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    for (number, record) in lines.records().enumerate() {
        let place = |record: Option<&csv::StringRecord>| {
            let line =
                record.and_then(|record| record.position()).map_or(number + 1, |position| position.line() as usize);
            Place { file, line, column: 1 }
        };
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                reader.report("bad-csv", place(None), error.to_string().to_lowercase(), None);
                continue;
            }
        };
        let place = place(Some(&record));
        if number == 0 {
            if record.iter().ne(HEADER) {
                reader.report("bad-csv", place, "the header is not what is expected", Some(HEADER.join(",")));
                return None;
            }
            continue;
        }
        let cell = |at: usize| record.get(at).unwrap_or_default().trim();
        let (Ok(time), Ok(amount)) = (cell(1).parse(), cell(2).parse()) else {
            reader.report("bad-csv", place, "the time or the amount cannot be read", None);
            continue;
        };
        if !STATUSES.contains(&cell(3)) {
            reader.report(
                "bad-csv",
                place,
                format!("\"{}\" is no status", cell(3)),
                Some(format!("one of {}", STATUSES.join(", "))),
            );
            continue;
        }
        if content.sample_transactions.iter().any(|known| known.order_number == cell(0)) {
            reader.report("duplicate-id", place, format!("the order \"{}\" stands here already", cell(0)), None);
            continue;
        }
        content.sample_transactions.push(SampleTransaction {
            order_number: cell(0).to_owned(),
            time,
            amount,
            status: cell(3).to_owned(),
            cause: cell(4).to_owned(),
            account_flags: cell(5).split([' ', ';', '|']).filter(|flag| !flag.is_empty()).map(str::to_owned).collect(),
        });
    }
    Some(())
}
