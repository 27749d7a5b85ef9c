//! Which of a question's terms the index is asked for: the rarest first, until reading their lists would cost too much.

use crate::retrieval::GatherTerm;
use crate::text::analysis::Analysis;
use crate::text::term::Field;

/// Up to so many targets the index reads the lists of all terms: the budget is for more.
pub const FEW_TARGETS: usize = 5_000;

/// Targets that a search reads at most, over all terms' lists; the commonest terms are left out first.
const POSTINGS_BUDGET: u32 = 45_000;

/// Terms that are always asked for, however common.
const AT_LEAST: usize = 4;

/// Terms that are asked for at most: of a long question's hundred, the best 24 find the same candidates in half the time.
const AT_MOST: usize = 24;

/// The same while there are few targets: only of very long questions are any left out.
const AT_MOST_OF_FEW: usize = 400;

/// A term that as many targets hold as the one before is most likely a piece of the same word, if it is as common as this.
const COMMON: u32 = 500;

/// Puts what is most likely a piece of a word that is asked for already behind all others: its list costs as much and says
/// little more, and another word of the question would go without.
fn pieces_last(sorted: Vec<GatherTerm>) -> Vec<GatherTerm> {
    let (mut firsts, mut pieces): (Vec<GatherTerm>, Vec<GatherTerm>) = (Vec::with_capacity(sorted.len()), Vec::new());
    for known in sorted {
        let is_piece = known.n_targets >= COMMON && firsts.last().is_some_and(|last| last.n_targets == known.n_targets);
        if is_piece { pieces.push(known) } else { firsts.push(known) }
    }
    firsts.append(&mut pieces);
    firsts
}

/// Candidates that are gathered for exact scoring: among 30 was the right one of 98 to 100 % of the questions of every set
/// measured, among 20 of 95 to 100 %.
const N_CANDIDATES: usize = 32;

/// The same beyond `FEW_TARGETS`, where not all terms are asked for and the order says less.
const N_CANDIDATES_OF_MANY: usize = 96;

/// Returns how many candidates are gathered among so many targets.
pub fn n_candidates(n_targets: usize) -> usize {
    if n_targets <= FEW_TARGETS { N_CANDIDATES } else { N_CANDIDATES_OF_MANY }
}

/// Candidates that are ranked, of those that were scored: the best by score and nearness of meaning.
pub const N_RANKED: usize = 20;

/// Chooses the terms to ask the index for.
///
/// Sounds are asked for only when the question is pinyin: between Han characters they find too much. Pieces of Latin words
/// come last: they help misspelt words, and there are many.
pub fn choose_terms(analysis: &Analysis, mut known: Vec<GatherTerm>, n_targets: usize) -> Vec<GatherTerm> {
    let by_sound = analysis.pinyin.is_some();
    known.retain(|known| by_sound || known.term.field() != Field::Sound);
    known.sort_unstable_by_key(|known| (known.term.is_piece_of_word(), known.n_targets, known.term));
    let n = if n_targets <= FEW_TARGETS {
        AT_MOST_OF_FEW
    } else {
        known = pieces_last(known);
        let mut cost = 0;
        let affordable = known.iter().take_while(|known| {
            cost += known.n_targets;
            cost <= POSTINGS_BUDGET
        });
        affordable.count().clamp(AT_LEAST, AT_MOST)
    };
    known.truncate(n);
    known
}
