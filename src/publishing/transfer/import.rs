//! Import into a change set: all of it, or with any fault nothing.

use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::clock;
use crate::exchange::{self, Fault, Mapping, Note};
use crate::ids::new_id;
use crate::knowledge::content::SourceFile;
use crate::people::actor::Actor;
use crate::people::audit::{Action, AuditEvent};
use crate::publishing::background::in_background;
use crate::publishing::refusal::Refusal;
use crate::publishing::transfer::folder::Folder;
use crate::publishing::transfer::plan::{self, Counts, Plan};
use crate::publishing::transfer::{Standing, Which, standing};
use crate::publishing::{Publisher, proposal};
use crate::store::error::StoreError;
use crate::store::{audit, drafts, revisions};

/// What somebody wants to import, and how.
#[derive(Clone, Debug)]
pub struct Importing {
    /// What is brought.
    pub carried: Carried,
    /// The title of the change set that is begun for it.
    pub title: String,
    /// Who.
    pub actor: Actor,
    /// Where from, where that is known.
    pub address: Option<String>,
    /// The open change set that it goes into; a new one where none is named.
    pub change_set: Option<String>,
    /// Whether everything is done but the import.
    pub dry_run: bool,
}

/// Content as it is brought.
#[derive(Clone, Debug)]
pub enum Carried {
    /// Entries in one file: those that it names are put in place of what they were, the others stay.
    Entries {
        /// The file's format.
        format: exchange::Format,
        /// The file.
        bytes: Vec<u8>,
        /// The columns of somebody else's table.
        mapping: Mapping,
    },
    /// All files: what is not among them is removed.
    Folder(Folder),
}

/// What an import came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImportReport {
    /// Entries that were read.
    pub entries: usize,
    /// Their standard and similar questions.
    pub phrasings: usize,
    /// Entries that are new.
    pub created: usize,
    /// Entries that say something else than before.
    pub updated: usize,
    /// Entries that are there already, and the same.
    pub unchanged: usize,
    /// Entries that a folder holds no more.
    pub removed: usize,
    /// Files that are changed.
    pub files: usize,
    /// Everything that is wrong; with any fault nothing is imported.
    pub faults: Vec<Fault>,
    /// What is left out of a file of another system.
    pub notes: Vec<Note>,
    /// The change set that holds it; `None` where nothing was imported.
    pub change_set: Option<String>,
}

impl ImportReport {
    /// Says that the file cannot be read at all.
    pub fn unreadable(why: impl Into<String>) -> Self {
        Self { faults: vec![Fault::of_file(why)], ..Self::default() }
    }
}

/// Imports into a change set, over the content as it stands.
///
/// # Errors
/// Fails when the store does, when there is no such change set, when nothing has been published that could be changed, and with
/// a conflict when somebody edits the same change set meanwhile; nothing has changed then.
pub async fn import(publisher: &Publisher, importing: Importing) -> anyhow::Result<ImportReport> {
    let Importing { carried, title, actor, address, change_set, dry_run } = importing;
    let which = match change_set {
        None => Which::Live,
        change_set => Which::Draft { change_set },
    };
    let standing = standing(publisher, &which).await?;
    let can_be = dry_run || standing.live.is_some();
    anyhow::ensure!(can_be, Refusal::new("nothing has been published that an import could change"));
    let base = match &carried {
        Carried::Entries { .. } => None,
        Carried::Folder(folder) => base_of(publisher, folder, &standing).await?,
    };
    let (base, before) = base.map_or((standing.live.clone(), None), |(base, before)| (Some(base), Some(before)));
    let (standing, plan) = in_background(move || {
        let plan = match carried {
            Carried::Entries { format, bytes, mapping } => plan::of_entries(&standing.files, format, &bytes, &mapping),
            Carried::Folder(folder) => {
                plan::of_folder(&standing.files, before.as_ref().unwrap_or(&standing.files), &folder.files)
            }
        };
        Ok((standing, plan))
    })
    .await?;
    let mut report = report(&plan);
    let is_into = standing.change_set.as_ref().map(|set| set.id.clone());
    if !plan.faults.is_empty() || dry_run {
        return Ok(report);
    }
    report.change_set = match base {
        Some(base) if !plan.edits.is_empty() => {
            let entry = Entry { title: &title, actor: &actor, address, base: &base, standing: &standing, plan: &plan };
            Some(enter(publisher, entry).await?)
        }
        _ => is_into,
    };
    Ok(report)
}

/// Returns the revision that a folder started from, with its files, where that is not the live one: what went live since is not
/// the folder's to take back.
async fn base_of(
    publisher: &Publisher,
    folder: &Folder,
    standing: &Standing,
) -> anyhow::Result<Option<(String, Vec<SourceFile>)>> {
    if folder.bases.iter().any(|base| Some(base) == standing.live.as_ref()) {
        return Ok(None);
    }
    let mut tx = publisher.store().read().await?;
    for base in folder.bases.iter().rev() {
        if let Some(files) = revisions::files(&mut *tx, base).await? {
            return Ok(Some((base.clone(), files)));
        }
    }
    Ok(None)
}

/// Says what is done, or with faults that nothing is.
fn report(plan: &Plan) -> ImportReport {
    let Counts { entries, phrasings, created, updated, unchanged, removed } = plan.counts;
    let of_done = |n: usize| if plan.faults.is_empty() { n } else { 0 };
    ImportReport {
        entries,
        phrasings,
        created: of_done(created),
        updated: of_done(updated),
        unchanged: of_done(unchanged),
        removed: of_done(removed),
        files: of_done(plan.edits.len()),
        faults: plan.faults.clone(),
        notes: plan.notes.clone(),
        change_set: None,
    }
}

/// What is entered into the store.
struct Entry<'e> {
    title: &'e str,
    actor: &'e Actor,
    address: Option<String>,
    base: &'e str,
    standing: &'e Standing,
    plan: &'e Plan,
}

/// Stores the edits in one transaction; returns the change set.
async fn enter(publisher: &Publisher, entry: Entry<'_>) -> anyhow::Result<String> {
    let Entry { title, actor, address, base, standing, plan } = entry;
    let now = clock::now();
    let mut tx = publisher.store().write().await?;
    let id = match &standing.change_set {
        None => drafts::begin(&mut *tx, &new_id("set"), title, &actor.id, now).await?.id,
        Some(set) => {
            let set = proposal::change_set(&mut *tx, Some(&set.id)).await?;
            // What was checked is what stood there.
            anyhow::ensure!(drafts::changes(&mut *tx, &set.id).await? == standing.changes, StoreError::Conflict);
            set.id
        }
    };
    for (path, bytes) in &plan.edits {
        drafts::edit(&mut *tx, &id, path, bytes.as_deref(), base, &actor.id, now).await?;
    }
    let Counts { entries, created, updated, unchanged, removed, .. } = plan.counts;
    let mut event = AuditEvent::new(now, actor, Action::ContentImported, &id).after(json!({
        "entries": entries,
        "created": created,
        "updated": updated,
        "unchanged": unchanged,
        "removed": removed,
        "files": plan.edits.len(),
        "base": base,
    }));
    event.address = address;
    audit::add(&mut *tx, event).await?;
    tx.commit().await?;
    Ok(id)
}
