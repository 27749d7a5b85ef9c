//! Which phrasings of a target hold each of its terms: one byte of bits a term where there are up to eight phrasings, as
//! in nearly every entry; else a list of numbers.

use std::ops::Range;

/// The number of a phrasing within its target.
pub(super) type PhrasingNumber = u16;

/// Phrasings of a target that fit into one byte.
const FEW: usize = 8;

/// Sets of phrasings, target by target and term by term.
#[derive(Clone, Debug, Default)]
pub(super) struct Holders {
    /// Of targets with few phrasings: a bit per phrasing.
    bits: Vec<u8>,
    /// Of all others: where the list of a term ends; that of the next begins there.
    ends: Vec<u32>,
    lists: Vec<PhrasingNumber>,
}

/// Where the sets of a target begin.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Start(u32);

impl Holders {
    /// Returns where the sets of the next target will begin.
    pub(super) fn next_start(&self, n_phrasings: usize) -> Start {
        Start(if n_phrasings <= FEW { self.bits.len() } else { self.ends.len() } as u32)
    }

    /// Adds the set of one more term of a target.
    pub(super) fn push(&mut self, n_phrasings: usize, holders: impl Iterator<Item = PhrasingNumber>) {
        if n_phrasings <= FEW {
            self.bits.push(holders.fold(0, |bits, phrasing| bits | 1 << phrasing));
        } else {
            self.lists.extend(holders);
            self.ends.push(self.lists.len() as u32);
        }
    }

    /// Gives back what was reserved and not needed.
    pub(super) fn shrink(&mut self) {
        self.bits.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.lists.shrink_to_fit();
    }

    /// Calls a function with every phrasing that holds the term at a place among the target's terms.
    #[inline]
    pub(super) fn each(&self, n_phrasings: usize, start: Start, at: usize, mut take: impl FnMut(usize)) {
        let at = start.0 as usize + at;
        if n_phrasings <= FEW {
            let mut bits = self.bits[at];
            while bits != 0 {
                take(bits.trailing_zeros() as usize);
                bits &= bits - 1;
            }
        } else {
            self.lists[self.list(at)].iter().for_each(|&phrasing| take(usize::from(phrasing)));
        }
    }

    fn list(&self, at: usize) -> Range<usize> {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        start as usize..self.ends[at] as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_phrasings_are_held_alike() {
        let mut holders = Holders::default();
        let sets: [(usize, &[&[PhrasingNumber]]); 3] =
            [(8, &[&[0, 7], &[3]]), (300, &[&[0, 299], &[7, 8, 9]]), (1, &[&[0]])];
        let starts = sets.map(|(n_phrasings, of_target)| {
            let start = holders.next_start(n_phrasings);
            of_target.iter().for_each(|set| holders.push(n_phrasings, set.iter().copied()));
            start
        });
        holders.shrink();
        for ((n_phrasings, of_target), start) in sets.into_iter().zip(starts) {
            for (at, set) in of_target.iter().enumerate() {
                let mut found = Vec::new();
                holders.each(n_phrasings, start, at, |phrasing| found.push(phrasing as PhrasingNumber));
                assert_eq!(found, *set);
            }
        }
    }
}
