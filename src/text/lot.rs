//! Numbers drawn for texts: an order or a part of them that another text more does not change for the others. No randomness.

use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;

/// How many numbers there are to draw.
pub const N_LOTS: u64 = 1 << 31;

/// Returns the number drawn for something, below `N_LOTS`: the same on every run.
pub fn lot(of: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = FxHasher::default();
    of.hash(&mut hasher);
    // The lower bits of this hash are weak.
    hasher.finish().wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lots_are_the_same_again_and_part_texts_evenly() {
        let texts: Vec<String> = (0..1_000).map(|n| format!("第{n}个问题")).collect();
        let n_low = texts.iter().filter(|text| lot(*text) < N_LOTS / 2).count();
        let n_even = texts.iter().filter(|text| lot(*text).is_multiple_of(2)).count();
        assert!((440..560).contains(&n_low) && (440..560).contains(&n_even), "{n_low}, {n_even}");
        assert_eq!(lot("退款"), lot("退款"));
        assert_ne!(lot(&("退款", 1)), lot(&("退款", 2)));
    }
}
