//! SQLite in a file below the folder for data: one writer, any number of readers, every commit on disk before it is told.

use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::pool::PoolOptions;
use sqlx::sqlite::{
    Sqlite, SqliteArguments, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqliteRow,
    SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, Column, Connection, Row as _, TypeInfo, ValueRef};

use crate::store::database::{Database, Engine, Row, Transaction, Value};
use crate::store::error::{StoreError, Unavailable};
use crate::store::migrations;

/// How long a writer waits for the one before it.
const PATIENCE: Duration = Duration::from_secs(5);

/// Readers at the same time; more wait.
const READERS: u32 = 4;

/// Pages after which the log is folded into the file: 4 MB.
const CHECKPOINT_PAGES: &str = "1000";

/// A database in a file.
pub struct SqliteDatabase {
    writer: SqlitePool,
    readers: SqlitePool,
}

impl SqliteDatabase {
    /// Opens the file, or makes it.
    ///
    /// # Errors
    /// Fails where the file cannot be read and written, or is no database.
    pub async fn open(file: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // In WAL mode, anything less may forget the last commits when the power fails.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(PATIENCE)
            .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
            // What is deleted is overwritten. A page that was split may keep a copy; `scrub` leaves none.
            .pragma("secure_delete", "on");
        // The writer first: it makes the file and the log that readers need.
        let writer = PoolOptions::<Sqlite>::new()
            .max_connections(1)
            .acquire_timeout(PATIENCE)
            .idle_timeout(None)
            .max_lifetime(None)
            .before_acquire(|connection, _| Box::pin(async { is_usable(connection) }))
            .connect_with(options.clone())
            .await
            .map_err(explain)?;
        let readers = PoolOptions::<Sqlite>::new()
            .max_connections(READERS)
            .acquire_timeout(PATIENCE)
            .before_acquire(|connection, _| Box::pin(async { is_usable(connection) }))
            .connect_lazy_with(options.create_if_missing(false).pragma("query_only", "on"));
        Ok(Self { writer, readers })
    }
}

/// A full disk ends a transaction inside SQLite, and the driver does not see it: such a connection is replaced.
fn is_usable(connection: &SqliteConnection) -> Result<bool, sqlx::Error> {
    Ok(!connection.is_in_transaction())
}

#[async_trait]
impl Database for SqliteDatabase {
    fn engine(&self) -> Engine {
        Engine::Sqlite
    }

    async fn write(&self) -> Result<Box<dyn Transaction>, StoreError> {
        // A transaction that reads first and writes later would be refused when another has written in between.
        let begun = self.writer.begin_with("BEGIN IMMEDIATE").await.map_err(explain)?;
        Ok(Box::new(SqliteTransaction(begun)))
    }

    async fn read(&self) -> Result<Box<dyn Transaction>, StoreError> {
        Ok(Box::new(SqliteTransaction(self.readers.begin().await.map_err(explain)?)))
    }

    async fn migrate(&self) -> Result<(), StoreError> {
        migrations::sqlite().run(&self.writer).await.map_err(|error| migrations::explain(error, explain))
    }

    async fn scrub(&self) -> Result<(), StoreError> {
        sqlx::query("VACUUM").execute(&self.writer).await.map_err(explain)?;
        let folded = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&self.writer).await.map_err(explain)?;
        let is_busy: i64 = folded.try_get(0).map_err(explain)?;
        if is_busy != 0 {
            return Err(StoreError::unavailable(Unavailable::Busy, "somebody reads an earlier state"));
        }
        Ok(())
    }

    async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

struct SqliteTransaction(sqlx::Transaction<'static, Sqlite>);

#[async_trait]
impl Transaction for SqliteTransaction {
    async fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, StoreError> {
        let done = bound(sql, values).execute(&mut *self.0).await.map_err(explain)?;
        Ok(done.rows_affected())
    }

    async fn rows(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        let rows = bound(sql, values).fetch_all(&mut *self.0).await.map_err(explain)?;
        rows.iter().map(row).collect()
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.0.commit().await.map_err(explain)
    }
}

/// The statements are the store's own; what comes from outside is always a value.
fn bound<'q>(sql: &str, values: &[Value]) -> sqlx::query::Query<'q, Sqlite, SqliteArguments> {
    values.iter().fold(sqlx::query(AssertSqlSafe(sql)), |query, value| match value.clone() {
        Value::Integer(value) => query.bind(value),
        Value::Text(value) => query.bind(value),
        Value::Bytes(value) => query.bind(value),
    })
}

fn row(row: &SqliteRow) -> Result<Row, StoreError> {
    let values = (0..row.len()).map(|column| {
        let raw = row.try_get_raw(column)?;
        Ok(match raw.type_info().name() {
            _ if raw.is_null() => Value::Text(None),
            "TEXT" => Value::Text(row.try_get_unchecked(column)?),
            "BLOB" => Value::Bytes(row.try_get_unchecked(column)?),
            "INTEGER" => Value::Integer(row.try_get_unchecked(column)?),
            other => {
                let name = row.column(column).name();
                return Err(sqlx::Error::Protocol(format!("column {name} is a {other}")));
            }
        })
    });
    values.collect::<Result<_, sqlx::Error>>().map(Row).map_err(explain)
}

/// Primary result codes: <https://www.sqlite.org/rescode.html>; the extended ones have them in their lowest byte.
const BUSY: i32 = 5;
const LOCKED: i32 = 6;
const READONLY: i32 = 8;
const IOERR: i32 = 10;
const CORRUPT: i32 = 11;
const FULL: i32 = 13;
const CANTOPEN: i32 = 14;
const CONSTRAINT: i32 = 19;
const NOTADB: i32 = 26;

fn explain(error: sqlx::Error) -> StoreError {
    let why = match &error {
        sqlx::Error::PoolTimedOut => Unavailable::Busy,
        sqlx::Error::Io(_) | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => Unavailable::Unreachable,
        sqlx::Error::Database(error) => {
            let code = error.code().and_then(|code| code.parse::<i32>().ok()).unwrap_or_default();
            match code & 0xff {
                CONSTRAINT if error.is_unique_violation() => return StoreError::Conflict,
                BUSY | LOCKED => Unavailable::Busy,
                READONLY => Unavailable::ReadOnly,
                CORRUPT | NOTADB => Unavailable::Corrupt,
                FULL => Unavailable::Full,
                IOERR | CANTOPEN => Unavailable::Unreachable,
                _ => Unavailable::Failed,
            }
        }
        _ => Unavailable::Failed,
    };
    StoreError::unavailable(why, error)
}
