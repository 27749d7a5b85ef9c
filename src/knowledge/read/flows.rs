//! `intents/flows/<name>.yaml`.

use std::collections::BTreeMap;

use crate::knowledge::content::{Content, Localised};
use crate::knowledge::entry::EntryId;
use crate::knowledge::intent::{
    Choice, EligibleOutcome, EligibleRule, Flow, FlowEnd, OperatorAct, SLOT_NAMES, Settled, Slot, SlotFiller,
};
use crate::knowledge::read::intents::case_kinds;
use crate::knowledge::reader::{Kind, Reader, did_you_mean, listed};
use crate::knowledge::source::Place;
use crate::knowledge::yaml::Node;
use crate::text::language_map::LanguageMap;

/// A slot whose values the flow lists itself.
const REASON: &str = "reason";

/// Look-ups that a flow can ask for.
const LOOKUPS: [(&str, &str); 4] =
    [("transaction", "transaction"), ("account", "account"), ("case", "case"), ("contact", "contact")];

/// What the operator's system can be asked to do.
const ACTS: [(&str, OperatorAct); 2] =
    [("freeze", OperatorAct::Freeze), ("withdraw_refund", OperatorAct::WithdrawRefund)];

const DEFAULT_TRIES: u32 = 3;

pub(super) fn flow(reader: &mut Reader, content: &mut Content, file: usize, name: &str) -> Option<()> {
    let name = name.strip_suffix(".yaml").unwrap_or(name).to_owned();
    // Known even when it cannot be read: what names it is no fault of its own.
    reader.define(Kind::Flow, &name, Place { file, line: 1, column: 1 });
    let text = reader.sources[file].text.clone();
    let node = reader.yaml(file, &text, 1)?;
    let fields = reader.fields(
        &node,
        &["opening", "slots", "lookup", "causes", "settled", "eligible", "confirm", "then"],
        &["opening", "then"],
    );
    let mut localised = |key: &str| fields.get(key).map(|node| reader.localised(node, true, true)).unwrap_or_default();
    let (opening, confirm) = (localised("opening"), localised("confirm"));
    let mut slots: Vec<Slot> = Vec::new();
    for item in fields.get("slots").map(|node| reader.items(node).to_vec()).unwrap_or_default() {
        if let Some((slot, place)) = slot(reader, &item, &slots) {
            if slots.iter().any(|known| known.name == slot.name) {
                reader.report("duplicate-id", place, format!("the slot \"{}\" stands twice", slot.name), None);
            } else {
                slots.push(slot);
            }
        }
    }
    let lookup = fields.get("lookup").and_then(|node| reader.one_of(node, &LOOKUPS)).map(str::to_owned);
    let mut causes = BTreeMap::new();
    for (cause, _, node) in fields.get("causes").map(|node| reader.named(node)).unwrap_or_default() {
        if let Some(entry) = reader.text(node).map(str::to_owned) {
            reader.refer(Kind::Entry, &entry, node.place, "broken-related");
            causes.insert(cause.to_owned(), EntryId(entry));
        }
    }
    let settled = fields.get("settled").and_then(|node| settled(reader, node));
    let eligible = fields.get("eligible").map(|node| reader.items(node).to_vec()).unwrap_or_default();
    let eligible = eligible.iter().filter_map(|item| eligible_rule(reader, item, &slots)).collect();
    let then = fields.get("then").and_then(|node| flow_end(reader, node));
    content.flows.insert(name.clone(), Flow { name, opening, slots, lookup, causes, settled, eligible, confirm, then });
    Some(())
}

fn slot(reader: &mut Reader, node: &Node, before: &[Slot]) -> Option<(Slot, Place)> {
    let known =
        ["name", "entity", "choices", "labels", "phrases", "required", "ask_optional", "ask", "invalid", "tries"];
    let fields = reader.fields(node, &known, &["name", "ask"]);
    let name_node = fields.get("name")?;
    let name = reader.text(name_node)?.to_owned();
    slot_name(reader, &name, name_node.place);
    let filler = match (fields.get("entity"), fields.get("choices")) {
        (Some(entity), None) => {
            let entity_name = reader.text(entity)?.to_owned();
            slot_name(reader, &entity_name, entity.place);
            SlotFiller::Entity(entity_name)
        }
        (None, Some(choices)) => {
            let mut choices = self::choices(reader, choices, fields.get("labels").copied());
            fields.get("phrases").into_iter().for_each(|node| phrases(reader, node, &mut choices));
            SlotFiller::Choices(choices)
        }
        _ => {
            reader.report("missing-key", node.place, "a slot has either \"entity\" or \"choices\"", None);
            return None;
        }
    };
    let required = fields.get("required").and_then(|node| reader.flag(node)).unwrap_or(false);
    let ask_optional = fields.get("ask_optional").and_then(|node| match node.scalar() {
        Some("true") => Some(BTreeMap::new()),
        Some("false") => None,
        _ => Some(conditions(reader, node, before)),
    });
    let tries = fields.get("tries").and_then(|node| reader.parsed(node, "whole number")).unwrap_or(DEFAULT_TRIES);
    let mut localised = |key: &str| fields.get(key).map(|node| reader.localised(node, true, true)).unwrap_or_default();
    let (ask, invalid): (Localised, Localised) = (localised("ask"), localised("invalid"));
    Some((Slot { name, filler, required, ask_optional, ask, invalid, tries }, name_node.place))
}

fn settled(reader: &mut Reader, node: &Node) -> Option<Settled> {
    let keys = ["statuses", "reply", "entry"];
    let fields = reader.fields(node, &keys, &keys);
    let statuses = reader.texts(fields.get("statuses")?).into_iter().map(|(status, _)| status).collect();
    let reply = reader.localised(fields.get("reply")?, true, true);
    let entry_node = fields.get("entry")?;
    let entry = reader.text(entry_node)?.to_owned();
    reader.refer(Kind::Entry, &entry, entry_node.place, "broken-related");
    Some(Settled { statuses, reply, entry: EntryId(entry) })
}

fn slot_name(reader: &mut Reader, name: &str, place: Place) {
    if name != REASON && !SLOT_NAMES.contains(&name) {
        let known: Vec<&str> = SLOT_NAMES.into_iter().chain([REASON]).collect();
        let hint = did_you_mean(name, &known).or_else(|| Some(listed(&known)));
        reader.report("broken-slot", place, format!("unknown slot \"{name}\""), hint);
    }
}

fn choices(reader: &mut Reader, node: &Node, labels: Option<&Node>) -> Vec<Choice> {
    let values = reader.texts(node);
    let mut choices: Vec<Choice> = values
        .into_iter()
        .map(|(value, _)| Choice { value, label: Localised::new(), phrases: LanguageMap::new() })
        .collect();
    for (value, place, label) in labels.map(|labels| reader.named(labels)).unwrap_or_default() {
        let label = reader.localised(label, true, false);
        match choices.iter_mut().find(|choice| choice.value == value) {
            Some(choice) => choice.label = label,
            None => {
                let known: Vec<&str> = choices.iter().map(|choice| choice.value.as_str()).collect();
                reader.report(
                    "broken-slot",
                    place,
                    format!("\"{value}\" is none of the choices"),
                    did_you_mean(value, &known),
                );
            }
        }
    }
    choices
}

/// Other ways to say a choice, per language.
fn phrases(reader: &mut Reader, node: &Node, choices: &mut [Choice]) {
    for (value, place, of_languages) in reader.named(node) {
        let Some(choice) = choices.iter_mut().find(|choice| choice.value == value) else {
            reader.report("broken-slot", place, format!("\"{value}\" is none of the choices"), None);
            continue;
        };
        for (language, place, list) in reader.named(of_languages) {
            let Some(language) = reader.language(language, place) else { continue };
            let texts = reader.texts(list).into_iter().map(|(text, _)| text);
            choice.phrases.get_or_default(language).extend(texts);
        }
    }
}

/// Values of slots under which something holds.
fn conditions(reader: &mut Reader, node: &Node, slots: &[Slot]) -> BTreeMap<String, Vec<String>> {
    let mut when = BTreeMap::new();
    for (name, place, values) in reader.named(node) {
        let Some(slot) = slots.iter().find(|slot| slot.name == name) else {
            let known: Vec<&str> = slots.iter().map(|slot| slot.name.as_str()).collect();
            reader.report("broken-slot", place, format!("the flow has no slot \"{name}\""), did_you_mean(name, &known));
            continue;
        };
        let values = reader.texts(values);
        if let SlotFiller::Choices(choices) = &slot.filler {
            let known: Vec<&str> = choices.iter().map(|choice| choice.value.as_str()).collect();
            for (value, place) in values.iter().filter(|(value, _)| !known.contains(&value.as_str())) {
                reader.report(
                    "broken-slot",
                    *place,
                    format!("\"{value}\" is no choice of the slot \"{name}\""),
                    did_you_mean(value, &known),
                );
            }
        }
        when.insert(name.to_owned(), values.into_iter().map(|(value, _)| value).collect());
    }
    when
}

fn eligible_rule(reader: &mut Reader, node: &Node, slots: &[Slot]) -> Option<EligibleRule> {
    let fields = reader.fields(node, &["when", "then", "otherwise", "department"], &[]);
    let when = fields.get("when").map(|node| conditions(reader, node, slots)).unwrap_or_default();
    let ((Some(outcome), None) | (None, Some(outcome))) = (fields.get("then"), fields.get("otherwise")) else {
        reader.report("missing-key", node.place, "a condition has either \"then\" or \"otherwise\"", None);
        return None;
    };
    let department = fields.get("department").and_then(|node| department(reader, node));
    let then = match reader.one_of(outcome, &[("open", true), ("handoff", false)])? {
        true => EligibleOutcome::Open,
        false => match department {
            Some(department) => EligibleOutcome::Handoff { department },
            None => {
                reader.report("missing-key", node.place, "a hand-off needs a \"department\"", None);
                return None;
            }
        },
    };
    Some(EligibleRule { when, then })
}

fn department(reader: &mut Reader, node: &Node) -> Option<String> {
    let name = reader.text(node)?.to_owned();
    reader.refer(Kind::Department, &name, node.place, "broken-department");
    Some(name)
}

fn flow_end(reader: &mut Reader, node: &Node) -> Option<FlowEnd> {
    let fields = reader.fields(node, &["case", "department", "handoff", "append", "act", "reply"], &["reply"]);
    let case = fields.get("case").and_then(|node| reader.one_of(node, &case_kinds()));
    let handed_over_to = fields.get("handoff").and_then(|node| match node.scalar() {
        Some("true") => Some(None),
        Some("false") => None,
        _ => Some(department(reader, node)),
    });
    let department = fields.get("department").and_then(|node| department(reader, node));
    let reply = fields.get("reply").map(|node| reader.localised(node, true, true)).unwrap_or_default();
    let handoff = handed_over_to.is_some();
    let append = fields.get("append").and_then(|node| reader.flag(node)).unwrap_or(false);
    let act = fields.get("act").and_then(|node| reader.one_of(node, &ACTS));
    Some(FlowEnd { case, department: department.or(handed_over_to.flatten()), handoff, append, act, reply })
}
