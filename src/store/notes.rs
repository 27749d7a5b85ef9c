//! What agents write for one another about a conversation, and what they propose to editors.

use jiff::Timestamp;

use crate::store::database::{Row, Transaction};
use crate::store::error::StoreError;
use crate::store::{millis, time};

/// A note about a conversation; its customer does not see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Its id.
    pub id: String,
    /// The conversation.
    pub conversation: String,
    /// The account of whoever wrote it.
    pub agent: String,
    /// When.
    pub at: Timestamp,
    /// What, masked.
    pub text: String,
}

/// Keeps a note.
///
/// # Errors
/// Fails when the database does.
pub async fn add(tx: &mut dyn Transaction, note: &Note) -> Result<(), StoreError> {
    let sql = "INSERT INTO notes (id, conversation, agent, at, text) VALUES ($1, $2, $3, $4, $5)";
    let Note { id, conversation, agent, at, text } = note;
    let values = [
        id.as_str().into(),
        conversation.as_str().into(),
        agent.as_str().into(),
        millis(*at).into(),
        text.as_str().into(),
    ];
    tx.execute(sql, &values).await.map(drop)
}

/// Returns the notes of a conversation, in their order.
///
/// # Errors
/// Fails when the database does.
pub async fn of_conversation(tx: &mut dyn Transaction, conversation: &str) -> Result<Vec<Note>, StoreError> {
    let sql = "SELECT id, conversation, agent, at, text FROM notes WHERE conversation = $1 ORDER BY at, id";
    let note = |row: &Row| {
        Ok(Note {
            id: row.text(0)?,
            conversation: row.text(1)?,
            agent: row.text(2)?,
            at: time(row.integer(3)?)?,
            text: row.text(4)?,
        })
    };
    tx.rows(sql, &[conversation.into()]).await?.iter().map(note).collect()
}

/// What an agent proposes to editors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Its id.
    pub id: String,
    /// `phrasing` or `wrong_answer`.
    pub kind: String,
    /// The entry that is meant.
    pub entry: Option<String>,
    /// The customer's words, masked; or what is wrong.
    pub text: String,
    /// Their language.
    pub language: Option<String>,
    /// The conversation that it comes from.
    pub conversation: Option<String>,
    /// The account of whoever proposes it.
    pub agent: String,
    /// When.
    pub at: Timestamp,
}

const PROPOSAL: &str = "id, kind, entry, text, language, conversation, agent, at";

/// Keeps a proposal.
///
/// # Errors
/// Fails when the database does.
pub async fn propose(tx: &mut dyn Transaction, new: &Proposal) -> Result<(), StoreError> {
    let sql = format!("INSERT INTO proposals ({PROPOSAL}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");
    let values = [
        new.id.as_str().into(),
        new.kind.as_str().into(),
        new.entry.clone().into(),
        new.text.as_str().into(),
        new.language.clone().into(),
        new.conversation.clone().into(),
        new.agent.as_str().into(),
        millis(new.at).into(),
    ];
    tx.execute(&sql, &values).await.map(drop)
}

/// Returns the proposals that nobody has settled, the newest first.
///
/// # Errors
/// Fails when the database does.
pub async fn proposals(tx: &mut dyn Transaction, limit: i64) -> Result<Vec<Proposal>, StoreError> {
    let sql = format!("SELECT {PROPOSAL} FROM proposals WHERE settled_at IS NULL ORDER BY at DESC, id LIMIT $1");
    let proposal = |row: &Row| {
        Ok(Proposal {
            id: row.text(0)?,
            kind: row.text(1)?,
            entry: row.optional_text(2)?,
            text: row.text(3)?,
            language: row.optional_text(4)?,
            conversation: row.optional_text(5)?,
            agent: row.text(6)?,
            at: time(row.integer(7)?)?,
        })
    };
    tx.rows(&sql, &[limit.into()]).await?.iter().map(proposal).collect()
}

/// Forgets the proposals that were made before an instant.
///
/// # Errors
/// Fails when the database does.
pub async fn forget(tx: &mut dyn Transaction, before: Timestamp) -> Result<(), StoreError> {
    tx.execute("DELETE FROM proposals WHERE at < $1", &[millis(before).into()]).await.map(drop)
}

/// Settles a proposal; says whether there was one.
///
/// # Errors
/// Fails when the database does.
pub async fn settle(tx: &mut dyn Transaction, id: &str, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE proposals SET settled_at = $1 WHERE id = $2 AND settled_at IS NULL";
    Ok(tx.execute(sql, &[millis(now).into(), id.into()]).await? == 1)
}
