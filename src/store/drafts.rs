//! Change sets: the edits that editors have made and not published, each with the revision that it started from.

use jiff::Timestamp;

use crate::store::database::{Row, Transaction, Value};
use crate::store::error::{StoreError, Unavailable};
use crate::store::revisions::{self, FileHash, file_hash, hash_of};
use crate::store::{millis, time};

/// What has become of a change set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It can be edited.
    Open,
    /// It has gone live.
    Published,
    /// Somebody threw it away.
    Discarded,
}

impl Status {
    /// Returns its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Published => "published",
            Self::Discarded => "discarded",
        }
    }

    fn of(name: &str) -> Result<Self, StoreError> {
        let known = [Self::Open, Self::Published, Self::Discarded].into_iter().find(|status| status.name() == name);
        known.ok_or_else(|| StoreError::unavailable(Unavailable::Corrupt, format!("unknown status {name:?}")))
    }
}

/// A named set of edits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeSet {
    /// Its name in addresses.
    pub id: String,
    /// What it is for.
    pub title: String,
    /// What has become of it.
    pub status: Status,
    /// Who began it.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// When it was edited last.
    pub updated_at: Timestamp,
    /// How often it has been edited.
    pub n_edits: i64,
    /// The revision that it was published as.
    pub revision: Option<String>,
}

/// One file that a change set changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its path.
    pub path: String,
    /// The revision that was live when the file was edited first.
    pub base: String,
    /// What it holds now; `None` where it is removed.
    pub hash: Option<FileHash>,
    /// Who edited it last.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}

const SET: &str = "id, title, status, created_by, created_at, updated_at, n_edits, revision";
const CHANGE: &str = "path, base, hash, actor, at";

fn set(row: &Row) -> Result<ChangeSet, StoreError> {
    Ok(ChangeSet {
        id: row.text(0)?,
        title: row.text(1)?,
        status: Status::of(&row.text(2)?)?,
        created_by: row.text(3)?,
        created_at: time(row.integer(4)?)?,
        updated_at: time(row.integer(5)?)?,
        n_edits: row.integer(6)?,
        revision: row.optional_text(7)?,
    })
}

fn change(row: &Row) -> Result<Change, StoreError> {
    Ok(Change {
        path: row.text(0)?,
        base: row.text(1)?,
        hash: row.optional_bytes(2)?.as_deref().map(file_hash).transpose()?,
        actor: row.text(3)?,
        at: time(row.integer(4)?)?,
    })
}

/// Begins a change set.
///
/// # Errors
/// Fails with a conflict when there is one of this name, and when the database does.
pub async fn begin(
    tx: &mut dyn Transaction,
    id: &str,
    title: &str,
    actor: &str,
    now: Timestamp,
) -> Result<ChangeSet, StoreError> {
    let sql = "INSERT INTO change_sets (id, title, status, created_by, created_at, updated_at, n_edits) \
               VALUES ($1, $2, 'open', $3, $4, $4, 0)";
    tx.execute(sql, &[id.into(), title.into(), actor.into(), millis(now).into()]).await?;
    get(tx, id).await?.ok_or(StoreError::Conflict)
}

/// Returns a change set.
///
/// # Errors
/// Fails when the database does.
pub async fn get(tx: &mut dyn Transaction, id: &str) -> Result<Option<ChangeSet>, StoreError> {
    let sql = format!("SELECT {SET} FROM change_sets WHERE id = $1");
    tx.rows(&sql, &[id.into()]).await?.first().map(set).transpose()
}

/// Returns the open change sets, the oldest first.
///
/// # Errors
/// Fails when the database does.
pub async fn open(tx: &mut dyn Transaction) -> Result<Vec<ChangeSet>, StoreError> {
    let sql = format!("SELECT {SET} FROM change_sets WHERE status = 'open' ORDER BY created_at, id");
    tx.rows(&sql, &[]).await?.iter().map(set).collect()
}

/// Returns what a change set changes, in the order of paths.
///
/// # Errors
/// Fails when the database does.
pub async fn changes(tx: &mut dyn Transaction, id: &str) -> Result<Vec<Change>, StoreError> {
    let sql = format!("SELECT {CHANGE} FROM changes WHERE change_set = $1");
    let rows = tx.rows(&sql, &[id.into()]).await?;
    let mut changes: Vec<Change> = rows.iter().map(change).collect::<Result<_, _>>()?;
    changes.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(changes)
}

/// Returns the bytes of a stored file.
///
/// # Errors
/// Fails when the database does.
pub async fn bytes(tx: &mut dyn Transaction, hash: &FileHash) -> Result<Vec<u8>, StoreError> {
    let rows = tx.rows("SELECT bytes FROM files WHERE hash = $1", &[hash.as_slice().into()]).await?;
    let row = rows.first().ok_or_else(|| StoreError::unavailable(Unavailable::Corrupt, "a file is missing"))?;
    row.bytes(0)
}

/// Changes a file within a change set: `bytes` is what it holds from now on, `None` removes it. `live` is the revision that is
/// live; the first edit of a file starts from it.
///
/// # Errors
/// Fails when the database does.
pub async fn edit(
    tx: &mut dyn Transaction,
    id: &str,
    path: &str,
    bytes: Option<&[u8]>,
    live: &str,
    actor: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    revisions::put_files(tx, bytes.into_iter()).await?;
    let hash = bytes.map(|bytes| hash_of(bytes).to_vec());
    let sql = "INSERT INTO changes (change_set, path, base, hash, actor, at) VALUES ($1, $2, $3, $4, $5, $6) \
               ON CONFLICT (change_set, path) DO UPDATE SET hash = excluded.hash, actor = excluded.actor, at = excluded.at";
    let values: [Value; 6] = [id.into(), path.into(), live.into(), hash.into(), actor.into(), millis(now).into()];
    tx.execute(sql, &values).await?;
    let sql = "INSERT INTO change_set_authors (change_set, actor) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    tx.execute(sql, &[id.into(), actor.into()]).await?;
    touch(tx, id, now).await
}

/// Takes a file's change back; false when there is none.
///
/// # Errors
/// Fails when the database does.
pub async fn revert(tx: &mut dyn Transaction, id: &str, path: &str, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "DELETE FROM changes WHERE change_set = $1 AND path = $2";
    let reverted = tx.execute(sql, &[id.into(), path.into()]).await? == 1;
    touch(tx, id, now).await?;
    Ok(reverted)
}

/// Says that a change has seen a later revision: what was live then is no longer in conflict with it.
///
/// # Errors
/// Fails when the database does.
pub async fn rebase(tx: &mut dyn Transaction, id: &str, path: &str, base: &str) -> Result<bool, StoreError> {
    let sql = "UPDATE changes SET base = $1 WHERE change_set = $2 AND path = $3";
    Ok(tx.execute(sql, &[base.into(), id.into(), path.into()]).await? == 1)
}

/// Notes that a change set is being edited; on PostgreSQL this also makes whoever comes next wait.
///
/// # Errors
/// Fails when the database does.
pub async fn touch(tx: &mut dyn Transaction, id: &str, now: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE change_sets SET updated_at = $1, n_edits = n_edits + 1 WHERE id = $2";
    tx.execute(sql, &[millis(now).into(), id.into()]).await.map(drop)
}

/// Makes sure that a change set is open and as it was seen; on PostgreSQL, whoever wants to edit it waits from here on.
///
/// # Errors
/// Fails with a conflict when it is not open or has been edited since, and when the database does.
pub async fn hold(tx: &mut dyn Transaction, seen: &ChangeSet) -> Result<(), StoreError> {
    let sql = "UPDATE change_sets SET n_edits = n_edits WHERE id = $1 AND status = 'open' AND n_edits = $2";
    let held = tx.execute(sql, &[seen.id.as_str().into(), seen.n_edits.into()]).await? == 1;
    if held { Ok(()) } else { Err(StoreError::Conflict) }
}

/// Closes a change set as it was seen, published as a revision or thrown away.
///
/// # Errors
/// Fails with a conflict when it is not open or has been edited since, and when the database does.
pub async fn close(
    tx: &mut dyn Transaction,
    seen: &ChangeSet,
    status: Status,
    revision: Option<&str>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE change_sets SET status = $1, revision = $2, updated_at = $3 \
               WHERE id = $4 AND status = 'open' AND n_edits = $5";
    let values: [Value; 5] = [
        status.name().into(),
        revision.map(str::to_owned).into(),
        millis(now).into(),
        seen.id.as_str().into(),
        seen.n_edits.into(),
    ];
    if tx.execute(sql, &values).await? == 1 { Ok(()) } else { Err(StoreError::Conflict) }
}

/// Returns everybody who has edited a change set.
///
/// # Errors
/// Fails when the database does.
pub async fn authors(tx: &mut dyn Transaction, id: &str) -> Result<Vec<String>, StoreError> {
    let rows =
        tx.rows("SELECT actor FROM change_set_authors WHERE change_set = $1 ORDER BY actor", &[id.into()]).await?;
    rows.iter().map(|row| row.text(0)).collect()
}
