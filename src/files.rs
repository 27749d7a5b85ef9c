//! The content's files: from the folders on disk, else from the sample inside the binary. Reads nothing in them.

use std::path::Path;

use anyhow::Context;
use include_dir::{Dir, include_dir};

use crate::config::ContentConfig;
use crate::knowledge::content::SourceFile;

static KNOWLEDGE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/knowledge-base");
static INTENTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/intents");

/// Where the files came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The folders of the configuration.
    Folders,
    /// The sample inside the binary.
    Sample,
}

/// Reads all files of the content, in the order of their paths.
///
/// # Errors
/// Fails when only one of the two folders is there, or a file cannot be read.
pub fn read(config: &ContentConfig) -> anyhow::Result<(Vec<SourceFile>, Origin)> {
    let (knowledge, intents) = (config.knowledge.as_path(), config.intents.as_path());
    if !knowledge.is_dir() && !intents.is_dir() {
        return Ok((sample(), Origin::Sample));
    }
    let mut files = Vec::new();
    for (folder, shown) in [(knowledge, "knowledge-base"), (intents, "intents")] {
        anyhow::ensure!(
            folder.is_dir(),
            "{}: there is no such folder, while the other folder is there",
            folder.display()
        );
        collect(folder, shown, &mut files)?;
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok((files, Origin::Folders))
}

/// Returns the sample inside the binary.
pub fn sample() -> Vec<SourceFile> {
    let mut files = Vec::new();
    for (dir, shown) in [(&KNOWLEDGE, "knowledge-base"), (&INTENTS, "intents")] {
        collect_embedded(dir, shown, &mut files);
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

fn collect(folder: &Path, shown: &str, files: &mut Vec<SourceFile>) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let entry = entry.with_context(|| format!("cannot list {}", folder.display()))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        let (path, shown) = (entry.path(), format!("{shown}/{name}"));
        if path.is_dir() {
            collect(&path, &shown, files)?;
        } else {
            let bytes = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            files.push(SourceFile { path: shown, bytes });
        }
    }
    Ok(())
}

fn collect_embedded(dir: &Dir<'_>, shown: &str, files: &mut Vec<SourceFile>) {
    let is_hidden = |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    for file in dir.files().filter(|file| !is_hidden(file.path())) {
        let path = format!("{shown}/{}", file.path().to_string_lossy());
        files.push(SourceFile { path, bytes: file.contents().to_vec() });
    }
    for inner in dir.dirs() {
        collect_embedded(inner, shown, files);
    }
}
