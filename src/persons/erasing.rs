//! A customer is erased: their conversations go as a whole, their cases stay as numbers for the reports.

use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::app::App;
use crate::chat::surveys::names_of;
use crate::desk::case_steps::has_ended;
use crate::people::audit::Action;
use crate::people::by::By;
use crate::persons::finding::{PersonKey, cases_now, find};
use crate::store::error::StoreError;
use crate::store::{audit, erasure, holds, surveys};

/// What was erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Erased {
    /// Conversations, with all that was said in them.
    pub conversations: usize,
    /// Cases that were emptied.
    pub cases: usize,
    /// Whether the database's own files were rewritten, so that they hold no trace; false where others kept them busy, and then
    /// the next erasure does it. (PostgreSQL's vacuum does it in its own time.)
    pub is_scrubbed: bool,
}

/// Why a customer was not erased.
#[derive(Debug, thiserror::Error)]
pub enum NotErased {
    /// Nothing is kept of them.
    #[error("nothing is kept of them")]
    Nobody,
    /// Some of their cases are needed.
    #[error("{}", needed(open, held))]
    Needed {
        /// Those that have not ended.
        open: Vec<String>,
        /// Those on hold.
        held: Vec<String>,
    },
    /// The store cannot.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn needed(open: &[String], held: &[String]) -> String {
    let told = [("still open", open), ("on hold", held)].map(|(why, numbers)| match numbers {
        [] => String::new(),
        numbers => format!("{why}: {}", numbers.join(", ")),
    });
    told.into_iter().filter(|told| !told.is_empty()).collect::<Vec<_>>().join("; ")
}

/// Erases what is kept of a customer, with the reason in the audit.
///
/// # Errors
/// Fails as [`NotErased`] says; nothing is erased then.
pub async fn erase(app: &App, key: &PersonKey, reason: &str, by: &By<'_>) -> Result<Erased, NotErased> {
    let mut tx = app.store().write().await?;
    let person = find(&mut *tx, key).await?.ok_or(NotErased::Nobody)?;
    for conversation in &person.conversations {
        let [known_as, by_conversation] = names_of(conversation);
        surveys::erase(&mut *tx, [&known_as, &by_conversation]).await?;
        erasure::conversation(&mut *tx, &conversation.id).await?;
    }
    // Read only now, when nobody can open another one in these conversations.
    let cases = cases_now(&mut *tx, &person).await?;
    let (mut open, mut held) = (Vec::new(), Vec::new());
    for case in &cases {
        if holds::of(&mut *tx, &case.number).await?.is_some() {
            held.push(case.number.clone());
        } else if !has_ended(case.status) {
            open.push(case.number.clone());
        }
    }
    if !open.is_empty() || !held.is_empty() {
        return Err(NotErased::Needed { open, held });
    }
    for case in &cases {
        erasure::case(&mut *tx, (&case.number, &case.conversation), by.now).await?;
    }
    let (n_conversations, n_cases) = (person.conversations.len(), cases.len());
    let after = json!({ "reason": reason, "conversations": n_conversations, "cases": n_cases });
    audit::add(&mut *tx, by.event(Action::PersonErased, &key.audited()).after(after)).await?;
    tx.commit().await?;
    for conversation in &person.conversations {
        // Streams of it end.
        app.hints().tell(&conversation.id);
    }
    let scrubbed = app.store().scrub().await;
    if let Err(error) = &scrubbed {
        tracing::warn!(%error, "the database's files are not rewritten after an erasure");
    }
    Ok(Erased { conversations: n_conversations, cases: n_cases, is_scrubbed: scrubbed.is_ok() })
}
