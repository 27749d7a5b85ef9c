//! The audit: lines that are only ever added, each with the hash of the one before it.

use jiff::Timestamp;

use crate::people::audit::{Action, AuditEvent};
use crate::people::chain::{AuditRecord, Broken, Head, verify};
use crate::store::database::{Row, Transaction, Value};
use crate::store::error::{StoreError, Unavailable};
use crate::store::millis;

/// Adds a line, in the transaction of what it tells of.
///
/// # Errors
/// Fails when the database does.
pub async fn add(tx: &mut dyn Transaction, event: AuditEvent) -> Result<(), StoreError> {
    // Takes the lock of the chain: whoever comes second waits here and goes on from what the first has written.
    let rows = tx.rows("UPDATE audit_head SET seq = seq + 1 WHERE id = 1 RETURNING seq, hash", &[]).await?;
    let row = rows.first().ok_or_else(|| StoreError::unavailable(Unavailable::Corrupt, "the audit has no head"))?;
    let (seq, hash) = (row.integer(0)? - 1, row.text(1)?);
    let head = if seq == 0 { Head::start() } else { Head { seq: number(seq)?, hash } };
    let AuditRecord { event, previous_hash, hash, .. } = head.append(event);
    let json = serde_json::to_string(&event).map_err(|error| StoreError::unavailable(Unavailable::Failed, error))?;
    let sql = "INSERT INTO audit (seq, at, actor, action, subject, event, previous, hash) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values: [Value; 8] = [
        (seq + 1).into(),
        millis(event.at).into(),
        event.actor.as_str().into(),
        event.action.name().into(),
        event.subject.as_str().into(),
        json.into(),
        previous_hash.into(),
        hash.as_str().into(),
    ];
    tx.execute(sql, &values).await?;
    tx.execute("UPDATE audit_head SET hash = $1 WHERE id = 1", &[hash.into()]).await.map(drop)
}

/// Returns lines after a number, in their order.
///
/// # Errors
/// Fails when the database does, and on a line that is none.
pub async fn after(tx: &mut dyn Transaction, seq: i64, limit: i64) -> Result<Vec<AuditRecord>, StoreError> {
    let sql = "SELECT seq, event, previous, hash FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2";
    tx.rows(sql, &[seq.into(), limit.into()]).await?.iter().map(record).collect()
}

/// Returns the number and hash of the last line, to be kept elsewhere.
///
/// # Errors
/// Fails when the database does.
pub async fn head(tx: &mut dyn Transaction) -> Result<Head, StoreError> {
    let rows = tx.rows("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1", &[]).await?;
    let Some(row) = rows.first() else { return Ok(Head::start()) };
    Ok(Head { seq: number(row.integer(0)?)?, hash: row.text(1)? })
}

/// Which lines are looked for; all where nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// The id of whoever did it.
    pub actor: Option<String>,
    /// What was done.
    pub action: Option<Action>,
    /// What it was done to.
    pub subject: Option<String>,
    /// The first instant …
    pub from: Option<Timestamp>,
    /// … and the first one after the last.
    pub until: Option<Timestamp>,
}

/// Returns lines before a number, the newest first.
///
/// # Errors
/// Fails when the database does, and on a line that is none.
pub async fn find(
    tx: &mut dyn Transaction,
    filter: &Filter,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<AuditRecord>, StoreError> {
    let Filter { actor, action, subject, from, until } = filter;
    let conditions: [(&str, Option<Value>); 6] = [
        ("seq <", before.map(Into::into)),
        ("actor =", actor.as_deref().map(Into::into)),
        ("action =", action.map(|action| action.name().into())),
        ("subject =", subject.as_deref().map(Into::into)),
        ("at >=", from.map(|from| millis(from).into())),
        ("at <", until.map(|until| millis(until).into())),
    ];
    let (mut sql, mut values) = ("SELECT seq, event, previous, hash FROM audit WHERE 1 = 1".to_owned(), Vec::new());
    for (condition, value) in conditions {
        let Some(value) = value else { continue };
        values.push(value);
        sql.push_str(&format!(" AND {condition} ${}", values.len()));
    }
    values.push(limit.into());
    sql.push_str(&format!(" ORDER BY seq DESC LIMIT ${}", values.len()));
    tx.rows(&sql, &values).await?.iter().map(record).collect()
}

/// Lines read at once when all are verified.
const PAGE: i64 = 1_000;

/// Verifies every line, and that the last one is the one that was added last.
///
/// # Errors
/// Fails when the database does. That the chain does not hold is no error of this.
pub async fn verify_all(tx: &mut dyn Transaction) -> Result<Result<Head, Broken>, StoreError> {
    let rows = tx.rows("SELECT seq, hash FROM audit_head WHERE id = 1", &[]).await?;
    let row = rows.first().ok_or_else(|| StoreError::unavailable(Unavailable::Corrupt, "the audit has no head"))?;
    let added =
        if row.integer(0)? == 0 { Head::start() } else { Head { seq: number(row.integer(0)?)?, hash: row.text(1)? } };
    let mut head = Head::start();
    loop {
        let seq = i64::try_from(head.seq).map_err(|error| StoreError::unavailable(Unavailable::Corrupt, error))?;
        let records = after(tx, seq, PAGE).await?;
        if records.is_empty() {
            return Ok(if head == added { Ok(head) } else { Err(Broken { seq: head.seq + 1 }) });
        }
        head = match verify(head, &records) {
            Ok(head) => head,
            Err(broken) => return Ok(Err(broken)),
        };
    }
}

fn record(row: &Row) -> Result<AuditRecord, StoreError> {
    let event = serde_json::from_str(&row.text(1)?);
    Ok(AuditRecord {
        seq: number(row.integer(0)?)?,
        event: event.map_err(|error| StoreError::unavailable(Unavailable::Corrupt, error))?,
        previous_hash: row.text(2)?,
        hash: row.text(3)?,
    })
}

fn number(seq: i64) -> Result<u64, StoreError> {
    u64::try_from(seq).map_err(|error| StoreError::unavailable(Unavailable::Corrupt, error))
}
