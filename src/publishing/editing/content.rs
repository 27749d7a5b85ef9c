//! Entries as documents, all other content as files: read and changed within a change set.

use serde_json::json;

use crate::exchange::document::EntryDocument;
use crate::exchange::files_of;
use crate::knowledge::content::SourceFile;
use crate::knowledge::diagnostic::Diagnostic;
use crate::knowledge::{ReadOptions, read};
use crate::people::actor::Actor;
use crate::people::audit::Action;
use crate::people::by::By;
use crate::publishing::editing::{
    EditError, Expected, Seen, View, check_expected, chosen, edit, etag_of, note, view_to_edit,
};
use crate::store::Store;
use crate::store::database::Transaction;
use crate::store::drafts;
use crate::store::revisions::FileHash;

/// Returns an entry as it is in a change set.
///
/// # Errors
/// Fails when there is none, when its files cannot be read, and when the store does.
pub async fn entry(
    store: &Store,
    set: Option<&str>,
    id: &str,
    actor: &Actor,
) -> Result<Seen<EntryDocument>, EditError> {
    let mut tx = store.read().await?;
    let set = chosen(&mut *tx, set, actor).await?;
    let view = View::of(&mut *tx, set).await?;
    let document = document(&mut *tx, &view, id).await?;
    let etag = etag_of(&view.of_entry(id)).unwrap_or_default();
    Ok(view.seen(document, etag))
}

async fn document(tx: &mut dyn Transaction, view: &View, id: &str) -> Result<EntryDocument, EditError> {
    let mut files = Vec::new();
    for (path, hash) in view.of_entry(id) {
        files.push(SourceFile { path: path.clone(), bytes: drafts::bytes(tx, hash).await? });
    }
    if files.is_empty() {
        return Err(EditError::NotFound(format!("entry {id:?}")));
    }
    // Of an entry alone: what it refers to is missing here, and that is no fault of its own.
    let (content, diagnostics) = read(files, &ReadOptions::default());
    let entry = content.entries.first().map(EntryDocument::of);
    entry.ok_or_else(|| EditError::Unreadable(diagnostics.first().map(Diagnostic::render).unwrap_or_default()))
}

/// Changes an entry, or makes it; `new_set` names the change set that is begun where the editor has none.
///
/// # Errors
/// Fails when it is in another state than expected, when it cannot become files, and when the store does.
pub async fn put_entry(
    store: &Store,
    set: Option<&str>,
    new_set: &str,
    document: EntryDocument,
    expected: &Expected,
    by: &By<'_>,
) -> Result<Seen<EntryDocument>, EditError> {
    let document = document.normalised();
    let faults = document.faults();
    if !faults.is_empty() {
        return Err(EditError::Faults(faults));
    }
    let id = document.id.0.clone();
    let wanted = files_of(&document);
    let mut tx = store.write().await?;
    let view = view_to_edit(&mut *tx, set, new_set, by).await?;
    let there = view.of_entry(&id);
    check_expected(expected, etag_of(&there))?;
    let before = self::document(&mut *tx, &view, &id).await.ok();
    let gone = there.iter().map(|(path, _)| *path).filter(|path| !wanted.iter().any(|file| file.path == **path));
    let mut edits: Vec<(&str, Option<&[u8]>)> = gone.map(|path| (path.as_str(), None)).collect();
    edits.extend(wanted.iter().map(|file| (file.path.as_str(), Some(file.bytes.as_slice()))));
    edit(&mut *tx, &view, &edits, by).await?;
    let (before, after) = (before.map(|before| json!(before)), Some(json!(document)));
    note(&mut *tx, by, Action::EntryEdited, &id, before, after).await?;
    let view = View::of(&mut *tx, view.set).await?;
    let etag = etag_of(&view.of_entry(&id)).unwrap_or_default();
    tx.commit().await?;
    Ok(view.seen(document, etag))
}

/// Takes an entry out.
///
/// # Errors
/// Fails when it is in another state than expected or does not exist, and when the store does.
pub async fn delete_entry(
    store: &Store,
    set: Option<&str>,
    new_set: &str,
    id: &str,
    expected: &Expected,
    by: &By<'_>,
) -> Result<(), EditError> {
    let mut tx = store.write().await?;
    let view = view_to_edit(&mut *tx, set, new_set, by).await?;
    let there = view.of_entry(id);
    if there.is_empty() {
        return Err(EditError::NotFound(format!("entry {id:?}")));
    }
    check_expected(expected, etag_of(&there))?;
    let before = document(&mut *tx, &view, id).await.ok().map(|before| json!(before));
    let edits: Vec<(&str, Option<&[u8]>)> = there.iter().map(|(path, _)| (path.as_str(), None)).collect();
    edit(&mut *tx, &view, &edits, by).await?;
    note(&mut *tx, by, Action::EntryDeleted, id, before, None).await?;
    Ok(tx.commit().await?)
}

/// Returns a file as it is in a change set.
///
/// # Errors
/// Fails when there is none, and when the store does.
pub async fn file(store: &Store, set: Option<&str>, path: &str, actor: &Actor) -> Result<Seen<Vec<u8>>, EditError> {
    let mut tx = store.read().await?;
    let set = chosen(&mut *tx, set, actor).await?;
    let view = View::of(&mut *tx, set).await?;
    let found = view.files.get_key_value(path).ok_or_else(|| EditError::NotFound(format!("file {path:?}")))?;
    let bytes = drafts::bytes(&mut *tx, found.1).await?;
    let etag = etag_of(&[found]).unwrap_or_default();
    Ok(view.seen(bytes, etag))
}

/// Changes a file, makes it, or (without `bytes`) takes it out.
///
/// # Errors
/// Fails when it is in another state than expected, on a path that no content can have, and when the store does.
pub async fn put_file(
    store: &Store,
    set: Option<&str>,
    new_set: &str,
    file: (&str, Option<&[u8]>),
    expected: &Expected,
    by: &By<'_>,
) -> Result<Seen<()>, EditError> {
    let (path, bytes) = file;
    if !is_path(path) {
        return Err(EditError::BadPath(path.to_owned()));
    }
    let mut tx = store.write().await?;
    let view = view_to_edit(&mut *tx, set, new_set, by).await?;
    let there: Vec<(&String, &FileHash)> = view.files.get_key_value(path).into_iter().collect();
    check_expected(expected, etag_of(&there))?;
    if there.is_empty() && bytes.is_none() {
        return Err(EditError::NotFound(format!("file {path:?}")));
    }
    edit(&mut *tx, &view, &[file], by).await?;
    let action = if bytes.is_some() { Action::EntryEdited } else { Action::EntryDeleted };
    let size = |bytes: &[u8]| json!({ "bytes": bytes.len() });
    note(&mut *tx, by, action, path, None, bytes.map(size)).await?;
    let view = View::of(&mut *tx, view.set).await?;
    let etag = etag_of(&view.files.get_key_value(path).into_iter().collect::<Vec<_>>()).unwrap_or_default();
    tx.commit().await?;
    Ok(view.seen((), etag))
}

/// The longest path of a file of the content, in bytes.
const LONGEST_PATH: usize = 300;

/// Says whether a path could be one of the content: below one of its two folders, without tricks.
fn is_path(path: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
    };
    let parts: Vec<&str> = path.split('/').collect();
    path.len() <= LONGEST_PATH
        && (2..=4).contains(&parts.len())
        && ["knowledge-base", "intents"].contains(&parts[0])
        && parts.iter().all(|part| plain(part))
}
