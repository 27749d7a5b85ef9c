//! The fitted numbers: weights of the ranker and of the confidence, and the two bars. No other file holds a threshold.

use serde::{Deserialize, Serialize};

use crate::retrieval::confidence::N_SIGNALS;
use crate::retrieval::features::N_FEATURES;

/// Choices that a question back offers at most.
pub const MAX_CHOICES: usize = 4;

/// What was fitted on labelled questions, as an artefact of a revision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Where the numbers come from, for people.
    pub fitted_on: String,
    /// How many labelled questions they were fitted on.
    pub n_questions: usize,
    /// The ranker's weights, in the order of `FEATURE_NAMES`.
    pub ranker: Vec<f64>,
    /// The confidence's weights, in the order of `SIGNAL_NAMES`.
    pub confidence: Vec<f64>,
    /// From this confidence on the best candidate is the answer.
    pub answer_bar: f64,
    /// From this confidence on the customer is asked which of a few is meant.
    pub clarify_bar: f64,
    /// What to expect at these bars of questions like those it was fitted on.
    #[serde(default)]
    pub expected: Expected,
}

/// Shares of labelled questions, each judged by weights that had not seen it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// Of all: an accepted outcome.
    pub accepted: f64,
    /// Of all: asked back.
    pub asked_back: f64,
    /// Of what is not ours: answered all the same.
    pub answered_out_of_scope: f64,
}

/// Fits that ship with the program, for content without enough labelled questions of its own.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShippedPolicies {
    /// For content with intents.
    pub with_intents: Policy,
    /// For entries alone.
    pub entries_alone: Policy,
}

impl Policy {
    /// Says whether the numbers belong to this version's features.
    pub fn fits_this_version(&self) -> bool {
        self.ranker.len() == N_FEATURES && self.confidence.len() == N_SIGNALS
    }
}

impl ShippedPolicies {
    /// Reads the fits that ship with the program.
    pub fn load() -> Self {
        serde_json::from_str(include_str!("shipped_policies.json")).expect("a test reads the shipped file")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_fits_belong_to_this_version() {
        let shipped = ShippedPolicies::load();
        for policy in [shipped.with_intents, shipped.entries_alone] {
            assert!(policy.fits_this_version(), "{}", policy.fitted_on);
            assert!(policy.clarify_bar <= policy.answer_bar);
        }
    }
}
