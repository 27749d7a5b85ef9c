//! PostgreSQL by its address: any number of replicas on one server.

use std::str::FromStr;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::pool::PoolOptions;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgPool, PgRow, Postgres};
use sqlx::{AssertSqlSafe, Column, Row as _, TypeInfo, ValueRef};

use crate::store::database::{Database, Engine, Row, Transaction, Value};
use crate::store::error::{StoreError, Unavailable};
use crate::store::migrations;

/// How long anybody waits for a connection.
const PATIENCE: Duration = Duration::from_secs(5);

/// Connections that one replica keeps at most.
const CONNECTIONS: u32 = 10;

/// A database on a server.
pub struct PostgresDatabase(PgPool);

impl PostgresDatabase {
    /// Connects to a server.
    ///
    /// # Errors
    /// Fails on an address that is none and a server that does not answer.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let options = PgConnectOptions::from_str(url).map_err(explain)?.application_name("yingda");
        let pool = PoolOptions::<Postgres>::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .connect_with(options)
            .await
            .map_err(explain)?;
        Ok(Self(pool))
    }
}

#[async_trait]
impl Database for PostgresDatabase {
    fn engine(&self) -> Engine {
        Engine::Postgres
    }

    async fn write(&self) -> Result<Box<dyn Transaction>, StoreError> {
        Ok(Box::new(PostgresTransaction(self.0.begin().await.map_err(explain)?)))
    }

    async fn read(&self) -> Result<Box<dyn Transaction>, StoreError> {
        let begun = self.0.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await.map_err(explain)?;
        Ok(Box::new(PostgresTransaction(begun)))
    }

    async fn migrate(&self) -> Result<(), StoreError> {
        migrations::postgres().run(&self.0).await.map_err(|error| migrations::explain(error, explain))
    }

    async fn scrub(&self) -> Result<(), StoreError> {
        // The server's vacuum does it, when it is due; only the server knows its files.
        Ok(())
    }

    async fn close(&self) {
        self.0.close().await;
    }
}

struct PostgresTransaction(sqlx::Transaction<'static, Postgres>);

#[async_trait]
impl Transaction for PostgresTransaction {
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
fn bound<'q>(sql: &str, values: &[Value]) -> sqlx::query::Query<'q, Postgres, PgArguments> {
    values.iter().fold(sqlx::query(AssertSqlSafe(sql)), |query, value| match value.clone() {
        Value::Integer(value) => query.bind(value),
        Value::Text(value) => query.bind(value),
        Value::Bytes(value) => query.bind(value),
    })
}

fn row(row: &PgRow) -> Result<Row, StoreError> {
    let values = (0..row.len()).map(|column| {
        let raw = row.try_get_raw(column)?;
        Ok(match raw.type_info().name() {
            _ if raw.is_null() => Value::Text(None),
            "TEXT" | "VARCHAR" | "NAME" => Value::Text(row.try_get_unchecked(column)?),
            "BYTEA" => Value::Bytes(row.try_get_unchecked(column)?),
            "INT8" => Value::Integer(row.try_get_unchecked(column)?),
            "INT4" => Value::Integer(row.try_get::<Option<i32>, _>(column)?.map(i64::from)),
            other => {
                let name = row.column(column).name();
                return Err(sqlx::Error::Protocol(format!("column {name} is a {other}")));
            }
        })
    });
    values.collect::<Result<_, sqlx::Error>>().map(Row).map_err(explain)
}

/// By classes of <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
fn explain(error: sqlx::Error) -> StoreError {
    let why = match &error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::BeginFailed
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => Unavailable::Unreachable,
        sqlx::Error::Database(error) => {
            if error.is_unique_violation() {
                return StoreError::Conflict;
            }
            let code = error.code().unwrap_or_default().into_owned();
            match code.as_str() {
                "53100" => Unavailable::Full,
                "53300" | "40001" | "40P01" | "55P03" => Unavailable::Busy,
                "25006" => Unavailable::ReadOnly,
                "XX001" | "XX002" => Unavailable::Corrupt,
                code if code.starts_with("08") || code.starts_with("57P") || code.starts_with("28") => {
                    Unavailable::Unreachable
                }
                _ => Unavailable::Failed,
            }
        }
        _ => Unavailable::Failed,
    };
    StoreError::unavailable(why, error)
}
