//! Reports from the store's cases and conversations, and what is done about the causes that they name, with the audit's lines.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::desk::improvements::Improvement;
use crate::desk::reports::complaints::{ComplaintCount, ComplaintReport};
use crate::desk::reports::promises::{DepartmentPromises, PromiseCount};
use crate::desk::reports::usage::{self, UsageReport};
use crate::desk::reports::usage_count::UsageCount;
use crate::desk::reports::usage_course::UsedConversation;
use crate::desk::reports::{Period, ReportedCase};
use crate::knowledge::intent::CaseKind;
use crate::people::audit::Action;
use crate::people::by::By;
use crate::store::database::Transaction;
use crate::store::error::StoreError;
use crate::store::improvements::{self, Which};
use crate::store::people::names;
use crate::store::reported::{Counted, opened_between};
use crate::store::{Store, audit, usage as used};

/// Rows read at once.
const PAGE: i64 = 500;

/// Conversations whose events are read together.
const CONVERSATIONS: i64 = 100;

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

/// Counts how the service was used in a period, as one state of the store has it; of all departments where none is named.
///
/// # Errors
/// Fails when the store does.
pub async fn usage(store: &Store, mut count: UsageCount, departments: Vec<String>) -> Result<UsageReport, StoreError> {
    let mut tx = store.read().await?;
    let period = count.period();
    let mut after = None;
    loop {
        let (page, end) = used::used_in(&mut *tx, period, &departments, after.as_ref(), CONVERSATIONS).await?;
        each_event(&mut *tx, page, &mut count).await?;
        if end.is_none() {
            break;
        }
        after = end;
    }
    let counted = Counted { kind: None, departments: departments.clone(), period };
    each_case(&mut *tx, &counted, |case| count.add_case(case)).await?;
    let mut report = count.finish(departments);
    if report.by == usage::By::Agent {
        let names = names::list(&mut *tx).await?.into_iter();
        let mut names: BTreeMap<String, String> = names.map(|of| (of.id, of.display_name)).collect();
        report.groups.iter_mut().for_each(|group| group.display_name = names.remove(&group.name));
    }
    Ok(report)
}

/// Counts conversations, each with all that happened in it.
async fn each_event(
    tx: &mut dyn Transaction,
    mut conversations: BTreeMap<String, UsedConversation>,
    count: &mut UsageCount,
) -> Result<(), StoreError> {
    let ids: Vec<String> = conversations.keys().cloned().collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let (until, mut after) = (count.period().until, None);
    while !ids.is_empty() {
        let (page, end) = used::events_of(tx, &ids, until, after.as_ref(), PAGE).await?;
        for (id, event) in &page {
            if let Some(conversation) = conversations.remove(id) {
                count.begin(conversation);
            }
            if let Some(happened) = used::happened(event)? {
                count.add(event.at, happened);
            }
        }
        if end.is_none() {
            break;
        }
        after = end;
    }
    // In these nothing has happened yet.
    conversations.into_values().for_each(|conversation| count.begin(conversation));
    Ok(())
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
