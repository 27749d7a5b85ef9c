//! Which entry or intent a question is about: candidates, exact scores, features, ranking, calibrated confidence.
//!
//! The index that gathers candidates is behind `Gather`; here nothing is known of how it does so.

pub mod confidence;
pub mod features;
pub mod fit;
pub mod forward;
pub mod gathering;
pub mod meaning;
pub mod policy;
pub mod rank;
pub mod wording;

use crate::text::term::Term;

/// What can be the outcome of a search, numbered from 0: entries and intents in the order of the forward index.
pub type Target = u32;

/// A term of a question that at least one target holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GatherTerm {
    /// The term.
    pub term: Term,
    /// How many targets hold it.
    pub n_targets: u32,
}

/// Gathers the targets that share most with a question; exact scoring comes after.
pub trait Gather {
    /// Returns at most `limit` targets, the best first; the same for the same terms.
    fn candidates(&self, terms: &[GatherTerm], limit: usize) -> Vec<Target>;
}
