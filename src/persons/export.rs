//! All that is kept of a customer, for the customer: what was said, what was given, also what is sealed, for it is theirs.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::app::App;
use crate::chat::seal::Sealer;
use crate::chat::surveys::names_of;
use crate::desk::case::Case;
use crate::desk::case_steps::Confirmation;
use crate::dialogue::effects::CaseStatus;
use crate::dialogue::state::{DialogueState, Held};
use crate::knowledge::intent::CaseKind;
use crate::people::audit::Action;
use crate::people::by::By;
use crate::persons::finding::{Person, PersonKey, find};
use crate::store::attachments::{self, Attachment};
use crate::store::conversations::{self, Conversation};
use crate::store::database::Transaction;
use crate::store::error::StoreError;
use crate::store::{audit, cases, surveys};

/// All that is kept of a customer.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PersonExport {
    /// When it was put together.
    #[schema(value_type = String, format = DateTime)]
    pub exported_at: Timestamp,
    /// The shop's own name of the customer, where it vouches for one.
    pub subject: Option<String>,
    /// What was said, and what hangs on it.
    pub conversations: Vec<ExportedConversation>,
    /// What was asked for.
    pub cases: Vec<ExportedCase>,
    /// What was answered to surveys.
    pub surveys: Vec<ExportedAnswers>,
    /// What was sent as evidence.
    pub files: Vec<ExportedFile>,
}

/// A file.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ExportedFile {
    /// Its id, as its message names it.
    pub id: String,
    /// The conversation that it came by.
    pub conversation: String,
    /// The case that it belongs to.
    pub case_number: Option<String>,
    /// What it is called.
    pub name: String,
    /// What it is (`image/png` …).
    pub media_type: String,
    /// When it came.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What is in it, as base64; empty where another key has sealed it.
    pub content: String,
}

/// What was answered to a survey.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ExportedAnswers {
    /// The survey.
    pub survey: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The answers, by question.
    #[schema(value_type = Object)]
    pub answers: Value,
}

/// A conversation, whole.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ExportedConversation {
    /// Its id.
    pub id: String,
    /// The way in.
    pub channel: String,
    /// The language that was asked for.
    pub language: Option<String>,
    /// Who owns it.
    pub status: String,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub began_at: Timestamp,
    /// When something last happened.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// What the shop's server says of the customer: name, role, account.
    #[schema(value_type = Option<Object>)]
    pub identity: Option<Value>,
    /// What the page says of its visitor and itself.
    #[schema(value_type = Object)]
    pub claims: Value,
    /// What was given for a request that is not finished, by slot.
    pub given: BTreeMap<String, String>,
    /// All that happened, in its order: messages, feedback, who had it.
    pub events: Vec<ExportedEvent>,
}

/// Something that happened in a conversation.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ExportedEvent {
    /// Its number.
    pub seq: i64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Its kind (`message`, `rating` …).
    #[serde(rename = "type")]
    pub kind: String,
    /// What.
    #[schema(value_type = Object)]
    pub data: Value,
}

/// A case with its history.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ExportedCase {
    /// Its number.
    pub number: String,
    /// What it is about.
    pub kind: CaseKind,
    /// How it stands.
    pub status: CaseStatus,
    /// Who works on it.
    pub department: String,
    /// Its order.
    pub order_number: Option<String>,
    /// When it was opened.
    #[schema(value_type = String, format = DateTime)]
    pub opened_at: Timestamp,
    /// When something last happened.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// What was given, by slot; what is sealed is opened.
    pub slots: BTreeMap<String, String>,
    /// What the customer was asked to agree to, and the answer.
    pub confirmation: Option<Confirmation>,
    /// What was decided about it, where it was assessed.
    #[schema(value_type = Option<Object>)]
    pub assessment: Option<Value>,
    /// What happened, in its order.
    pub history: Vec<ExportedStep>,
}

/// Something that happened in a case.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ExportedStep {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Who: `customer`, `staff`, `operator`, `system`. Which of the staff is their own data.
    pub by: &'static str,
    /// What (`opened`, `replied` …).
    pub what: String,
    /// What was said.
    pub text: String,
}

/// Puts together all that is kept of a customer, and writes into the audit that it was handed out; `None` where nothing is.
///
/// # Errors
/// Fails when the store does.
pub async fn export(app: &App, key: &PersonKey, by: &By<'_>) -> Result<Option<PersonExport>, StoreError> {
    let mut tx = app.store().read().await?;
    let Some(person) = find(&mut *tx, key).await? else { return Ok(None) };
    let exported = gather(&mut *tx, person, app.sealer(), by.now).await?;
    drop(tx);
    let after = json!({ "conversations": exported.conversations.len(), "cases": exported.cases.len() });
    let mut tx = app.store().write().await?;
    audit::add(&mut *tx, by.event(Action::PersonExported, &key.audited()).after(after)).await?;
    tx.commit().await?;
    Ok(Some(exported))
}

async fn gather(
    tx: &mut dyn Transaction,
    person: Person,
    sealer: &Sealer,
    now: Timestamp,
) -> Result<PersonExport, StoreError> {
    let Person { subject, conversations, cases } = person;
    let mut exported = PersonExport {
        exported_at: now,
        subject,
        conversations: Vec::new(),
        cases: Vec::new(),
        surveys: Vec::new(),
        files: Vec::new(),
    };
    let mut files = Vec::new();
    for conversation in conversations {
        files.extend(attachments::of_conversation(tx, &conversation.id).await?);
        let [known_as, by_conversation] = names_of(&conversation);
        for (survey, at, answers) in surveys::answers_of(tx, [&known_as, &by_conversation]).await? {
            let answered = ExportedAnswers { survey, at, answers: json_or_text(&answers) };
            // A customer who is known has one name in all of their conversations.
            if !exported.surveys.contains(&answered) {
                exported.surveys.push(answered);
            }
        }
        exported.conversations.push(whole_conversation(tx, conversation, sealer).await?);
    }
    for case in cases {
        files.extend(attachments::of_case(tx, &case.number).await?);
        exported.cases.push(whole_case(tx, case, sealer).await?);
    }
    // Those of a case have mostly come by one of the conversations.
    files.sort_by(|one, other| (one.at, &one.id).cmp(&(other.at, &other.id)));
    files.dedup();
    for file in files {
        exported.files.push(whole_file(tx, file, sealer).await?);
    }
    Ok(exported)
}

async fn whole_file(tx: &mut dyn Transaction, file: Attachment, sealer: &Sealer) -> Result<ExportedFile, StoreError> {
    let sealed = attachments::get(tx, &file.id).await?.map(|(_, sealed)| sealed).unwrap_or_default();
    let content = sealer.unseal_bytes(&sealed).map(|bytes| STANDARD.encode(bytes)).unwrap_or_default();
    let Attachment { id, conversation, case_number, name, media_type, size: _, at } = file;
    Ok(ExportedFile { id, conversation, case_number, name, media_type, at, content })
}

/// Events read at once.
const BATCH: i64 = 500;

async fn whole_conversation(
    tx: &mut dyn Transaction,
    conversation: Conversation,
    sealer: &Sealer,
) -> Result<ExportedConversation, StoreError> {
    let (mut events, mut after) = (Vec::new(), 0);
    loop {
        let page = conversations::events(tx, &conversation.id, after, BATCH).await?;
        let Some(last) = page.last() else { break };
        after = last.seq;
        events.extend(page.into_iter().map(|event| ExportedEvent {
            seq: event.seq,
            at: event.at,
            kind: event.kind,
            data: json_or_text(&event.data),
        }));
    }
    let state: DialogueState = serde_json::from_str(&conversation.state).unwrap_or_default();
    Ok(ExportedConversation {
        identity: conversation.identity.as_deref().map(json_or_text),
        claims: json_or_text(&conversation.context),
        given: state.task.map(|task| opened(task.slots, sealer)).unwrap_or_default(),
        id: conversation.id,
        channel: conversation.channel,
        language: conversation.language,
        status: conversation.owner.status().name().to_owned(),
        began_at: conversation.created_at,
        updated_at: conversation.updated_at,
        events,
    })
}

/// What is kept as JSON; were it none, it would be handed out all the same.
fn json_or_text(kept: &str) -> Value {
    serde_json::from_str(kept).unwrap_or_else(|_| kept.into())
}

/// Values as the customer gave them; of what another key has sealed as much as may be shown.
fn opened(slots: BTreeMap<String, Held>, sealer: &Sealer) -> BTreeMap<String, String> {
    let value = |held: Held| held.sealed.and_then(|sealed| sealer.unseal(&sealed)).unwrap_or(held.value);
    slots.into_iter().map(|(slot, held)| (slot, value(held))).collect()
}

async fn whole_case(tx: &mut dyn Transaction, case: Case, sealer: &Sealer) -> Result<ExportedCase, StoreError> {
    let history = cases::history(tx, &case.number).await?.into_iter().map(|step| ExportedStep {
        at: step.at,
        by: role_of(&step.actor),
        what: step.what,
        text: step.text,
    });
    let history = history.collect();
    let assessment = case.assessment.map(|assessed| {
        json!({ "severity": assessed.severity, "cause": assessed.cause, "decision": assessed.decision, "at": assessed.at })
    });
    Ok(ExportedCase {
        number: case.number,
        kind: case.kind,
        status: case.status,
        department: case.department,
        order_number: case.order_number,
        opened_at: case.opened_at,
        updated_at: case.updated_at,
        slots: opened(case.slots, sealer),
        confirmation: case.confirmation,
        assessment,
        history,
    })
}

fn role_of(actor: &str) -> &'static str {
    match actor {
        "operator" => "operator",
        "system" => "system",
        actor if actor == "customer" || actor.starts_with("conv_") => "customer",
        _ => "staff",
    }
}
