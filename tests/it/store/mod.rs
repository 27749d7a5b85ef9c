//! The store: every case runs on SQLite and on PostgreSQL. Where `YINGDA_TEST_POSTGRES` names no server (`scripts/with-postgres`
//! starts one; `scripts/test` does so), the half on PostgreSQL is left out, and says so.

mod backups;
mod contract;
mod conversations;
mod drafts;
mod faults;
mod feedback;
mod learning;
mod people;
mod persons;
pub mod webhooks;
mod reported;
mod timed;
mod usage;

use std::future::Future;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use yingda::knowledge::content::SourceFile;
use yingda::store::Store;
use yingda::store::database::Engine;
use yingda::store::revisions::{Kind, Publication};

/// Where the server for tests is.
const SERVER: &str = "YINGDA_TEST_POSTGRES";

/// A test that waits longer than this hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// A place where a store can be: a folder, or a database of its own on the server.
pub struct Place {
    folder: TempDir,
    url: String,
}

impl Place {
    pub fn embedded() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), url: String::new() }
    }

    pub async fn on_server(server: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let name: String =
            folder.path().file_name().unwrap().to_string_lossy().chars().filter(char::is_ascii_alphanumeric).collect();
        let name = format!("test_{}", name.to_lowercase());
        let mut admin = PgConnection::connect(server).await.unwrap();
        sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut admin).await.unwrap();
        let (server, _) = server.rsplit_once('/').unwrap();
        Self { folder, url: format!("{server}/{name}") }
    }

    pub async fn open(&self) -> Store {
        Store::open(&self.url, self.folder.path()).await.unwrap()
    }

    pub fn file(&self) -> PathBuf {
        self.folder.path().join("yingda.db")
    }

    /// The folder, which is the embedded database's folder for data.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The address of the database on the server; empty for the embedded one.
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// An empty place for each database there is.
pub fn places() -> Vec<Place> {
    let mut places = vec![Place::embedded()];
    if let Some(server) = server() {
        places.push(runtime().block_on(Place::on_server(&server)));
    }
    places
}

pub fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn server() -> Option<String> {
    let server = std::env::var(SERVER).ok();
    if server.is_none() {
        eprintln!("{SERVER} is not set: not tried on PostgreSQL");
    }
    server
}

/// Runs a case on each database, in an empty place.
fn on_both<F: Future<Output = ()>>(case: impl Fn(Place) -> F) {
    runtime().block_on(async {
        tokio::time::timeout(PATIENCE, case(Place::embedded())).await.unwrap();
        if let Some(server) = server() {
            tokio::time::timeout(PATIENCE, case(Place::on_server(&server).await)).await.unwrap();
        }
    });
}

/// A time, some seconds after a fixed one.
fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000).unwrap() + SignedDuration::from_secs(seconds)
}

fn file(path: &str, text: &str) -> SourceFile {
    SourceFile { path: path.to_owned(), bytes: text.as_bytes().to_vec() }
}

fn publication(revision: &str, seconds: i64) -> Publication {
    Publication {
        seq: 0,
        revision: revision.to_owned(),
        kind: Kind::Publish,
        at: at(seconds),
        actor: "user:li".to_owned(),
        note: "改了退款时间".to_owned(),
        forced: false,
        engine: "engine".to_owned(),
    }
}

/// Stores a revision with one file and publishes it after a number.
async fn published(store: &Store, id: &str, text: &str, after: i64) {
    use yingda::store::revisions;
    let mut tx = store.write().await.unwrap();
    revisions::put(&mut *tx, id, &[file("knowledge-base/a.md", text)], 1, at(after)).await.unwrap();
    revisions::publish(&mut *tx, after, &publication(id, after), Some("{}")).await.unwrap();
    tx.commit().await.unwrap();
}

fn is_postgres(store: &Store) -> bool {
    store.engine() == Engine::Postgres
}
