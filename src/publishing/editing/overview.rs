//! All entries at a glance, as they are in a change set: what each is asked, and whether it is new, changed or taken out there.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::exchange::document::EntryDocument;
use crate::exchange::files_of;
use crate::knowledge::content::{Content, SourceFile};
use crate::knowledge::difference::touched_entry;
use crate::knowledge::{ReadOptions, read};
use crate::people::actor::Actor;
use crate::publishing::editing::{EditError, View, chosen, sets};
use crate::store::Store;
use crate::store::drafts;
use crate::store::revisions;

/// What a change set does to an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntryState {
    /// It is as it is live.
    Live,
    /// It is not live yet.
    New,
    /// It is another than the live one.
    Changed,
    /// It is taken out.
    Removed,
}

/// The content as it is in a change set.
pub struct Overview {
    /// The change set; `None` on the live revision.
    pub set: Option<String>,
    /// The content; of what is taken out, as it is live.
    pub content: Content,
    /// What the change set touches, by id.
    pub touched: BTreeMap<String, EntryState>,
}

impl Overview {
    /// Returns what the change set does to an entry.
    pub fn state(&self, id: &str) -> EntryState {
        self.touched.get(id).copied().unwrap_or(EntryState::Live)
    }
}

/// Returns the content as it is in a change set.
///
/// # Errors
/// Fails when there is no such set, and when the store does.
pub async fn overview(store: &Store, set: Option<&str>, actor: &Actor) -> Result<Overview, EditError> {
    let mut files = sets::files(store, set, actor).await?;
    let mut tx = store.read().await?;
    let set = chosen(&mut *tx, set, actor).await?;
    let view = View::of(&mut *tx, None).await?;
    let mut touched = BTreeMap::new();
    if let Some(set) = &set {
        let here: BTreeSet<String> =
            files.iter().filter_map(|file| touched_entry(&file.path)).map(str::to_owned).collect();
        for change in drafts::changes(&mut *tx, &set.id).await? {
            let Some(id) = touched_entry(&change.path) else { continue };
            let was_there = !view.of_entry(id).is_empty();
            let state = match (was_there, here.contains(id)) {
                (true, true) => EntryState::Changed,
                (false, true) => EntryState::New,
                (true, false) => EntryState::Removed,
                (false, false) => continue,
            };
            touched.insert(id.to_owned(), state);
        }
        for (id, _) in touched.iter().filter(|(_, state)| **state == EntryState::Removed) {
            for (path, hash) in view.of_entry(id) {
                files.push(SourceFile { path: path.clone(), bytes: drafts::bytes(&mut *tx, hash).await? });
            }
        }
    }
    let content = tokio::task::spawn_blocking(move || read(files, &ReadOptions::default()).0);
    let content = content.await.context("the reading ended too early")?;
    Ok(Overview { set: set.map(|set| set.id), content, touched })
}

/// Returns the content as it is in a change set, with an entry in place of what it is there.
///
/// # Errors
/// Fails when there is no such set, when the entry cannot become files, and when the store does.
pub async fn content_with(
    store: &Store,
    set: Option<&str>,
    entry: Option<EntryDocument>,
    actor: &Actor,
) -> Result<Content, EditError> {
    let mut files = sets::files(store, set, actor).await?;
    if let Some(document) = entry.map(EntryDocument::normalised) {
        let faults = document.faults();
        if !faults.is_empty() {
            return Err(EditError::Faults(faults));
        }
        files.retain(|file| touched_entry(&file.path) != Some(&document.id.0));
        files.extend(files_of(&document));
    }
    let content = tokio::task::spawn_blocking(move || read(files, &ReadOptions::default()).0);
    Ok(content.await.context("the reading ended too early")?)
}

/// Returns the files of what was live at an instant, with its publication; `None` before the first one.
///
/// # Errors
/// Fails when the store does.
pub async fn live_at(
    store: &Store,
    at: jiff::Timestamp,
) -> Result<Option<(revisions::Publication, Vec<SourceFile>)>, EditError> {
    let mut tx = store.read().await?;
    let Some(publication) = revisions::live_at(&mut *tx, at).await? else { return Ok(None) };
    let files = revisions::files(&mut *tx, &publication.revision).await?;
    Ok(Some((publication, files.context("a revision that was live is not stored")?)))
}
