//! What must not be lost: revisions, drafts, people, audit, outbox. All SQL is here, and nothing but it.
//!
//! Functions take the transaction that they are part of, so that what belongs together is committed together.

pub mod agents;
pub mod asked;
pub mod attachments;
pub mod audit;
pub mod backup;
pub mod blocks;
pub mod cases;
pub mod comparisons;
pub mod conversations;
pub mod database;
pub mod deliveries;
pub mod drafts;
pub mod erasure;
pub mod error;
pub mod feedback;
pub mod holds;
pub mod idempotency;
pub mod improvements;
mod migrations;
pub mod notes;
pub mod outbox;
pub mod people;
mod postgres;
pub mod replicas;
pub mod reported;
pub mod retention;
pub mod revisions;
mod sqlite;
pub mod stints;
pub mod surveys;
pub mod switches;
pub mod tables;
pub mod timed;
pub mod topics;
pub mod usage;
pub mod webhooks;

use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::store::database::{Database, Engine, Transaction};
use crate::store::error::{StoreError, Unavailable};
use crate::store::postgres::PostgresDatabase;
use crate::store::sqlite::SqliteDatabase;

/// The embedded database below the folder for data.
pub const FILE: &str = "yingda.db";

/// How the address of a server begins.
const POSTGRES: [&str; 2] = ["postgres://", "postgresql://"];

/// The store, open and up to date.
pub struct Store {
    database: Box<dyn Database>,
}

impl Store {
    /// Opens the store at an address: of a PostgreSQL server, or empty for the file below the folder for data.
    ///
    /// # Errors
    /// Fails where it cannot be reached, read and written, or a newer version has changed its tables.
    pub async fn open(url: &str, data: &Path) -> Result<Self, StoreError> {
        let database: Box<dyn Database> = if POSTGRES.iter().any(|scheme| url.starts_with(scheme)) {
            Box::new(PostgresDatabase::open(url).await?)
        } else {
            std::fs::create_dir_all(data).map_err(|error| {
                StoreError::unavailable(Unavailable::Unreachable, format!("{}: {error}", data.display()))
            })?;
            Box::new(SqliteDatabase::open(&data.join(FILE)).await?)
        };
        database.migrate().await?;
        Ok(Self { database })
    }

    /// Says which database it is.
    pub fn engine(&self) -> Engine {
        self.database.engine()
    }

    /// Begins a transaction that may write.
    ///
    /// # Errors
    /// Fails when the database does.
    pub async fn write(&self) -> Result<Box<dyn Transaction>, StoreError> {
        self.database.write().await
    }

    /// Begins a transaction that reads one state.
    ///
    /// # Errors
    /// Fails when the database does.
    pub async fn read(&self) -> Result<Box<dyn Transaction>, StoreError> {
        self.database.read().await
    }

    /// Finds out whether it can be written, and changes nothing.
    ///
    /// # Errors
    /// Fails when it cannot.
    pub async fn try_writing(&self) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        tx.execute("UPDATE serials SET value = value", &[]).await.map(drop)
    }

    /// Rewrites the embedded database's file and folds its log into it, so that neither holds anything that was deleted. Nobody
    /// else writes meanwhile. A server takes deleted rows away by itself, in its own time.
    ///
    /// # Errors
    /// Fails when the database does, and where others read or write for too long; what was deleted is deleted all the same.
    pub async fn scrub(&self) -> Result<(), StoreError> {
        self.database.scrub().await
    }

    /// Closes the connections; what was committed stays.
    pub async fn close(&self) {
        self.database.close().await;
    }
}

/// A time as it is stored: milliseconds since 1970.
fn millis(at: Timestamp) -> i64 {
    at.as_millisecond()
}

/// A stored time.
fn time(millis: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(millis).map_err(|error| StoreError::unavailable(Unavailable::Corrupt, error))
}

/// A value that is stored as JSON text.
fn read_json<T: DeserializeOwned>(json: &str) -> Result<T, StoreError> {
    serde_json::from_str(json).map_err(|error| StoreError::unavailable(Unavailable::Corrupt, error))
}

/// A value as JSON text.
fn written_json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::unavailable(Unavailable::Corrupt, error))
}
