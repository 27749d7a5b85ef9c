//! What editors do before anything is published: begin a change set, change entries and files in it, see what it comes to.
//! Each change says which state it was made on; what has changed meanwhile is not overwritten.

pub mod content;
pub mod overview;
pub mod sets;

use sha2::{Digest, Sha256};

use crate::exchange::faults::FieldFault;
use crate::knowledge::difference::touched_entry;
use crate::people::actor::Actor;
use crate::people::audit::{Action, AuditEvent};
use crate::people::by::By;
use crate::publishing::refusal::Refusal;
use crate::store::audit;
use crate::store::database::Transaction;
use crate::store::drafts::{self, ChangeSet, Status};
use crate::store::error::StoreError;
use crate::store::revisions::{self, FileHash, Manifest};

/// Why an edit was not made.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// There is no such thing.
    #[error("there is no {0}")]
    NotFound(String),
    /// The change set is published or thrown away.
    #[error("the change set is {0} already")]
    NotOpen(&'static str),
    /// Several change sets are open, and none was named.
    #[error("several of your change sets are open; name one: {0}")]
    WhichSet(String),
    /// Somebody has changed it meanwhile.
    #[error("it is another now than the one that was edited")]
    Changed {
        /// The state that it is in; `None` where it does not exist.
        etag: Option<String>,
    },
    /// The document cannot become files.
    #[error("some fields cannot be")]
    Faults(Vec<FieldFault>),
    /// A path that no content can have.
    #[error("{0:?} is no path of a file of the content")]
    BadPath(String),
    /// The entry's files cannot be read as an entry.
    #[error("its files have errors: {0}")]
    Unreadable(String),
    /// The store cannot.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Anything else.
    #[error(transparent)]
    Other(#[from] anyhow::Error),
}

/// The state that whoever edits has seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// This one.
    Etag(String),
    /// That it does not exist.
    Nothing,
}

/// Something of a draft, with the state that it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen<T> {
    /// The thing.
    pub value: T,
    /// Its state.
    pub etag: String,
    /// The change set that it was seen in; `None` on the live revision.
    pub change_set: Option<String>,
}

/// The live revision with a change set laid over it.
struct View {
    live: String,
    files: Manifest,
    set: Option<ChangeSet>,
}

impl View {
    async fn of(tx: &mut dyn Transaction, set: Option<ChangeSet>) -> Result<Self, EditError> {
        let live = live(tx).await?;
        let mut files = revisions::manifest(tx, &live).await?;
        if let Some(set) = &set {
            for change in drafts::changes(tx, &set.id).await? {
                match change.hash {
                    Some(hash) => files.insert(change.path, hash),
                    None => files.remove(&change.path),
                };
            }
        }
        Ok(Self { live, files, set })
    }

    fn of_entry(&self, id: &str) -> Vec<(&String, &FileHash)> {
        self.files.iter().filter(|(path, _)| touched_entry(path) == Some(id)).collect()
    }

    fn seen<T>(&self, value: T, etag: String) -> Seen<T> {
        Seen { value, etag, change_set: self.set.as_ref().map(|set| set.id.clone()) }
    }
}

/// The state that some files are in.
fn etag_of(files: &[(&String, &FileHash)]) -> Option<String> {
    let mut hash = Sha256::new();
    for (path, content) in files {
        hash.update((path.len() as u64).to_le_bytes());
        hash.update(path.as_bytes());
        hash.update(content);
    }
    (!files.is_empty()).then(|| hash.finalize().iter().take(12).map(|byte| format!("{byte:02x}")).collect())
}

fn check_expected(expected: &Expected, etag: Option<String>) -> Result<(), EditError> {
    let holds = match expected {
        Expected::Etag(seen) => etag.as_ref() == Some(seen),
        Expected::Nothing => etag.is_none(),
    };
    if holds { Ok(()) } else { Err(EditError::Changed { etag }) }
}

async fn live(tx: &mut dyn Transaction) -> Result<String, EditError> {
    let live = revisions::live(tx).await?;
    let live = live.ok_or_else(|| anyhow::Error::new(Refusal::new("nothing has been published yet")))?;
    Ok(live.revision)
}

/// Returns a change set that is open.
async fn open_set(tx: &mut dyn Transaction, id: &str) -> Result<ChangeSet, EditError> {
    let set = drafts::get(tx, id).await?.ok_or_else(|| EditError::NotFound(format!("change set {id:?}")))?;
    if set.status == Status::Open { Ok(set) } else { Err(EditError::NotOpen(set.status.name())) }
}

/// Returns the change set that is named, else the only open one that the editor has begun, if there is one.
async fn chosen(tx: &mut dyn Transaction, set: Option<&str>, actor: &Actor) -> Result<Option<ChangeSet>, EditError> {
    if let Some(id) = set {
        return open_set(tx, id).await.map(Some);
    }
    let mut own = drafts::open(tx).await?;
    own.retain(|set| set.created_by == actor.id);
    if own.len() > 1 {
        return Err(EditError::WhichSet(own.iter().map(|set| set.id.as_str()).collect::<Vec<_>>().join(", ")));
    }
    Ok(own.pop())
}

/// Locks the change set that is edited, begun here where the editor has none, and looks at what it holds.
async fn view_to_edit(
    tx: &mut dyn Transaction,
    set: Option<&str>,
    new_set: &str,
    by: &By<'_>,
) -> Result<View, EditError> {
    let set = match chosen(tx, set, by.actor).await? {
        Some(set) => set,
        None => sets::begin_in(tx, new_set, &by.actor.name, by).await?,
    };
    // Whoever edits the same set at the same time waits here, and then sees this edit.
    drafts::touch(tx, &set.id, by.now).await?;
    View::of(tx, Some(set)).await
}

async fn edit(
    tx: &mut dyn Transaction,
    view: &View,
    edits: &[(&str, Option<&[u8]>)],
    by: &By<'_>,
) -> Result<(), EditError> {
    let Some(set) = &view.set else { return Ok(()) };
    for (path, bytes) in edits {
        drafts::edit(tx, &set.id, path, *bytes, &view.live, &by.actor.id, by.now).await?;
    }
    Ok(())
}

async fn note(
    tx: &mut dyn Transaction,
    by: &By<'_>,
    action: Action,
    subject: &str,
    before: Option<serde_json::Value>,
    after: Option<serde_json::Value>,
) -> Result<(), StoreError> {
    let event = by.event(action, subject);
    let event = before.into_iter().fold(event, AuditEvent::before);
    audit::add(tx, after.into_iter().fold(event, AuditEvent::after)).await
}
