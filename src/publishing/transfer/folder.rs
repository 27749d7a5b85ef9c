//! Content as two folders within one: read whole, and written so that what is there already and the same stays untouched.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use anyhow::Context;
use serde::Serialize;

use crate::config::ContentConfig;
use crate::exchange::packed;
use crate::files;
use crate::knowledge::content::SourceFile;
use crate::publishing::base;

/// The folders, as the paths of files begin.
const FOLDERS: [&str; 2] = ["knowledge-base", "intents"];

/// The file that says where a folder started, in an archive.
const BASE: &str = "knowledge-base/.yingda-base";

/// A folder's files, with the revisions that it says it started from.
#[derive(Clone, Debug)]
pub struct Folder {
    /// All files, in the order of their paths.
    pub files: Vec<SourceFile>,
    /// The revisions; empty where it does not say.
    pub bases: Vec<String>,
}

/// What writing a folder came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Written {
    /// Files that were new or different.
    pub written: usize,
    /// Files that were there and are gone.
    pub removed: usize,
}

fn content_of(folder: &Path) -> ContentConfig {
    let [knowledge, intents] = FOLDERS.map(|name| folder.join(name));
    ContentConfig { knowledge, intents }
}

/// Reads a folder that holds `knowledge-base` and `intents`.
///
/// # Errors
/// Fails where one of them is missing, or a file cannot be read.
pub fn read(folder: &Path) -> anyhow::Result<Folder> {
    let content = content_of(folder);
    for part in [&content.knowledge, &content.intents] {
        anyhow::ensure!(part.is_dir(), "{}: there is no such folder", part.display());
    }
    let (files, _) = files::read(&content)?;
    Ok(Folder { files, bases: base::read(&content.knowledge)? })
}

/// Takes a folder out of an archive, whether its two parts stand in it at the top or in one folder more.
///
/// # Errors
/// Fails, with a reason for whoever made it, on what is no such archive.
pub fn unpack(bytes: &[u8]) -> Result<Folder, String> {
    let mut folder = Folder { files: Vec::new(), bases: Vec::new() };
    for SourceFile { path, bytes } in packed::unpack(bytes)? {
        let Some(path) = below_the_top(&path) else { continue };
        if path == BASE {
            folder.bases = base::revisions_of(&String::from_utf8_lossy(&bytes));
        } else if leads_into_the_folders(&path) {
            folder.files.push(SourceFile { path, bytes });
        }
    }
    for part in FOLDERS {
        if !folder.files.iter().any(|file| file.path.split('/').next() == Some(part)) {
            return Err(format!("the archive holds no file below {part}/"));
        }
    }
    folder.files.sort_by(|a, b| a.path.cmp(&b.path));
    match folder.files.windows(2).find(|pair| pair[0].path == pair[1].path) {
        Some(twice) => Err(format!("{:?} stands in the archive twice", twice[0].path)),
        None => Ok(folder),
    }
}

/// Returns the path from one of the two folders on; `None` for what stands beside them.
fn below_the_top(path: &str) -> Option<String> {
    let is_ours =
        |path: &str| FOLDERS.iter().any(|folder| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')));
    let inner = || path.split_once('/').map(|(_, inner)| inner);
    Some(path).filter(|path| is_ours(path)).or_else(|| inner().filter(|path| is_ours(path))).map(str::to_owned)
}

/// Packs a folder with the revision that it is or was edited from.
///
/// # Errors
/// Fails when the writer of archives does.
pub fn pack(files: &[SourceFile], revision: Option<&str>) -> anyhow::Result<Vec<u8>> {
    let base = revision.map(|revision| format!("{revision}\n"));
    let base = base.as_ref().map(|base| (BASE, base.as_bytes()));
    let all = files.iter().map(|file| (file.path.as_str(), file.bytes.as_slice()));
    Ok(packed::pack(base.into_iter().chain(all))?)
}

/// Writes files below a folder that is empty or holds what was written so before, and notes the revision that they are. What
/// differs is replaced, what is gone is removed, and nothing outside the two folders is touched.
///
/// # Errors
/// Fails on a folder that holds something else, a path that leads out of it, and where nothing can be written.
pub fn write(out: &Path, files: &[SourceFile], revision: Option<&str>) -> anyhow::Result<Written> {
    let wanted: BTreeMap<&str, &[u8]> = files.iter().map(|file| (file.path.as_str(), file.bytes.as_slice())).collect();
    for path in wanted.keys() {
        anyhow::ensure!(leads_into_the_folders(path), "{path:?} is no path of a file that can be written");
    }
    let ContentConfig { knowledge, intents } = content_of(out);
    let ours = base::path_of(&knowledge).is_file();
    anyhow::ensure!(ours || is_empty(out)?, "{}: the folder holds something else", out.display());
    for folder in [&knowledge, &intents] {
        anyhow::ensure!(!folder.is_symlink(), "{}: this is a link", folder.display());
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    // Until all is there it is no revision: published half, it would take back what others have written.
    base::write(&knowledge, &[])?;
    let mut written = Written::default();
    for path in present(out)?.iter().filter(|path| !wanted.contains_key(path.as_str())) {
        remove(out, path).with_context(|| format!("cannot remove {}", out.join(path).display()))?;
        written.removed += 1;
    }
    for (path, bytes) in wanted {
        let path = out.join(path);
        if fs::read(&path).is_ok_and(|there| there == bytes) {
            continue;
        }
        write_file(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
        written.written += 1;
    }
    base::write(&knowledge, revision.as_slice())?;
    Ok(written)
}

fn leads_into_the_folders(path: &str) -> bool {
    let Some((first, rest)) = path.split_once('/') else { return false };
    // Names with a dot in front are left out when folders are read.
    FOLDERS.contains(&first)
        && rest.split('/').all(|part| !part.is_empty() && !part.starts_with('.'))
        && !path.contains(['\\', '\0'])
}

fn is_empty(folder: &Path) -> anyhow::Result<bool> {
    match fs::read_dir(folder) {
        Ok(mut listed) => Ok(listed.next().is_none()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error).with_context(|| format!("cannot list {}", folder.display())),
    }
}

/// Lists the files below the two folders as paths from `out` on. A link is a file, wherever it leads.
fn present(out: &Path) -> anyhow::Result<BTreeSet<String>> {
    let mut files = BTreeSet::new();
    let mut folders: Vec<String> = FOLDERS.map(str::to_owned).to_vec();
    while let Some(folder) = folders.pop() {
        let place = out.join(&folder);
        let cannot = || format!("cannot list {}", place.display());
        for entry in fs::read_dir(&place).with_context(cannot)? {
            let entry = entry.with_context(cannot)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = format!("{folder}/{name}");
            if name.starts_with('.') {
                // Somebody's own, unless an earlier export was cut short.
                if name.starts_with(base::UNFINISHED) {
                    fs::remove_file(entry.path()).with_context(cannot)?;
                }
            } else if entry.file_type().with_context(cannot)?.is_dir() {
                folders.push(path);
            } else {
                files.insert(path);
            }
        }
    }
    Ok(files)
}

/// Removes a file, and the folders that it leaves empty.
fn remove(out: &Path, path: &str) -> io::Result<()> {
    fs::remove_file(out.join(path))?;
    let mut folder = path;
    while let Some((above, _)) = folder.rsplit_once('/') {
        let is_whole = FOLDERS.contains(&above);
        if is_whole || fs::remove_dir(out.join(above)).is_err() {
            break;
        }
        folder = above;
    }
    Ok(())
}

fn write_file(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let folder = path.parent().context("a path in a folder")?;
    fs::create_dir_all(folder)?;
    let mut file = base::new_file(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn file(path: &str, text: &str) -> SourceFile {
        SourceFile { path: path.to_owned(), bytes: text.as_bytes().to_vec() }
    }

    fn paths(out: &Path) -> Vec<String> {
        read(out).unwrap().files.into_iter().map(|file| file.path).collect()
    }

    #[test]
    fn only_what_differs_is_written_and_what_is_gone_goes() {
        let out = tempfile::tempdir().unwrap();
        let first =
            [file("intents/a.yaml", "a"), file("knowledge-base/b/c.md", "c"), file("knowledge-base/d/e.md", "e")];
        let written = write(out.path(), &first, Some("r1")).unwrap();
        assert_eq!(written, Written { written: 3, removed: 0 });
        let is_shared = fs::metadata(out.path().join("intents/a.yaml")).unwrap().permissions().mode() & 0o044 != 0;
        assert!(is_shared, "others of the machine may read it");
        fs::write(out.path().join("notes.txt"), "mine").unwrap();
        fs::write(out.path().join("knowledge-base/.gitkeep"), "").unwrap();
        let second = [file("knowledge-base/b/c.md", "c"), file("knowledge-base/d", "now a file")];
        assert_eq!(write(out.path(), &second, Some("r2")).unwrap(), Written { written: 1, removed: 2 });
        assert_eq!(paths(out.path()), ["knowledge-base/b/c.md", "knowledge-base/d"]);
        assert_eq!(read(out.path()).unwrap().bases, ["r2"]);
        assert!(out.path().join("notes.txt").is_file() && out.path().join("knowledge-base/.gitkeep").is_file());
        assert_eq!(write(out.path(), &second, None).unwrap(), Written::default());
    }

    #[test]
    fn a_folder_of_somebody_elses_is_left_alone() {
        let out = tempfile::tempdir().unwrap();
        fs::write(out.path().join("notes.txt"), "mine").unwrap();
        let refused = write(out.path(), &[file("intents/a.yaml", "a")], None).unwrap_err().to_string();
        assert!(refused.contains("something else"), "{refused}");
        assert_eq!(fs::read_dir(out.path()).unwrap().count(), 1);
    }

    #[test]
    fn links_lead_nowhere() {
        let (out, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        write(out.path(), &[], None).unwrap();
        fs::write(elsewhere.path().join("c.md"), "theirs").unwrap();
        std::os::unix::fs::symlink(elsewhere.path(), out.path().join("knowledge-base/b")).unwrap();
        write(out.path(), &[file("knowledge-base/b/c.md", "ours")], None).unwrap();
        assert_eq!(fs::read_to_string(elsewhere.path().join("c.md")).unwrap(), "theirs");
        assert_eq!(fs::read_to_string(out.path().join("knowledge-base/b/c.md")).unwrap(), "ours");
    }

    #[test]
    fn an_archive_holds_the_folder_and_where_it_started() {
        let files = [file("intents/a.yaml", "a"), file("knowledge-base/b/c.md", "c")];
        let packed = pack(&files, Some("r1")).unwrap();
        let folder = unpack(&packed).unwrap();
        assert_eq!((folder.files.as_slice(), folder.bases.as_slice()), (&files[..], &["r1".to_owned()][..]));
        assert_eq!(unpack(&pack(&files, None).unwrap()).unwrap().bases, Vec::<String>::new());
    }

    #[test]
    fn what_people_pack_by_hand_is_read_too() {
        let pack =
            |files: &[(&str, &str)]| packed::pack(files.iter().map(|(path, text)| (*path, text.as_bytes()))).unwrap();
        let by_hand = pack(&[
            ("shop/knowledge-base/b/c.md", "c"),
            ("shop/knowledge-base/.DS_Store", "x"),
            ("shop/intents/a.yaml", "a"),
            ("shop/README.md", "x"),
            ("__MACOSX/shop/._a", "x"),
        ]);
        let paths: Vec<String> = unpack(&by_hand).unwrap().files.into_iter().map(|file| file.path).collect();
        assert_eq!(paths, ["intents/a.yaml", "knowledge-base/b/c.md"]);
        for (files, why) in [
            (&[("knowledge-base/a.md", "x")][..], "no file below intents/"),
            (&[("a.md", "x")], "no file below knowledge-base/"),
            (&[("x/intents/a", "x"), ("y/intents/a", "x"), ("knowledge-base/a.md", "x")], "twice"),
        ] {
            let refused = unpack(&pack(files)).unwrap_err();
            assert!(refused.contains(why), "{refused}");
        }
    }

    #[test]
    fn no_path_leads_out() {
        for path in
            ["../a", "knowledge-base/../../a", "/etc/passwd", "knowledge-base//a", "other/a", "intents", "intents/.a"]
        {
            let out = tempfile::tempdir().unwrap();
            assert!(write(out.path(), &[file(path, "x")], None).is_err(), "{path}");
            assert_eq!(fs::read_dir(out.path()).unwrap().count(), 0, "{path}");
        }
    }
}
