//! `intents/<name>.yaml`, `intents/rules.yaml` and `intents/texts.yaml`.

use crate::knowledge::content::Content;
use crate::knowledge::intent::{
    CaseKind, Does, HandoffTarget, Intent, IntentName, Priority, RecordTarget, Rule, RuleMatcher,
};
use crate::knowledge::reader::{Kind, Owner, Phrasing, Reader};
use crate::knowledge::rule;
use crate::knowledge::source::Place;
use crate::knowledge::texts::TextName;
use crate::knowledge::yaml::Node;
use crate::text::language_map::LanguageMap;
use crate::text::normalise::normalise;

/// The kinds of cases as files name them.
pub(super) fn case_kinds() -> [(&'static str, CaseKind); CaseKind::ALL.len()] {
    CaseKind::ALL.map(|kind| (kind.name(), kind))
}

const PRIORITIES: [(&str, Priority); 4] =
    [("urgent", Priority::Urgent), ("high", Priority::High), ("normal", Priority::Normal), ("low", Priority::Low)];

pub(super) fn intent(reader: &mut Reader, content: &mut Content, file: usize, name: &str) -> Option<()> {
    let name = name.strip_suffix(".yaml").unwrap_or(name);
    // Known even when it cannot be read: what names it is no fault of its own.
    reader.define(Kind::Intent, name, Place { file, line: 1, column: 1 });
    let text = reader.sources[file].text.clone();
    let node = reader.yaml(file, &text, 1)?;
    let fields = reader.fields(&node, &["title", "examples", "does"], &["examples", "does"]);
    let title = fields.get("title").map(|node| reader.localised(node, false, false)).unwrap_or_default();
    let mut examples: LanguageMap<Vec<String>> = LanguageMap::new();
    for (language, place, list) in fields.get("examples").map(|node| reader.named(node)).unwrap_or_default() {
        let Some(language) = reader.language(language, place) else { continue };
        for (text, place) in reader.texts(list) {
            reader.notes.phrasings.push(Phrasing { text: text.clone(), place, owner: Owner::Intent(name.to_owned()) });
            examples.get_or_default(language.clone()).push(text);
        }
    }
    let does = fields.get("does").and_then(|node| does(reader, node))?;
    content.intents.push(Intent { name: IntentName(name.to_owned()), title, examples, does });
    Some(())
}

fn does(reader: &mut Reader, node: &Node) -> Option<Does> {
    let fields = reader.fields(node, &["flow", "reply", "handoff", "search", "case", "department"], &[]);
    let reply = fields.get("reply").map(|node| reader.localised(node, true, true));
    let has = |name: &&str| fields.contains_key(*name);
    let acts: Vec<&str> = ["flow", "handoff", "search", "case", "department"].into_iter().filter(has).collect();
    match (acts.as_slice(), reply) {
        ([], Some(reply)) => Some(Does::Reply(reply)),
        (["case", "department"], Some(reply)) => {
            let case = reader.one_of(fields["case"], &case_kinds());
            let department = department(reader, fields["department"]);
            Some(Does::Record(RecordTarget { case: case?, department: department? }, reply))
        }
        (["handoff"], reply) => Some(Does::Handoff(handoff(reader, fields["handoff"])?, reply.unwrap_or_default())),
        (["flow"], None) => {
            let flow = reader.text(fields["flow"])?.to_owned();
            reader.refer(Kind::Flow, &flow, fields["flow"].place, "broken-flow");
            Some(Does::Flow(flow))
        }
        (["search"], None) => reader.flag(fields["search"]).map(|_| Does::Search),
        _ => {
            reader.report(
                "missing-key",
                node.place,
                "an intent does one thing: \"reply\" (with or without \"case\" and its \"department\"), \"flow\", \"handoff\" (with or \
                 without \"reply\") or \"search\"",
                None,
            );
            None
        }
    }
}

fn handoff(reader: &mut Reader, node: &Node) -> Option<HandoffTarget> {
    let fields = reader.fields(node, &["department", "priority", "case"], &["department"]);
    let department = fields.get("department").and_then(|node| department(reader, node));
    let priority = fields.get("priority").and_then(|node| reader.one_of(node, &PRIORITIES)).unwrap_or(Priority::Normal);
    let case = fields.get("case").and_then(|node| reader.one_of(node, &case_kinds()));
    Some(HandoffTarget { department: department?, priority, case })
}

fn department(reader: &mut Reader, node: &Node) -> Option<String> {
    let name = reader.text(node)?.to_owned();
    reader.refer(Kind::Department, &name, node.place, "broken-department");
    Some(name)
}

pub(super) fn rules(reader: &mut Reader, content: &mut Content, file: usize) -> Option<()> {
    let text = reader.sources[file].text.clone();
    let node = reader.yaml(file, &text, 1)?;
    for item in reader.items(&node).to_vec() {
        if let Some((rule, place)) = rule(reader, &item) {
            if content.rules.iter().any(|known| known.id == rule.id) {
                reader.report("duplicate-id", place, format!("the rule \"{}\" is defined already", rule.id), None);
            } else {
                reader.notes.rules.insert(rule.id.clone(), place);
                content.rules.push(rule);
            }
        }
    }
    Some(())
}

fn rule(reader: &mut Reader, node: &Node) -> Option<(Rule, Place)> {
    let fields = reader.fields(node, &["id", "any", "pattern", "intent", "unless"], &["id", "intent"]);
    let normalised = |reader: &mut Reader, node: &Node| -> Vec<String> {
        let texts = reader.texts(node);
        texts
            .into_iter()
            .filter_map(|(text, place)| {
                let word = normalise(&text);
                if word.is_empty() {
                    reader.report("empty-text", place, "a word without a letter", None);
                }
                (!word.is_empty()).then_some(word)
            })
            .collect()
    };
    let unless = fields.get("unless").map(|node| normalised(reader, node)).unwrap_or_default();
    let matcher = match (fields.get("any"), fields.get("pattern")) {
        (Some(any), None) => {
            let words = normalised(reader, any);
            if reader.items(any).is_empty() {
                reader.report("missing-key", any.place, "a rule without a word leads nowhere", None);
            }
            RuleMatcher::Any(words)
        }
        (None, Some(pattern)) => RuleMatcher::Pattern(compiled(reader, pattern)?),
        _ => {
            reader.report("missing-key", node.place, "a rule has either \"any\" or \"pattern\"", None);
            return None;
        }
    };
    let id_node = fields.get("id")?;
    let id = reader.text(id_node)?.to_owned();
    let intent_node = fields.get("intent")?;
    let intent = reader.text(intent_node)?.to_owned();
    reader.refer(Kind::Intent, &intent, intent_node.place, "broken-intent");
    Some((Rule { id, matcher, unless, intent: IntentName(intent) }, id_node.place))
}

fn compiled(reader: &mut Reader, node: &Node) -> Option<String> {
    let pattern = reader.text(node)?.to_owned();
    match rule::compile(&pattern) {
        Ok(matches_nothing) if !matches_nothing.is_match("") => Some(pattern),
        Ok(_) => {
            reader.report("bad-pattern", node.place, "the pattern matches every text", None);
            None
        }
        Err(error) => {
            let reason = error.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            reader.report("bad-pattern", node.place, reason, None);
            None
        }
    }
}

pub(super) fn texts(reader: &mut Reader, content: &mut Content, file: usize) -> Option<()> {
    let text = reader.sources[file].text.clone();
    let node = reader.yaml(file, &text, 1)?;
    let keys = TextName::ALL.map(|(_, key)| key);
    let fields = reader.fields(&node, &keys, &[]);
    for (name, key) in TextName::ALL {
        if let Some(node) = fields.get(key) {
            let text = reader.localised(node, name.is_of_flow(), true);
            content.texts.set(name, text);
        }
    }
    Some(())
}
