//! What a turn needs from outside: looked up before it is written, done in its transaction.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::app::App;
use crate::chat::cases::reserve_number;
use crate::chat::inquiries::inquiry_of;
use crate::chat::messages::NotTaken;
use crate::clock;
use crate::desk::case::Case;
use crate::desk::case_number::is_whole;
use crate::desk::case_steps::{CaseStep, has_ended};
use crate::desk::transactions::look_up;
use crate::dialogue::effects::{Act, CaseLookup, Effect, Known, OrderChoice, TransactionLookup};
use crate::knowledge::content::Content;
use crate::knowledge::intent::OperatorAct;
use crate::knowledge::operator::SampleTransaction;
use crate::people::actor::Actor;
use crate::people::audit::Action;
use crate::people::by::By;
use crate::persons::finding::PersonKey;
use crate::snapshot::Snapshot;
use crate::store::attachments;
use crate::store::audit;
use crate::store::cases::{self, Entry};
use crate::store::conversations::Conversation;
use crate::store::database::Transaction;
use crate::store::error::StoreError;

/// Finds out what the core asks for.
pub(super) async fn find_out(
    app: &App,
    snapshot: &Snapshot,
    (conversation, client_id): (&Conversation, &str),
    effect: Effect,
    known: &mut Known,
    now: Timestamp,
) -> Result<(), NotTaken> {
    let content = snapshot.assistant.content();
    let zone = TimeZone::get(&content.calendar.timezone).unwrap_or(TimeZone::UTC);
    // Cases are shown to whoever opened them: in this conversation, or in any where the customer is known.
    let own = async || {
        let mut tx = app.store().read().await?;
        match &conversation.subject {
            Some(subject) => cases::of_subject(&mut *tx, subject).await,
            None => cases::of_conversation(&mut *tx, &conversation.id).await,
        }
    };
    match effect {
        Effect::Transaction { order_number, amount, time } => {
            known.transaction = Some(match app.operator() {
                None => look_up(&content.sample_transactions, &order_number, &amount, time.as_deref(), &zone),
                // Without an answer people look.
                Some(operator) => match operator.order(&order_number).await {
                    Ok(order) => look_up(order.as_slice(), &order_number, &amount, time.as_deref(), &zone),
                    Err(_) => TransactionLookup::Unknown,
                },
            });
            if let (Some(operator), Some(subject)) = (app.operator(), &conversation.subject) {
                let flags = operator.account_flags(subject).await.unwrap_or_default();
                if let Some(TransactionLookup::Found(found)) = &mut known.transaction {
                    found.account_flags.extend(flags);
                }
            }
        }
        Effect::LastOrders => known.last_orders = Some(last_orders(app, conversation, &zone).await),
        Effect::Operate(act) => {
            let subject = conversation.subject.as_deref().unwrap_or_default();
            let id = format!("{}_{client_id}", conversation.id);
            known.operated = Some(operate(app, act, subject, None, &id).await?);
        }
        Effect::Case { key } => {
            let is_meant = |case: &&Case| case.number == key || case.order_number.as_ref() == Some(&key);
            let found = own().await?.iter().rev().find(is_meant).map(|case| (case.number.clone(), case.status));
            known.case =
                Some(found.map_or(CaseLookup::NotFound, |(number, status)| CaseLookup::Found { number, status }));
        }
        Effect::OpenCase { kind, order_number } => {
            let is_same = |case: &&Case| {
                let is_of_order = order_number.is_none() || case.order_number == order_number;
                case.kind == kind && is_of_order && !has_ended(case.status)
            };
            known.open_case = Some(own().await?.iter().find(is_same).map(|case| case.number.clone()));
        }
        Effect::Open(draft) => {
            known.opened = Some(reserve_number(app, content, draft.kind, now).await?);
        }
        Effect::Inquiry => known.inquiry = Some(inquiry_of(app, content, &conversation.id, now).await?),
        Effect::Append { case_number } => {
            let takes_more = |case: &Case| case.number == case_number && case.facts().after(CaseStep::Append).is_ok();
            known.appended = Some(is_whole(&case_number) && own().await?.iter().any(takes_more));
        }
    }
    Ok(())
}

/// Orders that a customer is offered.
const MOST_ORDERS: usize = 5;

async fn last_orders(app: &App, conversation: &Conversation, zone: &TimeZone) -> Vec<OrderChoice> {
    let (Some(operator), Some(subject)) = (app.operator(), &conversation.subject) else { return Vec::new() };
    let orders = operator.last_orders(subject).await.unwrap_or_default();
    let choice = |order: SampleTransaction| OrderChoice {
        amount: format!("{} CNY", order.amount.normalize()),
        time: order.time.to_zoned(zone.clone()).strftime("%FT%H:%M").to_string(),
        order_number: order.order_number,
    };
    orders.into_iter().take(MOST_ORDERS).map(choice).collect()
}

/// Has the operator's system do something for a customer who is known; what came of it is a line of the audit. `id` names the wish:
/// however often it is sent, it is done once.
pub(super) async fn operate(
    app: &App,
    act: OperatorAct,
    subject: &str,
    case_number: Option<&str>,
    id: &str,
) -> Result<bool, NotTaken> {
    let Some(operator) = app.operator() else { return Ok(false) };
    let done = operator.act(act, subject, case_number, id).await;
    let actor = Actor::system("operator");
    let by = By { actor: &actor, address: None, now: clock::now() };
    let outcome =
        done.as_ref().map_or_else(ToString::to_string, |done| if *done { "done" } else { "not done" }.to_owned());
    let after = json!({ "act": act.name(), "case": case_number, "outcome": outcome });
    // The audit outlasts an erasure: it knows the customer by a digest.
    let customer = PersonKey::Subject(subject.to_owned()).audited();
    let mut tx = app.store().write().await?;
    audit::add(&mut *tx, by.event(Action::OperatorActed, &customer).after(after)).await?;
    tx.commit().await?;
    Ok(done.unwrap_or(false))
}

/// Does what a turn brings with it; returns the events of it.
pub(super) async fn perform(
    tx: &mut dyn Transaction,
    content: &Content,
    conversation: &str,
    acts: &[Act],
    now: Timestamp,
) -> Result<Vec<(&'static str, String)>, NotTaken> {
    let mut events = Vec::new();
    for act in acts {
        let (case, step) = match act {
            Act::Open { number, draft } => {
                let case = Case::open(number, draft, conversation, content, now);
                cases::open(tx, &case, conversation).await?;
                attachments::give_to_case(tx, conversation, number).await?;
                (case, "opened")
            }
            Act::Append { number, text } => {
                step(tx, content, conversation, number, (CaseStep::Append, text), now).await?
            }
            Act::Answer { number, agrees } => {
                let answer = CaseStep::Answer { agrees: *agrees };
                step(tx, content, conversation, number, (answer, ""), now).await?
            }
        };
        let event = json!({ "number": case.number, "kind": case.kind, "status": case.status, "step": step });
        events.push(("case", event.to_string()));
    }
    Ok(events)
}

/// Takes a customer's step; where the case stands otherwise by now, the turn is made again.
pub(super) async fn step(
    tx: &mut dyn Transaction,
    content: &Content,
    conversation: &str,
    number: &str,
    (step, text): (CaseStep, &str),
    now: Timestamp,
) -> Result<(Case, &'static str), NotTaken> {
    let mut case = cases::get(tx, number).await?.ok_or(StoreError::Conflict)?;
    case.step(step, content, now).map_err(|_| StoreError::Conflict)?;
    cases::change(tx, &case, &Entry { actor: conversation, what: step.name(), text, now }).await?;
    Ok((case, step.name()))
}
