//! What is stored word for word: normalised phrasings by their hash, and whose they are.
//!
//! Only hashes are kept; a phrasing that is met is normalised again and compared, so that two texts of one hash can never
//! be taken for one another.

use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;

use crate::assistant::compile::Goal;

/// Normalised phrasings and whose they are; the first of several owners counts.
#[derive(Clone, Debug, Default)]
pub struct Verbatim {
    /// Sorted.
    hashes: Vec<u64>,
    /// In the order of the hashes; those of one hash in the order they were added.
    stored: Vec<Stored>,
}

/// Whose a phrasing is, and which of them.
#[derive(Clone, Copy, Debug)]
struct Stored {
    /// An entry's number, or an intent's with the highest bit set.
    goal: u32,
    phrasing: u32,
}

const INTENT: u32 = 1 << 31;

/// Phrasings as they are gathered.
#[derive(Debug, Default)]
pub(crate) struct VerbatimBuilder(Vec<(u64, Stored)>);

impl VerbatimBuilder {
    /// Adds a goal's phrasing by its number and its normalised text; an empty one is left out.
    pub(crate) fn add(&mut self, goal: Goal, phrasing: usize, normalised: &str) {
        if !normalised.is_empty() {
            self.add_hashed(goal, phrasing, hash_of(normalised));
        }
    }

    fn add_hashed(&mut self, goal: Goal, phrasing: usize, hash: u64) {
        let goal = match goal {
            Goal::Entry(at) => at as u32,
            Goal::Intent(at) => at as u32 | INTENT,
        };
        self.0.push((hash, Stored { goal, phrasing: phrasing as u32 }));
    }

    pub(crate) fn build(mut self) -> Verbatim {
        self.0.sort_by_key(|&(hash, _)| hash);
        let (hashes, stored) = self.0.into_iter().unzip();
        let mut verbatim = Verbatim { hashes, stored };
        verbatim.hashes.shrink_to_fit();
        verbatim.stored.shrink_to_fit();
        verbatim
    }
}

impl Verbatim {
    /// Returns whose a normalised text is; `normalised_of` normalises a goal's phrasing.
    pub fn find(&self, normalised: &str, normalised_of: impl Fn(Goal, usize) -> String) -> Option<Goal> {
        self.find_hashed(hash_of(normalised), normalised, normalised_of)
    }

    fn find_hashed(&self, hash: u64, normalised: &str, normalised_of: impl Fn(Goal, usize) -> String) -> Option<Goal> {
        let first = self.hashes.partition_point(|&known| known < hash);
        let n_same = self.hashes[first..].iter().take_while(|&&known| known == hash).count();
        let owners = self.stored[first..first + n_same].iter().map(|stored| (stored.goal(), stored.phrasing as usize));
        owners.into_iter().find(|&(goal, phrasing)| normalised_of(goal, phrasing) == normalised).map(|(goal, _)| goal)
    }

    /// Returns how many phrasings are stored.
    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Says whether nothing is stored.
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }
}

impl Stored {
    fn goal(self) -> Goal {
        let at = (self.goal & !INTENT) as usize;
        if self.goal & INTENT == 0 { Goal::Entry(at) } else { Goal::Intent(at) }
    }
}

fn hash_of(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    text.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: [&str; 4] = ["退款", "付款", "我要退款", "退款"];

    fn text_of(goal: Goal, phrasing: usize) -> String {
        let (Goal::Entry(at) | Goal::Intent(at)) = goal;
        TEXTS[at + phrasing].to_owned()
    }

    #[test]
    fn finds_the_first_owner_and_no_stranger() {
        let mut builder = VerbatimBuilder::default();
        builder.add(Goal::Intent(2), 0, "我要退款");
        builder.add(Goal::Entry(0), 0, "退款");
        builder.add(Goal::Entry(0), 1, "付款");
        builder.add(Goal::Intent(3), 0, "退款");
        builder.add(Goal::Entry(9), 9, "");
        let verbatim = builder.build();
        assert_eq!(verbatim.len(), 4);
        assert_eq!(verbatim.find("退款", text_of), Some(Goal::Entry(0)));
        assert_eq!(verbatim.find("付款", text_of), Some(Goal::Entry(0)));
        assert_eq!(verbatim.find("我要退款", text_of), Some(Goal::Intent(2)));
        assert_eq!(verbatim.find("", text_of), None);
        assert_eq!(verbatim.find("提现", text_of), None);
        assert!(Verbatim::default().is_empty());
    }

    #[test]
    fn texts_of_one_hash_are_not_taken_for_one_another() {
        const SAME: u64 = 7;
        let mut builder = VerbatimBuilder::default();
        builder.add_hashed(Goal::Entry(0), 0, SAME);
        builder.add_hashed(Goal::Intent(1), 0, SAME);
        let verbatim = builder.build();
        let find = |text| verbatim.find_hashed(SAME, text, text_of);
        assert_eq!(find("退款"), Some(Goal::Entry(0)));
        assert_eq!(find("付款"), Some(Goal::Intent(1)));
        assert_eq!(find("提现"), None);
    }
}
