//! Fits a policy on labelled questions: the ranker listwise, the confidence on questions that the ranker did not see,
//! the bars where the outcomes are worth most. Deterministic; nothing here is guessed but what an outcome is worth.

use crate::retrieval::confidence::{N_SIGNALS, Signals, confidence, signals};
use crate::retrieval::features::{Features, N_FEATURES};
use crate::retrieval::forward::Query;
use crate::retrieval::policy::Policy;
use crate::retrieval::rank::{Ranked, Ranking};

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

/// What an outcome is worth; the bars are set where the sum over the labelled questions is highest.
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

/// Choices that a question back offers at most.
pub const MAX_CHOICES: usize = 4;

const N_FOLDS: usize = 5;

/// L2 penalties, per question: as if one question in some hundreds argued for every weight to be 0.
const RANKER_PENALTY: f64 = 0.003;
const CONFIDENCE_PENALTY: f64 = 0.002;

const STEPS: usize = 300;

/// Fits a policy.
pub fn fit(questions: &[LabelledCandidates], fitted_on: &str) -> Policy {
    let all: Vec<usize> = (0..questions.len()).collect();
    let unseen = rank_unseen(questions);
    let rights: Vec<bool> = unseen.iter().map(|(_, right)| *right).collect();
    let seen: Vec<Signals> = unseen.iter().map(|(ranking, _)| ranking.signals.unwrap_or([0.0; N_SIGNALS])).collect();
    let mut policy = Policy {
        fitted_on: fitted_on.to_owned(),
        n_questions: questions.len(),
        ranker: fit_ranker(questions, &all),
        confidence: fit_confidence(&seen, &rights, &all),
        answer_bar: 0.5,
        clarify_bar: 0.5,
    };
    let confidences = unseen_confidences(&seen, &rights, &policy);
    let judged = questions.iter().zip(&unseen).zip(confidences);
    let stakes: Vec<Stake> =
        judged.map(|((question, (ranking, _)), confidence)| stake(question, ranking, confidence)).collect();
    (policy.answer_bar, policy.clarify_bar) = fit_bars(&stakes);
    policy
}

/// Ranks every question with weights that were fitted on the other folds, and says whether its first place is right.
fn rank_unseen(questions: &[LabelledCandidates]) -> Vec<(Ranking, bool)> {
    let rankers: Vec<Vec<f64>> =
        (0..N_FOLDS).map(|fold| fit_ranker(questions, &others(questions.len(), fold))).collect();
    let rank = |(at, question): (usize, &LabelledCandidates)| {
        let weights = &rankers[at % N_FOLDS];
        let mut order: Vec<(f64, usize)> =
            question.candidates.iter().enumerate().map(|(i, c)| (sum(weights, &c.features), i)).collect();
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
            let scores: Vec<f64> = list.candidates.iter().map(|candidate| sum(weights, &candidate.features)).collect();
            let all = shares(&scores, |_| true);
            let right = shares(&scores, |i| list.accepted[i]);
            for ((candidate, all), right) in list.candidates.iter().zip(all).zip(right) {
                for (slope, &feature) in gradient.iter_mut().zip(&candidate.features) {
                    *slope += (all - right) * f64::from(feature) / n;
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
            let sum: f64 = weights.iter().zip(&seen[at]).map(|(weight, &signal)| weight * f64::from(signal)).sum();
            let error = 1.0 / (1.0 + (-sum).exp()) - f64::from(u8::from(rights[at]));
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

fn sum(weights: &[f64], features: &Features) -> f64 {
    weights.iter().zip(features).map(|(weight, &feature)| weight * f64::from(feature)).sum()
}

/// What a question is worth at any pair of bars.
struct Stake {
    confidence: f64,
    if_answered: f64,
    if_clarified: f64,
    if_refused: f64,
}

fn stake(question: &LabelledCandidates, ranking: &Ranking, confidence: f64) -> Stake {
    let accepted = |ranked: &Ranked| {
        let mut candidates = question.candidates.iter().zip(&question.accepted);
        candidates.any(|(candidate, &right)| right && candidate.target == ranked.target)
    };
    let right = ranking.ranked.first().is_some_and(accepted);
    let wrong = if question.fallback_accepted { WORTH.wrong_out_of_scope } else { WORTH.wrong };
    let offered = !question.fallback_accepted && ranking.ranked.iter().take(MAX_CHOICES).any(accepted);
    let clarified = match (question.fallback_accepted, offered) {
        (true, _) => WORTH.clarified_out_of_scope,
        (false, true) => WORTH.clarified,
        (false, false) => 0.0,
    };
    Stake {
        confidence,
        if_answered: if right { WORTH.right } else { wrong },
        if_clarified: if question.clarify_accepted { WORTH.right } else { clarified },
        if_refused: if question.fallback_accepted { WORTH.refused_rightly } else { 0.0 },
    }
}

/// Steps of the grid on which bars are tried.
const GRID: usize = 100;

/// Bars this many steps apart are judged together, so that a handful of questions does not move them.
const SMOOTHING: usize = 8;

/// Bars whose worth per question is this close to the best cannot be told from it by some hundred questions; the highest
/// of them is the most careful.
const NEARLY: f64 = 0.001;

/// Returns the bars that are worth most, with the clarify bar no higher than the answer bar.
///
/// The worth splits into what answering gains over asking back above one bar and what asking back gains over refusing
/// above the other, so each bar is found alone; each is judged by the mean over its neighbours.
fn fit_bars(stakes: &[Stake]) -> (f64, f64) {
    let gain_from = |gain: &dyn Fn(&Stake) -> f64| -> Vec<f64> {
        let above = |bar: usize| stakes.iter().filter(move |stake| stake.confidence >= bar as f64 / GRID as f64);
        let exact: Vec<f64> = (0..=GRID).map(|bar| above(bar).map(gain).sum()).collect();
        let smooth = |at: usize| {
            let window = &exact[at.saturating_sub(SMOOTHING)..=(at + SMOOTHING).min(GRID)];
            window.iter().sum::<f64>() / window.len() as f64
        };
        (0..=GRID).map(smooth).collect()
    };
    let answering = gain_from(&|stake| stake.if_answered - stake.if_clarified);
    let clarifying = gain_from(&|stake| stake.if_clarified - stake.if_refused);
    let best = |from: &dyn Fn(usize) -> f64| {
        let most = (1..GRID).map(from).fold(f64::NEG_INFINITY, f64::max);
        let nearly = most - NEARLY * stakes.len() as f64;
        (1..GRID).rev().find(|&bar| from(bar) >= nearly).unwrap_or(GRID / 2)
    };
    let (mut answer, mut clarify) = (best(&|bar| answering[bar]), best(&|bar| clarifying[bar]));
    if clarify > answer {
        // Asking back is never worth it: one bar parts answering from refusing.
        answer = best(&|bar| answering[bar] + clarifying[bar]);
        clarify = answer;
    }
    (answer as f64 / GRID as f64, clarify as f64 / GRID as f64)
}
