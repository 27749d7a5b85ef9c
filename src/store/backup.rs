//! A backup: one file that holds all of one state, made while the service goes on, and restored into either database.
//!
//! Lines of JSON, packed by gzip: a head that names the format and the tables' version; then for each table its name and
//! columns, and its rows; at the end the number of rows and a hash over all that stands before. What is derived (trained
//! artefacts, which replicas serve) is left out.

use std::io::{BufRead, Read, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::store::Store;
use crate::store::database::{Transaction, Value, insert_missing};
use crate::store::error::StoreError;
use crate::store::tables::Shape::{Bytes, Integer, Text};
use crate::store::tables::{OF_LARGE_ROWS, Shape, TABLES, Table};

/// What a file begins with.
const FORMAT: &str = "yingda backup";

/// The version of the format and of the tables in it.
const VERSION: u32 = 1;

/// Rows that the database is made to begin with.
const ROWS_OF_MIGRATIONS: [&str; 1] = ["audit_head"];

/// Rows read at once, and large ones.
const PAGE: i64 = 1_000;
const PAGE_OF_LARGE: i64 = 8;

/// What a file begins with, and what each table begins with.
#[derive(Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case", deny_unknown_fields)]
enum Line {
    Head { format: String, version: u32 },
    Table { name: String, columns: Vec<String> },
    End { n_rows: u64 },
}

/// What a backup holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Size {
    /// Rows of all tables.
    pub n_rows: u64,
}

/// Writes a backup of one state; whoever serves goes on meanwhile.
///
/// # Errors
/// Fails when the database does or nothing can be written.
pub async fn write(store: &Store, to: impl Write + Send) -> anyhow::Result<Size> {
    let mut tx = store.read().await?;
    let mut out =
        Hashed { inner: flate2::write::GzEncoder::new(to, flate2::Compression::default()), hash: Sha256::new() };
    out.line(&Line::Head { format: FORMAT.to_owned(), version: VERSION })?;
    let mut n_rows = 0;
    for table in &TABLES {
        let columns = table.columns.iter().map(|(name, _)| (*name).to_owned()).collect();
        out.line(&Line::Table { name: table.name.to_owned(), columns })?;
        n_rows += write_rows(&mut *tx, table, &mut out).await?;
    }
    out.line(&Line::End { n_rows })?;
    let hash = out.hash.clone().finalize();
    out.line(&hex(&hash))?;
    out.inner.finish()?.flush()?;
    Ok(Size { n_rows })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn page(table: &Table) -> i64 {
    if OF_LARGE_ROWS.contains(&table.name) { PAGE_OF_LARGE } else { PAGE }
}

async fn write_rows(tx: &mut dyn Transaction, table: &Table, out: &mut Hashed<impl Write>) -> anyhow::Result<u64> {
    let names: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
    let (columns, key) = (names.join(", "), names[..table.n_key].join(", "));
    let page = page(table);
    let mut n_rows = 0;
    // From key to key: an offset would read again and again what lies before it.
    let mut after: Option<Vec<Value>> = None;
    loop {
        let rows = match &after {
            None => tx.rows(&format!("SELECT {columns} FROM {} ORDER BY {key} LIMIT {page}", table.name), &[]).await?,
            Some(last) => {
                let parameters: Vec<String> = (1..=table.n_key).map(|number| format!("${number}")).collect();
                let sql = format!(
                    "SELECT {columns} FROM {} WHERE ({key}) > ({}) ORDER BY {key} LIMIT {page}",
                    table.name,
                    parameters.join(", ")
                );
                tx.rows(&sql, last).await?
            }
        };
        for row in &rows {
            out.line(&row.0.iter().map(to_json).collect::<Vec<_>>())?;
        }
        n_rows += rows.len() as u64;
        match rows.last() {
            Some(last) if rows.len() as i64 == page => after = Some(last.0[..table.n_key].to_vec()),
            _ => return Ok(n_rows),
        }
    }
}

fn to_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Integer(value) => (*value).into(),
        Value::Text(value) => value.clone().into(),
        Value::Bytes(value) => value.as_ref().map(|bytes| STANDARD.encode(bytes)).into(),
    }
}

fn from_json(shape: Shape, value: serde_json::Value) -> anyhow::Result<Value> {
    Ok(match shape {
        Integer => Value::Integer(serde_json::from_value(value)?),
        Text => Value::Text(serde_json::from_value(value)?),
        Bytes => {
            let text: Option<String> = serde_json::from_value(value)?;
            Value::Bytes(text.map(|text| STANDARD.decode(text)).transpose()?)
        }
    })
}

/// Writes lines and hashes them.
struct Hashed<W> {
    inner: W,
    hash: Sha256,
}

impl<W: Write> Hashed<W> {
    fn line<T: Serialize>(&mut self, line: &T) -> anyhow::Result<()> {
        let mut bytes = serde_json::to_vec(line)?;
        bytes.push(b'\n');
        self.hash.update(&bytes);
        self.inner.write_all(&bytes)?;
        Ok(())
    }
}

/// Restores a backup into an empty store, whole or not at all.
///
/// # Errors
/// Fails on a store that is not empty, a file that is no backup or is damaged, and when the database does.
pub async fn restore(store: &Store, from: impl Read + Send) -> anyhow::Result<Size> {
    let mut lines = Lines { inner: std::io::BufReader::new(flate2::read::GzDecoder::new(from)), hash: Sha256::new() };
    let head: Line = lines.next()?;
    anyhow::ensure!(matches!(&head, Line::Head { format, .. } if format == FORMAT), "it is no backup of yingda");
    anyhow::ensure!(matches!(head, Line::Head { version: VERSION, .. }), "another version of yingda made it");
    let mut tx = store.write().await?;
    anyhow::ensure!(is_empty(&mut *tx).await?, "the store is not empty; a backup is restored only into an empty one");
    let mut n_rows = 0;
    let mut table: Option<&Table> = None;
    let mut rows: Vec<Vec<Value>> = Vec::new();
    loop {
        let line: serde_json::Value = lines.next()?;
        if let serde_json::Value::Array(values) = line {
            let table = table.ok_or_else(|| anyhow::anyhow!("a row stands before its table"))?;
            anyhow::ensure!(values.len() == table.columns.len(), "a row of {} is too short or too long", table.name);
            let shapes = table.columns.iter().map(|(_, shape)| *shape);
            rows.push(shapes.zip(values).map(|(shape, value)| from_json(shape, value)).collect::<anyhow::Result<_>>()?);
            n_rows += 1;
            if rows.len() as i64 == page(table) {
                insert(&mut *tx, table, &mut rows).await?;
            }
            continue;
        }
        if let Some(table) = table {
            insert(&mut *tx, table, &mut rows).await?;
        }
        match serde_json::from_value(line)? {
            Line::Table { name, columns } => table = Some(known(&name, &columns)?),
            Line::End { n_rows: promised } => {
                anyhow::ensure!(promised == n_rows, "it holds {n_rows} rows and should hold {promised}");
                break;
            }
            Line::Head { .. } => anyhow::bail!("a second head in the middle"),
        }
    }
    let found = hex(&lines.hash.clone().finalize());
    let promised: String = lines.next()?;
    anyhow::ensure!(found == promised, "it is damaged: its hash is another");
    anyhow::ensure!(lines.inner.read(&mut [0])? == 0, "something follows its end");
    tx.execute("UPDATE serials SET value = value + 1", &[]).await?;
    tx.commit().await?;
    Ok(Size { n_rows })
}

fn known(name: &str, columns: &[String]) -> anyhow::Result<&'static Table> {
    let table = TABLES.iter().find(|table| table.name == name);
    let table =
        table.filter(|table| table.columns.iter().map(|(name, _)| *name).eq(columns.iter().map(String::as_str)));
    table.ok_or_else(|| anyhow::anyhow!("it holds a table {name:?} that this version does not know"))
}

async fn insert(tx: &mut dyn Transaction, table: &Table, rows: &mut Vec<Vec<Value>>) -> Result<(), StoreError> {
    let names: Vec<&'static str> = table.columns.iter().map(|(name, _)| *name).collect();
    if ROWS_OF_MIGRATIONS.contains(&table.name) && !rows.is_empty() {
        tx.execute(&format!("DELETE FROM {}", table.name), &[]).await?;
    }
    insert_missing(tx, table.name, &names, rows).await?;
    rows.clear();
    Ok(())
}

async fn is_empty(tx: &mut dyn Transaction) -> Result<bool, StoreError> {
    for table in TABLES.iter().filter(|table| !ROWS_OF_MIGRATIONS.contains(&table.name)) {
        if !tx.rows(&format!("SELECT 1 AS one FROM {} LIMIT 1", table.name), &[]).await?.is_empty() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Reads lines and hashes them.
struct Lines<R> {
    inner: R,
    hash: Sha256,
}

impl<R: BufRead> Lines<R> {
    fn next<T: serde::de::DeserializeOwned>(&mut self) -> anyhow::Result<T> {
        let mut line = Vec::new();
        self.inner.read_until(b'\n', &mut line)?;
        anyhow::ensure!(line.ends_with(b"\n"), "it breaks off");
        let value = serde_json::from_slice(&line)?;
        self.hash.update(&line);
        Ok(value)
    }
}
