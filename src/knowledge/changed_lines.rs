//! Which lines differ between two states of a file: few enough to read, whatever the file.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Lines that differ, at most `MOST_LINES` of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChangedLines {
    /// The lines in the file's order; what is gone comes before what stands in its place.
    pub lines: Vec<LineChange>,
    /// How many more there are.
    pub n_more: usize,
}

/// A line that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LineChange {
    /// Whether it is new or gone.
    pub kind: LineKind,
    /// Its number from 1, on the side where it stands.
    pub number: usize,
    /// What it says, cut at `LONGEST_LINE` characters.
    pub text: String,
}

/// Whether a line is new or gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum LineKind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
}

/// Lines that are shown of one file: what more would nobody read.
const MOST_LINES: usize = 200;

/// Characters that are shown of one line.
const LONGEST_LINE: usize = 300;

/// Lines up to which order is heeded: the table that this takes grows with their square.
const MOST_ORDERED: usize = 2_000;

impl ChangedLines {
    /// Compares two files line by line; what is not UTF-8 is shown as U+FFFD.
    pub(crate) fn between(before: &[u8], after: &[u8]) -> Self {
        let (before, after) = (String::from_utf8_lossy(before), String::from_utf8_lossy(after));
        let (before, after): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
        let n_same = |pairs: &mut dyn Iterator<Item = (&&str, &&str)>| pairs.take_while(|(a, b)| a == b).count();
        let n_first = n_same(&mut before.iter().zip(&after));
        let (before, after) = (&before[n_first..], &after[n_first..]);
        let n_last = n_same(&mut before.iter().rev().zip(after.iter().rev()));
        let (before, after) = (&before[..before.len() - n_last], &after[..after.len() - n_last]);
        let (stays, stayed) = if before.len().max(after.len()) <= MOST_ORDERED {
            longest_common(before, after)
        } else {
            in_any_order(before, after)
        };
        let mut changed = Self::default();
        let mut push = |kind, at: usize, text: &str| match changed.lines.len() {
            MOST_LINES => changed.n_more += 1,
            _ => changed.lines.push(LineChange { kind, number: n_first + at + 1, text: shown(text) }),
        };
        let (mut at, mut to) = (0, 0);
        while at < before.len() || to < after.len() {
            if at < before.len() && !stays[at] {
                push(LineKind::Removed, at, before[at]);
                at += 1;
            } else if to < after.len() && !stayed[to] {
                push(LineKind::Added, to, after[to]);
                to += 1;
            } else {
                (at, to) = (at + 1, to + 1);
            }
        }
        changed
    }

    /// Renders the lines for a terminal, indented.
    pub(crate) fn render(&self) -> String {
        let mut out = String::new();
        for LineChange { kind, number, text } in &self.lines {
            out.push_str(&format!("    {number:>5} {} {text}\n", kind.mark()));
        }
        if self.n_more > 0 {
            out.push_str(&format!("          … {} more lines\n", self.n_more));
        }
        out
    }
}

impl LineKind {
    fn mark(self) -> char {
        match self {
            LineKind::Added => '+',
            LineKind::Removed => '-',
        }
    }
}

/// Marks the lines of a longest common subsequence on both sides.
fn longest_common(before: &[&str], after: &[&str]) -> (Vec<bool>, Vec<bool>) {
    // Lengths for what follows from a line on either side; `MOST_ORDERED` fits.
    let width = after.len() + 1;
    let mut lengths = vec![0_u16; (before.len() + 1) * width];
    for at in (0..before.len()).rev() {
        for to in (0..after.len()).rev() {
            lengths[at * width + to] = if before[at] == after[to] {
                lengths[(at + 1) * width + to + 1] + 1
            } else {
                lengths[(at + 1) * width + to].max(lengths[at * width + to + 1])
            };
        }
    }
    let (mut stays, mut stayed) = (vec![false; before.len()], vec![false; after.len()]);
    let (mut at, mut to) = (0, 0);
    while at < before.len() && to < after.len() {
        if before[at] == after[to] {
            (stays[at], stayed[to]) = (true, true);
            (at, to) = (at + 1, to + 1);
        } else if lengths[(at + 1) * width + to] >= lengths[at * width + to + 1] {
            at += 1;
        } else {
            to += 1;
        }
    }
    (stays, stayed)
}

/// Marks the lines that stand on both sides, wherever that is: as many of either side.
fn in_any_order(before: &[&str], after: &[&str]) -> (Vec<bool>, Vec<bool>) {
    let mut places: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
    for (at, line) in before.iter().enumerate().rev() {
        places.entry(line).or_default().push(at);
    }
    let (mut stays, mut stayed) = (vec![false; before.len()], vec![false; after.len()]);
    for (line, stayed) in after.iter().zip(&mut stayed) {
        let Some(at) = places.get_mut(line).and_then(Vec::pop) else { continue };
        (stays[at], *stayed) = (true, true);
    }
    (stays, stayed)
}

fn shown(line: &str) -> String {
    let mut chars = line.chars();
    let mut text: String = printable(&chars.by_ref().take(LONGEST_LINE).collect::<String>());
    if chars.next().is_some() {
        text.push('…');
    }
    text
}

/// Replaces what would steer a terminal.
pub(crate) fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines(before: &str, after: &str) -> ChangedLines {
        ChangedLines::between(before.as_bytes(), after.as_bytes())
    }

    #[test]
    fn only_lines_that_differ_are_listed_and_not_without_end() {
        let changed = lines("a\nb\nc\nd\ne\n", "a\nc\nx\nd\ne\nf\n");
        let listed: Vec<(LineKind, usize, &str)> =
            changed.lines.iter().map(|line| (line.kind, line.number, line.text.as_str())).collect();
        let (added, removed) = (LineKind::Added, LineKind::Removed);
        assert_eq!(listed, [(removed, 2, "b"), (added, 3, "x"), (added, 6, "f")]);
        assert_eq!(lines("a\r\nb", "a\nb\n"), ChangedLines::default(), "line ends are no lines");
        let many: String = (0..5_000).map(|at| format!("{at}\n")).collect();
        let cut = lines("", &many);
        assert_eq!((cut.lines.len(), cut.n_more), (MOST_LINES, 5_000 - MOST_LINES));
        let inserted = format!("first\n{}last\n", many.replace("2500\n", "2500, changed\n"));
        let changed = lines(&many, &inserted);
        assert_eq!((changed.lines.len(), changed.n_more), (4, 0), "{changed:?}");
        let long = lines("", &"退".repeat(1_000));
        assert_eq!(long.lines[0].text.chars().count(), LONGEST_LINE + 1);
    }

    proptest! {
        /// Taking away what is gone and putting in what is new makes the one file of the other.
        #[test]
        fn lines_lead_from_one_file_to_the_other(before in "([abc]\n){0,12}", after in "([abc]\n){0,12}") {
            let changed = lines(&before, &after);
            let of = |kind| changed.lines.iter().filter(move |line| line.kind == kind);
            let gone: Vec<usize> = of(LineKind::Removed).map(|line| line.number).collect();
            let kept = before.lines().enumerate().filter(|(at, _)| !gone.contains(&(at + 1))).map(|(_, line)| line);
            let mut made: Vec<&str> = kept.collect();
            for line in of(LineKind::Added) {
                made.insert(line.number - 1, &line.text);
            }
            prop_assert_eq!(made, after.lines().collect::<Vec<_>>());
        }
    }
}
