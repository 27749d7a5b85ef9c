//! The clocks of cases: those that are late go to the next level, and their customers are told.

use jiff::Timestamp;

use crate::app::App;
use crate::chat::cases::tell;
use crate::chat::messages::NotTaken;
use crate::chat::notices::Told;
use crate::clock;
use crate::desk::case::Case;
use crate::desk::reports::BrokenPromise;
use crate::knowledge::content::Content;
use crate::knowledge::texts::TextName;
use crate::store::cases::{self, Entry};
use crate::store::database::Transaction;
use crate::store::error::StoreError;
use crate::store::reported;

/// Cases that are looked at in one go.
const BATCH: i64 = 50;

/// Looks at the clocks that are due: a case that is late goes to the next level, and its customer is told. Returns how many
/// were late.
///
/// # Errors
/// Fails when the store does.
pub async fn look_at_clocks(app: &App, now: Timestamp) -> Result<usize, NotTaken> {
    let due = cases::due(&mut *app.store().read().await?, now, BATCH).await?;
    let snapshot = app.live().current();
    let content = snapshot.assistant.content();
    let mut n_late = 0;
    for case in due {
        let mut tx = app.store().write().await?;
        match pass_on(&mut *tx, content, case.clone(), now).await {
            // Somebody else has it in hand.
            Err(NotTaken::Store(StoreError::Conflict)) => continue,
            Err(NotTaken::Store(error)) => return Err(error.into()),
            // One that cannot be told must not keep the others waiting.
            Err(error) => {
                tracing::warn!(number = case.number, %error, "a case that is late is not passed on");
                continue;
            }
            Ok(()) => {}
        }
        tx.commit().await?;
        n_late += 1;
        app.hints().tell(&case.conversation);
        app.deliveries().wake();
    }
    Ok(n_late)
}

async fn pass_on(tx: &mut dyn Transaction, content: &Content, mut case: Case, now: Timestamp) -> Result<(), NotTaken> {
    let department = case.department.clone();
    let Some(overdue) = case.look(content, now) else { return Ok(()) };
    reported::note_broken(tx, &case.number, &BrokenPromise { late: overdue.late, department }, now).await?;
    let entry = Entry { actor: "system", what: overdue.late.name(), text: overdue.to.as_deref().unwrap_or(""), now };
    cases::change(tx, &case, &entry).await?;
    tell(tx, content, &case, ("late", &[Told::Text(TextName::CaseLate)]), now).await
}

/// How often it is looked which cases are late.
const LOOK: std::time::Duration = std::time::Duration::from_secs(5);

/// Looks again and again, for as long as the service runs. Of several replicas the first to write wins.
pub async fn follow(app: App) {
    let mut looks = tokio::time::interval(LOOK);
    looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        match look_at_clocks(&app, clock::now()).await {
            Ok(0) => {}
            Ok(n_late) => tracing::info!(n_late, "cases are late and go to the next level"),
            Err(error) => tracing::warn!(%error, "nobody looks which cases are late"),
        }
    }
}
