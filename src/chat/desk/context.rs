//! What is known already when an agent opens a conversation: nobody is asked twice.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::chat::attachments::FileView;
use crate::desk::case::Case;
use crate::dialogue::effects::CaseStatus;
use crate::dialogue::state::DialogueState;
use crate::knowledge::intent::CaseKind;
use crate::store::conversations::{self, Conversation, Looked};
use crate::store::database::Transaction;
use crate::store::error::StoreError;
use crate::store::{attachments, cases};

/// What is known of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ContextView {
    /// What the customer wanted last, as it was understood: an intent. It is proposed as the contact reason.
    pub intent: Option<String>,
    /// What was given for a request that is not finished, by slot; what is sealed is masked.
    pub given: BTreeMap<String, String>,
    /// The entries that were shown, in their order.
    pub shown: Vec<ShownView>,
    /// Why it was handed over: the last hand-over's reason.
    pub handed_over_for: Option<String>,
    /// The customer's cases.
    pub cases: Vec<CaseOutline>,
    /// Earlier conversations of the same customer, where the shop vouches for them.
    pub earlier: Vec<EarlierView>,
    /// What the customer has sent.
    pub files: Vec<FileView>,
}

/// An entry that was shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ShownView {
    /// The message.
    pub seq: i64,
    /// The entry.
    pub entry: String,
    /// What the customer said of it, where they did.
    pub helpful: Option<bool>,
}

/// A case in outline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CaseOutline {
    /// Its number.
    pub number: String,
    /// What it is about.
    pub kind: CaseKind,
    /// How it stands.
    pub status: CaseStatus,
    /// Who works on it.
    pub department: String,
    /// By when it ends, as was promised.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub resolve_by: Option<jiff::Timestamp>,
}

/// An earlier conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct EarlierView {
    /// Its id.
    pub id: String,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub began_at: jiff::Timestamp,
    /// How it stands.
    pub status: &'static str,
    /// What it was about, as its agent said.
    pub reason: Option<String>,
}

impl From<Case> for CaseOutline {
    fn from(case: Case) -> Self {
        let Case { number, kind, status, department, clock, .. } = case;
        Self { number, kind, status, department, resolve_by: clock.promise.resolve }
    }
}

/// Events that are looked through.
const EVENTS: i64 = 1_000;

/// Earlier conversations that are listed.
const EARLIER: i64 = 10;

/// Puts together what is known of a conversation.
///
/// # Errors
/// Fails when the store does.
pub async fn context(tx: &mut dyn Transaction, conversation: &Conversation) -> Result<ContextView, StoreError> {
    let state: DialogueState = serde_json::from_str(&conversation.state).unwrap_or_default();
    let (mut shown, mut handed_over_for, mut intent): (Vec<ShownView>, _, _) = (Vec::new(), None, None);
    let after = (conversation.last_seq - EVENTS).max(0);
    for event in conversations::events(tx, &conversation.id, after, EVENTS).await? {
        let data: Value = serde_json::from_str(&event.data).unwrap_or_default();
        let text = |key: &str| data[key].as_str().map(str::to_owned);
        match event.kind.as_str() {
            "message" => {
                intent = text("intent").or(intent);
                shown.extend(text("entry").map(|entry| ShownView { seq: event.seq, entry, helpful: None }));
            }
            "owner" => handed_over_for = data["handoff"]["reason"].as_str().map(str::to_owned).or(handed_over_for),
            "rating" => {
                let rated = shown.iter_mut().find(|shown| data["message_seq"].as_i64() == Some(shown.seq));
                if let Some(rated) = rated {
                    rated.helpful = data["helpful"].as_bool();
                }
            }
            _ => {}
        }
    }
    let (own, earlier) = match &conversation.subject {
        Some(subject) => {
            let looked = Looked { subject: Some(subject.clone()), ..Looked::default() };
            (cases::of_subject(tx, subject).await?, conversations::list(tx, &looked, EARLIER).await?)
        }
        None => (cases::of_conversation(tx, &conversation.id).await?, Vec::new()),
    };
    let earlier = earlier.into_iter().filter(|known| known.id != conversation.id).map(|known| EarlierView {
        id: known.id,
        began_at: known.created_at,
        status: known.owner.status().name(),
        reason: known.reason,
    });
    let earlier = earlier.collect();
    let given = state.task.iter().flat_map(|task| &task.slots);
    Ok(ContextView {
        intent: state.task.as_ref().map(|task| task.intent.0.clone()).or(intent),
        given: given.map(|(slot, held)| (slot.clone(), held.value.clone())).collect(),
        shown,
        handed_over_for,
        cases: own.into_iter().map(CaseOutline::from).collect(),
        earlier,
        files: attachments::of_conversation(tx, &conversation.id).await?.into_iter().map(FileView::from).collect(),
    })
}
