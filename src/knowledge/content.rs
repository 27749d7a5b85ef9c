//! Everything that a revision is made of, as values: what the rest of the program works with.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::knowledge::calendar::Calendar;
use crate::knowledge::entry::{Announcement, Category, Entry, EntryId};
use crate::knowledge::intent::{Flow, Intent, IntentName, Rule};
use crate::knowledge::operator::{Contacts, Department, SampleTransaction, Survey, Variable, VariableValue};
use crate::knowledge::texts::Texts;
use crate::text::language_map::LanguageMap;

/// One text per language; an entry's own file is `zh-CN`.
pub type Localised = LanguageMap<String>;

/// One file as the shell read it; `path` begins with `knowledge-base/` or `intents/`, with `/` between the parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// The path that diagnostics show.
    pub path: String,
    /// The bytes as they were found; they need not be UTF-8.
    pub bytes: Vec<u8>,
}

/// All content of one revision, in the order of ids.
#[derive(Clone, Debug, Default)]
pub struct Content {
    /// Categories by `order`, then name.
    pub categories: Vec<Category>,
    /// Entries by id.
    pub entries: Vec<Entry>,
    /// Intents by name.
    pub intents: Vec<Intent>,
    /// Rules in the file's order, which is their priority.
    pub rules: Vec<Rule>,
    /// Flows by name.
    pub flows: BTreeMap<String, Flow>,
    /// Sentences that belong to no entry and no intent.
    pub texts: Texts,
    /// What agents send often, in the file's order.
    pub canned: Vec<CannedReply>,
    /// Facts by name.
    pub variables: BTreeMap<String, Variable>,
    /// Groups of words that mean the same.
    pub synonyms: Vec<SynonymGroup>,
    /// Words that the segmenter keeps whole.
    pub dictionary: Vec<DictionaryWord>,
    /// Service hours and holidays.
    pub calendar: Calendar,
    /// What belongs to the operator.
    pub contacts: Contacts,
    /// Departments by key.
    pub departments: BTreeMap<String, Department>,
    /// Announcements by id.
    pub announcements: Vec<Announcement>,
    /// Surveys by id.
    pub surveys: Vec<Survey>,
    /// Labelled questions by file name (`fit-common.jsonl`).
    pub questions: BTreeMap<String, Vec<LabelledQuestion>>,
    /// Made-up transactions for trying flows.
    pub sample_transactions: Vec<SampleTransaction>,
}

impl Content {
    /// Returns the entry of an id.
    pub fn entry(&self, id: &EntryId) -> Option<&Entry> {
        self.entries.binary_search_by(|entry| entry.id.cmp(id)).ok().map(|at| &self.entries[at])
    }

    /// Says whether a feature's switch is on.
    pub fn is_on(&self, feature: &str) -> bool {
        self.variables.get(feature).is_some_and(|variable| variable.value == VariableValue::Switch(true))
    }

    /// Returns the intent of a name.
    pub fn intent(&self, name: &IntentName) -> Option<&Intent> {
        self.intents.binary_search_by(|intent| intent.name.cmp(name)).ok().map(|at| &self.intents[at])
    }
}

/// Something that agents send often (`intents/canned.yaml`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CannedReply {
    /// What agents type after `/`.
    pub id: String,
    /// What it is called in their list.
    pub title: Localised,
    /// What is sent.
    pub text: Localised,
}

/// One line of `synonyms.txt`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SynonymGroup {
    /// The words, normalised. One-way lines (`a, b => c`) have these on the left.
    pub words: Vec<String>,
    /// What the words stand for when the line is one-way; `None` when the words stand for one another.
    pub means: Option<String>,
}

/// One line of `dictionary.txt`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DictionaryWord {
    /// The word, normalised.
    pub word: String,
    /// How often it is met, in jieba's scale; `None` keeps the word whole whatever surrounds it.
    pub frequency: Option<usize>,
    /// jieba's part-of-speech tag.
    pub tag: Option<String>,
}

/// A question with the outcomes that a support manager would call right.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct LabelledQuestion {
    /// Names the line in reports.
    pub id: String,
    /// What the customer typed.
    pub text: String,
    /// The language it is written in; other keys of the line are ignored.
    #[serde(default)]
    pub lang: Option<String>,
    /// Outcomes that are right.
    pub accept: Vec<String>,
    /// Outcomes that do harm.
    #[serde(default)]
    pub never: Vec<String>,
    /// How it is written (`typo`, `story`, …).
    #[serde(default)]
    pub style: Option<String>,
}
