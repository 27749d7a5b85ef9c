//! What was trained on a revision, kept as a file, so that a later start need not train again. Derived: a file that does not
//! fit or is broken is ignored, and all of them may be deleted at any time.
//!
//! A file's name and its beginning say which revision it belongs to and which engine made it; a checksum finds broken ones.

use std::fs;
use std::io::{self, Read as _, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::Context;
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use crate::assistant::compile::Senses;
use crate::assistant::training::Classifier;
use crate::knowledge::content::Content;
use crate::retrieval::policy::Policies;
use crate::snapshot::{Before, Snapshot, Trained};
use crate::text::segment;

/// The engine that trains: its version, and a hash over the source that training hangs on.
pub const ENGINE: &str = concat!(env!("CARGO_PKG_VERSION"), "-", env!("ENGINE_HASH"));

/// The folder below the one for data.
const FOLDER: &str = "artefacts";
const EXTENSION: &str = "trained";

/// How a file begins; the number changes with what follows it.
const MAGIC: [u8; 8] = *b"yingda 1";

/// Files that are kept besides the newest: the revisions one may go back to.
const KEPT: usize = 4;

/// Begins to read the dictionary that every first compilation needs, while the content is read.
pub fn read_ahead() {
    segment::read_ahead();
}

/// Compiles content with what was trained on it before, from the previous snapshot or below the folder for data; keeps
/// there what had to be trained.
///
/// # Errors
/// Fails only where the index cannot be built.
pub fn compile(
    content: Content,
    revision: String,
    data: &Path,
    previous: Option<&Snapshot>,
    senses: Senses,
) -> anyhow::Result<Snapshot> {
    let name = format!("{revision}{}", senses.tag);
    let trained = of_previous(&revision, previous, &senses).or_else(|| load(data, &name));
    let had = trained.clone();
    let snapshot = Snapshot::compile_after(content, revision, Before { trained, previous, senses })?;
    let trained = snapshot.trained();
    if had.is_none_or(|had| !had.is_the_same(&trained)) && is_a_name(snapshot.assistant.revision()) {
        store(data, &name, &trained);
    }
    Ok(snapshot)
}

/// Compiles content with what was trained on it before, where that is kept; writes nothing.
///
/// # Errors
/// Fails only where the index cannot be built.
pub fn compile_read_only(content: Content, revision: String, data: &Path, senses: Senses) -> anyhow::Result<Snapshot> {
    let trained = load(data, &format!("{revision}{}", senses.tag)).filter(|_| is_a_name(&revision));
    Snapshot::compile_after(content, revision, Before { trained, previous: None, senses })
}

/// Returns what is kept of a revision by this engine, by the names under which it is; for other machines.
pub fn kept(data: &Path, revision: &str) -> impl Iterator<Item = (String, Vec<u8>)> + use<> {
    let revision = if is_a_name(revision) { revision.to_owned() } else { "-".to_owned() };
    let files = fs::read_dir(data.join(FOLDER)).into_iter().flatten().flatten();
    files.filter_map(move |file| {
        let file_name = file.file_name().into_string().ok()?;
        let name = file_name.strip_suffix(&format!("-{ENGINE}.{EXTENSION}"))?.to_owned();
        let rest = name.strip_prefix(&revision)?;
        let is_of_it = rest.is_empty() || rest.starts_with('-');
        Some((name, fs::read(file.path()).ok()?)).filter(|_| is_of_it)
    })
}

/// Keeps what another machine with this engine has trained; what is wrong with it is found when it is used.
///
/// # Errors
/// Fails when nothing can be written.
pub fn keep(data: &Path, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
    anyhow::ensure!(is_a_name(name), "{name:?} is no name");
    write(&path_of(data, name), |file| Ok(file.write_all(bytes)?))
}

fn of_previous(revision: &str, previous: Option<&Snapshot>, senses: &Senses) -> Option<Trained> {
    // With a model or without makes another policy.
    let same_model = |previous: &&Snapshot| previous.assistant.compiled().model.is_some() == senses.model.is_some();
    let previous = previous.filter(same_model);
    let same = previous.filter(|previous| previous.assistant.revision() == revision && is_a_name(revision))?;
    Some(same.trained())
}

/// Content that was made up has no name, and nothing is kept of it.
fn is_a_name(revision: &str) -> bool {
    !revision.is_empty() && revision.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn path_of(data: &Path, revision: &str) -> PathBuf {
    data.join(FOLDER).join(format!("{revision}-{ENGINE}.{EXTENSION}"))
}

fn load(data: &Path, revision: &str) -> Option<Trained> {
    let path = path_of(data, revision);
    if !is_a_name(revision) || !path.exists() {
        return None;
    }
    let trained = fs::File::open(&path).map_err(anyhow::Error::from).and_then(|file| decode(file, revision));
    match trained {
        Ok(trained) => Some(trained),
        Err(error) => {
            tracing::warn!(path = %path.display(), error = format!("{error:#}"), "ignoring what was trained before");
            None
        }
    }
}

fn store(data: &Path, revision: &str, trained: &Trained) {
    if !is_a_name(revision) {
        return;
    }
    let path = path_of(data, revision);
    if let Err(error) = write(&path, |file| encode(revision, trained, file)) {
        tracing::warn!(path = %path.display(), error = format!("{error:#}"), "could not keep what was trained");
    }
}

fn write(path: &Path, fill: impl FnOnce(&mut NamedTempFile) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let folder = path.parent().context("a path in a folder")?;
    fs::create_dir_all(folder)?;
    let mut file = NamedTempFile::with_suffix_in(format!(".{EXTENSION}"), folder)?;
    fill(&mut file)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    fs::File::open(folder).and_then(|folder| folder.sync_all())?;
    remove_old(folder)
}

/// Removes all but the newest files, and what a write left behind that was cut short.
fn remove_old(folder: &Path) -> anyhow::Result<()> {
    let mut files: Vec<(SystemTime, PathBuf)> = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == EXTENSION) {
            files.push((fs::metadata(&path)?.modified()?, path));
        }
    }
    files.sort();
    for (_, path) in files.iter().rev().skip(KEPT) {
        fs::remove_file(path)?;
    }
    Ok(())
}

/// What a file holds before the weights.
#[derive(Serialize)]
struct Written<'t> {
    engine: &'t str,
    revision: &'t str,
    classifier: Option<&'t Classifier>,
    policies: &'t Policies,
    n_weights: u64,
}

/// The same, read.
#[derive(Deserialize)]
struct Read<'t> {
    engine: &'t str,
    revision: &'t str,
    classifier: Option<Classifier>,
    policies: Policies,
    n_weights: u64,
}

/// Writes: how it begins, the checksum of all that follows, the length of what comes before the weights, that, the weights.
fn encode(revision: &str, trained: &Trained, mut file: impl Write) -> anyhow::Result<()> {
    let classifier = trained.classifier.as_deref();
    let weights = classifier.map_or(&[][..], Classifier::weights);
    let n_weights = weights.len() as u64;
    let written = Written { engine: ENGINE, revision, classifier, policies: &trained.policies, n_weights };
    let head = postcard::to_stdvec(&written)?;
    let length = u32::try_from(head.len())?.to_le_bytes();
    let mut checksum = crc32fast::Hasher::new();
    for part in [&length[..], &head, weights] {
        checksum.update(part);
    }
    for part in [&MAGIC[..], &checksum.finalize().to_le_bytes(), &length, &head, weights] {
        file.write_all(part)?;
    }
    Ok(())
}

fn decode(mut file: impl io::Read, revision: &str) -> anyhow::Result<Trained> {
    let (mut magic, mut checksum, mut length) = ([0; 8], [0; 4], [0; 4]);
    for part in [&mut magic[..], &mut checksum, &mut length] {
        file.read_exact(part)?;
    }
    anyhow::ensure!(magic == MAGIC, "it does not begin as it should");
    let n_head = u32::from_le_bytes(length);
    let mut head = Vec::new();
    file.by_ref().take(n_head.into()).read_to_end(&mut head)?;
    let read: Read<'_> = postcard::from_bytes(&head)?;
    anyhow::ensure!(read.engine == ENGINE, "another engine made it");
    anyhow::ensure!(read.revision == revision, "it belongs to another revision");
    let mut weights = Vec::new();
    weights.try_reserve_exact(usize::try_from(read.n_weights)?)?;
    file.by_ref().take(read.n_weights).read_to_end(&mut weights)?;
    anyhow::ensure!(file.read(&mut [0])? == 0, "something follows its end");
    let mut found = crc32fast::Hasher::new();
    for part in [&length[..], &head, &weights] {
        found.update(part);
    }
    anyhow::ensure!(u32::from_le_bytes(checksum) == found.finalize(), "its checksum is wrong");
    let classifier = read.classifier.map(|classifier| classifier.with_weights(weights).into());
    Ok(Trained { classifier, policies: read.policies })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::content::SourceFile;
    use crate::knowledge::{ReadOptions, read};

    const REVISION: &str = "abc123";

    fn content() -> Content {
        let file = |path: &str, text: &str| SourceFile { path: path.to_owned(), bytes: text.as_bytes().to_vec() };
        let files = [
            file("knowledge-base/refund/_category.yaml", "title: 退款\norder: 1\n"),
            file("knowledge-base/refund/refund-time.md", "---\nquestion: 退款多久到账\n---\n\n三天。\n"),
            file("knowledge-base/refund/refund-apply.md", "---\nquestion: 怎么申请退款\n---\n\n点退款。\n"),
            file("intents/smalltalk.greet.yaml", "examples: {zh-CN: [你好, 哈喽, 在吗]}\ndoes: {reply: 您好}\n"),
        ];
        let (content, diagnostics) = read(&files, &ReadOptions::default());
        assert_eq!(diagnostics, []);
        content
    }

    fn compiled(data: &Path) -> Snapshot {
        compile(content(), REVISION.to_owned(), data, None, Senses::default()).unwrap()
    }

    fn encoded(snapshot: &Snapshot) -> Vec<u8> {
        whole(&snapshot.trained())
    }

    fn whole(trained: &Trained) -> Vec<u8> {
        let mut bytes = Vec::new();
        encode(REVISION, trained, &mut bytes).unwrap();
        bytes
    }

    #[test]
    fn what_was_trained_is_taken_up_again() {
        let data = tempfile::tempdir().unwrap();
        let first = compiled(data.path());
        let kept = fs::read(path_of(data.path(), REVISION)).unwrap();
        assert_eq!(kept, encoded(&first));
        let loaded = load(data.path(), REVISION).unwrap();
        assert_eq!(whole(&loaded), kept);
        for again in [
            compiled(data.path()),
            compile_read_only(content(), REVISION.to_owned(), data.path(), Senses::default()).unwrap(),
        ] {
            assert_eq!(encoded(&again), kept);
        }
        let beside = compile(content(), REVISION.to_owned(), data.path(), Some(&first), Senses::default()).unwrap();
        assert!(beside.trained().is_the_same(&first.trained()));
    }

    #[test]
    fn a_broken_file_is_trained_anew_and_replaced() {
        let data = tempfile::tempdir().unwrap();
        let whole = encoded(&compiled(data.path()));
        let path = path_of(data.path(), REVISION);
        let flipped = |at: usize| {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x10;
            bytes
        };
        let other_engine = {
            let mut rest = whole[12..].to_vec();
            rest[5] = b'9';
            [&MAGIC[..], &crc32fast::hash(&rest).to_le_bytes(), &rest].concat()
        };
        let mut broken: Vec<Vec<u8>> =
            [0, 7, 8, 11, 12, 20, whole.len() / 2, whole.len() - 1].map(|end| whole[..end].to_vec()).into();
        broken.extend([2, 9, 12, 40, whole.len() / 2, whole.len() - 1].map(flipped));
        broken.extend([other_engine, [whole.as_slice(), b"more"].concat()]);
        for bytes in broken {
            fs::write(&path, &bytes).unwrap();
            assert!(load(data.path(), REVISION).is_none());
            assert_eq!(encoded(&compiled(data.path())), whole);
            assert_eq!(fs::read(&path).unwrap(), whole);
        }
    }

    #[test]
    fn one_of_another_shape_or_revision_is_not_taken() {
        let data = tempfile::tempdir().unwrap();
        let first = compiled(data.path());
        let bytes = encoded(&first);
        assert!(decode(bytes.as_slice(), "another").is_err());
        let mut policy_of_another_version = first.trained();
        policy_of_another_version.policies.lexical.weights.han.ranker.pop();
        let without_classifier = Trained { classifier: None, ..first.trained() };
        for trained in [policy_of_another_version, without_classifier] {
            store(data.path(), REVISION, &trained);
            assert_eq!(encoded(&compiled(data.path())), bytes);
        }
    }

    #[test]
    fn only_the_newest_are_kept_and_a_folder_that_cannot_be_written_is_no_error() {
        let data = tempfile::tempdir().unwrap();
        let trained = compiled(data.path()).trained();
        for at in 0..KEPT + 2 {
            store(data.path(), &format!("revision{at}"), &trained);
        }
        assert_eq!(fs::read_dir(data.path().join(FOLDER)).unwrap().count(), KEPT);
        assert!(load(data.path(), &format!("revision{}", KEPT + 1)).is_some());
        let file = data.path().join("file");
        fs::write(&file, "").unwrap();
        compiled(&file);
        let unnamed = tempfile::tempdir().unwrap();
        compile(content(), String::new(), unnamed.path(), None, Senses::default()).unwrap();
        compile(content(), "../../away".to_owned(), unnamed.path(), None, Senses::default()).unwrap();
        assert_eq!(fs::read_dir(unnamed.path()).unwrap().count(), 0);
    }
}
