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
    /// The weights for questions in Han characters, and for all others.
    pub weights: PerScript<Weights>,
    /// From this confidence on the best candidate is the answer.
    pub answer_bar: f64,
    /// From this confidence on the customer is asked which of a few is meant.
    pub clarify_bar: f64,
    /// What to expect at these bars of questions like those it was fitted on.
    #[serde(default)]
    pub expected: Expected,
}

/// The weights of both models.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// The ranker's, in the order of `FEATURE_NAMES`.
    pub ranker: Vec<f64>,
    /// The confidence's, in the order of `SIGNAL_NAMES`.
    pub confidence: Vec<f64>,
}

/// Something for questions in Han characters, and for all others: single characters carry the ones, words and pieces of
/// words the others, so a share of units means another thing in each.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PerScript<T> {
    /// For questions that are mostly Han.
    pub han: T,
    /// For all others.
    pub latin: T,
}

impl<T> PerScript<T> {
    /// Makes both.
    pub fn of(mut make: impl FnMut(bool) -> T) -> Self {
        Self { han: make(false), latin: make(true) }
    }

    /// Returns the one for a question that is Latin, or is not.
    pub fn get(&self, is_latin: bool) -> &T {
        if is_latin { &self.latin } else { &self.han }
    }
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

/// The policies of a revision: without a model's vector of the question, and with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policies {
    /// Where no model was asked, or it did not answer in time.
    pub lexical: Policy,
    /// Where it did.
    pub with_model: Policy,
}

impl Policies {
    /// Returns the one for a question with a model's vector, or without.
    pub fn get(&self, with_model: bool) -> &Policy {
        if with_model { &self.with_model } else { &self.lexical }
    }

    /// Says whether the numbers belong to this version's features.
    pub fn fit_this_version(&self) -> bool {
        self.lexical.fits_this_version() && self.with_model.fits_this_version()
    }
}

/// Fits that ship with the program: what content without labelled questions is answered by, and what a fit of its own
/// starts from.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShippedPolicies {
    /// For content with intents.
    pub with_intents: Policies,
    /// For entries alone.
    pub entries_alone: Policies,
    /// The same two where word vectors are switched off.
    pub letters: Letters,
}

/// Fits for content without word vectors.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Letters {
    /// For content with intents.
    pub with_intents: Policy,
    /// For entries alone.
    pub entries_alone: Policy,
}

impl Policy {
    /// Says whether the numbers belong to this version's features.
    pub fn fits_this_version(&self) -> bool {
        let fit = |weights: &Weights| weights.ranker.len() == N_FEATURES && weights.confidence.len() == N_SIGNALS;
        fit(&self.weights.han) && fit(&self.weights.latin)
    }
}

impl ShippedPolicies {
    /// Returns the policies for content with intents or without, with word vectors or without.
    pub fn policies(self, with_intents: bool, with_words: bool) -> Policies {
        match (with_words, with_intents) {
            (true, true) => self.with_intents,
            (true, false) => self.entries_alone,
            (false, true) => Policies { lexical: self.letters.with_intents, ..self.with_intents },
            (false, false) => Policies { lexical: self.letters.entries_alone, ..self.entries_alone },
        }
    }

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
        let of_letters = [&shipped.letters.with_intents, &shipped.letters.entries_alone];
        let others = [&shipped.with_intents, &shipped.entries_alone].map(|both| [&both.lexical, &both.with_model]);
        for policy in of_letters.into_iter().chain(others.into_iter().flatten()) {
            assert!(policy.fits_this_version(), "{}", policy.fitted_on);
            assert!(policy.clarify_bar <= policy.answer_bar);
        }
    }
}
