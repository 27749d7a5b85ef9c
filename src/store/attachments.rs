//! Files that customers have sent, sealed, each with the conversation that it came by and the case that it belongs to.

use jiff::Timestamp;

use crate::store::database::{Row, Transaction};
use crate::store::error::StoreError;
use crate::store::{millis, time};

/// A file, but for what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its id.
    pub id: String,
    /// The conversation that it came by.
    pub conversation: String,
    /// The case that it belongs to.
    pub case_number: Option<String>,
    /// What it is called, masked.
    pub name: String,
    /// What it is (`image/png` …).
    pub media_type: String,
    /// Its bytes.
    pub size: i64,
    /// When it came.
    pub at: Timestamp,
}

const COLUMNS: &str = "id, conversation, case_number, name, media_type, size, at";

fn attachment(row: &Row) -> Result<Attachment, StoreError> {
    Ok(Attachment {
        id: row.text(0)?,
        conversation: row.text(1)?,
        case_number: row.optional_text(2)?,
        name: row.text(3)?,
        media_type: row.text(4)?,
        size: row.integer(5)?,
        at: time(row.integer(6)?)?,
    })
}

/// Keeps a file.
///
/// # Errors
/// Fails when the database does.
pub async fn keep(tx: &mut dyn Transaction, new: &Attachment, sealed: Vec<u8>) -> Result<(), StoreError> {
    let sql = format!("INSERT INTO attachments ({COLUMNS}, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");
    let values = [
        new.id.as_str().into(),
        new.conversation.as_str().into(),
        new.case_number.clone().into(),
        new.name.as_str().into(),
        new.media_type.as_str().into(),
        new.size.into(),
        millis(new.at).into(),
        sealed.into(),
    ];
    tx.execute(&sql, &values).await.map(drop)
}

/// Returns a file, and what is in it, sealed.
///
/// # Errors
/// Fails when the database does.
pub async fn get(tx: &mut dyn Transaction, id: &str) -> Result<Option<(Attachment, Vec<u8>)>, StoreError> {
    let sql = format!("SELECT {COLUMNS}, sealed FROM attachments WHERE id = $1");
    let rows = tx.rows(&sql, &[id.into()]).await?;
    rows.first().map(|row| Ok((attachment(row)?, row.bytes(7)?))).transpose()
}

/// Returns the files of a conversation, in their order.
///
/// # Errors
/// Fails when the database does.
pub async fn of_conversation(tx: &mut dyn Transaction, conversation: &str) -> Result<Vec<Attachment>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM attachments WHERE conversation = $1 ORDER BY at, id");
    tx.rows(&sql, &[conversation.into()]).await?.iter().map(attachment).collect()
}

/// Returns the files of a case, in their order.
///
/// # Errors
/// Fails when the database does.
pub async fn of_case(tx: &mut dyn Transaction, number: &str) -> Result<Vec<Attachment>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM attachments WHERE case_number = $1 ORDER BY at, id");
    tx.rows(&sql, &[number.into()]).await?.iter().map(attachment).collect()
}

/// Gives to a case the files of its conversation that belong to none.
///
/// # Errors
/// Fails when the database does.
pub async fn give_to_case(tx: &mut dyn Transaction, conversation: &str, number: &str) -> Result<(), StoreError> {
    let sql = "UPDATE attachments SET case_number = $1 WHERE conversation = $2 AND case_number IS NULL";
    tx.execute(sql, &[number.into(), conversation.into()]).await.map(drop)
}

/// Erases the files of a conversation.
///
/// # Errors
/// Fails when the database does.
pub async fn erase_of_conversation(tx: &mut dyn Transaction, conversation: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM attachments WHERE conversation = $1", &[conversation.into()]).await.map(drop)
}

/// Erases the files of a case.
///
/// # Errors
/// Fails when the database does.
pub async fn erase_of_case(tx: &mut dyn Transaction, number: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM attachments WHERE case_number = $1", &[number.into()]).await.map(drop)
}

/// Forgets the files whose conversation and case are kept no longer.
///
/// # Errors
/// Fails when the database does.
pub async fn forget(tx: &mut dyn Transaction) -> Result<u64, StoreError> {
    let sql = "DELETE FROM attachments \
               WHERE NOT EXISTS (SELECT 1 FROM conversations WHERE conversations.id = attachments.conversation) \
               AND NOT EXISTS (SELECT 1 FROM cases WHERE cases.number = attachments.case_number)";
    tx.execute(sql, &[]).await
}
