//! A revision's policies fitted on its own labelled questions, starting from the fit that ships with the program.

use jiff::Timestamp;

use crate::assistant::compile::{Goal, is_out_of_scope};
use crate::assistant::turn::{Message, ModelVector};
use crate::dialogue::decide::Subject;
use crate::evaluation::questions::accepts;
use crate::knowledge::content::{Content, LabelledQuestion};
use crate::retrieval::fit::{LabelledCandidates, Lessons, fit};
use crate::retrieval::policy::{Policies, Policy};
use crate::snapshot::Snapshot;
use crate::text::lot::lot;

/// Files of labelled questions that the policy is fitted on begin so; all others are only ever measured.
const FIT_FILES: &str = "fit-";

/// Labelled questions that say as much about the bars as the fit before.
const EQUAL_WEIGHT: f64 = 200.0;

impl Snapshot {
    /// Fits the policies on the content's own labelled questions: each weight leaves the one in force as far as they argue
    /// for, the bars move by their number.
    pub fn refitted_on(self, questions: &[LabelledQuestion]) -> Self {
        let before = self.assistant.policies();
        let lexical = refitted(&before.lexical, &self.all_labelled(questions, ModelVector::Unheard));
        let with_model = if self.assistant.compiled().model.is_some() {
            refitted(&before.with_model, &self.all_labelled(questions, ModelVector::Remembered))
        } else {
            before.with_model.clone()
        };
        let policies = Policies { lexical, with_model };
        Self { assistant: self.assistant.with_policies(policies), index: self.index }
    }

    /// Returns labelled questions with their candidates; without those that a rule or a stored phrasing decides anyway.
    pub(crate) fn all_labelled(
        &self,
        questions: &[LabelledQuestion],
        model: ModelVector<'_>,
    ) -> Vec<LabelledCandidates> {
        questions.iter().filter_map(|question| self.labelled(question, model)).collect()
    }

    fn labelled(&self, question: &LabelledQuestion, model: ModelVector<'_>) -> Option<LabelledCandidates> {
        // Validity does not matter to the fit: it is the same whenever it is made.
        let message = Message { model, ..Message::new(&question.text) };
        let findings = self.assistant.find(&question.text, &message, &self.index, Timestamp::UNIX_EPOCH);
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
            lot: lot(&question.text),
            query: compiled.forward.query(&findings.analysis),
            accepted: accepted.collect(),
            fallback_accepted: accepts(&question.accept, "fallback"),
            clarify_accepted: accepts(&question.accept, "clarify"),
            candidates,
        })
    }
}

fn refitted(before: &Policy, labelled: &[LabelledCandidates]) -> Policy {
    if labelled.is_empty() {
        return before.clone();
    }
    let own = fit(Lessons { questions: labelled, phrasings: &[] }, "", Some(before));
    let share = own.n_questions as f64 / (own.n_questions as f64 + EQUAL_WEIGHT);
    let mix = |before: f64, own: f64| before * (1.0 - share) + own * share;
    Policy {
        fitted_on: format!("{}, then the content's own labelled questions", before.fitted_on),
        answer_bar: mix(before.answer_bar, own.answer_bar),
        clarify_bar: mix(before.clarify_bar, own.clarify_bar),
        ..own
    }
}

/// The labelled questions that a policy may be fitted on.
pub fn fit_questions(content: &Content) -> Vec<LabelledQuestion> {
    let files = content.questions.iter().filter(|(file, _)| file.starts_with(FIT_FILES));
    files.flat_map(|(_, questions)| questions.iter().cloned()).collect()
}
