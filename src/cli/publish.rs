//! `yingda publish`: the folders or a draft through the gate into the store; processes that serve notice by themselves.

use clap::{Args, ValueEnum};

use crate::cli::on_store::operator;
use crate::cli::{Common, Outcome, progress, show, with_publisher};
use crate::config::Config;
use crate::publishing::Publisher;
use crate::publishing::outcome;
use crate::publishing::proposal::Source;
use crate::publishing::publish::{When, Wish};
use crate::store::error::StoreError;

/// Arguments of `publish`.
#[derive(Args, Clone, Debug)]
pub struct PublishArguments {
    /// What is published.
    #[arg(long, value_enum, default_value_t = Origin::Folder)]
    from: Origin,
    /// The change set of the draft; the only open one where none is named.
    #[arg(long, value_name = "ID")]
    set: Option<String>,
    /// The live revision that the folders replace, where they did not start from it.
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// What is to be said about it.
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    note: String,
    /// Does everything but publish.
    #[arg(long)]
    dry_run: bool,
    /// Overrules the gate where it can be; takes a note.
    #[arg(long)]
    force: bool,
}

/// Where what is published comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Origin {
    /// The folders here.
    Folder,
    /// A change set.
    Draft,
    /// What is live, for another version of yingda.
    Live,
}

/// Runs `publish`; the answer is no when the gate says so, or somebody else was first.
///
/// # Errors
/// Fails on arguments that do not go together, and when the store does.
pub fn run(publish: &PublishArguments, common: &Common, config: &Config) -> anyhow::Result<Outcome> {
    let wish = wish(publish)?;
    with_publisher(common, config, async |publisher| {
        let outcome = progress::while_waiting("publishing", to_the_end(publisher, &wish)).await?;
        tell(&outcome, common)
    })
}

fn wish(publish: &PublishArguments) -> anyhow::Result<Wish> {
    let PublishArguments { from, set, base, note, dry_run, force } = publish.clone();
    anyhow::ensure!(set.is_none() || from == Origin::Draft, "--set names a change set: it goes with --from draft");
    anyhow::ensure!(base.is_none() || from == Origin::Folder, "--base goes with --from folder: others know their base");
    anyhow::ensure!(!force || !note.trim().is_empty(), "--force takes a --note that says why");
    let source = match from {
        Origin::Folder => Source::Folder { base },
        Origin::Draft => Source::Draft { change_set: set },
        Origin::Live => Source::Live,
    };
    Ok(Wish { source, actor: operator(), address: None, note, force, dry_run, share: None, when: When::Now })
}

/// Attempts before somebody who is always first is let be.
const MOST_ATTEMPTS: usize = 3;

/// Publishes over what is live; where somebody else publishes meanwhile, over what they have made of it.
async fn to_the_end(publisher: &Publisher, wish: &Wish) -> anyhow::Result<outcome::Outcome> {
    for _ in 1..MOST_ATTEMPTS {
        match publisher.publish(wish, publisher.live().await?).await {
            Err(error) if matches!(error.downcast_ref(), Some(StoreError::Conflict)) => {}
            done => return Ok(done?.outcome),
        }
    }
    Ok(publisher.publish(wish, publisher.live().await?).await?.outcome)
}

/// Prints how a publication ended.
pub(crate) fn tell(outcome: &outcome::Outcome, common: &Common) -> anyhow::Result<Outcome> {
    if common.json {
        say!("{}", serde_json::to_string_pretty(outcome)?);
    } else {
        say!("{}", show::outcome(outcome).trim_end());
    }
    Ok(if outcome.is_good() { Outcome::Done } else { Outcome::No })
}
