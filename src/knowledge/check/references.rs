//! Names that must exist: entries, intents, flows, departments, switches.

use std::collections::BTreeSet;

use crate::knowledge::content::Content;
use crate::knowledge::reader::{Kind, Reader, did_you_mean};
use crate::knowledge::source::Place;
use crate::text::normalise::normalise;

pub(super) fn check(reader: &mut Reader, content: &Content) {
    for reference in std::mem::take(&mut reader.notes.references) {
        let known = |name: &str| reader.notes.defined.contains_key(&(reference.kind, name.to_owned()));
        if known(&reference.name) {
            continue;
        }
        let names: Vec<&str> = reader
            .notes
            .defined
            .keys()
            .filter(|(kind, _)| *kind == reference.kind)
            .map(|(_, name)| name.as_str())
            .collect();
        let hint = did_you_mean(&reference.name, &names);
        let message = if reference.kind == Kind::Switch && content.variables.contains_key(&reference.name) {
            format!("\"{}\" is no switch: its value is neither true nor false", reference.name)
        } else {
            format!("there is no {} \"{}\"", reference.kind.noun(), reference.name)
        };
        reader.report(reference.code, reference.place, message, hint);
    }
    action_labels(reader, content);
    unused_flows(reader, content);
    escalation(reader, content);
    categories(reader, content);
}

/// An action's label is sent as a message, so it must be an example of its intent.
fn action_labels(reader: &mut Reader, content: &Content) {
    for (label, intent, place) in std::mem::take(&mut reader.notes.labels) {
        let Some(known) = content.intents.iter().find(|known| known.name.0 == intent) else { continue };
        let folded = normalise(&label);
        if !known.examples.values().flatten().any(|example| normalise(example) == folded) {
            reader.report("action-label", place, format!("\"{label}\" is no example of the intent \"{intent}\""), None);
        }
    }
}

fn unused_flows(reader: &mut Reader, content: &Content) {
    use crate::knowledge::intent::Does;
    let used: BTreeSet<&str> = content
        .intents
        .iter()
        .filter_map(|intent| match &intent.does {
            Does::Flow(flow) => Some(flow.as_str()),
            Does::Reply(_) | Does::Record(..) | Does::Handoff(..) | Does::Search => None,
        })
        .collect();
    for name in content.flows.keys().filter(|name| !used.contains(name.as_str())) {
        if let Some(&place) = reader.notes.defined.get(&(Kind::Flow, name.clone())) {
            reader.report("unused-flow", place, format!("no intent starts the flow \"{name}\""), None);
        }
    }
}

fn escalation(reader: &mut Reader, content: &Content) {
    for name in content.departments.keys() {
        let mut seen = BTreeSet::from([name.as_str()]);
        let mut next = name.as_str();
        while let Some(to) = content.departments.get(next).and_then(|department| department.escalate_to.as_deref()) {
            if !seen.insert(to) {
                if to == name
                    && let Some(&place) = reader.notes.defined.get(&(Kind::Department, name.clone()))
                {
                    reader.report(
                        "broken-department",
                        place,
                        format!("the escalation of \"{name}\" comes back to it"),
                        None,
                    );
                }
                break;
            }
            next = to;
        }
    }
}

fn categories(reader: &mut Reader, content: &Content) {
    let named: BTreeSet<&str> = content.categories.iter().map(|category| category.name.as_str()).collect();
    let mut missing: BTreeSet<&str> = content.entries.iter().map(|entry| entry.category.as_str()).collect();
    missing.retain(|category| !named.contains(category));
    let filled: BTreeSet<&str> = content.entries.iter().map(|entry| entry.category.as_str()).collect();
    for category in named.into_iter().filter(|category| !filled.contains(category)) {
        let path = format!("knowledge-base/{category}/_category.yaml");
        // A folder whose entries cannot be read is not empty.
        let others = format!("knowledge-base/{category}/");
        let has_entries =
            reader.sources.iter().any(|source| source.path.starts_with(&others) && source.path.ends_with(".md"));
        if let Some(file) = reader.sources.iter().position(|source| source.path == path && !has_entries) {
            let place = Place { file, line: 1, column: 1 };
            reader.report("missing-category", place, format!("the category \"{category}\" has no entry"), None);
        }
    }
    for category in missing {
        let folder = format!("knowledge-base/{category}/");
        if let Some(file) = reader.sources.iter().position(|source| source.path.starts_with(&folder)) {
            let place = Place { file, line: 1, column: 1 };
            reader.report("missing-category", place, format!("the folder \"{category}\" has no _category.yaml"), None);
        }
    }
}
