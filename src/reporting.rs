//! Reports from the store's cases, and what is done about the causes that they name, with the audit's lines.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::desk::improvements::Improvement;
use crate::desk::reports::complaints::{ComplaintCount, ComplaintReport};
use crate::desk::reports::promises::{DepartmentPromises, PromiseCount};
use crate::desk::reports::{Period, ReportedCase};
use crate::knowledge::intent::CaseKind;
use crate::people::audit::Action;
use crate::people::by::By;
use crate::store::database::Transaction;
use crate::store::error::StoreError;
use crate::store::improvements::{self, Which};
use crate::store::reported::{Counted, opened_between};
use crate::store::{Store, audit};

/// Rows read at once.
const PAGE: i64 = 500;

/// Counts the complaints of a year, as one state of the store has them; of all departments where none is named.
///
/// # Errors
/// Fails when the store does.
pub async fn complaints(
    store: &Store,
    mut count: ComplaintCount,
    departments: Vec<String>,
) -> Result<ComplaintReport, StoreError> {
    let mut tx = store.read().await?;
    let kind = Some(CaseKind::Complaint);
    let counted = Counted { kind, departments: departments.clone(), period: count.period() };
    each_case(&mut *tx, &counted, |case| count.add(case)).await?;
    let improvements = all_improvements(&mut *tx).await?;
    Ok(count.finish(departments, &improvements))
}

/// Counts which promises were kept of the cases that were opened in a period; of all departments where none is named.
///
/// # Errors
/// Fails when the store does.
pub async fn promises(
    store: &Store,
    period: Period,
    departments: Vec<String>,
    now: Timestamp,
) -> Result<Vec<DepartmentPromises>, StoreError> {
    let mut tx = store.read().await?;
    let mut count = PromiseCount::new(now);
    each_case(&mut *tx, &Counted { kind: None, departments, period }, |case| count.add(case)).await?;
    Ok(count.finish())
}

async fn each_case(
    tx: &mut dyn Transaction,
    counted: &Counted,
    mut count: impl FnMut(&ReportedCase),
) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        let (page, end) = opened_between(tx, counted, after.as_ref(), PAGE).await?;
        page.iter().for_each(&mut count);
        if end.is_none() {
            return Ok(());
        }
        after = end;
    }
}

async fn all_improvements(tx: &mut dyn Transaction) -> Result<Vec<Improvement>, StoreError> {
    let mut all: Vec<Improvement> = Vec::new();
    loop {
        let before = all.last().map(|last| (last.created_at, last.id.clone()));
        let page = improvements::list(tx, Which::All, before.as_ref(), PAGE).await?;
        let is_last = (page.len() as i64) < PAGE;
        all.extend(page);
        if is_last {
            return Ok(all);
        }
    }
}

/// Begins an improvement.
///
/// # Errors
/// Fails when the store does.
pub async fn add_improvement(store: &Store, improvement: &Improvement, by: &By<'_>) -> Result<(), StoreError> {
    let mut tx = store.write().await?;
    improvements::add(&mut *tx, improvement).await?;
    let event = by.event(Action::ImprovementChanged, &improvement.id).after(line(improvement));
    audit::add(&mut *tx, event).await?;
    tx.commit().await
}

/// Changes an improvement, and returns it as it is then; `None` when there is none.
///
/// # Errors
/// Fails when the store does.
pub async fn change_improvement(
    store: &Store,
    id: &str,
    change: impl FnOnce(&mut Improvement),
    by: &By<'_>,
) -> Result<Option<Improvement>, StoreError> {
    let mut tx = store.write().await?;
    let Some(was) = improvements::get(&mut *tx, id).await? else { return Ok(None) };
    let mut improvement = was.clone();
    change(&mut improvement);
    improvements::put(&mut *tx, &improvement).await?;
    let event = by.event(Action::ImprovementChanged, id).before(line(&was)).after(line(&improvement));
    audit::add(&mut *tx, event).await?;
    tx.commit().await?;
    Ok(Some(improvement))
}

/// What the audit says of an improvement.
fn line(improvement: &Improvement) -> Value {
    let Improvement { cause, action, owner, due_on, done_at, note, .. } = improvement;
    json!({ "cause": cause, "action": action, "owner": owner, "due_on": due_on, "done_at": done_at, "note": note })
}
