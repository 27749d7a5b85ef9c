//! Revisions, which never change, and publications, the last of which says which revision is live.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::knowledge::content::SourceFile;
use crate::store::database::{Row, Transaction, Value, insert_missing};
use crate::store::error::{StoreError, Unavailable};
use crate::store::{millis, time};

/// The hash of a file's bytes.
pub type FileHash = [u8; 32];

/// The paths of a revision's files, with what they hold.
pub type Manifest = BTreeMap<String, FileHash>;

/// Returns the hash under which a file's bytes are kept.
pub fn hash_of(bytes: &[u8]) -> FileHash {
    Sha256::digest(bytes).into()
}

/// Why a revision went live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It was published.
    Publish,
    /// Somebody went back to it.
    Rollback,
    /// Another engine has passed the gate with it.
    Engine,
}

impl Kind {
    /// Returns its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Publish => "publish",
            Self::Rollback => "rollback",
            Self::Engine => "engine",
        }
    }

    fn of(name: &str) -> Result<Self, StoreError> {
        let known = [Self::Publish, Self::Rollback, Self::Engine].into_iter().find(|kind| kind.name() == name);
        known.ok_or_else(|| StoreError::unavailable(Unavailable::Corrupt, format!("unknown publication {name:?}")))
    }
}

/// One time that a revision went live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// Counts publications, without gaps.
    pub seq: i64,
    /// The revision.
    pub revision: String,
    /// Why.
    pub kind: Kind,
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub actor: String,
    /// What they say about it.
    pub note: String,
    /// Whether the gate had said no.
    pub forced: bool,
    /// The engine that the gate ran on.
    pub engine: String,
}

/// What is stored of a revision besides its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// The hash of its content.
    pub id: String,
    /// When it was stored first.
    pub created_at: Timestamp,
    /// Its entries.
    pub n_entries: i64,
    /// The last time that it went live.
    pub publication: Publication,
}

const PUBLICATION: &str = "seq, revision, kind, at, actor, note, forced, engine";

fn publication(row: &Row) -> Result<Publication, StoreError> {
    Ok(Publication {
        seq: row.integer(0)?,
        revision: row.text(1)?,
        kind: Kind::of(&row.text(2)?)?,
        at: time(row.integer(3)?)?,
        actor: row.text(4)?,
        note: row.text(5)?,
        forced: row.boolean(6)?,
        engine: row.text(7)?,
    })
}

/// Returns the last publication: what is live.
///
/// # Errors
/// Fails when the database does.
pub async fn live(tx: &mut dyn Transaction) -> Result<Option<Publication>, StoreError> {
    let sql = format!("SELECT {PUBLICATION} FROM publications ORDER BY seq DESC LIMIT 1");
    tx.rows(&sql, &[]).await?.first().map(publication).transpose()
}

/// Returns the last publication of a revision.
///
/// # Errors
/// Fails when the database does.
pub async fn last_of(tx: &mut dyn Transaction, revision: &str) -> Result<Option<Publication>, StoreError> {
    let sql = format!("SELECT {PUBLICATION} FROM publications WHERE revision = $1 ORDER BY seq DESC LIMIT 1");
    tx.rows(&sql, &[revision.into()]).await?.first().map(publication).transpose()
}

/// Returns what was live at an instant; `None` before the first publication.
///
/// # Errors
/// Fails when the database does.
pub async fn live_at(tx: &mut dyn Transaction, at: Timestamp) -> Result<Option<Publication>, StoreError> {
    let sql = format!("SELECT {PUBLICATION} FROM publications WHERE at <= $1 ORDER BY seq DESC LIMIT 1");
    tx.rows(&sql, &[millis(at).into()]).await?.first().map(publication).transpose()
}

/// Returns the last report of the gate on a revision, as JSON text.
///
/// # Errors
/// Fails when the database does.
pub async fn report(tx: &mut dyn Transaction, revision: &str) -> Result<Option<String>, StoreError> {
    let sql = "SELECT report FROM publications WHERE revision = $1 AND report IS NOT NULL ORDER BY seq DESC LIMIT 1";
    tx.rows(sql, &[revision.into()]).await?.first().map_or(Ok(None), |row| row.optional_text(0))
}

/// Makes a revision that is stored the live one, as the publication after `after` (0 for the first).
///
/// # Errors
/// Fails with a conflict when there is another publication after `after` already, and when the database does.
pub async fn publish(
    tx: &mut dyn Transaction,
    after: i64,
    publication: &Publication,
    report: Option<&str>,
) -> Result<(), StoreError> {
    let Publication { revision, kind, at, actor, note, forced, engine, .. } = publication;
    // The number is the key: of two that come after the same one, the second is refused.
    let sql = format!("INSERT INTO publications ({PUBLICATION}, report) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
    let values = [
        (after + 1).into(),
        revision.as_str().into(),
        kind.name().into(),
        millis(*at).into(),
        actor.as_str().into(),
        note.as_str().into(),
        (*forced).into(),
        engine.as_str().into(),
        report.map(str::to_owned).into(),
    ];
    tx.execute(&sql, &values).await.map(drop)
}

/// Stores a revision's files; one that is there already stays as it is.
///
/// # Errors
/// Fails when the database does.
pub async fn put(
    tx: &mut dyn Transaction,
    id: &str,
    files: &[SourceFile],
    n_entries: usize,
    now: Timestamp,
) -> Result<(), StoreError> {
    let values = [id.into(), millis(now).into(), Value::from(n_entries as i64)];
    let sql = "INSERT INTO revisions (id, created_at, n_entries) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    if tx.execute(sql, &values).await? == 0 {
        return Ok(());
    }
    put_files(tx, files.iter().map(|file| file.bytes.as_slice())).await?;
    let row = |file: &SourceFile| vec![id.into(), file.path.as_str().into(), hash_of(&file.bytes).as_slice().into()];
    let rows: Vec<Vec<Value>> = files.iter().map(row).collect();
    insert_missing(tx, "revision_files", &["revision", "path", "hash"], &rows).await
}

/// Stores the bytes of files under their hashes.
///
/// # Errors
/// Fails when the database does.
pub async fn put_files<'f>(tx: &mut dyn Transaction, files: impl Iterator<Item = &'f [u8]>) -> Result<(), StoreError> {
    let rows: Vec<Vec<Value>> = files.map(|bytes| vec![hash_of(bytes).as_slice().into(), bytes.into()]).collect();
    insert_missing(tx, "files", &["hash", "bytes"], &rows).await
}

/// Returns a revision's files in the order of their paths; `None` when there is no such revision.
///
/// # Errors
/// Fails when the database does.
pub async fn files(tx: &mut dyn Transaction, id: &str) -> Result<Option<Vec<SourceFile>>, StoreError> {
    if !exists(tx, id).await? {
        return Ok(None);
    }
    let sql =
        "SELECT path, bytes FROM revision_files JOIN files ON files.hash = revision_files.hash WHERE revision = $1";
    let rows = tx.rows(sql, &[id.into()]).await?;
    let file = |row: &Row| Ok(SourceFile { path: row.text(0)?, bytes: row.bytes(1)? });
    let mut files: Vec<SourceFile> = rows.iter().map(file).collect::<Result<_, StoreError>>()?;
    // Not by the database: each sorts texts in its own way.
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(Some(files))
}

/// Returns the bytes of one file of a revision.
///
/// # Errors
/// Fails when the database does.
pub async fn file(tx: &mut dyn Transaction, id: &str, path: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "SELECT bytes FROM revision_files JOIN files ON files.hash = revision_files.hash \
               WHERE revision = $1 AND path = $2";
    tx.rows(sql, &[id.into(), path.into()]).await?.first().map(|row| row.bytes(0)).transpose()
}

/// Returns the paths of a revision's files and the hashes of what they hold.
///
/// # Errors
/// Fails when the database does.
pub async fn manifest(tx: &mut dyn Transaction, id: &str) -> Result<Manifest, StoreError> {
    let rows = tx.rows("SELECT path, hash FROM revision_files WHERE revision = $1", &[id.into()]).await?;
    rows.iter().map(|row| Ok((row.text(0)?, file_hash(&row.bytes(1)?)?))).collect()
}

/// A hash from a row.
pub(in crate::store) fn file_hash(bytes: &[u8]) -> Result<FileHash, StoreError> {
    let wrong = |_| StoreError::unavailable(Unavailable::Corrupt, "a hash of another length");
    FileHash::try_from(bytes).map_err(wrong)
}

/// Says whether a revision is stored.
///
/// # Errors
/// Fails when the database does.
pub async fn exists(tx: &mut dyn Transaction, id: &str) -> Result<bool, StoreError> {
    Ok(!tx.rows("SELECT 1 AS one FROM revisions WHERE id = $1", &[id.into()]).await?.is_empty())
}

/// Returns revisions, the one that went live last first.
///
/// # Errors
/// Fails when the database does.
pub async fn list(tx: &mut dyn Transaction, limit: i64) -> Result<Vec<Revision>, StoreError> {
    let sql = format!(
        "SELECT {PUBLICATION}, created_at, n_entries FROM publications JOIN revisions ON id = revision \
         WHERE seq IN (SELECT MAX(seq) FROM publications GROUP BY revision) ORDER BY seq DESC LIMIT $1"
    );
    let rows = tx.rows(&sql, &[limit.into()]).await?;
    let revision = |row: &Row| {
        let publication = publication(row)?;
        let (created_at, n_entries) = (time(row.integer(8)?)?, row.integer(9)?);
        Ok(Revision { id: publication.revision.clone(), created_at, n_entries, publication })
    };
    rows.iter().map(revision).collect()
}

/// Returns publications after a number, oldest first.
///
/// # Errors
/// Fails when the database does.
pub async fn publications(tx: &mut dyn Transaction, after: i64) -> Result<Vec<Publication>, StoreError> {
    let sql = format!("SELECT {PUBLICATION} FROM publications WHERE seq > $1 ORDER BY seq");
    tx.rows(&sql, &[after.into()]).await?.iter().map(publication).collect()
}

/// Trained artefacts that are kept besides the newest: what one may go back to.
const KEPT_ARTEFACTS: i64 = 4;

/// Stores what was trained on a revision; old ones go, as they can be trained anew.
///
/// # Errors
/// Fails when the database does.
pub async fn put_artefact(
    tx: &mut dyn Transaction,
    name: &str,
    engine: &str,
    bytes: &[u8],
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO artefacts (name, engine, created_at, bytes) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (name, engine) DO UPDATE SET created_at = excluded.created_at";
    tx.execute(sql, &[name.into(), engine.into(), millis(now).into(), bytes.into()]).await?;
    let sql = "DELETE FROM artefacts WHERE created_at < \
               (SELECT MIN(created_at) FROM (SELECT created_at FROM artefacts ORDER BY created_at DESC LIMIT $1) AS newest)";
    tx.execute(sql, &[(KEPT_ARTEFACTS + 1).into()]).await.map(drop)
}

/// Returns what an engine trained on a revision, by names: there are several where a model has a say.
///
/// # Errors
/// Fails when the database does.
pub async fn artefacts(
    tx: &mut dyn Transaction,
    revision: &str,
    engine: &str,
) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
    let sql = "SELECT name, bytes FROM artefacts WHERE engine = $1 AND (name = $2 OR name LIKE $3) ORDER BY name";
    let rows = tx.rows(sql, &[engine.into(), revision.into(), format!("{revision}-%").into()]).await?;
    rows.iter().map(|row| Ok((row.text(0)?, row.bytes(1)?))).collect()
}
