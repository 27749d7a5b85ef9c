//! Fits a policy on labelled questions: the ranker listwise, the confidence on questions that the ranker did not see,
//! the bars where two ways of reacting are worth the same. Deterministic; nothing here is guessed but what an outcome is
//! worth.

mod bars;
mod listwise;

use crate::nlu::regression::{Pull, logistic, weighted_sum};
use crate::retrieval::confidence::{N_SIGNALS, Signals, confidence, signals};
use crate::retrieval::fit::bars::{Stake, fit_bars, stake};
use crate::retrieval::fit::listwise::fit_ranker;
use crate::retrieval::forward::Query;
use crate::retrieval::policy::{Expected, PerScript, Policy, Weights};
use crate::retrieval::rank::{Ranked, Ranking};

/// A labelled question with its candidates: what the fit learns from.
#[derive(Clone, Debug)]
pub struct LabelledCandidates {
    /// A number drawn for its text, which says what fold it is in: a question more leaves the others in theirs.
    pub lot: u64,
    /// The question in the index's numbers.
    pub query: Query,
    /// Its candidates with their features, in any order (`score` and `share` are not read).
    pub candidates: Vec<Ranked>,
    /// Per candidate: whether it is an accepted outcome.
    pub accepted: Vec<bool>,
    /// Whether "I don't know" is an accepted outcome.
    pub fallback_accepted: bool,
    /// Whether asking back is an accepted outcome.
    pub clarify_accepted: bool,
}

/// What a fit learns from.
#[derive(Clone, Copy, Debug)]
pub struct Lessons<'l> {
    /// Questions as customers ask them.
    pub questions: &'l [LabelledCandidates],
    /// Stored phrasings, asked where they were left out: they teach the order, but not how sure to be.
    pub phrasings: &'l [LabelledCandidates],
}

/// A phrasing counts as so much of a question: it was written by who wrote those it is compared with.
const WEIGHT_OF_PHRASING: f64 = 0.2;

const N_FOLDS: usize = 5;

/// L2 penalties, per question: as if one question in some hundreds argued for every weight to be 0.
const RANKER_PENALTY: f64 = 0.001;
const CONFIDENCE_PENALTY: f64 = 0.002;

/// Questions that a fit made before is worth, against those of the content itself.
const PRIOR_QUESTIONS: f64 = 2.0;

/// Which part of the questions a fit is made on: all but those of a fold; all.
type Part = Option<usize>;

/// Fits a policy; where one was fitted before, on other content, the weights start from it and leave it as far as the
/// questions argue for.
pub fn fit(lessons: Lessons<'_>, fitted_on: &str, before: Option<&Policy>) -> Policy {
    let parts: Vec<Part> = (0..N_FOLDS).map(Some).chain([None]).collect();
    let pull_ranker = |is_latin: bool| match before {
        Some(before) => Pull::To(&before.weights.get(is_latin).ranker, PRIOR_QUESTIONS),
        None => Pull::ToZero(RANKER_PENALTY),
    };
    let pull_confidence = |is_latin: bool| match before {
        Some(before) => Pull::To(&before.weights.get(is_latin).confidence, PRIOR_QUESTIONS),
        None => Pull::ToZero(CONFIDENCE_PENALTY),
    };
    let mut rankers = at_once(&parts, |&part| {
        PerScript::of(|is_latin| fit_ranker(weighted(lessons, part, is_latin), pull_ranker(is_latin)))
    });
    let ranker = rankers.pop().unwrap_or_default();
    let unseen = rank_unseen(lessons.questions, &rankers);
    let mut confidences = at_once(&parts, |&part| {
        PerScript::of(|is_latin| {
            logistic(&judged(lessons.questions, &unseen, part, is_latin), pull_confidence(is_latin))
        })
    });
    let sure = confidences.pop().unwrap_or_default();
    let weights = PerScript {
        han: Weights { ranker: ranker.han, confidence: sure.han },
        latin: Weights { ranker: ranker.latin, confidence: sure.latin },
    };
    // What leads to out of scope falls back at any bar, so it has no say in them.
    let ours = lessons.questions.iter().zip(&unseen).filter(|(_, (ranking, _))| !ranking.leads_out_of_scope());
    let stakes: Vec<Stake> = ours.map(|(question, (ranking, right))| stake(question, ranking, *right)).collect();
    let (answer_bar, clarify_bar) = fit_bars(&stakes);
    let mut policy = Policy {
        fitted_on: fitted_on.to_owned(),
        n_questions: lessons.questions.len(),
        weights,
        answer_bar,
        clarify_bar,
        expected: Expected::default(),
    };
    let confidence_of = |(question, (ranking, _)): (&LabelledCandidates, &(Ranking, bool))| {
        confidence(&signals_of(ranking), confidences[fold_of(question)].get(ranking.is_latin))
    };
    let confidences: Vec<f64> = lessons.questions.iter().zip(&unseen).map(confidence_of).collect();
    policy.expected = expect(lessons.questions, &unseen, &confidences, &policy);
    policy
}

/// The questions of a part, and all phrasings, each with its weight.
fn weighted(lessons: Lessons<'_>, part: Part, is_latin: bool) -> impl Iterator<Item = (&LabelledCandidates, f64)> {
    let questions = lessons.questions.iter().filter(move |question| is_in(question, part));
    let questions = questions.map(|question| (question, 1.0));
    let phrasings = lessons.phrasings.iter().map(|phrasing| (phrasing, WEIGHT_OF_PHRASING));
    questions.chain(phrasings).filter(move |(lesson, _)| lesson.query.is_latin() == is_latin)
}

fn judged(
    questions: &[LabelledCandidates],
    unseen: &[(Ranking, bool)],
    part: Part,
    is_latin: bool,
) -> Vec<(Signals, bool)> {
    let of_script = questions.iter().zip(unseen).filter(|(_, (ranking, _))| ranking.is_latin == is_latin);
    let of_part = of_script.filter(|(question, _)| is_in(question, part));
    of_part.map(|(_, (ranking, right))| (signals_of(ranking), *right)).collect()
}

fn fold_of(question: &LabelledCandidates) -> usize {
    question.lot as usize % N_FOLDS
}

fn is_in(question: &LabelledCandidates, part: Part) -> bool {
    part.is_none_or(|fold| fold_of(question) != fold)
}

fn signals_of(ranking: &Ranking) -> Signals {
    ranking.signals.unwrap_or([0.0; N_SIGNALS])
}

/// Counts what the bars do to questions that neither the ranker nor the confidence had seen.
fn expect(
    questions: &[LabelledCandidates],
    unseen: &[(Ranking, bool)],
    confidences: &[f64],
    policy: &Policy,
) -> Expected {
    let (mut accepted, mut asked_back, mut answered_out_of_scope) = (0, 0, 0);
    for ((question, (ranking, right)), &confidence) in questions.iter().zip(unseen).zip(confidences) {
        let clarifies = confidence >= policy.clarify_bar && confidence < policy.answer_bar;
        let answers = confidence >= policy.answer_bar && !ranking.leads_out_of_scope();
        let refuses = !clarifies && !answers;
        accepted += usize::from(
            answers && *right || refuses && question.fallback_accepted || clarifies && question.clarify_accepted,
        );
        asked_back += usize::from(clarifies);
        answered_out_of_scope += usize::from(answers && question.fallback_accepted && !right);
    }
    let n_out_of_scope = questions.iter().filter(|question| question.fallback_accepted).count();
    let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
    Expected {
        accepted: share(accepted, questions.len()),
        asked_back: share(asked_back, questions.len()),
        answered_out_of_scope: share(answered_out_of_scope, n_out_of_scope),
    }
}

/// Runs a job on every input, each in a thread of its own; the results are in the order of the inputs.
fn at_once<I: Sync, O: Send>(inputs: &[I], job: impl Fn(&I) -> O + Sync) -> Vec<O> {
    let job = &job;
    std::thread::scope(|scope| {
        let threads: Vec<_> = inputs.iter().map(|input| scope.spawn(move || job(input))).collect();
        threads.into_iter().map(|thread| thread.join().expect("arithmetic does not panic")).collect()
    })
}

/// Ranks every question with the weights that were fitted on the other folds, and says whether its first place is right.
fn rank_unseen(questions: &[LabelledCandidates], rankers: &[PerScript<Vec<f64>>]) -> Vec<(Ranking, bool)> {
    let rank = |question: &LabelledCandidates| {
        let is_latin = question.query.is_latin();
        let weights = rankers[fold_of(question)].get(is_latin);
        let mut order: Vec<(f64, usize)> =
            question.candidates.iter().enumerate().map(|(i, c)| (weighted_sum(weights, &c.features), i)).collect();
        order.sort_by(|a, b| {
            b.0.total_cmp(&a.0).then(question.candidates[a.1].target.cmp(&question.candidates[b.1].target))
        });
        let top = order.first().map_or(0.0, |&(score, _)| score);
        let whole: f64 = order.iter().map(|(score, _)| (score - top).exp()).sum();
        let ranked: Vec<Ranked> = order
            .iter()
            .map(|&(score, i)| Ranked { score, share: (score - top).exp() / whole, ..question.candidates[i].clone() })
            .collect();
        let right = order.first().is_some_and(|&(_, i)| question.accepted[i]);
        let signals = signals(&ranked, &question.query);
        (Ranking { ranked, confidence: 0.0, signals, is_latin }, right)
    };
    questions.iter().map(rank).collect()
}
