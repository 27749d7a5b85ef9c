//! What is taken away when a customer is erased: conversations as a whole; of cases all that was said and given.

use jiff::Timestamp;

use crate::store::database::Transaction;
use crate::store::error::StoreError;
use crate::store::{attachments, blocks, deliveries, millis, outbox};

/// Whoever did something in a case that was erased, where it was its customer, by one conversation or another.
const CUSTOMER: &str = "customer";

/// What the ids of conversations begin with.
const CONVERSATIONS: &str = "conv%";

/// Erases a conversation with all that hangs on it: events, results, opinions, what began it, what webhooks are
/// told, a block on it.
///
/// # Errors
/// Fails when the database does.
pub async fn conversation(tx: &mut dyn Transaction, id: &str) -> Result<(), StoreError> {
    // First: whoever writes in it meanwhile has done so before, or finds no conversation.
    tx.execute("DELETE FROM conversations WHERE id = $1", &[id.into()]).await?;
    attachments::erase_of_conversation(tx, id).await?;
    deliveries::erase(tx, id).await?;
    outbox::erase_about(tx, id).await?;
    blocks::lift_of_conversation(tx, id).await?;
    for table in
        ["conversation_events", "conversation_turns", "idempotency", "feedback", "notes", "stints", "proposals"]
    {
        tx.execute(&format!("DELETE FROM {table} WHERE conversation = $1"), &[id.into()]).await?;
    }
    Ok(())
}

/// Empties a case: its number, kind, state, times and assessment stay for the reports, and nothing says whose it was.
///
/// # Errors
/// Fails when the database does.
pub async fn case(
    tx: &mut dyn Transaction,
    (number, conversation): (&str, &str),
    now: Timestamp,
) -> Result<(), StoreError> {
    attachments::erase_of_case(tx, number).await?;
    let sql = "UPDATE case_history SET text = '', \
               actor = CASE WHEN actor = $2 OR actor LIKE $3 THEN $4 ELSE actor END WHERE number = $1";
    tx.execute(sql, &[number.into(), conversation.into(), CONVERSATIONS.into(), CUSTOMER.into()]).await?;
    let sql = "UPDATE cases SET slots = '{}', order_number = NULL, confirmation = NULL, subject = NULL, conversation = '', \
               version = version + 1 WHERE number = $1";
    tx.execute(sql, &[number.into()]).await?;
    let sql = "INSERT INTO case_history (number, seq, at, actor, what, text) \
               SELECT $1, COALESCE(MAX(seq), 0) + 1, $2, 'system', 'erased', '' FROM case_history WHERE number = $1";
    tx.execute(sql, &[number.into(), millis(now).into()]).await.map(drop)
}
