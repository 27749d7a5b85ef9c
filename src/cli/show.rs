//! How turns look on a terminal.

use crate::assistant::explanation::Explanation;
use crate::assistant::turn::Turn;

/// Errors of the content that are shown before the rest is only counted.
pub(crate) const MAX_ERRORS: usize = 20;

/// A turn as a person reads it.
pub(crate) fn turn(turn: &Turn) -> String {
    let mut out = String::new();
    out.push_str(&turn.reply.text);
    out.push('\n');
    for (number, reply) in turn.reply.quick_replies.iter().enumerate() {
        out.push_str(&format!("  [{}] {}\n", number + 1, reply.label));
    }
    for link in &turn.reply.links {
        out.push_str(&format!("  -> {} {}\n", link.label, link.href));
    }
    if let Some(handoff) = &turn.handoff {
        out.push_str(
            &format!("  => {} ({:?}, {})\n", handoff.department, handoff.priority, handoff.reason).to_lowercase(),
        );
    }
    out.push_str(&format!("  ({} {} {:.2})\n", turn.decision.name(), turn.outcome(), turn.confidence));
    if let Some(explanation) = &turn.explanation {
        out.push_str(&explained(explanation));
    }
    out
}

fn explained(why: &Explanation) -> String {
    let mut out = format!("\n  decided by   {}\n  read as      {}\n", why.decided_by, why.normalised);
    for synonym in &why.synonyms {
        out.push_str(&format!("  synonym      {} => {}\n", synonym.written, synonym.stands_for));
    }
    let words: Vec<String> = why
        .words
        .iter()
        .map(|word| format!("{}{} {:.1}", word.word, if word.in_winner { "*" } else { "" }, word.weight))
        .collect();
    out.push_str(&format!("  words        {}   (* in the winner; the number is its rarity)\n", words.join(", ")));
    out.push_str(&format!(
        "  confidence   {:.3}; answers from {:.2}, asks back from {:.2}\n",
        why.confidence, why.thresholds.answer, why.thresholds.clarify
    ));
    for candidate in &why.candidates {
        out.push_str(&format!("  {:<30} {:>7.3}  {}\n", candidate.outcome, candidate.score, candidate.phrasing));
        for contribution in candidate.contributions.iter().take(6) {
            out.push_str(&format!("      {:>+7.3}  {}\n", contribution.adds, contribution.feature));
        }
    }
    out
}
