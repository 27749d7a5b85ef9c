//! One revision ready to answer: compiled content, its index, its fitted policy. Immutable; publishing makes another.

use std::sync::Arc;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::assistant::Assistant;
use crate::assistant::compile::{Compiled, Goal, Known, compile, is_out_of_scope};
use crate::assistant::training::Classifier;
use crate::assistant::turn::{Message, Turn};
use crate::dialogue::decide::Subject;
use crate::evaluation::questions::accepts;
use crate::index::TantivyIndex;
use crate::knowledge::content::{Content, LabelledQuestion, SourceFile};
use crate::retrieval::fit::{LabelledCandidates, fit};
use crate::retrieval::policy::{Policy, ShippedPolicies};

/// Labelled questions of its own from which on content gets a fit of its own; fits on fewer did not hold on new ones.
const ENOUGH_TO_FIT: usize = 300;

/// Files of labelled questions that the policy is fitted on begin so; all others are only ever measured.
const FIT_FILES: &str = "fit-";

/// A revision that answers.
pub struct Snapshot {
    /// Decides what is said.
    pub assistant: Assistant,
    /// Gathers candidates.
    pub index: TantivyIndex,
}

/// What is trained and fitted on a revision: slow to make, and derived from the content alone.
#[derive(Clone)]
pub struct Trained {
    /// The classifier; none without intents.
    pub classifier: Option<Arc<Classifier>>,
    /// The fitted numbers.
    pub policy: Policy,
}

/// What need not be made anew; with it or without, a snapshot is the same.
#[derive(Clone, Default)]
pub struct Before<'s> {
    /// What was trained on this very content.
    pub trained: Option<Trained>,
    /// Another revision, whose dictionary is shared where it is the same.
    pub previous: Option<&'s Snapshot>,
}

impl Snapshot {
    /// Compiles content into a revision: a function of the content alone.
    ///
    /// # Errors
    /// Fails only where the index cannot be built.
    pub fn compile(content: Content, revision: String) -> anyhow::Result<Self> {
        Self::compile_after(content, revision, Before::default())
    }

    /// Compiles content into a revision, with what there is already; the result is the same.
    ///
    /// # Errors
    /// Fails only where the index cannot be built.
    pub fn compile_after(content: Content, revision: String, before: Before<'_>) -> anyhow::Result<Self> {
        let classifier = before.trained.as_ref().and_then(|trained| trained.classifier.clone());
        let known = Known {
            segmenter: before.previous.map(|previous| previous.assistant.compiled().analyser.segmenter().clone()),
            classifier,
        };
        let compiled = compile(&content, known);
        let index = TantivyIndex::build(compiled.forward.terms_by_target())?;
        if let Some(trained) = before.trained.filter(|trained| trained.is_of(&compiled)) {
            return Ok(Self { assistant: Assistant::new(content, compiled, trained.policy, revision), index });
        }
        let shipped = ShippedPolicies::load();
        let policy = if content.intents.is_empty() { shipped.entries_alone } else { shipped.with_intents };
        let questions = fit_questions(&content);
        let snapshot = Self { assistant: Assistant::new(content, compiled, policy, revision), index };
        if questions.len() < ENOUGH_TO_FIT {
            return Ok(snapshot);
        }
        Ok(snapshot.fitted_on(&questions, "the content's own labelled questions"))
    }

    /// Returns what was trained and fitted.
    pub fn trained(&self) -> Trained {
        Trained { classifier: self.assistant.compiled().classifier.clone(), policy: self.assistant.policy().clone() }
    }

    /// Fits the policy on labelled questions and returns the snapshot with it.
    pub fn fitted_on(self, questions: &[LabelledQuestion], name: &str) -> Self {
        let labelled: Vec<LabelledCandidates> =
            questions.iter().filter_map(|question| self.labelled(question)).collect();
        let policy = fit(&labelled, name);
        Self { assistant: self.assistant.with_policy(policy), index: self.index }
    }

    /// Blends a fit on labelled questions into the policy in force, by their number: 200 weigh as much as it does.
    pub fn blended_with(self, questions: &[LabelledQuestion]) -> Self {
        const EQUAL_WEIGHT: f64 = 200.0;
        let before = self.assistant.policy().clone();
        let fitted = self.fitted_on(questions, "the content's own labelled questions");
        let own = fitted.assistant.policy().clone();
        let share = own.n_questions as f64 / (own.n_questions as f64 + EQUAL_WEIGHT);
        let mix = |before: f64, own: f64| before * (1.0 - share) + own * share;
        let mix_all =
            |before: &[f64], own: &[f64]| before.iter().zip(own).map(|(&before, &own)| mix(before, own)).collect();
        let policy = Policy {
            fitted_on: format!("{}, blended with {}", before.fitted_on, own.fitted_on),
            n_questions: own.n_questions,
            ranker: mix_all(&before.ranker, &own.ranker),
            confidence: mix_all(&before.confidence, &own.confidence),
            answer_bar: mix(before.answer_bar, own.answer_bar),
            clarify_bar: mix(before.clarify_bar, own.clarify_bar),
            expected: own.expected,
        };
        Self { assistant: fitted.assistant.with_policy(policy), index: fitted.index }
    }

    /// Fits the policies that ship with the program on this content's questions: with its intents, and on its entries
    /// alone, without the questions that only an intent answers.
    ///
    /// # Errors
    /// Fails only where the index cannot be built.
    pub fn ship_policies(&self) -> anyhow::Result<String> {
        let content = self.assistant.content();
        let questions = fit_questions(content);
        let alone = Content {
            intents: Vec::new(),
            rules: Vec::new(),
            flows: std::collections::BTreeMap::new(),
            questions: std::collections::BTreeMap::new(),
            ..content.clone()
        };
        let about_entries: Vec<LabelledQuestion> =
            questions.iter().filter_map(|question| without_intents(question.clone())).collect();
        let alone = Self::compile(alone, String::new())?.fitted_on(&about_entries, "the sample's entries");
        let mut with_intents = self.assistant.policy().clone();
        "the sample".clone_into(&mut with_intents.fitted_on);
        let shipped = serde_json::json!({ "with_intents": with_intents, "entries_alone": alone.assistant.policy() });
        Ok(serde_json::to_string_pretty(&shipped)?)
    }

    /// Answers a message.
    pub fn answer(&self, message: &Message<'_>, now: Timestamp) -> Turn {
        self.assistant.answer(message, &self.index, now)
    }

    /// A labelled question with its candidates; `None` for what a rule or a stored phrasing decides anyway.
    fn labelled(&self, question: &LabelledQuestion) -> Option<LabelledCandidates> {
        // Validity does not matter to the fit: it is the same whenever it is made.
        let findings =
            self.assistant.find(&question.text, &Message::new(&question.text), &self.index, Timestamp::UNIX_EPOCH);
        if findings.rule.is_some() || findings.verbatim.is_some() {
            return None;
        }
        let compiled = self.assistant.compiled();
        let outcome = |goal: Goal| match self.assistant.subject(goal) {
            _ if is_out_of_scope(self.assistant.content(), goal) => "fallback".to_owned(),
            Subject::Entry(id) => id.to_string(),
            Subject::Intent(intent) => format!("intent:{}", intent.name),
        };
        let candidates = findings.ranking.ranked;
        let accepted = candidates
            .iter()
            .map(|candidate| accepts(&question.accept, &outcome(compiled.goals[candidate.target as usize])));
        Some(LabelledCandidates {
            query: compiled.forward.query(&findings.analysis),
            accepted: accepted.collect(),
            fallback_accepted: accepts(&question.accept, "fallback"),
            clarify_accepted: accepts(&question.accept, "clarify"),
            candidates,
        })
    }
}

impl Trained {
    /// Says whether the numbers are the same and the classifier is the very same value.
    pub fn is_the_same(&self, other: &Self) -> bool {
        same_classifier(self.classifier.as_ref(), other.classifier.as_ref()) && self.policy == other.policy
    }

    /// Says whether the compiled content has this classifier, and the numbers belong to this version.
    fn is_of(&self, compiled: &Compiled) -> bool {
        same_classifier(self.classifier.as_ref(), compiled.classifier.as_ref()) && self.policy.fits_this_version()
    }
}

fn same_classifier(one: Option<&Arc<Classifier>>, other: Option<&Arc<Classifier>>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => Arc::ptr_eq(one, other),
        (one, other) => one.is_none() && other.is_none(),
    }
}

/// The labelled questions that a policy may be fitted on.
fn fit_questions(content: &Content) -> Vec<LabelledQuestion> {
    let files = content.questions.iter().filter(|(file, _)| file.starts_with(FIT_FILES));
    files.flat_map(|(_, questions)| questions.iter().cloned()).collect()
}

/// A question as content without intents can answer it; `None` for what only an intent can.
fn without_intents(mut question: LabelledQuestion) -> Option<LabelledQuestion> {
    question.accept.retain(|outcome| !outcome.starts_with("intent:"));
    (!question.accept.is_empty()).then_some(question)
}

/// Returns the name of a revision: the beginning of the SHA-256 of its files' paths and bytes, in the order of paths.
pub fn revision_of(files: &[SourceFile]) -> String {
    let mut sorted: Vec<&SourceFile> = files.iter().collect();
    sorted.sort_by(|a, b| a.path.cmp(&b.path));
    let mut hasher = Sha256::new();
    for file in sorted {
        hasher.update((file.path.len() as u64).to_le_bytes());
        hasher.update(&file.path);
        hasher.update((file.bytes.len() as u64).to_le_bytes());
        hasher.update(&file.bytes);
    }
    hasher.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}
