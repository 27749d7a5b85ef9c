//! Sets that are no content of ours: entries with queries, labelled lines; and the content asked without itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::assistant::Assistant;
use crate::assistant::turn::rounded;
use crate::knowledge::content::{Content, LabelledQuestion};
use crate::knowledge::entry::{Entry, EntryId, EntryText, Validity};
use crate::retrieval::Target;
use crate::retrieval::forward::Scratch;
use crate::text::language::LanguageTag;
use crate::text::language_map::LanguageMap;

/// A line of an entries file.
#[derive(Clone, Debug, Deserialize)]
pub struct SetEntry {
    /// Its name.
    pub id: String,
    /// The standard question.
    pub question: String,
    /// Other ways to ask it.
    #[serde(default)]
    pub similar: Vec<String>,
    /// The answer.
    #[serde(default)]
    pub answer: String,
}

/// A line of a queries file.
#[derive(Clone, Debug, Deserialize)]
pub struct SetQuery {
    /// What is asked.
    pub text: String,
    /// The entry that answers it; `null` when none does.
    pub id: Option<String>,
}

impl SetQuery {
    /// The query as a labelled question.
    pub fn labelled(&self, number: usize) -> LabelledQuestion {
        LabelledQuestion {
            id: number.to_string(),
            text: self.text.clone(),
            lang: None,
            accept: vec![self.id.clone().unwrap_or_else(|| "fallback".to_owned())],
            never: Vec::new(),
            style: None,
        }
    }
}

/// Makes content of a set's entries: no intents, no rules, no synonyms.
pub fn content_of(entries: &[SetEntry], language: Option<&LanguageTag>) -> Content {
    let language = language.cloned().unwrap_or_else(LanguageTag::zh_cn);
    let mut of_set: Vec<Entry> = entries
        .iter()
        .map(|entry| Entry {
            id: EntryId(entry.id.clone()),
            category: String::new(),
            texts: LanguageMap::from([(
                language.clone(),
                EntryText {
                    question: entry.question.clone(),
                    similar: entry.similar.clone(),
                    never: Vec::new(),
                    review_by: None,
                    body: entry.answer.clone(),
                },
            )]),
            related: Vec::new(),
            actions: Vec::new(),
            requires: None,
            valid: Validity::default(),
            channels: Vec::new(),
            audience: Vec::new(),
            steps: None,
            top: None,
            owner: None,
        })
        .collect();
    of_set.sort_by(|a, b| a.id.cmp(&b.id));
    Content { entries: of_set, ..Content::default() }
}

/// A text with its label.
pub type Line = (String, String);

/// Parts lines into four fifths and one fifth, label by label.
pub fn split(lines: &[Line]) -> (Vec<Line>, Vec<Line>) {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut kept, mut held) = (Vec::new(), Vec::new());
    for line in lines {
        let n = seen.entry(&line.1).or_default();
        *n += 1;
        if n.is_multiple_of(5) { held.push(line.clone()) } else { kept.push(line.clone()) }
    }
    (kept, held)
}

/// What came out of asking every phrasing without itself.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct LeaveOneOutReport {
    /// Phrasings and examples asked.
    pub n: usize,
    /// Share whose own target came first.
    pub recall_at_1: f64,
    /// Share whose own target was among the first five.
    pub recall_at_5: f64,
}

/// Asks every phrasing and example with it taken out of the exact scores of its own target.
///
/// The classifier and the document frequencies still know the phrasing, so only the scores of the fields are used.
pub fn leave_one_out(assistant: &Assistant) -> LeaveOneOutReport {
    let compiled = assistant.compiled();
    let n_targets = compiled.goals.len() as Target;
    let (mut n, mut first, mut among_five) = (0, 0, 0);
    for own in 0..n_targets {
        for left_out in 0..compiled.forward.n_phrasings(own) {
            let analysis = compiled.analyser.analyse(compiled.phrasing(assistant.content(), own, left_out));
            let query = compiled.forward.query(&analysis);
            let mut scratch = Scratch::default();
            let mut score_of = |target: Target| {
                let matches = compiled.forward.best_matches(&[target], &query, 2, &mut scratch).remove(0);
                let kept = matches.iter().find(|found| target != own || found.phrasing != left_out);
                kept.map_or(0.0, |found| found.score)
            };
            let own_score = score_of(own);
            let better = (0..n_targets).filter(|&target| target != own && score_of(target) >= own_score).count();
            n += 1;
            first += usize::from(better == 0);
            among_five += usize::from(better < 5);
        }
    }
    let share = |part: usize| rounded(part as f64 / n.max(1) as f64);
    LeaveOneOutReport { n, recall_at_1: share(first), recall_at_5: share(among_five) }
}
