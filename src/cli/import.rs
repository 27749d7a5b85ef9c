//! `yingda import`: entries from a table, lines of JSON, a folder or another system's file, into a draft.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;

use crate::cli::on_store::operator;
use crate::cli::{Common, Outcome, progress, serve, with_publisher};
use crate::config::Config;
use crate::exchange::{self, Mapping};
use crate::publishing::transfer::{Carried, Format, ImportReport, Importing, folder, import};
use crate::store::revisions;

/// Arguments of `import`.
#[derive(Args, Clone, Debug)]
pub struct ImportArguments {
    /// The file; the folder that holds knowledge-base and intents, or a zip archive of it.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// folder, csv, xlsx or jsonl as `export` writes them; table for anybody's table with headings; qnamaker, qna, qnabot,
    /// fastgpt, dify, maxkb, dialogflow or rasa for what these systems export.
    #[arg(long, value_name = "F")]
    format: Format,
    /// Which heading of a table stands for what: question=标准问,answer=答案.
    #[arg(long, value_name = "FIELD=HEADING,…")]
    map: Option<Mapping>,
    /// Does everything but import.
    #[arg(long)]
    dry_run: bool,
    /// The open change set that it goes into; a new one where none is named.
    #[arg(long, value_name = "ID")]
    set: Option<String>,
}

/// Runs `import`; the answer is no when anything has a fault, and nothing is imported then.
///
/// # Errors
/// Fails on a file that cannot be read, and when the store does.
pub fn run(arguments: &ImportArguments, common: &Common, config: &Config) -> anyhow::Result<Outcome> {
    let ImportArguments { file, dry_run, set, .. } = arguments.clone();
    let carried = match carried(arguments)? {
        Ok(carried) => carried,
        Err(why) => return tell(&ImportReport::unreadable(why), common),
    };
    let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
    let importing = Importing {
        carried,
        title: format!("import {name}"),
        actor: operator(),
        address: None,
        change_set: set,
        dry_run,
    };
    with_publisher(common, config, async |publisher| {
        let is_first = !dry_run && revisions::live(&mut *publisher.store().read().await?).await?.is_none();
        // A draft needs something to be a draft of.
        if is_first
            && progress::while_waiting("publishing the first revision", serve::begin(publisher)).await?.is_none()
        {
            return Ok(Outcome::No);
        }
        let report = progress::while_waiting("importing", import(publisher, importing)).await?;
        tell(&report, common)
    })
}

/// Reads what is imported, or says what is wrong with it.
fn carried(arguments: &ImportArguments) -> anyhow::Result<Result<Carried, String>> {
    let ImportArguments { file, format, map, .. } = arguments;
    let is_table = *format == Format::Entries(exchange::Format::Table);
    anyhow::ensure!(
        map.is_none() || is_table,
        "--map goes with --format table: the other formats have their own names"
    );
    Ok(match format {
        Format::Folder if file.is_file() => folder::unpack(&bytes_of(file)?).map(Carried::Folder),
        Format::Folder => Ok(Carried::Folder(folder::read(file)?)),
        Format::Entries(format) => {
            let (bytes, mapping) = (bytes_of(file)?, map.clone().unwrap_or_default());
            Ok(Carried::Entries { format: *format, bytes, mapping })
        }
    })
}

fn bytes_of(file: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))
}

fn tell(report: &ImportReport, common: &Common) -> anyhow::Result<Outcome> {
    let outcome = if report.faults.is_empty() { Outcome::Done } else { Outcome::No };
    if common.json {
        say!("{}", serde_json::to_string_pretty(report)?);
        return Ok(outcome);
    }
    let place = |row: usize, column: &str| if column.is_empty() { row.to_string() } else { format!("{row} {column}") };
    for fault in &report.faults {
        say!("{}: {}", place(fault.row, &fault.column), fault.message);
    }
    for note in &report.notes {
        say!("note: {}: {}", place(note.row, &note.column), note.message);
    }
    let ImportReport { entries, phrasings, created, updated, unchanged, removed, files, .. } = report;
    say!("{entries} entries, {phrasings} phrasings");
    if outcome == Outcome::No {
        say!("nothing is imported: {} fault(s)", report.faults.len());
        return Ok(outcome);
    }
    say!("{created} created, {updated} updated, {unchanged} unchanged, {removed} removed; {files} file(s) change");
    if let Some(id) = &report.change_set {
        say!("imported into {id}; `yingda publish --from draft --set {id} --dry-run` shows what it would do");
    }
    Ok(outcome)
}
