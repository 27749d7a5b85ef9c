//! `yingda policy`: the fitted weights and bars, readable.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::assistant::compile::{Senses, texts_of};
use crate::cli::{Common, Outcome, compile, load, progress, read_domains};
use crate::config::Config;
use crate::connectors::embeddings::Embeddings;
use crate::knowledge::ReadOptions;
use crate::retrieval::confidence::SIGNAL_NAMES;
use crate::retrieval::features::FEATURE_NAMES;
use crate::retrieval::policy::{ShippedPolicies, Weights};
use crate::snapshot::fitting::fit_questions;
use crate::snapshot::shipping::{ship_policies, texts_to_ship};

/// Arguments of `policy`.
#[derive(Args, Clone, Debug)]
pub struct PolicyArguments {
    /// Fits the policies that ship with the program on the content and on groups of questions, and prints the file.
    #[arg(long, value_name = "TRAINING_FOLDER")]
    ship: Option<PathBuf>,
}

/// Runs `policy`.
///
/// # Errors
/// Fails when the content has errors.
pub fn run(policy: &PolicyArguments, common: &Common, config: &Config) -> anyhow::Result<Outcome> {
    if let Some(folder) = &policy.ship {
        let shipment = ship(folder, common, config)?;
        say!("{}", serde_json::to_string_pretty(&shipment)?);
        return Ok(Outcome::Done);
    }
    let snapshot = compile(common, config)?.snapshot;
    let policies = snapshot.assistant.policies();
    let policy = policies.get(snapshot.assistant.compiled().model.is_some());
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
    let Weights { ranker: han_ranker, confidence: han_confidence } = &policy.weights.han;
    let Weights { ranker: latin_ranker, confidence: latin_confidence } = &policy.weights.latin;
    for (title, names, han, latin) in [
        ("ranker", &FEATURE_NAMES[..], han_ranker, latin_ranker),
        ("confidence", &SIGNAL_NAMES[..], han_confidence, latin_confidence),
    ] {
        say!("\n{title}: for questions in Han characters, for others");
        for ((name, han), latin) in names.iter().zip(han).zip(latin) {
            say!("  {han:>+8.3}  {latin:>+8.3}  {name}");
        }
    }
    Ok(Outcome::Done)
}

fn ship(folder: &Path, common: &Common, config: &Config) -> anyhow::Result<ShippedPolicies> {
    let domains = read_domains(folder)?;
    let content = load(&config.content, &ReadOptions::default())?.content;
    let mut senses = Senses::default();
    if let Some(embeddings) = Embeddings::new(&config.embeddings, &common.data)? {
        let (mut stored, mut asked) = texts_to_ship(&content, &domains);
        stored.extend(texts_of(&content));
        asked.extend(fit_questions(&content).into_iter().map(|question| question.text));
        senses.model = Some(progress::while_running("asking the model", || embeddings.remember(&stored, &asked))?);
    }
    progress::while_running("fitting", || ship_policies(&content, &domains, &senses))
}
