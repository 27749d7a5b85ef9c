//! Phrasings and examples: each text belongs to one, and no rule takes it away.

use std::collections::BTreeMap;

use crate::knowledge::content::Content;
use crate::knowledge::reader::{Owner, Phrasing, Reader};
use crate::knowledge::rule::CompiledRules;
use crate::text::normalise::normalise;

pub(super) fn check(reader: &mut Reader, content: &Content) {
    let rules = CompiledRules::new(&content.rules);
    let phrasings = std::mem::take(&mut reader.notes.phrasings);
    let mut first: BTreeMap<String, &Phrasing> = BTreeMap::new();
    for phrasing in &phrasings {
        let folded = normalise(&phrasing.text);
        if folded.is_empty() {
            reader.report("empty-text", phrasing.place, "a phrasing without a letter", None);
            continue;
        }
        match first.get(&folded) {
            Some(other) if other.owner == phrasing.owner => {
                let other = reader.locate(other.place);
                reader.report(
                    "repeated-phrasing",
                    phrasing.place,
                    format!("\"{}\" stands here already: {other}", phrasing.text),
                    None,
                );
            }
            Some(other) => {
                let message = format!(
                    "\"{}\" belongs to {} already, and here to {}: {}",
                    phrasing.text,
                    name(&other.owner),
                    name(&phrasing.owner),
                    reader.locate(other.place)
                );
                reader.report("duplicate-phrasing", phrasing.place, message, None);
            }
            None => {
                first.insert(folded.clone(), phrasing);
            }
        }
        if let Some(rule) = rules.first_match(&folded)
            && Owner::Intent(rule.intent.0.clone()) != phrasing.owner
        {
            let at = reader
                .notes
                .rules
                .get(&rule.id)
                .map(|&place| format!(": {}", reader.locate(place)))
                .unwrap_or_default();
            let message = format!("the rule \"{}\" leads this to the intent \"{}\"{at}", rule.id, rule.intent);
            let hint = Some("put it another way, or add an `unless` to the rule".to_owned());
            reader.report("phrasing-caught-by-rule", phrasing.place, message, hint);
        }
    }
    for never in std::mem::take(&mut reader.notes.nevers) {
        let folded = normalise(&never.text);
        if folded.is_empty() {
            reader.report("empty-text", never.place, "a question without a letter", None);
        }
        let own = first.get(&folded).filter(|phrasing| phrasing.owner == never.owner);
        if let Some(own) = own {
            let own = reader.locate(own.place);
            reader.report(
                "never-is-phrasing",
                never.place,
                format!("\"{}\" is a phrasing of this entry: {own}", never.text),
                None,
            );
        }
    }
}

fn name(owner: &Owner) -> String {
    match owner {
        Owner::Entry(id) => format!("the entry \"{id}\""),
        Owner::Intent(name) => format!("the intent \"{name}\""),
    }
}
