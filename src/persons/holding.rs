//! Legal holds: set and lifted by administrators, each with its line in the audit.

use serde_json::json;

use crate::people::audit::Action;
use crate::people::by::By;
use crate::store::error::StoreError;
use crate::store::holds::{self, Hold};
use crate::store::{Store, audit, cases};

/// Puts a case on hold; `None` where there is no such case.
///
/// # Errors
/// Fails when the store does.
pub async fn hold(store: &Store, number: &str, reason: &str, by: &By<'_>) -> Result<Option<Hold>, StoreError> {
    let mut tx = store.write().await?;
    if cases::get(&mut *tx, number).await?.is_none() {
        return Ok(None);
    }
    let (number, reason, actor) = (number.to_owned(), reason.to_owned(), by.actor.id.clone());
    let hold = Hold { number, reason, actor, at: by.now };
    holds::put(&mut *tx, &hold).await?;
    let event = by.event(Action::CaseHeld, &hold.number).after(json!({ "reason": hold.reason }));
    audit::add(&mut *tx, event).await?;
    tx.commit().await?;
    Ok(Some(hold))
}

/// Lifts the hold on a case; false where there is none.
///
/// # Errors
/// Fails when the store does.
pub async fn release(store: &Store, number: &str, by: &By<'_>) -> Result<bool, StoreError> {
    let mut tx = store.write().await?;
    let Some(hold) = holds::lift(&mut *tx, number).await? else { return Ok(false) };
    let event = by.event(Action::CaseReleased, number).before(json!({ "reason": hold.reason }));
    audit::add(&mut *tx, event).await?;
    tx.commit().await?;
    Ok(true)
}
