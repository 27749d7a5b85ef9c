//! What is proposed to go live: the folders, a change set, or what is live already; and what it started from.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use serde::Serialize;
use utoipa::ToSchema;

use crate::config::ContentConfig;
use crate::files::{self, Origin};
use crate::knowledge::content::SourceFile;
use crate::knowledge::difference::{Subject, touched_entry};
use crate::publishing::base;
use crate::publishing::refusal::Refusal;
use crate::store::database::Transaction;
use crate::store::drafts::{self, Change, ChangeSet, Status};
use crate::store::revisions::{self, FileHash, Manifest};

/// Where what is published comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The folders that are configured.
    Folder {
        /// A revision that whoever publishes has seen and means to replace, besides the one the folder started from.
        base: Option<String>,
    },
    /// A change set; the only open one where none is named.
    Draft {
        /// Its id.
        change_set: Option<String>,
    },
    /// What is live: another engine is to serve it.
    Live,
}

/// What is proposed.
pub struct Proposal {
    /// All files, in the order of their paths.
    pub files: Vec<SourceFile>,
    /// The change set that it comes from.
    pub change_set: Option<ChangeSet>,
    /// Those who wrote what changes, as far as it is known.
    pub authors: Vec<String>,
}

/// What a proposal comes to.
pub enum Proposed {
    /// It can be looked at.
    Ready(Proposal),
    /// It did not start from what is live.
    Diverged {
        /// What it started from; empty where that is not known.
        bases: Vec<String>,
        /// What would change if it were published nevertheless.
        files: Vec<SourceFile>,
    },
    /// Somebody else's edits of the same things have gone live meanwhile.
    Conflicting(Vec<Conflict>),
}

/// Something that both a change set and what went live after it have changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Conflict {
    /// What it is.
    pub subject: Subject,
    /// The file.
    pub path: String,
    /// Its text when it was edited first; `None` where it did not exist.
    pub base: Option<String>,
    /// Its text on the live revision.
    pub live: Option<String>,
    /// Its text with the change set laid over; the live one where only another language is edited here.
    pub draft: Option<String>,
}

/// Reads the folders.
///
/// # Errors
/// Fails when there are none, or a file cannot be read.
pub fn of_folder(
    content: &ContentConfig,
    data: &Path,
    live: Option<&str>,
    seen: Option<&str>,
) -> anyhow::Result<Proposed> {
    let (files, origin) = files::read(content)?;
    // The sample inside the binary must not slip in when somebody moves the folders away.
    let is_there = origin == Origin::Folders || live.is_none();
    anyhow::ensure!(is_there, Refusal::new("the folders of the content are gone"));
    let mut bases = base::recall(&content.knowledge, data)?;
    bases.extend(seen.map(str::to_owned));
    let is_based = live.is_none_or(|live| bases.iter().any(|base| base == live));
    if !is_based {
        return Ok(Proposed::Diverged { bases, files });
    }
    Ok(Proposed::Ready(Proposal { files, change_set: None, authors: Vec::new() }))
}

/// Finds the change set that is meant.
///
/// # Errors
/// Fails when there is none, more than one, or it is not open.
pub async fn change_set(tx: &mut dyn Transaction, wanted: Option<&str>) -> anyhow::Result<ChangeSet> {
    if let Some(id) = wanted {
        let set = drafts::get(tx, id).await?;
        let set = set.ok_or_else(|| Refusal::new(format!("there is no change set {id:?}")))?;
        let closed = || Refusal::new(format!("the change set {id:?} is {} already", set.status.name()));
        anyhow::ensure!(set.status == Status::Open, closed());
        return Ok(set);
    }
    let mut open = drafts::open(tx).await?;
    let names = || open.iter().map(|set| format!("{} ({})", set.id, set.title)).collect::<Vec<_>>().join(", ");
    let several = || Refusal::new(format!("several change sets are open; name one: {}", names()));
    anyhow::ensure!(open.len() < 2, several());
    Ok(open.pop().ok_or_else(|| Refusal::new("no change set is open"))?)
}

/// Lays a change set over what is live.
///
/// # Errors
/// Fails when the store does.
pub async fn of_draft(tx: &mut dyn Transaction, set: ChangeSet, live: &str) -> anyhow::Result<Proposed> {
    let changes = drafts::changes(tx, &set.id).await?;
    let conflicts = conflicts(tx, &changes, live).await?;
    if !conflicts.is_empty() {
        return Ok(Proposed::Conflicting(conflicts));
    }
    let files = laid_over(tx, &changes, live).await?;
    let authors = drafts::authors(tx, &set.id).await?;
    Ok(Proposed::Ready(Proposal { files, change_set: Some(set), authors }))
}

/// Lays changes over what is live, whatever that has become meanwhile.
///
/// # Errors
/// Fails when the store does.
pub async fn laid_over(tx: &mut dyn Transaction, changes: &[Change], live: &str) -> anyhow::Result<Vec<SourceFile>> {
    let files = revisions::files(tx, live).await?.context("the live revision is not stored")?;
    let mut files: BTreeMap<String, Vec<u8>> = files.into_iter().map(|file| (file.path, file.bytes)).collect();
    for change in changes {
        match &change.hash {
            Some(hash) => files.insert(change.path.clone(), drafts::bytes(tx, hash).await?),
            None => files.remove(&change.path),
        };
    }
    Ok(files.into_iter().map(|(path, bytes)| SourceFile { path, bytes }).collect())
}

/// Finds what has changed on both sides. An entry is one thing, whatever its languages: who edits its English text must see
/// that its Chinese one says something else now.
///
/// # Errors
/// Fails when the store does.
pub async fn conflicts(tx: &mut dyn Transaction, changes: &[Change], live: &str) -> anyhow::Result<Vec<Conflict>> {
    let now = revisions::manifest(tx, live).await?;
    let mut manifests: BTreeMap<&str, Manifest> = BTreeMap::new();
    let mut conflicts = Vec::new();
    for change in changes.iter().filter(|change| change.base != live) {
        if !manifests.contains_key(change.base.as_str()) {
            manifests.insert(&change.base, revisions::manifest(tx, &change.base).await?);
        }
        let before = &manifests[change.base.as_str()];
        let edited = touched_entry(&change.path);
        let concerns = |path: &str| path == change.path || edited.is_some() && touched_entry(path) == edited;
        let Some(path) = first_moved(before, &now, concerns, change) else { continue };
        if conflicts.iter().any(|known: &Conflict| known.path == path) {
            continue;
        }
        let here = changes.iter().find(|change| change.path == path);
        let draft = here.map_or(now.get(&path), |change| change.hash.as_ref());
        conflicts.push(Conflict {
            subject: Subject::of(&path),
            base: text(tx, before.get(&path)).await?,
            live: text(tx, now.get(&path)).await?,
            draft: text(tx, draft).await?,
            path,
        });
    }
    Ok(conflicts)
}

/// Returns the first file of those that concern a change that is another now, and not what the change makes of it; the file
/// that is changed where it is among them.
fn first_moved(before: &Manifest, now: &Manifest, concerns: impl Fn(&str) -> bool, change: &Change) -> Option<String> {
    let moved = |path: &&String| {
        let (was, is) = (before.get(*path), now.get(*path));
        was != is && !(**path == change.path && is == change.hash.as_ref())
    };
    let others = before.keys().chain(now.keys()).filter(|path| concerns(path));
    others.filter(moved).min_by_key(|path| (**path != change.path, *path)).cloned()
}

async fn text(tx: &mut dyn Transaction, hash: Option<&FileHash>) -> anyhow::Result<Option<String>> {
    let Some(hash) = hash else { return Ok(None) };
    Ok(Some(String::from_utf8_lossy(&drafts::bytes(tx, hash).await?).into_owned()))
}
