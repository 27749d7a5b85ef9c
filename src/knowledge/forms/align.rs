//! How one list becomes another with the fewest changes.

use crate::knowledge::forms::value::Value;

/// A step from one list to another.
pub(super) enum Step<'v> {
    /// What stands at a place stays.
    Keep(usize),
    /// What stands at a place becomes something else.
    Change(usize, &'v Value),
    /// What stands at a place goes.
    Take(usize),
    /// Something new comes after what was kept or changed last.
    Put(&'v Value),
}

/// Lists with more pairs than these are not compared item by item.
const MOST_PAIRS: usize = 1_000_000;

/// The steps from one list to another, in order: what both have stays, what stands between is changed one by one.
pub(super) fn steps<'v>(there: &[Value], wanted: &'v [Value]) -> Vec<Step<'v>> {
    let mut steps = Vec::new();
    let (mut at, mut wanted_at) = (0, 0);
    for (same, wanted_same) in common(there, wanted).into_iter().chain([(there.len(), wanted.len())]) {
        while at < same || wanted_at < wanted_same {
            match (at < same, wanted_at < wanted_same) {
                (true, true) => steps.push(Step::Change(at, &wanted[wanted_at])),
                (true, false) => steps.push(Step::Take(at)),
                _ => steps.push(Step::Put(&wanted[wanted_at])),
            }
            at = (at + 1).min(same);
            wanted_at = (wanted_at + 1).min(wanted_same);
        }
        if same < there.len() {
            steps.push(Step::Keep(same));
        }
        (at, wanted_at) = (same + 1, wanted_same + 1);
    }
    steps
}

/// The longest common part of two lists, as pairs of places.
fn common(a: &[Value], b: &[Value]) -> Vec<(usize, usize)> {
    if a.len() * b.len() > MOST_PAIRS {
        let n = a.iter().zip(b).take_while(|(a, b)| a == b).count();
        return (0..n).map(|at| (at, at)).collect();
    }
    let mut lengths = vec![vec![0_usize; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            lengths[i][j] =
                if a[i] == b[j] { lengths[i + 1][j + 1] + 1 } else { lengths[i + 1][j].max(lengths[i][j + 1]) };
        }
    }
    let (mut i, mut j, mut pairs) = (0, 0, Vec::new());
    while i < a.len() && j < b.len() {
        if a[i] == b[j] {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if lengths[i + 1][j] >= lengths[i][j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}
