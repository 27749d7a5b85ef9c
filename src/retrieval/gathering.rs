//! Which of a question's terms the index is asked for: the rarest first, until reading their lists would cost too much.

use crate::retrieval::GatherTerm;
use crate::text::analysis::Analysis;
use crate::text::term::Field;

/// Targets that a search reads at most, over all terms' lists; the commonest terms are left out first.
const POSTINGS_BUDGET: u32 = 30_000;

/// Terms that are always asked for, however common.
const AT_LEAST: usize = 4;

/// Terms that are asked for at most: of a long question's hundred, the best 24 find the same candidates in half the time.
const AT_MOST: usize = 24;

/// Candidates that are gathered for exact scoring; recall at 20 was 0.98 and more on every set measured.
pub const N_CANDIDATES: usize = 20;

/// Chooses the terms to ask the index for.
///
/// Sounds are asked for only when the question is pinyin: between Han characters they find too much. Pieces of Latin words
/// come last: they help misspelt words, and there are many.
pub fn choose_terms(analysis: &Analysis, mut known: Vec<GatherTerm>) -> Vec<GatherTerm> {
    let by_sound = analysis.pinyin.is_some();
    known.retain(|known| by_sound || known.term.field() != Field::Sound);
    known.sort_unstable_by_key(|known| (known.term.is_piece_of_word(), known.n_targets, known.term));
    let mut cost = 0;
    let affordable = known.iter().take_while(|known| {
        cost += known.n_targets;
        cost <= POSTINGS_BUDGET
    });
    let n = affordable.count().clamp(AT_LEAST, AT_MOST);
    known.truncate(n);
    known
}
