//! How turns and publications look on a terminal.

use crate::assistant::explanation::Explanation;
use crate::assistant::turn::Turn;
use crate::knowledge::content::SourceFile;
use crate::knowledge::difference::Difference;
use crate::publishing::outcome::Outcome;
use crate::publishing::proposal::Conflict;

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

/// How a publication ended, for a terminal.
pub(crate) fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Unchanged { revision } => format!("revision {revision} is live already\n"),
        Outcome::RolledBack { revision, .. } => format!("revision {revision} is live again\n"),
        Outcome::Published { revision, forced, difference, report, .. } => {
            let how = if *forced { ", against the gate" } else { "" };
            format!("{}{}revision {revision} is live{how}\n", difference.render(), report.render())
        }
        Outcome::Comparing { revision, difference, report, .. } => {
            format!(
                "{}{}revision {revision} answers a share of the conversations\n",
                difference.render(),
                report.render()
            )
        }
        Outcome::Scheduled { at, revision, difference, report, .. } => {
            format!("{}{}revision {revision} goes live at {at}\n", difference.render(), report.render())
        }
        Outcome::Ready { revision, difference, report } => {
            format!("{}{}revision {revision} could be published\n", difference.render(), report.render())
        }
        Outcome::Refused { revision, difference, report } => {
            format!("{}{}revision {revision} is not published\n", difference.render(), report.render())
        }
        Outcome::Diverged { live, bases, difference } => {
            let started = match &bases[..] {
                [] => "it is not known which revision this started from".to_owned(),
                bases => format!("this started from {}", bases.join(", ")),
            };
            format!(
                "{}not published: {live} is live, and {started}; what is shown would change. If that is meant: --base {live}\n",
                difference.render()
            )
        }
        Outcome::Conflicting { conflicts } => {
            let all: String = conflicts.iter().map(conflict).collect();
            format!("{all}not published: somebody else's edits of the same went live first\n")
        }
        Outcome::SecondPersonNeeded { authors } => {
            format!("not published: somebody other than {} must publish this\n", authors.join(", "))
        }
    }
}

/// What somebody else has made of a file meanwhile.
fn conflict(conflict: &Conflict) -> String {
    let Conflict { path, base, live, .. } = conflict;
    let side = |text: &Option<String>| -> Vec<SourceFile> {
        let file = text.as_ref().map(|text| SourceFile { path: path.clone(), bytes: text.as_bytes().to_vec() });
        file.into_iter().collect()
    };
    let since = Difference::between(&side(base), &side(live)).render();
    format!("{path}: edited here and, since, on the live revision, there so:\n{since}")
}
