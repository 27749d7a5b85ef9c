//! `yingda policy`: the fitted weights and bars, readable.

use clap::Args;

use crate::cli::{Common, Outcome, compile};
use crate::config::Config;
use crate::retrieval::confidence::SIGNAL_NAMES;
use crate::retrieval::features::FEATURE_NAMES;

/// Arguments of `policy`.
#[derive(Args, Clone, Debug)]
pub struct PolicyArguments {
    /// Fits the two policies that ship with the program on the content's questions and prints the file.
    #[arg(long)]
    ship: bool,
}

/// Runs `policy`.
///
/// # Errors
/// Fails when the content has errors.
pub fn run(policy: &PolicyArguments, common: &Common, config: &Config) -> anyhow::Result<Outcome> {
    let snapshot = compile(common, config)?;
    if policy.ship {
        say!("{}", snapshot.ship_policies()?);
        return Ok(Outcome::Done);
    }
    let policy = snapshot.assistant.policy();
    if common.json {
        say!("{}", serde_json::to_string_pretty(policy)?);
        return Ok(Outcome::Done);
    }
    say!("fitted on {} ({} questions)", policy.fitted_on, policy.n_questions);
    say!("answers from {:.2}, asks back from {:.2}", policy.answer_bar, policy.clarify_bar);
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    let expected = policy.expected;
    say!(
        "of questions it has not seen: {} as labelled, {} asked back; of what is not ours {} answered",
        percent(expected.accepted),
        percent(expected.asked_back),
        percent(expected.answered_out_of_scope)
    );
    for (title, names, weights) in
        [("ranker", &FEATURE_NAMES[..], &policy.ranker), ("confidence", &SIGNAL_NAMES[..], &policy.confidence)]
    {
        say!("\n{title}");
        for (name, weight) in names.iter().zip(weights) {
            say!("  {weight:>+8.3}  {name}");
        }
    }
    Ok(Outcome::Done)
}
