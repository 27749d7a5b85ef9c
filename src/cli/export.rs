//! `yingda export`: what is live, or a draft, as a file or a folder.

use std::fs::Permissions;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use serde::Serialize;

use crate::cli::on_store::operator;
use crate::cli::{Common, Outcome, progress, with_publisher};
use crate::config::Config;
use crate::publishing::transfer::folder::{self, Written};
use crate::publishing::transfer::{Exporting, Format, Payload, Which, export};

/// Arguments of `export`.
#[derive(Args, Clone, Debug)]
pub struct ExportArguments {
    /// folder, csv, xlsx or jsonl.
    #[arg(long, value_name = "F")]
    format: Format,
    /// The file, which is replaced; the folder, which is empty or an earlier export.
    #[arg(long, value_name = "PATH")]
    out: PathBuf,
    /// Exports the draft instead of what is live.
    #[arg(long)]
    draft: bool,
    /// The change set of the draft; the only open one where none is named.
    #[arg(long, value_name = "ID", requires = "draft")]
    set: Option<String>,
}

/// What was exported.
#[derive(Debug, Serialize)]
struct Report {
    format: String,
    revision: Option<String>,
    change_set: Option<String>,
    entries: usize,
    out: PathBuf,
    /// The files of a folder that are new or different, and those that are gone.
    #[serde(flatten)]
    folder: Option<Written>,
}

/// Runs `export`.
///
/// # Errors
/// Fails when the store does, the format cannot hold a text, and where nothing can be written.
pub fn run(arguments: &ExportArguments, common: &Common, config: &Config) -> anyhow::Result<Outcome> {
    let ExportArguments { format, out, draft, set } = arguments.clone();
    let which = if draft { Which::Draft { change_set: set } } else { Which::Live };
    let exporting = Exporting { format, which, actor: operator(), address: None };
    with_publisher(common, config, async |publisher| {
        let exported = progress::while_waiting("exporting", export(publisher, &exporting)).await?;
        let folder = match &exported.payload {
            Payload::Bytes(bytes) => {
                write(&out, bytes).with_context(|| format!("cannot write {}", out.display()))?;
                None
            }
            Payload::Files(files) => Some(folder::write(&out, files, exported.revision.as_deref())?),
        };
        let (revision, change_set, entries) = (exported.revision, exported.change_set, exported.entries);
        tell(&Report { format: format.to_string(), revision, change_set, entries, out, folder }, common)
    })
}

/// The permissions of files that people share, before the process's mask.
const SHARED: u32 = 0o666;

/// Writes a file whole or not at all.
fn write(out: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().permissions(Permissions::from_mode(SHARED)).tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(out)?;
    Ok(())
}

fn tell(report: &Report, common: &Common) -> anyhow::Result<Outcome> {
    if common.json {
        say!("{}", serde_json::to_string_pretty(report)?);
        return Ok(Outcome::Done);
    }
    let of = match (&report.change_set, &report.revision) {
        (Some(set), _) => format!("of {set}"),
        (None, Some(revision)) => format!("of revision {revision}"),
        (None, None) => "of what would be published first".to_owned(),
    };
    say!("{} entries {of} are in {}", report.entries, report.out.display());
    if let Some(Written { written, removed }) = report.folder {
        say!("{written} file(s) written, {removed} removed");
    }
    Ok(Outcome::Done)
}
