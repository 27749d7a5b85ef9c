//! Fits a policy on labelled questions: the ranker listwise, the confidence on questions that the ranker did not see,
//! the bars where two ways of reacting are worth the same. Deterministic; nothing here is guessed but what an outcome is
//! worth.

use crate::retrieval::confidence::{N_SIGNALS, Signals, confidence, signals};
use crate::retrieval::features::{N_FEATURES, TargetKind};
use crate::retrieval::forward::Query;
use crate::retrieval::policy::{Expected, MAX_CHOICES, Policy};
use crate::retrieval::rank::{Ranked, Ranking, weighted_sum};

/// A labelled question with its candidates: what the fit learns from.
#[derive(Clone, Debug)]
pub struct LabelledCandidates {
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

/// What an outcome is worth; the bars follow from it.
///
/// A right answer is the unit. A wrong one costs less than it gains: the customer asks again. Answering what is not ours
/// costs as much as a right answer gains: it is the fault that customers quote; refusing it rightly helps nobody much.
/// Asking back with the right choice among few costs the customer a click; asking back for nothing costs as much.
#[derive(Clone, Copy, Debug)]
pub struct Worth {
    /// The outcome is accepted.
    pub right: f64,
    /// Something is answered or done that is not accepted, where something else was.
    pub wrong: f64,
    /// Something is answered or done where nothing should be.
    pub wrong_out_of_scope: f64,
    /// Nothing is answered where nothing should be.
    pub refused_rightly: f64,
    /// Asked back, with an accepted outcome among the choices.
    pub clarified: f64,
    /// Asked back where nothing that is ours was meant.
    pub clarified_out_of_scope: f64,
}

/// The shipped worth of outcomes.
pub const WORTH: Worth = Worth {
    right: 1.0,
    wrong: -0.4,
    wrong_out_of_scope: -1.0,
    refused_rightly: 0.3,
    clarified: 0.3,
    clarified_out_of_scope: -0.3,
};

const N_FOLDS: usize = 5;

/// L2 penalties, per question: as if one question in some hundreds argued for every weight to be 0.
const RANKER_PENALTY: f64 = 0.003;
const CONFIDENCE_PENALTY: f64 = 0.002;

const STEPS: usize = 150;

/// Fits a policy.
pub fn fit(questions: &[LabelledCandidates], fitted_on: &str) -> Policy {
    let all: Vec<usize> = (0..questions.len()).collect();
    let chosen: Vec<Vec<usize>> = (0..N_FOLDS).map(|fold| others(questions.len(), fold)).chain([all.clone()]).collect();
    let mut rankers = at_once(&chosen, |chosen| fit_ranker(questions, chosen));
    let ranker = rankers.pop().unwrap_or_default();
    let unseen = rank_unseen(questions, &rankers);
    let rights: Vec<bool> = unseen.iter().map(|(_, right)| *right).collect();
    let seen: Vec<Signals> = unseen.iter().map(|(ranking, _)| ranking.signals.unwrap_or([0.0; N_SIGNALS])).collect();
    let mut policy = Policy {
        fitted_on: fitted_on.to_owned(),
        n_questions: questions.len(),
        ranker,
        confidence: fit_confidence(&seen, &rights, &all),
        answer_bar: 0.5,
        clarify_bar: 0.5,
        expected: Expected::default(),
    };
    // What leads to out of scope falls back at any bar, so it has no say in them.
    let judged = questions.iter().zip(&unseen).filter(|(_, (ranking, _))| !ranking.leads_out_of_scope());
    let stakes: Vec<Stake> = judged.map(|(question, (ranking, right))| stake(question, ranking, *right)).collect();
    (policy.answer_bar, policy.clarify_bar) = fit_bars(&stakes);
    policy.expected = expect(questions, &unseen, &unseen_confidences(&seen, &rights, &policy), &policy);
    policy
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

fn unseen_confidences(seen: &[Signals], rights: &[bool], policy: &Policy) -> Vec<f64> {
    let mut confidences = vec![0.0; seen.len()];
    for fold in 0..N_FOLDS {
        let weights = fit_confidence(seen, rights, &others(seen.len(), fold));
        let policy = Policy { confidence: weights, ..policy.clone() };
        for at in (fold..seen.len()).step_by(N_FOLDS) {
            confidences[at] = confidence(&seen[at], &policy);
        }
    }
    confidences
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
fn rank_unseen(questions: &[LabelledCandidates], rankers: &[Vec<f64>]) -> Vec<(Ranking, bool)> {
    let rank = |(at, question): (usize, &LabelledCandidates)| {
        let weights = &rankers[at % N_FOLDS];
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
        (Ranking { ranked, confidence: 0.0, signals }, right)
    };
    questions.iter().enumerate().map(rank).collect()
}

fn others(n: usize, fold: usize) -> Vec<usize> {
    (0..n).filter(|at| at % N_FOLDS != fold).collect()
}

/// Multinomial logistic regression over each question's candidates; questions without an accepted one teach nothing.
fn fit_ranker(questions: &[LabelledCandidates], chosen: &[usize]) -> Vec<f64> {
    let lists: Vec<&LabelledCandidates> =
        chosen.iter().map(|&at| &questions[at]).filter(|question| question.accepted.contains(&true)).collect();
    let n = lists.len().max(1) as f64;
    descend(N_FEATURES, |weights, gradient| {
        for list in &lists {
            let scores: Vec<f64> =
                list.candidates.iter().map(|candidate| weighted_sum(weights, &candidate.features)).collect();
            let all = shares(&scores, |_| true);
            let right = shares(&scores, |i| list.accepted[i]);
            for ((candidate, all), right) in list.candidates.iter().zip(all).zip(right) {
                let excess = (all - right) / n;
                for (slope, &feature) in gradient.iter_mut().zip(&candidate.features) {
                    *slope += excess * f64::from(feature);
                }
            }
        }
        for (slope, weight) in gradient.iter_mut().zip(weights) {
            *slope += RANKER_PENALTY * weight;
        }
    })
}

/// Logistic regression of "the first place is right" on the signals; the constant is not penalised.
fn fit_confidence(seen: &[Signals], rights: &[bool], chosen: &[usize]) -> Vec<f64> {
    let n = chosen.len().max(1) as f64;
    descend(N_SIGNALS, |weights, gradient| {
        for &at in chosen {
            let error = 1.0 / (1.0 + (-weighted_sum(weights, &seen[at])).exp()) - f64::from(u8::from(rights[at]));
            for (slope, &signal) in gradient.iter_mut().zip(&seen[at]) {
                *slope += error * f64::from(signal) / n;
            }
        }
        for (slope, weight) in gradient.iter_mut().zip(weights).skip(1) {
            *slope += CONFIDENCE_PENALTY * weight;
        }
    })
}

/// Gradient descent with per-weight step sizes (Adam, Kingma and Ba 2015), a fixed number of steps from 0.
fn descend(n: usize, gradient_at: impl Fn(&[f64], &mut [f64])) -> Vec<f64> {
    const RATE: f64 = 0.1;
    const FIRST: f64 = 0.9;
    const SECOND: f64 = 0.99;
    let mut weights = vec![0.0; n];
    let (mut mean, mut square) = (vec![0.0; n], vec![0.0; n]);
    let mut gradient = vec![0.0; n];
    for step in 1..=STEPS {
        gradient.fill(0.0);
        gradient_at(&weights, &mut gradient);
        let rate = RATE * (1.0 - step as f64 / (STEPS + 1) as f64);
        for i in 0..n {
            mean[i] = FIRST * mean[i] + (1.0 - FIRST) * gradient[i];
            square[i] = SECOND * square[i] + (1.0 - SECOND) * gradient[i] * gradient[i];
            let unbiased_mean = mean[i] / (1.0 - FIRST.powi(step as i32));
            let unbiased_square = square[i] / (1.0 - SECOND.powi(step as i32));
            weights[i] -= rate * unbiased_mean / (unbiased_square.sqrt() + 1e-9);
        }
    }
    weights
}

fn shares(scores: &[f64], counts: impl Fn(usize) -> bool) -> Vec<f64> {
    let top = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let parts: Vec<f64> =
        scores.iter().enumerate().map(|(i, score)| if counts(i) { (score - top).exp() } else { 0.0 }).collect();
    let whole: f64 = parts.iter().sum();
    parts.into_iter().map(|part| part / whole.max(f64::MIN_POSITIVE)).collect()
}

/// What each way with a question is worth.
struct Stake {
    right: bool,
    if_answered: f64,
    if_clarified: f64,
    if_refused: f64,
}

fn stake(question: &LabelledCandidates, ranking: &Ranking, right: bool) -> Stake {
    let accepted = |ranked: &Ranked| {
        let mut candidates = question.candidates.iter().zip(&question.accepted);
        candidates.any(|(candidate, &right)| right && candidate.target == ranked.target)
    };
    let wrong = if question.fallback_accepted { WORTH.wrong_out_of_scope } else { WORTH.wrong };
    let ours = ranking.ranked.iter().filter(|ranked| ranked.kind != TargetKind::OutOfScope);
    let offered = !question.fallback_accepted && ours.take(MAX_CHOICES).any(accepted);
    let clarified = match (question.fallback_accepted, offered) {
        (true, _) => WORTH.clarified_out_of_scope,
        (false, true) => WORTH.clarified,
        (false, false) => 0.0,
    };
    Stake {
        right,
        if_answered: if right { WORTH.right } else { wrong },
        if_clarified: if question.clarify_accepted { WORTH.right } else { clarified },
        if_refused: if question.fallback_accepted { WORTH.refused_rightly } else { 0.0 },
    }
}

/// Returns the answer bar and the clarify bar: the probabilities of being right at which two ways are worth the same.
///
/// Being right is what the confidence predicts, so all that is counted here is what each way is worth on average when
/// the first place is right and when it is not; the crossing follows. (Trying all bars on the questions instead jumps
/// with every handful of them: the worth is nearly flat around its best.)
fn fit_bars(stakes: &[Stake]) -> (f64, f64) {
    let mean = |right: bool, worth: &dyn Fn(&Stake) -> f64| {
        let chosen: Vec<f64> = stakes.iter().filter(|stake| stake.right == right).map(worth).collect();
        (!chosen.is_empty()).then(|| chosen.iter().sum::<f64>() / chosen.len() as f64)
    };
    // The probability from which the gain when right outweighs the loss when wrong.
    let crossing = |gain: &dyn Fn(&Stake) -> f64| match (mean(true, gain), mean(false, gain)) {
        (Some(right), Some(wrong)) if right > 0.0 => (-wrong).max(0.0) / (right + (-wrong).max(0.0)),
        _ => UNDECIDED,
    };
    let answer = crossing(&|stake| stake.if_answered - stake.if_clarified);
    let clarify = crossing(&|stake| stake.if_clarified - stake.if_refused);
    if clarify <= answer {
        return (answer, clarify);
    }
    // Asking back is never worth it: one bar parts answering from refusing.
    let answer = crossing(&|stake| stake.if_answered - stake.if_refused);
    (answer, answer)
}

/// The bars where nothing can be counted.
const UNDECIDED: f64 = 0.5;

#[cfg(test)]
mod tests {
    use super::*;

    fn stakes(right: bool, n: usize, worths: [f64; 3]) -> impl Iterator<Item = Stake> {
        let [if_answered, if_clarified, if_refused] = worths;
        (0..n).map(move |_| Stake { right, if_answered, if_clarified, if_refused })
    }

    #[test]
    fn at_a_bar_two_ways_are_worth_the_same() {
        let all: Vec<Stake> = stakes(true, 8, [1.0, 0.25, 0.0]).chain(stakes(false, 4, [-1.0, -0.1, 0.0])).collect();
        let (answer, clarify) = fit_bars(&all);
        let worth = |p: f64, right: f64, wrong: f64| p * right + (1.0 - p) * wrong;
        assert!((worth(answer, 1.0, -1.0) - worth(answer, 0.25, -0.1)).abs() < 1e-9);
        assert!((worth(clarify, 0.25, -0.1) - worth(clarify, 0.0, 0.0)).abs() < 1e-9);
        assert!(clarify < answer);
    }

    #[test]
    fn asking_back_that_is_worth_nothing_leaves_one_bar() {
        let all: Vec<Stake> = stakes(true, 3, [1.0, 0.0, 0.0]).chain(stakes(false, 3, [-1.0, -0.5, 0.0])).collect();
        assert_eq!(fit_bars(&all), (0.5, 0.5));
    }

    #[test]
    fn nothing_to_count_leaves_the_bars_in_the_middle() {
        assert_eq!(fit_bars(&[]), (UNDECIDED, UNDECIDED));
        let never_wrong: Vec<Stake> = stakes(true, 3, [1.0, 0.3, 0.0]).collect();
        assert_eq!(fit_bars(&never_wrong), (UNDECIDED, UNDECIDED));
    }
}
