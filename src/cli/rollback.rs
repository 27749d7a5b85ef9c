//! `yingda rollback`: an earlier revision goes live again.

use clap::Args;

use crate::cli::on_store::operator;
use crate::cli::{Common, Outcome, progress, publish, with_publisher};
use crate::config::Config;
use crate::publishing::publish::Rollback;

/// Arguments of `rollback`.
#[derive(Args, Clone, Debug)]
pub struct RollbackArguments {
    /// The revision, as `revisions` lists it.
    #[arg(value_name = "REV")]
    revision: String,
    /// What is to be said about it.
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    note: String,
}

/// Runs `rollback`; the answer is no when this version's gate says so of a revision that another one judged.
///
/// # Errors
/// Fails when there is no such revision, and when the store does.
pub fn run(rollback: &RollbackArguments, common: &Common, config: &Config) -> anyhow::Result<Outcome> {
    let RollbackArguments { revision, note } = rollback.clone();
    let wish = Rollback { revision, actor: operator(), address: None, note };
    with_publisher(common, config, async |publisher| {
        let outcome = progress::while_waiting("going back", publisher.roll_back(&wish)).await?;
        publish::tell(&outcome, common)
    })
}
