//! `{{name}}`: every name is defined, every definition is used, braces are closed.

use std::collections::BTreeSet;

use crate::knowledge::content::Content;
use crate::knowledge::intent::SLOT_NAMES;
use crate::knowledge::operator::VariableValue;
use crate::knowledge::reader::{Reader, Written, did_you_mean};

/// What flows, cases and guided answers know besides slots.
const OF_FLOWS: [&str; 13] = [
    "reason",
    "department",
    "case_status",
    "wish",
    "account",
    "first_reply_by",
    "resolve_by",
    "quieter_at",
    "queue_place",
    "wait_minutes",
    "step_number",
    "step_count",
    "question",
];

/// Names that the product fills in answers.
const BUILT_IN: [&str; 4] =
    ["announcements.policy", "announcements.promotion", "announcements.notice", "announcements.outage"];

/// Reports the variables that nothing uses.
pub(super) fn check_unused(reader: &mut Reader, content: &Content, used: &BTreeSet<String>) {
    for (name, place) in std::mem::take(&mut reader.notes.variables) {
        let switch =
            matches!(content.variables.get(&name).map(|variable| &variable.value), Some(VariableValue::Switch(_)));
        if !used.contains(&name) {
            let by = if switch { "no entry requires" } else { "no text uses" };
            reader.report("unused-variable", place, format!("{by} \"{name}\""), None);
        }
    }
}

/// Judges the names that a text has in braces, and notes them as used.
pub(super) fn check_text(reader: &mut Reader, content: &Content, written: &Written, used: &mut BTreeSet<String>) {
    for (at, _) in written.text.match_indices("{{") {
        let inside = &written.text[at + 2..];
        let Some(end) = inside.find("}}").filter(|&end| !inside[..end].contains(['{', '\n'])) else {
            let place = reader.place_in(written, at);
            reader.report("bad-template", place, "these braces are not closed", Some("write {{name}}".to_owned()));
            continue;
        };
        let name = inside[..end].trim();
        used.insert(name.to_owned());
        let of_flow = written.of_flow && (SLOT_NAMES.contains(&name) || OF_FLOWS.contains(&name));
        let announced = !written.of_flow && BUILT_IN.contains(&name);
        match content.variables.get(name).map(|variable| &variable.value) {
            Some(VariableValue::Text(_)) => {}
            Some(VariableValue::Switch(_)) => {
                let place = reader.place_in(written, at);
                reader.report("missing-variable", place, format!("\"{name}\" is a switch and has no text"), None);
            }
            None if of_flow || announced => {}
            None => {
                let place = reader.place_in(written, at);
                let mut known: Vec<&str> = content.variables.keys().map(String::as_str).collect();
                known.extend(if written.of_flow { SLOT_NAMES.as_slice() } else { BUILT_IN.as_slice() });
                reader.report(
                    "missing-variable",
                    place,
                    format!("the variable \"{name}\" is not defined"),
                    did_you_mean(name, &known),
                );
            }
        }
    }
}
