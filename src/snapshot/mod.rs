//! One revision ready to answer: compiled content, its index, its fitted policy. Immutable; publishing makes another.

pub mod fitting;
pub mod shipping;

use std::sync::Arc;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::assistant::Assistant;
use crate::assistant::compile::{Compiled, Known, Senses, compile};
use crate::assistant::converse::{Conversed, Seal};
use crate::assistant::training::Classifier;
use crate::assistant::turn::{Message, Turn};
use crate::dialogue::effects;
use crate::dialogue::state::DialogueState;
use crate::index::TantivyIndex;
use crate::knowledge::content::{Content, SourceFile};
use crate::retrieval::policy::{Policies, ShippedPolicies};
use crate::snapshot::fitting::fit_questions;

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
    pub policies: Policies,
}

/// What need not be made anew; with it or without, a snapshot is the same.
#[derive(Clone, Default)]
pub struct Before<'s> {
    /// What was trained on this very content.
    pub trained: Option<Trained>,
    /// Another revision, whose dictionary is shared where it is the same.
    pub previous: Option<&'s Snapshot>,
    /// What texts mean; another meaning makes another snapshot.
    pub senses: Senses,
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
        let compiled = compile(&content, &before.senses, known);
        let index = TantivyIndex::build(compiled.forward.terms_by_target())?;
        if let Some(trained) = before.trained.filter(|trained| trained.is_of(&compiled)) {
            return Ok(Self { assistant: Assistant::new(content, compiled, trained.policies, revision), index });
        }
        let policies = ShippedPolicies::load().policies(!content.intents.is_empty(), compiled.words.is_some());
        let questions = fit_questions(&content);
        let snapshot = Self { assistant: Assistant::new(content, compiled, policies, revision), index };
        Ok(snapshot.refitted_on(&questions))
    }

    /// Returns what was trained and fitted.
    pub fn trained(&self) -> Trained {
        Trained {
            classifier: self.assistant.compiled().classifier.clone(),
            policies: self.assistant.policies().clone(),
        }
    }

    /// Answers a message.
    pub fn answer(&self, message: &Message<'_>, now: Timestamp) -> Turn {
        self.assistant.answer(message, &self.index, now)
    }

    /// Takes a message of a conversation.
    pub fn converse(
        &self,
        state: &DialogueState,
        message: &Message<'_>,
        seal: Seal<'_>,
        known: &effects::Known,
        now: Timestamp,
    ) -> Conversed {
        self.assistant.converse(state, message, seal, known, &self.index, now)
    }
}

impl Trained {
    /// Says whether the numbers are the same and the classifier is the very same value.
    pub fn is_the_same(&self, other: &Self) -> bool {
        same_classifier(self.classifier.as_ref(), other.classifier.as_ref()) && self.policies == other.policies
    }

    /// Says whether the compiled content has this classifier, and the numbers belong to this version.
    fn is_of(&self, compiled: &Compiled) -> bool {
        same_classifier(self.classifier.as_ref(), compiled.classifier.as_ref()) && self.policies.fit_this_version()
    }
}

fn same_classifier(one: Option<&Arc<Classifier>>, other: Option<&Arc<Classifier>>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => Arc::ptr_eq(one, other),
        (one, other) => one.is_none() && other.is_none(),
    }
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
