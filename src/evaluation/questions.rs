//! Labelled questions: which outcomes are accepted, which do harm.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::assistant::turn::{Turn, rounded};
use crate::dialogue::decide::{Choice, Decision};
use crate::evaluation::curves::{CurvePoint, Judged, ReliabilityBin, calibration_error, curve, reliability};
use crate::knowledge::content::LabelledQuestion;

/// What came out on a list of labelled questions.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct QuestionReport {
    /// How many questions.
    pub n: usize,
    /// How many outcomes are accepted.
    pub accepted: usize,
    /// Their share.
    pub accept_rate: f64,
    /// Failures where the bot asked back with an accepted outcome among the choices.
    pub clarified_right: usize,
    /// Outcomes that do harm.
    pub never_violations: usize,
    /// The same per style.
    pub by_style: BTreeMap<String, StyleReport>,
    /// The same per language of the question.
    pub by_language: BTreeMap<String, StyleReport>,
    /// The same per kind of question: what is to be answered, done, or refused.
    pub by_kind: BTreeMap<&'static str, StyleReport>,
    /// Mean distance between how sure and how right the first candidate was.
    pub calibration_error: f64,
    /// How right it was, by how sure it was.
    pub reliability: Vec<ReliabilityBin>,
    /// What comes of other bars.
    pub curve: Vec<CurvePoint>,
    /// What is taken for what, the most frequent first.
    pub confusions: Vec<Confusion>,
    /// All failures.
    pub failures: Vec<Failure>,
}

/// Something that was taken for something else.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Confusion {
    /// The outcome that would have been accepted.
    pub meant: String,
    /// The candidate that came first.
    pub taken: String,
    /// How often.
    pub n: usize,
    /// A question where it happened.
    pub question: String,
    /// The phrasing of what was meant that fits it best; empty where it was no candidate.
    pub phrasing_meant: String,
    /// The phrasing that it was taken for.
    pub phrasing_taken: String,
}

/// What came out for one style or kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct StyleReport {
    /// How many questions.
    pub n: usize,
    /// How many outcomes are accepted.
    pub accepted: usize,
    /// Their share.
    pub accept_rate: f64,
}

/// A question whose outcome is not accepted.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Failure {
    /// The line's id.
    pub id: String,
    /// What was asked.
    pub text: String,
    /// What came out.
    pub outcome: String,
    /// How sure the engine was.
    pub confidence: f64,
    /// The candidate that came first, whatever was decided; empty without an explanation.
    pub first: String,
    /// What would have been accepted.
    pub accept: Vec<String>,
    /// Whether the outcome does harm.
    pub never: bool,
}

/// Judges what the engine said to labelled questions.
pub fn judge<'q>(answered: impl IntoIterator<Item = (&'q LabelledQuestion, Turn)>) -> QuestionReport {
    let mut report = QuestionReport::default();
    // What leads to "not ours" may be right or wrong, but is no answer.
    let (mut judged, mut answers, mut n_answerable) = (Vec::new(), Vec::new(), 0);
    let mut confusions: BTreeMap<(String, String), Confusion> = BTreeMap::new();
    for (question, turn) in answered {
        let outcome = turn.outcome();
        let accepted = accepts(&question.accept, &outcome);
        let never = accepts(&question.never, &outcome);
        report.n += 1;
        report.accepted += usize::from(accepted);
        report.never_violations += usize::from(never);
        report.by_style.entry(question.style.clone().unwrap_or_else(|| "none".to_owned())).or_default().count(accepted);
        let language = question.lang.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string);
        report.by_language.entry(language).or_default().count(accepted);
        report.by_kind.entry(kind(question)).or_default().count(accepted);
        let is_answerable = !accepts(&question.accept, "fallback");
        n_answerable += usize::from(is_answerable);
        let first = first_outcome(&turn);
        let item = Judged { confidence: turn.confidence, right: accepts(&question.accept, &first) };
        judged.push(item);
        if !accepts(&["fallback".to_owned()], &first) {
            answers.push(item);
        }
        if let Some(confusion) = confusion(question, &turn) {
            confusions.entry((confusion.meant.clone(), confusion.taken.clone())).or_insert(confusion).n += 1;
        }
        if !accepted {
            report.clarified_right += usize::from(offers(&turn.what, &question.accept));
        }
        if !accepted || never {
            report.failures.push(Failure {
                id: question.id.clone(),
                text: question.text.clone(),
                outcome,
                confidence: turn.confidence,
                first: turn
                    .explanation
                    .and_then(|why| why.candidates.into_iter().next())
                    .map_or_else(String::new, |first| first.outcome),
                accept: question.accept.clone(),
                never,
            });
        }
    }
    report.accept_rate = rounded(report.accepted as f64 / report.n.max(1) as f64);
    report.calibration_error = rounded(calibration_error(&judged));
    report.reliability = reliability(&judged);
    report.curve = curve(&answers, n_answerable);
    report.confusions = confusions.into_values().collect();
    report.confusions.sort_by_key(|confusion| std::cmp::Reverse(confusion.n));
    report
}

/// What came first, whatever the bars made of it.
fn first_outcome(turn: &Turn) -> String {
    let by_bars = |decided_by: &str| decided_by.ends_with("_bar") || decided_by == "below_bars";
    let why = turn.explanation.as_ref().filter(|why| by_bars(&why.decided_by));
    why.and_then(|why| why.candidates.first()).map_or_else(|| turn.outcome(), |first| first.outcome.clone())
}

/// What a question was taken for, where that is not accepted.
fn confusion(question: &LabelledQuestion, turn: &Turn) -> Option<Confusion> {
    let candidates = &turn.explanation.as_ref()?.candidates;
    let taken = candidates.first().filter(|first| !accepts(&question.accept, &first.outcome))?;
    let meant = candidates.iter().find(|candidate| accepts(&question.accept, &candidate.outcome));
    Some(Confusion {
        meant: meant
            .map_or_else(|| question.accept.first().cloned().unwrap_or_default(), |meant| meant.outcome.clone()),
        taken: taken.outcome.clone(),
        n: 0,
        question: question.text.clone(),
        phrasing_meant: meant.map_or_else(String::new, |meant| meant.phrasing.clone()),
        phrasing_taken: taken.phrasing.clone(),
    })
}

impl StyleReport {
    fn count(&mut self, accepted: bool) {
        self.n += 1;
        self.accepted += usize::from(accepted);
        self.accept_rate = rounded(self.accepted as f64 / self.n as f64);
    }
}

/// Says whether an outcome is in a list; `fallback` and `intent:out_of_scope` are the same.
pub fn accepts(list: &[String], outcome: &str) -> bool {
    list.iter().any(|listed| canonical(listed) == canonical(outcome))
}

fn canonical(outcome: &str) -> &str {
    if outcome == "intent:out_of_scope" { "fallback" } else { outcome }
}

fn kind(question: &LabelledQuestion) -> &'static str {
    if accepts(&question.accept, "fallback") {
        "out_of_scope"
    } else if question.accept.iter().any(|outcome| !outcome.starts_with("intent:") && outcome != "clarify") {
        "answer"
    } else {
        "intent"
    }
}

fn offers(decision: &Decision, accept: &[String]) -> bool {
    let Decision::Clarify(choices) = decision else { return false };
    choices.iter().any(|choice| match choice {
        Choice::Entry(id) => accepts(accept, &id.0),
        Choice::Intent(name) => accepts(accept, &format!("intent:{name}")),
    })
}
