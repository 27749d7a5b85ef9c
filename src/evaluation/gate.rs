//! The gate: what a revision must hold before it goes live. Asks the new one and the live one; knows nothing of how they
//! answer, nor of what is done about the verdict.
//!
//! (a) The content has no error. (b) Everything that is stored leads, word for word, to its own. (c) Nothing does harm.
//! (d) No labelled question that is right on the live revision gets wrong. (e) Enough labelled questions are right.
//! (f) What changes for the questions of the last days is shown, not judged.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::assistant::turn::{Message, Turn};
use crate::evaluation::asking::Asking;
pub use crate::evaluation::asking::Progress;
use crate::evaluation::causes::{Revisions, cause};
use crate::evaluation::questions::accepts;
use crate::evaluation::stored::{Stored, nevers, phrasings};
use crate::evaluation::verdict::{
    ChangedAnswer, ChangedAnswers, GateReport, Harm, Harmed, LabelledShare, MOST_EXAMPLES, MOST_LISTED, Misled,
    Regression, StoredTexts,
};
use crate::knowledge::content::{Content, LabelledQuestion};
use crate::knowledge::diagnostic::Diagnostic;
use crate::knowledge::difference::Difference;
use crate::text::language::LanguageTag;

/// The share of labelled questions that must be right where nothing else is set.
pub const DEFAULT_FLOOR: f64 = 0.90;

/// What answers a message at an instant.
pub type Answering<'a> = &'a (dyn Fn(&Message<'_>, Timestamp) -> Turn + Sync);

/// All that the gate looks at.
#[derive(Clone, Copy)]
pub struct Gate<'g> {
    /// What `check` found in the new content.
    pub diagnostics: &'g [Diagnostic],
    /// The new content; its labelled questions are the ones that are asked.
    pub content: &'g Content,
    /// What answers on the new revision.
    pub new: Answering<'g>,
    /// The live revision; none before the first.
    pub live: Option<Live<'g>>,
    /// Without a live revision: the ids of labelled questions that another engine answered wrongly on this very content.
    pub wrong_before: Option<&'g [String]>,
    /// What customers asked in the last days.
    pub recent: &'g [RecentQuestion],
    /// The share of labelled questions that must be right, 0 to 1.
    pub floor: f64,
    /// When all is asked.
    pub now: Timestamp,
}

/// The live revision.
#[derive(Clone, Copy)]
pub struct Live<'g> {
    /// What it holds.
    pub content: &'g Content,
    /// What answers on it.
    pub answer: Answering<'g>,
    /// What changes from it to the new one.
    pub difference: &'g Difference,
}

/// Something that customers asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecentQuestion {
    /// The masked text.
    pub text: String,
    /// The reply's language, where one was asked for.
    pub language: Option<LanguageTag>,
    /// The way in.
    pub channel: String,
    /// How often it was asked.
    pub n: usize,
}

/// Judges a revision; the caller's `progress` is told now and then, from any thread.
///
/// Content with errors is not asked anything.
pub fn judge(gate: &Gate<'_>, progress: &(dyn Fn(Progress) + Sync)) -> GateReport {
    if let Some(refused) = GateReport::of_errors(gate.diagnostics) {
        return refused;
    }
    let (phrasings, nevers) = (phrasings(gate.content, gate.now), nevers(gate.content, gate.now));
    let labelled: Vec<&LabelledQuestion> = gate.content.questions.values().flatten().collect();
    let n_revisions = 1 + usize::from(gate.live.is_some());
    let n_recent = if gate.live.is_some() { gate.recent.len() } else { 0 };
    let asking = Asking::new(phrasings.len() + nevers.len() + n_revisions * labelled.len() + 2 * n_recent, progress);
    let verbatim = judge_stored(gate, &phrasings, &asking);
    let new = asking.each(&labelled, |question| (gate.new)(&plain(question), gate.now).outcome());
    let live =
        gate.live.map(|live| asking.each(&labelled, |question| (live.answer)(&plain(question), gate.now).outcome()));
    let answered: Vec<Answered<'_>> = labelled
        .into_iter()
        .zip(new)
        .enumerate()
        .map(|(at, (question, now))| Answered { question, was: live.as_ref().map(|live| live[at].clone()), now })
        .collect();
    GateReport {
        verbatim,
        never: judge_harm(gate, &nevers, &answered, &asking),
        labelled: share(&answered, gate.floor),
        regressions: match (gate.live, gate.wrong_before) {
            (Some(live), _) => regressions(gate, live, &answered),
            (None, Some(wrong_before)) => regressions_of_engine(wrong_before, &answered),
            (None, None) => Vec::new(),
        },
        improvements: answered
            .iter()
            .filter(|answered| answered.is_right() && answered.was_right() == Some(false))
            .count(),
        changed_recent: gate.live.map(|live| changed_recent(gate, live, &asking)).unwrap_or_default(),
        ..GateReport::default()
    }
    .concluded()
}

/// A labelled question with its outcomes.
struct Answered<'q> {
    question: &'q LabelledQuestion,
    was: Option<String>,
    now: String,
}

impl Answered<'_> {
    fn is_right(&self) -> bool {
        accepts(&self.question.accept, &self.now)
    }

    fn was_right(&self) -> Option<bool> {
        self.was.as_ref().map(|was| accepts(&self.question.accept, was))
    }
}

/// A labelled question as a customer of the web site asks it; nobody reads more than the outcome.
fn plain(question: &LabelledQuestion) -> Message<'_> {
    Message { limit: 1, ..Message::new(&question.text) }
}

fn judge_stored(gate: &Gate<'_>, phrasings: &[Stored<'_>], asking: &Asking<'_>) -> StoredTexts {
    let misled = asking.each(phrasings, |stored| {
        let turn = stored.ask(gate.new);
        (!stored.is_own(&turn)).then(|| Misled {
            text: stored.text.to_owned(),
            own: stored.owner.clone(),
            now: turn.outcome(),
        })
    });
    let mut failures: Vec<Misled> = misled.into_iter().flatten().collect();
    let n_failures = failures.len();
    failures.truncate(MOST_LISTED);
    StoredTexts { n: phrasings.len(), n_failures, failures }
}

fn judge_harm(gate: &Gate<'_>, nevers: &[Stored<'_>], answered: &[Answered<'_>], asking: &Asking<'_>) -> Harm {
    let of_entries = asking.each(nevers, |stored| {
        let now = stored.ask(gate.new).outcome();
        let text = stored.text.to_owned();
        (now == stored.owner).then(|| Harmed { id: stored.owner.clone(), text, now })
    });
    let guarded = || answered.iter().filter(|answered| !answered.question.never.is_empty());
    let harmed = guarded().filter(|answered| accepts(&answered.question.never, &answered.now));
    let of_lines = harmed.map(|Answered { question, now, .. }| Harmed {
        id: question.id.clone(),
        text: question.text.clone(),
        now: now.clone(),
    });
    let mut failures: Vec<Harmed> = of_lines.chain(of_entries.into_iter().flatten()).collect();
    let n_failures = failures.len();
    failures.truncate(MOST_LISTED);
    Harm { n: guarded().count() + nevers.len(), n_failures, failures }
}

fn share(answered: &[Answered<'_>], floor: f64) -> LabelledShare {
    let wrong = answered.iter().filter(|answered| !answered.is_right());
    let wrong: Vec<String> = wrong.map(|answered| answered.question.id.clone()).collect();
    LabelledShare {
        wrong,
        ..LabelledShare::of(answered.len(), answered.iter().filter(|one| one.is_right()).count(), floor)
    }
}

/// What another engine had right on the same content: only that it was right is known, and that no edit did it.
fn regressions_of_engine(wrong_before: &[String], answered: &[Answered<'_>]) -> Vec<Regression> {
    let wrong_before: BTreeSet<&String> = wrong_before.iter().collect();
    let worse = answered.iter().filter(|one| !one.is_right() && !wrong_before.contains(&one.question.id));
    let regression = |Answered { question, now, .. }: &Answered<'_>| Regression {
        id: question.id.clone(),
        text: question.text.clone(),
        accept: question.accept.clone(),
        was: question.accept.first().cloned().unwrap_or_default(),
        now: now.clone(),
        caused_by: None,
    };
    worse.map(regression).collect()
}

fn regressions(gate: &Gate<'_>, live: Live<'_>, answered: &[Answered<'_>]) -> Vec<Regression> {
    let Live { content, answer, difference } = live;
    let revisions = Revisions { live: content, new: gate.content, difference, at: gate.now };
    let worse = answered.iter().filter(|answered| answered.was_right() == Some(true) && !answered.is_right());
    let regression = |Answered { question, was, now }: &Answered<'_>| {
        let message = Message { explain: true, ..plain(question) };
        Regression {
            id: question.id.clone(),
            text: question.text.clone(),
            accept: question.accept.clone(),
            was: was.clone().unwrap_or_default(),
            now: now.clone(),
            caused_by: cause(revisions, &answer(&message, gate.now), &(gate.new)(&message, gate.now)),
        }
    };
    worse.map(regression).collect()
}

fn changed_recent(gate: &Gate<'_>, live: Live<'_>, asking: &Asking<'_>) -> ChangedAnswers {
    let ask = |answer: Answering<'_>| {
        asking.each(gate.recent, |recent| {
            let RecentQuestion { text, language, channel, .. } = recent;
            let message = Message { language: language.as_ref(), channel, limit: 1, ..Message::new(text) };
            answer(&message, gate.now).outcome()
        })
    };
    let answered = gate.recent.iter().zip(ask(live.answer).into_iter().zip(ask(gate.new)));
    let changes = answered.filter(|(_, (was, now))| !accepts(std::slice::from_ref(was), now));
    let change = |(recent, (was, now)): (&RecentQuestion, (String, String))| ChangedAnswer {
        text: recent.text.clone(),
        n: recent.n,
        was,
        now,
    };
    let mut examples: Vec<ChangedAnswer> = changes.map(change).collect();
    let changed = examples.len();
    examples.sort_by_key(|example| Reverse(example.n));
    examples.truncate(MOST_EXAMPLES);
    ChangedAnswers { n: gate.recent.len(), changed, examples }
}

#[cfg(test)]
#[path = "gate_tests.rs"]
mod tests;
