//! What every kind of file needs while it is read: reporting with a place, typed access to YAML, and a notebook of what
//! only a look at all files together can judge.

use std::collections::BTreeMap;

use crate::knowledge::content::Localised;
use crate::knowledge::diagnostic::{Diagnostic, severity};
use crate::knowledge::source::{Place, Source};
use crate::knowledge::yaml::{Node, Value, parse};
use crate::text::language::LanguageTag;

/// Reads files and reports.
pub(crate) struct Reader {
    /// All files.
    pub(crate) sources: Vec<Source>,
    /// All faults so far.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// What is judged at the end.
    pub(crate) notes: Notes,
}

/// What only a look at all files together can judge.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    /// Every phrasing and example.
    pub(crate) phrasings: Vec<Phrasing>,
    /// Every `never` of an entry.
    pub(crate) nevers: Vec<Phrasing>,
    /// Every text that customers read.
    pub(crate) written: Vec<Written>,
    /// Every name that must exist somewhere.
    pub(crate) references: Vec<Reference>,
    /// Where named things are defined: kind and name → place.
    pub(crate) defined: BTreeMap<(Kind, String), Place>,
    /// Labels of actions with their intents.
    pub(crate) labels: Vec<(String, String, Place)>,
    /// Variables in the file's order.
    pub(crate) variables: Vec<(String, Place)>,
    /// Values of variables, for the contact lint.
    pub(crate) values: Vec<(String, Place)>,
    /// Where each rule is defined.
    pub(crate) rules: BTreeMap<String, Place>,
    /// Announcements with the place of their validity.
    pub(crate) announcements: Vec<(String, Place)>,
    /// Ids of labelled questions.
    pub(crate) question_ids: BTreeMap<String, Place>,
    /// Ends of validity and reviews: what, place, from when it is over.
    pub(crate) ends: Vec<(&'static str, String, Place, jiff::Timestamp)>,
}

/// A phrasing of an entry or an example of an intent.
#[derive(Clone, Debug)]
pub(crate) struct Phrasing {
    /// As written.
    pub(crate) text: String,
    /// Where.
    pub(crate) place: Place,
    /// Whose.
    pub(crate) owner: Owner,
}

/// Whose a phrasing is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// An entry's.
    Entry(String),
    /// An intent's.
    Intent(String),
}

/// A text that customers read.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    /// As written, with `{{name}}`.
    pub(crate) text: String,
    /// Where its first character stands.
    pub(crate) place: Place,
    /// Whether slots and case numbers may be named: a reply or a flow.
    pub(crate) of_flow: bool,
    /// Whether it is rendered as Markdown.
    pub(crate) markdown: bool,
    /// Its language.
    pub(crate) language: LanguageTag,
}

/// A name that must exist.
#[derive(Clone, Debug)]
pub(crate) struct Reference {
    /// What is named.
    pub(crate) kind: Kind,
    /// The name.
    pub(crate) name: String,
    /// Where.
    pub(crate) place: Place,
    /// The code of the fault when it does not exist.
    pub(crate) code: &'static str,
}

/// Kinds of named things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// An entry.
    Entry,
    /// An intent.
    Intent,
    /// A flow.
    Flow,
    /// A department.
    Department,
    /// A variable that is a switch.
    Switch,
}

impl Kind {
    /// What the kind is called in messages.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Kind::Entry => "entry",
            Kind::Intent => "intent",
            Kind::Flow => "flow",
            Kind::Department => "department",
            Kind::Switch => "feature switch",
        }
    }
}

impl Reader {
    /// Reports a fault.
    pub(crate) fn report(
        &mut self,
        code: &'static str,
        place: Place,
        message: impl Into<String>,
        hint: Option<String>,
    ) {
        let source = &self.sources[place.file];
        let (excerpt, mark) = source.excerpt(place.line, place.column);
        self.diagnostics.push(Diagnostic {
            severity: severity(code),
            code,
            file: source.path.clone(),
            line: place.line,
            column: place.column,
            message: message.into(),
            excerpt,
            mark,
            hint,
        });
    }

    /// Says where a place is, for messages that name two.
    pub(crate) fn locate(&self, place: Place) -> String {
        format!("{}:{}:{}", self.sources[place.file].path, place.line, place.column)
    }

    /// Returns the place of a byte offset in a text that customers read.
    pub(crate) fn place_in(&self, written: &Written, offset: usize) -> Place {
        self.sources[written.place.file].place_of(written.place, &written.text, offset)
    }

    /// Parses YAML that begins on a line of a file; reports what is none.
    pub(crate) fn yaml(&mut self, file: usize, text: &str, first_line: usize) -> Option<Node> {
        match parse(text, file, first_line) {
            Ok(node) => Some(node),
            Err(fault) => {
                self.report("bad-yaml", fault.place, fault.message, None);
                None
            }
        }
    }

    /// Takes a mapping apart: reports unknown and repeated keys, and the missing ones of `required`.
    pub(crate) fn fields<'n>(
        &mut self,
        node: &'n Node,
        known: &[&str],
        required: &[&'static str],
    ) -> BTreeMap<&'n str, &'n Node> {
        let mut fields: BTreeMap<&str, &Node> = BTreeMap::new();
        for (key, value) in self.pairs(node) {
            let Some(name) = key.scalar() else {
                self.report("wrong-type", key.place, "a key must be a text", None);
                continue;
            };
            if !known.contains(&name) {
                let hint = did_you_mean(name, known).or_else(|| Some(listed(known)));
                self.report("unknown-key", key.place, format!("unknown key \"{name}\""), hint);
            } else if fields.insert(name, value).is_some() {
                self.report("duplicate-key", key.place, format!("the key \"{name}\" stands twice"), None);
            }
        }
        for &name in required {
            if fields.get(name).is_none_or(|value| value.is_empty()) {
                fields.remove(name);
                self.report("missing-key", node.place, format!("the key \"{name}\" is missing"), None);
            }
        }
        fields
    }

    /// Returns the pairs of a mapping; nothing for what is empty.
    pub(crate) fn pairs<'n>(&mut self, node: &'n Node) -> &'n [(Node, Node)] {
        match &node.value {
            Value::Map(pairs) => pairs,
            _ if node.is_empty() => &[],
            _ => {
                self.report("wrong-type", node.place, format!("expected a mapping, found {}", node.describe()), None);
                &[]
            }
        }
    }

    /// Returns the pairs of a mapping with text keys that may stand only once.
    pub(crate) fn named<'n>(&mut self, node: &'n Node) -> Vec<(&'n str, Place, &'n Node)> {
        let mut named: Vec<(&str, Place, &Node)> = Vec::new();
        for (key, value) in self.pairs(node) {
            match key.scalar() {
                None => self.report("wrong-type", key.place, "a key must be a text", None),
                Some(name) if named.iter().any(|(known, ..)| *known == name) => {
                    self.report("duplicate-key", key.place, format!("the key \"{name}\" stands twice"), None);
                }
                Some(name) => named.push((name, key.place, value)),
            }
        }
        named
    }

    /// Returns the items of a list; nothing for what is empty.
    pub(crate) fn items<'n>(&mut self, node: &'n Node) -> &'n [Node] {
        match &node.value {
            Value::List(items) => items,
            _ if node.is_empty() => &[],
            _ => {
                let hint = node.scalar().map(|text| format!("write a list: [{text}]"));
                self.report("wrong-type", node.place, format!("expected a list, found {}", node.describe()), hint);
                &[]
            }
        }
    }

    /// Returns a text.
    pub(crate) fn text<'n>(&mut self, node: &'n Node) -> Option<&'n str> {
        let text = node.scalar();
        if text.is_none() {
            self.report("wrong-type", node.place, format!("expected a text, found {}", node.describe()), None);
        }
        text
    }

    /// Returns a list of texts with their places.
    pub(crate) fn texts(&mut self, node: &Node) -> Vec<(String, Place)> {
        let items = self.items(node).to_vec();
        items.iter().filter_map(|item| Some((self.text(item)?.to_owned(), item.place))).collect()
    }

    /// Returns one of the words that are expected.
    pub(crate) fn one_of<T: Copy>(&mut self, node: &Node, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(node)?;
        let found = words.iter().find(|(word, _)| *word == text).map(|&(_, value)| value);
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let hint = did_you_mean(text, &known).or_else(|| Some(listed(&known)));
            self.report("unknown-value", node.place, format!("\"{text}\" is not expected here"), hint);
        }
        found
    }

    /// Returns a value that is parsed from a text.
    pub(crate) fn parsed<T: std::str::FromStr>(&mut self, node: &Node, what: &str) -> Option<T> {
        let text = self.text(node)?;
        let parsed = text.parse().ok();
        if parsed.is_none() {
            self.report("bad-value", node.place, format!("\"{text}\" is no {what}"), None);
        }
        parsed
    }

    /// Returns `true` or `false`.
    pub(crate) fn flag(&mut self, node: &Node) -> Option<bool> {
        self.one_of(node, &[("true", true), ("false", false)])
    }

    /// Returns a text per language; a single text is Chinese. Each is noted as something that customers read.
    pub(crate) fn localised(&mut self, node: &Node, of_flow: bool, markdown: bool) -> Localised {
        let mut localised = Localised::new();
        if let Some(text) = node.scalar() {
            self.write(node, text, LanguageTag::zh_cn(), of_flow, markdown);
            localised.insert(LanguageTag::zh_cn(), text.to_owned());
            return localised;
        }
        for (name, place, value) in self.named(node) {
            let (Some(language), Some(text)) = (self.language(name, place), self.text(value)) else { continue };
            self.write(value, text, language.clone(), of_flow, markdown);
            localised.insert(language, text.to_owned());
        }
        localised
    }

    /// Reads a language tag.
    pub(crate) fn language(&mut self, name: &str, place: Place) -> Option<LanguageTag> {
        let language = LanguageTag::parse(name);
        match &language {
            None => self.report(
                "bad-value",
                place,
                format!("\"{name}\" is no language tag"),
                Some("for instance zh-CN, en".to_owned()),
            ),
            Some(language) if language.as_str() != name => {
                let hint = Some(format!("write \"{language}\""));
                self.report("bad-value", place, format!("\"{name}\" is not written as language tags are"), hint);
            }
            Some(_) => {}
        }
        language
    }

    fn write(&mut self, node: &Node, text: &str, language: LanguageTag, of_flow: bool, markdown: bool) {
        let place = Place { column: node.place.column + usize::from(node.is_quoted()), ..node.place };
        if text.trim().is_empty() {
            self.report("empty-text", node.place, "an empty text", None);
        }
        self.notes.written.push(Written { text: text.to_owned(), place, of_flow, markdown, language });
    }

    /// Notes a name that must exist.
    pub(crate) fn refer(&mut self, kind: Kind, name: &str, place: Place, code: &'static str) {
        self.notes.references.push(Reference { kind, name: name.to_owned(), place, code });
    }

    /// Notes where something is defined; `false` when the name is taken already, which is reported.
    pub(crate) fn define(&mut self, kind: Kind, name: &str, place: Place) -> bool {
        if let Some(&first) = self.notes.defined.get(&(kind, name.to_owned())) {
            let first = self.locate(first);
            self.report(
                "duplicate-id",
                place,
                format!("the {} \"{name}\" is defined already: {first}", kind.noun()),
                None,
            );
            return false;
        }
        self.notes.defined.insert((kind, name.to_owned()), place);
        true
    }
}

/// Words that a hint lists before it says that there are more.
const MOST_LISTED: usize = 20;

/// Lists the words that are expected.
pub(crate) fn listed(known: &[&str]) -> String {
    let more = if known.len() > MOST_LISTED { ", …" } else { "" };
    format!("one of {}{more}", known[..known.len().min(MOST_LISTED)].join(", "))
}

/// A longer word is no mistyped name.
const LONGEST_MISTYPED: usize = 64;

/// Suggests the known word that is nearest to a mistyped one, when one is near enough.
pub(crate) fn did_you_mean<S: AsRef<str>>(word: &str, known: &[S]) -> Option<String> {
    if word.chars().count() > LONGEST_MISTYPED {
        return None;
    }
    let (distance, nearest) = known.iter().map(|known| (edit_distance(word, known.as_ref()), known.as_ref())).min()?;
    let near = distance <= word.chars().count().div_ceil(3).max(1);
    near.then(|| format!("did you mean \"{nearest}\"?"))
}

fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, c) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, other) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(c != *other);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
