//! `yingda diff A B`: what changes between two revisions, a draft, the folders.

use clap::Args;

use crate::cli::{Common, Outcome, with_publisher};
use crate::config::Config;
use crate::files;
use crate::knowledge::content::SourceFile;
use crate::knowledge::difference::Difference;
use crate::publishing::Publisher;
use crate::publishing::transfer::{Which, standing};

/// Arguments of `diff`.
#[derive(Args, Clone, Debug)]
pub struct DiffArguments {
    /// A revision; or "live", "draft", "draft:ID", "folder".
    #[arg(value_name = "A")]
    before: String,
    /// Another one.
    #[arg(value_name = "B")]
    after: String,
}

/// Runs `diff`.
///
/// # Errors
/// Fails when there is no such revision or draft, and when the store does.
pub fn run(diff: &DiffArguments, common: &Common, config: &Config) -> anyhow::Result<Outcome> {
    with_publisher(common, config, async |publisher| {
        let before = named(publisher, &diff.before).await?;
        let after = named(publisher, &diff.after).await?;
        let difference = Difference::between(&before, &after);
        if common.json {
            say!("{}", serde_json::to_string_pretty(&difference)?);
        } else if difference.is_empty() {
            say!("the same");
        } else {
            say!("{}", difference.render().trim_end());
        }
        Ok(Outcome::Done)
    })
}

/// Returns the files that a name stands for.
async fn named(publisher: &Publisher, name: &str) -> anyhow::Result<Vec<SourceFile>> {
    let which = match name.split_once(':') {
        None if name == "folder" => return Ok(files::read(&publisher.config().content)?.0),
        None if name == "live" => Which::Live,
        None if name == "draft" => Which::Draft { change_set: None },
        Some(("draft", id)) => Which::Draft { change_set: Some(id.to_owned()) },
        _ => return publisher.stored_files(name).await,
    };
    let standing = standing(publisher, &which).await?;
    anyhow::ensure!(standing.live.is_some(), "nothing is live yet");
    Ok(standing.files)
}
