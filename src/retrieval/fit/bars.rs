//! The two bars: where two ways of reacting are worth the same. What an outcome is worth is the one thing that is not fitted.

use crate::retrieval::features::TargetKind;
use crate::retrieval::fit::LabelledCandidates;
use crate::retrieval::policy::MAX_CHOICES;
use crate::retrieval::rank::{Ranked, Ranking};

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

/// What each way with a question is worth.
pub(super) struct Stake {
    right: bool,
    if_answered: f64,
    if_clarified: f64,
    if_refused: f64,
}

pub(super) fn stake(question: &LabelledCandidates, ranking: &Ranking, right: bool) -> Stake {
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
pub(super) fn fit_bars(stakes: &[Stake]) -> (f64, f64) {
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
