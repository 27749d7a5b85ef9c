//! `yingda backup` and `yingda restore`: everything that must not be lost, in one file, and back.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use serde_json::json;

use crate::cli::on_store::operator;
use crate::cli::{Common, Outcome, progress, with_publisher};
use crate::clock;
use crate::config::Config;
use crate::people::audit::{Action, AuditEvent};
use crate::store::Store;
use crate::store::audit;
use crate::store::backup::{self, Size};

/// Arguments of `backup`.
#[derive(Args, Clone, Debug)]
pub struct BackupArguments {
    /// The file, which is not there yet.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Arguments of `restore`.
#[derive(Args, Clone, Debug)]
pub struct RestoreArguments {
    /// The backup.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Runs `backup`; whoever serves goes on meanwhile.
///
/// # Errors
/// Fails on a file that is there, and where nothing can be written or read.
pub fn back_up(arguments: &BackupArguments, common: &Common, config: &Config) -> anyhow::Result<Outcome> {
    let file = &arguments.file;
    anyhow::ensure!(!file.exists(), "{}: this is there already, and backups replace nothing", file.display());
    with_publisher(common, config, async |publisher| {
        let store = publisher.store();
        let size = progress::while_waiting("backing up", write(store, file)).await?;
        let n_bytes = fs::metadata(file).map_or(0, |written| written.len());
        // The backup is there; that it cannot be noted takes nothing from it.
        if let Err(error) = note(store, Action::BackupMade, file, size).await {
            tracing::warn!(error = format!("{error:#}"), "the backup is not in the audit");
        }
        if common.json {
            say!("{}", json!({ "file": file, "n_rows": size.n_rows, "n_bytes": n_bytes }));
        } else {
            say!("{} rows in {} ({n_bytes} bytes)", size.n_rows, file.display());
        }
        Ok(Outcome::Done)
    })
}

/// Writes a backup under its name only when it is whole and on the disk.
async fn write(store: &Store, file: &Path) -> anyhow::Result<Size> {
    let cannot = || format!("cannot write {}", file.display());
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Only its owner may read it: it holds the hashes of passwords.
    let mut unfinished = tempfile::Builder::new().prefix(".yingda-backup-").tempfile_in(folder).with_context(cannot)?;
    let size = backup::write(store, BufWriter::new(unfinished.as_file_mut())).await.with_context(cannot)?;
    unfinished.as_file().sync_all().with_context(cannot)?;
    unfinished.persist_noclobber(file).with_context(cannot)?;
    File::open(folder).and_then(|folder| folder.sync_all()).with_context(cannot)?;
    Ok(size)
}

/// Runs `restore`, into an empty store only.
///
/// # Errors
/// Fails on a store that is not empty, and a file that is no backup or is damaged; nothing has changed then.
pub fn restore(arguments: &RestoreArguments, common: &Common, config: &Config) -> anyhow::Result<Outcome> {
    let file = &arguments.file;
    let opened = File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
    with_publisher(common, config, async |publisher| {
        let store = publisher.store();
        let restored = backup::restore(store, BufReader::new(opened));
        let size = progress::while_waiting("restoring", restored).await;
        let size = size.with_context(|| format!("{} is not restored", file.display()))?;
        note(store, Action::BackupRestored, file, size).await?;
        if common.json {
            say!("{}", json!({ "file": file, "n_rows": size.n_rows }));
        } else {
            say!("{} rows are restored from {}", size.n_rows, file.display());
        }
        Ok(Outcome::Done)
    })
}

async fn note(store: &Store, action: Action, file: &Path, size: Size) -> anyhow::Result<()> {
    let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy();
    let event = AuditEvent::new(clock::now(), &operator(), action, &name).after(json!({ "n_rows": size.n_rows }));
    let mut tx = store.write().await?;
    audit::add(&mut *tx, event).await?;
    tx.commit().await?;
    Ok(())
}
