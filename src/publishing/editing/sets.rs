//! Change sets: begun, looked at, checked, thrown away; and what is done where somebody else has published meanwhile.

use std::collections::BTreeMap;

use anyhow::Context;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::knowledge::content::SourceFile;
use crate::knowledge::diagnostic::Diagnostic;
use crate::knowledge::difference::{Difference, touched_entry};
use crate::knowledge::{ReadOptions, read};
use crate::people::actor::Actor;
use crate::people::audit::Action;
use crate::people::by::By;
use crate::publishing::editing::{EditError, chosen, live, note, open_set};
use crate::publishing::proposal::{Conflict, conflicts};
use crate::publishing::scheduling;
use crate::store::Store;
use crate::store::database::Transaction;
use crate::store::drafts::{self, ChangeSet, Status};
use crate::store::revisions;
use crate::store::timed::Reason;

/// What a change set comes to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Draft {
    /// Its id.
    pub id: String,
    /// What it is for.
    pub title: String,
    /// Who began it.
    pub created_by: String,
    /// Everybody who has edited it.
    pub authors: Vec<String>,
    /// When it was begun.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was edited last.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// What it changes on the live revision.
    pub difference: Difference,
    /// What it changes, and somebody else's publication has changed since.
    pub conflicts: Vec<Conflict>,
}

/// Begins a change set; `id` is its new name.
///
/// # Errors
/// Fails when the store does.
pub async fn begin(store: &Store, id: &str, title: &str, by: &By<'_>) -> Result<ChangeSet, EditError> {
    let mut tx = store.write().await?;
    let set = begin_in(&mut *tx, id, title, by).await?;
    tx.commit().await?;
    Ok(set)
}

pub(super) async fn begin_in(
    tx: &mut dyn Transaction,
    id: &str,
    title: &str,
    by: &By<'_>,
) -> Result<ChangeSet, EditError> {
    let set = drafts::begin(tx, id, title, &by.actor.id, by.now).await?;
    note(tx, by, Action::SetCreated, id, None, Some(json!({ "title": title }))).await?;
    Ok(set)
}

/// Throws a change set away.
///
/// # Errors
/// Fails when there is none that is open, and when the store does.
pub async fn discard(store: &Store, id: &str, by: &By<'_>) -> Result<(), EditError> {
    let mut tx = store.write().await?;
    let set = open_set(&mut *tx, id).await?;
    let paths: Vec<String> = drafts::changes(&mut *tx, id).await?.into_iter().map(|change| change.path).collect();
    drafts::close(&mut *tx, &set, Status::Discarded, None, by.now).await?;
    scheduling::take_back(&mut *tx, id, Reason::Discarded, by).await?;
    note(&mut *tx, by, Action::SetDiscarded, id, Some(json!({ "paths": paths })), None).await?;
    Ok(tx.commit().await?)
}

/// Returns what open change sets come to, the oldest first.
///
/// # Errors
/// Fails when the store does.
pub async fn open(store: &Store) -> Result<Vec<Draft>, EditError> {
    let mut tx = store.read().await?;
    let mut all = Vec::new();
    for set in drafts::open(&mut *tx).await? {
        all.push(draft(&mut *tx, set).await?);
    }
    Ok(all)
}

/// Returns what a change set comes to: the one that is named, else the editor's own, else the only one.
///
/// # Errors
/// Fails when there is none, and when the store does.
pub async fn draft_of(store: &Store, set: Option<&str>, actor: &Actor) -> Result<Draft, EditError> {
    let mut tx = store.read().await?;
    let set = meant(&mut *tx, set, actor).await?;
    draft(&mut *tx, set).await
}

/// Returns the change set that is meant by somebody who wants one that is there.
///
/// # Errors
/// Fails when there is none, and when the store does.
pub async fn meant(tx: &mut dyn Transaction, set: Option<&str>, actor: &Actor) -> Result<ChangeSet, EditError> {
    if let Some(set) = chosen(tx, set, actor).await? {
        return Ok(set);
    }
    let mut open = drafts::open(tx).await?;
    match open.len() {
        0 => Err(EditError::NotFound("open change set".to_owned())),
        1 => Ok(open.remove(0)),
        _ => Err(EditError::WhichSet(open.iter().map(|set| set.id.as_str()).collect::<Vec<_>>().join(", "))),
    }
}

async fn draft(tx: &mut dyn Transaction, set: ChangeSet) -> Result<Draft, EditError> {
    let live = live(tx).await?;
    let changes = drafts::changes(tx, &set.id).await?;
    let conflicts = conflicts(tx, &changes, &live).await?;
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for change in &changes {
        if let Some(bytes) = revisions::file(tx, &live, &change.path).await? {
            before.push(SourceFile { path: change.path.clone(), bytes });
        }
        if let Some(hash) = &change.hash {
            after.push(SourceFile { path: change.path.clone(), bytes: drafts::bytes(tx, hash).await? });
        }
    }
    let authors = drafts::authors(tx, &set.id).await?;
    let ChangeSet { id, title, created_by, created_at, updated_at, .. } = set;
    let difference = Difference::between(&before, &after);
    Ok(Draft { id, title, created_by, authors, created_at, updated_at, difference, conflicts })
}

/// Returns every fault of the live revision with a change set laid over it.
///
/// # Errors
/// Fails when there is no such set, and when the store does.
pub async fn check(store: &Store, set: Option<&str>, actor: &Actor) -> Result<Vec<Diagnostic>, EditError> {
    let files = files(store, set, actor).await?;
    let diagnostics = tokio::task::spawn_blocking(move || read(files, &ReadOptions::default()).1);
    Ok(diagnostics.await.context("the check ended too early")?)
}

/// Returns the files of the live revision with a change set laid over them.
///
/// # Errors
/// Fails when there is no such set, and when the store does.
pub async fn files(store: &Store, set: Option<&str>, actor: &Actor) -> Result<Vec<SourceFile>, EditError> {
    let mut tx = store.read().await?;
    let set = chosen(&mut *tx, set, actor).await?;
    let live = live(&mut *tx).await?;
    let stored = revisions::files(&mut *tx, &live).await?.context("the live revision is not stored")?;
    let mut files: BTreeMap<String, Vec<u8>> = stored.into_iter().map(|file| (file.path, file.bytes)).collect();
    if let Some(set) = set {
        for change in drafts::changes(&mut *tx, &set.id).await? {
            match &change.hash {
                Some(hash) => files.insert(change.path, drafts::bytes(&mut *tx, hash).await?),
                None => files.remove(&change.path),
            };
        }
    }
    Ok(files.into_iter().map(|(path, bytes)| SourceFile { path, bytes }).collect())
}

/// Returns the paths that a change set changes and that belong together with a path: it alone, or all files of an entry.
async fn concerned(tx: &mut dyn Transaction, set: &str, path: &str) -> Result<Vec<String>, EditError> {
    let entry = touched_entry(path);
    let mut paths: Vec<String> = drafts::changes(tx, set).await?.into_iter().map(|change| change.path).collect();
    paths.retain(|other| other == path || entry.is_some() && touched_entry(other) == entry);
    if paths.is_empty() { Err(EditError::NotFound(format!("change of {path:?}"))) } else { Ok(paths) }
}

/// Says that an editor has seen what went live under a change: it is no conflict any more, and the change stands. An entry is one
/// thing, whatever its languages.
///
/// # Errors
/// Fails when the set does not change that file, or no file of that entry, and when the store does.
pub async fn keep_own(store: &Store, set: &str, path: &str, by: &By<'_>) -> Result<(), EditError> {
    let mut tx = store.write().await?;
    open_set(&mut *tx, set).await?;
    let live = live(&mut *tx).await?;
    for path in concerned(&mut *tx, set, path).await? {
        drafts::rebase(&mut *tx, set, &path, &live).await?;
    }
    note(&mut *tx, by, Action::EntryEdited, path, None, Some(json!({ "kept_over": live }))).await?;
    Ok(tx.commit().await?)
}

/// Takes back what a change set does to a file, or to all files of an entry.
///
/// # Errors
/// Fails when the set does not change that file, or no file of that entry, and when the store does.
pub async fn revert(store: &Store, set: &str, path: &str, by: &By<'_>) -> Result<(), EditError> {
    let mut tx = store.write().await?;
    open_set(&mut *tx, set).await?;
    for path in concerned(&mut *tx, set, path).await? {
        drafts::revert(&mut *tx, set, &path, by.now).await?;
    }
    note(&mut *tx, by, Action::EntryEdited, path, None, Some(json!({ "reverted": true }))).await?;
    Ok(tx.commit().await?)
}
