//! What customers leave for a person while nobody is there: a case, answered in the conversation that it was left in.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::app::App;
use crate::assistant::converse::queueing::inquiry_about;
use crate::chat::announce;
use crate::chat::cases::{Who, facts_of, record, reserve_number};
use crate::chat::effects::perform;
use crate::chat::messages::NotTaken;
use crate::chat::notices::{Saying, Told};
use crate::desk::case::Case;
use crate::desk::case_steps::{CaseStep, has_ended};
use crate::dialogue::decide::HUMAN;
use crate::dialogue::effects::{Act, Inquiry};
use crate::knowledge::content::Content;
use crate::knowledge::intent::{CaseKind, HandoffTarget, IntentName};
use crate::knowledge::texts::TextName;
use crate::people::by::By;
use crate::store::cases;
use crate::store::conversations::{self, Change};
use crate::store::database::Transaction;
use crate::store::error::StoreError;

/// Returns the inquiry that is open in a conversation.
async fn open_in(tx: &mut dyn Transaction, conversation: &str) -> Result<Option<Case>, StoreError> {
    let is_open = |case: &Case| case.kind == CaseKind::Inquiry && !has_ended(case.status);
    Ok(cases::of_conversation(tx, conversation).await?.into_iter().find(is_open))
}

/// Returns the inquiry of a conversation, or a number for one.
pub(super) async fn inquiry_of(
    app: &App,
    content: &Content,
    conversation: &str,
    now: Timestamp,
) -> Result<Inquiry, NotTaken> {
    let known = open_in(&mut *app.store().read().await?, conversation).await?;
    Ok(match known {
        Some(case) => Inquiry::Open { number: case.number, first_reply: case.clock.promise.first_reply },
        None => Inquiry::New(reserve_number(app, content, CaseKind::Inquiry, now).await?),
    })
}

/// What is left by whoever asks for a person without a word.
pub(super) struct Left {
    why: TextName,
    target: HandoffTarget,
    inquiry: Inquiry,
}

/// Returns what somebody leaves who asks for a person now; `None` where somebody is there and the queue is not too long.
pub(super) async fn left_by(
    app: &App,
    content: &Content,
    target: &HandoffTarget,
    conversation: &str,
    now: Timestamp,
) -> Result<Option<Left>, NotTaken> {
    let here = now.to_zoned(TimeZone::get(&content.calendar.timezone).unwrap_or(TimeZone::UTC));
    let why = app.live().current().assistant.why_to_leave(target, &app.board(), &here);
    let Some(why) = why else { return Ok(None) };
    let inquiry = inquiry_of(app, content, conversation, now).await?;
    Ok(Some(Left { why, target: target.clone(), inquiry }))
}

impl Left {
    /// Opens the case, and says so in the conversation.
    pub(super) async fn keep(
        &self,
        tx: &mut dyn Transaction,
        content: &Content,
        conversation: &str,
        now: Timestamp,
    ) -> Result<(), NotTaken> {
        let HandoffTarget { department, priority, .. } = &self.target;
        let (number, acts) = match &self.inquiry {
            Inquiry::New(number) => {
                let draft = inquiry_about(department, IntentName(HUMAN.to_owned()), "", *priority);
                (number, vec![Act::Open { number: number.clone(), draft }])
            }
            Inquiry::Open { number, .. } => (number, Vec::new()),
        };
        let opened = perform(tx, content, conversation, &acts, now).await?;
        let Some(case) = cases::get(tx, number).await? else { return Ok(()) };
        let Some(kept) = conversations::get(tx, conversation).await? else { return Ok(()) };
        let state = serde_json::from_str(&kept.state).unwrap_or_default();
        let saying = Saying { content, facts: &facts_of(&case, content), now };
        let mut events = saying.messages(&kept, &state, &[Told::Text(self.why)])?;
        events.extend(opened);
        let change = Change { version: kept.version, owner: &kept.owner, state: &kept.state, now };
        Ok(announce::append(tx, conversation, &change, &events).await?)
    }
}

/// Has the inquiry of a conversation know that somebody has replied in it.
pub(super) async fn note_reply(
    tx: &mut dyn Transaction,
    content: &Content,
    conversation: &str,
    by: &By<'_>,
) -> Result<(), NotTaken> {
    let waits = |case: &Case| case.clock.replied_at.is_none();
    let Some(case) = open_in(tx, conversation).await?.filter(waits) else { return Ok(()) };
    let case = step(tx, content, case, CaseStep::TakeUp, by, &[]).await?;
    step(tx, content, case, CaseStep::Reply, by, &[]).await.map(drop)
}

/// Ends the inquiry of a conversation that has been answered in it; one that nobody has replied to stays.
pub(super) async fn settle(
    tx: &mut dyn Transaction,
    content: &Content,
    conversation: &str,
    by: &By<'_>,
) -> Result<(), NotTaken> {
    let is_answered = |case: &Case| case.clock.replied_at.is_some();
    let Some(case) = open_in(tx, conversation).await?.filter(is_answered) else { return Ok(()) };
    step(tx, content, case, CaseStep::Finish, by, &[Told::Text(TextName::CaseMoved)]).await.map(drop)
}

/// Passes the inquiry of a conversation on with it.
pub(super) async fn pass_on(
    tx: &mut dyn Transaction,
    content: &Content,
    (conversation, department): (&str, &str),
    by: &By<'_>,
) -> Result<(), NotTaken> {
    let is_elsewhere = |case: &Case| case.department != department;
    let Some(was) = open_in(tx, conversation).await?.filter(is_elsewhere) else { return Ok(()) };
    let mut case = was.clone();
    case.move_to(department, content, by.now);
    record(tx, content, (&was, case), Who::Staff(by), ("moved", department, &[]), by.now).await.map(drop)
}

/// Takes the inquiry of a conversation back, as its customer has chosen another way.
pub(super) async fn withdraw(
    tx: &mut dyn Transaction,
    content: &Content,
    conversation: &str,
    now: Timestamp,
) -> Result<(), NotTaken> {
    let Some(was) = open_in(tx, conversation).await? else { return Ok(()) };
    let mut case = was.clone();
    if case.step(CaseStep::Withdraw, content, now).is_err() {
        return Ok(());
    }
    let who = Who::Customer(conversation);
    record(tx, content, (&was, case), who, (CaseStep::Withdraw.name(), "", &[]), now).await.map(drop)
}

/// Takes a step that follows on what an agent does in the conversation; where the rules do not allow it, it is not taken.
async fn step(
    tx: &mut dyn Transaction,
    content: &Content,
    was: Case,
    step: CaseStep,
    by: &By<'_>,
    told: &[Told],
) -> Result<Case, NotTaken> {
    let mut case = was.clone();
    if case.step(step, content, by.now).is_err() {
        return Ok(was);
    }
    if step == CaseStep::TakeUp {
        case.assignee.get_or_insert_with(|| by.actor.id.clone());
    }
    record(tx, content, (&was, case), Who::Staff(by), (step.name(), "", told), by.now).await
}
