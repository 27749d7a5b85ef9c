//! One way to speak to either database: statements with numbered parameters (`$1`), values, rows, transactions.
//!
//! The SQL of the store keeps to what SQLite and PostgreSQL both understand, so that each statement is written once; what
//! differs (types of columns, triggers) is in the migrations.

use std::fmt::Write;

use async_trait::async_trait;

use crate::store::error::{StoreError, Unavailable};

/// Which database it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A file below the folder for data.
    Sqlite,
    /// A server.
    Postgres,
}

/// A database that is open.
#[async_trait]
pub trait Database: Send + Sync {
    /// Says which one it is.
    fn engine(&self) -> Engine;

    /// Begins a transaction that may write. On SQLite there is one writer at a time, and this waits for its turn.
    async fn write(&self) -> Result<Box<dyn Transaction>, StoreError>;

    /// Begins a transaction that reads one state of everything, whatever is written meanwhile.
    async fn read(&self) -> Result<Box<dyn Transaction>, StoreError>;

    /// Brings the tables up to date.
    async fn migrate(&self) -> Result<(), StoreError>;

    /// Leaves nothing of what was deleted in files that are its own.
    async fn scrub(&self) -> Result<(), StoreError>;

    /// Closes the connections.
    async fn close(&self);
}

/// A transaction; dropped without `commit` it changes nothing.
#[async_trait]
pub trait Transaction: Send {
    /// Runs a statement and returns how many rows it changed.
    async fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, StoreError>;

    /// Runs a statement and returns its rows.
    async fn rows(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>, StoreError>;

    /// Makes everything permanent; returns only when it is.
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;
}

/// A value of a parameter or column. Times are milliseconds since 1970, yes and no are 1 and 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A whole number.
    Integer(Option<i64>),
    /// A text.
    Text(Option<String>),
    /// Bytes.
    Bytes(Option<Vec<u8>>),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(Some(value))
    }
}

impl From<Option<i64>> for Value {
    fn from(value: Option<i64>) -> Self {
        Self::Integer(value)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Integer(Some(value.into()))
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(Some(value.to_owned()))
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(Some(value))
    }
}

impl From<Option<String>> for Value {
    fn from(value: Option<String>) -> Self {
        Self::Text(value)
    }
}

impl From<&[u8]> for Value {
    fn from(value: &[u8]) -> Self {
        Self::Bytes(Some(value.to_vec()))
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(Some(value))
    }
}

impl From<Option<Vec<u8>>> for Value {
    fn from(value: Option<Vec<u8>>) -> Self {
        Self::Bytes(value)
    }
}

/// One row of a result, its columns in the statement's order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row(pub Vec<Value>);

impl Row {
    /// Returns a whole number.
    pub fn integer(&self, column: usize) -> Result<i64, StoreError> {
        self.optional_integer(column)?.ok_or_else(|| unexpected(column))
    }

    /// Returns a whole number that may be missing.
    pub fn optional_integer(&self, column: usize) -> Result<Option<i64>, StoreError> {
        match self.0.get(column) {
            Some(Value::Integer(value)) => Ok(*value),
            Some(Value::Text(None) | Value::Bytes(None)) => Ok(None),
            _ => Err(unexpected(column)),
        }
    }

    /// Returns yes or no.
    pub fn boolean(&self, column: usize) -> Result<bool, StoreError> {
        Ok(self.integer(column)? != 0)
    }

    /// Returns a text.
    pub fn text(&self, column: usize) -> Result<String, StoreError> {
        self.optional_text(column)?.ok_or_else(|| unexpected(column))
    }

    /// Returns a text that may be missing.
    pub fn optional_text(&self, column: usize) -> Result<Option<String>, StoreError> {
        match self.0.get(column) {
            Some(Value::Text(value)) => Ok(value.clone()),
            Some(Value::Integer(None) | Value::Bytes(None)) => Ok(None),
            _ => Err(unexpected(column)),
        }
    }

    /// Returns bytes.
    pub fn bytes(&self, column: usize) -> Result<Vec<u8>, StoreError> {
        self.optional_bytes(column)?.ok_or_else(|| unexpected(column))
    }

    /// Returns bytes that may be missing.
    pub fn optional_bytes(&self, column: usize) -> Result<Option<Vec<u8>>, StoreError> {
        match self.0.get(column) {
            Some(Value::Bytes(value)) => Ok(value.clone()),
            Some(Value::Integer(None) | Value::Text(None)) => Ok(None),
            _ => Err(unexpected(column)),
        }
    }
}

fn unexpected(column: usize) -> StoreError {
    StoreError::unavailable(Unavailable::Corrupt, format!("column {column} of a row is not what it should be"))
}

/// Rows that one statement inserts; PostgreSQL takes 65,535 parameters at most, SQLite 32,766.
const ROWS_AT_ONCE: usize = 500;

/// Inserts many rows; those that are there already stay as they are.
///
/// # Errors
/// Fails when the database does.
pub async fn insert_missing(
    transaction: &mut dyn Transaction,
    table: &'static str,
    columns: &[&'static str],
    rows: &[Vec<Value>],
) -> Result<(), StoreError> {
    for rows in rows.chunks(ROWS_AT_ONCE) {
        let mut sql = format!("INSERT INTO {table} ({}) VALUES ", columns.join(", "));
        for at in 0..rows.len() {
            let first = at * columns.len() + 1;
            let parameters: Vec<String> = (first..first + columns.len()).map(|number| format!("${number}")).collect();
            let comma = if at == 0 { "" } else { ", " };
            // Writing into a string does not fail.
            let _ = write!(sql, "{comma}({})", parameters.join(", "));
        }
        sql.push_str(" ON CONFLICT DO NOTHING");
        transaction.execute(&sql, &rows.concat()).await?;
    }
    Ok(())
}
