//! `yingda revisions`: what has been live, the newest first.

use comfy_table::{Table, presets};

use crate::cli::{Common, Outcome, with_publisher};
use crate::config::Config;
use crate::knowledge::changed_lines::printable;
use crate::publishing::history::RevisionSummary;
use crate::store::revisions;

/// Runs `revisions`.
///
/// # Errors
/// Fails when the store does.
pub fn run(common: &Common, config: &Config) -> anyhow::Result<Outcome> {
    with_publisher(common, config, async |publisher| {
        let mut tx = publisher.store().read().await?;
        let live = revisions::live(&mut *tx).await?;
        let all = revisions::list(&mut *tx, i64::MAX).await?;
        drop(tx);
        let listed: Vec<RevisionSummary> =
            live.iter().flat_map(|live| all.iter().map(|revision| RevisionSummary::of(revision, live))).collect();
        if common.json {
            say!("{}", serde_json::to_string_pretty(&listed)?);
        } else if listed.is_empty() {
            say!("nothing has been published yet");
        } else {
            say!("{}", table(&listed));
        }
        Ok(Outcome::Done)
    })
}

fn table(listed: &[RevisionSummary]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["revision", "", "published", "by", "entries", "note"]);
    for revision in listed {
        let mark = match (revision.live, revision.forced) {
            (true, _) => "live",
            (false, true) => "forced",
            (false, false) => "",
        };
        table.add_row([
            revision.id.clone(),
            mark.to_owned(),
            revision.published_at.to_string(),
            revision.actor.clone(),
            revision.n_entries.to_string(),
            printable(&revision.note),
        ]);
    }
    table
}
