//! The revision that a folder started from: in `.yingda-base` beside its entries, or, where nothing may be written there, below
//! the folder for data. With it, publishing a folder over what somebody else has published meanwhile is noticed, as a push that
//! is not a fast-forward.

use std::fs::Permissions;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context;
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

/// The file's name, in the folder of entries.
pub const FILE: &str = ".yingda-base";

/// What the name of a file begins with while it is being written; whoever reads folders leaves such names out.
pub const UNFINISHED: &str = ".yingda-unfinished-";

/// Where bases of folders are that cannot be written, below the folder for data.
const ELSEWHERE: &str = "bases";

/// The permissions of files that people share, before the process's mask.
const SHARED: u32 = 0o666;

/// Returns the file's path in a folder.
pub fn path_of(knowledge: &Path) -> PathBuf {
    knowledge.join(FILE)
}

/// Returns the revisions that a folder contains, by its own word or what is remembered of it: one, or two while a publication
/// was cut short.
///
/// # Errors
/// Fails on a file that cannot be read.
pub fn recall(knowledge: &Path, data: &Path) -> anyhow::Result<Vec<String>> {
    let path = path_of(knowledge);
    lines(&if path.exists() { path } else { elsewhere(knowledge, data) })
}

/// Returns the revisions that a folder says it contains.
///
/// # Errors
/// Fails on a file that cannot be read.
pub fn read(knowledge: &Path) -> anyhow::Result<Vec<String>> {
    lines(&path_of(knowledge))
}

fn lines(path: &Path) -> anyhow::Result<Vec<String>> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(revisions_of(&text))
}

/// Returns the revisions that the file's text names.
pub fn revisions_of(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// Says which revisions a folder contains, there or for it.
///
/// # Errors
/// Fails where nothing can be written, in the folder or for it.
pub fn remember(knowledge: &Path, data: &Path, revisions: &[&str]) -> anyhow::Result<()> {
    if write(knowledge, revisions).is_ok() {
        return Ok(());
    }
    let path = elsewhere(knowledge, data);
    let folder = path.parent().unwrap_or(data);
    std::fs::create_dir_all(folder).with_context(|| format!("cannot write {}", folder.display()))?;
    replace(&path, folder, revisions)
}

/// Says in a folder which revisions it contains.
///
/// # Errors
/// Fails where nothing can be written.
pub fn write(knowledge: &Path, revisions: &[&str]) -> anyhow::Result<()> {
    replace(&path_of(knowledge), knowledge, revisions)
}

/// One file a folder, by its whole path.
fn elsewhere(knowledge: &Path, data: &Path) -> PathBuf {
    let whole = knowledge.canonicalize().unwrap_or_else(|_| knowledge.to_owned());
    let hash = Sha256::digest(whole.as_os_str().as_encoded_bytes());
    data.join(ELSEWHERE).join(hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect::<String>())
}

/// Replaces a file whole: nobody reads half of it.
fn replace(path: &Path, folder: &Path, revisions: &[&str]) -> anyhow::Result<()> {
    let cannot = || format!("cannot write {}", path.display());
    let mut file = new_file(folder).with_context(cannot)?;
    for revision in revisions {
        writeln!(file, "{revision}").with_context(cannot)?;
    }
    file.as_file().sync_all().with_context(cannot)?;
    file.persist(path).with_context(cannot)?;
    Ok(())
}

/// Makes a file in a folder of content that has no name of its own yet; those who may read the others may read it.
///
/// # Errors
/// Fails where nothing can be written.
pub fn new_file(folder: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(UNFINISHED).permissions(Permissions::from_mode(SHARED)).tempfile_in(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_remembers_what_it_contains_or_is_remembered() {
        let (data, knowledge) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let recalled = |knowledge: &Path| recall(knowledge, data.path()).unwrap();
        assert_eq!(recalled(knowledge.path()), [""; 0]);
        remember(knowledge.path(), data.path(), &["r1", "r2"]).unwrap();
        assert_eq!(recalled(knowledge.path()), ["r1", "r2"]);
        // A folder that is none cannot be written, whoever runs this.
        let gone = knowledge.path().join("gone");
        remember(&gone, data.path(), &["r3"]).unwrap();
        assert_eq!((recalled(&gone), read(&gone).unwrap()), (vec!["r3".to_owned()], vec![]));
        assert_eq!(recalled(knowledge.path()), ["r1", "r2"]);
    }
}
