//! Export: what is live or a draft, in one of the formats.

use serde_json::json;

use crate::clock;
use crate::exchange::document::EntryDocument;
use crate::exchange::{self, export as write_entries};
use crate::knowledge::content::SourceFile;
use crate::knowledge::diagnostic::{Diagnostic, Severity};
use crate::knowledge::difference::touched_entry;
use crate::knowledge::{ReadOptions, read};
use crate::people::actor::Actor;
use crate::people::audit::{Action, AuditEvent};
use crate::publishing::background::in_background;
use crate::publishing::refusal::Refusal;
use crate::publishing::transfer::{Format, Standing, Which, standing};
use crate::publishing::{Publisher, proposal};
use crate::store::audit;

/// What somebody wants to export, and how.
#[derive(Clone, Debug)]
pub struct Exporting {
    /// How.
    pub format: Format,
    /// What.
    pub which: Which,
    /// Who.
    pub actor: Actor,
    /// Where from, where that is known.
    pub address: Option<String>,
}

/// What was exported.
#[derive(Clone, Debug)]
pub struct Exported {
    /// What is carried away.
    pub payload: Payload,
    /// The live revision that it is, or that its change set is laid over; `None` before the first publication.
    pub revision: Option<String>,
    /// The change set.
    pub change_set: Option<String>,
    /// Entries in it.
    pub entries: usize,
}

/// Content as it is carried away.
#[derive(Clone, Debug)]
pub enum Payload {
    /// One file.
    Bytes(Vec<u8>),
    /// All files.
    Files(Vec<SourceFile>),
}

/// Exports content as it stands.
///
/// # Errors
/// Fails when the store does, when there is no such change set, when the draft's edits are in conflict with what is live, when
/// entries have errors and only files can hold them, and when the format cannot.
pub async fn export(publisher: &Publisher, exporting: &Exporting) -> anyhow::Result<Exported> {
    let Exporting { format, which, actor, address } = exporting;
    let standing = standing(publisher, which).await?;
    ensure_mergeable(publisher, &standing).await?;
    let format = *format;
    let (revision, change_set) = (standing.live, standing.change_set.map(|set| set.id));
    let files = standing.files;
    let (payload, entries) = in_background(move || payload(format, files)).await?;
    if let Some(revision) = &revision {
        let after = json!({ "format": format.to_string(), "entries": entries, "change_set": change_set });
        let mut event = AuditEvent::new(clock::now(), actor, Action::ContentExported, revision).after(after);
        event.address.clone_from(address);
        // Content must be had out of a store that can no longer be written.
        if let Err(error) = note(publisher, event).await {
            tracing::warn!(error = format!("{error:#}"), "the export is not in the audit");
        }
    }
    Ok(Exported { payload, revision, change_set, entries })
}

/// A draft that is in conflict with what is live would, as files that start from the live revision, win over it.
async fn ensure_mergeable(publisher: &Publisher, standing: &Standing) -> anyhow::Result<()> {
    let Some(live) = &standing.live else { return Ok(()) };
    let mut tx = publisher.store().read().await?;
    let conflicts = proposal::conflicts(&mut *tx, &standing.changes, live).await?;
    let paths: Vec<&str> = conflicts.iter().map(|conflict| conflict.path.as_str()).collect();
    let moved = || Refusal::new(format!("edits of the same have gone live since: {}", paths.join(", ")));
    anyhow::ensure!(paths.is_empty(), moved());
    Ok(())
}

fn payload(format: Format, files: Vec<SourceFile>) -> anyhow::Result<(Payload, usize)> {
    let (content, diagnostics) = read(files.as_slice(), &ReadOptions::default());
    let entries = content.entries.len();
    let format = match format {
        Format::Folder => return Ok((Payload::Files(files), entries)),
        Format::Entries(format) => format,
    };
    ensure_whole(format, &diagnostics)?;
    let documents: Vec<EntryDocument> = content.entries.iter().map(EntryDocument::of).collect();
    Ok((Payload::Bytes(write_entries(format, &documents)?), entries))
}

/// Of an entry with an error, parts may not have been read.
fn ensure_whole(format: exchange::Format, diagnostics: &[Diagnostic]) -> anyhow::Result<()> {
    let is_of_entry = |fault: &&Diagnostic| fault.severity == Severity::Error && touched_entry(&fault.file).is_some();
    if let Some(first) = diagnostics.iter().find(is_of_entry) {
        let why = format!("entries with errors are exported only as a folder, not as {format}: {first}");
        anyhow::bail!(Refusal::new(why));
    }
    Ok(())
}

async fn note(publisher: &Publisher, event: AuditEvent) -> anyhow::Result<()> {
    let mut tx = publisher.store().write().await?;
    audit::add(&mut *tx, event).await?;
    tx.commit().await?;
    Ok(())
}
