//! Cases on their way: each step is taken by the rules of the core, recorded, told to the customer, and audited where a person took
//! it, all in one transaction.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::app::App;
use crate::chat::effects::operate;
use crate::chat::messages::NotTaken;
use crate::chat::notices::{Saying, Told};
use crate::desk::case::Case;
use crate::desk::case_number::case_number;
use crate::desk::case_steps::{Assessment, CaseStep, Severity, StepRefused, Verdict};
use crate::dialogue::effects::CaseDraft;
use crate::dialogue::state::Held;
use crate::knowledge::content::Content;
use crate::knowledge::intent::{CaseKind, OperatorAct, Priority};
use crate::knowledge::texts::TextName;
use crate::people::audit::Action;
use crate::people::by::By;
use crate::store::cases::{self, Entry};
use crate::store::error::StoreError;
use crate::store::{audit, database::Transaction};

/// Who does something about a case.
#[derive(Clone, Copy, Debug)]
pub enum Who<'w> {
    /// The customer, by the conversation.
    Customer(&'w str),
    /// Somebody who works here.
    Staff(&'w By<'w>),
    /// The operator's own system.
    Operator,
}

impl Who<'_> {
    fn name(&self) -> &str {
        match self {
            Who::Customer(conversation) => conversation,
            Who::Staff(by) => &by.actor.id,
            Who::Operator => "operator",
        }
    }
}

/// What is wished for a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CaseWish {
    /// A step; what is said of it goes to the customer where staff says it.
    Step {
        /// Which.
        step: CaseStep,
        /// What is said, masked; may be empty.
        text: String,
    },
    /// That the customer agrees to a sum and an account.
    Confirmation {
        /// The sum (`128.5 CNY`).
        amount: String,
        /// Where it goes, as much of it as may be shown.
        account: String,
    },
    /// An assessment.
    Assess {
        /// How bad it is.
        severity: Severity,
        /// What led to it.
        cause: String,
        /// What was decided.
        decision: Verdict,
    },
    /// The next level, with the reason.
    Escalate(String),
    /// Another department.
    Move(String),
    /// Somebody who works on it, or nobody.
    Assign(Option<String>),
    /// Another place among others.
    Prioritise(Priority),
    /// A note that the customer does not see.
    Note(String),
}

/// Why a case was not changed.
#[derive(Debug, thiserror::Error)]
pub enum CaseRefused {
    /// There is none, or none for this caller.
    #[error("there is no such case")]
    Unknown,
    /// The rules do not allow it.
    #[error(transparent)]
    Step(#[from] StepRefused),
    /// Nobody stands above the department.
    #[error("there is no next level")]
    NoNextLevel,
    /// The operator's system does not take the refund back.
    #[error("the refund cannot be taken back any more")]
    NotTakenBack,
    /// There is no such department.
    #[error("there is no such department")]
    NoDepartment,
    /// The store or we cannot.
    #[error(transparent)]
    NotTaken(#[from] NotTaken),
}

impl From<StoreError> for CaseRefused {
    fn from(error: StoreError) -> Self {
        Self::NotTaken(error.into())
    }
}

/// Attempts where the case or its conversation changes meanwhile.
const MOST_ATTEMPTS: usize = 8;

/// Does what is wished for a case; returns it as it is then. `once` names a report that is taken only once: a second time
/// nothing happens.
///
/// # Errors
/// Fails as [`CaseRefused`] says; nothing has happened then.
pub async fn change_case(
    app: &App,
    number: &str,
    who: Who<'_>,
    wish: &CaseWish,
    (once, now): (Option<&str>, Timestamp),
) -> Result<Case, CaseRefused> {
    for _ in 0..MOST_ATTEMPTS {
        let mut tx = app.store().write().await?;
        let Some(case) = cases::get(&mut *tx, number).await? else { return Err(CaseRefused::Unknown) };
        // It may have been passed on since whoever acts has looked at it.
        if let Who::Staff(by) = who
            && !by.actor.may_in(&case.department)
        {
            return Err(CaseRefused::Unknown);
        }
        if let Some(once) = once
            && !cases::receive(&mut *tx, once, now).await?
        {
            return Ok(case);
        }
        let snapshot = app.live().current();
        let content = snapshot.assistant.content();
        match apply(&mut *tx, content, case, who, wish, now).await {
            Err(CaseRefused::NotTaken(NotTaken::Store(StoreError::Conflict))) => continue,
            applied => {
                let case = applied?;
                tx.commit().await?;
                app.hints().tell(&case.conversation);
                app.deliveries().wake();
                return Ok(case);
            }
        }
    }
    Err(StoreError::Conflict.into())
}

/// Opens a case by hand, with no conversation.
///
/// # Errors
/// Fails where there is no such department, and when the store does.
pub async fn open_case(app: &App, draft: &CaseDraft, by: &By<'_>) -> Result<Case, CaseRefused> {
    let snapshot = app.live().current();
    let content = snapshot.assistant.content();
    if !content.departments.contains_key(&draft.department) {
        return Err(CaseRefused::NoDepartment);
    }
    let number = reserve_number(app, content, draft.kind, by.now).await?;
    let case = Case::open(&number, draft, "", content, by.now);
    let mut tx = app.store().write().await?;
    cases::open(&mut *tx, &case, &by.actor.id).await?;
    audit::add(&mut *tx, by.event(Action::CaseChanged, &case.number).after(line(&case, "opened"))).await?;
    tx.commit().await?;
    Ok(case)
}

/// Reserves a number for a case of a kind; one that comes to nothing leaves a gap.
///
/// # Errors
/// Fails when the store does.
pub(super) async fn reserve_number(
    app: &App,
    content: &Content,
    kind: CaseKind,
    now: Timestamp,
) -> Result<String, NotTaken> {
    let day = now.to_zoned(TimeZone::get(&content.calendar.timezone).unwrap_or(TimeZone::UTC)).date();
    let mut tx = app.store().write().await?;
    let count = cases::count(&mut *tx, kind, &day.to_string()).await?;
    tx.commit().await?;
    Ok(case_number(kind, day, u64::try_from(count).unwrap_or_default()))
}

/// Takes a case back for its customer. Of one who is known, the operator's system takes the refund back first, so that no money moves
/// afterwards.
///
/// # Errors
/// Fails as [`CaseRefused`] says; nothing has happened then.
pub async fn withdraw(app: &App, case: &Case, now: Timestamp) -> Result<Case, CaseRefused> {
    case.facts().after(CaseStep::Withdraw)?;
    if let (CaseKind::Refund, Some(subject)) = (case.kind, &case.subject)
        && app.operator().is_some()
    {
        let id = format!("{}_withdrawn", case.number);
        if !operate(app, OperatorAct::WithdrawRefund, subject, Some(&case.number), &id).await? {
            return Err(CaseRefused::NotTakenBack);
        }
    }
    let wish = CaseWish::Step { step: CaseStep::Withdraw, text: String::new() };
    change_case(app, &case.number, Who::Customer(&case.conversation), &wish, (None, now)).await
}

/// Opens what is sealed in a case, for somebody who works on it; that they looked, and why, is recorded and audited.
///
/// # Errors
/// Fails when the store does.
pub async fn reveal(app: &App, case: &Case, reason: &str, by: &By<'_>) -> Result<BTreeMap<String, String>, NotTaken> {
    let opened = |held: &Held| app.sealer().unseal(held.sealed.as_deref()?);
    let values = case.slots.iter().filter_map(|(slot, held)| Some((slot.clone(), opened(held)?)));
    let values: BTreeMap<String, String> = values.collect();
    let names: Vec<&str> = values.keys().map(String::as_str).collect();
    let mut tx = app.store().write().await?;
    let text = [names.join(", "), reason.to_owned()].join(" · ");
    let entry = Entry { actor: &by.actor.id, what: "revealed", text: text.trim_end_matches(" · "), now: by.now };
    cases::record(&mut *tx, &case.number, &entry).await?;
    let event = by.event(Action::ValueRevealed, &case.number).after(json!({ "slots": names, "reason": reason }));
    audit::add(&mut *tx, event).await?;
    tx.commit().await?;
    Ok(values)
}

async fn apply(
    tx: &mut dyn Transaction,
    content: &Content,
    was: Case,
    who: Who<'_>,
    wish: &CaseWish,
    now: Timestamp,
) -> Result<Case, CaseRefused> {
    let mut case = was.clone();
    let (what, text) = take(&mut case, content, who, wish, now)?;
    let told = told(&case, who, wish);
    Ok(record(tx, content, (&was, case), who, (what, &text, &told), now).await?)
}

/// Keeps what has become of a case, with a line of its history; tells its customer, and the audit where a person did it.
pub(super) async fn record(
    tx: &mut dyn Transaction,
    content: &Content,
    (was, mut case): (&Case, Case),
    who: Who<'_>,
    (what, text, told): (&str, &str, &[Told]),
    now: Timestamp,
) -> Result<Case, NotTaken> {
    cases::change(tx, &case, &Entry { actor: who.name(), what, text, now }).await?;
    case.version += 1;
    case.updated_at = now;
    tell(tx, content, &case, (what, told), now).await?;
    if let Who::Staff(by) = who {
        let decides = matches!(what, "approved" | "rejected" | "finished" | "closed");
        let action = if decides { Action::CaseDecided } else { Action::CaseChanged };
        let event = by.event(action, &case.number).before(line(was, "")).after(line(&case, what));
        audit::add(tx, event).await?;
    }
    Ok(case)
}

/// Changes a case by the rules; returns what goes into its history.
fn take(
    case: &mut Case,
    content: &Content,
    who: Who<'_>,
    wish: &CaseWish,
    now: Timestamp,
) -> Result<(&'static str, String), CaseRefused> {
    let (what, text) = match wish {
        CaseWish::Step { step, text } => {
            case.step(*step, content, now)?;
            if let (CaseStep::TakeUp, Who::Staff(by)) = (step, who) {
                case.assignee.get_or_insert_with(|| by.actor.id.clone());
            }
            (step.name(), text.clone())
        }
        CaseWish::Confirmation { amount, account } => {
            case.ask_to_confirm(amount, account, content, now)?;
            ("asked_to_confirm", format!("{amount} → {account}"))
        }
        CaseWish::Assess { severity, cause, decision } => {
            let by = who.name().to_owned();
            let (severity, decision) = (*severity, *decision);
            case.assessment = Some(Assessment { severity, cause: cause.clone(), decision, by, at: now });
            ("assessed", cause.clone())
        }
        CaseWish::Escalate(reason) => {
            case.escalate(content, now).ok_or(CaseRefused::NoNextLevel)?;
            ("escalated", reason.clone())
        }
        CaseWish::Move(department) => {
            if !content.departments.contains_key(department) {
                return Err(CaseRefused::NoDepartment);
            }
            case.move_to(department, content, now);
            ("moved", department.clone())
        }
        CaseWish::Assign(assignee) => {
            case.assignee.clone_from(assignee);
            ("assigned", assignee.clone().unwrap_or_default())
        }
        CaseWish::Prioritise(priority) => {
            case.priority = *priority;
            ("prioritised", priority.name().to_owned())
        }
        CaseWish::Note(text) => ("noted", text.clone()),
    };
    Ok((what, text))
}

/// What the customer reads of it.
fn told(case: &Case, who: Who<'_>, wish: &CaseWish) -> Vec<Told> {
    let said = |text: &str| match who {
        Who::Staff(by) if !text.is_empty() => {
            let (account, name) = (by.actor.id.clone(), by.actor.name.clone());
            vec![Told::Agent { account, name, text: text.to_owned() }]
        }
        _ => Vec::new(),
    };
    let with = |mut told: Vec<Told>, name| {
        told.push(Told::Text(name));
        told
    };
    match wish {
        CaseWish::Step { step, text } => match step {
            CaseStep::Answer { agrees: true } => vec![Told::Text(TextName::CaseConfirmed)],
            CaseStep::Answer { agrees: false } => vec![Told::Text(TextName::CaseDeclined)],
            CaseStep::Withdraw => vec![Told::Text(TextName::CaseWithdrawn)],
            CaseStep::Append => Vec::new(),
            CaseStep::Reply => said(text),
            CaseStep::TakeUp
            | CaseStep::Ask
            | CaseStep::Approve
            | CaseStep::Reject
            | CaseStep::Finish
            | CaseStep::Close => with(said(text), TextName::CaseMoved),
        },
        CaseWish::Confirmation { .. } => {
            vec![Told::Question { text: TextName::CaseConfirm, number: case.number.clone() }]
        }
        CaseWish::Escalate(_) => vec![Told::Text(TextName::CaseEscalated)],
        CaseWish::Assess { .. }
        | CaseWish::Move(_)
        | CaseWish::Assign(_)
        | CaseWish::Prioritise(_)
        | CaseWish::Note(_) => Vec::new(),
    }
}

/// What the audit shows of a case and of what was done: nothing that a customer said, and not where their money goes, for the
/// audit outlasts an erasure.
fn line(case: &Case, what: &str) -> serde_json::Value {
    json!({
        "step": what,
        "status": case.status,
        "department": case.department,
        "assignee": case.assignee,
        "priority": case.priority,
        "level": case.level,
        "amount": case.confirmation.as_ref().map(|asked| &asked.amount),
        "agrees": case.confirmation.as_ref().and_then(|asked| asked.agrees),
        "assessment": case.assessment,
    })
}

pub(super) async fn tell(
    tx: &mut dyn Transaction,
    content: &Content,
    case: &Case,
    (what, told): (&str, &[Told]),
    now: Timestamp,
) -> Result<(), NotTaken> {
    // What staff notes among themselves is not the customer's.
    if case.conversation.is_empty() || matches!(what, "noted" | "assessed" | "assigned" | "prioritised") {
        return Ok(());
    }
    let event = json!({
        "number": case.number, "kind": case.kind, "status": case.status, "department": case.department, "step": what,
    });
    let saying = Saying { content, facts: &facts_of(case, content), now };
    saying.push(tx, &case.conversation, told, ("case", event)).await
}

/// What sentences may say of a case.
pub(super) fn facts_of(case: &Case, content: &Content) -> BTreeMap<String, String> {
    let zone = TimeZone::get(&content.calendar.timezone).unwrap_or(TimeZone::UTC);
    let local = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%FT%H:%M").to_string();
    let promise = case.clock.promise;
    let mut facts = BTreeMap::from([
        ("case_number".to_owned(), case.number.clone()),
        ("case_status".to_owned(), case.status.name().to_owned()),
        ("department".to_owned(), case.department.clone()),
    ]);
    let due = [("first_reply_by", promise.first_reply), ("resolve_by", promise.resolve)];
    facts.extend(due.into_iter().filter_map(|(name, due)| Some((name.to_owned(), local(due?)))));
    if let Some(asked) = &case.confirmation {
        facts.insert("amount".to_owned(), asked.amount.clone());
        facts.insert("account".to_owned(), asked.account.clone());
    }
    facts
}
